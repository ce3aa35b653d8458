//! Reads the faces of a font file (names, weight, embedding permission) from its tables without loading the rest.

use std::io::{self, Read, Seek, SeekFrom};

/// Maximum number of faces of a collection, of tables of a face, and of bytes of a name table.
const MOST_FACES: u32 = 64;
const MOST_TABLES: u16 = 128;
const MOST_NAMES: u64 = 1 << 20;

/// A face of a font file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Face {
    /// Index in a collection.
    pub index: u32,
    /// Its family, full and PostScript names in every language, normalised by [`plain`].
    pub names: Vec<String>,
    /// Weight: 400 is regular, 700 bold.
    pub weight: u16,
    /// Whether the weight is variable.
    pub variable: bool,
    /// Whether the font has outlines and may be embedded.
    pub embeddable: bool,
}

/// A normalised name: lower case, without blanks, hyphens and underscores.
pub fn plain(name: &str) -> String {
    name.chars().filter(|c| !matches!(c, ' ' | '-' | '_' | '\0')).flat_map(char::to_lowercase).collect()
}

/// The faces of a font file (TrueType, OpenType or a collection).
///
/// # Errors
/// If the file cannot be read or is not such a font.
pub fn faces(file: &mut (impl Read + Seek)) -> io::Result<Vec<Face>> {
    let mut head = [0; 12];
    file.read_exact(&mut head)?;
    if &head[..4] != b"ttcf" {
        return Ok(vec![face(file, 0, 0)?]);
    }
    let count = long(&head, 8).min(MOST_FACES);
    let mut offsets = vec![0; 4 * count as usize];
    file.read_exact(&mut offsets)?;
    (0..count).map(|index| face(file, long(&offsets, 4 * index as usize), index)).collect()
}

fn face(file: &mut (impl Read + Seek), offset: u32, index: u32) -> io::Result<Face> {
    file.seek(SeekFrom::Start(offset.into()))?;
    let mut head = [0; 12];
    file.read_exact(&mut head)?;
    if !matches!(&head[..4], [0, 1, 0, 0] | b"OTTO" | b"true") {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut directory = vec![0; 16 * usize::from(short(&head, 4).min(MOST_TABLES))];
    file.read_exact(&mut directory)?;
    let entry = |tag: &[u8; 4]| directory.chunks_exact(16).find(|entry| entry.starts_with(tag));
    let mut table = |tag: &[u8; 4]| -> io::Result<Vec<u8>> {
        let Some(entry) = entry(tag) else { return Ok(Vec::new()) };
        file.seek(SeekFrom::Start(long(entry, 8).into()))?;
        let mut bytes = Vec::new();
        file.by_ref().take(u64::from(long(entry, 12)).min(MOST_NAMES)).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let (names, os2) = (names(&table(b"name")?), table(b"OS/2")?);
    let outlines = [b"glyf", b"CFF ", b"CFF2"].into_iter().any(|tag| entry(tag).is_some());
    // Only "restricted" forbids embedding; the higher bits are further conditions.
    let restricted = short(&os2, 8) & 0xF == 2;
    Ok(Face {
        index,
        names,
        weight: if os2.is_empty() { 400 } else { short(&os2, 4) },
        variable: entry(b"fvar").is_some(),
        embeddable: outlines && !restricted,
    })
}

/// The family, full and PostScript names of a `name` table.
fn names(table: &[u8]) -> Vec<String> {
    const WANTED: &[u16] = &[1, 4, 6, 16];
    let (count, texts) = (usize::from(short(table, 2)), usize::from(short(table, 4)));
    let records = table.get(6..).unwrap_or_default().chunks_exact(12).take(count);
    let mut names: Vec<String> = records
        .filter(|record| WANTED.contains(&short(record, 6)))
        .filter_map(|record| {
            let start = texts + usize::from(short(record, 10));
            let bytes = table.get(start..start + usize::from(short(record, 8)))?;
            let text = match (short(record, 0), short(record, 2)) {
                // Macintosh platform: simplified Chinese, or ASCII in all other encodings.
                (1, 25) => encoding_rs::GBK.decode_without_bom_handling(bytes).0,
                (1, _) => String::from_utf8_lossy(bytes),
                _ => encoding_rs::UTF_16BE.decode_without_bom_handling(bytes).0,
            };
            Some(plain(&text))
        })
        .filter(|name| !name.is_empty())
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn short(bytes: &[u8], at: usize) -> u16 {
    bytes.get(at..at + 2).map_or(0, |bytes| u16::from_be_bytes([bytes[0], bytes[1]]))
}

fn long(bytes: &[u8], at: usize) -> u32 {
    u32::from(short(bytes, at)) << 16 | u32::from(short(bytes, at + 2))
}
