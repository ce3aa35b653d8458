//! White space of every kind.

/// Whether a character is white space, including blanks that Rust does not count (U+FEFF).
#[inline]
pub fn blank(character: char) -> bool {
    // Fast path: nearly every character is an ideograph, and above U+3000 only U+FEFF is a blank.
    if character > '\u{3000}' {
        return character == '\u{feff}';
    }
    character.is_whitespace() || character == '\u{200b}'
}
