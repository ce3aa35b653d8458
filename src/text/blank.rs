//! White space of every kind.

/// Blanks of every kind, those that Rust does not count among them too.
#[inline]
pub fn blank(character: char) -> bool {
    // Nearly every character is an ideograph, and none behind U+3000 is a blank but one.
    if character > '\u{3000}' {
        return character == '\u{feff}';
    }
    character.is_whitespace() || character == '\u{200b}'
}
