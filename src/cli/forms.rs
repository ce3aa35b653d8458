//! `nianbao forms`: the forms at hand, what one of them holds, and whether a mapping file is right.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use nianbao::batch;
use nianbao::form::{Field, FieldKind, Form, Forms};
use nianbao::migrate::Migrations;
use nianbao::report::Report;
use nianbao::write::Output;

use super::args::{Forms as Args, FormsCommand, Global};
use super::failure::of_system;
use super::terminal::Terminal;
use super::width::{padded, widest};
use super::{Exit, mistakes};

pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit> {
    match &args.command {
        FormsCommand::List => list(global, terminal),
        FormsCommand::Show { id } => show(id, global, terminal),
        FormsCommand::Blank { id, to, fonts, out } => blank(id, to, (out, fonts.as_deref()), global, terminal),
        FormsCommand::Check { files } => check(files, global, terminal),
    }
}

fn list(global: &Global, terminal: &Terminal) -> Result<Exit> {
    let forms = mistakes::forms(global)?;
    let mut out = io::stdout().lock();
    let width = widest(forms.iter().map(|form| form.id.as_str()));
    for form in forms.iter() {
        let years = padded(&years(form), 9);
        writeln!(out, "{}  {years}  {}", padded(&form.id, width), terminal.message(&form.name))?;
    }
    Ok(Exit::Clean)
}

/// What stands for the agency and the year in the title of a blank form.
const BLANK_AGENCY: &str = "（机关名称）";
const BLANK_YEAR: &str = "××××";

fn blank(
    id: &str,
    to: &[Output],
    (out, fonts): (&Path, Option<&Path>),
    global: &Global,
    terminal: &Terminal,
) -> Result<Exit> {
    let forms = mistakes::forms(global)?;
    super::convert::known_form(&forms, Some(id))?;
    let Some(form) = forms.get(id) else { return Ok(Exit::Failed) };
    let mut report = Report::empty(&form.id);
    report.title = Some(form.title.pattern.replace("{agency}", BLANK_AGENCY).replace("{year}", BLANK_YEAR));
    std::fs::create_dir_all(out).map_err(of_system(out))?;
    let wanted = if to.is_empty() { &[Output::Docx, Output::Xlsx][..] } else { to };
    let pdf = super::convert::pdf(wanted, fonts)?;
    for output in Output::ALL.iter().filter(|output| wanted.contains(output)) {
        let name = format!("{}.{}", form.id, output.suffix());
        let bytes = match (output.writer(), &pdf) {
            (Some(writer), _) => (writer.write)(form, &report)?,
            (None, Some(pdf)) => pdf.write(form, &report)?.bytes,
            (None, None) => continue,
        };
        batch::write_whole(out, &name, &bytes).map_err(of_system(&out.join(&name)))?;
        terminal.line(&out.join(&name).display().to_string());
    }
    Ok(Exit::Clean)
}

/// The years for which a form is prescribed.
fn years(form: &Form) -> String {
    match form.years {
        None => String::new(),
        Some((from, to)) if to >= 9999 => format!("{from}-"),
        Some((from, to)) => format!("{from}-{to}"),
    }
}

fn show(id: &str, global: &Global, terminal: &Terminal) -> Result<Exit> {
    let forms = mistakes::forms(global)?;
    super::convert::known_form(&forms, Some(id))?;
    let Some(form) = forms.get(id) else { return Ok(Exit::Failed) };
    let mut out = io::stdout().lock();
    writeln!(out, "{}  {}  {}", form.id, years(form), terminal.message(&form.name))?;
    if let Some(basis) = &form.basis {
        writeln!(out, "{basis}")?;
    }
    fields(&mut out, form, terminal)?;
    rules(&mut out, form, terminal)?;
    Ok(Exit::Clean)
}

fn fields(out: &mut impl Write, form: &Form, terminal: &Terminal) -> io::Result<()> {
    writeln!(out, "\n{} ({})", terminal.say("字段", "Fields"), form.fields.len())?;
    let width = widest(form.fields.iter().map(|field| field.id.as_str()));
    for (index, field) in form.fields.iter().enumerate() {
        let kind = padded(&format!("{} {}", kind(field), field.unit.as_deref().unwrap_or_default()), 11);
        writeln!(out, "{}  {kind}  {}", padded(&field.id, width), terminal.message(&form.describe(index)))?;
    }
    Ok(())
}

fn kind(field: &Field) -> &'static str {
    match field.kind {
        FieldKind::Count => "count",
        FieldKind::Signed => "signed",
        FieldKind::Amount => "amount",
    }
}

fn rules(out: &mut impl Write, form: &Form, terminal: &Terminal) -> io::Result<()> {
    writeln!(out, "\n{} ({})", terminal.say("规则", "Rules"), form.rules.len())?;
    let width = widest(form.rules.iter().map(|rule| rule.id.as_str()));
    for rule in &form.rules {
        let times = match rule.instances.len() {
            1 => String::new(),
            count => format!(" ×{count}"),
        };
        let (id, severity) = (padded(&rule.id, width), terminal.severity(rule.severity));
        writeln!(out, "{id}  {severity}  {}{times}", terminal.message(&rule.text))?;
    }
    Ok(())
}

fn check(files: &[PathBuf], global: &Global, terminal: &Terminal) -> Result<Exit> {
    let mut wrong = false;
    for file in files {
        wrong |= !check_one(file, global, terminal)?;
    }
    Ok(Exit::wrong_if(wrong))
}

/// Checks a mapping file by itself; returns whether it is right.
fn check_one(file: &Path, global: &Global, terminal: &Terminal) -> Result<bool> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(of_system(file))?;
    // A migration has the keys that no form has.
    if text.parse::<toml::Table>().is_ok_and(|file| file.contains_key("from") && file.contains_key("to")) {
        return check_migration(&name, &text, global, terminal);
    }
    let form = match Forms::default().add(&name, &text) {
        Ok(form) => form,
        Err(error) => {
            write!(io::stdout().lock(), "{}", mistakes::shown(&error, terminal.language))?;
            return Ok(false);
        }
    };
    let mut right = true;
    for rule in &form.rules {
        for number in rule.failing_examples() {
            right = false;
            let said = terminal.say("规则与它的例子不符", "the rule does not say what its example says");
            writeln!(io::stdout().lock(), "{name}: {}: {said}: #{}", rule.id, number + 1)?;
        }
    }
    if !right {
        return Ok(false);
    }
    let (fields, rules) = (form.fields.len(), form.rules.len());
    let said = match terminal.language {
        nianbao::finding::Language::Zh => format!("{name}：正确，{}，字段{fields}个，规则{rules}条", form.id),
        nianbao::finding::Language::En => format!("{name}: right, {}, {fields} fields, {rules} rules", form.id),
    };
    writeln!(io::stdout().lock(), "{said}")?;
    Ok(true)
}

/// Checks a migration between the forms at hand; returns whether it is right.
fn check_migration(name: &str, text: &str, global: &Global, terminal: &Terminal) -> Result<bool> {
    let forms = mistakes::forms(global)?;
    if let Err(error) = Migrations::default().add(name, text, &forms) {
        write!(io::stdout().lock(), "{}", mistakes::shown(&error, terminal.language))?;
        return Ok(false);
    }
    writeln!(io::stdout().lock(), "{name}: {}", terminal.say("正确，格式转换规则", "right, a migration"))?;
    Ok(true)
}
