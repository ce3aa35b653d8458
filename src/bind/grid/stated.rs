//! The years that are stated of the tables that were read.

use super::address::Column;
use super::assign::Assignment;
use super::evidence::Candidate;
use super::panels::Panels;
use super::years::headed_year;
use crate::bind::labels::index::FormIndex;
use crate::document::Place;

/// The tables of the form whose columns that are read are under a year, or whose table is below a line with one; with the latest such year
/// and its place.
pub(super) fn stated(
    index: &FormIndex,
    assignment: &Assignment,
    found: &Panels,
    candidates: &[Candidate],
) -> Vec<(usize, u16, Option<Place>)> {
    let mut years = Vec::new();
    for &part in assignment.regions.iter().flat_map(|region| &region.parts) {
        let candidate = &candidates[part];
        let read =
            candidate.header.columns.iter().filter(|head| matches!(head.is, Column::Known(..) | Column::Group(_)));
        let cells = read.flat_map(|head| &head.path);
        let year = cells.filter_map(|cell| headed_year(&cell.at.cell.text)).max();
        let year = year.or(found.all[candidate.panel].year);
        years.extend(year.map(|year| (index.shapes[candidate.shape].table, year, found.place(candidate.panel))));
    }
    years
}
