//! Objects of a file: cross-reference tables and streams, object streams, and recovery by scanning for objects.

use std::collections::HashMap;
use std::rc::Rc;

use flate2::Decompress;

use super::crypt::{Crypt, DataKind};
use super::filter::{self, Decoded, MOST_FILTERS, Parameters};
use super::lexer::{Lexer, Token};
use super::object::{Dict, Object, Stream};
use crate::document::{Budget, Resource};
use crate::read::{Damage, ReadError};

/// Maximum length of a chain of references.
const MOST_LINKS: usize = 16;

/// Maximum depth of nested object lookups, for the length of a stream or the object stream that contains an object.
const DEEPEST: u32 = 4;

/// The highest object number (ISO 32000-1, annex C.2).
pub(super) const HIGHEST: usize = 8_388_607;

/// Bytes scanned per step of the budget.
const BYTES_A_STEP: u64 = 16;

/// Position of an object.
#[derive(Debug, Clone, Copy)]
pub(super) enum Entry {
    At(usize),
    /// In the object stream with this number, at this index.
    Within(u32, usize),
}

/// The source text of the object at an offset.
pub(super) fn object_text<'b>(bytes: &'b [u8], at: usize, budget: &mut Budget) -> Result<&'b [u8], ReadError> {
    let mut lexer = Lexer::new(bytes, at.min(bytes.len()));
    lexer.skip_blanks();
    let start = lexer.at;
    lexer.object(budget)?;
    Ok(&bytes[start..lexer.at])
}

/// A decoded object stream: its bytes, and number and offset of each object.
#[derive(Debug, Default)]
struct Pack {
    bytes: Vec<u8>,
    objects: Vec<(u32, usize)>,
}

/// Name and parameters of a filter.
type Filter = (Rc<[u8]>, Parameters);

/// An opened file.
pub(super) struct File<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) entries: HashMap<u32, Entry>,
    pub(super) trailer: Dict,
    known: HashMap<u32, Object>,
    packs: HashMap<u32, Rc<Pack>>,
    crypt: Option<Crypt>,
    inflater: Decompress,
    depth: u32,
    searched: bool,
    /// Whether damaged parts were left out.
    pub(super) damaged: bool,
}

impl<'a> File<'a> {
    /// Opens a file with the empty password.
    ///
    /// # Errors
    /// [`ReadError::Encrypted`] if the file needs a password, [`ReadError::Damaged`] if no pages can be found.
    pub(super) fn open(bytes: &'a [u8], budget: &mut Budget) -> Result<Self, ReadError> {
        let mut file = Self {
            bytes,
            entries: HashMap::new(),
            trailer: Dict::default(),
            known: HashMap::new(),
            packs: HashMap::new(),
            crypt: None,
            inflater: Decompress::new(false),
            depth: 0,
            searched: false,
            damaged: false,
        };
        file.read_tables(budget)?;
        file.decrypt(budget)?;
        if file.root(budget)?.is_none() {
            file.search(budget)?;
            file.decrypt(budget)?;
        }
        if file.root(budget)?.is_none() {
            return Err(Damage::NoPageList.into());
        }
        Ok(file)
    }

    /// The catalogue, if it has a page tree.
    pub(super) fn root(&mut self, budget: &mut Budget) -> Result<Option<Rc<Dict>>, ReadError> {
        let root = self.trailer.raw(b"Root").clone();
        let Some(root) = self.dict_of(&root, budget)? else { return Ok(None) };
        let pages = self.dict(&root, b"Pages", budget)?;
        Ok(pages.map(|_| root))
    }

    fn decrypt(&mut self, budget: &mut Budget) -> Result<(), ReadError> {
        let described = self.trailer.raw(b"Encrypt").clone();
        if described == Object::Null {
            return Ok(());
        }
        let number = if let Object::Reference(number) = described { Some(number) } else { None };
        self.crypt = None;
        let Some(dict) = self.dict_of(&described, budget)? else { return Ok(()) };
        let dict = self.whole(&dict, budget)?;
        let id = self.trailer.raw(b"ID").clone();
        let id = self.resolve(&id, budget)?.array();
        let id = id.as_deref().and_then(|ids| ids.first()).and_then(Object::string).unwrap_or_default().to_vec();
        self.crypt = Some(Crypt::new(&dict, &id, number).ok_or(ReadError::Encrypted)?);
        // Objects read before were not decrypted.
        self.known.clear();
        self.packs.clear();
        Ok(())
    }

