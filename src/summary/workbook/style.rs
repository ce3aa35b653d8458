//! Cell styles of the workbook.

use rust_xlsxwriter::{Format, FormatAlign, FormatBorder};

/// Cell formats.
pub(super) struct Style {
    /// The title of a sheet.
    pub(super) title: Format,
    /// A heading inside a sheet.
    pub(super) heading: Format,
    /// A header's cell.
    pub(super) head: Format,
    /// Text.
    pub(super) text: Format,
    /// A row label.
    pub(super) label: Format,
    /// A figure.
    pub(super) figure: Format,
    /// A rate, in percent.
    pub(super) rate: Format,
}

impl Style {
    pub(super) fn new() -> Self {
        let plain = Format::new().set_font_name("宋体").set_font_size(10).set_align(FormatAlign::VerticalCenter);
        let single = plain.clone().set_border(FormatBorder::Thin);
        let cell = single.clone().set_text_wrap();
        Self {
            title: plain.clone().set_font_size(16).set_bold().set_align(FormatAlign::Center),
            heading: plain.set_font_size(12).set_bold(),
            head: cell.clone().set_bold().set_align(FormatAlign::Center).set_background_color("DDE6F0"),
            text: cell.clone(),
            label: cell.clone().set_align(FormatAlign::Left),
            rate: cell.clone().set_align(FormatAlign::Center).set_num_format("0.0%"),
            // A number that is too wide for its cell shrinks; otherwise it is shown as ###. Wrapping would take precedence.
            figure: single.set_shrink().set_align(FormatAlign::Center),
        }
    }
}
