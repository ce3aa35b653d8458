//! Text as displayed: invisible characters removed, look-alikes replaced by ordinary characters.

use unicode_normalization::char::decompose_compatible;

/// Characters of the block CJK Radicals Supplement, each followed by the ideograph that it looks like (property
/// `Equivalent_Unified_Ideograph` of the Unicode Character Database; no normalisation form applies it).
const RADICALS: &str = "⺁厂⺂乛⺃乚⺄乙⺅亻⺆冂⺇𠘨⺈刀⺉刂⺊卜⺋㔾⺌小⺍小⺎兀⺏尣⺐尢⺑𡯂⺒巳⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢氺⺣灬⺤爫⺥爫⺦丬⺧牛⺨犭⺩王⺪𤴔⺫目⺬示⺭礻⺮𥫗⺯糹⺰纟⺱罓⺲罒⺳㓁⺴冗⺵𦉫⺶羊⺷𦍌⺸𦍋⺹耂⺺肀⺻聿⺼肉⺽𦥑⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇𧢲⻈讠⻉贝⻊𧾷⻋车⻌辶⻍辶⻎辶⻏邑⻐钅⻑長⻒镸⻓长⻔门⻕𨸏⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞𩙿⻟飠⻠饣⻡𩠐⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟";

/// Kangxi radicals whose simplified ideograph differs from the one that Unicode maps them to.
const SIMPLIFIED_RADICALS: &[(char, char)] = &[('\u{2f3e}', '户'), ('\u{2fad}', '青'), ('\u{2fc8}', '黄')];

/// The text as displayed; `None` if it is unchanged, as nearly every text is.
///
/// ```
/// use nianbao::text::visible;
/// assert_eq!(visible("1\u{200b}8\u{200b}8").as_deref(), Some("188"));
/// assert_eq!(visible("⾏政许可").as_deref(), Some("行政许可"));
/// assert_eq!(visible("⒊其他").as_deref(), Some("3.其他"));
/// assert_eq!(visible("\u{202e}7109\u{202c}件").as_deref(), Some("9017件"));
/// assert_eq!(visible("行政许可"), None);
/// ```
pub fn visible(text: &str) -> Option<String> {
    if !may_differ(text.as_bytes()) {
        return None;
    }
    let turned = as_directed(text);
    let whole = turned.as_deref().unwrap_or(text);
    let mut seen = String::with_capacity(text.len());
    let mut before = None;
    for character in whole.chars() {
        match classify(character) {
            Seen::Itself => seen.push(character),
            // Joiners and selectors change the shape of the character before them in emoji and in Mongolian, Tibetan and Arabic script.
            Seen::Joiner if before.is_some_and(is_shaped) => {
                seen.push(character);
                continue;
            }
            Seen::Joiner | Seen::Nothing => continue,
            Seen::Like(other) => seen.push(other),
            Seen::Compatible => decompose_compatible(character, |part| match part {
                // Full-width brackets, as in Chinese texts.
                '(' if character >= '\u{3220}' => seen.push('（'),
                ')' if character >= '\u{3220}' => seen.push('）'),
                part => seen.push(part),
            }),
        }
        before = Some(character);
    }
    (seen != text).then_some(seen)
}

/// Right-to-left override: the text after it is displayed from right to left, up to [`END_OF_DIRECTION`].
pub const RIGHT_TO_LEFT: &str = "\u{202e}";
/// Pop directional formatting: ends a [`RIGHT_TO_LEFT`].
pub const END_OF_DIRECTION: &str = "\u{202c}";

/// The text with right-to-left overrides applied: `(override)7109` becomes 9017. `None` if there is none.
fn as_directed(text: &str) -> Option<String> {
    if !text.contains(RIGHT_TO_LEFT) {
        return None;
    }
    let mut seen = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(RIGHT_TO_LEFT) {
        seen.push_str(before);
        // An override that is not ended on its line is taken for a stray character.
        let end = behind.find(['\u{202c}', '\n']).filter(|&end| behind[end..].starts_with(END_OF_DIRECTION));
        let end = end.unwrap_or(0);
        seen.extend(behind[..end].chars().rev());
        rest = &behind[end..];
    }
    seen.push_str(rest);
    Some(seen)
}