    /// A copy of a dictionary with its references resolved, and those of the dictionaries directly inside it.
    fn whole(&mut self, dict: &Dict, budget: &mut Budget) -> Result<Dict, ReadError> {
        let mut whole = Dict::default();
        for (name, value) in &dict.0 {
            let mut value = self.resolve(value, budget)?;
            if let Object::Dict(inner) = &value {
                let mut followed = Dict::default();
                for (name, value) in &inner.0 {
                    followed.0.insert(name.clone(), self.resolve(value, budget)?);
                }
                value = Object::Dict(Rc::new(followed));
            }
            whole.0.insert(name.clone(), value);
        }
        Ok(whole)
    }

    /// Recovers the cross-reference table by scanning the whole file; the last object with a number counts.
    fn search(&mut self, budget: &mut Budget) -> Result<(), ReadError> {
        if std::mem::replace(&mut self.searched, true) {
            return Ok(());
        }
        budget.spend(Resource::Steps, self.bytes.len() as u64 / BYTES_A_STEP)?;
        self.entries.clear();
        self.known.clear();
        self.packs.clear();
        let bytes = self.bytes;
        let mut starts = Vec::new();
        for at in memchr::memmem::find_iter(bytes, b"obj") {
            if let Some((number, start)) = header_before(bytes, at) {
                budget.spend(Resource::Steps, 1)?;
                self.entries.insert(number, Entry::At(start));
                starts.push(number);
            }
        }
        for at in memchr::memmem::find_iter(bytes, b"trailer") {
            if let Object::Dict(trailer) = Lexer::new(bytes, at + 7).object(budget)? {
                self.trailer.0.extend(trailer.0.clone());
            }
        }
        // Streams with objects or the trailer, and the catalogue if no trailer refers to it.
        let mut catalogue = None;
        let mut packs = Vec::new();
        for number in starts {
            match self.get(number, budget)? {
                Object::Stream(stream) if stream.dict.raw(b"Type").is_name(b"XRef") => {
                    for name in [&b"Root"[..], b"Encrypt", b"ID", b"Info"] {
                        if let Some(value) = stream.dict.0.get(name) {
                            self.trailer.0.insert(name.into(), value.clone());
                        }
                    }
                }
                Object::Stream(stream) if stream.dict.raw(b"Type").is_name(b"ObjStm") => packs.push(number),
                Object::Dict(dict) if dict.raw(b"Type").is_name(b"Catalog") => catalogue = Some(number),
                _ => {}
            }
        }
        self.known.clear();
        self.decrypt(budget)?;
        for number in packs {
            let pack = self.pack(number, budget)?;
            for (index, (held, _)) in pack.objects.iter().enumerate() {
                self.entries.entry(*held).or_insert(Entry::Within(number, index));
            }
        }
        if let Some(number) = catalogue {
            let root = self.trailer.raw(b"Root").clone();
            if self.dict_of(&root, budget)?.is_none() {
                self.trailer.0.insert((*b"Root").into(), Object::Reference(number));
            }
        }
        Ok(())
    }

    /// The object with a number; null if there is none.
    pub(super) fn get(&mut self, number: u32, budget: &mut Budget) -> Result<Object, ReadError> {
        if let Some(object) = self.known.get(&number) {
            return Ok(object.clone());
        }
        if self.depth >= DEEPEST {
            return Ok(Object::Null);
        }
        budget.spend(Resource::Steps, 1)?;
        self.depth += 1;
        let found = match self.entries.get(&number).copied() {
            None => Ok(None),
            Some(Entry::At(at)) => self.object_at(at, Some(number), budget),
            Some(Entry::Within(pack, index)) => self.object_within(pack, index, number, budget),
        };
        self.depth -= 1;
        let object = match found? {
            Some(object) => object,
            // The table has a wrong offset.
            None if !self.searched && self.entries.contains_key(&number) && self.depth == 0 => {
                self.search(budget)?;
                return self.get(number, budget);
            }
            None => Object::Null,
        };
        self.known.insert(number, object.clone());
        Ok(object)
    }

