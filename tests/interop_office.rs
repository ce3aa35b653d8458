//! Outputs for the superior's office: the workbook recalculated by LibreOffice, the page shown by Chromium. Run by `scripts/test`.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read, Write};
use std::path::Path;
use std::process::Command;

use crate::program::{Folder, page};
use nianbao::bind::{Binder, Hints};
use nianbao::document::{Block, Budget};
use nianbao::form::Forms;
use nianbao::sampler::Sampler;
use rust_decimal::Decimal;

const NAMES: [&str; 4] = ["青山县教育局", "青山县民政局", "东河镇人民政府", "西河镇人民政府"];

/// Reports of four agencies below a county, and the sums of their figures by field.
fn county(folder: &Folder) -> BTreeMap<String, Decimal> {
    let forms = Forms::built_in().expect("forms");
    let form = forms.get("gkbg-2021").expect("a form");
    let mut agencies = "名称,上级\n青山县人民政府,\n".to_owned();
    let (mut sampler, mut sums) = (Sampler::new(77), BTreeMap::new());
    for name in NAMES {
        let mut report = sampler.report(form);
        (report.agency, report.year) = (Some(name.to_owned()), Some(2023));
        report.title = Some(form.title.for_report(name, 2023));
        for (id, value) in &report.values {
            *sums.entry(id.clone()).or_insert(Decimal::ZERO) += value.value.unwrap_or_default();
        }
        agencies.push_str(&format!("{name},青山县人民政府\n"));
        folder.file(&format!("in/{name}.html"), page(&report));
    }
    agencies.push_str("从不报送局,青山县人民政府\n");
    folder.file("agencies.csv", agencies);
    sums
}

/// The workbook without cached results, so that they must be computed.
fn without_results(bytes: &[u8]) -> Vec<u8> {
    let mut old = zip::ZipArchive::new(Cursor::new(bytes)).expect("a package");
    let mut new = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let cached = regex::Regex::new("(</f>)<v>[^<]*</v>").expect("a pattern");
    for index in 0..old.len() {
        let mut part = old.by_index(index).expect("a part");
        let name = part.name().expect("a name").into_owned();
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("its bytes");
        if name.starts_with("xl/worksheets/sheet") {
            content = cached.replace_all(&String::from_utf8(content).expect("UTF-8"), "$1").into_owned().into_bytes();
        }
        new.start_file(name, zip::write::SimpleFileOptions::default()).expect("a part");
        new.write_all(&content).expect("its bytes");
    }
    new.finish().expect("a package").into_inner()
}

#[test]
#[ignore = "drives LibreOffice; scripts/test runs it"]
fn libreoffice_computes_the_sums_that_a_plain_loop_does() {
    let folder = Folder::new();
    let sums = county(&folder);
    let ran = folder.run(&["rollup", "in", "--agencies", "agencies.csv", "-o", "out"]);
    assert!(ran.status.is_some_and(|status| status < 2), "{ran:?}");
    let bytes = without_results(&std::fs::read(folder.path("out/汇总.xlsx")).expect("the workbook"));
    folder.file("bare/汇总.xlsx", bytes);
    libreoffice(&folder, &folder.path("bare/汇总.xlsx"), "xlsx");
    let bytes = std::fs::read(folder.path("as-xlsx/汇总.xlsx")).expect("LibreOffice's workbook");
    let mut reading = nianbao::read::read(&bytes, None, &mut Budget::default()).expect("a workbook");
    reading
        .document
        .blocks
        .retain(|block| matches!(block, Block::Grid(grid) if grid.caption.as_deref() == Some("总表")));
    let forms = Forms::built_in().expect("forms");
    let report = Binder::new(&forms).bind(&reading, &Hints::default()).expect("a report");
    assert_eq!(report.values.len(), sums.len());
    let additive =
        |id: &String| id.starts_with("disclosure.") || id.starts_with("requests.") || id.starts_with("review");
    for (id, value) in report.values.iter().filter(|(id, _)| additive(id)) {
        assert_eq!(value.value, Some(sums[id]), "{id}");
    }
}

fn libreoffice(folder: &Folder, file: &Path, to: &str) {
    let profile = format!("-env:UserInstallation=file://{}", folder.path("profile").display());
    let done = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", to, "--outdir"])
        .arg(folder.path(&format!("as-{to}")))
        .arg(file)
        .output()
        .expect("soffice");
    assert!(done.status.success(), "{done:?}");
}

#[test]
#[ignore = "drives Chromium; scripts/test runs it"]
fn chromium_lists_searches_and_draws_the_page_for_the_office() {
    let folder = Folder::new();
    county(&folder);
    folder.file("in/cut.docx", b"PK\x03\x04 and no more");
    folder.run(&["convert", "in", "-o", "out", "--to", "html", "--agencies", "agencies.csv"]);
    let page = std::fs::read_to_string(folder.path("out/index.html")).expect("the page");
    let shown = dump(&folder, "all", &page);
    // Besides the four: one that sent nothing, and an unreadable file. The superior, who sent nothing either, sums the others.
    assert_eq!(shown.matches("<th scope=\"row\"").count(), NAMES.len() + 2);
    // The four are renamed in the title only, which contradicts their text.
    for words in ["从不报送局", "共6行，符合条件6行", "class=\"bar\"", "有错误 <b>4</b>", "未能读取 <b>1</b>"]
    {
        assert!(shown.contains(words), "{words}");
    }
    // Type into the search box: the list then has the matching rows, and the count says so.
    let typing = "const box = document.getElementById('words'); box.value = '教育局'; \
                  box.dispatchEvent(new Event('input', { bubbles: true }));";
    let found = dump(&folder, "found", &page.replace("</body>", &format!("<script>{typing}</script></body>")));
    assert_eq!(found.matches("<th scope=\"row\"").count(), 1);
    assert!(found.contains("符合条件1行") && found.contains("青山县教育局"));
    // No wider than a phone.
    let measuring = "document.title = 'wide ' + (document.documentElement.scrollWidth - window.innerWidth);";
    let measured = dump(&folder, "wide", &page.replace("</body>", &format!("<script>{measuring}</script></body>")));
    let wide = measured.split("<title>wide ").nth(1).and_then(|rest| rest.split('<').next()).expect("a width");
    assert!(wide.parse::<i32>().expect("a number") <= 0, "{wide} pixels too wide");
}

/// The page as HTML, as shown by Chromium in a window as wide as a phone.
fn dump(folder: &Folder, name: &str, page: &str) -> String {
    let file = folder.path(&format!("out/{name}.html"));
    std::fs::write(&file, page).expect("a page");
    let done = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"])
        .args(["--disable-component-update", "--no-first-run", "--window-size=390,900", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.path("chromium").display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .expect("chromium");
    assert!(done.status.success(), "{done:?}");
    String::from_utf8_lossy(&done.stdout).into_owned()
}
