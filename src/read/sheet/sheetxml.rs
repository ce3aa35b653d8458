//! Workbooks of Excel 2002 and 2003 as a single XML file, "XML spreadsheet" or `XML 表格` (XMLSS in Microsoft's Office 2003 XML reference).
//! Element and attribute names are those of its namespace `urn:schemas-microsoft-com:office:spreadsheet`.

use std::collections::BTreeMap;

use super::conditional;
use super::faces::{on, shows_nothing};
use super::formulas::only_adds;
use super::inherited::Inherited;
use super::numberformat::NumberFormat;
use super::{Region, Run, Sheet, Workbook, value};
use crate::document::{Budget, Document, Metadata, Resource};
use crate::finding::Finding;
use crate::read::shared::marks::{Change, Face, Paper, Shift, rgb};
use crate::read::shared::metadata;
use crate::read::shared::skipped::SkippedKind;
use crate::read::xml::{self, Event, Events, Tag};
use crate::read::{ReadError, Unsupported};

/// The namespaces that are read.
static SPACES: &[(&str, u32)] =
    &[("urn:schemas-microsoft-com:office:spreadsheet", 0), ("urn:schemas-microsoft-com:office:excel", 1)];
const SHEET: Option<u32> = Some(0);
const EXCEL: Option<u32> = Some(1);

/// Reads a workbook that is a single XML file.
///
/// # Errors
/// [`ReadError`] if it is not well-formed, another XML file, or too large.
pub(crate) fn read(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let (text, _) = xml::text(bytes, budget)?;
    let mut events = Events::new(&text, 0, SPACES);
    let mut book = Workbook::default();
    let (mut formats, mut faces) = (BTreeMap::new(), BTreeMap::new());
    loop {
        match events.next(budget)? {
            Event::Open(tag) if events.depth() == 1 && tag.space == SHEET && tag.local == "Workbook" => {}
            Event::Open(tag) if events.depth() == 1 => {
                return Err(Unsupported::XmlRoot(tag.local.to_owned()).into());
            }
            Event::Open(tag) if tag.space == SHEET && tag.local == "Styles" => {
                (formats, faces) = styles(&mut events, budget)?;
            }
            Event::Open(tag) if tag.space == SHEET && tag.local == "Worksheet" => {
                let name = tag.get("Name").unwrap_or_default().into_owned();
                let sheet = Sheet { name, ..Sheet::default() };
                let (events, budget) = (&mut events, &mut *budget);
                let inherited = Inherited::default();
                let walker =
                    Walker { events, budget, sheet, formats: &formats, faces: &faces, row: 0, column: 0, inherited };
                book.sheets.push(walker.read()?);
            }
            Event::Open(tag) if tag.local == "DocumentProperties" => {
                let end = events.skip(budget)?;
                properties(&mut book.metadata, text.get(tag.start..end).unwrap_or_default(), budget)?;
            }
            Event::Open(_) => {
                events.skip(budget)?;
            }
            Event::End => return super::document(book, budget, findings),
            _ => {}
        }
    }
}

/// Styles by name: number formats that change a figure, and text formatting.
type Styles = (BTreeMap<String, NumberFormat>, BTreeMap<String, Change>);

fn styles(events: &mut Events, budget: &mut Budget) -> Result<Styles, ReadError> {
    let outside = events.depth().saturating_sub(1);
    let (mut formats, mut style) = (BTreeMap::new(), String::new());
    let mut faces = BTreeMap::<String, Change>::new();
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.local == "Style" => {
                budget.spend(Resource::Blocks, 1)?;
                style = tag.get("ID").unwrap_or_default().into_owned();
                let parent = tag.get("Parent").unwrap_or_default();
                let face = faces.get(&*parent).copied().unwrap_or_default();
                faces.insert(style.clone(), face);
            }
            Event::Open(tag) if matches!(tag.local, "Font" | "Interior") => {
                if let Some(face) = faces.get_mut(&style) {
                    *face = of_style(&tag, *face);
                }
            }
            Event::Open(tag) if tag.local == "NumberFormat" => {
                budget.spend(Resource::Blocks, 1)?;
                // Dates have a cell type of their own.
                let code = tag.get("Format");
                let format = match code.as_deref() {
                    Some("Percent") => NumberFormat::parse("0%"),
                    Some(code) => NumberFormat::parse(code),
                    None => NumberFormat::Plain,
                };
                if let Some(face) = faces.get_mut(&style).filter(|_| code.as_deref().is_some_and(shows_nothing)) {
                    face.away = Some(true);
                }
                if matches!(format, NumberFormat::Odd(_)) {
                    formats.insert(style.clone(), format);
                }
            }
            Event::Close(_) if events.depth() == outside => return Ok((formats, faces)),
            Event::End => return Ok((formats, faces)),
            _ => {}
        }
    }
}

