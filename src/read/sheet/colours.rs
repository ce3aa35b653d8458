//! Colours of workbooks: the default palette (MS-XLS 2.5.161), and the themes' colours with their tint (ECMA-376 part 1, 18.8.3).

use crate::read::shared::marks::Rgb;

/// First index of the palette; the indices below repeat its first eight colours.
const FIRST: usize = 8;

/// The foreground and the background of a window.
const WINDOW: [usize; 2] = [64, 65];

/// The default palette, from index 8 on.
const PALETTE: [u32; 56] = [
    0x00_0000, 0xFF_FFFF, 0xFF_0000, 0x00_FF00, 0x00_00FF, 0xFF_FF00, 0xFF_00FF, 0x00_FFFF, 0x80_0000, 0x00_8000,
    0x00_0080, 0x80_8000, 0x80_0080, 0x00_8080, 0xC0_C0C0, 0x80_8080, 0x99_99FF, 0x99_3366, 0xFF_FFCC, 0xCC_FFFF,
    0x66_0066, 0xFF_8080, 0x00_66CC, 0xCC_CCFF, 0x00_0080, 0xFF_00FF, 0xFF_FF00, 0x00_FFFF, 0x80_0080, 0x80_0000,
    0x00_8080, 0x00_00FF, 0x00_CCFF, 0xCC_FFFF, 0xCC_FFCC, 0xFF_FF99, 0x99_CCFF, 0xFF_99CC, 0xCC_99FF, 0xFF_CC99,
    0x33_66FF, 0x33_CCCC, 0x99_CC00, 0xFF_CC00, 0xFF_9900, 0xFF_6600, 0x66_6699, 0x96_9696, 0x00_3366, 0x33_9966,
    0x00_3300, 0x33_3300, 0x99_3300, 0x99_3366, 0x33_3399, 0x33_3333,
];

/// The colours of the default theme in the order of their numbers in cells. Other themes are not read: text is compared with its own
/// background, and both are resolved in the same way.
const THEME: [u32; 10] =
    [0xFF_FFFF, 0x00_0000, 0xE7_E6E6, 0x44_546A, 0x44_72C4, 0xED_7D31, 0xA5_A5A5, 0xFF_C000, 0x5B_9BD5, 0x70_AD47];

fn rgb(number: u32) -> Rgb {
    let [_, red, green, blue] = number.to_be_bytes();
    [red, green, blue]
}

/// The colour of an index; `own` is the workbook's own palette from index 8 on, if it has one.
pub(super) fn indexed(index: usize, own: Option<&[Rgb]>) -> Option<Rgb> {
    if let Some(at) = WINDOW.iter().position(|&known| known == index) {
        return Some([[0; 3], [0xFF; 3]][at]);
    }
    let at = if index < FIRST { index } else { index - FIRST };
    match own.filter(|_| index >= FIRST) {
        Some(own) => own.get(at).copied(),
        None => PALETTE.get(at).copied().map(rgb),
    }
}

/// The colour of a theme, made lighter (up to 1) or darker (down to -1).
pub(super) fn of_theme(number: usize, tint: f64) -> Option<Rgb> {
    let shade = |channel: u8| {
        let channel = f64::from(channel);
        let tinted = if tint < 0.0 { channel * (1.0 + tint) } else { channel + (255.0 - channel) * tint };
        u8::try_from(tinted.clamp(0.0, 255.0) as i32).unwrap_or(u8::MAX)
    };
    THEME.get(number).map(|&colour| rgb(colour).map(shade))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_by_index_and_by_theme() {
        assert_eq!([9, 1, 65].map(|index| indexed(index, None)), [Some([0xFF; 3]); 3]);
        assert_eq!([13, 5].map(|index| indexed(index, None)), [Some([0xFF, 0xFF, 0]); 2]);
        assert_eq!(indexed(9, Some(&[[1; 3], [2; 3]])), Some([2; 3]));
        assert_eq!([indexed(99, None), indexed(10, Some(&[[1; 3]]))], [None; 2]);
        assert_eq!(
            [of_theme(0, 0.0), of_theme(1, 1.0), of_theme(1, 0.0)],
            [Some([255; 3]), Some([255; 3]), Some([0; 3])]
        );
        assert_eq!(of_theme(0, -0.5), Some([127; 3]));
    }
}
