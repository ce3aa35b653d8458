//! Streaming writer of findings as one SARIF 2.1.0 log (OASIS).

use std::fmt::Write as _;
use std::io::{self, Write};

use nianbao::document::Place;
use nianbao::finding::{Finding, Severity, codes};
use serde_json::{Value, json};

use super::terminal::Terminal;

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// Writer of a log; [`end`] closes the log.
pub(crate) struct Sarif {
    results: usize,
}

impl Sarif {
    /// Writes the beginning of a log: the tool and its rules.
    pub(crate) fn begin(out: &mut impl Write, terminal: &Terminal) -> io::Result<Self> {
        let rules: Vec<Value> = codes().map(|code| rule(code, terminal)).collect();
        let driver = json!({
            "name": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "rules": rules,
        });
        write!(
            out,
            "{{\"$schema\":\"{SCHEMA}\",\"version\":\"2.1.0\",\"runs\":[{{\"tool\":{{\"driver\":{driver}}},\"columnKind\":\"unicodeCodePoints\",\"results\":["
        )?;
        Ok(Self { results: 0 })
    }

    /// Adds a finding about a report, given by path and index in the file.
    pub(crate) fn add(
        &mut self,
        out: &mut impl Write,
        terminal: &Terminal,
        (path, report): (&str, usize),
        finding: &Finding,
    ) -> io::Result<()> {
        let separator = if self.results == 0 { "\n" } else { ",\n" };
        self.results += 1;
        write!(out, "{separator}{}", result(terminal, (path, report), finding))
    }
}

/// Writes the end of a log.
pub(crate) fn end(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "\n]}}]}}")
}

fn rule(code: &nianbao::finding::Code, terminal: &Terminal) -> Value {
    json!({
        "id": code.id,
        "shortDescription": { "text": terminal.say(code.title.0, code.title.1) },
        "fullDescription": { "text": terminal.say(code.why.0, code.why.1) },
        "help": { "text": terminal.say(code.remedy.0, code.remedy.1) },
        "defaultConfiguration": { "level": level(code.severity) },
    })
}

fn result(terminal: &Terminal, (path, report): (&str, usize), finding: &Finding) -> Value {
    // Take the numbers from the finding's own JSON: exact, and null if missing.
    let data = serde_json::to_value(finding).unwrap_or_default();
    let of = |name: &str| data.get(name).cloned().unwrap_or_default();
    let mut result = json!({
        "ruleId": finding.code,
        "level": level(finding.severity),
        "message": { "text": terminal.message(&finding.message) },
        "locations": [location(path, finding.place.as_ref())],
        "properties": {
            "rule": finding.rule,
            "fields": finding.fields,
            "left": of("left"),
            "right": of("right"),
            "difference": of("difference"),
            "culprits": of("culprits"),
            "proposal": of("proposal"),
        },
    });
    if report > 0 {
        result["properties"]["report"] = json!(report);
    }
    if !finding.related.is_empty() {
        result["relatedLocations"] = finding.related.iter().map(|place| location(path, Some(place))).collect();
    }
    if let Some(waived) = &finding.waived {
        result["suppressions"] = json!([{
            "kind": "external",
            "status": "accepted",
            "justification": waived.reason,
            "properties": { "until": waived.until.to_string() },
        }]);
    }
    result
}

/// The file, the line if the place has one, and the place in words (table, row, column) as a logical location.
fn location(path: &str, place: Option<&Place>) -> Value {
    let mut physical = json!({ "artifactLocation": { "uri": uri(path) } });
    if let Some(line) = place.and_then(|place| place.line) {
        physical["region"] = json!({ "startLine": line + 1 });
    }
    let mut location = json!({ "physicalLocation": physical });
    if let Some(place) = place {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": place.to_string() }]);
    }
    location
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

/// A path as a relative reference (RFC 3986): `/` between folders, everything else that is not unreserved escaped.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!".contains(&byte) {
            uri.push(byte as char);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use nianbao::finding::{Language, Message, Proposal, code::check::CODES};
    use serde_json::json;

    use super::{Finding, Terminal, result, uri};

    #[test]
    fn a_result_carries_the_proposal() {
        let mut finding = Finding::new(CODES[0], Message::new("甲", "a"));
        let said = |finding: &Finding| {
            result(&Terminal::new(Language::Zh), ("a.docx", 0), finding)["properties"]["proposal"].clone()
        };
        assert_eq!(said(&finding), json!(null));
        finding.proposal = Some(Proposal { field: "f".to_owned(), value: 3.into(), quoted: "收到3件".to_owned() });
        assert_eq!(said(&finding), json!({ "field": "f", "value": 3, "quoted": "收到3件" }));
    }

    #[test]
    fn paths_become_references() {
        assert_eq!(uri("in/a b.docx"), "in/a%20b.docx");
        assert_eq!(uri("甲\\b#1.docx"), "%E7%94%B2/b%231.docx");
    }
}
