//! Makes samples/county from `county.toml`: the files sent by the agencies of one county, the agencies file, and blanks of the form.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::civil::Date;
use nianbao::check::{self, Context};
use nianbao::finding::Severity;
use nianbao::form::{Expression, Form, Forms};
use nianbao::report::{Content, Kind, Period, Report, Section, Value};
use nianbao::write::Output;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Done, gbk, text, written};

#[derive(Deserialize)]
struct County {
    form: String,
    year: i16,
    #[serde(rename = "county")]
    name: String,
    agency: Vec<Agency>,
}

/// An agency, with its report if it sent one.
#[derive(Deserialize)]
struct Agency {
    name: String,
    code: String,
    kind: String,
    contact: String,
    file: Option<String>,
    published: Option<Date>,
    #[serde(default)]
    address: String,
    #[serde(default)]
    postcode: String,
    #[serde(default)]
    phone: String,
    #[serde(default)]
    overview: String,
    #[serde(default)]
    problems: String,
    #[serde(default)]
    other_matters: String,
    #[serde(default)]
    figures: BTreeMap<String, Decimal>,
    /// Figures that are sent with a wrong value.
    #[serde(default)]
    slips: BTreeMap<String, Decimal>,
}

/// The files below samples/ with their bytes. LibreOffice converts those in `base/` to the sent files.
pub(super) fn files(forms: &Forms) -> Done<Vec<(String, Vec<u8>)>> {
    let county: County = toml::from_str(include_str!("county.toml"))?;
    let form = forms.get(&county.form).ok_or("no such form")?;
    let mut files = vec![("samples/county/agencies.csv".to_owned(), list(&county).into_bytes())];
    for agency in &county.agency {
        let Some(file) = &agency.file else { continue };
        let report = report(form, &county, agency)?;
        let (stem, suffix) = file.rsplit_once('.').ok_or("a file has a suffix")?;
        let sent = format!("samples/county/{}/{file}", county.year);
        files.push(match suffix {
            "docx" => (sent, written(Output::Docx, form, &report)?),
            "xlsx" => (sent, written(Output::Xlsx, form, &report)?),
            "html" => (sent, gbk(&written(Output::Html, form, &report)?)?),
            "txt" => (sent, text(form, &report, "\t").into_bytes()),
            // A WPS file is a Word 97 file with another suffix.
            "doc" | "wps" => (format!("base/county/{suffix}/{stem}.docx"), written(Output::Docx, form, &report)?),
            _ => return Err(format!("{file}: no such format").into()),
        });
    }
    let mut blank = Report::empty(&form.id);
    blank.title = Some(form.title.pattern.replace("{agency}", "（机关名称）").replace("{year}", "××××"));
    for output in [Output::Docx, Output::Xlsx] {
        let name = format!("share/templates/空白年报.{}", output.suffix());
        files.push((name, written(output, form, &blank)?));
    }
    Ok(files)
}

/// The agencies file, with the county as top agency.
fn list(county: &County) -> String {
    let mut list = String::from("\u{feff}代码,单位名称,上级,层级,类型,联系方式\n");
    let _ = writeln!(list, "SY000,{},,县级,政府,", county.name);
    for agency in &county.agency {
        let level = if agency.kind == "乡镇" { "乡级" } else { "县级" };
        let Agency { name, code, kind, contact, .. } = agency;
        let _ = writeln!(list, "{code},{name},SY000,{level},{kind},{contact}");
    }
    list
}

fn report(form: &Form, county: &County, agency: &Agency) -> Done<Report> {
    let year = county.year;
    let mut report = Report::empty(&form.id);
    report.title = Some(form.title.for_report(&agency.name, year));
    report.agency = Some(agency.name.clone());
    report.year = Some(year);
    report.period = Some(Period { from: Date::new(year, 1, 1)?, to: Date::new(year, 12, 31)? });
    report.published = agency.published;
    figures(form, agency, &mut report)?;
    for (number, section) in form.sections.iter().enumerate() {
        let mut content = match section.id.as_str() {
            "preamble" => paragraphs(&preamble(agency, year)),
            "overview" => paragraphs(&agency.overview),
            "problems" => paragraphs(&agency.problems),
            "other_matters" => paragraphs(&agency.other_matters),
            _ => Vec::new(),
        };
        let tables = form.tables.iter().filter(|table| table.section == number);
        content.extend(tables.map(|table| Content::Table { table: table.id.clone() }));
        let heading = section.heading.as_ref().map(|heading| heading.text.clone());
        report.sections.push(Section { id: section.id.clone(), heading, content });
    }
    if let (Some(last), Some(date)) = (report.sections.last_mut(), agency.published) {
        last.content.push(Content::text(agency.name.clone()));
        last.content.push(Content::text(format!("{}年{}月{}日", date.year(), date.month(), date.day())));
    }
    let wrong = check::check(form, &report, &Context::default());
    if let Some(error) = wrong.iter().find(|finding| finding.severity > Severity::Info) {
        return Err(format!("{}: {}", agency.name, error.message.zh).into());
    }
    for (field, slip) in &agency.slips {
        *report.values.get_mut(field).ok_or_else(|| field.clone())? = Value::number(*slip);
    }
    Ok(report)
}

fn preamble(agency: &Agency, year: i16) -> String {
    let Agency { name, address, postcode, phone, .. } = agency;
    format!(
        "根据《中华人民共和国政府信息公开条例》和国务院办公厅政府信息与政务公开办公室《关于印发〈中华人民共和国政府信息公开工作年度报告格式〉的通知》\
         （国办公开办函〔2021〕30号）要求，编制本报告。本报告所列数据的统计期限自{year}年1月1日起至{year}年12月31日止。如对本报告有疑问，\
         请与{name}联系（地址：{address}，邮编：{postcode}，电话：{phone}）。"
    )
}

/// One paragraph per line; a short numbered line is a heading.
fn paragraphs(text: &str) -> Vec<Content> {
    let lines = text.lines().filter(|line| !line.is_empty());
    let heads = |line: &str| line.starts_with('（') && !line.ends_with('。');
    lines
        .map(|line| Content::Paragraph { text: line.to_owned(), level: heads(line).then_some(2), place: None })
        .collect()
}

/// The given figures, 0 for all others, and the totals computed from them.
fn figures(form: &Form, agency: &Agency, report: &mut Report) -> Done {
    let mut numbers = vec![Decimal::ZERO; form.fields.len()];
    for (id, number) in &agency.figures {
        let field = form.fields.iter().position(|field| field.id == *id).ok_or_else(|| id.clone())?;
        numbers[field] = *number;
    }
    // Totals of totals need a second round.
    for _ in 0..2 {
        for rule in form.rules.iter().filter(|rule| rule.defines) {
            for instance in &rule.instances {
                if let [total] = instance.left.terms.as_slice() {
                    numbers[total.operand.field] = sum(&instance.right, &numbers);
                }
            }
        }
    }
    for (field, number) in form.fields.iter().zip(numbers) {
        report.values.insert(field.id.clone(), Value { kind: Kind::Number, ..Value::number(number) });
    }
    Ok(())
}

fn sum(side: &Expression, numbers: &[Decimal]) -> Decimal {
    side.terms.iter().map(|term| Decimal::from(term.sign) * numbers[term.operand.field]).sum::<Decimal>()
        + Decimal::from(side.constant)
}
