//! Folding (normalisation for comparison): ignores width, white space, punctuation, case, traditional characters and bracketed readings.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::traditional::simplified;

/// The folded form of a character; `None` for a character that is ignored (blanks, punctuation, invisible characters).
#[inline]
pub(crate) fn fold_char(character: char) -> Option<char> {
    // Fast path for the common ideographs.
    if ('\u{4e00}'..='\u{9fff}').contains(&character) { Some(simplified(character)) } else { fold_other(character) }
}

fn fold_other(character: char) -> Option<char> {
    let character = match character {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(character as u32 - 0xfee0).unwrap_or(character),
        _ => character,
    };
    if character.is_ascii() {
        return character.is_ascii_alphanumeric().then(|| character.to_ascii_lowercase());
    }
    match character {
        '〇' => Some(character),
        // Fast path for punctuation of Chinese texts, without a lookup in the Unicode tables.
        '\u{2010}'..='\u{2027}' | '\u{3000}'..='\u{3004}' | '\u{3008}'..='\u{3020}' => None,
        _ => character.is_alphanumeric().then_some(character),
    }
}

/// The folded form of a text.
///
/// ```
/// assert_eq!(nianbao::text::fold("（一）　予以 公開，"), "一予以公开");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// The folded form of a text; borrowed if folding changes nothing, as for a figure or most labels.
pub(crate) fn fold_or_same(text: &str) -> Cow<'_, str> {
    // A bracket is never kept, so an unchanged text contains no reading.
    let same = text.chars().all(|character| fold_char(character) == Some(character));
    if same { text.into() } else { fold(text).into() }
}

/// The folded form of a label, in which a leading circled number counts: `③其他` becomes `3其他`. After a figure a circled number is a note
/// mark, so it is ignored everywhere else.
pub(crate) fn fold_label(text: &str) -> Cow<'_, str> {
    // Fast path: nearly no text begins with a character between the Latin and the Chinese ones.
    let first = text.chars().find(|character| !character.is_whitespace());
    match first
        .filter(|first| ('\u{2460}'..'\u{3300}').contains(first))
        .and_then(|first| Some((first, circled(first)?)))
    {
        Some((first, number)) => {
            let rest = text.trim_start();
            fold(&format!("{number}{}", &rest[first.len_utf8()..])).into()
        }
        None => fold_or_same(text),
    }
}

/// The number in a circled character: black or white, single or double circle, digits or ideographs.
fn circled(character: char) -> Option<String> {
    const NUMERALS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    let from = |first: char| (character as u32 - first as u32 + 1).to_string();
    Some(match character {
        '①'..='⑳' => from('①'),
        '⓫'..='⓴' => (character as u32 - '⓫' as u32 + 11).to_string(),
        '⓵'..='⓾' => from('⓵'),
        '❶'..='❿' => from('❶'),
        '➀'..='➉' => from('➀'),
        '➊'..='➓' => from('➊'),
        '㊀'..='㊉' => NUMERALS[(character as u32 - '㊀' as u32) as usize].to_owned(),
        _ => return None,
    })
}

/// Whether a text folds to `folded`; the first characters nearly always decide.
pub(crate) fn folds_to(text: &str, folded: &str) -> bool {
    let mut rest = folded.chars();
    let mut characters = parts(text).flat_map(|(_, part)| part.chars()).filter_map(fold_char);
    characters.all(|character| rest.next() == Some(character)) && rest.next().is_none()
}

/// Appends the folded form of a text.
pub(crate) fn fold_into(text: &str, folded: &mut String) {
    for (_, part) in parts(text) {
        pieces(part, |piece| match piece {
            FoldRun::Same(_, same) => folded.push_str(same),
            FoldRun::Changed(_, changed) => folded.push(changed),
        });
    }
}

/// A run of folded text with its byte offset in the original.
enum FoldRun<'t> {
    /// Unchanged text.
    Same(usize, &'t str),
    /// A replaced character.
    Changed(usize, char),
}

/// Calls `give` for each run of the folded text. The text must not contain readings; unchanged text is given as one run.
#[inline]
fn pieces<'t>(text: &'t str, mut give: impl FnMut(FoldRun<'t>)) {
    let mut same = 0;
    for (at, character) in text.char_indices() {
        let changed = fold_char(character);
        if changed != Some(character) {
            if at > same {
                give(FoldRun::Same(same, &text[same..at]));
            }
            if let Some(changed) = changed {
                give(FoldRun::Changed(at, changed));
            }
            same = at + character.len_utf8();
        }
    }
    give(FoldRun::Same(same, &text[same..]));
}