/// Formatting set by the font or fill of a style.
fn of_style(tag: &Tag, face: Change) -> Change {
    if tag.local == "Font" {
        return of_font(tag).or(face);
    }
    let solid = tag.get("Pattern").is_none_or(|pattern| pattern == "Solid");
    let colour = tag.get("Color").as_deref().and_then(rgb);
    let paper = colour.map(|colour| if solid { Paper::from_rgb(colour) } else { Paper::Coloured });
    Change { paper: paper.or(face.paper), ground: Some(colour.filter(|_| solid).into()), ..face }
}

/// The document properties; damaged ones are left out.
fn properties(found: &mut Metadata, text: &str, budget: &mut Budget) -> Result<(), ReadError> {
    match metadata::add(found, text, budget) {
        Err(ReadError::OverLimit(exceeded)) => Err(exceeded.into()),
        _ => Ok(()),
    }
}

/// State of reading a worksheet.
struct Walker<'e, 'a, 'b> {
    events: &'e mut Events<'a>,
    budget: &'b mut Budget,
    sheet: Sheet,
    formats: &'e BTreeMap<String, NumberFormat>,
    /// Current row, and column of the next cell, for those without an index.
    row: u32,
    column: u32,
    inherited: Inherited,
    /// Faces of the styles that are not plain.
    faces: &'e BTreeMap<String, Change>,
}

