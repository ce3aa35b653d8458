//! Damaged and hostile files: an error, or a document within the limits, never a panic.

use nianbao::document::{Exceeded, Limits, Resource};
use nianbao::read::ReadError;

use super::make::{Word, main_part, p, read, read_within, tc, zip};

fn sample() -> Word {
    let row = format!("<w:tr>{}{}</w:tr>", tc("<w:gridSpan w:val='2'/>", "甲"), tc("<w:vMerge/>", "12"));
    let body = format!(
        "{}<w:tbl>{row}{row}</w:tbl><w:p><w:r><w:drawing><a:blip r:embed='i'/></w:drawing></w:r></w:p>{}",
        p("一、总体情况"),
        p("完")
    );
    let styles = "<w:styles xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:style w:styleId='1'><w:name w:val='heading 1'/></w:style></w:styles>";
    Word::new(&body).with("i", "image", "media/i.png", b"\x89PNG").with("s", "styles", "styles.xml", styles)
}

/// Reads and returns only the outcome: every limit is one of the budget, so no clock is needed.
fn attempt(bytes: &[u8]) -> Result<(), ReadError> {
    read(bytes).map(|_| ())
}

fn is_over(result: &Result<(), ReadError>, wanted: Resource) -> bool {
    matches!(result, Err(ReadError::OverLimit(Exceeded { resource, .. })) if *resource == wanted)
}

#[test]
fn cut_short_anywhere() {
    let bytes = sample().bytes();
    for end in (0..bytes.len()).step_by(7) {
        assert!(matches!(read(&bytes[..end]), Err(ReadError::Damaged(_))), "{end}");
    }
    let main = &sample().parts[0].1;
    for end in (0..main.len() - 1).step_by(5) {
        let cut = Word::document(main[..end].to_vec()).bytes();
        assert!(read(&cut).is_err(), "{end}");
    }
}

/// `SplitMix64`, so that the same bytes are changed in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }
}

#[test]
fn any_byte_may_be_wrong() {
    let mut random = Random(1);
    let whole = sample().bytes();
    for _ in 0..3_000 {
        let mut bytes = whole.clone();
        for _ in 0..=random.below(3) {
            let at = random.below(bytes.len());
            bytes[at] = random.below(256) as u8;
        }
        let _ = read(&bytes);
    }
}

#[test]
fn any_piece_of_the_text_may_be_wrong() {
    let mut random = Random(2);
    let main = sample().parts[0].1.clone();
    let (mut good, mut bad) = (0, 0);
    for _ in 0..2_000 {
        let mut changed = main.clone();
        let (from, to) = (random.below(main.len()), random.below(main.len()));
        match random.below(4) {
            0 => changed[from] = random.below(256) as u8,
            1 => drop(changed.drain(from.min(to)..from.max(to).min(from.min(to) + 40))),
            2 => {
                let piece = main[from.min(to)..from.max(to).min(from.min(to) + 200)].to_vec();
                let at = random.below(main.len());
                drop(changed.splice(at..at, piece));
            }
            _ => {
                let digits: Vec<usize> = (0..main.len()).filter(|&at| main[at].is_ascii_digit()).collect();
                let at = digits[random.below(digits.len())];
                drop(changed.splice(at..=at, *b"4294967295"));
            }
        }
        match read(&Word::document(changed).bytes()) {
            Ok(_) => good += 1,
            Err(_) => bad += 1,
        }
    }
    assert!(good > 100 && bad > 100, "{good} {bad}");
}

#[test]
fn very_many_paragraphs() {
    for paragraph in ["<w:p/>", "<w:p><w:r><w:t>a</w:t></w:r></w:p>"] {
        let word = Word::new(&paragraph.repeat(300_000));
        let packed = attempt(&word.bytes());
        assert!(packed.is_ok() || is_over(&packed, Resource::Ratio), "{packed:?}");
        // Stored uncompressed, the same text exceeds no limit.
        assert_eq!(attempt(&word.stored()), Ok(()));
    }
}

#[test]
fn bombs() {
    let result = attempt(&Word::document(vec![b' '; 300 << 20]).bytes());
    assert!(is_over(&result, Resource::Ratio), "{result:?}");
    let mut main = main_part("").into_bytes();
    main.splice(0..0, std::iter::repeat_n(b"<!-- -->", 100_000).flatten().copied());
    assert!(attempt(&Word::document(main).bytes()).is_ok());
}

#[test]
fn deep_nesting_and_wide_rows() {
    let deep = "<w:tbl><w:tr><w:tc>".repeat(20_000);
    assert!(is_over(&attempt(&Word::new(&deep).bytes()), Resource::Depth));
    let deep = "<w:sdt><w:sdtContent>".repeat(20_000);
    assert!(is_over(&attempt(&Word::new(&deep).bytes()), Resource::Depth));
    let wide = format!("<w:tbl><w:tr>{}</w:tr></w:tbl>", tc("<w:gridSpan w:val='4294967295'/>", "x"));
    assert!(is_over(&attempt(&Word::new(&wide).bytes()), Resource::GridSlots));
    let late = format!(
        "<w:tbl><w:tr><w:trPr><w:gridBefore w:val='4294967295'/><w:gridAfter w:val='4294967295'/></w:trPr>{}</w:tr></w:tbl>",
        tc("", "x")
    );
    assert!(is_over(&attempt(&Word::new(&late).bytes()), Resource::GridSlots));
}

