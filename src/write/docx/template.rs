//! Splits a form's blank DOCX into constant pieces and slots for a report's values.

use std::collections::HashMap;

use docx_rs::XMLDocx;

use super::blank::{
    BODY_FONT, END, HEADING_FONT, LATIN_FONT, MARK, Room, SUBHEADING_FONT, TABLE_FONT, TITLE_FONT, build, rooms,
};
use super::complete::complete;
use crate::form::{FieldIndex, Form, Layout};
use crate::write::draft::Pieces;
use crate::write::package::Constant;
use crate::write::xml::{Element, Node};

/// A table of the form: constant pieces, each but the last followed by a field.
#[derive(Debug)]
pub(super) struct TableTemplate {
    /// Index of the first piece.
    pub(super) first: usize,
    pub(super) fields: Vec<FieldIndex>,
    /// The room of each of them.
    pub(super) rooms: Vec<Option<Room>>,
}

/// A form's blank DOCX, compiled.
#[derive(Debug)]
pub(super) struct Template {
    /// The parts that are identical in every report.
    pub(super) constant: Constant,
    /// Content types and relationships of a report without pictures.
    pub(super) lists: Constant,
    /// The constant pieces of `document.xml`: [`HEAD`], those of the tables, and the section properties with what follows.
    pub(super) pieces: Pieces,
    /// The tables of the form in order.
    pub(super) tables: Vec<TableTemplate>,
    /// Indices of the last piece: for a portrait and for a landscape last page.
    pub(super) tails: [usize; 2],
    /// Properties of a section before the last one, portrait and landscape.
    pub(super) sections: [String; 2],
    /// Relationships of the document in every report.
    pub(super) relationships: String,
    /// Content types of every report.
    pub(super) content_types: String,
}

/// Index of the piece before the first paragraph of the body.
pub(super) const HEAD: usize = 0;

/// Compiles the blank of a form. `None` if the output of docx-rs is not as expected, which the tests rule out.
pub(super) fn compile(form: &Form) -> Option<Template> {
    let built = build(form);
    let header_rows: Vec<u32> =
        (0..form.tables.len()).map(|table| Layout::for_table(form, table).header_rows).collect();
    let mut document = parse(&built.document)?;
    complete(&mut document, &header_rows);
    let body = document.elements().find(|element| element.name == "w:body")?;
    let mut root = String::new();
    let opening = Element { children: vec![Node::Text(String::new())], ..document.clone() };
    opening.write(&mut root);
    let mut pieces = vec![format!("{DECLARATION}{}<w:body>", root.strip_suffix("</w:document>")?)];
    let mut tables = Vec::new();
    let mut section = None;
    for element in body.elements() {
        match element.name.as_str() {
            "w:tbl" => {
                let mut table = cut(element, &mut pieces);
                let rooms: HashMap<FieldIndex, Room> = rooms(form, tables.len()).into_iter().collect();
                table.rooms = table.fields.iter().map(|field| rooms.get(field).copied()).collect();
                tables.push(table);
            }
            "w:sectPr" => section = Some(element),
            _ => {}
        }
    }
    let sections = [section?.clone(), turned(section?)].map(|section| {
        let mut text = String::new();
        section.write(&mut text);
        text
    });
    let tails = [pieces.len(), pieces.len() + 1];
    pieces.extend(sections.iter().map(|section| format!("{section}</w:body></w:document>")));
    let pieces = Pieces::new(pieces);
    let (parts, relationships, content_types) = parts(&built)?;
    let lists = [
        (CONTENT_TYPES.to_owned(), self::content_types("", &content_types).into_bytes()),
        (RELATIONSHIPS.to_owned(), self::relationships(&relationships, "").into_bytes()),
    ];
    let (constant, lists) = (Constant::pack(&parts).ok()?, Constant::pack(&lists).ok()?);
    Some(Template { constant, lists, pieces, tables, tails, sections, relationships, content_types })
}

/// The properties of a landscape section, with rotated margins.
fn turned(section: &Element) -> Element {
    const TURNS: [(&str, &str); 4] =
        [("w:top", "w:right"), ("w:right", "w:bottom"), ("w:bottom", "w:left"), ("w:left", "w:top")];
    let mut section = section.clone();
    if let Some(size) = section.child_mut("w:pgSz") {
        for (name, _) in &mut size.attributes {
            let other = match name.as_str() {
                "w:w" => "w:h",
                "w:h" => "w:w",
                _ => continue,
            };
            other.clone_into(name);
        }
        size.attributes.retain(|(name, _)| name != "w:orient");
        size.attributes.push(("w:orient".to_owned(), "landscape".to_owned()));
    }
    if let Some(margins) = section.child_mut("w:pgMar") {
        for (name, _) in &mut margins.attributes {
            if let Some((_, other)) = TURNS.iter().find(|(from, _)| from == name) {
                (*other).clone_into(name);
            }
        }
    }
    section
}

/// Name of the part with the content types.
pub(super) const CONTENT_TYPES: &str = "[Content_Types].xml";

/// Name of the part with the relationships of the document.
pub(super) const RELATIONSHIPS: &str = "word/_rels/document.xml.rels";

/// The content types: those of pictures, then those of every report.
pub(super) fn content_types(pictures: &str, kept: &str) -> String {
    format!(
        "{DECLARATION}<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">{pictures}{kept}</Types>"
    )
}

