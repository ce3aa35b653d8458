//! Fonts: splits strings into codes, and maps codes to characters and widths as the file defines them. No guessing.

use std::collections::HashMap;
use std::rc::Rc;

use hayro_cmap::{BfString, CMap, CMapName, CidFamily, WritingMode, load_embedded};

use super::cmap::{Map, code};
use super::file::File;
use super::names::{self, Program};
use super::object::{Dict, Object};
use crate::document::{Budget, Resource};
use crate::read::ReadError;

/// Maximum number of widths of one font.
const MOST_WIDTHS: usize = 70_000;

/// Default width of a glyph, in thousandths of the font size.
const USUAL_WIDTH: f64 = 540.0;

/// Width below which an unmapped code for a blank is read as one, in thousandths of the font size: narrower than any digit.
const BLANK_WIDTH: f64 = 400.0;

/// Maximum number of font programs parsed per file.
const MOST_PROGRAMS: usize = 100;

/// Predefined character maps, cached per file.
#[derive(Debug, Default)]
pub(super) struct Maps {
    known: HashMap<Vec<u8>, Option<Rc<CMap>>>,
    /// Number of font programs parsed.
    programs: usize,
}

impl Maps {
    /// A character map predefined by the PDF standard.
    fn named(&mut self, name: &[u8]) -> Option<Rc<CMap>> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let map = match name {
            b"Identity-H" => Some(CMap::identity_h()),
            b"Identity-V" => Some(CMap::identity_v()),
            _ => load_embedded(CMapName::from_bytes(name)).and_then(|bytes| CMap::parse(bytes, load_embedded)),
        };
        let map = map.map(Rc::new);
        self.known.insert(name.to_vec(), map.clone());
        map
    }

    /// The program of a font; `None` if it is missing, has no glyph names, or the limit is reached.
    fn program(&mut self, file: &mut File, font: &Dict, budget: &mut Budget) -> Result<Option<Program>, ReadError> {
        self.programs += 1;
        match file.dict(font, b"FontDescriptor", budget)? {
            Some(descriptor) if self.programs <= MOST_PROGRAMS => Program::read(file, &descriptor, budget),
            _ => Ok(None),
        }
    }
}

/// Mapping of codes to character identifiers (CID).
#[derive(Debug)]
enum Codes {
    Predefined(Rc<CMap>),
    Own(Map, Option<Rc<CMap>>),
}

/// Mapping of CIDs to text, if the font has no `ToUnicode` map.
#[derive(Debug)]
enum Meaning {
    /// By the Unicode map of a character collection.
    Collection(Rc<CMap>),
    /// By the glyph names of the font program; often empty.
    Named(Vec<Option<String>>),
}

#[derive(Debug)]
enum FontKind {
    /// Codes of one byte, each with its text.
    Simple(Vec<Option<String>>),
    /// Codes that map to CIDs, and the text of the CIDs.
    Composite(Codes, Meaning),
}

/// A font.
#[derive(Debug)]
pub(super) struct Font {
    kind: FontKind,
    to_unicode: Option<Map>,
    widths: HashMap<u32, f64>,
    usual_width: f64,
    /// Unit of the widths relative to the font size: 0.001, or that of a Type 3 font's matrix.
    scale: f64,
    /// Whether text runs downwards.
    pub(super) vertical: bool,
}

/// A glyph of a string.
#[derive(Debug)]
pub(super) struct Shown {
    /// Number of bytes of its code.
    pub(super) length: usize,
    pub(super) code: u32,
    /// Width, as a multiple of the font size.
    pub(super) width: f64,
    /// Its text; `None` if the file does not define it.
    pub(super) text: Option<String>,
}

