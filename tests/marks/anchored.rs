//! Figures of Word 97-2003 documents that stand in text boxes and fields: they are read, or their cell is empty with a finding.

use std::collections::{BTreeMap, BTreeSet};

use nianbao::bind::Binder;
use nianbao::form::{Form, Forms, Layout, LayoutContent};
use nianbao::sampler::Random;

use super::doc::{self, Doc};
use super::{Cell, Look, Made, Row, Run, Table};

/// Ways in which a cell holds its figure.
const WAYS: &[(fn(&mut Doc, &str), bool)] = &[
    (|doc, figure| doc.run(figure, &[]), true),
    (Doc::text_box, true),
    (|doc, figure| doc.drop_down(&["9", figure], 1), true),
    (|doc, figure| doc.drop_down(&[figure, "9"], 0), true),
    (|doc, figure| field(doc, &format!("EQ \\x({figure})")), true),
    (|doc, figure| field(doc, &format!(" eq \\o({figure},)")), true),
    (|doc, figure| field(doc, &format!("MACROBUTTON AcceptAll {figure}")), true),
    (
        |doc, figure| {
            doc.run(figure, &[]);
            field(doc, "EQ \\o\\ac(○,2)");
        },
        true,
    ),
    (
        |doc, figure| {
            doc.run(figure, &[]);
            field(doc, "EQ \\s\\up5(1)");
        },
        true,
    ),
    (|doc, figure| doc.run(&format!("\u{13}=9\u{14}{figure}\u{15}"), &[0x55, 8, 1]), true),
    // Two figures, or one that only a calculation would give.
    (|doc, figure| field(doc, &format!("EQ \\o({figure},9)")), false),
    (|doc, figure| field(doc, &format!("EQ \\f({figure},9)")), false),
    (
        |doc, figure| {
            doc.run(figure, &[]);
            doc.text_box("9");
        },
        false,
    ),
    (
        |doc, figure| {
            doc.text_box(figure);
            doc.text_box("9");
        },
        false,
    ),
    (|doc, _| field(doc, "=SUM(LEFT)"), false),
];

/// A field without a result.
fn field(doc: &mut Doc, code: &str) {
    doc.run(&format!("\u{13}{code}\u{15}"), &[0x55, 8, 1]);
}

/// The tables of a form with a figure of its own in each field.
fn numbered(form: &Form) -> (Made, BTreeMap<String, String>) {
    let (mut fields, mut tables) = (BTreeMap::new(), Vec::new());
    for table in 0..form.tables.len() {
        let layout = Layout::for_table(form, table);
        let cell = |cell: &nianbao::form::LayoutCell, fields: &mut BTreeMap<String, String>| {
            let text = match &cell.content {
                LayoutContent::Field(index) => {
                    let figure = (1_001 + fields.len()).to_string();
                    fields.insert(figure.clone(), form.fields[*index].id.clone());
                    figure
                }
                LayoutContent::Caption(text)
                | LayoutContent::Corner(text)
                | LayoutContent::ColumnHead(text)
                | LayoutContent::RowHead(text) => text.clone(),
            };
            let (column, rows, columns) = (cell.column, cell.row_span, cell.col_span);
            Cell { runs: vec![Run { text, look: Look::Plain }], column, rows, columns, dark: false }
        };
        let rows = layout.rows.iter().map(|cells| {
            let cells = cells.iter().map(|one| cell(one, &mut fields)).collect();
            Row { cells, hidden: false }
        });
        tables.push(Table { rows: rows.collect(), columns: layout.columns });
    }
    (Made { tables, figures: BTreeMap::new(), told: BTreeSet::new() }, fields)
}

#[test]
fn figures_in_boxes_and_fields_of_a_doc() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    for form in forms.iter() {
        let (made, fields) = numbered(form);
        for seed in 0..12 {
            let mut random = Random::new(seed);
            let (mut clear, mut unclear) = (Vec::new(), Vec::new());
            let bytes = doc::tables(&made, |doc, cell| {
                let figure = &cell.runs[0].text;
                let Some(field) = fields.get(figure) else { return doc.run(figure, &[]) };
                // Most cells hold their figure as such, or nothing would tell which table it is.
                let way = if random.once_in(3) { random.below(WAYS.len() as u64) as usize } else { 0 };
                (WAYS[way].0)(doc, figure);
                if WAYS[way].1 { clear.push((field, figure.clone(), way)) } else { unclear.push((field, way)) }
            });
            let report = super::read(&bytes, &binder, &format!("doc, {}, seed {seed}", form.id));
            for (field, figure, way) in &clear {
                let value = &report.values[*field];
                let read = value.value.map(|value| value.to_string());
                assert_eq!(read.as_ref(), Some(figure), "{}, seed {seed}, {field}, way {way}: {value:?}", form.id);
            }
            assert!(!unclear.is_empty());
            for (field, way) in &unclear {
                let value = &report.values[*field];
                let told = report.findings.iter().any(|finding| finding.fields.contains(*field));
                assert!(value.value.is_none() && told, "{}, seed {seed}, {field}, way {way}: {value:?}", form.id);
            }
        }
    }
}
