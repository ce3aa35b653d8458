//! Whether a table of a page holds data or only lays out the page.

use scraper::ElementRef;

/// Cells that are looked at.
const CELLS: usize = 64;

/// Whether a table only lays out the page: it holds other tables, or a few cells with long text.
pub(super) fn is_layout(table: ElementRef) -> bool {
    let (mut cells, mut filled, mut long, mut nested) = (0, 0, 0, false);
    for node in table.descendants().skip(1) {
        let Some(element) = node.value().as_element() else { continue };
        match element.name() {
            "table" => nested = true,
            "td" | "th" if cells < CELLS => {
                cells += 1;
                let mut length = 0;
                for text in node.descendants().filter_map(|node| node.value().as_text().map(|text| text.trim().len())) {
                    length += text;
                    if length > 1_200 {
                        break;
                    }
                }
                filled += usize::from(length > 0);
                long += usize::from(length > 1_200);
            }
            _ => {}
        }
    }
    nested && (long > 0 || filled <= 6) || long > 0 && filled <= 6 || cells == 1
}
