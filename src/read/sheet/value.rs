//! Values of cells as text: figures in their shortest form, dates in ISO 8601, and the number formats that make a figure a date (ECMA-376
//! part 1, 18.8.30 and 18.17.4).

use std::borrow::Cow;

/// Last day of the serial calendar: 9999-12-31.
const LAST_DAY: f64 = 2_958_465.0;

/// Days between the start of the 1900 and the 1904 calendar.
const DAYS_1904: f64 = 1_462.0;

/// Number of digits that a spreadsheet displays of a figure; further digits of a float are rounding error.
const DIGITS: usize = 15;

/// A figure rounded to fifteen digits in its shortest form, never in scientific notation; whole numbers keep all their digits.
pub(super) fn number(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let shown = if number.fract() == 0.0 { None } else { format!("{number:.*e}", DIGITS - 1).parse().ok() };
    shown.unwrap_or(number).to_string()
}

/// An RK number (MS-XLS 2.5.217): 30 bits of an integer or of a float, optionally in hundredths.
pub(super) fn rk(bits: u32) -> f64 {
    // An arithmetic shift keeps the sign of an integer.
    let value =
        if bits & 2 != 0 { f64::from(bits.cast_signed() >> 2) } else { f64::from_bits(u64::from(bits & !3) << 32) };
    if bits & 1 != 0 { value / 100.0 } else { value }
}

/// A figure from its stored text. Whole numbers keep their digits, because a float is exact only up to 2^53; so do other numbers with no
/// more digits than are displayed. Text that is not a number is unchanged.
pub(super) fn stored(text: &str, is_date: bool, from_1904: bool) -> Cow<'_, str> {
    let text = text.trim();
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_plain = all_digits(whole) && all_digits(fraction) && (whole.len() == 1 || !whole.starts_with('0'));
    let is_short = digits == whole || whole.len() + fraction.len() <= DIGITS;
    if is_plain && is_short && !is_date && text != "-0" {
        return text.into();
    }
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => shown(value, is_date, from_1904).into(),
        _ => text.into(),
    }
}

/// A figure or, if its number format says so, a date.
pub(super) fn shown(value: f64, is_date: bool, from_1904: bool) -> String {
    let date = if is_date { date(value, from_1904) } else { None };
    date.unwrap_or_else(|| number(value))
}

/// A serial date as `2021-01-18`, `2021-01-18 09:30:00`, or `09:30:00` on day 0; `None` outside the calendar.
pub(super) fn date(serial: f64, from_1904: bool) -> Option<String> {
    let serial = if from_1904 { serial + DAYS_1904 } else { serial };
    if !(0.0..LAST_DAY + 1.0).contains(&serial) {
        return None;
    }
    #[allow(clippy::cast_sign_loss, reason = "the range was checked")]
    let (mut day, mut second) = (serial.floor() as u32, (serial.fract() * 86_400.0).round() as u32);
    if second == 86_400 {
        (day, second) = (day + 1, 0);
    }
    let time = format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60);
    if day == 0 {
        // Neither a day nor a time: a figure in a cell with a date format by mistake.
        return (second > 0).then_some(time);
    }
    let (year, month, of_month) = civil(day);
    let date = format!("{year:04}-{month:02}-{of_month:02}");
    Some(if second == 0 { date } else { format!("{date} {time}") })
}

/// Year, month and day of a serial day. Day 60 is 29 February 1900, which did not exist.
fn civil(day: u32) -> (u32, u32, u32) {
    if day == 60 {
        return (1900, 2, 29);
    }
    // Days since 1 March of year 0, so that leap days come last (1899-12-31 is day 0 except for the extra day).
    let days = day + 693_899 + u32::from(day < 60);
    let era = days / 146_097;
    let of_era = days % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let of_month = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (era * 400 + year_of_era + u32::from(month <= 2), month, of_month)
}

/// Whether a built-in number format displays a date or a time of day; 27 to 36 and 50 to 58 are those of East Asian Excel.
pub(super) fn is_built_in_date(id: u16) -> bool {
    matches!(id, 14..=22 | 27..=36 | 45 | 47 | 50..=58)
}

