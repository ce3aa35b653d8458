//! The duty to publish: its law, deadline and exceptions.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::{Mistake, Pattern};
use crate::finding::Message;

/// The legal duty to publish the report, as written in a mapping file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DutySource {
    /// Text of the duty as it is quoted in letters.
    pub text: Message,
    /// Regular expression for names of agencies that are exempt.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub except: Option<Spanned<String>>,
}

/// The legal duty to publish the report.
#[derive(Debug, Clone)]
pub struct Duty {
    /// Text of the duty as it is quoted in letters.
    pub text: Message,
    except: Option<Pattern>,
}

impl Duty {
    pub(super) fn compile(source: DutySource) -> Result<Self, Mistake> {
        let except = source.except.as_ref().map(super::plausible::pattern).transpose()?;
        Ok(Self { text: source.text, except })
    }

    /// Whether an agency of this name has the duty.
    pub fn holds(&self, agency: &str) -> bool {
        let excepted = self.except.as_ref().and_then(Pattern::regex).is_some_and(|regex| regex.is_match(agency));
        !excepted
    }
}
