//! A form's blank workbook, completed and cut into what is constant and what a report fills in.

use std::io::{Cursor, Read};

use zip::ZipArchive;

use super::blank::{CHECK_MARK, FIELD_MARK, TEXT_MARK, TITLE_MARK, build};
use super::plan::{ABOVE, SheetPlan, a1, sheets};
use crate::form::Form;
use crate::write::package::Constant;
use crate::write::xml::{Element, Node};

/// What stands between two constant pieces of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Slot {
    /// The figure of a field.
    Field(usize),
    /// A check, by its number on the sheet.
    Check(usize),
    /// The report's title.
    Title,
    /// The rows of the text sheet.
    Rows,
}

/// A cell that is filled: what it holds, its name and the number of its style.
#[derive(Debug, Clone)]
pub(super) struct SlotCell {
    pub(super) slot: Slot,
    pub(super) name: String,
    pub(super) style: String,
}

/// A sheet cut at its slots.
#[derive(Debug)]
pub(super) struct SheetTemplate {
    /// Name of its part.
    pub(super) part: String,
    pub(super) pieces: Vec<String>,
    pub(super) cells: Vec<SlotCell>,
}

/// A form's blank workbook, compiled.
#[derive(Debug)]
pub(super) struct Template {
    pub(super) constant: Constant,
    pub(super) plans: Vec<SheetPlan>,
    /// The sheets with tables, then that with text.
    pub(super) sheets: Vec<SheetTemplate>,
    /// Styles of headings and paragraphs on the sheet of text.
    pub(super) text_styles: (String, String),
}

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";

/// Compiles the blank of a form. `None` when what umya built is not as this module expects, which the tests rule out.
pub(super) fn compile(form: &Form) -> Option<Template> {
    let plans = sheets(form);
    let mut archive = ZipArchive::new(Cursor::new(build(form, &plans)?)).ok()?;
    let mut constant = Vec::new();
    let mut sheets: Vec<(usize, SheetTemplate)> = Vec::new();
    let mut text_styles = (String::new(), String::new());
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).ok()?;
        let name = entry.name().ok()?.into_owned();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).ok()?;
        let sheet =
            name.strip_prefix("xl/worksheets/sheet").and_then(|rest| rest.strip_suffix(".xml")?.parse::<usize>().ok());
        match (name.as_str(), sheet) {
            (_, Some(number)) => {
                let mut root = Element::parse(std::str::from_utf8(&content).ok()?)?;
                let plan = plans.get(number - 1);
                complete(&mut root, plan, number == 1);
                let template = cut(root, name, plan.is_none(), &mut text_styles)?;
                sheets.push((number, template));
            }
            // The properties are the report's own, and the order of calculation is the program's.
            ("docProps/core.xml" | "xl/calcChain.xml", _) => {}
            ("xl/styles.xml", _) => {
                let mut root = Element::parse(std::str::from_utf8(&content).ok()?)?;
                add_red(&mut root);
                constant.push((name, text(&root)));
            }
            _ => constant.push((name, content)),
        }
    }
    sheets.sort_by_key(|sheet| sheet.0);
    let sheets = sheets.into_iter().map(|sheet| sheet.1).collect();
    Some(Template { constant: Constant::pack(&constant).ok()?, plans, sheets, text_styles })
}

fn text(root: &Element) -> Vec<u8> {
    let mut text = DECLARATION.to_owned();
    root.write(&mut text);
    text.into_bytes()
}

/// Order of the elements of a worksheet (ECMA-376 part 1, 18.3.1.99).
const WORKSHEET: &[&str] = &[
    "sheetPr",
    "dimension",
    "sheetViews",
    "sheetFormatPr",
    "cols",
    "sheetData",
    "sheetCalcPr",
    "sheetProtection",
    "protectedRanges",
    "scenarios",
    "autoFilter",
    "sortState",
    "dataConsolidate",
    "customSheetViews",
    "mergeCells",
    "phoneticPr",
    "conditionalFormatting",
    "dataValidations",
    "hyperlinks",
    "printOptions",
    "pageMargins",
    "pageSetup",
    "headerFooter",
    "rowBreaks",
    "colBreaks",
];

