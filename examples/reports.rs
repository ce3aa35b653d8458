//! Makes reports with their true figures, for the comparison with other tools: `cargo run --example reports -- COUNT FOLDER [xlsx]`.
//!
//! In FOLDER: `N.docx`, with `xlsx` also workbooks, and `truth.json`: for each file every figure with its table and the labels of its row
//! and column.

use std::error::Error;
use std::path::Path;

use nianbao::form::Forms;
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};
use serde_json::{Map, Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (count, folder, outputs) = match arguments.as_slice() {
        [count, folder] => (count, folder, &[Output::Docx][..]),
        [count, folder, more] if more == "xlsx" => (count, folder, &[Output::Docx, Output::Xlsx][..]),
        _ => return Err("usage: reports COUNT FOLDER [xlsx]".into()),
    };
    let forms = Forms::built_in()?;
    let form = forms.get("gkbg-2021").ok_or("no such form")?;
    let folder = Path::new(folder);
    std::fs::create_dir_all(folder)?;
    let mut truth = Map::new();
    for seed in 0..count.parse()? {
        let report = Sampler::new(seed).report(form);
        let mut figures = Map::new();
        for field in &form.fields {
            let block = form.block(field);
            let labels =
                |path: &[nianbao::form::Label]| path.iter().map(|label| label.text.clone()).collect::<Vec<_>>();
            figures.insert(
                field.id.clone(),
                json!({
                    "figure": report.values[&field.id].raw,
                    "table": form.tables[field.table].id,
                    "row": labels(&block.leaf_rows[field.row].path),
                    "column": labels(&block.leaf_columns[field.column].path),
                }),
            );
        }
        for writer in WRITERS.iter().filter(|writer| outputs.contains(&writer.output)) {
            std::fs::write(folder.join(format!("{seed}.{}", writer.output.suffix())), writer.write(form, &report)?)?;
        }
        truth.insert(seed.to_string(), Value::Object(figures));
    }
    std::fs::write(folder.join("truth.json"), serde_json::to_vec(&truth)?)?;
    Ok(())
}
