//! Word files that are a single XML file: flat OPC packages (`pkg:package`) and Word 2003 XML (`w:wordDocument`).

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use memchr::memmem;

use crate::document::{Budget, Document, Resource};
use crate::finding::Finding;
use crate::read::container::Relationships;
use crate::read::shared::base64;
use crate::read::shared::metadata;
use crate::read::word::docx::names::{PKG, SPACES, W};
use crate::read::word::docx::numbering::{Lists, Written};
use crate::read::word::docx::shared::{Parts, Shared};
use crate::read::word::docx::styles::Styles;
use crate::read::word::docx::{body, finish};
use crate::read::xml::{self, Event, Events};
use crate::read::{Damage, ReadError, Unsupported};

/// Reads a Word file that is a single XML file. Spans of places count bytes of the whole file.
///
/// # Errors
/// [`ReadError::Damaged`] if it is not well-formed, [`ReadError::Unsupported`] if it is another XML file, [`ReadError::OverLimit`] if it
/// exceeds a limit.
pub(in crate::read) fn read(
    bytes: &[u8],
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    budget.spend(Resource::FileBytes, bytes.len() as u64)?;
    let (text, base) = xml::text(bytes, budget)?;
    let mut events = Events::new(&text, 0, SPACES);
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.space == W => return word_2003(&text, base, budget, findings),
            Event::Open(tag) if tag.space == PKG => return read_package(&text, base, budget, findings),
            Event::Open(tag) => return Err(Unsupported::XmlRoot(tag.local.to_owned()).into()),
            Event::End => return Err(ReadError::Empty),
            _ => {}
        }
    }
}

fn word_2003(text: &str, base: usize, budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let mut shared = Shared::new(Parts::Flat(BTreeMap::new()), budget);
    shared.styles = Arc::new(Styles::parse(text, shared.budget)?);
    let lists = Lists::new(Written::parse(text, shared.budget)?.into());
    let relationships = Relationships::default();
    shared.lists = lists;
    let blocks = body(&mut shared, (text, base), "document.xml", &relationships)?;
    let (begin, end) = ("<o:DocumentProperties", "</o:DocumentProperties>");
    let properties = memmem::find(text.as_bytes(), begin.as_bytes()).and_then(|start| {
        let length = memmem::find(&text.as_bytes()[start..], end.as_bytes())?;
        text.get(start..start + length + end.len())
    });
    let mut found = crate::document::Metadata::default();
    if let Some(properties) = properties {
        let read = metadata::add(&mut found, properties, shared.budget);
        shared.optional(read)?;
    }
    let mut document = finish(shared, blocks, &relationships, findings)?;
    document.metadata = found;
    Ok(document)
}

fn read_package(
    text: &str,
    base: usize,
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    let (texts, binaries) = flat_parts(text, budget)?;
    let root =
        Relationships::for_part("", budget, |name, _| Ok(texts.get(name).map(|range| text[range.clone()].into())))?;
    let main = root.target("officeDocument").unwrap_or("word/document.xml").to_owned();
    let Some(range) = texts.get(&main).cloned() else {
        return Err(Damage::PartMissing { part: main.clone() }.into());
    };
    let mut parts = binaries;
    for (name, range) in texts.into_iter().filter(|(name, _)| *name != main) {
        budget.spend(Resource::InflatedBytes, range.len() as u64)?;
        parts.insert(name, text.as_bytes()[range].to_vec());
    }
    let mut parts = Parts::Flat(parts);
    let relationships = parts.relationships(&main, budget)?;
    let mut shared = Shared::new(parts, budget);
    if let Some(styles) = relationships.target("styles") {
        let styles = shared.parts.part(styles, shared.budget)?.unwrap_or_default();
        let (styles, _) = xml::text(&styles, shared.budget)?;
        shared.styles = Arc::new(Styles::parse(&styles, shared.budget)?);
    }
    let blocks = body(&mut shared, (&text[range.clone()], base + range.start), &main, &relationships)?;
    finish(shared, blocks, &relationships, findings)
}

