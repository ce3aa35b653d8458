//! Pictures embedded in the page: each once as a data URI, repeated by reference.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};

use crate::document::Picture;
use crate::report::Report;
use crate::write::docx::pixels;
use crate::write::plan::{ContentItem, PlannedSection, clean};

/// Picture types that browsers show.
const SHOWN: &[&str] = &["image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"];

/// EMU per CSS pixel (1/96 inch).
const EMU_A_PIXEL: u64 = 9_525;

/// The pictures of a page that is being written.
pub(super) struct Pictures<'r> {
    report: &'r Report,
    /// Number of uses of each picture.
    counts: Vec<usize>,
    /// Whether each picture has been embedded.
    embedded: Vec<bool>,
}

impl<'r> Pictures<'r> {
    pub(super) fn new(report: &'r Report, parts: &[PlannedSection]) -> Self {
        let mut counts = vec![0; report.pictures.len()];
        for piece in parts.iter().flat_map(|part| &part.pieces) {
            if let ContentItem::Picture(index, ..) = piece
                && let Some(count) = counts.get_mut(*index)
            {
                *count += 1;
            }
        }
        Self { report, embedded: vec![false; counts.len()], counts }
    }

    /// A picture; one that browsers do not show is replaced by its name.
    pub(super) fn show(&mut self, index: usize, extent: Option<(u64, u64)>, alt: Option<&str>) -> Markup {
        let Some(picture) = self.report.pictures.get(index) else { return html! {} };
        let alt = clean(alt.unwrap_or(&picture.name));
        if !SHOWN.contains(&picture.media_type.as_str()) || picture.bytes.is_empty() {
            return html! { p { "〔图片：" (alt) "〕" } };
        }
        if self.counts[index] == 1 {
            return html! { img src=(data(picture)) alt=(alt); };
        }
        let first = !std::mem::replace(&mut self.embedded[index], true);
        let id = format!("picture-{index}");
        let in_pixels = |(width, height): (u64, u64)| (width / EMU_A_PIXEL, height / EMU_A_PIXEL);
        let size = extent.or_else(|| pixels(&picture.bytes)).map(in_pixels);
        let Some((width, height)) = size.filter(|size| size.0 > 0 && size.1 > 0) else {
            // A picture without a size cannot be drawn by reference, so it is linked.
            return if first {
                html! { img id=(id) src=(data(picture)) alt=(alt); }
            } else {
                html! { p { a href={ "#" (id) } { "〔图片同前：" (alt) "〕" } } }
            };
        };
        html! {
            svg role="img" aria-label=(alt) width=(width) height=(height) {
                @if first {
                    symbol id=(id) viewBox="0 0 1 1" preserveAspectRatio="none" {
                        image href=(data(picture)) width="1" height="1" preserveAspectRatio="none" {}
                    }
                }
                use href={ "#" (id) } width="100%" height="100%" {}
            }
        }
    }
}

fn data(picture: &Picture) -> String {
    format!("data:{};base64,{}", picture.media_type, STANDARD.encode(&picture.bytes))
}
