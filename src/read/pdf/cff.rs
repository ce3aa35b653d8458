//! Compact Font Format (Adobe Technical Note 5176): names of glyphs, and their codes.

use super::names::{self, Program};

/// The first standard strings (appendix A), those of text fonts. The rest belong to expert sets and identify no character for certain.
const STRINGS: &str = ".notdef space exclam quotedbl numbersign dollar percent ampersand quoteright parenleft parenright asterisk plus \
    comma hyphen period slash zero one two three four five six seven eight nine colon semicolon less equal greater question at A B C D E F G \
    H I J K L M N O P Q R S T U V W X Y Z bracketleft backslash bracketright asciicircum underscore quoteleft a b c d e f g h i j k l m n o p \
    q r s t u v w x y z braceleft bar braceright asciitilde exclamdown cent sterling fraction yen florin section currency quotesingle \
    quotedblleft guillemotleft guilsinglleft guilsinglright fi fl endash dagger daggerdbl periodcentered paragraph bullet quotesinglbase \
    quotedblbase quotedblright guillemotright ellipsis perthousand questiondown grave acute circumflex tilde macron breve dotaccent dieresis \
    ring cedilla hungarumlaut ogonek caron emdash AE ordfeminine Lslash Oslash OE ordmasculine ae dotlessi lslash oslash oe germandbls \
    onesuperior logicalnot mu trademark Eth onehalf plusminus Thorn onequarter divide brokenbar degree thorn threequarters twosuperior \
    registered minus eth multiply threesuperior copyright";

/// Number of standard strings.
const STANDARD: usize = 391;

/// Maximum length of a real number in a dictionary, in bytes.
const LONGEST_FRACTION: usize = 16;

/// Standard encoding above ASCII (appendix B): first and last code, and string of the first code.
const UPPER: [(u8, u8, usize); 13] = [
    (161, 175, 96),
    (177, 180, 111),
    (182, 189, 115),
    (191, 191, 123),
    (193, 200, 124),
    (202, 203, 132),
    (205, 208, 134),
    (225, 225, 138),
    (227, 227, 139),
    (232, 235, 140),
    (241, 241, 144),
    (245, 245, 145),
    (248, 251, 146),
];

/// Number of the standard string of a code in the standard encoding.
fn standard_string(code: u8) -> Option<usize> {
    if let 32..=126 = code {
        return Some(usize::from(code) - 31);
    }
    let (first, _, string) = UPPER.iter().find(|(first, last, _)| (*first..=*last).contains(&code))?;
    Some(string + usize::from(code - first))
}

/// Glyph name of a code in the standard encoding.
pub(super) fn standard(code: u8) -> Option<&'static str> {
    STRINGS.split_ascii_whitespace().nth(standard_string(code)?)
}

/// Parses a font program; `None` if it is malformed or CID-keyed, so that its glyphs have no names.
pub(super) fn read(bytes: &[u8]) -> Option<Program> {
    let (_, after) = index(bytes, usize::from(*bytes.get(2)?))?;
    let (tops, after) = index(bytes, after)?;
    let (strings, _) = index(bytes, after)?;
    let top = dict(tops.first()?);
    let value = |operator: u16| top.iter().find(|entry| entry.0 == operator).map(|entry| entry.1);
    // ROS (12 30): a CID-keyed font.
    if value(0x0C1E).is_some() {
        return None;
    }
    let (glyphs, _) = index(bytes, value(17)?)?;
    let charset = charset(bytes, value(15).unwrap_or(0), glyphs.len())?;
    let known: Vec<&str> = STRINGS.split_ascii_whitespace().collect();
    let name = |string: usize| match string.checked_sub(STANDARD) {
        Some(own) => strings.get(own).copied(),
        None => known.get(string).map(|name| name.as_bytes()),
    };
    let texts: Vec<Option<String>> = charset.iter().map(|&string| name(string).and_then(names::text)).collect();
    let codes = match value(16).unwrap_or(0) {
        0 => {
            let mut glyphs = [None; STANDARD];
            for (glyph, &string) in charset.iter().enumerate().rev() {
                if let Some(first) = glyphs.get_mut(string) {
                    *first = Some(glyph);
                }
            }
            let text = |code: u8| texts.get(glyphs[standard_string(code)?]?).cloned().flatten();
            (0..=255).map(text).collect()
        }
        1 => Vec::new(),
        at => encoding(bytes, at, &texts, |string| name(string).and_then(names::text))?,
    };
    Some(Program { codes, glyphs: texts })
}

