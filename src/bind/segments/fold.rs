//! Combines pieces into groups, one group per report, in one pass.
//!
//! A piece with another agency or year, or that repeats content of the group, opens a second group beside the first. When the second group
//! ends, it is a report of its own if it belongs to another agency or year or repeats most of the first. Otherwise it is a part of the
//! first: a copy of one table, last year's figures beside this year's, a list of titles.

use super::pieces::{FlowPiece, line};
use super::words::Marks;
use super::{By, Named};
use crate::bind::page::title::FoundTitle;
use crate::bind::source::items::{Flow, Item};
use crate::text::{blank, fold};

/// Minimum number of labels of a table that is evidence: two words may occur in any table.
const LABELS: usize = 3;

/// Minimum share of labels or sections, in percent, that is repeated if a report begins again.
const AGAIN: usize = 60;

/// Minimum number of labels in the group before, in percent of the number in a group that repeats it.
const LIKE: usize = 30;

/// Minimum number of sections with text that are repeated in a second report without tables.
const SECTIONS: u32 = 3;

/// Lines above a heading or table that may belong to the report that begins there.
const OPENING: usize = 12;

/// Lines above a title that may describe what is below it.
const ABOVE: usize = 2;

/// Maximum number of characters of a line that may be a date below a report, or a name above the next one.
const LINE: usize = 30;

/// Maximum number of names of one agency that a group keeps: more are a list.
const NAMES: usize = 16;

/// The content of a group.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    /// The labels, one bit each.
    labels: Vec<u64>,
    /// Number of labels.
    pub(super) count: usize,
    /// Tables of the form that the labels belong to, one bit each.
    tables: u64,
    /// Sections with text, a bit each.
    pub(super) narrative: u64,
    /// Sections with a heading, one bit each.
    sections: u64,
    /// Whether a table has a figure other than 0.
    pub(super) figures: bool,
}

impl Content {
    fn has_label(&self, label: u32) -> bool {
        self.labels.get(label as usize / 64).is_some_and(|bits| bits >> (label % 64) & 1 == 1)
    }

    fn add(&mut self, piece: &FlowPiece) {
        for &label in &piece.labels {
            let word = label as usize / 64;
            if self.labels.len() <= word {
                self.labels.resize(word + 1, 0);
            }
            let bit = 1 << (label % 64);
            self.count += usize::from(self.labels[word] & bit == 0);
            self.labels[word] |= bit;
        }
        self.figures |= piece.figures;
        self.tables |= piece.table.map_or(0, bit);
        if let Some(bit) = section_bit(piece) {
            self.sections |= bit;
            self.narrative |= if piece.narrative { bit } else { 0 };
        }
    }

    fn join(&mut self, other: &Self) {
        if self.labels.len() < other.labels.len() {
            self.labels.resize(other.labels.len(), 0);
        }
        for (own, other) in self.labels.iter_mut().zip(&other.labels) {
            *own |= other;
        }
        self.count = self.labels.iter().map(|bits| bits.count_ones() as usize).sum();
        (self.narrative, self.sections) = (self.narrative | other.narrative, self.sections | other.sections);
        self.tables |= other.tables;
        self.figures |= other.figures;
    }

    fn is_empty(&self) -> bool {
        self.count == 0 && self.narrative == 0
    }

    /// Number of labels that both have.
    fn common(&self, other: &Self) -> usize {
        self.labels.iter().zip(&other.labels).map(|(one, other)| (one & other).count_ones() as usize).sum()
    }

    /// Whether a piece repeats content of this group.
    fn repeats(&self, piece: &FlowPiece) -> bool {
        let again = piece.labels.iter().filter(|label| self.has_label(**label)).count();
        let tables = again > 0 && again * 100 >= piece.labels.len() * AGAIN;
        tables || (piece.narrative && section_bit(piece).is_some_and(|bit| self.narrative & bit != 0))
    }

    /// Whether this also contains most of the content of the other.
    fn covers(&self, other: &Self) -> bool {
        if other.count >= LABELS {
            // One large table that is repeated is not most of a report.
            let tables = (self.tables & other.tables).count_ones() as usize;
            return self.common(other) * 100 >= other.count * AGAIN
                && tables * 100 >= other.tables.count_ones() as usize * AGAIN;
        }
        let again = (self.narrative & other.narrative).count_ones();
        again >= SECTIONS && again as usize * 100 >= other.narrative.count_ones() as usize * AGAIN
    }

