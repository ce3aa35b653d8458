//! Office Open XML word processing documents (ECMA-376 part 1, 17), Transitional and Strict, read as a stream.

mod bound;
mod controls;
mod faces;
mod fields;
mod flow;
mod inserted;
pub(super) mod names;
pub(super) mod numbering;
mod objects;
mod props;
pub(super) mod shared;
pub(super) mod styles;
mod table;
mod vml;
mod walk;
mod words;

use std::sync::Arc;

use memchr::memmem;

use self::numbering::{Lists, Written};
use self::shared::{Parts, Shared};
use self::styles::Styles;
use self::walk::Walk;
use crate::document::{Block, Budget, Document, Region};
use crate::finding::Finding;
use crate::read::container::Relationships;
use crate::read::container::package::Package;
use crate::read::shared::marks::{revisions, uncalculated};
use crate::read::shared::metadata;
use crate::read::xml;
use crate::read::{Damage, ReadError, Unsupported};

/// Reads a word processing document.
///
/// # Errors
/// [`ReadError::Damaged`] if the archive or the main part is broken, [`ReadError::Unsupported`] if the main part is not a text document,
/// [`ReadError::Encrypted`], [`ReadError::OverLimit`] if it exceeds a limit.
pub(in crate::read) fn read(
    bytes: &[u8],
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    read_part(bytes, budget, findings, 0)
}

/// Reads a document; `inserted` is the number of files embedded so far.
fn read_part(
    bytes: &[u8],
    budget: &mut Budget,
    findings: &mut Vec<Finding>,
    inserted: usize,
) -> Result<Document, ReadError> {
    let mut package = Package::open(bytes, budget)?;
    let main = package.main_part(budget)?.or_else(|| package.find("word/document.xml").map(str::to_owned));
    let Some(main) = main else { return Err(Damage::NoMainPart.into()) };
    let relationships = package.relationships(&main, budget)?;
    let mut shared = Shared::new(Parts::Package(Box::new(package)), budget);
    shared.inserted = inserted;
    let Some(bytes) = shared.parts.part(&main, shared.budget)? else {
        return Err(Damage::PartMissing { part: main.clone() }.into());
    };
    if let (Some(part), Parts::Package(package)) = (relationships.target("styles"), &mut shared.parts) {
        let styles = Styles::load(package, part, shared.budget);
        shared.styles = shared.optional(styles)?;
    }
    let (text, base) = xml::text(&bytes, shared.budget)?;
    let blocks = body(&mut shared, (&text, base), &main, &relationships)?;
    drop(text);
    drop(bytes);
    finish(shared, blocks, &relationships, findings)
}

/// Reads the main part; styles must have been read.
pub(in crate::read) fn body(
    shared: &mut Shared<'_>,
    (text, base): (&str, usize),
    main: &str,
    relationships: &Relationships,
) -> Result<Vec<Block>, ReadError> {
    if shared.styles.number_paragraphs() || memmem::find(text.as_bytes(), b"numPr").is_some() {
        shared.lists = Lists::new(lists(shared, relationships.target("numbering"))?);
    }
    let blocks = Walk::new(shared, (text, base), &Arc::from(main), Region::Body, relationships).run()?;
    if !shared.has_body {
        return Err(Unsupported::NotWordText(main.to_owned()).into());
    }
    Ok(blocks)
}

/// Reads the notes, headers and footers that the body refers to, and adds them after the body.
pub(in crate::read) fn finish(
    mut shared: Shared<'_>,
    mut blocks: Vec<Block>,
    relationships: &Relationships,
    findings: &mut Vec<Finding>,
) -> Result<Document, ReadError> {
    for (wanted, kind) in shared.refers_to.into_iter().zip(["footnotes", "endnotes"]) {
        if wanted && let Some(part) = relationships.target(kind) {
            let notes = side_part(&mut shared, part, Region::Note)?;
            shared.notes.extend(notes);
        }
    }
    for id in std::mem::take(&mut shared.wanted_margins) {
        if let Some(margin) = relationships.by_id(&id).filter(|relationship| !relationship.external) {
            let margins = side_part(&mut shared, &margin.target, Region::HeaderFooter)?;
            shared.margins.extend(margins);
        }
    }
    blocks.append(&mut shared.notes);
    blocks.append(&mut shared.margins);
    let metadata = read_metadata(&mut shared)?;
    findings.append(&mut shared.said);
    findings.extend(shared.skipped.findings());
    findings.extend(revisions(shared.revisions));
    findings.extend(uncalculated(shared.uncalculated));
    Ok(Document { metadata, blocks, pictures: shared.pictures.list, asides: shared.asides })
}

/// The blocks of another part: notes, a header, a footer.
fn side_part(shared: &mut Shared<'_>, part: &str, region: Region) -> Result<Vec<Block>, ReadError> {
    let read = walk_side_part(shared, part, region);
    shared.optional(read)
}

fn walk_side_part(shared: &mut Shared<'_>, part: &str, region: Region) -> Result<Vec<Block>, ReadError> {
    let bytes = shared.parts.common(part, shared.budget)?;
    let bytes = bytes.ok_or_else(|| ReadError::from(Damage::PartMissing { part: part.to_owned() }))?;
    let (text, base) = xml::text(&bytes, shared.budget)?;
    let has_pictures = ["embed", "imagedata"].iter().any(|word| memmem::find(&bytes, word.as_bytes()).is_some());
    let mut relationships = Arc::<Relationships>::default();
    if has_pictures {
        relationships = shared.parts.relationships(part, shared.budget)?;
    }
    Walk::new(shared, (&text, base), &part.into(), region, &relationships).run()
}

/// The lists of a document; none if it has no numbering part. A damaged part is counted as skipped.
fn lists(shared: &mut Shared<'_>, part: Option<&str>) -> Result<Arc<Written>, ReadError> {
    let Some(part) = part else { return Ok(Arc::default()) };
    let read = match &mut shared.parts {
        Parts::Package(package) => Written::load(package, part, shared.budget),
        Parts::Flat(_) => shared.parts.part(part, shared.budget).and_then(|bytes| {
            let bytes = bytes.ok_or_else(|| ReadError::from(Damage::PartMissing { part: part.to_owned() }))?;
            let (text, _) = xml::text(&bytes, shared.budget)?;
            Ok(Arc::new(Written::parse(&text, shared.budget)?))
        }),
    };
    shared.optional(read)
}

fn read_metadata(shared: &mut Shared<'_>) -> Result<crate::document::Metadata, ReadError> {
    let mut metadata = crate::document::Metadata::default();
    let relationships = shared.parts.relationships("", shared.budget);
    let relationships = shared.optional(relationships)?;
    for kind in ["core-properties", "extended-properties"] {
        // Strict files have other names for these relationships.
        let strict = if kind == "core-properties" { "coreProperties" } else { "extendedProperties" };
        let Some(part) = relationships.target(kind).or_else(|| relationships.target(strict)) else { continue };
        let read = shared.parts.part(part, shared.budget).and_then(|bytes| match bytes {
            Some(bytes) => {
                let (text, _) = xml::text(&bytes, shared.budget)?;
                metadata::add(&mut metadata, &text, shared.budget)
            }
            None => Ok(()),
        });
        shared.optional(read)?;
    }
    Ok(metadata)
}
