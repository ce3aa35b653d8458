//! Prints the result of every rule of the form, one line each.

use nianbao::check::{Context, Verdict, assess};
use nianbao::finding::Message;
use nianbao::form::Form;
use nianbao::report::Report;
use serde_json::{Value, json};

use super::ReportOutcome;
use crate::cli::args::Rendering;
use crate::cli::terminal::Terminal;

/// The verdicts on a report, one line per instance of each rule, as text or JSON.
pub(super) fn lines(
    form: &Form,
    report: &Report,
    context: &Context,
    (path, part): (&str, &ReportOutcome),
    format: Rendering,
    terminal: &Terminal,
) -> Vec<String> {
    let mut lines = Vec::new();
    for (rule, verdicts) in form.rules.iter().zip(assess(form, report, context)) {
        for (instance, verdict) in rule.instances.iter().zip(verdicts) {
            let (word, why) = words(form, &verdict);
            if format == Rendering::Text {
                let scope = if instance.scope.is_empty() { String::new() } else { format!(" {}", instance.scope) };
                let why = terminal.message(&why);
                let why = if why.is_empty() { String::new() } else { format!("  {why}") };
                lines.push(format!("{}: {} {word}{scope}{why}", part.path, rule.id));
                continue;
            }
            let (left, right) = match &verdict {
                Verdict::Fail(left, right) => (number(*left), number(*right)),
                _ => (Value::Null, Value::Null),
            };
            let mut fields: Vec<&str> =
                instance.operands().map(|operand| form.fields[operand.field].id.as_str()).collect();
            fields.dedup();
            let mut line = json!({
                "path": path,
                "rule": rule.id,
                "scope": instance.scope,
                "severity": rule.severity,
                "verdict": word,
                "why": if why == Message::default() { Value::Null } else { json!(why) },
                "fields": fields,
                "left": left,
                "right": right,
            });
            if part.number > 0 {
                line["report"] = json!(part.number);
            }
            lines.push(line.to_string());
        }
    }
    lines
}

/// The stable name of a verdict, and the reason.
fn words(form: &Form, verdict: &Verdict) -> (&'static str, Message) {
    match verdict {
        Verdict::Pass => ("pass", Message::default()),
        Verdict::Fail(left, right) => (
            "fail",
            Message::new(format!("左边{left}，右边{right}"), format!("{left} on the left, {right} on the right")),
        ),
        Verdict::NotAssessable(fields) => {
            let first = fields.first().map(|&field| form.describe(field)).unwrap_or_default();
            let count = fields.len();
            let message = Message::new(
                format!("{}等{count}个单元格没有数字", first.zh),
                format!("{count} cells without a number, the first: {}", first.en),
            );
            ("not-assessable", message)
        }
        Verdict::Skipped => (
            "skipped",
            Message::new(
                "没有上一年度的报告，或其格式没有该项",
                "no report of last year, or one of a form without the figure",
            ),
        ),
    }
}

fn number(number: rust_decimal::Decimal) -> Value {
    serde_json::from_str(&number.normalize().to_string()).unwrap_or_default()
}
