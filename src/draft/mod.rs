//! Drafts a mapping file from templates: sections, tables, label trees, units, kinds and sums as found in a blank or filled file. What
//! cannot be determined from a file becomes a question in a comment.
//!
//! Steps: the first file is the template, from which sections and tables are built (`tables`, `tree`); the others are filled reports,
//! from which kinds are determined and sums verified (`sums`); the result is written as TOML (`toml_text`).

mod halves;
mod kinds;
mod sums;
mod tables;
mod toml_text;
mod tree;
mod words;

use crate::document::{Block, Document};
use crate::text::{blank, language, numbering, part_to_fill};

use words::{has_one, words};

pub use toml_text::written;

/// A drafted form.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Draft {
    /// Id of the form, to be renamed.
    pub id: String,
    /// Display name: the fixed words of the title.
    pub name: String,
    /// The title with `{agency}` and `{year}`.
    pub title: String,
    /// Its sections in order.
    pub sections: Vec<Section>,
    /// Its tables in order.
    pub tables: Vec<Table>,
    /// Its rules.
    pub rules: Vec<Rule>,
    /// Length of the period of a report, if it is not a year: `quarter`.
    pub period: Option<String>,
    /// Lines that name the agency: `填报单位：{}`.
    pub agency_lines: Vec<String>,
    /// What a person has to decide.
    pub questions: Vec<String>,
}

/// A drafted section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Section {
    /// Id.
    pub id: String,
    /// The heading; `None` for the section before the first heading.
    pub heading: Option<String>,
}

/// A drafted table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Table {
    /// Id.
    pub id: String,
    /// Index of its section.
    pub section: usize,
    /// Display name.
    pub name: String,
    /// Whether the name comes from a line directly above the table.
    pub own_name: bool,
    /// The unit stated in a line above the table.
    pub unit: Option<String>,
    /// Name of its sheet.
    pub sheet: Option<String>,
    /// Number of grid columns of the row labels.
    pub label_columns: u32,
    /// Its blocks from the top, each with a header.
    pub blocks: Vec<TableBlock>,
    /// What a person has to decide.
    pub questions: Vec<String>,
}

/// A block of a drafted table: rows under one header.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TableBlock {
    /// The line across the table above it.
    pub caption: Option<String>,
    /// Text of the corner cell above the row labels.
    pub corner: String,
    /// Its columns.
    pub columns: Vec<Head>,
    /// Its rows; empty for one row without a label.
    pub rows: Vec<Head>,
    /// If rows are data: id of the identifying column, and the label of the total row.
    pub open: Option<(String, Option<String>)>,
    /// How the parent of a row is found: `code prefix` or `numbering`.
    pub parent: Option<String>,
    /// Whether it is to the right of the previous block.
    pub beside: bool,
    /// First grid row below its header, and the row after its last.
    pub body: (u32, u32),
}

/// A drafted row, column or group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head {
    /// Id; empty for a group.
    pub id: String,
    /// The label.
    pub label: String,
    /// Whether it is a heading without fields.
    pub heading: bool,
    /// Kind, if it differs from the table's.
    pub kind: Option<String>,
    /// Unit given in its label.
    pub unit: Option<String>,
    /// The words of a choice.
    pub of: Vec<String>,
    /// The components of a code.
    pub parts: Vec<String>,
    /// `ignore` or `unit`.
    pub role: Option<String>,
    /// Rows or columns of a group.
    pub children: Vec<Head>,
    /// First and last grid column or row, for reading filled reports.
    pub at: (u32, u32),
}

/// A drafted rule.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// Id.
    pub id: String,
    /// Id of the table.
    pub table: String,
    /// `row` or `column`; `None` if the expression has full field ids.
    pub each: Option<String>,
    /// The words that replace `$` in the expression, if there is one.
    pub over: Vec<String>,
    /// The expression.
    pub expression: String,
    /// The rule in words.
    pub zh: String,
    /// Whether filled reports confirm the rule.
    pub proven: bool,
}

impl Head {
    /// The leaves below the head, or the head itself.
    pub fn leaves(&self) -> Vec<&Head> {
        if self.children.is_empty() {
            return if self.heading || self.role.is_some() { Vec::new() } else { vec![self] };
        }
        self.children.iter().flat_map(Head::leaves).collect()
    }
}

