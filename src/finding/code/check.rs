//! Codes of the checking stage: rules of the form, wrong cells, formal requirements, narrative.

use super::Code;
use crate::finding::Severity::{Error, Info, Warning};

super::declare! {
    /// A rule of the form does not hold.
    RULE_BROKEN = "rule-broken", Error,
        ("勾稽关系不成立", "a rule of the form does not hold"),
        ("格式规定的数据关系不成立，且不能确定是哪个单元格有误。", "Figures do not relate as the form prescribes, and no single cell can be named."),
        ("请对照原始台账核对该行或该列。", "Check the row or column against your records.");
    /// One cell is wrong.
    CELL_WRONG = "cell-wrong", Error,
        ("一个单元格有误", "one cell is wrong"),
        ("改正这一个单元格，所有不成立的勾稽关系就都成立。", "Changing this one cell makes every broken rule hold."),
        ("请核对该单元格。", "Check the cell.");
    /// Several cells are wrong.
    CELLS_WRONG = "cells-wrong", Error,
        ("几个单元格有误", "several cells are wrong"),
        ("同时改正这几个单元格，所有不成立的勾稽关系就都成立；更少的单元格做不到。", "Changing these cells makes every broken rule hold; fewer cells cannot."),
        ("请核对这几个单元格。", "Check the cells.");
    /// More than one cell could be wrong.
    CELLS_AMBIGUOUS = "cells-ambiguous", Error,
        ("有误的单元格不止一种可能", "more than one cell could be the wrong one"),
        ("改正其中任何一处都能使勾稽关系成立，数据本身不能判断是哪一处。", "Changing any one of them makes the rules hold; the figures alone cannot tell which."),
        ("请逐一核对列出的单元格。", "Check each of the cells named.");
    /// A figure of a kind that the field does not allow.
    FIGURE_NOT_ALLOWED = "figure-not-allowed", Error,
        ("数字不合要求", "a figure is not allowed"),
        ("件数应为非负整数，金额应为非负数。", "Counts are whole and not negative; amounts are not negative."),
        ("请核对该单元格。", "Check the cell.");
    /// Blank cells prevented rules from being assessed.
    RULES_NOT_ASSESSED = "rules-not-assessed", Info,
        ("部分勾稽关系无法校验", "some rules could not be assessed"),
        ("单元格没有数字，涉及它的勾稽关系不作判断，也不算不通过。", "Cells have no number; rules that need them are neither passed nor failed."),
        ("确为0的，请填写0。", "Where the figure is 0, write 0.");
    /// Several reports of last year with different figures.
    PREVIOUS_UNCERTAIN = "previous-uncertain", Warning,
        ("上年度报告不止一份", "more than one report of last year"),
        ("该单位上年度的报告有几份，数字不同，不能确定与哪一份对照。", "Several files hold last year's report of the agency with different figures, so which one to compare with is not known."),
        ("请只留一份；在网页里，请在上年度的几次报送中选定一份。", "Leave one of them; on the page, choose one of last year's versions.");
    /// All cells of a table are blank.
    TABLE_BLANK = "table-blank", Error,
        ("表格全部未填", "a table is blank"),
        ("整张表没有一个数。", "Not one cell of the table is filled in."),
        ("请填报；没有发生的填0。", "Fill it in; write 0 where nothing happened.");
    /// The form is not that of the report's year.
    FORM_OF_ANOTHER_YEAR = "form-of-another-year", Error,
        ("使用了其他年度的格式", "the form is that of another year"),
        ("报告使用的格式不是该年度规定的格式。", "The report uses a form that is not prescribed for its year."),
        ("请换用当年的格式。", "Use the form of the year.");
    /// A section of the report is missing.
    SECTION_MISSING = "section-missing", Warning,
        ("报告缺少规定的部分", "a part of the report is missing"),
        ("格式规定的部分不能遗漏。", "The form's parts must not be left out."),
        ("请补充。", "Add it.");
    /// A section of the report is too long.
    SECTION_TOO_LONG = "section-too-long", Info,
        ("篇幅超过规定", "a part is longer than it should be"),
        ("格式规定了该部分的篇幅。", "The form limits the length of this part."),
        ("请精简。", "Shorten it.");
    /// The title is not as prescribed.
    TITLE_NOT_PRESCRIBED = "title-not-prescribed", Info,
        ("标题不规范", "the title is not as prescribed"),
        ("标题与规定的写法不一致；输出时使用规范标题。", "The title differs from the prescribed wording; outputs use the prescribed one."),
        ("请改用规范标题。", "Use the prescribed title.");
    /// Guidance of the blank form is left in.
    PLACEHOLDER_LEFT = "placeholder-left", Error,
        ("留有空白格式的提示文字", "guidance of the blank form is left in"),
        ("提示文字应当被内容替换。", "Guidance should have been replaced by content."),
        ("请填写或删除。", "Fill it in or delete it.");
    /// The parts named in the prose exceed the whole.
    PROSE_SUM = "prose-sum", Warning,
        ("正文中的分项之和大于总数", "parts in the text are more than the whole"),
        ("正文列出的“其中”各项相加，超过了前面的总数。", "The parts that the text lists after \"其中\" add up to more than the whole."),
        ("请核对正文中的数字。", "Check the figures in the text.");
    /// A figure in the prose differs from the table.
    PROSE_TABLE = "prose-table", Warning,
        ("正文与表格不一致", "the text differs from the table"),
        ("正文中的数字与表格中对应的数字不同。", "A figure in the text differs from the one in the table."),
        ("请核对正文和表格。", "Check the text and the table.");
    /// The prose gives a figure for a field that is empty.
    PROSE_PROPOSAL = "prose-proposal", Warning,
        ("正文中有留空字段的数字", "the text states a figure that the tables leave open"),
        ("表格中的这一项不能确定，已留空；正文只写了一个可能属于它的数字，仅供参考，未填入。", "The table does not give this figure for certain, so it stays empty. The text states one figure that may be it; it is offered and was not taken."),
        ("请核对后填写。", "Check it and write it in.");
    /// A figure that the agency cannot have.
    FIGURE_NOT_COMPETENT = "figure-not-competent", Warning,
        ("该机关不应有此项数据", "the agency cannot have this figure"),
        ("格式的这一项只有部分机关才有数据；按单位名录中的层级、类型或机关名称，该机关不在其中。", "Only some agencies have this figure; by its level, kind or name this one is none of them."),
        ("请核对是否填错栏目；确无此项的，请改为0。", "Check whether it stands in the wrong row; where there is none, write 0.");
    /// A figure seems to be in another unit.
    UNIT_MISTAKEN = "unit-mistaken", Error,
        ("数字的单位可能有误", "a figure seems to be in another unit"),
        ("数字大得不合常理，或与上一年度、正文相差的倍数正是两种单位之差。", "The figure is larger than is believed, or differs from last year's or the text's by just the factor between two units."),
        ("请核对单位后改正。", "Check the unit and correct the figure.");
    /// A table has the same figures as last year.
    TABLE_UNCHANGED = "table-unchanged", Error,
        ("表格与上年度相同", "a table has last year's figures"),
        ("整张表的数与上年度报告完全相同，疑为沿用了上年的表格。", "Every figure of the table is last year's; the table may have been copied."),
        ("请核对。", "Check it.");
    /// A section has the same text as last year.
    NARRATIVE_UNCHANGED = "narrative-unchanged", Warning,
        ("文字与上年度相同", "a part has last year's text"),
        ("除年份外，这一部分与上年度报告的文字相同。", "But for the years, the part has the text of last year's report."),
        ("请更新。", "Update it.");
    /// A section has the text of another agency's report.
    NARRATIVE_COPIED = "narrative-copied", Warning,
        ("文字与其他单位相同", "a part has another agency's text"),
        ("除机关名称和年份外，这一部分与另一单位报告的文字相同。", "But for the agency's name and the years, the part has the text of another agency's report."),
        ("请核对是否套用。", "Check whether it was copied.");
    /// Personal data that must not be published.
    PERSONAL_DATA = "personal-data", Info,
        ("疑有个人信息", "personal data may be left in"),
        ("正文中有身份证号、银行卡号（按校验位判断）或手机号。默认只作说明；可在 nianbao.toml 中改为“提示”或“错误”。", "The text holds numbers of identity cards or bank cards (by their check digits) or of mobile phones. A note unless nianbao.toml makes it more."),
        ("公开前请删去。", "Remove it before publishing.");
    /// A misspelt word.
    WORD_MISSPELT = "word-misspelt", Info,
        ("疑有错别字", "a word may be misspelt"),
        ("正文中有表式文件所列的错别字。", "The text holds a word of the form's list of wrong spellings."),
        ("请核对。", "Check it.");
    /// Words of an older form.
    OUTLINE_STALE = "outline-stale", Info,
        ("沿用了旧格式的内容", "words of an older form"),
        ("这一部分提到了现行格式没有的内容，或已被替代的文件。", "This part speaks of what the present form does not have, or of a document that has been replaced."),
        ("请按现行格式改写。", "Rewrite it by the present form.");
    /// A waiver has expired.
    WAIVER_EXPIRED = "waiver-expired", Warning,
        ("豁免已过期", "a waiver has expired"),
        ("该问题此前被豁免，有效期已过，重新计入。", "The finding was accepted up to a day that is past; it counts again."),
        ("请改正，或重新核准并写明新的有效期。", "Correct the report, or accept it anew with a later day.");
    /// A field is filled in although the choice made requires it to be empty.
    FIELD_NOT_WANTED = "field-not-wanted", Warning,
        ("不应填写的栏目有内容", "a field is filled in that should be empty"),
        ("按所作的选择，这一栏不用填写，却有内容。", "By the choice that was made the field stays empty, and it is filled in."),
        ("请核对选择是否正确。", "Check the choice.");
    /// A waiver no longer matches the figures.
    WAIVER_OUTDATED = "waiver-outdated", Warning,
        ("豁免与现有数据不符", "a waiver no longer fits the figures"),
        ("该豁免是针对当时的数据核准的，数据已变，不再适用。", "It was given for the figures as they were; they are others now, so it does not hold."),
        ("请重新核对；仍可接受的，按现有数据重新核准。", "Check again; where it is still acceptable, accept it for the figures as they are.");
}
