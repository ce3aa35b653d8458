//! Finds the agency that a file's path names, for files that cannot be read.

use std::collections::HashMap;

use super::Agencies;
use super::folded::FoldedName;
use crate::text::fold;

/// Minimum length in characters of an agency's name without its place (教育局).
const SHORTEST: usize = 3;

/// Folded names that a path may contain: each name, and each without the place that it shares with its superior.
#[derive(Debug, Clone, Default)]
pub(super) struct PathNames {
    agencies: HashMap<String, Vec<usize>>,
    /// Length of the longest, in bytes.
    longest: usize,
}

impl PathNames {
    /// Built from agencies and their folded names and aliases.
    pub(super) fn new(agencies: &Agencies, folded: &[FoldedName]) -> Self {
        let above: HashMap<usize, String> = {
            let parents = agencies.list().iter().filter_map(|agency| agency.parent);
            parents.map(|parent| (parent, fold(&agencies.list()[parent].name))).collect()
        };
        let mut names = Self::default();
        for FoldedName { text: name, agency, .. } in folded {
            let agency = *agency as usize;
            names.add(name, agency);
            let place = agencies.list()[agency].parent.map_or(0, |parent| common(name, &above[&parent]));
            if place > 0 && name[place..].chars().count() >= SHORTEST {
                names.add(&name[place..], agency);
            }
        }
        names
    }

    fn add(&mut self, name: &str, agency: usize) {
        self.longest = self.longest.max(name.len());
        let known = self.agencies.entry(name.to_owned()).or_default();
        if !known.contains(&agency) {
            known.push(agency);
        }
    }

    /// The only agency named in a folded component of a path. A name inside a longer name is ignored.
    pub(super) fn named_in(&self, part: &str) -> Option<usize> {
        let mut found: Vec<(usize, usize, &[usize])> = Vec::new();
        let ends: Vec<usize> = part.char_indices().map(|(at, _)| at).chain([part.len()]).collect();
        for (number, &start) in ends.iter().enumerate() {
            let ends = ends[number + 1..].iter().take_while(|&&end| end - start <= self.longest);
            for &end in ends {
                if let Some(agencies) = self.agencies.get(&part[start..end]) {
                    found.push((start, end, agencies));
                }
            }
        }
        let inside = |one: &(usize, usize, &[usize]), other: &(usize, usize, &[usize])| {
            other.0 <= one.0 && one.1 <= other.1 && other.1 - other.0 > one.1 - one.0
        };
        let outer = found.iter().filter(|one| !found.iter().any(|other| inside(one, other)));
        let mut named = outer.flat_map(|(.., agencies)| agencies.iter().copied());
        let first = named.next()?;
        named.all(|agency| agency == first).then_some(first)
    }
}

/// Length in bytes of the common prefix of two names: the place in 青山县教育局 and 青山县人民政府.
fn common(one: &str, other: &str) -> usize {
    let same = one.chars().zip(other.chars()).take_while(|(one, other)| one == other);
    same.map(|(character, _)| character.len_utf8()).sum()
}
