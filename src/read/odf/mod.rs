//! What `OpenDocument` text and spreadsheets share: the package, namespaces, properties, spans (ISO/IEC 26300).

pub(super) mod text;

use crate::document::{Budget, Metadata};
use crate::read::ReadError;
use crate::read::package::Package;
use crate::read::xml::{self, Event, Events, Tag};

/// Namespace numbers of [`SPACES`].
pub(super) const OFFICE: Option<u8> = Some(0);
pub(super) const TABLE: Option<u8> = Some(1);
pub(super) const TEXT: Option<u8> = Some(2);
pub(super) const DRAW: Option<u8> = Some(3);

/// The namespaces that matter.
pub(super) static SPACES: &[(&str, u8)] = &[
    ("urn:oasis:names:tc:opendocument:xmlns:office:1.0", 0),
    ("urn:oasis:names:tc:opendocument:xmlns:table:1.0", 1),
    ("urn:oasis:names:tc:opendocument:xmlns:text:1.0", 2),
    ("urn:oasis:names:tc:opendocument:xmlns:drawing:1.0", 3),
];

/// Opens a package that is not encrypted.
pub(super) fn open<'a>(bytes: &'a [u8], budget: &mut Budget) -> Result<Package<'a>, ReadError> {
    let mut package = Package::open(bytes, budget)?;
    if let Some(manifest) = package.part("META-INF/manifest.xml", budget)?
        && memchr::memmem::find(&manifest, b"encryption-data").is_some()
    {
        return Err(ReadError::Encrypted);
    }
    Ok(package)
}

/// A number of rows, columns or cells that an attribute gives; 1 where it gives none.
pub(super) fn count(tag: &Tag, name: &str) -> u32 {
    tag.get(name).and_then(|count| count.parse().ok()).unwrap_or(1).max(1)
}

/// The document properties of `meta.xml`.
pub(super) fn metadata(package: &mut Package, budget: &mut Budget) -> Result<Metadata, ReadError> {
    let mut metadata = Metadata::default();
    let Some(part) = package.part("meta.xml", budget)? else { return Ok(metadata) };
    let Ok((text, base)) = xml::text(&part, budget) else { return Ok(metadata) };
    let mut events = Events::new(&text, base, SPACES);
    loop {
        match events.next(budget) {
            Ok(Event::Open(tag)) if events.depth() > 2 => {
                let local = tag.local.to_owned();
                let Ok(content) = events.content(budget) else { break };
                match local.as_str() {
                    "title" if !content.is_empty() => metadata.title = Some(content),
                    "initial-creator" | "creator" if !content.is_empty() && metadata.author.is_none() => {
                        metadata.author = Some(content);
                    }
                    _ => metadata.entries.push((local, content)),
                }
            }
            Ok(Event::End) | Err(_) => break,
            Ok(_) => {}
        }
    }
    Ok(metadata)
}
