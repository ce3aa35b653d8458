//! Tests of writing text into paragraphs and cells as word processors produce them.

use super::scan::scan;
use super::slot::{ParagraphSlot, TextSlot, look_before};
use crate::document::Budget;
use crate::fill::edit::{Edit, apply};
use crate::read::ReadError;

/// The source with a text written into its one cell or paragraph.
fn put(source: &str, text: &str) -> Result<String, ReadError> {
    let scan = scan(source, (0, source.len()), "w:", &mut Budget::default())?;
    let slot = TextSlot::locate(source, &scan, "w:", "<w:rPr><w:near/></w:rPr>").ok_or(ReadError::Empty)?;
    let mut edits = Vec::new();
    slot.put(text, &mut edits);
    Ok(apply(source, &mut edits))
}

/// Asserts what a cell becomes when 7 is written into it.
fn becomes(cell: &str, wanted: &str) -> Result<(), ReadError> {
    assert_eq!(put(&format!("<w:tc>{cell}</w:tc>"), "7")?, format!("<w:tc>{wanted}</w:tc>"));
    Ok(())
}

#[test]
fn text_takes_the_place_of_text_in_the_style_of_its_first_run() -> Result<(), ReadError> {
    becomes(
        "<w:tcPr><w:tcW/></w:tcPr><w:p><w:r><w:rPr><w:b/></w:rPr><w:t>1</w:t></w:r><w:r><w:t>2</w:t><w:tab/></w:r></w:p>",
        "<w:tcPr><w:tcW/></w:tcPr><w:p><w:r><w:rPr><w:b/></w:rPr><w:t>7</w:t></w:r><w:r></w:r></w:p>",
    )
}

#[test]
fn empty_elements_are_opened() -> Result<(), ReadError> {
    let run = "<w:r><w:rPr><w:near/></w:rPr><w:t>7</w:t></w:r>";
    becomes("<w:p/>", &format!("<w:p>{run}</w:p>"))?;
    becomes("<w:p w:rsidR=\"1\" />", &format!("<w:p w:rsidR=\"1\" >{run}</w:p>"))?;
    becomes("<w:p></w:p>", &format!("<w:p>{run}</w:p>"))?;
    becomes("<w:p><w:r/></w:p>", "<w:p><w:r><w:t>7</w:t></w:r></w:p>")?;
    becomes("<w:p><w:r><w:rPr/><w:t/></w:r></w:p>", "<w:p><w:r><w:rPr/><w:t>7</w:t></w:r></w:p>")
}

#[test]
fn a_paragraph_without_runs_has_the_style_of_its_mark() -> Result<(), ReadError> {
    becomes(
        "<w:p><w:pPr><w:jc/><w:rPr><w:sz/></w:rPr></w:pPr></w:p>",
        "<w:p><w:pPr><w:jc/><w:rPr><w:sz/></w:rPr></w:pPr><w:r><w:rPr><w:sz/></w:rPr><w:t>7</w:t></w:r></w:p>",
    )?;
    // If the paragraph mark is a tracked insertion, the text is not.
    becomes(
        "<w:p><w:pPr><w:rPr><w:ins w:id=\"1\"/></w:rPr></w:pPr></w:p>",
        "<w:p><w:pPr><w:rPr><w:ins w:id=\"1\"/></w:rPr></w:pPr><w:r><w:rPr><w:near/></w:rPr><w:t>7</w:t></w:r></w:p>",
    )
}

#[test]
fn of_several_paragraphs_the_one_with_text_is_taken() -> Result<(), ReadError> {
    becomes(
        "<w:p/><w:p><w:r><w:t>  </w:t></w:r></w:p><w:p><w:r><w:t>1</w:t></w:r></w:p>",
        "<w:p/><w:p><w:r></w:r></w:p><w:p><w:r><w:t>7</w:t></w:r></w:p>",
    )
}

#[test]
fn a_content_control_stops_showing_its_placeholder() -> Result<(), ReadError> {
    becomes(
        "<w:sdt><w:sdtPr><w:id/><w:showingPlcHdr/><w:dataBinding w:xpath=\"/a\"/></w:sdtPr><w:sdtContent><w:p><w:r><w:rPr>\
         <w:rStyle w:val=\"a\"/><w:b/></w:rPr><w:t>Click</w:t></w:r></w:p></w:sdtContent></w:sdt>",
        "<w:sdt><w:sdtPr><w:id/></w:sdtPr><w:sdtContent><w:p><w:r><w:rPr><w:b/></w:rPr><w:t>7</w:t></w:r></w:p></w:sdtContent></w:sdt>",
    )
}

