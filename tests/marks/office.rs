//! The same files as LibreOffice shows them and saves them as other formats: no figure is wrong. Run by `scripts/test`.

use std::path::{Path, PathBuf};
use std::process::Command;

use nianbao::bind::Binder;
use nianbao::form::Forms;

use super::{Made, make, pages, read, sheets};

fn libreoffice(file: &Path, to: &str, suffix: &str, folder: &Path) -> PathBuf {
    let out = folder.join(format!("as-{suffix}"));
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let mut command = Command::new("soffice");
    command.args([&profile, "--headless", "--convert-to", to, "--outdir"]).arg(&out).arg(file);
    let output = command.output().unwrap_or_else(|error| panic!("soffice: {error}"));
    assert!(output.status.success(), "{to}: {output:?}");
    out.join(file.file_stem().unwrap()).with_extension(suffix)
}

/// Has LibreOffice save a file in other formats, and holds what is read of each against what the page shows.
fn through(render: impl Fn(&Made) -> Vec<u8>, suffix: &str, formats: &[(&str, &str)]) {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let folder = tempfile::tempdir().unwrap();
    for form in forms.iter() {
        for seed in 100..103 {
            let mut made = make(form, seed);
            // It knows no hidden rows of tables in texts.
            for table in made.tables.iter_mut().filter(|_| suffix == "docx") {
                table.rows.retain(|row| !row.hidden);
            }
            let file = folder.path().join(format!("{}-{seed}.{suffix}", form.id));
            std::fs::write(&file, render(&made)).unwrap();
            for (to, other) in formats {
                let saved = libreoffice(&file, to, other, folder.path());
                let what = format!("{} as {to}", file.display());
                let report = read(&std::fs::read(&saved).unwrap(), &binder, &what);
                let mut right = 0;
                for (field, figure) in &made.figures {
                    let value = report.values[field].value;
                    assert!(
                        value.is_none() || value == figure.map(Into::into),
                        "{what}, {field}: {value:?}, not {figure:?}"
                    );
                    right += usize::from(value == figure.map(Into::into));
                }
                assert!(right * 10 >= made.figures.len() * 9, "{what}: {right} of {}", made.figures.len());
            }
        }
    }
}

#[test]
#[ignore = "needs LibreOffice"]
fn texts_saved_by_libreoffice_have_the_figures_of_the_page() {
    let formats = [("doc", "doc"), ("rtf", "rtf"), ("odt", "odt"), ("html:HTML (StarWriter)", "html")];
    through(|made| pages::docx(made, false), "docx", &formats);
}

#[test]
#[ignore = "needs LibreOffice"]
fn workbooks_saved_by_libreoffice_have_the_figures_of_the_page() {
    through(|made| sheets::xlsx(made, true), "xlsx", &[("xls", "xls"), ("ods", "ods"), ("xlsx", "xlsx")]);
}
