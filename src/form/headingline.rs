//! Headings with placeholders for agency and year: `表一 {agency}{year}年度检查情况表`.

use super::{Label, Mistake, Section, places};
use crate::text::{Months, fold, language, months_in, numbering};

/// Maximum number of characters of name and year before the fixed words of a heading.
const BEFORE: usize = 40;

/// Minimum number of characters of fixed words that are recognised after a name.
const LEAST: usize = 4;

/// A heading with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadingLine {
    /// The heading as written in the mapping file.
    pub text: String,
    /// Folded words by which the heading is recognised: the longest text between its placeholders, and its variants.
    words: Vec<String>,
}

impl HeadingLine {
    /// Parses a heading; `None` for one without placeholders.
    fn parse(text: &str, variants: &[String]) -> Option<Self> {
        text.contains('{').then(|| {
            let pieces = places::pieces(text).into_iter().map(fold);
            let longest = pieces.max_by_key(|piece| piece.chars().count()).unwrap_or_default();
            let words = std::iter::once(longest).chain(variants.iter().map(|text| fold(text)));
            Self { text: text.to_owned(), words: words.filter(|words| words.chars().count() >= LEAST).collect() }
        })
    }
}

/// Parses a heading: the label by which it is recognised, the heading with placeholders if it has any, and the mistake found.
pub(super) fn read(
    heading: Option<&toml::Spanned<String>>,
    variants: &[String],
) -> (Option<Label>, Option<HeadingLine>, Option<Mistake>) {
    let Some(heading) = heading else { return (None, None, None) };
    match fixed(heading) {
        Ok(words) => (Some(Label::new(&words, variants)), HeadingLine::parse(heading.get_ref(), variants), None),
        Err(mistake) => (None, None, Some(mistake)),
    }
}

/// The fixed words of a heading: without places and the words that belong to them. They decide whether a line is the heading.
fn fixed(heading: &toml::Spanned<String>) -> Result<String, Mistake> {
    let text = heading.get_ref();
    if !text.contains('{') {
        return Ok(text.clone());
    }
    if let Some(inside) = places::unknown(text) {
        let zh = format!("标题“{text}”中的“{{{inside}}}”不认识；只有 {}。", places::KNOWN.0);
        let en = format!("the heading has no place `{{{inside}}}`; there are {}", places::KNOWN.1);
        return Err(Mistake::new(heading.span(), zh, en));
    }
    let fixed = places::pieces(text).concat();
    let fixed = fixed.replace("（）", "").replace("()", "").trim().to_owned();
    let bare = fold(&fixed[numbering(&fixed).map_or(0, |found| found.length)..]);
    if bare.chars().count() < LEAST {
        let zh = format!("标题“{text}”除单位、年度外的文字不足{LEAST}个，无法识别。");
        let en = format!("the heading `{text}` has fewer than {LEAST} characters beside agency and year");
        return Err(Mistake::new(heading.span(), zh, en));
    }
    Ok(fixed)
}

impl Section {
    /// Whether a paragraph begins as the note of a table of this section.
    pub fn is_note(&self, text: &str) -> bool {
        if self.notes.is_empty() {
            return false;
        }
        let folded = fold(text);
        self.notes.iter().any(|note| folded.starts_with(&fold(note)))
    }

    /// The heading for an agency, a year and a part of it; its fixed words alone if one of them is missing.
    pub fn heading_for(&self, agency: Option<&str>, year: Option<i16>, months: Option<Months>) -> Option<String> {
        let filled = self.pattern.as_ref().and_then(|pattern| places::filled(&pattern.text, agency, year, months));
        filled.or_else(|| self.heading.as_ref().map(|heading| heading.text.clone()))
    }

    /// The part of a year that a heading states, if this one has a place for it.
    pub fn months_in(&self, heading: &str) -> Option<Months> {
        self.pattern.as_ref().filter(|pattern| places::has_part(&pattern.text))?;
        months_in(heading).map(|(months, _)| months)
    }

