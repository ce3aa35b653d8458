//! Codes of corrections: what an office changed, and corrections that could not be applied.

use super::Code;
use crate::finding::Severity::{Error, Info, Warning};

super::declare! {
    /// A figure or text was corrected by the office.
    FIGURE_CORRECTED = "figure-corrected", Info,
        ("已按更正单更正", "corrected by the office"),
        ("更正单写明了这一处改成什么；报送的文件没有改动。", "The file of corrections says what stands here; the sent file is unchanged."),
        ("无需处理。", "Nothing to do.");
    /// The text that a correction was written for is not the current one.
    CORRECTION_NOT_APPLIED = "correction-not-applied", Error,
        ("更正未采用", "a correction was not applied"),
        ("更正单所记的原数与文件现有的不同，可能是按另一份文件写的。", "The correction names another figure than the file has; it may be about another version."),
        ("请重新核对，改写更正单。", "Check it again and write the correction anew.");
    /// The file cannot be read, and the office typed its report in.
    TYPED_IN = "typed-in", Info,
        ("人工录入", "typed in by hand"),
        ("文件损坏、加密或是扫描件，读不出；报告由人工照原件录入，每一格都记有录入人和依据。", "The file is damaged, encrypted or scanned; the report was typed in from it, and every figure has who typed it and why."),
        ("请对照原件复核一遍。", "Compare it with the original once more.");
    /// A correction could not be written into a copy of the sent file.
    NOT_REVISED = "not-revised", Warning,
        ("修订副本中未能改动", "not revised in the copy"),
        ("只能修订 .docx 和 .xlsx 文件，带公式的单元格不改。", "Only .docx and .xlsx files are revised, and cells with formulas are left."),
        ("请手工修改，或通知报送单位。", "Change it by hand, or tell the sender.");
}
