//! Reads the figures of the form's tables from the tables of the document that were assigned to their blocks.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::address::{Column, Header};
use super::around::Units;
use super::assign::{Assignment, Region, Tie, assign};
use super::cells::{Laid, Misfit, Target, figure_cells, lay, prove};
use super::columns::Forms;
use super::embedded::without_embedded;
use super::evidence::{Candidate, Place, candidates};
use super::extra::{Extra, left_over, not_the_forms, parts};
use super::indicators;
use super::panels::{Panels, panels};
use super::parts::{Found, Other, differ, others};
use super::stated::stated;
use super::sums::{proves, sums_hold};
use super::tell::{self, Unfitting};
use super::view::ViewCell;
use crate::bind::figures::{Figures, Hold, Proof, ambiguous_table, passed_over, rows_missing};
use crate::bind::labels::index::{Expected, FormIndex};
use crate::bind::labels::shapes::Shape;
use crate::bind::source::items::Flow;
use crate::bind::value;
use crate::finding::code::bind as code;
use crate::finding::{Finding, Message, Place as At};
use crate::form::FieldIndex;

/// Reads every table of the form that is in a grid.
pub(in crate::bind) fn read(index: &FormIndex, all: &[FormIndex], flow: &Flow) -> Figures {
    let mut figures = Figures::blank(&index.form, flow.rows.len());
    let forms = Forms { index, all };
    let found = panels(index, flow);
    let too_many = || Finding::new(&code::LABELS_TOO_MANY, code::LABELS_TOO_MANY.message());
    figures.findings.extend(found.too_many.then(too_many));
    let mut candidates = candidates(&forms, &found);
    without_embedded(index, flow, &found, &mut candidates, &mut figures);
    let assignment = assign(&index.shapes, &found, &candidates);
    let units = Units::new(flow);
    let mut reader = Reader {
        forms: &forms,
        flow,
        found: &found,
        candidates: &candidates,
        figures: &mut figures,
        claims: BTreeMap::new(),
        seen: vec![BTreeSet::new(); index.form.tables.len()],
        misfits: Vec::new(),
        told: BTreeSet::new(),
        rivals: BTreeSet::new(),
        extra: BTreeMap::new(),
        units: &units,
    };
    reader.all(&assignment);
    figures.years = stated(index, &assignment, &found, &candidates);
    indicators::read(index, flow, &units, &mut figures);
    figures
}

struct Reader<'a, 'f, 'd> {
    forms: &'a Forms<'a>,
    flow: &'a Flow<'d>,
    found: &'a Panels<'f, 'd>,
    candidates: &'a [Candidate<'f, 'd>],
    figures: &'a mut Figures,
    /// For each panel, the table of the form that it was assigned to, and the rows of its view that are rows of the form.
    claims: BTreeMap<usize, (usize, BTreeSet<usize>)>,
    /// For each table, the rows of the form that were found or reported as a finding: block and row.
    seen: Vec<BTreeSet<(usize, usize)>>,
    /// Rows of the current region whose cells do not fit its columns.
    misfits: Vec<Unfitting>,
    /// Tables that stand once more with other figures.
    rivals: BTreeSet<usize>,
    /// Panels that were read or reported as a finding.
    told: BTreeSet<usize>,
    /// For each table, header and texts of the columns that the form does not have, and the place of the first block with such columns.
    extra: BTreeMap<usize, Extra>,
    /// The units that the document states.
    units: &'a Units<'a, 'd>,
}

