//! Lines of labels around the tables of a form, such as `填报单位：　　单位：万元`: blank in a template, filled in by a report.

use std::borrow::Cow;
use std::collections::HashSet;

use super::about;
use super::placeholder::{has_blanks, is_date_line, is_placeholder};
use crate::finding::Finding;
use crate::finding::code::fill::LINES_DIFFER;
use crate::form::{FieldIndex, Form, Label, LabelLine};
use crate::report::Report;
use crate::text::{blank, fold, language};
use crate::write::plan::{self, ContentItem, PlannedSection};

/// Maximum number of characters of a label.
const LABEL: usize = 12;

/// A label of a line with its value, which reaches up to the next label.
struct Labelled<'l> {
    /// Folded, and as written with its colon.
    label: String,
    written: &'l str,
    value: &'l str,
    /// Where the value and the blanks around it stand.
    span: (usize, usize),
}

/// The labels of a line. Empty if the line begins with anything else.
fn fields(line: &str) -> Vec<Labelled<'_>> {
    let mut fields: Vec<Labelled> = Vec::new();
    let mut from = 0;
    for (colon, sign) in line.char_indices().filter(|(_, sign)| matches!(sign, '：' | ':')) {
        let before = line[from..colon].trim_end_matches(blank);
        let start = before.rfind(blank).map_or(0, |at| at + before[at..].chars().next().map_or(0, char::len_utf8));
        let label = fold(&before[start..]);
        // The colon of a time is within a value.
        if !label.chars().any(char::is_alphabetic) || label.chars().count() > LABEL {
            continue;
        }
        match fields.last_mut() {
            Some(last) => {
                last.value = before[..start].trim_matches(blank);
                last.span.1 = from + start;
            }
            None if start > 0 && before[..start].chars().any(|sign| !blank(sign)) => return Vec::new(),
            None => {}
        }
        let written = &line[from + start..colon + sign.len_utf8()];
        from = colon + sign.len_utf8();
        fields.push(Labelled { label, written, value: line[from..].trim_matches(blank), span: (from, line.len()) });
    }
    fields
}

fn is_open(value: &str) -> bool {
    // A request for a seal is not a value.
    let seal = language().seals.iter().find_map(|seal| value.strip_suffix(seal.as_str()));
    let value = seal.unwrap_or(value).trim_end_matches(blank);
    value.is_empty() || is_placeholder(value) || is_date_line(value) || has_blanks(value)
}

/// Whether a text of a blank form is a line of labels of which one or more have no value.
pub(super) fn is_blank(text: &str) -> bool {
    !text.contains('。') && fields(text).iter().any(|field| is_open(field.value))
}

/// Whether a line of a report is this line of a blank form, filled in: the same labels, with the same values where the form has any.
pub(super) fn is_filled(template: &str, line: &str) -> bool {
    let (wanted, found) = (fields(template), fields(line));
    let fits = |(field, own): (&Labelled, &Labelled)| {
        field.label == own.label && (is_open(field.value) || fold(field.value) == fold(own.value))
    };
    !wanted.is_empty() && wanted.len() == found.len() && wanted.iter().zip(&found).all(fits)
}

/// Removes the lines of a report that a blank form has, too, and that are kept in it: explanations, numbers of tables.
/// Each kept text has its section.
pub(super) fn without_kept(form: &Form, parts: &mut [PlannedSection], kept: &[(usize, String)]) {
    for (section, kept) in kept {
        let kept = fold(kept);
        let same = |piece: &ContentItem| matches!(piece, ContentItem::Text(text) | ContentItem::Heading(_, text) if fold(text) == kept);
        if let Some(part) = parts.iter_mut().find(|part| part.id == form.sections[*section].id) {
            part.pieces.retain(|piece| !same(piece));
        }
    }
}

