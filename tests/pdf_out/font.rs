//! A font built here: every character is a box, Latin ones half as wide as the others. Tests need no font of the system.

/// Number of glyphs: one for every character of the Basic Multilingual Plane.
const GLYPHS: u32 = 0xFFFE;

/// First character that is full width.
const WIDE: u32 = 0x80;

/// A TrueType font.
pub(crate) fn font(family: &str, weight: u16) -> Vec<u8> {
    let names = name(family);
    let tables: [(&[u8; 4], Vec<u8>); 10] = [
        (b"OS/2", os2(weight)),
        (b"cmap", cmap()),
        (b"glyf", glyf()),
        (b"head", head()),
        (b"hhea", hhea()),
        (b"hmtx", hmtx()),
        (b"loca", loca()),
        (b"maxp", maxp()),
        (b"name", names),
        (b"post", post()),
    ];
    let mut font = vec![0, 1, 0, 0];
    shorts(&mut font, &[tables.len() as u16, 128, 3, 32]);
    let mut at = 12 + 16 * tables.len();
    for (tag, table) in &tables {
        font.extend_from_slice(*tag);
        longs(&mut font, &[0, at as u32, table.len() as u32]);
        at += table.len().next_multiple_of(4);
    }
    for (_, table) in &tables {
        font.extend_from_slice(table);
        font.resize(font.len().next_multiple_of(4), 0);
    }
    font
}

fn shorts(to: &mut Vec<u8>, numbers: &[u16]) {
    for number in numbers {
        to.extend_from_slice(&number.to_be_bytes());
    }
}

fn longs(to: &mut Vec<u8>, numbers: &[u32]) {
    for number in numbers {
        to.extend_from_slice(&number.to_be_bytes());
    }
}

fn head() -> Vec<u8> {
    let mut table = Vec::new();
    longs(&mut table, &[0x0001_0000, 0x0001_0000, 0, 0x5F0F_3CF5]);
    shorts(&mut table, &[0, 1000]);
    longs(&mut table, &[0, 0, 0, 0]);
    // Bounds, style, smallest size, direction, long offsets.
    shorts(&mut table, &[100, 0, 900, 800, 0, 6, 2, 1, 0]);
    table
}

fn hhea() -> Vec<u8> {
    let mut table = Vec::new();
    longs(&mut table, &[0x0001_0000]);
    shorts(&mut table, &[880, 65416, 0, 1000, 0, 0, 900, 1, 0, 0, 0, 0, 0, 0, 0, WIDE as u16 + 1]);
    table
}

fn maxp() -> Vec<u8> {
    let mut table = Vec::new();
    longs(&mut table, &[0x0001_0000]);
    shorts(&mut table, &[GLYPHS as u16, 4, 1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0]);
    table
}

fn hmtx() -> Vec<u8> {
    let mut table = Vec::new();
    for glyph in 0..GLYPHS {
        match glyph {
            ..WIDE => shorts(&mut table, &[500, 100]),
            WIDE => shorts(&mut table, &[1000, 100]),
            _ => shorts(&mut table, &[100]),
        }
    }
    table
}

/// A box.
fn glyf() -> Vec<u8> {
    let mut table = Vec::new();
    shorts(&mut table, &[1, 100, 0, 400, 800, 3, 0]);
    table.extend([1, 1, 1, 1]);
    // Steps in x, then in y.
    shorts(&mut table, &[100, 300, 0, 65236, 0, 0, 800, 0]);
    table
}

/// Locations of the glyphs.
fn loca() -> Vec<u8> {
    let mut table = Vec::new();
    // Offsets must not decrease, so the last glyph has the box and all others are blank.
    longs(&mut table, &vec![0; GLYPHS as usize]);
    longs(&mut table, &[glyf().len() as u32]);
    table
}

/// Each character is mapped to the glyph of the same number (format 12).
fn cmap() -> Vec<u8> {
    let mut table = Vec::new();
    shorts(&mut table, &[0, 1, 3, 10]);
    longs(&mut table, &[12]);
    shorts(&mut table, &[12, 0]);
    longs(&mut table, &[28, 0, 1, 0x20, GLYPHS - 1, 0x20]);
    table
}

fn os2(weight: u16) -> Vec<u8> {
    let mut table = Vec::new();
    shorts(&mut table, &[0, 1000, weight, 5, 0]);
    table.resize(68, 0);
    shorts(&mut table, &[880, 65416, 0, 880, 120]);
    table
}

fn name(family: &str) -> Vec<u8> {
    let text: Vec<u8> = family.encode_utf16().flat_map(u16::to_be_bytes).collect();
    let mut table = Vec::new();
    shorts(&mut table, &[0, 3, 6 + 12 * 3]);
    for id in [1, 4, 6] {
        shorts(&mut table, &[3, 1, 0x0804, id, text.len() as u16, 0]);
    }
    table.extend(text);
    table
}

fn post() -> Vec<u8> {
    let mut table = Vec::new();
    longs(&mut table, &[0x0003_0000, 0, 0, 0, 0, 0, 0, 0]);
    table
}
