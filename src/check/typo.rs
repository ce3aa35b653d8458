//! Distance between two figures as typing errors: digits transposed, doubled, dropped or mistyped.

use rust_decimal::Decimal;

use crate::form::FieldIndex;

/// A figure with its corrected value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Change {
    /// The field.
    pub(super) field: FieldIndex,
    /// The reported value.
    pub(super) from: Decimal,
    /// The value that satisfies the rules.
    pub(super) to: Decimal,
}

/// Number of typing errors between two figures (Damerau-Levenshtein distance of their digits).
pub(super) fn distance(from: Decimal, to: Decimal) -> usize {
    strsim::damerau_levenshtein(&from.normalize().to_string(), &to.normalize().to_string())
}

/// The name of the typing error, in brackets; empty if it has none.
pub(super) fn words(from: Decimal, to: Decimal) -> (&'static str, &'static str) {
    let (from, to) = (from.normalize().to_string(), to.normalize().to_string());
    if strsim::damerau_levenshtein(&from, &to) != 1 {
        return ("", "");
    }
    match from.len().cmp(&to.len()) {
        std::cmp::Ordering::Equal if strsim::levenshtein(&from, &to) == 2 => {
            ("（疑两位数字颠倒）", " (two digits seem to have changed places)")
        }
        std::cmp::Ordering::Equal => ("（疑一位数字有误）", " (one digit seems wrong)"),
        std::cmp::Ordering::Greater => ("（疑多一位）", " (one digit seems too many)"),
        std::cmp::Ordering::Less => ("（疑少一位）", " (one digit seems lost)"),
    }
}
