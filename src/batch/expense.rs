//! Limits per archive: time to read its files, and size of their outputs. A small archive can contain thousands of files that each take
//! long to read or become large, all within the limits of a single file.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use super::{unwritable, worker};
use crate::finding::code::batch::ARCHIVE_UNREADABLE;
use crate::finding::{Finding, Message};

/// Time that the files of any archive may take, summed over the workers.
const TIME: Duration = Duration::from_mins(10);

/// Additional time per file. A report takes a few milliseconds; machines may be slow and busy.
const TIME_EACH: Duration = Duration::from_millis(200);

/// Size that the outputs of any archive may have.
const OUTPUT: u64 = 1 << 30;

/// Output bytes per byte of a large archive: typical outputs have ten to thirty.
const OUTPUT_RATIO: u64 = 100;

/// An input archive with its remaining budget.
#[derive(Debug)]
pub(super) struct Archive {
    pub(super) path: PathBuf,
    time: Budget,
    output: Budget,
}

/// A budget shared by the workers. The unit depends on its use.
#[derive(Debug)]
struct Budget {
    most: u64,
    spent: AtomicU64,
}

impl Budget {
    fn new(most: u64) -> Self {
        Self { most, spent: AtomicU64::new(0) }
    }

    fn is_spent(&self) -> bool {
        self.spent.load(Ordering::Relaxed) > self.most
    }

    fn spend(&self, amount: u64) {
        self.spent.fetch_add(amount, Ordering::Relaxed);
    }
}

impl Archive {
    /// An archive with a number of files and bytes.
    pub(super) fn new(path: PathBuf, files: usize, bytes: u64) -> Self {
        let time = TIME + TIME_EACH * u32::try_from(files).unwrap_or(u32::MAX);
        let time = Budget::new(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        Self { path, time, output: Budget::new(OUTPUT.max(bytes.saturating_mul(OUTPUT_RATIO))) }
    }

    /// Charges the outputs of a file; called in the order of the inputs.
    ///
    /// # Errors
    /// The finding that the outputs of the archive are too large.
    pub(super) fn write(&self, bytes: u64) -> Result<(), Box<Finding>> {
        self.output.spend(bytes);
        if !self.output.is_spent() {
            return Ok(());
        }
        let megabytes = self.output.most >> 20;
        Err(unwritable(&Message::new(
            format!("同一压缩包的输出合计超过{megabytes}MB，请核对压缩包来源，或解压后分批运行"),
            format!(
                "the outputs of one archive are larger than {megabytes} MB; check where it comes from, or unpack it and run it in parts"
            ),
        )))
    }

    fn time_is_spent(&self) -> Option<Box<Finding>> {
        let seconds = self.time.most / 1000;
        self.time.is_spent().then(|| {
            Box::new(Finding::detailed(
                &ARCHIVE_UNREADABLE,
                &format!("同一压缩包中的文件处理时间合计超过{seconds}秒"),
                &format!("the files of one archive took more than {seconds} seconds"),
            ))
        })
    }
}

/// A guard for a file in progress: while it exists, the supervisor knows of the file, and its time is charged to its archive.
#[derive(Debug)]
pub struct InHand<'a> {
    _noted: worker::InHand,
    archive: Option<&'a Archive>,
    started: Instant,
}

impl Drop for InHand<'_> {
    fn drop(&mut self) {
        if let Some(archive) = self.archive {
            archive.time.spend(u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX));
        }
    }
}

impl<'a> InHand<'a> {
    /// Marks a file as in progress until the guard is dropped. `path` is the path as shown, `archive` the archive that contains the file.
    ///
    /// # Errors
    /// The finding about a file on which another process died or hung, or whose archive has exhausted its time.
    pub(super) fn take(path: &str, archive: Option<&'a Archive>) -> Result<Self, Box<Finding>> {
        if let Some(finding) = archive.and_then(Archive::time_is_spent) {
            return Err(finding);
        }
        Ok(Self { _noted: worker::take(path)?, archive, started: Instant::now() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(time: u64, output: u64) -> Archive {
        Archive { path: PathBuf::from("a.zip"), time: Budget::new(time), output: Budget::new(output) }
    }

    #[test]
    fn files_of_an_archive_share_its_time() {
        let archive = small(100, 0);
        assert!(InHand::take("a.zip!a.docx", Some(&archive)).is_ok());
        archive.time.spend(101);
        assert_eq!(InHand::take("a.zip!a.docx", Some(&archive)).unwrap_err().code, "archive-unreadable");
        assert!(InHand::take("b.docx", None).is_ok());
    }

    #[test]
    fn the_time_of_a_file_counts_until_it_is_done() {
        let archive = small(100, 0);
        let mut in_hand = InHand::take("a.zip!a.docx", Some(&archive)).unwrap();
        in_hand.started = Instant::now().checked_sub(Duration::from_secs(1)).unwrap();
        drop(in_hand);
        assert!(InHand::take("a.zip!b.docx", Some(&archive)).is_err());
    }

    #[test]
    fn outputs_of_an_archive_share_its_bytes() {
        let archive = small(0, 100);
        assert!(archive.write(100).is_ok());
        assert_eq!(archive.write(1).unwrap_err().code, "output-unwritable");
    }

    #[test]
    fn a_large_archive_may_have_more() {
        let archive = Archive::new(PathBuf::from("a.zip"), 20_000, 1 << 30);
        assert_eq!((archive.time.most, archive.output.most), (4_600_000, 100 << 30));
    }
}
