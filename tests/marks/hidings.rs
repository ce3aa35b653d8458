//! Text that a format hides in ways of its own: patterns, conditional formats, number formats, themes, inherited styles, linked style
//! sheets. What is visible is the text of the cell, and the rest is set aside.

use nianbao::document::{Block, Budget};

use super::pages::{OPEN_SPACES, zip};

/// The texts of the cells, and those that were set aside.
fn shown(bytes: &[u8]) -> (Vec<String>, Vec<String>) {
    let document = nianbao::read::read(bytes, None, &mut Budget::default()).unwrap().document;
    let grids = document.blocks.iter().filter_map(|block| match block {
        Block::Grid(grid) => Some(grid.cells().iter().map(|cell| cell.text.clone()).collect::<Vec<_>>()),
        _ => None,
    });
    (grids.flatten().collect(), document.asides.into_iter().map(|aside| aside.text).collect())
}

/// Whether the cell beside 项目 shows 23, and what is set aside.
fn hold(what: &str, bytes: &[u8], figure: &str, aside: &[&str]) {
    let (cells, asides) = shown(bytes);
    let filled: Vec<&str> = cells.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    let expected: Vec<&str> = ["项目", figure].into_iter().filter(|text| !text.is_empty()).collect();
    assert_eq!((filled, asides), (expected, aside.iter().map(|&text| text.to_owned()).collect()), "{what}");
}

/// A table of one row, with words before a cell's end and the content of its second cell.
fn rtf(of_cell: &str, content: &str) -> Vec<u8> {
    format!(
        "{{\\rtf1\\ansi{{\\colortbl;\\red0\\green0\\blue0;\\red255\\green255\\blue0;}}\\trowd\\cellx2000{of_cell}\\cellx4000\
         \\pard\\intbl \\u-26503?\\u30446?\\cell\\pard\\plain\\intbl {content}\\cell\\row\\pard\\par}}"
    )
    .into_bytes()
}

#[test]
fn rtf_hides_by_patterns_spacing_and_moves() {
    for (of_cell, content) in [
        ("\\clcbpat2", "23{\\cf2 9}"),
        ("\\clcfpat2\\clshdng10000", "23{\\cf2 9}"),
        ("", "\\cbpat2 23{\\cf2 9}"),
        ("", "\\shading10000\\cfpat2 23{\\cf2 9}"),
        ("", "23{\\cf2\\chshdng10000\\chcfpat2 9}"),
        ("", "23{\\expndtw-200 9}"),
        ("", "23{\\expnd-40 9}"),
        ("\\clcbpat2", "{\\super 1}23{\\cf2 9}"),
    ] {
        let figure = if content.contains("super") { "¹23" } else { "23" };
        hold(content, &rtf(of_cell, content), figure, &["9"]);
    }
    hold("moved", &rtf("", "{\\mvf 9}23"), "23", &[]);
    // Neither the pattern of another cell nor half a pattern hides.
    hold("half", &rtf("\\clcfpat2\\clshdng5000", "{\\cf2 23}"), "23", &[]);
    hold("colour", &rtf("\\clcbpat1", "{\\cf2 23}"), "23", &[]);
}

/// A workbook of one row; `figure` is its second cell in the second cell format.
fn xlsx(styles: &str, figure: &str, behind: &str) -> Vec<u8> {
    let sheet = format!(
        "<worksheet><sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>项目</t></is></c>{figure}</row></sheetData>{behind}</worksheet>"
    );
    zip(&[
        (
            "_rels/.rels",
            "<Relationships><Relationship Id='1' Type='x/officeDocument' Target='xl/workbook.xml'/></Relationships>",
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r='r'><sheets><sheet name='表' sheetId='1' r:id='1'/></sheets></workbook>",
        ),
        (
            "xl/_rels/workbook.xml.rels",
            "<Relationships><Relationship Id='1' Type='x/worksheet' Target='s.xml'/><Relationship Id='2' Type='x/styles' Target='y.xml'/></Relationships>",
        ),
        ("xl/s.xml", &sheet),
        ("xl/y.xml", &format!("<styleSheet>{styles}</styleSheet>")),
    ])
}

const FIGURE: &str = "<c r='B1' s='1'><v>23</v></c>";

