//! Codes of items, and the parts that they are made of (类, 款, 项).

use super::blank;

/// The digits and letters of a code.
pub(crate) fn plain(text: &str) -> String {
    let narrow = |character: char| match character {
        '０'..='９' => char::from_u32(character as u32 - '０' as u32 + '0' as u32).unwrap_or(character),
        other => other,
    };
    let code: String = text.chars().map(narrow).filter(|character| !blank(*character)).collect();
    // A number that a sheet stores: 205.0.
    code.strip_suffix(".0").map_or(code.clone(), str::to_owned)
}

/// Digits of the first part of a code (类) and of each further one (款, 项).
const FIRST_DIGITS: usize = 3;
const FURTHER_DIGITS: usize = 2;

/// Gives the further parts of a code the zeros that a sheet drops where it stores them as numbers: 201, 1, 2 is 201.01.02.
pub(crate) fn full(parts: &mut [String]) {
    let digits = |part: &str| part.bytes().all(|digit| digit.is_ascii_digit());
    let Some((first, further)) = parts.split_first_mut() else { return };
    if first.len() == FIRST_DIGITS && digits(first) {
        for part in further.iter_mut().filter(|part| digits(part) && part.len() < FURTHER_DIGITS) {
            *part = format!("{part:0>FURTHER_DIGITS$}");
        }
    }
}

/// A code cut into its parts: where dots or blanks part it, else three digits and then two each (类, 款, 项).
pub(crate) fn cut(code: &str, parts: usize) -> Vec<String> {
    if code.is_empty() || parts <= 1 {
        return if code.is_empty() { Vec::new() } else { vec![code.to_owned()] };
    }
    let parted: Vec<&str> = code.split(['.', '-', '/']).filter(|part| !part.is_empty()).collect();
    if parted.len() > 1 {
        let mut parted: Vec<String> = parted.into_iter().map(str::to_owned).collect();
        full(&mut parted);
        return parted;
    }
    if !code.is_ascii() {
        return vec![code.to_owned()];
    }
    let mut rest = code;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let length = if found.is_empty() { FIRST_DIGITS } else { FURTHER_DIGITS };
        let (part, behind) = rest.split_at(length.min(rest.len()));
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
            // A number as a sheet stores it.
            ("205.0", 3, &["205"]),
            ("2050201", 1, &["2050201"]),
            ("甲类", 3, &["甲类"]),
            ("", 3, &[]),
        ] {
            assert_eq!(cut(&plain(written), parts), expected, "{written}");
        }
    }
}
