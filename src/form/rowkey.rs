//! The key of a row that is data: the middle of its field ids, the same whether the row was read or typed.

use crate::text::blank;

/// What identifies a row in its block.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RowIdentity<'t> {
    /// The parts of its code.
    Code(&'t [String]),
    /// The text of its name, possibly on several lines.
    Name(&'t str),
    /// Its number, from 1.
    Number(usize),
}

impl RowIdentity<'_> {
    /// The key of the row; `None` if its code or name is blank.
    pub(crate) fn key(self) -> Option<String> {
        match self {
            Self::Code(parts) => (!parts.is_empty()).then(|| parts.join(".")),
            Self::Name(text) => {
                let name: String = text.split(['\n', '\r', '\t']).map(|line| line.trim_matches(blank)).collect();
                (!name.is_empty()).then(|| format!("[{name}]"))
            }
            Self::Number(number) => Some(number.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_rows() {
        let parts = ["205".to_owned(), "02".to_owned()];
        for (identity, key) in [
            (RowIdentity::Code(&parts), Some("205.02")),
            (RowIdentity::Code(&[]), None),
            (RowIdentity::Name("西院"), Some("[西院]")),
            (RowIdentity::Name("\u{3000}西\n  院\u{feff}"), Some("[西院]")),
            (RowIdentity::Name(" \u{200b}"), None),
            (RowIdentity::Number(3), Some("3")),
        ] {
            assert_eq!(identity.key().as_deref(), key, "{identity:?}");
        }
    }
}
