//! Text in the colour of its background, condensed or overprinted, and written from right to left, and text that only looks similar.

use std::fmt::Write as _;

use nianbao::bind::{Binder, Hints};
use nianbao::document::Budget;
use nianbao::form::{Form, Forms, Layout, LayoutContent};
use nianbao::report::Report;

use super::TITLE;
use super::pages::zip;

/// Markup of a figure in a cell: properties of the cell, markup before it, markup after it.
type Way = (&'static str, &'static str, &'static str);

/// Word markup in which 55 after a figure is invisible: properties of cell and paragraph, and of the run.
const WORD_UNSEEN: &[Way] = &[
    ("", "", "<w:color w:val='FFFF00'/><w:shd w:val='clear' w:color='auto' w:fill='FFFF00'/>"),
    ("<w:shd w:val='clear' w:fill='D9D9D9'/>", "", "<w:color w:val='D9D9D9'/>"),
    ("", "<w:shd w:val='clear' w:fill='00B050'/>", "<w:color w:val='00B052'/>"),
    ("", "", "<w:color w:val='00FF00'/><w:highlight w:val='green'/>"),
    ("", "", "<w:color w:val='FF0000'/><w:shd w:val='solid' w:color='FF0000' w:fill='auto'/>"),
    ("", "", "<w:color w:val='000000'/><w:shd w:val='clear' w:fill='000000'/>"),
    ("", "", "<w:w w:val='1'/>"),
    ("", "", "<w:spacing w:val='-210'/>"),
    ("", "", "<w14:textFill><w14:noFill/></w14:textFill>"),
    ("", "", "<w14:textFill><w14:solidFill><w14:srgbClr w14:val='FFFFFF'/></w14:solidFill></w14:textFill>"),
    (
        "",
        "",
        "<w14:textFill><w14:solidFill><w14:srgbClr w14:val='0'><w14:alpha w14:val='100000'/></w14:srgbClr></w14:solidFill></w14:textFill>",
    ),
    ("", "", "<w:rStyle w:val='Gone'/>"),
];

/// Word markup in which a figure is visible: properties of cell, paragraph and run.
const WORD_SEEN: &[Way] = &[
    ("<w:shd w:val='clear' w:fill='1F3864'/>", "", "<w:color w:val='FFFFFF'/>"),
    ("", "", "<w:color w:val='FFFFFF'/><w:shd w:val='clear' w:fill='C00000'/>"),
    ("<w:shd w:val='clear' w:fill='FFFF00'/>", "", "<w:color w:val='FF0000'/>"),
    ("<w:shd w:val='pct50' w:color='FF0000' w:fill='FFFF00'/>", "", "<w:color w:val='FFFF00'/>"),
    ("", "", "<w:w w:val='50'/><w:spacing w:val='-10'/>"),
    ("", "", "<w14:textFill><w14:solidFill><w14:srgbClr w14:val='FF0000'/></w14:solidFill></w14:textFill>"),
    ("", "", "<w:rStyle w:val='Gone'/><w:vanish w:val='0'/>"),
];

fn word_cell(figure: usize, seen: bool, way: usize) -> String {
    let run = |text: String, look: &str| format!("<w:r><w:rPr>{look}</w:rPr><w:t>{text}</w:t></w:r>");
    let (of_cell, of_paragraph, runs) = if seen {
        let (of_cell, of_paragraph, look) = WORD_SEEN[way % WORD_SEEN.len()];
        (of_cell, of_paragraph, run(figure.to_string(), look))
    } else if way.is_multiple_of(5) {
        let turned: String = figure.to_string().chars().rev().collect();
        ("", "", format!("<w:bdo w:val='rtl'>{}</w:bdo>", run(turned, "")))
    } else {
        let (of_cell, of_paragraph, look) = WORD_UNSEEN[way % WORD_UNSEEN.len()];
        (of_cell, of_paragraph, run(figure.to_string(), "") + &run("55".to_owned(), look))
    };
    format!("<w:tcPr>{of_cell}</w:tcPr><w:p><w:pPr>{of_paragraph}</w:pPr>{runs}</w:p>")
}

/// HTML markup in which 55 after a figure is invisible: attributes of the cell, tags before and after.
const PAGE_UNSEEN: &[Way] = &[
    ("", "<i style='color:#ccc;background:#ccc'>", "</i>"),
    ("style='background:#eef'", "<i style='color:#eeeeff'>", "</i>"),
    ("bgcolor='#cccccc'", "<font color='#cccccc'>", "</font>"),
    ("class=ground", "<i class=ink>", "</i>"),
    ("", "<i style='letter-spacing:-1em'>", "</i>"),
];

fn page_cell(figure: usize, seen: bool, way: usize) -> (String, String) {
    let turned: String = figure.to_string().chars().rev().collect();
    match (seen, way % 4) {
        (true, 0) => ("style='background:#036'".into(), format!("<b style='color:#fff'>{figure}</b>")),
        (true, 1) => ("style='background:#ff0'".into(), format!("<b style='color:red;background:none'>{figure}</b>")),
        (true, 2) => (String::new(), format!("<b style='color:red'>{figure}</b>")),
        (true, _) => (String::new(), format!("<bdo dir=ltr>{figure}</bdo>")),
        (false, 0) => (String::new(), format!("<bdo dir=rtl>{turned}</bdo>")),
        (false, 1) => (String::new(), format!("\u{202e}{turned}\u{202c}")),
        _ => {
            let (cell, before, behind) = PAGE_UNSEEN[way % PAGE_UNSEEN.len()];
            (cell.into(), format!("{figure}{before}55{behind}"))
        }
    }
}

/// A file of the form with different markup for every figure.
fn render(form: &Form, seen: bool, word: bool) -> Vec<u8> {
    let mut body = String::new();
    for table in 0..form.tables.len() {
        body += if word { "<w:tbl><w:tblGrid/>" } else { "<table border=1>" };
        let layout = Layout::for_table(form, table);
        // For each column, the number of rows that a cell above still covers, and its column span.
        let mut open = vec![(0, 0); layout.columns as usize];
        for row in &layout.rows {
            body += if word { "<w:tr>" } else { "<tr>" };
            let mut at = 0;
            let mut cells = row.iter().peekable();
            while at < layout.columns {
                let (left, span) = open[at as usize];
                if left > 0 {
                    open[at as usize].0 -= 1;
                    at += span;
                    if word {
                        let merge = format!("<w:gridSpan w:val='{span}'/><w:vMerge/>");
                        write!(body, "<w:tc><w:tcPr>{merge}</w:tcPr><w:p/></w:tc>").unwrap();
                    }
                    continue;
                }
                let Some(cell) = cells.next_if(|cell| cell.column == at) else {
                    at += 1;
                    continue;
                };
                open[at as usize] = (cell.row_span - 1, cell.col_span);
                at += cell.col_span;
                let text = match &cell.content {
                    LayoutContent::Field(index) => Err(*index),
                    LayoutContent::Caption(text)
                    | LayoutContent::Corner(text)
                    | LayoutContent::ColumnHead(text)
                    | LayoutContent::RowHead(text) => Ok(text.clone()),
                };
                let (rows, columns) = (cell.row_span, cell.col_span);
                if word {
                    let inner = text.map_or_else(
                        |index| word_cell(1000 + index, seen, index),
                        |text| format!("<w:tcPr/><w:p><w:r><w:t>{text}</w:t></w:r></w:p>"),
                    );
                    let merge = if rows > 1 { "<w:vMerge w:val='restart'/>" } else { "" };
                    let span = format!("<w:tcPr><w:gridSpan w:val='{columns}'/>{merge}");
                    let inner =
                        inner.replacen("<w:tcPr>", &span, 1).replacen("<w:tcPr/>", &format!("{span}</w:tcPr>"), 1);
                    write!(body, "<w:tc>{inner}</w:tc>").unwrap();
                } else {
                    let (look, inner) =
                        text.map_or_else(|index| page_cell(1000 + index, seen, index), |text| (String::new(), text));
                    write!(body, "<td rowspan={rows} colspan={columns} {look}>{inner}</td>").unwrap();
                }
            }
            body += if word { "</w:tr>" } else { "</tr>" };
        }
        body += if word { "</w:tbl><w:p/>" } else { "</table>" };
    }
    if !word {
        let style = "<style>.ground{background:#dde}.ink{color:#dde}</style>";
        return format!("<meta charset=utf-8>{style}<h1>{TITLE}</h1>{body}").into_bytes();
    }
    let space = "xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main' xmlns:w14='http://schemas.microsoft.com/office/word/2010/wordml'";
    let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let document =
        format!("<w:document {space}><w:body><w:p><w:r><w:t>{TITLE}</w:t></w:r></w:p>{body}</w:body></w:document>");
    let styles = format!(
        "<w:styles {space}><w:style w:type='character' w:styleId='Base'><w:rPr><w:vanish/></w:rPr></w:style><w:style w:type='character' w:styleId='Gone'><w:basedOn w:val='Base'/></w:style></w:styles>"
    );
    let relation = |id: &str, name: &str, target: &str| {
        format!("<Relationships><Relationship Id='{id}' Type='{kind}/{name}' Target='{target}'/></Relationships>")
    };
    zip(&[
        ("_rels/.rels", &relation("r1", "officeDocument", "word/document.xml")),
        ("word/document.xml", &document),
        ("word/_rels/document.xml.rels", &relation("r1", "styles", "styles.xml")),
        ("word/styles.xml", &styles),
    ])
}

fn read(bytes: &[u8], binder: &Binder) -> Report {
    let reading = nianbao::read::read(bytes, None, &mut Budget::default()).unwrap();
    binder.bind(&reading, &Hints::default()).unwrap()
}

#[test]
fn text_in_the_colour_of_its_background_is_set_aside_and_visible_text_is_read() {
    let forms = Forms::built_in().unwrap();
    let binder = Binder::new(&forms);
    let form = forms.get("gkbg-2021").unwrap();
    for word in [true, false] {
        for seen in [true, false] {
            let report = read(&render(form, seen, word), &binder);
            let mut right = 0;
            for (index, field) in form.fields.iter().enumerate() {
                let value = report.values[&field.id].value.map(|value| value.to_string());
                let figure = (1000 + index).to_string();
                assert!(value.is_none() || value == Some(figure), "{word} {seen} {}: {value:?}", field.id);
                right += usize::from(value.is_some());
            }
            assert!(right * 10 >= form.fields.len() * 9, "{word} {seen}: {right} right, {:#?}", report.findings);
            let told = report.findings.iter().any(|finding| finding.code == "unseen-set-aside");
            assert_eq!(told, !seen, "{word} {seen}");
        }
    }
}