    /// The year that a heading states, if this one has a place for it.
    pub fn year_in(&self, heading: &str) -> Option<i16> {
        self.pattern.as_ref().filter(|pattern| places::has(&pattern.text, "year"))?;
        let before = &heading[..heading.find('年')?];
        let digits = before.len() - before.trim_end_matches(|sign: char| sign.is_ascii_digit()).len();
        let year = (digits == 4).then(|| before[before.len() - 4..].parse().ok()).flatten();
        year.filter(|year| (1990..=2100).contains(year))
    }

    /// Whether a folded line is this heading with a name and a year filled in.
    pub fn is_heading_with_places(&self, folded: &str) -> bool {
        let Some(pattern) = &self.pattern else { return false };
        let words = &language().periods;
        let part = |sign: char| places::has_part(&pattern.text) && (words.is_of_part(sign) || "（）()".contains(sign));
        let year = |sign: char| sign.is_ascii_digit() || "年度".contains(sign) || part(sign);
        pattern.words.iter().any(|words| {
            let Some((before, behind)) = folded.split_once(words.as_str()) else { return false };
            let digits = folded.chars().filter(char::is_ascii_digit).count();
            // `    年度检查情况统计表` of a blank form has an empty place for the year.
            let is_blank =
                before.chars().all(|sign| "年度xX×_".contains(sign) || (part(sign) && !sign.is_ascii_digit()));
            let dated = !places::has(&pattern.text, "year") || digits >= 4 || is_blank;
            before.chars().count() <= BEFORE && behind.chars().all(year) && dated
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::form::Forms;

    fn form(heading: &str) -> Result<crate::form::Forms, String> {
        let mut forms = Forms::default();
        let text = format!(
            "language = 1\nid = \"f\"\nname = {{ zh = \"检查表\", en = \"visits\" }}\n[title]\npattern = \"{{agency}}{{year}}年检查情况年报\"\n\
             [[section]]\nid = \"a\"\nheading = \"{heading}\"\n[[table]]\nid = \"t\"\nsection = \"a\"\n[[table.block]]\n\
             columns = [{{ id = \"c\", label = \"检查次数\" }}]\nrows = [{{ id = \"r\", label = \"商店\" }}]\n"
        );
        forms.add("f.toml", &text).map_err(|error| error.to_string())?;
        Ok(forms)
    }

    #[test]
    fn a_heading_names_agency_and_year() -> Result<(), String> {
        let forms = form("表一 {agency}{year}年度检查情况统计表")?;
        let section = &forms.get("f").ok_or("no form")?.sections[0];
        assert_eq!(section.heading.as_ref().map(|heading| heading.text.as_str()), Some("表一 检查情况统计表"));
        let filled = section.heading_for(Some("白渚市民政局"), Some(2024), None);
        assert_eq!(filled.as_deref(), Some("表一 白渚市民政局2024年度检查情况统计表"));
        assert_eq!(section.heading_for(None, Some(2024), None).as_deref(), Some("表一 检查情况统计表"));
        for (line, is) in [
            ("表一 白渚市民政局2024年度检查情况统计表", true),
            ("白渚市民政局2023年检查情况统计表", true),
            ("检查情况统计表", true),
            ("    年度检查情况统计表", true),
            ("××××年检查情况统计表", true),
            ("本年检查情况统计表", false),
            ("白渚市民政局检查情况统计表", false),
            ("附：上年度检查情况统计表说明", false),
        ] {
            assert_eq!(section.is_heading_with_places(&crate::text::fold(line)), is, "{line}");
        }
        Ok(())
    }

    #[test]
    fn places_that_are_not_known_are_refused() {
        assert!(form("{place}检查情况统计表").is_err_and(|error| error.contains("place")));
        assert!(form("{agency}{year}年").is_err());
    }
}
