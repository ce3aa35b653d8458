//! Parts besides the sheets whose positions move with inserted rows: drawings, comments, tables, charts, sources of pivot tables.

use super::grow::{Growth, attribute, quoted};
use super::reference::moved;
use super::sheet::SHEET;
use crate::document::Budget;
use crate::fill::edit::{Edit, Span, apply};
use crate::read::ReadError;
use crate::read::package::Package;
use crate::read::xml::{Event, Events, Tag};

/// How a part refers to cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Anchors of pictures, shapes and charts.
    Drawing,
    /// Boxes of comments.
    Vml,
    /// Regions in `ref`, formulas: comments and tables.
    Regions,
    /// Formulas that name their sheets.
    Chart,
    /// The region of a pivot table's source.
    Source,
}

/// A part that refers to cells of a sheet, or of any sheet.
#[derive(Debug, Clone)]
pub(super) struct Follower {
    kind: Kind,
    /// Name of the sheet to which it belongs; `None` for a part of the workbook.
    sheet: Option<String>,
    pub(super) part: String,
    pub(super) xml: String,
}

/// The parts that refer to cells, and the sheets with parts whose positions are not known.
#[derive(Debug, Clone, Default)]
pub(super) struct Followers {
    pub(super) parts: Vec<Follower>,
    fixed: Vec<String>,
}

/// Kinds of relationships of a sheet whose targets have no positions of cells.
const FREE: &[&str] = &["hyperlink", "image", "printerSettings", "customProperty"];

impl Followers {
    /// Finds the parts of a workbook; `sheets` gives name and part of each sheet.
    ///
    /// # Errors
    /// [`ReadError`] if a part exceeds a limit.
    pub(super) fn find<'s>(
        package: &mut Package,
        book: &str,
        sheets: impl Iterator<Item = (&'s str, &'s str)>,
        budget: &mut Budget,
    ) -> Result<Self, ReadError> {
        let mut found = Self::default();
        for (name, part) in sheets {
            for (kind, target) in targets(package, part, budget)? {
                let kind = match kind.as_str() {
                    "drawing" => Kind::Drawing,
                    "vmlDrawing" => Kind::Vml,
                    "comments" | "threadedComment" | "table" => Kind::Regions,
                    kind if FREE.contains(&kind) => continue,
                    _ => {
                        found.fixed.push(name.to_owned());
                        continue;
                    }
                };
                found.add(package, kind, (Some(name), &target), budget)?;
                if kind == Kind::Drawing {
                    for (kind, target) in targets(package, &target, budget)? {
                        if matches!(kind.as_str(), "chart" | "chartEx") {
                            found.add(package, Kind::Chart, (Some(name), &target), budget)?;
                        }
                    }
                }
            }
        }
        for (kind, target) in targets(package, book, budget)? {
            if kind == "pivotCacheDefinition" {
                found.add(package, Kind::Source, (None, &target), budget)?;
            }
        }
        Ok(found)
    }

    fn add(
        &mut self,
        package: &mut Package,
        kind: Kind,
        (sheet, part): (Option<&str>, &str),
        budget: &mut Budget,
    ) -> Result<(), ReadError> {
        let Some(bytes) = package.part(part, budget)? else { return Ok(()) };
        match (String::from_utf8(bytes), sheet) {
            (Ok(xml), sheet) => {
                let sheet = sheet.map(str::to_owned);
                self.parts.push(Follower { kind, sheet, part: part.to_owned(), xml });
            }
            (Err(_), Some(sheet)) => self.fixed.push(sheet.to_owned()),
            (Err(_), None) => {}
        }
        Ok(())
    }

    /// The parts after an insertion; `None` if something of the sheet cannot be moved.
    pub(super) fn grown(&self, growth: &Growth, budget: &mut Budget) -> Option<Vec<Follower>> {
        if self.fixed.iter().any(|sheet| sheet == growth.sheet) {
            return None;
        }
        let moved = self.parts.iter().map(|part| {
            let own = part.sheet.as_deref() == Some(growth.sheet);
            match part.grown(own, growth, budget) {
                Ok(Some(xml)) => Some(Follower { xml, ..part.clone() }),
                // A part of another sheet that cannot be read does not say that it refers to this one.
                Ok(None) | Err(_) if !own => Some(part.clone()),
                Ok(None) | Err(_) => None,
            }
        });
        moved.collect()
    }
}