/// Whether a number format displays a date or a time of day. Elapsed time (`[h]:mm`) is a figure.
pub(super) fn is_date_format(code: &str) -> bool {
    let mut signs = code.chars();
    while let Some(sign) = signs.next() {
        match sign {
            ';' => return false,
            // The next character is literal, a fill character, or the width of a blank.
            '\\' | '_' | '*' => {
                signs.next();
            }
            '"' => {
                signs.by_ref().find(|&sign| sign == '"');
            }
            // A colour, a locale, a condition; or elapsed hours, minutes or seconds.
            '[' => {
                let inside: String = signs.by_ref().take_while(|&sign| sign != ']').collect();
                let is_elapsed = |sign: char| matches!(sign.to_ascii_lowercase(), 'h' | 'm' | 's');
                if !inside.is_empty() && inside.chars().all(is_elapsed) {
                    return false;
                }
            }
            'y' | 'Y' | 'm' | 'M' | 'd' | 'D' | 'h' | 'H' | 's' | 'S' => return true,
            _ => {}
        }
    }
    false
}

/// The text of an error value (MS-XLS 2.5.10).
pub(super) fn error(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0F => "#VALUE!",
        0x17 => "#REF!",
        0x1D => "#NAME?",
        0x24 => "#NUM!",
        0x2A => "#N/A",
        0x2B => "#GETTING_DATA",
        _ => "#UNKNOWN!",
    }
}

/// The text of a boolean value.
pub(super) fn truth(value: bool) -> &'static str {
    if value { "TRUE" } else { "FALSE" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_by_their_shortest_text() {
        for (value, text) in [
            (0.1, "0.1"),
            (1e-7, "0.0000001"),
            (-0.0, "0"),
            (1e15, "1000000000000000"),
            (-3.5, "-3.5"),
            (0.1 + 0.2, "0.3"),
        ] {
            assert_eq!(number(value), text);
        }
        assert_eq!(number(rk((123 << 2) | 3)), "1.23");
        assert_eq!(number(rk(((-5_i32 << 2) | 2).cast_unsigned())), "-5");
        assert_eq!(number(rk(0x3FF0_0000)), "1");
    }

    #[test]
    fn stored_figures_keep_their_digits() {
        for (text, expected) in [
            ("9007199254740993", "9007199254740993"),
            ("123456789012345678901234567890", "123456789012345678901234567890"),
            ("59237.244899999998", "59237.2449"),
            ("0.30000000000000004", "0.3"),
            ("12.50", "12.50"),
            ("1.5E-3", "0.0015"),
            ("-12", "-12"),
            ("1e999", "1e999"),
            ("-0", "0"),
            ("007", "7"),
            (" 5 ", "5"),
        ] {
            assert_eq!(stored(text, false, false), expected);
        }
        assert_eq!(stored("44214", true, false), "2021-01-18");
    }

    #[test]
    fn dates_in_iso_8601() {
        let cases = [
            (44_214.0, "2021-01-18"),
            (44_214.5, "2021-01-18 12:00:00"),
            (0.25, "06:00:00"),
            (1.0, "1900-01-01"),
            (59.0, "1900-02-28"),
            (60.0, "1900-02-29"),
            (61.0, "1900-03-01"),
            (2_958_465.0, "9999-12-31"),
        ];
        for (serial, text) in cases {
            assert_eq!(date(serial, false).as_deref(), Some(text), "{serial}");
        }
        assert_eq!(date(44_214.0 - 1_462.0, true).as_deref(), Some("2021-01-18"));
        for outside in [0.0, -1.0, f64::NAN, f64::INFINITY, 2_958_466.0] {
            assert_eq!(date(outside, false), None);
        }
    }

    #[test]
    fn formats_that_show_dates() {
        for code in ["yyyy/m/d", "[$-804]yyyy\"年\"m\"月\"d\"日\";@", "h:mm AM/PM", "mm-dd-yy"] {
            assert!(is_date_format(code), "{code}");
        }
        for code in
            ["General", "G/通用格式", "0.00_);[Red](0.00)", "[h]:mm:ss", "0\"days\"", "#,##0\\d", "0.00E+00", "@"]
        {
            assert!(!is_date_format(code), "{code}");
        }
    }
}
