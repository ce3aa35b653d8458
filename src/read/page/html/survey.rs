//! First pass over a page: finds layout tables, navigation and hidden elements before text is read.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;

use super::chrome::{Look, is_fixed_copy, look};
use super::css::{self, Sheet};
use super::looks::{Looks, declarations, of_element};
use super::pictures::File;
use super::tree::{Element, Id, NodeKind, Page, ROOT, Step};
use crate::document::{AsideKind, Budget, Exceeded, Resource};
use crate::read::shared::marks::{Change, Paper};

/// Number of bytes of text from which a cell is prose: about 400 characters.
const PROSE: usize = 1_200;

/// Number of bytes of text that page furniture hardly ever has.
const MUCH: usize = 1_500;

/// Size of the cache of parsed declarations.
const KNOWN: usize = 256;

/// Result of the survey for a node: visibility, role and formatting.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts about one node")]
pub(super) struct Verdict {
    /// Whether the node is invisible.
    pub(super) hidden: bool,
    /// The kind of aside, if the invisible node is text.
    pub(super) why: Option<AsideKind>,
    /// Formatting of its text.
    pub(super) face: Change,
    /// Whether it is a collapsed column of a table.
    pub(super) collapsed: bool,
    /// Whether it is navigation, banner, side bar or footer.
    pub(super) furniture: bool,
    /// Whether it is a layout table.
    pub(super) layout: bool,
    /// Number of columns of a data table, from its rows with several cells.
    pub(super) columns: u32,
}

/// The survey of a page.
#[derive(Debug)]
pub(super) struct Survey {
    verdicts: Vec<Verdict>,
    /// Whether line breaks in the text separate lines: in a page without elements for that (Markdown with HTML tables).
    pub(super) lines: bool,
    /// Number of hidden tables with text.
    pub(super) hidden_tables: usize,
}

impl Survey {
    /// The result for a node.
    pub(super) fn verdict(&self, id: Id) -> Verdict {
        self.verdicts.get(id as usize).copied().unwrap_or_default()
    }
}

/// Counters of an open element.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts that are gathered side by side")]
struct Frame {
    id: Id,
    look: Look,
    /// Bytes of text without blanks, and those that are links.
    text: usize,
    linked: usize,
    links: usize,
    paragraphs: usize,
    /// Whether it is the article's container, or contains it, or is inside it.
    body: bool,
    in_body: bool,
    /// Whether it contains a data table, and one of more than a dozen cells.
    data: bool,
    much_data: bool,
    /// Whether it contains an `h1`.
    heading: bool,
    in_link: bool,
    in_hidden: bool,
    /// Whether a style sheet hides it: a script may show it, if it is most of the page.
    by_sheet: bool,
    cell: bool,
    row: bool,
    block: bool,
    table: Option<Table>,
}

/// Counters of an open table.
#[derive(Debug, Default)]
struct Table {
    cells: usize,
    filled: usize,
    /// Number of cells with prose, and of cells with several paragraphs.
    long: usize,
    many: usize,
    row_cells: u32,
    row_width: u32,
    columns: u32,
}

impl Table {
    fn end_cell(&mut self, text: usize, paragraphs: usize) {
        self.filled += usize::from(text > 0);
        self.long += usize::from(text > PROSE);
        self.many += usize::from(paragraphs > 4 && text * 4 > PROSE);
    }

    fn end_row(&mut self) {
        // The only cell of a row is as wide as the table, whatever its span.
        if self.row_cells > 1 {
            self.columns = self.columns.max(self.row_width);
        }
        (self.row_cells, self.row_width) = (0, 0);
    }

    /// A layout table has one cell, or a few cells of which one contains prose or a data table.
    fn is_layout(&self, data_inside: bool) -> bool {
        self.cells <= 1
            || data_inside && (self.long > 0 || self.filled <= 6)
            || self.long > 0 && self.filled <= 8
            || self.many > 0 && self.filled <= 4
    }
}

/// An element that looks like furniture; it is furniture only if it does not hold most of the page.
struct Candidate {
    id: Id,
    text: usize,
    certain: bool,
}

struct Surveyor<'p> {
    page: &'p Page,
    frames: Vec<Frame>,
    /// Indices of the frames that are tables, cells and links.
    tables: Vec<usize>,
    verdicts: Vec<Verdict>,
    candidates: Vec<Candidate>,
    broken: bool,
    hidden_tables: usize,
    sheet: Sheet,
    /// Whether there are external style sheets, which may colour elements with a class.
    others: bool,
    /// Cache of parsed declarations, keyed by their text.
    known: HashMap<&'p str, (Looks, Looks), FxBuildHasher>,
    /// Elements hidden by a style sheet, and the length of their text.
    by_sheet: Vec<(Id, usize)>,
    /// Length of hidden text.
    unseen: usize,
}