impl Font {
    pub(super) fn read(
        file: &mut File,
        maps: &mut Maps,
        dict: &Dict,
        budget: &mut Budget,
    ) -> Result<Option<Self>, ReadError> {
        budget.spend(Resource::Steps, 100)?;
        let to_unicode = match file.value(dict, b"ToUnicode", budget)? {
            Object::Stream(stream) => Some(Map::read(&file.data(&stream, budget)?.bytes, budget)?),
            _ => None,
        };
        let subtype = file.value(dict, b"Subtype", budget)?;
        if subtype.is_name(b"Type0") {
            return Self::composite(file, maps, dict, to_unicode, budget);
        }
        let names = simple(file, maps, dict, to_unicode.is_none(), budget)?;
        let first = file.value(dict, b"FirstChar", budget)?.index().unwrap_or_default() as u32;
        let widths = file.numbers(dict, b"Widths", budget)?;
        let widths: HashMap<u32, f64> = (first..).zip(widths.into_iter().take(256)).collect();
        let descriptor = file.dict(dict, b"FontDescriptor", budget)?;
        let missing = match descriptor {
            Some(descriptor) => file.value(&descriptor, b"MissingWidth", budget)?.number(),
            None => None,
        };
        let usual_width = missing.unwrap_or(if widths.is_empty() { USUAL_WIDTH } else { 0.0 });
        let mut scale = 0.001;
        if subtype.is_name(b"Type3") {
            scale = file.numbers(dict, b"FontMatrix", budget)?.first().map_or(scale, |first| first.abs());
        }
        Ok(Some(Self { kind: FontKind::Simple(names), to_unicode, widths, usual_width, scale, vertical: false }))
    }

    fn composite(
        file: &mut File,
        maps: &mut Maps,
        dict: &Dict,
        to_unicode: Option<Map>,
        budget: &mut Budget,
    ) -> Result<Option<Self>, ReadError> {
        let descendants = file.value(dict, b"DescendantFonts", budget)?;
        let first = descendants.array().and_then(|fonts| fonts.first().cloned()).unwrap_or(descendants);
        let Some(descendant) = file.dict_of(&first, budget)? else { return Ok(None) };
        let codes = match file.value(dict, b"Encoding", budget)? {
            Object::Name(name) => maps.named(&name).map(Codes::Predefined),
            Object::Stream(stream) => {
                let map = Map::read(&file.data(&stream, budget)?.bytes, budget)?;
                let named = file.value(&stream.dict, b"UseCMap", budget)?;
                let base = named.name().map(<[u8]>::to_vec).or_else(|| map.base.clone());
                let base = base.and_then(|base| maps.named(&base));
                Some(Codes::Own(map, base))
            }
            _ => None,
        };
        let Some(codes) = codes else { return Ok(None) };
        let predefined = match &codes {
            Codes::Predefined(map) | Codes::Own(_, Some(map)) => Some(Rc::clone(map)),
            Codes::Own(_, None) => None,
        };
        let vertical = match &codes {
            Codes::Own(map, _) if map.vertical => true,
            _ => predefined.as_ref().is_some_and(|map| map.metadata().writing_mode == Some(WritingMode::Vertical)),
        };
        let mut family =
            predefined.and_then(|map| map.metadata().character_collection.as_ref().map(|c| c.family.clone()));
        if family.as_ref().is_none_or(|family| *family == CidFamily::AdobeIdentity)
            && let Some(info) = file.dict(&descendant, b"CIDSystemInfo", budget)?
        {
            let registry = file.value(&info, b"Registry", budget)?;
            let ordering = file.value(&info, b"Ordering", budget)?;
            let bytes = |object: &Object| object.string().map(<[u8]>::to_vec).unwrap_or_default();
            family = Some(CidFamily::from_registry_ordering(&bytes(&registry), &bytes(&ordering)));
        }
        let unicode = family.as_ref().and_then(CidFamily::ucs2_cmap).filter(|_| to_unicode.is_none());
        let unicode = unicode.and_then(|name| maps.named(name.to_bytes()));
        let meaning = match unicode {
            Some(map) => Meaning::Collection(map),
            None if to_unicode.is_none() => Meaning::Named(cid_names(file, maps, &descendant, budget)?),
            None => Meaning::Named(Vec::new()),
        };
        let widths = cid_widths(file, &descendant, budget)?;
        let usual_width = file.value(&descendant, b"DW", budget)?.number().unwrap_or(1000.0);
        let kind = FontKind::Composite(codes, meaning);
        Ok(Some(Self { kind, to_unicode, widths, usual_width, scale: 0.001, vertical }))
    }

