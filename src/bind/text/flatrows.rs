//! Rows of a table that survives only as text: the text between a row label and the next is split into cells.

use std::ops::Range;

use super::glued::{STEPS, Split, is_short, row_sums, splits, splits_with_blanks};
use super::lined::{self, lined};
use super::order::Step;
use super::piece::Piece;
use super::pieces::{Blanks, blanks, cells, cells_with_words, lack_columns, pieces, proven};
use super::solve::{RowSplits, RowState, solve};
use crate::bind::figures::{Figures, Proof, rows_missing};
use crate::bind::labels::index::{Expected, FormIndex, Occurrence, Role};
use crate::bind::source::pipes;
use crate::bind::source::stream::{Claim, Stream};
use crate::bind::units::Anywhere;
use crate::bind::value;
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::form::{FieldIndex, FieldKind};
use crate::text::blank;

/// Entry in `Value::deduced` for digits that can be split in only one way, independently of the sums.
const DIGITS: &str = "digits";

/// If at least this many rows split into the full number of cells, no cell of the table is assumed to be blank.
const ENOUGH: usize = 4;

/// State of splitting rows without separators, shared by all tables of a text.
#[derive(Debug)]
pub(in crate::bind) struct Cutting {
    /// Remaining step budget.
    steps: u32,
    /// Whether rows show that zeros are written: one was split by its digits alone, or at least `ENOUGH` by sums.
    written: bool,
    /// Whether a row shows that blank cells leave no trace: it is too short, or can be split with blank cells only.
    dropped: bool,
}

impl Cutting {
    /// The initial state, with the full step budget.
    pub(in crate::bind) fn new() -> Self {
        Self { steps: STEPS, written: false, dropped: false }
    }
}

/// A row of the form with the text of its figures.
pub(in crate::bind) struct FlatRow<'t> {
    /// Block and row.
    pub(super) row: (usize, usize),
    pub(super) first: FieldIndex,
    /// Number of cells that the row should have.
    pub(in crate::bind) wanted: usize,
    /// Byte offset in the raw text to which the offsets of the pieces are relative.
    pub(super) start: usize,
    /// End of the text that may belong to the row.
    end: usize,
    /// The pieces of its text, with offsets relative to `start`.
    pub(in crate::bind) pieces: Vec<Piece<'t>>,
    /// Whether the figures certainly belong to this row.
    certain: bool,
    /// Whether the figures are on the line above or below the label's line.
    apart: bool,
    /// Whether the pieces were put into the form's order by the header.
    ordered: bool,
}

/// Position of the figures of a block's rows relative to their labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) enum Side {
    /// After the label, the usual case.
    Behind,
    /// Before the label.
    Before,
    /// After the label on the same line, in a table with one line per row.
    Line,
    /// There are figures on both sides, so that none is certain.
    Both,
}

/// Whether a split has no blank cell. A blank cell cannot be located by the digits alone.
fn no_blank(way: &Split) -> bool {
    way.iter().all(|(_, range)| !range.is_empty())
}

impl FlatRow<'_> {
    /// Number of non-empty pieces.
    pub(super) fn filled(&self) -> usize {
        self.pieces.iter().filter(|piece| !piece.text.is_empty()).count()
    }
}

/// A table of the form in the text, with its labels aligned.
pub(in crate::bind) struct FlatTable<'a, 'd> {
    pub(in crate::bind) index: &'a FormIndex,
    pub(in crate::bind) table: usize,
    pub(in crate::bind) stream: &'a Stream<'d>,
    /// Occurrences of all labels of the form in the text, sorted.
    pub(in crate::bind) all: &'a [Occurrence],
    /// Occurrences of this table's labels, sorted.
    pub(in crate::bind) own: &'a [Occurrence],
    /// Alignment of `own` with the expected rows of the table.
    pub(in crate::bind) path: &'a [Step],
    /// The units that the text states anywhere.
    pub(in crate::bind) units: &'a Anywhere,
}

