//! Index of a form's labels: every folded label with the rows of the tables in which it may appear.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use memchr::memmem;
use rustc_hash::FxBuildHasher;

use super::likeness::likeness;
pub(in crate::bind) use super::numbers::Role;
use super::numbers::{LabelNumber, LabelNumbers};
use super::shapes::{Shape, shapes};
use crate::bind::limits::LIKE_HEADING;
use crate::form::{Block, Form, Head, Label};
use crate::report::Value;
use crate::text::Finder;

/// Maximum number of labels that are found in one text: a hundred times those of a report.
pub(in crate::bind) const OCCURRENCES: usize = 20_000;

/// A row of a table of the form; the rows are listed from top to bottom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) enum Expected {
    /// The caption above a block.
    Caption {
        /// Index of the block.
        block: usize,
    },
    /// A line of a block's header.
    Header {
        /// Index of the block.
        block: usize,
        /// 0 for the outermost groups.
        depth: usize,
    },
    /// A row of figures.
    Data {
        /// Index of the block.
        block: usize,
        /// Index of the leaf row in the block.
        row: usize,
    },
}

/// A place in the form where a label appears.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::bind) struct Use {
    /// Index of the table.
    pub(in crate::bind) table: usize,
    /// Index of the expected row in the table.
    pub(in crate::bind) expected: usize,
    /// Its role there.
    pub(in crate::bind) role: Role,
    /// Its weight as evidence; 1 for a row label as prescribed.
    pub(in crate::bind) weight: f32,
    /// Number of the form's label, which is shared by its prescribed text and its variants.
    pub(in crate::bind) place: usize,
}

/// A label of the form in the folded text.
#[derive(Debug, Clone)]
pub(in crate::bind) struct Occurrence {
    /// First byte in the folded text.
    pub(in crate::bind) start: usize,
    /// Byte after its last.
    pub(in crate::bind) end: usize,
    /// The folded label of the form.
    pub(in crate::bind) label: Box<str>,
    /// Factor for its weight: less than 1 for a label that is only similar.
    pub(in crate::bind) trust: f32,
}

/// A form with the index of its labels.
#[derive(Debug)]
pub(in crate::bind) struct FormIndex {
    /// The form.
    pub(in crate::bind) form: Arc<Form>,
    /// The expected rows of each table.
    pub(in crate::bind) expected: Vec<Vec<Expected>>,
    /// For each label, where it may appear; empty for the heading of a section.
    uses: Vec<Vec<Use>>,
    /// The row labels for comparison by similarity: folded, table, expected row.
    pub(in crate::bind) leaves: Vec<(String, usize, usize)>,
    /// Every folded label once, in the form's order, then the headings of the sections. A label's number is its index here.
    labels: Vec<Box<str>>,
    /// Finds the labels in a folded text; built on first use.
    finder: OnceLock<Finder>,
    /// For each section, a finder of its heading as prescribed in a folded text; `None` for a section without a heading.
    pub(in crate::bind) headings: Vec<Option<memmem::Finder<'static>>>,
    /// Number of labels of the form; the variants of a label count as one.
    places: usize,
    /// The numbers of the folded labels.
    pub(in crate::bind) numbers: LabelNumbers,
    /// The section of each folded heading, with and without its number.
    sections: HashMap<Box<str>, usize, FxBuildHasher>,
    /// Finds the names that a title of the form may have.
    names: Vec<memmem::Finder<'static>>,
    /// The possible shapes of its blocks in a grid.
    pub(in crate::bind) shapes: Vec<Shape>,
    /// The fields of the form with blank values: cloning them is faster than inserting each field.
    blank: IndexMap<String, Value>,
}

/// How many labels of a form a document has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bind) struct Coverage {
    /// Labels that were found, in each table and row that has them.
    pub(in crate::bind) found: usize,
    /// Labels that are missing from the tables of which a label was found; a label that several tables have is of none of them.
    pub(in crate::bind) missing: usize,
    /// Labels that were found, one that several tables or rows have counted once.
    pub(in crate::bind) distinct: usize,
}

impl FormIndex {
    /// The values by field id; `figures` are in the order of the form's fields.
    pub(in crate::bind) fn values(&self, figures: Vec<Value>) -> IndexMap<String, Value> {
        let mut values = self.blank.clone();
        for (value, figure) in values.values_mut().zip(figures) {
            *value = figure;
        }
        values
    }

