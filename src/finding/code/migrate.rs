//! Codes of migrating a report from one form to another: what moved, what has no place, what is new.

use super::Code;
use crate::finding::Severity::{Error, Info, Warning};

declare! {
    /// There is no migration between two forms.
    NO_MIGRATION = "no-migration", Error,
        ("没有两种格式之间的转换规则", "no migration between two forms"),
        ("这份报告的格式与要求的格式之间没有转换规则，没有输出。", "There is no migration from the form of this report to the one that is wanted; nothing was written."),
        ("请核对 --to-form 所写的格式；要转换的，须另写一份转换规则。", "Check --to-form, or write a migration.");
    /// Figures have no place in the target form.
    FIGURES_WITHOUT_PLACE = "figures-without-place", Warning,
        ("新格式中没有对应栏目的数据", "figures for which the form has no place"),
        ("这些数据在新格式中没有口径相同的栏目，未填入任何单元格，附在报告末尾。", "The form has no cell of the same meaning for these figures; they are in no cell, and stand at the end of the report."),
        ("请核对后决定是否保留附表。", "Decide whether the table at the end is to stay.");
    /// A figure is known, but not its split over finer cells.
    FIGURE_NOT_SPLIT = "figure-not-split", Warning,
        ("只知合计、不知分项的数据", "a figure that is known only as a whole"),
        ("新格式把这一栏分成了几栏，原报告没有分项数据，各分项留空。", "The form divides this cell into several; the report does not say how, so these stay empty."),
        ("请向填报单位索取分项数据后填入。", "Ask the agency for the parts and fill them in.");
    /// A figure was carried over under another name.
    FIGURE_RENAMED = "figure-renamed", Info,
        ("换了栏目名称的数据", "a figure under another name"),
        ("新格式中这一栏的名称或口径有变化，数据照原样填入。", "The form names or counts this cell otherwise; the figure was carried over as it was."),
        ("请核对口径是否一致。", "Check that it counts the same.");
    /// Cells of the target form have no source.
    FIELDS_WITHOUT_SOURCE = "fields-without-source", Warning,
        ("新增栏目没有数据", "new cells without figures"),
        ("这些栏目是新格式增加的，原报告没有，留空。", "The form has these cells and the report's own form does not; they stay empty."),
        ("请补填。", "Fill them in.");
}
