//! Comparisons of figures in number formats and conditional formats: `>=20`.

/// How two figures are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::read) enum Comparison {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

impl Comparison {
    /// Whether it holds.
    pub(in crate::read) fn holds(self, figure: f64, than: f64) -> bool {
        match self {
            Self::Less => figure < than,
            Self::AtMost => figure <= than,
            Self::More => figure > than,
            Self::AtLeast => figure >= than,
            Self::Equal => (figure - than).abs() < f64::EPSILON,
            Self::Unequal => (figure - than).abs() >= f64::EPSILON,
        }
    }

    /// The comparison at the beginning of a text, and the text after it.
    pub(in crate::read) fn split(text: &str) -> Option<(Self, &str)> {
        let signs: [(&str, Self); 8] = [
            ("<=", Self::AtMost),
            (">=", Self::AtLeast),
            ("<>", Self::Unequal),
            ("!=", Self::Unequal),
            ("==", Self::Equal),
            ("<", Self::Less),
            (">", Self::More),
            ("=", Self::Equal),
        ];
        signs.into_iter().find_map(|(sign, comparison)| Some((comparison, text.trim().strip_prefix(sign)?.trim())))
    }

    /// A comparison with a number.
    pub(in crate::read) fn with_number(text: &str) -> Option<(Self, f64)> {
        let (comparison, than) = Self::split(text)?;
        Some((comparison, than.parse().ok()?))
    }
}
