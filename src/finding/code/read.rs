//! Codes of the reading stage: what a file is and why it could not be read.

use super::Code;
use crate::finding::Severity::{Error, Info, Warning};

/// The file is protected by a password.
pub(crate) static FILE_ENCRYPTED: Code = Code {
    id: "file-encrypted",
    severity: Error,
    title: ("文件设有打开密码，未能读取", "the file needs a password to open"),
    why: ("文件设有打开密码，内容无法读取。", "The file has an opening password, so nothing in it can be read."),
    remedy: ("请在 Word 或 WPS 中取消密码后重新报送。", "Remove the password and send it again."),
};

/// The file is encrypted with the default password of Excel.
pub(crate) static DEFAULT_PASSWORD: Code = Code {
    id: "default-password",
    severity: Info,
    title: (
        "文件用 Excel 自带的默认密码加密，已打开读取",
        "the file is encrypted with the default password of Excel; it was opened and read",
    ),
    why: (
        "Excel 保护工作簿时会自行用默认密码加密文件，打开时不询问密码，报送人并不知道有密码。",
        "Excel encrypts a protected workbook with a password of its own and opens it without asking; the sender knows of none.",
    ),
    remedy: ("无需处理。", "Nothing needs to be done."),
};

/// The file is truncated or its structure is inconsistent.
pub(crate) static FILE_DAMAGED: Code = Code {
    id: "file-damaged",
    severity: Error,
    title: ("文件不完整或已损坏，未能读取", "the file is incomplete or damaged"),
    why: (
        "文件不完整或内部结构有误，读取到此为止不可靠。",
        "The file is cut short or its structure contradicts itself; what could be read of it would not be reliable.",
    ),
    remedy: ("请重新报送完整文件。", "Send a whole copy."),
};

/// There is no reader for this content.
pub(crate) static FILE_UNSUPPORTED: Code = Code {
    id: "file-unsupported",
    severity: Error,
    title: ("这种文件未能读取", "this kind of file cannot be read"),
    why: (
        "按内容识别，文件不是可读取的 Word、Excel、网页或文本。",
        "By its content the file is none of the Word, Excel, web or text formats that can be read.",
    ),
    remedy: ("请报送 Word 或 Excel 原文件。", "Send the Word or Excel original."),
};

/// The file exceeds a limit.
pub(crate) static FILE_OVER_LIMIT: Code = Code {
    id: "file-over-limit",
    severity: Error,
    title: ("文件异常（过大或内容过多），为安全起见未读取", "the file is abnormally large or dense and was not read"),
    why: (
        "文件解压后过大、嵌套过深或单元格过多，正常报告不会如此。",
        "Unpacked, the file is too large, nested too deeply or has too many cells; no honest report is.",
    ),
    remedy: (
        "请核对来源；确为报告的，请另存后重报。",
        "Check where the file comes from; if it really is a report, save it as a new file and try again.",
    ),
};

/// The file could not be opened or read from disk.
pub(crate) static FILE_UNREADABLE: Code = Code {
    id: "file-unreadable",
    severity: Error,
    title: ("文件打不开", "the file cannot be opened"),
    why: ("文件可能正被其他程序使用，或没有读取权限。", "The operating system refused to read the file."),
    remedy: ("请关闭该文件后重试，或检查权限。", "Check the path and its permissions."),
};

/// The file has no content.
pub(crate) static FILE_EMPTY: Code = Code {
    id: "file-empty",
    severity: Error,
    title: ("文件没有内容", "the file is empty"),
    why: ("文件没有任何内容。", "The file has no content."),
    remedy: ("请重新报送。", "Send it again."),
};

/// Suffix and content differ.
pub(crate) static SUFFIX_WRONG: Code = Code {
    id: "suffix-wrong",
    severity: Info,
    title: ("扩展名与内容不符", "the suffix does not match the content"),
    why: (
        "文件按内容读取，扩展名写的是另一种格式。",
        "The file was read by its content; its suffix names another format.",
    ),
    remedy: ("请改正扩展名，以免其他程序打不开。", "Correct the suffix so that other programs can open it."),
};

/// Some content of the file was left out.
pub(crate) static CONTENT_SKIPPED: Code = Code {
    id: "content-skipped",
    severity: Warning,
    title: ("部分内容未读取", "some content was not read"),
    why: (
        "文件含有本程序不读取的内容（如外部链接、嵌入对象）。",
        "The file holds content that this program does not read (external links, embedded objects).",
    ),
    remedy: ("请核对输出是否缺少内容。", "Check whether the output lacks anything."),
};

