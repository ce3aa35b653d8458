//! Table Schemas compared with the tables and lines that they describe.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use rust_decimal::Decimal;

/// Compares a schema with JSON lines: the same members in the same order, each of its type, only fields of the form.
pub(crate) fn line_schema(schema: &[u8], lines: &[u8]) {
    let schema: serde_json::Value = serde_json::from_slice(schema).expect("JSON");
    let fields = schema["fields"].as_array().expect("fields");
    let mut count = 0;
    for line in std::str::from_utf8(lines).expect("UTF-8").lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let line = line.as_object().expect("an object");
        assert_eq!(line.len(), fields.len(), "{line:?}");
        for field in fields {
            let value = &line[field["name"].as_str().expect("a name")];
            let fits = match field["type"].as_str().expect("a type") {
                "string" => value.is_string() || value.is_null(),
                "boolean" => value.is_boolean(),
                "integer" => value.is_i64(),
                "number" => value.is_number() || value.is_null(),
                "object" => value.is_object(),
                other => panic!("{other}"),
            };
            assert!(fits, "{value}: {field}");
            if let Some(words) = field["constraints"]["enum"].as_array() {
                assert!(words.contains(value), "{value}");
                count += 1;
            }
        }
    }
    assert!(count > 500, "{count}");
}

/// Compares a schema with a CSV table: the same columns in the same order, each cell of its column's type. Returns the number of cells.
pub(crate) fn table_schema(schema: &[u8], csv: &[u8]) -> usize {
    let schema: serde_json::Value = serde_json::from_slice(schema).expect("JSON");
    let fields = schema["fields"].as_array().expect("fields");
    let mut rows = csv::Reader::from_reader(csv.strip_prefix(b"\xef\xbb\xbf").expect("a mark"));
    let names: Vec<&str> = fields.iter().filter_map(|field| field["name"].as_str()).collect();
    assert_eq!(rows.headers().expect("heads").iter().collect::<Vec<_>>(), names);
    let mut count = 0;
    for row in rows.records() {
        for (cell, field) in row.expect("a row").iter().zip(fields) {
            let fits = match field["type"].as_str().expect("a type") {
                "string" => true,
                "boolean" => ["true", "false"].contains(&cell),
                "integer" => cell.parse::<i64>().is_ok(),
                "number" => cell.is_empty() || cell.parse::<Decimal>().is_ok(),
                other => panic!("{other}"),
            };
            assert!(fits, "{cell}: {field}");
            count += 1;
        }
    }
    count
}
