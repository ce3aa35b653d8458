//! One self-contained web page of a report: semantic tables, government meta tags, a table of contents, no script.

mod frame;
mod page;
mod tables;

use std::convert::Infallible;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use self::tables::FormTable;
use super::WriteError;
use super::compiled::Compiled;
use super::plan::{self, Part, Piece, clean};
use crate::form::Form;
use crate::report::Report;

pub use frame::{PageWriter, TemplateError};
pub use page::PageOptions;

/// Style of the page: readable on a phone, on paper as GB/T 9704 has it, with system fonts only.
const STYLE: &str = include_str!("style.css");

/// Writes a report as a web page with nothing known about the site.
#[allow(clippy::unnecessary_wraps, reason = "every writer has this signature")]
pub(super) fn write(form: &Form, report: &Report) -> Result<Vec<u8>, WriteError> {
    Ok(render(form, report, &PageOptions::default()).into_string().into_bytes())
}

fn render(form: &Form, report: &Report, options: &PageOptions) -> Markup {
    let title = plan::title(form, report);
    let parts = plan::parts(form, report);
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (clean(&title)) }
                (page::meta(form, report, options))
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { h1 { (clean(&title)) } (page::published(report)) }
                (contents(&parts))
                main { (body(form, report, &parts)) }
            }
        }
    }
}

fn contents(parts: &[Part]) -> Markup {
    html! {
        nav aria-label="目录" {
            ol {
                @for part in parts {
                    @if let Some(heading) = part.heading {
                        li { a href={ "#" (part.id) } { (clean(heading)) } }
                    }
                }
            }
        }
    }
}

/// The tables of the forms.
static TABLES: Compiled<Vec<FormTable>> = Compiled::none();

fn body(form: &Form, report: &Report, parts: &[Part]) -> Markup {
    let compile = || (0..form.tables.len()).map(|table| FormTable::compile(form, table)).collect();
    let Ok(tables) = TABLES.get::<Infallible>(form, || Ok(compile()));
    html! {
        @for part in parts {
            section id=(part.id) {
                @if let Some(heading) = part.heading { h2 { (clean(heading)) } }
                @for piece in &part.pieces { (self::piece(form, report, &tables, *piece)) }
            }
        }
    }
}

fn piece(form: &Form, report: &Report, tables: &[FormTable], piece: Piece) -> Markup {
    match piece {
        Piece::Text(text) => html! { p { (lines(text)) } },
        Piece::Heading(2, text) => html! { h3 { (lines(text)) } },
        Piece::Heading(3, text) => html! { h4 { (lines(text)) } },
        Piece::Heading(4, text) => html! { h5 { (lines(text)) } },
        Piece::Heading(_, text) => html! { h6 { (lines(text)) } },
        Piece::Table(table) => tables[table].filled(form, report),
        Piece::Extra(table) => tables::extra(table),
        Piece::Picture(index, _, alt) => page::picture(report, index, alt),
    }
}

/// Text with its line breaks.
fn lines(text: &str) -> Markup {
    html! {
        @for (number, line) in text.split('\n').enumerate() {
            @if number > 0 { br; }
            (clean(line))
        }
    }
}
