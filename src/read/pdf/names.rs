//! Characters of glyph names, if unambiguous: the part of the Adobe Glyph List that reports need.

/// Text of the glyphs of a font program.
#[derive(Debug, Default)]
pub(super) struct Program {
    /// Text of each one-byte code.
    pub(super) codes: Vec<Option<String>>,
    /// Text of each glyph, by glyph index.
    pub(super) glyphs: Vec<Option<String>>,
}

/// Glyph names with their characters.
const NAMES: &[(&str, &str)] = &[
    ("space", " "),
    ("exclam", "!"),
    ("quotedbl", "\""),
    ("numbersign", "#"),
    ("dollar", "$"),
    ("percent", "%"),
    ("ampersand", "&"),
    ("quotesingle", "'"),
    ("parenleft", "("),
    ("parenright", ")"),
    ("asterisk", "*"),
    ("plus", "+"),
    ("comma", ","),
    ("hyphen", "-"),
    ("period", "."),
    ("slash", "/"),
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("colon", ":"),
    ("semicolon", ";"),
    ("less", "<"),
    ("equal", "="),
    ("greater", ">"),
    ("question", "?"),
    ("at", "@"),
    ("bracketleft", "["),
    ("backslash", "\\"),
    ("bracketright", "]"),
    ("asciicircum", "^"),
    ("underscore", "_"),
    ("grave", "`"),
    ("braceleft", "{"),
    ("bar", "|"),
    ("braceright", "}"),
    ("asciitilde", "~"),
    ("minus", "−"),
    ("endash", "–"),
    ("emdash", "—"),
    ("quoteleft", "‘"),
    ("quoteright", "’"),
    ("quotedblleft", "“"),
    ("quotedblright", "”"),
    ("bullet", "•"),
    ("periodcentered", "·"),
    ("ellipsis", "…"),
    ("degree", "°"),
    ("multiply", "×"),
    ("section", "§"),
    ("onesuperior", "¹"),
    ("twosuperior", "²"),
    ("threesuperior", "³"),
    ("plusminus", "±"),
    ("divide", "÷"),
    ("yen", "¥"),
    ("paragraph", "¶"),
    ("dagger", "†"),
    ("daggerdbl", "‡"),
    ("copyright", "©"),
    ("registered", "®"),
    ("trademark", "™"),
    ("mu", "µ"),
    ("ff", "ff"),
    ("ffi", "ffi"),
    ("ffl", "ffl"),
    ("fi", "fi"),
    ("fl", "fl"),
];

/// The text of a glyph name; `None` if the name does not identify a character.
pub(super) fn text(name: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(name).ok()?;
    let base = name.split('.').next().filter(|base| !base.is_empty())?;
    if base.len() == 1 {
        return base.chars().all(|c| c.is_ascii_alphabetic()).then(|| base.to_owned());
    }
    if let Some((_, text)) = NAMES.iter().find(|(known, _)| *known == base) {
        return Some((*text).to_owned());
    }
    let digits = base.strip_prefix("uni").filter(|digits| digits.len() == 4);
    let digits = digits.or_else(|| base.strip_prefix('u').filter(|digits| (4..=6).contains(&digits.len())))?;
    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    char::from_u32(u32::from_str_radix(digits, 16).ok()?).map(String::from)
}
