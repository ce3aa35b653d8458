//! Number formats of cells (ECMA-376 part 1, 18.8.30 and 18.8.31): whether a format displays a date, and how it changes a figure: scaling
//! by thousands, a unit after it.

use std::sync::Arc;

use super::value;
use crate::document::Shown;
use crate::read::shared::comparison::Comparison;
use crate::read::shared::marks::Face;

/// Power of ten by which a comma after the digits divides the figure.
const OF_A_COMMA: i8 = 3;

/// The format of a cell.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) enum NumberFormat {
    /// Displays figures as stored.
    #[default]
    Plain,
    /// Displays a date or a time of day.
    Date,
    /// Displays whole figures with a minimum number of digits, padded with zeros: `000000`.
    Zeros(u8),
    /// Displays figures otherwise, by its sections.
    Odd(Arc<[Section]>),
}

/// A section of a format: its condition, and how it displays a figure.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Section {
    condition: Option<(Comparison, f64)>,
    shown: Option<Shown>,
    /// What it displays cannot be seen: nothing at all, or white text.
    unseen: Option<Unseen>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Unseen {
    Nothing,
    White,
}

impl NumberFormat {
    /// The built-in format with this id.
    pub(super) fn built_in(id: u16) -> Self {
        match id {
            9 | 10 => Self::parse("0%"),
            id if value::is_built_in_date(id) => Self::Date,
            _ => Self::Plain,
        }
    }

    /// Parses a format code.
    pub(super) fn parse(code: &str) -> Self {
        if value::is_date_format(code) {
            return Self::Date;
        }
        if code.len() > 1 && code.bytes().all(|sign| sign == b'0') {
            return Self::Zeros(u8::try_from(code.len()).unwrap_or(u8::MAX));
        }
        if code.trim().is_empty() {
            return Self::Plain;
        }
        let sections: Vec<Section> = sections(code).map(section).collect();
        let is_plain = |section: &Section| section.shown.is_none() && section.unseen.is_none();
        if sections.iter().all(is_plain) { Self::Plain } else { Self::Odd(sections.into()) }
    }

    /// Whether the format displays a date.
    pub(super) fn is_date(&self) -> bool {
        matches!(self, Self::Date)
    }

    /// How a figure is displayed; `None` if as stored.
    pub(super) fn shown(&self, figure: &str) -> Option<Box<Shown>> {
        self.section(figure.parse().ok()?)?.shown.clone().map(Box::new)
    }

    /// The face of a figure. A format that hides zeros is a way of writing tables, and a zero that it hides is a zero.
    pub(super) fn face(&self, figure: &str, mut face: Face) -> Face {
        let figure = figure.parse().ok().filter(|figure| *figure != 0.0);
        match figure.and_then(|figure| self.section(figure)).and_then(|section| section.unseen) {
            Some(Unseen::Nothing) => face.away = true,
            Some(Unseen::White) => (face.pale, face.ink) = (true, Some([0xFF; 3])),
            None => {}
        }
        face
    }

    /// The section that displays a figure.
    fn section(&self, figure: f64) -> Option<&Section> {
        let Self::Odd(sections) = self else { return None };
        let by_condition =
            sections.iter().find(|section| section.condition.is_some_and(|(is, than)| is.holds(figure, than)));
        by_condition.or_else(|| {
            let mut free = sections.iter().filter(|section| section.condition.is_none());
            // Sections: positive figures, negative ones, zero.
            let conditions = sections.iter().any(|section| section.condition.is_some());
            let at = if conditions || figure > 0.0 {
                0
            } else if figure < 0.0 {
                1
            } else {
                2
            };
            let first = free.next();
            if at == 0 { first } else { free.nth(at - 1).or(first) }
        })
    }
}

/// How a figure is displayed, inferred from the stored and the displayed text: `3693.5万元` for 36934743 has a shift of -4.
pub(super) fn infer_shown(stored: &str, text: &str) -> Option<Box<Shown>> {
    let start = text.find(|sign: char| sign.is_ascii_digit())?;
    let number = &text[start..];
    let end = number.find(|sign: char| !(sign.is_ascii_digit() || matches!(sign, ',' | '.'))).unwrap_or(number.len());
    let (digits, suffix) = number.split_at(end);
    let digits = digits.replace(',', "");
    let decimals = digits.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let (stored, shown) = (stored.parse::<f64>().ok()?.abs(), digits.parse::<f64>().ok()?);
    // Half a unit of the last displayed decimal, plus binary rounding error.
    let near = 0.501 * 10_f64.powi(-i32::try_from(decimals).ok()?);
    let shift = [0, 2]
        .into_iter()
        .chain(-9..0)
        .find(|&shift| (shown - stored * 10_f64.powi(i32::from(shift))).abs() <= near)?;
    let suffix = unit(suffix);
    (shift != 0 || !suffix.is_empty()).then(|| Box::new(Shown { shift, suffix: suffix.into() }))
}

