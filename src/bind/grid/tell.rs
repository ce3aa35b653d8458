//! The findings about tables in grids.

use std::collections::BTreeSet;

use crate::bind::labels::shapes::Shape;
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message, Place};
use crate::form::{FieldIndex, Form};

fn ids<'f>(form: &'f Form, fields: &'f [FieldIndex]) -> impl Iterator<Item = String> + 'f {
    fields.iter().map(|&field| form.fields[field].id.clone())
}

/// Names of a table and a row of it, as in the form.
pub(super) fn row_words(form: &Form, shape: &Shape, row: usize) -> Message {
    let table = &form.tables[shape.table];
    let label =
        if shape.pivot { shape.rows[row].shown.clone() } else { table.blocks[shape.block].leaf_rows[row].shown() };
    if label.is_empty() {
        return table.name.clone();
    }
    Message::new(format!("{}“{label}”", table.name.zh), format!("{}, \"{label}\"", table.name.en))
}

/// A row whose cells do not fit the columns.
pub(super) struct Unfitting {
    /// Names of table and row.
    pub(super) words: Message,
    /// Its fields that stay empty.
    pub(super) fields: Vec<FieldIndex>,
    /// Its cells as written.
    pub(super) shown: String,
    /// Number of its cells whose column is certain.
    pub(super) found: usize,
    /// Where it is.
    pub(super) at: Option<Place>,
}

/// Findings about rows whose cells do not fit the columns: one each, or one for all if there are more than three.
pub(super) fn misfits(form: &Form, table: usize, rows: Vec<Unfitting>) -> Vec<Finding> {
    if rows.len() <= SHOWN {
        let one = |row: Unfitting| {
            let (wanted, found) = (row.fields.len() + row.found, row.found);
            let message = Message::new(
                format!(
                    "{}应填{wanted}个数，能对应的有{found}个（{}），其余未能确定各属哪一栏，暂未采用。请按格式分栏填写。",
                    row.words.zh, row.shown
                ),
                format!(
                    "{} should have {wanted} cells with figures; {found} could be matched ({}), the others stay empty.",
                    row.words.en, row.shown
                ),
            );
            Finding::new(&code::CELLS_UNCERTAIN, message).about(ids(form, &row.fields)).at(row.at)
        };
        return rows.into_iter().map(one).collect();
    }
    let name = &form.tables[table].name;
    let (count, empty) = (rows.len(), rows.iter().map(|row| row.fields.len()).sum::<usize>());
    let shown: Vec<&str> = rows.iter().take(SHOWN).map(|row| row.shown.as_str()).collect();
    let message = Message::new(
        format!(
            "{}有{count}行的数不能确定各属哪一栏（如“{}”），{empty}个数据已留空。请按格式分栏填写。",
            name.zh,
            shown.join("”“")
        ),
        format!(
            "In {count} rows of {} it is not certain which column the figures belong to (\"{}\" …), so {empty} figures stay empty.",
            name.en,
            shown.join("\", \"")
        ),
    );
    let fields: Vec<FieldIndex> = rows.iter().flat_map(|row| row.fields.iter().copied()).collect();
    let mut places = rows.into_iter().filter_map(|row| row.at);
    let mut finding = Finding::new(&code::CELLS_UNCERTAIN, message).about(ids(form, &fields)).at(places.next());
    finding.related = places.collect();
    vec![finding]
}

/// A row that is divided by a label that the form does not have.
pub(super) fn parted(form: &Form, words: &Message, fields: &[FieldIndex], label: &str) -> Finding {
    let message = Message::new(
        format!("{}被分成了“{label}”等几行，不能确定哪一行是合计，已留空。", words.zh),
        format!(
            "{} is parted into \"{label}\" and other rows; which of them counts is not certain, so it stays empty.",
            words.en
        ),
    );
    Finding::new(&code::CELLS_UNCERTAIN, message).about(ids(form, fields))
}

/// A row that appears more than once with different figures.
pub(super) fn doubled(form: &Form, words: &Message, fields: &[FieldIndex]) -> Finding {
    let message = Message::new(
        format!("{}出现多次且数字不同，暂未采用。请只保留正确的一行。", words.zh),
        format!("{} stands more than once with different figures and stays empty. Keep only the right row.", words.en),
    );
    Finding::new(&code::ROW_DOUBLED, message).about(ids(form, fields))
}

