//! Edits parts of a package and reassembles it; unchanged entries are copied byte for byte.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::AnnotateError;
use crate::document::Budget;
use crate::read::ReadError;
use crate::read::Relationships;
use crate::read::package::Package;
use crate::read::xml;
use crate::write::splice::{self, PackagePart, Splice};

pub(super) const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const TYPES: &str = "[Content_Types].xml";
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// A package with pending changes of its parts.
#[derive(Debug)]
pub(super) struct Parts<'a, 'b> {
    package: Package<'a>,
    pub(super) budget: &'b mut Budget,
    /// Author of comments and changes.
    pub(super) author: String,
    /// New content by name, as written in the directory.
    changed: BTreeMap<String, String>,
    /// Children to be appended to the roots of parts, by name.
    appended: BTreeMap<String, Vec<String>>,
    /// Number of relationships added to each part.
    related: BTreeMap<String, u32>,
}

impl<'a, 'b> Parts<'a, 'b> {
    pub(super) fn new(package: Package<'a>, author: &str, budget: &'b mut Budget) -> Self {
        Self {
            package,
            budget,
            author: author.to_owned(),
            changed: BTreeMap::new(),
            appended: BTreeMap::new(),
            related: BTreeMap::new(),
        }
    }

    /// The current text of a part; `None` if there is no such part.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, ReadError> {
        if let Some(text) = self.changed.get(self.package.find(name).unwrap_or(name)) {
            return Ok(Some(text.clone()));
        }
        let Some(bytes) = self.package.part(name, self.budget)? else { return Ok(None) };
        let (text, mark) = xml::text(&bytes, self.budget)?;
        if mark > 0 {
            // Offsets of places include the byte order mark, so it is kept.
            return Ok(Some(format!("\u{feff}{text}")));
        }
        Ok(Some(match text {
            Cow::Borrowed(text) => text.to_owned(),
            // Transcoded text is written in UTF-8; a declaration of the same length keeps the offsets of places.
            Cow::Owned(text) => declared_as_utf8(text),
        }))
    }

    /// Replaces or adds a part.
    pub(super) fn set(&mut self, name: &str, text: String) {
        let name = self.written(name);
        self.changed.insert(name, text);
    }

    /// The name as written in the directory.
    fn written(&self, name: &str) -> String {
        self.package.find(name).unwrap_or(name).to_owned()
    }

    /// An unused name: the first of `before1after`, `before2after` …
    pub(super) fn free_name(&self, before: &str, after: &str) -> String {
        let mut number = 1_u32;
        loop {
            let name = format!("{before}{number}{after}");
            if self.package.find(&name).is_none() && !self.changed.contains_key(&name) {
                return name;
            }
            number += 1;
        }
    }

    pub(super) fn relationships(&mut self, part: &str) -> Result<Arc<Relationships>, ReadError> {
        self.package.relationships(part, self.budget)
    }

    /// Adds a relationship of an Office kind to a part with these relationships, and returns its id.
    pub(super) fn relate(&mut self, part: &str, known: &Relationships, kind: &str, target: &str) -> String {
        let number = self.related.entry(part.to_owned()).or_default();
        let id = loop {
            *number += 1;
            let id = format!("nianbao{number}");
            if known.by_id(&id).is_none() {
                break id;
            }
        };
        let (folder, file) = part.rsplit_once('/').unwrap_or(("", part));
        let slash = if folder.is_empty() { "" } else { "/" };
        let child = format!("Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"/{}\"/>", escaped(target));
        self.append(&format!("{folder}{slash}_rels/{file}.rels"), child);
        id
    }

    /// Declares the content type of a part.
    pub(super) fn declare(&mut self, part: &str, media_type: &str) {
        self.append(TYPES, format!("Override PartName=\"/{}\" ContentType=\"{media_type}\"/>", escaped(part)));
    }

    fn append(&mut self, part: &str, child: String) {
        let part = self.written(part);
        self.appended.entry(part).or_default().push(child);
    }

    /// The package with its changed parts. All others are copied byte for byte.
    pub(super) fn pack(mut self, bytes: &[u8]) -> Result<Vec<u8>, AnnotateError> {
        for (name, children) in std::mem::take(&mut self.appended) {
            let text = self.text(&name)?;
            let text = text.unwrap_or_else(|| format!("{DECLARATION}<Relationships xmlns=\"{RELATIONSHIPS}\"/>"));
            let text = append(&text, &children);
            self.set(&name, text);
        }
        if self.changed.is_empty() {
            return Ok(bytes.to_vec());
        }
        let parts: Vec<PackagePart> =
            self.changed.iter().map(|(name, text)| PackagePart { name, content: text.as_bytes() }).collect();
        let packed = match Splice::open(bytes) {
            Some(splice) => splice.write(&parts),
            None => splice::rewrite(bytes, &parts),
        };
        packed.map_err(AnnotateError::Pack)
    }
}

