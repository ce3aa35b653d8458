//! Font programs (9.9): glyph names, for fonts whose text the file does not define otherwise.

use super::file::File;
use super::names::Program;
use super::object::{Dict, Object};
use super::{cff, names, truetype};
use crate::document::{Budget, Resource};
use crate::read::ReadError;

/// Bytes of a font program per step of the budget.
const BYTES_A_STEP: usize = 64;

impl Program {
    /// The program of a font with this descriptor; `None` if it has none with glyph names.
    pub(super) fn read(file: &mut File, descriptor: &Dict, budget: &mut Budget) -> Result<Option<Self>, ReadError> {
        for key in [&b"FontFile"[..], b"FontFile2", b"FontFile3"] {
            let Object::Stream(stream) = file.value(descriptor, key, budget)? else { continue };
            let bytes = file.data(&stream, budget)?.bytes;
            budget.spend(Resource::Steps, (bytes.len() / BYTES_A_STEP) as u64)?;
            return Ok(Self::parse(&bytes));
        }
        Ok(None)
    }

    /// Parses a program; its format is detected by the first bytes.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [b'%', b'!', ..] => Some(Self { codes: type1(bytes), glyphs: Vec::new() }),
            [0x80, 1, ..] => Some(Self { codes: type1(bytes.get(6..)?), glyphs: Vec::new() }),
            [0, 1, 0, 0, ..] | [b't', b'r', b'u', b'e', ..] => truetype::read(bytes),
            [b'O', b'T', b'T', b'O', ..] => cff::read(truetype::table(bytes, *b"CFF ")?),
            [1, _, _, 1..=4, ..] => cff::read(bytes),
            _ => None,
        }
    }
}

/// The encoding in the clear-text part of a Type 1 program: `StandardEncoding`, or single entries (Adobe Type 1, 2.2).
fn type1(bytes: &[u8]) -> Vec<Option<String>> {
    let clear = memchr::memmem::find(bytes, b"eexec").map_or(bytes, |end| &bytes[..end]);
    let Some(at) = memchr::memmem::find(clear, b"/Encoding") else { return Vec::new() };
    let text = String::from_utf8_lossy(&clear[at + b"/Encoding".len()..]);
    let mut tokens = text.split_ascii_whitespace();
    if tokens.next() == Some("StandardEncoding") {
        return (0..=255).map(|code| names::text(cff::standard(code)?.as_bytes())).collect();
    }
    let mut codes = vec![None; 256];
    while let Some(token) = tokens.next() {
        match token {
            "dup" => {
                let code = tokens.next().and_then(number);
                let name = tokens.next().and_then(|name| name.strip_prefix('/'));
                if let (Some(code), Some(name)) = (code, name)
                    && let Some(text) = codes.get_mut(code)
                {
                    *text = names::text(name.as_bytes());
                }
            }
            "def" | "readonly" => break,
            _ => {}
        }
    }
    codes
}

/// Parses a number with an optional radix: `8#101`.
fn number(token: &str) -> Option<usize> {
    match token.split_once('#') {
        Some((radix, digits)) => {
            let radix = radix.parse().ok().filter(|radix| (2..=36).contains(radix))?;
            usize::from_str_radix(digits, radix).ok()
        }
        None => token.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(program: &str) -> String {
        let program = Program::parse(program.as_bytes()).unwrap_or_default();
        program.codes.iter().map(|text| text.as_deref().unwrap_or("")).collect()
    }

    #[test]
    fn a_type_1_program_names_its_codes() {
        let program = "%!PS-AdobeFont-1.0: CMR10\n/FontInfo 9 dict dup begin end readonly def\n/Encoding 256 array\n0 1 255 {1 index exch /.notdef put} for\n\
                       dup 1 /seven put\ndup 8#2 /uni4EF6 put\ndup 16#03 /G03 put\ndup 4 /a4 put\nreadonly def\ncurrentfile eexec dup 5 /five put";
        assert_eq!(shown(program), "7件");
        let standard = shown("%!FontType1\n/Encoding StandardEncoding def\neexec");
        assert!(standard.starts_with(" !\"#$%&’()*+,-./0123456789:") && standard.contains("}~"), "{standard}");
        assert_eq!(shown("%!FontType1\n/Encoding 256 array\ndup 999 /one put dup x /one put dup"), "");
        assert_eq!(shown("%!FontType1"), "");
        assert_eq!(shown("not a program"), "");
    }
}
