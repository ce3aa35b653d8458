//! Tables that survive only as text: one cell a line, cells parted by pipes, tabs or blanks, rows on one line.
//!
//! The labels of the form are found in the folded text and aligned with the form's order; what stands between a row's label
//! and the next label are its figures. They are taken only where their number is certain.

use super::index::{Expected, FormIndex, Role};
use super::items::blank;
use super::stream::Stream;
use super::tables::{Figures, rows_missing};
use super::{grid, value};
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message};
use crate::form::Head;

/// Bytes of folded text between two labels that still belong to one table: seven long figures and a prose line.
const TABLE_GAP: usize = 700;

/// A label of the form in the folded text.
#[derive(Debug, Clone)]
pub(super) struct Occurrence {
    /// First byte in the folded text.
    pub(super) start: usize,
    /// Byte after its last.
    pub(super) end: usize,
    /// The folded label of the form.
    pub(super) label: Box<str>,
    /// How much of its weight counts: less than 1 for a label that is only alike.
    pub(super) trust: f32,
}

/// A part of the raw text that a table took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    /// First byte in the raw text.
    pub(super) start: usize,
    /// Byte after its last.
    pub(super) end: usize,
    /// The table.
    pub(super) table: usize,
}

/// What reading the text's tables took and saw.
#[derive(Debug, Default)]
pub(super) struct FlatReading {
    /// The parts of the text that tables took, from the top.
    pub(super) claims: Vec<Claim>,
    /// Byte of the raw text at which a second report's tables begin.
    pub(super) second: Option<usize>,
}

/// Reads the tables that the grids did not hold from the text.
pub(super) fn read(index: &FormIndex, stream: &Stream, figures: &mut Figures) -> FlatReading {
    let mut reading = FlatReading::default();
    let missing: Vec<usize> = (0..index.form.tables.len()).filter(|&table| !figures.has(table)).collect();
    if missing.is_empty() {
        return reading;
    }
    let found = index.occurrences(&stream.folded.text);
    for table in missing {
        let mut own: Vec<Occurrence> = found
            .iter()
            .filter(|occurrence| index.uses(&occurrence.label).iter().any(|found| found.table == table))
            .cloned()
            .collect();
        add_alike(index, table, stream, &mut own);
        let Some((path, second)) = best_cluster(index, table, &own) else { continue };
        if let Some(second) = second.map(|second| stream.raw_start(second)) {
            reading.second = Some(reading.second.map_or(second, |known| known.min(second)));
        }
        let reader = FlatTable { index, table, stream, all: &found, own: &own, path: &path };
        reading.claims.extend(reader.read(figures));
    }
    reading.claims.sort_by_key(|claim| claim.start);
    reading
}

/// One step of the alignment: an occurrence taken for an expected row.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Step {
    occurrence: usize,
    expected: usize,
    role: Role,
}

/// Lines that are like a row label without being one.
fn add_alike(index: &FormIndex, table: usize, stream: &Stream, own: &mut Vec<Occurrence>) {
    let (Some(first), Some(last)) = (own.first().map(|one| one.start), own.last().map(|one| one.end)) else { return };
    let mut added = Vec::new();
    let mut at = first;
    let mut left = 200;
    while at < last && left > 0 {
        let raw = stream.raw_start(at);
        let line_end = stream.raw[raw..].find(['\n', '|', '｜', '\t']).map_or(stream.raw.len(), |end| raw + end);
        let end =
            stream.folded.origin.partition_point(|&origin| (origin as usize) < line_end).min(stream.folded.text.len());
        let text = &stream.folded.text[at..end];
        let covered = own.iter().any(|known| known.start < end && at < known.end);
        if !covered && (4..=60).contains(&text.chars().count()) && !text.bytes().all(|byte| byte.is_ascii_digit()) {
            left -= 1;
            added.extend(alike(index, table, text).map(|(label, score)| Occurrence {
                start: at,
                end,
                label,
                trust: score,
            }));
        }
        at = end.max(at + 1);
        while !stream.folded.text.is_char_boundary(at) {
            at += 1;
        }
    }
    own.extend(added);
    own.sort_by_key(|occurrence| occurrence.start);
}

fn alike(index: &FormIndex, table: usize, text: &str) -> Option<(Box<str>, f32)> {
    let mut scored: Vec<(f64, &str, usize)> = index
        .leaves
        .iter()
        .filter(|leaf| leaf.1 == table)
        .map(|(label, _, expected)| (grid::likeness(text, label), label.as_str(), *expected))
        .collect();
    scored.sort_by(|one, other| other.0.total_cmp(&one.0));
    let &(score, label, expected) = scored.first()?;
    let second = scored.iter().find(|other| other.2 != expected).map_or(0.0, |other| other.0);
    (score >= 0.7 && score - second >= 0.08).then(|| (label.into(), (score * 0.8) as f32))
}

