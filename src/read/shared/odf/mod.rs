//! Shared by `OpenDocument` text and spreadsheets: package, namespaces, properties, spans (ISO/IEC 26300).

pub(in crate::read) mod styles;

use crate::document::{Budget, Metadata};
use crate::read::ReadError;
use crate::read::container::package::Package;
use crate::read::xml::{self, Event, Events, Tag};

/// Namespace numbers of [`SPACES`].
pub(in crate::read) const OFFICE: Option<u32> = Some(0);
pub(in crate::read) const TABLE: Option<u32> = Some(1);
pub(in crate::read) const TEXT: Option<u32> = Some(2);
pub(in crate::read) const DRAW: Option<u32> = Some(3);
pub(in crate::read) const STYLE: Option<u32> = Some(4);

/// The namespaces that are read.
pub(in crate::read) static SPACES: &[(&str, u32)] = &[
    ("urn:oasis:names:tc:opendocument:xmlns:office:1.0", 0),
    ("urn:oasis:names:tc:opendocument:xmlns:table:1.0", 1),
    ("urn:oasis:names:tc:opendocument:xmlns:text:1.0", 2),
    ("urn:oasis:names:tc:opendocument:xmlns:drawing:1.0", 3),
    ("urn:oasis:names:tc:opendocument:xmlns:style:1.0", 4),
];

/// Opens a package; refuses an encrypted one.
pub(in crate::read) fn open<'a>(bytes: &'a [u8], budget: &mut Budget) -> Result<Package<'a>, ReadError> {
    let mut package = Package::open(bytes, budget)?;
    if let Some(manifest) = package.part("META-INF/manifest.xml", budget)?
        && memchr::memmem::find(&manifest, b"encryption-data").is_some()
    {
        return Err(ReadError::Encrypted);
    }
    Ok(package)
}

/// A number of rows, columns or cells in an attribute; 1 if it is missing.
pub(in crate::read) fn count(tag: &Tag, name: &str) -> u32 {
    tag.get(name).and_then(|count| count.parse().ok()).unwrap_or(1).max(1)
}

/// The blanks of a `text:s`, at most 1,000.
pub(in crate::read) fn blanks(tag: &Tag) -> String {
    " ".repeat(count(tag, "c").min(1_000) as usize)
}

/// The part of a picture, if the element is one and its picture is in the package.
pub(in crate::read) fn picture_part(tag: &Tag) -> Option<String> {
    if tag.space != DRAW || tag.local != "image" {
        return None;
    }
    let part = tag.get("href")?;
    let part = part.trim_start_matches("./");
    (!part.is_empty() && !part.contains(':')).then(|| part.to_owned())
}

/// The document properties of `meta.xml`; damaged ones are left out.
pub(in crate::read) fn metadata(package: &mut Package, budget: &mut Budget) -> Result<Metadata, ReadError> {
    let mut metadata = Metadata::default();
    let Some(part) = package.part("meta.xml", budget)? else { return Ok(metadata) };
    let read = xml::text(&part, budget)
        .and_then(|(text, _)| properties(&mut metadata, &mut Events::new(&text, 0, SPACES), budget));
    match read {
        Err(ReadError::OverLimit(exceeded)) => Err(exceeded.into()),
        _ => Ok(metadata),
    }
}

/// The document properties of a document that is a single XML file.
pub(in crate::read) fn flat_metadata(text: &str, budget: &mut Budget) -> Result<Metadata, ReadError> {
    let mut metadata = Metadata::default();
    let mut events = Events::new(text, 0, SPACES);
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.space == OFFICE && tag.local == "meta" => {
                properties(&mut metadata, &mut events, budget)?;
                return Ok(metadata);
            }
            Event::Open(tag) if tag.space == OFFICE && tag.local == "body" => return Ok(metadata),
            Event::End => return Ok(metadata),
            _ => {}
        }
    }
}

/// Reads properties up to the end of the innermost open element.
fn properties(metadata: &mut Metadata, events: &mut Events, budget: &mut Budget) -> Result<(), ReadError> {
    let outside = events.depth().checked_sub(1);
    let mut creator = None;
    loop {
        let tag = match events.next(budget)? {
            Event::Open(tag) => tag,
            Event::Close(_) if Some(events.depth()) == outside => break,
            Event::End => break,
            _ => continue,
        };
        let entry = match tag.local {
            "title" | "initial-creator" | "creator" => tag.local,
            "subject" => "dc:subject",
            "description" => "dc:description",
            "keyword" => "cp:keywords",
            "creation-date" => "dcterms:created",
            "date" => "dcterms:modified",
            "generator" => "Application",
            _ => continue,
        };
        let value = events.content(budget)?;
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        match entry {
            "title" => metadata.title = Some(value.to_owned()),
            "initial-creator" => metadata.author = Some(value.to_owned()),
            "creator" => creator = Some(value.to_owned()),
            name if metadata.entries.len() < 64 => metadata.entries.push((name.to_owned(), value.to_owned())),
            _ => {}
        }
    }
    metadata.author = metadata.author.take().or(creator);
    Ok(())
}

/// The text of the innermost open element, up to its end, shortened for an aside.
pub(in crate::read) fn inside(events: &mut Events, budget: &mut Budget) -> Result<String, ReadError> {
    const ENOUGH: usize = 200;
    let outside = events.depth().saturating_sub(1);
    let mut text = String::new();
    loop {
        match events.next(budget)? {
            Event::Text(piece) if text.len() < ENOUGH => text.extend(piece.chars().take(ENOUGH)),
            Event::Open(tag) if tag.space == TEXT && tag.local == "p" && !text.is_empty() => text.push(' '),
            Event::Close(_) if events.depth() == outside => return Ok(text),
            Event::End => return Ok(text),
            _ => {}
        }
    }
}
