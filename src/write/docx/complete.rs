//! Post-processes the blank form of docx-rs in one pass: adds the elements that docx-rs leaves out and corrects their order (ECMA-376
//! part 1, chapter 17).

use crate::write::xml::{Element, Node};

/// Child sequences of the schema, for the elements that occur.
const SEQUENCES: &[(&str, &[&str])] = &[
    (
        "w:pPr",
        &[
            "w:pStyle",
            "w:keepNext",
            "w:keepLines",
            "w:pageBreakBefore",
            "w:framePr",
            "w:widowControl",
            "w:numPr",
            "w:suppressLineNumbers",
            "w:pBdr",
            "w:shd",
            "w:tabs",
            "w:suppressAutoHyphens",
            "w:kinsoku",
            "w:wordWrap",
            "w:overflowPunct",
            "w:topLinePunct",
            "w:autoSpaceDE",
            "w:autoSpaceDN",
            "w:bidi",
            "w:adjustRightInd",
            "w:snapToGrid",
            "w:spacing",
            "w:ind",
            "w:contextualSpacing",
            "w:mirrorIndents",
            "w:suppressOverlap",
            "w:jc",
            "w:textDirection",
            "w:textAlignment",
            "w:textboxTightWrap",
            "w:outlineLvl",
            "w:divId",
            "w:cnfStyle",
            "w:rPr",
            "w:sectPr",
            "w:pPrChange",
        ],
    ),
    (
        "w:rPr",
        &[
            "w:rStyle",
            "w:rFonts",
            "w:b",
            "w:bCs",
            "w:i",
            "w:iCs",
            "w:caps",
            "w:smallCaps",
            "w:strike",
            "w:dstrike",
            "w:outline",
            "w:shadow",
            "w:emboss",
            "w:imprint",
            "w:noProof",
            "w:snapToGrid",
            "w:vanish",
            "w:webHidden",
            "w:color",
            "w:spacing",
            "w:w",
            "w:kern",
            "w:position",
            "w:sz",
            "w:szCs",
            "w:highlight",
            "w:u",
            "w:effect",
            "w:bdr",
            "w:shd",
            "w:fitText",
            "w:vertAlign",
            "w:rtl",
            "w:cs",
            "w:em",
            "w:lang",
            "w:eastAsianLayout",
            "w:specVanish",
            "w:oMath",
        ],
    ),
    (
        "w:tblPr",
        &[
            "w:tblStyle",
            "w:tblpPr",
            "w:tblOverlap",
            "w:bidiVisual",
            "w:tblStyleRowBandSize",
            "w:tblStyleColBandSize",
            "w:tblW",
            "w:jc",
            "w:tblCellSpacing",
            "w:tblInd",
            "w:tblBorders",
            "w:shd",
            "w:tblLayout",
            "w:tblCellMar",
            "w:tblLook",
            "w:tblCaption",
        ],
    ),
    (
        "w:tcPr",
        &[
            "w:cnfStyle",
            "w:tcW",
            "w:gridSpan",
            "w:hMerge",
            "w:vMerge",
            "w:tcBorders",
            "w:shd",
            "w:noWrap",
            "w:tcMar",
            "w:textDirection",
            "w:tcFitText",
            "w:vAlign",
            "w:hideMark",
        ],
    ),
    (
        "w:sectPr",
        &[
            "w:headerReference",
            "w:footerReference",
            "w:footnotePr",
            "w:endnotePr",
            "w:type",
            "w:pgSz",
            "w:pgMar",
            "w:paperSrc",
            "w:pgBorders",
            "w:lnNumType",
            "w:pgNumType",
            "w:cols",
            "w:formProt",
            "w:vAlign",
            "w:noEndnote",
            "w:titlePg",
            "w:textDirection",
            "w:bidi",
            "w:rtlGutter",
            "w:docGrid",
        ],
    ),
    (
        "w:style",
        &[
            "w:name",
            "w:aliases",
            "w:basedOn",
            "w:next",
            "w:link",
            "w:autoRedefine",
            "w:hidden",
            "w:uiPriority",
            "w:semiHidden",
            "w:unhideWhenUsed",
            "w:qFormat",
            "w:locked",
            "w:pPr",
            "w:rPr",
            "w:tblPr",
            "w:trPr",
            "w:tcPr",
        ],
    ),
];

