//! DOCX of a report in the official look (GB/T 9704-2012): the form's compiled blank, filled in.

mod blank;
mod complete;
pub(crate) mod extra;

pub(super) use extra::pixels;
mod looks;
mod template;

use std::sync::Arc;

use super::draft::Draft;
use super::package::PackageWriter;
use super::plan::{self, Closing, ContentItem, PlannedSection};
use super::xml::escape;
use super::{Output, Scratch, WriteCause, WriteError};
use crate::form::{Form, SectionLook};
use crate::report::Report;

use looks::Dress;
use template::{DECLARATION, HEAD, TableTemplate, Template};

/// Half a character of running text (16 points), in twips.
const HALF: i64 = 160;

fn template(form: &Form) -> Result<Arc<Template>, WriteError> {
    form.derived(|| {
        template::compile(form).ok_or_else(|| WriteError { output: Output::Docx, cause: WriteCause::Blank })
    })
}

/// Writes a report.
pub(super) fn write(form: &Form, report: &Report, scratch: &mut Scratch) -> Result<Vec<u8>, WriteError> {
    let form = &form.expanded(report.values.keys().map(String::as_str));
    let template = template(form)?;
    // Room for a text of usual length besides the pieces.
    let draft = Draft::new(&template.pieces, template.pieces.len() + (32 << 10));
    let mut body = Body { form, report, template: &template, draft, pictures: Vec::new(), shown: 0 };
    body.draft.piece(HEAD);
    let across = body.document();
    body.draft.piece(template.tails[usize::from(across)]);
    let Body { draft, pictures, .. } = body;
    package((&template, form, report), &draft, &pictures, scratch).map_err(|error| WriteError::new(Output::Docx, error))
}

fn package(
    (template, form, report): (&Template, &Form, &Report),
    document: &Draft,
    pictures: &[usize],
    scratch: &mut Scratch,
) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = PackageWriter::new(&mut scratch.deflaters);
    if pictures.is_empty() {
        writer.constant(&template.lists)?;
    } else {
        writer.part(template::CONTENT_TYPES, content_types(template, report, pictures).as_bytes())?;
        writer.part(template::RELATIONSHIPS, relationships(template, report, pictures).as_bytes())?;
    }
    writer.constant(&template.constant)?;
    writer.stored("docProps/core.xml", properties(form, report).as_bytes())?;
    writer.draft("word/document.xml", document)?;
    for &index in pictures {
        writer.stored(&format!("word/media/{}", extra::file_name(report, index)), &report.pictures[index].bytes)?;
    }
    writer.finish()
}

fn content_types(template: &Template, report: &Report, pictures: &[usize]) -> String {
    let mut text = String::new();
    let mut suffixes: Vec<(&str, &str)> =
        pictures.iter().map(|&index| extra::suffix(&report.pictures[index])).collect();
    suffixes.sort_unstable();
    suffixes.dedup();
    for (suffix, kind) in suffixes {
        text.push_str(&format!("<Default Extension=\"{suffix}\" ContentType=\"{kind}\"/>"));
    }
    template::content_types(&text, &template.content_types)
}

fn relationships(template: &Template, report: &Report, pictures: &[usize]) -> String {
    let mut text = String::new();
    for &index in pictures {
        text.push_str(&format!(
            "<Relationship Id=\"picture{index}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/image\" \
             Target=\"media/{}\"/>",
            extra::file_name(report, index)
        ));
    }
    template::relationships(&template.relationships, &text)
}

/// Document properties: title, creator, and a date that depends on the report alone.
fn properties(form: &Form, report: &Report) -> String {
    let mut text = format!(
        "{DECLARATION}<cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><dc:title>"
    );
    escape(&plan::title(form, report), &mut text);
    text.push_str("</dc:title><dc:creator>");
    escape(report.agency.as_deref().unwrap_or_default(), &mut text);
    text.push_str("</dc:creator>");
    if let Some(date) = report.published {
        text.push_str(&format!("<dcterms:created xsi:type=\"dcterms:W3CDTF\">{date}T00:00:00Z</dcterms:created>"));
    }
    text.push_str("</cp:coreProperties>");
    text
}

struct Body<'a> {
    form: &'a Form,
    report: &'a Report,
    template: &'a Template,
    /// `document.xml`.
    draft: Draft<'a>,
    /// Indices of the used pictures, without repetitions.
    pictures: Vec<usize>,
    /// Number of pictures written so far.
    shown: usize,
}

