//! The order of elements in outputs, compared with the sequences of ECMA-376 part 1 (17 and 18), which strict readers require.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::{Cursor, Read};

use nianbao::document::Picture;
use nianbao::form::{Form, Forms};
use nianbao::report::{Content, ExtraCell, ExtraTable, Report};
use nianbao::sampler::Sampler;
use nianbao::write::{Output, WRITERS};
use quick_xml::Reader;
use quick_xml::events::Event;

/// Elements and their children in order. Children in any order, or repeated, are not listed.
const SEQUENCES: &[(&str, &str)] = &[
    ("w:body", "w:sectPr"),
    ("w:p", "w:pPr"),
    ("w:r", "w:rPr"),
    ("w:tbl", "w:tblPr w:tblGrid w:tr"),
    ("w:tr", "w:tblPrEx w:trPr w:tc"),
    ("w:tc", "w:tcPr"),
    (
        "w:pPr",
        "w:pStyle w:keepNext w:keepLines w:pageBreakBefore w:framePr w:widowControl w:numPr w:suppressLineNumbers w:pBdr w:shd w:tabs \
         w:suppressAutoHyphens w:kinsoku w:wordWrap w:overflowPunct w:topLinePunct w:autoSpaceDE w:autoSpaceDN w:bidi w:adjustRightInd \
         w:snapToGrid w:spacing w:ind w:contextualSpacing w:mirrorIndents w:suppressOverlap w:jc w:textDirection w:textAlignment \
         w:textboxTightWrap w:outlineLvl w:divId w:cnfStyle w:rPr w:sectPr w:pPrChange",
    ),
    (
        "w:rPr",
        "w:rStyle w:rFonts w:b w:bCs w:i w:iCs w:caps w:smallCaps w:strike w:dstrike w:outline w:shadow w:emboss w:imprint w:noProof \
         w:snapToGrid w:vanish w:webHidden w:color w:spacing w:w w:kern w:position w:sz w:szCs w:highlight w:u w:effect w:bdr w:shd \
         w:fitText w:vertAlign w:rtl w:cs w:em w:lang w:eastAsianLayout w:specVanish w:oMath",
    ),
    (
        "w:tblPr",
        "w:tblStyle w:tblpPr w:tblOverlap w:bidiVisual w:tblStyleRowBandSize w:tblStyleColBandSize w:tblW w:jc w:tblCellSpacing w:tblInd \
         w:tblBorders w:shd w:tblLayout w:tblCellMar w:tblLook w:tblCaption w:tblDescription",
    ),
    ("w:tblBorders", "w:top w:left w:start w:bottom w:right w:end w:insideH w:insideV"),
    ("w:tcBorders", "w:top w:left w:start w:bottom w:right w:end w:insideH w:insideV w:tl2br w:tr2bl"),
    ("w:tblCellMar", "w:top w:left w:start w:bottom w:right w:end"),
    (
        "w:tcPr",
        "w:cnfStyle w:tcW w:gridSpan w:hMerge w:vMerge w:tcBorders w:shd w:noWrap w:tcMar w:textDirection w:tcFitText w:vAlign w:hideMark",
    ),
    (
        "w:sectPr",
        "w:footnotePr w:endnotePr w:type w:pgSz w:pgMar w:paperSrc w:pgBorders w:lnNumType w:pgNumType w:cols w:formProt w:vAlign \
         w:noEndnote w:titlePg w:textDirection w:bidi w:rtlGutter w:docGrid w:printerSettings",
    ),
    (
        "w:style",
        "w:name w:aliases w:basedOn w:next w:link w:autoRedefine w:hidden w:uiPriority w:semiHidden w:unhideWhenUsed w:qFormat w:locked \
         w:personal w:rsid w:pPr w:rPr w:tblPr w:trPr w:tcPr w:tblStylePr",
    ),
    ("w:styles", "w:docDefaults w:latentStyles w:style"),
    (
        "w:settings",
        "w:writeProtection w:view w:zoom w:removePersonalInformation w:removeDateAndTime w:embedTrueTypeFonts w:saveSubsetFonts \
         w:mirrorMargins w:bordersDoNotSurroundHeader w:bordersDoNotSurroundFooter w:proofState w:attachedTemplate w:trackRevisions \
         w:documentProtection w:defaultTabStop w:autoHyphenation w:evenAndOddHeaders w:drawingGridHorizontalSpacing \
         w:drawingGridVerticalSpacing w:displayHorizontalDrawingGridEvery w:displayVerticalDrawingGridEvery w:noPunctuationKerning \
         w:characterSpacingControl w:noLineBreaksAfter w:noLineBreaksBefore w:updateFields w:hdrShapeDefaults w:footnotePr w:endnotePr \
         w:compat w:docVars w:rsids m:mathPr w:themeFontLang w:clrSchemeMapping w:decimalSymbol w:listSeparator",
    ),
    (
        "worksheet",
        "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges scenarios autoFilter \
         sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations hyperlinks printOptions \
         pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing \
         legacyDrawing legacyDrawingHF picture oleObjects controls webPublishItems tableParts extLst",
    ),
    ("styleSheet", "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst"),
    ("xf", "alignment protection extLst"),
    ("dxf", "font numFmt fill alignment border protection"),
    ("c", "f v is extLst"),
    (
        "workbook",
        "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups externalReferences definedNames calcPr \
         oleSize customWorkbookViews pivotCaches webPublishing fileRecoveryPr webPublishObjects extLst",
    ),
];

