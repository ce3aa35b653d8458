//! The rows of a table that survives only as text: what stands between a row's label and the next label, cut into cells.

use std::ops::Range;

use super::flat::{Claim, Occurrence, Step};
use super::glued::{row_sums, splits};
use super::index::{Expected, FormIndex, Role};
use super::items::blank;
use super::solve::{Known, RowState, solve};
use super::stream::Stream;
use super::tables::{Figures, rows_missing};
use super::value;
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::form::{FieldIndex, Head};

/// Stands among the deciding rules for digits that can be cut in one way only, whatever the sums say.
const DIGITS: &str = "digits";

/// A row of the form with the text of its figures.
struct FlatRow<'t> {
    /// Block and row.
    row: (usize, usize),
    first: FieldIndex,
    wanted: usize,
    /// Byte of the raw text at which the text of the pieces begins.
    start: usize,
    pieces: Vec<Piece<'t>>,
}

/// A table of the form in the text, its labels aligned.
pub(super) struct FlatTable<'a, 'd> {
    pub(super) index: &'a FormIndex,
    pub(super) table: usize,
    pub(super) stream: &'a Stream<'d>,
    /// Every label of the form in the text, this table's or not.
    pub(super) all: &'a [Occurrence],
    pub(super) own: &'a [Occurrence],
    pub(super) path: &'a [Step],
}

impl FlatTable<'_, '_> {
    /// Reads the table's figures; returns the part of the text that they take.
    pub(super) fn read(&self, figures: &mut Figures) -> Option<Claim> {
        let first = self.own.get(self.path.first()?.occurrence)?;
        let (start, mut end) = (self.stream.raw_start(first.start), self.stream.raw_end(first.end));
        // A bracket or quotation mark that opens the first label is folded away too.
        let opening = self.stream.raw[..start].trim_end_matches(['（', '(', '“', '"', '《', '【']).len();
        let start = opening;
        let mut missing = Vec::new();
        let mut rows = Vec::new();
        let spec = &self.index.form.tables[self.table];
        for (number, expected) in self.index.expected[self.table].iter().enumerate() {
            let Expected::Data { block, row } = *expected else { continue };
            let labelled = !spec.blocks[block].leaf_rows[row].path.is_empty();
            let step = self.path.iter().rev().find(|step| {
                let header = matches!(self.index.expected[self.table][step.expected], Expected::Header { block: above, .. } if above == block);
                if labelled { step.expected == number && step.role == Role::Leaf } else { header }
            });
            let Some(step) = step else {
                missing.push((block, row));
                continue;
            };
            let label = &self.own[step.occurrence];
            let region = self.region(label);
            let row = self.row((block, row), region.clone());
            let taken = row.pieces.iter().rfind(|piece| !piece.text.is_empty()).map(|piece| row.start + piece.end);
            end = end.max(taken.unwrap_or(region.start));
            rows.push(row);
            if label.trust < 1.0 {
                figures.findings.push(self.label_variant(number, label));
            }
        }
        let data = self.index.expected[self.table].iter().filter(|row| matches!(row, Expected::Data { .. })).count();
        if missing.len() == data {
            return None;
        }
        self.rows(&rows, figures);
        figures.rows[self.table].push(usize::MAX);
        if !missing.is_empty() {
            figures.findings.push(rows_missing(&self.index.form, self.table, &missing));
        }
        // Headers and captions behind the last figures belong to the table too.
        let last = self.path.last().map(|step| self.stream.raw_end(self.own[step.occurrence].end));
        let end = end.max(last.unwrap_or(end));
        figures.findings.extend(self.passed_over(&rows, start..end));
        Some(Claim { start, end, table: self.table })
    }

    /// The raw text between a label and the next label of the form.
    fn region(&self, label: &Occurrence) -> Range<usize> {
        let mut start = self.stream.raw_end(label.end);
        // Folding leaves out the marks that a label ends with.
        let rest = &self.stream.raw[start..];
        start += rest.len()
            - rest
                .trim_start_matches(['”', '"', '\'', '’', '）', ')', '》', '】', '：', ':', '。', '，', ',', '；'])
                .len();
        let next =
            self.all.iter().chain(self.own).filter(|other| other.start >= label.end).map(|other| other.start).min();
        let end = next.map_or(self.stream.raw.len(), |next| self.stream.raw_start(next)).max(start);
        let opening = |character: char| "（(“\"《【".contains(character);
        start..start + self.stream.raw[start..end].trim_end_matches(opening).len()
    }