/// Kinds and names of the parts to which a part refers.
fn targets(package: &mut Package, part: &str, budget: &mut Budget) -> Result<Vec<(String, String)>, ReadError> {
    let relationships = package.relationships(part, budget)?;
    let internal = relationships.all().iter().filter(|target| !target.external);
    let named = internal.map(|target| {
        let part = package.find(&target.target).unwrap_or(&target.target);
        (target.kind.clone(), part.to_owned())
    });
    Ok(named.collect())
}

impl Follower {
    /// Its XML after an insertion into its own sheet, or into another one; `None` if it cannot be moved.
    fn grown(&self, own: bool, growth: &Growth, budget: &mut Budget) -> Result<Option<String>, ReadError> {
        let mut mover = Mover { xml: &self.xml, growth, own, edits: Vec::new() };
        let fits = match self.kind {
            Kind::Drawing => mover.drawing(budget)?,
            Kind::Vml if own => mover.boxes(budget)?,
            Kind::Regions if own => mover.regions(budget)?,
            Kind::Chart => mover.regions(budget)?,
            Kind::Source => mover.source(budget)?,
            Kind::Vml | Kind::Regions => true,
        };
        Ok(fits.then(|| apply(&self.xml, &mut mover.edits)))
    }
}

/// A place of an anchor: a row and the offset in it, with the span of the row's number.
type AnchorRow = (Span, u32, bool);

struct Mover<'a> {
    xml: &'a str,
    growth: &'a Growth<'a>,
    /// Whether the part belongs to the sheet that grows.
    own: bool,
    edits: Vec<Edit>,
}

