//! Content of a report's sections besides figures: narrative, extra tables, pictures.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::document::{Grid, Place};

/// A block of a section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Content {
    /// A paragraph of narrative.
    Paragraph {
        /// The text, including its own number.
        text: String,
        /// Outline level of a heading inside the section, 2 to 9 (1 is the section's own heading); `None` for running text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        level: Option<u8>,
        /// Its place in the source.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        place: Option<Place>,
    },
    /// The position of a table of the form; its figures are in the report's values.
    Table {
        /// Id of the table in the form.
        table: String,
    },
    /// A table that is not part of the form.
    Extra(ExtraTable),
    /// A picture.
    Picture {
        /// Index into the report's pictures, 0-based.
        index: usize,
        /// Displayed width and height in EMU (914,400 per inch), if given in the source.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        extent: Option<(u64, u64)>,
        /// Alternative text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        alt: Option<String>,
    },
}

impl Content {
    /// A paragraph of running text without a place.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Paragraph { text: text.into(), level: None, place: None }
    }
}

/// A table that is not part of the form, as in the source.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ExtraTable {
    /// Number of rows.
    pub rows: u32,
    /// Number of grid columns.
    pub columns: u32,
    /// Its cells in reading order.
    pub cells: Vec<ExtraCell>,
    /// Its place in the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

/// A cell of an [`ExtraTable`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub struct ExtraCell {
    /// First row, 0-based.
    pub row: u32,
    /// First grid column, 0-based.
    pub column: u32,
    /// Number of rows spanned.
    pub row_span: u32,
    /// Number of grid columns spanned.
    pub col_span: u32,
    /// Its text; paragraphs are separated by `\n`.
    pub text: String,
}

impl From<&Grid> for ExtraTable {
    fn from(grid: &Grid) -> Self {
        let mut cells: Vec<ExtraCell> = grid
            .cells()
            .iter()
            .map(|cell| ExtraCell {
                row: cell.row,
                column: cell.column,
                row_span: cell.row_span,
                col_span: cell.col_span,
                text: cell.text.clone(),
            })
            .collect();
        cells.sort_by_key(|cell| (cell.row, cell.column));
        Self { rows: grid.rows(), columns: grid.columns(), cells, place: Some(grid.place.clone()) }
    }
}

/// A picture in JSON.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(super) struct PictureJson {
    /// Name of the file.
    name: String,
    /// Media type.
    media_type: String,
    /// The encoded picture in Base64 (RFC 4648).
    data: String,
}

/// Pictures as JSON with their bytes in Base64.
pub(super) mod pictures {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::PictureJson;
    use crate::document::Picture;

    pub(crate) fn serialize<S: Serializer>(pictures: &[Picture], serializer: S) -> Result<S::Ok, S::Error> {
        let json: Vec<PictureJson> = pictures
            .iter()
            .map(|picture| PictureJson {
                name: picture.name.clone(),
                media_type: picture.media_type.clone(),
                data: STANDARD.encode(&picture.bytes),
            })
            .collect();
        json.serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Picture>, D::Error> {
        let json = Vec::<PictureJson>::deserialize(deserializer)?;
        json.into_iter()
            .map(|picture| {
                let bytes = STANDARD.decode(&picture.data).map_err(D::Error::custom)?;
                Ok(Picture { name: picture.name, media_type: picture.media_type, bytes: bytes.into() })
            })
            .collect()
    }
}