    /// What the text between a row's label and the next label says.
    fn row(&self, (block, row): (usize, usize), region: Range<usize>) -> FlatRow<'_> {
        let spec = &self.index.form.tables[self.table].blocks[block];
        let wanted = spec.leaf_columns.len();
        let first = spec.first_field + row * wanted;
        let pieces = pieces(&self.stream.raw[region.clone()]);
        FlatRow { row: (block, row), first, wanted, start: region.start, pieces }
    }

    /// Text inside the table that is neither a label nor a figure of it: an office's own row, or words between the rows.
    fn passed_over(&self, rows: &[FlatRow], within: Range<usize>) -> Option<Finding> {
        let raw = &self.stream.raw;
        let label = |one: &Occurrence| self.stream.raw_start(one.start)..self.stream.raw_end(one.end);
        // A label that stands alone is a repeated header; one inside other words is part of them.
        let apart = |range: &Range<usize>| {
            let edge = |character: Option<char>| character.is_none_or(|character| !character.is_alphanumeric());
            edge(raw[..range.start].chars().next_back()) && edge(raw[range.end..].chars().next())
        };
        let mut taken: Vec<Range<usize>> = self.path.iter().map(|step| label(&self.own[step.occurrence])).collect();
        taken.extend(self.all.iter().map(label).filter(apart));
        let figures =
            rows.iter().flat_map(|row| row.pieces.iter().map(|piece| row.start + piece.start..row.start + piece.end));
        taken.extend(figures);
        taken.sort_by_key(|range| (range.start, range.end));
        let mut at = within.start;
        let mut left = Vec::new();
        for range in taken.into_iter().chain(std::iter::once(within.end..within.end)) {
            let gap = at..range.start.clamp(at, within.end);
            left.extend(
                raw.get(gap).into_iter().flat_map(str::lines).filter(|line| line.chars().any(char::is_alphanumeric)),
            );
            at = at.max(range.end.min(within.end));
        }
        let shown = left.iter().map(|line| line.trim_matches(blank)).collect::<Vec<_>>().join(" | ");
        let first = left.first()?.as_ptr() as usize - raw.as_ptr() as usize;
        let name = &self.index.form.tables[self.table].name;
        let message = Message::new(
            format!("{}中的文字“{shown}”不属于表单，未计入任何字段。", name.zh),
            format!("The text \"{shown}\" in {} belongs to no field of the form.", name.en),
        );
        Some(Finding::new(&code::ROW_UNKNOWN, message).at(self.stream.place_at(first)))
    }

    /// Reads the rows of the table: those whose cells are certain by themselves, then the others by the form's arithmetic.
    fn rows(&self, rows: &[FlatRow], figures: &mut Figures) {
        let form = &self.index.form;
        let trusted = blanks_part_cells(rows);
        let mut read: Vec<Option<Vec<Piece>>> = Vec::new();
        let mut states = Vec::new();
        for row in rows {
            let cells = if self.header_in_order(row.row.0) { cells(&row.pieces, row.wanted, trusted) } else { None };
            let known = match &cells {
                Some(cells) => Known::Read(cells.iter().map(|piece| piece.text.parse().ok()).collect()),
                None if self.header_in_order(row.row.0) => self.ways(row),
                None => Known::Nothing,
            };
            read.push(cells);
            states.push(RowState { first: row.first, known });
        }
        let decided = solve(form, &states);
        for (number, row) in rows.iter().enumerate() {
            if let Some(cells) = &read[number] {
                self.take(row, cells, &[], figures);
                continue;
            }
            let Known::Ways { splits, .. } = &states[number].known else {
                figures.findings.push(self.uncertain(row));
                continue;
            };
            match &decided[number] {
                Some(decided) => {
                    let text = &self.stream.raw[row.start..];
                    let piece = |cell: &(i64, Range<usize>)| Piece {
                        text: &text[cell.1.clone()],
                        start: cell.1.start,
                        end: cell.1.end,
                        before: ' ',
                    };
                    let cells: Vec<Piece> = splits[decided.way].iter().map(piece).collect();
                    self.take(row, &cells, &decided.rules, figures);
                }
                None => figures.findings.push(self.uncertain(row)),
            }
        }
    }

    /// The ways in which a row whose cells run together can be cut.
    fn ways(&self, row: &FlatRow) -> Known {
        // Where separators stand between figures but too few, cells were dropped: none can be told from another.
        if row.pieces.iter().filter(|piece| !piece.text.is_empty()).count() != 1 {
            return Known::Nothing;
        }
        if let Some(only) = splits(&row.pieces, row.wanted, &[]) {
            return Known::Ways { splits: only.all, rules: vec![DIGITS.to_owned()] };
        }
        let sums = row_sums(&self.index.form, row.first, row.wanted);
        let mut rules: Vec<String> = sums.iter().map(|sum| sum.rule.clone()).collect();
        rules.dedup();
        match splits(&row.pieces, row.wanted, &sums).filter(|found| found.by_sums) {
            Some(found) => Known::Ways { splits: found.all, rules },
            None => Known::Nothing,
        }
    }

    fn take(&self, row: &FlatRow, cells: &[Piece], rules: &[String], figures: &mut Figures) {
        for (column, piece) in cells.iter().enumerate() {
            let place = self.stream.place_at(row.start + piece.start).unwrap_or_default();
            let field = row.first + column;
            // Blanks that stand inside a figure of a glued row are no part of it.
            let text: std::borrow::Cow<str> =
                if rules.is_empty() { piece.text.into() } else { piece.text.split(blank).collect::<String>().into() };
            let mut value = value::read(&self.index.form, field, &text, &place, &mut figures.findings);
            value.deduced = rules.to_vec();
            figures.values[field] = value;
        }
    }

    /// Whether the column labels that were found stand in the form's order.
    fn header_in_order(&self, block: usize) -> bool {
        let spec = &self.index.form.tables[self.table].blocks[block];
        let mut levels: Vec<Vec<&Head>> = vec![spec.columns.iter().collect()];
        while let Some(last) = levels.last().filter(|last| !last.is_empty()) {
            let next = last.iter().flat_map(|head| &head.children).collect();
            levels.push(next);
        }
        let named = |head: &Head, label: &str| head.label.folded.iter().any(|text| text == label);
        levels.iter().enumerate().all(|(depth, level)| {
            let order = self.path.iter().filter(|step| {
                step.role == Role::Header
                    && self.index.expected[self.table][step.expected] == Expected::Header { block, depth }
            });
            // A label that several columns share tells nothing about their order.
            let order: Vec<usize> = order
                .map(|step| &self.own[step.occurrence].label)
                .filter(|label| levels.iter().flatten().filter(|head| named(head, label)).count() == 1)
                .filter_map(|label| level.iter().position(|head| named(head, label)))
                .collect();
            order.windows(2).all(|pair| pair[0] <= pair[1])
        })
    }

    fn words(&self, (block, row): (usize, usize)) -> Message {
        let table = &self.index.form.tables[self.table];
        let label = table.blocks[block].leaf_rows[row].shown();
        if label.is_empty() {
            return table.name.clone();
        }
        Message::new(format!("{}“{label}”", table.name.zh), format!("{}, \"{label}\"", table.name.en))
    }

    fn uncertain(&self, row: &FlatRow) -> Finding {
        let &FlatRow { first, wanted, start, .. } = row;
        let ids: Vec<String> =
            self.index.form.fields[first..first + wanted].iter().map(|field| field.id.clone()).collect();
        let shown: Vec<&str> = row.pieces.iter().map(|piece| piece.text).filter(|text| !text.is_empty()).collect();
        let shown: String = shown.join(" | ").chars().take(80).collect();
        let words = self.words(row.row);
        let message = Message::new(
            format!("{}应有{wanted}个数，文中写作“{shown}”，不能确定如何分列，已留空。", words.zh),
            format!(
                "{} should have {wanted} figures; the text reads \"{shown}\", which cannot be divided for certain. They stay empty.",
                words.en
            ),
        );
        Finding::new(&code::CELLS_UNCERTAIN, message).about(ids).at(self.stream.place_at(start))
    }

    fn label_variant(&self, expected: usize, label: &Occurrence) -> Finding {
        let raw = self.stream.raw_start(label.start);
        let written = self.stream.raw[raw..self.stream.raw_end(label.end).max(raw)].trim();
        let words = match self.index.expected[self.table][expected] {
            Expected::Data { block, row } => self.words((block, row)),
            _ => self.index.form.tables[self.table].name.clone(),
        };
        let message = Message::new(
            format!("标签“{written}”按{}读取。请核对。", words.zh),
            format!("The label \"{written}\" was read as {}. Check it.", words.en),
        );
        Finding::new(&code::LABEL_VARIANT, message).at(self.stream.place_at(raw))
    }
}

