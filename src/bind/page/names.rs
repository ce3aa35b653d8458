//! Whether two names denote the same agency: short forms, former names, offices that sign for it, and other agencies.

use crate::form::IdentitySource;
use crate::text::fold;

/// Relation of two names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kinship {
    /// The same agency, or an office of it.
    Same,
    /// Undecided.
    Unclear,
    /// Different agencies.
    Different,
    /// The second agency is of a higher level; a superior agency may be mentioned anywhere.
    Above,
}

/// A name divided into its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name<'t> {
    /// The region at its beginning, such as 甲市乙区; empty if there is none.
    region: &'t str,
    /// Level of the region by the form's `regions`; 0 is the highest.
    level: Option<usize>,
    /// The field of work, without region and ending; empty for a government.
    core: &'t str,
    /// Whether it is the government of its region.
    government: bool,
    /// Whether it is an office of another agency.
    office: bool,
    /// Whether it has an ending of agencies or offices.
    ended: bool,
}

impl<'t> Name<'t> {
    /// Divides a name by the word lists of a form.
    pub(super) fn parse(words: &IdentitySource, text: &'t str) -> Self {
        let (at, level) = region(words, text);
        let (region, rest) = text.split_at(at);
        let strip = |text: &'t str, endings: &[String]| {
            let fitting = endings.iter().filter_map(|ending| text.strip_suffix(ending.as_str()));
            fitting.min_by_key(|rest| rest.len())
        };
        let within = strip(rest, &words.offices);
        let inner = within.unwrap_or(rest);
        let governing = strip(inner, &words.governments);
        // Unless the core is empty, the name is not a government but an agency with that ending: 发展委员会, as opposed to 开发区管理委员会.
        let core = governing.or_else(|| strip(inner, &words.endings));
        let government = governing.is_some_and(str::is_empty);
        let ended = core.is_some() || within.is_some();
        Self { region, level, core: core.unwrap_or(inner), government, office: within.is_some(), ended }
    }

    /// Whether it names a place, not only 县 or 市.
    pub(super) fn has_place(&self) -> bool {
        self.region.chars().count() >= 2
    }

    /// Whether it has an ending of agencies and identifies a specific one.
    pub(super) fn is_certain(&self) -> bool {
        self.ended && (self.government || !self.core.is_empty())
    }
}

/// Whether a text is the complete name of an agency, with its region.
pub(in crate::bind) fn is_agency(words: &IdentitySource, text: &str) -> bool {
    let name = Name::parse(words, text);
    name.is_certain() && name.has_place()
}

/// End of the region's name as a byte offset, and its level.
fn region(words: &IdentitySource, text: &str) -> (usize, Option<usize>) {
    let (mut end, mut level) = (0, None);
    for (at, _) in text.char_indices() {
        // Words of one level are separated by bars: 县|区|旗.
        let signs = words.regions.iter().enumerate();
        let signs = signs.flat_map(|(rank, signs)| signs.split('|').map(move |sign| (rank, sign)));
        let sign = signs.filter(|(_, sign)| text[at..].starts_with(sign));
        let Some((rank, sign)) = sign.max_by_key(|(_, sign)| sign.len()) else { continue };
        // A word inside another word does not count: 市场, 城市.
        let is_word = |word: &String| {
            word.match_indices(sign).any(|(inside, _)| {
                at.checked_sub(inside)
                    .is_some_and(|start| text.get(start..).is_some_and(|text| text.starts_with(word.as_str())))
            })
        };
        if words.not_regions.iter().any(is_word) {
            continue;
        }
        // Levels descend: a province does not follow a county.
        if level.is_none_or(|known| rank >= known) {
            (end, level) = (at + sign.len(), Some(rank));
        }
    }
    (end, level)
}

/// Relation of another name to that of the reporting agency.
pub(super) fn kinship(words: &IdentitySource, own: &str, other: &str) -> Kinship {
    let (own_text, other_text) = (&fold(own), &fold(other));
    if own_text == other_text {
        return Kinship::Same;
    }
    let (own, other) = (Name::parse(words, own_text), Name::parse(words, other_text));
    let shortened = abbreviates(own_text, other_text) || abbreviates(other_text, own_text);
    let plain = own_text.chars().chain(other_text.chars()).all(is_han);
    if !plain || !own.is_certain() || !(other.is_certain() || other.office) {
        return if shortened { Kinship::Same } else { Kinship::Unclear };
    }
    if own.has_place() && other.has_place() && !regions_match(&own, &other) {
        let above = other.level.zip(own.level).is_some_and(|(other, own)| other < own);
        return if above { Kinship::Above } else { Kinship::Different };
    }
    match (own.government, other.government) {
        _ if shortened => return Kinship::Same,
        (true, true) => return Kinship::Same,
        (false, true) => return Kinship::Above,
        (true, false) => {
            let signs = other.core.is_empty()
                || words.sign_for_government.iter().any(|word| other.core.contains(word.as_str()));
            return if signs { Kinship::Same } else { Kinship::Unclear };
        }
        (false, false) => {}
    }
    if own.core.is_empty() || other.core.is_empty() {
        return Kinship::Unclear;
    }
    let renamed =
        |cores: &Vec<String>| [own.core, other.core].iter().all(|core| cores.iter().any(|known| known == core));
    if abbreviates(own.core, other.core) || abbreviates(other.core, own.core) || words.renamed.iter().any(renamed) {
        return Kinship::Same;
    }
    // Short forms usually keep the first character of a name: 教体, 教育.
    if own.core.chars().next() == other.core.chars().next() { Kinship::Unclear } else { Kinship::Different }
}

