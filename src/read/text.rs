//! Plain text: every line a paragraph with its blanks, tabs and pipes kept. Tables in text are the binding's matter.

use super::encoding::decode;
use super::error::ReadError;
use crate::document::{Block, Budget, Document, Paragraph, Place, Resource};
use crate::finding::Finding;

/// Reads a plain text.
///
/// # Errors
/// [`ReadError::OverLimit`] for more lines or text than a file may have.
pub(super) fn read(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    // Decoding makes at most three bytes of one.
    budget.spend(Resource::TextBytes, bytes.len() as u64)?;
    let text = decode(bytes, None, findings);
    let mut document = Document::default();
    for (number, line) in text.split(['\n', '\u{c}']).enumerate() {
        let line = line.strip_suffix('\r').unwrap_or(line);
        for (part, piece) in line.split('\r').enumerate() {
            if piece.trim().is_empty() {
                continue;
            }
            budget.spend(Resource::Blocks, 1)?;
            let place = Place::line(number + part);
            document.blocks.push(Block::Paragraph(Paragraph::body(piece, place)));
        }
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_blanks_and_their_numbers() {
        let document = read("一、\t总体\r\n\r\n 0 | 1 \n".as_bytes(), &mut Budget::default(), &mut Vec::new()).unwrap();
        let lines: Vec<(Option<u32>, &str)> = document
            .blocks
            .iter()
            .map(|block| match block {
                Block::Paragraph(paragraph) => (paragraph.place.line, paragraph.text.as_str()),
                _ => (None, ""),
            })
            .collect();
        assert_eq!(lines, [(Some(0), "一、\t总体"), (Some(2), " 0 | 1 ")]);
    }
}