/// Bytes of a text do not decode to characters.
pub(crate) static TEXT_UNDECODABLE: Code = Code {
    id: "text-undecodable",
    severity: Warning,
    title: ("部分文字无法解码", "some text could not be decoded"),
    why: (
        "文件的部分字节在识别出的编码中不是文字，已用替代符号表示。",
        "Some bytes are no characters in the encoding that was recognised and were replaced.",
    ),
    remedy: ("请用原程序打开，另存为 UTF-8 编码。", "Open the file in its program and save it as UTF-8."),
};

/// A sheet of the workbook is hidden.
pub(crate) static SHEET_HIDDEN: Code = Code {
    id: "sheet-hidden",
    severity: Warning,
    title: ("工作表是隐藏的", "a sheet is hidden"),
    why: (
        "打开文件时看不到隐藏的工作表，其中的内容未读取；全部工作表都隐藏时仍会读取。",
        "Nobody who opens the file sees a hidden sheet, so it was not read, unless all sheets are hidden.",
    ),
    remedy: ("请核对，或删除隐藏的工作表。", "Check it, or delete the hidden sheet."),
};

/// Cells with content are in hidden rows or columns.
pub(crate) static CELLS_HIDDEN: Code = Code {
    id: "cells-hidden",
    severity: Warning,
    title: ("有内容的行或列是隐藏的", "rows or columns with content are hidden"),
    why: (
        "打开文件时看不到隐藏的行和列，其中的内容未读取。",
        "Nobody who opens the file sees hidden rows and columns, so they were not read.",
    ),
    remedy: ("请取消隐藏后核对，或删除这些行列。", "Show them and check, or delete them."),
};

/// Formulas of a sheet have no stored results.
pub(crate) static FORMULA_UNCALCULATED: Code = Code {
    id: "formula-uncalculated",
    severity: Error,
    title: ("公式没有计算结果", "formulas have no stored results"),
    why: (
        "文件由程序生成而未经 Excel、Word 或 WPS 计算，公式处没有数值可读。",
        "A program made the file and neither Excel, Word nor WPS has calculated it, so its formulas have no values to read.",
    ),
    remedy: (
        "请用 Excel 或 WPS 打开并保存（Word 文件全选后按 F9），再重新报送。",
        "Open it in Excel or WPS, save it, and send it again; in a Word file, select all and press F9 first.",
    ),
};

/// Pages are pictures without text.
pub(crate) static PAGES_ARE_PICTURES: Code = Code {
    id: "pages-are-pictures",
    severity: Error,
    title: ("页面是图片，没有文字可读", "pages are pictures without text"),
    why: (
        "这些页是扫描件或图片，其中的文字和数据都没有读取。",
        "These pages are scans or pictures; no text and no figure on them was read.",
    ),
    remedy: (
        "请索取原来的 Word 或 Excel 文件，或由其直接导出的 PDF。",
        "Ask for the Word or Excel file that it was made from, or for a PDF that was exported from it.",
    ),
};

/// The text of pages comes from OCR.
pub(crate) static TEXT_RECOGNISED: Code = Code {
    id: "text-recognised",
    severity: Warning,
    title: ("页面文字由识别软件生成", "the text of pages was made by a recognition program"),
    why: (
        "这些页是扫描件，文字由识别软件附在图片上，可能认错数字。",
        "These pages are scans whose text a program (OCR) has added, which may have taken a digit for another.",
    ),
    remedy: ("请对照页面图像逐一核对数据。", "Compare every figure with the picture of the page."),
};

/// The file does not map its glyphs to characters.
pub(crate) static PAGES_UNREADABLE: Code = Code {
    id: "pages-unreadable",
    severity: Error,
    title: ("页面文字没有编码信息，不能读取", "the text of pages cannot be told from the file"),
    why: (
        "文件只有字形，没有写明是哪些字，为免读错数据，这些页没有读取。",
        "The file has shapes without saying what characters they are; so that no figure is misread, these pages were not read.",
    ),
    remedy: (
        "请索取原来的 Word 或 Excel 文件，或由其重新导出的 PDF。",
        "Ask for the Word or Excel file that it was made from, or for a PDF exported from it anew.",
    ),
};

/// A signature or seal was not verified.
pub(crate) static SIGNATURE_UNVERIFIED: Code = Code {
    id: "signature-unverified",
    severity: crate::finding::Severity::Info,
    title: ("电子签名或签章未作验证", "a signature or seal was not verified"),
    why: (
        "文件带有电子签名或签章，程序只读取内容，不验证其真伪。",
        "The file is signed or sealed; it was read, and whether the signature holds was not examined.",
    ),
    remedy: ("如需验证，请用签章软件打开。", "To verify it, open the file in the program for seals."),
};