/// A row that appears more than once with the same figures, in a table in which other such rows have different ones.
pub(super) fn doubled_too(form: &Form, words: &Message, fields: &[FieldIndex]) -> Finding {
    let message = Message::new(
        format!("{}出现多次，表中其他重复的行数字不同，不能确定是否应当相加，暂未采用。请只保留正确的一行。", words.zh),
        format!(
            "{} stands more than once in a table whose other repeated rows differ; it may have to be added up and stays empty.",
            words.en
        ),
    );
    Finding::new(&code::ROW_DOUBLED, message).about(ids(form, fields))
}

/// A row label that is only similar to the form's.
pub(super) fn label_variant(words: &Message, written: &str) -> Finding {
    let message = Message::new(
        format!("“{written}”按{}读取。请核对。", words.zh),
        format!("The label \"{written}\" was read as {}. Check it.", words.en),
    );
    Finding::new(&code::LABEL_VARIANT, message)
}

/// A row that was moved back by one cell.
pub(super) fn shifted(words: &Message) -> Finding {
    let message = Message::new(
        format!("{}的数据错开了一格，按勾稽关系移回一格读取。请核对。", words.zh),
        format!(
            "The figures of {} stand one cell off; they were moved back as its sums have it. Check them.",
            words.en
        ),
    );
    Finding::new(&code::ROW_SHIFTED, message)
}

/// Rows in another order than the form's.
pub(super) fn rows_moved(form: &Form, table: usize, count: usize) -> Finding {
    let name = &form.tables[table].name;
    let message = Message::new(
        format!("{}有{count}行的次序与格式不同，已按名称读取。", name.zh),
        format!("{count} rows of {} stand in another order than in the form; they were read by their labels.", name.en),
    );
    Finding::new(&code::ROWS_REORDERED, message)
}

/// A table under the heading of another section.
pub(super) fn elsewhere(form: &Form, table: usize, heading: &str) -> Finding {
    let name = &form.tables[table].name;
    let message = Message::new(
        format!("{}在“{heading}”部分中找到，已读取。请核对是否放错位置。", name.zh),
        format!("{} was found under \"{heading}\" and read there. Check that it stands in the right part.", name.en),
    );
    Finding::new(&code::TABLE_ELSEWHERE, message)
}

/// The only table of its kind, although a line above it says that it is for comparison.
pub(super) fn compared(form: &Form, table: usize) -> Finding {
    let name = &form.tables[table].name;
    let message = Message::new(
        format!(
            "{}上方的文字提到上年或对比，文件中没有别的{}，已按本年度读取。请核对是否为本年度数据。",
            name.zh, name.zh
        ),
        format!(
            "A line above {} speaks of last year or a comparison; there is no other such table, so it was read as this year's. Check it.",
            name.en
        ),
    );
    Finding::new(&code::TABLE_COMPARED, message)
}

/// A table without a header.
pub(super) fn header_lost(form: &Form, table: usize) -> Finding {
    let name = &form.tables[table].name;
    let message = Message::new(
        format!("{}没有表头，按规定的栏目次序读取，只采用了各栏相加等于合计的行。请核对。", name.zh),
        format!(
            "{} has no header; it was read in the order of the form, and only rows whose columns add up were taken. Check it.",
            name.en
        ),
    );
    Finding::new(&code::HEADER_LOST, message)
}

/// A part without a header that continues a table above.
pub(super) fn goes_on(form: &Form, table: usize) -> Finding {
    let name = &form.tables[table].name;
    let message = Message::new(
        format!("{}的续表没有表头，按上一部分的表头读取，各栏相加不能证实。请核对。", name.zh),
        format!(
            "A part of {} has no header; it was read under the header above, which no sums confirm. Check it.",
            name.en
        ),
    );
    Finding::new(&code::HEADER_LOST, message)
}

/// A table whose rows and columns are arranged otherwise than in the form.
pub(super) fn turned(form: &Form, table: usize) -> Finding {
    let name = &form.tables[table].name;
    let message = Message::new(
        format!("{}的行与栏与规定格式不同，已按行名和栏名对应。", name.zh),
        format!("Rows and columns of {} stand otherwise than in the form; they were read by their labels.", name.en),
    );
    Finding::new(&code::TABLE_TURNED, message)
}

