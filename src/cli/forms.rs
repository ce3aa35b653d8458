//! `nianbao forms`: lists the forms, shows one, and validates mapping files.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::Result;
use nianbao::batch;
use nianbao::form::{Field, Form, FormError, Forms, Mistake};
use nianbao::migrate::Migrations;
use nianbao::selftest::selftest;
use nianbao::write::Output;

use super::args::Global;
use super::failure::{failure, of_system};
use super::formargs::{Forms as Args, FormsCommand};
use super::formbook::{dictionary, draft, import};
use super::terminal::Terminal;
use super::width::{padded, widest};
use super::{Exit, mistakes};

pub(crate) fn run(args: &Args, global: &Global, terminal: &Terminal) -> Result<Exit> {
    match &args.command {
        FormsCommand::List => list(global, terminal),
        FormsCommand::Show { id, to: Some(to), out } => dictionary(id, *to, out.as_deref(), global, terminal),
        FormsCommand::Show { id, .. } => show(id, global, terminal),
        FormsCommand::Blank { id, to, fonts, out } => blank(id, to, (out, fonts.as_deref()), global, terminal),
        FormsCommand::Check { files } => check(files, global, terminal),
        FormsCommand::Draft { files, to, out } => draft(files, (*to, out.as_deref()), terminal),
        FormsCommand::Import { file, out } => import(file, out.as_deref(), terminal),
        FormsCommand::Schema { name } => schema(name.as_deref()),
    }
}

fn list(global: &Global, terminal: &Terminal) -> Result<Exit> {
    let forms = mistakes::forms(global)?;
    let mut out = io::stdout().lock();
    let width = widest(forms.iter().map(|form| form.id.as_str()));
    for form in forms.iter() {
        let years = padded(&years(form), 9);
        let draft = if form.draft {
            terminal.say("（草稿，未经原件核对）", " (draft, not checked against the original)")
        } else {
            ""
        };
        writeln!(out, "{}  {years}  {}{draft}", padded(&form.id, width), terminal.message(&form.name))?;
    }
    Ok(Exit::Clean)
}

fn blank(
    id: &str,
    to: &[Output],
    (out, fonts): (&Path, Option<&Path>),
    global: &Global,
    terminal: &Terminal,
) -> Result<Exit> {
    let forms = mistakes::forms(global)?;
    let (form, report) = nianbao::write::blank(super::convert::form_named(&forms, id)?);
    std::fs::create_dir_all(out).map_err(of_system(out))?;
    let wanted = if to.is_empty() { &[Output::Docx, Output::Xlsx][..] } else { to };
    let pdf = super::convert::pdf(wanted, fonts)?;
    for output in Output::ALL.iter().filter(|output| wanted.contains(output)) {
        let name = format!("{}.{}", form.id, output.suffix());
        let bytes = match (output.writer(), &pdf) {
            (Some(writer), _) => writer.write(&form, &report)?,
            (None, Some(pdf)) => pdf.write(&form, &report)?.bytes,
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
    let form = super::convert::form_named(&forms, id)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{}  {}  {}", form.id, years(form), terminal.message(&form.name))?;
    if let Some(basis) = &form.basis {
        writeln!(out, "{basis}")?;
    }
    // Open rows are shown as a few example rows.
    fields(&mut out, &form.example(0), terminal)?;
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
    field.kind.name()
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

/// The published schemas, compiled into the program.
static SCHEMAS: &[(&str, &str)] = &[
    ("report", include_str!("../../schemas/report.schema.json")),
    ("finding", include_str!("../../schemas/finding.schema.json")),
    ("mapping", include_str!("../../schemas/mapping.schema.json")),
    ("migration", include_str!("../../schemas/migration.schema.json")),
    ("correction", include_str!("../../schemas/correction.schema.json")),
    ("row", include_str!("../../schemas/row.schema.json")),
    ("waiver", include_str!("../../schemas/waiver.schema.json")),
];

fn schema(name: Option<&str>) -> Result<Exit> {
    let mut out = io::stdout().lock();
    let Some(name) = name else {
        writeln!(out, "{{")?;
        for (number, (name, text)) in SCHEMAS.iter().enumerate() {
            let comma = if number + 1 < SCHEMAS.len() { "," } else { "" };
            writeln!(out, "\"{name}\": {}{comma}", text.trim_end())?;
        }
        writeln!(out, "}}")?;
        return Ok(Exit::Clean);
    };
    let found = SCHEMAS.iter().find(|(known, _)| *known == name.trim_end_matches(".schema.json"));
    let known: Vec<&str> = SCHEMAS.iter().map(|(name, _)| *name).collect();
    let (_, text) = found.ok_or_else(|| {
        failure(
            format!("没有“{name}”的格式说明；有：{}。", known.join("、")),
            format!("there is no schema of {name}; there are: {}", known.join(", ")),
        )
    })?;
    write!(out, "{text}")?;
    Ok(Exit::Clean)
}

/// Checks one mapping file or migration; returns whether it is valid.
fn check_one(file: &Path, global: &Global, terminal: &Terminal) -> Result<bool> {
    let name = file.display().to_string();
    let text = std::fs::read_to_string(file).map_err(of_system(file))?;
    // A migration has the keys `from` and `to`, which a form does not have.
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
    let mut forms = mistakes::forms(global)?;
    forms.add(&name, &text).map_err(|error| anyhow::anyhow!(error))?;
    let lost = selftest(&forms, &form);
    if !lost.is_empty() {
        let mistakes = lost.iter().map(|lost| Mistake { span: lost.span.clone(), message: lost.message() }).collect();
        let error = FormError { name, text, mistakes };
        write!(io::stdout().lock(), "{}", mistakes::shown(&error, terminal.language))?;
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

/// Checks a migration between the loaded forms; returns whether it is valid.
fn check_migration(name: &str, text: &str, global: &Global, terminal: &Terminal) -> Result<bool> {
    let forms = mistakes::forms(global)?;
    if let Err(error) = Migrations::default().add(name, text, &forms) {
        write!(io::stdout().lock(), "{}", mistakes::shown(&error, terminal.language))?;
        return Ok(false);
    }
    writeln!(io::stdout().lock(), "{name}: {}", terminal.say("正确，格式转换规则", "right, a migration"))?;
    Ok(true)
}