/// Cell formats with a font and a fill of the second one, and a number format.
fn formats(number: &str, font: &str, fill: &str) -> String {
    format!(
        "<numFmts><numFmt numFmtId='164' formatCode='{number}'/></numFmts><fonts><font/><font>{font}</font></fonts>\
         <fills><fill/><fill><patternFill patternType='solid'><fgColor {fill}/></patternFill></fill></fills>\
         <cellXfs><xf/><xf fontId='1' fillId='{}' numFmtId='{}'/></cellXfs>",
        u8::from(!fill.is_empty()),
        if number.is_empty() { 0 } else { 164 },
    )
}

#[test]
fn workbooks_hide_by_themes_palettes_and_number_formats() {
    let white =
        "<colors><indexedColors>".to_owned() + &"<rgbColor rgb='00FFFFFF'/>".repeat(64) + "</indexedColors></colors>";
    for (number, font, fill, more, is_hidden) in [
        ("", "<color theme='4'/>", "theme='4'", "", true),
        ("", "<color theme='4' tint='0.4'/>", "theme='4' tint='0.4'", "", true),
        ("", "<color theme='4' tint='0.9'/>", "theme='4'", "", false),
        ("", "<color indexed='13'/>", "rgb='FFFFFF00'", "", true),
        ("", "", "rgb='FF000000'", "", true),
        ("", "<color theme='1'/>", "theme='1'", "", true),
        ("", "", "rgb='FFFFC000'", "", false),
        ("", "<color indexed='10'/>", "", white.as_str(), true),
        ("", "<color indexed='10'/>", "", "", false),
        ("[White]General", "", "", "", true),
        ("[Red]General", "", "", "", false),
        ("[White]0", "", "rgb='FFC00000'", "", false),
        ("[&gt;20]\"\";0", "", "", "", true),
        ("[&gt;30]\"\";0", "", "", "", false),
        ("0;;", "", "", "", false),
        (";-0", "", "", "", true),
    ] {
        let bytes = xlsx(&(formats(number, font, fill) + more), FIGURE, "");
        let (figure, aside): (&str, &[&str]) = if is_hidden { ("", &["23"]) } else { ("23", &[]) };
        hold(&format!("{number} {font} {fill}"), &bytes, figure, aside);
    }
    // A zero that a format hides is a zero.
    let zero = xlsx(&formats("0;-0;", "", ""), &FIGURE.replace("23", "0"), "");
    hold("zero", &zero, "0", &[]);
}

#[test]
fn workbooks_hide_by_conditions_that_are_known() {
    let rule = |format: usize, attributes: &str, formula: &str| {
        format!(
            "<conditionalFormatting sqref='B1:B9'><cfRule dxfId='{format}' priority='2' {attributes}><formula>{formula}</formula></cfRule></conditionalFormatting>"
        )
    };
    let changes = "<dxfs><dxf><font><color rgb='FFFFFFFF'/></font></dxf><dxf><font><strike/></font></dxf>\
                   <dxf><numFmt numFmtId='170' formatCode=';;;'/></dxf>\
                   <dxf><font><color rgb='FFFFFFFF'/></font><fill><patternFill><bgColor rgb='FFC00000'/></patternFill></fill></dxf></dxfs>";
    let is = |operator: &str| format!("type='cellIs' operator='{operator}'");
    for (format, attributes, formula, is_hidden) in [
        (0, is("greaterThan"), "20", true),
        (0, is("lessThan"), "20", false),
        (1, is("equal"), "23", true),
        (2, is("lessThanOrEqual"), "$B$1", true),
        (3, is("greaterThan"), "20", false),
        (1, "type='expression'".to_owned(), "TRUE", true),
        (1, "type='expression'".to_owned(), "B1&gt;20", true),
        (1, "type='expression'".to_owned(), "B1&lt;20", false),
        (1, "type='expression'".to_owned(), "ISNUMBER(B1)", false),
    ] {
        let bytes = xlsx(&(formats("", "", "") + changes), FIGURE, &rule(format, &attributes, formula));
        let (figure, aside): (&str, &[&str]) = if is_hidden { ("", &["23"]) } else { ("23", &[]) };
        hold(&format!("{format} {attributes} {formula}"), &bytes, figure, aside);
    }
    // White text on a cell that is dark already, and a rule behind one that is not evaluated.
    let dark = formats("", "", "rgb='FF1F4E79'") + changes;
    hold("dark", &xlsx(&dark, FIGURE, &rule(0, &is("greaterThan"), "20")), "23", &[]);
    let first = rule(1, "type='expression'", "ISNUMBER(B1)").replace("priority='2'", "priority='1'");
    let behind = first + &rule(0, &is("greaterThan"), "20");
    hold("behind", &xlsx(&(formats("", "", "") + changes), FIGURE, &behind), "23", &[]);
}

