//! Tables with marks as workbooks: all on one sheet, with a column of numbers before them that may be hidden.

use std::fmt::Write as _;
use std::io::Write as _;

use super::pages::{OPEN_SPACES, OPEN_STYLES, escaped, spans, zip};
use super::{Cell, Look, Made, TITLE};

pub(super) const LOOKS: [Look; 7] =
    [Look::Plain, Look::Struck, Look::Raised, Look::Lowered, Look::White, Look::Tiny, Look::Sunk];

/// The number of formats: each font without and with a dark fill.
pub(super) const FORMATS: usize = 2 * LOOKS.len();

/// The number of a font: workbooks have no hidden text, and no scale of characters.
pub(super) fn font(look: Look) -> usize {
    let look = match look {
        Look::Hidden | Look::Narrow => Look::White,
        Look::NotStruck => Look::Plain,
        look => look,
    };
    LOOKS.iter().position(|known| *known == look).unwrap()
}

/// The number of a cell's format: each font without and with a dark fill.
pub(super) fn format(cell: &Cell) -> usize {
    let look = if let [only] = cell.runs.as_slice() { only.look } else { Look::Plain };
    font(look) * 2 + usize::from(cell.dark)
}

/// Row, column (0-based, the first column is left free) and cell of all tables, and the hidden rows.
pub(super) fn laid(made: &Made) -> (Vec<(usize, usize, &Cell)>, Vec<usize>, usize) {
    let (mut cells, mut hidden, mut at) = (Vec::new(), Vec::new(), 2);
    for table in &made.tables {
        for row in &table.rows {
            if row.hidden {
                hidden.push(at);
            }
            cells.extend(row.cells.iter().map(|cell| (at, cell.column as usize + 1, cell)));
            at += 1;
        }
        at += 1;
    }
    (cells, hidden, at)
}

fn column(index: usize) -> String {
    nianbao::document::column_letters(index as u32)
}

pub(super) fn number(cell: &Cell) -> Option<u64> {
    if let [only] = cell.runs.as_slice() { only.text.parse().ok() } else { None }
}

pub(super) fn xlsx(made: &Made, hide: bool) -> Vec<u8> {
    let properties = |look| match look {
        Look::Struck => "<strike/>",
        Look::Raised => "<vertAlign val=\"superscript\"/>",
        Look::Lowered => "<vertAlign val=\"subscript\"/>",
        Look::White => "<color theme=\"0\"/>",
        Look::Hidden => "<color rgb=\"FFFFFFFF\"/>",
        Look::NotStruck => "<strike val=\"0\"/>",
        Look::Narrow => "<color indexed=\"9\"/>",
        Look::Sunk => "<color rgb=\"FF1F4E79\"/>",
        _ => "",
    };
    let size = |look| if look == Look::Tiny { 1 } else { 11 };
    let fonts: String =
        LOOKS.iter().map(|&look| format!("<font>{}<sz val=\"{}\"/></font>", properties(look), size(look))).collect();
    let xfs: String = (0..FORMATS).map(|xf| format!("<xf fontId=\"{}\" fillId=\"{}\"/>", xf / 2, xf % 2)).collect();
    let styles = format!(
        "<styleSheet><fonts>{fonts}</fonts><fills><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"solid\">\
         <fgColor rgb=\"FF1F4E79\"/></patternFill></fill></fills><cellXfs>{xfs}</cellXfs></styleSheet>"
    );
    let (cells, hidden, end) = laid(made);
    let (mut strings, mut count, mut rows, mut merges) =
        (format!("<si><t>{TITLE}</t></si>"), 1, String::new(), String::new());
    for at in 0..end {
        let attribute = if hidden.contains(&at) { " hidden=\"1\"" } else { "" };
        let _ = write!(rows, "<row r=\"{}\"{attribute}>", at + 1);
        if at == 0 {
            rows += "<c r=\"B1\" t=\"s\"><v>0</v></c>";
        } else {
            let _ = write!(rows, "<c r=\"A{}\"><v>{at}</v></c>", at + 1);
        }
        for (_, left, cell) in cells.iter().filter(|cell| cell.0 == at) {
            let (name, xf) = (format!("{}{}", column(*left), at + 1), format(cell));
            if let Some(number) = number(cell) {
                let _ = write!(rows, "<c r=\"{name}\" s=\"{xf}\"><v>{number}</v></c>");
            } else {
                let _ = write!(rows, "<c r=\"{name}\" s=\"{xf}\" t=\"s\"><v>{count}</v></c>");
                count += 1;
                if let [only] = cell.runs.as_slice() {
                    let _ = write!(strings, "<si><t>{}</t></si>", escaped(&only.text));
                } else {
                    strings += "<si>";
                    for run in &cell.runs {
                        let (look, size, text) = (properties(run.look), size(run.look), escaped(&run.text));
                        let _ = write!(strings, "<r><rPr><sz val=\"{size}\"/>{look}</rPr><t>{text}</t></r>");
                    }
                    strings += "</si>";
                }
            }
            if cell.rows * cell.columns > 1 {
                let last = format!("{}{}", column(left + cell.columns as usize - 1), at + cell.rows as usize);
                let _ = write!(merges, "<mergeCell ref=\"{name}:{last}\"/>");
            }
        }
        rows += "</row>";
    }
    let columns = if hide { "<cols><col min=\"1\" max=\"1\" hidden=\"1\"/></cols>" } else { "" };
    let relationship = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"x/{kind}\" Target=\"{target}\"/>")
    };
    zip(&[
        (
            "_rels/.rels",
            &format!("<Relationships>{}</Relationships>", relationship("1", "officeDocument", "xl/workbook.xml")),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            &format!(
                "<Relationships>{}{}{}</Relationships>",
                relationship("1", "worksheet", "worksheets/sheet1.xml"),
                relationship("2", "styles", "styles.xml"),
                relationship("3", "sharedStrings", "sharedStrings.xml")
            ),
        ),
        (
            "xl/workbook.xml",
            "<workbook xmlns:r=\"r\"><sheets><sheet name=\"表\" sheetId=\"1\" r:id=\"1\"/></sheets></workbook>",
        ),
        ("xl/styles.xml", &styles),
        ("xl/sharedStrings.xml", &format!("<sst>{strings}</sst>")),
        (
            "xl/worksheets/sheet1.xml",
            &format!("<worksheet>{columns}<sheetData>{rows}</sheetData><mergeCells>{merges}</mergeCells></worksheet>"),
        ),
    ])
}