    /// Indexes a form.
    pub(in crate::bind) fn new(form: &Arc<Form>) -> Self {
        let mut index = Self {
            form: Arc::clone(form),
            expected: Vec::new(),
            uses: Vec::new(),
            leaves: Vec::new(),
            labels: Vec::new(),
            finder: OnceLock::new(),
            headings: Vec::new(),
            places: 0,
            numbers: LabelNumbers::default(),
            sections: HashMap::default(),
            names: form.title.names.iter().map(|name| memmem::Finder::new(name.as_str()).into_owned()).collect(),
            shapes: Vec::new(),
            blank: form.fields.iter().map(|field| (field.id.clone(), Value::default())).collect(),
        };
        for (table, spec) in form.tables.iter().enumerate() {
            index.expected.push(Vec::new());
            for (number, block) in spec.blocks.iter().enumerate() {
                index.block(table, number, block);
            }
        }
        // A section's heading ends the figures of a table before it.
        for (number, section) in form.sections.iter().enumerate() {
            let texts = section.heading.iter().flat_map(|heading| heading.folded.iter().chain(&heading.bare));
            // A label of marks alone folds to an empty string, which would match everywhere.
            for text in texts.filter(|text| !text.is_empty()) {
                index.sections.entry(text.as_str().into()).or_insert(number);
            }
            let heading = section.heading.as_ref().and_then(|heading| heading.folded.first());
            let heading = heading.filter(|heading| !heading.is_empty());
            index.headings.push(heading.map(|heading| memmem::Finder::new(heading.as_str()).into_owned()));
            if let Some(heading) = heading {
                index.number(heading);
            }
        }
        index.numbers.add_glued(form);
        index.shapes = shapes(form, &index.numbers);
        index
    }

    /// The number of a folded text in which the label of a row or column is glued to its groups, and which of the two it is.
    pub(in crate::bind) fn glued(&self, folded: &str) -> Option<(LabelNumber, Role)> {
        self.numbers.glued(folded)
    }

    /// The number of a folded label, and where it may appear; `None` and an empty slice for a text that is not a label.
    pub(in crate::bind) fn look_up(&self, folded: &str) -> (Option<LabelNumber>, &[Use]) {
        match self.numbers.get(folded) {
            Some(number) => (number.try_into().ok(), self.uses[number].as_slice()),
            None => (None, &[]),
        }
    }

    /// The section with this number whose heading is similar to a folded text without its number.
    pub(in crate::bind) fn section_alike(&self, number: u32, bare: &str) -> Option<usize> {
        let numbered = |section: &&crate::form::Section| {
            let found = section.heading.as_ref().and_then(|heading| crate::text::numbering(&heading.text));
            found.is_some_and(|found| found.level == 1 && found.number == number)
        };
        let alike = |section: &&crate::form::Section| {
            let texts = section.heading.iter().flat_map(|heading| &heading.bare);
            texts.map(|text| likeness(bare, text)).fold(0.0, f64::max) >= LIKE_HEADING
        };
        self.form.sections.iter().position(|section| numbered(&section) && alike(&section))
    }

    /// Number of labels; they are numbered from 0.
    pub(in crate::bind) fn label_count(&self) -> usize {
        self.labels.len()
    }

    /// The folded labels of a table, each once.
    pub(in crate::bind) fn labels_of(&self, table: usize) -> impl Iterator<Item = &str> {
        let own = move |uses: &Vec<Use>| uses.iter().any(|found| found.table == table);
        self.labels.iter().zip(&self.uses).filter(move |(_, uses)| own(uses)).map(|(label, _)| &**label)
    }

    /// The number of a folded label.
    pub(in crate::bind) fn label_number(&self, folded: &str) -> Option<usize> {
        self.numbers.get(folded)
    }

    /// Number of rows of all tables, including headers and captions.
    pub(in crate::bind) fn row_count(&self) -> usize {
        self.expected.iter().map(Vec::len).sum()
    }

    /// The number of a row of figures among those of all tables, from 0; headers and captions are not counted.
    pub(in crate::bind) fn leaf_number(&self, table: usize, expected: usize) -> usize {
        let data = |rows: &[Expected]| rows.iter().filter(|row| matches!(row, Expected::Data { .. })).count();
        self.expected[..table].iter().map(|rows| data(rows)).sum::<usize>() + data(&self.expected[table][..expected])
    }

