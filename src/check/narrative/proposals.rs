//! Proposes values that the prose states for empty fields; they are shown to the user and never applied automatically.
//!
//! A value is proposed only if a single field can be meant, all sentences about it agree, and no rule contradicts it.

use rust_decimal::Decimal;

use super::Statement;
use crate::check::Figures;
use crate::finding::code::check as code;
use crate::finding::{Finding, Message, Proposal};
use crate::form::{Expression, FieldIndex, FieldKind, Form, NarrativePattern, Operand, Relation, RuleInstance};
use crate::report::{Kind, Place};

/// A figure stated in a sentence for a field.
struct Stated {
    field: FieldIndex,
    figure: Decimal,
    quoted: String,
    place: Option<Place>,
}

/// Values stated in the prose for empty fields.
pub(super) struct Proposals<'a, 'v> {
    form: &'a Form,
    figures: &'a Figures<'v>,
    stated: Vec<Stated>,
}

impl<'a, 'v> Proposals<'a, 'v> {
    pub(super) fn new(form: &'a Form, figures: &'a Figures<'v>) -> Self {
        Self { form, figures, stated: Vec::new() }
    }

    /// Records a statement, if it is certain which empty fields it is about.
    pub(super) fn take(&mut self, pattern: &NarrativePattern, statement: &Statement, place: Option<&Place>) {
        let fields = if statement.none {
            self.all_none(pattern)
        } else {
            self.single_field(pattern, statement.stated).into_iter().collect()
        };
        self.stated.extend(fields.into_iter().map(|field| Stated {
            field,
            figure: statement.stated.normalize(),
            quoted: statement.quoted.to_owned(),
            place: place.cloned(),
        }));
    }

    /// The single empty field that a statement can be about; `None` if a known sum equals the figure, or several fields are possible.
    fn single_field(&self, pattern: &NarrativePattern, stated: Decimal) -> Option<FieldIndex> {
        let mut only = None;
        for sum in &pattern.states {
            match self.open(sum)?.as_slice() {
                [] if self.known(sum)? == stated => return None,
                [] => {}
                [field] if self.known(sum)?.is_zero() && only.is_none_or(|known| known == *field) => {
                    only = Some(*field);
                }
                _ => return None,
            }
        }
        only
    }

    /// The empty fields that are 0 if there were none of what the first sum counts.
    fn all_none(&self, pattern: &NarrativePattern) -> Vec<FieldIndex> {
        let first = pattern.states.first().filter(|sum| self.known(sum).is_some_and(|known| known.is_zero()));
        first.and_then(|sum| self.open(sum)).unwrap_or_default()
    }

    /// The empty fields of a sum; `None` if the sum has subtractions, or a field that is not a number for another reason.
    fn open(&self, sum: &Expression) -> Option<Vec<FieldIndex>> {
        let mut open = Vec::new();
        for term in &sum.terms {
            if self.figures.number(term.operand).is_none() {
                if !self.is_open(term.operand) {
                    return None;
                }
                open.push(term.operand.field);
            }
            if term.sign != 1 {
                return None;
            }
        }
        Some(open)
    }

    /// Whether a field is empty because no certain cell was found, or its cell has no number.
    fn is_open(&self, operand: Operand) -> bool {
        let value = self.figures.value(operand.field).filter(|_| !operand.previous);
        value.is_some_and(|value| value.value.is_none() && matches!(value.kind, Kind::Absent | Kind::Text))
    }

    /// The sum of the known fields of a sum.
    fn known(&self, sum: &Expression) -> Option<Decimal> {
        let known = sum.terms.iter().filter_map(|term| self.figures.number(term.operand));
        known.into_iter().try_fold(Decimal::from(sum.constant), Decimal::checked_add)
    }

    /// A finding for each field on which all sentences agree.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut fields: Vec<FieldIndex> = self.stated.iter().map(|stated| stated.field).collect();
        fields.sort_unstable();
        fields.dedup();
        let agreed = |field: FieldIndex| {
            let mut stated = self.stated.iter().filter(|stated| stated.field == field);
            let first = stated.next()?;
            let fits = stated.all(|other| other.figure == first.figure) && self.fits(field, first.figure);
            fits.then(|| self.finding(first))
        };
        fields.into_iter().filter_map(agreed).collect()
    }

    /// Whether a figure is possible for a field: by its kind, and by every rule whose other figures are known.
    fn fits(&self, field: FieldIndex, figure: Decimal) -> bool {
        let count = self.form.fields[field].kind == FieldKind::Count;
        let instances = self.form.rules.iter().flat_map(|rule| &rule.instances);
        let mut equalities = instances.filter(|instance| {
            instance.relation == Relation::Equal
                && instance.operands().any(|operand| operand.field == field && !operand.previous)
        });
        !(count && (figure.is_sign_negative() || !figure.fract().is_zero()))
            && equalities
                .all(|instance| self.residual(instance, field, figure).is_none_or(|residual| residual.is_zero()))
    }

    /// Left side minus right side of an equality with the figure in the field; `None` if another figure of the rule is not known.
    fn residual(&self, instance: &RuleInstance, field: FieldIndex, figure: Decimal) -> Option<Decimal> {
        let number = |operand: Operand| {
            if operand.field == field && !operand.previous { Some(figure) } else { self.figures.number(operand) }
        };
        let side = |side: &Expression| {
            let terms = side.terms.iter().map(|term| Decimal::from(term.sign).checked_mul(number(term.operand)?));
            terms.into_iter().try_fold(Decimal::from(side.constant), |sum, term| sum.checked_add(term?))
        };
        side(&instance.left)?.checked_sub(side(&instance.right)?)
    }

    fn finding(&self, stated: &Stated) -> Finding {
        let Stated { field, figure, quoted, place } = stated;
        let words = self.form.describe(*field);
        let message = Message::new(
            format!("{}未能确定，已留空；正文写“{quoted}”，可能是{figure}。请核对后填写。", words.zh),
            format!(
                "{} is not certain and stays empty; the text says \"{quoted}\", so it may be {figure}. Check it and write it in.",
                words.en
            ),
        );
        let id = &self.form.fields[*field].id;
        let mut finding = Finding::new(&code::PROSE_PROPOSAL, message).about([id.clone()]).at(place.clone());
        finding.proposal = Some(Proposal { field: id.clone(), value: *figure, quoted: quoted.clone() });
        finding
    }
}
