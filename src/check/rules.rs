//! The form's arithmetic: a verdict for every rule, findings for those that fail, and the wrong cells if they can be determined.

use rust_decimal::Decimal;

use super::culprit::{self, Explanation};
use super::equations::Equation;
use super::events::{Event, Rules};
use super::narrative::{self, Stated};
use super::typo::Change;
use super::{Context, Figures, say};
use crate::finding::code::check as code;
use crate::finding::{Culprit, Finding, Message, Severity};
use crate::form::{Expression, FieldIndex, FieldKind, Form, Operand, Rule, RuleInstance};
use crate::report::Report;

/// Outcome of a rule instance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Pass,
    /// It does not hold; left and right side.
    Fail(Decimal, Decimal),
    /// These fields are blank or unreadable.
    NotAssessable(Vec<FieldIndex>),
    /// It needs last year's report, which is missing or of a form without the figure.
    Skipped,
}

/// The verdicts of all rule instances, rule by rule in the form's order.
pub fn assess(form: &Form, report: &Report, context: &Context) -> Vec<Vec<Verdict>> {
    let form = &form.expanded(report.values.keys().map(String::as_str));
    let figures = Figures::from_report(form, report, context.previous);
    form.rules.iter().map(|rule| rule.instances.iter().map(|instance| verdict(instance, &figures)).collect()).collect()
}

fn verdict(instance: &RuleInstance, figures: &Figures) -> Verdict {
    if instance.operands().any(|operand| operand.previous && !figures.has_previous(operand.field)) {
        return Verdict::Skipped;
    }
    let Some((left, right)) = instance.sides(|operand| figures.number(operand)) else {
        let blank = instance.operands().filter(|operand| figures.number(*operand).is_none());
        return Verdict::NotAssessable(blank.map(|operand| operand.field).collect());
    };
    if instance.holds(left, right) { Verdict::Pass } else { Verdict::Fail(left, right) }
}

/// A rule instance that does not hold.
struct Broken<'f> {
    rule: &'f Rule,
    instance: &'f RuleInstance,
    left: Decimal,
    right: Decimal,
}

/// Adds findings about the form's arithmetic.
pub(super) fn check(form: &Form, report: &Report, figures: &Figures, blank: &[usize], findings: &mut Vec<Finding>) {
    kinds(form, figures, findings);
    let mut broken: Vec<Broken> = Vec::new();
    let mut assessed: Vec<(&RuleInstance, Option<usize>)> = Vec::new();
    let mut open: Vec<FieldIndex> = Vec::new();
    for rule in &form.rules {
        for instance in &rule.instances {
            match verdict(instance, figures) {
                Verdict::Fail(left, right) => {
                    assessed.push((instance, Some(broken.len())));
                    broken.push(Broken { rule, instance, left, right });
                }
                Verdict::Pass => assessed.push((instance, None)),
                Verdict::NotAssessable(fields) => open.extend(fields),
                Verdict::Skipped => {}
            }
        }
    }
    // Tables that are entirely blank have a finding of their own.
    open.retain(|&field| !blank.contains(&form.fields[field].table));
    not_assessed(form, open, findings);
    if broken.is_empty() {
        return;
    }
    let numbered: Vec<(&RuleInstance, usize)> =
        broken.iter().enumerate().map(|(number, broken)| (broken.instance, number)).collect();
    let whole = Rules::new(form, figures, &numbered);
    let mut explained = vec![false; broken.len()];
    for event in whole.events() {
        event.broken.iter().for_each(|&number| explained[number] = true);
        findings.push(happened(form, figures, &broken, &event));
    }
    // Rules explained by an event do not take part in error localisation.
    assessed.retain(|(_, number)| number.is_none_or(|number| !explained[number]));
    let equation = |(instance, broken)| Equation::from_rule(instance, figures, broken);
    let equations: Vec<Equation> = assessed.into_iter().filter_map(equation).collect();
    let mut stated: Option<Vec<Stated>> = None;
    // Failed sums that share no cell with another rule: the wrong cell cannot be determined.
    let mut single: Vec<usize> = Vec::new();
    for mut explanation in culprit::explain(form, figures, &equations) {
        for &number in &explanation.broken {
            explained[number] = true;
        }
        let by_one = explanation.solutions.iter().any(|solution| solution.len() == 1);
        if !by_one
            && let [events] = whole.exchanged_cells(&explanation.broken).as_slice()
            && let [event] = events.as_slice()
            && event.broken.len() == explanation.broken.len()
        {
            findings.push(happened(form, figures, &broken, event));
            continue;
        }
        let mut quoted = None;
        let alone = stands_alone(&explanation, &equations);
        if explanation.solutions.len() > 1 || alone {
            let stated = stated.get_or_insert_with(|| narrative::stated(form, report, figures));
            if let Some((solution, words)) = decided(&explanation.solutions, stated, figures) {
                explanation.solutions = vec![solution];
                quoted = Some(words);
            }
        }
        if alone && quoted.is_none() {
            explanation.broken.iter().for_each(|&number| explained[number] = false);
            single.extend(explanation.broken);
            continue;
        }
        findings.push(blame(form, figures, &broken, &explanation, quoted.as_deref()));
    }
    let open: Vec<usize> = (0..broken.len()).filter(|number| !explained[*number] && !single.contains(number)).collect();
    let exchanged = if open.len() > 1 { whole.exchanged_cells(&open) } else { Vec::new() };
    for events in exchanged {
        events.iter().flat_map(|event| &event.broken).for_each(|&number| explained[number] = true);
        findings.push(match events.as_slice() {
            [event] => happened(form, figures, &broken, event),
            several => one_of(form, figures, &broken, several),
        });
    }
    let rest = broken.iter().zip(&explained).filter(|(_, explained)| !**explained);
    findings.extend(rest.map(|(broken, _)| rule_broken(form, figures, broken)));
}