/// Number of integer digits of a text with leading zeros: 4 for `0012` (12); 0 for any other text.
pub(super) fn whole_digits(stored: &str, text: &str) -> u8 {
    let is_padded = text.starts_with('0') && text.len() > stored.len() && text.trim_start_matches('0') == stored;
    if is_padded { u8::try_from(text.len()).unwrap_or(u8::MAX) } else { 0 }
}

/// The text after a figure, without blanks and brackets; empty if it has no letters.
fn unit(suffix: &str) -> &str {
    let suffix = suffix.trim_matches(|sign: char| sign.is_whitespace() || "()（）".contains(sign));
    if suffix.contains(|sign: char| sign.is_alphabetic() || sign == '%') { suffix } else { "" }
}

/// The sections of a code, separated by unquoted semicolons.
fn sections(code: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(code);
    std::iter::from_fn(move || {
        let code = rest?;
        let (mut quoted, mut escaped, mut bracket) = (false, false, false);
        for (at, sign) in code.char_indices() {
            match sign {
                _ if std::mem::take(&mut escaped) => {}
                '"' => quoted = !quoted,
                _ if quoted => {}
                '\\' | '!' => escaped = true,
                '[' => bracket = true,
                ']' => bracket = false,
                ';' if !bracket => {
                    rest = Some(&code[at + 1..]);
                    return Some(&code[..at]);
                }
                _ => {}
            }
        }
        rest = None;
        Some(code)
    })
}

/// An element of a section.
#[derive(Debug, Clone, Copy, PartialEq)]
enum FormatPart {
    Digit,
    Point,
    Comma,
    Percent,
    Written(char),
}

fn section(code: &str) -> Section {
    let (parts, condition) = parts(code);
    let blank = |part: &FormatPart| matches!(part, FormatPart::Written(sign) if sign.is_whitespace());
    // A section of a colour alone displays the figure.
    let nothing = || parts.iter().all(blank) && (code.is_empty() || code.contains('"'));
    let unseen = if is_white(code) { Some(Unseen::White) } else { nothing().then_some(Unseen::Nothing) };
    let first = parts.iter().position(|part| *part == FormatPart::Digit);
    let last = parts.iter().rposition(|part| *part == FormatPart::Digit);
    let (Some(first), Some(last)) = (first, last) else { return Section { condition, shown: None, unseen } };
    let percent = parts.contains(&FormatPart::Percent);
    let commas = parts[last + 1..].iter().take_while(|part| **part == FormatPart::Comma).count();
    // A literal full stop: `0!.0000` displays 3693.4743 for 36934743.
    let written = parts[first..=last].iter().position(|part| *part == FormatPart::Written('.'));
    let behind = written.map_or(0, |at| {
        let digits = parts[first + at..=last].iter().take_while(|part| **part != FormatPart::Point);
        digits.filter(|part| **part == FormatPart::Digit).count()
    });
    let shift = i8::try_from(behind)
        .unwrap_or(i8::MAX)
        .saturating_add(OF_A_COMMA.saturating_mul(i8::try_from(commas).unwrap_or(i8::MAX)));
    let suffix: String = parts[last + 1..]
        .iter()
        .filter_map(|part| match part {
            FormatPart::Written(sign) => Some(*sign),
            FormatPart::Percent => Some('%'),
            _ => None,
        })
        .collect();
    let suffix = unit(&suffix);
    let shift = if percent { 2 } else { -shift };
    let shown = (shift != 0 || !suffix.is_empty()).then(|| Shown { shift, suffix: suffix.into() });
    Section { condition, shown, unseen }
}

/// Whether a section writes in white (18.8.31).
fn is_white(code: &str) -> bool {
    ["[white]", "[白色]", "[color2]", "[color 2]", "[颜色2]"].iter().any(|white| code.to_lowercase().contains(white))
}

