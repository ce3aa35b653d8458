//! Splits a form's blank workbook into constant pieces and slots for a report's values.

use std::io::{Cursor, Read};

use super::book::plan;
use super::cut::Cutter;
use super::sheet::{Frame, SheetTemplate, attribute, frame};
use super::styles::{Look, slots};
use super::{blank, formula, parts};
use crate::form::Form;
use crate::write::package::Constant;
use crate::write::xml::{Element, Node};

/// Style indices of the looks in `styles.xml`.
#[derive(Debug, Default)]
pub(super) struct Looks {
    known: Vec<(Look, u32)>,
    /// Style indices of the same looks with a quote prefix, for text that would be a formula if it were typed.
    quoted: Vec<(u32, u32)>,
}

impl Looks {
    /// The style index of a look.
    pub(super) fn index(&self, look: Look) -> u32 {
        self.known.iter().find(|(known, _)| *known == look).map_or(0, |&(_, number)| number)
    }

    /// The style index of the same look with a quote prefix, so that text does not turn into a formula when its cell is edited.
    pub(super) fn quoted(&self, number: u32) -> u32 {
        self.quoted.iter().find(|(plain, _)| *plain == number).map_or(number, |&(_, quoted)| quoted)
    }
}

/// A form's blank workbook, compiled.
#[derive(Debug)]
pub(super) struct Template {
    /// Parts that are identical in every workbook of the form.
    pub(super) constant: Constant,
    /// The parts that list the sheets, without and with the sheet of extra tables.
    pub(super) lists: [Constant; 2],
    pub(super) sheets: Vec<SheetTemplate>,
    /// Names of the sheets of the tables.
    pub(super) names: Vec<String>,
    pub(super) narrative: Frame,
    pub(super) extra: Frame,
    pub(super) looks: Looks,
}

/// Compiles the workbook of a form. `None` if the output of umya-spreadsheet is not as expected, which the tests rule out.
pub(super) fn compile(form: &Form) -> Option<Template> {
    let book = plan(form);
    let mut bytes = Vec::new();
    // "Light" writes without compression: the parts are read again at once.
    umya_spreadsheet::writer::xlsx::write_writer_light(&blank::build(form, &book).ok()?, &mut bytes).ok()?;
    let mut built = Built { archive: zip::ZipArchive::new(Cursor::new(bytes)).ok()? };
    let mut styles = built.part("xl/styles.xml")?;
    let count = book.sheets.len();
    complete(&mut styles);
    let narrative = built.sheet(count)?;
    let looks = looks(&narrative, &mut styles)?;
    let definitions = formula::definitions(form);
    let mut sheets = Vec::new();
    for number in 0..count {
        let cutter = Cutter { form, book: &book, number, check: looks.index(Look::Check), pieces: Vec::new() };
        sheets.push(cutter.cut(&built.sheet(number)?, &definitions)?);
    }
    let kept = [
        ("xl/styles.xml", styles),
        ("xl/theme/theme1.xml", built.part("xl/theme/theme1.xml")?),
        // A form without tables has no labels, and umya-spreadsheet does not write the part then.
        ("xl/sharedStrings.xml", built.part("xl/sharedStrings.xml").or_else(|| Element::parse(NO_STRINGS))?),
    ];
    let mut constants: Vec<(String, Vec<u8>)> =
        kept.iter().map(|(name, part)| ((*name).to_owned(), parts::text(part).into_bytes())).collect();
    constants.push(("_rels/.rels".to_owned(), parts::PACKAGE_RELATIONSHIPS.as_bytes().to_vec()));
    let lists = [Constant::pack(&parts::lists(&book, false)).ok()?, Constant::pack(&parts::lists(&book, true)).ok()?];
    let (narrative, extra) = (frame(&narrative)?, frame(&built.sheet(count + 1)?)?);
    let constant = Constant::pack(&constants).ok()?;
    let names = book.sheets.into_iter().map(|sheet| sheet.name).collect();
    Some(Template { constant, lists, sheets, names, narrative, extra, looks })
}

/// A shared strings part without strings.
const NO_STRINGS: &str =
    "<sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" count=\"0\" uniqueCount=\"0\"/>";

/// The package written by umya-spreadsheet.
struct Built {
    archive: zip::ZipArchive<Cursor<Vec<u8>>>,
}

impl Built {
    fn part(&mut self, name: &str) -> Option<Element> {
        let mut text = String::new();
        self.archive.by_name(name).ok()?.read_to_string(&mut text).ok()?;
        Element::parse(&text)
    }

    /// A sheet by its index, without unneeded elements.
    fn sheet(&mut self, number: usize) -> Option<Element> {
        let mut sheet = self.part(&format!("xl/worksheets/sheet{}.xml", number + 1))?;
        sheet.attributes.retain(|(name, _)| name == "xmlns" || name == "xmlns:r");
        sheet.visit(&mut |element| element.attributes.retain(|(name, _)| !name.starts_with("x14ac:")));
        // There is no phonetic text.
        sheet.children.retain(|node| !matches!(node, Node::Element(element) if element.name == "phoneticPr"));
        Some(sheet)
    }
}

fn cells(sheet: &Element) -> impl Iterator<Item = &Element> {
    sheet
        .elements()
        .filter(|element| element.name == "sheetData")
        .flat_map(Element::elements)
        .flat_map(Element::elements)
}

/// Finds the style indices of the looks from the cells that show them, and adds the quote-prefixed styles.
fn looks(narrative: &Element, styles: &mut Element) -> Option<Looks> {
    let mut looks = Looks::default();
    for (look, cell) in slots().into_iter().zip(cells(narrative)) {
        looks.known.push((look, attribute(cell, "s")?.parse().ok()?));
    }
    let formats = styles.child_mut("cellXfs")?;
    shrink(formats, &looks);
    for look in [Look::Body, Look::Subheading, Look::Extra, Look::Figure(None)] {
        let plain = looks.index(look);
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

/// Makes numbers shrink to the width of their cells; otherwise one that is too wide is shown as `###`. umya-spreadsheet has no property
/// for it (18.8.1, `shrinkToFit`).
fn shrink(formats: &mut Element, looks: &Looks) {
    let is_number = |look: &Look| matches!(look, Look::Figure(Some(_)) | Look::Total(Some(_)));
    let numbers: Vec<u32> = looks.known.iter().filter(|(look, _)| is_number(look)).map(|(_, index)| *index).collect();
    let formats = formats.children.iter_mut().filter_map(|node| match node {
        Node::Element(format) => Some(format),
        Node::Text(_) => None,
    });
    for (_, format) in (0..).zip(formats).filter(|(index, _)| numbers.contains(index)) {
        if let Some(alignment) = format.child_mut("alignment") {
            // Wrapping takes precedence over shrinking.
            alignment.attributes.retain(|(name, _)| name != "wrapText");
            alignment.attributes.push(("shrinkToFit".to_owned(), "1".to_owned()));
        }
    }
}

/// Adds the required named style, and sorts the number formats, which come in the order of a hash table.
fn complete(styles: &mut Element) {
    if let Some(formats) = styles.child_mut("numFmts") {
        formats.children.sort_by_key(|node| match node {
            Node::Element(format) => attribute(format, "numFmtId").and_then(|id| id.parse::<u32>().ok()),
            Node::Text(_) => None,
        });
    }
    if let Some(formats) = styles.child_mut("dxfs") {
        // In a conditional format the colour of a solid fill is the background colour (18.3.1.10, `dxf`).
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
    // The named style refers to a base format, which umya-spreadsheet omits.
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
