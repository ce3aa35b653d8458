//! The self-test of a form: its blank is filled with figures, written in every format, read back and compared. A difference names its
//! place in the mapping file.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::bind::{Binder, Hints};
use crate::document::Budget;
use crate::finding::Message;
use crate::form::{Field, Form, Forms, part_name};
use crate::read;
use crate::report::{Content, Kind, Report, Value};
use crate::sampler::Sampler;
use crate::write::{Output, WRITERS};

/// A value that was written and not read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// The format.
    pub output: Output,
    /// The kind of value.
    pub what: What,
    /// Byte range in the mapping file; `None` for the form as a whole.
    pub span: Option<Range<usize>>,
}

/// What was not read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The form was not recognised among the available ones.
    Form(String),
    /// The agency; what was read instead.
    Agency(Option<String>),
    /// The year; what was read instead.
    Year(Option<i16>),
    /// The part of the year; what was read instead: first and last month.
    Part(Option<(i8, i8)>),
    /// A section; its id.
    Section(String),
    /// The notes below a table; the id of the section.
    Notes(String),
    /// Fields.
    Fields {
        /// Id of the first.
        first: String,
        /// Number of fields that were not read back.
        lost: usize,
        /// Number of fields written.
        of: usize,
        /// What was written in the first field.
        wrote: String,
        /// What was read from the first field.
        read: String,
    },
    /// It could not be written.
    Unwritten(String),
}

impl Lost {
    /// The value and what to check, in words.
    pub fn message(&self) -> Message {
        let format = self.output.suffix().to_uppercase();
        let (zh, en) = match &self.what {
            What::Form(read) => (
                format!("写成{format}再读，未能识别为本表式（{read}）。请检查标题和各表的标签是否足以区别于其他表式。"),
                format!(
                    "written as {format}, it is not recognised again ({read}); see whether title and labels tell it from other forms"
                ),
            ),
            What::Agency(read) => (
                format!(
                    "写成{format}再读，读出的单位是“{}”。请检查标题格式，或在 [identity] 写明 agency。",
                    read.as_deref().unwrap_or_default()
                ),
                format!(
                    "written as {format}, the agency is read as \"{}\"; see the title's pattern, or give `agency` in `[identity]`",
                    read.as_deref().unwrap_or_default()
                ),
            ),
            What::Year(read) => {
                let read = read.map(|year| year.to_string()).unwrap_or_default();
                (
                    format!("写成{format}再读，读出的年度是“{read}”。请检查标题格式，或在 [identity] 写明 year。"),
                    format!(
                        "written as {format}, the year is read as \"{read}\"; see the title's pattern, or give `year` in `[identity]`"
                    ),
                )
            }
            What::Part(read) => {
                let read = read.map(part_name).unwrap_or_default();
                (
                    format!("写成{format}再读，读出的报告期是“{}”。请检查标题格式。", read.zh),
                    format!("written as {format}, the period is read as \"{}\"; see the title's pattern", read.en),
                )
            }
            What::Section(id) => (
                format!("写成{format}再读，找不到“{id}”这一部分的标题。请检查 heading 是否有足够的文字。"),
                format!(
                    "written as {format}, the heading of the part `{id}` is not found again; see whether it has words enough"
                ),
            ),
            What::Notes(id) => (
                format!("写成{format}再读，“{id}”这一部分表格下的说明（notes）没有读回。请检查其开头的文字。"),
                format!(
                    "written as {format}, the notes below the table of the part `{id}` do not come back; see their first words"
                ),
            ),
            What::Fields { first, lost, of, wrote, read } => (
                format!(
                    "写成{format}再读，{of}个字段中有{lost}个不同；第一个是“{first}”，写入“{wrote}”，读出“{read}”。"
                ),
                format!(
                    "written as {format}, {lost} of {of} fields come back otherwise; the first is `{first}`: wrote \"{wrote}\", read \"{read}\""
                ),
            ),
            What::Unwritten(why) => (format!("不能写成{format}。"), format!("it cannot be written as {format}: {why}")),
        };
        Message::new(zh, en)
    }
}

/// Seeds to try: with few figures, some would be distinguished by chance.
const SEEDS: [u64; 2] = [11, 4_242];

/// Fills the form's blank with sample figures in every format, reads it back and compares.
pub fn selftest(forms: &Forms, form: &Form) -> Vec<Lost> {
    let binder = Binder::new(forms);
    let mut lost = Vec::new();
    for number in 0..form.set_count() {
        let example = form.example(number);
        for seed in SEEDS {
            let mut report = Sampler::new(seed).report_of(&example);
            distinct(&example, &mut report);
            for writer in WRITERS.iter().filter(|writer| writer.output != Output::Json) {
                one(&binder, &example, &report, writer.output, &mut lost);
            }
        }
    }
    lost.dedup_by(|one, other| one.output == other.output && one.span == other.span);
    let mut seen: Vec<(Output, Option<Range<usize>>)> = Vec::new();
    lost.retain(|one| {
        let key = (one.output, one.span.clone());
        let new = !seen.contains(&key);
        seen.push(key);
        new
    });
    lost
}

