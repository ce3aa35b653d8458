//! A second run of a batch: what is unchanged is not converted again, and any change is seen.

#![allow(clippy::expect_used, reason = "a test fails by panicking")]

use crate::batch::{convert, mixed};
use crate::program::{page, report};

#[test]
fn a_second_run_converts_nothing_and_changes_nothing() {
    let folder = mixed();
    convert(&folder, &[]);
    let first = folder.tree("out");
    let again = convert(&folder, &[]);
    assert!(again.err.contains("9 of them unchanged"), "{}", again.err);
    assert!(folder.tree("out") == first);
}

#[test]
fn an_output_that_is_gone_or_changed_is_made_again() {
    let folder = mixed();
    convert(&folder, &[]);
    let first = folder.tree("out");
    let title = report(3).title.expect("a title");
    std::fs::remove_file(folder.path(&format!("out/{title}.html"))).expect("removed");
    folder.file(&format!("out/{}.json", report(4).title.expect("a title")), "changed by hand");
    let again = convert(&folder, &[]);
    assert!(again.err.contains("7 of them unchanged"), "{}", again.err);
    assert!(folder.tree("out") == first);
}

#[test]
#[cfg(unix)]
fn a_file_whose_status_is_known_is_not_read_and_any_change_is_seen() {
    use std::fs::{self, File, FileTimes, Permissions};
    use std::os::unix::fs::PermissionsExt;

    /// Longer than files are taken for just written.
    const SETTLED: std::time::Duration = std::time::Duration::from_millis(4_100);
    let folder = mixed();
    convert(&folder, &[]);
    let first = folder.tree("out");
    std::thread::sleep(SETTLED);
    // This run reads the files and notes their status; the next ones do not read them.
    for _ in 0..2 {
        assert!(convert(&folder, &[]).err.contains("9 of them unchanged"));
    }
    let noted = fs::read_to_string(folder.path("out/.nianbao-cache")).expect("the cache");
    assert_eq!(noted.matches("\"stamp\":{").count(), 9 + 8 * 2);
    assert_eq!(noted.matches("\"stamp\":null").count(), 0);
    // Same size, same time of the content.
    let change = |name: &str, from: &str, to: &str| {
        let path = folder.path(name);
        let before = fs::metadata(&path).and_then(|status| status.modified()).expect("a time");
        let text = fs::read_to_string(&path).expect("a file");
        assert!(text.contains(from) && from.len() == to.len());
        fs::write(&path, text.replacen(from, to, 1)).expect("written");
        let file = File::options().write(true).open(&path).expect("a file");
        file.set_times(FileTimes::new().set_modified(before)).expect("the time of before");
    };
    let title = report(3).title.expect("a title");
    change(&format!("out/{title}.html"), "报告", "公告");
    change("in/5.html", "二、", "二．");
    assert!(convert(&folder, &[]).err.contains("7 of them unchanged"));
    change("in/5.html", "二．", "二、");
    convert(&folder, &[]);
    assert!(folder.tree("out") == first);
    // Only the status changed.
    fs::set_permissions(folder.path("in/6.html"), Permissions::from_mode(0o600)).expect("permissions");
    assert!(convert(&folder, &[]).err.contains("9 of them unchanged"));
    assert!(folder.tree("out") == first);
}

#[test]
fn a_changed_input_option_or_mapping_is_not_taken_from_the_cache() {
    let folder = mixed();
    convert(&folder, &[]);
    folder.file("in/5.html", page(&report(50)));
    assert!(convert(&folder, &[]).err.contains("8 of them unchanged"));
    assert!(folder.run(&["convert", "in", "-o", "out", "--to", "html"]).err.contains("0 of them unchanged"));
    let mapping = include_str!("../mappings/gkbg-2021.toml");
    folder.file("forms/gkbg-2021.toml", mapping);
    let with_mappings = ["--mappings", "forms"];
    assert!(convert(&folder, &with_mappings).err.contains("0 of them unchanged"));
    assert!(convert(&folder, &with_mappings).err.contains("9 of them unchanged"));
    folder.file("forms/gkbg-2021.toml", format!("{mapping}\n"));
    assert!(convert(&folder, &with_mappings).err.contains("0 of them unchanged"));
}
