//! Combines pieces into groups, one group per report, in one pass.
//!
//! A piece with another agency or year, or with what the group has already, opens a second group beside the first. When that is
//! closed it stands by itself if it is another's or holds most of the first again; else it was a part of the first: a copy of one
//! table, last year's figures beside this year's, a list of titles.

use super::pieces::Piece;
use super::words::Marks;
use super::{By, Named};
use crate::bind::page::title::FoundTitle;
use crate::bind::source::items::{Flow, Item};
use crate::text::{blank, fold};

/// Labels of the least table that tells anything: two words may stand in any table.
const LABELS: usize = 3;

/// Share of labels or sections, in hundredths, that stand again where a report begins again.
const AGAIN: usize = 60;

/// Share of the labels of a report without a title of its own, in hundredths, that the report before it has at least.
const LIKE: usize = 30;

/// Sections with text that stand again in a second report without tables.
const SECTIONS: u32 = 3;

/// Lines before a heading or a table that may belong to the report that begins there.
const OPENING: usize = 12;

/// Lines above a title that may say what stands below it.
const ABOVE: usize = 2;

/// Characters of the longest line that can be a date below a report, or a name above the next.
const LINE: usize = 30;

/// Names by which one report may call its agency: more are a list.
const NAMES: usize = 16;

/// The content of a group.
#[derive(Debug, Clone, Default)]
pub(super) struct Content {
    /// Which labels, a bit each.
    labels: Vec<u64>,
    /// How many.
    pub(super) count: usize,
    /// Tables of the form that the labels are of, a bit each.
    tables: u64,
    /// Sections with text, a bit each.
    pub(super) narrative: u64,
    /// Sections that were headed.
    sections: u64,
    /// Whether a table has a figure other than 0.
    pub(super) figures: bool,
}

impl Content {
    fn has(&self, label: u32) -> bool {
        self.labels.get(label as usize / 64).is_some_and(|bits| bits >> (label % 64) & 1 == 1)
    }