pub(super) fn excel_2003(made: &Made, hide: bool) -> Vec<u8> {
    let font = |look| match look {
        Look::Struck => "ss:StrikeThrough='1'",
        Look::NotStruck => "ss:StrikeThrough='0'",
        Look::Raised => "ss:VerticalAlign='Superscript'",
        Look::Lowered => "ss:VerticalAlign='Subscript'",
        Look::White | Look::Hidden | Look::Narrow => "ss:Color='#FFFFFF'",
        Look::Sunk => "ss:Color='#1F4E79'",
        Look::Tiny => "ss:Size='1'",
        Look::Plain => "",
    };
    let mut styles = String::new();
    for xf in 0..FORMATS {
        let fill = if xf % 2 == 1 { "<Interior ss:Color='#1F4E79' ss:Pattern='Solid'/>" } else { "" };
        let _ = write!(styles, "<Style ss:ID='s{xf}'><Font {}/>{fill}</Style>", font(LOOKS[xf / 2]));
    }
    let html = |look| match look {
        Look::Struck => ("<html:S>", "</html:S>"),
        Look::Raised => ("<html:Sup>", "</html:Sup>"),
        Look::Lowered => ("<html:Sub>", "</html:Sub>"),
        Look::White | Look::Hidden | Look::Narrow => ("<html:Font html:Color='#FFFFFF'>", "</html:Font>"),
        Look::Sunk => ("<html:Font html:Color='#1F4E79'>", "</html:Font>"),
        Look::Tiny => ("<html:Font html:Size='1'>", "</html:Font>"),
        Look::Plain | Look::NotStruck => ("", ""),
    };
    let (cells, hidden, end) = laid(made);
    let mut rows = format!("<Row><Cell ss:Index='2'><Data ss:Type='String'>{TITLE}</Data></Cell></Row>");
    for at in 1..end {
        let attribute = if hidden.contains(&at) { " ss:Hidden='1'" } else { "" };
        let _ = write!(rows, "<Row ss:Index='{}'{attribute}><Cell><Data ss:Type='Number'>{at}</Data></Cell>", at + 1);
        for (_, left, cell) in cells.iter().filter(|cell| cell.0 == at) {
            let spans = format!("ss:MergeAcross='{}' ss:MergeDown='{}'", cell.columns - 1, cell.rows - 1);
            let _ = write!(rows, "<Cell ss:Index='{}' ss:StyleID='s{}' {spans}>", left + 1, format(cell));
            if let Some(number) = number(cell) {
                let _ = write!(rows, "<Data ss:Type='Number'>{number}</Data></Cell>");
                continue;
            }
            rows += "<Data ss:Type='String'>";
            for run in &cell.runs {
                let (open, close) = if cell.runs.len() == 1 { ("", "") } else { html(run.look) };
                let _ = write!(rows, "{open}{}{close}", escaped(&run.text));
            }
            rows += "</Data></Cell>";
        }
        rows += "</Row>";
    }
    let columns = if hide { "<Column ss:Hidden='1'/>" } else { "" };
    format!(
        "<?xml version='1.0'?><?mso-application progid='Excel.Sheet'?><Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet' \
         xmlns:ss='urn:schemas-microsoft-com:office:spreadsheet' xmlns:html='http://www.w3.org/TR/REC-html40'><Styles>{styles}</Styles>\
         <Worksheet ss:Name='表'><Table>{columns}{rows}</Table></Worksheet></Workbook>"
    )
    .into_bytes()
}

