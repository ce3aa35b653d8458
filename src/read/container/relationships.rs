//! Relationships between the parts of a package (ECMA-376 part 2, 6.5).

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::document::{Budget, Resource};
use crate::read::ReadError;
use crate::read::container::cache;
use crate::read::container::package::Package;
use crate::read::xml::{self, Event, Events};

/// A relationship of a part (ECMA-376 part 2, 6.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Relationship {
    /// Its id within the part.
    pub(crate) id: String,
    /// Last segment of its type: `officeDocument`, `styles`, `image` …
    pub(crate) kind: String,
    /// Name of the target part; the target as written if it is external.
    pub(crate) target: String,
    /// Whether the target is outside of the package.
    pub(crate) external: bool,
}

/// The relationships of a part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Relationships {
    list: Vec<Relationship>,
    ids: BTreeMap<String, usize>,
}

impl Relationships {
    /// The relationships of a part; `get` returns the bytes of the relationships part by its name.
    pub(in crate::read) fn for_part(
        part: &str,
        budget: &mut Budget,
        get: impl FnOnce(&str, &mut Budget) -> Result<Option<Vec<u8>>, ReadError>,
    ) -> Result<Self, ReadError> {
        let (folder, name) = holder(part);
        let Some(bytes) = get(&name, budget)? else { return Ok(Self::default()) };
        let (text, _) = xml::text(&bytes, budget)?;
        parse_relationships(&text, folder, budget)
    }

    /// The relationship with this id.
    pub(crate) fn by_id(&self, id: &str) -> Option<&Relationship> {
        self.list.get(*self.ids.get(id)?)
    }

    /// The target of the first internal relationship of a kind.
    pub(crate) fn target(&self, kind: &str) -> Option<&str> {
        self.list
            .iter()
            .find(|relationship| !relationship.external && relationship.kind == kind)
            .map(|relationship| relationship.target.as_str())
    }

    /// All relationships, in order.
    pub(crate) fn all(&self) -> &[Relationship] {
        &self.list
    }
}

/// The folder of a part, and the name of its relationships part (ECMA-376 part 2, 6.5.3).
pub(super) fn holder(part: &str) -> (&str, String) {
    let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
    let slash = if folder.is_empty() { "" } else { "/" };
    (folder, format!("{folder}{slash}_rels/{file}.rels"))
}

impl Package<'_> {
    /// The relationships of a part; those of the package for an empty name.
    ///
    /// # Errors
    /// As for [`Package::part`]; a missing relationships part is not an error.
    pub(crate) fn relationships(&mut self, part: &str, budget: &mut Budget) -> Result<Arc<Relationships>, ReadError> {
        let (folder, name) = holder(part);
        let parse = |text: &str, budget: &mut Budget| parse_relationships(text, folder, budget);
        Ok(cache::read((self, &name), budget, parse)?.unwrap_or_default())
    }

    /// The main part of the package: the target of its `officeDocument` relationship, else the part whose content type ends with
    /// `main+xml`.
    ///
    /// # Errors
    /// As for [`Package::part`].
    pub(crate) fn main_part(&mut self, budget: &mut Budget) -> Result<Option<String>, ReadError> {
        let relationships = self.relationships("", budget)?;
        if let Some(name) = relationships.target("officeDocument").and_then(|target| self.find(target)) {
            return Ok(Some(name.to_owned()));
        }
        let types = self.content_types(budget)?;
        let main = types.iter().find(|(_, media_type)| media_type.ends_with("main+xml"));
        Ok(main.and_then(|(part, _)| self.find(part)).map(str::to_owned))
    }
}

fn parse_relationships(text: &str, folder: &str, budget: &mut Budget) -> Result<Relationships, ReadError> {
    let mut events = Events::new(text, 0, &[]);
    let mut found = Relationships::default();
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.local == "Relationship" => {
                budget.spend(Resource::Blocks, 1)?;
                let (Some(id), Some(kind), Some(target)) = (tag.get("Id"), tag.get("Type"), tag.get("Target")) else {
                    continue;
                };
                let outside = tag.get("TargetMode").is_some_and(|mode| mode.eq_ignore_ascii_case("External"));
                let inside = (!outside).then(|| resolve(folder, &target)).flatten();
                found.ids.entry(id.clone().into_owned()).or_insert(found.list.len());
                found.list.push(Relationship {
                    id: id.into_owned(),
                    kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                    external: inside.is_none(),
                    target: inside.unwrap_or_else(|| target.into_owned()),
                });
            }
            Event::End => return Ok(found),
            _ => {}
        }
    }
}

/// Resolves a target to the name of a part; `None` if it is outside of the package.
fn resolve(folder: &str, target: &str) -> Option<String> {
    if target.contains([':', '\0']) {
        return None;
    }
    let target = target.split(['#', '?']).next().unwrap_or_default();
    let mut segments: Vec<&str> = Vec::new();
    if !target.starts_with(['/', '\\']) {
        segments.extend(folder.split('/').filter(|segment| !segment.is_empty()));
    }
    for segment in target.split(['/', '\\']) {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop()?;
            }
            name => segments.push(name),
        }
    }
    Some(segments.join("/"))
}