/// A table with labels of the form that was not assigned to any of its tables.
pub(super) fn not_the_forms(form: &Form, table: usize) -> Finding {
    let name = &form.tables[table].name;
    let message = Message::new(
        format!("一张表格有{}的行名，但表头或位置不是{}的，未采用，原样保留在正文中。请核对。", name.zh, name.zh),
        format!(
            "A table has labels of {}, but not its header or its place; it was passed over and kept with the text. Check it.",
            name.en
        ),
    );
    Finding::new(&code::TABLE_PASSED_OVER, message)
}

/// Parts that are left out because their total is in another column.
pub(super) fn parts(form: &Form, table: usize, parts: &[String]) -> Finding {
    let name = &form.tables[table].name;
    let shown = &parts[..parts.len().min(SHOWN)];
    let message = Message::new(
        format!("{}分“{}”等列出，各栏之和等于合计，采用的是合计。请核对。", name.zh, shown.join("”“")),
        format!(
            "{} is divided into \"{}\" and others, which add up to the total; the total was read.",
            name.en,
            shown.join("\", \"")
        ),
    );
    Finding::new(&code::ROW_UNKNOWN, message)
}

/// A table that is written as a list of its figures.
pub(super) fn listed(form: &Form, table: usize) -> Finding {
    let name = &form.tables[table].name;
    let message = Message::new(
        format!("{}按指标逐项列出，已按行名和栏名对应。", name.zh),
        format!("{} is a list of its figures; they were read by the labels beside them.", name.en),
    );
    Finding::new(&code::TABLE_TURNED, message)
}

/// Names of the first few figures, in Chinese and English.
fn described(form: &Form, fields: &[FieldIndex]) -> (String, String) {
    let shown: Vec<Message> = fields.iter().take(SHOWN).map(|&field| form.describe(field)).collect();
    let all = |of: fn(&Message) -> &str, sign: &str| shown.iter().map(of).collect::<Vec<_>>().join(sign);
    (all(|name| &name.zh, "、"), all(|name| &name.en, "; "))
}

/// Figures that a list contains more than once, with different numbers or not.
pub(super) fn listed_twice(form: &Form, fields: &[FieldIndex], differ: bool) -> Finding {
    let (zh, en) = described(form, fields);
    let (how, with) =
        if differ { ("且数字不同", " with different numbers") } else { ("，可能属于几个单位", "") };
    let message = Message::new(
        format!("{zh}等{}项列出多次{how}，暂未采用。请只保留正确的一项。", fields.len()),
        format!("{} figures are listed more than once{with} and stay empty: {en}.", fields.len()),
    );
    Finding::new(&code::ROW_DOUBLED, message).about(ids(form, fields))
}

/// Figures that a list lacks.
pub(super) fn not_listed(form: &Form, fields: &[FieldIndex]) -> Finding {
    let (zh, en) = described(form, fields);
    let message = Message::new(
        format!("{zh}等{}项没有列出，已留空。请补齐。", fields.len()),
        format!("{} figures are not listed and stay empty: {en}. Add them.", fields.len()),
    );
    Finding::new(&code::ROWS_MISSING, message).about(ids(form, fields))
}

/// Tables of an embedded workbook that the document also contains itself.
pub(super) fn embedded(form: &Form, tables: &BTreeSet<usize>) -> Finding {
    let names = |of: fn(&Message) -> &str, sign: &str| {
        tables.iter().map(|&table| of(&form.tables[table].name)).collect::<Vec<_>>().join(sign)
    };
    let message = Message::new(
        format!(
            "嵌入的Excel表格中另有{}，文件正文中已有，以正文为准，未采用。请核对两处是否一致。",
            names(|name| &name.zh, "、")
        ),
        format!(
            "The embedded workbook also holds {}, which the document has itself; its own were read. Check that both agree.",
            names(|name| &name.en, ", ")
        ),
    );
    Finding::new(&code::TABLE_PASSED_OVER, message)
}

/// A header that is not the form's but was read as one of its columns.
pub(super) fn header_variant(form: &Form, table: usize, (written, read): (String, String), by_sums: bool) -> Finding {
    let name = &form.tables[table].name;
    let (zh, en) = if by_sums { ("按勾稽关系，", "By the sums of its rows, ") } else { ("", "") };
    let message = Message::new(
        format!("{zh}{}的表头“{written}”按“{read}”读取。请核对。", name.zh),
        format!("{en}the header \"{written}\" of {} was read as \"{read}\". Check it.", name.en),
    );
    Finding::new(&code::HEADER_VARIANT, message)
}