/// The items of an INDEX, and the offset after it.
fn index(bytes: &[u8], at: usize) -> Option<(Vec<&[u8]>, usize)> {
    let count = usize::from(word(bytes, at)?);
    if count == 0 {
        return Some((Vec::new(), at + 2));
    }
    let size = usize::from(*bytes.get(at + 2)?);
    let offsets = bytes.get(at + 3..at + 3 + (count + 1) * size)?;
    if !(1..=4).contains(&size) {
        return None;
    }
    let base = at + 2 + (count + 1) * size;
    let offsets: Vec<usize> = offsets.chunks_exact(size).map(big_endian).collect();
    let piece = |pair: &[usize]| bytes.get(base.checked_add(pair[0])?..base.checked_add(pair[1])?);
    let pieces = offsets.windows(2).map(piece).collect::<Option<Vec<_>>>()?;
    Some((pieces, base.checked_add(*offsets.last()?)?))
}

fn big_endian(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |number, byte| number << 8 | usize::from(*byte))
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at.checked_add(1)?)?]))
}

/// The operators of a DICT, each with its last operand; 0 for a real operand.
fn dict(bytes: &[u8]) -> Vec<(u16, usize)> {
    let (mut entries, mut operand, mut rest) = (Vec::new(), 0_i64, bytes);
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        let mut take = |count: usize| {
            let (taken, left) = rest.split_at(count.min(rest.len()));
            rest = left;
            i64::try_from(big_endian(taken)).unwrap_or(0)
        };
        match first {
            12 => {
                let second = u16::try_from(take(1)).unwrap_or(0);
                entries.push((0x0C00 | second, usize::try_from(operand).unwrap_or(0)));
            }
            0..=21 => entries.push((u16::from(first), usize::try_from(operand).unwrap_or(0))),
            28 => operand = take(2),
            29 => operand = take(4),
            30 => {
                // A real number ends with a nibble of ones.
                let _ = (0..LONGEST_FRACTION).find(|_| take(1) & 0xF == 0xF);
                operand = 0;
            }
            32..=246 => operand = i64::from(first) - 139,
            247..=250 => operand = (i64::from(first) - 247) * 256 + take(1) + 108,
            // A negative operand is not a valid offset.
            251..=254 => operand = -take(1),
            _ => {}
        }
    }
    entries
}

/// The string number of each glyph.
fn charset(bytes: &[u8], at: usize, glyphs: usize) -> Option<Vec<usize>> {
    if at < 3 {
        // Charset 0 is ISOAdobe; the others are expert sets.
        return (at == 0).then(|| (0..glyphs).collect());
    }
    let mut strings = vec![0];
    let format = *bytes.get(at)?;
    let mut at = at + 1;
    while strings.len() < glyphs {
        let first = usize::from(word(bytes, at)?);
        let (more, step) = match format {
            0 => (0, 2),
            1 => (usize::from(*bytes.get(at + 2)?), 3),
            2 => (usize::from(word(bytes, at + 2)?), 4),
            _ => return None,
        };
        strings.extend(first..=first + more);
        at += step;
    }
    strings.truncate(glyphs);
    Some(strings)
}

