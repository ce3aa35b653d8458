//! Codes of the binding stage: how figures and text were found, or why they were not.

use super::Code;
use crate::finding::Severity::{Error, Info, Warning};

super::declare! {
    /// No form fits the document.
    FORM_NOT_RECOGNISED = "form-not-recognised", Error,
        ("未识别出报告", "no report was recognised"),
        ("文件中没有找到任何一种已知格式的表格或标题。", "The document holds neither the tables nor the headings of any known form."),
        ("请确认文件是年度报告；表格是图片的，请索取可编辑的文件；一般公文可用 nianbao convert --any 整理。", "Make sure that the file is an annual report; where its tables are pictures, ask for an editable file; `nianbao convert --any` reads any document.");
    /// Several forms fit the document equally well.
    FORM_UNDECIDED = "form-undecided", Error,
        ("两种格式同样相符", "several forms fit equally well"),
        ("文件与几种格式同样相符，标题、行名和年度都不能区分，未读取。", "Neither title nor labels nor year tell which of several forms the document has, so it was not read."),
        ("请用 --form 指定格式，或修改格式文件，使标题或行名有所区别。", "Name the form with --form, or give the forms different titles or labels.");
    /// The form is a draft.
    FORM_DRAFT = "form-draft", Info,
        ("格式是草稿", "the form is a draft"),
        ("这种格式的行名没有经原件核对，读出的内容请对照原文。", "The labels of the form could not be checked against its original; hold what was read against the report."),
        ("请对照原表核对；有出入的，改正格式文件。", "Check it against the original, and mend the mapping file where it differs.");
    /// A table of the form is not in the document.
    TABLE_NOT_FOUND = "table-not-found", Error,
        ("缺少表格", "a table of the form is missing"),
        ("文件中没有找到格式规定的表格，其数据全部留空。", "The document lacks a table that the form prescribes; all its figures are empty."),
        ("请补充该表；表格是图片的，请索取可编辑的文件。", "Add the table; where it is a picture, ask for an editable file.");
    /// A table is in another section of the report.
    TABLE_ELSEWHERE = "table-elsewhere", Warning,
        ("表格不在规定的部分", "a table stands in another part of the report"),
        ("表格应在的部分中没有该表，其他标题之下有一张行名齐全的，按该表读取。", "The part that the table belongs to lacks it, and under another heading stands one with nearly all of its labels, which was read."),
        ("请核对该表是否为本年度数据。", "Check that it has the figures of this year.");
    /// The only table of its kind is introduced as one for comparison.
    TABLE_COMPARED = "table-compared", Warning,
        ("表格可能是上年数据", "a table may have last year's figures"),
        ("表格上方的文字提到上年或对比，文件中又没有别的这张表，只能按本年度读取。", "A line above the table speaks of last year or of a comparison, and the file has no other such table, so it was read as this year's."),
        ("请核对该表是否为本年度数据；是上年数据的，请补上本年度的表。", "Check that it has the figures of this year; if it does not, add the table of this year.");
    /// Rows of a table are missing.
    ROWS_MISSING = "rows-missing", Error,
        ("表格缺行", "rows of a table are missing"),
        ("表格中没有找到格式规定的行，这些行的数据留空。", "The table lacks rows that the form prescribes; their figures are empty."),
        ("请对照格式补齐。", "Complete the table as the form prescribes.");
    /// The cells of a row do not fit the columns.
    CELLS_UNCERTAIN = "cells-uncertain", Error,
        ("单元格与列对不上", "the cells of a row do not fit the columns"),
        ("该行的单元格数与格式的列数不同，无法确定每个数属于哪一列，已留空。", "The row has more or fewer cells than the form has columns, so it is not certain which figure belongs where; all stay empty."),
        ("请按格式拆分或合并单元格后重新填写。", "Split or merge the cells as the form has them and fill the row again.");
    /// A row label occurs more than once with different figures.
    ROW_DOUBLED = "row-doubled", Error,
        ("同一行出现多次", "a row stands more than once"),
        ("同一行行名出现多次且数据不同，无法确定以哪一行为准，已留空。", "The same row label stands more than once with different figures, so none is certain; all stay empty."),
        ("请只保留一行。", "Keep only one of the rows.");
    /// Rows are in another order than in the form.
    ROWS_REORDERED = "rows-reordered", Info,
        ("行的顺序与格式不同", "rows stand in another order than in the form"),
        ("行按行名读取，顺序不同不影响数据。", "Rows were read by their labels; the order does not change the figures."),
        ("无需处理。", "Nothing to do.");
    /// Columns are in another order than in the form.
    COLUMNS_REORDERED = "columns-reordered", Info,
        ("列的顺序与格式不同", "columns stand in another order than in the form"),
        ("列按表头读取，顺序不同不影响数据。", "Columns were read by their headers; the order does not change the figures."),
        ("无需处理。", "Nothing to do.");
    /// A header that is not the form's was read as one of its columns.
    HEADER_VARIANT = "header-variant", Warning,
        ("表头与格式不一致，已按最接近的栏目读取", "a header differs from the form's and was read as one of its columns"),
        ("表头的文字与规定的栏目不同，但文字相近，或者只有按这一栏读取时各栏相加才等于合计。", "The header is not the prescribed one, but it is alike, or the sums of the rows hold only if it is this column."),
        ("请核对，并改用规定的表头。", "Check it, and use the prescribed header.");
    /// A column of the form has no certain header.
    HEADER_UNKNOWN = "header-unknown", Error,
        ("表头中没有规定的栏目", "the header lacks a column of the form"),
        ("表头中没有这一栏，或者不能确定是哪一栏，其数据留空；不属于格式的栏目未计入。", "The header does not have the column, or which one it is is not certain; its figures stay empty, and columns of no form were left out."),
        ("请按规定的表头填写。", "Use the prescribed header.");
    /// A table without a header.
    HEADER_LOST = "header-lost", Warning,
        ("表格没有表头", "a table has no header"),
        ("表格没有表头，按规定的次序读取，只采用各栏相加等于合计的行。", "The table has no header; it was read in the order of the form, and only rows whose columns add up were taken."),
        ("请核对，并补上表头。", "Check it, and add the header.");
    /// The cells of a row are shifted by one column.
    ROW_SHIFTED = "row-shifted", Warning,
        ("一行数据错开了一格", "the figures of a row stand one cell off"),
        ("该行的数据整体错开了一格，移回一格后各栏相加等于合计，已据此读取。", "The figures of the row stand one cell off; moved back, they add up, and so they were read."),
        ("请核对。", "Check it.");
    /// Rows and columns of a table are transposed.
    TABLE_TURNED = "table-turned", Info,
        ("表格的行与栏互换", "rows and columns of a table are exchanged"),
        ("表格的行、栏与规定格式不同，已按行名和栏名读取，不影响数据。", "Rows and columns stand otherwise than in the form; they were read by their labels, which does not change the figures."),
        ("无需处理。", "Nothing to do.");
    /// Two tables of the file could be the form's.
    TABLE_DOUBLED = "table-doubled", Error,
        ("两张表格都像是同一张表", "two tables could be the same one"),
        ("文件中有两张表格的行名和表头都与规定相同，不能确定以哪一张为准，数据留空。", "Two tables of the file have the labels of one table of the form; which of them counts is not certain, so its figures stay empty."),
        ("请只保留正确的一张。", "Keep only the right one.");
    /// A table that looks like the form's was not read.
    TABLE_PASSED_OVER = "table-passed-over", Warning,
        ("有一张表格未采用", "a table was passed over"),
        ("表格有格式的行名或表头，但不是格式规定的表格，未采用，原样保留在正文中。", "The table has labels of the form without being one of its tables; it was passed over and kept with the text."),
        ("请核对。", "Check it.");
    /// A row that is not part of the form.
    ROW_UNKNOWN = "row-unknown", Warning,
        ("表格中有格式没有的行", "a table has a row that the form does not have"),
        ("该行不属于格式，数据不计入任何字段，原文保留在此。", "The row belongs to no field of the form; its text is kept here."),
        ("请核对是否应并入格式中的某一行。", "Check whether it belongs to a row of the form.");
    /// A label was recognised despite a difference.
    LABEL_VARIANT = "label-variant", Info,
        ("行名与格式不完全一致", "a label differs from the form"),
        ("行名有错别字或增减文字，按最接近的行读取。", "The label has a typo or other words; it was read as the row most like it."),
        ("请核对。", "Check it.");
    /// The label of a row is beside the row of its figures.
    LABEL_APART = "label-apart", Warning,
        ("行名与数据不在同一行", "a label stands apart from its figures"),
        ("行名所在的行没有数据，紧邻的一行只有数据、没有行名，按同一行读取。", "The label's own line has no figures, and the line beside it has figures and no label; they were read as one row."),
        ("请核对。", "Check them.");
    /// The text of a cell is not a certain figure.
    FIGURE_UNREADABLE = "figure-unreadable", Error,
        ("单元格不是数字", "a cell holds no certain figure"),
        ("单元格中的文字不能确定为一个数，已留空，原文保留。", "The text in the cell is no certain number; the figure is empty and the text is kept."),
        ("请填写一个数字。", "Write one number.");
    /// The text of a cell is not one of the words that the field may have.
    WORDS_UNREADABLE = "words-unreadable", Error,
        ("填写的内容不符合要求", "a cell holds none of the words that the form allows"),
        ("选择项没有勾选、勾选不清，或者日期写得不完整，已留空，原文保留。", "A choice has nothing ticked or cannot be read, or a date is none; the field is empty and the text is kept."),
        ("请按表单的要求填写。", "Fill it in as the form says.");
    /// Figures that run together were split.
    FIGURES_DEDUCED = "figures-deduced", Warning,
        ("连写的数字已切分", "figures that run together were divided"),
        ("文本没有分开各单元格的数字；按格式的勾稽关系和数字本身只有一种切分方法，已据此读取，并在每个数上注明依据的规则。", "The text does not part the figures of the cells. By the form's rules and the digits themselves they can be divided in one way only; each figure says which rules decided it."),
        ("请核对。", "Check them.");
    /// The figures of a table are separate from its labels.
    FIGURES_COUNTED = "figures-counted", Warning,
        ("行名与数据分开，按次序读取", "labels and figures of a table stand apart"),
        ("文字多从PDF中复制，行名与数据分开排列。数据的个数与规定的单元格一样多，按规定的次序读取后各项勾稽关系成立，已据此读取。", "The text was copied, as out of a PDF, with labels and figures apart. There are as many figures as the table has cells, and in the form's order their sums hold; so they were read."),
        ("请对照原文核对；最好改用原来的Word、Excel文件或PDF文件。", "Compare them with the source; the Word, Excel or PDF file itself is better than its text.");
    /// Cells are blank.
    CELLS_BLANK = "cells-blank", Warning,
        ("单元格为空", "cells are blank"),
        ("空白不等于0，按空白保留。", "Blank is not 0; it is kept as blank."),
        ("确为0的，请填写0。", "Where the figure is 0, write 0.");
    /// Cells hold a dash, a slash or 无.
    CELLS_NOT_NUMBERS = "cells-not-numbers", Warning,
        ("单元格填写了“/”“—”或“无”", "cells hold a slash, a dash or \"无\""),
        ("这些写法不等于0，按原样保留。", "These are not 0; they are kept as written."),
        ("确为0的，请填写0。", "Where the figure is 0, write 0.");
    /// A figure was converted to the form's unit.
    UNIT_CONVERTED = "unit-converted", Warning,
        ("单位已折算", "a figure was converted to the form's unit"),
        ("单元格写有另一个单位，已按格式的单位折算。", "The cell names another unit; the figure was converted to the form's."),
        ("请核对单位和金额。", "Check the unit and the amount.");
    /// Two different units are stated for the figures of one table.
    UNITS_DIFFER = "units-differ", Warning,
        ("单位有两种写法", "two units are stated"),
        ("表头、行名或表格上方的说明所写的单位不一致，按离数据最近的表头读取。", "The header, the row's label or a line above the table state different units; the header's was taken."),
        ("请核对单位，改为一致。", "Check the unit and state one.");
    /// A sign is written twice.
    SIGN_DOUBLED = "sign-doubled", Warning,
        ("正负号重复", "a sign stands twice"),
        ("数字前有两个正负号，按一个读取。", "Two signs stand before the number; one was taken."),
        ("请核对。", "Check it.");
    /// The document holds several reports that cannot be separated, or only the first is read.
    SECOND_REPORT = "second-report", Error,
        ("文件中有几份报告，不能区分", "the file holds reports that cannot be told apart"),
        ("文件中的几份报告没有各自的单位或年度，不能确定数据是谁的；左右并排的报告都不读取。", "Reports in the file do not each name an agency or a year of their own, so it is not certain whose the figures are; of reports side by side none is read."),
        ("请在各自的标题中写明单位和年度，或分别存为文件。", "Write agency and year into each title, or save each report as a file of its own.");
    /// A part of a file with several reports is not a report.
    REPORT_PASSED_OVER = "report-passed-over", Info,
        ("文件中有未读取的部分", "a part of the file was passed over"),
        ("文件中除报告以外，还有空白表、示例、供对比的往年数据、目录或重复的内容，未读取。", "Beside its reports the file holds a blank form, an example, figures of another year for comparison, a list of contents, or a copy; it was not read."),
        ("请核对其中没有应当读取的报告。", "Check that none of it is a report that should have been read.");
    /// A text has more labels than the limit.
    LABELS_TOO_MANY = "labels-too-many", Error,
        ("表格行名过多", "too many labels of tables"),
        ("文本中的表格行名远多于一份报告应有的数量，其后的数据未读取。", "The text has many times the labels of a report; figures behind the last one that was looked at were not read."),
        ("请确认文件是年度报告，并将各份报告分别存为文件。", "Make sure that the file is an annual report, and save each report as a file of its own.");
    /// The agency is not certain.
    AGENCY_UNCERTAIN = "agency-uncertain", Warning,
        ("机关名称不确定", "the agency's name is not certain"),
        ("标题中没有可靠的机关名称。", "The title gives no reliable name of an agency."),
        ("请在标题中写明机关全称，或在单位名录中登记。", "Write the full name in the title, or list it in the agencies file.");
    /// Title, signature or file name give different agencies.
    AGENCY_DIFFERS = "agency-differs", Error,
        ("机关名称前后不一致", "the agency differs within the report"),
        ("标题、落款、文件名写的不是同一个机关，可能套用了其他单位的报告。", "Title, signature and file name do not name one agency; the report may have been made from another agency's."),
        ("请核对，改为一致。", "Check them and make them agree.");
    /// The text mentions another agency as the reporting one.
    OTHER_AGENCY_NAMED = "other-agency-named", Error,
        ("正文写的是其他机关", "another agency is named in the text"),
        ("正文中报告工作的机关与标题不同，可能套用了其他单位的文稿。", "The text speaks of another agency's work than the title names; it may be another agency's text."),
        ("请核对是否套用了其他单位的文稿。", "Check whether the text is another agency's.");
    /// Title, period, text, date or file name give different years.
    YEAR_MISMATCH = "year-mismatch", Error,
        ("年度前后不一致", "the year differs within the report"),
        ("标题、统计期限、正文、落款日期、文件名的年度不一致，可能套用了旧稿。", "Title, period, text, day of signing and file name do not agree in the year; the report may have been made from an old one."),
        ("请核对，改为一致。", "Check them and make them agree.");
    /// The part of the year that a report covers is not certain.
    PERIOD_UNCERTAIN = "period-uncertain", Warning,
        ("不能确定报告期", "the part of the year is uncertain"),
        ("标题、各表标题、文件名中没有写明是哪一季度（半年、月），写得不一致，或不是这种报告的报告期。", "Title, headings and the file's name do not say of which quarter, half or month the report is, or say different ones, or it is none of the form's."),
        ("请在标题中写明报告期。", "Write the period into the title.");
    /// The period is not a whole year.
    PERIOD_INCOMPLETE = "period-incomplete", Warning,
        ("统计期限不是整年", "the period is not a whole year"),
        ("统计期限应为当年1月1日至12月31日。", "Figures cover the year from 1 January to 31 December."),
        ("请核对统计期限和各项数字。", "Check the period and the figures.");
    /// The title in the document properties is that of another report.
    PROPERTIES_STALE = "properties-stale", Warning,
        ("文件属性中的标题是旧的", "the title among the file's properties is another report's"),
        ("文件由其他年度或其他单位的报告改成，属性中的标题没有改；公开后可以看到。", "The file was made from another report and its properties were left; whoever opens it can see them."),
        ("公开前请在文件属性中改正。", "Correct it before publishing.");
    /// The year is not certain.
    YEAR_UNCERTAIN = "year-uncertain", Warning,
        ("年度不确定", "the year is not certain"),
        ("标题和统计期限中没有可靠的年度。", "Neither title nor period give a reliable year."),
        ("请在标题中写明年度。", "Write the year in the title.");
    /// A date with lost characters was repaired.
    DATE_REPAIRED = "date-repaired", Info,
        ("日期缺字，已按唯一可能读取", "a date with lost characters was read in the only possible way"),
        ("日期缺少“年”“月”等字，只有一种读法。", "The date lacks \"年\" or \"月\", and only one reading is possible."),
        ("请核对。", "Check it.");
    /// A date is ambiguous.
    DATE_UNCERTAIN = "date-uncertain", Info,
        ("日期不确定", "a date is not certain"),
        ("日期缺字，有多种读法，已留空。", "The date lost characters and can be read in more than one way; it was left empty."),
        ("请补全日期。", "Complete the date.");
    /// A damaged date or document number was written as repaired.
    TEXT_WRITTEN_AS_READ = "text-written-as-read", Info,
        ("正文有缺字，输出按读得的写", "text that lost characters is written as it reads"),
        ("正文中的日期、文号缺字，只有一种读法，或一段文字被拆成两段、署名和日期挤在一行；输出的 Word、Excel 和网页按读得的写，数据不受影响。", "A date or document number in the text lost characters and has one reading, a paragraph was split, or agency and date stand on one line; Word, Excel and web page have it as it reads. Figures are not touched."),
        ("请核对；要保留原文，转换时加 --as-written。", "Check it; --as-written keeps the source's text.");
    /// A damaged date or document number is ambiguous and was kept.
    TEXT_LEFT_AS_WRITTEN = "text-left-as-written", Warning,
        ("正文有缺字，无法确定怎样读", "text that lost characters has no certain reading"),
        ("正文中的日期或文号缺字，有多种读法，输出照原文写。", "A date or document number in the text lost characters and can be read in more than one way; it is written as it stands."),
        ("请补全。", "Complete it.");
    /// Content of a web page around the report was left out.
    PAGE_CHROME = "page-chrome", Info,
        ("网页栏目未计入报告", "parts of the web page around the report were left out"),
        ("导航、页脚等不属于报告，原文保留在此。", "Navigation and footers are no part of the report; their text is kept here."),
        ("请核对是否误删了正文。", "Check that no part of the report was taken for it.");
    /// Text of page headers and footers was left out.
    PAGE_MARGINS = "page-margins", Info,
        ("页眉页脚未计入报告", "headers and footers were left out"),
        ("页眉页脚不属于报告正文，文字保留在此。", "Headers and footers are no part of the report's text; they are kept here."),
        ("请核对其中没有正文内容。", "Check that nothing in them belongs to the report.");
    /// Content that belongs to no section of the form.
    CONTENT_UNCLAIMED = "content-unclaimed", Info,
        ("有内容不属于格式的任何部分", "some content belongs to no part of the form"),
        ("这些内容随报告保留，输出时附在最后。", "The content travels with the report and is put at its end."),
        ("请核对应归入哪一部分。", "Check which part it belongs to.");
    /// The form was chosen by the year alone.
    FORM_BY_YEAR = "form-by-year", Warning,
        ("按年度选用格式", "the form was chosen by the year"),
        ("没有表格行名可供判断，按报告年度选用格式。", "No table labels tell the form, so the year decided."),
        ("请核对。", "Check it.");
}
