//! Kinds of damage of a file, with facts in fields and messages in both languages.

use crate::finding::{Bilingual, Message};

/// A defect in the structure of a file. Names of parts, streams, sheets and cells are as in the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.message().en)]
#[cfg_attr(test, derive(strum::EnumIter))]
#[non_exhaustive]
pub enum Damage {
    /// A package without an end of central directory: most likely an incomplete download or copy.
    ArchiveEnd,
    /// A package whose directory cannot be read.
    Archive {
        /// Message of the zip library, in English.
        reason: String,
    },
    /// A package with a duplicate part name.
    NameTwice {
        /// The name, if known.
        name: Option<String>,
    },
    /// A package with a name that is outside of it.
    NameOutside {
        /// The name.
        name: String,
    },
    /// A part whose header in the archive cannot be read.
    PartHeader {
        /// Name of the part.
        part: String,
        /// Message of the zip library, in English.
        reason: String,
    },
    /// A truncated part.
    PartCutShort {
        /// Name of the part.
        part: String,
    },
    /// A part whose compressed data is corrupt.
    PartCorrupt {
        /// Name of the part.
        part: String,
    },
    /// A part whose checksum does not match.
    PartChecksum {
        /// Name of the part.
        part: String,
    },
    /// A part with an unknown compression method.
    PartMethod {
        /// Name of the part.
        part: String,
    },
    /// A missing part that is referred to.
    PartMissing {
        /// Name of the part.
        part: String,
    },
    /// A package without a main part.
    NoMainPart,
    /// XML that ends with open elements.
    XmlEnds {
        /// Number of open elements.
        open: usize,
    },
    /// XML that is not well-formed.
    XmlSyntax {
        /// Offset of the error in bytes.
        at: usize,
    },
    /// XML that is not in its declared encoding.
    XmlEncoding {
        /// The encoding.
        encoding: String,
    },
    /// XML that is not UTF-8.
    XmlNotUtf8 {
        /// Offset of the first invalid byte.
        at: usize,
    },
    /// XML with a document type declaration, which is refused for safety.
    XmlDoctype,
    /// XML that declares too many namespaces.
    XmlNamespaces {
        /// Maximum number of namespace declarations.
        most: usize,
    },
    /// A compound file that ends in its header.
    CompoundHeader,
    /// A compound file without a root directory.
    CompoundRoot,
    /// A compound file with an invalid sector size.
    CompoundSectors {
        /// Base-2 logarithm of the size.
        shift: u16,
    },
    /// A compound file whose streams share sectors.
    CompoundShared {
        /// Name of the stream.
        stream: String,
    },
    /// A missing stream.
    StreamMissing {
        /// Name of the stream.
        stream: String,
    },
    /// A Word 97-2003 document that ends in its first block.
    WordFirstBlock,
    /// A Word 97-2003 document that does not begin with a file information block.
    WordNoFirstBlock,
    /// A Word 97-2003 document without its piece table.
    WordNoPieces,
    /// A Word 97-2003 document with pieces out of order.
    WordPieceOrder {
        /// Number of the piece, 1-based.
        piece: usize,
    },
    /// A Word 97-2003 document whose text extends beyond its end.
    WordTextBeyond,
    /// A Word 97-2003 document with missing text.
    WordTextMissing {
        /// Number of characters found.
        found: u64,
        /// Number of characters declared.
        wanted: u64,
    },
    /// A file that does not begin as RTF.
    RtfStart,
    /// A workbook that ends in a record.
    RecordCut {
        /// Offset of the record in bytes.
        at: usize,
    },
    /// A part of a binary workbook that ends in a record.
    PartRecordCut,
    /// A workbook with a broken list of sheets.
    SheetList,
    /// A workbook with a truncated shared string.
    SharedString,
    /// A cell record that is too short.
    CellShort {
        /// Name of the sheet.
        sheet: String,
    },
    /// A cell beyond the last row or column of a sheet.
    CellOutside {
        /// Name of the sheet.
        sheet: String,
    },
    /// A cell with an invalid reference.
    CellReference {
        /// Name of the sheet.
        sheet: String,
        /// The reference as written.
        reference: String,
    },
    /// A cell that two independent readers read differently.
    CellUncertain {
        /// Name of the sheet.
        sheet: String,
        /// The cell reference, in A1 style.
        cell: String,
        /// The text that each of them read.
        texts: Box<[String; 2]>,
    },
    /// A cell that is before its predecessor.
    CellOrder {
        /// The cell reference.
        cell: String,
    },
    /// A sheet whose rows are out of order.
    RowOrder,
    /// A sheet that ends in a cell.
    SheetEnds,
    /// A sheet without an element for its cells.
    SheetWithoutCells,
    /// Comments of a sheet without the list of authors or of comments.
    CommentLists,
    /// A web archive without a page.
    NoPage,
    /// A PDF file without a list of pages.
    NoPageList,
    /// An element that was found before and is missing now.
    NoElement {
        /// Offset of its first byte.
        start: usize,
        /// Offset after its last byte.
        end: usize,
    },
}