    /// The first glyph of a non-empty string.
    pub(super) fn next(&self, bytes: &[u8]) -> Shown {
        match &self.kind {
            FontKind::Simple(names) => {
                let code = u32::from(bytes[0]);
                let text = self.to_unicode.as_ref().and_then(|map| map.text(code));
                let text = text.or_else(|| names.get(code as usize).cloned().flatten());
                self.shown(code, 1, code, text)
            }
            FontKind::Composite(codes, meaning) => {
                let Some((code, length, cid)) = codes.next(bytes) else {
                    let length = if bytes.len() > 1 && bytes[0] >= 0x80 { 2 } else { 1 };
                    return Shown { length, code: 0, width: self.usual_width * self.scale, text: None };
                };
                let text = match (&self.to_unicode, meaning) {
                    (Some(map), _) => map.text(code),
                    (None, Meaning::Collection(map)) => map.lookup_bf_string(cid).map(|text| match text {
                        BfString::Char(character) => character.to_string(),
                        BfString::String(text) => text,
                    }),
                    (None, Meaning::Named(names)) => names.get(cid as usize).cloned().flatten(),
                };
                self.shown(code, length, cid, text)
            }
        }
    }

    fn shown(&self, code: u32, length: usize, index: u32, text: Option<String>) -> Shown {
        let width = self.widths.get(&index).copied().unwrap_or(self.usual_width);
        let blank = match self.kind {
            FontKind::Simple(_) => code == 32,
            FontKind::Composite(..) => matches!(index, 1 | 3),
        };
        // Programs that write a `ToUnicode` map omit the blank from it.
        let text = text.or_else(|| (blank && self.to_unicode.is_some() && width < BLANK_WIDTH).then(|| " ".to_owned()));
        Shown { length, code, width: width * self.scale, text }
    }
}

impl Codes {
    /// The first code of a string, its length in bytes, and its CID.
    fn next(&self, bytes: &[u8]) -> Option<(u32, usize, u32)> {
        match self {
            Self::Predefined(map) => predefined(map, bytes),
            Self::Own(own, base) => match own.next_code(bytes) {
                Some((code, length)) => {
                    let of_base = || base.as_ref().and_then(|map| map.lookup_cid_code(code, length as u8));
                    own.cid(code).or_else(of_base).map(|cid| (code, length, cid))
                }
                None => predefined(base.as_ref()?, bytes),
            },
        }
    }
}

fn predefined(map: &CMap, bytes: &[u8]) -> Option<(u32, usize, u32)> {
    (1..=bytes.len().min(4)).find_map(|length| {
        let code = code(&bytes[..length]);
        map.lookup_cid_code(code, length as u8).map(|cid| (code, length, cid))
    })
}

