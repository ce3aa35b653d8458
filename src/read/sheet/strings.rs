//! Shared strings and rich text of XLSX workbooks (ECMA-376 part 1, 18.4).

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Run;
use super::faces::font;
use crate::document::{Budget, Exceeded, Resource};
use crate::read::ReadError;
use crate::read::shared::marks::Face;
use crate::read::xml::{self, Event, Events};

/// Maximum number of shared strings.
const MOST: usize = 1_000_000;

/// Strings in one buffer, so that a million short ones cost little more than their text.
#[derive(Debug, Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
    /// Runs of the strings with formatted runs, by index.
    runs: BTreeMap<usize, Vec<Run>>,
}

impl Strings {
    /// Adds a string.
    pub(super) fn push(&mut self, text: &str) -> Result<(), Exceeded> {
        if self.ends.len() >= MOST {
            return Err(Exceeded { resource: Resource::Blocks, asked: MOST as u64 + 1, limit: MOST as u64 });
        }
        self.text.push_str(text);
        self.ends.push(self.text.len());
        Ok(())
    }

    /// Adds a string with formatted runs.
    pub(super) fn push_rich(&mut self, text: &str, runs: Vec<Run>, budget: &mut Budget) -> Result<(), Exceeded> {
        if !runs.is_empty() {
            budget.spend(Resource::Blocks, runs.len() as u64)?;
            self.runs.insert(self.ends.len(), runs);
        }
        self.push(text)
    }

    /// The runs of the string with this index; empty if it has no formatted runs.
    pub(super) fn runs(&self, index: usize) -> &[Run] {
        if self.runs.is_empty() { &[] } else { self.runs.get(&index).map(Vec::as_slice).unwrap_or_default() }
    }

    /// The string with this index.
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let start = if index == 0 { 0 } else { *self.ends.get(index - 1)? };
        self.text.get(start..*self.ends.get(index)?)
    }

    /// Reads `xl/sharedStrings.xml`. The declared number of strings is ignored.
    pub(super) fn read(part: &[u8], budget: &mut Budget) -> Result<Self, ReadError> {
        let (text, _) = xml::text(part, budget)?;
        let mut events = Events::new(&text, 0, &[]);
        let mut strings = Self::default();
        loop {
            match events.next(budget)? {
                Event::Open(tag) if tag.local == "si" => {
                    let (string, runs) = rich(&mut events, budget)?;
                    budget.spend(Resource::TextBytes, string.len() as u64)?;
                    strings.push_rich(&string, runs, budget)?;
                }
                Event::End => return Ok(strings),
                _ => {}
            }
        }
    }
}

/// The text of the innermost open element (`si`, `is`): its runs joined, without phonetic readings; and its runs, if they are formatted.
pub(super) fn rich<'a>(events: &mut Events<'a>, budget: &mut Budget) -> Result<(Cow<'a, str>, Vec<Run>), ReadError> {
    let outside = events.depth().saturating_sub(1);
    let mut text = Cow::Borrowed("");
    let (mut runs, mut face, mut formatted): (Vec<Run>, _, _) = (Vec::new(), None, false);
    loop {
        match events.next(budget)? {
            Event::Open(tag) if tag.local == "rPh" => {
                events.skip(budget)?;
            }
            Event::Open(tag) if tag.local == "r" => face = None,
            Event::Open(tag) if tag.local == "rPr" => {
                formatted = true;
                face = Some(font(events, None, budget)?.apply(Face::default()));
            }
            Event::Open(tag) if tag.local == "t" => {
                let run = unescaped(events.content(budget)?);
                if formatted || !text.is_empty() {
                    if runs.is_empty() && !text.is_empty() {
                        runs.push((text.len(), None));
                    }
                    runs.push((text.len() + run.len(), face));
                }
                if text.is_empty() {
                    text = run;
                } else {
                    text.to_mut().push_str(&run);
                }
            }
            Event::Close(_) if events.depth() == outside => break,
            Event::End => break,
            _ => {}
        }
    }
    if !formatted {
        runs.clear();
    }
    Ok((text, runs))
}

/// Decodes characters written as `_x000D_` (ECMA-376 part 1, 22.9.2.19). Carriage returns are removed.
pub(super) fn unescaped(text: Cow<'_, str>) -> Cow<'_, str> {
    if memchr::memchr2(b'_', b'\r', text.as_bytes()).is_none() {
        return text;
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = &*text;
    while let Some(at) = rest.find("_x") {
        plain.push_str(&rest[..at]);
        let digits = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        let character = digits.and_then(|digits| char::from_u32(u32::from_str_radix(digits, 16).ok()?));
        if let Some(character) = character {
            plain.push(character);
            rest = &rest[at + 7..];
        } else {
            plain.push_str("_x");
            rest = &rest[at + 2..];
        }
    }
    plain.push_str(rest);
    plain.retain(|character| character != '\r');
    plain.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_joined_and_readings_left_out() -> Result<(), ReadError> {
        let part = "<sst uniqueCount=\"99999999999\"><si><t>规章</t></si><si/><si><r><rPr><b/></rPr><t>行政</t></r><r><t xml:space=\"preserve\"> _x005F_x0041_许可</t></r>\
                    <rPh sb=\"0\" eb=\"1\"><t>xu</t></rPh></si></sst>";
        let strings = Strings::read(part.as_bytes(), &mut Budget::default())?;
        let all: Vec<_> = (0..4).map(|index| strings.get(index)).collect();
        assert_eq!(all, [Some("规章"), Some(""), Some("行政 _x0041_许可"), None]);
        assert_eq!(unescaped("a_x000D_\n_xZ_x_".into()), "a\n_xZ_x_");
        Ok(())
    }
}
