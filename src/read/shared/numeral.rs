//! Number formats of list labels (MSONFC, MS-OSHARED 2.2.1.3).

const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
const UNITS: [&str; 4] = ["", "十", "百", "千"];
const LEGAL_DIGITS: [char; 10] = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'];
const LEGAL_UNITS: [&str; 4] = ["", "拾", "佰", "仟"];
const STEMS: [char; 10] = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛', '壬', '癸'];
const BRANCHES: [char; 12] = ['子', '丑', '寅', '卯', '辰', '巳', '午', '未', '申', '酉', '戌', '亥'];

/// Number formats that have no number.
pub(in crate::read) const BULLET: u8 = 23;
pub(in crate::read) const NONE: u8 = 255;

/// A number in a format; in Arabic digits if the format cannot express it.
pub(in crate::read) fn format(number: u32, format: u8) -> String {
    let special = match format {
        1 => roman(number),
        2 => roman(number).map(|text| text.to_lowercase()),
        3 => letters(number, 'A'),
        4 => letters(number, 'a'),
        10 | 36 | 40 => {
            Some(number.to_string().chars().map(|digit| DIGITS[digit.to_digit(10).unwrap_or(0) as usize]).collect())
        }
        11 | 17 | 33 | 35 | 37 | 39 => chinese(number, DIGITS, UNITS).map(|text| text.replace("〇", "零")),
        16 | 34 | 38 => chinese(number, LEGAL_DIGITS, LEGAL_UNITS),
        14 => Some(number.to_string().chars().filter_map(|digit| char::from_u32(u32::from(digit) + 0xFEE0)).collect()),
        18 | 28 => enclosed(number, '①', 20),
        26 => enclosed(number, '⒈', 20),
        27 => enclosed(number, '⑴', 20),
        29 => enclosed(number, '㈠', 10),
        30 => cycle(number, &STEMS),
        31 => cycle(number, &BRANCHES),
        22 => Some(format!("{number:02}")),
        57 => Some(format!("- {number} -")),
        BULLET | NONE => Some(String::new()),
        _ => None,
    };
    special.unwrap_or_else(|| number.to_string())
}

fn roman(number: u32) -> Option<String> {
    const VALUES: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    if !(1..4000).contains(&number) {
        return None;
    }
    let mut rest = number;
    let mut text = String::new();
    for (value, letters) in VALUES {
        while rest >= value {
            text.push_str(letters);
            rest -= value;
        }
    }
    Some(text)
}

/// A, B, … Z, AA, BB, … as Word counts.
fn letters(number: u32, first: char) -> Option<String> {
    if !(1..=26 * 30).contains(&number) {
        return None;
    }
    let letter = char::from_u32(u32::from(first) + (number - 1) % 26)?;
    Some(std::iter::repeat_n(letter, ((number - 1) / 26 + 1) as usize).collect())
}

/// 一, 十, 十一, 二十, 一百零一 … up to 9,999.
fn chinese(number: u32, digits: [char; 10], units: [&str; 4]) -> Option<String> {
    if number == 0 {
        return Some(digits[0].to_string());
    }
    if number > 9999 {
        return None;
    }
    let mut text = String::new();
    let mut gap = false;
    for place in (0..4_u32).rev() {
        let digit = (number / 10_u32.pow(place) % 10) as usize;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push(digits[0]);
            gap = false;
        }
        // Ten to nineteen begin with the unit (十), without 一.
        if !(digit == 1 && place == 1 && text.is_empty()) {
            text.push(digits[digit]);
        }
        text.push_str(units[place as usize]);
    }
    Some(text)
}

fn enclosed(number: u32, first: char, most: u32) -> Option<String> {
    (1..=most).contains(&number).then(|| char::from_u32(u32::from(first) + number - 1)).flatten().map(String::from)
}

fn cycle(number: u32, signs: &[char]) -> Option<String> {
    let index = number.checked_sub(1)? as usize;
    signs.get(index).map(|&sign| sign.to_string())
}

/// Bullets of the symbol fonts that every list uses.
pub(in crate::read) fn bullet(character: char) -> char {
    match character {
        '\u{F0B7}' | '\u{F06C}' => '•',
        '\u{F06E}' | '\u{F0A7}' => '■',
        '\u{F075}' => '◆',
        '\u{F0D8}' => '➢',
        '\u{F0FC}' => '✓',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_numbers_are_written_as_people_write_them() {
        let found = [1, 10, 11, 20, 101, 110, 1001].map(|number| format(number, 37));
        assert_eq!(found, ["一", "十", "十一", "二十", "一百零一", "一百一十", "一千零一"]);
        assert_eq!(format(12, 38), "拾贰");
    }

    #[test]
    fn other_formats() {
        assert_eq!(
            [1, 2, 3, 4, 22, 28, 27, 29, 30].map(|kind| format(4, kind)),
            ["IV", "iv", "D", "d", "04", "④", "⑷", "㈣", "丁"]
        );
        assert_eq!((format(28, 3), format(21, 28), format(7, 0)), ("BB".into(), "21".into(), "7".into()));
    }
}
