//! A form's values as a Frictionless Table Schema: a row a report with a column a field, as tables for data tools have them.

use serde_json::{Value, json};

use crate::form::{Field, FieldKind, Form};

/// The profile that the schema keeps to.
const PROFILE: &str = "https://datapackage.org/profiles/2.0/tableschema.json";

/// The schema of a form. Of tables whose rows are data, the rows of an example stand for all.
pub fn schema(form: &Form) -> String {
    let shown = form.example(0);
    let fields: Vec<Value> =
        shown.fields.iter().enumerate().map(|(index, field)| described(&shown, index, field)).collect();
    let schema = json!({
        "$schema": PROFILE,
        "name": form.id,
        "title": form.name.zh,
        "description": form.basis.clone().unwrap_or_default(),
        "fields": fields,
        "missingValues": [""],
    });
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

/// A field: its type, its labels as title, and what may stand there.
fn described(form: &Form, index: usize, field: &Field) -> Value {
    let kind = match field.kind {
        FieldKind::Count | FieldKind::Signed => "integer",
        FieldKind::Amount => "number",
        FieldKind::Text | FieldKind::Choice | FieldKind::Date | FieldKind::Code => "string",
    };
    let mut described = json!({ "name": field.id, "title": form.describe(index).zh, "type": kind });
    if let Some(unit) = &field.unit {
        described["unit"] = json!(unit);
    }
    match (&field.choice, field.kind) {
        (Some(choice), _) if !choice.several => described["constraints"] = json!({ "enum": choice.of }),
        (Some(choice), _) => described["categories"] = json!(choice.of),
        (None, FieldKind::Count | FieldKind::Amount) => described["constraints"] = json!({ "minimum": 0 }),
        (None, _) => {}
    }
    described
}