/// The run of labels that holds most of the table, aligned; and where most of the table begins a second time.
fn best_cluster(index: &FormIndex, table: usize, own: &[Occurrence]) -> Option<(Vec<Step>, Option<usize>)> {
    let mut clusters: Vec<std::ops::Range<usize>> = Vec::new();
    for (number, occurrence) in own.iter().enumerate() {
        match clusters.last_mut() {
            Some(last) if occurrence.start - own[number - 1].end <= TABLE_GAP => last.end = number + 1,
            _ => clusters.push(number..number + 1),
        }
    }
    let mut aligned: Vec<(usize, f32, Vec<Step>)> = clusters
        .into_iter()
        .map(|range| {
            let (score, steps) = align(index, table, own, range.clone());
            (range.start, score, steps)
        })
        .collect();
    let leaves = |steps: &[Step]| steps.iter().filter(|step| step.role == Role::Leaf).count();
    let best =
        aligned.iter().enumerate().max_by(|one, other| one.1.1.total_cmp(&other.1.1).then(other.0.cmp(&one.0)))?.0;
    let most = leaves(&aligned[best].2);
    let again = |cluster: &(usize, f32, Vec<Step>)| most >= 4 && leaves(&cluster.2) * 10 >= most * 6;
    let first = aligned.iter().position(again).unwrap_or(best);
    let second = aligned.iter().skip(first + 1).find(|cluster| again(cluster)).map(|cluster| own[cluster.0].start);
    let (_, score, steps) = aligned.swap_remove(first);
    // A few stray words of the form in running text are no table.
    let enough = leaves(&steps) >= 2 || score >= 2.0;
    enough.then_some((steps, second))
}

/// The labels of one run in the form's order: the heaviest chain of non-decreasing expected rows.
fn align(index: &FormIndex, table: usize, own: &[Occurrence], range: std::ops::Range<usize>) -> (f32, Vec<Step>) {
    // Two states a row: before its own label (header and group labels) and after it.
    let states = index.expected[table].len() * 2;
    let mut best: Vec<(f32, Option<usize>)> = vec![(0.0, None); states];
    let mut chain: Vec<(Step, Option<usize>)> = Vec::new();
    for number in range {
        let occurrence = &own[number];
        let mut updates: Vec<(usize, f32, Option<usize>, Step)> = Vec::new();
        for found in index.uses(&occurrence.label).iter().filter(|found| found.table == table) {
            let leaf = found.role == Role::Leaf;
            let state = found.expected * 2 + usize::from(leaf);
            let reach = if leaf { state } else { state + 1 };
            let before = best[..reach]
                .iter()
                .fold((0.0, None), |most: (f32, Option<usize>), &one| if one.0 > most.0 { one } else { most });
            let score = before.0 + found.weight * occurrence.trust;
            if score > best[state].0 {
                let step = Step { occurrence: number, expected: found.expected, role: found.role };
                updates.push((state, score, before.1, step));
            }
        }
        for (state, score, before, step) in updates {
            chain.push((step, before));
            best[state] = (score, Some(chain.len() - 1));
        }
    }
    let end = best.iter().fold((0.0, None), |most: (f32, Option<usize>), &one| if one.0 > most.0 { one } else { most });
    let mut steps = Vec::new();
    let mut at = end.1;
    while let Some(link) = at {
        steps.push(chain[link].0);
        at = chain[link].1;
    }
    steps.reverse();
    (end.0, steps)
}

struct FlatTable<'a, 'd> {
    index: &'a FormIndex,
    table: usize,
    stream: &'a Stream<'d>,
    /// Every label of the form in the text, this table's or not.
    all: &'a [Occurrence],
    own: &'a [Occurrence],
    path: &'a [Step],
}

