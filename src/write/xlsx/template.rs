//! A form's blank workbook cut into what is constant and what a report fills in.

use std::io::{Cursor, Read};

use super::book::{Book, plan};
use super::styles::{Look, slots};
use super::{blank, cell, formula, parts};
use crate::form::{FieldIndex, Form};
use crate::write::package::Constant;
use crate::write::xml::{Element, Node};

/// Something that a report fills in: a whole `c` element.
#[derive(Debug, Clone)]
pub(super) enum Slot {
    /// The report's title.
    Title,
    /// A figure.
    Figure(FieldIndex),
    /// The answer of a check: rule, instance, whether sums are rounded, formula as XML.
    Check { rule: usize, instance: usize, rounds: bool, formula: String },
}

/// A slot with the name of its cell.
#[derive(Debug, Clone)]
pub(super) struct SlotCell {
    pub(super) cell: String,
    pub(super) slot: Slot,
}

/// A sheet: constant text, and a slot behind each piece but the last.
#[derive(Debug, Default)]
pub(super) struct SheetTemplate {
    pub(super) pieces: Vec<String>,
    pub(super) slots: Vec<SlotCell>,
}

/// A sheet without rows: the text before and behind them.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) head: String,
    pub(super) tail: String,
}

/// A total that a sheet computes.
#[derive(Debug)]
pub(super) struct Total {
    pub(super) rule: usize,
    pub(super) instance: usize,
    pub(super) rounds: bool,
    /// The formula as XML.
    pub(super) formula: String,
    /// The formula for a total that is blank as long as its summands are.
    pub(super) or_blank: Option<String>,
}

/// Numbers of the looks in `styles.xml`.
#[derive(Debug, Default)]
pub(super) struct Looks {
    known: Vec<(Look, u32)>,
    /// The same looks for text that would be a formula if it were typed.
    quoted: Vec<(u32, u32)>,
}

impl Looks {
    /// The number of a look.
    pub(super) fn of(&self, look: Look) -> u32 {
        self.known.iter().find(|(known, _)| *known == look).map_or(0, |&(_, number)| number)
    }

    /// The number of the same look for text that must not turn into a formula when its cell is edited.
    pub(super) fn quoted(&self, number: u32) -> u32 {
        self.quoted.iter().find(|(plain, _)| *plain == number).map_or(number, |&(_, quoted)| quoted)
    }
}

/// A form's blank workbook, compiled.
#[derive(Debug)]
pub(super) struct Template {
    /// Parts that are the same in every workbook of the form.
    pub(super) constant: Constant,
    /// The parts that list the sheets, without and with the sheet of other tables.
    pub(super) lists: [Constant; 2],
    pub(super) sheets: Vec<SheetTemplate>,
    /// Names of the sheets of the tables.
    pub(super) names: Vec<String>,
    pub(super) narrative: Frame,
    pub(super) extra: Frame,
    pub(super) looks: Looks,
    /// The total that each field is, if the sheets compute it.
    pub(super) totals: Vec<Option<Total>>,
}

/// Compiles the workbook of a form. `None` when what umya-spreadsheet built is not as this module expects, which the tests rule out.
pub(super) fn compile(form: &Form) -> Option<Template> {
    let book = plan(form);
    let mut bytes = Vec::new();
    umya_spreadsheet::writer::xlsx::write_writer(&blank::build(form, &book).ok()?, &mut bytes).ok()?;
    let mut built = Built { archive: zip::ZipArchive::new(Cursor::new(bytes)).ok()? };
    let mut styles = built.part("xl/styles.xml")?;
    let count = book.sheets.len();
    complete(&mut styles);
    let narrative = built.sheet(count)?;
    let looks = looks(&narrative, &mut styles)?;
    let mut sheets = Vec::new();
    for number in 0..count {
        sheets.push(cut(&built.sheet(number)?, form, &book, number)?);
    }
    let kept = [
        ("xl/styles.xml", styles),
        ("xl/theme/theme1.xml", built.part("xl/theme/theme1.xml")?),
        ("xl/sharedStrings.xml", built.part("xl/sharedStrings.xml")?),
    ];
    let mut constants: Vec<(String, Vec<u8>)> =
        kept.iter().map(|(name, part)| ((*name).to_owned(), parts::text(part).into_bytes())).collect();
    constants.push(("_rels/.rels".to_owned(), parts::PACKAGE_RELATIONSHIPS.as_bytes().to_vec()));
    let lists = [Constant::pack(&parts::lists(&book, false)).ok()?, Constant::pack(&parts::lists(&book, true)).ok()?];
    let totals = totals(form, &book);
    let (narrative, extra) = (frame(&narrative)?, frame(&built.sheet(count + 1)?)?);
    let constant = Constant::pack(&constants).ok()?;
    let names = book.sheets.into_iter().map(|sheet| sheet.name).collect();
    Some(Template { constant, lists, sheets, names, narrative, extra, looks, totals })
}