impl Body<'_> {
    /// Writes everything up to the properties of the last section; returns whether its pages are landscape.
    fn document(&mut self) -> bool {
        let parts = plan::parts(self.form, self.report);
        let mut across = parts.first().is_some_and(|part| part.is_across(self.form));
        let title = plan::title_lines(self.form, self.report, plan::TITLE_WIDTH).join("\n");
        for piece in parts.iter().filter(|part| part.above_title).flat_map(PlannedSection::dressed) {
            self.dressed(piece);
        }
        if !plan::is_title_above(self.form, self.report) {
            self.paragraph("Title", &title);
        }
        for part in parts.iter().filter(|part| !part.above_title) {
            if part.is_across(self.form) != across {
                let section = &self.template.sections[usize::from(across)];
                for piece in ["<w:p><w:pPr><w:pStyle w:val=\"TableFigure\"/>", section, "</w:pPr></w:p>"] {
                    self.draft.text().push_str(piece);
                }
                across = !across;
            }
            if let Some(heading) = part.heading() {
                self.paragraph("Heading1", heading);
            }
            for (number, piece) in part.pieces.iter().enumerate() {
                let next = part.pieces.get(number + 1);
                let keep = matches!(next, Some(ContentItem::Text(next)) if plan::closing(self.report, next).is_some());
                match part.dress(*piece) {
                    Some(dressed) => self.dressed(dressed),
                    None => self.piece(*piece, keep),
                }
                // Word joins adjacent tables, and requires a paragraph after the last one.
                let table = |piece: &ContentItem| matches!(piece, ContentItem::Table(_) | ContentItem::Extra(_));
                if table(piece) && part.pieces.get(number + 1).is_none_or(table) {
                    self.draft.text().push_str("<w:p><w:pPr><w:pStyle w:val=\"TableFigure\"/></w:pPr></w:p>");
                }
            }
        }
        across
    }

    /// Writes an item of a section with a special look; items other than paragraphs are written as usual.
    fn dressed(&mut self, (look, piece): (SectionLook, ContentItem)) {
        let (ContentItem::Text(text) | ContentItem::Heading(_, text)) = piece else { return self.piece(piece, false) };
        let Some(Dress { style, paragraph, run }) = looks::dress(look, text) else {
            return self.paragraph("BodyText", text);
        };
        for part in ["<w:p><w:pPr><w:pStyle w:val=\"", style, "\"/>", paragraph, "</w:pPr>"] {
            self.draft.text().push_str(part);
        }
        extra::run_with(run, text, self.draft.text());
        self.draft.text().push_str("</w:p>");
    }

    fn piece(&mut self, piece: ContentItem, keep: bool) {
        match piece {
            ContentItem::Text(text) => self.text(text, keep),
            ContentItem::Heading(level, text) => {
                // A document without a prescribed title has its first heading level at 一、, where a form has the headings of its sections.
                let above = usize::from(self.form.title.is_free());
                let styles = ["Heading1", "Heading2", "Heading3", "Heading4"];
                let style = styles.get((usize::from(level) - 1).saturating_sub(above)).copied();
                match style {
                    Some(style) => self.paragraph(style, text),
                    // Deeper headings look like the fourth level, with their own outline level.
                    None => self.deep_heading(level, text),
                }
            }
            ContentItem::Table(table) => self.table(table),
            ContentItem::Extra(table) if extra::is_drawn(table) => extra::table(table, self.draft.text()),
            ContentItem::Extra(table) => extra::lines(table).iter().for_each(|row| self.paragraph("BodyText", row)),
            ContentItem::Picture(index, extent, alt) => self.picture(index, extent, alt),
        }
    }

    /// Writes a paragraph of running text; agency and day at the end of a report are right-aligned, on one page with the text before
    /// them.
    fn text(&mut self, text: &str, keep: bool) {
        let properties = match plan::closing(self.report, text) {
            Some(closing) => {
                let characters = plan::from_right(self.report, closing, text);
                let keep = if closing == Closing::Agency { "<w:keepNext/>" } else { "" };
                // Hundredths of a character, and twips for programs that do not support those.
                let (hundredths, twips) = (characters * 50, characters * HALF);
                format!("{keep}<w:ind w:rightChars=\"{hundredths}\" w:right=\"{twips}\"/>")
            }
            None if keep => "<w:keepNext/>".to_owned(),
            None => return self.paragraph("BodyText", text),
        };
        let style = if plan::closing(self.report, text).is_some() { "Signature" } else { "BodyText" };
        self.paragraph_with(style, &properties, text);
    }

    fn paragraph(&mut self, style: &str, text: &str) {
        self.paragraph_with(style, "", text);
    }

    /// Writes a paragraph; `properties` come after the style, in schema order.
    fn paragraph_with(&mut self, style: &str, properties: &str, text: &str) {
        for piece in ["<w:p><w:pPr><w:pStyle w:val=\"", style, "\"/>", properties, "</w:pPr>"] {
            self.draft.text().push_str(piece);
        }
        self.run(text);
        self.draft.text().push_str("</w:p>");
    }

    fn deep_heading(&mut self, level: u8, text: &str) {
        self.draft.text().push_str("<w:p><w:pPr><w:pStyle w:val=\"Heading4\"/><w:outlineLvl w:val=\"");
        self.draft.text().push_str(&(level - 1).to_string());
        self.draft.text().push_str("\"/></w:pPr>");
        self.run(text);
        self.draft.text().push_str("</w:p>");
    }

    fn run(&mut self, text: &str) {
        extra::run(text, self.draft.text());
    }

    fn table(&mut self, number: usize) {
        let TableTemplate { first, fields, rooms } = &self.template.tables[number];
        for ((piece, &field), room) in (*first..).zip(fields).zip(rooms) {
            self.draft.piece(piece);
            let text = plan::shown(self.form, self.report, field);
            let Some(size) = room.and_then(|room| room.smaller(&text)) else {
                escape(&text, self.draft.text());
                continue;
            };
            // A number that is too wide has a run of its own: Word would break it over two lines.
            let properties =
                format!("</w:t></w:r><w:r><w:rPr><w:sz w:val=\"{size}\"/><w:szCs w:val=\"{size}\"/></w:rPr><w:t>");
            self.draft.text().push_str(&properties);
            escape(&text, self.draft.text());
            self.draft.text().push_str("</w:t></w:r><w:r><w:t>");
        }
        self.draft.piece(first + fields.len());
    }

    fn picture(&mut self, index: usize, extent: Option<(u64, u64)>, alt: Option<&str>) {
        let Some(picture) = self.report.pictures.get(index) else { return };
        if !extra::is_shown(picture) {
            let text = format!("〔图片：{}〕", alt.unwrap_or(&picture.name));
            return self.paragraph("BodyText", &text);
        }
        if !self.pictures.contains(&index) {
            self.pictures.push(index);
        }
        self.shown += 1;
        extra::picture(picture, (index, self.shown), extent, alt, self.draft.text());
    }
}
