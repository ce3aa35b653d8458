//! Parses a title into agency and year around the fixed words of the form.

use std::borrow::Cow;

use crate::form::Title;
use crate::text::fold_with_map;
use crate::text::{Months, blank, language, months_in};

/// A parsed title.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::bind) struct FoundTitle {
    /// The title as written, without surrounding blanks and inner line breaks.
    pub(in crate::bind) text: String,
    /// The agency, if the title names one.
    pub(in crate::bind) agency: Option<String>,
    /// The year, if the title states one of four digits.
    pub(in crate::bind) year: Option<i16>,
    /// A year of two digits, if there is none of four: its value, and as written.
    pub(in crate::bind) short: Option<(i16, String)>,
    /// The part of the year, if the title states one: first and last month.
    pub(in crate::bind) months: Option<Months>,
    /// Whether the text consists of the title only.
    pub(in crate::bind) alone: bool,
}

/// Maximum number of characters after the fixed words of a separate title: `（2024年度）`.
const BEHIND: usize = 8;

/// Parses a text that may contain a title. `None` if it does not contain the fixed words of the form.
pub(in crate::bind) fn parse(title: &Title, text: &str) -> Option<FoundTitle> {
    let folded = fold_with_map(text);
    let (at, length) = title
        .names
        .iter()
        .filter_map(|name| folded.text.find(name.as_str()).map(|at| (at, name.len())))
        .min_by_key(|&(at, length)| (at, std::cmp::Reverse(length)))?;
    let (start, end) = (folded.start(text, at), folded.end(text, at + length));
    let before = &text[..start];
    let after = text[end..].trim_matches(blank);
    let (stated, months) = without_part_of_year(before);
    let before = stated.as_ref();
    let (mut agency, year) = around(before);
    let mut short = None;
    if let Some((found, range)) = year.is_none().then(|| short_year(before)).flatten() {
        let tail = before[range.end..].trim_matches(|character: char| blank(character) || "度的".contains(character));
        agency = if tail.chars().count() >= 2 { name(tail) } else { name(&before[..range.start]) };
        short = Some((found, before[range].trim_matches(blank).to_owned()));
    }
    // The year may follow the fixed words: 统计表（2024年度）.
    let (rest, part) = if months.is_none() { without_part_of_year(after) } else { (Cow::Borrowed(after), None) };
    let is_short = rest.chars().count() <= BEHIND;
    let behind = if year.is_none() && is_short { around(&rest).1 } else { None };
    // A year in brackets is part of the title, and so is a part of it.
    let bracketed = (behind.is_some() || (part.is_some() && is_short))
        && after.starts_with(['（', '('])
        && after.ends_with(['）', ')']);
    let end = if bracketed { text.trim_end_matches(blank).len() } else { end };
    let before = &text[..start];
    let lead = agency.as_deref().and_then(|agency| before.find(agency.split(blank).next().unwrap_or(agency)));
    let alone = is_short && lead.is_none_or(|lead| before[..lead].chars().all(|sign| sign == '#' || blank(sign)));
    let begin = lead.unwrap_or_else(|| before.len() - before.trim_start_matches(blank).len());
    let text: String = text[begin..end].split(['\n', '\r', '\t']).map(|piece| piece.trim_matches(blank)).collect();
    let agency = agency.map(|agency| agency.split(blank).collect::<String>()).filter(|agency| !agency.is_empty());
    Some(FoundTitle { text, agency, year: year.or(behind), short, months: months.or(part.filter(|_| is_short)), alone })
}

/// A text without the part of a year that it names after a year, or at all if it has no year; and that part.
fn without_part_of_year(text: &str) -> (Cow<'_, str>, Option<Months>) {
    let mut year =
        text.match_indices('年').filter(|(at, _)| text[..*at].ends_with(|sign| narrow(sign).is_ascii_digit()));
    let from = year.next_back().map_or(0, |(at, word)| at + word.len());
    match months_in(&text[from..]) {
        Some((months, found)) => {
            let rest = format!("{}{}", &text[..from + found.start], &text[from + found.end..]);
            (Cow::Owned(rest), Some(months))
        }
        None => (Cow::Borrowed(text), None),
    }
}

/// Agency and year in the text before the fixed words: `机关2020年`, `2020年机关`, `机关2020年度`.
fn around(before: &str) -> (Option<String>, Option<i16>) {
    let digits: Vec<(usize, char)> = before.char_indices().collect();
    let mut year = None;
    for window in digits.windows(5).rev() {
        // Fast rejection by the last character: nearly no window is a year.
        if window[4].1 != '年' && !window[4].1.is_whitespace() {
            continue;
        }
        let number: String = window[..4].iter().map(|&(_, character)| narrow(character)).collect();
        let starts = window[0].0;
        let glued = before[..starts].chars().next_back().is_some_and(|character| character.is_ascii_digit());
        if let (Ok(found @ 1990..=2100), false) = (number.parse::<i16>(), glued) {
            let mut rest = window[4].0 + window[4].1.len_utf8();
            if let Some(tail) = before[rest..].strip_prefix('度') {
                rest = before.len() - tail.len();
            }
            year = Some((found, starts, rest));
            break;
        }
    }
    let Some((year, start, rest)) = year else { return (name(before), None) };
    let tail = before[rest..].trim_matches(|character: char| blank(character) || "度的".contains(character));
    let agency = if tail.chars().count() >= 2 { name(tail) } else { name(&before[..start]) };
    (agency, Some(year))
}

