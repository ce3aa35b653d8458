//! Tables: every kind of merge, short rows, nesting.

use nianbao::document::{Block, Grid};

use super::make::{Word, grids, p, tc, texts};

/// The grid of a table, and each row's cells as text, column, rows and columns.
fn table(content: &str) -> (Grid, Vec<Vec<String>>) {
    let (document, _) = Word::new(&format!("<w:tbl>{content}</w:tbl>")).read();
    let grid = grids(&document)[0].clone();
    let cell = |cell: &nianbao::document::Cell| {
        let spans = if (cell.row_span, cell.col_span) == (1, 1) {
            String::new()
        } else {
            format!(" {}x{}", cell.row_span, cell.col_span)
        };
        format!("{}@{}{spans}", cell.text, cell.column)
    };
    let rows = (0..grid.rows()).map(|row| grid.row_cells(row).map(cell).collect()).collect();
    (grid, rows)
}

fn tr(cells: &[(&str, &str)]) -> String {
    format!("<w:tr>{}</w:tr>", cells.iter().map(|(properties, text)| tc(properties, text)).collect::<String>())
}

const RESTART: &str = "<w:vMerge w:val='restart'/>";
const CONTINUE: &str = "<w:vMerge/>";
const TWO: &str = "<w:gridSpan w:val='2'/>";

#[test]
fn merged_over_columns_and_rows() {
    let content = [
        tr(&[(RESTART, "三"), (TWO, "（一）")]),
        tr(&[(CONTINUE, ""), (RESTART, "（三）"), ("", "1.")]),
        tr(&[("<w:vMerge w:val='continue'/>", ""), (CONTINUE, ""), ("", "2.")]),
    ]
    .concat();
    let (_, rows) = table(&content);
    assert_eq!(
        rows,
        [
            vec!["三@0 3x1", "（一）@1 1x2"],
            vec!["三@0 3x1", "（三）@1 2x1", "1.@2"],
            vec!["三@0 3x1", "（三）@1 2x1", "2.@2"]
        ]
    );
}

#[test]
fn merged_the_old_way() {
    let content = tr(&[("<w:hMerge w:val='restart'/>", "a"), ("<w:hMerge/>", ""), ("", "b")])
        + &tr(&[("", "1"), ("", "2"), ("", "3")]);
    assert_eq!(table(&content).1, [vec!["a@0 1x2", "b@2"], vec!["1@0", "2@1", "3@2"]]);
}

#[test]
fn rows_that_begin_late_end_early_or_are_too_long() {
    let content = format!(
        "<w:tr><w:trPr><w:gridBefore w:val='1'/><w:gridAfter w:val='1'/></w:trPr>{}</w:tr>{}{}",
        tc("", "x"),
        tr(&[("", "1")]),
        tr(&[("", "1"), ("", "2"), ("", "3"), ("", "4")])
    );
    let (grid, rows) = table(&content);
    assert_eq!((grid.rows(), grid.columns()), (3, 4));
    assert_eq!(rows, [vec!["x@1"], vec!["1@0"], vec!["1@0", "2@1", "3@2", "4@3"]]);
}

#[test]
fn deleted_rows_and_cells_are_left_out() {
    let content = format!(
        "{}<w:tr><w:trPr><w:del w:id='1'/></w:trPr>{}</w:tr><w:tr><w:trPr><w:ins w:id='1'/></w:trPr>{}{}</w:tr><w:tr/>",
        tr(&[("", "a"), ("", "b")]),
        tc("", "gone"),
        tc("", "c"),
        tc("", "d")
    );
    let content = content + &tr(&[("", "e"), ("<w:cellDel w:id='2'/>", "gone"), ("", "f")]);
    let (grid, rows) = table(&content);
    assert_eq!(rows, [vec!["a@0", "b@1"], vec!["c@0", "d@1"], vec!["e@0", "f@1"]]);
    assert_eq!(grid.cells()[5].place.row, Some(2));
}

#[test]
fn wrappers_around_rows_and_cells() {
    let content = format!(
        "<w:tblPr/><w:tblGrid><w:gridCol w:w='900'/><w:tblGridChange><w:tblGrid><w:gridCol w:w='1'/></w:tblGrid></w:tblGridChange></w:tblGrid>
        <w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt><w:customXml><w:tr><w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt><w:tc><w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt></w:tc></w:tr></w:customXml>",
        tr(&[("", "a"), ("", "b")]), tc("", "c"), p("d")
    );
    assert_eq!(table(&content).1, [vec!["a@0", "b@1"], vec!["c@0", "d@1"]]);
}

#[test]
fn tables_in_cells_and_in_text_boxes() {
    let inner = format!("<w:tbl>{}</w:tbl>", tr(&[("", "inner")]));
    let boxed =
        format!("<w:p><w:r><w:pict><v:textbox><w:txbxContent>{inner}</w:txbxContent></v:textbox></w:pict></w:r></w:p>");
    let body = format!(
        "<w:tbl><w:tr><w:tc>{}{inner}<w:p/></w:tc><w:tc>{boxed}</w:tc></w:tr></w:tbl>{}{boxed}",
        p("outer"),
        p("between")
    );
    let (document, _) = Word::new(&body).read();
    let all = grids(&document);
    let text = |block: &Block| {
        if let Block::Grid(grid) = block {
            (grid.cells()[0].text.clone(), grid.place.table)
        } else {
            (String::new(), None)
        }
    };
    assert_eq!(all[0].cells()[0].text, "outer\n");
    assert_eq!(all[0].cells()[0].nested.iter().map(text).collect::<Vec<_>>(), [("inner".to_owned(), Some(1))]);
    assert_eq!(all[0].cells()[1].nested.iter().map(text).collect::<Vec<_>>(), [("inner".to_owned(), Some(2))]);
    assert_eq!((all.len(), all[1].place.table, texts(&document)), (2, Some(3), vec!["between"]));
}

#[test]
fn cells_and_rows_where_there_is_no_table() {
    let body = format!(
        "<w:tr><w:tc>{}</w:tc></w:tr><w:tbl><w:tr><w:tc><w:tc>{}</w:tc>{}</w:tc></w:tr>{}</w:tbl><w:tbl/>",
        p("loose"),
        p("a"),
        p("b"),
        p("stray")
    );
    let (document, _) = Word::new(&body).read();
    assert_eq!(texts(&document), ["loose", "stray"]);
    assert_eq!(grids(&document).iter().map(|grid| grid.cells()[0].text.as_str()).collect::<Vec<_>>(), ["a\nb"]);
}

#[test]
fn a_continuation_of_nothing_is_a_cell() {
    let content = tr(&[(CONTINUE, "a"), ("", "b")]) + &tr(&[(TWO, "c")]) + &tr(&[(CONTINUE, "d"), ("", "e")]);
    assert_eq!(table(&content).1, [vec!["a@0", "b@1"], vec!["c@0 1x2"], vec!["d@0", "e@1"]]);
}
