//! Tables whose labels and figures are separated from each other, as by text extraction from a PDF. They are read if there are exactly
//! as many figures as cells, and the form's sums hold in the form's order.

use std::ops::Range;

use rust_decimal::Decimal;

use super::cellorder::{self, Sum};
use super::headers::{groups_in_order, leaves_in_order};
use super::parts::Parts;
use super::stated;
use crate::bind::figures::{Figures, Proof};
use crate::bind::labels::index::{FormIndex, Occurrence};
use crate::bind::source::stream::{Claim, LineKind, Stream};
use crate::bind::units::Stated;
use crate::bind::value;
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::form::{Block, FieldIndex, Form};
use crate::report::Value;
use crate::text::blank;

/// Minimum number of cells; for smaller tables a matching number of figures may be a coincidence.
const FEWEST: usize = 8;

/// Percentage of cells that must have been read by their labels if not every cell is in a sum.
const ANCHORED: usize = 50;

/// A table of the form in a text, with the labels found there.
pub(in crate::bind) struct Counted<'a, 'd> {
    /// The form.
    pub(in crate::bind) index: &'a FormIndex,
    /// The text.
    pub(in crate::bind) stream: &'a Stream<'d>,
    /// The labels of the form in the text.
    pub(in crate::bind) all: &'a [Occurrence],
    /// The sections of the report in the text.
    pub(in crate::bind) parts: &'a Parts,
    /// Index of the table.
    pub(in crate::bind) table: usize,
}

impl Counted<'_, '_> {
    /// Reads all figures of the table if their number and their sums are unambiguous and agree with the figures already read by labels.
    /// In that case the findings from index `told` on (from the reading by labels) are discarded.
    pub(in crate::bind) fn read(&self, figures: &mut Figures, told: usize) -> Option<Claim> {
        let form = &self.index.form;
        let fields = fields(form, self.table).filter(|fields| fields.len() >= FEWEST)?;
        if fields.clone().all(|field| figures.values()[field].value.is_some()) {
            return None;
        }
        let regions = self.parts.regions(self.index, self.stream, self.all, self.table);
        let (part, found) =
            regions.into_iter().find_map(|part| Some((part.clone(), self.tokens(&part, fields.len())?)))?;
        let addend = |token: &Range<usize>| value::addend(&self.stream.raw[token.clone()]);
        let numbers: Vec<Decimal> = found.iter().map(addend).collect::<Option<_>>()?;
        let sums = cellorder::sums(form, &fields);
        // A stated unit cannot be assigned to particular figures here.
        if stated::another(self.stream, form, self.table, &part) {
            return None;
        }
        // The sums of a table without row labels hold in any order of its column groups.
        let before = self.stream.folded.at(found.first()?.start);
        let above: Vec<&Occurrence> = self
            .all
            .iter()
            .filter(|one| one.start < before && self.stream.raw_start(one.start) >= part.start)
            .collect();
        // Sums of rows hold in any order of the columns.
        if !form.tables[self.table].blocks.iter().all(|block| leaves_in_order(&block.leaf_columns, &above)) {
            return None;
        }
        let stands = |block: &Block| {
            block.leaf_rows.iter().any(|row| !row.path.is_empty()) || groups_in_order(&block.columns, self.all, before)
        };
        if !form.tables[self.table].blocks.iter().all(stands) {
            return None;
        }
        let order = cellorder::ordered(&rows(form, self.table, fields.start), &sums, &numbers)?;
        let mut odd = Vec::new();
        let mut values = Vec::new();
        for (field, &at) in fields.clone().zip(&order) {
            let place = self.stream.place_at(found[at].start).unwrap_or_default();
            let text = &self.stream.raw[found[at].clone()];
            values.push(value::read_piece(form, field, (text, &place), |_| Stated::default(), &mut odd));
        }
        let known = &figures.values()[fields.clone()];
        let agree = |(known, value): (&Value, &Value)| known.value.is_none() || known.value == value.value;
        if !known.iter().zip(&values).all(agree) || !is_anchored(&sums, known) {
            return None;
        }
        figures.findings.truncate(told);
        figures.findings.append(&mut odd);
        let whole = sums.iter().all(|sum| sum.residual(&numbers, &order).is_zero());
        let proof = self.report_counted(&fields, part.start, whole, figures);
        for (field, value) in fields.zip(values) {
            figures.put(form, field, value, proof);
        }
        figures.rows[self.table].push(usize::MAX);
        let (start, end) = (found.first()?.start, found.last()?.end);
        let labels = self.all.iter().filter(|one| self.is_own(one));
        let labels = labels.map(|one| self.stream.raw_start(one.start)..self.stream.raw_end(one.end));
        let claim = Claim { start, end, table: self.table };
        Some(labels.filter(|label| part.start <= label.start && label.end <= part.end).fold(claim, |claim, label| {
            Claim { start: claim.start.min(label.start), end: claim.end.max(label.end), ..claim }
        }))
    }
    /// Byte ranges of the figures in a region of the raw text, each a separate token; `None` if there are not exactly `wanted`.
    fn tokens(&self, region: &Range<usize>, wanted: usize) -> Option<Vec<Range<usize>>> {
        let mut found = Vec::new();
        let lines = self.stream.line_at(region.start)..=self.stream.line_at(region.end.saturating_sub(1));
        for line in self.stream.lines.get(lines)? {
            if !matches!(line.kind, LineKind::Text { .. }) {
                return None;
            }
            let text = self.stream.raw.get(line.start.max(region.start)..line.end.min(region.end)).unwrap_or_default();
            let parted = |character: char| blank(character) || matches!(character, '|' | '｜' | '\t' | '\n');
            for token in text.split(parted).filter(|token| value::is_figure(token)) {
                let start = token.as_ptr() as usize - self.stream.raw.as_ptr() as usize;
                found.push(start..start + token.len());
            }
            if found.len() > wanted * 2 {
                return None;
            }
        }
        // A digit inside a label is not a figure.
        found.retain(|token| {
            let at = self.stream.folded.at(token.start);
            let before = self.all.partition_point(|one| one.start <= at);
            before == 0 || self.all[before - 1].end <= at
        });
        (found.len() == wanted).then_some(found)
    }

