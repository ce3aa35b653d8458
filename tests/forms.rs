//! The built-in mapping files: field ids, counts, shapes and rules as the forms prescribe them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use nianbao::form::{FieldKind, Form, Forms, Layout, LayoutContent, Relation};

fn forms() -> Forms {
    Forms::built_in().unwrap_or_else(|error| panic!("{error}"))
}

fn form(id: &str) -> std::sync::Arc<Form> {
    forms().get(id).cloned().unwrap_or_else(|| panic!("no form {id}"))
}

#[test]
fn field_counts_are_those_of_the_forms() {
    for (id, counts) in [("gkbg-2019", [22, 161, 15]), ("gkbg-2021", [10, 175, 15])] {
        let form = form(id);
        for (table, count) in counts.into_iter().enumerate() {
            assert_eq!(form.fields.iter().filter(|field| field.table == table).count(), count, "{id} {table}");
        }
    }
}

#[test]
fn units_and_kinds_are_inherited_and_overridden() {
    let form = form("gkbg-2021");
    let fees = &form.fields[form.field_index("disclosure.fees.amount").unwrap()];
    assert_eq!((fees.kind, fees.unit.as_deref()), (FieldKind::Amount, Some("万元")));
    let row = &form.fields[form.field_index("requests.refused.state_secret.natural_person").unwrap()];
    assert_eq!((row.kind, row.unit.as_deref()), (FieldKind::Count, Some("件")));
    let form = self::form("gkbg-2019");
    let change = &form.fields[form.field_index("disclosure.licensing.change").unwrap()];
    assert_eq!(change.kind, FieldKind::Signed);
    let amount = &form.fields[form.field_index("disclosure.procurement.amount").unwrap()];
    assert_eq!((amount.kind, amount.unit.as_deref()), (FieldKind::Amount, None));
    assert!(form.field_index("disputes.direct_suit.pending").is_some());
}

#[test]
fn tables_have_the_official_shape() {
    let shapes = [("gkbg-2019", [(5, 18), (10, 26), (15, 4)]), ("gkbg-2021", [(4, 14), (10, 28), (15, 4)])];
    for (id, tables) in shapes {
        let form = form(id);
        for (table, (columns, rows)) in tables.into_iter().enumerate() {
            let layout = Layout::for_table(&form, table);
            assert_eq!((layout.columns, layout.rows.len()), (columns, rows), "{id} table {table}");
            let slots: u32 = layout.rows.iter().flatten().map(|cell| cell.row_span * cell.col_span).sum();
            assert_eq!(slots, columns * rows as u32, "{id} table {table} is covered exactly");
        }
    }
}

#[test]
fn the_header_of_table_three_spans_as_prescribed() {
    let layout = Layout::for_table(&form("gkbg-2021"), 1);
    assert_eq!(layout.header_rows, 3);
    let cell = |row: usize, text: &str| {
        let found = layout.rows[row].iter().find(|cell| {
            matches!(&cell.content, LayoutContent::ColumnHead(label) | LayoutContent::RowHead(label) if label == text)
        });
        found.map(|cell| (cell.column, cell.row_span, cell.col_span))
    };
    assert_eq!(cell(0, "申请人情况"), Some((3, 1, 7)));
    assert_eq!(cell(1, "自然人"), Some((3, 2, 1)));
    assert_eq!(cell(1, "法人或其他组织"), Some((4, 1, 5)));
    assert_eq!(cell(5, "三、本年度办理结果"), Some((0, 22, 1)));
    assert_eq!(cell(7, "（三）不予公开"), Some((1, 8, 1)));
    assert_eq!(cell(26, "（七）总计"), Some((1, 1, 2)));
}

#[test]
fn rules_are_repeated_over_rows_columns_and_items() {
    let form = form("gkbg-2021");
    let count = |id: &str| form.rules.iter().find(|rule| rule.id == id).map(|rule| rule.instances.len());
    assert_eq!(
        (count("T3-R"), count("T3-C"), count("T3-B"), count("T4"), count("Y-2")),
        (Some(25), Some(7), Some(7), Some(3), Some(2))
    );
    let columns = form.rules.iter().find(|rule| rule.id == "T3-C").unwrap();
    assert_eq!(columns.instances[0].right.terms.len(), 21);
    assert_eq!(columns.instances[0].relation, Relation::Equal);
}

#[test]
fn mistakes_name_the_bytes_to_blame() {
    let (_, text) = Forms::sources()[1];
    let broken = text.replace("+ other_organisation\"", "+ others\"");
    let error = Forms::default().add("broken.toml", &broken).unwrap_err();
    assert!(error.mistakes[0].message.en.contains("no field `requests.received.others`"), "{error}");
    let span = error.mistakes[0].span.clone().unwrap();
    assert!(broken[span].contains("+ others"));
    let unknown = text.replace("label_columns = 3", "label_colums = 3");
    assert!(Forms::default().add("unknown.toml", &unknown).unwrap_err().mistakes[0].span.is_some());
    let newer = text.replace("language = 1", "language = 2");
    assert!(Forms::default().add("newer.toml", &newer).unwrap_err().to_string().contains("language = 2"));
}