/// Whether a single failed sum shares no cell with another rule, so that one cell is named only because others would become negative: two
/// wrong cells cannot be excluded.
fn stands_alone(explanation: &Explanation, equations: &[Equation]) -> bool {
    let [number] = explanation.broken.as_slice() else { return false };
    let Some(own) = equations.iter().find(|equation| equation.broken == Some(*number)) else { return false };
    let shares = |other: &&Equation| own.terms.iter().any(|term| other.coefficient(term.0) != 0);
    explanation.solutions.len() == 1 && equations.iter().filter(shares).count() == 1
}

/// The only one of several solutions that makes a statement of the prose true that is false now, and the quoted words. `None` if several
/// do, or if it makes another statement false.
fn decided(solutions: &[Vec<Change>], stated: &[Stated], figures: &Figures) -> Option<(Vec<Change>, String)> {
    let is = |stated: &Stated, changes: &[Change]| {
        let number = |operand: Operand| {
            let changed = changes.iter().find(|change| change.field == operand.field && !operand.previous);
            changed.map(|change| change.to).or_else(|| figures.number(operand))
        };
        let value = |sum: &Expression| {
            let terms = sum.terms.iter().map(|term| Decimal::from(term.sign).checked_mul(number(term.operand)?));
            terms.into_iter().try_fold(Decimal::from(sum.constant), |total, term| total.checked_add(term?))
        };
        stated.states.iter().any(|sum| value(sum) == Some(stated.figure))
    };
    let mends = |solution: &Vec<Change>| stated.iter().find(|one| !is(one, &[]) && is(one, solution));
    let breaks = |solution: &Vec<Change>| stated.iter().any(|one| is(one, &[]) && !is(one, solution));
    let mut mending = solutions.iter().filter_map(|solution| Some((solution, mends(solution)?)));
    let (solution, words) = mending.next()?;
    (mending.next().is_none() && !breaks(solution)).then(|| (solution.clone(), words.quoted.clone()))
}

