//! Draws laid-out pages with krilla: tagged content, outline, metadata; validated as PDF/A-2a and PDF/UA-1.

use krilla::color::{Color, luma, rgb};
use krilla::configure::{Accessibility, Archival, Configuration, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::error::{KrillaError, KrillaResult};
use krilla::geom::{Path, PathBuilder, Point, Size, Transform};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag, Identifier, SpanTag};
use krilla::text::{GlyphId, KrillaGlyph};
use krilla::{Document, SerializeSettings};

use super::fonts::{Fonts, Glyphs, Role};
use super::line::{Line, Style, break_lines, shape};
use super::page::{Block, Entry, Pages, Sheet};
use super::pictures::Pictures;
use super::sheet::{CHARACTER, Frame, Ink, Item};

/// Language of the reports.
const LANGUAGE: &str = "zh-CN";

/// Thickness of ruled lines, in points.
const RULE: f32 = 0.5;

/// Thickness of the red line below the document number, in points; the standard does not set it, and 1.5 is that of the Word file.
const RED_RULE: f32 = 1.5;

/// Stroke width of synthetic bold, as a fraction of the font size.
const HEAVIER: f32 = 0.03;

/// Font size of the page number: 四号 (GB/T 9704-2012, 7.5).
const NUMBER: f32 = 14.0;

/// Metadata of a document.
#[derive(Debug)]
pub(super) struct About {
    pub(super) title: String,
    pub(super) author: Option<String>,
    /// Date of the document.
    pub(super) date: jiff::civil::Date,
}

/// Draws pages.
pub(super) struct Drawing<'a> {
    pub(super) fonts: &'a Fonts,
    pub(super) glyphs: &'a Glyphs<'a>,
    pub(super) pictures: &'a Pictures,
}

/// PDF 1.7 with PDF/A-2a and PDF/UA-1; `None` if krilla does not support the combination.
fn configuration() -> Option<Configuration> {
    ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .ok()
}

fn document() -> Document {
    let mut settings = SerializeSettings::default();
    if let Some(configuration) = configuration() {
        settings.configuration = configuration;
    }
    Document::new_with(settings)
}

impl Drawing<'_> {
    /// Draws a document and returns its bytes.
    pub(super) fn document(&self, laid: Pages, about: &About) -> KrillaResult<Vec<u8>> {
        let mut document = document();
        let mut content: Vec<Vec<Identifier>> = (0..laid.tree.len()).map(|_| Vec::new()).collect();
        for (number, Sheet { frame, items }) in laid.sheets.iter().enumerate() {
            let Some(settings) = PageSettings::from_wh(frame.paper.0, frame.paper.1) else { continue };
            let mut page = document.start_page_with(settings);
            let mut surface = page.surface();
            self.page(&mut surface, items, &mut content);
            self.number(&mut surface, frame, number);
            surface.finish();
            page.finish();
        }
        document.set_outline(outline(&laid.outline));
        document.set_tag_tree(laid.tree.tags(LANGUAGE, content));
        document.set_metadata(metadata(about));
        document.finish()
    }

    /// Whether a picture can be drawn, tested with a document of it alone.
    pub(super) fn is_sound(&self, index: usize) -> bool {
        let picture = Block::Picture { index, width: CHARACTER, height: CHARACTER, alt: "-".to_owned() };
        let about = About { title: "-".to_owned(), author: None, date: jiff::civil::Date::ZERO };
        self.document(Pages::lay_out(vec![picture]), &about).is_ok()
    }

    fn page(&self, surface: &mut Surface, items: &[Item], content: &mut [Vec<Identifier>]) {
        let (mut black, mut red) = (PathBuilder::new(), PathBuilder::new());
        for item in items {
            match item {
                Item::Text { line, x, y, size, heavy, ink, node } => {
                    let identifier = surface.start_tagged(match node {
                        Some(_) => ContentTag::Span(SpanTag::empty()),
                        None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
                    });
                    self.line(surface, line, (*x, *y), (*size, *heavy, *ink));
                    surface.end_tagged();
                    if let Some(node) = node {
                        content[*node].push(identifier);
                    }
                }
                Item::Nothing { node } => {
                    content[*node].push(surface.start_tagged(ContentTag::Span(SpanTag::empty())));
                    surface.end_tagged();
                }
                Item::Picture { index, x, y, width, height, node } => {
                    let (Some(image), Some(size)) = (self.pictures.image(*index), Size::from_wh(*width, *height))
                    else {
                        continue;
                    };
                    content[*node].push(surface.start_tagged(ContentTag::Other));
                    surface.push_transform(&Transform::from_translate(*x, *y));
                    surface.draw_image(image.clone(), size);
                    surface.pop();
                    surface.end_tagged();
                }
                Item::Rule { x0, y0, x1, y1, ink } => {
                    let rules = if *ink == Ink::Red { &mut red } else { &mut black };
                    rules.move_to(*x0, *y0);
                    rules.line_to(*x1, *y1);
                }
            }
        }
        for (rules, ink, width) in [(black, Ink::Black, RULE), (red, Ink::Red, RED_RULE)] {
            if let Some(rules) = rules.finish() {
                draw_rules(surface, &rules, &stroke(ink, width));
            }
        }
    }

    /// Draws a line of text, one run per font.
    fn line(&self, surface: &mut Surface, line: &Line, (mut x, y): (f32, f32), (size, heavy, ink): (f32, bool, Ink)) {
        surface.set_fill(Some(Fill { paint: color(ink).into(), ..Fill::default() }));
        surface.set_stroke(heavy.then(|| stroke(ink, HEAVIER * size)));
        for run in line.glyphs.chunk_by(|one, other| one.glyph.font == other.glyph.font) {
            let (mut text, mut glyphs) = (String::new(), Vec::with_capacity(run.len()));
            let start = x;
            for set in run {
                let from = text.len();
                text.push(set.character);
                let advance = set.advance / size;
                let id = GlyphId::new(set.glyph.id);
                glyphs.push(KrillaGlyph::new(id, advance, 0.0, 0.0, 0.0, from..text.len(), None));
                x += set.advance;
            }
            if let Some(first) = run.first() {
                let font = self.fonts.font(first.glyph.font);
                surface.draw_glyphs(Point::from_xy(start, y), &glyphs, font, &text, size, false);
            }
        }
        surface.set_stroke(None);
    }

    /// Draws the page number `— 1 —` at the outer side of the text.
    fn number(&self, surface: &mut Surface, frame: &Frame, page: usize) {
        let style = Style { role: Role::Table, size: NUMBER, tracking: 0.0, heavy: false, justified: false };
        let text = format!("— {} —", page + 1);
        let glyphs = shape(&text, &style, self.glyphs, &mut Vec::new());
        let Some(line) = break_lines(&glyphs, &style, frame.width, 0.0).into_iter().next() else { return };
        let outer = if page.is_multiple_of(2) { frame.width - NUMBER - line.width } else { NUMBER };
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::PageNumber)));
        self.line(surface, &line, (frame.left + outer, frame.number_base()), (NUMBER, false, Ink::Black));
        surface.end_tagged();
    }
}