/// Length in bytes of a bracketed reading at the beginning of a text, such as `(bào)` or `（ gong ）`; 0 if there is none. Some mirror
/// sites add readings to characters. A reading has two to six lower-case Latin letters, with or without tone marks, and at least one
/// vowel.
pub(crate) fn reading(text: &str) -> usize {
    let Some(inside) = text.strip_prefix(['(', '（']) else { return 0 };
    let (mut letters, mut vowel, mut numeral) = (0, false, true);
    for (at, character) in inside.char_indices().take(10) {
        match character {
            ')' | '）' => {
                let whole = (2..=6).contains(&letters) && vowel && !numeral;
                let length = text.len() - inside.len() + at + character.len_utf8();
                return if whole { length } else { 0 };
            }
            blank if blank.is_whitespace() => {}
            // Latin-1, Latin Extended-A and Latin Extended-B contain the vowels with tone marks.
            'a'..='z' | '\u{df}'..='\u{24f}' => {
                letters += 1;
                vowel |= matches!(character, 'a' | 'e' | 'i' | 'o' | 'u') || !character.is_ascii();
                numeral &= matches!(character, 'i' | 'v' | 'x');
            }
            _ => return 0,
        }
    }
    0
}

/// The text without bracketed readings.
pub(crate) fn without_readings(text: &str) -> Cow<'_, str> {
    let mut parts = parts(text);
    match (parts.next(), parts.next()) {
        (Some(only), None) if only.1.len() == text.len() => Cow::Borrowed(text),
        (first, second) => first.into_iter().chain(second).chain(parts).map(|part| part.1).collect::<String>().into(),
    }
}

/// The parts of a text between readings, each with its byte offset.
fn parts(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut brackets = brackets(text).map(|(bracket, _)| bracket);
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < text.len() {
            let start = at;
            // Position and length of the next reading.
            let next = brackets.by_ref().filter(|&bracket| bracket >= start).find_map(|bracket| {
                let before = text[..bracket].chars().next_back()?;
                let may_be_read = is_han(before) || matches!(before, ')' | '）');
                Some((bracket, may_be_read.then(|| reading(&text[bracket..])).filter(|length| *length > 0)?))
            });
            let (end, length) = next.unwrap_or((text.len(), 0));
            at = end + length;
            if end > start {
                return Some((start, &text[start..end]));
            }
        }
        None
    })
}

/// The opening brackets of a text, from the left: byte offset, and the text after the bracket.
pub(crate) fn brackets(text: &str) -> impl Iterator<Item = (usize, &str)> {
    const SMALL: &str = "(";
    const WIDE: &str = "（";
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(WIDE));
    let (mut small, mut wide) = (memchr::memchr_iter(b'(', text.as_bytes()), FINDER.find_iter(text.as_bytes()));
    let (mut next_small, mut next_wide) = (small.next(), wide.next());
    std::iter::from_fn(move || match (next_small, next_wide) {
        (Some(one), other) if other.is_none_or(|other| one < other) => {
            next_small = small.next();
            Some((one, &text[one + SMALL.len()..]))
        }
        _ => {
            let found = next_wide?;
            next_wide = wide.next();
            Some((found, &text[found + WIDE.len()..]))
        }
    })
}

fn is_han(character: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&character)
}

/// A folded text that maps its bytes back to the original.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Folded {
    /// The folded text.
    pub text: String,
    /// For each byte of `text`, a byte offset within the original character; one more entry for the end.
    origin: Vec<u32>,
}

impl Folded {
    /// Offset in `text` of what comes from the original character at byte `original`, or from the next character that is kept.
    pub(crate) fn at(&self, original: usize) -> usize {
        self.origin.partition_point(|&origin| (origin as usize) < original).min(self.text.len())
    }

    /// Offset in the original of the character that byte `at` of `text` comes from; the end of the original if `at` is the end.
    pub(crate) fn start(&self, original: &str, at: usize) -> usize {
        let mut start = self.origin.get(at).map_or(original.len(), |&origin| origin as usize);
        while !original.is_char_boundary(start) {
            start -= 1;
        }
        start
    }

    /// Offset in the original after the character that ends before byte `at` of `text`; 0 if there is none.
    pub(crate) fn end(&self, original: &str, at: usize) -> usize {
        let Some(last) = at.checked_sub(1).filter(|last| *last < self.text.len()) else { return 0 };
        let start = self.start(original, last);
        start + original[start..].chars().next().map_or(0, char::len_utf8)
    }
}

