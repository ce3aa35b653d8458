//! Text widths in terminal columns; a Chinese character is two columns wide.

use unicode_width::UnicodeWidthStr;

/// The text, padded with spaces to a width in columns.
pub(crate) fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(text.width())))
}

/// Width of the widest text, in columns.
pub(crate) fn widest<'a>(texts: impl IntoIterator<Item = &'a str>) -> usize {
    texts.into_iter().map(UnicodeWidthStr::width).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_text_takes_two_columns_a_character() {
        assert_eq!(padded("件", 4), "件  ");
        assert_eq!(widest(["ab", "万元"]), 4);
    }
}
