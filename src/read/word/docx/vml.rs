//! Sizes of VML shapes (ECMA-376 part 4, 19.1).

/// A CSS length as used by VML, in EMU: `12.5pt`, `1in`, `3cm`, `20mm`, `40px`; a number without a unit is in pixels.
fn css_length(value: &str) -> Option<u64> {
    let value = value.trim();
    let digits = value.find(|sign: char| !sign.is_ascii_digit() && sign != '.').unwrap_or(value.len());
    let (number, unit) = value.split_at(digits);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let unit = match unit.trim() {
        "pt" => 12_700,
        "in" => 914_400,
        "cm" => 360_000,
        "mm" => 36_000,
        "px" | "" => 9_525,
        _ => return None,
    };
    let thousandths: u64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    let whole: u64 = whole.parse().ok().filter(|whole| *whole < 1_000_000)?;
    Some(whole * unit + thousandths * unit / 1_000)
}

/// Width and height in a VML `style` attribute, in EMU.
pub(super) fn vml_extent(style: &str) -> Option<(u64, u64)> {
    let get = |wanted: &str| {
        let mut pairs = style.split(';').filter_map(|pair| pair.split_once(':'));
        pairs.find(|(name, _)| name.trim() == wanted).and_then(|(_, value)| css_length(value))
    };
    Some((get("width")?, get("height")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_vml_shapes() {
        assert_eq!(vml_extent("width:72pt; height:2.54cm"), Some((914_400, 914_400)));
        assert_eq!(vml_extent("position:absolute;width:1in;height:100%"), None);
        assert_eq!(vml_extent("width:99999999999999999999pt;height:1pt"), None);
    }
}