/// The elements of a section, and its condition.
fn parts(code: &str) -> (Vec<FormatPart>, Option<(Comparison, f64)>) {
    let mut parts = Vec::new();
    let mut condition = None;
    let mut signs = code.chars();
    // `General`, in Chinese `G/通用格式`, displays digits.
    let general = ["General", "GENERAL", "general", "G/通用格式"].into_iter().find(|name| code.contains(name));
    let plain;
    if let Some(general) = general {
        plain = code.replacen(general, "0", 1);
        signs = plain.chars();
    }
    while let Some(sign) = signs.next() {
        match sign {
            '0' | '#' | '?' => parts.push(FormatPart::Digit),
            '.' => parts.push(FormatPart::Point),
            ',' => parts.push(FormatPart::Comma),
            '%' => parts.push(FormatPart::Percent),
            '\\' | '!' => parts.extend(signs.next().map(FormatPart::Written)),
            // A blank as wide as the next character, or fill characters.
            '_' | '*' => drop(signs.next()),
            '"' => parts.extend(signs.by_ref().take_while(|&sign| sign != '"').map(FormatPart::Written)),
            '[' => {
                let inside: String = signs.by_ref().take_while(|&sign| sign != ']').collect();
                condition = condition.or_else(|| Comparison::with_number(&inside));
            }
            sign => parts.push(FormatPart::Written(sign)),
        }
    }
    (parts, condition)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(code: &str, figure: &str) -> Option<(i8, String)> {
        NumberFormat::parse(code).shown(figure).map(|shown| (shown.shift, shown.suffix.to_string()))
    }

    #[test]
    fn display_of_figures_by_number_formats() {
        for (code, shift, suffix) in [
            ("0!.0000", -4, ""),
            ("0\\.0000", -4, ""),
            ("0\".\"0000", -4, ""),
            ("0!.0,", -4, ""),
            ("0!.0,\"万元\"", -4, "万元"),
            ("0.00,", -3, ""),
            ("#,##0.00,,\"百万元\"", -6, "百万元"),
            ("#,##0.00\"元\"", 0, "元"),
            ("#,##0.00元", 0, "元"),
            ("0\"件\"", 0, "件"),
            ("0%", 2, "%"),
            ("0.00%", 2, "%"),
            ("G/通用格式\"元\"", 0, "元"),
            ("General\"件\"", 0, "件"),
            ("0!.0,_ ;-0!.0,", -4, ""),
        ] {
            assert_eq!(said(code, "36934743"), Some((shift, suffix.to_owned())), "{code}");
        }
        for code in [
            "General",
            "0",
            "0.00",
            "#,##0",
            "#,##0.00_);(#,##0.00)",
            "[$¥-804]#,##0.00",
            "¥#,##0.00",
            "@",
            "# ?/?",
            "0.00E+00",
            "_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ",
            "[DBNum1]0",
            "",
        ] {
            assert_eq!(NumberFormat::parse(code), NumberFormat::Plain, "{code}");
        }
        assert!(NumberFormat::parse("yyyy/m/d").is_date());
    }

    #[test]
    fn the_displayed_text_shows_the_scaling() {
        for (stored, text, expected) in [
            ("36934743", "3693.4743", Some((-4, ""))),
            ("36934743", "3693.5万元", Some((-4, "万元"))),
            ("36934743", "36,934,743.00元", Some((0, "元"))),
            ("0.12", "12%", Some((2, "%"))),
            ("0", "0件", Some((0, "件"))),
            ("-6", "-6", None),
            ("12.345", "12.3", None),
            ("36934743", "￥36,934,743.00", None),
            ("36934743", "36934743!.0000", None),
            ("5", "7", None),
            ("5", "", None),
        ] {
            let found = infer_shown(stored, text);
            assert_eq!(found.as_ref().map(|shown| (shown.shift, &*shown.suffix)), expected, "{text}");
        }
    }

    #[test]
    fn the_section_is_chosen_by_the_figure() {
        let code = "[>=10000]0!.0,\"万\";0";
        assert_eq!((said(code, "123456"), said(code, "12")), (Some((-4, "万".into())), None));
        let code = "0\"元\";-0\"角\";0\"分\"";
        assert_eq!(
            ["5", "-5", "0"].map(|figure| said(code, figure).map(|shown| shown.1)),
            ["元", "角", "分"].map(|suffix| Some(suffix.into()))
        );
        assert_eq!(said("0\"元\"", "-5"), Some((0, "元".into())));
        assert_eq!(said("0\"元\"", "甲"), None);
    }
}