    /// Counts the labels of the form among those that were seen (by label number). A label counts once, whichever of its variants was seen.
    pub(in crate::bind) fn coverage(&self, seen: &[bool]) -> Coverage {
        // For each label of the form: its table, and whether it was seen; `None` for groups, and for labels that repeat the text of another
        // in the same row.
        let mut places: Vec<Option<(usize, bool)>> = vec![None; self.places];
        let mut touched: Vec<bool> = vec![false; self.expected.len()];
        let mut different = 0;
        for (uses, &seen) in self.uses.iter().zip(seen) {
            let own = || uses.iter().filter(|found| found.role != Role::Group);
            let is_new = |found: &Use| !places[found.place].is_some_and(|place| place.1);
            different += usize::from(seen && own().any(is_new));
            for found in own() {
                let known = places[found.place].is_some_and(|place| place.1);
                places[found.place] = Some((found.table, known || seen));
                touched[found.table] |= seen && uses.iter().all(|other| other.table == found.table);
            }
        }
        let found = places.iter().flatten().filter(|place| place.1).count();
        let missing = places.iter().flatten().filter(|place| !place.1 && touched[place.0]).count();
        Coverage { found, missing, distinct: different }
    }

    /// The section whose heading is this folded text.
    pub(in crate::bind) fn section(&self, folded: &str) -> Option<usize> {
        let exact = self.sections.get(folded).copied();
        exact.or_else(|| self.form.sections.iter().position(|section| section.is_heading_with_places(folded)))
    }

    /// Whether a folded text has a name that a title of the form may have.
    pub(in crate::bind) fn is_titled(&self, folded: &str) -> bool {
        self.names.iter().any(|name| name.find(folded.as_bytes()).is_some())
    }

    /// Every label and section heading of the form in a folded text, from left to right, without overlap; at most [`OCCURRENCES`].
    pub(in crate::bind) fn occurrences(&self, folded: &str) -> Vec<Occurrence> {
        let finder = self.finder.get_or_init(|| Finder::new(self.labels.iter().map(AsRef::as_ref)));
        let found = finder.find_iter(folded).take(OCCURRENCES);
        found
            .map(|found| Occurrence {
                start: found.start,
                end: found.end,
                label: self.labels[found.word].clone(),
                trust: 1.0,
            })
            .collect()
    }

    /// Where a folded label may appear.
    pub(in crate::bind) fn uses(&self, folded: &str) -> &[Use] {
        self.numbers.get(folded).map_or(&[], |number| self.uses[number].as_slice())
    }

    /// The number of a label; a new label gets the next number.
    fn number(&mut self, text: &str) -> usize {
        if let Some(number) = self.numbers.get(text) {
            return number;
        }
        let number = self.numbers.add(text);
        self.labels.push(text.into());
        self.uses.push(Vec::new());
        number
    }

    fn add(&mut self, text: &str, found: Use) {
        if text.is_empty() {
            return;
        }
        let number = self.number(text);
        let uses = &mut self.uses[number];
        let same =
            |known: &&mut Use| (known.table, known.expected, known.role) == (found.table, found.expected, found.role);
        match uses.iter_mut().find(same) {
            Some(known) => known.weight = known.weight.max(found.weight),
            None => uses.push(found),
        }
    }

    fn label(&mut self, label: &Label, table: usize, expected: usize, role: Role) {
        let (full, bare) = match role {
            Role::Caption => (0.6, 0.6),
            Role::Corner => (0.2, 0.2),
            Role::Header => (0.3, 0.3),
            Role::Leaf => (1.0, 0.8),
            Role::Group => (0.15, 0.1),
        };
        let place = self.places;
        self.places += 1;
        for text in &label.folded {
            self.add(text, Use { table, expected, role, weight: full, place });
        }
        for text in &label.bare {
            self.add(text, Use { table, expected, role, weight: bare, place });
        }
    }

