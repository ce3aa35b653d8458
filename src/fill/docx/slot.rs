//! Writes text into a paragraph or cell of an office's document, by byte ranges, keeping its style.

use super::controls::Control;
use super::scan::{ParagraphScan, Scan};
use crate::fill::edit::{Edit, Span};
use crate::write::xml::escape;

/// A slot for text in a paragraph or cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TextSlot {
    /// The existing text.
    pub(super) existing: String,
    at: Span,
    before: String,
    after: String,
    /// Ranges to delete when text is written: other texts, special characters, markers of placeholders.
    erase: Vec<Span>,
    prefix: String,
}

impl TextSlot {
    /// The slot in a scan: the first existing text, else an empty run, else a new run with the style of the paragraph mark, or
    /// `neighbour`, a `w:rPr`. `None` if there is no paragraph.
    pub(super) fn locate(source: &str, scan: &Scan, prefix: &str, neighbour: &str) -> Option<Self> {
        let existing: Vec<&str> = scan.paragraphs.iter().map(|paragraph| paragraph.text.as_str()).collect();
        let existing = existing.join("\n");
        let filled = |paragraph: &&ParagraphScan| !paragraph.text.trim().is_empty();
        let with_text = |paragraph: &&ParagraphScan| paragraph.runs.iter().any(|run| !run.texts.is_empty());
        let paragraphs = || scan.paragraphs.iter();
        let target = paragraphs().find(filled).or_else(|| paragraphs().find(with_text)).or(scan.paragraphs.first())?;
        let mut erase: Vec<Span> = scan.control_marks.clone();
        for run in scan.paragraphs.iter().flat_map(|paragraph| &paragraph.runs) {
            erase.extend(run.texts.iter().chain(&run.signs));
            if scan.shows_placeholder {
                erase.extend(run.properties.and_then(|span| child(source, span, prefix, "rStyle")));
            }
        }
        let (at, before, after) = place(source, target, prefix, neighbour);
        erase.retain(|span| *span != at);
        Some(Self { existing, at, before, after, erase, prefix: prefix.to_owned() })
    }

    /// For a paragraph with neither properties nor runs: centres the text.
    pub(super) fn centred(mut self) -> Self {
        let prefix = &self.prefix;
        if !prefix.is_empty() {
            let properties = format!("<{prefix}pPr><{prefix}jc {prefix}val=\"center\"/></{prefix}pPr>");
            // An empty element is opened first.
            self.before.insert_str(usize::from(self.before.starts_with('>')), &properties);
        }
        self
    }

    /// Adds the edits that write a text; none if it is already there.
    pub(super) fn put(&self, text: &str, edits: &mut Vec<Edit>) {
        if text.trim() == self.existing.trim() {
            return;
        }
        edits.extend(self.erase.iter().copied().map(Edit::erase));
        let mut written = String::new();
        if !text.is_empty() {
            written.push_str(&self.before);
            texts(&self.prefix, text, &mut written);
            written.push_str(&self.after);
        }
        if !text.is_empty() || (self.before.is_empty() && self.after.is_empty()) {
            edits.push(Edit { span: self.at, text: written });
        }
    }
}

/// The position for a text in a paragraph, with the markup before and after it.
fn place(source: &str, paragraph: &ParagraphScan, prefix: &str, neighbour: &str) -> (Span, String, String) {
    let run = paragraph.runs.iter().find(|run| !run.texts.is_empty());
    if let Some(text) = run.and_then(|run| run.texts.first()) {
        return (*text, String::new(), String::new());
    }
    if let Some(run) = paragraph.runs.iter().find(|run| !run.other) {
        return inside(source, run.span, &format!("{prefix}r"), String::new(), String::new());
    }
    let style = paragraph.mark.and_then(|mark| mark_style(source, mark, prefix)).unwrap_or(neighbour);
    let (before, after) = (format!("<{prefix}r>{style}"), format!("</{prefix}r>"));
    inside(source, paragraph.span, &format!("{prefix}p"), before, after)
}

/// The end of the content of an element; `<a/>` is opened.
fn inside(source: &str, span: Span, name: &str, before: String, after: String) -> (Span, String, String) {
    let element = source.get(span.0..span.1).unwrap_or_default();
    if element.ends_with("/>") {
        return ((span.1 - 2, span.1), format!(">{before}"), format!("{after}</{name}>"));
    }
    let end = span.0 + element.rfind("</").unwrap_or(element.len());
    ((end, end), before, after)
}

