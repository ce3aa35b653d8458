//! Details of errors in Chinese: those of our readers, and those that the crates below them give in English.

/// Texts of errors with `{}` for what varies, and what they are in Chinese. The first that fits is taken.
const WORDING: &[(&str, &str)] = &[
    ("Could not find EOCD", "文件末尾缺失，压缩包没有目录（多半是没有下载或复制完整）"),
    ("the archive", "压缩包"),
    ("invalid Zip archive", "结构有误"),
    ("unsupported Zip archive", "使用了不支持的功能"),
    ("the archive has one name twice", "压缩包中有重名的部件"),
    ("the archive has an entry that leads out of it", "压缩包中有指向包外的条目"),
    ("{} is packed by an unknown method", "{}使用了未知的压缩方法"),
    ("Invalid checksum", "校验和不符，内容已改变"),
    ("corrupt deflate stream", "压缩数据损坏"),
    ("incomplete deflate stream", "压缩数据不完整"),
    ("unexpected end of file", "数据提前结束"),
    ("failed to fill whole buffer", "数据提前结束"),
    ("Invalid local file header", "部件的文件头损坏"),
    ("Invalid Central Directory header", "压缩包目录损坏"),
    ("Invalid central directory size or offset", "压缩包目录的位置有误"),
    ("the file has no list of pages", "文件没有页面清单"),
    ("the package has no main part", "包中没有主文档部件"),
    ("the part {} is missing", "缺少部件 {}"),
    ("the XML ends within {} open elements", "XML 提前结束（还有 {} 层元素没有关闭）"),
    ("the XML is not well-formed at byte {}", "XML 在第 {} 字节处语法有误"),
    ("the XML is not UTF-8 at byte {}", "XML 在第 {} 字节处不是 UTF-8 编码"),
    ("the XML is not {}", "XML 不是所声明的 {} 编码"),
    ("the XML has a document type declaration", "XML 含有文档类型声明（DTD），出于安全不予读取"),
    ("more than {} namespaces are declared", "声明了超过 {} 个命名空间"),
    ("there is no content.xml", "缺少 content.xml"),
    ("there is no Workbook stream", "缺少 Workbook 数据流"),
    ("the stream {} is missing", "缺少数据流 {}"),
    ("the compound file ends within its header", "复合文件在文件头处就结束了"),
    ("the compound file has no root directory", "复合文件没有根目录"),
    ("the compound file has sectors of 2^{} bytes", "复合文件的扇区大小有误（2 的 {} 次方字节）"),
    ("stream {} shares sectors with others", "数据流 {} 与其他数据流占用了相同的扇区"),
    ("WordDocument ends within its first block (FIB)", "WordDocument 数据流在文件信息块（FIB）处就结束了"),
    ("WordDocument does not begin with a file information block", "WordDocument 数据流开头不是文件信息块"),
    ("the text goes on beyond the end of WordDocument", "正文超出了 WordDocument 数据流的末尾"),
    ("{} of {} characters are there", "{} 个字符后正文缺失（应有 {} 个）"),
    ("text piece {} is out of order", "第 {} 段文字次序错乱"),
    ("no {\\rtf at the start", "开头没有 {\\rtf"),
    ("the workbook ends within the record at byte {}", "工作簿在第 {} 字节的记录处提前结束"),
    ("a part of the workbook ends within a record", "工作簿的部件在一条记录中间结束"),
    ("the workbook's list of sheets is damaged", "工作簿的工作表清单损坏"),
    ("a shared string is cut short", "共享文字被截断"),
    ("a cell's record is too short", "单元格记录过短"),
    ("a cell lies outside the sheet", "单元格的位置超出工作表"),
    ("a cell has no place", "单元格的位置有误"),
    ("the message holds no web page", "邮件格式的文件中没有网页"),
    ("Word 6.0/95 or older (nFib {})", "Word 6.0/95 或更早版本的文档（nFib {}）"),
    ("a workbook older than Excel 5", "早于 Excel 5 的工作簿"),
    ("{} is not the text of a Word document", "{} 不是 Word 文档的正文"),
    ("an XML file of <{}>", "以 <{}> 为根元素的 XML 文件"),
];

/// The detail of an error in both languages. What stands between `: ` is put into Chinese piece by piece; names stay as they are.
pub(super) fn both(detail: &str) -> (String, String) {
    // What a file looks like is written in both: `PNG 图片 (PNG picture)`.
    if let Some((zh, en)) = detail.strip_suffix(')').and_then(|detail| detail.split_once(" ("))
        && !zh.is_ascii()
    {
        return (zh.to_owned(), en.to_owned());
    }
    let pieces: Vec<String> = detail.split(": ").map(chinese).collect();
    (pieces.join("："), detail.to_owned())
}

fn chinese(piece: &str) -> String {
    let found = WORDING.iter().find_map(|(pattern, zh)| Some((fit(pattern, piece)?, zh)));
    let Some((varying, zh)) = found else { return piece.to_owned() };
    varying.into_iter().fold((*zh).to_owned(), |zh, varying| zh.replacen("{}", varying, 1))
}

/// What stands at the `{}` of a pattern, where a text fits it.
fn fit<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut literals = pattern.split("{}");
    let mut rest = text.strip_prefix(literals.next()?)?;
    let mut varying = Vec::new();
    let mut literals = literals.peekable();
    while let Some(literal) = literals.next() {
        let end = match (literal, literals.peek()) {
            ("", None) => rest.len(),
            (literal, None) => rest.strip_suffix(literal)?.len(),
            (literal, Some(_)) => rest.find(literal)?,
        };
        varying.push(&rest[..end]);
        rest = &rest[end + literal.len()..];
    }
    rest.is_empty().then_some(varying)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_put_into_chinese_piece_by_piece() {
        let zh = |detail| both(detail).0;
        assert_eq!(
            zh("the archive: invalid Zip archive: Could not find EOCD"),
            "压缩包：结构有误：文件末尾缺失，压缩包没有目录（多半是没有下载或复制完整）"
        );
        assert_eq!(zh("word/document.xml: Invalid checksum"), "word/document.xml：校验和不符，内容已改变");
        assert_eq!(zh("12 of 345 characters are there"), "12 个字符后正文缺失（应有 345 个）");
        assert_eq!(zh("a/b.xml is packed by an unknown method"), "a/b.xml使用了未知的压缩方法");
        assert_eq!(zh("nobody knows this"), "nobody knows this");
        assert_eq!(both("PNG 图片 (PNG picture)"), ("PNG 图片".into(), "PNG picture".into()));
        assert_eq!(both("PDF"), ("PDF".into(), "PDF".into()));
    }

    #[test]
    fn every_pattern_has_as_many_varying_pieces_in_chinese() {
        for (pattern, zh) in WORDING {
            assert_eq!(pattern.matches("{}").count(), zh.matches("{}").count(), "{pattern}");
            assert!(!zh.is_ascii(), "{pattern}");
        }
    }
}
