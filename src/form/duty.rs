//! The duty to publish: its law, deadline and exceptions.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{Mistake, Pattern};
use crate::finding::Message;

/// By which law and by when a report must be published, as it is written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DutySource {
    /// What letters say of it.
    pub text: Message,
    /// A regular expression of the names of agencies for which it does not hold.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub except: Option<Spanned<String>>,
}

/// By which law and by when a report must be published.
#[derive(Debug, Clone)]
pub struct Duty {
    /// What letters say of it.
    pub text: Message,
    except: Option<Pattern>,
}

impl Duty {
    pub(super) fn compile(source: DutySource) -> Result<Self, Mistake> {
        let except = source.except.as_ref().map(super::plausible::pattern).transpose()?;
        Ok(Self { text: source.text, except })
    }

    /// Whether it holds for an agency of this name.
    pub fn holds(&self, agency: &str) -> bool {
        let excepted = self.except.as_ref().and_then(Pattern::regex).is_some_and(|regex| regex.is_match(agency));
        !excepted
    }
}