/// Adds what umya's model of a sheet lacks or what is shorter to say here: fit to width, frozen header, protection, red checks.
fn complete(root: &mut Element, plan: Option<&SheetPlan>, first: bool) {
    root.children.retain(|node| !matches!(node, Node::Element(child) if matches!(child.name.as_str(), "sheetPr" | "sheetViews" | "headerFooter")));
    let mut properties = Element::new("sheetPr", &[]);
    properties.children.push(Node::Element(Element::new("pageSetUpPr", &[("fitToPage", "1")])));
    let mut view = Element::new("sheetView", &[("workbookViewId", "0")]);
    if first {
        view.attributes.insert(0, ("tabSelected".to_owned(), "1".to_owned()));
    }
    let mut added = vec![properties];
    if let Some(plan) = plan {
        let header = ABOVE + plan.layout.header_rows;
        let corner = a1((header, 0));
        let rows = header.to_string();
        view.children.push(Node::Element(Element::new(
            "pane",
            &[
                ("ySplit", rows.as_str()),
                ("topLeftCell", corner.as_str()),
                ("activePane", "bottomLeft"),
                ("state", "frozen"),
            ],
        )));
        added.push(Element::new(
            "sheetProtection",
            &[("sheet", "1"), ("objects", "1"), ("scenarios", "1"), ("formatColumns", "0"), ("formatRows", "0")],
        ));
        if let Some(formatting) = red_checks(plan) {
            added.push(formatting);
        }
    }
    let mut views = Element::new("sheetViews", &[]);
    views.children.push(Node::Element(view));
    added.push(views);
    let mut footer = Element::new("headerFooter", &[]);
    let mut pages = Element::new("oddFooter", &[]);
    pages.children.push(Node::Text("&C— &P —".to_owned()));
    footer.children.push(Node::Element(pages));
    added.push(footer);
    root.children.extend(added.into_iter().map(Node::Element));
    root.sort(WORKSHEET);
}

/// Checks that do not hold turn red.
fn red_checks(plan: &SheetPlan) -> Option<Element> {
    let cells: Vec<String> = plan.checks.iter().map(|check| a1((check.row, check.column))).collect();
    cells.first()?;
    let mut rule =
        Element::new("cfRule", &[("type", "cellIs"), ("dxfId", "0"), ("priority", "1"), ("operator", "notEqual")]);
    let mut formula = Element::new("formula", &[]);
    formula.children.push(Node::Text("\"✓\"".to_owned()));
    rule.children.push(Node::Element(formula));
    let mut formatting = Element::new("conditionalFormatting", &[("sqref", cells.join(" ").as_str())]);
    formatting.children.push(Node::Element(rule));
    Some(formatting)
}

fn add_red(styles: &mut Element) {
    styles.children.retain(|node| !matches!(node, Node::Element(child) if child.name == "dxfs"));
    let red = "<dxfs count=\"1\"><dxf><font><b/><color rgb=\"FFFFFFFF\"/></font><fill><patternFill patternType=\"solid\">\
               <fgColor rgb=\"FFC00000\"/><bgColor rgb=\"FFC00000\"/></patternFill></fill></dxf></dxfs>";
    styles.children.extend(Element::parse(red).map(Node::Element));
    styles.sort(&[
        "numFmts",
        "fonts",
        "fills",
        "borders",
        "cellStyleXfs",
        "cellXfs",
        "cellStyles",
        "dxfs",
        "tableStyles",
        "colors",
        "extLst",
    ]);
}

/// Stand for the slots while the sheet is text.
const MARK: char = '\u{e000}';

/// Cuts a sheet at its marks. On the sheet of text the rows as a whole are one slot.
fn cut(mut root: Element, part: String, is_text: bool, text_styles: &mut (String, String)) -> Option<SheetTemplate> {
    let mut cells = Vec::new();
    root.visit(&mut |element| {
        if element.name == "sheetData" && is_text {
            element.children = vec![Node::Text(MARK.to_string())];
            return;
        }
        // A row is told apart from its cells only when they are known; the marks replace the cells in their row.
        for node in &mut element.children {
            let Node::Element(cell) = node else { continue };
            if cell.name != "c" {
                continue;
            }
            let Some(number) = value(cell) else { continue };
            let attribute = |name: &str| {
                cell.attributes.iter().find(|known| known.0 == name).map(|known| known.1.clone()).unwrap_or_default()
            };
            let (name, style) = (attribute("r"), attribute("s"));
            let slot = match number {
                _ if number >= CHECK_MARK => Slot::Check((number - CHECK_MARK) as usize),
                _ if number >= FIELD_MARK => Slot::Field((number - FIELD_MARK) as usize),
                TITLE_MARK => Slot::Title,
                TEXT_MARK => {
                    text_styles.0 = style;
                    continue;
                }
                _ if number == TEXT_MARK + 1 => {
                    text_styles.1 = style;
                    continue;
                }
                _ => continue,
            };
            cells.push(SlotCell { slot, name, style });
            *node = Node::Text(MARK.to_string());
        }
    });
    if is_text {
        cells.push(SlotCell { slot: Slot::Rows, name: String::new(), style: String::new() });
    }
    let mut text = DECLARATION.to_owned();
    root.write(&mut text);
    let pieces: Vec<String> = text.split(MARK).map(str::to_owned).collect();
    (pieces.len() == cells.len() + 1).then_some(SheetTemplate { part, pieces, cells })
}

fn value(cell: &Element) -> Option<u64> {
    let value = cell.elements().find(|element| element.name == "v")?;
    match value.children.first()? {
        Node::Text(text) if !cell.attributes.iter().any(|(name, kind)| name == "t" && kind == "s") => {
            text.parse::<u64>().ok().filter(|&number| number >= TEXT_MARK)
        }
        _ => None,
    }
}