#[test]
fn many_cells_held_open_at_once() {
    let row = format!("<w:tbl><w:tr>{}", "<w:tc/>".repeat(30_000));
    let nested = format!("{row}<w:tc>").repeat(60);
    let result = attempt(&Word::new(&nested).bytes());
    assert!(is_over(&result, Resource::AllSlots) || is_over(&result, Resource::Ratio), "{result:?}");
}

#[test]
fn names_and_references_that_lead_nowhere() {
    let namespaces: String = (0..2_000).map(|number| format!(" xmlns:n{number}='u'")).collect();
    let text = format!("<w:document{namespaces}/>");
    assert!(matches!(attempt(&Word::document(text.into_bytes()).bytes()), Err(ReadError::Damaged(_))));
    let dtd = format!("<!DOCTYPE d [<!ENTITY a 'b'>]>{}", &main_part("<w:p><w:r><w:t>&a;</w:t></w:r></w:p>")[38..]);
    assert!(matches!(attempt(&Word::document(dtd.into_bytes()).bytes()), Err(ReadError::Damaged(_))));
}

#[test]
fn work_is_counted_where_it_is_dear() {
    let spaces: String = (0..500).map(|number| format!(" xmlns:n{number}='u'")).collect();
    let prefixes = format!(
        "<w:document xmlns:w='{}'{spaces}><w:body>{}</w:body></w:document>",
        super::make::W,
        // A cached tag is not parsed again.
        (0..6_000).map(|number| format!("<a:b{number}/><w:x{number}/>")).collect::<String>()
    );
    let ends = "<w:r><w:rPr><w:b/></w:rPr ></w:r>".repeat(10_000);
    let elements = "<a/>".repeat(60_000);
    let references = "&#65;".repeat(80_000);
    let texts = [prefixes, main_part(&format!("<w:p>{ends}</w:p>")), main_part(&elements), main_part(&references)];
    for text in texts {
        let limits = Limits { steps: Limits::default().steps / 100, ..Limits::default() };
        let result = read_within(&Word::document(text.into_bytes()).stored(), limits).map(|_| ());
        assert!(is_over(&result, Resource::Steps), "{result:?}");
    }
}

#[test]
fn missing_parts() {
    assert!(matches!(read(b"PK"), Err(ReadError::Damaged(_))));
    assert!(matches!(read(b""), Err(ReadError::Damaged(_) | ReadError::Empty)));
    assert!(matches!(read(&zip(&[("a", b"b")])), Err(ReadError::Damaged(_))));
    let sheet = Word::document(b"<workbook xmlns='urn:x'><sheets/></workbook>".to_vec());
    assert!(matches!(read(&sheet.bytes()), Err(ReadError::Unsupported(_))));
    let broken = Word::new(&p("x")).with("s", "styles", "styles.xml", "<broken");
    assert_eq!(broken.read().1.len(), 1);
}

#[test]
fn checksums_and_sizes_that_lie() {
    let bytes = sample().bytes();
    let directory = |bytes: &[u8], name: &[u8]| {
        let named = bytes.windows(name.len()).rposition(|window| window == name).unwrap();
        named - 46
    };
    let at = directory(&bytes, b"word/document.xml");
    let mut wrong_crc = bytes.clone();
    wrong_crc[at + 16] ^= 0x55;
    assert!(matches!(read(&wrong_crc), Err(ReadError::Damaged(_))));
    let mut wrong_picture = bytes.clone();
    let picture = directory(&bytes, b"word/media/i.png");
    wrong_picture[picture + 16] ^= 0x55;
    assert_eq!(read(&wrong_picture).unwrap().1.len(), 1);
    // A zip64 field that declares 2^46 bytes for the main part.
    let mut lie = bytes.clone();
    lie[at + 24..at + 28].copy_from_slice(&u32::MAX.to_le_bytes());
    let name = u16::from_le_bytes([lie[at + 28], lie[at + 29]]) as usize;
    let extra_length = u16::from_le_bytes([lie[at + 30], lie[at + 31]]);
    lie[at + 30..at + 32].copy_from_slice(&(extra_length + 12).to_le_bytes());
    let field = [&[1, 0, 8, 0][..], &(1_u64 << 46).to_le_bytes()].concat();
    lie.splice(at + 46 + name..at + 46 + name, field);
    let end = lie.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
    let size = u32::from_le_bytes(lie[end + 12..end + 16].try_into().unwrap()) + 12;
    lie[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
    assert!(!matches!(attempt(&lie), Err(ReadError::Unsupported(_) | ReadError::Encrypted)));
}

#[test]
fn one_name_twice() {
    let bytes = zip(&[("word/document.xml", b"<a/>"), ("word/document.xmm", b"<a/>")]);
    let mut changed = bytes;
    while let Some(at) = changed.windows(17).position(|window| window == b"word/document.xmm") {
        changed[at + 16] = b'l';
    }
    assert!(matches!(read(&changed), Err(ReadError::Damaged(_))));
}