/// A workbook of Excel 2003 in XML.
fn sheetxml(style: &str, table: &str, cell: &str, behind: &str) -> Vec<u8> {
    format!(
        "<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet' \
         xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet'><Styles><Style ss:ID='c'>{style}</Style></Styles>\
         <Worksheet ss:Name='表'><Table {table}<Row><Cell><Data ss:Type='String'>项目</Data></Cell>\
         <Cell {cell}><Data ss:Type='Number'>23</Data></Cell></Row></Table>{behind}</Worksheet></Workbook>"
    )
    .into_bytes()
}

#[test]
fn workbooks_of_2003_hide_by_inherited_styles_and_conditions() {
    let white = "<Font ss:Color='#FFFFFF'/>";
    let own = "ss:StyleID='c'";
    let condition = |qualifier: &str, style: &str| {
        format!(
            "<ConditionalFormatting xmlns='urn:schemas-microsoft-com:office:excel'><Range>R1C2:R3C2</Range><Condition>\
             <Qualifier>{qualifier}</Qualifier><Value1>20</Value1><Format Style='{style}'/></Condition></ConditionalFormatting>"
        )
    };
    for (style, table, cell, behind, is_hidden) in [
        (white, "><Column ss:Index='2' ss:StyleID='c'/>", "", String::new(), true),
        (white, "><Column ss:Index='3' ss:StyleID='c'/>", "", String::new(), false),
        ("<Interior ss:Color='#000000' ss:Pattern='Solid'/>", ">", own, String::new(), true),
        ("<NumberFormat ss:Format='[White]0'/>", ">", own, String::new(), true),
        ("", ">", own, condition("Greater", "color:white"), true),
        ("", ">", own, condition("Greater", "text-line-through:single"), true),
        ("", ">", own, condition("Greater", "color:red"), false),
        ("", ">", own, condition("Less", "color:white"), false),
    ] {
        let (figure, aside): (&str, &[&str]) = if is_hidden { ("", &["23"]) } else { ("23", &[]) };
        hold(&format!("{style} {table} {behind}"), &sheetxml(style, table, cell, &behind), figure, aside);
    }
}

/// An OpenDocument spreadsheet in one file.
fn fods(styles: &str, behind: &str) -> Vec<u8> {
    format!(
        "<office:document {OPEN_SPACES} xmlns:number='n' xmlns:calcext='c' office:mimetype='application/vnd.oasis.opendocument.spreadsheet'>\
         <office:styles><style:style style:name='W' style:family='table-cell'><style:text-properties fo:color='#ffffff'/></style:style>\
         </office:styles><office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>\
         <table:table table:name='表'><table:table-row><table:table-cell><text:p>项目</text:p></table:table-cell>\
         <table:table-cell table:style-name='c' office:value-type='float' office:value='23'><text:p>23</text:p></table:table-cell>\
         </table:table-row>{behind}</table:table></office:spreadsheet></office:body></office:document>"
    )
    .into_bytes()
}

#[test]
fn spreadsheets_hide_by_number_styles_and_conditions() {
    let number = |colour: &str| {
        format!(
            "<number:number-style style:name='N'><style:text-properties fo:color='{colour}'/></number:number-style>\
             <style:style style:name='c' style:family='table-cell' style:data-style-name='N'/>"
        )
    };
    let map = |condition: &str| {
        format!(
            "<style:style style:name='c' style:family='table-cell'><style:map style:condition='{condition}' style:apply-style-name='W'/></style:style>"
        )
    };
    let calc = |condition: &str| {
        format!(
            "<calcext:conditional-formats><calcext:conditional-format calcext:target-range-address='表.B1:表.B9'>\
             <calcext:condition calcext:apply-style-name='W' calcext:value='{condition}'/></calcext:conditional-format></calcext:conditional-formats>"
        )
    };
    for (styles, behind, is_hidden) in [
        (number("#ffffff"), String::new(), true),
        (number("#ff0000"), String::new(), false),
        (map("cell-content()&gt;20"), String::new(), true),
        (map("cell-content()&lt;20"), String::new(), false),
        (String::new(), calc("&gt;20"), true),
        (String::new(), calc("&lt;20"), false),
        (String::new(), calc("duplicate"), false),
    ] {
        let (figure, aside): (&str, &[&str]) = if is_hidden { ("", &["23"]) } else { ("23", &[]) };
        hold(&format!("{styles} {behind}"), &fods(&styles, &behind), figure, aside);
    }
}

