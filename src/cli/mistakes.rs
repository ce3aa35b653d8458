//! Loads mapping files; renders their mistakes with line and underlined source.

use std::path::{Path, PathBuf};

use anyhow::Result;
use ariadne::{CharSet, Color, Config, IndexType, Label, Report, ReportKind, Source};
use nianbao::form::{FormError, Forms};
use nianbao::migrate::Migrations;

use nianbao::finding::Language;

use super::args::Global;
use super::failure::{failure, of_system};

/// The built-in forms and those of `--mappings`.
pub(crate) fn forms(global: &Global) -> Result<Forms> {
    let mut forms = Forms::all()?;
    for (name, text) in mapping_files(global)? {
        forms.add(&name, &text).map_err(|error| refused(&error))?;
    }
    Ok(forms)
}

/// The built-in migrations and those of the subfolder `migrations` of `--mappings`.
pub(crate) fn migrations(global: &Global, forms: &Forms) -> Result<Migrations> {
    let mut migrations = Migrations::built_in(forms);
    for (name, text) in migration_files(global)? {
        migrations.add(&name, &text, forms).map_err(|error| refused(&error))?;
    }
    Ok(migrations)
}

/// The error for an invalid mapping file, with its source lines.
fn refused(error: &FormError) -> anyhow::Error {
    failure(shown(error, Language::Zh), shown(error, Language::En))
}

/// Paths and texts of the mapping files of `--mappings`, sorted by path.
pub(crate) fn mapping_files(global: &Global) -> Result<Vec<(String, String)>> {
    global.mappings.as_deref().map_or_else(|| Ok(Vec::new()), toml_files)
}

/// Paths and texts of the migrations of `--mappings`, sorted by path.
pub(crate) fn migration_files(global: &Global) -> Result<Vec<(String, String)>> {
    let folder = global.mappings.as_deref().map(|folder| folder.join("migrations"));
    folder.filter(|folder| folder.is_dir()).map_or_else(|| Ok(Vec::new()), |folder| toml_files(&folder))
}

/// Paths and texts of the *.toml files of a folder, sorted by path; or those of one file.
fn toml_files(given: &Path) -> Result<Vec<(String, String)>> {
    let place = of_system(given);
    let mut paths = Vec::new();
    if given.is_file() {
        paths.push(given.to_owned());
    } else {
        for entry in std::fs::read_dir(given).map_err(&place)? {
            let path = entry.map_err(&place)?.path();
            if path.extension().is_some_and(|suffix| suffix == "toml") {
                paths.push(path);
            }
        }
        paths.sort();
    }
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).map_err(of_system(path))?;
        Ok((path.display().to_string(), text))
    };
    paths.iter().map(read).collect()
}

/// Renders every mistake of a file with its source line.
pub(crate) fn shown(error: &FormError, language: Language) -> String {
    let mut text = Vec::new();
    let config = Config::default().with_color(false).with_char_set(CharSet::Unicode).with_index_type(IndexType::Byte);
    for mistake in &error.mistakes {
        let said = mistake.message.get(language);
        let Some(span) = mistake.span.clone() else {
            text.extend_from_slice(format!("{}: {said}\n", error.name).as_bytes());
            continue;
        };
        let span = (error.name.as_str(), span);
        let kind = match language {
            Language::Zh => ReportKind::Custom("错误", Color::Red),
            Language::En => ReportKind::Error,
        };
        let report = Report::build(kind, span.clone())
            .with_config(config)
            .with_message(said)
            .with_label(Label::new(span).with_message(said))
            .finish();
        // Writing to memory cannot fail.
        let _ = report.write((error.name.as_str(), Source::from(error.text.as_str())), &mut text);
    }
    String::from_utf8_lossy(&text).into_owned()
}
