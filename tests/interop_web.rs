//! Web pages in Chromium: no overflow on a phone, and an accessibility check by axe-core. Run by `scripts/test`, which installs both.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use nianbao::document::Picture;
use nianbao::form::Forms;
use nianbao::report::{Content, ExtraCell, ExtraTable, Report};
use nianbao::sampler::Sampler;
use nianbao::write::html::{PageOptions, PageWriter};

/// Path at which `scripts/test` installs the axe-core package of the npm registry.
const AXE: &str = "target/axe/node_modules/axe-core/axe.min.js";

/// Runs axe-core on its page, and writes the result into the parent page.
const PROBE: &str = "axe.run(document).then(result => {
  const page = document.documentElement;
  const broken = result.violations.map(rule => rule.id + ': ' + rule.nodes.map(node => node.target.join(' ')).slice(0, 3).join(' | '));
  parent.document.getElementById('audit').textContent =
    'AUDIT' + JSON.stringify({ shown: innerWidth, wide: page.scrollWidth, passes: result.passes.length, broken }) + 'TIDUA';
});";

fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}

/// Chromium's result for a page in a frame of this width.
fn audit(page: &str, width: u32, folder: &Path) -> serde_json::Value {
    let axe = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(AXE))
        .unwrap_or_else(|error| panic!("{AXE}: {error}; scripts/test installs it"));
    let probed = page.replace("</body>", &format!("<script>{axe}</script><script>{PROBE}</script></body>"));
    assert_ne!(probed, page);
    let around = format!(
        "<!DOCTYPE html><meta charset=\"utf-8\"><pre id=\"audit\"></pre>\
         <iframe style=\"width:{width}px;height:900px;border:0\" srcdoc=\"{}\"></iframe>",
        attribute(&probed)
    );
    let file = folder.join("audit.html");
    std::fs::write(&file, around).unwrap();
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"])
        .args(["--disable-background-networking", "--disable-component-update", "--window-size=1400,1000"])
        .args(["--virtual-time-budget=30000", "--dump-dom"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&output.stdout);
    let told = dom.split("AUDIT{").nth(1).and_then(|rest| rest.split("}TIDUA").next());
    let told = told.unwrap_or_else(|| panic!("no audit: {}", String::from_utf8_lossy(&output.stderr)));
    let told = told.replace("&amp;", "&").replace("&lt;", "<").replace("&gt;", ">");
    serde_json::from_str(&format!("{{{told}}}")).unwrap()
}

/// Adds everything that a page can contain to a report.
fn full(report: &mut Report) {
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";
    report.pictures.push(Picture { name: "a.png".into(), media_type: "image/png".into(), bytes: png.to_vec().into() });
    let cell = |row, column, text: &str| ExtraCell { row, column, row_span: 1, col_span: 1, text: text.into() };
    let cells = (0..12).flat_map(|column| [cell(0, column, "渠道名称"), cell(1, column, "1234567")]).collect();
    let content = &mut report.sections.last_mut().unwrap().content;
    content.push(Content::Extra(ExtraTable { rows: 2, columns: 12, cells, place: None }));
    content.push(Content::Picture { index: 0, extent: None, alt: Some("图解".into()) });
    content.push(Content::text("https://www.example.gov.cn/zfxxgk/".repeat(12)));
}

#[test]
#[ignore = "drives Chromium with axe-core; scripts/test runs it"]
fn pages_fit_a_phone_and_are_accessible() {
    let folder = tempfile::tempdir().unwrap();
    let frame = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/page-template.html")).unwrap();
    for form in Forms::built_in().unwrap().iter() {
        let mut report = Sampler::new(5).report(form);
        full(&mut report);
        for template in [None, Some(frame.as_str())] {
            let writer = PageWriter::new(PageOptions::default(), template).unwrap();
            let page = String::from_utf8(writer.write(form, &report, None).unwrap()).unwrap();
            for width in [390, 1280] {
                let told = audit(&page, width, folder.path());
                let what = format!("{} {width} {told}", form.id);
                assert_eq!(told["broken"].as_array().map(Vec::len), Some(0), "{what}");
                assert!(told["passes"].as_u64() > Some(20), "{what}");
                assert!(
                    told["shown"].as_u64() <= Some(u64::from(width)) && told["wide"].as_u64() <= told["shown"].as_u64(),
                    "{what}"
                );
            }
        }
    }
}
