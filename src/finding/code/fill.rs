//! Codes of filling a template: values without a place in it, and content that was changed or kept besides the figures.

use super::Code;
use crate::finding::Severity::{Error, Info, Warning};

declare! {
    /// A figure has no cell in the template.
    FIELD_HAS_NO_PLACE = "field-has-no-place", Error,
        ("模板中没有位置填写的数据", "figures that have no place in the template"),
        ("模板的表格缺少这些数据的单元格，或者无法确定是哪一格，这些数据没有填入。", "The template's tables lack the cells of these figures, or it is not certain which they are; the figures were not filled in."),
        ("请在模板中按格式补齐表格，再填一次。", "Complete the template's tables as the form has them and fill it again.");
    /// A section of the report has no heading in the template.
    SECTION_HAS_NO_PLACE = "section-has-no-place", Warning,
        ("模板中没有这一部分", "a part that the template does not have"),
        ("模板中没有找到这一部分的标题，其文字写在文档末尾。", "The template has no heading for this part; its text was put at the end of the document."),
        ("请在模板中加上该标题，或移动末尾的文字。", "Add the heading to the template, or move the text from the end.");
    /// The title has no place in the template.
    TITLE_HAS_NO_PLACE = "title-has-no-place", Warning,
        ("模板中没有标题", "the template has no title"),
        ("模板中没有找到单独成段的报告标题，标题没有填入。", "The template has no paragraph with the report's title alone; the title was not filled in."),
        ("请在模板开头加上标题。", "Put a title at the top of the template.");
    /// Lines of the report give a label different values.
    LINES_DIFFER = "lines-differ", Warning,
        ("报告中同一项写法不同，未填入模板", "lines of the report differ, and the template's line stays blank"),
        ("报告有两行写明这一项，内容不同，不能确定是哪一个，模板中的这一项留空。", "Two lines of the report state it differently, so it is not certain which one counts; the template's line stays blank."),
        ("请核对报告，并在填好的文件中补写。", "Check the report, and complete the line in the filled file.");
    /// Text of a blank template was kept.
    TEMPLATE_TEXT_KEPT = "template-text-kept", Info,
        ("模板自带的文字已保留", "the template's own text was kept"),
        ("这段文字不是已知的填写提示，保留在原处。", "The text is not a known placeholder; it stays where it stands."),
        ("如果是填写说明，请在提交前删除。", "Where it is an instruction, delete it before handing the report in.");
    /// The template is a report with figures.
    TEMPLATE_HAD_FIGURES = "template-had-figures", Warning,
        ("模板是一份已填写的报告", "the template is a report with figures"),
        ("模板中已有数据和文字，均已换成本报告的内容。", "The template held figures and text; all were replaced by those of this report."),
        ("请核对没有留下旧内容。", "Check that nothing old is left.");
    /// Pictures were added to the package.
    PICTURES_ADDED = "pictures-added", Info,
        ("文档中加入了图片", "pictures were added to the document"),
        ("报告含有图片，因此除正文外还修改了模板的关系和内容类型。", "The report has pictures, so the template's relationships and content types were changed besides its text."),
        ("无需处理。", "Nothing to do.");
    /// A formula of the template yields another figure than the report has.
    FORMULA_DIFFERS = "formula-differs", Error,
        ("模板的公式与报告的数据不同", "a formula of the template yields another figure"),
        ("模板的这一格是公式，已保留；公式算得的数与报告不同。", "The template's cell holds a formula, which stays; it yields another figure than the report has."),
        ("请核对报告中的数据，或改正模板的公式。", "Check the report's figures, or mend the template's formula.");
    /// A formula of the template was kept, and its result is unknown.
    FORMULA_KEPT = "formula-kept", Warning,
        ("模板的公式已保留，结果未核对", "a formula of the template was kept, its result not verified"),
        ("模板的这一格是公式，已保留；这种公式无法预先计算。", "The template's cell holds a formula, which stays; formulas of its kind cannot be worked out beforehand."),
        ("请打开文件，核对公式算得的数。", "Open the file and check what the formula yields.");
    /// The workbook is marked for recalculation.
    WORKBOOK_RECALCULATES = "workbook-recalculates", Info,
        ("工作簿打开时将重新计算", "the workbook is worked out anew when it is opened"),
        ("模板中有依赖所填数据的公式，因此在工作簿中注明打开时重新计算。", "The template has formulas that depend on what is filled in, so the workbook says that it is to be worked out when it is opened."),
        ("无需处理。", "Nothing to do.");
    /// Text has no cell in the template.
    TEXT_HAS_NO_PLACE = "text-has-no-place", Error,
        ("模板中没有位置填写的文字", "text that has no place in the template"),
        ("模板中没有找到这些部分的标题或其下的空格，文字没有填入。", "The template has no heading for these parts, or no blank cell below it; their text was not filled in."),
        ("请在模板中加上标题，并在其下留出空格，再填一次；或另行报送文字。", "Put the heading with a blank cell below it into the template and fill it again, or hand the text in separately.");
    /// A text is longer than a cell can hold.
    TEXT_TOO_LONG = "text-too-long", Error,
        ("文字超过单元格的容量", "a text is longer than a cell takes"),
        ("一个单元格最多容纳32767个字符，超出的文字没有填入。", "A cell takes 32,767 characters; the text beyond was not filled in."),
        ("请缩短文字，或在模板中多留几行。", "Shorten the text, or give it more rows in the template.");
    /// A picture has no place in the template.
    PICTURE_HAS_NO_PLACE = "picture-has-no-place", Warning,
        ("模板中没有位置放置图片", "a picture has no place in the template"),
        ("报告中的图片没有放入工作簿，只写了它的名称。", "The report's picture was not put into the workbook; only its name was written."),
        ("需要时请手工插入图片。", "Insert the picture by hand where it is needed.");
}