/// A header that appears twice with the same figures.
pub(super) fn header_doubled(form: &Form, table: usize, shown: &str) -> Finding {
    let name = &form.tables[table].name;
    let message = Message::new(
        format!("{}的“{shown}”栏出现两次，两处的数相同，只取了一处。请核对。", name.zh),
        format!(
            "The column \"{shown}\" of {} stands twice with the same figures; one of them was read. Check it.",
            name.en
        ),
    );
    Finding::new(&code::HEADER_VARIANT, message)
}

fn columns_shown(extra: &[(String, Vec<String>)]) -> (String, String) {
    let (mut zh, mut en) = (Vec::new(), Vec::new());
    for (header, texts) in extra {
        let zeros = texts.iter().all(|text| text == "0");
        let shown: Vec<&str> = if zeros { vec!["0"] } else { texts.iter().take(SHOWN).map(String::as_str).collect() };
        let named = |none: &str, quotes: [char; 2]| {
            if header.is_empty() { none.to_owned() } else { format!("{}{header}{}", quotes[0], quotes[1]) }
        };
        zh.push(format!("{}：{}", named("无表头的一栏", ['“', '”']), shown.join("、")));
        en.push(format!("{}: \"{}\"", named("one without a header", ['"', '"']), shown.join("\", \"")));
    }
    (zh.join("；"), en.join("; "))
}

/// Columns of a table that the form does not have.
pub(super) fn extra_columns(form: &Form, table: usize, extra: &[(String, Vec<String>)]) -> Finding {
    let name = &form.tables[table].name;
    let (zh, en) = columns_shown(extra);
    let message = Message::new(
        format!("{}多出格式以外的栏（{zh}），未计入。", name.zh),
        format!("{} has columns that the form does not have ({en}); they were left out.", name.en),
    );
    Finding::new(&code::ROW_UNKNOWN, message)
}

/// Columns of the form without a header.
pub(super) fn columns_missing(
    form: &Form,
    table: usize,
    names: &[String],
    extra: &[(String, Vec<String>)],
    fields: &[FieldIndex],
) -> Finding {
    let name = &form.tables[table].name;
    let shown = names.join("”“");
    let (mut zh, mut en) = (String::new(), String::new());
    if !extra.is_empty() {
        let columns = columns_shown(extra);
        zh = format!("不能确定属于哪一栏的有：{}。", columns.0);
        en = format!(" Not certain: {}.", columns.1);
    }
    let message = Message::new(
        format!("{}的表头中没有能确定的“{shown}”栏，{}个数据已留空。{zh}请按规定的表头填写。", name.zh, fields.len()),
        format!(
            "The header of {} has no certain column \"{}\", so {} figures stay empty.{en} Use the prescribed header.",
            name.en,
            names.join("\", \""),
            fields.len()
        ),
    );
    Finding::new(&code::HEADER_UNKNOWN, message).about(ids(form, fields))
}

/// Rows inside a table that are not rows of the form: one finding per table.
pub(super) fn unknown_rows(form: &Form, table: usize, rows: Vec<(String, Option<Place>)>) -> Finding {
    let name = &form.tables[table].name;
    let shown: Vec<&str> = rows.iter().take(SHOWN).map(|(shown, _)| shown.as_str()).collect();
    let (more_zh, more_en) = if rows.len() > SHOWN { ("等", " …") } else { ("", "") };
    let message = Message::new(
        format!(
            "{}有{}行不在格式内：“{}”{more_zh}，未计入。请核对是否应并入其他行。",
            name.zh,
            rows.len(),
            shown.join("”“")
        ),
        match rows.len() {
            1 => format!("A row of {} is not in the form and was left out: \"{}\".", name.en, shown.join("")),
            count => {
                format!(
                    "{count} rows of {} are not in the form and were left out: \"{}\"{more_en}",
                    name.en,
                    shown.join("\", \"")
                )
            }
        },
    );
    let mut places = rows.into_iter().filter_map(|(_, place)| place);
    let mut finding = Finding::new(&code::ROW_UNKNOWN, message).at(places.next());
    finding.related = places.collect();
    finding
}

/// Maximum number of rows, columns or figures that a message shows.
const SHOWN: usize = 3;