#[test]
fn a_style_sheet_of_the_archive_hides() {
    let mht = |head: &str, id: &str| {
        format!(
            "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"B\"\r\n\r\n--B\r\nContent-Location: file:///C:/a.htm\r\n\
             Content-Type: text/html; charset=\"utf-8\"\r\n\r\n<html><head>{head}</head><body><table border=1><tr><td>项目</td>\
             <td><i class=q>9</i>23</td></tr></table></body></html>\r\n--B\r\nContent-Location: file:///C:/a.files/s.css\r\n{id}\
             Content-Type: text/css\r\n\r\n.q{{display:none}}\r\n--B--\r\n"
        )
        .into_bytes()
    };
    for (head, id) in [
        ("<link rel=Stylesheet href=\"a.files/s.css\">", ""),
        ("<link rel=stylesheet href=\"cid:c@x\">", "Content-ID: <c@x>\r\n"),
        ("<style>@import url(a.files/s.css);</style>", ""),
        ("<style>@import 'a.files/s.css';</style>", ""),
    ] {
        hold(head, &mht(head, id), "23", &["9"]);
    }
    hold("print", &mht("<link rel=stylesheet media=print href=\"a.files/s.css\">", ""), "923", &[]);
}

#[test]
fn pages_hide_by_custom_properties_and_selectors() {
    for (style, content) in [
        (":root{--d:none}.q{display:var(--d)}", "<i class=q>9</i>23"),
        (".q{display:var(--unknown, none)}", "<i class=q>9</i>23"),
        ("", "<i style='--d:none;display:var(--d)'>9</i>23"),
        ("td i:not(b){display:none}", "<i>9</i>23"),
        ("td i:last-child{display:none}", "23<i>9</i>"),
        ("", "<i style='color:#fff0'>9</i>23"),
        ("", "<i style='transform:translateX(-9999px)'>9</i>23"),
        ("", "<div popover>9</div>23"),
        ("", "<div style='max-width:0;overflow:clip'>9</div>23"),
    ] {
        let page =
            format!("<meta charset=utf-8><style>{style}</style><table border=1><tr><td>项目<td>{content}</table>");
        hold(&format!("{style} {content}"), page.as_bytes(), "23", &["9"]);
    }
    // Two values of one property: which counts is not known.
    let page = "<meta charset=utf-8><style>:root{--d:none}.x{--d:inline}.q{display:var(--d)}</style><table border=1><tr><td>项目<td><i class=q>9</i>23</table>";
    hold("two values", page.as_bytes(), "923", &[]);
    let page =
        "<meta charset=utf-8><table border=1><tr><td>项目<td>23<i style='font-variant-position:super'>1</i></table>";
    hold("raised", page.as_bytes(), "23¹", &[]);
}

#[test]
fn a_span_in_the_colour_of_its_cell_of_a_text() {
    let fodt = |span: &str, cell: &str| {
        format!(
            "<office:document {OPEN_SPACES} office:mimetype='application/vnd.oasis.opendocument.text'><office:automatic-styles>\
             <style:style style:name='t' style:family='text'><style:text-properties {span}/></style:style>\
             <style:style style:name='c' style:family='table-cell'><style:table-cell-properties {cell}/></style:style>\
             </office:automatic-styles><office:body><office:text><table:table><table:table-row><table:table-cell><text:p>项目</text:p>\
             </table:table-cell><table:table-cell table:style-name='c'><text:p>23<text:span text:style-name='t'>9</text:span></text:p>\
             </table:table-cell></table:table-row></table:table></office:text></office:body></office:document>"
        )
        .into_bytes()
    };
    for (span, cell) in [
        ("fo:color='#ffff00'", "fo:background-color='#ffff00'"),
        ("style:text-scale='1%'", ""),
        ("fo:letter-spacing='-0.5cm'", ""),
        ("loext:opacity='0%'", ""),
    ] {
        hold(span, &fodt(span, cell), "23", &["9"]);
    }
    hold("seen", &fodt("fo:color='#ffff00'", "fo:background-color='#c00000'"), "239", &[]);
}