/// The properties of a paragraph mark, which are used for a new run unless they record a tracked change.
fn mark_style<'a>(source: &'a str, mark: Span, prefix: &str) -> Option<&'a str> {
    let style = source.get(mark.0..mark.1)?;
    let changed =
        ["ins", "del", "moveFrom", "moveTo", "rPrChange"].iter().any(|name| has(style, prefix, name).is_some());
    (!changed).then_some(style)
}

/// The offset of an element of this name in a text.
fn has(text: &str, prefix: &str, name: &str) -> Option<usize> {
    let tag = format!("<{prefix}{name}");
    text.match_indices(&tag).map(|(at, _)| at).find(|at| {
        text[at + tag.len()..].starts_with(|sign: char| sign.is_ascii_whitespace() || sign == '/' || sign == '>')
    })
}

/// The `w:rPr` of the last run before an offset, without bold: the style of the row label, for figures in cells without a style.
pub(super) fn look_before(source: &str, at: usize, prefix: &str) -> Option<String> {
    let before = source.get(..at)?;
    let start = [">", " "].iter().filter_map(|end| before.rfind(&format!("<{prefix}r{end}"))).max()?;
    let run = before.get(start..)?;
    let content = run.get(run.find('>')? + 1..)?;
    let (open, close) = (format!("<{prefix}rPr>"), format!("</{prefix}rPr>"));
    let look = content.get(..content.find(&close)? + close.len()).filter(|look| look.starts_with(&open))?;
    let plain = ["b", "bCs"].iter().fold(look.to_owned(), |look, name| look.replace(&format!("<{prefix}{name}/>"), ""));
    Some(plain)
}

/// The span of an empty element of this name inside a span.
fn child(source: &str, span: Span, prefix: &str, name: &str) -> Option<Span> {
    let text = source.get(span.0..span.1)?;
    let start = has(text, prefix, name)?;
    let end = start + text[start..].find("/>")? + 2;
    Some((span.0 + start, span.0 + end))
}

/// Writes a text as the content of a run; tabs and line breaks become elements.
fn texts(prefix: &str, text: &str, out: &mut String) {
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            out.push_str(&format!("<{prefix}br/>"));
        }
        for (number, piece) in line.trim_end_matches('\r').split('\t').enumerate() {
            if number > 0 {
                out.push_str(&format!("<{prefix}tab/>"));
            }
            if piece.is_empty() {
                continue;
            }
            let blanks = piece.starts_with(char::is_whitespace) || piece.ends_with(char::is_whitespace);
            out.push_str(&format!("<{prefix}t{}>", if blanks { " xml:space=\"preserve\"" } else { "" }));
            escape(piece, out);
            out.push_str(&format!("</{prefix}t>"));
        }
    }
}

/// Style of the paragraphs of a text: the `w:pPr` and `w:rPr` of an existing one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Style {
    paragraph: String,
    run: String,
    prefix: String,
}

impl Style {
    /// The default style.
    pub(super) fn plain(prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), ..Self::default() }
    }

    /// The style of running text for a document that has none: a first-line indent of two characters.
    pub(super) fn running(prefix: &str) -> Self {
        if prefix.is_empty() {
            return Self::plain(prefix);
        }
        let indent = format!("<{prefix}ind {prefix}firstLineChars=\"200\" {prefix}firstLine=\"640\"/>");
        Self { paragraph: format!("<{prefix}pPr>{indent}</{prefix}pPr>"), ..Self::plain(prefix) }
    }

    fn from_paragraph(source: &str, paragraph: &ParagraphScan, prefix: &str) -> Self {
        let slice = |span: Span| source.get(span.0..span.1).unwrap_or_default();
        let mut properties = paragraph.properties.map(slice).unwrap_or_default().to_owned();
        // The section end and the change record belong to the one paragraph only.
        for span in [paragraph.section, paragraph.change].into_iter().flatten() {
            properties = properties.replace(slice(span), "");
        }
        let run = paragraph.runs.iter().find(|run| !run.texts.is_empty());
        let style = match run {
            Some(run) => run.properties.map(slice),
            None => paragraph.mark.and_then(|mark| mark_style(source, mark, prefix)),
        };
        Self { paragraph: properties, run: style.unwrap_or_default().to_owned(), prefix: prefix.to_owned() }
    }

    /// Writes a right-aligned paragraph in this style, at a distance from the margin in half characters.
    pub(super) fn write_right(&self, text: &str, halves: i64, out: &mut String) {
        let Self { paragraph, run, prefix } = self;
        let paragraph = at_right(paragraph, prefix, halves);
        Self { paragraph, run: run.clone(), prefix: prefix.clone() }.write(text, out);
    }

    /// Writes a paragraph in this style.
    pub(super) fn write(&self, text: &str, out: &mut String) {
        let Self { paragraph, run, prefix } = self;
        out.push_str(&format!("<{prefix}p>{paragraph}<{prefix}r>{run}"));
        texts(prefix, text, out);
        out.push_str(&format!("</{prefix}r></{prefix}p>"));
    }
}