impl<'a> Mover<'a> {
    fn events(&self) -> Events<'a> {
        let body = self.xml.trim_start_matches('\u{feff}');
        Events::new(body, self.xml.len() - body.len(), SHEET)
    }

    /// The content of the element that has just been opened: its span and its text.
    fn content(&self, events: &mut Events<'a>, budget: &mut Budget) -> Result<(Span, String), ReadError> {
        let start = events.offset();
        let text = events.content(budget)?.into_owned();
        let end =
            self.xml.get(start..events.offset()).and_then(|inside| inside.rfind("</")).map_or(start, |at| start + at);
        Ok(((start, end), text))
    }

    fn replace(&mut self, span: Span, old: &str, new: &str) {
        if new != old {
            self.edits.push(Edit { span, text: quoted(new) });
        }
    }

    fn formula(&mut self, span: Span, text: &str) {
        let new = self.growth.formula(text, self.own.then_some(u32::MAX));
        self.replace(span, text, &new);
    }

    fn attribute(&mut self, tag: &Tag, end: usize, name: &str, change: &dyn Fn(&str) -> String) {
        if let (Some((span, _)), Some(text)) = (attribute(self.xml, (tag.start, end), name), tag.get(name)) {
            self.replace(span, &text, &change(&text));
        }
    }

    /// Anchors of pictures, shapes and charts: those below the rows move, those beside them grow if they are anchored to two cells.
    fn drawing(&mut self, budget: &mut Budget) -> Result<bool, ReadError> {
        let mut events = self.events();
        let (mut anchor, mut from, mut to, mut at_end) = (None, None, None, false);
        loop {
            match events.next(budget)? {
                Event::End => return Ok(true),
                Event::Open(tag) => match tag.local {
                    "twoCellAnchor" | "oneCellAnchor" | "absoluteAnchor" => {
                        let how = tag.get("editAs").map_or_else(|| "twoCell".to_owned(), std::borrow::Cow::into_owned);
                        (anchor, from, to) = (Some((events.depth(), how)), None, None);
                    }
                    "from" => at_end = false,
                    "to" => at_end = true,
                    "row" => {
                        let (span, text) = self.content(&mut events, budget)?;
                        let Ok(row) = text.trim().parse::<u32>() else { return Ok(false) };
                        *(if at_end { &mut to } else { &mut from }) = Some((span, row, false));
                    }
                    "rowOff" => {
                        let (_, text) = self.content(&mut events, budget)?;
                        if let Some(row) = if at_end { &mut to } else { &mut from } {
                            row.2 = text.trim() != "0";
                        }
                    }
                    "sp" | "cxnSp" => {
                        let (growth, at) = (self.growth, self.own.then_some(u32::MAX));
                        let change = |text: &str| growth.formula(text, at);
                        self.attribute(&tag, events.offset(), "textlink", &change);
                    }
                    _ => {}
                },
                Event::Close(_) => {
                    if anchor.as_ref().is_some_and(|(depth, _)| events.depth() + 1 == *depth)
                        && let Some((_, how)) = anchor.take()
                    {
                        self.anchor(&how, from.take(), to.take());
                    }
                }
                _ => {}
            }
        }
    }

    /// Moves an anchor with its first and its last row.
    fn anchor(&mut self, how: &str, from: Option<AnchorRow>, to: Option<AnchorRow>) {
        let Growth { last, by, .. } = *self.growth;
        if !self.own || how == "absolute" {
            return;
        }
        let is_below = from.is_some_and(|(_, row, _)| row > last);
        let mut shift = |(span, row, _): AnchorRow| self.edits.push(Edit { span, text: (row + by).to_string() });
        if let Some(from) = from.filter(|_| is_below) {
            shift(from);
        }
        // One that ends at the edge above the inserted rows does not reach into them.
        let grows =
            |(_, row, inside): &AnchorRow| how == "twoCell" && (*row > last + 1 || (*row == last + 1 && *inside));
        if let Some(to) = to.filter(|to| is_below || grows(to)) {
            shift(to);
        }
    }

    /// The boxes of comments, each with the row of its cell; any other control is not moved.
    fn boxes(&mut self, budget: &mut Budget) -> Result<bool, ReadError> {
        let mut events = self.events();
        let (mut data, mut row, mut place) = (None, None, None);
        let Growth { last, by, .. } = *self.growth;
        loop {
            match events.next(budget)? {
                Event::End => return Ok(true),
                Event::Open(tag) => match tag.local {
                    "ClientData" => {
                        if tag.get("ObjectType").as_deref() != Some("Note") {
                            return Ok(false);
                        }
                        (data, row, place) = (Some(events.depth()), None, None);
                    }
                    "Row" => row = Some(self.content(&mut events, budget)?),
                    "Anchor" => place = Some(self.content(&mut events, budget)?),
                    _ => {}
                },
                Event::Close(_) if data.is_some_and(|depth| events.depth() + 1 == depth) => {
                    data = None;
                    let Some((span, text)) = row.take() else { return Ok(false) };
                    let Ok(at) = text.trim().parse::<u32>() else { return Ok(false) };
                    if at <= last {
                        continue;
                    }
                    self.edits.push(Edit { span, text: (at + by).to_string() });
                    let Some((span, text)) = place.take() else { continue };
                    let Some(text) = moved_box(&text, by) else { return Ok(false) };
                    self.edits.push(Edit { span, text });
                }
                _ => {}
            }
        }
    }

    /// Regions in `ref`, and formulas.
    fn regions(&mut self, budget: &mut Budget) -> Result<bool, ReadError> {
        let mut events = self.events();
        loop {
            match events.next(budget)? {
                Event::End => return Ok(true),
                Event::Open(tag) if matches!(tag.local, "f" | "calculatedColumnFormula" | "totalsRowFormula") => {
                    let (span, text) = self.content(&mut events, budget)?;
                    self.formula(span, &text);
                }
                Event::Open(tag) if self.own => {
                    let growth = self.growth;
                    let change = |text: &str| moved(text, &|_| true, &|rows| growth.region(rows));
                    self.attribute(&tag, events.offset(), "ref", &change);
                }
                _ => {}
            }
        }
    }

    /// The region of a pivot table's source in the sheet that grows.
    fn source(&mut self, budget: &mut Budget) -> Result<bool, ReadError> {
        let mut events = self.events();
        loop {
            match events.next(budget)? {
                Event::End => return Ok(true),
                Event::Open(tag)
                    if tag.local == "worksheetSource" && tag.get("sheet").as_deref() == Some(self.growth.sheet) =>
                {
                    let growth = self.growth;
                    let change = |text: &str| moved(text, &|_| true, &|rows| growth.region(rows));
                    self.attribute(&tag, events.offset(), "ref", &change);
                }
                _ => {}
            }
        }
    }
}