pub(super) fn fods(made: &Made, hide: bool) -> Vec<u8> {
    let mut styles = OPEN_STYLES.to_owned();
    for look in LOOKS.iter().skip(1) {
        let of_text = format!("style:name='{look:?}' style:family='text'");
        let start = OPEN_STYLES.find(&of_text).unwrap();
        let rest = &OPEN_STYLES[start + of_text.len() + 1..];
        let properties = &rest[..rest.find("</style:style>").unwrap()];
        for (suffix, dark) in [("", ""), ("dark", "<style:table-cell-properties fo:background-color='#1f4e79'/>")] {
            let _ = write!(
                styles,
                "<style:style style:name='{look:?}{suffix}' style:family='table-cell'>{properties}{dark}</style:style>"
            );
        }
    }
    let (cells, hidden, end) = laid(made);
    let visible = if hide { " table:visibility='collapse'" } else { "" };
    let mut body = format!("<table:table-column{visible}/><table:table-column table:number-columns-repeated='20'/>");
    let _ = write!(
        body,
        "<table:table-row><table:table-cell/><table:table-cell office:value-type='string'><text:p>{TITLE}</text:p></table:table-cell></table:table-row>"
    );
    for at in 1..end {
        let attribute = if hidden.contains(&at) { " table:visibility='collapse'" } else { "" };
        let _ = write!(
            body,
            "<table:table-row{attribute}><table:table-cell office:value-type='float' office:value='{at}'/>"
        );
        let mut next = 1;
        for (_, left, cell) in cells.iter().filter(|cell| cell.0 == at) {
            for _ in next..*left {
                body += "<table:covered-table-cell/>";
            }
            next = left + cell.columns as usize;
            let look = LOOKS[format(cell) / 2];
            let style = match (look, cell.dark) {
                (Look::Plain, false) => String::new(),
                (Look::Plain, true) => " table:style-name='dark'".into(),
                (look, dark) => format!(" table:style-name='{look:?}{}'", if dark { "dark" } else { "" }),
            };
            let merged =
                format!("table:number-rows-spanned='{}' table:number-columns-spanned='{}'", cell.rows, cell.columns);
            let _ = match (number(cell), cell.runs.as_slice()) {
                (Some(number), _) => write!(
                    body,
                    "<table:table-cell{style} {merged} office:value-type='float' office:value='{number}'/>"
                ),
                (None, [only]) => {
                    write!(
                        body,
                        "<table:table-cell{style} {merged} office:value-type='string'><text:p>{}</text:p></table:table-cell>",
                        escaped(&only.text)
                    )
                }
                // Cells of a workbook have no hidden text.
                _ => {
                    let text = spans(cell).replace("'Hidden'", "'White'");
                    write!(
                        body,
                        "<table:table-cell{style} {merged} office:value-type='string'><text:p>{text}</text:p></table:table-cell>"
                    )
                }
            };
            for _ in 1..cell.columns {
                body += "<table:covered-table-cell/>";
            }
        }
        body += "</table:table-row>";
    }
    format!(
        "<office:document {OPEN_SPACES} office:mimetype='application/vnd.oasis.opendocument.spreadsheet'><office:automatic-styles>{styles}\
         </office:automatic-styles><office:body><office:spreadsheet><table:table table:name='表'>{body}</table:table></office:spreadsheet></office:body></office:document>"
    )
    .into_bytes()
}

fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
}

