//! The fuzz targets: name, and function to call with the bytes.

use nianbao::agencies::Agencies;
use nianbao::batch::{Loader, list};
use nianbao::corrections::Corrections;
use nianbao::document::{Budget, Format};
use nianbao::form::Forms;
use nianbao::formbook::{self, Remarks};
use nianbao::ledger::Ledger;
use nianbao::read::{READERS, Reading};
use nianbao::settings::Settings;
use nianbao::waivers::Waivers;

use crate::outputs;
use crate::{bind, read, read_parts, text, whole};

/// A target.
#[derive(Debug)]
pub struct Target {
    /// Its name, also of its corpus.
    pub name: &'static str,
    /// Its function. Failures are panics, uncounted work, and unbounded memory.
    pub run: fn(&[u8]),
}

/// All targets. Those of packages take the parts, not the archive, because a changed byte in a deflated part would only test the
/// checksum.
pub const TARGETS: [Target; 26] = [
    Target { name: "docx", run: |bytes| drop(read_parts(Format::Docx, bytes)) },
    Target { name: "doc", run: |bytes| drop(read(Format::Doc, bytes)) },
    Target { name: "rtf", run: |bytes| drop(read(Format::Rtf, bytes)) },
    Target { name: "odt", run: |bytes| drop(read_parts(Format::Odt, bytes)) },
    Target { name: "wordxml", run: |bytes| drop(read(Format::WordXml, bytes)) },
    Target { name: "xlsx", run: |bytes| drop(read_parts(Format::Xlsx, bytes)) },
    Target { name: "xlsb", run: |bytes| drop(read_parts(Format::Xlsb, bytes)) },
    Target { name: "xls", run: |bytes| drop(read(Format::Xls, bytes)) },
    Target { name: "ods", run: |bytes| drop(read_parts(Format::Ods, bytes)) },
    Target { name: "sheetxml", run: |bytes| drop(read(Format::SheetXml, bytes)) },
    Target { name: "html", run: |bytes| drop(read(Format::Html, bytes)) },
    Target { name: "mht", run: |bytes| drop(read(Format::Mht, bytes)) },
    Target { name: "pdf", run: |bytes| drop(read(Format::Pdf, bytes)) },
    Target { name: "ofd", run: |bytes| drop(read_parts(Format::Ofd, bytes)) },
    Target { name: "text", run: of_text },
    Target { name: "open", run: |bytes| whole(bytes, Some("file.doc")) },
    Target { name: "archive", run: archive },
    Target { name: "mapping", run: mapping },
    Target { name: "agencies", run: agencies },
    Target { name: "lines", run: lines },
    Target { name: "write", run: outputs::written },
    Target { name: "fill", run: outputs::filled },
    Target { name: "annotate", run: outputs::annotated },
    Target { name: "template", run: outputs::page },
    Target { name: "correct", run: outputs::corrected },
    Target { name: "draft", run: draft },
];

/// Text that is read, bound to every form and checked.
fn of_text(bytes: &[u8]) {
    let Some(reader) = READERS.iter().find(|reader| reader.format == Format::Text) else { return };
    let mut findings = Vec::new();
    if let Ok(document) = (reader.read)(bytes, &mut Budget::default(), &mut findings) {
        bind(&Reading { format: Format::Text, document, findings });
    }
}

/// An archive of submissions: listed, and its entries unpacked.
fn archive(bytes: &[u8]) {
    let path = std::env::temp_dir().join(format!("nianbao-fuzz-{}.zip", std::process::id()));
    std::fs::write(&path, bytes).expect("a folder for temporary files");
    let inputs = list(&[path.to_string_lossy().into_owned()], None).expect("the file is there");
    let mut loader = Loader::default();
    for input in inputs.list.iter().take(50) {
        if let Ok(bytes) = loader.bytes(input) {
            let _ = nianbao::read::sniff(&bytes);
        }
    }
}

/// A mapping file, and everything built from the form: blank, example, dictionaries, workbook.
fn mapping(bytes: &[u8]) {
    let source = text(bytes);
    if let Ok(form) = Forms::default().add("fuzz.toml", &source) {
        let _ =
            (form.blank().fields.len(), form.example(0).fields.len(), formbook::page(&form), formbook::schema(&form));
        let _ = formbook::write(&form, &source, &Remarks::default());
    }
}

/// A list of agencies, as CSV and as TOML.
fn agencies(bytes: &[u8]) {
    for name in ["agencies.csv", "agencies.toml"] {
        if let Ok(agencies) = Agencies::read(name, bytes) {
            agencies.in_tree_order();
        }
    }
}

/// Text files of an office: settings, waivers, corrections, the log of a work folder.
fn lines(bytes: &[u8]) {
    let lines = text(bytes);
    let _ = Settings::read(&lines);
    let _ = Waivers::read("waivers.toml", &lines);
    let _ = Waivers::read("waivers.csv", &lines);
    let _ = Corrections::read(&lines);
    let _ = Ledger::read(&lines);
}

/// A template from which a mapping file is drafted, which must compile.
fn draft(bytes: &[u8]) {
    let Ok(reading) = nianbao::read::read(bytes, None, &mut Budget::default()) else { return };
    let source = nianbao::draft::written(&nianbao::draft::draft(&reading.document, &[], "fuzz"));
    let _ = Forms::default().add("fuzz.toml", &source);
}