    /// Whether all its sections come after those of the other, as in one report.
    fn is_later(&self, other: &Self) -> bool {
        self.sections != 0 && other.sections.checked_ilog2().is_some_and(|last| self.sections.trailing_zeros() > last)
    }

    /// Whether this continues the other: later sections, without overlap.
    fn continues(&self, other: &Self) -> bool {
        self.is_later(other)
            && self.narrative & other.narrative == 0
            && self.common(other) * 100 < self.count.max(1) * AGAIN
    }
}

fn bit(number: usize) -> u64 {
    1 << number.min(63)
}

fn section_bit(piece: &FlowPiece) -> Option<u64> {
    piece.section.map(bit)
}

/// Pieces that belong together.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    /// Its first item.
    pub(super) start: usize,
    /// The item after its title, sheet and opening lines: the first with content.
    pub(super) body: Option<usize>,
    /// Its content.
    pub(super) content: Content,
    /// Its title.
    pub(super) title: Option<FoundTitle>,
    /// Its agency, named by title, sender line or a line above the tables.
    pub(super) agency: Option<Named>,
    /// Its year, named by its title.
    pub(super) year: Option<i16>,
    /// The name of the sheet on which it begins.
    pub(super) sheet: Option<String>,
    /// All names in its titles and sender lines (填报单位), folded; at most [`NAMES`].
    names: Vec<String>,
    /// Whether it was separated from the group before only because it repeats that group.
    pub(super) repeats: bool,
}

impl Group {
    /// Whether a title has another year or agency than the group.
    fn contradicts(&self, title: &FoundTitle) -> bool {
        let years = self.year.zip(title.year).is_some_and(|(own, other)| own != other);
        let names = title.agency.as_deref().is_some_and(|name| self.title.is_some() && self.is_other(name));
        years || names
    }

    /// Whether a name is not a name of the group, nor a longer or shorter form of one; `false` if the group has no name.
    fn is_other(&self, name: &str) -> bool {
        let name = fold(name);
        let same = |known: &String| known.ends_with(name.as_str()) || name.ends_with(known.as_str());
        !self.names.is_empty() && !self.names.iter().any(same)
    }

    /// Whether a title has a name that the group does not have literally. It may be a longer or shorter form, so that only repetition shows
    /// whether the title begins another report.
    fn renames(&self, title: &FoundTitle) -> bool {
        let name = title.agency.as_deref().map(fold);
        name.is_some_and(|name| self.title.is_some() && !self.names.is_empty() && !self.names.contains(&name))
    }

    /// Whether a piece has a name that the group does not have.
    fn names_another(&self, piece: &FlowPiece) -> bool {
        piece.sender.as_deref().is_some_and(|name| self.is_other(name))
            || piece.title.as_ref().is_some_and(|title| self.renames(title))
    }

    /// Adds title, agency, year and sheet of a piece.
    fn named(&mut self, piece: &FlowPiece) {
        if let Some(title) = &piece.title {
            if let Some(name) = &title.agency {
                self.add_name(name);
                if self.agency.as_ref().is_none_or(|known| known.by != By::Title) {
                    self.agency = Some(Named { name: name.clone(), by: By::Title });
                }
            }
            self.year = self.year.or(title.year);
            let whole = |title: &FoundTitle| usize::from(title.agency.is_some()) + usize::from(title.year.is_some());
            if self.title.as_ref().is_none_or(|known| whole(title) > whole(known)) {
                self.title = Some(title.clone());
            }
        }
        if let Some(name) = &piece.sender {
            self.add_name(name);
            if self.agency.is_none() {
                let by = piece.by.unwrap_or(By::Sender);
                self.agency = Some(Named { name: name.clone(), by });
            }
        }
        if let Some(sheet) = piece.sheet.filter(|_| self.sheet.is_none() && self.content.is_empty()) {
            self.sheet = Some(sheet.to_owned());
        }
    }

    fn add_name(&mut self, name: &str) {
        let name = fold(name);
        if self.names.len() < NAMES && !self.names.contains(&name) {
            self.names.push(name);
        }
    }

    fn add(&mut self, piece: &FlowPiece) {
        self.body = self.body.or(Some(piece.item));
        self.content.add(piece);
    }

    fn join(&mut self, other: Self) {
        self.content.join(&other.content);
        self.body = self.body.or(other.body);
        self.title = self.title.take().or(other.title);
        self.agency = self.agency.take().or(other.agency);
        self.year = self.year.or(other.year);
    }
}