/// The text of each code by the program's own encoding.
fn encoding(
    bytes: &[u8],
    at: usize,
    glyphs: &[Option<String>],
    text: impl Fn(usize) -> Option<String>,
) -> Option<Vec<Option<String>>> {
    let mut codes = vec![None; 256];
    let format = *bytes.get(at)?;
    let count = usize::from(*bytes.get(at + 1)?);
    let mut end = at + 2;
    let mut glyph = 1;
    for _ in 0..count {
        let first = usize::from(*bytes.get(end)?);
        let (more, step) = if matches!(format, 0 | 0x80) { (0, 1) } else { (usize::from(*bytes.get(end + 1)?), 2) };
        for code in first..=first + more {
            if let (Some(to), Some(from)) = (codes.get_mut(code), glyphs.get(glyph)) {
                to.clone_from(from);
            }
            glyph += 1;
        }
        end += step;
    }
    if format & 0x80 != 0 {
        for entry in 0..usize::from(*bytes.get(end)?) {
            let at = end + 1 + entry * 3;
            codes[usize::from(*bytes.get(at)?)] = text(usize::from(word(bytes, at + 1)?));
        }
    }
    Some(codes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(pieces: &[&[u8]]) -> Vec<u8> {
        let mut bytes = u16::try_from(pieces.len()).unwrap().to_be_bytes().to_vec();
        if !pieces.is_empty() {
            bytes.push(1);
            let mut at = 1;
            bytes.push(at);
            for piece in pieces {
                at += u8::try_from(piece.len()).unwrap();
                bytes.push(at);
            }
        }
        for piece in pieces {
            bytes.extend(*piece);
        }
        bytes
    }

    /// A font program with glyphs of the given strings, an encoding, and custom strings.
    fn program(strings: &[u16], encoding: &[u8], own: &[&[u8]]) -> Vec<u8> {
        let wide = |number: usize| [&[29][..], &u32::try_from(number).unwrap().to_be_bytes()].concat();
        let glyphs = pieces(&vec![&b"\x0e"[..]; strings.len() + 1]);
        let charset = [&[0][..], &strings.iter().flat_map(|string| string.to_be_bytes()).collect::<Vec<_>>()].concat();
        let head = [&[1, 0, 4, 1][..], &pieces(&[b"A+B"])].concat();
        let length = head.len() + pieces(&[&[0; 18]]).len();
        let after = length + pieces(own).len() + pieces(&[]).len();
        let places = [after, after + charset.len(), after + charset.len() + encoding.len()];
        let top: Vec<u8> =
            places.iter().zip([15, 16, 17]).flat_map(|(at, name)| [wide(*at), vec![name]].concat()).collect();
        [head, pieces(&[&top]), pieces(own), pieces(&[]), charset, encoding.to_vec(), glyphs].concat()
    }

    fn shown(bytes: &[u8]) -> Option<String> {
        Some(read(bytes)?.codes.iter().map(|text| text.as_deref().unwrap_or("")).collect())
    }

    #[test]
    fn glyphs_have_names_and_codes() {
        // The standard name seven, a custom name, a name without meaning; codes 1, 2, 3.
        let whole = program(&[24, 391, 392], &[0, 3, 1, 2, 3], &[b"uni4EF6", b"G17"]);
        assert_eq!(shown(&whole).as_deref(), Some("7件"));
        assert_eq!(read(&whole).unwrap().glyphs, [None, Some("7".into()), Some("件".into()), None]);
        // Ranges and a supplement.
        let ranges = program(&[17, 18, 19], &[0x81, 1, 49, 2, 1, 200, 0, 18], &[]);
        assert_eq!(shown(&ranges).as_deref(), Some("0121"));
        for end in 0..whole.len() {
            assert_eq!(read(&whole[..end]).map(|program| program.codes.len()), None, "{end}");
        }
        assert!(read(&[1, 0, 4, 1]).is_none() && read(&[]).is_none());
    }

    #[test]
    fn the_standard_encoding() {
        let names = [32, 39, 48, 57, 65, 126, 174, 208, 251].map(|code| standard(code).unwrap_or_default());
        assert_eq!(names, ["space", "quoteright", "zero", "nine", "A", "asciitilde", "fi", "emdash", "germandbls"]);
        assert_eq!((standard(0), standard(160), standard(255)), (None, None, None));
    }
}