    /// The source text of an object that is no stream, and its generation; `None` if there is no such object.
    pub(super) fn source(&mut self, number: u32, budget: &mut Budget) -> Result<Option<(u16, Vec<u8>)>, ReadError> {
        match self.entries.get(&number).copied() {
            Some(Entry::At(at)) => {
                let mut lexer = Lexer::new(self.bytes, at.min(self.bytes.len()));
                let (Some(_), Some(Token::Object(generation)), Some(Token::Word(b"obj"))) =
                    (lexer.token(), lexer.token(), lexer.token())
                else {
                    return Ok(None);
                };
                let generation = generation.index().and_then(|generation| u16::try_from(generation).ok());
                let text = object_text(self.bytes, lexer.at, budget)?;
                Ok(generation.map(|generation| (generation, text.to_vec())))
            }
            Some(Entry::Within(pack, _)) => {
                let pack = self.pack(pack, budget)?;
                let Some((_, at)) = pack.objects.iter().find(|(held, _)| *held == number) else { return Ok(None) };
                Ok(Some((0, object_text(&pack.bytes, *at, budget)?.to_vec())))
            }
            None => Ok(None),
        }
    }

    /// Whether the cross-reference tables were used as they are, not recovered.
    pub(super) fn is_sound(&self) -> bool {
        !self.searched
    }

