//! A form's values as a Frictionless Table Schema: one row per report and one column per field.

use serde_json::{Value, json};

use crate::form::{Field, FieldKind, Form};

/// The profile that the schema conforms to.
const PROFILE: &str = "https://datapackage.org/profiles/2.0/tableschema.json";

/// The schema of a form. Rows that are data are represented by example rows.
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

/// Description of a field: type, labels as title, constraints.
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