type Texts = BTreeMap<String, Range<usize>>;
type Binaries = BTreeMap<String, Vec<u8>>;

/// The parts of a flat package: ranges of XML parts, and bytes of binary parts.
fn flat_parts(text: &str, budget: &mut Budget) -> Result<(Texts, Binaries), ReadError> {
    let (mut texts, mut binaries) = (Texts::new(), Binaries::new());
    let mut events = Events::new(text, 0, SPACES);
    let mut name = String::new();
    loop {
        let tag = match events.next(budget)? {
            Event::Open(tag) if tag.space == PKG => tag,
            Event::End => return Ok((texts, binaries)),
            _ => continue,
        };
        match tag.local {
            "part" => {
                budget.spend(Resource::Entries, 1)?;
                tag.get("name").unwrap_or_default().trim_start_matches('/').clone_into(&mut name);
            }
            "xmlData" => {
                let start = events.offset();
                let end = inside(&mut events, budget)?;
                texts.insert(std::mem::take(&mut name), start..end.max(start));
            }
            "binaryData" => {
                let content = events.content(budget)?;
                if let Some(bytes) = base64::decode(content.as_bytes(), budget)? {
                    binaries.insert(std::mem::take(&mut name), bytes);
                }
            }
            _ => {}
        }
    }
}