/// What umya-spreadsheet wrote.
struct Built {
    archive: zip::ZipArchive<Cursor<Vec<u8>>>,
}

impl Built {
    fn part(&mut self, name: &str) -> Option<Element> {
        let mut text = String::new();
        self.archive.by_name(name).ok()?.read_to_string(&mut text).ok()?;
        Element::parse(&text)
    }

    /// A sheet by its number from 0, without what nothing here needs.
    fn sheet(&mut self, number: usize) -> Option<Element> {
        let mut sheet = self.part(&format!("xl/worksheets/sheet{}.xml", number + 1))?;
        sheet.attributes.retain(|(name, _)| name == "xmlns" || name == "xmlns:r");
        sheet.visit(&mut |element| element.attributes.retain(|(name, _)| !name.starts_with("x14ac:")));
        // There is no phonetic text.
        sheet.children.retain(|node| !matches!(node, Node::Element(element) if element.name == "phoneticPr"));
        Some(sheet)
    }
}

fn attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn cells(sheet: &Element) -> impl Iterator<Item = &Element> {
    sheet
        .elements()
        .filter(|element| element.name == "sheetData")
        .flat_map(Element::elements)
        .flat_map(Element::elements)
}

/// Finds the numbers of the looks by the cells that show them, and adds the looks for quoted text to the styles.
fn looks(narrative: &Element, styles: &mut Element) -> Option<Looks> {
    let mut looks = Looks::default();
    for (look, cell) in slots().into_iter().zip(cells(narrative)) {
        looks.known.push((look, attribute(cell, "s")?.parse().ok()?));
    }
    let formats = styles.child_mut("cellXfs")?;
    for look in [Look::Body, Look::Subheading, Look::Extra, Look::Figure(None)] {
        let plain = looks.of(look);
        let mut quoted = formats.elements().nth(plain as usize)?.clone();
        quoted.attributes.push(("quotePrefix".to_owned(), "1".to_owned()));
        looks.quoted.push((plain, formats.elements().count() as u32));
        formats.children.push(Node::Element(quoted));
    }
    let count = formats.elements().count().to_string();
    formats.attributes.retain(|(name, _)| name != "count");
    formats.attributes.push(("count".to_owned(), count));
    Some(looks)
}

/// Adds the named style that every workbook has, and puts the number formats in order: they come in that of a hash table.
fn complete(styles: &mut Element) {
    if let Some(formats) = styles.child_mut("numFmts") {
        formats.children.sort_by_key(|node| match node {
            Node::Element(format) => attribute(format, "numFmtId").and_then(|id| id.parse::<u32>().ok()),
            Node::Text(_) => None,
        });
    }
    if let Some(formats) = styles.child_mut("dxfs") {
        // In a conditional format the colour of a plain fill is the background's (18.3.1.10, `dxf`).
        formats.visit(&mut |element| {
            if element.name == "patternFill"
                && element.child_mut("bgColor").is_none()
                && let Some(colour) = element.child_mut("fgColor").cloned()
            {
                element.children.push(Node::Element(Element { name: "bgColor".to_owned(), ..colour }));
            }
        });
    }
    styles.children.retain(|node| !matches!(node, Node::Element(element) if element.name == "cellStyles"));
    // The named style refers to a base format, which umya leaves out.
    styles.children.retain(|node| !matches!(node, Node::Element(element) if element.name == "cellStyleXfs"));
    let base = "<cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>";
    let before =
        styles.children.iter().position(|node| matches!(node, Node::Element(element) if element.name == "cellXfs"));
    if let Some(base) = Element::parse(base) {
        styles.children.insert(before.unwrap_or(0), Node::Element(base));
    }
    let mut named = Element::new("cellStyles", &[("count", "1")]);
    let normal = Element::new("cellStyle", &[("name", "Normal"), ("xfId", "0"), ("builtinId", "0")]);
    named.children.push(Node::Element(normal));
    let at =
        styles.children.iter().position(|node| matches!(node, Node::Element(element) if element.name == "cellXfs"));
    styles.children.insert(at.map_or(styles.children.len(), |at| at + 1), Node::Element(named));
}

