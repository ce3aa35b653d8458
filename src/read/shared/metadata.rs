//! Document properties: `docProps/core.xml` (ECMA-376 part 2, 8) and what `docProps/app.xml` adds.

use crate::document::{Budget, Metadata};
use crate::read::ReadError;
use crate::read::xml::{Event, Events};

/// Maximum number of entries; typical files have a dozen.
const MOST_ENTRIES: usize = 64;

/// Adds the properties in a part; element names are the same in all versions of the format.
pub(in crate::read) fn add(metadata: &mut Metadata, text: &str, budget: &mut Budget) -> Result<(), ReadError> {
    let mut events = Events::new(text, 0, &[]);
    loop {
        let tag = match events.next(budget)? {
            Event::Open(tag) => tag,
            Event::End => return Ok(()),
            _ => continue,
        };
        let entry = match tag.local {
            "title" | "Title" | "creator" | "Author" => tag.local,
            "subject" | "Subject" => "dc:subject",
            "description" | "Description" => "dc:description",
            "keywords" | "Keywords" => "cp:keywords",
            "lastModifiedBy" | "LastAuthor" => "cp:lastModifiedBy",
            "created" | "Created" => "dcterms:created",
            "modified" | "LastSaved" => "dcterms:modified",
            "Company" => "Company",
            "Application" => "Application",
            "TitlesOfParts" | "HeadingPairs" => {
                events.skip(budget)?;
                continue;
            }
            _ => continue,
        };
        let value = events.content(budget)?;
        let value = value.trim();
        if value.is_empty() {
            continue;
        }
        match entry {
            "title" | "Title" => metadata.title = Some(value.to_owned()),
            "creator" | "Author" => metadata.author = Some(value.to_owned()),
            name if metadata.entries.len() < MOST_ENTRIES => metadata.entries.push((name.to_owned(), value.to_owned())),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_by_name() -> Result<(), ReadError> {
        let mut metadata = Metadata::default();
        let core = "<cp:coreProperties><dc:title> 年报 </dc:title><dc:creator>某局</dc:creator><dc:subject/>
            <dcterms:created>2021-01-18T00:00:00Z</dcterms:created></cp:coreProperties>";
        add(&mut metadata, core, &mut Budget::default())?;
        assert_eq!((metadata.title.as_deref(), metadata.author.as_deref()), (Some("年报"), Some("某局")));
        assert_eq!(metadata.entries, [("dcterms:created".to_owned(), "2021-01-18T00:00:00Z".to_owned())]);
        Ok(())
    }
}
