//! Index of last year's reports by agency; a report is re-read when needed.

use std::collections::HashMap;

use crate::batch::{self, Content, Input, Loader, guarded};
use crate::report::Report;
use crate::text::fold;

use super::desk::{Desk, Previous};

impl Desk<'_> {
    /// Last year's report of the same agency.
    pub(super) fn before(&mut self, report: &Report) -> Option<Report> {
        let (agency, year) = (report.agency.as_deref()?, report.year?);
        if self.previous.is_none() {
            self.previous = Some(self.index());
        }
        let key = (self.key(agency), year.checked_sub(1)?);
        let previous = self.previous.as_ref()?;
        let &(input, number) = previous.reports.get(&key)?;
        let mut report = self.earlier(&previous.inputs[input]).into_iter().nth(number)?;
        report.pictures = Vec::new();
        Some(report)
    }

    fn index(&self) -> Previous {
        let mut previous = Previous { inputs: Vec::new(), reports: HashMap::new() };
        let Some(path) = self.settings.path("previous").filter(|path| path.exists()) else { return previous };
        let listed = batch::list(&[path.to_string_lossy().into_owned()], None);
        previous.inputs = listed.map(|inputs| inputs.list).unwrap_or_default();
        for (index, input) in previous.inputs.iter().enumerate() {
            for (number, report) in self.earlier(input).into_iter().enumerate() {
                if let Report { agency: Some(agency), year: Some(year), .. } = report {
                    previous.reports.entry((self.key(&agency), year)).or_insert((index, number));
                }
            }
        }
        previous
    }

    /// The reports of a file of last year's; one that cannot be read is missing, and the rule that needs it says so.
    fn earlier(&self, input: &Input) -> Vec<Report> {
        let read = guarded(|| {
            let bytes = Loader::default().bytes(input)?;
            self.pipeline.read(input, &Content::from_bytes(&bytes))
        });
        read.unwrap_or_default()
    }

    /// An agency under whichever of its names.
    fn key(&self, name: &str) -> String {
        let known = self.matcher.as_ref().and_then(|matcher| matcher.find(name).agency);
        known.map_or_else(|| fold(name), |known| format!("#{known}"))
    }
}
