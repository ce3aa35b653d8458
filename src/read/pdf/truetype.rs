//! TrueType programs: glyph names by the `post` table, and their codes by the `cmap` table (OpenType 1.9).

use super::names::{self, Program};

/// ASCII part of the standard glyph order: first index, and its character.
const ASCII: (usize, u32) = (3, 32);

/// Maximum number of maps in `cmap`, and of segments of one map; symbolic fonts have few.
const MOST_MAPS: usize = 64;
const MOST_SEGMENTS: usize = 1_024;

/// Number of names in the standard glyph order.
const STANDARD: usize = 258;

/// Parses a program; `None` if it has no glyph names.
pub(super) fn read(bytes: &[u8]) -> Option<Program> {
    let glyphs = names(table(bytes, *b"post")?)?;
    let cmap = table(bytes, *b"cmap").unwrap_or_default();
    let text = |code: u16| glyphs.get(usize::from(glyph(cmap, code)?)).cloned().flatten();
    let codes = (0..=255).map(text).collect();
    Some(Program { codes, glyphs })
}

/// The table with a tag.
pub(super) fn table(bytes: &[u8], tag: [u8; 4]) -> Option<&[u8]> {
    let count = usize::from(word(bytes, 4)?);
    let entry = bytes.get(12..)?.chunks_exact(16).take(count).find(|entry| entry[..4] == tag)?;
    let (start, length) = (u32_at(entry, 8)?, u32_at(entry, 12)?);
    bytes.get(start..start.checked_add(length)?)
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at.checked_add(1)?)?]))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    Some(usize::from(word(bytes, at)?) << 16 | usize::from(word(bytes, at.checked_add(2)?)?))
}

/// The text of each glyph by its name in `post`, format 2.
fn names(post: &[u8]) -> Option<Vec<Option<String>>> {
    if u32_at(post, 0)? != 0x0002_0000 {
        return None;
    }
    let count = usize::from(word(post, 32)?);
    let mut own = Vec::new();
    let mut rest = post.get(34 + count * 2..)?;
    while let Some((&length, after)) = rest.split_first() {
        let Some(name) = after.get(..usize::from(length)) else { break };
        own.push(name);
        rest = &after[usize::from(length)..];
    }
    let text = |number: usize| {
        if let Some(number) = number.checked_sub(STANDARD) {
            return own.get(number).and_then(|name| names::text(name));
        }
        let sign = char::from_u32(ASCII.1 + u32::try_from(number.checked_sub(ASCII.0)?).ok()?)?;
        (sign.is_ascii() && sign != '\u{7f}').then(|| sign.to_string())
    };
    Some((0..count).map(|glyph| text(usize::from(word(post, 34 + glyph * 2)?))).collect())
}

/// The glyph of a code in a symbolic font: by map (3, 0), or by map (1, 0) if there is none (9.6.6.4).
fn glyph(cmap: &[u8], code: u16) -> Option<u16> {
    let count = usize::from(word(cmap, 2)?).min(MOST_MAPS);
    let map = |platform: u16, encoding: u16| {
        let entry = cmap.get(4..)?.chunks_exact(8).take(count);
        let mut entry = entry.filter(|entry| (word(entry, 0), word(entry, 2)) == (Some(platform), Some(encoding)));
        cmap.get(u32_at(entry.next()?, 4)?..)
    };
    let found = match map(3, 0) {
        Some(map) => [0, 0xF000].into_iter().find_map(|base| lookup(map, base + code)),
        None => lookup(map(1, 0)?, code),
    };
    found.filter(|glyph| *glyph != 0)
}

/// The glyph of a code in one map, formats 0, 4 and 6.
fn lookup(map: &[u8], code: u16) -> Option<u16> {
    let glyph = match word(map, 0)? {
        0 => u16::from(*map.get(6 + usize::from(code))?),
        4 => segments(map, code)?,
        6 => word(map, 10 + usize::from(code.checked_sub(word(map, 6)?).filter(|at| Some(*at) < word(map, 8))?) * 2)?,
        _ => return None,
    };
    Some(glyph).filter(|glyph| *glyph != 0)
}