    fn block(&mut self, table: usize, number: usize, block: &Block) {
        if let Some(caption) = &block.caption {
            self.expected[table].push(Expected::Caption { block: number });
            let expected = self.expected[table].len() - 1;
            self.label(caption, table, expected, Role::Caption);
        }
        let first = self.expected[table].len();
        let mut level: Vec<&Head> = block.columns.iter().collect();
        let mut depth = 0;
        while !level.is_empty() {
            self.expected[table].push(Expected::Header { block: number, depth });
            for head in &level {
                self.label(&head.label, table, first + depth, Role::Header);
            }
            level = level.into_iter().flat_map(|head| &head.children).collect();
            depth += 1;
        }
        if let Some(corner) = &block.corner {
            self.label(corner, table, first, Role::Corner);
        }
        for (row, leaf) in block.leaf_rows.iter().enumerate() {
            self.expected[table].push(Expected::Data { block: number, row });
            let expected = self.expected[table].len() - 1;
            let Some((own, groups)) = leaf.path.split_last() else { continue };
            self.label(own, table, expected, Role::Leaf);
            for group in groups {
                self.label(group, table, expected, Role::Group);
            }
            for text in own.folded.iter().chain(&own.bare) {
                if text.chars().count() >= 4 {
                    self.leaves.push((text.clone(), table, expected));
                }
            }
        }
    }
}

/// The labels of all forms, which are searched for in one pass.
#[derive(Debug)]
pub(in crate::bind) struct AllLabels {
    finder: Finder,
    /// For each label, the index of its form and its number there.
    labels: Vec<(usize, usize)>,
    forms: usize,
}

impl AllLabels {
    /// The labels of these forms.
    pub(in crate::bind) fn from_forms(forms: &[FormIndex]) -> Self {
        let labels = |(form, index): (usize, &FormIndex)| (0..index.labels.len()).map(move |label| (form, label));
        let labels: Vec<(usize, usize)> = forms.iter().enumerate().flat_map(labels).collect();
        let finder = Finder::new(labels.iter().map(|&(form, label)| &*forms[form].labels[label]));
        Self { finder, labels, forms: forms.len() }
    }

    /// Marks, for each form, the labels and headings that [`FormIndex::occurrences`] finds in a folded text.
    pub(in crate::bind) fn mark(&self, folded: &str, seen: &mut [Vec<bool>]) {
        // For each form: where its next label may begin, and how many more labels are counted.
        let mut next = vec![(0, OCCURRENCES); self.forms];
        self.finder.find_each(folded, |found| {
            let (form, label) = self.labels[found.word];
            let (free, left) = &mut next[form];
            if found.start >= *free && *left > 0 {
                seen[form][label] = true;
                (*free, *left) = (found.end, *left - 1);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::form::Forms;

    #[test]
    fn a_text_of_labels_alone_is_looked_at_up_to_a_number_of_them() -> Result<(), crate::form::FormError> {
        let forms = Forms::built_in()?;
        for index in forms.iter().map(FormIndex::new) {
            assert_eq!(index.occurrences(&"行政许可".repeat(OCCURRENCES * 2)).len(), OCCURRENCES);
        }
        Ok(())
    }
    #[test]
    fn all_forms_at_once_find_what_each_finds() -> Result<(), crate::form::FormError> {
        let indices: Vec<FormIndex> = Forms::built_in()?.iter().map(FormIndex::new).collect();
        // Labels after, before and inside each other, in a pseudorandom order that depends on the seed.
        let words: Vec<&str> = indices.iter().flat_map(|index| &index.labels).map(AsRef::as_ref).collect();
        let mut seed = 1_usize;
        for _ in 0..50 {
            let mut text = String::new();
            for _ in 0..30 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let word = words[(seed >> 33) % words.len()];
                let cut = word.char_indices().map(|(at, _)| at).nth((seed >> 20) % 9).unwrap_or(word.len());
                text.push_str(if seed >> 62 == 0 { &word[cut..] } else { &word[..cut] });
            }
            let mut seen: Vec<Vec<bool>> = indices.iter().map(|index| vec![false; index.label_count()]).collect();
            AllLabels::from_forms(&indices).mark(&text, &mut seen);
            for (index, seen) in indices.iter().zip(&seen) {
                let mut expected = vec![false; index.label_count()];
                index
                    .occurrences(&text)
                    .iter()
                    .for_each(|found| expected[index.numbers.get(&found.label).unwrap()] = true);
                assert_eq!(*seen, expected, "{text}");
            }
        }
        Ok(())
    }
}