/// How a character is displayed.
enum Seen {
    Itself,
    Nothing,
    /// Not displayed by itself; changes the shape of a neighbour.
    Joiner,
    Like(char),
    /// As its compatibility decomposition.
    Compatible,
}

fn classify(character: char) -> Seen {
    match character {
        // Zero-width joiners, variation selectors, Mongolian vowel separator and selectors.
        '\u{200c}' | '\u{200d}' | '\u{180b}'..='\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => {
            Seen::Joiner
        }
        // Control characters (LibreOffice leaves those of form fields in HTML), soft hyphen, grapheme joiner, Hangul fillers, zero-width
        // spaces, direction marks, invisible operators, tags.
        '\0'..='\u{8}'
        | '\u{e}'..='\u{1f}'
        | '\u{7f}'
        | '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{200b}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{e0000}'..='\u{e007f}' => Seen::Nothing,
        // Numbers in brackets and with a full stop, radicals, compatibility ideographs, mathematical digits.
        '\u{2e80}'..='\u{2fdf}' => radical(character),
        '\u{2474}'..='\u{249b}'
        | '\u{3220}'..='\u{3229}'
        | '\u{f900}'..='\u{faff}'
        | '\u{1d7ce}'..='\u{1d7ff}'
        | '\u{2f800}'..='\u{2fa1f}' => Seen::Compatible,
        _ => Seen::Itself,
    }
}

fn radical(character: char) -> Seen {
    if let Some(found) = SIMPLIFIED_RADICALS.iter().find(|pair| pair.0 == character) {
        return Seen::Like(found.1);
    }
    if character >= '\u{2f00}' {
        return Seen::Compatible;
    }
    let mut characters = RADICALS.chars();
    while let (Some(radical), Some(ideograph)) = (characters.next(), characters.next()) {
        if radical == character {
            return Seen::Like(ideograph);
        }
    }
    Seen::Itself
}

/// Whether a following joiner may change the shape of a character: emoji, and scripts with joining letters.
fn is_shaped(character: char) -> bool {
    let ideograph = matches!(character, '\u{2e80}'..='\u{a4cf}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{ffef}');
    !(character.is_ascii() || ideograph || matches!(character, '\u{2000}'..='\u{206f}'))
}

/// Whether UTF-8 bytes may contain a character that [`classify`] changes: a branch-free prefilter, because every text is checked.
fn may_differ(bytes: &[u8]) -> bool {
    const CHUNK: usize = 256;
    // Fast path for figures, which are most cells.
    if bytes.is_ascii() {
        return bytes.iter().fold(0, |found, &byte| found | control(byte)) != 0;
    }
    if bytes.last().is_some_and(|&last| control(last) != 0) {
        return true;
    }
    let mut start = 0;
    while start < bytes.len() {
        let chunk = &bytes[start..bytes.len().min(start + CHUNK + 2)];
        let second = chunk.get(1..).unwrap_or_default();
        let third = chunk.get(2..).unwrap_or_default();
        let found =
            chunk.iter().zip(second).zip(third).fold(0, |found, ((&one, &two), &three)| found | odd(one, two, three));
        // A two-byte character at the very end.
        let last = if start + CHUNK >= bytes.len() {
            chunk.iter().zip(second).fold(0, |found, (&one, &two)| found | odd(one, two, 0))
        } else {
            0
        };
        if found | last != 0 {
            return true;
        }
        start += CHUNK;
    }
    false
}

/// Not 0 for a control character that ends no line and is no tab.
#[inline]
fn control(byte: u8) -> u8 {
    u8::from(byte < 9) | u8::from(byte.wrapping_sub(0x0e) < 18) | u8::from(byte == 0x7f)
}