/// Drafts a form from a template and filled reports of it.
pub fn draft(template: &Document, filled: &[Document], stem: &str) -> Draft {
    let mut draft = Draft { id: "my-form".to_owned(), ..Draft::default() };
    let found = tables::find(template);
    title(template, &found, stem, &mut draft);
    draft.sections.push(Section { id: "preamble".to_owned(), heading: None });
    // Indices of the drafted tables among the tables of the template.
    let (mut drafted, mut place) = (Vec::new(), 0);
    for piece in &found.pieces {
        match piece {
            tables::TemplateItem::Heading(text) => {
                let id = format!("s{}", draft.sections.len());
                draft.sections.push(Section { id, heading: Some(text.clone()) });
            }
            tables::TemplateItem::Table(table) => {
                let number = draft.tables.len() + 1;
                // A table directly below another table belongs to a new section only if a heading says so.
                let section = draft.sections.len() - 1;
                let table = tree::table(table, number, section);
                if table.blocks.iter().any(|block| block.columns.iter().all(|head| head.leaves().is_empty()))
                    || is_text(&table)
                {
                    draft.questions.push(format!("“{}”没有可以填写的栏，未列入；如是表格，请补写。", table.name));
                } else {
                    drafted.push(place);
                    draft.tables.push(table);
                }
                place += 1;
            }
        }
    }
    if draft.sections.len() == 1 && draft.tables.len() > 1 && draft.tables.iter().all(|table| table.own_name) {
        // Each table has a title of its own, as on the sheets of a workbook.
        for (number, table) in draft.tables.iter_mut().enumerate() {
            let heading = with_part(&with_year(&table.name)).0;
            draft.sections.push(Section { id: format!("s{}", number + 1), heading: Some(heading) });
            table.section = number + 1;
        }
    }
    if draft.sections.len() == 1 {
        draft.sections.push(Section { id: "s1".to_owned(), heading: Some(draft.name.clone()) });
        draft.tables.iter_mut().for_each(|table| table.section = 1);
        draft.questions.push("文件中没有找到标题（一、二、……），请写明各部分的标题。".to_owned());
    }
    for table in draft.tables.iter_mut().filter(|table| table.name.contains(&draft.name) && !draft.name.is_empty()) {
        table.name.clone_from(&draft.name);
    }
    let mut rules = Vec::new();
    for (table, number) in draft.tables.iter_mut().zip(drafted) {
        let parts: Vec<_> = filled.iter().filter_map(|one| tables::same(one, table, number)).collect();
        kinds::settle(table, found.grid(number), &parts);
        rules.extend(sums::rules(table, &parts, rules.len()));
    }
    draft.rules = rules;
    draft.agency_lines.clone_from(&found.agency_lines);
    draft
}

/// Whether a table is only a column of text: a cover, a table of contents.
fn is_text(table: &Table) -> bool {
    let leaves = table.blocks.iter().flat_map(|block| &block.columns).flat_map(Head::leaves).count();
    leaves <= 1 && table.blocks.iter().all(|block| block.rows.is_empty() && block.open.is_none())
}

/// A name with its leading year, or the empty place of one, replaced by `{year}`.
fn with_year(name: &str) -> String {
    let characters: Vec<char> = name.chars().filter(|character| !blank(*character)).collect();
    match year(&characters) {
        Some((0, behind)) => format!("{{year}}{}", characters[behind..].iter().collect::<String>()),
        _ => name.to_owned(),
    }
}

/// A pattern with the place of the part of a year, if it states one after the year; and the name of the place.
fn with_part(pattern: &str) -> (String, Option<&'static str>) {
    let behind = pattern.find("{year}").map(|at| at + "{year}".len());
    let found = behind.and_then(|behind| Some((behind, part_to_fill(&pattern[behind..])?)));
    let Some((behind, (number, place))) = found else { return (pattern.to_owned(), None) };
    let (before, after) = (&pattern[..behind + number.start], &pattern[behind + number.end..]);
    (format!("{before}{{{place}}}{after}"), Some(place))
}

/// The fixed words of a pattern with the place of a part of a year.
fn without_part(pattern: &str) -> String {
    let words = &language().periods;
    let ends = || words.quarter_ends.iter().chain(&words.half_ends).chain(&words.month_ends);
    let pieces = pattern.split(['{', '}']).step_by(2).map(|piece| {
        let piece = words.year_ends.iter().find_map(|end| piece.strip_prefix(end.as_str())).unwrap_or(piece);
        let piece = ends().find_map(|end| piece.strip_prefix(end.as_str())).unwrap_or(piece);
        piece.trim_matches(|sign: char| "（()）".contains(sign))
    });
    pieces.max_by_key(|piece| piece.chars().count()).unwrap_or_default().to_owned()
}

/// Determines the title: the first line with words of a report title, else the file name; agency and year become placeholders.
fn title(template: &Document, found: &tables::Found, stem: &str, draft: &mut Draft) {
    let lines = template.blocks.iter().filter_map(|block| match block {
        Block::Paragraph(paragraph) => Some(paragraph.shown().into_owned()),
        Block::Grid(grid) => grid.cells().first().map(|cell| cell.text.clone()),
        Block::Picture(_) => None,
    });
    let plain = |line: &String| line.trim_matches(blank).replace(['\n', '\r'], "");
    let is_title = |line: &String| {
        let line = line.trim_end_matches(['）', ')', '年', '度', '（', '(', ' ']);
        (4..=60).contains(&line.chars().count())
            && has_one(&words().labels.title, line)
            && numbering(line).is_none()
            && !line.contains(['：', '。'])
    };
    let first = lines.take(12).map(|line| plain(&line)).find(is_title);
    let from_file = first.is_none();
    let text = first.unwrap_or_else(|| stem.to_owned());
    let (pattern, name) = pattern(&text);
    if from_file {
        draft.questions.push("文件中没有找到总标题，取自文件名；请核对 [title]。".to_owned());
    }
    let plain: Vec<char> = text.chars().filter(|character| !blank(*character)).collect();
    if year(&plain).is_none() {
        draft.questions.push("标题中没有年度；请在 [title] 或 [identity] 写明年度的位置。".to_owned());
    }
    let _ = found;
    let (pattern, place) = with_part(&pattern);
    draft.name = place.map_or(name, |_| without_part(&pattern));
    draft.period = place.and_then(|place| match place {
        "months" => {
            draft.questions.push(
                "标题写明了起止月份；请在 [identity] 写明 period（half、quarter 或 month），不固定的不写。".to_owned(),
            );
            None
        }
        place => Some(place.to_owned()),
    });
    draft.title = pattern;
}

