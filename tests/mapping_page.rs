//! The page that documents the mapping language: its example compiles, and it names every key.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use nianbao::form::{FormSource, Forms};
use nianbao::migrate::MigrationSource;
use serde_json::Value;

const PAGE: &str = include_str!("../mappings/README.md");

#[test]
fn the_example_is_a_form_with_the_fields_that_the_page_says() {
    let example = PAGE.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    let form = Forms::default().add("the example", example).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(form.fields.len(), 15);
    for id in ["visits.large.planned", "visits.large.online", "visits.shops.fines"] {
        assert!(PAGE.contains(&format!("`{id}`")) && form.field_index(id).is_some(), "{id}");
    }
    assert_eq!(form.rules[0].instances.len(), 3);
}

#[test]
fn every_example_is_a_form_that_reads_its_blank() {
    let examples: Vec<&str> = PAGE.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(examples.len() >= 2);
    for example in examples {
        let mut forms = Forms::built_in().expect("the built-in forms");
        let form = forms.add("an example", example).unwrap_or_else(|error| panic!("{error}"));
        for rule in &form.rules {
            assert_eq!(rule.failing_examples(), Vec::<usize>::new(), "{}", rule.id);
        }
        let lost = nianbao::selftest::selftest(&forms, &form);
        assert!(lost.is_empty(), "{}: {lost:#?}", form.id);
    }
}

/// Collects the names of properties and the words of enumerations in a schema.
fn words(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                words.extend(properties.keys().cloned());
            }
            words.extend(object.get("const").and_then(Value::as_str).map(str::to_owned));
            object.values().for_each(|inner| self::words(inner, words));
        }
        Value::Array(items) => items.iter().for_each(|inner| self::words(inner, words)),
        _ => {}
    }
}

#[test]
fn the_page_names_every_key_and_word_of_the_language() {
    for schema in [schemars::schema_for!(FormSource), schemars::schema_for!(MigrationSource)] {
        every_word_is_named(&serde_json::to_value(schema).expect("JSON"));
    }
}

fn every_word_is_named(schema: &Value) {
    let mut found = BTreeSet::new();
    words(schema, &mut found);
    assert!(found.len() > 5, "{found:?}");
    // Sections have headings of their own.
    let named = |word: &str| {
        [format!("`{word}`"), format!("`[{word}]`"), format!("`[[{word}]]`"), format!("`\"{word}\"`")]
            .iter()
            .any(|written| PAGE.contains(written.as_str()))
            || PAGE.contains(&format!(".{word}]]`"))
    };
    let silent: Vec<_> = found.iter().filter(|word| !named(word)).collect();
    assert!(silent.is_empty(), "{silent:?}");
}

/// A file with the keys of the first version of the language only.
const FIRST: &str = r#"
language = 1
id = "first"
name = { zh = "检查年报", en = "Inspections" }
basis = "县府办〔2020〕5号"
years = [2020, 9999]
[title]
pattern = "{agency}{year}年检查年报"
names = ["检查报告"]
[[section]]
id = "figures"
heading = "一、检查数据"
variants = ["检查情况"]
placeholders = ["（文字描述）"]
max_characters = 800
[[table]]
id = "visits"
section = "figures"
name = { zh = "表一", en = "table 1" }
label_columns = 2
unit = "次"
widths = [1, 2, 1, 1]
[[table.block]]
caption = "检查"
corner = "对象"
columns = [ { id = "done", label = "次数" }, { id = "change", label = "增减", kind = "signed" } ]
rows = [ { id = "plants", label = "企业", children = [ { id = "large", label = "大型", variants = ["大"] }, { id = "small", label = "小型" } ] },
  { id = "all", label = "合计" } ]
[[rule]]
id = "V-1"
table = "visits"
each = "column"
expression = "all = plants.*"
defines = true
text = { zh = "合计", en = "the total" }
"#;

#[test]
fn a_file_of_the_first_version_gives_the_same_fields() {
    let form = Forms::default().add("first.toml", FIRST).unwrap_or_else(|error| panic!("{error}"));
    let ids: Vec<&str> = form.fields.iter().map(|field| field.id.as_str()).collect();
    let kinds = ["done", "change"];
    let wanted: Vec<String> = ["plants.large", "plants.small", "all"]
        .iter()
        .flat_map(|row| kinds.iter().map(move |kind| format!("visits.{row}.{kind}")))
        .collect();
    assert_eq!(ids, wanted);
    assert_eq!(form.rules[0].instances.len(), 2);
}
