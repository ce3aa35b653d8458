//! OFD (GB/T 33190): a package of XML whose pages consist of texts, paths and pictures with positions in millimetres.

mod objects;
mod page;

use std::collections::HashMap;

use crate::document::{Budget, Document, Metadata, Resource};
use crate::finding::Finding;
use crate::finding::code::read::{CONTENT_SKIPPED, SIGNATURE_UNVERIFIED};
use crate::read::container::package::Package;
use crate::read::paged::{Page, Remark, document};
use crate::read::xml::{self, Event, Events, Tag};
use crate::read::{Damage, ReadError};

/// Reads an OFD file.
///
/// # Errors
/// [`ReadError`] if it is encrypted or damaged, or exceeds a limit.
pub(super) fn read(bytes: &[u8], budget: &mut Budget, findings: &mut Vec<Finding>) -> Result<Document, ReadError> {
    let mut package = Package::open(bytes, budget)?;
    if package.names().any(|name| name.to_ascii_lowercase().ends_with("encryptions.xml")) {
        return Err(ReadError::Encrypted);
    }
    let root = Root::read(&mut package, budget)?;
    if root.documents.is_empty() {
        return Err(Damage::NoMainPart.into());
    }
    let (mut pages, mut remarks) = (Vec::new(), Vec::new());
    let mut annotated = false;
    for name in &root.documents {
        let description = Description::read(&mut package, name, budget)?;
        annotated |= description.annotated;
        for location in &description.pages {
            budget.spend(Resource::Pages, pages.len() as u64 + 1)?;
            let (page, remark) = one_page(&mut package, &description, location, budget)?;
            remarks.extend(remark.map(|remark| (pages.len(), remark)));
            pages.push(page);
        }
    }
    if root.signed {
        findings.push(Finding::new(&SIGNATURE_UNVERIFIED, told_whole(&SIGNATURE_UNVERIFIED)));
    }
    if annotated {
        let (zh, en) = ("注释（批注、签注）的内容", "the annotations");
        findings.push(Finding::detailed(&CONTENT_SKIPPED, zh, en));
    }
    let mut made = document(pages, &mut |_| Ok(Vec::new()), remarks, budget, findings)?;
    made.metadata = root.metadata;
    Ok(made)
}

fn told_whole(code: &crate::finding::Code) -> crate::finding::Message {
    crate::finding::Message::new(
        format!("{}。{}", code.title.0, code.remedy.0),
        format!("{}. {}", code.title.1, code.remedy.1),
    )
}

/// Content of `OFD.xml`: names of the parts of the documents.
#[derive(Debug, Default)]
struct Root {
    documents: Vec<String>,
    metadata: Metadata,
    signed: bool,
}

impl Root {
    fn read(package: &mut Package, budget: &mut Budget) -> Result<Self, ReadError> {
        let mut root = Self::default();
        let part = wanted(package, "OFD.xml", budget)?;
        let (text, _) = xml::text(&part, budget)?;
        let mut events = Events::new(&text, 0, &[]);
        loop {
            match events.next(budget)? {
                Event::Open(tag) => match tag.local {
                    "DocRoot" => {
                        let name = events.content(budget)?;
                        root.documents.push(resolve("", name.trim()));
                    }
                    "Signatures" => root.signed |= !events.content(budget)?.trim().is_empty(),
                    "Title" => root.metadata.title = filled(&events.content(budget)?),
                    "Author" => root.metadata.author = filled(&events.content(budget)?),
                    "CreationDate" => root.entry("dcterms:created", &events.content(budget)?),
                    "Creator" => root.entry("Application", &events.content(budget)?),
                    _ => {}
                },
                Event::End => return Ok(root),
                _ => {}
            }
        }
    }

    fn entry(&mut self, name: &str, value: &str) {
        if let Some(value) = filled(value) {
            self.metadata.entries.push((name.to_owned(), value));
        }
    }
}