/// A title without a placeholder text for the agency: `（机关名称）`.
fn without_place(title: &str) -> String {
    let bracket = title.strip_prefix(['（', '(']).and_then(|rest| rest.split_once(['）', ')']));
    let name = bracket.filter(|(inside, _)| has_one(&words().labels.place, inside));
    name.map_or(title, |(_, rest)| rest).to_owned()
}

/// A title with placeholders for agency and year, and its fixed words.
fn pattern(text: &str) -> (String, String) {
    let text: String = text.chars().filter(|character| !blank(*character)).collect();
    let characters: Vec<char> = text.chars().collect();
    let Some((at, behind)) = year(&characters) else {
        let name = without_place(&text);
        return (format!("{{agency}}{{year}}年{name}"), name);
    };
    let before: String = characters[..at].iter().collect();
    let after: String = characters[behind..].iter().collect();
    let opened = before.ends_with(['（', '(']);
    if opened {
        let name = without_place(before.trim_end_matches(['（', '(']));
        return (format!("{{agency}}{name}（{{year}}{after}"), name);
    }
    let fixed = after.trim_start_matches(['年', '度']).to_owned();
    (format!("{{agency}}{{year}}{after}"), fixed)
}

/// The place of the year in a title: its first character, and the 年 after it.
fn year(characters: &[char]) -> Option<(usize, usize)> {
    let is_mark = |character: &char| character.is_ascii_digit() || language().periods.open.contains(*character);
    let years = || (0..characters.len()).filter(|&at| characters[at] == '年');
    let marks = |at: usize| characters[..at].iter().rev().take_while(|character| is_mark(character)).count();
    // Four digits or placeholder characters before 年.
    if let Some(at) = years().find(|&at| marks(at) >= 4) {
        return Some((at - 4, at));
    }
    // Fewer of them, as in 20__年, or nothing: the place before 年 is empty at the beginning of the text or of a bracket.
    let opens = |at: usize| at == 0 || matches!(characters[at - 1], '（' | '(');
    let blank = years().find(|&at| marks(at) >= 2 || opens(at));
    blank.map(|at| (at - marks(at), at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_year_become_places() {
        for (title, expected, name) in [
            ("石岭市2025年第一季度信访季报", "{agency}{year}年第{quarter}季度信访季报", "信访季报"),
            ("××××年第×季度信访季报", "{agency}{year}年第{quarter}季度信访季报", "信访季报"),
            ("信访季报（2025年一季度）", "{agency}信访季报（{year}年{quarter}季度）", "信访季报"),
            ("    年   月检查情况表", "{agency}{year}年{month}月检查情况表", "检查情况表"),
            ("2025年上半年检查情况表", "{agency}{year}年{half}半年检查情况表", "检查情况表"),
            ("2025年1-3月检查情况表", "{agency}{year}年{months}月检查情况表", "检查情况表"),
            ("第一季度信访季报", "{agency}{year}年第{quarter}季度信访季报", "信访季报"),
        ] {
            let (found, place) = with_part(&pattern(title).0);
            assert_eq!((found.as_str(), without_part(&found).as_str()), (expected, name), "{title}");
            assert!(place.is_some());
        }
        assert_eq!(with_part("{agency}{year}年检查月表"), ("{agency}{year}年检查月表".to_owned(), None));
    }

    #[test]
    fn titles_become_patterns() {
        for (title, expected, name) in [
            ("石岭市2023年检查情况年报", "{agency}{year}年检查情况年报", "检查情况年报"),
            ("（机关名称）××××年度用水年报", "{agency}{year}年度用水年报", "用水年报"),
            ("采购统计表（2023年度）", "{agency}采购统计表（{year}年度）", "采购统计表"),
            ("采购统计表", "{agency}{year}年采购统计表", "采购统计表"),
            ("（机关名称）网站年报（××××年度）", "{agency}网站年报（{year}年度）", "网站年报"),
            ("    年度采购统计表", "{agency}{year}年度采购统计表", "采购统计表"),
            ("20__年采购统计表", "{agency}{year}年采购统计表", "采购统计表"),
            ("采购统计表（　　年度）", "{agency}采购统计表（{year}年度）", "采购统计表"),
            ("本年采购统计表", "{agency}{year}年本年采购统计表", "本年采购统计表"),
        ] {
            assert_eq!(pattern(title), (expected.to_owned(), name.to_owned()), "{title}");
        }
    }
}
