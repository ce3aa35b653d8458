//! Tests of lexer, filters, character maps and glyph names; whole files are tested in `tests/pages` and `tests/hostile`.

use std::io::Write as _;

use flate2::Decompress;

use super::cmap::Map;
use super::filter::{Decoded, Parameters, undo};
use super::lexer::Lexer;
use super::object::Object;
use super::{names, read};
use crate::document::{Block, Budget, Limits};
use crate::read::ReadError;

fn undone(name: &[u8], packed: &[u8]) -> Decoded {
    let mut inflater = Decompress::new(false);
    undo(name, Parameters::default(), packed, &mut inflater, &mut Budget::default()).unwrap().unwrap()
}

fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn filters_restore_the_original_bytes() {
    assert_eq!(undone(b"LZWDecode", &[0x80, 0x0B, 0x60, 0x50, 0x22, 0x0C, 0x0C, 0x85, 0x01]).bytes, b"-----A---B");
    assert_eq!(undone(b"ASCII85Decode", b"9jqo^z~>").bytes, b"Man \0\0\0\0");
    assert_eq!(undone(b"ASCII85Decode", b"9jqo~>").bytes, b"Man");
    assert_eq!(undone(b"ASCIIHexDecode", b"52 65 6>").bytes, b"Re`");
    assert_eq!(undone(b"RunLengthDecode", b"\x02abc\xFEx\x80more").bytes, b"abcxxx");
    let packed = deflated(b"12 0 obj");
    assert_eq!(undone(b"FlateDecode", &packed).bytes, b"12 0 obj");
    assert!(!undone(b"FlateDecode", &packed[..packed.len() - 4]).cut);
    assert!(undone(b"FlateDecode", &packed[..packed.len() - 6]).cut);
    let mut changed = packed.clone();
    let last = changed.len() - 1;
    changed[last] ^= 1;
    assert!(undone(b"FlateDecode", &changed).cut);
}

#[test]
fn long_texts_of_lzw_use_longer_codes() {
    // Codes of 9 to 12 bits, each width used as soon as the table requires it; all codes are single bytes.
    let bytes: Vec<u8> = (0..3_000_u32).map(|index| (index * 7 % 251) as u8).collect();
    let (mut packed, mut held, mut bits, mut width, mut table) = (Vec::new(), 0_u32, 0, 9, 258);
    let mut put = |code: u32, width: u32| {
        held = held << width | code;
        bits += width;
        while bits >= 8 {
            bits -= 8;
            packed.push((held >> bits) as u8);
            held &= (1 << bits) - 1;
        }
    };
    put(256, 9);
    for (index, &byte) in bytes.iter().enumerate() {
        put(u32::from(byte), width);
        table += u32::from(index > 0 && table < 4_096);
        width = match table + 1 {
            0..=511 => 9,
            512..=1023 => 10,
            1024..=2047 => 11,
            _ => 12,
        };
    }
    put(257, width);
    put(0, 8);
    assert_eq!(undone(b"LZWDecode", &packed).bytes, bytes);
}

#[test]
fn streams_over_the_size_limit_are_refused() {
    let packed = deflated(&vec![0; 3 << 20]);
    let mut inflater = Decompress::new(false);
    let mut budget = Budget::new(Limits { part_bytes: 1 << 20, ..Limits::default() });
    let refused = undo(b"FlateDecode", Parameters::default(), &packed, &mut inflater, &mut budget);
    assert!(matches!(refused, Err(ReadError::OverLimit(_))));
    let runs = [0x81, 0].repeat(100_000);
    let refused = undo(b"RunLengthDecode", Parameters::default(), &runs, &mut inflater, &mut budget);
    assert!(matches!(refused, Err(ReadError::OverLimit(_))));
}

#[test]
fn nested_objects_are_parsed_and_damaged_ones_are_closed() {
    let object = |text: &str| Lexer::new(text.as_bytes(), 0).object(&mut Budget::default()).unwrap();
    let Object::Dict(dict) = object("<</A#20B[1 -.5(a\\)\\101)<4e2d>12 0 R]/C null>>") else { panic!("no dictionary") };
    let items = dict.raw(b"A B").array().unwrap();
    assert_eq!(items[1], Object::Number(-0.5));
    assert_eq!(items[2].string(), Some(&b"a)A"[..]));
    assert_eq!(items[3].string(), Some(&[0x4e, 0x2d][..]));
    assert_eq!(items[4], Object::Reference(12));
    assert_eq!(object("[1 2 endobj"), Object::Array([Object::Number(1.0), Object::Number(2.0)].into()));
    let deep = "[".repeat(1_000);
    let refused = Lexer::new(deep.as_bytes(), 0).object(&mut Budget::default());
    assert!(matches!(refused, Err(ReadError::OverLimit(_))));
}