/// A year of two digits before the fixed words, with its byte range: `’24年`, `24年度`.
fn short_year(before: &str) -> Option<(i16, std::ops::Range<usize>)> {
    let at = before.rfind('年')?;
    let end = before[at..].find('度').filter(|behind| *behind == '年'.len_utf8());
    let end = at + '年'.len_utf8() + end.map_or(0, |_| '度'.len_utf8());
    let written = before[..at].trim_end_matches(blank);
    let digits: Vec<(usize, char)> =
        written.char_indices().rev().take_while(|(_, sign)| narrow(*sign).is_ascii_digit() && *sign != 'o').collect();
    let [last, first] = digits.as_slice() else { return None };
    // Chinese numerals may count years: 第十二年, 二十年.
    if !first.1.is_ascii_digit() && !('０'..='９').contains(&first.1) {
        return None;
    }
    let number: String = [narrow(first.1), narrow(last.1)].iter().collect();
    let start = before[..first.0].trim_end_matches(['’', '‘', '\'', '＇', '′', '`', '´', '"', '“', '”']).len();
    let glued = before[..start].ends_with(['第', '近', '前', '.', '-']);
    number.parse().ok().filter(|_| !glued).map(|number| (number, start..end))
}

/// Normalises a digit of a year to ASCII: full-width digits, numerals, and any round character for zero.
fn narrow(character: char) -> char {
    match character {
        '０'..='９' => char::from_u32(character as u32 - '０' as u32 + '0' as u32).unwrap_or(character),
        // Includes Latin, Greek and Cyrillic letters.
        '〇' | '○' | '◯' | '零' | '⭕' | 'O' | 'o' | 'Ｏ' | 'ｏ' | 'Ο' | 'ο' | 'О' | 'о' | '◦' => '0',
        '一' | '壹' => '1',
        '二' | '贰' | '貳' => '2',
        '三' | '叁' | '參' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' | '陸' => '6',
        '七' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        other => other,
    }
}

/// The agency's name at the end of a text, after the last character that cannot be part of a name.
fn name(text: &str) -> Option<String> {
    let text = without_part(text.trim_matches(blank));
    let cut = text.rfind(|character: char| ":：>》」』|｜，,。；;！!？?·/→“”\"'".contains(character));
    let text = cut.map_or(text, |cut| text[cut..].trim_start_matches(|character: char| !character.is_alphanumeric()));
    // On a long line only the last word is taken; otherwise the name may consist of two words.
    let text =
        if text.chars().count() > 40 { text.rsplit(blank).find(|word| !word.is_empty()).unwrap_or(text) } else { text };
    let text = text.strip_suffix('的').unwrap_or(text).trim_matches(blank);
    // A Markdown heading mark, and the site navigation that leads to the page.
    let text = text.trim_start_matches(|character: char| character == '#' || blank(character));
    let text = match text.rsplit_once(blank) {
        Some((before, last)) if before.split(blank).any(is_column) => last,
        _ => text,
    };
    // `（单位名称）` is a placeholder.
    let open = text.chars().next().zip(text.chars().next_back());
    if matches!(open, Some(('（' | '(', '）' | ')') | ('【', '】') | ('〔', '〕') | ('[', ']'))) {
        return None;
    }
    let text = text.trim_start_matches(['（', '(', '【', '《', '关', '于']);
    let certain = (2..=60).contains(&text.chars().count()) && !PLACEHOLDERS.iter().any(|mark| text.contains(mark));
    certain.then(|| text.to_owned())
}

/// Removes the number of a part before a text: `第一部分 白渚市民政局`.
fn without_part(text: &str) -> &str {
    let behind = text.strip_prefix('第').and_then(|rest| rest.split_once("部分"));
    let part = behind.filter(|(number, _)| {
        !number.is_empty() && number.chars().all(|digit| "一二三四五六七八九十123456789".contains(digit))
    });
    part.map_or(text, |(_, rest)| rest.trim_start_matches(|sign: char| blank(sign) || "：:、".contains(sign)))
}

/// Whether a word is a category of a web site; no agency's name ends like one.
fn is_column(word: &str) -> bool {
    language().site_columns.iter().any(|end| word.ends_with(end.as_str()))
}

/// Placeholders for a name; a text that contains one names no agency.
const PLACEHOLDERS: &[&str] = &["××", "XX", "xx", "ＸＸ", "ｘｘ", "__", "＿＿", "○○", "〇〇", "**", "……"];