/// A piece of text between two separators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'t> {
    /// Its text without blanks around it.
    pub(super) text: &'t str,
    /// First byte of the text.
    pub(super) start: usize,
    /// Byte after its last.
    pub(super) end: usize,
    /// The separator before it.
    pub(super) before: char,
}

/// Cuts a text at line breaks, pipes and tabs, up to the first piece that is no figure.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before = '\n';
    for (at, character) in text.char_indices().chain(std::iter::once((text.len(), '\n'))) {
        let separates = matches!(character, '\n' | '|' | '｜' | '\t') || at == text.len();
        if !separates {
            continue;
        }
        let inner = &text[start..at];
        let trimmed = inner.trim_matches(blank);
        let offset = start + inner.find(trimmed).unwrap_or(0);
        let figures = trimmed.split(blank).all(|token| {
            token.is_empty() || value::is_figure(token) || token.bytes().all(|byte| byte.is_ascii_digit())
        });
        if !figures {
            break;
        }
        if is_rule(trimmed) {
            start = (at + character.len_utf8()).min(text.len());
            continue;
        }
        pieces.push(Piece { text: trimmed, start: offset, end: offset + trimmed.len(), before });
        before = if character == '｜' { '|' } else { character };
        start = (at + character.len_utf8()).min(text.len());
    }
    pieces
}