#[test]
fn ranges_are_mapped_by_offset_and_unmapped_codes_have_no_text() {
    let map = b"1 begincodespacerange <00> <80> <8140> <fefe> endcodespacerange\n2 beginbfchar <01> <0031> <02> <fffd> endbfchar
        2 beginbfrange <8140> <8142> <4e00> <8150> <8151> [<4e2d> <d840dc00>] endbfrange 1 begincidrange <8140> <8142> 7 endcidrange";
    let map = Map::read(map, &mut Budget::default()).unwrap();
    let texts = [1, 2, 3, 0x8142, 0x8143, 0x8151].map(|code| map.text(code));
    let texts: Vec<Option<&str>> = texts.iter().map(Option::as_deref).collect();
    assert_eq!(texts, [Some("1"), None, None, Some("丂"), None, Some("\u{20000}")]);
    assert_eq!((map.cid(0x8142), map.cid(0x8143)), (Some(9), None));
    assert_eq!((map.next_code(b"\x81\x40"), map.next_code(b"\x01\x40")), (Some((0x8140, 2)), Some((1, 1))));
    assert_eq!((names::text(b"seven"), names::text(b"uni4E2D.alt")), (Some("7".into()), Some("中".into())));
    assert_eq!((names::text(b"g17"), names::text(b"a1"), names::text(b"")), (None, None, None));
}

/// A file of one page with one font and a content stream, without a cross-reference table.
fn file(font: &str, content: &str) -> Vec<u8> {
    format!(
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Kids[3 0 R]/Count 1>>endobj \
         3 0 obj<</Type/Page/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F {font}>>>>>>endobj \
         4 0 obj<</Length {}>>stream\n{content}\nendstream endobj trailer<</Root 1 0 R>>",
        content.len()
    )
    .into_bytes()
}

fn text(bytes: &[u8]) -> Result<String, ReadError> {
    let document = read(bytes, &mut Budget::default(), &mut Vec::new())?;
    let texts = document.blocks.iter().map(|block| match block {
        Block::Paragraph(paragraph) => paragraph.text.as_str(),
        _ => "",
    });
    Ok(texts.collect())
}

#[test]
fn characters_of_a_font_without_a_map_are_never_guessed() {
    let shown = "BT /F 20 Tf 100 700 Td (12)Tj ET";
    let read = |font: &str| text(&file(font, shown));
    assert_eq!(read("<</Subtype/Type1/BaseFont/Helvetica>>").as_deref(), Ok("12"));
    let embedded = "/FontDescriptor<</Flags 4/FontFile2 9 0 R>>";
    assert_eq!(read(&format!("<</Subtype/TrueType/BaseFont/A+B{embedded}>>")), Err(ReadError::NoCharacters));
    assert_eq!(read("<</Subtype/Type1/BaseFont/ZapfDingbats>>"), Err(ReadError::NoCharacters));
    assert_eq!(read("<</Subtype/Type3/Encoding<</Differences[49/g1/g2]>>>>"), Err(ReadError::NoCharacters));
    assert_eq!(
        read("<</Subtype/Type3/FontMatrix[.01 0 0 .01 0 0]/Encoding<</Differences[49/nine/uni4E2D]>>>>").as_deref(),
        Ok("9中")
    );
    assert_eq!(read("8 0 R"), Err(ReadError::NoCharacters));
}

#[test]
fn a_font_is_read_by_the_names_of_its_program() {
    let shown = |font: &str, program: &[u8], string: &str| {
        let whole = file(font, &format!("BT /F 20 Tf 100 700 Td <{string}>Tj ET"));
        let at = memchr::memmem::rfind(&whole, b"trailer").unwrap();
        let head = format!("9 0 obj<</Length {}>>stream\n", program.len());
        let bytes = [&whole[..at], head.as_bytes(), program, b"\nendstream endobj ", &whole[at..]].concat();
        text(&bytes)
    };
    let type1 = b"%!PS-AdobeFont-1.0: A\n/Encoding 256 array\ndup 1 /seven put\ndup 2 /uni4EF6 put\ndup 3 /G3 put\nreadonly def\neexec";
    let simple = "<</Subtype/Type1/BaseFont/A+B/FontDescriptor<</Flags 4/FontFile 9 0 R>>>>";
    assert_eq!(shown(simple, type1, "0102").as_deref(), Ok("7件"));
    // A glyph name that identifies no character; a name changed by the encoding.
    assert_eq!(shown(simple, type1, "03"), Err(ReadError::NoCharacters));
    let changed = simple.replace("/Type1", "/Type1/Encoding<</Differences[1/nine]>>");
    assert_eq!(shown(&changed, type1, "0102").as_deref(), Ok("9件"));
    // A symbol font; a composite font.
    assert_eq!(shown(&simple.replace("A+B", "A+Dingbats"), type1, "01"), Err(ReadError::NoCharacters));
    let composite = "<</Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</Subtype/CIDFontType2/FontDescriptor<</FontFile2 9 0 R>>>>]>>";
    let truetype = super::truetype::named(&[0, 26, 258, 259], &["uni4EF6", "glyph3"]);
    assert_eq!(shown(composite, &truetype, "00010002").as_deref(), Ok("7件"));
    assert_eq!(shown(composite, &truetype, "0003"), Err(ReadError::NoCharacters));
    assert_eq!(shown(composite, b"no program", "0001"), Err(ReadError::NoCharacters));
}