/// Makes all figures distinct, so that a misplaced one is detected. Rules need not hold: they are tested elsewhere.
fn distinct(form: &Form, report: &mut Report) {
    for (number, field) in form.fields.iter().enumerate().filter(|(_, field)| field.kind.is_figure()) {
        let figure = rust_decimal::Decimal::from(101 + number as u64 * 7);
        report.values.insert(field.id.clone(), Value::number(figure));
    }
}

fn one(binder: &Binder, form: &Form, report: &Report, output: Output, lost: &mut Vec<Lost>) {
    let tell = |what: What, span: Option<Range<usize>>| Lost { output, what, span };
    let Some(writer) = WRITERS.iter().find(|writer| writer.output == output) else { return };
    let bytes = match writer.write(form, report) {
        Ok(bytes) => bytes,
        Err(error) => return lost.push(tell(What::Unwritten(error.to_string()), None)),
    };
    let reading = match read::read(&bytes, None, &mut Budget::default()) {
        Ok(reading) => reading,
        Err(error) => return lost.push(tell(What::Unwritten(error.to_string()), None)),
    };
    // Any document is one of a form with a free title: nothing in it is recognised, the caller names the form.
    let form_hint = form.title.is_free().then_some(form.id.as_str());
    let read = match binder.bind(&reading, &Hints { form: form_hint, ..Hints::default() }) {
        Ok(read) => read,
        Err(finding) => return lost.push(tell(What::Form(finding.message.en.clone()), None)),
    };
    if read.form != form.id {
        return lost.push(tell(What::Form(read.form.clone()), None));
    }
    if form.title.has("agency") && read.agency != report.agency {
        lost.push(tell(What::Agency(read.agency.clone()), Some(form.title.span.clone())));
    }
    if form.title.has("year") && read.year != report.year {
        lost.push(tell(What::Year(read.year), Some(form.title.span.clone())));
    }
    if form.title.has_part() && read.months() != report.months() {
        lost.push(tell(What::Part(read.months()), Some(form.title.span.clone())));
    }
    for (number, section) in form.sections.iter().enumerate() {
        // In a workbook, a section that consists of a table is on the table's sheet.
        let with_table = form.tables.iter().any(|table| table.section == number);
        let wanted = section.heading.is_some() && !(with_table && output == Output::Xlsx);
        if wanted && read.section(&section.id).is_none_or(|found| found.heading.is_none()) {
            lost.push(tell(What::Section(section.id.clone()), Some(section.span.clone())));
        }
    }
    for (number, section) in form.sections.iter().enumerate().filter(|(_, section)| !section.notes.is_empty()) {
        // In a workbook, the table is on a sheet of its own, and the notes are on that of the text.
        if output == Output::Xlsx && form.tables.iter().any(|table| table.section == number) {
            continue;
        }
        let found = read.section(&section.id).map(|found| found.content.as_slice()).unwrap_or_default();
        let is_note = |content: &Content| matches!(content, Content::Paragraph { text, .. } if section.is_note(text));
        if found.iter().filter(|content| is_note(content)).count() < section.notes.len() {
            lost.push(tell(What::Notes(section.id.clone()), Some(section.span.clone())));
        }
    }
    fields(form, report, &read, output, lost);
}

fn fields(form: &Form, report: &Report, read: &Report, output: Output, lost: &mut Vec<Lost>) {
    let mut gone: BTreeMap<usize, Vec<&Field>> = BTreeMap::new();
    let same = |field: &Field| {
        let (wrote, read) = (report.values.get(&field.id), read.values.get(&field.id));
        match (wrote, read) {
            (Some(wrote), Some(read)) if field.kind.is_figure() => wrote.value == read.value,
            (Some(wrote), Some(read)) => wrote.text == read.text,
            (Some(wrote), None) => wrote.kind == Kind::Blank,
            (None, _) => true,
        }
    };
    for field in form.fields.iter().filter(|field| !same(field)) {
        gone.entry(field.table).or_default().push(field);
    }
    for (table, fields) in gone {
        let Some(first) = fields.first() else { continue };
        let of = form.fields.iter().filter(|field| field.table == table).count();
        let block = form.block(first);
        let (row, column) = (&block.leaf_rows[first.row], &block.leaf_columns[first.column]);
        let all = |same: &dyn Fn(&Field) -> bool| fields.iter().all(|field| same(field));
        // The narrowest range that all of them share.
        let span = if all(&|field| (field.block, field.row) == (first.block, first.row)) && !row.span.is_empty() {
            row.span.clone()
        } else if all(&|field| (field.block, field.column) == (first.block, first.column)) && !column.span.is_empty() {
            column.span.clone()
        } else {
            form.tables[table].span.clone()
        };
        let shown = |report: &Report| report.values.get(&first.id).map(|value| value.raw.clone()).unwrap_or_default();
        let what =
            What::Fields { first: first.id.clone(), lost: fields.len(), of, wrote: shown(report), read: shown(read) };
        lost.push(Lost { output, what, span: Some(span) });
    }
}
