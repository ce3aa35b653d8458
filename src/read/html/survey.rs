//! What must be known of a whole page before its text is taken: which tables lay it out, what is navigation, what is hidden.

use super::chrome::{Look, look};
use super::tree::{Element, Id, Kind, Page, ROOT, Step};
use crate::document::{Budget, Exceeded, Resource};

/// Bytes of text in a cell from which on it is prose: some 400 characters.
const PROSE: usize = 1_200;

/// Bytes of text that page furniture hardly has.
const MUCH: usize = 1_500;

/// What there is to say about a node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Not seen by a reader of the page.
    pub(super) hidden: bool,
    /// Navigation, banner, side bar, footer.
    pub(super) furniture: bool,
    /// A table that only lays out the page.
    pub(super) layout: bool,
    /// Columns of a data table, as far as its rows of several cells say.
    pub(super) columns: u32,
}

/// A page's verdicts.
#[derive(Debug)]
pub(super) struct Survey {
    verdicts: Vec<Verdict>,
    /// Whether lines are parted by line breaks in the text: a page that has no element for that (Markdown with tables in HTML).
    pub(super) lines: bool,
    /// Hidden tables with text.
    pub(super) hidden_tables: usize,
}

impl Survey {
    /// What there is to say about a node.
    pub(super) fn of(&self, id: Id) -> Verdict {
        self.verdicts.get(id as usize).copied().unwrap_or_default()
    }
}

/// What is counted of an element while it is open.
#[derive(Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts that are gathered side by side")]
struct Frame {
    id: Id,
    look: Look,
    /// Bytes of text, blanks left out, and those of them that are links.
    text: usize,
    linked: usize,
    links: usize,
    paragraphs: usize,
    /// It holds the container of an article or is one, or stands in one.
    body: bool,
    in_body: bool,
    /// It holds a data table, and one of more than a dozen cells.
    data: bool,
    much_data: bool,
    /// It holds a heading of the first level.
    heading: bool,
    in_link: bool,
    in_hidden: bool,
    cell: bool,
    row: bool,
    block: bool,
    table: Option<Table>,
}

/// What is counted of a table while it is open.
#[derive(Debug, Default)]
struct Table {
    cells: usize,
    filled: usize,
    /// Cells with prose, and cells with several paragraphs.
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
        // The only cell of a row is as wide as the table, whatever it says.
        if self.row_cells > 1 {
            self.columns = self.columns.max(self.row_width);
        }
        (self.row_cells, self.row_width) = (0, 0);
    }

    /// A table lays out the page when it has one cell, or a few of which one holds prose or a table with data.
    fn is_layout(&self, data_inside: bool) -> bool {
        self.cells <= 1
            || data_inside && (self.long > 0 || self.filled <= 6)
            || self.long > 0 && self.filled <= 8
            || self.many > 0 && self.filled <= 4
    }
}

/// Furniture by its looks, which it is only if it does not hold most of the page.
struct Candidate {
    id: Id,
    text: usize,
    certain: bool,
}

struct Surveyor<'p> {
    page: &'p Page,
    frames: Vec<Frame>,
    /// Frames that are tables, cells and links, by their number.
    tables: Vec<usize>,
    verdicts: Vec<Verdict>,
    candidates: Vec<Candidate>,
    broken: bool,
    hidden_tables: usize,
}

/// Looks through a page once.
///
/// # Errors
/// [`Exceeded`] when the page has more nodes than a file may have steps.
pub(super) fn survey(page: &Page, budget: &mut Budget) -> Result<Survey, Exceeded> {
    budget.spend(Resource::Steps, page.len() as u64 * 2)?;
    let mut surveyor = Surveyor {
        page,
        frames: vec![Frame::default()],
        tables: Vec::new(),
        verdicts: vec![Verdict::default(); page.len()],
        candidates: Vec::new(),
        broken: false,
        hidden_tables: 0,
    };
    for step in page.walk(ROOT) {
        match step {
            Step::Open(id) => match page.kind(id) {
                Kind::Element(element) => surveyor.open(id, element),
                Kind::Text(text) => surveyor.text(text),
                Kind::Other => {}
            },
            Step::Close(id) if page.element(id).is_some() => surveyor.close(),
            Step::Close(_) => {}
        }
    }
    let all = surveyor.frames.first().map_or(0, |frame| frame.text);
    for candidate in surveyor.candidates {
        let most = candidate.text > MUCH && candidate.text * 2 > all;
        if candidate.certain || !most {
            surveyor.verdicts[candidate.id as usize].furniture = true;
        }
    }
    Ok(Survey { verdicts: surveyor.verdicts, lines: !surveyor.broken, hidden_tables: surveyor.hidden_tables })
}

impl Surveyor<'_> {
    fn open(&mut self, id: Id, element: &Element) {
        let name = element.name();
        let Some(above) = self.frames.last() else { return };
        let look = look(element);
        let hidden = above.in_hidden || look == Look::Hidden;
        let mut frame = Frame {
            id,
            look,
            in_hidden: hidden,
            in_link: above.in_link || name == "a" && element.attr("href").is_some(),
            in_body: above.in_body || look == Look::Body,
            body: look == Look::Body,
            heading: name == "h1",
            block: matches!(name, "div" | "ul" | "ol" | "dl" | "p" | "section" | "td" | "table" | "center"),
            ..Frame::default()
        };
        if look == Look::Hidden {
            self.verdicts[id as usize].hidden = true;
        }
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
                // What stands in a table is not the text of the cell around it; its links are not those of a menu.
                own = (usize::from(frame.text > 0), 0, 0);
            }
        }
        self.judge(&frame);
        let Some(above) = self.frames.last_mut() else { return };
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

    /// Whether an element is furniture: by its name or words unless it holds the article or its tables, or for being all links.
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
