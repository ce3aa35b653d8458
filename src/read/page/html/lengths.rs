//! Lengths and numbers of declarations.

/// A number or percentage as a fraction.
pub(super) fn part(value: &str) -> Option<f64> {
    match value.strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().ok().map(|percent| percent / 100.0),
        None => value.parse().ok(),
    }
}

/// A length in em, converted to points at the default font size.
pub(super) fn em_to_points(value: &str) -> Option<f64> {
    let number = value.strip_suffix("em").filter(|number| !number.ends_with('r'))?;
    number.trim().parse::<f64>().ok().map(|number| number * 12.0)
}

/// A percentage of the height of a line, converted to points at the default font size.
pub(super) fn percent_to_points(value: &str) -> Option<f64> {
    value.strip_suffix('%')?.trim().parse::<f64>().ok().map(|number| number / 100.0 * 12.0)
}

/// A length in points; `None` for a relative one.
pub(super) fn points(value: &str) -> Option<f64> {
    let value = value.trim();
    let unit = value.find(|sign: char| sign.is_ascii_alphabetic()).unwrap_or(value.len());
    let factor = match &value[unit..] {
        "pt" => 1.0,
        "px" | "" => 0.75,
        "cm" => 72.0 / 2.54,
        "mm" => 7.2 / 2.54,
        "in" => 72.0,
        "rem" => 12.0,
        _ => return None,
    };
    value[..unit].trim().parse::<f64>().ok().map(|number| number * factor)
}