impl FlatTable<'_, '_> {
    /// Reads the table's figures; returns the part of the text that contains the table.
    pub(in crate::bind) fn read(&self, figures: &mut Figures, cutting: &mut Cutting) -> Option<Claim> {
        let first = self.own.get(self.path.first()?.occurrence)?;
        let (start, mut end) = (self.stream.raw_start(first.start), self.stream.raw_end(first.end));
        // Folding drops a bracket or quotation mark before the first label.
        let opening = self.stream.raw[..start].trim_end_matches(['（', '(', '“', '"', '《', '【']).len();
        let start = opening;
        let mut missing = Vec::new();
        let mut rows = Vec::new();
        let sides = self.sides();
        let spec = &self.index.form.tables[self.table];
        for (number, expected) in self.index.expected[self.table].iter().enumerate() {
            let Expected::Data { block, row } = *expected else { continue };
            let labelled = !spec.blocks[block].leaf_rows[row].path.is_empty();
            let step = self.path.iter().rev().find(|step| {
                let header = matches!(self.index.expected[self.table][step.expected], Expected::Header { block: above, .. } if above == block);
                if labelled { step.expected == number && step.role == Role::Leaf } else { header }
            });
            let Some(label) = step.map(|step| &self.own[step.occurrence]) else {
                missing.push((block, row));
                continue;
            };
            let row = self.row(number, (block, row), label, sides[block]);
            let taken = row.pieces.iter().rfind(|piece| !piece.text.is_empty()).map(|piece| row.start + piece.end);
            end = end.max(taken.unwrap_or(row.start)).max(self.stream.raw_end(label.end));
            rows.push(row);
            if label.trust < 1.0 {
                figures.findings.push(self.label_variant(number, label));
            }
        }
        let data = self.index.expected[self.table].iter().filter(|row| matches!(row, Expected::Data { .. })).count();
        if missing.len() == data {
            return None;
        }
        let words = self.rows(&rows, figures, cutting);
        figures.rows[self.table].push(usize::MAX);
        if !missing.is_empty() {
            figures.findings.push(rows_missing(&self.index.form, self.table, &missing));
        }
        // Headers and captions after the last figures are part of the table.
        let last = self.path.last().map(|step| self.stream.raw_end(self.own[step.occurrence].end));
        let end = end.max(last.unwrap_or(end));
        figures.findings.extend(self.passed_over(&rows, words, start..end));
        Some(Claim { start, end, table: self.table })
    }