    fn add(&mut self, piece: &Piece) {
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

    /// How many labels both have.
    fn common(&self, other: &Self) -> usize {
        self.labels.iter().zip(&other.labels).map(|(one, other)| (one & other).count_ones() as usize).sum()
    }

    /// Whether a piece holds what is here already.
    fn repeats(&self, piece: &Piece) -> bool {
        let again = piece.labels.iter().filter(|label| self.has(**label)).count();
        let tables = again > 0 && again * 100 >= piece.labels.len() * AGAIN;
        tables || (piece.narrative && section_bit(piece).is_some_and(|bit| self.narrative & bit != 0))
    }

    /// Whether most of what the other has is here too.
    fn covers(&self, other: &Self) -> bool {
        if other.count >= LABELS {
            // One large table again is not most of a report.
            let tables = (self.tables & other.tables).count_ones() as usize;
            return self.common(other) * 100 >= other.count * AGAIN
                && tables * 100 >= other.tables.count_ones() as usize * AGAIN;
        }
        let again = (self.narrative & other.narrative).count_ones();
        again >= SECTIONS && again as usize * 100 >= other.narrative.count_ones() as usize * AGAIN
    }

    /// Whether all its sections come behind those of the other, as in one report.
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

fn section_bit(piece: &Piece) -> Option<u64> {
    piece.section.map(bit)
}

/// Pieces that belong together.
#[derive(Debug, Clone, Default)]
pub(super) struct Group {
    /// Its first item.
    pub(super) start: usize,
    /// The item after its title, sheet and opening lines: the first with content.
    pub(super) body: Option<usize>,
    /// What it holds.
    pub(super) content: Content,
    /// Its title.
    pub(super) title: Option<FoundTitle>,
    /// Its agency, by title or sender.
    pub(super) agency: Option<Named>,
    /// Its year, by its title.
    pub(super) year: Option<i16>,
    /// The sheet that it begins on.
    pub(super) sheet: Option<String>,
    /// Every name that its titles and lines 填报单位 have, folded.
    names: Vec<String>,
    /// Whether it was parted from the one before only because it repeats it.
    pub(super) repeats: bool,
}

impl Group {
    /// How a title contradicts the group: not at all, or perhaps, or for certain.
    fn contradicts(&self, title: &FoundTitle) -> bool {
        let years = self.year.zip(title.year).is_some_and(|(own, other)| own != other);
        let names = title.agency.as_deref().is_some_and(|name| self.title.is_some() && self.is_other(name));
        years || names
    }

    /// Whether a name is none that the group has, nor a shorter or longer form of one.
    fn is_other(&self, name: &str) -> bool {
        let name = fold(name);
        let same = |known: &String| known.ends_with(name.as_str()) || name.ends_with(known.as_str());
        !self.names.is_empty() && !self.names.iter().any(same)
    }

    /// Whether a title has a name that is longer or shorter than the group's, so that only a repetition tells.
    fn renames(&self, title: &FoundTitle) -> bool {
        let name = title.agency.as_deref().map(fold);
        name.is_some_and(|name| self.title.is_some() && !self.names.is_empty() && !self.names.contains(&name))
    }

    /// Whether a piece gives a name that the group does not have.
    fn names_another(&self, piece: &Piece) -> bool {
        piece.sender.as_deref().is_some_and(|name| self.is_other(name))
            || piece.title.as_ref().is_some_and(|title| self.renames(title))
    }

    /// Takes what a piece without content says of the report.
    fn named(&mut self, piece: &Piece) {
        if let Some(title) = &piece.title {
            if let Some(name) = &title.agency {
                self.know(name);
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
            self.know(name);
            if self.agency.is_none() {
                let by = piece.by.unwrap_or(By::Sender);
                self.agency = Some(Named { name: name.clone(), by });
            }
        }
        if let Some(sheet) = piece.sheet.filter(|_| self.sheet.is_none() && self.content.is_empty()) {
            self.sheet = Some(sheet.to_owned());
        }
    }

    fn know(&mut self, name: &str) {
        let name = fold(name);
        if self.names.len() < NAMES && !self.names.contains(&name) {
            self.names.push(name);
        }
    }

    fn add(&mut self, piece: &Piece) {
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

/// Puts pieces together. The first group begins where its own title does; what stands before is none's.
pub(super) fn fold_pieces(pieces: &[Piece], flow: &Flow, marks: &Marks) -> Vec<Group> {
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
    pieces: &'a [Piece<'a>],
    flow: &'a Flow<'a>,
    marks: &'a Marks,
    done: Vec<Group>,
    current: Group,
    /// A group that may be one by itself, and whether title or sender are another's than the current one's.
    open: Option<(Group, Why)>,
    /// Pieces without content since the last with some.
    waiting: Vec<usize>,
}

/// Why a group was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Its title names another agency or year.
    Other,
    /// It repeats what the group before has.
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
            // What stands above is the file's, and none of its reports'.
            self.current = Group { start: piece.item, ..Group::default() };
            return self.waiting.clear();
        }
        if let Some(title) = piece.title.as_ref().filter(|title| title.agency.is_some() || title.year.is_some()) {
            let target = self.target();
            let (empty, contradicts) = (target.content.is_empty(), target.contradicts(title));
            let untitled = target.agency.is_none() && target.year.is_none();
            if contradicts && empty {
                // A list of titles, or a cover: the report's own is the last of them.
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
            // Another name over what the group lacks is another name for the same agency.
            if !target.content.is_empty() && !target.names_another(earlier) {
                target.named(earlier);
            }
            target.content.sections |= section_bit(earlier).unwrap_or_default();
        }
        target.named(piece);
        target.add(piece);
    }

    /// Whether a line since the last content names another sender than the group at hand has.
    fn is_sent_by_another(&self) -> bool {
        let target = self.open.as_ref().map_or(&self.current, |(group, _)| group);
        let names_other =
            |&piece: &usize| self.pieces[piece].sender.as_deref().is_some_and(|name| target.is_other(name));
        !target.content.is_empty() && self.waiting.iter().any(names_other)
    }

    /// Begins the group at hand anew at a title, with the sheet that begins just before it.
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

    /// Keeps a piece without content until it is known to what it belongs.
    fn wait(&mut self, number: usize) {
        self.waiting.push(number);
        let piece = &self.pieces[number];
        let target = self.target();
        // Whose a title is that stands behind content will be seen by what follows.
        if target.content.is_empty() {
            target.named(piece);
        }
    }

    /// Opens a group at a piece, with what waits for it.
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
            // A heading of a later part ends the report before.
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

    /// The item at which the report begins whose first piece this is: lines above it that belong to it.
    fn opening(&self, number: usize) -> usize {
        let piece = &self.pieces[number];
        let marked = piece.title.is_some() || piece.sheet.is_some() || piece.sender.is_some();
        let least = number.checked_sub(1).map_or(0, |before| self.pieces[before].item + 1);
        let mut start = piece.item;
        // Above a title only what says that it is an example belongs to it.
        for item in (least..piece.item).rev().take(if marked { ABOVE } else { OPENING }) {
            let Item::Text(text) = &self.flow.items[item] else { break };
            let line = text.text.trim_matches(blank);
            let short = line.chars().take(LINE + 1).count() <= LINE;
            let words = Marks::says(&self.marks.comparison, line, &text.folded)
                || Marks::says(&self.marks.example, line, &text.folded);
            let named = short && !marked && self.marks.is_agency(line);
            if words || named || (short && !marked && text.level.is_some()) {
                start = item;
            } else if short && !marked && ['年', '月', '日'].iter().all(|mark| line.contains(*mark)) {
                // A date ends the report before.
                return item + 1;
            }
        }
        start
    }

    /// Decides what the open group is.
    fn settle(&mut self) {
        let Some((group, why)) = self.open.take() else { return };
        let (own, before) = (&group.content, &self.current.content);
        let stands = match why {
            // A title in the middle of a report is a list's or a link's.
            Why::Other => (own.count >= LABELS || own.narrative != 0) && !own.continues(before),
            // A small table of words that the form has too is no report before the one that goes on behind it.
            Why::Repeats => {
                let like = before.count * 100 >= own.count * LIKE;
                // One table alone under a heading of the report before is a copy, or an office's.
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

    /// Whether a group is another sender's and has what the current one has, be it less: its tables, or its sections.
    fn sends_another(&self, group: &Group) -> bool {
        let other = group.agency.as_ref().is_some_and(|named| self.current.is_other(&named.name));
        let common = group.content.common(&self.current.content);
        let tables = group.content.count >= LABELS && common * 100 >= group.content.count * AGAIN;
        // Where tables of the first were not seen, its sections tell that they stand again.
        let sections = (group.content.narrative & self.current.content.narrative).count_ones() >= SECTIONS;
        other && (tables || sections)
    }
}