/// Folds a text and keeps the mapping to the original.
pub(crate) fn fold_with_map(text: &str) -> Folded {
    let mut folded = Folded { text: String::with_capacity(text.len()), origin: Vec::with_capacity(text.len() + 1) };
    for (start, part) in parts(text) {
        pieces(part, |piece| match piece {
            FoldRun::Same(at, same) => {
                let from = (start + at) as u32;
                folded.text.push_str(same);
                folded.origin.extend(from..from + same.len() as u32);
            }
            FoldRun::Changed(at, changed) => {
                folded.text.push(changed);
                folded.origin.resize(folded.text.len(), (start + at) as u32);
            }
        });
    }
    folded.origin.push(text.len() as u32);
    folded
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn width_blanks_punctuation_and_script_do_not_count() {
        assert_eq!(fold("３．危及“三安全一稳定”"), fold("3.危及 \"三安全一穩定\""));
        assert_eq!(fold("行政強製"), "行政强制");
        assert_eq!(fold("\u{a0}檔案\u{200b}"), "档案");
        for (text, folded) in [("（文字描述）", "文字描述"), ("檔(dàng)案。", "档案"), ("，", ""), ("", "")]
        {
            assert!(folds_to(text, folded) && fold(text) == folded);
            assert!(!folds_to(text, "档") && !folds_to(text, &format!("{folded}案")));
        }
    }

    #[test]
    fn a_number_in_a_circle_is_a_labels_only_before_it() {
        for (text, folded) in
            [("③其他", "3其他"), (" ❸ 其他", "3其他"), ("⑩其他", "10其他"), ("㊆总计", "七总计"), ("总计", "总计")]
        {
            assert_eq!(fold_label(text), folded);
        }
        assert_eq!(fold_label("12①"), "12①");
    }

    #[test]
    fn the_fast_path_skips_only_punctuation() {
        let ranges = ['\u{2010}'..='\u{2027}', '\u{3000}'..='\u{3004}', '\u{3008}'..='\u{3020}'];
        assert!(!ranges.into_iter().flatten().any(char::is_alphanumeric));
    }

    #[test]
    fn readings_in_brackets_do_not_count() {
        assert_eq!(fold("報(bào)告（ gào ）"), "报告");
        assert_eq!(fold("(一)公(gong)(gong)开(kāi)"), "一公开");
        assert_eq!(without_readings("白(bái)渚市(shì)2020年(A)"), "白渚市2020年(A)");
        for kept in ["采购(A)", "附表(ii)", "(gong)", "第(3)项", "表(hello world)", "表(xml)"] {
            assert_eq!(without_readings(kept), kept);
            assert_eq!(reading(kept.trim_start_matches(is_han)).min(1), usize::from(kept == "(gong)"), "{kept}");
        }
        let folded = fold_with_map("公(gong)开");
        assert_eq!(folded.origin, [0, 1, 2, 9, 10, 11, 12]);
    }

    #[test]
    fn a_folded_text_leads_back_to_the_original() {
        let original = "（一） 檔Ａ";
        let folded = fold_with_map(original);
        assert_eq!(folded.text, "一档a");
        let ends = |at| (folded.start(original, at), folded.end(original, at));
        assert_eq!([0, 1, 3, 5, 6, 7].map(ends), [(3, 0), (3, 6), (10, 6), (10, 13), (13, 13), (16, 16)]);
        assert_eq!([0, 3, 4, 10, 13, 14, 99].map(|original| folded.at(original)), [0, 0, 1, 3, 6, 7, 7]);
    }

    proptest! {
        #[test]
        fn a_text_is_folded_character_by_character(text in "[a-z0-9A-Z，。 檔公开予以Ａ１⑴㎡é\u{3400}\u{4dff}\u{20000}\u{a0}]{0,40}|\\PC{0,20}") {
            let expected: String = parts(&text).flat_map(|(_, part)| part.chars()).filter_map(fold_char).collect();
            prop_assert_eq!(&fold(&text), &expected);
            prop_assert_eq!(&fold_or_same(&text), &expected);
            prop_assert!(folds_to(&text, &expected));
            let folded = fold_with_map(&text);
            prop_assert_eq!(folded.origin.len(), expected.len() + 1);
            prop_assert_eq!(&folded.text, &expected);
            for (at, character) in expected.char_indices() {
                let (start, end) = (folded.start(&text, at), folded.end(&text, at + character.len_utf8()));
                prop_assert_eq!(text[start..end].chars().filter_map(fold_char).collect::<Vec<_>>(), [character]);
                prop_assert_eq!(folded.at(start), at);
            }
        }
    }
}