/// Combines pieces into groups. The first group begins at its own title; items before it belong to no report.
pub(super) fn fold_pieces(pieces: &[FlowPiece], flow: &Flow, marks: &Marks) -> Vec<Group> {
    let mut folder =
        Folder { pieces, flow, marks, done: Vec::new(), current: Group::default(), open: None, waiting: Vec::new() };
    for number in 0..pieces.len() {
        folder.piece(number);
    }
    folder.settle();
    folder.done.push(folder.current);
    folder.done
}

struct Folder<'a> {
    pieces: &'a [FlowPiece<'a>],
    flow: &'a Flow<'a>,
    marks: &'a Marks,
    done: Vec<Group>,
    current: Group,
    /// A second group that may be a report of its own, and why it was opened.
    open: Option<(Group, Why)>,
    /// Pieces without content since the last piece with content.
    waiting: Vec<usize>,
}

/// Why a group was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Its title names another agency or year.
    Other,
    /// It repeats content of the group before.
    Repeats,
    /// It has a title, and the group before has none.
    Titled,
    /// A line above it names another sender.
    Sent,
}

impl Folder<'_> {
    fn target(&mut self) -> &mut Group {
        match &mut self.open {
            Some((group, _)) => group,
            None => &mut self.current,
        }
    }

    fn piece(&mut self, number: usize) {
        let piece = &self.pieces[number];
        if piece.collected && self.done.is_empty() && self.target().content.is_empty() {
            // Items above belong to the file, and to none of its reports.
            self.current = Group { start: piece.item, ..Group::default() };
            return self.waiting.clear();
        }
        if let Some(title) = piece.title.as_ref().filter(|title| title.agency.is_some() || title.year.is_some()) {
            let target = self.target();
            let (empty, contradicts) = (target.content.is_empty(), target.contradicts(title));
            let untitled = target.agency.is_none() && target.year.is_none();
            // A copy of a table has no title of its own: the report that it is in has one.
            let contradicts = contradicts || (untitled && !empty && self.current.contradicts(title));
            if contradicts && empty {
                // A list of titles, or a cover: the last title is the report's own.
                self.restart(number);
            } else if contradicts {
                return self.begin(number, Why::Other);
            } else if untitled && !empty {
                return self.begin(number, Why::Titled);
            }
        }
        let holds = !piece.labels.is_empty() || piece.narrative;
        if !holds {
            return self.wait(number);
        }
        if self.target().content.repeats(piece) {
            self.begin(number, Why::Repeats);
        } else if self.is_sent_by_another() {
            self.begin(number, Why::Sent);
        }
        let (waiting, pieces) = (std::mem::take(&mut self.waiting), self.pieces);
        let target = self.target();
        for &earlier in &waiting {
            let earlier = &pieces[earlier];
            // A different name above content that the group lacks is another name of the same agency; it is not added.
            if !target.content.is_empty() && !target.names_another(earlier) {
                target.named(earlier);
            }
            target.content.sections |= section_bit(earlier).unwrap_or_default();
        }
        target.named(piece);
        target.add(piece);
    }

    /// Whether a sender line since the last content has another name than the current group.
    fn is_sent_by_another(&self) -> bool {
        let target = self.open.as_ref().map_or(&self.current, |(group, _)| group);
        // A copy of a table names no sender: the report that it is in does.
        let named = if target.names.is_empty() { &self.current } else { target };
        let names_other =
            |&piece: &usize| self.pieces[piece].sender.as_deref().is_some_and(|name| named.is_other(name));
        !target.content.is_empty() && self.waiting.iter().any(names_other)
    }

    /// Restarts the current group at a title, including a sheet that begins just before it.
    fn restart(&mut self, number: usize) {
        let untitled = |&&piece: &&usize| self.pieces[piece].title.is_none() && self.pieces[piece].section.is_none();
        let before = self.waiting.iter().rev().take_while(untitled).count();
        let kept = self.waiting.split_off(self.waiting.len() - before);
        let mut group = Group { start: self.pieces[number].item, ..Group::default() };
        if let Some(&first) = kept.first().filter(|&&first| self.pieces[first].sheet.is_some()) {
            group.start = self.pieces[first].item;
            group.named(&self.pieces[first]);
        }
        *self.target() = group;
        self.waiting.clear();
    }

    /// Keeps a piece without content until it is decided which group it belongs to.
    fn wait(&mut self, number: usize) {
        self.waiting.push(number);
        let piece = &self.pieces[number];
        let target = self.target();
        // The pieces that follow decide which group a title after content belongs to.
        if target.content.is_empty() {
            target.named(piece);
        }
    }

    /// Opens a group at a piece, including the waiting pieces that belong to it.
    fn begin(&mut self, number: usize, why: Why) {
        let waiting = std::mem::take(&mut self.waiting);
        self.settle();
        let piece = &self.pieces[number];
        let mut group = Group { repeats: why == Why::Repeats, ..Group::default() };
        group.named(piece);
        let mut first = number;
        let mut section = piece.section;
        for &earlier in waiting.iter().rev() {
            let piece = &self.pieces[earlier];
            // A heading of the same or a later section belongs to the report before.
            let ends = piece.section.is_some_and(|found| section.is_some_and(|section| found >= section));
            if ends || piece.title.as_ref().is_some_and(|title| group.contradicts(title) || group.renames(title)) {
                break;
            }
            section = piece.section.or(section);
            group.named(piece);
            group.content.sections |= section_bit(piece).unwrap_or_default();
            first = earlier;
        }
        group.start = self.opening(first);
        group.body = None;
        self.open = Some((group, why));
    }

    /// The first item of the report that begins with this piece: opening lines above the piece belong to it.
    fn opening(&self, number: usize) -> usize {
        let piece = &self.pieces[number];
        let marked = piece.title.is_some() || piece.sheet.is_some() || piece.sender.is_some();
        let least = number.checked_sub(1).map_or(0, |before| self.pieces[before].item + 1);
        let mut start = piece.item;
        // Above a title, only lines that mark an example or a comparison belong to it.
        for item in (least..piece.item).rev().take(if marked { ABOVE } else { OPENING }) {
            let item_of = &self.flow.items[item];
            if matches!(item_of, Item::Row(row) if self.flow.rows[*row].cells.iter().all(|cell| cell.folded.is_empty()))
            {
                continue;
            }
            let Some((line, folded)) = line(item_of, self.flow) else { break };
            let line = line.trim_matches(blank);
            let short = line.chars().take(LINE + 1).count() <= LINE;
            let words = Marks::contains_mark(&self.marks.comparison, line, folded)
                || Marks::contains_mark(&self.marks.example, line, folded);
            let heading = matches!(item_of, Item::Text(text) if text.level.is_some());
            let named = short && !marked && self.marks.is_agency(line);
            if words || named || (short && !marked && heading) {
                start = item;
            } else if short && !marked && ['年', '月', '日'].iter().all(|mark| line.contains(*mark)) {
                // A date ends the report before.
                return item + 1;
            }
        }
        start
    }

    /// Decides whether the open group is a report of its own or part of the current group.
    fn settle(&mut self) {
        let Some((group, why)) = self.open.take() else { return };
        let (own, before) = (&group.content, &self.current.content);
        let stands = match why {
            // A title in the middle of a report belongs to a list or is a link.
            Why::Other => (own.count >= LABELS || own.narrative != 0) && !own.continues(before),
            // A small table that shares words with the form is not a report before the one that follows.
            Why::Repeats => {
                let like = before.count * 100 >= own.count * LIKE;
                // If the report before has headings and one table, that table repeated without a heading is a copy, or an office's.
                let others = own.count - own.common(before);
                let copy =
                    own.sections == 0 && before.sections != 0 && others < LABELS && before.tables.is_power_of_two();
                (own.covers(before) && like && !own.is_later(before) && !copy) || self.sends_another(&group)
            }
            Why::Titled | Why::Sent => own.covers(before) || self.sends_another(&group),
        };
        if stands {
            self.done.push(std::mem::replace(&mut self.current, group));
        } else {
            self.current.join(group);
        }
    }

    /// Whether a group has another sender and repeats tables or sections of the current group, even if it has fewer.
    fn sends_another(&self, group: &Group) -> bool {
        let other = group.agency.as_ref().is_some_and(|named| self.current.is_other(&named.name));
        let common = group.content.common(&self.current.content);
        let tables = group.content.count >= LABELS && common * 100 >= group.content.count * AGAIN;
        // If tables of the first report were not recognised, repeated sections are evidence.
        let sections = (group.content.narrative & self.current.content.narrative).count_ones() >= SECTIONS;
        other && (tables || sections)
    }
}
