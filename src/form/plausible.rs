//! Plausibility limits: figures that only some agencies can have, figures too large for their unit, words left from a template.

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

use super::pattern::Pattern;
use super::rule::plain_sum;
use super::{FieldIndex, Form, Mistake};
use crate::finding::{Message, Severity};

/// Figures that only some agencies can have, as written in a mapping file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReservedSource {
    /// Id, unique in the form; findings give it as their rule.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// The fields; `group.*` means all fields below `group`.
    #[schemars(with = "Vec<String>")]
    pub fields: Vec<Spanned<String>>,
    /// Agencies that cannot have the figures.
    pub denied: AgencyPattern,
    /// Exceptions from `denied`.
    #[serde(default)]
    pub except: AgencyPattern,
    /// Severity of the finding.
    #[serde(default = "warning")]
    pub severity: Severity,
    /// Which agencies have them, in words.
    pub text: Message,
    /// The provision that it is based on.
    #[serde(default)]
    pub source: Option<String>,
}

/// Regular expressions for an agency: its level and kind as the agencies file writes them, and its name.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AgencyPattern {
    /// Level (层级).
    #[schemars(with = "Option<String>")]
    pub level: Option<Spanned<String>>,
    /// Kind (类型).
    #[schemars(with = "Option<String>")]
    pub kind: Option<Spanned<String>>,
    /// Name.
    #[schemars(with = "Option<String>")]
    pub name: Option<Spanned<String>>,
}

/// A figure that is easily given in a wrong unit, as written in a mapping file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MagnitudeSource {
    /// Id, unique in the form; findings give it as their rule.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// The field.
    #[schemars(with = "String")]
    pub field: Spanned<String>,
    /// Factor between the units: 10000 if 元 is easily given in place of 万元.
    pub factor: u32,
    /// Largest plausible value.
    pub most: u64,
    /// What to check, in words.
    pub text: Message,
}

/// The agency of a report, as far as it is known.
#[derive(Debug, Clone, Copy, Default)]
pub struct Standing<'a> {
    /// Its name.
    pub name: Option<&'a str>,
    /// Its level as the agencies file writes it.
    pub level: Option<&'a str>,
    /// Its kind as the agencies file writes it.
    pub kind: Option<&'a str>,
}

/// Agency patterns, resolved.
#[derive(Debug, Clone, Default)]
struct Agencies {
    level: Option<Pattern>,
    kind: Option<Pattern>,
    name: Option<Pattern>,
}

impl Agencies {
    fn compile(source: &AgencyPattern) -> Result<Self, Mistake> {
        let pattern = |text: &Option<Spanned<String>>| text.as_ref().map(pattern).transpose();
        Ok(Self { level: pattern(&source.level)?, kind: pattern(&source.kind)?, name: pattern(&source.name)? })
    }

    fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        [&self.level, &self.kind, &self.name].into_iter().flatten()
    }

    fn matches(&self, agency: Standing) -> bool {
        let matches = |pattern: &Option<Pattern>, text: Option<&str>| {
            let regex = pattern.as_ref().and_then(Pattern::regex);
            regex.zip(text).is_some_and(|(regex, text)| regex.is_match(text))
        };
        matches(&self.level, agency.level) || matches(&self.kind, agency.kind) || matches(&self.name, agency.name)
    }
}

/// Figures that only some agencies can have, resolved.
#[derive(Debug, Clone)]
pub struct Reserved {
    /// Id.
    pub id: String,
    /// The fields.
    pub fields: Vec<FieldIndex>,
    /// Severity of the finding.
    pub severity: Severity,
    /// Which agencies have them, in words.
    pub text: Message,
    denied: Agencies,
    except: Agencies,
}

impl Reserved {
    pub(super) fn patterns(&self) -> impl Iterator<Item = &Pattern> {
        self.denied.patterns().chain(self.except.patterns())
    }

    /// Whether the agency cannot have such figures; false for an agency of which nothing is known.
    pub fn denies(&self, agency: Standing) -> bool {
        self.denied.matches(agency) && !self.except.matches(agency)
    }
}

/// A figure that is easily given in a wrong unit, resolved.
#[derive(Debug, Clone)]
pub struct Magnitude {
    /// Id.
    pub id: String,
    /// The field.
    pub field: FieldIndex,
    /// Factor between the units.
    pub factor: u32,
    /// Largest plausible value.
    pub most: u64,
    /// What to check, in words.
    pub text: Message,
}

pub(super) fn reserved(source: &ReservedSource, form: &Form) -> Result<Reserved, Mistake> {
    let mut fields = Vec::new();
    for text in &source.fields {
        let sum = plain_sum(text.get_ref(), text.span(), form)?;
        fields.extend(sum.terms.iter().map(|term| term.operand.field));
    }
    Ok(Reserved {
        id: source.id.get_ref().clone(),
        fields,
        severity: source.severity,
        text: source.text.clone(),
        denied: Agencies::compile(&source.denied)?,
        except: Agencies::compile(&source.except)?,
    })
}

pub(super) fn magnitude(source: &MagnitudeSource, form: &Form) -> Result<Magnitude, Mistake> {
    let field = form.field_index(source.field.get_ref());
    let field = field.ok_or_else(|| Mistake::no_field(source.field.span(), source.field.get_ref()))?;
    if source.factor < 2 {
        return Err(Mistake::new(source.id.span(), "factor 不得小于2。", "`factor` must be at least 2"));
    }
    let (id, text) = (source.id.get_ref().clone(), source.text.clone());
    Ok(Magnitude { id, field, factor: source.factor, most: source.most, text })
}

/// Parses a regular expression of a mapping file.
pub(super) fn pattern(text: &Spanned<String>) -> Result<Pattern, Mistake> {
    Pattern::new(text.get_ref()).map_err(|error| Mistake::of_error(text.span(), &error))
}

fn warning() -> Severity {
    Severity::Warning
}