/// The anchor of a comment's box, which has its first row third and its last row seventh, further below.
fn moved_box(text: &str, by: u32) -> Option<String> {
    let mut numbers: Vec<String> = text.split(',').map(|number| number.trim().to_owned()).collect();
    for at in [2, 6] {
        let number = numbers.get_mut(at)?;
        *number = (number.parse::<u32>().ok()? + by).to_string();
    }
    Some(numbers.join(", "))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn grown(kind: Kind, own: bool, xml: &str) -> Option<String> {
        let plain = BTreeMap::new();
        let growth = Growth { sheet: "表", first: 4, last: 6, by: 3, header: false, plain: &plain };
        let sheet = Some(if own { "表" } else { "另表" }.to_owned());
        let part = Follower { kind, sheet, part: "p".to_owned(), xml: xml.to_owned() };
        part.grown(own, &growth, &mut Budget::default()).ok().flatten()
    }

    fn anchor(how: &str, from: u32, to: (u32, u32)) -> String {
        format!(
            "<a:wsDr xmlns:a=\"x\"><a:twoCellAnchor{how}><a:from><a:col>0</a:col><a:row>{from}</a:row><a:rowOff>0</a:rowOff></a:from>\
             <a:to><a:row>{}</a:row><a:rowOff>{}</a:rowOff></a:to><a:sp textlink=\"表!$B$9\"/></a:twoCellAnchor></a:wsDr>",
            to.0, to.1
        )
    }

    #[test]
    fn anchors_move_or_grow_as_the_program_for_sheets_does() {
        let one = " editAs=\"oneCell\"";
        for (how, from, to, wanted) in [
            ("", 7, (9, 0), (10, 12)),
            (one, 7, (9, 0), (10, 12)),
            (" editAs=\"absolute\"", 7, (9, 0), (7, 9)),
            ("", 2, (9, 0), (2, 12)),
            (one, 2, (9, 0), (2, 9)),
            ("", 2, (7, 0), (2, 7)),
            ("", 2, (7, 5), (2, 10)),
            ("", 2, (6, 5), (2, 6)),
        ] {
            let found = grown(Kind::Drawing, true, &anchor(how, from, to));
            let wanted = anchor(how, wanted.0, (wanted.1, to.1)).replace("$B$9", "$B$12");
            assert_eq!(found.as_deref(), Some(wanted.as_str()), "{how} {from} {to:?}");
        }
        // On another sheet only the text that a shape shows is moved.
        let other = grown(Kind::Drawing, false, &anchor("", 7, (9, 0)));
        assert_eq!(other, Some(anchor("", 7, (9, 0)).replace("$B$9", "$B$12")));
    }

    #[test]
    fn comments_tables_charts_and_sources_follow_their_cells() {
        let note = |kind: &str, row: u32, place: &str| {
            format!(
                "<xml xmlns:x=\"x\"><x:ClientData ObjectType=\"{kind}\"><x:Anchor>{place}</x:Anchor><x:Row>{row}</x:Row></x:ClientData></xml>"
            )
        };
        let found = grown(Kind::Vml, true, &note("Note", 8, "1, 15, 7, 2, 3, 31, 11, 1"));
        assert_eq!(found, Some(note("Note", 11, "1, 15, 10, 2, 3, 31, 14, 1")));
        let above = note("Note", 6, "1, 15, 5, 2, 3, 31, 9, 1");
        assert_eq!(grown(Kind::Vml, true, &above), Some(above));
        assert_eq!(grown(Kind::Vml, true, &note("Checkbox", 8, "1")), None);
        let table = |end: u32, total: u32| {
            format!(
                "<table ref=\"A4:F{end}\"><autoFilter ref=\"A4:F{end}\"/><totalsRowFormula>SUM(表!B5:B{end})</totalsRowFormula><comment ref=\"B{total}\"/></table>"
            )
        };
        assert_eq!(grown(Kind::Regions, true, &table(7, 8)), Some(table(10, 11)));
        let chart = "<c><f>表!$B$5:$B$7</f><f>另表!$B$5:$B$9</f></c>";
        assert_eq!(
            grown(Kind::Chart, false, chart).as_deref(),
            Some("<c><f>表!$B$5:$B$10</f><f>另表!$B$5:$B$9</f></c>")
        );
        let source =
            "<p><worksheetSource ref=\"A4:F7\" sheet=\"表\"/><worksheetSource ref=\"A4:F7\" sheet=\"另表\"/></p>";
        let wanted = source.replacen("F7", "F10", 1);
        assert_eq!(grown(Kind::Source, false, source), Some(wanted));
    }
}