    fn is_own(&self, one: &Occurrence) -> bool {
        let uses = self.index.uses(&one.label);
        !uses.is_empty() && uses.iter().all(|found| found.table == self.table)
    }

    /// Reports that the figures were read in the form's order; `whole` if all sums hold, otherwise all but those of one cell.
    fn report_counted(&self, fields: &Range<FieldIndex>, at: usize, whole: bool, figures: &mut Figures) -> Proof {
        let table = &self.index.form.tables[self.table];
        let count = fields.len();
        let (but, but_en) = if whole { ("", "") } else { ("除一格外，", ", but for one cell,") };
        let message = Message::new(
            format!(
                "{}的行名与数据在文本中分开排列，数据正好{count}个，按规定的次序读取后，{but}各项勾稽关系成立。请核对。",
                table.name.zh
            ),
            format!(
                "Labels and figures of {} stand apart in the text; there are exactly {count} figures, and in the form's order{but_en} their sums hold. Check them.",
                table.name.en
            ),
        );
        let ids = self.index.form.fields[fields.clone()].iter().map(|field| field.id.clone());
        let place = self.stream.place_at(at);
        let region = figures.tell(Finding::new(&code::FIGURES_COUNTED, message).about(ids).at(place));
        Proof::Address { row: region, column: region, region }
    }
}

/// The fields of a table if they are contiguous and the table has neither open rows nor sets.
fn fields(form: &Form, table: usize) -> Option<Range<FieldIndex>> {
    let start = form.fields.iter().position(|field| field.table == table)?;
    let count = form.fields.iter().filter(|field| field.table == table).count();
    let own = |blocks: &[crate::form::Block]| blocks.iter().all(|block| block.open.is_none() && block.sets.is_empty());
    let together = form.fields.get(start..start + count)?.iter().all(|field| field.table == table);
    (together && own(&form.tables[table].blocks)).then_some(start..start + count)
}

/// The cells of each row of a table, numbered from its first field.
fn rows(form: &Form, table: usize, from: FieldIndex) -> Vec<Range<usize>> {
    let of_block = |block: &crate::form::Block| {
        let (first, width) = (block.first_field - from, block.leaf_columns.len());
        (0..block.leaf_rows.len()).map(move |row| first + row * width..first + (row + 1) * width)
    };
    form.tables[table].blocks.iter().flat_map(of_block).collect()
}

/// Whether every cell is in a sum, or enough cells were read by their labels.
fn is_anchored(sums: &[Sum], known: &[Value]) -> bool {
    let anchored = known.iter().filter(|known| known.value.is_some()).count();
    (0..known.len()).all(|cell| sums.iter().any(|sum| sum.has_cell(cell))) || anchored * 100 >= known.len() * ANCHORED
}
