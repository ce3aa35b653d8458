//! Adds pictures to an office's package: parts, relationships and content types.

use crate::report::Report;
use crate::write::docx::extra;

/// Relationships and content types of a package, and the pictures to be added.
pub(super) struct Pictures<'a> {
    report: &'a Report,
    package: &'a PictureParts,
    /// Indices of the used pictures, without repetitions.
    used: Vec<usize>,
}

/// The parts of a package that have to be changed to add pictures.
#[derive(Debug, Default)]
pub(super) struct PictureParts {
    /// Folder of the main part, with trailing slash.
    pub(super) folder: String,
    /// Name and text of the main part's relationships.
    pub(super) relationships: (String, String),
    /// Text of `[Content_Types].xml`.
    pub(super) content_types: String,
    /// Offset added to a picture's number, so that no existing name is used.
    pub(super) first: usize,
}

/// Name of `[Content_Types].xml`.
pub(super) const CONTENT_TYPES: &str = "[Content_Types].xml";

impl PictureParts {
    /// Whether pictures can be added.
    fn open(&self) -> bool {
        self.relationships.1.contains("</Relationships>") && self.content_types.contains("</Types>")
    }
}

impl<'a> Pictures<'a> {
    /// No pictures.
    pub(super) fn new(report: &'a Report, package: &'a PictureParts) -> Self {
        Self { report, package, used: Vec::new() }
    }

    /// Whether any picture was written.
    pub(super) fn any(&self) -> bool {
        !self.used.is_empty()
    }

    /// Writes a picture as a paragraph; returns false for one that cannot be shown.
    pub(super) fn write(
        &mut self,
        (index, extent, alt): (usize, Option<(u64, u64)>, Option<&str>),
        prefix: &str,
        xml: &mut String,
    ) -> bool {
        let Some(picture) = self.report.pictures.get(index) else { return false };
        if prefix != "w:" || !extra::is_shown(picture) || !self.package.open() {
            return false;
        }
        if !self.used.contains(&index) {
            self.used.push(index);
        }
        let number = self.package.first + index;
        extra::picture(picture, (number, number + 1), extent, alt, xml);
        true
    }

    /// The parts to be replaced or added, by name.
    pub(super) fn parts(&self) -> Vec<(String, Vec<u8>)> {
        let (mut relationships, mut types) = (String::new(), String::new());
        let mut parts = Vec::new();
        for &index in &self.used {
            let picture = &self.report.pictures[index];
            let (suffix, media_type) = extra::suffix(picture);
            let number = self.package.first + index;
            relationships.push_str(&format!(
                "<Relationship Id=\"picture{number}\" \
                 Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image\" \
                 Target=\"media/picture{number}.{suffix}\"/>"
            ));
            let declared = format!("Extension=\"{suffix}\"");
            if !self.package.content_types.contains(&declared) && !types.contains(&declared) {
                types.push_str(&format!("<Default {declared} ContentType=\"{media_type}\"/>"));
            }
            parts.push((format!("{}media/picture{number}.{suffix}", self.package.folder), picture.bytes.to_vec()));
        }
        let (name, text) = &self.package.relationships;
        let closed = |text: &str, end: &str, more: &str| text.replacen(end, &format!("{more}{end}"), 1).into_bytes();
        parts.push((name.clone(), closed(text, "</Relationships>", &relationships)));
        if !types.is_empty() {
            parts.push((CONTENT_TYPES.to_owned(), closed(&self.package.content_types, "</Types>", &types)));
        }
        parts
    }
}