fn words(words: &[u16]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

/// The index of a font: index 4 does not exist.
fn font_index(look: Look) -> u16 {
    let index = font(look) as u16;
    if index < 4 { index } else { index + 1 }
}

pub(super) fn xls(made: &Made, hide: bool) -> Vec<u8> {
    let mut globals = record(0x0809, &words(&[0x0600, 5, 0, 0]));
    for look in LOOKS {
        let height = if look == Look::Tiny { 20 } else { 220 };
        let flags = if look == Look::Struck { 8 } else { 0 };
        let colour = match look {
            Look::White => 9,
            Look::Sunk => 18,
            _ => 0x7FFF,
        };
        let script = match look {
            Look::Raised => 1,
            Look::Lowered => 2,
            _ => 0,
        };
        globals.extend(record(0x0031, &words(&[height, flags, colour, 400, script, 0, 0])));
    }
    for xf in 0..FORMATS as u32 {
        let dark = xf % 2;
        let mut data = words(&[font_index(LOOKS[xf as usize / 2]), 0, 0, 0, 0, 0, 0]);
        data.extend((dark << 26).to_le_bytes());
        data.extend(words(&[if dark == 1 { 18 } else { 0 }]));
        globals.extend(record(0x00E0, &data));
    }
    let (cells, hidden, end) = laid(made);
    // Strings: length, whether they are wide and rich, number of runs, text, start and font of each run.
    let string = |cell: &[(&str, Look)]| {
        let units: Vec<u16> = cell.iter().flat_map(|run| run.0.encode_utf16()).collect();
        let rich = cell.len() > 1;
        let mut data = words(&[units.len() as u16]);
        data.push(if rich { 9 } else { 1 });
        if rich {
            data.extend(words(&[cell.len() as u16]));
        }
        data.extend(words(&units));
        let mut begin = 0;
        for (text, look) in cell.iter().filter(|_| rich) {
            data.extend(words(&[begin, font_index(*look)]));
            begin += text.encode_utf16().count() as u16;
        }
        data
    };
    let mut strings = vec![string(&[(TITLE, Look::Plain)])];
    let mut sheet = record(0x0809, &words(&[0x0600, 0x10, 0, 0]));
    if hide {
        sheet.extend(record(0x007D, &words(&[0, 0, 2048, 0, 1, 0])));
    }
    for &row in &hidden {
        sheet.extend(record(0x0208, &words(&[row as u16, 0, 20, 255, 0, 0, 0x20, 0])));
    }
    let numbered = |row: usize, column: usize, xf: u16, value: f64| {
        record(0x0203, &[words(&[row as u16, column as u16, xf]), value.to_le_bytes().to_vec()].concat())
    };
    let labelled = |row: usize, column: usize, xf: u16, index: usize| {
        record(0x00FD, &[words(&[row as u16, column as u16, xf]), (index as u32).to_le_bytes().to_vec()].concat())
    };
    sheet.extend(labelled(0, 1, 0, 0));
    for at in 1..end {
        sheet.extend(numbered(at, 0, 0, at as f64));
        for (_, left, cell) in cells.iter().filter(|cell| cell.0 == at) {
            let xf = format(cell) as u16;
            if let Some(number) = number(cell) {
                sheet.extend(numbered(at, *left, xf, number as f64));
                continue;
            }
            sheet.extend(labelled(at, *left, xf, strings.len()));
            let runs: Vec<(&str, Look)> = cell.runs.iter().map(|run| (run.text.as_str(), run.look)).collect();
            strings.push(string(&runs));
        }
    }
    for (row, left, cell) in cells.iter().filter(|cell| cell.2.rows * cell.2.columns > 1) {
        let (bottom, right) = (*row as u32 + cell.rows - 1, *left as u32 + cell.columns - 1);
        sheet.extend(record(0x00E5, &words(&[1, *row as u16, bottom as u16, *left as u16, right as u16])));
    }
    sheet.extend(record(0x000A, &[]));
    // One record for the first strings, continuations for the others: none is split.
    let count = (strings.len() as u32).to_le_bytes();
    let mut kind = 0x00FC;
    let mut data = [count, count].concat();
    let mut table = Vec::new();
    for string in strings {
        if data.len() + string.len() > 8_000 {
            table.extend(record(kind, &data));
            (kind, data) = (0x003C, Vec::new());
        }
        data.extend(string);
    }
    table.extend(record(kind, &data));
    globals.extend(table);
    let name: Vec<u16> = "表".encode_utf16().collect();
    let bound = |at: u32| record(0x0085, &[at.to_le_bytes().to_vec(), words(&[0]), vec![1, 1], words(&name)].concat());
    let at = globals.len() + bound(0).len() + record(0x000A, &[]).len();
    globals.extend(bound(at as u32));
    globals.extend(record(0x000A, &[]));
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    file.create_stream("/Workbook").unwrap().write_all(&[globals, sheet].concat()).unwrap();
    file.flush().unwrap();
    file.into_inner().into_inner()
}