/// The relationships of the document: those of every report, then those of pictures.
pub(super) fn relationships(kept: &str, pictures: &str) -> String {
    format!(
        "{DECLARATION}<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{kept}{pictures}</Relationships>"
    )
}

pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";

fn parse(bytes: &[u8]) -> Option<Element> {
    Element::parse(std::str::from_utf8(bytes).ok()?)
}

/// Splits a table at its marks.
fn cut(table: &Element, pieces: &mut Vec<String>) -> TableTemplate {
    let mut text = String::new();
    table.write(&mut text);
    let mut template = TableTemplate { first: pieces.len(), fields: Vec::new(), rooms: Vec::new() };
    let mut rest = text.as_str();
    while let Some((before, after)) = rest.split_once(MARK) {
        let Some((number, behind)) = after.split_once(END) else { break };
        let Ok(field) = number.parse() else { break };
        pieces.push(before.to_owned());
        template.fields.push(field);
        rest = behind;
    }
    pieces.push(rest.to_owned());
    template
}

type Parts = Vec<(String, Vec<u8>)>;

/// The constant parts; relationships and content types as text, because a report may add pictures.
fn parts(built: &XMLDocx) -> Option<(Parts, String, String)> {
    let completed = |bytes: &[u8]| -> Option<Vec<u8>> {
        let mut part = parse(bytes)?;
        complete(&mut part, &[]);
        let mut text = DECLARATION.to_owned();
        part.write(&mut text);
        Some(text.into_bytes())
    };
    let mut parts = vec![
        ("word/styles.xml".to_owned(), completed(&built.styles)?),
        ("word/settings.xml".to_owned(), SETTINGS.as_bytes().to_vec()),
        ("word/fontTable.xml".to_owned(), font_table().into_bytes()),
        ("_rels/.rels".to_owned(), PACKAGE_RELATIONSHIPS.as_bytes().to_vec()),
    ];
    for (number, footer) in built.footers.iter().enumerate() {
        parts.push((format!("word/footer{}.xml", number + 1), completed(footer)?));
    }
    // Relationships and content types only list the parts of docx-rs that are kept.
    let kept = |target: &str| parts.iter().any(|(name, _)| name.ends_with(target.trim_start_matches('/')));
    let relationships = parse(&built.document_rels)?;
    let mut text = String::new();
    for relationship in relationships.elements() {
        let target =
            relationship.attributes.iter().find(|(name, _)| name == "Target").map(|(_, target)| target.as_str());
        if target.is_some_and(kept) {
            relationship.write(&mut text);
        }
    }
    let mut types = String::from(
        "<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Default Extension=\"xml\" ContentType=\"application/xml\"/>",
    );
    let overrides = [
        ("/word/document.xml", "wordprocessingml.document.main"),
        ("/word/styles.xml", "wordprocessingml.styles"),
        ("/word/settings.xml", "wordprocessingml.settings"),
        ("/word/fontTable.xml", "wordprocessingml.fontTable"),
    ];
    let footers =
        (1..=built.footers.len()).map(|number| (format!("/word/footer{number}.xml"), "wordprocessingml.footer"));
    for (name, kind) in overrides.into_iter().map(|(name, kind)| (name.to_owned(), kind)).chain(footers) {
        types.push_str(&format!(
            "<Override PartName=\"{name}\" ContentType=\"application/vnd.openxmlformats-officedocument.{kind}+xml\"/>"
        ));
    }
    types.push_str(
        "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>",
    );
    Some((parts, text, types))
}

const SETTINGS: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>",
    "<w:settings xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">",
    "<w:zoom w:percent=\"100\"/><w:defaultTabStop w:val=\"420\"/><w:evenAndOddHeaders/>",
    "<w:characterSpacingControl w:val=\"compressPunctuation\"/>",
    "<w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/>",
    "<w:doNotExpandShiftReturn/><w:adjustLineHeightInTable/><w:useFELayout/>",
    "<w:compatSetting w:name=\"compatibilityMode\" w:uri=\"http://schemas.microsoft.com/office/word\" w:val=\"15\"/></w:compat>",
    "<w:themeFontLang w:val=\"en-US\" w:eastAsia=\"zh-CN\"/></w:settings>"
);

const PACKAGE_RELATIONSHIPS: &str = concat!(
    "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>",
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">",
    "<Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/>",
    "<Relationship Id=\"rId2\" Type=\"http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>",
    "</Relationships>"
);

/// The font table, with names of substitutes.
fn font_table() -> String {
    let mut text =
        format!("{DECLARATION}<w:fonts xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">");
    for (font, other, family) in [
        (TITLE_FONT, "FZXiaoBiaoSong-B05S", "roman"),
        (BODY_FONT, "FangSong", "modern"),
        (SUBHEADING_FONT, "KaiTi", "modern"),
        (HEADING_FONT, "SimHei", "modern"),
        (TABLE_FONT, "SimSun", "roman"),
    ] {
        text.push_str(&format!(
            "<w:font w:name=\"{font}\"><w:altName w:val=\"{other}\"/><w:charset w:val=\"86\"/><w:family w:val=\"{family}\"/>\
             <w:pitch w:val=\"default\"/></w:font>"
        ));
    }
    text.push_str(&format!(
        "<w:font w:name=\"{LATIN_FONT}\"><w:altName w:val=\"Liberation Serif\"/><w:charset w:val=\"00\"/><w:family w:val=\"roman\"/>\
         <w:pitch w:val=\"variable\"/></w:font>"
    ));
    text.push_str("</w:fonts>");
    text
}
