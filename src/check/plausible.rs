//! Implausible figures: figures that this kind of agency cannot have, and magnitudes that suggest another unit.

use rust_decimal::Decimal;

use super::{Context, Figures};
use crate::finding::code::check as code;
use crate::finding::{Finding, Message};
use crate::form::{Form, Magnitude, Operand, Standing};
use crate::report::Report;

/// Factor by which the ratio to last year's figure may differ from the unit factor.
const NEAR: u32 = 3;

/// Adds findings about implausible figures.
pub(super) fn check(form: &Form, report: &Report, context: &Context, figures: &Figures, findings: &mut Vec<Finding>) {
    let agency = Standing { name: report.agency.as_deref(), ..context.standing };
    for reserved in form.reserved.iter().filter(|reserved| reserved.denies(agency)) {
        let filled =
            reserved.fields.iter().filter(|&&field| number(figures, field).is_some_and(|number| !number.is_zero()));
        let fields: Vec<usize> = filled.copied().collect();
        let Some(&first) = fields.first() else { continue };
        let shown = |language: fn(Message) -> String| {
            let cell = |&field: &usize| {
                format!("{} {}", language(form.describe(field)), number(figures, field).unwrap_or_default())
            };
            fields.iter().map(cell).collect::<Vec<_>>()
        };
        let message = Message::new(
            format!("{}：{}。请核对。", reserved.text.zh, shown(|message| message.zh).join("，")),
            format!("{}: {}. Check it.", reserved.text.en, shown(|message| message.en).join("; ")),
        );
        let place = figures.value(first).and_then(|value| value.place.clone());
        let ids = fields.iter().map(|&field| form.fields[field].id.clone());
        let mut finding = Finding::new(&code::FIGURE_NOT_COMPETENT, message).at(place).about(ids);
        finding.severity = reserved.severity;
        finding.rule = Some(reserved.id.clone());
        findings.push(finding);
    }
    for magnitude in form.magnitudes.iter().filter(|_| !context.is_sum) {
        findings.extend(too_large(form, magnitude, figures));
    }
}

fn number(figures: &Figures, field: usize) -> Option<Decimal> {
    figures.number(Operand { field, previous: false })
}

/// The finding for a figure above the limit, or above last year's by about the unit factor.
fn too_large(form: &Form, magnitude: &Magnitude, figures: &Figures) -> Option<Finding> {
    let now = number(figures, magnitude.field)?;
    let before =
        figures.number(Operand { field: magnitude.field, previous: true }).filter(|before| *before > Decimal::ZERO);
    let ratio = before.and_then(|before| now.checked_div(before));
    let factor = Decimal::from(magnitude.factor);
    let (least, most) = (factor / Decimal::from(NEAR), factor * Decimal::from(NEAR));
    let jumped = ratio.is_some_and(|ratio| least <= ratio && ratio <= most);
    if !jumped && now <= Decimal::from(magnitude.most) {
        return None;
    }
    let (zh, en) = match before.filter(|_| jumped) {
        Some(before) => (format!("，上一年度为{before}"), format!(", last year {before}")),
        None => Default::default(),
    };
    Some(mistaken(form, magnitude, figures, now, (&zh, &en)))
}

/// The finding for a figure that seems to be in another unit; `more` is appended to the message.
pub(super) fn mistaken(
    form: &Form,
    magnitude: &Magnitude,
    figures: &Figures,
    now: Decimal,
    more: (&str, &str),
) -> Finding {
    let place = form.describe(magnitude.field);
    let to = now.checked_div(Decimal::from(magnitude.factor)).unwrap_or_default().normalize();
    let message = Message::new(
        format!("{}为{now}{}。{}如是，应为{to}。请核对。", place.zh, more.0, magnitude.text.zh),
        format!("{} is {now}{}. {} If so, it should be {to}. Check it.", place.en, more.1, magnitude.text.en),
    );
    let mut finding = Finding::new(&code::UNIT_MISTAKEN, message).about([form.fields[magnitude.field].id.clone()]);
    finding.rule = Some(magnitude.id.clone());
    finding.at(figures.value(magnitude.field).and_then(|value| value.place.clone()))
}