impl<'f, 'd> Reader<'_, 'f, 'd> {
    fn all(&mut self, assignment: &Assignment) {
        let index = self.forms.index;
        for region in &assignment.regions {
            self.region(region);
        }
        for tie in &assignment.ties {
            self.report_tie(tie);
        }
        self.claim();
        self.figures.report_rivals(&index.form, &self.rivals);
        for table in 0..index.form.tables.len() {
            if self.figures.rows[table].is_empty() {
                continue;
            }
            let expected = index.expected[table].iter().filter_map(|expected| match *expected {
                Expected::Data { block, row } => Some((block, row)),
                _ => None,
            });
            let missing: Vec<(usize, usize)> = expected.filter(|row| !self.seen[table].contains(row)).collect();
            if !missing.is_empty() {
                self.figures.findings.push(rows_missing(&index.form, table, &missing));
            }
        }
        self.passed_over();
    }

    fn shape(&self, candidate: usize) -> &Shape {
        &self.forms.index.shapes[self.candidates[candidate].shape]
    }

    /// Block and row of the form for a row of the shape; row 0 in a pivot shape, whose rows are groups of columns.
    fn rows_of(shape: &Shape, row: usize) -> (usize, usize) {
        (shape.block, if shape.pivot { 0 } else { row })
    }

    fn region(&mut self, region: &Region) {
        let first = &self.candidates[region.parts[0]];
        let shape = self.shape(region.parts[0]).clone();
        let region_hold = self.region_hold(region, &shape);
        let mut moved = 0;
        let mut place = None;
        let mut header_above: Option<&Header> = None;
        let mut found: Vec<Vec<(usize, Found)>> = Vec::new();
        for &part in &region.parts {
            let candidate = &self.candidates[part];
            let view = &self.found.views[self.found.all[candidate.panel].view];
            let header = match (candidate.headless, header_above) {
                (true, Some(above)) => above,
                _ => &candidate.header,
            };
            header_above = header_above.or(Some(header));
            moved += candidate.rows.moved;
            let hits = candidate.rows.hits.iter().enumerate().filter_map(|(row, hit)| hit.map(|hit| (row, hit)));
            let all = hits.chain(candidate.rows.doubles.iter().copied()).map(|(row, hit)| {
                let fits = self.found.all[candidate.panel].is_certain(hit.row, shape.labelled());
                let laid = fits.then(|| lay(&shape, header, &view.rows[hit.row], (row, &hit), candidate.rows.edge));
                let laid = laid.unwrap_or(Err(Misfit::Count));
                (part, Found { row, hit, laid, headless: first.headless })
            });
            let all: Vec<(usize, Found)> = all.collect();
            let claim = self.claims.entry(candidate.panel).or_insert((shape.table, BTreeSet::new()));
            claim.1.extend(all.iter().map(|(_, found)| found.hit.row));
            place = place.or_else(|| {
                let hit = candidate.rows.hits.iter().flatten().next()?;
                view.rows[hit.row].cells.first().map(|cell| cell.at.cell.place.clone())
            });
            found.push(all);
        }
        let headers: Vec<&Header> = region.parts.iter().map(|&part| &self.candidates[part].header).collect();
        for (number, part) in found.iter().enumerate() {
            let goes_on = self.candidates[region.parts[number]].headless && number > 0;
            let header = if goes_on { header_above.unwrap_or(&first.header) } else { headers[number] };
            let others = others(&headers, &found, number, shape.labelled());
            let mut hold = region_hold;
            if goes_on
                && !(header.is_forms()
                    && proves(&shape, header, part.iter().map(|(_, found)| (found.row, found.laid.as_ref().ok()))))
            {
                let at = self.place(region.parts[number]);
                hold = self.figures.tell(tell::goes_on(&self.forms.index.form, shape.table).at(at));
            }
            self.part(&shape, header, part, &others, hold);
        }
        for finding in tell::misfits(&self.forms.index.form, shape.table, std::mem::take(&mut self.misfits)) {
            self.figures.tell(finding);
        }
        self.columns_missing(&shape, &headers, &found, region.parts[0]);
        if moved > 0 {
            self.figures.findings.push(tell::rows_moved(&self.forms.index.form, shape.table, moved));
        }
    }

    /// Adds the findings about a whole region; returns the [`Hold`] of all its figures.
    fn region_hold(&mut self, region: &Region, shape: &Shape) -> Hold {
        let form = &self.forms.index.form;
        let first = &self.candidates[region.parts[0]];
        let panel = &self.found.all[first.panel];
        let turned = self.found.views[panel.view].turned || shape.pivot;
        let at = self.place(region.parts[0]);
        let mut hold = Hold::Known;
        if first.place == Place::Other {
            let section = panel.section.and_then(|section| form.sections[section].heading.as_ref());
            let heading = section.map(|heading| heading.text.clone()).unwrap_or_default();
            hold = self.figures.tell(tell::elsewhere(form, shape.table, &heading).at(at.clone()));
        }
        if first.marked {
            hold = self.figures.tell(tell::compared(form, shape.table).at(at.clone()));
        }
        if first.headless {
            hold = self.figures.tell(tell::header_lost(form, shape.table).at(at.clone()));
        }
        if turned {
            self.figures.tell(tell::turned(form, shape.table).at(at.clone()));
        }
        for &passed in &region.passed {
            let place = self.place(passed);
            if self.told.insert(self.candidates[passed].panel) {
                let other = &self.candidates[passed];
                let mut finding = passed_over(form, shape.table).at(place);
                // A complete table with other figures may belong to another agency, or be the right one: the finding names the fields to
                // check.
                if other.full && !other.marked && !other.blank {
                    self.rivals.insert(shape.table);
                    finding = finding.about(shape.fields().iter().map(|&field| form.fields[field].id.clone()));
                }
                self.figures.tell(finding);
            }
        }
        hold
    }

    fn place(&self, candidate: usize) -> Option<crate::document::Place> {
        self.found.place(self.candidates[candidate].panel)
    }

    /// Reads the rows of one part of a region.
    fn part(
        &mut self,
        shape: &Shape,
        header: &Header<'f, 'd>,
        part: &[(usize, Found<'f, 'd>)],
        others: &[Other<'_, 'f, 'd>],
        region: Hold,
    ) {
        let laid: Vec<(usize, Laid)> = part
            .iter()
            .filter_map(|(_, found)| found.laid.as_ref().ok().map(|laid| (found.row, laid.clone())))
            .collect();
        let proven = prove(shape, header, &laid);
        let columns = self.column_holds(shape, header, &proven);
        let before = others.iter().filter(|(before, _)| *before).flat_map(|(_, rows)| rows.iter());
        let mut done: BTreeSet<usize> = before.map(|(_, found)| found.row).collect();
        let mut of_row: HashMap<usize, Vec<&Found>> = HashMap::new();
        for (_, found) in part.iter().chain(others.iter().flat_map(|(_, rows)| rows.iter())) {
            of_row.entry(found.row).or_default().push(found);
        }
        let apart = of_row.values().any(|same| differ(same));
        for (_, found) in part {
            if !done.insert(found.row) {
                continue;
            }
            let same = of_row.get(&found.row).map_or(&[][..], Vec::as_slice);
            let again: Vec<&Found> = same.iter().copied().filter(|other| other.hit != found.hit).collect();
            self.row(shape, found, (&again, apart), &columns, region);
        }
    }

    /// For each header, the column of the form that its figures are read as, with its hold; `None` if the header is not a column of the
    /// form.
    fn column_holds(&mut self, shape: &Shape, header: &Header, proven: &[Option<usize>]) -> Vec<Option<(usize, Hold)>> {
        let form = &self.forms.index.form;
        let mut holds = Vec::new();
        for (head, of) in header.columns.iter().zip(proven) {
            let Some(column) = *of else {
                holds.push(None);
                continue;
            };
            let place = head.path.last().map(|cell| cell.at.cell.place.clone());
            let hold = if matches!(head.is, Column::Known(..)) && header.copied.contains(&column) {
                self.figures.tell(tell::header_doubled(form, shape.table, &shape.columns[column].shown).at(place))
            } else if matches!(head.is, Column::Known(..)) {
                Hold::Known
            } else {
                let by_sums = !matches!(head.is, Column::Alike(_));
                let words = (head.shown(), shape.columns[column].shown.clone());
                self.figures.tell(tell::header_variant(form, shape.table, words, by_sums).at(place))
            };
            holds.push(Some((column, hold)));
        }
        holds
    }

    fn row(
        &mut self,
        shape: &Shape,
        found: &Found<'f, 'd>,
        (again, apart): (&[&Found<'f, 'd>], bool),
        columns: &[Option<(usize, Hold)>],
        region: Hold,
    ) {
        let index = self.forms.index;
        let form = &index.form;
        let block_row = Self::rows_of(shape, found.row);
        self.seen[shape.table].insert(block_row);
        let all: Vec<FieldIndex> = (0..shape.columns.len()).map(|column| shape.field(found.row, column)).collect();
        let words = tell::row_words(form, shape, found.row);
        let laid = match &found.laid {
            Ok(laid) => laid,
            Err(Misfit::Count) => {
                return self.misfit(found, words, all, 0);
            }
            Err(Misfit::Parted(label)) => {
                self.figures.tell(tell::parted(form, &words, &all, label).at(self.shown(found).0));
                return;
            }
        };
        let own = found.texts();
        let other = again.iter().any(|other| other.texts() != own);
        if other || (apart && !again.is_empty() && own.iter().any(|text| !matches!(*text, "" | "0"))) {
            let finding = (if other { tell::doubled } else { tell::doubled_too })(form, &words, &all);
            self.figures.tell(finding.at(self.shown(found).0));
            return;
        }
        let mut row_hold = Hold::Known;
        if found.hit.alike {
            let written = self.cell_text(found, found.hit.label);
            row_hold = self.figures.tell(tell::label_variant(&words, &written).at(self.shown(found).0));
        }
        if laid.shifted {
            row_hold = self.figures.tell(tell::shifted(&words).at(self.shown(found).0));
        }
        if found.headless && !sums_hold(shape, found.row, laid) {
            return self.misfit(found, words, all, 0);
        }
        let mut known = vec![false; shape.columns.len()];
        for column in columns.iter().flatten() {
            known[column.0] = true;
        }
        let mut taken = vec![false; shape.columns.len()];
        for (target, cell) in &laid.cells {
            let of = match *target {
                Target::Form(column) => Some((column, Hold::Known)),
                Target::Head(head) => columns.get(head).copied().flatten(),
            };
            let Some((column, hold)) = of.filter(|of| !taken[of.0]) else { continue };
            taken[column] = true;
            let field = all[column];
            let grid = found.grid(self.flow, &self.found.views);
            let said = |of| self.units.stated(grid, cell.at.cell, of);
            let read = value::read(form, field, cell.at.cell, said, &mut self.figures.findings);
            self.figures.put(form, field, read, Proof::Address { row: row_hold, column: hold, region });
        }
        // Columns of the form that have a header but no cell in this row.
        let absent: Vec<FieldIndex> =
            (0..taken.len()).filter(|&column| known[column] && !taken[column]).map(|column| all[column]).collect();
        if !absent.is_empty() {
            self.misfit(found, words, absent, taken.iter().filter(|taken| **taken).count());
        }
    }

    /// Keeps a row whose cells do not fit the columns, to be reported together with the others of its region.
    fn misfit(&mut self, found: &Found, words: Message, fields: Vec<FieldIndex>, count: usize) {
        let (at, shown) = self.shown(found);
        self.misfits.push(Unfitting { words, fields, shown, found: count, at });
    }

    fn cell_text(&self, found: &Found, label: Option<usize>) -> String {
        let cell = label.and_then(|label| found.view_row(&self.found.views)?.cells.get(label));
        cell.map(|cell| cell.at.cell.text.trim().replace('\n', "")).unwrap_or_default()
    }

    /// The place of a row, and its figures as written.
    fn shown(&self, found: &Found) -> (Option<crate::document::Place>, String) {
        let Some(row) = found.view_row(&self.found.views) else { return (None, String::new()) };
        let place = row.cells.get(found.hit.label.unwrap_or(0)).map(|cell| cell.at.cell.place.clone());
        let cells = figure_cells(row, &found.hit, 0);
        let texts: Vec<&str> = cells.iter().map(|cell| cell.at.cell.text.trim()).collect();
        (place, texts.join(" | "))
    }

    /// Reports columns of the form that have no header, and headers that are not columns of the form.
    fn columns_missing(&mut self, shape: &Shape, headers: &[&Header], found: &[Vec<(usize, Found)>], first: usize) {
        let form = &self.forms.index.form;
        let read: Vec<Vec<Option<usize>>> = headers
            .iter()
            .zip(found)
            .map(|(header, part)| {
                let laid: Vec<(usize, Laid)> = part
                    .iter()
                    .filter_map(|(_, found)| found.laid.as_ref().ok().map(|laid| (found.row, laid.clone())))
                    .collect();
                prove(shape, header, &laid)
            })
            .collect();
        if self.candidates[first].headless {
            return;
        }
        let in_order = headers.iter().any(|header| header.in_order);
        let missing: Vec<usize> = (0..shape.columns.len())
            .filter(|_| !in_order)
            .filter(|column| !read.iter().flatten().any(|of| *of == Some(*column)))
            .collect();
        let laid = found.iter().map(|part| part.iter().filter_map(|(_, found)| found.laid.as_ref().ok().cloned()));
        let laid: Vec<Vec<Laid>> = laid.map(Iterator::collect).collect();
        let mut extra = not_the_forms(headers, &read, &laid);
        let at = self.place(first);
        let parts = parts(headers);
        if !parts.is_empty() {
            self.figures.tell(tell::parts(form, shape.table, &parts).at(at.clone()));
        }
        if missing.is_empty() {
            if !extra.is_empty() {
                self.extra.entry(shape.table).or_insert((Vec::new(), at)).0.append(&mut extra);
            }
            return;
        }
        let rows = 0..shape.rows.len();
        let fields: Vec<FieldIndex> =
            rows.flat_map(|row| missing.iter().map(move |&column| shape.field(row, column))).collect();
        let names: Vec<String> = missing.iter().map(|&column| shape.columns[column].shown.clone()).collect();
        self.figures.tell(tell::columns_missing(form, shape.table, &names, &extra, &fields).at(at));
    }

    fn report_tie(&mut self, tie: &Tie) {
        let shape = self.shape(tie.one).clone();
        let form = &self.forms.index.form;
        for row in 0..shape.rows.len() {
            self.seen[shape.table].insert(Self::rows_of(&shape, row));
        }
        self.told.extend(tie.panels(self.candidates));
        self.rivals.insert(shape.table);
        let mut finding = ambiguous_table(form, shape.table, shape.fields()).at(self.place(tie.one));
        finding.related.extend(tie.second_place(self.found, self.candidates));
        self.figures.tell(finding);
        self.figures.refused[shape.table] = true;
    }

    /// Marks the rows of the tables as taken from the flow. A row of figures that is not a row of the form is left in the text and
    /// reported.
    fn claim(&mut self) {
        let claims = std::mem::take(&mut self.claims);
        let form = &self.forms.index.form;
        for (table, (columns, at)) in std::mem::take(&mut self.extra) {
            self.figures.tell(tell::extra_columns(form, table, &columns).at(at));
        }
        let mut unknown: BTreeMap<usize, Vec<(String, Option<At>)>> = BTreeMap::new();
        for (&number, (table, hits)) in &claims {
            let panel = &self.found.all[number];
            let view = &self.found.views[panel.view];
            let mut rows: Vec<usize> = Vec::new();
            if view.turned {
                rows.extend(view.flow.clone());
            } else {
                rows.extend(panel.captions.iter().chain(&panel.head).chain(&panel.numbers));
                for &row in &panel.body {
                    let known =
                        |cell: &ViewCell| !cell.at.figure && cell.at.uses.iter().any(|found| found.table == *table);
                    // In tables side by side, one row belongs to several tables.
                    let beside = claims.iter().any(|(&other, (_, rows))| {
                        let other = &self.found.all[other];
                        let of = (view.flow.start + row).checked_sub(self.found.views[other.view].flow.start);
                        other.strip == panel.strip
                            && other.view != panel.view
                            && of.is_some_and(|row| rows.contains(&row))
                    });
                    if hits.contains(&row) || beside || view.rows[row].filled().all(known) {
                        rows.push(row);
                    } else {
                        // Above the first and below the last row of the form, a row without figures is not part of the table.
                        let inside = hits.first() < Some(&row) && hits.last() > Some(&row);
                        let figures = view.rows[row]
                            .filled()
                            .any(|cell| cell.at.figure && cell.at.cell.text.chars().any(char::is_numeric));
                        if !inside && !figures {
                            continue;
                        }
                        let shown: Vec<&str> = view.rows[row].filled().map(|cell| cell.at.cell.text.trim()).collect();
                        let place = view.rows[row].cells.first().map(|cell| cell.at.cell.place.clone());
                        unknown.entry(*table).or_default().push((shown.join(" | "), place));
                    }
                }
                for row in &mut rows {
                    *row += view.flow.start;
                }
            }
            for row in rows {
                self.figures.taken[row] = true;
                self.figures.rows[*table].push(row);
            }
            self.told.insert(number);
        }
        for (table, rows) in unknown {
            self.figures.tell(tell::unknown_rows(form, table, rows));
        }
        for rows in &mut self.figures.rows {
            rows.sort_unstable();
            rows.dedup();
        }
    }

    /// Reports tables with labels of the form that were not assigned to a block.
    fn passed_over(&mut self) {
        let index = self.forms.index;
        let free = |candidate: &Candidate| {
            let panel = &self.found.all[candidate.panel];
            let view = &self.found.views[panel.view];
            !view.turned
                && !self.told.contains(&candidate.panel)
                && !self.figures.taken[view.first_row([&panel.captions, &panel.notes, &panel.head, &panel.body])]
        };
        for (table, at) in left_over(&index.shapes, self.candidates, free) {
            let place = self.place(at);
            self.figures.tell(tell::not_the_forms(&index.form, table).at(place));
        }
    }
}