/// The start tag of an element, as text.
fn opening(element: &Element) -> String {
    let mut text = String::new();
    Element { children: vec![Node::Text(String::new())], ..element.clone() }.write(&mut text);
    let end = format!("</{}>", element.name);
    text.truncate(text.len() - end.len());
    text
}

/// What stands before and behind the rows of a sheet.
fn frame(sheet: &Element) -> Option<Frame> {
    let at = sheet.elements().position(|element| element.name == "sheetData")?;
    let mut head = format!("{}{}", parts::DECLARATION, opening(sheet));
    let mut tail = String::from("</sheetData>");
    for (number, element) in sheet.elements().enumerate() {
        match number.cmp(&at) {
            // The rows differ from report to report, and programs do without their extent.
            std::cmp::Ordering::Less if element.name == "dimension" => {}
            std::cmp::Ordering::Less => element.write(&mut head),
            std::cmp::Ordering::Equal => head.push_str("<sheetData>"),
            std::cmp::Ordering::Greater => element.write(&mut tail),
        }
    }
    tail.push_str("</worksheet>");
    Some(Frame { head, tail })
}

/// Cuts the sheet of a table at its slots.
fn cut(sheet: &Element, form: &Form, book: &Book, number: usize) -> Option<SheetTemplate> {
    let slots = placed(form, book, number);
    let Frame { head, tail } = frame(sheet)?;
    let mut template = SheetTemplate::default();
    let mut text = head;
    for row in sheet.elements().filter(|element| element.name == "sheetData").flat_map(Element::elements) {
        text.push_str(&opening(row));
        for cell in row.elements() {
            let name = attribute(cell, "r")?;
            match slots.iter().find(|(known, _)| known == name) {
                Some((_, slot)) => {
                    template.pieces.push(std::mem::take(&mut text));
                    template.slots.push(SlotCell { cell: name.to_owned(), slot: slot.clone() });
                }
                None => cell.write(&mut text),
            }
        }
        text.push_str("</row>");
    }
    text.push_str(&tail);
    template.pieces.push(text);
    (template.slots.len() == slots.len()).then_some(template)
}

/// The slots of a sheet by the names of their cells.
fn placed(form: &Form, book: &Book, number: usize) -> Vec<(String, Slot)> {
    let mut slots = vec![(cell::name(0, 0), Slot::Title)];
    for (field, spot) in book.spots.iter().enumerate().filter(|(_, spot)| spot.sheet == number) {
        slots.push((cell::name(spot.row, spot.column), Slot::Figure(field)));
    }
    for check in &book.sheets[number].checks {
        let instance = &form.rules[check.rule].instances[check.instance];
        let Some(formula) = formula::check(form, book, instance, number) else { continue };
        let rounds = formula::rounds(form, instance);
        let slot = Slot::Check { rule: check.rule, instance: check.instance, rounds, formula };
        slots.push((cell::name(check.row, check.column), slot));
    }
    slots
}

/// The totals that the sheets compute, by field.
fn totals(form: &Form, book: &Book) -> Vec<Option<Total>> {
    let defined = formula::definitions(form);
    let total = |(field, definition): (usize, Option<(usize, usize)>)| {
        let (rule, number) = definition?;
        let instance = &form.rules[rule].instances[number];
        let formula = formula::total(form, book, instance, book.spots[field].sheet)?;
        let or_blank = formula::total_or_blank(form, book, instance, book.spots[field].sheet);
        Some(Total { rule, instance: number, rounds: formula::rounds(form, instance), formula, or_blank })
    };
    defined.into_iter().enumerate().map(total).collect()
}