/// The line under a header in Markdown, cut at its pipes: `---`, `:--:`. A cell says "none" with one dash or two.
fn is_rule(text: &str) -> bool {
    let dashes = text.trim_matches(':');
    dashes.len() >= 3 && dashes.bytes().all(|byte| byte == b'-')
}

/// The cells of a row, where their number is certain.
fn cells<'t>(pieces: &[Piece<'t>], wanted: usize, blanks: bool) -> Option<Vec<Piece<'t>>> {
    let filled: Vec<Piece> = pieces.iter().copied().filter(|piece| !piece.text.is_empty()).collect();
    if filled.len() == wanted && filled.iter().all(|piece| value::is_figure(piece.text)) {
        return Some(filled);
    }
    // `label | 1 |  | 3 |`: between pipes on one line a blank cell is a cell.
    let line: Vec<Piece> = pieces.iter().copied().skip(1).take_while(|piece| piece.before != '\n').collect();
    let parted = pieces.len() > 1
        && pieces[0].text.is_empty()
        && line.iter().all(|piece| piece.before == '|' || piece.before == '\t');
    if parted && line.len() >= wanted && !filled.is_empty() {
        let (row, rest) = line.split_at(wanted);
        let figures = row.iter().all(|piece| piece.text.is_empty() || value::is_figure(piece.text));
        if figures
            && rest.iter().all(|piece| piece.text.is_empty())
            && filled.len() == row.iter().filter(|piece| !piece.text.is_empty()).count()
        {
            return Some(row.to_vec());
        }
    }
    let tokens = tokens(&filled)?;
    (blanks && tokens.len() == wanted && tokens.iter().all(|piece| value::is_figure(piece.text))).then_some(tokens)
}

/// The figures of a row that is one piece, parted by blanks.
fn tokens<'t>(filled: &[Piece<'t>]) -> Option<Vec<Piece<'t>>> {
    let [only] = filled else { return None };
    let mut tokens = Vec::new();
    let mut at = only.start;
    for token in only.text.split(blank) {
        let start = only.text[at - only.start..].find(token).map_or(at, |offset| at + offset);
        if !token.is_empty() {
            tokens.push(Piece { text: token, start, end: start + token.len(), before: ' ' });
            at = start + token.len();
        }
    }
    Some(tokens)
}

/// Whether blanks part cells in this table: they do if every row that they part has the right number of figures. One row with
/// another number shows that they stand anywhere.
fn blanks_part_cells(rows: &[FlatRow]) -> bool {
    let mut parted = 0;
    for row in rows {
        let filled: Vec<Piece> = row.pieces.iter().copied().filter(|piece| !piece.text.is_empty()).collect();
        let Some(tokens) = tokens(&filled).filter(|tokens| tokens.len() > 1) else { continue };
        if tokens.len() != row.wanted || !tokens.iter().all(|token| value::is_figure(token.text)) {
            return false;
        }
        parted += 1;
    }
    parted >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, wanted: usize) -> Option<Vec<String>> {
        cells(&pieces(text), wanted, true).map(|cells| cells.iter().map(|piece| piece.text.to_owned()).collect())
    }

    #[test]
    fn cells_in_every_layout_with_separators() {
        let three = Some(vec!["1".to_owned(), "0".to_owned(), "3".to_owned()]);
        assert_eq!(texts("\n\n1\n\n0\n\n3\n\n", 3), three);
        assert_eq!(texts(" |\n1 |\n0 |\n3 |\n||\n", 3), three);
        assert_eq!(texts(" | 1 | 0 | 3 |||\n", 3), three);
        assert_eq!(texts("\t1\t0\t3\n", 3), three);
        assert_eq!(texts(" 1  0 3\n", 3), three);
        assert_eq!(texts(" | 1 |  | 3 |\n", 3), Some(vec!["1".into(), String::new(), "3".into()]));
    }

    #[test]
    fn an_uncertain_number_of_cells_is_refused() {
        assert_eq!(texts(" | 3 | 3\n", 7), None);
        assert_eq!(texts("1 0 00", 4), None);
        assert_eq!(texts("\n1\n\n3\n", 3), None);
        assert_eq!(texts("103", 3), None);
    }

    #[test]
    fn figures_end_where_other_text_begins() {
        assert_eq!(pieces("\n0\n0\n五、存在的问题\n1\n").iter().filter(|piece| !piece.text.is_empty()).count(), 2);
    }
}