    /// Reads the text beside a row's label.
    fn row(&self, expected: usize, (block, row): (usize, usize), label: &Occurrence, side: Side) -> FlatRow<'_> {
        let mut apart = false;
        let spec = &self.index.form.tables[self.table].blocks[block];
        let wanted = spec.leaf_columns.len();
        let first = spec.first_field + row * wanted;
        let of = |region: Range<usize>, pieces| FlatRow {
            row: (block, row),
            first,
            wanted,
            start: region.start,
            end: region.end,
            pieces,
            certain: side != Side::Both,
            apart: false,
            ordered: false,
        };
        if spec.leaf_rows[row].path.is_empty() {
            let (region, pieces) = self.below_header(block, wanted).unwrap_or_default();
            let start = region.start;
            let plain = of(region, pieces);
            let stands =
                plain.filled() == wanted && self.header_in_order(block) && self.groups_stand((block, row), start);
            let by_header = if stands { None } else { self.by_header(block) };
            return by_header.map_or(plain, |(region, pieces)| FlatRow { ordered: true, ..of(region, pieces) });
        }
        let region = match side {
            Side::Before => self.before(label),
            Side::Line => {
                let (region, beside) = self.on_its_line(label, expected);
                apart = beside;
                region
            }
            Side::Behind | Side::Both => self.behind(label),
        };
        let pieces = pieces(&self.stream.raw[region.clone()]);
        FlatRow { apart, ..of(region, pieces) }
    }

    /// Finding for text inside the table that is neither a label nor a figure, such as a row added by an office or text between the rows.
    fn passed_over(&self, rows: &[FlatRow], words: Vec<Range<usize>>, within: Range<usize>) -> Option<Finding> {
        let raw = &self.stream.raw;
        let label = |one: &Occurrence| self.stream.raw_start(one.start)..self.stream.raw_end(one.end);
        // A label delimited by punctuation or blanks is a repeated header; one inside other words is part of them.
        let apart = |range: &Range<usize>| {
            let edge = |character: Option<char>| character.is_none_or(|character| !character.is_alphanumeric());
            edge(raw[..range.start].chars().next_back()) && edge(raw[range.end..].chars().next())
        };
        let mut taken: Vec<Range<usize>> = self.path.iter().map(|step| label(&self.own[step.occurrence])).collect();
        taken.extend(self.all.iter().map(label).filter(apart));
        let figures =
            rows.iter().flat_map(|row| row.pieces.iter().map(|piece| row.start + piece.start..row.start + piece.end));
        taken.extend(figures.chain(words));
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
        // Pipes are not part of the shown text.
        let words = |line: &&str| pipes::cells(line).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join(" ");
        let shown = left.iter().map(words).collect::<Vec<_>>().join(" | ");
        let first = left.first()?.as_ptr() as usize - raw.as_ptr() as usize;
        let name = &self.index.form.tables[self.table].name;
        let message = Message::new(
            format!("{}中的文字“{shown}”不属于格式，未计入任何字段。", name.zh),
            format!("The text \"{shown}\" in {} belongs to no field of the form.", name.en),
        );
        Some(Finding::new(&code::ROW_UNKNOWN, message).at(self.stream.place_at(first)))
    }

    /// Reads the rows of the table: first rows whose cells are certain by themselves, then the others by the form's sums.
    /// Returns the ranges of the raw text of the cells read in the first step.
    fn rows(&self, rows: &[FlatRow], figures: &mut Figures, cutting: &mut Cutting) -> Vec<Range<usize>> {
        let form = &self.index.form;
        let sums = |row: usize| row_sums(form, rows[row].first, rows[row].wanted);
        let blanks = blanks(rows.iter().map(|row| (row.pieces.as_slice(), row.wanted)), sums);
        let stretches: Vec<(usize, Range<usize>)> = rows.iter().map(|row| (row.wanted, row.start..row.end)).collect();
        let lined = lined(&stretches, &self.stream.raw);
        let mut read: Vec<Option<Vec<Piece>>> = Vec::new();
        let mut states = Vec::new();
        let of = |block: usize| rows.iter().filter(move |row| row.row.0 == block);
        let lacking: Vec<bool> = (0..self.index.form.tables[self.table].blocks.len())
            .map(|block| lack_columns(of(block).map(|row| (row.pieces.as_slice(), row.wanted))))
            .collect();
        let shifted = self.shifted(rows, figures);
        let orders: Vec<Option<Vec<Option<usize>>>> = (0..lacking.len()).map(|block| self.other_order(block)).collect();
        for (number, row) in rows.iter().enumerate() {
            let order = orders[row.row.0].as_ref().filter(|_| row.certain && !lacking[row.row.0]);
            if let Some(cells) = order.and_then(|order| Self::in_order(order, &row.pieces)) {
                let known = cells.iter().map(|piece| piece.text.parse().ok()).collect();
                read.push(Some(cells));
                states.push(RowState { first: row.first, known: RowSplits::Read(known) });
                continue;
            }
            let stands = || self.header_in_order(row.row.0) && self.groups_stand(row.row, row.start);
            let certain = row.certain
                && !lacking[row.row.0]
                && !shifted[number]
                && (row.ordered || stands())
                && !self.contradicts((row.start, row.wanted), &row.pieces, self.labelled(row.row));
            let by_line =
                || lined.and_then(|lined| lined::cells(lined, &self.stream.raw, (row.wanted, &(row.start..row.end))));
            let cells = if certain { self.cells(row, blanks).or_else(by_line) } else { None };
            let known = match &cells {
                Some(cells) => RowSplits::Read(cells.iter().map(|piece| piece.text.parse().ok()).collect()),
                None if certain => self.possible_splits(row, &mut cutting.steps),
                None => RowSplits::Nothing,
            };
            read.push(cells);
            states.push(RowState { first: row.first, known });
        }
        self.trust(rows, &mut states, cutting);
        let decided = solve(form, &states);
        let mut cut: Vec<(&FlatRow, &[String])> = Vec::new();
        for (number, row) in rows.iter().enumerate() {
            if let Some(cells) = &read[number] {
                self.take(row, cells, &[], figures);
                figures.findings.extend(row.apart.then(|| self.label_apart(row)));
                continue;
            }
            match (&states[number].known, &decided[number]) {
                (RowSplits::Ways { splits, .. }, Some(decided)) if no_blank(&splits[decided.way]) => {
                    figures.findings.extend(row.apart.then(|| self.label_apart(row)));
                    self.take_way(row, &splits[decided.way], &decided.rules, figures);
                    cut.push((row, &decided.rules));
                }
                _ => figures.findings.push(self.uncertain(row)),
            }
        }
        figures.findings.extend(self.deduced(&cut));
        let whole = |(row, read): (&FlatRow, Option<Vec<Piece>>)| {
            let cells = read.into_iter().flatten().filter(|piece| !piece.text.is_empty());
            cells.map(|piece| row.start + piece.start..row.start + piece.end).collect::<Vec<_>>()
        };
        rows.iter().zip(read).flat_map(whole).collect()
    }

    /// A split by sums is certain only if no cell is blank. If one row shows that blank cells left no trace, no other row is
    /// split by sums; without evidence that all cells are filled, splits with blank cells are considered too.
    fn trust(&self, rows: &[FlatRow], states: &mut [RowState], cutting: &mut Cutting) {
        let by_digits = |state: &RowState| matches!(&state.known, RowSplits::Ways { rules, .. } if rules.is_empty());
        let by_sums = |state: &RowState| matches!(&state.known, RowSplits::Ways { rules, .. } if !rules.is_empty());
        // The last row of a truncated text is not evidence.
        let whole = |row: &FlatRow| !self.stream.raw[row.end..].trim_matches(blank).is_empty();
        let mut dropped = false;
        for (row, state) in rows.iter().zip(states.iter()) {
            if matches!(state.known, RowSplits::Nothing) && row.certain && row.filled() < 2 && whole(row) {
                dropped |= is_short(&row.pieces, row.wanted) || self.ways_with_blanks(row, cutting).is_some();
            }
        }
        let written = states.iter().any(by_digits);
        let enough = states.iter().filter(|state| by_sums(state)).count() >= ENOUGH;
        let trusted = written || enough || (cutting.written && !cutting.dropped);
        for (row, state) in rows.iter().zip(states).filter(|(_, state)| by_sums(state)) {
            match &mut state.known {
                RowSplits::Ways { splits, .. } if !dropped && !trusted => {
                    *splits = self.ways_with_blanks(row, cutting).unwrap_or_default();
                    if splits.is_empty() {
                        state.known = RowSplits::Nothing;
                    }
                }
                known if dropped => *known = RowSplits::Nothing,
                _ => {}
            }
        }
        cutting.written |= written || enough;
        cutting.dropped |= dropped;
    }

    /// The order of the columns of a block with row labels, by its header, if it is not the form's or has other columns.
    fn other_order(&self, block: usize) -> Option<Vec<Option<usize>>> {
        let order = self.order(block).filter(|_| self.labelled((block, 0)))?.0;
        (order.contains(&None) || !self.header_in_order(block)).then_some(order)
    }

    fn labelled(&self, (block, row): (usize, usize)) -> bool {
        !self.index.form.tables[self.table].blocks[block].leaf_rows[row].path.is_empty()
    }

    fn ways_with_blanks(&self, row: &FlatRow, cutting: &mut Cutting) -> Option<Vec<Split>> {
        let sums = row_sums(&self.index.form, row.first, row.wanted);
        splits_with_blanks(&row.pieces, &self.kinds(row), &sums, &mut cutting.steps).filter(|_| !sums.is_empty())
    }

    fn kinds(&self, row: &FlatRow) -> Vec<FieldKind> {
        self.index.form.fields[row.first..row.first + row.wanted].iter().map(|field| field.kind).collect()
    }

    /// The cells of a row whose separators determine them.
    fn cells<'r>(&'r self, row: &FlatRow<'r>, blanks: Blanks) -> Option<Vec<Piece<'r>>> {
        let sums = || row_sums(&self.index.form, row.first, row.wanted);
        let part = match blanks {
            Blanks::Anywhere => false,
            Blanks::PartCells => true,
            Blanks::PartSome => proven(&row.pieces, row.wanted, &sums()),
        };
        cells(&row.pieces, row.wanted, part).or_else(|| {
            let sums = sums();
            cells_with_words(&self.stream.raw[row.start..row.end], row.wanted, &sums)
        })
    }

    /// The possible splits of a row whose cells run together.
    fn possible_splits(&self, row: &FlatRow, steps: &mut u32) -> RowSplits {
        // If there are separators, but too few, cells were dropped, and it is not known which.
        if row.filled() != 1 {
            return RowSplits::Nothing;
        }
        let kinds = self.kinds(row);
        if let Some(only) = splits(&row.pieces, &kinds, &[], steps) {
            return RowSplits::Ways { splits: only.all, rules: Vec::new() };
        }
        let sums = row_sums(&self.index.form, row.first, row.wanted);
        let mut rules: Vec<String> = sums.iter().map(|sum| sum.rule.clone()).collect();
        rules.dedup();
        match splits(&row.pieces, &kinds, &sums, steps).filter(|found| found.by_sums) {
            Some(found) => RowSplits::Ways { splits: found.all, rules },
            None => RowSplits::Nothing,
        }
    }

    fn take_way(&self, row: &FlatRow, way: &Split, rules: &[String], figures: &mut Figures) {
        let text = &self.stream.raw[row.start..];
        let piece = |(_, range): &(i64, Range<usize>)| Piece {
            text: &text[range.clone()],
            start: range.start,
            end: range.end,
            before: ' ',
        };
        let cells: Vec<Piece> = way.iter().map(piece).collect();
        let digits = [DIGITS.to_owned()];
        self.take(row, &cells, if rules.is_empty() { &digits } else { rules }, figures);
    }

    fn take(&self, row: &FlatRow, cells: &[Piece], rules: &[String], figures: &mut Figures) {
        for (column, piece) in cells.iter().enumerate() {
            let place = self.stream.place_at(row.start + piece.start).unwrap_or_default();
            let field = row.first + column;
            // Blanks inside a figure of a glued row are dropped.
            let text: std::borrow::Cow<str> =
                if rules.is_empty() { piece.text.into() } else { piece.text.split(blank).collect::<String>().into() };
            let said = |of| self.stated((row.row.0, row.row.1, column), of);
            let mut value = value::read_piece(&self.index.form, field, (&text, &place), said, &mut figures.findings);
            value.deduced = rules.to_vec();
            figures.put(&self.index.form, field, value, Proof::Text);
        }
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
        let message = if shown.is_empty() {
            Message::new(
                format!("{}应有{wanted}个数，行名旁没有能确定属于该行的数，已留空。", words.zh),
                format!(
                    "{} should have {wanted} figures; none beside its label is certainly its own. They stay empty.",
                    words.en
                ),
            )
        } else {
            Message::new(
                format!("{}应有{wanted}个数，文中写作“{shown}”，不能确定如何分列，已留空。", words.zh),
                format!(
                    "{} should have {wanted} figures; the text reads \"{shown}\", which cannot be divided for certain. They stay empty.",
                    words.en
                ),
            )
        };
        Finding::new(&code::CELLS_UNCERTAIN, message).about(ids).at(self.stream.place_at(start))
    }

    /// Finding: the figures of a row are on the line beside its label.
    fn label_apart(&self, row: &FlatRow) -> Finding {
        let words = self.words(row.row);
        let message = Message::new(
            format!("{}的行名与数据不在同一行，数据取自紧邻的一行。请核对。", words.zh),
            format!("The figures of {} were taken from the line beside its label. Check them.", words.en),
        );
        let fields = &self.index.form.fields[row.first..row.first + row.wanted];
        let ids = fields.iter().map(|field| field.id.clone());
        Finding::new(&code::LABEL_APART, message).about(ids).at(self.stream.place_at(row.start))
    }

    /// Finding: rows were split, by their digits or by the form's sums.
    fn deduced(&self, cut: &[(&FlatRow, &[String])]) -> Option<Finding> {
        let form = &self.index.form;
        let start = cut.first()?.0.start;
        let fields = cut.iter().flat_map(|(row, _)| &form.fields[row.first..row.first + row.wanted]);
        let name = &form.tables[self.table].name;
        let (count, digits) = (cut.len(), cut.iter().all(|(_, rules)| rules.is_empty()));
        // The deciding rules are recorded with each figure.
        let by =
            if digits { ("按数字本身", "by the digits alone") } else { ("按勾稽关系", "by the form's sums") };
        let message = Message::new(
            format!("{}有{count}行的数字连写在一起，{}只有一种切分方法，已据此读取。请核对。", name.zh, by.0),
            format!(
                "The figures of {count} rows of {} run together; {} they can be divided in one way only. Check them.",
                name.en, by.1
            ),
        );
        let ids = fields.map(|field| field.id.clone());
        Some(Finding::new(&code::FIGURES_DEDUCED, message).about(ids).at(self.stream.place_at(start)))
    }

    fn label_variant(&self, expected: usize, label: &Occurrence) -> Finding {
        let raw = self.stream.raw_start(label.start);
        let written = self.stream.raw[raw..self.stream.raw_end(label.end).max(raw)].trim();
        let words = match self.index.expected[self.table][expected] {
            Expected::Data { block, row } => self.words((block, row)),
            _ => self.index.form.tables[self.table].name.clone(),
        };
        let message = Message::new(
            format!("行名“{written}”按{}读取。请核对。", words.zh),
            format!("The label \"{written}\" was read as {}. Check it.", words.en),
        );
        Finding::new(&code::LABEL_VARIANT, message).at(self.stream.place_at(raw))
    }
}