impl Walker<'_, '_, '_> {
    fn read(mut self) -> Result<Sheet, ReadError> {
        let outside = self.events.depth().saturating_sub(1);
        let (mut next_row, mut next_column) = (0_u32, 0_u32);
        loop {
            match self.events.next(self.budget)? {
                Event::Open(tag) if tag.space == SHEET => match tag.local {
                    "Row" => {
                        self.row = index(&tag).unwrap_or(next_row);
                        self.inherited.row = tag.get("StyleID").map(Into::into);
                        self.column = 0;
                        let last = self.row.saturating_add(number(&tag, "Span"));
                        next_row = last.saturating_add(1);
                        if is_true(&tag, "Hidden") || is_low(&tag, "Height") {
                            self.sheet.hide_rows(self.row, last, self.budget)?;
                        }
                    }
                    "Column" => {
                        let first = index(&tag).unwrap_or(next_column);
                        let last = first.saturating_add(number(&tag, "Span"));
                        next_column = last.saturating_add(1);
                        if let Some(style) = tag.get("StyleID") {
                            self.budget.spend(Resource::Blocks, 1)?;
                            self.inherited.columns.push((first, last, style.into()));
                        }
                        if is_true(&tag, "Hidden") || is_low(&tag, "Width") {
                            self.sheet.hide_columns(first, last, self.budget)?;
                        }
                    }
                    "Cell" => self.cell(&tag)?,
                    "Table" => self.inherited.table = tag.get("StyleID").map(Into::into),
                    _ => {
                        self.events.skip(self.budget)?;
                    }
                },
                Event::Open(tag) if tag.space == EXCEL && tag.local == "ConditionalFormatting" => {
                    conditional::of_sheetxml(self.events, &mut self.sheet, self.budget)?;
                }
                Event::Open(tag) if tag.space == EXCEL && tag.local == "Visible" => {
                    let state = self.events.content(self.budget)?;
                    self.sheet.hidden = state.trim() != "SheetVisible";
                }
                Event::Close(_) if self.events.depth() == outside => return Ok(self.sheet),
                Event::End => return Ok(self.sheet),
                _ => {}
            }
        }
    }

    fn cell(&mut self, tag: &Tag) -> Result<(), ReadError> {
        let (row, column) = (self.row, index(tag).unwrap_or(self.column));
        let style = tag.get("StyleID").or_else(|| self.inherited.style(column).map(|style| style.to_owned().into()));
        let face = style.as_deref().map(|style| self.face(style)).unwrap_or_default();
        let mut runs = Vec::new();
        let right = column.saturating_add(number(tag, "MergeAcross"));
        let bottom = row.saturating_add(number(tag, "MergeDown"));
        self.column = right.saturating_add(1);
        self.sheet.merge(Region { top: row, left: column, bottom, right }, self.budget)?;
        let outside = self.events.depth().saturating_sub(1);
        let mut text = None;
        let formula = tag.get("Formula");
        loop {
            match self.events.next(self.budget)? {
                Event::Open(data) if data.space == SHEET && data.local == "Data" => {
                    let (written, own) = self.data(face)?;
                    runs = own;
                    text = Some(shown(data.get("Type").as_deref().unwrap_or("String"), written));
                }
                // A comment has a `Data` element of its own, and extensions of other programs may, too.
                Event::Open(other) => {
                    if other.space == SHEET && other.local == "Comment" {
                        self.sheet.skipped.add(SkippedKind::Comment);
                    }
                    self.events.skip(self.budget)?;
                }
                Event::Close(_) if self.events.depth() == outside => break,
                Event::End => break,
                _ => {}
            }
        }
        let text = text.unwrap_or_default();
        if let Some(formula) = formula {
            self.sheet.formulas.note((row, column), &text, only_adds(&formula));
        }
        let format = style.and_then(|style| self.formats.get(&*style));
        let face = format.map_or(face, |format| format.face(&text, face));
        if let Some(shown) = format.and_then(|format| format.shown(&text)).filter(|_| !face.is_left_out()) {
            self.sheet.shown.insert((row, column), shown);
        }
        self.sheet.put_marked((row, column), &text, (face, &runs), self.budget)
    }

    /// The face of a style.
    fn face(&self, style: &str) -> Face {
        let face = self.faces.get(style).copied().unwrap_or_default().apply(Face::default());
        Face { ink: on(face.ink, face.ground), ..face }
    }

    /// The text of a cell, which may contain HTML elements for formatting.
    fn data(&mut self, face: Face) -> Result<(String, Vec<Run>), ReadError> {
        let outside = self.events.depth().saturating_sub(1);
        let mut text = String::new();
        let (mut runs, mut inside): (Vec<Run>, Vec<Face>) = (Vec::new(), Vec::new());
        loop {
            match self.events.next(self.budget)? {
                Event::Text(piece) => text.push_str(piece),
                Event::Character(character) => text.push(character),
                Event::Open(tag) => {
                    if tag.local.eq_ignore_ascii_case("br") {
                        text.push('\n');
                    }
                    let around = inside.last().copied();
                    if !text.is_empty() {
                        runs.push((text.len(), around));
                    }
                    inside.push(of_html(&tag).apply(around.unwrap_or(face)));
                }
                Event::Close(_) if self.events.depth() == outside => break,
                Event::Close(_) => runs.push((text.len(), inside.pop())),
                Event::End => break,
            }
        }
        if runs.iter().all(|run| run.1.is_none_or(|own| own == face)) {
            runs.clear();
        }
        // Normalise line ends of Windows and of old Macs.
        if text.contains('\r') {
            let plain = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
            for run in &mut runs {
                run.0 = text.get(..run.0).map_or(run.0, |before| plain(before).len());
            }
            text = plain(&text);
        }
        Ok((text, runs))
    }
}

/// Formatting by a font: `ss:StrikeThrough`, `ss:VerticalAlign`, `ss:Color`, `ss:Size`.
fn of_font(tag: &Tag) -> Change {
    let mut change = Change::default();
    if tag.get("StrikeThrough").is_some() {
        change.struck = Some(is_true(tag, "StrikeThrough"));
    }
    change.shift = tag.get("VerticalAlign").map(|name| Shift::named(&name));
    if let Some(colour) = tag.get("Color").as_deref().and_then(rgb) {
        change.set_ink(colour);
    }
    if let Some(size) = tag.get("Size").and_then(|size| size.trim().parse::<f64>().ok()) {
        change.points(size);
    }
    change
}

/// Formatting by an HTML element within a cell.
fn of_html(tag: &Tag) -> Change {
    match tag.local.to_ascii_lowercase().as_str() {
        "s" | "strike" | "del" => Change { struck: Some(true), ..Change::default() },
        "sup" => Change { shift: Some(Shift::Raised), ..Change::default() },
        "sub" => Change { shift: Some(Shift::Lowered), ..Change::default() },
        "font" => of_font(tag),
        _ if tag.get("Style").is_some_and(|style| style.contains("mso-hide:all")) => {
            Change { hidden: Some(true), ..Change::default() }
        }
        _ => Change::default(),
    }
}

/// Whether a height or width is too small to show anything.
fn is_low(tag: &Tag, name: &str) -> bool {
    tag.get(name).and_then(|size| size.trim().parse::<f64>().ok()).is_some_and(|size| size < 1.0)
}