/// Elements that must be last in their parent, if they occur.
const LAST: &[(&str, &str)] = &[("w:body", "w:sectPr"), ("w:tc", "w:p")];

/// Violations of the element order in a part.
fn disorder(part: &str, xml: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<(String, Vec<String>)> = vec![(String::new(), Vec::new())];
    let mut wrong = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => {
                let name = tag.name().as_ref().to_owned();
                open.last_mut().unwrap().1.push(name.clone());
                open.push((name, Vec::new()));
            }
            Event::Empty(tag) => {
                let name = tag.name().as_ref().to_owned();
                open.last_mut().unwrap().1.push(name.clone());
                wrong.extend(check(part, &name, &[]));
            }
            Event::End(_) => {
                let (name, children) = open.pop().unwrap();
                wrong.extend(check(part, &name, &children));
            }
            Event::Eof => return wrong,
            _ => {}
        }
    }
}

fn check(part: &str, name: &str, children: &[String]) -> Vec<String> {
    let mut wrong = Vec::new();
    if let Some((_, sequence)) = SEQUENCES.iter().find(|(known, _)| *known == name) {
        let sequence: Vec<&str> = sequence.split_whitespace().collect();
        let ranks: Vec<usize> =
            children.iter().filter_map(|child| sequence.iter().position(|known| known == child)).collect();
        let properties = name.ends_with("Pr") || matches!(name, "worksheet" | "styleSheet" | "w:style" | "workbook");
        let references = ["w:headerReference", "w:footerReference"];
        let unknown =
            children.iter().find(|child| !sequence.contains(&child.as_str()) && !references.contains(&child.as_str()));
        if let Some(unknown) =
            unknown.filter(|_| properties && name != "sheetPr" && !matches!(name, "w:trPr" | "w:sdtPr"))
        {
            wrong.push(format!("{part}: {name} has {unknown}"));
        }
        let first = sequence.len() == 1 && children.iter().position(|child| child == sequence[0]).unwrap_or(0) > 0;
        let leads = !LAST.iter().any(|(parent, last)| *parent == name && *last == sequence[0]);
        if ranks.windows(2).any(|pair| pair[0] > pair[1]) || (first && leads) {
            wrong.push(format!("{part}: {name} has {children:?}"));
        }
    }
    for (parent, last) in LAST {
        if *parent == name
            && children.iter().any(|child| child == last)
            && children.last().is_some_and(|child| child != last)
        {
            wrong.push(format!("{part}: {name} does not end with {last}"));
        }
    }
    wrong
}

/// A report with everything that an output can contain.
fn full(form: &Form, seed: u64) -> Report {
    let mut report = Sampler::new(seed).report(form);
    let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10\0\0\0\x10\x08\x06\0\0\0";
    report.pictures.push(Picture { name: "a.png".into(), media_type: "image/png".into(), bytes: png.to_vec().into() });
    let cell = |row, column, col_span, text: &str| ExtraCell { row, column, row_span: 1, col_span, text: text.into() };
    let cells = vec![cell(0, 0, 2, "渠道"), cell(1, 0, 1, "网站"), cell(1, 1, 1, "12")];
    let content = &mut report.sections.last_mut().unwrap().content;
    content.push(Content::Extra(ExtraTable { rows: 2, columns: 2, cells, place: None }));
    content.push(Content::Picture { index: 0, extent: None, alt: Some("图解".into()) });
    report.unclaimed.push(Content::text("附件：1.名单"));
    report
}

#[test]
fn every_output_has_its_elements_in_order() {
    let mut parts = 0;
    for form in Forms::built_in().unwrap().iter() {
        for report in [full(form, 1), full(form, 2), Report::empty(&form.id)] {
            for output in [Output::Docx, Output::Xlsx] {
                let writer = WRITERS.iter().find(|writer| writer.output == output).unwrap();
                let bytes = writer.write(form, &report).unwrap();
                let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
                for index in 0..archive.len() {
                    let mut entry = archive.by_index(index).unwrap();
                    let name = entry.name().unwrap().into_owned();
                    if name.rsplit('.').next() != Some("xml") {
                        continue;
                    }
                    let mut xml = String::new();
                    entry.read_to_string(&mut xml).unwrap();
                    let wrong = disorder(&name, &xml);
                    assert!(wrong.is_empty(), "{} {output:?}: {wrong:?}", form.id);
                    parts += 1;
                }
            }
        }
    }
    assert!(parts > 80, "{parts}");
}

#[test]
fn disorder_is_seen() {
    let p = "<w:p><w:pPr><w:jc/><w:spacing/></w:pPr></w:p>";
    assert_eq!(disorder("x", p).len(), 1);
    assert_eq!(disorder("x", "<w:p><w:r/><w:pPr/></w:p>").len(), 1);
    assert_eq!(disorder("x", "<w:tc><w:tcPr/><w:p/><w:tbl/></w:tc>").len(), 1);
    assert_eq!(disorder("x", "<w:body><w:sectPr/><w:p/></w:body>").len(), 1);
    assert_eq!(disorder("x", "<w:tcPr><w:colour/></w:tcPr>").len(), 1);
    assert!(disorder("x", "<w:p><w:pPr><w:spacing/><w:jc/></w:pPr><w:r/></w:p>").is_empty());
}
