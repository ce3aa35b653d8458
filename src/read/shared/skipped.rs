//! Counts skipped content, and makes findings of the counts.

use crate::finding::code::read::{CONTENT_SKIPPED, EMBEDDED_WORKBOOK};
use crate::finding::{Finding, Message};

/// Kind of skipped content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::read) enum SkippedKind {
    /// An embedded document (17.17.2).
    Chunk,
    /// An embedded or linked object or control.
    Object,
    /// An embedded workbook that was read in its place.
    Workbook,
    /// A chart or a diagram.
    Chart,
    /// A linked picture outside of the file.
    LinkedPicture,
    /// A picture that is missing or broken.
    BrokenPicture,
    /// A comment of a reviewer.
    Comment,
    /// A part such as notes or a header that is missing or broken.
    Part,
}

/// Number of occurrences of each kind.
#[derive(Debug, Default)]
pub(in crate::read) struct Skipped([u32; 8]);

impl Skipped {
    /// Counts an occurrence.
    pub(in crate::read) fn add(&mut self, kind: SkippedKind) {
        let count = &mut self.0[kind as usize];
        *count = count.saturating_add(1);
    }

    /// A finding for each kind that occurred.
    pub(in crate::read) fn findings(&self) -> impl Iterator<Item = Finding> {
        const KINDS: [SkippedKind; 8] = [
            SkippedKind::Chunk,
            SkippedKind::Object,
            SkippedKind::Workbook,
            SkippedKind::Chart,
            SkippedKind::LinkedPicture,
            SkippedKind::BrokenPicture,
            SkippedKind::Comment,
            SkippedKind::Part,
        ];
        let met = KINDS.into_iter().filter(|&kind| self.0[kind as usize] > 0);
        let code = |kind| if kind == SkippedKind::Workbook { &EMBEDDED_WORKBOOK } else { &CONTENT_SKIPPED };
        met.map(move |kind| Finding::new(code(kind), message(kind, self.0[kind as usize])))
    }
}

fn message(kind: SkippedKind, count: u32) -> Message {
    let (zh, en) = match kind {
        SkippedKind::Chunk => (
            format!("有 {count} 处嵌入的其他文档（altChunk），未读取。请在 Word 中打开并另存后重试。"),
            format!(
                "{count} other document(s) embedded as altChunk were not read. Open the file in Word, save it and try again."
            ),
        ),
        SkippedKind::Object => (
            format!("有 {count} 个嵌入对象，只读取了其显示图片。其中有表格的，请在 Word 中改为普通表格后重新报送。"),
            format!(
                "There are {count} embedded object(s); only the pictures they show were read. Make a table of Word of any that holds figures, and send the file again."
            ),
        ),
        SkippedKind::Workbook => (
            format!("有 {count} 个嵌入的 Excel 表格，已按工作表中的数字读取。请核对与页面所见是否一致。"),
            format!(
                "{count} embedded workbook(s) were read by the figures in their sheet. Check that the page shows the same."
            ),
        ),
        SkippedKind::Chart => (
            format!("有 {count} 个图表或 SmartArt 图形，未读取。请核对输出是否缺少内容。"),
            format!("{count} chart(s) or diagram(s) were not read. Check whether the output lacks anything."),
        ),
        SkippedKind::LinkedPicture => (
            format!("有 {count} 张图片是外部链接，不在文件内，未读取。请在 Word 中改为嵌入。"),
            format!("{count} picture(s) are links to outside the file and were not read. Embed them in Word."),
        ),
        SkippedKind::BrokenPicture => (
            format!("有 {count} 张图片在文件中缺失、损坏或过大，未读取。请核对原件。"),
            format!(
                "{count} picture(s) are missing, broken or too large and were not read. Compare with the original."
            ),
        ),
        SkippedKind::Comment => (
            format!("文件中有 {count} 条批注，批注内容未读取。"),
            format!("The file has {count} comment(s); they were not read."),
        ),
        SkippedKind::Part => (
            format!("有 {count} 个部件（脚注、页眉、样式等）缺失或损坏，未读取。请与原件核对。"),
            format!(
                "{count} part(s) such as notes, headers or styles are missing or broken and were not read. Compare with the original."
            ),
        ),
    };
    Message::new(zh, en)
}