/// The index of a row, column or cell, if given; 0-based.
fn index(tag: &Tag) -> Option<u32> {
    tag.get("Index")?.trim().parse::<u32>().ok()?.checked_sub(1)
}

/// The number in an attribute; 0 if it is missing.
fn number(tag: &Tag, name: &str) -> u32 {
    tag.get(name).and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

fn is_true(tag: &Tag, name: &str) -> bool {
    tag.get(name).is_some_and(|value| matches!(&*value, "1" | "true" | "True"))
}

/// The text of a value according to its type.
fn shown(kind: &str, written: String) -> String {
    match kind {
        "Number" => value::stored(&written, false, false).into_owned(),
        "Boolean" => value::truth(matches!(written.trim(), "1" | "true" | "True")).to_owned(),
        "DateTime" => {
            let time = written.trim().trim_end_matches(".000").replacen('T', " ", 1);
            // A time of day is stored with the day before the first day of the calendar.
            let time = time.strip_prefix("1899-12-31 ").unwrap_or(&time);
            time.trim_end_matches(" 00:00:00").to_owned()
        }
        _ => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Grid, Limits};
    use crate::read::sheet::tests::grids;

    fn book(sheets: &str) -> String {
        format!(
            "<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet' \
             xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet' xmlns:x='urn:schemas-microsoft-com:office:excel' \
             xmlns:html='http://www.w3.org/TR/REC-html40'><DocumentProperties xmlns='urn:schemas-microsoft-com:office:office'>\
             <Title>年报</Title><Author>某局</Author></DocumentProperties><Styles><Style ss:ID='s1'/></Styles>{sheets}</Workbook>"
        )
    }

    fn sheet(rows: &str) -> String {
        book(&format!("<Worksheet ss:Name='表一'><Table>{rows}</Table></Worksheet>"))
    }

    fn said(text: &str) -> Result<(Document, Vec<String>), ReadError> {
        let mut findings = Vec::new();
        let document = read(text.as_bytes(), &mut Budget::default(), &mut findings)?;
        Ok((document, findings.into_iter().map(|finding| finding.code).collect()))
    }

    /// Address, spanned rows and columns, and text of each cell with content.
    fn cells(document: &Document) -> Vec<(String, u32, u32, &str)> {
        let cells = grids(document).into_iter().flat_map(Grid::cells);
        let filled = cells.filter(|cell| !cell.text.is_empty());
        let cell = filled.map(|c| (c.place.a1().unwrap_or_default(), c.row_span, c.col_span, c.text.as_str()));
        cell.collect()
    }

    #[test]
    fn cells_are_at_their_index_or_after_the_previous_one() -> Result<(), ReadError> {
        let text = sheet(
            "<Row><Cell ss:MergeAcross='2' ss:MergeDown='1'><Data ss:Type='String'>项目</Data></Cell><Cell><Data ss:Type='String'>合计</Data></Cell></Row>
             <Row><Cell ss:Index='4'><Data ss:Type='Number'>7</Data></Cell></Row>
             <Row ss:Index='5' ss:Span='2'/>
             <Row><Cell/><Cell ss:Index='2'><Data ss:Type='Number'>1.5E-3</Data></Cell><Cell><Data ss:Type='Number'>0.30000000000000004</Data></Cell></Row>",
        );
        let (document, findings) = said(&text)?;
        assert_eq!(findings, [""; 0]);
        let cell = |place: &str, rows, columns, text| (place.to_owned(), rows, columns, text);
        let expected = [
            cell("A1", 2, 3, "项目"),
            cell("D1", 1, 1, "合计"),
            cell("D2", 1, 1, "7"),
            cell("B8", 1, 1, "0.0015"),
            cell("C8", 1, 1, "0.3"),
        ];
        assert_eq!(cells(&document), expected);
        assert_eq!(grids(&document)[0].caption.as_deref(), Some("表一"));
        assert_eq!(
            (document.metadata.title.as_deref(), document.metadata.author.as_deref()),
            (Some("年报"), Some("某局"))
        );
        Ok(())
    }

    #[test]
    fn values_by_their_type() -> Result<(), ReadError> {
        for (kind, written, expected) in [
            ("String", "规章&#10;件&#13;&#10;数&#13;", "规章\n件\n数\n"),
            (
                "String",
                "<html:B>一<html:Font html:Size='9'>、</html:Font></html:B>总体<html:Br/>情况",
                "一、总体\n情况",
            ),
            ("Number", "12.50", "12.50"),
            ("Number", "9007199254740993", "9007199254740993"),
            ("Boolean", "1", "TRUE"),
            ("DateTime", "2021-01-18T00:00:00.000", "2021-01-18"),
            ("DateTime", "2021-01-18T09:30:00.000", "2021-01-18 09:30:00"),
            ("DateTime", "1899-12-31T09:30:00.000", "09:30:00"),
            ("Error", "#DIV/0!", "#DIV/0!"),
        ] {
            let text = sheet(&format!(
                "<Row><Cell><Data ss:Type='{kind}'>{written}</Data><Comment><ss:Data>批注</ss:Data></Comment></Cell></Row>"
            ));
            let (document, findings) = said(&text)?;
            assert_eq!(cells(&document), [("A1".to_owned(), 1, 1, expected)]);
            assert_eq!(findings, ["content-skipped"]);
        }
        Ok(())
    }

    #[test]
    fn hidden_cells_and_missing_results_are_reported() -> Result<(), ReadError> {
        let cell = "<Cell><Data ss:Type='Number'>5</Data></Cell>";
        let sheets = [
            format!(
                "<Worksheet ss:Name='藏'><Table><Row>{cell}</Row></Table><x:WorksheetOptions><x:Visible>SheetHidden</x:Visible></x:WorksheetOptions></Worksheet>"
            ),
            format!(
                "<Worksheet ss:Name='行'><Table><Row>{cell}</Row><Row ss:Hidden='1'>{cell}</Row></Table></Worksheet>"
            ),
            format!(
                "<Worksheet ss:Name='列'><Table><Column/><Column ss:Span='1' ss:Hidden='1'/><Row>{cell}{cell}{cell}</Row></Table></Worksheet>"
            ),
            format!("<Worksheet ss:Name='式'><Table><Row>{cell}<Cell ss:Formula='=1+1'/></Row></Table></Worksheet>"),
        ];
        let (document, findings) = said(&book(&sheets.concat()))?;
        assert_eq!(findings, ["sheet-hidden", "cells-hidden", "cells-hidden", "formula-uncalculated"]);
        let captions: Vec<_> = grids(&document).into_iter().filter_map(|grid| grid.caption.as_deref()).collect();
        assert_eq!(captions, ["行", "列", "式"]);
        Ok(())
    }

    #[test]
    fn places_beyond_the_sheet_are_refused_and_far_ones_cost_nothing() -> Result<(), ReadError> {
        let far = "<Row><Cell><Data ss:Type='Number'>1</Data></Cell></Row><Row ss:Index='1048576'><Cell ss:Index='16384'><Data ss:Type='Number'>2</Data></Cell></Row>";
        let (document, _) = said(&sheet(far))?;
        assert_eq!((grids(&document)[0].rows(), grids(&document)[0].columns()), (2, 2));
        for attribute in ["Index='4294967295'", "Index='20000'"] {
            let beyond = format!("<Row><Cell ss:{attribute}><Data ss:Type='Number'>1</Data></Cell></Row>");
            assert!(matches!(said(&sheet(&beyond)), Err(ReadError::Damaged(_))), "{attribute}");
        }
        let wide = "<Row><Cell ss:MergeAcross='4294967295' ss:MergeDown='4294967295'><Data ss:Type='Number'>1</Data></Cell></Row>";
        let (document, _) = said(&sheet(wide))?;
        assert_eq!(cells(&document), [("A1".to_owned(), 1, 1, "1")]);
        let many = sheet(&"<Row><Cell><Data ss:Type='Number'>1</Data></Cell></Row>".repeat(100));
        let mut budget = Budget::new(Limits { blocks: 50, ..Limits::default() });
        assert!(matches!(read(many.as_bytes(), &mut budget, &mut Vec::new()), Err(ReadError::OverLimit(_))));
        Ok(())
    }

    #[test]
    fn the_content_decides_whatever_the_suffix() -> Result<(), ReadError> {
        let text = sheet("<Row><Cell><Data ss:Type='Number'>1</Data></Cell></Row>");
        for (name, findings) in [("年报.xml", 0), ("年报.xls", 0), ("年报.docx", 1)] {
            let reading = crate::read::read(text.as_bytes(), Some(name), &mut Budget::default())?;
            assert_eq!(
                (reading.format, reading.findings.len()),
                (crate::document::Format::SheetXml, findings),
                "{name}"
            );
        }
        assert!(matches!(said("<a/>"), Err(ReadError::Unsupported(_))));
        Ok(())
    }
}
