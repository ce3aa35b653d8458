//! Decimal digits, ASCII and full-width.

/// The ASCII digit of an ASCII or full-width digit; `None` for any other character.
pub(crate) fn ascii_digit(sign: char) -> Option<char> {
    match sign {
        '0'..='9' => Some(sign),
        '０'..='９' => char::from_u32(sign as u32 - '０' as u32 + '0' as u32),
        _ => None,
    }
}

/// Whether a character is an ASCII or full-width digit.
pub(crate) fn is_digit(sign: char) -> bool {
    ascii_digit(sign).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_of_either_width() {
        for (sign, digit) in [('0', Some('0')), ('9', Some('9')), ('０', Some('0')), ('９', Some('9'))] {
            assert_eq!((ascii_digit(sign), is_digit(sign)), (digit, true), "{sign}");
        }
        for sign in ['/', ':', '／', '：', '〇', '一', '①', '²', '٣', 'a'] {
            assert_eq!((ascii_digit(sign), is_digit(sign)), (None, false), "{sign}");
        }
    }
}