/// Surveys a page.
///
/// # Errors
/// [`Exceeded`] if the page has too many nodes.
pub(super) fn survey(page: &Page, files: &[File], budget: &mut Budget) -> Result<Survey, Exceeded> {
    budget.spend(Resource::Steps, page.len() as u64 * 2)?;
    let mut surveyor = Surveyor {
        page,
        frames: vec![Frame::default()],
        tables: Vec::new(),
        verdicts: vec![Verdict::default(); page.len()],
        candidates: Vec::new(),
        broken: false,
        hidden_tables: 0,
        sheet: Sheet::from_page(page, files),
        others: css::has_others(page, files),
        known: HashMap::default(),
        by_sheet: Vec::new(),
        unseen: 0,
    };
    for step in page.walk(ROOT) {
        match step {
            Step::Open(id) => match page.kind(id) {
                NodeKind::Element(element) => surveyor.open(id, element, budget)?,
                NodeKind::Text(text) => surveyor.text(text),
                NodeKind::Other => {}
            },
            Step::Close(id) if page.element(id).is_some() => surveyor.close(),
            Step::Close(_) => {}
        }
    }
    let all = surveyor.frames.first().map_or(0, |frame| frame.text);
    for (id, text) in surveyor.by_sheet {
        if text * 2 > all + surveyor.unseen {
            let verdict = &mut surveyor.verdicts[id as usize];
            (verdict.hidden, verdict.why) = (false, None);
            (verdict.face.hidden, verdict.face.away, verdict.face.pale) = (None, None, None);
            verdict.face.ink = None;
        }
    }
    for candidate in surveyor.candidates {
        let most = candidate.text > MUCH && candidate.text * 2 > all;
        if candidate.certain || !most {
            surveyor.verdicts[candidate.id as usize].furniture = true;
        }
    }
    Ok(Survey { verdicts: surveyor.verdicts, lines: !surveyor.broken, hidden_tables: surveyor.hidden_tables })
}

impl<'p> Surveyor<'p> {
    /// Computed style of an element, from style sheets, its own declarations, its attributes and its name; and whether a style sheet
    /// hides it.
    fn looks(&mut self, id: Id, element: &'p Element, budget: &mut Budget) -> Result<(Looks, bool), Exceeded> {
        let (sheet, insisting) = self.sheet.looks(self.page, id, budget)?;
        let own = element.attr("style").map(|style| {
            if let Some(known) = self.known.get(style) {
                return *known;
            }
            let found = declarations(&self.sheet.resolved(style));
            if self.known.len() < KNOWN {
                self.known.insert(style, found);
            }
            found
        });
        let (own, own_insisting) = own.unwrap_or_default();
        let of_element = of_element(element);
        let mut all =
            own_insisting.completed_by(insisting).completed_by(own).completed_by(sheet).completed_by(of_element);
        if matches!(element.name(), "sup" | "sub") {
            // Style sheets reset `sup` to the baseline and raise it by other means.
            all.face.shift = own.face.shift.or(of_element.face.shift);
        }
        let shows =
            |looks: Looks| looks.gone != Some(true) && looks.face.hidden != Some(true) && looks.face.away != Some(true);
        let is_part = matches!(element.name(), "table" | "thead" | "tbody" | "tr" | "td" | "th");
        if self.others && is_part && all.face.paper.is_none() && element.attr("class").is_some() {
            all.face.paper = Some(Paper::Coloured);
        }
        Ok((all, shows(own) && shows(of_element) && !shows(all)))
    }

    /// Records whether a style sheet hides an element.
    fn judge_looks(&mut self, id: Id, element: &'p Element, budget: &mut Budget) -> Result<bool, Exceeded> {
        let (looks, by_sheet) = self.looks(id, element, budget)?;
        let name = element.name();
        let collapsed = looks.collapsed == Some(true);
        let verdict = &mut self.verdicts[id as usize];
        verdict.face = looks.face;
        verdict.collapsed = collapsed && matches!(name, "col" | "colgroup");
        verdict.why = match name {
            "rt" | "rp" | "rtc" => Some(AsideKind::Reading),
            "tr" | "tbody" | "thead" | "tfoot" if looks.gone == Some(true) || collapsed => Some(AsideKind::Row),
            "col" | "colgroup" => None,
            _ => (looks.gone == Some(true)).then_some(AsideKind::Hidden),
        };
        verdict.hidden = verdict.why.is_some() || is_fixed_copy(self.page, id, element);
        Ok(by_sheet)
    }

