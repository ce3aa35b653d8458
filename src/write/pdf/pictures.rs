//! Pictures that PDF can show, with their sizes.

use krilla::image::Image;

use crate::document::Picture;
use crate::write::docx::extra;

/// Maximum number of pixels of a picture, which is decoded when it is drawn.
const MOST_DOTS: u64 = 40_000_000;

/// EMU per point.
const EMU: f32 = 12_700.0;

/// The decoded pictures of a report; `None` for one that PDF does not show.
pub(super) struct Pictures {
    images: Vec<Option<Image>>,
}

impl Pictures {
    pub(super) fn decode(pictures: &[Picture]) -> Self {
        Self { images: pictures.iter().map(image).collect() }
    }

    pub(super) fn image(&self, index: usize) -> Option<&Image> {
        self.images.get(index)?.as_ref()
    }

    pub(super) fn count(&self) -> usize {
        self.images.len()
    }

    /// Drops a picture.
    pub(super) fn drop(&mut self, index: usize) {
        if let Some(image) = self.images.get_mut(index) {
            *image = None;
        }
    }

    /// Width and height in points: as in the source, else at 96 dpi.
    #[allow(clippy::cast_precision_loss, reason = "lengths on a page")]
    pub(super) fn size(&self, index: usize, extent: Option<(u64, u64)>) -> Option<(f32, f32)> {
        let (columns, rows) = self.image(index)?.size();
        let shown = extent.filter(|&(width, height)| width > 0 && height > 0);
        let shown = shown.map(|(width, height)| (width as f32 / EMU, height as f32 / EMU));
        Some(shown.unwrap_or((columns as f32 * 0.75, rows as f32 * 0.75)))
    }
}

fn image(picture: &Picture) -> Option<Image> {
    let bytes = &picture.bytes;
    if let Some((width, height)) = extra::size_in_pixels(bytes)
        && width.saturating_mul(height) > MOST_DOTS
    {
        return None;
    }
    let data = || krilla::Data::from(bytes.to_vec());
    let image = if bytes.starts_with(b"\x89PNG") {
        Image::from_png(data(), false)
    } else if bytes.starts_with(b"\xff\xd8") {
        Image::from_jpeg(data(), false)
    } else if bytes.starts_with(b"GIF8") {
        Image::from_gif(data(), false)
    } else {
        return None;
    };
    let image = image.ok()?;
    let (width, height) = image.size();
    (width > 0 && height > 0 && u64::from(width) * u64::from(height) <= MOST_DOTS).then_some(image)
}