/// Skips the content of the innermost open element; returns the offset of its end tag.
fn inside(events: &mut Events<'_>, budget: &mut Budget) -> Result<usize, ReadError> {
    let outside = events.depth() - 1;
    loop {
        let before = events.offset();
        match events.next(budget)? {
            Event::Close(_) if events.depth() == outside => return Ok(before),
            Event::End => return Ok(before),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Block;

    fn read_text(text: &str) -> Result<Document, ReadError> {
        read(text.as_bytes(), &mut Budget::default(), &mut Vec::new())
    }

    #[test]
    fn a_flat_package() -> Result<(), ReadError> {
        let space = SPACES[0].0;
        let text = format!(
            "\u{FEFF}<?xml version='1.0'?><pkg:package xmlns:pkg='http://schemas.microsoft.com/office/2006/xmlPackage'>
            <pkg:part pkg:name='/_rels/.rels'><pkg:xmlData><Relationships><Relationship Id='1' Type='x/officeDocument' Target='word/document.xml'/></Relationships></pkg:xmlData></pkg:part>
            <pkg:part pkg:name='/word/_rels/document.xml.rels'><pkg:xmlData><Relationships><Relationship Id='p' Type='x/image' Target='media/a.png'/><Relationship Id='s' Type='x/styles' Target='styles.xml'/></Relationships></pkg:xmlData></pkg:part>
            <pkg:part pkg:name='/word/document.xml'><pkg:xmlData><w:document xmlns:w='{space}'><w:body><w:p><w:pPr><w:pStyle w:val='1'/></w:pPr><w:r><w:t>一</w:t></w:r></w:p>
            <w:p><w:r><w:drawing><a:blip xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main' r:embed='p'/></w:drawing></w:r></w:p></w:body></w:document></pkg:xmlData></pkg:part>
            <pkg:part pkg:name='/word/styles.xml'><pkg:xmlData><w:styles xmlns:w='{space}'><w:style w:styleId='1'><w:name w:val='heading 1'/></w:style></w:styles></pkg:xmlData></pkg:part>
            <pkg:part pkg:name='/word/media/a.png'><pkg:binaryData>iVBO\nRw==</pkg:binaryData></pkg:part></pkg:package>"
        );
        let document = read_text(&text)?;
        let [Block::Paragraph(first), Block::Picture(picture)] = &document.blocks[..] else {
            panic!("{document:?}");
        };
        assert_eq!((first.text.as_str(), first.level, picture.index), ("一", Some(1), 0));
        assert_eq!(&*document.pictures[0].bytes, b"\x89PNG");
        let (start, end) = first.place.span.unwrap_or_default();
        let written = &text[start as usize..end as usize];
        assert!(written.starts_with("<w:p>") && written.ends_with("一</w:t></w:r></w:p>"), "{written}");
        Ok(())
    }

    #[test]
    fn word_2003() -> Result<(), ReadError> {
        let text = "<w:wordDocument xmlns:w='http://schemas.microsoft.com/office/word/2003/wordml' xmlns:v='urn:schemas-microsoft-com:vml'
            xmlns:aml='http://schemas.microsoft.com/aml/2001/core' xmlns:wx='http://schemas.microsoft.com/office/word/2003/auxHint'>
            <o:DocumentProperties xmlns:o='urn:schemas-microsoft-com:office:office'><o:Title>年报</o:Title><o:Author>某局</o:Author></o:DocumentProperties>
            <w:lists><w:listDef w:listDefId='0'><w:lvl w:ilvl='0'><w:start w:val='1'/><w:nfc w:val='37'/><w:lvlText w:val='%1、'/></w:lvl></w:listDef>
            <w:list w:ilfo='1'><w:ilst w:val='0'/></w:list></w:lists>
            <w:styles><w:style w:type='paragraph' w:styleId='2'><w:name w:val='heading 2'/></w:style></w:styles>
            <w:body><wx:sect><w:p><w:pPr><w:pStyle w:val='2'/><w:listPr><w:ilvl w:val='0'/><w:ilfo w:val='1'/></w:listPr></w:pPr><w:r><w:t>概述</w:t></w:r>
            <aml:annotation aml:id='0' w:type='Word.Deletion'><aml:content><w:r><w:delText>旧</w:delText></w:r></aml:content></aml:annotation>
            <aml:annotation aml:id='1' w:type='Word.Insertion'><aml:content><w:r><w:t>新</w:t></w:r></aml:content></aml:annotation></w:p>
            <w:tbl><w:tr><w:tc><w:tcPr><w:vmerge w:val='restart'/></w:tcPr><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc></w:tr><w:tr><w:tc><w:tcPr><w:vmerge/></w:tcPr><w:p/></w:tc></w:tr></w:tbl>
            <w:p><w:r><w:pict><w:binData w:name='wordml://1.png'>iVBORw==</w:binData><v:shape style='width:72pt;height:36pt'><v:imagedata src='wordml://1.png'/></v:shape></w:pict></w:r>
            <w:r><w:footnote><w:p><w:r><w:t>注</w:t></w:r></w:p></w:footnote></w:r></w:p>
            <w:sectPr><w:hdr w:type='odd'><w:p><w:r><w:t>页眉</w:t></w:r></w:p></w:hdr></w:sectPr></wx:sect></w:body></w:wordDocument>";
        let document = read_text(text)?;
        let [
            Block::Paragraph(first),
            Block::Grid(grid),
            Block::Picture(picture),
            Block::Paragraph(note),
            Block::Paragraph(header),
        ] = &document.blocks[..]
        else {
            panic!("{:#?}", document.blocks);
        };
        assert_eq!((first.shown().as_ref(), first.level), ("一、概述新", Some(2)));
        assert_eq!((grid.rows(), grid.cells().len(), picture.extent), (2, 1, Some((914_400, 457_200))));
        assert_eq!((note.text.as_str(), header.text.as_str()), ("注", "页眉"));
        assert_eq!((document.metadata.title.as_deref(), document.pictures[0].name.as_str()), (Some("年报"), "1.png"));
        Ok(())
    }

    #[test]
    fn other_xml_is_not_supported() {
        assert!(matches!(read_text("<a/>"), Err(ReadError::Unsupported(_))));
        assert!(matches!(read_text("<a"), Err(ReadError::Damaged(_))));
    }
}