    fn open(&mut self, id: Id, element: &'p Element, budget: &mut Budget) -> Result<(), Exceeded> {
        let name = element.name();
        let look = look(element);
        let by_sheet = if look == Look::Hidden {
            self.verdicts[id as usize].hidden = true;
            false
        } else {
            self.judge_looks(id, element, budget)?
        };
        let Some(above) = self.frames.last() else { return Ok(()) };
        let hidden = above.in_hidden || self.verdicts[id as usize].hidden;
        let mut frame = Frame {
            id,
            look,
            in_hidden: hidden,
            by_sheet,
            in_link: above.in_link || name == "a" && element.attr("href").is_some(),
            in_body: above.in_body || look == Look::Body,
            body: look == Look::Body,
            heading: name == "h1",
            block: matches!(name, "div" | "ul" | "ol" | "dl" | "p" | "section" | "td" | "table" | "center"),
            ..Frame::default()
        };
        frame.links = usize::from(frame.in_link && !above.in_link && !hidden);
        match name {
            "p" | "div" | "li" | "br" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "pre" | "section" | "article" => {
                self.broken = true;
                frame.paragraphs = usize::from(!matches!(name, "li" | "section" | "article"));
            }
            "table" => {
                frame.table = Some(Table::default());
                self.tables.push(self.frames.len());
            }
            "tr" => frame.row = true,
            "td" | "th" => {
                frame.cell = true;
                if let Some(table) = self.table() {
                    table.cells += 1;
                    table.row_cells += 1;
                    table.row_width =
                        table.row_width.saturating_add(element.number("colspan").unwrap_or(1).clamp(1, 1_000));
                }
            }
            _ => {}
        }
        self.frames.push(frame);
        Ok(())
    }

    fn table(&mut self) -> Option<&mut Table> {
        let number = *self.tables.last()?;
        self.frames.get_mut(number)?.table.as_mut()
    }

    fn text(&mut self, text: &str) {
        let Some(frame) = self.frames.last_mut() else { return };
        let length = text.split_ascii_whitespace().map(str::len).sum::<usize>();
        frame.text += length;
        frame.linked += if frame.in_link { length } else { 0 };
    }

    fn close(&mut self) {
        let Some(mut frame) = self.frames.pop() else { return };
        if frame.cell
            && let Some(table) = self.table()
        {
            table.end_cell(frame.text, frame.paragraphs);
        }
        if frame.row
            && let Some(table) = self.table()
        {
            table.end_row();
        }
        let mut own = (frame.text, frame.linked, frame.paragraphs);
        if let Some(table) = frame.table.take() {
            self.tables.pop();
            let layout = table.is_layout(frame.data);
            let verdict = &mut self.verdicts[frame.id as usize];
            (verdict.layout, verdict.columns) = (layout, table.columns.max(1));
            if !layout {
                frame.data |= table.cells >= 4;
                frame.much_data |= table.cells > 12;
                self.hidden_tables += usize::from(frame.in_hidden && table.filled > 4);
                // Text and links of a nested table are not counted for the enclosing cell.
                own = (usize::from(frame.text > 0), 0, 0);
            }
        }
        self.judge(&frame);
        if frame.by_sheet {
            self.by_sheet.push((frame.id, own.0.max(frame.text)));
        }
        if frame.in_hidden && !self.frames.last().is_some_and(|above| above.in_hidden) && frame.look != Look::Hidden {
            self.unseen += frame.text;
        }
        let Some(above) = self.frames.last_mut() else { return };
        // Hidden content within hidden content is counted once, for the outer element.
        if frame.look != Look::Hidden && frame.in_hidden && above.in_hidden {
            above.text += frame.text;
        }
        if !frame.in_hidden {
            above.text += own.0;
            above.linked += own.1;
            above.links += frame.links;
            above.paragraphs += own.2;
        }
        above.body |= frame.body;
        above.data |= frame.data;
        above.much_data |= frame.much_data;
        above.heading |= frame.heading;
    }

    /// Decides whether an element is furniture: by its name or words, unless it contains the article or its tables; or because all of it
    /// is links.
    fn judge(&mut self, frame: &Frame) {
        if frame.in_hidden {
            return;
        }
        let holds = frame.body || frame.much_data;
        let worded = match frame.look {
            Look::Furniture => !holds,
            Look::PerhapsFurniture => !holds && !frame.in_body && !frame.heading,
            _ => false,
        };
        let all_links =
            frame.block && !holds && !frame.in_body && frame.links >= 3 && frame.linked * 10 > frame.text * 7;
        if frame.look == Look::Control || worded || all_links {
            let certain =
                matches!(self.page.element(frame.id).map(Element::name), Some("nav" | "footer" | "button" | "select"));
            self.candidates.push(Candidate { id: frame.id, text: frame.text, certain });
        }
    }
}
