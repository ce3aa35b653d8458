//! Agencies collected from the names in reports, if there is no agencies file.

use std::collections::HashMap;

use super::Agencies;
use crate::text::fold;

/// Agencies by the names in reports.
#[derive(Debug, Default)]
pub struct Named {
    names: Vec<String>,
    /// Index of the agency of a folded name.
    known: HashMap<String, usize>,
}

impl Named {
    /// The index of the agency with a name, which is added if it is new; `None` for a name that folds to nothing.
    pub fn index(&mut self, name: &str) -> Option<usize> {
        let folded = fold(name);
        if folded.is_empty() {
            return None;
        }
        let next = self.names.len();
        let index = *self.known.entry(folded).or_insert(next);
        if index == next {
            self.names.push(name.to_owned());
        }
        Some(index)
    }

    /// The agencies in the order of their indices.
    pub fn agencies(&self) -> Agencies {
        Agencies::of_reports(self.names.iter().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indexes_are_those_of_the_agencies() {
        let mut named = Named::default();
        let indexes = ["甲局", "乙局", "甲 局", " ", "丙局"].map(|name| named.index(name));
        assert_eq!(indexes, [Some(0), Some(1), Some(0), None, Some(2)]);
        let agencies = named.agencies();
        let names: Vec<&str> = agencies.list().iter().map(|agency| agency.name.as_str()).collect();
        assert_eq!(names, ["甲局", "乙局", "丙局"]);
    }
}