/// The glyph of a code in a map of format 4.
fn segments(map: &[u8], code: u16) -> Option<u16> {
    let doubled = usize::from(word(map, 6)?);
    let at =
        (0..doubled).step_by(2).take(MOST_SEGMENTS).find(|at| word(map, 14 + at).is_some_and(|end| end >= code))?;
    let (start, delta) = (word(map, 16 + doubled + at)?, word(map, 16 + doubled * 2 + at)?);
    let place = 16 + doubled * 3 + at;
    let offset = usize::from(word(map, place)?);
    let by = code.checked_sub(start)?;
    if offset == 0 {
        return Some(code.wrapping_add(delta));
    }
    let glyph = word(map, place + offset + usize::from(by) * 2)?;
    Some(if glyph == 0 { 0 } else { glyph.wrapping_add(delta) })
}

#[cfg(test)]
pub(super) use tests::named;

#[cfg(test)]
mod tests {
    use super::*;

    /// A program with named glyphs and an empty `cmap`.
    pub(in crate::read::pdf) fn named(numbers: &[u16], own: &[&str]) -> Vec<u8> {
        program(&post(numbers, own), &[])
    }

    /// A program with the tables `post` and `cmap`.
    fn program(post: &[u8], cmap: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0, 1, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0];
        let mut at = 12 + 32;
        for (tag, table) in [(b"cmap", cmap), (b"post", post)] {
            bytes.extend(tag);
            bytes.extend([0; 4]);
            bytes.extend(u32::try_from(at).unwrap().to_be_bytes());
            bytes.extend(u32::try_from(table.len()).unwrap().to_be_bytes());
            at += table.len();
        }
        [&bytes, cmap, post].concat()
    }

    fn post(numbers: &[u16], own: &[&str]) -> Vec<u8> {
        let mut post = vec![0, 2, 0, 0];
        post.resize(32, 0);
        post.extend(u16::try_from(numbers.len()).unwrap().to_be_bytes());
        post.extend(numbers.iter().flat_map(|number| number.to_be_bytes()));
        for name in own {
            post.push(u8::try_from(name.len()).unwrap());
            post.extend(name.as_bytes());
        }
        post
    }

    fn words(words: &[u16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    fn shown(bytes: &[u8]) -> Option<String> {
        Some(read(bytes)?.codes.iter().map(|text| text.as_deref().unwrap_or("")).collect())
    }

    #[test]
    fn names_of_glyphs_by_their_codes() {
        // .notdef, the standard name seven, a custom name, a name without meaning.
        let post = post(&[0, 26, 258, 259], &["uni4EF6", "glyph3"]);
        let trimmed = words(&[0, 1, 1, 0, 0, 12, 6, 16, 0, 33, 3, 1, 2, 3]);
        assert_eq!(shown(&program(&post, &trimmed)).as_deref(), Some("7件"));
        // Map for symbolic fonts: one segment from U+F021.
        let segment =
            words(&[0, 1, 3, 0, 0, 12, 4, 32, 0, 4, 0, 0, 0, 0xF023, 0xFFFF, 0, 0xF021, 0xFFFF, 0x0FE0, 1, 0, 0]);
        assert_eq!(shown(&program(&post, &segment)).as_deref(), Some("7件"));
        let whole = program(&post, &segment);
        for end in 0..whole.len() {
            // A truncated name is ignored.
            assert!(shown(&whole[..end]).is_none_or(|text| "7件".starts_with(&text)), "{end}");
        }
    }

    #[test]
    fn a_program_without_glyph_names_has_no_text() {
        let mut unnamed = post(&[0, 26], &[]);
        unnamed[1] = 3;
        assert_eq!(shown(&program(&unnamed, &[])), None);
        assert_eq!(shown(&program(&post(&[0, 26], &[]), &[])).as_deref(), Some(""));
    }
}