/// Splits rows of the report that a blank form has, too, in cells (`填报单位：　　单位：元`): each cell that is a line of the form, filled
/// in, becomes a line of its own, and the others are left out, because the form keeps them. A row with anything else stays whole.
pub(super) fn split_rows(templates: &[&str], rows: &[String], parts: &mut [PlannedSection]) {
    let kept: HashSet<_> = rows.iter().map(|text| fold(text)).chain(templates.iter().map(|text| fold(text))).collect();
    let is_kept = |text: &str| kept.contains(&fold(text));
    let fits = |text: &str| templates.iter().any(|template| is_filled(template, text));
    for part in parts {
        let mut pieces = Vec::with_capacity(part.pieces.len());
        for piece in std::mem::take(&mut part.pieces) {
            let ContentItem::Extra(table) = piece else {
                pieces.push(piece);
                continue;
            };
            let texts = || table.cells.iter().map(|cell| cell.text.as_str()).filter(|text| !text.trim().is_empty());
            if table.rows == 1 && texts().all(|text| is_kept(text) || fits(text)) {
                pieces.extend(texts().filter(|text| !is_kept(text)).map(ContentItem::Text));
            } else {
                pieces.push(piece);
            }
        }
        part.pieces = pieces;
    }
}

/// The first line of a report that is this line of a blank form, filled in; it is removed from the sections.
fn take(template: &str, parts: &mut [PlannedSection]) -> Option<String> {
    for part in parts {
        let fits = |piece: &ContentItem| match piece {
            ContentItem::Text(text) | ContentItem::Heading(_, text) => is_filled(template, text),
            _ => false,
        };
        if let Some(at) = part.pieces.iter().position(fits)
            && let ContentItem::Text(text) | ContentItem::Heading(_, text) = part.pieces.remove(at)
        {
            return Some(text.to_owned());
        }
    }
    None
}

/// The fields of tables with one column, each with its labels and its text.
fn labelled<'f>(form: &'f Form, report: &'f Report) -> impl Iterator<Item = (FieldIndex, &'f Label, Cow<'f, str>)> {
    let blocks = form.tables.iter().flat_map(|table| &table.blocks).filter(|block| !block.is_open());
    let blocks = blocks.filter(|block| block.leaf_columns.len() == 1);
    let rows =
        blocks.flat_map(|block| (0..block.leaf_rows.len()).map(move |row| (block.first_field + row, block, row)));
    rows.filter_map(|(field, block, row)| {
        Some((field, block.leaf_rows[row].path.last()?, plan::shown(form, report, field)))
    })
}

/// The fields that a line with their labels states.
pub(super) fn stated(form: &Form, report: &Report, lines: &[String]) -> HashSet<FieldIndex> {
    let stated: Vec<Labelled> = lines.iter().flat_map(|line| fields(line)).collect();
    if stated.is_empty() {
        return HashSet::new();
    }
    let raw = |field: FieldIndex| report.values.get(&form.fields[field].id).map(|value| fold(&value.raw));
    let says = |(field, label, text): &(FieldIndex, &Label, Cow<str>)| {
        let texts = [Some(fold(text)), raw(*field)];
        stated.iter().any(|own| label.folded.contains(&own.label) && texts.contains(&Some(fold(own.value))))
    };
    labelled(form, report).filter(says).map(|(field, _, _)| field).collect()
}

/// The blank lines of a template, filled in.
#[derive(Default)]
pub(super) struct Written {
    /// The text of each; `None` for a line that stays blank.
    pub(super) lines: Vec<Option<String>>,
    pub(super) findings: Vec<Finding>,
}

/// Fills the blank lines of a template. The same line of the report, with values, takes its place and leaves its section; else each label
/// has the value that other lines of the report give it, or that of the field with this label, or the agency's name.
pub(super) fn written<'t>(
    form: &Form,
    report: &Report,
    templates: impl Iterator<Item = &'t str>,
    parts: &mut [PlannedSection],
) -> Written {
    let mut all = Written::default();
    for template in templates {
        let line = take(template, parts).or_else(|| {
            let known = Known { form, report, parts };
            known.fill(template, &mut all.findings)
        });
        all.lines.push(line);
    }
    all
}

/// What a report says about labels.
struct Known<'a, 'p> {
    form: &'a Form,
    report: &'a Report,
    parts: &'a [PlannedSection<'p>],
}

impl Known<'_, '_> {
    /// A blank line with the values of its labels; `None` if none is known.
    fn fill(&self, template: &str, findings: &mut Vec<Finding>) -> Option<String> {
        let fields = fields(template);
        let mut line = template.to_owned();
        let mut any = false;
        for field in fields.iter().rev().filter(|field| is_open(field.value)) {
            let Some(value) = self.value(field, findings) else { continue };
            let gap = if field.span.1 < template.len() { "　" } else { "" };
            let seal = language().seals.iter().find(|seal| field.value.ends_with(seal.as_str()));
            let seal = seal.filter(|seal| !value.ends_with(seal.as_str())).map_or("", String::as_str);
            line.replace_range(field.span.0..field.span.1, &format!("{value}{seal}{gap}"));
            any = true;
        }
        any.then_some(line)
    }

