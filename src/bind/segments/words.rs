//! Words of all forms for titles, examples, comparisons and senders, compiled for searching.

use memchr::memmem;

use crate::bind::labels::index::FormIndex;
use crate::bind::page::names::is_agency;
use crate::bind::page::title::{FoundTitle, parse};
use crate::form::{IdentitySource, Title};
use crate::text::{blank, fold};

/// Maximum number of characters of a title: the longest names of agencies and 30 more.
const TITLE: usize = 80;

/// Maximum number of characters of a line that can state what a form is: see [`Marks::contains_mark`].
const SHORT: usize = 40;

/// The words of all forms, compiled for searching.
#[derive(Debug)]
pub(in crate::bind) struct Marks {
    /// The names in titles, without those that contain another one.
    names: Vec<memmem::Finder<'static>>,
    titles: Vec<Title>,
    pub(super) comparison: Vec<String>,
    pub(super) example: Vec<String>,
    sender: Vec<String>,
    collection: Vec<String>,
    identities: Vec<IdentitySource>,
}

impl Marks {
    /// The words of these forms.
    pub(in crate::bind) fn from_forms(forms: &[FormIndex]) -> Self {
        let all = |words: fn(&FormIndex) -> &[String]| {
            let mut all: Vec<String> = forms.iter().flat_map(|index| words(index).iter().cloned()).collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let names = all(|index| &index.form.title.names);
        let least = |name: &&String| !names.iter().any(|other| other != *name && name.contains(other.as_str()));
        Self {
            names: names.iter().filter(least).map(|name| memmem::Finder::new(name.as_str()).into_owned()).collect(),
            titles: forms.iter().map(|index| index.form.title.clone()).collect(),
            comparison: all(|index| &index.form.words.comparison),
            example: all(|index| &index.form.words.example),
            sender: all(|index| &index.form.words.sender),
            collection: all(|index| &index.form.words.collection),
            identities: forms
                .iter()
                .map(|index| index.form.identity.words.clone())
                .filter(|words| !words.endings.is_empty())
                .collect(),
        }
    }

    /// Whether a short folded text contains a name that titles have.
    pub(super) fn is_titled(&self, folded: &str) -> bool {
        // A Chinese character has three bytes; a longer text is not searched.
        folded.len() <= TITLE * 3 && self.names.iter().any(|name| name.find(folded.as_bytes()).is_some())
    }

    /// The title that a text consists of, for the first form whose title matches.
    pub(super) fn title(&self, text: &str) -> Option<FoundTitle> {
        let found = self.titles.iter().find_map(|title| parse(title, text))?;
        found.alone.then_some(found)
    }

    /// Whether a folded line is the title of a file that collects reports. It is not the title of a report, and names no agency that has
    /// one.
    pub(super) fn is_collection(&self, folded: &str) -> bool {
        self.is_titled(folded) && self.collection.iter().any(|word| folded.ends_with(word.as_str()))
    }

    /// Whether a short line consists of an agency's whole name.
    pub(super) fn is_agency(&self, text: &str) -> bool {
        let text = text.trim_matches(blank);
        let short = text.len() <= SHORT * 3 && text.chars().all(char::is_alphanumeric);
        short && self.identities.iter().any(|words| is_agency(words, text))
    }

    /// The year in a title that a text contains.
    pub(in crate::bind) fn year(&self, text: &str) -> Option<i16> {
        self.titles.iter().find_map(|title| parse(title, text)).and_then(|title| title.year)
    }

    /// Whether a line that is short or ends in a colon contains one of these words.
    pub(super) fn contains_mark(words: &[String], text: &str, folded: &str) -> bool {
        let short =
            text.chars().take(SHORT + 1).count() <= SHORT || text.trim_end_matches(blank).ends_with(['：', ':']);
        short && words.iter().any(|word| folded.contains(word.as_str()))
    }

    /// The name after a word for a sender: `填报单位（盖章）：X    日期：…`.
    pub(super) fn sender(&self, text: &str) -> Option<String> {
        let (before, after) = text.split_once(['：', ':'])?;
        self.is_sender(before).then(|| sender_name(after)).flatten()
    }

    /// Whether a text is a word for a sender, with or without a remark in brackets.
    pub(super) fn is_sender(&self, text: &str) -> bool {
        let text = text.trim_matches(blank);
        let bare = text.split(['（', '(']).next().unwrap_or(text);
        // All of these words are short, so long cells need not be folded.
        bare.len() <= SHORT && {
            let folded = fold(bare);
            self.sender.contains(&folded)
        }
    }
}

/// An agency's name at the beginning of a text: up to a wide gap, a bracket or the next item with a colon.
pub(super) fn sender_name(text: &str) -> Option<String> {
    let text = text.trim_matches(blank);
    let end = text.find(['\t', '\n', '（', '(', '【', '[']).unwrap_or(text.len());
    let mut name = &text[..end];
    if let Some(colon) = name.find(['：', ':']) {
        name = name[..colon].rfind(blank).map_or("", |gap| &name[..gap]);
    }
    let gap = name.find("  ").or_else(|| name.find('\u{3000}')).unwrap_or(name.len());
    let name: String = name[..gap].split(blank).collect();
    let length = name.chars().count();
    let written =
        name.chars().all(char::is_alphanumeric) && !name.chars().any(|character| "×○〇xX".contains(character));
    ((2..=SHORT).contains(&length) && written && !name.is_ascii()).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_senders_name_ends_where_the_next_thing_begins() {
        let name = |text: &str| sender_name(text);
        assert_eq!(name(" 石岭市财政局（盖章）").as_deref(), Some("石岭市财政局"));
        assert_eq!(name("石岭市财政局   填报日期：2024年1月").as_deref(), Some("石岭市财政局"));
        assert_eq!(name("石岭市财政局 填报日期：2024年1月").as_deref(), Some("石岭市财政局"));
        assert_eq!(name("石岭市 财政局").as_deref(), Some("石岭市财政局"));
        for none in ["", "（盖章）", "××局", "____", "12", "填报日期：2024年"] {
            assert_eq!(name(none), None, "{none}");
        }
    }
}