/// Not 0 if a character that begins with these bytes may be changed by [`classify`].
#[inline]
fn odd(one: u8, two: u8, three: u8) -> u8 {
    let within = |byte: u8, from: u8, count: u8| u8::from(byte.wrapping_sub(from) < count);
    let is = |byte: u8, other: u8| u8::from(byte == other);
    // U+200B.. and U+202A.., U+2060.., U+2474.., U+2E80..
    let general = (is(two, 0x80) & (within(three, 0x8b, 5) | within(three, 0xaa, 5)))
        | (is(two, 0x81) & within(three, 0xa0, 16))
        | within(two, 0x91, 2)
        | within(two, 0xba, 6);
    // U+3164, U+3220..
    let cjk = (is(two, 0x85) & is(three, 0xa4)) | is(two, 0x88);
    // U+F900.., U+FE00.., U+FEFF, U+FFA0
    let forms = within(two, 0xa4, 8) | is(two, 0xb8) | is(two, 0xbb) | (is(two, 0xbe) & is(three, 0xa0));
    control(one)
        | (is(one, 0xe2) & general)
        | (is(one, 0xe3) & cjk)
        | (is(one, 0xef) & forms)
        // U+115F.., U+17B4.., U+180B..; those of four bytes; U+00AD; U+034F; U+061C.
        | is(one, 0xe1)
        | within(one, 0xf0, 4)
        | (is(one, 0xc2) & is(two, 0xad))
        | (is(one, 0xcd) & is(two, 0x8f))
        | (is(one, 0xd8) & is(two, 0x9c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_nothing_is_left_out_everywhere() {
        let invisible = [
            '\u{1}', '\u{8}', '\u{e}', '\u{1f}', '\u{7f}', '\u{ad}', '\u{34f}', '\u{115f}', '\u{3164}', '\u{180e}',
            '\u{fe0f}', '\u{feff}', '\u{ffa0}',
        ];
        let ranges = ['\u{200b}'..='\u{200f}', '\u{202a}'..='\u{202e}', '\u{2060}'..='\u{2064}'];
        for character in invisible.into_iter().chain(ranges.into_iter().flatten()) {
            for (written, shown) in [
                (format!("{character}188"), "188"),
                (format!("1{character}88"), "188"),
                (format!("188{character}"), "188"),
                (format!("{character}"), ""),
                (format!("行政{character}许可{character}"), "行政许可"),
            ] {
                assert_eq!(visible(&written).as_deref(), Some(shown), "{:x}", character as u32);
            }
        }
    }

    #[test]
    fn look_alikes_become_the_same_character() {
        for (written, shown) in [
            ("⾏政处罚", "行政处罚"),
            ("⺠政局", "民政局"),
            ("⻓⼾⿈", "长户黄"),
            ("㈦总计", "（七）总计"),
            ("⑶其他", "(3)其他"),
            ("⒊其他", "3.其他"),
            ("\u{f97e}", "量"),
            ("𝟏𝟐", "12"),
        ] {
            assert_eq!(visible(written).as_deref(), Some(shown), "{written}");
        }
        // These look different, or shape what they stand behind.
        for same in [
            "①总计",
            "１２",
            "“—”…，（：",
            "㎡",
            "a\tb\nc\rd\u{b}e\u{c}",
            "☎\u{fe0f}",
            "👨\u{200d}👩",
            "ᠮᠣᠩᠭᠣᠯ\u{180e}ᠠ",
            "",
            "é",
            "😀",
        ] {
            assert_eq!(visible(same), None, "{same}");
        }
    }

    #[test]
    fn every_radical_occurs_once_and_in_a_pair() {
        let characters: Vec<char> = RADICALS.chars().collect();
        assert_eq!(characters.len() % 2, 0);
        assert!(characters.chunks(2).all(|pair| ('\u{2e80}'..='\u{2ef3}').contains(&pair[0]) && pair[1] > '\u{3000}'));
        assert!(characters.chunks(2).zip(characters.chunks(2).skip(1)).all(|(one, next)| one[0] < next[0]));
    }

    #[test]
    fn the_pass_without_branches_misses_no_character() {
        for character in '\0'..=char::MAX {
            let changes = !matches!(classify(character), Seen::Itself);
            for (before, after) in [("", ""), ("规章", "件"), ("规章", "")] {
                let text = format!("{before}{character}{after}");
                assert!(!changes || may_differ(text.as_bytes()), "{:x}", character as u32);
            }
        }
        let ordinary = "“一、总体情况”——2024年，我局……（行政许可9017件）：《条例》；“予以公开”！？、。０";
        assert!(!may_differ(ordinary.as_bytes()));
        let late = format!("{}\u{200b}", "规章".repeat(300));
        assert!(visible(&late).is_some());
    }
}