fn color(ink: Ink) -> Color {
    match ink {
        Ink::Black => luma::Color::black().into(),
        Ink::Red => rgb::Color::new(255, 0, 0).into(),
    }
}

fn stroke(ink: Ink, width: f32) -> Stroke {
    Stroke { paint: color(ink).into(), width, ..Stroke::default() }
}

fn draw_rules(surface: &mut Surface, rules: &Path, stroke: &Stroke) {
    surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
    surface.set_fill(None);
    surface.set_stroke(Some(stroke.clone()));
    surface.draw_path(rules);
    surface.set_stroke(None);
    surface.end_tagged();
}

/// The outline: headings below those of a higher level.
fn outline(entries: &[Entry]) -> Outline {
    let mut open: Vec<(u16, OutlineNode)> = Vec::new();
    let mut outline = Outline::new();
    let mut close = |open: &mut Vec<(u16, OutlineNode)>| {
        let Some((_, node)) = open.pop() else { return };
        match open.last_mut() {
            Some((_, parent)) => parent.push_child(node),
            None => outline.push_child(node),
        }
    };
    for entry in entries {
        while open.last().is_some_and(|(level, _)| *level >= entry.level) {
            close(&mut open);
        }
        let destination = XyzDestination::new(entry.page, Point::from_xy(entry.x, entry.y));
        open.push((entry.level, OutlineNode::new(entry.text.clone(), destination).with_open(true)));
    }
    while !open.is_empty() {
        close(&mut open);
    }
    outline
}

fn metadata(about: &About) -> Metadata {
    let part = |number: i8| u8::try_from(number).unwrap_or(1);
    let date = DateTime::new(u16::try_from(about.date.year()).unwrap_or_default())
        .month(part(about.date.month()))
        .day(part(about.date.day()))
        .hour(0)
        .minute(0)
        .second(0)
        .utc_offset_hour(8)
        .utc_offset_minute(0);
    let metadata = Metadata::new()
        .title(about.title.clone())
        .language(LANGUAGE.to_owned())
        .creator("nianbao".to_owned())
        .producer("nianbao".to_owned())
        .creation_date(date);
    match &about.author {
        Some(author) => metadata.authors(vec![author.clone()]),
        None => metadata,
    }
}

/// Description of an error of krilla.
pub(super) fn detail(error: &KrillaError) -> String {
    match error {
        KrillaError::Validation(errors) => {
            let mut kinds: Vec<String> = errors.iter().map(|(error, _)| format!("{error:?}")).collect();
            kinds.dedup();
            kinds.truncate(3);
            kinds.join("; ")
        }
        error => error.to_string(),
    }
}