/// Elements that may follow the indent in a `w:pPr` (17.3.1.26), in order; the alignment comes after the first [`BEFORE_ALIGNMENT`].
const BEHIND_INDENT: &[&str] = &[
    "contextualSpacing",
    "mirrorIndents",
    "suppressOverlap",
    "textDirection",
    "textAlignment",
    "textboxTightWrap",
    "outlineLvl",
    "divId",
    "cnfStyle",
    "rPr",
    "sectPr",
    "pPrChange",
];

const BEFORE_ALIGNMENT: usize = 3;

/// Paragraph properties with another indent and right alignment.
fn at_right(properties: &str, prefix: &str, halves: i64) -> String {
    let mut own = properties.to_owned();
    for name in ["ind", "jc"] {
        while let Some((start, end)) = child(&own, (0, own.len()), prefix, name) {
            own.replace_range(start..end, "");
        }
    }
    if prefix.is_empty() {
        // Attributes would need a prefix that is not known here.
        return properties.to_owned();
    }
    // Hundredths of a character, and twips at the size of running text for programs that do not support those.
    let (hundredths, twips) = (halves * 50, halves * 160);
    let indent = format!(
        "<{prefix}ind {prefix}rightChars=\"{hundredths}\" {prefix}right=\"{twips}\" {prefix}firstLineChars=\"0\" {prefix}firstLine=\"0\"/>"
    );
    let alignment = format!("<{prefix}jc {prefix}val=\"right\"/>");
    let close = format!("</{prefix}pPr>");
    if !own.ends_with(&close) {
        return format!("<{prefix}pPr>{indent}{alignment}{close}");
    }
    for (element, behind) in [(indent, BEHIND_INDENT), (alignment, &BEHIND_INDENT[BEFORE_ALIGNMENT..])] {
        let end = own.len() - close.len();
        let at = behind.iter().filter_map(|name| has(&own, prefix, name)).min().unwrap_or(end);
        own.insert_str(at, &element);
    }
    own
}

/// A paragraph that can be written into, followed by similar ones, or removed.
#[derive(Debug, Clone)]
pub(super) struct ParagraphSlot {
    pub(super) span: Span,
    /// The paragraph with its enclosing content controls: new paragraphs are written outside of them.
    pub(super) outer: Span,
    pub(super) text: TextSlot,
    pub(super) style: Style,
    /// Whether a section of the document ends with it, so that nothing may be inserted after it.
    pub(super) ends_section: bool,
    removable: bool,
}

impl ParagraphSlot {
    /// The paragraph as a slot. `alone`: it may be the only paragraph of its cell.
    pub(super) fn locate(
        source: &str,
        paragraph: ParagraphScan,
        marks: &Scan,
        controls: &[Control],
        prefix: &str,
        alone: bool,
    ) -> Option<Self> {
        let style = Style::from_paragraph(source, &paragraph, prefix);
        let (span, ends_section) = (paragraph.span, paragraph.section.is_some());
        let around: Vec<&Control> = controls.iter().filter(|control| control.holds(span)).collect();
        let outer = around.last().map_or(span, |control| control.span);
        let removable = !paragraph.other && !ends_section && !alone && around.is_empty();
        let inside = |mark: &&Span| span.0 <= mark.0 && mark.1 <= span.1;
        let scan = Scan {
            paragraphs: vec![paragraph],
            control_marks: {
                let inside = marks.control_marks.iter().filter(inside).copied();
                inside.chain(around.iter().flat_map(|control| control.marks.iter().copied())).collect()
            },
            shows_placeholder: marks.shows_placeholder,
            properties: None,
        };
        let text = TextSlot::locate(source, &scan, prefix, "")?;
        Some(Self { span, outer, text, style, ends_section, removable })
    }

    /// Removes the paragraph, or only its text if it contains anything else.
    pub(super) fn remove(&self, edits: &mut Vec<Edit>) {
        if self.removable {
            edits.push(Edit::erase(self.span));
        } else {
            self.text.put("", edits);
        }
    }
}
