//! Paragraph formatting of sections that are not running text: the elements of GB/T 9704-2012 around the title and at the foot.

use crate::form::SectionLook;
use crate::write::plan::is_further_item;

/// The formatting of a paragraph: its style, paragraph properties in schema order, run properties.
pub(super) struct Dress {
    pub(super) style: &'static str,
    pub(super) paragraph: &'static str,
    pub(super) run: &'static str,
}

/// The formatting of a paragraph; `None` for running text.
pub(super) fn dress(look: SectionLook, text: &str) -> Option<Dress> {
    let (style, paragraph, run) = match look {
        SectionLook::Mark => ("Title", "", "<w:rPr><w:color w:val=\"FF0000\"/></w:rPr>"),
        SectionLook::Centred => {
            ("BodyText", "<w:ind w:firstLineChars=\"0\" w:firstLine=\"0\"/><w:jc w:val=\"center\"/>", "")
        }
        SectionLook::Number => (
            "BodyText",
            "<w:pBdr><w:bottom w:val=\"single\" w:sz=\"12\" w:space=\"6\" w:color=\"FF0000\"/></w:pBdr>\
             <w:spacing w:after=\"560\"/><w:ind w:firstLineChars=\"0\" w:firstLine=\"0\"/><w:jc w:val=\"center\"/>",
            "",
        ),
        SectionLook::Flush => ("BodyText", "<w:ind w:firstLineChars=\"0\" w:firstLine=\"0\"/>", ""),
        // Aligned after 附件：: three characters after the indent of two.
        SectionLook::List if is_further_item(text) => {
            ("BodyText", "<w:ind w:leftChars=\"500\" w:left=\"1600\" w:firstLineChars=\"0\" w:firstLine=\"0\"/>", "")
        }
        SectionLook::Foot => (
            "BodyText",
            "<w:pBdr><w:top w:val=\"single\" w:sz=\"6\" w:space=\"1\" w:color=\"auto\"/>\
             <w:bottom w:val=\"single\" w:sz=\"6\" w:space=\"1\" w:color=\"auto\"/></w:pBdr>\
             <w:ind w:leftChars=\"100\" w:left=\"280\" w:firstLineChars=\"0\" w:firstLine=\"0\"/>",
            "<w:rPr><w:sz w:val=\"28\"/><w:szCs w:val=\"28\"/></w:rPr>",
        ),
        SectionLook::Text | SectionLook::List => return None,
    };
    Some(Dress { style, paragraph, run })
}
