//! Recognised formats without a reader, with messages in both languages.

use crate::document::Format;
use crate::finding::{Bilingual, Message};

/// A kind of file that is recognised by its content and has no reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[allow(missing_docs, reason = "FileKind::names says what each is")]
#[non_exhaustive]
pub enum FileKind {
    Rar,
    SevenZip,
    Gzip,
    Zip,
    Png,
    Jpeg,
    Gif,
    Bmp,
    Tiff,
    Svg,
    WebP,
    WindowsProgram,
    LinuxProgram,
    Word2,
    EarlyWord,
    Excel2,
    Excel3,
    Excel4,
    Excel5Stream,
    Excel97Stream,
    Excel97Workbook,
    Sqlite,
    PowerPoint,
    Works,
    Outlook,
    Compound,
    Uof,
    IWork,
    Odp,
    Epub,
    FlatOpenDocument,
    OtherXml,
    BinarySavedAsText,
    ArchiveSavedAsText,
    UnknownBinary,
}

impl FileKind {
    /// Its names in Chinese and English.
    pub fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Rar => ("RAR 压缩包", "RAR archive"),
            Self::SevenZip => ("7z 压缩包", "7z archive"),
            Self::Gzip => ("gzip 压缩包", "gzip archive"),
            Self::Zip => ("zip 压缩包", "zip archive that is no office file"),
            Self::Png => ("PNG 图片", "PNG picture"),
            Self::Jpeg => ("JPEG 图片", "JPEG picture"),
            Self::Gif => ("GIF 图片", "GIF picture"),
            Self::Bmp => ("BMP 图片", "BMP picture"),
            Self::Tiff => ("TIFF 图片", "TIFF picture"),
            Self::Svg => ("SVG 图片", "SVG picture"),
            Self::WebP => ("WebP 图片或音视频", "WebP picture, sound or video"),
            Self::WindowsProgram => ("Windows 程序", "Windows program"),
            Self::LinuxProgram => ("Linux 程序", "Linux program"),
            Self::Word2 => ("Word 2 文档", "Word 2 document"),
            Self::EarlyWord => ("Write/Word 早期文档", "early Write or Word document"),
            Self::Excel2 => ("Excel 2 工作表", "raw BIFF2 sheet"),
            Self::Excel3 => ("Excel 3 工作表", "raw BIFF3 sheet"),
            Self::Excel4 => ("Excel 4 工作表", "raw BIFF4 sheet"),
            Self::Excel5Stream => ("Excel 5/95 工作表流", "raw BIFF5 stream"),
            Self::Excel97Stream => ("Excel 97 工作表流", "raw BIFF8 stream"),
            Self::Excel97Workbook => ("Excel 97-2003 工作簿", "an Excel 97-2003 workbook"),
            Self::Sqlite => ("SQLite 数据库", "SQLite database"),
            Self::PowerPoint => ("PowerPoint 演示文稿", "PowerPoint presentation"),
            Self::Works => ("MS Works 文档", "MS Works document"),
            Self::Outlook => ("Outlook 邮件", "Outlook message"),
            Self::Compound => ("OLE 复合文件", "compound file without a Word or Excel stream"),
            Self::Uof => ("UOF 标文通文档", "UOF document"),
            Self::IWork => ("苹果 iWork 文档", "Apple iWork document"),
            Self::Odp => ("ODP 演示文稿", "OpenDocument presentation"),
            Self::Epub => ("EPUB 电子书", "EPUB book"),
            Self::FlatOpenDocument => ("平面 OpenDocument 文档", "flat OpenDocument"),
            Self::OtherXml => ("其他 XML 文件", "XML file of another kind"),
            Self::BinarySavedAsText => {
                ("被当作文字保存的 Word/Excel 二进制文件", "a binary Word or Excel file that was saved as text")
            }
            Self::ArchiveSavedAsText => {
                ("被当作文字保存而毁坏的压缩文件", "a zip or Office file that was destroyed by being saved as text")
            }
            Self::UnknownBinary => ("未知的二进制文件", "unknown binary file"),
        }
    }
}

