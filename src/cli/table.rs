//! Reads lists that may be text or a workbook: corrections, waivers.

use std::path::Path;

use anyhow::Result;
use nianbao::finding::{Bilingual, Message};
use nianbao::read;

use super::failure::{of_file, of_system};

/// The text of a file, and whether it is a workbook; the text of a workbook is its first table as CSV.
pub(super) fn text(path: &Path) -> Result<(String, bool)> {
    let bytes = std::fs::read(path).map_err(of_system(path))?;
    if !read::is_workbook(&bytes) {
        return String::from_utf8(bytes).map(|text| (text, false)).map_err(|_| {
            let said =
                Message::new("文件不是 UTF-8 编码，请另存为 UTF-8。", "the file is not in UTF-8; save it as UTF-8");
            of_file(path, &said)
        });
    }
    let rows = read::first_rows(&bytes).map_err(|error| of_file(path, &error.message()))?;
    let rows = rows.ok_or_else(|| of_file(path, &Message::new("文件中没有表格。", "there is no table in the file")))?;
    let mut writer = csv::Writer::from_writer(Vec::new());
    for (_, cells) in &rows {
        writer.write_record(cells)?;
    }
    Ok((String::from_utf8(writer.into_inner()?)?, true))
}