/// The text with an XML declaration without encoding, which means UTF-8, padded to the length of the old one.
fn declared_as_utf8(text: String) -> String {
    const NEW: &str = "<?xml version=\"1.0\"";
    match text.find("?>").filter(|&end| text.starts_with("<?xml") && end >= NEW.len()) {
        Some(end) => format!("{NEW}{}{}", " ".repeat(end - NEW.len()), &text[end..]),
        None => text,
    }
}

/// Prefix (with colon) and local name of the root element, from the part's last end tag or its only tag.
pub(super) fn root(text: &str) -> Option<(&str, &str)> {
    let trimmed = text.trim_end();
    let name = match trimmed.rfind("</") {
        Some(at) if !trimmed.ends_with("/>") => tag_name(&trimmed[at + 2..]),
        _ => tag_name(&trimmed[trimmed.rfind('<')? + 1..]),
    };
    Some(split_name(name))
}

/// The name in a tag.
pub(super) fn tag_name(tag: &str) -> &str {
    &tag[..tag.find([' ', '\t', '\r', '\n', '/', '>']).unwrap_or(tag.len())]
}

/// Prefix (with colon) and local name.
pub(super) fn split_name(name: &str) -> (&str, &str) {
    name.split_at(name.find(':').map_or(0, |colon| colon + 1))
}

/// The text with children appended to its root. They are given without `<` and prefix, for which the root's is used.
pub(super) fn append(text: &str, children: &[String]) -> String {
    let Some((prefix, local)) = root(text) else { return text.to_owned() };
    let children: String = children.iter().map(|child| format!("<{prefix}{child}")).collect();
    let trimmed = text.trim_end();
    if let Some(open) = trimmed.strip_suffix("/>") {
        return format!("{open}>{children}</{prefix}{local}>");
    }
    let at = trimmed.rfind("</").unwrap_or(trimmed.len());
    format!("{}{children}{}", &trimmed[..at], &trimmed[at..])
}

/// A replacement: start, end, and the new text.
pub(super) type Edit = (usize, usize, String);

/// The text with its edits applied. Edits at the same offset keep their order; those that overlap an earlier one are left out.
pub(super) fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    edits.sort_by_key(|edit| edit.0);
    let mut out = String::with_capacity(text.len() + edits.iter().map(|edit| edit.2.len()).sum::<usize>());
    let mut at = 0;
    for (start, end, new) in edits {
        if start < at {
            continue;
        }
        out.push_str(&text[at..start]);
        out.push_str(&new);
        at = end;
    }
    out.push_str(&text[at..]);
    out
}

/// Text escaped for an element or attribute, without characters that XML 1.0 does not allow.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    crate::write::xml::escape(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn children_take_the_prefix_of_the_root() {
        let children = ["b/>".to_owned()];
        assert_eq!(append("<a/>", &children), "<a><b/></a>");
        assert_eq!(append("<x:a y='1'><x:c/></x:a>\n", &children), "<x:a y='1'><x:c/><x:b/></x:a>");
        assert_eq!(append("<?xml version='1.0'?><a></a>", &children), "<?xml version='1.0'?><a><b/></a>");
        assert_eq!(root("<w:document><w:body/></w:document>"), Some(("w:", "document")));
        assert_eq!(root("<w:document><w:body/></w:document><!-- x -->"), Some(("w:", "document")));
    }

    #[test]
    fn edits_are_applied_in_the_order_of_the_text() {
        let edits = vec![(3, 3, "|".to_owned()), (0, 1, "A".to_owned()), (3, 3, "!".to_owned())];
        assert_eq!(apply("abcd", edits), "Abc|!d");
    }

    #[test]
    fn a_declaration_of_another_encoding_is_replaced_without_moving_anything() {
        let text = "<?xml version=\"1.0\" encoding=\"UTF-16LE\" standalone=\"yes\"?><a/>".to_owned();
        let replaced = declared_as_utf8(text.clone());
        assert_eq!((replaced.len(), replaced.ends_with("?><a/>")), (text.len(), true));
        assert!(replaced.starts_with("<?xml version=\"1.0\"  ") && !replaced.contains("UTF-16"));
    }
}
