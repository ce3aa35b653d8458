//! Lines outside the tables that name agency or year: `填报单位：{}`, `（{}年度）`.

use super::Mistake;
use super::pattern::Pattern;

/// A line with a placeholder for a name or a year.
#[derive(Debug, Clone)]
pub struct LabelLine {
    pattern: Pattern,
}

impl LabelLine {
    /// Parses a line of a mapping file, in which `{}` is the placeholder.
    ///
    /// # Errors
    /// If there is no `{}`, or no text besides it.
    pub(super) fn new(source: &toml::Spanned<String>) -> Result<Self, Mistake> {
        let text = source.get_ref();
        let Some((before, after)) = text.split_once("{}") else {
            let zh = format!("“{text}”中缺少 {{}}（所填内容的位置）。");
            return Err(Mistake::new(source.span(), zh, format!("`{text}` needs `{{}}` where the name stands")));
        };
        let (before, after) = (spaced(before), spaced(after));
        if before.is_empty() && after.is_empty() {
            let zh = format!("“{text}”除 {{}} 外没有文字。");
            return Err(Mistake::new(source.span(), zh, format!("`{text}` has no words beside `{{}}`")));
        }
        // A name ends at a gap of two blanks, at the next label, or at the end of the line.
        let end = if after.is_empty() { r"(?:\s{2,}|[\t　]|\s*[\p{Han}]{2,8}[：:]|\s*$)".to_owned() } else { after };
        let written = format!(r"{before}\s*(?P<n>[^\s：:].*?)\s*{end}");
        Pattern::new(&written)
            .map(|pattern| Self { pattern })
            .map_err(|why| Mistake::new(source.span(), format!("“{text}”无法使用。"), format!("`{text}`: {why}")))
    }

    /// The text at the placeholder, if this line matches.
    pub fn named(&self, line: &str) -> Option<String> {
        let regex = self.pattern.regex()?;
        let named = line.lines().find_map(|line| Some(regex.captures(line)?.name("n")?.as_str().to_owned()))?;
        let named = named.trim().trim_end_matches(['（', '(']).trim().to_owned();
        let blank = named.chars().all(|character| "_＿—-×xX （）()".contains(character));
        (!named.is_empty() && !blank).then_some(named)
    }

    /// The compiled pattern.
    pub(super) fn pattern(&self) -> &Pattern {
        &self.pattern
    }
}

/// A regular expression for the words that allows blanks between characters and punctuation in full or half width.
fn spaced(text: &str) -> String {
    let mut pattern = String::new();
    for character in text.trim().chars().filter(|character| !character.is_whitespace()) {
        if !pattern.is_empty() {
            pattern.push_str(r"\s*");
        }
        match character {
            '：' | ':' => pattern.push_str("[：:]"),
            '（' | '(' => pattern.push_str("[（(]"),
            '）' | ')' => pattern.push_str("[）)]"),
            other => pattern.push_str(&regex::escape(&other.to_string())),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(pattern: &str, line: &str) -> Option<String> {
        let text = format!("a = {}", toml::Value::String(pattern.to_owned()));
        let table: std::collections::BTreeMap<String, toml::Spanned<String>> = toml::from_str(&text).ok()?;
        LabelLine::new(table.get("a")?).ok()?.named(line)
    }

    #[test]
    fn a_name_ends_at_a_gap_or_the_next_label() {
        let agency = "填报单位：{}";
        assert_eq!(named(agency, "填报单位：白渚市民政局").as_deref(), Some("白渚市民政局"));
        assert_eq!(named(agency, " 填报单位: 白渚市民政局    单位：万元").as_deref(), Some("白渚市民政局"));
        assert_eq!(named(agency, "填报单位：白渚市民政局 金额单位：万元").as_deref(), Some("白渚市民政局"));
        assert_eq!(named(agency, "填 报 单 位 ：白渚市民政局（盖章）").as_deref(), Some("白渚市民政局（盖章）"));
        assert_eq!(named(agency, "填报单位："), None);
        assert_eq!(named(agency, "填报单位：______"), None);
        assert_eq!(named("（{}年度）", "( 2023 年度)").as_deref(), Some("2023"));
        assert_eq!(named("没有", "没有"), None);
    }
}