/// The text of each code of a simple font by its encoding; `None` unless the encoding is certain.
fn simple(
    file: &mut File,
    maps: &mut Maps,
    dict: &Dict,
    unmapped: bool,
    budget: &mut Budget,
) -> Result<Vec<Option<String>>, ReadError> {
    /// Bit 3 of the flags: symbolic font.
    const SYMBOLIC: usize = 4;
    let encoding = file.value(dict, b"Encoding", budget)?;
    let encoding_dict = file.dict_of(&encoding, budget)?;
    let base = match &encoding_dict {
        Some(dict) => file.value(dict, b"BaseEncoding", budget)?,
        None => encoding,
    };
    let descriptor = file.dict(dict, b"FontDescriptor", budget)?;
    let (mut embedded, mut symbolic) = (false, false);
    if let Some(descriptor) = &descriptor {
        embedded =
            [&b"FontFile"[..], b"FontFile2", b"FontFile3"].iter().any(|name| *descriptor.raw(name) != Object::Null);
        symbolic = file.value(descriptor, b"Flags", budget)?.index().unwrap_or_default() & SYMBOLIC != 0;
    }
    let type3 = file.value(dict, b"Subtype", budget)?.is_name(b"Type3");
    let name = file.value(dict, b"BaseFont", budget)?;
    let signs = name.name().is_some_and(|name| {
        [&b"Symbol"[..], b"Dingbats", b"ding"].iter().any(|signs| memchr::memmem::find(name, signs).is_some())
    });
    let known =
        base.name().is_some_and(|name| matches!(name, b"WinAnsiEncoding" | b"MacRomanEncoding" | b"StandardEncoding"));
    // Without an encoding, the font program defines the codes, which are arbitrary in a subset.
    let certain = !type3 && !signs && (known && !(embedded && symbolic) || !embedded && !symbolic);
    // The encodings agree on ASCII except for two quotes.
    let text = |code: u8| match code {
        _ if !certain => None,
        32..=126 => Some(char::from(code).to_string()),
        127.. if base.is_name(b"WinAnsiEncoding") => {
            let (text, wrong) = encoding_rs::WINDOWS_1252.decode_without_bom_handling(std::slice::from_ref(&code));
            (!wrong).then(|| text.into_owned())
        }
        127.. if base.is_name(b"MacRomanEncoding") => {
            let (text, wrong) = encoding_rs::MACINTOSH.decode_without_bom_handling(std::slice::from_ref(&code));
            (!wrong).then(|| text.into_owned())
        }
        _ => None,
    };
    let mut texts: Vec<Option<String>> = (0..=255).map(text).collect();
    // Codes that the encoding does not define are read by the glyph names of the program, except in a symbol font.
    if embedded
        && unmapped
        && !(certain || type3 || signs)
        && let Some(program) = maps.program(file, dict, budget)?
    {
        texts.iter_mut().zip(program.codes).for_each(|(text, named)| *text = named);
    }
    let Some(encoding) = encoding_dict else { return Ok(texts) };
    let Some(differences) = file.value(&encoding, b"Differences", budget)?.array() else { return Ok(texts) };
    let mut code = 0;
    for item in differences.iter() {
        budget.spend(Resource::Steps, 1)?;
        match item {
            Object::Number(_) => code = item.index().unwrap_or(256),
            Object::Name(name) => {
                if let Some(text) = texts.get_mut(code) {
                    *text = names::text(name);
                }
                code = code.saturating_add(1);
            }
            _ => {}
        }
    }
    Ok(texts)
}

/// The text of each CID by the glyph names of the font program.
fn cid_names(
    file: &mut File,
    maps: &mut Maps,
    font: &Dict,
    budget: &mut Budget,
) -> Result<Vec<Option<String>>, ReadError> {
    let Some(Program { glyphs, .. }) = maps.program(file, font, budget)? else { return Ok(Vec::new()) };
    let Object::Stream(map) = file.value(font, b"CIDToGIDMap", budget)? else { return Ok(glyphs) };
    let map = file.data(&map, budget)?.bytes;
    budget.spend(Resource::Steps, map.len() as u64 / 2)?;
    let glyph = |pair: &[u8]| glyphs.get(usize::from(u16::from_be_bytes([pair[0], pair[1]]))).cloned().flatten();
    Ok(map.chunks_exact(2).take(MOST_WIDTHS).map(glyph).collect())
}

/// The widths of a composite font (9.7.4.3).
fn cid_widths(file: &mut File, font: &Dict, budget: &mut Budget) -> Result<HashMap<u32, f64>, ReadError> {
    let mut widths = HashMap::new();
    let Some(items) = file.value(font, b"W", budget)?.array() else { return Ok(widths) };
    let mut items = items.iter();
    while let (Some(first), Some(next)) = (items.next(), items.next()) {
        let (first, next) = (file.resolve(first, budget)?, file.resolve(next, budget)?);
        let Some(first) = first.index() else { break };
        if let Some(list) = next.array() {
            budget.spend(Resource::Steps, list.len() as u64)?;
            let numbers = list.iter().map(Object::number);
            widths.extend((first as u32..).zip(numbers).filter_map(|(cid, width)| Some((cid, width?))));
        } else {
            let (Some(last), Some(width)) = (next.index(), items.next()) else { break };
            let Some(width) = file.resolve(width, budget)?.number() else { break };
            let last = last.min(first.saturating_add(MOST_WIDTHS));
            budget.spend(Resource::Steps, last.saturating_sub(first) as u64)?;
            widths.extend((first..=last).map(|cid| (cid as u32, width)));
        }
        if widths.len() > MOST_WIDTHS {
            break;
        }
    }
    Ok(widths)
}