/// Why a file is not supported.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().en)]
#[non_exhaustive]
pub enum Unsupported {
    /// A kind of file without a reader.
    Kind(FileKind),
    /// A format that this build cannot read.
    NoReader(Format),
    /// An XML file with another root element.
    XmlRoot(String),
    /// Its main part is not the text of a Word document.
    NotWordText(String),
    /// Word 6.0/95 or older; its version number.
    OldWord(u16),
    /// A workbook of a version before Excel 5.
    OldExcel,
    /// The main part of a template to be filled has no Word body.
    NoWordBody,
    /// A sheet of a template to be filled is not in UTF-8; its name.
    SheetEncoding(String),
    /// A form that is not available; its id.
    Form(String),
}

impl Bilingual for Unsupported {
    fn message(&self) -> Message {
        match self {
            Self::Kind(kind) => Message::new(kind.names().0, kind.names().1),
            Self::NoReader(format) => {
                Message::new(format!("{} 格式", format.name()), format!("the format {}", format.name()))
            }
            Self::XmlRoot(name) => {
                Message::new(format!("以 <{name}> 为根元素的 XML 文件"), format!("an XML file of <{name}>"))
            }
            Self::NotWordText(part) => Message::new(
                format!("{part} 不是 Word 文档的正文"),
                format!("{part} is not the text of a Word document"),
            ),
            Self::OldWord(version) => Message::new(
                format!("Word 6.0/95 或更早版本的文档（nFib {version:#x}）"),
                format!("Word 6.0/95 or older (nFib {version:#x})"),
            ),
            Self::OldExcel => Message::new("早于 Excel 5 的工作簿", "a workbook older than Excel 5"),
            Self::NoWordBody => Message::new("没有正文的部件", "a part without a Word body"),
            Self::SheetEncoding(name) => {
                Message::new(format!("“{name}”不是 UTF-8 编码"), format!("the sheet {name} is not in UTF-8"))
            }
            Self::Form(id) => Message::new(format!("格式“{id}”"), format!("form {id}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;
    use crate::finding::bilingual::tests::assert_bilingual;

    /// Names of programs and formats, which Chinese texts write in Latin letters.
    const NAMES: &[&str] = &[
        "RAR",
        "7z",
        "gzip",
        "zip",
        "PNG",
        "JPEG",
        "GIF",
        "BMP",
        "TIFF",
        "SVG",
        "WebP",
        "Windows",
        "Linux",
        "Word",
        "Write",
        "Excel",
        "SQLite",
        "PowerPoint",
        "MS",
        "Works",
        "Outlook",
        "OLE",
        "UOF",
        "iWork",
        "ODP",
        "EPUB",
        "OpenDocument",
        "XML",
        "UTF-8",
        "nFib",
        "0x0",
        "DOCX",
    ];

    #[test]
    fn every_unsupported_file_has_messages_in_both_languages() {
        use Unsupported::{Form, Kind, NoReader, NoWordBody, NotWordText, OldExcel, OldWord, SheetEncoding, XmlRoot};
        let others = [
            NoReader(Format::Docx),
            XmlRoot(String::new()),
            NotWordText(String::new()),
            OldWord(0),
            OldExcel,
            NoWordBody,
            SheetEncoding(String::new()),
            Form(String::new()),
        ];
        for unsupported in FileKind::iter().map(Kind).chain(others) {
            // Without a wildcard, so that a new variant must be added to the list above.
            match unsupported {
                Kind(_) | NoReader(_) | XmlRoot(_) | NotWordText(_) | OldWord(_) | OldExcel | NoWordBody
                | SheetEncoding(_) | Form(_) => assert_bilingual(&unsupported, NAMES),
            }
        }
    }
}
