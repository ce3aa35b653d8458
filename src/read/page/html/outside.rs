//! Counts external content of a page that is not in the file.

use crate::finding::code::read as code;
use crate::finding::{Finding, Message};

/// External references of a page.
#[derive(Debug, Default)]
pub(super) struct Outside {
    pub(super) pictures: usize,
    pub(super) frames: usize,
}

impl Outside {
    /// The finding about external pictures and frames, and hidden tables; `None` if there are none.
    pub(super) fn finding(&self, hidden_tables: usize) -> Option<Finding> {
        let (mut zh, mut en) = (Vec::new(), Vec::new());
        for (count, chinese, english) in [
            (self.pictures, "张图片不在文件中", "pictures that are not in the file"),
            (self.frames, "个内嵌页面或附件不在文件中", "embedded pages or files that are not in the file"),
            (hidden_tables, "个表格在网页上是隐藏的", "tables that are hidden on the page"),
        ] {
            if count > 0 {
                zh.push(format!("{count}{chinese}"));
                en.push(format!("{count} {english}"));
            }
        }
        let message = Message::new(
            format!("网页有{}，未读取。请核对是否缺少内容。", zh.join("，")),
            format!("The page has {}; they were not read. Check whether anything is missing.", en.join(", ")),
        );
        (!zh.is_empty()).then(|| Finding::new(&code::CONTENT_SKIPPED, message))
    }
}
