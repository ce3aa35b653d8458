//! Plain text: one paragraph per line, with white space and pipes kept. Binding detects tables in text.

use crate::document::{Block, Budget, Document, Paragraph, Place, Resource};
use crate::finding::Finding;
use crate::read::ReadError;
use crate::read::shared::encoding::decode;

/// Reads plain text. Lines are counted as in an editor; form feeds, vertical tabs and Unicode separators split a line into paragraphs.
/// Blank lines make no paragraph but are counted.
///
/// # Errors
/// [`ReadError::OverLimit`] for too many lines or too much text.
pub(in crate::read) fn read(
    bytes: &[u8],
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    read_lines(&decode(bytes, None, findings), budget)
}

/// Reads decoded text.
pub(in crate::read) fn read_lines(text: &str, budget: &mut Budget) -> Result<Document, ReadError> {
    budget.spend(Resource::TextBytes, text.len() as u64)?;
    let mut document = Document::default();
    let mut number = 0;
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        for line in line.split('\r') {
            for piece in line.split(['\u{b}', '\u{c}', '\u{2028}', '\u{2029}']) {
                if !piece.trim().is_empty() {
                    budget.spend(Resource::Blocks, 1)?;
                    document.blocks.push(Block::Paragraph(Paragraph::body(piece, Place::line(number))));
                }
            }
            number += 1;
        }
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_blanks_and_their_numbers() {
        let text = "一、\t总体\r\n\r\n 0 | 1 \n\u{a0}\n甲\u{c}乙\r丙||\r\r\n丁";
        let document = read(text.as_bytes(), &mut Budget::default(), &mut Vec::new()).unwrap();
        let lines: Vec<(Option<u32>, &str)> = document
            .blocks
            .iter()
            .map(|block| match block {
                Block::Paragraph(paragraph) => (paragraph.place.line, paragraph.text.as_str()),
                _ => (None, ""),
            })
            .collect();
        let expected = [(0, "一、\t总体"), (2, " 0 | 1 "), (4, "甲"), (4, "乙"), (5, "丙||"), (7, "丁")];
        assert_eq!(lines, expected.map(|(line, text)| (Some(line), text)));
    }
}