#[cfg(test)]
mod tests {
    use super::*;

    fn title() -> Title {
        Title {
            pattern: "{agency}{year}年政府信息公开工作年度报告".into(),
            names: vec!["政府信息公开工作年度报告".into(), "信息公开年度报告".into(), "政府信息公开年度报告".into()],
            ends: Vec::new(),
            agency: None,
            span: 0..0,
        }
    }

    fn parts(text: &str) -> Option<(Option<String>, Option<i16>)> {
        parse(&title(), text).map(|found| (found.agency, found.year))
    }

    #[test]
    fn agency_and_year_before_the_fixed_words() {
        let some = |agency: &str, year| Some((Some(agency.to_owned()), Some(year)));
        assert_eq!(parts("白渚市民政局2024年政府信息公开工作年度报告"), some("白渚市民政局", 2024));
        assert_eq!(parts("2023年白渚市民政局政府信息公开工作年度报告"), some("白渚市民政局", 2023));
        assert_eq!(parts("平潭综合实验区2021年度政府信息公开工作年度报告"), some("平潭综合实验区", 2021));
        assert_eq!(parts("标题: 行政审批局 2019年政府信息公开工作年度报告"), some("行政审批局", 2019));
        assert_eq!(parts("白渚市\n民政局2024年政府\n信息公开工作年度报告"), some("白渚市民政局", 2024));
        assert_eq!(parts("# 白渚市民政局2024年政府信息公开工作年度报告"), some("白渚市民政局", 2024));
        assert_eq!(parts("首页 > 政务公开 白渚市民政局2024年政府信息公开工作年度报告"), some("白渚市民政局", 2024));
        assert_eq!(parts("白渚市 民政局2024年政府信息公开工作年度报告"), some("白渚市民政局", 2024));
        assert_eq!(parts("××市××局20××年政府信息公开工作年度报告"), Some((None, None)));
        assert_eq!(parts("（机关名称）××××年政府信息公开工作年度报告"), Some((None, None)));
        for year in ["二〇二四", "二○二四", "二零二四", "二O二四", "二Ｏ二四", "二О二四", "二◯二四", "贰零贰肆", "2O24"]
        {
            let title = format!("白渚市民政局{year}年政府信息公开工作年度报告");
            assert_eq!(parts(&title), some("白渚市民政局", 2024), "{title}");
            let title = format!("{year}年度白渚市民政局政府信息公开工作年度报告");
            assert_eq!(parts(&title), some("白渚市民政局", 2024), "{title}");
        }
        assert_eq!(parts("白渚市民政局２０２４年政府信息公开年度报告（定稿）"), some("白渚市民政局", 2024));
    }

    #[test]
    fn a_year_of_two_digits_is_separated_from_the_name() {
        for (before, written) in [
            ("白渚市民政局’24年", "’24年"),
            ("白渚市民政局24年度", "24年度"),
            ("24年度白渚市民政局", "24年度"),
            ("'24年白渚市民政局", "'24年"),
            ("白渚市民政局２４年", "２４年"),
        ] {
            let found = parse(&title(), &format!("{before}政府信息公开工作年度报告")).unwrap_or_default();
            assert_eq!((found.agency.as_deref(), found.year), (Some("白渚市民政局"), None), "{before}");
            assert_eq!(found.short, Some((24, written.to_owned())), "{before}");
        }
        let found = parse(&title(), "新疆第12年政府信息公开工作年度报告").unwrap_or_default();
        assert_eq!(found.short, None);
    }

    #[test]
    fn a_heading_mark_is_not_part_of_the_title() {
        let found = parse(&title(), "## 白渚市民政局2024年政府信息公开工作年度报告").unwrap_or_default();
        assert!(found.alone);
        assert_eq!(found.text, "白渚市民政局2024年政府信息公开工作年度报告");
        assert!(
            !parse(&title(), "见 白渚市民政局，白渚市教育局2024年政府信息公开工作年度报告").unwrap_or_default().alone
        );
    }

    #[test]
    fn a_year_in_brackets_belongs_to_the_title() {
        let text = |text: &str| parse(&title(), text).map(|found| (found.text, found.year, found.alone));
        let whole = "白渚市民政局政府信息公开工作年度报告（2024年度）";
        assert_eq!(text(&format!(" {whole} ")), Some((whole.to_owned(), Some(2024), true)));
        let bare = "白渚市民政局政府信息公开工作年度报告";
        assert_eq!(text(&format!("{bare} 2024年1月")), Some((bare.to_owned(), Some(2024), true)));
        assert_eq!(text(&format!("{bare}（定稿）")), Some((bare.to_owned(), None, true)));
    }

    #[test]
    fn a_missing_agency_or_year_stays_empty() {
        assert_eq!(parts("2020年政府信息公开工作年度报告"), Some((None, Some(2020))));
        assert_eq!(parts("政府信息公开工作年度报告格式模板"), Some((None, None)));
        assert_eq!(parts("关于召开会议的通知"), None);
    }
}