    /// Whether it is encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        self.crypt.is_some()
    }

    /// The object at an offset; `None` if it is not an object with the wanted number.
    pub(super) fn object_at(
        &mut self,
        at: usize,
        wanted: Option<u32>,
        budget: &mut Budget,
    ) -> Result<Option<Object>, ReadError> {
        let mut lexer = Lexer::new(self.bytes, at.min(self.bytes.len()));
        let (Some(Token::Object(number)), Some(Token::Object(generation)), Some(Token::Word(b"obj"))) =
            (lexer.token(), lexer.token(), lexer.token())
        else {
            return Ok(None);
        };
        let (Some(number), Some(generation)) = (number.index(), generation.index()) else { return Ok(None) };
        let id = (number as u32, generation as u16);
        if wanted.is_some_and(|wanted| wanted != id.0) {
            return Ok(None);
        }
        let object = lexer.object_of(self.crypt.as_ref().map(|crypt| (crypt, id)), budget)?;
        if let Object::Dict(dict) = &object {
            let mut ahead = lexer.clone();
            if ahead.token() == Some(Token::Word(b"stream")) {
                return Ok(Some(self.stream(dict, ahead.at, id, budget)?));
            }
        }
        Ok(Some(object))
    }

    /// The stream whose data begin after the keyword `stream` at `at`.
    fn stream(&mut self, dict: &Dict, at: usize, id: (u32, u16), budget: &mut Budget) -> Result<Object, ReadError> {
        let bytes = self.bytes;
        let start = match bytes.get(at..) {
            Some([b'\r', b'\n', ..]) => at + 2,
            Some([b'\r' | b'\n', ..]) => at + 1,
            _ => at,
        };
        let length = dict.raw(b"Length").clone();
        let length = self.resolve(&length, budget)?.index();
        let end = length.and_then(|length| start.checked_add(length)).filter(|&end| {
            let mut lexer = Lexer::new(bytes, end);
            end <= bytes.len() && matches!(lexer.token(), Some(Token::Word(word)) if word.starts_with(b"endstream"))
        });
        let end = if let Some(end) = end {
            end
        } else {
            let rest = bytes.get(start..).unwrap_or_default();
            let length = memchr::memmem::find(rest, b"endstream").unwrap_or(rest.len());
            budget.spend(Resource::Steps, length as u64 / BYTES_A_STEP)?;
            let cut = rest[..length].strip_suffix(b"\n").unwrap_or(&rest[..length]);
            start + cut.strip_suffix(b"\r").unwrap_or(cut).len()
        };
        Ok(Object::Stream(Rc::new(Stream { dict: dict.clone(), start, end, id })))
    }

    fn object_within(
        &mut self,
        stream: u32,
        index: usize,
        wanted: u32,
        budget: &mut Budget,
    ) -> Result<Option<Object>, ReadError> {
        let pack = self.pack(stream, budget)?;
        let by_index = pack.objects.get(index).filter(|(number, _)| *number == wanted);
        if by_index.is_none() {
            budget.spend(Resource::Steps, pack.objects.len() as u64)?;
        }
        let found = by_index.or_else(|| pack.objects.iter().find(|(number, _)| *number == wanted));
        let Some((_, at)) = found else { return Ok(None) };
        Lexer::new(&pack.bytes, (*at).min(pack.bytes.len())).object(budget).map(Some)
    }

    /// An object stream (7.5.7), decoded once.
    fn pack(&mut self, number: u32, budget: &mut Budget) -> Result<Rc<Pack>, ReadError> {
        if let Some(pack) = self.packs.get(&number) {
            return Ok(Rc::clone(pack));
        }
        // An object stream is never inside another one.
        let stream = match self.entries.get(&number) {
            Some(Entry::At(_)) => self.get(number, budget)?.stream(),
            _ => None,
        };
        let mut pack = Pack::default();
        if let Some(stream) = stream {
            let first = stream.dict.raw(b"First").clone();
            let count = stream.dict.raw(b"N").clone();
            let first = self.resolve(&first, budget)?.index().unwrap_or_default();
            let count = self.resolve(&count, budget)?.index().unwrap_or_default();
            let data = self.data(&stream, budget)?;
            self.damaged |= data.cut;
            pack.bytes = data.bytes;
            let mut lexer = Lexer::new(&pack.bytes, 0);
            for _ in 0..count {
                budget.spend(Resource::Steps, 1)?;
                let (Some(Token::Object(held)), Some(Token::Object(at))) = (lexer.token(), lexer.token()) else {
                    break;
                };
                let (Some(held), Some(at)) = (held.index(), at.index()) else { break };
                pack.objects.push((held as u32, first.saturating_add(at)));
            }
        }
        let pack = Rc::new(pack);
        self.packs.insert(number, Rc::clone(&pack));
        Ok(pack)
    }

    /// Resolves a reference; any other object is returned unchanged.
    pub(super) fn resolve(&mut self, object: &Object, budget: &mut Budget) -> Result<Object, ReadError> {
        let mut object = object.clone();
        for _ in 0..MOST_LINKS {
            let Object::Reference(number) = object else { return Ok(object) };
            object = self.get(number, budget)?;
        }
        Ok(Object::Null)
    }

    /// The value of a dictionary entry, references resolved.
    pub(super) fn value(&mut self, dict: &Dict, name: &[u8], budget: &mut Budget) -> Result<Object, ReadError> {
        self.resolve(dict.raw(name), budget)
    }

    /// The dictionary that an object is or refers to; for a stream, the stream's dictionary.
    pub(super) fn dict_of(&mut self, object: &Object, budget: &mut Budget) -> Result<Option<Rc<Dict>>, ReadError> {
        Ok(match self.resolve(object, budget)? {
            Object::Dict(dict) => Some(dict),
            Object::Stream(stream) => Some(Rc::new(stream.dict.clone())),
            _ => None,
        })
    }

    /// The dictionary in an entry of a dictionary.
    pub(super) fn dict(
        &mut self,
        dict: &Dict,
        name: &[u8],
        budget: &mut Budget,
    ) -> Result<Option<Rc<Dict>>, ReadError> {
        self.dict_of(dict.raw(name), budget)
    }

    /// The numbers in an array entry of a dictionary; empty if there is no array.
    pub(super) fn numbers(&mut self, dict: &Dict, name: &[u8], budget: &mut Budget) -> Result<Vec<f64>, ReadError> {
        let Some(items) = self.value(dict, name, budget)?.array() else { return Ok(Vec::new()) };
        let mut numbers = Vec::with_capacity(items.len());
        for item in items.iter() {
            numbers.extend(self.resolve(item, budget)?.number());
        }
        Ok(numbers)
    }

    /// The decrypted and decoded bytes of a stream; empty and `cut` for image filters.
    pub(super) fn data(&mut self, stream: &Stream, budget: &mut Budget) -> Result<Decoded, ReadError> {
        let raw = self.bytes.get(stream.start..stream.end).unwrap_or_default();
        let filters = self.filters(&stream.dict, budget)?;
        let crypt = self.crypt.as_ref().filter(|_| !stream.dict.raw(b"Type").is_name(b"XRef"));
        let own = filters.first().is_some_and(|(name, _)| &**name == b"Crypt");
        let decrypted = match crypt.filter(|_| !own) {
            Some(crypt) => Some(crypt.decrypt(raw, stream.id, DataKind::Stream, budget)?),
            None => None,
        };
        let mut decoded = Decoded::default();
        let mut current: Option<Vec<u8>> = decrypted;
        for (name, parameters) in filters.iter().skip(usize::from(own)) {
            let packed = current.as_deref().unwrap_or(raw);
            match filter::undo(name, *parameters, packed, &mut self.inflater, budget)? {
                Some(undone) => {
                    decoded.cut |= undone.cut;
                    current = Some(undone.bytes);
                }
                None => return Ok(Decoded { bytes: Vec::new(), cut: true }),
            }
        }
        decoded.bytes = if let Some(bytes) = current {
            bytes
        } else {
            budget.spend(Resource::PartBytes, raw.len() as u64)?;
            budget.spend(Resource::InflatedBytes, raw.len() as u64)?;
            raw.to_vec()
        };
        Ok(decoded)
    }

    /// The filters of a stream in decoding order, with their parameters.
    fn filters(&mut self, dict: &Dict, budget: &mut Budget) -> Result<Vec<Filter>, ReadError> {
        let either = |dict: &Dict, long: &[u8], short: &[u8]| {
            if dict.0.contains_key(long) { dict.raw(long).clone() } else { dict.raw(short).clone() }
        };
        let list = |object: Object| match object {
            Object::Array(items) => items.to_vec(),
            Object::Null => Vec::new(),
            other => vec![other],
        };
        let names = self.resolve(&either(dict, b"Filter", b"F"), budget)?;
        let parameters = self.resolve(&either(dict, b"DecodeParms", b"DP"), budget)?;
        let (names, parameters) = (list(names), list(parameters));
        budget.spend(Resource::Depth, if names.len() > MOST_FILTERS { u64::MAX } else { 0 })?;
        let mut filters = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            let Object::Name(name) = self.resolve(name, budget)? else { continue };
            let given = parameters.get(index).cloned().unwrap_or_default();
            let mut of_filter = Parameters::default();
            if let Some(given) = self.dict_of(&given, budget)? {
                for (name, place) in [
                    (&b"Predictor"[..], &mut of_filter.predictor),
                    (b"Colors", &mut of_filter.colours),
                    (b"BitsPerComponent", &mut of_filter.bits),
                    (b"Columns", &mut of_filter.columns),
                ] {
                    if let Some(number) = self.value(&given, name, budget)?.index() {
                        *place = number;
                    }
                }
                of_filter.early_change = self.value(&given, b"EarlyChange", budget)?.index() != Some(0);
            }
            filters.push((name, of_filter));
        }
        Ok(filters)
    }
}

/// Number and start of the object whose keyword `obj` is at an offset: `12 0 obj`.
fn header_before(bytes: &[u8], at: usize) -> Option<(u32, usize)> {
    const LONGEST: usize = 32;
    let before = &bytes[at.saturating_sub(LONGEST)..at];
    let start = at - before.len();
    let trimmed = |text: &[u8]| text.trim_ascii_end().len();
    let digits = |text: &[u8]| text.len() - text.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let end = trimmed(before);
    let generation = digits(&before[..end]);
    let end_of_number = trimmed(&before[..generation]);
    let number = digits(&before[..end_of_number]);
    if generation == end || number == end_of_number || end_of_number == generation {
        return None;
    }
    let text = std::str::from_utf8(&before[number..end_of_number]).ok()?;
    let value: usize = text.parse().ok()?;
    (value <= HIGHEST).then_some((value as u32, start + number))
}