/// The finding for several possible mistakes.
fn one_of(form: &Form, figures: &Figures, broken: &[Broken], events: &[Event]) -> Finding {
    let mut numbers: Vec<usize> = events.iter().flat_map(|event| event.broken.iter().copied()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let count = numbers.len();
    let solutions = events.iter().map(|event| event.changes.clone()).collect();
    let mut finding = blame(form, figures, broken, &Explanation { broken: numbers, solutions }, None);
    let zh: Vec<&str> = events.iter().take(SHOWN).map(|event| event.message.zh.as_str()).collect();
    let en: Vec<&str> = events.iter().take(SHOWN).map(|event| event.message.en.as_str()).collect();
    finding.message = Message::new(
        format!("有{count}条勾稽关系不成立，可能是{}。请对照台账核对。", zh.join("，或者")),
        format!("{count} sums fail; it may be that {}. Please check your records.", en.join("; or that ")),
    );
    finding.culprits = Vec::new();
    finding
}

/// Maximum number of solutions that a message shows.
const SHOWN: usize = 6;

/// The finding for a mistake that affects many cells.
fn happened(form: &Form, figures: &Figures, broken: &[Broken], event: &Event) -> Finding {
    let explanation = Explanation { broken: event.broken.clone(), solutions: vec![event.changes.clone()] };
    let mut finding = blame(form, figures, broken, &explanation, None);
    let count = event.broken.len();
    code::CELLS_WRONG.id.clone_into(&mut finding.code);
    finding.message = Message::new(
        format!("{}；改后有关的{count}条勾稽关系均成立。请对照台账核对。", event.message.zh),
        format!("{}; all {count} sums that fail then agree. Please check your records.", event.message.en),
    );
    finding
}

/// Checks kinds: counts are non-negative whole numbers; amounts are not negative.
fn kinds(form: &Form, figures: &Figures, findings: &mut Vec<Finding>) {
    for (index, field) in form.fields.iter().enumerate() {
        let Some(value) = figures.value(index).filter(|_| field.kind.is_figure()) else { continue };
        let Some(number) = value.value else { continue };
        let negative = number.is_sign_negative() && !number.is_zero() && field.kind != FieldKind::Signed;
        let fractional = number.scale() > 0 && !number.fract().is_zero() && field.kind != FieldKind::Amount;
        if !negative && !fractional {
            continue;
        }
        let place = say::stands(form, figures, index);
        let (zh, en) = if negative {
            ("应为不小于0的数", "must not be negative")
        } else {
            ("应为整数", "must be a whole number")
        };
        let message = Message::new(
            format!("{}填{number}，{zh}。请核对。", place.zh),
            format!("{} is {number}; it {en}. Please check.", place.en),
        );
        findings
            .push(Finding::new(&code::FIGURE_NOT_ALLOWED, message).at(value.place.clone()).about([field.id.clone()]));
    }
}

/// One finding per table for the cells that prevented rules from being assessed.
fn not_assessed(form: &Form, mut open: Vec<FieldIndex>, findings: &mut Vec<Finding>) {
    open.sort_unstable();
    open.dedup();
    for (table, spec) in form.tables.iter().enumerate() {
        let fields: Vec<&FieldIndex> = open.iter().filter(|&&field| form.fields[field].table == table).collect();
        if fields.is_empty() {
            continue;
        }
        let message = Message::new(
            format!("{}有{}个单元格没有数字，涉及的勾稽关系无法校验（不算不通过）。", spec.name.zh, fields.len()),
            format!(
                "{} has {} cells without a number; the rules that need them could not be assessed, which is no failure.",
                spec.name.en,
                fields.len()
            ),
        );
        let ids: Vec<String> = fields.into_iter().map(|&field| form.fields[field].id.clone()).collect();
        findings.push(Finding::new(&code::RULES_NOT_ASSESSED, message).about(ids));
    }
}

fn ids(form: &Form, instance: &RuleInstance) -> Vec<String> {
    instance.operands().map(|operand| form.fields[operand.field].id.clone()).collect()
}

fn rule_broken(form: &Form, figures: &Figures, broken: &Broken) -> Finding {
    let difference = broken.left - broken.right;
    let Message { zh, en } = say::broken(broken.rule, broken.instance, figures, (broken.left, broken.right));
    let message = Message::new(format!("{zh}。请核对。"), format!("{en}. Please check."));
    let key = broken.instance.left.terms.first().map(|term| term.operand.field);
    let mut finding = Finding::new(&code::RULE_BROKEN, message).about(ids(form, broken.instance));
    finding.severity = broken.rule.severity;
    finding.rule = Some(broken.rule.id.clone());
    finding.left = Some(broken.left);
    finding.right = Some(broken.right);
    finding.difference = Some(difference);
    finding.at(key.and_then(|field| figures.value(field)).and_then(|value| value.place.clone()))
}

/// The finding for an explanation: the wrong cells, or the alternatives.
fn blame(
    form: &Form,
    figures: &Figures,
    broken: &[Broken],
    explanation: &Explanation,
    quoted: Option<&str>,
) -> Finding {
    let rules: Vec<&Broken> = explanation.broken.iter().map(|&number| &broken[number]).collect();
    let count = rules.len();
    let agree = match count {
        1 => Message::new("改后勾稽关系成立", "the sums then agree"),
        count => {
            Message::new(format!("改后有关的{count}条勾稽关系均成立"), format!("all {count} sums that fail then agree"))
        }
    };
    let (code, message) = match explanation.solutions.as_slice() {
        [only] => {
            let (zh_quoted, en_quoted) = quoted.map_or_else(Default::default, |words| {
                (format!("，正文也写“{words}”"), format!(", and the text says \"{words}\""))
            });
            let (code, said) = match only.as_slice() {
                [one] => (&code::CELL_WRONG, say::change(form, figures, one)),
                several => {
                    let Message { zh, en } = say::changes(form, figures, several);
                    let count = several.len();
                    let said =
                        Message::new(format!("以下{count}处有误：{zh}"), format!("{count} cells seem wrong: {en}"));
                    (&code::CELLS_WRONG, said)
                }
            };
            let message = Message::new(
                format!("{}；{}{zh_quoted}。请对照台账核对。", said.zh, agree.zh),
                format!("{}; {}{en_quoted}. Please check your records.", said.en, agree.en),
            );
            (code, message)
        }
        _ => (&code::CELLS_AMBIGUOUS, ambiguous(form, figures, &rules, explanation)),
    };
    let mut finding = Finding::new(code, message);
    finding.severity = rules.iter().map(|broken| broken.rule.severity).max().unwrap_or(Severity::Error);
    if let Some(first) = rules.first() {
        finding.rule = Some(first.rule.id.clone());
        finding.left = Some(first.left);
        finding.right = Some(first.right);
        finding.difference = Some(first.left - first.right);
    }
    let cells: Vec<&Change> = explanation.solutions.iter().flatten().collect();
    let place = |change: &&Change| figures.value(change.field).and_then(|value| value.place.clone());
    finding.place = cells.first().and_then(place);
    finding.related = cells.iter().skip(1).filter_map(place).collect();
    finding.fields = cells.iter().map(|change| form.fields[change.field].id.clone()).collect();
    finding.fields.dedup();
    if let [only] = explanation.solutions.as_slice() {
        finding.culprits = only
            .iter()
            .map(|change| Culprit {
                field: form.fields[change.field].id.clone(),
                from: Some(change.from),
                to: Some(change.to),
            })
            .collect();
    }
    finding
}

/// The message if any one of several cells may be wrong: the differences of the sums, and the candidate cells.
fn ambiguous(form: &Form, figures: &Figures, rules: &[&Broken], explanation: &Explanation) -> Message {
    let said = |broken: &&&Broken| say::broken(broken.rule, broken.instance, figures, (broken.left, broken.right));
    let sentences: Vec<Message> = rules.iter().take(SENTENCES).map(|broken| said(&broken)).collect();
    let zh: Vec<&str> = sentences.iter().map(|one| one.zh.as_str()).collect();
    let en: Vec<&str> = sentences.iter().map(|one| one.en.as_str()).collect();
    let more = rules.len().saturating_sub(SENTENCES);
    let (more_zh, more_en) = match more {
        0 => Default::default(),
        more => (format!("；另有{more}处不符"), format!("; {more} more sums fail")),
    };
    let mut fields: Vec<FieldIndex> = explanation.solutions.iter().flatten().map(|change| change.field).collect();
    fields.sort_unstable();
    fields.dedup();
    let cells = say::any_of(form, &fields);
    Message::new(
        format!("{}{more_zh}。{}中至少一处有误，请对照台账核对。", zh.join("；"), cells.zh),
        format!("{}{more_en}. At least one of these is wrong: {}. Please check your records.", en.join("; "), cells.en),
    )
}

/// Maximum number of failed sums in one message.
const SENTENCES: usize = 2;
