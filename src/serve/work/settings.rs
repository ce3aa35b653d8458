//! Evaluates the settings, and validates a file before it becomes part of them.

use std::path::Path;

use serde_json::{Value, json};

use crate::agencies::{Agencies, TreeNode};
use crate::bind::Binder;
use crate::fill::Template;
use crate::finding::{Bilingual, Message};
use crate::form::Forms;
use crate::write::WRITERS;
use crate::write::html::PageWriter;

use super::desk::Desk;
use super::{Answer, SentFile};

impl Desk<'_> {
    /// Forms, labels, agencies, formats, and errors in the settings.
    pub(super) fn described(&self) -> Value {
        let shelf = self.shelf;
        let forms: Vec<Value> = shelf
            .forms
            .iter()
            // A form that accepts any document is not offered.
            .filter(|form| !form.title.is_free())
            .map(|form| json!({ "id": form.id, "name": form.name, "basis": form.basis, "years": form.years, "fields": form.fields.len(), "rules": form.rules.len(), "draft": form.draft }))
            .collect();
        let agencies = shelf.agencies.as_ref().map(listed);
        let wrong: Vec<Value> =
            shelf.wrong.iter().map(|(key, message)| json!({ "key": key, "message": message })).collect();
        let labels: serde_json::Map<String, Value> = shelf
            .forms
            .iter()
            .map(|form| {
                let own = form
                    .fields
                    .iter()
                    .enumerate()
                    .map(|(index, field)| (field.id.clone(), json!(form.describe(index))));
                (form.id.clone(), Value::Object(own.collect()))
            })
            .collect();
        let mut formats: Vec<&str> = WRITERS.iter().map(|writer| writer.output.suffix()).collect();
        if crate::batch::fonts(self.settings.path("fonts").as_deref()).is_ok() {
            formats.push("pdf");
        }
        json!({
            "forms": forms,
            "labels": labels,
            "agencies": agencies,
            "template": shelf.template.as_ref().map(|template| template.findings().iter().map(|found| found.message.clone()).collect::<Vec<_>>()),
            "formats": formats,
            "wrong": wrong,
        })
    }

    /// Validates a file as part of the settings.
    pub(super) fn candidate(&self, what: &str, name: &str, path: &Path) -> Answer {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => return Answer::No(crate::finding::system(&error)),
        };
        let tried: Result<Value, Message> = match what {
            "agencies" => {
                Agencies::read(name, &bytes).map(|agencies| listed(&agencies)).map_err(|error| error.message())
            }
            "template" => {
                let form = self.settings.text("form");
                Template::compile(&bytes, &Binder::new(&self.shelf.forms), &self.shelf.forms, form.as_deref())
                    .map(|template| json!({ "format": template.output().suffix(), "said": template.findings().iter().map(|found| found.message.clone()).collect::<Vec<_>>() }))
                    .map_err(|error| error.message())
            }
            "page-template" => {
                let text = String::from_utf8_lossy(&bytes);
                PageWriter::new(self.shelf.options.clone(), Some(&text))
                    .map(|_| json!({}))
                    .map_err(|error| error.message())
            }
            "mappings" => {
                let mut forms: Forms = self.shelf.forms.clone();
                let text = String::from_utf8_lossy(&bytes);
                let form = forms.add(name, &text).map_err(|error| error.message());
                form.map(|form| json!({ "id": form.id, "name": form.name, "fields": form.fields.len(), "rules": form.rules.len() }))
            }
            "previous" => {
                let (path, name) = (path.to_owned(), name.to_owned());
                let file = SentFile { path, name, corrections: String::new(), before: Vec::new() };
                let read = self.reports(&file).map_err(|finding| finding.message);
                read.map(|(_, reports)| json!({ "reports": reports.iter().map(|report| json!({ "agency": report.agency, "year": report.year })).collect::<Vec<_>>() }))
            }
            _ => Err(Message::new("没有这一项设置。", "there is no such setting")),
        };
        tried.map_or_else(Answer::No, Answer::Shown)
    }
}

/// The agencies in tree order, each with the name of its parent.
fn listed(agencies: &Agencies) -> Value {
    let list = agencies.list();
    let tree: Vec<Value> = agencies
        .in_tree_order()
        .into_iter()
        .map(|TreeNode { agency: index, depth }| {
            let agency = &list[index];
            let above = agency.parent.map(|above| list[above].name.as_str());
            // An agency with children and no parent collects the reports of the others.
            let top = agency.parent.is_none() && !agencies.children(index).is_empty();
            json!({ "name": agency.name, "above": above, "depth": depth, "top": top, "kind": agency.kind, "level": agency.level, "contact": agency.contact })
        })
        .collect();
    let said: Vec<&Message> = agencies.findings.iter().map(|found| &found.message).collect();
    json!({ "list": tree, "said": said })
}