    /// The value of a label. Lines that differ give none, with a finding.
    fn value(&self, field: &Labelled, findings: &mut Vec<Finding>) -> Option<String> {
        let texts = self.parts.iter().flat_map(|part| &part.pieces).filter_map(|piece| match piece {
            ContentItem::Text(text) | ContentItem::Heading(_, text) => Some(*text),
            _ => None,
        });
        let stated = texts.flat_map(fields).filter(|own| own.label == field.label && !is_open(own.value));
        let mut values: Vec<&str> = Vec::new();
        for value in stated.map(|own| own.value) {
            if !values.iter().any(|known| fold(known) == fold(value)) {
                values.push(value);
            }
        }
        match values.as_slice() {
            [] => {}
            [value] => return Some((*value).to_owned()),
            [..] => {
                findings.push(about(&LINES_DIFFER, &format!("{}{}", field.written, values.join("、"))));
                return None;
            }
        }
        let of_field = labelled(self.form, self.report).find(|(_, label, _)| label.folded.contains(&field.label));
        let of_field = of_field.map(|(_, _, text)| text.into_owned()).filter(|text| !text.is_empty());
        of_field.or_else(|| self.agency(field))
    }

    /// The agency, if the label is that of one.
    fn agency(&self, field: &Labelled) -> Option<String> {
        let agency = self.report.agency.as_deref()?;
        let line = format!("{}{agency}", field.written);
        let names = |known: &LabelLine| known.named(&line).is_some_and(|name| name == agency);
        self.form.identity.agency.iter().any(names).then(|| agency.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_labels_fits_the_same_line_filled_in() {
        for (template, line, fits) in [
            ("填报单位：", "填报单位：白渚市民政局", true),
            ("填报单位（盖章）：　　　单位：万元", "填报单位（盖章）：白渚市民政局　单位：万元", true),
            ("填报单位：　　　单位：万元", "填报单位：白渚市民政局　单位：元", false),
            ("填表人：　审核人：　日期：  年  月  日", "填表人：王某 审核人：李某 日期：2025年1月9日 10:30", true),
            ("填表人：　审核人：", "审核人：李某　填表人：王某", false),
            ("编制部门：××市××局", "编制部门：白渚市民政局", true),
            (
                "填报单位：（盖章）　填报日期：　年　月　日",
                "填报单位：白渚市民政局（盖章）　填报日期：2025年4月8日",
                true,
            ),
            ("说明", "说明", false),
        ] {
            assert_eq!(is_filled(template, line), fits, "{template}, {line}");
        }
        assert!(is_blank("填报单位：") && is_blank("单位负责人：王某　填表人：") && is_blank("编制部门：××局"));
        assert!(!is_blank("单位：万元") && !is_blank("本表由各单位填写") && !is_blank("说明：本表不含下属单位。注："));
    }

    #[test]
    fn a_row_that_the_blank_form_has_is_split_and_others_stay() {
        let row = |texts: &[&str]| {
            let cell = |(column, text): (usize, &&str)| crate::report::ExtraCell {
                row: 0,
                column: column as u32,
                row_span: 1,
                col_span: 1,
                text: (*text).to_owned(),
            };
            let cells = texts.iter().enumerate().map(cell).collect();
            crate::report::ExtraTable { rows: 1, columns: texts.len() as u32, cells, place: None }
        };
        let known = row(&["填报单位：东河县民政局", "", "单位：元", "审核人："]);
        let other = row(&["填报单位：东河县民政局", "说明：含下属单位"]);
        let pieces = vec![ContentItem::Extra(&known), ContentItem::Extra(&other)];
        let look = crate::form::SectionLook::Text;
        let mut parts = [PlannedSection { id: "preamble", heading: None, look, above_title: false, pieces }];
        split_rows(&["填报单位：", "审核人："], &["单位：元".to_owned()], &mut parts);
        let left = &parts[0].pieces;
        assert!(matches!(left[..], [ContentItem::Text("填报单位：东河县民政局"), ContentItem::Extra(_)]), "{left:?}");
    }
}
