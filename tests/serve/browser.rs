//! The January of an office in Chromium, by the script beside this file. Run by `scripts/test`, which installs playwright-core and
//! axe-core.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use super::office::{docx, right, wrong};

#[test]
#[ignore = "needs Chromium and packages of npm; scripts/test runs it"]
fn an_office_has_its_january_in_a_browser() {
    let folder = tempfile::tempdir().unwrap();
    let sent = folder.path().join("sent");
    std::fs::create_dir_all(&sent).unwrap();
    let mut agencies = "单位名称,上级\n青岚县人民政府,\n".to_owned();
    for number in 0..60 {
        let agency = format!("青岚县第{number:02}局");
        agencies.push_str(&format!("{agency},青岚县人民政府\n"));
        let report = match number {
            57..=59 => continue,
            3 | 11 | 20 => wrong(number, &agency).0,
            _ => right(number, &agency),
        };
        std::fs::write(sent.join(format!("第{number:02}局年报.docx")), docx(&report)).unwrap();
    }
    std::fs::write(sent.join("第57局.docx"), b"PK\x03\x04cut").unwrap();
    std::fs::write(folder.path().join("mended.docx"), docx(&right(20, "青岚县第20局"))).unwrap();
    std::fs::write(folder.path().join("名录.csv"), agencies).unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let status = Command::new("node")
        .arg(root.join("tests/serve/january.mjs"))
        .env("NIANBAO", env!("CARGO_BIN_EXE_nianbao"))
        .env("OFFICE", folder.path())
        .env("PACKAGES", root.join("target/axe/node_modules"))
        .status()
        .expect("node");
    assert!(status.success());
}
