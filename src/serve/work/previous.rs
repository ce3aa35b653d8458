//! Last year's report of an agency: from the file or folder that the settings name, else from the work folder itself.

use crate::batch::lastyear::{Earlier, LastYear, key_before, key_of, uncertain};
use crate::batch::{self, Content, Input, Loader, guarded};
use crate::finding::Finding;
use crate::report::Report;
use crate::text::fold;

use super::desk::Desk;
use super::{Kept, SentFile};

impl Desk<'_> {
    /// Last year's report of the same agency, or the finding that several differ and none was used.
    pub(super) fn before(&mut self, report: &Report, file: &SentFile) -> (Option<Report>, Option<Finding>) {
        let (found, uncertain) = self.given(report);
        let (found, uncertain) = match found {
            None if uncertain.is_none() => self.in_folder(report, file),
            found => (found, uncertain),
        };
        let bare = |mut report: Report| {
            report.pictures = Vec::new();
            report
        };
        (found.map(bare), uncertain)
    }

    /// Looks up the file or folder that the settings name.
    fn given(&mut self, report: &Report) -> (Option<Report>, Option<Finding>) {
        let agency = report.agency.as_deref().map(|name| self.key(name));
        let about = (&self.shelf.forms, &self.shelf.migrations);
        let Some(key) = agency.and_then(|agency| key_before(agency, report, about)) else { return (None, None) };
        if self.previous.is_none() {
            self.previous = Some(self.index());
        }
        match self.previous.as_ref().map_or(Earlier::None, |previous| previous.find(&key)) {
            Earlier::None => (None, None),
            Earlier::One(input, number) => (self.earlier(input).into_iter().nth(number), None),
            Earlier::Unsure(files) => (None, Some(uncertain(key.1, &files))),
        }
    }

    /// Looks up the files of the work folder.
    fn in_folder(&self, report: &Report, file: &SentFile) -> (Option<Report>, Option<Finding>) {
        let Some(agency) = report.agency.as_deref() else { return (None, None) };
        let Some(year) = report.year.and_then(|year| year.checked_sub(1)) else { return (None, None) };
        let listed = self.matcher.as_ref().and_then(|matcher| Some(matcher.name(matcher.find(agency).agency?)));
        let (agency, family) =
            (fold(listed.unwrap_or(agency)), self.shelf.migrations.family(&self.shelf.forms, &report.form));
        let same = |kept: &&Kept| (&kept.agency, kept.year, &kept.family) == (&agency, year, &family);
        match file.before.iter().find(same) {
            None => (None, None),
            Some(kept) if !kept.unsure.is_empty() => (None, Some(uncertain(year, &kept.unsure))),
            Some(kept) => {
                let reports = self.reports(&kept.file).map(|(_, reports)| reports);
                (reports.unwrap_or_default().into_iter().nth(kept.report), None)
            }
        }
    }

    fn index(&self) -> LastYear {
        let Some(path) = self.settings.path("previous").filter(|path| path.exists()) else {
            return LastYear::default();
        };
        let listed = batch::list(&[path.to_string_lossy().into_owned()], None);
        let inputs = listed.map(|inputs| inputs.list).unwrap_or_default();
        let about = (&self.shelf.forms, &self.shelf.migrations);
        let key = |report: &Report| key_of(self.key(report.agency.as_deref()?), report, about);
        LastYear::index(inputs, |input| self.earlier(input), key)
    }

    /// The reports of one of last year's files; none if it cannot be read. The rules that need last year's figures are then not assessed.
    fn earlier(&self, input: &Input) -> Vec<Report> {
        let read = guarded(|| {
            let bytes = Loader::default().bytes(input)?;
            self.pipeline.read(input, &Content::from_bytes(&bytes))
        });
        read.unwrap_or_default()
    }

    /// A key that is the same for all names of an agency.
    fn key(&self, name: &str) -> String {
        let known = self.matcher.as_ref().and_then(|matcher| matcher.find(name).agency);
        known.map_or_else(|| fold(name), |known| format!("#{known}"))
    }
}
