//! Folding: what is left of a text when width, blanks, punctuation, case and traditional characters do not count.

use super::traditional::simplified;

/// The folded form of one character, or `None` where it does not count (blanks, punctuation, invisible characters).
pub fn fold_char(character: char) -> Option<char> {
    let character = match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        _ => character,
    };
    if character.is_ascii() {
        return character.is_ascii_alphanumeric().then(|| character.to_ascii_lowercase());
    }
    match character {
        // The common ideographs, which is what nearly every call sees.
        '\u{4e00}'..='\u{9fff}' => Some(simplified(character)),
        '〇' => Some(character),
        _ => character.is_alphanumeric().then_some(character),
    }
}

/// The folded form of a text.
///
/// ```
/// assert_eq!(nianbao::text::fold("（一）　予以 公開，"), "一予以公开");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Appends the folded form of a text.
pub fn fold_into(text: &str, folded: &mut String) {
    folded.extend(text.chars().filter_map(fold_char));
}

/// A folded text that knows where each of its characters came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// For each byte of `text`, the byte offset in the original of the character that it came from; one more at the end.
    pub origin: Vec<u32>,
}

/// Folds a text and keeps the way back to the original.
pub fn fold_with_map(text: &str) -> Folded {
    let mut folded = Folded { text: String::with_capacity(text.len()), origin: Vec::with_capacity(text.len() + 1) };
    for (offset, character) in text.char_indices() {
        if let Some(character) = fold_char(character) {
            folded.text.push(character);
            folded.origin.resize(folded.text.len(), offset as u32);
        }
    }
    folded.origin.push(text.len() as u32);
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_blanks_punctuation_and_script_do_not_count() {
        assert_eq!(fold("３．危及“三安全一稳定”"), fold("3.危及 \"三安全一穩定\""));
        assert_eq!(fold("行政強製"), "行政强制");
        assert_eq!(fold("\u{a0}檔案\u{200b}"), "档案");
    }

    #[test]
    fn a_folded_text_leads_back_to_the_original() {
        let folded = fold_with_map("（一） 予");
        assert_eq!(folded.text, "一予");
        assert_eq!(folded.origin, [3, 3, 3, 10, 10, 10, 13]);
    }
}
