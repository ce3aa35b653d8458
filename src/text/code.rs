//! Codes of items, and their components (类, 款, 项).

use super::blank;

/// Normalises a code: removes blanks, and converts full-width digits to ASCII.
pub(crate) fn plain(text: &str) -> String {
    let narrow = |character: char| match character {
        '０'..='９' => char::from_u32(character as u32 - '０' as u32 + '0' as u32).unwrap_or(character),
        other => other,
    };
    let code: String = text.chars().map(narrow).filter(|character| !blank(*character)).collect();
    // A number as stored in a sheet: 205.0.
    code.strip_suffix(".0").map_or(code.clone(), str::to_owned)
}

/// Number of digits of a component, by its 0-based index; the last entry applies to all further components. 0 if `digits` is empty.
pub(crate) fn length(digits: &[usize], component: usize) -> usize {
    digits.get(component).or(digits.last()).copied().unwrap_or_default()
}

/// Restores leading zeros of components stored as numbers: 201, 1, 2 becomes 201, 01, 02.
pub(crate) fn full(components: &mut [String], digits: &[usize]) {
    let numeric = |text: &str| text.bytes().all(|digit| digit.is_ascii_digit());
    let Some((first, further)) = components.split_first_mut() else { return };
    if first.len() == length(digits, 0) && numeric(first) {
        for (number, component) in further.iter_mut().enumerate().filter(|(_, text)| numeric(text)) {
            *component = format!("{component:0>width$}", width = length(digits, number + 1));
        }
    }
}

/// Splits a code into components: at dots, hyphens or slashes, else by the number of digits of each component.
pub(crate) fn cut(code: &str, components: usize, digits: &[usize]) -> Vec<String> {
    if code.is_empty() || components <= 1 {
        return if code.is_empty() { Vec::new() } else { vec![code.to_owned()] };
    }
    let parted: Vec<&str> = code.split(['.', '-', '/']).filter(|part| !part.is_empty()).collect();
    if parted.len() > 1 {
        let mut parted: Vec<String> = parted.into_iter().map(str::to_owned).collect();
        full(&mut parted, digits);
        return parted;
    }
    if !code.is_ascii() {
        return vec![code.to_owned()];
    }
    let mut rest = code;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let (part, behind) = rest.split_at(length(digits, found.len()).clamp(1, rest.len()));
        found.push(part.to_owned());
        rest = behind;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_cut_into_their_parts() {
        for (written, parts, expected) in [
            ("2050201", 3, &["205", "02", "01"][..]),
            ("205 02 01", 3, &["205", "02", "01"]),
            ("205.02", 3, &["205", "02"]),
            ("205-02-01", 3, &["205", "02", "01"]),
            ("２０５", 3, &["205"]),
            ("201.1.2", 3, &["201", "01", "02"]),
            ("1.2", 2, &["1", "2"]),
            // A number as stored in a sheet.
            ("205.0", 3, &["205"]),
            ("2050201", 1, &["2050201"]),
            ("甲类", 3, &["甲类"]),
            ("", 3, &[]),
        ] {
            assert_eq!(cut(&plain(written), parts, &[3, 2]), expected, "{written}");
        }
        assert_eq!(cut("0102030", 3, &[2, 2, 3]), ["01", "02", "030"]);
        assert_eq!(cut("01.2.3", 3, &[2, 2, 3]), ["01", "02", "003"]);
    }
}
