//! Codes of the roll-up stage: who reported, and what the sums consist of.

use super::Code;
use crate::finding::Severity::{Error, Info, Warning};

super::declare! {
    /// The agencies file has columns without a meaning.
    AGENCIES_COLUMN_UNKNOWN = "agencies-column-unknown", Info,
        ("名录中有不认识的列", "the agencies file has a column that is not known"),
        ("该列的内容没有使用。", "What the column says is not used."),
        ("无需处理；如应使用，请按说明更改列名。", "Nothing to do, unless the heading is misspelt.");
    /// There is no agencies file.
    AGENCIES_NOT_GIVEN = "agencies-not-given", Warning,
        ("没有给出单位名录", "no agencies file was given"),
        ("各报告按所写的机关名称逐份相加，不能说明谁未报，也不知道上级。其中如有上级机关的汇总报告，合计会重复。", "The reports are added up by the names that they give: who is missing and who is superior to whom is not known. Where one of them already includes others, the total counts those twice."),
        ("请用 --agencies 指定单位名录后重新汇总。", "Give an agencies file with --agencies and add up again.");
    /// The agency of a report was matched by similarity.
    AGENCY_MATCHED_CLOSELY = "agency-matched-closely", Warning,
        ("机关名称按最接近的匹配", "an agency was matched by the likeness of its name"),
        ("报告中的名称与名录只差个别漏字。", "The name in the report lacks or adds a few characters."),
        ("请核对，并在名录的别名中写明。", "Check it, and list the name as an alias.");
    /// The agency of a report is not in the file.
    AGENCY_NOT_LISTED = "agency-not-listed", Error,
        ("机关不在名录中", "an agency is not in the agencies file"),
        ("该报告没有计入汇总。", "Its report is not counted."),
        ("请补充名录，或更正报告中的机关名称。", "Add it to the file, or correct the name in the report.");
    /// A report of another form or year.
    REPORT_OF_OTHER_FORM = "report-of-other-form", Error,
        ("报告的格式或年度与汇总不同", "a report is of another form or year"),
        ("只汇总同一格式、同一年度的报告，该报告没有计入。", "Only reports of one form and year are added up; this one is not counted."),
        ("请将不同格式、年度的报告分开汇总。", "Add up each form and year by itself.");
    /// An agency has not reported.
    AGENCY_MISSING = "agency-missing", Warning,
        ("单位未报送", "an agency has not reported"),
        ("名录中的单位没有报告，汇总数不含该单位。", "The file lists it and no report is of it, so the sums lack it."),
        ("请催报。", "Ask for the report.");
    /// An agency reported more than once.
    AGENCY_REPORTED_TWICE = "agency-reported-twice", Error,
        ("同一单位重复报送且数据不同", "an agency reported more than once with different figures"),
        ("只计入一份：公开日期较晚的，日期相同或缺失的取先读到的。", "One is counted: the one published later, or the first where that does not tell."),
        ("请确认以哪一份为准，删去另一份。", "Decide which one counts and remove the other.");
    /// An agency sent the same figures more than once.
    AGENCY_REPORTED_AGAIN = "agency-reported-again", Info,
        ("同一单位重复报送，数据相同", "an agency reported the same figures more than once"),
        ("只计入一份，对汇总没有影响。", "One is counted; the sums are the same."),
        ("无需处理。", "Nothing to do.");
    /// A superior's report already includes those of its subordinates.
    DOUBLE_COUNTING = "double-counting", Warning,
        ("上级的报告已含下级数据", "a superior's report already includes its parts"),
        ("上级和下级都报送了报告，上级的数多数正是下级相加之数（个别数或个别迟报的单位除外），再相加会重复，已只计上级；没有含进去的下级另外相加。", "Both reported, and the superior's figures are the sums of its parts, but for a few or for one that came late; adding both would count twice, so the superior's is counted, and what it lacks is added."),
        ("请在名录“含下级”栏填“是”或“否”。", "Say so in the column `aggregate` of the agencies file.");
    /// A superior's report is added to those of its subordinates.
    PARTS_ADDED = "parts-added", Info,
        ("上级与下级的报告相加", "a superior's report is added to those of its parts"),
        ("上级和下级都报送了报告，从数字看上级不含下级，或不能确定，合计为各份报告相加。", "Both reported; by their figures the superior's does not include its parts, or that cannot be told, so all are added."),
        ("请在名录“含下级”栏填“是”或“否”。", "Say so in the column `aggregate` of the agencies file.");
    /// A superior's report differs from the sum of its subordinates.
    PARTS_DIFFER = "parts-differ", Warning,
        ("上级数据与下级之和不一致", "a superior's figure differs from the sum of its parts"),
        ("上级的报告应含下级，但该项与下级之和不同。", "The superior's report is to include its parts, but this figure is not their sum."),
        ("请核对上级的数据、未报单位和上级本级的数据。", "Check the superior's figure, who is missing, and what the superior did itself.");
    /// Values that are not numbers are missing from the sums.
    SUM_INCOMPLETE = "sum-incomplete", Error,
        ("有数据不是数字，未计入合计", "figures that are no numbers are not in the sums"),
        ("单元格中的文字不能确定为数字，合计不含这些数据。", "The cells hold no certain figure, so the sums lack them."),
        ("请更正后重新汇总。", "Correct them and add up again.");
    /// A sum exceeds the largest representable number.
    SUM_TOO_LARGE = "sum-too-large", Error,
        ("合计超出范围", "a sum is too large"),
        ("合计超过28位数字，已留空。", "It has more than 28 digits and was left empty."),
        ("请核对各单位的数据。", "Check the figures of the agencies.");
    /// A file of an agency could not be read.
    REPORT_UNREADABLE = "report-unreadable", Warning,
        ("已报送，但文件未能读取", "an agency has sent a file that could not be read"),
        ("按文件名或文件夹名，该文件是名录中一个单位报送的，但没有读出报告，汇总数不含该单位。", "By the name of the file or of its folder an agency of the agencies file has sent it, and no report could be read from it, so the sums lack it."),
        ("请按该文件的问题说明处理，或请该单位重新报送。", "See what is wrong with the file, or ask the agency to send it again.");
    /// The agencies file has more than one top agency.
    SUPERIOR_UNCERTAIN = "superior-uncertain", Error,
        ("名录中有多个最高一级单位", "the agencies file has more than one agency at the top"),
        ("无法确定汇总报告以哪个机关的名义编写，机关名称留空。", "In whose name the sums are reported is not certain; the agency is left empty."),
        ("请在名录中加入上级单位。", "Add the superior to the file.");
    /// Figures that do not add up over agencies were left out.
    TABLE_NOT_ADDED = "table-not-added", Warning,
        ("表格不可相加", "a table does not add up"),
        ("格式规定该表各单位的数据不能相加，汇总中留空。", "The form says that figures of this table do not add up over agencies; it stays empty."),
        ("请由上级自行填写。", "The superior fills it in.");
    /// Agencies that reported in one of two years are not compared.
    AGENCIES_NOT_COMPARED = "agencies-not-compared", Info,
        ("部分单位没有同比", "agencies are not compared with last year"),
        ("只有一年报告的单位，其数会使增减率失真，同比只比较两年都有报告的单位。", "The figures of agencies that reported in one year alone would distort the change, so only those of both years are compared."),
        ("请补齐另一年的报告；无需比较的，不必处理。", "Add the other year's report, or leave it.");
    /// A report of an older form was migrated to the form of the roll-up.
    REPORT_MIGRATED = "report-migrated", Warning,
        ("旧格式的报告已换为新格式计入", "a report of an older form was brought into the newer one"),
        ("报告用的是以前的格式；能对应的数已计入汇总，没有对应栏目的数没有计入，另有说明。", "The report has the form of earlier years. Figures with a place in the newer form are counted; the others are named and not counted."),
        ("请报送单位换用新格式重报。", "Ask for the report in the newer form.");
    /// A report of another year.
    REPORT_OF_OTHER_YEAR = "report-of-other-year", Error,
        ("报告的年度与汇总不同", "a report is of another year"),
        ("只汇总同一年度的报告，该报告没有计入。", "Only reports of one year are added up; this one is not counted."),
        ("请报送本年度的报告。", "Ask for the report of the year.");
    /// A report with errors is part of the sums.
    REPORT_WITH_ERRORS = "report-with-errors", Warning,
        ("有错误的报告已计入合计", "a report with errors is in the sums"),
        ("报告有未改正的错误，合计含有这些数。", "The report has errors that are not corrected, and its figures are in the sums."),
        ("请报送单位改正后重新汇总；不计入的，用 --without-errors 选项。", "Ask for a corrected report, or leave such reports out with --without-errors.");
    /// A report with errors was left out of the sums.
    REPORT_LEFT_OUT = "report-left-out", Warning,
        ("有错误的报告未计入合计", "a report with errors is not in the sums"),
        ("按所选，有错误的报告不计入合计。", "As wanted, reports with errors are not added up."),
        ("请报送单位改正后重新汇总。", "Ask for a corrected report and add up again.");
}
