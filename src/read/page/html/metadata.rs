//! Metadata of a page: `<title>` and `<meta>`.

use super::tree::{NodeKind, Page, ROOT, Step};
use super::words::boundary_before;
use crate::document::Metadata;

/// Maximum number of entries, and of bytes of each.
const ENTRIES: usize = 200;
const LENGTH: usize = 4_096;

/// The metadata of a page.
pub(super) fn metadata(page: &Page) -> Metadata {
    let mut metadata = Metadata::default();
    for step in page.walk(ROOT) {
        let Step::Open(id) = step else { continue };
        let Some(element) = page.element(id) else { continue };
        match element.name() {
            "title" if metadata.title.is_none() => {
                let texts = page.children(id).filter_map(|child| match page.kind(child) {
                    NodeKind::Text(text) => Some(&**text),
                    _ => None,
                });
                metadata.title = Some(one_line(&texts.collect::<String>())).filter(|title| !title.is_empty());
            }
            "meta" => {
                let name = element.attr("name").or_else(|| element.attr("property"));
                let (Some(name), Some(content)) = (name, element.attr("content")) else { continue };
                let content = one_line(content);
                if name.eq_ignore_ascii_case("author") && metadata.author.is_none() && !content.is_empty() {
                    metadata.author = Some(content.clone());
                }
                if metadata.entries.len() < ENTRIES {
                    metadata.entries.push((one_line(name), content));
                }
            }
            _ => {}
        }
    }
    metadata
}

fn one_line(text: &str) -> String {
    let text = &text[..boundary_before(text, LENGTH)];
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}