impl Bilingual for Damage {
    #[allow(clippy::too_many_lines, reason = "a table: one line a variant")]
    fn message(&self) -> Message {
        let (zh, en) = match self {
            Self::ArchiveEnd => (
                "压缩包：结构有误：文件末尾缺失，压缩包没有目录（多半是没有下载或复制完整）".to_owned(),
                "the archive has no directory at its end (most likely it was not downloaded or copied to its end)"
                    .to_owned(),
            ),
            Self::Archive { reason } => ("压缩包的目录损坏".to_owned(), format!("the archive: {reason}")),
            Self::NameTwice { name: None } => {
                ("压缩包中有重名的部件".to_owned(), "the archive has one name twice".to_owned())
            }
            Self::NameTwice { name: Some(name) } => {
                (format!("压缩包中有重名的部件：{name}"), format!("the archive has one name twice: {name}"))
            }
            Self::NameOutside { name } => (
                format!("压缩包中有指向包外的条目：{name}"),
                format!("the archive has an entry that leads out of it: {name}"),
            ),
            Self::PartHeader { part, reason } => (format!("{part}：部件的文件头损坏"), format!("{part}: {reason}")),
            Self::PartCutShort { part } => (format!("{part}：数据提前结束"), format!("{part}: unexpected end of file")),
            Self::PartCorrupt { part } => (format!("{part}：压缩数据损坏"), format!("{part}: corrupt deflate stream")),
            Self::PartChecksum { part } => {
                (format!("{part}：校验和不符，内容已改变"), format!("{part}: wrong checksum"))
            }
            Self::PartMethod { part } => {
                (format!("{part}使用了未知的压缩方法"), format!("{part} is compressed by an unknown method"))
            }
            Self::PartMissing { part } => (format!("缺少部件 {part}"), format!("the part {part} is missing")),
            Self::NoMainPart => ("包中没有主文档部件".to_owned(), "the package has no main part".to_owned()),
            Self::XmlEnds { open } => (
                format!("XML 提前结束（还有 {open} 层元素没有关闭）"),
                format!("the XML ends within {open} open elements"),
            ),
            Self::XmlSyntax { at } => {
                (format!("XML 在第 {at} 字节处语法有误"), format!("the XML is not well-formed at byte {at}"))
            }
            Self::XmlEncoding { encoding } => {
                (format!("XML 不是所声明的 {encoding} 编码"), format!("the XML is not {encoding}"))
            }
            Self::XmlNotUtf8 { at } => {
                (format!("XML 在第 {at} 字节处不是 UTF-8 编码"), format!("the XML is not UTF-8 at byte {at}"))
            }
            Self::XmlDoctype => (
                "XML 含有文档类型声明（DTD），出于安全不予读取".to_owned(),
                "the XML has a document type declaration".to_owned(),
            ),
            Self::XmlNamespaces { most } => {
                (format!("声明了超过 {most} 个命名空间"), format!("more than {most} namespaces are declared"))
            }
            Self::CompoundHeader => {
                ("复合文件在文件头处就结束了".to_owned(), "the compound file ends within its header".to_owned())
            }
            Self::CompoundRoot => {
                ("复合文件没有根目录".to_owned(), "the compound file has no root directory".to_owned())
            }
            Self::CompoundSectors { shift } => (
                format!("复合文件的扇区大小有误（2 的 {shift} 次方字节）"),
                format!("the compound file has sectors of 2^{shift} bytes"),
            ),
            Self::CompoundShared { stream } => (
                format!("数据流 {stream} 与其他数据流占用了相同的扇区"),
                format!("stream {stream} shares sectors with others"),
            ),
            Self::StreamMissing { stream } => {
                (format!("缺少数据流 {stream}"), format!("the stream {stream} is missing"))
            }
            Self::WordFirstBlock => (
                "WordDocument 数据流在文件信息块（FIB）处就结束了".to_owned(),
                "WordDocument ends within its first block (FIB)".to_owned(),
            ),
            Self::WordNoFirstBlock => (
                "WordDocument 数据流开头不是文件信息块".to_owned(),
                "WordDocument does not begin with a file information block".to_owned(),
            ),
            Self::WordNoPieces => (
                "正文的分段表（Clx）缺失或被截断".to_owned(),
                "the table of text pieces (Clx) is missing or cut short".to_owned(),
            ),
            Self::WordPieceOrder { piece } => {
                (format!("第 {piece} 段文字次序错乱"), format!("text piece {piece} is out of order"))
            }
            Self::WordTextBeyond => (
                "正文超出了 WordDocument 数据流的末尾".to_owned(),
                "the text goes on beyond the end of WordDocument".to_owned(),
            ),
            Self::WordTextMissing { found, wanted } => (
                format!("{found} 个字符后正文缺失（应有 {wanted} 个）"),
                format!("{found} of {wanted} characters are there"),
            ),
            Self::RtfStart => ("开头没有 {\\rtf".to_owned(), "no {\\rtf at the start".to_owned()),
            Self::RecordCut { at } => (
                format!("工作簿在第 {at} 字节的记录处提前结束"),
                format!("the workbook ends within the record at byte {at}"),
            ),
            Self::PartRecordCut => {
                ("工作簿的部件在一条记录中间结束".to_owned(), "a part of the workbook ends within a record".to_owned())
            }
            Self::SheetList => {
                ("工作簿的工作表清单损坏".to_owned(), "the workbook's list of sheets is damaged".to_owned())
            }
            Self::SharedString => ("共享文字被截断".to_owned(), "a shared string is cut short".to_owned()),
            Self::CellShort { sheet } => {
                (format!("{sheet}：单元格记录过短"), format!("{sheet}: a cell's record is too short"))
            }
            Self::CellOutside { sheet } => {
                (format!("{sheet}：单元格的位置超出工作表"), format!("{sheet}: a cell lies outside the sheet"))
            }
            Self::CellReference { sheet, reference } => (
                format!("{sheet}：单元格的位置有误：{reference}"),
                format!("{sheet}: a cell has no place: {reference}"),
            ),
            Self::CellUncertain { sheet, cell, texts } => (
                format!("工作表“{sheet}”{cell}单元格用两种方法读取，结果不一致：“{}”和“{}”", texts[0], texts[1]),
                format!("two readers differ on {cell} of sheet {sheet}: \"{}\" and \"{}\"", texts[0], texts[1]),
            ),
            Self::CellOrder { cell } => (format!("单元格 {cell} 次序错乱"), format!("the cell {cell} is out of order")),
            Self::RowOrder => ("工作表的行次序错乱".to_owned(), "a sheet has rows out of order".to_owned()),
            Self::SheetEnds => ("工作表在单元格中间结束".to_owned(), "a sheet ends in a cell".to_owned()),
            Self::SheetWithoutCells => {
                ("工作表没有存放单元格的位置".to_owned(), "a sheet has no place for its cells".to_owned())
            }
            Self::CommentLists => (
                "工作表的批注缺少作者名单或批注列表".to_owned(),
                "the comments of a sheet have no authors or no list".to_owned(),
            ),
            Self::NoPage => ("邮件格式的文件中没有网页".to_owned(), "the message holds no web page".to_owned()),
            Self::NoPageList => ("文件没有页面清单".to_owned(), "the file has no list of pages".to_owned()),
            Self::NoElement { start, end } => {
                (format!("第 {start} 至 {end} 字节处没有元素"), format!("no element at bytes {start} to {end}"))
            }
        };
        Message::new(zh, en)
    }
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator;

    use super::*;
    use crate::finding::bilingual::tests::assert_bilingual;

    #[test]
    fn every_kind_of_damage_has_messages_in_both_languages() {
        let named = Damage::NameTwice { name: Some(String::new()) };
        for damage in Damage::iter().chain([named]) {
            assert_bilingual(&damage, &["XML", "UTF-8", "DTD", "WordDocument", "FIB", "Clx", "{\\rtf"]);
        }
    }
}