/// A file with two rows of two columns without lines, and a structure tree.
fn structured(structure: &str) -> Vec<u8> {
    let content = "/TD<</MCID 0>>BDC BT /F 10 Tf 100 700 Td (a)Tj ET EMC /TD<</MCID 1>>BDC BT /F 10 Tf 300 700 Td (1)Tj ET EMC \
                   /TD<</MCID 2>>BDC BT /F 10 Tf 100 600 Td (b)Tj ET EMC /TD<</MCID 3>>BDC BT /F 10 Tf 300 600 Td (2)Tj ET EMC";
    let file = String::from_utf8(file("<</Subtype/Type1/BaseFont/Helvetica>>", content)).unwrap();
    file.replace("/Pages 2 0 R", &format!("/Pages 2 0 R/StructTreeRoot<</K {structure}>>")).into_bytes()
}

#[test]
fn tables_are_read_by_a_consistent_structure_tree() {
    let grid = |structure: &str| -> Option<Vec<String>> {
        let document = read(&structured(structure), &mut Budget::default(), &mut Vec::new()).unwrap();
        let grid = document.grids().next()?;
        Some(grid.cells().iter().map(|cell| cell.text.clone()).collect())
    };
    let row = |kind: &str, first: u32, second: u32| {
        format!("<</S/TR/K[<</S/{kind}/Pg 3 0 R/K {first}>><</S/TD/Pg 3 0 R/K[{second}]>>]>>")
    };
    let table = |rows: &str| format!("[<</S/Sect/K<</S/Table/K[{rows}]>>>>]");
    let sound = table(&(row("TH", 0, 1) + &row("TD", 2, 3)));
    assert_eq!(grid(&sound).unwrap(), ["a", "1", "b", "2"]);
    // A surplus blank cell, as LibreOffice writes if a page break divides a row.
    let more = row("TH", 0, 1) + &row("TD", 2, 3).replace("]>>]>>", "]>><</S/TD>>]>>");
    assert_eq!(grid(&table(&more)).unwrap(), ["a", "1", "b", "2"]);
    // Columns or rows in another order than on the page; a row without its figure; one MCID in two cells.
    for rows in [
        row("TD", 1, 0) + &row("TD", 2, 3),
        row("TD", 2, 3) + &row("TD", 0, 1),
        row("TD", 0, 3) + &row("TD", 2, 1),
        row("TD", 0, 1) + "<</S/TR/K[<</S/TD/Pg 3 0 R/K 2>><</S/TD>>]>>",
        row("TD", 0, 1) + &row("TD", 1, 3),
        row("TD", 0, 1) + "<</S/TR/K[<</S/TD/Pg 3 0 R/K[2 3]>>]>>",
    ] {
        assert_eq!(grid(&table(&rows)), None, "{rows}");
    }
}

#[test]
fn cyclic_structure_trees_and_huge_spans_are_ignored() {
    let spans =
        "<</S/Table/K[<</S/TR/K[<</S/TD/A<</O/Table/RowSpan 4000000000/ColSpan 4000000000>>/Pg 3 0 R/K 0>>]>>]>>";
    for structure in ["9 0 R", "[3 0 R 3 0 R]", "1 0 R", spans, "<</S/Table/K<</S/Table/K<</S/TR/K<</S/TD/K 0>>>>>>>>"]
    {
        let bytes = String::from_utf8(structured(structure)).unwrap();
        let bytes = bytes.replace("trailer", "9 0 obj<</S/Table/K[9 0 R<</S/TR/K 9 0 R>>]>>endobj trailer");
        assert!(text(bytes.as_bytes()).is_ok(), "{structure}");
    }
}
