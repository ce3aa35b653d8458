//! Classifies elements as article, page furniture or not text, by name, role, class, id and style.

use super::tree::{Element, Id, Page};
use crate::text::language;

/// The class of an element.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Look {
    /// No special role.
    #[default]
    Plain,
    /// Not text of the page.
    Hidden,
    /// The container of the article.
    Body,
    /// Navigation, breadcrumbs, share buttons, a footer.
    Furniture,
    /// Furniture, unless it is inside the container of the article.
    PerhapsFurniture,
    /// A form control.
    Control,
}

/// Values of `class` and `id` of article containers on government sites.
const BODY: &[&str] = &[
    "content",
    "article",
    "trs_editor",
    "trs_uedit",
    "zoom",
    "ucap-content",
    "vsb_content",
    "xxgk_content",
    "custom_unionstyle",
    "view",
    "main-text",
    "maintext",
    "detail",
    "artical",
    "contxt",
    "news_con",
    "wzcon",
    "textbox",
    "nbcontent",
    "bt_content",
    "conzt",
];

/// Words in names of page furniture.
const FURNITURE: &[&str] = &[
    "nav",
    "navbar",
    "navigation",
    "menu",
    "submenu",
    "breadcrumb",
    "breadcrumbs",
    "crumb",
    "crumbs",
    "bread",
    "share",
    "bdsharebuttonbox",
    "footer",
    "foot",
    "sidebar",
    "copyright",
    "toolbar",
    "pagination",
    "pager",
    "related",
    "qrcode",
    "ewm",
    "sitemap",
    "friendlink",
    "print",
    "fontsize",
];

/// Words in names of page furniture that articles sometimes use, too.
const PERHAPS: &[&str] = &[
    "position", "location", "side", "search", "login", "banner", "topbar", "header", "top", "links", "dqwz", "weizhi",
    "logo", "bottom",
];

/// The class of an element.
pub(super) fn look(element: &Element) -> Look {
    let name = element.name();
    if is_no_text(name) {
        return Look::Hidden;
    }
    match name {
        "nav" | "footer" => return Look::Furniture,
        "aside" | "header" => return Look::PerhapsFurniture,
        "article" | "main" => return Look::Body,
        "button" | "select" | "textarea" => return Look::Control,
        _ => {}
    }
    match element.attr("role").unwrap_or_default() {
        "navigation" | "search" | "contentinfo" => return Look::Furniture,
        "banner" | "complementary" => return Look::PerhapsFurniture,
        "main" | "article" => return Look::Body,
        _ => {}
    }
    if name == "body" || name == "html" {
        return Look::Plain;
    }
    by_words(element)
}

fn by_words(element: &Element) -> Look {
    let names = [element.attr("id"), element.attr("class")];
    if names == [None, None] {
        return Look::Plain;
    }
    let names = || names.into_iter().flatten().flat_map(str::split_ascii_whitespace).take(20);
    let any = |list: &[&str]| names().any(|name| words(name).any(|word| is_one_of(list, word)));
    if any(FURNITURE) {
        Look::Furniture
    } else if names()
        .any(|name| is_one_of(BODY, name.trim_end_matches(|end: char| end.is_ascii_digit())) || ends_as_body(name))
    {
        Look::Body
    } else if any(PERHAPS) {
        Look::PerhapsFurniture
    } else {
        Look::Plain
    }
}

fn is_one_of(list: &[&str], word: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(word))
}

/// Whether the last word of a name is one of an article's: `article-content`, `newsContent`.
fn ends_as_body(name: &str) -> bool {
    words(name).count() > 1
        && words(name)
            .filter(|word| !word.is_empty())
            .last()
            .is_some_and(|word| is_one_of(&["content", "article", "text"], word))
}

/// The words of a name: `main-nav`, `nav_box`, `topNav2`.
fn words(name: &str) -> impl Iterator<Item = &str> {
    let mut rest = name;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let bytes = rest.as_bytes();
        let end = (1..bytes.len())
            .find(|&at| {
                rest.is_char_boundary(at) && {
                    !bytes[at].is_ascii_alphabetic()
                        || bytes[at].is_ascii_uppercase() && bytes[at - 1].is_ascii_lowercase()
                }
            })
            .unwrap_or(bytes.len());
        let word = &rest[..end];
        rest = rest[end..].trim_start_matches(|between: char| !between.is_ascii_alphabetic());
        Some(word.trim_matches(|edge: char| !edge.is_ascii_alphabetic()))
    })
}

/// Whether the content of an element is not text of the page.
fn is_no_text(name: &str) -> bool {
    matches!(
        name,
        "script"
            | "style"
            | "noscript"
            | "template"
            | "head"
            | "title"
            | "object"
            | "embed"
            | "iframe"
            | "svg"
            | "math"
            | "xml"
            | "datalist"
            | "audio"
            | "video"
            | "canvas"
            | "progress"
            | "meter"
    )
}

/// Whether a line is a breadcrumb line.
pub(super) fn is_breadcrumbs(line: &str) -> bool {
    let line = line.trim_start_matches(|first: char| !first.is_alphanumeric());
    line.len() < 400 && language().breadcrumbs.iter().any(|words| line.starts_with(words.as_str()))
}

/// Whether an element is a copy of a table for fixed columns, which a script places over the table itself.
pub(super) fn is_fixed_copy(page: &Page, id: Id, element: &Element) -> bool {
    const COPIES: &[&str] =
        &["el-table__fixed", "el-table__fixed-right", "ant-table-fixed-left", "ant-table-fixed-right"];
    const TABLES: &[&str] = &["el-table__body-wrapper", "ant-table-scroll"];
    let has = |element: &Element, list: &[&str]| {
        element.attr("class").is_some_and(|names| names.split_ascii_whitespace().any(|name| list.contains(&name)))
    };
    has(element, COPIES)
        && page.parent(id).is_some_and(|parent| {
            page.children(parent).filter_map(|child| page.element(child)).any(|sibling| has(sibling, TABLES))
        })
}