/// Whether one region is a shorter form of the other.
fn regions_match(one: &Name, other: &Name) -> bool {
    let (one, other, alike) = (one.region, other.region, one.level == other.level);
    one.ends_with(other) || other.ends_with(one) || (alike && (abbreviates(one, other) || abbreviates(other, one)))
}

/// Whether the shorter text is a subsequence of the longer one.
fn abbreviates(shorter: &str, longer: &str) -> bool {
    let mut rest = longer.chars();
    shorter.chars().all(|character| rest.any(|other| other == character))
}

/// Splits a text after the name at its beginning: the shortest prefix with an ending of agencies, followed by its offices.
pub(super) fn leading<'t>(words: &IdentitySource, text: &'t str) -> Option<(&'t str, &'t str)> {
    let at = text.char_indices().map(|(at, _)| at).take(LONGEST).find_map(|at| {
        let ending = words.endings.iter().filter(|ending| text[at..].starts_with(ending.as_str()));
        ending.map(String::len).max().map(|length| at + length)
    })?;
    let office = words.offices.iter().filter(|office| text[at..].starts_with(office.as_str())).map(String::len).max();
    let (name, rest) = text.split_at(at + office.unwrap_or(0));
    name.chars().all(is_han).then_some((name, rest))
}

/// Maximum number of characters of a name.
const LONGEST: usize = 24;

fn is_han(character: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Forms;

    #[test]
    fn short_forms_former_names_and_offices_are_one_agency_and_others_are_not() {
        let forms = Forms::built_in().unwrap();
        for form in forms.iter().filter(|form| !form.identity.words.endings.is_empty()) {
            let words = &form.identity.words;
            for (own, other, wanted) in [
                ("青岚县审计局", "青岚县财政局", Kinship::Different),
                ("青岚县审计局", "青岚县审计局办公室", Kinship::Same),
                ("青岚县审计局", "县审计局", Kinship::Same),
                ("青岚县审计局", "县财政局", Kinship::Different),
                ("青岚县审计局", "邻水县审计局", Kinship::Different),
                ("青岚县审计局", "云港市审计局", Kinship::Above),
                ("青岚县审计局", "青岚县人民政府", Kinship::Above),
                ("青岚县人力资源和社会保障局", "县人社局", Kinship::Same),
                ("青岚县发展和改革局", "青岚县发改委", Kinship::Same),
                ("青岚县综合行政执法局", "青岚县城市管理局", Kinship::Same),
                ("青岚县教育局", "青岚县教体局", Kinship::Unclear),
                ("青岚县市场监督管理局", "青岚县城市管理局", Kinship::Different),
                ("青岚县市场监督管理局", "市监局", Kinship::Same),
                ("青岚县人民政府", "青岚县人民政府办公室", Kinship::Same),
                ("青岚县人民政府", "青岚县政务服务管理局", Kinship::Same),
                ("青岚县人民政府", "青岚县财政局", Kinship::Unclear),
                ("青岚县凤台镇人民政府", "青岚县人民政府", Kinship::Above),
                ("青岚县凤台镇人民政府", "青岚县白沙镇人民政府", Kinship::Different),
                ("青岚县凤台镇人民政府", "凤台镇人民政府", Kinship::Same),
                ("白渚市民政局", "石岭市民政局", Kinship::Different),
                ("泰渚市南畈区民政局", "南畈区民政局", Kinship::Same),
                ("青岚县第一中学", "青岚县财政局", Kinship::Unclear),
            ] {
                assert_eq!(kinship(words, own, other), wanted, "{own} {other}");
            }
            assert_eq!(leading(words, "青岚县财政局认真执行"), Some(("青岚县财政局", "认真执行")));
            assert_eq!(leading(words, "青岚县人民政府办公室认真"), Some(("青岚县人民政府办公室", "认真")));
            assert_eq!(leading(words, "全年主动公开，局"), None);
        }
    }
}
