//! Lenient Base64 decoding for documents, mail and web pages.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::document::{Budget, Exceeded, Resource};

/// Decodes base64 leniently (RFC 2045, 6.8): skips characters outside the alphabet, accepts missing padding and a truncated end. The
/// length of the text is charged to the budget.
pub(in crate::read) fn decode(text: &[u8], budget: &mut Budget) -> Result<Option<Vec<u8>>, Exceeded> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    budget.spend(Resource::InflatedBytes, text.len() as u64)?;
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut digits: Vec<u8> = text.iter().copied().take_while(|&byte| byte != b'=').filter(is_digit).collect();
    // A single digit left over at a truncated end encodes no byte.
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    Ok(GeneralPurpose::new(&STANDARD, LENIENT).decode(digits).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_ends_missing_padding_and_truncation_are_accepted() -> Result<(), Exceeded> {
        for (text, bytes) in
            [("5YWs\r\n5byA", "公开"), ("5YWs5byAMQ", "公开1"), ("5YWs5byAMQ==", "公开1"), ("5YWs5", "公"), ("", "")]
        {
            assert_eq!(decode(text.as_bytes(), &mut Budget::default())?.as_deref(), Some(bytes.as_bytes()), "{text:?}");
        }
        Ok(())
    }
}