/// Struck-through text was left out.
pub(crate) static STRUCK_OUT_SET_ASIDE: Code = Code {
    id: "struck-out-set-aside",
    severity: Warning,
    title: ("有删除线的文字未读取", "struck-out text was set aside"),
    why: (
        "文字上有删除线，表示已经划去，未作为数字或正文读取。",
        "The text has a line through it, so it counts as deleted and was read neither as a figure nor as text.",
    ),
    remedy: ("请核对，并删除已划去的文字。", "Check it, and delete what is struck out."),
};

/// A note mark after a figure was left out.
pub(crate) static SUPERSCRIPT_SET_ASIDE: Code = Code {
    id: "superscript-set-aside",
    severity: Warning,
    title: ("数字旁的注释号未读取", "a note mark beside a figure was set aside"),
    why: (
        "数字旁的上标、①、[1]、* 等视为注释号，不是数字的一部分。",
        "A superscript, a number in a circle, [1] or * beside a figure was taken for a note mark, which is no part of the figure.",
    ),
    remedy: ("请核对数字。", "Check the figure."),
};

/// Invisible text was left out.
pub(crate) static UNSEEN_SET_ASIDE: Code = Code {
    id: "unseen-set-aside",
    severity: Warning,
    title: ("看不见的文字未读取", "text that cannot be seen was set aside"),
    why: (
        "文字设为隐藏、与底色相同、字号过小或位于页面之外，打开文件时看不到，未读取。",
        "The text is hidden, as pale as its background, too small to be read, or outside of the page; nobody who opens the file sees it, so it was not read.",
    ),
    remedy: ("请核对，并删除看不见的文字。", "Check it, and delete what cannot be seen."),
};

/// A hidden row or column of a table was left out.
pub(crate) static HIDDEN_ROW_SET_ASIDE: Code = Code {
    id: "hidden-row-set-aside",
    severity: Warning,
    title: ("隐藏的行或列未读取", "a hidden row or column was set aside"),
    why: (
        "表格中有隐藏的行或列，打开文件时看不到，未读取。",
        "A row or column of a table is hidden; nobody who opens the file sees it, so it was not read.",
    ),
    remedy: ("请核对，并删除隐藏的行或列。", "Check it, and delete the hidden row or column."),
};

/// Ruby readings of text were left out.
pub(crate) static READING_SET_ASIDE: Code = Code {
    id: "reading-set-aside",
    severity: Info,
    title: ("文字上方的注音未读取", "readings above text were set aside"),
    why: ("注音不是文字或数字的一部分。", "A reading (ruby) is no part of the text or the figure below it."),
    remedy: ("无需处理。", "Nothing to do."),
};

/// A document contains an embedded workbook in place of a table.
pub(crate) static EMBEDDED_WORKBOOK: Code = Code {
    id: "embedded-workbook",
    severity: Warning,
    title: ("表格是嵌入的 Excel 对象", "a table is an embedded workbook"),
    why: (
        "文件在表格的位置嵌入了 Excel 工作表，按工作表中保存的数字读取；页面上显示的是它的图像，可能与之不同。",
        "A workbook is embedded where a table should be. It was read by the figures in its sheet; the page shows a picture of it, which may differ.",
    ),
    remedy: ("请核对与页面所见是否一致。", "Check that the page shows the same."),
};

/// Tracked changes are neither accepted nor rejected.
pub(crate) static REVISION_LEFT: Code = Code {
    id: "revision-left",
    severity: Warning,
    title: ("文件留有未接受的修订", "tracked changes are open"),
    why: (
        "文件中的修订既未接受也未拒绝，按接受修订后的文字读取。",
        "Tracked changes in the file are neither accepted nor rejected; it was read as if they were accepted.",
    ),
    remedy: ("请接受或拒绝全部修订后重新报送。", "Accept or reject all changes and send it again."),
};

/// All codes of this stage.
pub static CODES: &[&Code] = &[
    &FILE_ENCRYPTED,
    &DEFAULT_PASSWORD,
    &FILE_DAMAGED,
    &FILE_UNSUPPORTED,
    &FILE_OVER_LIMIT,
    &FILE_UNREADABLE,
    &FILE_EMPTY,
    &SUFFIX_WRONG,
    &CONTENT_SKIPPED,
    &TEXT_UNDECODABLE,
    &SHEET_HIDDEN,
    &CELLS_HIDDEN,
    &FORMULA_UNCALCULATED,
    &PAGES_ARE_PICTURES,
    &TEXT_RECOGNISED,
    &PAGES_UNREADABLE,
    &SIGNATURE_UNVERIFIED,
    &STRUCK_OUT_SET_ASIDE,
    &SUPERSCRIPT_SET_ASIDE,
    &UNSEEN_SET_ASIDE,
    &HIDDEN_ROW_SET_ASIDE,
    &READING_SET_ASIDE,
    &EMBEDDED_WORKBOOK,
    &REVISION_LEFT,
];
