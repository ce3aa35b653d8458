//! Fills `CORPUS/TARGET` with seeds from files: `cargo run --example seed -- CORPUS FILE…`; with `--pack FILE`, converts an input of a
//! package target to the package and writes it to standard output.

// The instrumentation of the crates calls into libFuzzer.
use libfuzzer_sys as _;
use std::error::Error;
use std::io::Write;
use std::path::Path;

use nianbao::document::Format;
use nianbao::read::{Sniffed, sniff};

/// Maximum size of a seed: larger ones slow the fuzzer down.
const MOST: usize = 96 << 10;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, path] = arguments.as_slice()
        && flag == "--pack"
    {
        let package = nianbao_fuzz::pack(&std::fs::read(path)?).ok_or("not the parts of a package")?;
        return Ok(std::io::stdout().write_all(&package)?);
    }
    let (corpus, files) = arguments.split_first().ok_or("usage: seed CORPUS FILE...")?;
    for path in files {
        let bytes = std::fs::read(path)?;
        let stem = Path::new(path).file_name().unwrap_or_default().to_string_lossy().into_owned();
        let raw = if bytes.len() <= MOST { Some(bytes.clone()) } else { None };
        let target = match sniff(&bytes) {
            Sniffed::Known(Format::Docx) => "docx",
            Sniffed::Known(Format::Odt) => "odt",
            Sniffed::Known(Format::Ods) => "ods",
            Sniffed::Known(Format::Ofd) => "ofd",
            Sniffed::Known(Format::Pdf) => "pdf",
            Sniffed::Known(Format::Xlsx) => "xlsx",
            Sniffed::Known(Format::Xlsb) => "xlsb",
            Sniffed::Known(Format::Doc) => "doc",
            Sniffed::Known(Format::Xls) => "xls",
            Sniffed::Known(Format::Rtf) => "rtf",
            Sniffed::Known(Format::Html) => "html",
            Sniffed::Known(Format::Mht) => "mht",
            Sniffed::Known(Format::WordXml) => "wordxml",
            Sniffed::Known(Format::SheetXml) => "sheetxml",
            Sniffed::Known(Format::Text) => "text",
            _ if bytes.starts_with(b"PK") => "archive",
            _ => "open",
        };
        let seed = match target {
            "docx" | "odt" | "ods" | "ofd" | "xlsx" | "xlsb" => {
                nianbao_fuzz::unpack(&bytes).filter(|parts| parts.len() <= MOST)
            }
            _ => raw.clone(),
        };
        // The writers are fuzzed with files of every format.
        if matches!(target, "docx" | "xlsx") {
            for other in ["fill", "annotate"] {
                put(corpus, other, &stem, seed.clone())?;
            }
        }
        put(corpus, target, &stem, seed)?;
        if raw.as_ref().is_some_and(|raw| raw.len() <= MOST / 4) {
            for other in ["open", "write", "draft"] {
                put(corpus, other, &stem, raw.clone())?;
            }
        }
        for (suffix, target) in [(".csv", "agencies"), (".toml", "lines"), (".jsonl", "lines"), (".html", "template")] {
            if stem.ends_with(suffix) {
                put(corpus, target, &stem, raw.clone())?;
            }
        }
    }
    Ok(())
}

fn put(corpus: &str, target: &str, stem: &str, seed: Option<Vec<u8>>) -> Result<(), Box<dyn Error>> {
    let Some(seed) = seed else { return Ok(()) };
    let folder = Path::new(corpus).join(target);
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join(stem), seed)?)
}
