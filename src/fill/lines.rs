//! Lines of labels around the tables of a form, such as `填报单位：　　单位：万元`: blank in a template, filled in by a report.

use std::borrow::Cow;
use std::collections::HashSet;

use super::placeholder::{has_blanks, is_date_line, is_placeholder};
use crate::form::{FieldIndex, Form, Label};
use crate::report::Report;
use crate::text::{blank, fold};
use crate::write::plan::{self, ContentItem, PlannedSection};

/// Maximum number of characters of a label.
const LABEL: usize = 12;

/// The labels of a line, each with the text up to the next label. Empty if the line begins with anything else.
fn fields(line: &str) -> Vec<(String, &str)> {
    let mut fields: Vec<(String, &str)> = Vec::new();
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
            Some(last) => last.1 = before[..start].trim_matches(blank),
            None if start > 0 && before[..start].chars().any(|sign| !blank(sign)) => return Vec::new(),
            None => {}
        }
        from = colon + sign.len_utf8();
        fields.push((label, line[from..].trim_matches(blank)));
    }
    fields
}

fn is_open(value: &str) -> bool {
    value.is_empty() || is_placeholder(value) || is_date_line(value) || has_blanks(value)
}

/// Whether a text of a blank form is a line of labels of which one or more have no value.
pub(super) fn is_blank(text: &str) -> bool {
    !text.contains('。') && fields(text).iter().any(|(_, value)| is_open(value))
}

/// Whether a line of a report is this line of a blank form, filled in: the same labels, with the same values where the form has any.
pub(super) fn is_filled(template: &str, line: &str) -> bool {
    let (wanted, found) = (fields(template), fields(line));
    let fits = |((label, value), (own, filled)): (&(String, &str), &(String, &str))| {
        label == own && (is_open(value) || fold(value) == fold(filled))
    };
    !wanted.is_empty() && wanted.len() == found.len() && wanted.iter().zip(&found).all(fits)
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
    let stated: Vec<(String, &str)> = lines.iter().flat_map(|line| fields(line)).collect();
    if stated.is_empty() {
        return HashSet::new();
    }
    let raw = |field: FieldIndex| report.values.get(&form.fields[field].id).map(|value| fold(&value.raw));
    let says = |(field, label, text): &(FieldIndex, &Label, Cow<str>)| {
        let texts = [Some(fold(text)), raw(*field)];
        stated.iter().any(|(own, value)| label.folded.contains(own) && texts.contains(&Some(fold(value))))
    };
    labelled(form, report).filter(says).map(|(field, _, _)| field).collect()
}

/// A blank line of labels, with the fields of these labels; `None` if one has no field, or none has a value.
fn with_fields(form: &Form, template: &str, report: &Report) -> Option<String> {
    let known: Vec<_> = labelled(form, report).collect();
    let mut any = false;
    let mut written = Vec::new();
    for (label, _) in fields(template).iter().filter(|(_, value)| is_open(value)) {
        let (_, _, text) = known.iter().find(|(_, known, _)| known.folded.contains(label))?;
        any |= !text.is_empty();
        written.push(text);
    }
    let colons: Vec<usize> = template.match_indices(['：', ':']).map(|(at, _)| at).collect();
    let all_open = fields(template).iter().all(|(_, value)| is_open(value));
    if !any || !all_open || colons.len() != written.len() {
        return None;
    }
    let mut line = String::new();
    let mut from = 0;
    for (colon, text) in colons.iter().zip(written) {
        let before = template[from..*colon].trim_end_matches(blank);
        let label = before.rfind(blank).map_or(before, |at| before[at..].trim_start_matches(blank));
        if !line.is_empty() {
            line.push('　');
        }
        line.push_str(&format!("{label}：{text}"));
        from = colon + template[*colon..].chars().next().map_or(0, char::len_utf8);
    }
    Some(line)
}

/// The text of each of the blank lines of a template for a report; `None` for a line that stays blank.
pub(super) fn written<'t>(
    form: &Form,
    report: &Report,
    templates: impl Iterator<Item = &'t str>,
    parts: &mut [PlannedSection],
) -> Vec<Option<String>> {
    let line = |template| {
        let line = take(template, parts).or_else(|| with_value(template, parts));
        line.or_else(|| with_fields(form, template, report)).or_else(|| with_agency(form, template, report))
    };
    templates.map(line).collect()
}

/// A blank line of one label, with what a line of the report has after this label among others. The line stays in its section.
fn with_value(template: &str, parts: &[PlannedSection]) -> Option<String> {
    let wanted = fields(template);
    let [(label, _)] = wanted.as_slice() else { return None };
    let texts = parts.iter().flat_map(|part| &part.pieces).filter_map(|piece| match piece {
        ContentItem::Text(text) | ContentItem::Heading(_, text) => Some(*text),
        _ => None,
    });
    let values = texts.flat_map(fields).filter(|(own, value)| own == label && !value.is_empty());
    let mut values: Vec<&str> = values.map(|(_, value)| value).collect();
    values.dedup();
    let [value] = values.as_slice() else { return None };
    let (colon, sign) = template.char_indices().find(|(_, sign)| matches!(sign, '：' | ':'))?;
    Some(format!("{}{value}", &template[..colon + sign.len_utf8()]))
}

/// A blank line that names only the agency, with the agency of a report.
fn with_agency(form: &Form, template: &str, report: &Report) -> Option<String> {
    let agency = report.agency.as_deref()?;
    let colon = template.find(['：', ':'])?;
    let sign = template[colon..].chars().next()?;
    let written = format!("{}{agency}", &template[..colon + sign.len_utf8()]);
    let named = form.identity.agency.iter().any(|line| line.named(&written).is_some_and(|name| name == agency));
    (named && fields(template).len() == 1).then_some(written)
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
            ("说明", "说明", false),
        ] {
            assert_eq!(is_filled(template, line), fits, "{template}, {line}");
        }
        assert!(is_blank("填报单位：") && is_blank("单位负责人：王某　填表人：") && is_blank("编制部门：××局"));
        assert!(!is_blank("单位：万元") && !is_blank("本表由各单位填写") && !is_blank("说明：本表不含下属单位。注："));
    }
}