fn filled(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Content of `Document.xml`: the pages, their size, and the templates.
#[derive(Debug)]
struct Description {
    /// Default width and height of a page, in millimetres.
    size: (f64, f64),
    pages: Vec<String>,
    /// Names of the template parts, by id.
    templates: HashMap<String, String>,
    annotated: bool,
}

/// Size of A4, in millimetres.
const A4: (f64, f64) = (210.0, 297.0);

impl Description {
    fn read(package: &mut Package, name: &str, budget: &mut Budget) -> Result<Self, ReadError> {
        let part = wanted(package, name, budget)?;
        let (text, _) = xml::text(&part, budget)?;
        let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut found = Self { size: A4, pages: Vec::new(), templates: HashMap::new(), annotated: false };
        let mut events = Events::new(&text, 0, &[]);
        let mut in_pages = false;
        loop {
            match events.next(budget)? {
                Event::Open(tag) => match tag.local {
                    "PhysicalBox" => {
                        let numbers = objects::numbers(&events.content(budget)?);
                        if let [_, _, width, height, ..] = numbers[..] {
                            found.size = (width, height);
                        }
                    }
                    "TemplatePage" => {
                        if let (Some(id), Some(location)) = (attribute(&tag, "ID"), attribute(&tag, "BaseLoc")) {
                            found.templates.insert(id, resolve(folder, &location));
                        }
                    }
                    "Pages" => in_pages = true,
                    "Page" if in_pages => {
                        budget.spend(Resource::Blocks, 1)?;
                        let location = attribute(&tag, "BaseLoc").unwrap_or_default();
                        found.pages.push(resolve(folder, &location));
                    }
                    "Annotations" => {
                        found.annotated |= has_annotations(package, folder, &events.content(budget)?, budget)?;
                    }
                    _ => {}
                },
                Event::End => return Ok(found),
                _ => {}
            }
        }
    }
}

/// Whether the list of annotations refers to any page.
fn has_annotations(
    package: &mut Package,
    folder: &str,
    location: &str,
    budget: &mut Budget,
) -> Result<bool, ReadError> {
    let list = package.part(&resolve(folder, location.trim()), budget);
    match list {
        Err(ReadError::OverLimit(exceeded)) => Err(exceeded.into()),
        Ok(Some(list)) => Ok(memchr::memmem::find(&list, b"FileLoc").is_some()),
        _ => Ok(false),
    }
}

/// A page together with its templates. A missing or damaged part is reported as a finding, and the other pages are read.
fn one_page(
    package: &mut Package,
    description: &Description,
    location: &str,
    budget: &mut Budget,
) -> Result<(Page, Option<Remark>), ReadError> {
    let mut page = Page {
        width: description.size.0 * objects::MILLIMETRE,
        height: description.size.1 * objects::MILLIMETRE,
        ..Page::default()
    };
    let mut remark = None;
    let mut tried = |result: Result<Vec<String>, ReadError>| match result {
        Err(ReadError::OverLimit(exceeded)) => Err(ReadError::from(exceeded)),
        Err(_) => {
            remark = Some(Remark::Damaged);
            Ok(Vec::new())
        }
        Ok(templates) => Ok(templates),
    };
    let templates = tried(page::read(package, location, &mut page, budget))?;
    for part in templates.iter().filter_map(|id| description.templates.get(id)) {
        // Size and templates of a template are ignored.
        let (width, height) = (page.width, page.height);
        tried(page::read(package, part, &mut page, budget))?;
        (page.width, page.height) = (width, height);
    }
    Ok((page, remark))
}

/// A required part.
fn wanted(package: &mut Package, name: &str, budget: &mut Budget) -> Result<Vec<u8>, ReadError> {
    package.part(name, budget)?.ok_or_else(|| ReadError::from(Damage::PartMissing { part: name.to_owned() }))
}

/// An attribute; some writers use the wrong case for its name.
fn attribute(tag: &Tag, name: &str) -> Option<String> {
    if let Some(value) = tag.get(name) {
        return Some(value.into_owned());
    }
    tag.all().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.into_owned())
}

/// Resolves a location to the name of a part: relative to a folder, or, with a leading `/`, to the package.
fn resolve(folder: &str, location: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    let folder = if location.starts_with(['/', '\\']) { "" } else { folder };
    for segment in folder.split('/').chain(location.split(['/', '\\'])) {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            name => segments.push(name),
        }
    }
    segments.join("/")
}
