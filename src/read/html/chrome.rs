//! Which parts of a page are not its article: navigation, breadcrumbs, share buttons, banners, footers.

use scraper::node::Element;

/// Words in `class` and `id` that the containers of articles have on government sites; they protect what is inside.
const BODY: &[&str] = &[
    "content",
    "article",
    "trs_editor",
    "zoom",
    "ucap-content",
    "vsb_content",
    "xxgk_content",
    "custom_unionstyle",
    "main-text",
    "maintext",
    "detail",
    "artical",
    "conTxt",
    "news_con",
    "wzcon",
    "text-content",
];

/// Words in `class` and `id` that navigation and page furniture have.
const FURNITURE: &[&str] = &[
    "nav",
    "navbar",
    "navigation",
    "menu",
    "breadcrumb",
    "breadcrumbs",
    "crumb",
    "crumbs",
    "position",
    "location",
    "share",
    "bdsharebuttonbox",
    "footer",
    "foot",
    "sidebar",
    "side",
    "copyright",
    "toolbar",
    "pagination",
    "pager",
    "related",
    "search",
    "login",
    "banner",
    "topbar",
    "header",
    "top",
    "qrcode",
    "sitemap",
    "friendlink",
    "links",
];

/// Whether an element is page furniture by its name, role, class or id.
pub(super) fn is_furniture(element: &Element) -> bool {
    if matches!(element.name(), "nav" | "footer" | "aside" | "button" | "select" | "form") {
        return element.name() != "form" || has_word(element, &["search", "login"]);
    }
    let role = element.attr("role").unwrap_or_default();
    if matches!(role, "navigation" | "banner" | "contentinfo" | "search" | "complementary") {
        return true;
    }
    matches!(element.name(), "div" | "ul" | "ol" | "span" | "section" | "header" | "p" | "table" | "td" | "dl")
        && has_word(element, FURNITURE)
        && !is_body(element)
}

/// Whether an element is the container of the article.
pub(super) fn is_body(element: &Element) -> bool {
    matches!(element.name(), "article" | "main") || has_word(element, BODY)
}

fn has_word(element: &Element, words: &[&str]) -> bool {
    let names = [element.attr("class"), element.attr("id")];
    names
        .into_iter()
        .flatten()
        .flat_map(|names| names.split(|character: char| !character.is_alphanumeric() && character != '_'))
        .any(|name| {
            let name = name.trim_matches(|character: char| character.is_ascii_digit() || character == '_');
            words.iter().any(|word| name.eq_ignore_ascii_case(word))
        })
}

/// Whether an element is hidden from the reader of the page.
pub(super) fn is_hidden(element: &Element) -> bool {
    if matches!(
        element.name(),
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
    ) || element.attr("hidden").is_some()
    {
        return true;
    }
    let Some(style) = element.attr("style") else { return false };
    let style: String =
        style.chars().filter(|character| !character.is_whitespace()).collect::<String>().to_ascii_lowercase();
    ["display:none", "visibility:hidden", "mso-hide:all"].iter().any(|hidden| style.contains(hidden))
}
