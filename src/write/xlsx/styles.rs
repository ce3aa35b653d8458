//! Cell styles for umya-spreadsheet.

use umya_spreadsheet::{
    Alignment, Border, Color, Font, HorizontalAlignmentValues, NumberingFormat, Protection, Style,
    VerticalAlignmentValues,
};

/// Fonts that are available in offices and on most other machines.
const TEXT_FONT: &str = "宋体";
const HEADING_FONT: &str = "黑体";
const SUBHEADING_FONT: &str = "楷体";

/// Maximum number of decimals with a number format of their own; figures with more use the general format.
pub(super) const MOST_PLACES: u32 = 8;

/// The look of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// The report's title.
    Title,
    /// Heading of a section.
    Heading,
    /// Heading of a section that links to the sheet of its table.
    Link,
    /// Heading inside a section.
    Subheading,
    /// Running text.
    Body,
    /// Header of a table.
    Head,
    /// Label of a row.
    Label,
    /// A figure with its number of decimals; `None` for text and for numbers with very many.
    Figure(Option<u32>),
    /// A total that the sheet computes.
    Total(Option<u32>),
    /// The result of a check.
    Check,
    /// Description of what is checked.
    Legend,
    /// A cell of an extra table.
    Extra,
}

/// All looks that slots need, in the order of their cells on the narrative's sheet.
pub(super) fn slots() -> Vec<Look> {
    let places = || (0..=MOST_PLACES).map(Some).chain([None]);
    let mut looks =
        vec![Look::Title, Look::Heading, Look::Link, Look::Subheading, Look::Body, Look::Check, Look::Extra];
    looks.extend(places().map(Look::Figure));
    looks.extend(places().map(Look::Total));
    looks
}

/// The style of a look.
pub(super) fn style(look: Look) -> Style {
    let mut style = Style::default();
    let (font, size, bold) = match look {
        Look::Title => (HEADING_FONT, 16.0, false),
        Look::Heading | Look::Link => (HEADING_FONT, 12.0, false),
        Look::Subheading => (SUBHEADING_FONT, 12.0, true),
        Look::Body => (TEXT_FONT, 12.0, false),
        Look::Check | Look::Legend => (TEXT_FONT, 9.0, false),
        _ => (TEXT_FONT, 10.5, false),
    };
    let mut written = Font::default();
    written.set_name(font).set_size(size).set_bold(bold);
    match look {
        Look::Legend => written.set_color(color("FF595959")),
        Look::Link => written.set_color(color("FF00457C")).set_underline("single"),
        _ => &mut written,
    };
    style.set_font(written);
    let (horizontal, vertical) = match look {
        Look::Heading | Look::Link | Look::Subheading | Look::Label | Look::Legend | Look::Extra => {
            (HorizontalAlignmentValues::Left, VerticalAlignmentValues::Center)
        }
        Look::Body => (HorizontalAlignmentValues::Left, VerticalAlignmentValues::Top),
        _ => (HorizontalAlignmentValues::Center, VerticalAlignmentValues::Center),
    };
    let mut alignment = Alignment::default();
    alignment.set_horizontal(horizontal);
    alignment.set_vertical(vertical);
    alignment.set_wrap_text(true);
    style.set_alignment(alignment);
    if matches!(look, Look::Head | Look::Label | Look::Figure(_) | Look::Total(_) | Look::Extra) {
        outline(&mut style);
    }
    match look {
        Look::Head => style.set_background_color_solid("FFEDF2F7"),
        Look::Total(_) => style.set_background_color_solid("FFF7F7F2"),
        _ => &mut style,
    };
    if let Look::Figure(Some(places)) | Look::Total(Some(places)) = look {
        let mut format = NumberingFormat::default();
        format.set_format_code(match places {
            0 => "0".to_owned(),
            places => format!("0.{}", "0".repeat(places as usize)),
        });
        style.set_number_format(format);
    }
    let mut protection = Protection::default();
    protection.set_locked(!matches!(look, Look::Figure(_) | Look::Body | Look::Subheading | Look::Extra));
    style.set_protection(protection);
    style
}

/// Red of a failed check: dark on light, readable without colour vision.
pub(super) fn failed() -> Style {
    let mut style = Style::default();
    let mut font = Font::default();
    font.set_bold(true).set_color(color("FF9C0006"));
    style.set_font(font);
    style.set_background_color("FFFFC7CE");
    style
}

fn color(argb: &str) -> Color {
    let mut color = Color::default();
    color.set_argb_str(argb);
    color
}

fn outline(style: &mut Style) {
    let line = || {
        let mut border = Border::default();
        border.set_border_style(Border::BORDER_THIN);
        border.set_color(color("FF000000"));
        border
    };
    style.borders_mut().set_left(line()).set_right(line()).set_top(line()).set_bottom(line());
}
