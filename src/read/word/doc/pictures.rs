//! Pictures of the text, deduplicated.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::blip::Blip;
use crate::document::{Budget, Exceeded, Picture, PictureRef, Resource};
use crate::finding::code::read::CONTENT_SKIPPED;
use crate::finding::{Finding, Message};

/// The pictures of a document.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    /// The pictures in the order of their first use.
    pub(super) list: Vec<Picture>,
    /// Index by address and length of the bytes, so that a picture shown twice is kept once.
    known: BTreeMap<(usize, usize), usize>,
    held: usize,
    /// Number of pictures in formats that are not kept.
    left_out: u32,
    /// Number of embedded objects.
    pub(super) objects: u32,
}

impl Pictures {
    /// Keeps a picture and returns a reference to it; `None` for a format that is not kept. The total is limited to `most` bytes, which
    /// only overlapping pictures can exceed.
    pub(super) fn add(
        &mut self,
        blip: Blip<'_>,
        extent: Option<(u64, u64)>,
        most: usize,
        budget: &mut Budget,
    ) -> Result<Option<PictureRef>, Exceeded> {
        let Blip::Kept(media_type, suffix, bytes) = blip else {
            self.left_out += 1;
            return Ok(None);
        };
        let key = (bytes.as_ptr().addr(), bytes.len());
        let index = if let Some(&index) = self.known.get(&key) {
            index
        } else if self.held + bytes.len() > most {
            self.left_out += 1;
            return Ok(None);
        } else {
            budget.spend(Resource::Entries, 1)?;
            budget.spend(Resource::InflatedBytes, bytes.len() as u64)?;
            let index = self.list.len();
            self.held += bytes.len();
            self.known.insert(key, index);
            self.list.push(Picture {
                name: format!("image{}.{suffix}", index + 1),
                media_type: media_type.to_owned(),
                bytes: Arc::from(bytes),
            });
            index
        };
        Ok(Some(PictureRef { index, extent, ..PictureRef::default() }))
    }

    /// Findings about pictures and objects that were left out.
    pub(super) fn findings(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        if self.left_out > 0 {
            let count = self.left_out;
            findings.push(Finding::new(
                &CONTENT_SKIPPED,
                Message::new(
                    format!("有 {count} 张图片不是 PNG 或 JPEG（图元文件、位图或链接），未读取。请核对输出。"),
                    format!("{count} picture(s) are neither PNG nor JPEG (metafiles, bitmaps or links) and were not read. Check the output."),
                ),
            ));
        }
        if self.objects > 0 {
            let count = self.objects;
            findings.push(Finding::new(
                &CONTENT_SKIPPED,
                Message::new(
                    format!("有 {count} 个嵌入对象，只读取了其显示内容。请核对输出。"),
                    format!("There are {count} embedded object(s); only what they show was read. Check the output."),
                ),
            ));
        }
        findings
    }
}
