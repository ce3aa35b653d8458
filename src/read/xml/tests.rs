//! Tests of the event stream.

use super::*;

const SPACES: &[(&str, u32)] = &[("urn:one", 1), ("urn:two", 2)];

fn shown(text: &str) -> Result<Vec<String>, ReadError> {
    let budget = &mut Budget::default();
    let mut events = Events::new(text, 0, SPACES);
    let mut shown = Vec::new();
    loop {
        shown.push(match events.next(budget)? {
            Event::Open(tag) => format!("{:?}{}@{}", tag.space, tag.local, tag.start),
            Event::Close(end) => format!("/{end}"),
            Event::Text(text) => text.to_owned(),
            Event::Character(character) => format!("&{character}"),
            Event::End => return Ok(shown),
        });
    }
}

#[test]
fn prefixes_are_names_of_namespaces_and_nothing_more() -> Result<(), ReadError> {
    let text = "<x:a xmlns:x='urn:one'><b xmlns='urn:two'/><b/><x:c xmlns:x=\"urn:two\"/><x:d/></x:a>";
    assert_eq!(
        shown(text)?,
        ["Some(1)a@0", "Some(2)b@23", "/43", "Noneb@43", "/47", "Some(2)c@47", "/71", "Some(1)d@71", "/77", "/83"]
    );
    Ok(())
}

#[test]
fn text_is_given_piece_by_piece_without_entities() -> Result<(), ReadError> {
    let found = shown("<?xml version='1.0'?><!-- c --><a>1&amp;2&#x4e00;&nbsp;<![CDATA[<&]]>&</a>")?;
    assert_eq!(found[1..found.len() - 1], ["1", "&&", "2", "&一", "&nbsp;", "<&", "&"]);
    Ok(())
}

#[test]
fn attributes_are_found_by_their_local_names() -> Result<(), ReadError> {
    let mut events = Events::new("<a w:x = 'a&lt;b' y=\"'\"/>", 0, SPACES);
    let Event::Open(tag) = events.next(&mut Budget::default())? else { return Err(ReadError::Empty) };
    assert_eq!((tag.get("x").as_deref(), tag.get("y").as_deref(), tag.get("z")), (Some("a<b"), Some("'"), None));
    Ok(())
}

#[test]
fn a_cached_tag_is_not_mistaken_for_another() -> Result<(), ReadError> {
    let text = "<r><a b='>'></a><a b='>1'>-</a><a b='>'/><w:a/><w:a xmlns:w='urn:one'><w:a/><w:a></w:a></w:a><w:a/><abcdefgh/>\
                <abcdefgh></abcdefgh><abcdefgi/></r>";
    let found: Vec<String> =
        shown(text)?.iter().map(|event| event.split('@').next().unwrap_or_default().into()).collect();
    let opened: Vec<&str> = found.iter().map(String::as_str).filter(|event| !event.starts_with('/')).collect();
    let expected = [
        "Noner",
        "Nonea",
        "Nonea",
        "-",
        "Nonea",
        "Nonea",
        "Some(1)a",
        "Some(1)a",
        "Some(1)a",
        "Nonea",
        "Noneabcdefgh",
        "Noneabcdefgh",
        "Noneabcdefgi",
    ];
    assert_eq!(opened, expected);
    Ok(())
}

#[test]
fn malformed_xml_is_refused() {
    for text in [
        "<a></a",
        "<1/>",
        "< a/>",
        "<a b='></a>",
        "<!x>",
        "<?",
        "<a></b>",
        "<a><b></a>",
        "<a>",
        "<a",
        "</a>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>",
        "<a><![CDATA[",
        "<!",
    ] {
        assert!(matches!(shown(text), Err(ReadError::Damaged(_))), "{text}");
    }
}

#[test]
fn skipping_ends_at_the_end_tag() -> Result<(), ReadError> {
    let budget = &mut Budget::default();
    for text in
        ["<r><a/>!</r>", "<r><a><b/><a x='>'><!-- </a> --><c></c></a><![CDATA[</a>]]></a>!</r>", "<r><a></a >!</r>"]
    {
        let mut events = Events::new(text, 7, SPACES);
        events.next(budget)?;
        events.next(budget)?;
        let end = events.skip(budget)? - 7;
        assert_eq!((&text[end..=end], events.depth()), ("!", 1), "{text}");
    }
    for text in ["<a><b></a>", "<a><b/>", "<a><!--</a>"] {
        let mut events = Events::new(text, 0, SPACES);
        events.next(budget)?;
        assert!(matches!(events.skip(budget), Err(ReadError::Damaged(_))), "{text}");
    }
    Ok(())
}

#[test]
fn looking_ahead_stops_at_the_first_end_of_the_name() -> Result<(), ReadError> {
    let budget = &mut Budget::default();
    let mut events = Events::new("<r><a><ab></ab></a>!</r>", 0, SPACES);
    events.next(budget)?;
    events.next(budget)?;
    let ahead = events.ahead().unwrap_or_default();
    events.skip_ahead(ahead);
    assert_eq!((ahead, events.skip(budget)?), ("<ab></ab>", 19));
    assert!(matches!(events.next(budget)?, Event::Text("!")));
    Ok(())
}

#[test]
fn depth_is_bounded() {
    assert!(matches!(shown(&"<a>".repeat(257)), Err(ReadError::OverLimit(_))));
}

#[test]
fn encodings_are_converted_to_utf8() -> Result<(), ReadError> {
    let budget = &mut Budget::default();
    let wide: Vec<u8> = "\u{FEFF}<a>一</a>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(text(&wide, budget)?.0, "<a>一</a>");
    assert_eq!(text(&wide[2..], budget)?.0, "<a>一</a>");
    assert_eq!(text("\u{FEFF}<a/>".as_bytes(), budget)?, ("<a/>".into(), 3));
    assert_eq!(text(b"<?xml version='1.0' encoding='GB2312'?><a>\xD2\xBB</a>", budget)?.0.chars().nth(42), Some('一'));
    assert!(matches!(text(b"<a>\xD2\xBB\xFF</a>", budget), Err(ReadError::Damaged(_))));
    Ok(())
}
