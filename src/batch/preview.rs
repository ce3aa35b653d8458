//! Dry run: produces the outputs elsewhere and compares them with the output folder.

use std::fs;
use std::path::Path;

use super::owned::{BESIDE, Owned, Stale, mark_of};

/// The files that a run would write, replace and remove.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// Files that would be new.
    pub new: Vec<String>,
    /// Files that would be replaced by other bytes.
    pub replaced: Vec<String>,
    /// Number of files that would not change.
    pub unchanged: usize,
    /// Outdated files of earlier runs: left, or removed.
    pub stale: Stale,
}

impl Preview {
    /// Compares the outputs of a run in a temporary folder with the output folder.
    pub fn compare(made: &Path, out: &Path, prune: bool) -> Self {
        let (here, there) = (Owned::open(made), Owned::open(out));
        let mut preview = Self::default();
        let beside = BESIDE.iter().map(|&name| name.to_owned()).filter(|name| made.join(name).is_file());
        for name in here.names().map(str::to_owned).chain(beside) {
            if let Ok(bytes) = fs::read(made.join(&name)) {
                preview.add(out, &name, &bytes);
            }
        }
        for name in there.names().filter(|name| here.mark(name).is_none()) {
            let Ok(bytes) = fs::read(out.join(name)) else { continue };
            let own = there.mark(name) == Some(mark_of(&bytes).as_str());
            let list = if prune && own { &mut preview.stale.removed } else { &mut preview.stale.left };
            list.push(name.to_owned());
        }
        preview
    }

    /// Adds a file that would be written into a folder.
    pub fn add(&mut self, out: &Path, name: &str, bytes: &[u8]) {
        match fs::read(out.join(name)) {
            Ok(stands) if stands == bytes => self.unchanged += 1,
            Ok(_) => self.replaced.push(name.to_owned()),
            Err(_) => self.new.push(name.to_owned()),
        }
    }
}
