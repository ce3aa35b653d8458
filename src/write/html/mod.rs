//! A report as one self-contained web page: semantic tables, government meta tags, a table of contents, no script.

mod frame;
mod page;
mod pictures;
mod tables;

use std::convert::Infallible;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::pictures::Pictures;
use self::tables::FormTable;
use super::WriteError;
use super::plan::{self, ContentItem, PlannedSection, clean};
use super::xml::escape;
use crate::form::{Form, SectionLook};
use crate::report::Report;

pub use frame::{PageWriter, TemplateError};
pub use page::PageOptions;

/// Style sheet: readable on a phone, printed as in GB/T 9704, with system fonts only.
const STYLE: &str = include_str!("style.css");

/// Style sheet for sections that are not running text; few reports have any.
const LOOKS: &str = include_str!("looks.css");

/// Capacity for a page of usual length.
const USUAL: usize = 64 << 10;

/// Writes a report as a web page without options of a site.
#[allow(clippy::unnecessary_wraps, reason = "every writer has this signature")]
pub(super) fn write(form: &Form, report: &Report) -> Result<Vec<u8>, WriteError> {
    Ok(render(form, report, &PageOptions::default()).into_bytes())
}

fn render(form: &Form, report: &Report, options: &PageOptions) -> String {
    let form = &form.expanded(report.values.keys().map(String::as_str));
    let title = plan::title(form, report);
    let parts = plan::parts(form, report);
    let head = html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            title { (clean(&title)) }
            (page::meta(form, report, options))
            style { (PreEscaped(STYLE)) }
            @if parts.iter().any(|part| part.look != SectionLook::Text) { style { (PreEscaped(LOOKS)) } }
        }
    };
    let (above, parts): (Vec<PlannedSection>, Vec<PlannedSection>) =
        parts.into_iter().partition(|part| part.above_title);
    let header = html! { header { h1 { (clean(&title)) } (page::published(report)) } };
    let contents = contents(&parts);
    // Long parts are appended directly: nested markup would be copied at each level.
    let mut page = String::with_capacity(USUAL);
    for piece in [DOCTYPE.0, "<html lang=\"zh-CN\">", &head.0, "<body>"] {
        page.push_str(piece);
    }
    if !above.is_empty() {
        page.push_str("<div class=\"above\">");
        body(form, report, &above, &mut page);
        page.push_str("</div>");
    }
    for piece in [&header.0, &contents.0, "<main>"] {
        page.push_str(piece);
    }
    body(form, report, &parts, &mut page);
    page.push_str("</main></body></html>");
    page
}

fn contents(parts: &[PlannedSection]) -> Markup {
    html! {
        nav aria-label="目录" {
            ol {
                @for part in parts {
                    @if let Some(heading) = part.heading() {
                        li { a href={ "#" (part.id) } { (clean(heading)) } }
                    }
                }
            }
        }
    }
}

/// Appends the sections of a report.
fn body(form: &Form, report: &Report, parts: &[PlannedSection], page: &mut String) {
    let compile = || (0..form.tables.len()).map(|table| FormTable::compile(form, table)).collect();
    let Ok(tables) = form.derived::<Vec<FormTable>, Infallible>(|| Ok(compile()));
    let mut pictures = Pictures::new(report, parts);
    for part in parts {
        page.push_str("<section id=\"");
        escape(part.id, page);
        if let Some(class) = class(part.look) {
            page.push_str("\" class=\"");
            page.push_str(class);
        }
        page.push_str("\">");
        if let Some(heading) = part.heading() {
            element("h2", heading, page);
        }
        for piece in &part.pieces {
            match *piece {
                ContentItem::Text(text) | ContentItem::Heading(_, text) if part.look != SectionLook::Text => {
                    element("p", text, page);
                }
                piece => self::piece(form, (report, &mut pictures), &tables, piece, page),
            }
        }
        page.push_str("</section>");
    }
}

/// The class of a section that is not running text.
fn class(look: SectionLook) -> Option<&'static str> {
    match look {
        SectionLook::Text => None,
        SectionLook::Mark => Some("mark"),
        SectionLook::Centred => Some("middle"),
        SectionLook::Number => Some("ruled"),
        SectionLook::Flush => Some("flush"),
        SectionLook::List => Some("items"),
        SectionLook::Foot => Some("record"),
    }
}

fn piece(
    form: &Form,
    (report, pictures): (&Report, &mut Pictures),
    tables: &[FormTable],
    piece: ContentItem,
    page: &mut String,
) {
    match piece {
        ContentItem::Text(text) if plan::closing(report, text).is_some() => {
            page.push_str("<p class=\"sign\">");
            lines(text, page);
            page.push_str("</p>");
        }
        ContentItem::Text(text) => element("p", text, page),
        ContentItem::Heading(level, text) => {
            let name = match level {
                2 => "h3",
                3 => "h4",
                4 => "h5",
                _ => "h6",
            };
            element(name, text, page);
        }
        ContentItem::Table(table) => tables[table].fill(form, report, page),
        ContentItem::Extra(table) => page.push_str(&tables::extra(table).0),
        ContentItem::Picture(index, extent, alt) => page.push_str(&pictures.show(index, extent, alt).0),
    }
}

/// Appends an element with a text and its line breaks.
fn element(name: &str, text: &str, page: &mut String) {
    for piece in ["<", name, ">"] {
        page.push_str(piece);
    }
    lines(text, page);
    for piece in ["</", name, ">"] {
        page.push_str(piece);
    }
}

/// Appends text with its line breaks.
fn lines(text: &str, page: &mut String) {
    for (number, line) in text.split('\n').enumerate() {
        page.push_str(if number > 0 { "<br>" } else { "" });
        escape(line, page);
    }
}
