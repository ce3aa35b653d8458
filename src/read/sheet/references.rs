//! References to cells and ranges: `B2`, `B2:D5`.

use super::Region;

/// A range such as `B2:D5`.
pub(super) fn region(range: &str) -> Option<Region> {
    let (from, to) = range.split_once(':')?;
    let ((top, left), (bottom, right)) = (place(from)?, place(to)?);
    Some(Region { top, left, bottom, right })
}

/// Row and column of a reference such as `B2`, 0-based.
pub(super) fn place(reference: &str) -> Option<(u32, u32)> {
    let mut signs = reference.bytes().filter(|sign| *sign != b'$').peekable();
    let mut column = 0_u32;
    while let Some(letter) = signs.next_if(u8::is_ascii_alphabetic) {
        column = column.checked_mul(26)?.checked_add(u32::from(letter.to_ascii_uppercase() - b'A') + 1)?;
    }
    let mut row = 0_u32;
    for digit in signs {
        row = row.checked_mul(10)?.checked_add(u32::from(digit.checked_sub(b'0').filter(|digit| *digit < 10)?))?;
    }
    Some((row.checked_sub(1)?, column.checked_sub(1)?))
}
