//! Merges the finding policy of the command line with that of the settings.

use anyhow::Result;
use jiff::civil::Date;
use nianbao::finding::{Bilingual, Message};
use nianbao::settings::Policy;

use super::args::Wanting;
use super::failure::failure;
use super::settings::Found;

/// The policy for findings; fails on an unknown code.
pub(super) fn policy(wanting: &Wanting, found: &Found, today: Date) -> Result<Policy> {
    let typed = (wanting.select.as_slice(), wanting.ignore.as_slice(), wanting.min_severity);
    let made = Policy::new(typed, &found.settings.codes, &found.settings.accept, today);
    made.map_err(|error| {
        let Message { zh, en } = error.message();
        failure(zh, en)
    })
}
