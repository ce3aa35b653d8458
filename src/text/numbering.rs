//! Numbers before headings and items in Chinese documents, and Chinese numerals.

/// The number before a heading or an item, with its level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Numbering {
    /// Level by the notation: 1 for `一、`, 2 for `（一）`, 3 for `1.`, 4 for `（1）` (GB/T 9704-2012, 7.3.3).
    pub level: u8,
    /// The number.
    pub number: u32,
    /// Length in bytes at the start of the text, with leading blanks and the punctuation of the number.
    pub length: usize,
}

/// Whether a text begins with the number of a heading of the first level: `一、`.
pub(crate) fn is_first_level(text: &str) -> bool {
    numbering(text).is_some_and(|found| found.level == 1)
}

/// The number that a text begins with, if it begins with one.
///
/// ```
/// use nianbao::text::numbering;
/// let found = numbering("（三）不予公开").map(|found| (found.level, found.number, found.length));
/// assert_eq!(found, Some((2, 3, "（三）".len())));
/// assert_eq!(numbering("2020年，我区"), None);
/// ```
pub fn numbering(text: &str) -> Option<Numbering> {
    let rest = text.trim_start_matches(blank);
    let opened = rest.strip_prefix(['（', '(', '﹙']);
    let digits = opened.unwrap_or(rest).trim_start_matches(blank);
    let (number, after, chinese) = number_prefix(digits)?;
    let after = after.trim_start_matches(blank);
    let tail = if opened.is_some() {
        after.strip_prefix(['）', ')', '﹚'])?
    } else if chinese {
        after.strip_prefix(['、', '.', '．', ',', '，', ':', '：', '﹑'])?
    } else {
        let tail = after.strip_prefix(['.', '．', '、', '﹑', ')', '）'])?;
        // `3.5%` is a figure, not an item.
        if tail.starts_with(|character: char| character.is_ascii_digit()) {
            return None;
        }
        tail
    };
    let level = match (opened.is_some(), chinese) {
        (false, true) => 1,
        (true, true) => 2,
        (false, false) => 3,
        (true, false) => 4,
    };
    Some(Numbering { level, number, length: text.len() - tail.len() })
}

#[inline]
fn blank(character: char) -> bool {
    // Fast path: nearly every character is an ideograph, and above U+3000 only U+FEFF is a blank.
    if character > '\u{3000}' {
        return character == '\u{feff}';
    }
    character.is_whitespace() || character == '\u{200b}'
}

fn number_prefix(text: &str) -> Option<(u32, &str, bool)> {
    let ascii = text.len() - text.trim_start_matches(|character: char| character.is_ascii_digit()).len();
    if (1..=3).contains(&ascii) {
        return Some((text[..ascii].parse().ok()?, &text[ascii..], false));
    }
    let end = text.find(|character| digit(character).is_none() && character != '十').unwrap_or(text.len());
    let number = chinese_number(&text[..end])?;
    (number > 0 && number < 100).then_some((number, &text[end..], true))
}

fn digit(character: char) -> Option<u32> {
    Some(match character {
        '〇' | '零' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// The value of a whole number in Chinese numerals, with place words (`二十三`, `一千零五`, `三万二千`) or digit by digit (`二〇二〇`). `None` for any
/// other text, including an empty one.
pub(crate) fn chinese_number(text: &str) -> Option<u32> {
    if text.is_empty() || text.chars().count() > 12 {
        return None;
    }
    if text.chars().all(|character| digit(character).is_some()) {
        return text
            .chars()
            .try_fold(0_u32, |number, character| number.checked_mul(10)?.checked_add(digit(character)?));
    }
    let (mut total, mut section, mut current) = (0_u32, 0_u32, None::<u32>);
    for character in text.chars() {
        match character {
            '十' | '拾' => section = section.checked_add(current.take().unwrap_or(1) * 10)?,
            '百' | '佰' => section = section.checked_add(current.take()? * 100)?,
            '千' | '仟' => section = section.checked_add(current.take()? * 1_000)?,
            '万' => {
                total = section.checked_add(current.take().unwrap_or(0))?.checked_mul(10_000)?;
                section = 0;
            }
            _ => match (digit(character)?, current) {
                (0, None) => {}
                (value, None) => current = Some(value),
                (_, Some(_)) => return None,
            },
        }
    }
    total.checked_add(section)?.checked_add(current.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_follow_the_notation() {
        let level = |text| numbering(text).map(|found| (found.level, found.number));
        assert_eq!(level("一、总体情况"), Some((1, 1)));
        assert_eq!(level("十二、其他"), Some((1, 12)));
        assert_eq!(level(" (二) 依申请公开"), Some((2, 2)));
        assert_eq!(level("3.其他"), Some((3, 3)));
        assert_eq!(level("１．总体"), None);
        assert_eq!(level("（4）其他"), Some((4, 4)));
        assert_eq!(level("3.5%"), None);
        assert_eq!(level("一些单位"), None);
        assert_eq!(level("2020年"), None);
    }

    #[test]
    fn numerals_are_read_with_and_without_place_words() {
        assert_eq!(chinese_number("二十三"), Some(23));
        assert_eq!(chinese_number("十"), Some(10));
        assert_eq!(chinese_number("一千零五"), Some(1005));
        assert_eq!(chinese_number("三万二千"), Some(32_000));
        assert_eq!(chinese_number("二〇二〇"), Some(2020));
        assert_eq!(chinese_number("二三十"), None);
        assert_eq!(chinese_number("件"), None);
        assert_eq!(chinese_number("九九九九九九九九九九九九"), None);
    }
}
