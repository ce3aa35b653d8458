//! nianbao reads annual reports of Chinese agencies into one typed model, checks them, sums them and writes them in several formats.
//!
//! The program is the default feature `cli`; users of the library turn it off:
//!
//! ```toml
//! nianbao = { version = "0.1", default-features = false }
//! ```
//!
//! # Read, bind, check, write
//!
//! [`read::read`] converts the bytes of any supported format to a neutral [`document::Document`]; [`bind::Binder`] aligns it with a form
//! and returns a [`report::Report`]; [`check::check`] checks the report by the rules of its form; [`write::WRITERS`] write it.
//!
//! ```
//! use nianbao::{bind, check, document, form, read, write};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let file = "samples/word-2021.docx";
//! let forms = form::Forms::built_in()?;
//! let binder = bind::Binder::new(&forms); // once; binds any number of documents, from any thread
//! let bytes = std::fs::read(file)?;
//! let reading = read::read(&bytes, Some(file), &mut document::Budget::default())?;
//! let report = binder.bind(&reading, &bind::Hints::default())?;
//! let form = forms.get(&report.form).ok_or("no such form")?;
//! for finding in check::check(form, &report, &check::Context::default()) {
//!     println!("{}: {}", finding.code, finding.message.zh);
//! }
//! for writer in write::WRITERS.iter().filter(|writer| writer.output == write::Output::Xlsx) {
//!     let workbook = writer.write(form, &report)?;
//!     assert!(workbook.starts_with(b"PK"));
//! }
//! # assert!(report.values.values().any(|value| value.value.is_some()));
//! # Ok(())
//! # }
//! ```
//!
//! An uncertain figure is not in the report: its value is [`report::Kind::Absent`] or another kind without a number, and a
//! [`finding::Finding`] gives the reason. Errors have messages in Chinese and English ([`finding::Bilingual`]).
//!
//! # Fill an office's own file
//!
//! [`fill::Template`] recognises the form in an office's own Word file or workbook, which needs no tags, and fills reports into it:
//!
//! ```
//! use nianbao::{bind, document, fill, form, read};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let (own, file) = ("samples/word-2021.docx", "samples/word-2021.docx");
//! let forms = form::Forms::built_in()?;
//! let binder = bind::Binder::new(&forms);
//! let template = fill::Template::compile(&std::fs::read(own)?, &binder, &forms, None)?;
//! let bytes = std::fs::read(file)?;
//! let reading = read::read(&bytes, Some(file), &mut document::Budget::default())?;
//! let report = binder.bind(&reading, &bind::Hints::default())?;
//! let filled = template.fill(&report)?;
//! assert!(filled.bytes.starts_with(b"PK"));
//! # Ok(())
//! # }
//! ```
//!
//! # Add up
//!
//! [`rollup::Gathering`] collects the reports of one form and year and sums them along the tree of an agencies file:
//!
//! ```
//! use nianbao::{agencies, form, rollup, sampler, summary};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let forms = form::Forms::built_in()?;
//! let form = forms.get("gkbg-2021").ok_or("no such form")?;
//! let tree = "单位名称,上级\n青山县人民政府,\n青山县教育局,青山县人民政府\n青山县民政局,青山县人民政府\n";
//! let agencies = agencies::Agencies::read("agencies.csv", tree.as_bytes())?;
//! let mut gathering = rollup::Gathering::new(form, 2023, &agencies);
//! for name in ["青山县教育局", "青山县民政局"] {
//!     let mut report = sampler::Sampler::new(1).report(form); // made up; yours come from `bind`
//!     (report.agency, report.year) = (Some(name.to_owned()), Some(2023));
//!     gathering.add(&format!("{name}.docx"), &report);
//! }
//! let sums = gathering.finish();
//! let workbook = summary::workbook::workbook(&sums)?;
//! # assert!(workbook.starts_with(b"PK") && sums.entries.len() == 2);
//! # Ok(())
//! # }
//! ```
//!
//! [`rollup::Collection`] takes reports of any form and year, and compares with last year's reports among them, as the command `rollup` does.
//!
//! [`batch`] processes many files with workers, atomically written outputs, logs and a cache; [`mod@stream`] converts lines to rows for
//! data engines.

pub mod agencies;
pub mod annotate;
pub mod batch;
pub mod bind;
pub mod check;
pub mod corrections;
pub mod document;
pub mod draft;
pub mod fill;
pub mod finding;
pub mod form;
pub mod formbook;
pub mod ledger;
pub mod letter;
mod mend;
pub mod migrate;
pub mod read;
pub mod report;
pub mod rollup;
pub mod sampler;
pub mod selftest;
#[cfg(feature = "serve")]
pub mod serve;
pub mod settings;
pub mod stream;
pub mod summary;
pub mod text;
pub mod waivers;
pub mod write;