/// Styles with a first-line indent of two characters.
const INDENTED: &[&str] = &["BodyText", "Heading1", "Heading2", "Heading3", "Heading4"];

/// Completes a part. `header_rows` gives for each table the number of rows that repeat on every page.
pub(super) fn complete(part: &mut Element, header_rows: &[u32]) {
    let mut table = 0;
    part.visit(&mut |element| {
        element.attributes.retain(|(name, _)| !name.starts_with("w14:para") && name != "w14:textId");
        match element.name.as_str() {
            "w:gridCol" => element.attributes.retain(|(name, _)| name != "w:type"),
            "w:tbl" => {
                repeat_header(element, header_rows.get(table).copied().unwrap_or(0));
                table += 1;
            }
            "w:style" => indent(element),
            "w:styles" => drop_doubled(element),
            "w:rPrDefault" => language(element),
            "w:settings" => {
                element.children.retain(|node| !matches!(node, Node::Element(child) if child.name.starts_with("w15:")));
            }
            _ => {}
        }
        if let Some((_, sequence)) = SEQUENCES.iter().find(|(name, _)| *name == element.name) {
            element.sort(sequence);
            element.children.dedup_by(|one, other| match (one, other) {
                (Node::Element(one), Node::Element(other)) => {
                    one.name == other.name && !one.name.ends_with("Reference")
                }
                _ => false,
            });
        }
    });
}

fn repeat_header(table: &mut Element, rows: u32) {
    for row in table.elements_mut().filter(|element| element.name == "w:tr").take(rows as usize) {
        if row.child_mut("w:trPr").is_none() {
            row.children.insert(0, Node::Element(Element::new("w:trPr", &[])));
        }
        if let Some(properties) = row.child_mut("w:trPr") {
            properties.children.push(Node::Element(Element::new("w:tblHeader", &[])));
        }
    }
}

/// Adds the first-line indent of two characters, which docx-rs accepts and does not write, and keep-with-next for headings, in the text
/// and in tables.
fn indent(style: &mut Element) {
    let id =
        style.attributes.iter().find(|(name, _)| name == "w:styleId").map(|(_, id)| id.clone()).unwrap_or_default();
    let heads_rows = id == "TableHead";
    if !INDENTED.contains(&id.as_str()) && !heads_rows {
        return;
    }
    if style.child_mut("w:pPr").is_none() {
        style.children.push(Node::Element(Element::new("w:pPr", &[])));
    }
    let Some(properties) = style.child_mut("w:pPr") else { return };
    if !heads_rows {
        let indent = Element::new("w:ind", &[("w:firstLineChars", "200"), ("w:firstLine", "640")]);
        properties.children.push(Node::Element(indent));
    }
    if id != "BodyText" {
        properties.children.push(Node::Element(Element::new("w:keepNext", &[])));
    }
    properties.sort(SEQUENCES[0].1);
}

/// Removes the Normal style of docx-rs; the form's own comes later and is kept.
fn drop_doubled(styles: &mut Element) {
    let ids: Vec<Option<String>> = styles
        .children
        .iter()
        .map(|node| match node {
            Node::Element(style) => {
                style.attributes.iter().find(|(name, _)| name == "w:styleId").map(|(_, id)| id.clone())
            }
            Node::Text(_) => None,
        })
        .collect();
    let mut number = 0;
    styles.children.retain(|_| {
        let again = ids[number].is_some() && ids[number + 1..].contains(&ids[number]);
        number += 1;
        !again
    });
}

fn language(defaults: &mut Element) {
    if let Some(properties) = defaults.child_mut("w:rPr") {
        let language = Element::new("w:lang", &[("w:val", "en-US"), ("w:eastAsia", "zh-CN"), ("w:bidi", "ar-SA")]);
        properties.children.push(Node::Element(language));
        properties.sort(SEQUENCES[1].1);
    }
}