#[test]
fn content_other_than_text_is_kept() -> Result<(), ReadError> {
    let kept = "<w:p><w:del><w:r><w:delText>9</w:delText></w:r></w:del><w:r><w:drawing><w:p><w:r><w:t>box</w:t></w:r></w:p></w:drawing></w:r>";
    becomes(
        &format!("<w:tbl><w:tc><w:p><w:r><w:t>in</w:t></w:r></w:p></w:tc></w:tbl>{kept}<w:r><w:t>1</w:t></w:r></w:p>"),
        &format!("<w:tbl><w:tc><w:p><w:r><w:t>in</w:t></w:r></w:p></w:tc></w:tbl>{kept}<w:r><w:t>7</w:t></w:r></w:p>"),
    )
}

#[test]
fn text_that_is_already_there_changes_nothing() -> Result<(), ReadError> {
    let cell = "<w:tc><w:p><w:r><w:t> 7</w:t></w:r><w:r><w:tab/></w:r></w:p></w:tc>";
    assert_eq!(put(cell, "7")?, cell);
    let blank = "<w:tc><w:p><w:r><w:t>　</w:t></w:r></w:p></w:tc>";
    assert_eq!(put(blank, "")?, blank);
    assert_eq!(put("<w:tc><w:p/></w:tc>", "")?, "<w:tc><w:p/></w:tc>");
    Ok(())
}

#[test]
fn hostile_text_is_text() -> Result<(), ReadError> {
    let written = put("<w:tc><w:p><w:r><w:t>1</w:t></w:r></w:p></w:tc>", "]]><w:p>&\u{1}\u{fffe}\n\ta ")?;
    let wanted = "<w:t>]]&gt;&lt;w:p&gt;&amp;</w:t><w:br/><w:tab/><w:t xml:space=\"preserve\">a </w:t>";
    assert_eq!(written, format!("<w:tc><w:p><w:r>{wanted}</w:r></w:p></w:tc>"));
    Ok(())
}

#[test]
fn paragraphs_like_one_carry_neither_its_section_nor_its_identity() -> Result<(), ReadError> {
    let source = "<w:p w14:paraId=\"1\"><w:pPr><w:ind/><w:sectPr><w:pgSz/></w:sectPr></w:pPr><w:bookmarkStart/><w:r><w:rPr><w:b/></w:rPr>\
                  <w:t>（文字</w:t></w:r><w:r><w:t>描述）</w:t></w:r></w:p>";
    let mut scan = scan(source, (0, source.len()), "w:", &mut Budget::default())?;
    let paragraph = scan.paragraphs.remove(0);
    assert_eq!(paragraph.text, "（文字描述）");
    let slot = ParagraphSlot::locate(source, paragraph, &scan, &[], "w:", false).ok_or(ReadError::Empty)?;
    let mut more = String::new();
    slot.style.write("一", &mut more);
    assert_eq!(more, "<w:p><w:pPr><w:ind/></w:pPr><w:r><w:rPr><w:b/></w:rPr><w:t>一</w:t></w:r></w:p>");
    assert!(slot.ends_section);
    let mut edits = Vec::new();
    slot.remove(&mut edits);
    let emptied = source.replace("<w:t>（文字</w:t>", "").replace("<w:t>描述）</w:t>", "");
    assert_eq!(apply(source, &mut edits), emptied);
    Ok(())
}

#[test]
fn edits_are_made_from_the_left_and_never_twice() {
    let mut edits =
        vec![Edit::erase((3, 5)), Edit::insert(3, "x".into()), Edit::erase((4, 6)), Edit::insert(0, "y".into())];
    assert_eq!(apply("abcdefg", &mut edits), "yabcxfg");
}

#[test]
fn a_figure_in_a_bare_cell_is_centred() -> Result<(), ReadError> {
    for (cell, wanted) in [
        ("<w:p/>", "<w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr><w:r><w:near/><w:t>7</w:t></w:r></w:p>"),
        ("<w:p></w:p>", "<w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr><w:r><w:near/><w:t>7</w:t></w:r></w:p>"),
    ] {
        let scan = scan(cell, (0, cell.len()), "w:", &mut Budget::default())?;
        let slot = TextSlot::locate(cell, &scan, "w:", "<w:near/>").ok_or(ReadError::Empty)?.centred();
        let mut edits = Vec::new();
        slot.put("7", &mut edits);
        assert_eq!(apply(cell, &mut edits), wanted);
    }
    Ok(())
}

#[test]
fn a_bare_cell_looks_like_the_label_before_it() {
    let row = "<w:tc><w:p><w:pPr><w:rPr><w:x/></w:rPr></w:pPr><w:r w:rsidR=\"1\"><w:rPr><w:b/><w:sz w:val=\"18\"/></w:rPr><w:t>规章</w:t></w:r></w:p></w:tc>";
    assert_eq!(look_before(row, row.len(), "w:").as_deref(), Some("<w:rPr><w:sz w:val=\"18\"/></w:rPr>"));
    assert_eq!(look_before("<w:tc><w:p><w:r><w:t>规章</w:t></w:r></w:p></w:tc>", 40, "w:"), None);
}