impl FlatTable<'_, '_> {
    fn read(&self, figures: &mut Figures) -> Option<Claim> {
        let first = self.own.get(self.path.first()?.occurrence)?;
        let (start, mut end) = (self.stream.raw_start(first.start), self.stream.raw_end(first.end));
        // A bracket or quotation mark that opens the first label is folded away too.
        let opening = self.stream.raw[..start].trim_end_matches(['（', '(', '“', '"', '《', '【']).len();
        let start = opening;
        let mut missing = Vec::new();
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
            let taken = self.row(figures, (block, row), region.clone());
            end = end.max(taken.unwrap_or(region.start));
            if label.trust < 1.0 {
                figures.findings.push(self.label_variant((block, row), label));
            }
        }
        let data = self.index.expected[self.table].iter().filter(|row| matches!(row, Expected::Data { .. })).count();
        if missing.len() == data {
            return None;
        }
        if !missing.is_empty() {
            figures.findings.push(rows_missing(&self.index.form, self.table, &missing));
        }
        // Headers and captions behind the last figures belong to the table too.
        let last = self.path.last().map(|step| self.stream.raw_end(self.own[step.occurrence].end));
        Some(Claim { start, end: end.max(last.unwrap_or(end)), table: self.table })
    }

    /// The raw text between a label and the next label of the form.
    fn region(&self, label: &Occurrence) -> std::ops::Range<usize> {
        let mut start = self.stream.raw_end(label.end);
        // Folding leaves out the marks that a label ends with.
        let rest = &self.stream.raw[start..];
        start += rest.len()
            - rest
                .trim_start_matches(['”', '"', '\'', '’', '）', ')', '》', '】', '：', ':', '。', '，', ',', '；'])
                .len();
        let next =
            self.all.iter().chain(self.own).filter(|other| other.start >= label.end).map(|other| other.start).min();
        let end = next.map_or(self.stream.raw.len(), |next| self.stream.raw_start(next));
        start..end.max(start)
    }

    /// Reads the figures of a row; returns the byte behind the last one.
    fn row(
        &self,
        figures: &mut Figures,
        (block, row): (usize, usize),
        region: std::ops::Range<usize>,
    ) -> Option<usize> {
        let spec = &self.index.form.tables[self.table].blocks[block];
        let wanted = spec.leaf_columns.len();
        let first = spec.first_field + row * wanted;
        let pieces = pieces(&self.stream.raw[region.clone()]);
        let end = pieces.iter().rfind(|piece| !piece.text.is_empty()).map(|piece| region.start + piece.end);
        match cells(&pieces, wanted).filter(|_| self.header_in_order(block)) {
            Some(cells) => {
                for (column, piece) in cells.iter().enumerate() {
                    let place = self.stream.place_at(region.start + piece.start).unwrap_or_default();
                    let form = &self.index.form;
                    figures.values[first + column] =
                        value::read(form, first + column, piece.text, &place, &mut figures.findings);
                }
            }
            None => figures.findings.push(self.uncertain((block, row), &pieces, region.start)),
        }
        figures.rows[self.table].push(usize::MAX);
        end
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

    fn uncertain(&self, row: (usize, usize), pieces: &[Piece], start: usize) -> Finding {
        let spec = &self.index.form.tables[self.table].blocks[row.0];
        let wanted = spec.leaf_columns.len();
        let first = spec.first_field + row.1 * wanted;
        let ids: Vec<String> =
            self.index.form.fields[first..first + wanted].iter().map(|field| field.id.clone()).collect();
        let shown: Vec<&str> = pieces.iter().map(|piece| piece.text).filter(|text| !text.is_empty()).collect();
        let shown: String = shown.join(" | ").chars().take(80).collect();
        let words = self.words(row);
        let message = Message::new(
            format!("{}应有{wanted}个数，文中写作“{shown}”，不能确定如何分列，已留空。", words.zh),
            format!(
                "{} should have {wanted} figures; the text reads \"{shown}\", which cannot be divided for certain. They stay empty.",
                words.en
            ),
        );
        Finding::new(&code::CELLS_UNCERTAIN, message).about(ids).at(self.stream.place_at(start))
    }

    fn label_variant(&self, row: (usize, usize), label: &Occurrence) -> Finding {
        let raw = self.stream.raw_start(label.start);
        let written = self.stream.raw[raw..self.stream.raw_end(label.end).max(raw)].trim();
        let words = self.words(row);
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
        pieces.push(Piece { text: trimmed, start: offset, end: offset + trimmed.len(), before });
        before = if character == '｜' { '|' } else { character };
        start = (at + character.len_utf8()).min(text.len());
    }
    pieces
}

/// The cells of a row, where their number is certain.
pub(super) fn cells<'t>(pieces: &[Piece<'t>], wanted: usize) -> Option<Vec<Piece<'t>>> {
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
    // One line of figures parted by blanks.
    let [only] = filled.as_slice() else { return None };
    let mut tokens = Vec::new();
    let mut at = only.start;
    for token in only.text.split(blank) {
        let start = only.text[at - only.start..].find(token).map_or(at, |offset| at + offset);
        if !token.is_empty() {
            tokens.push(Piece { text: token, start, end: start + token.len(), before: ' ' });
            at = start + token.len();
        }
    }
    (tokens.len() == wanted && tokens.iter().all(|piece| value::is_figure(piece.text))).then_some(tokens)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(text: &str, wanted: usize) -> Option<Vec<String>> {
        cells(&pieces(text), wanted).map(|cells| cells.iter().map(|piece| piece.text.to_owned()).collect())
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
