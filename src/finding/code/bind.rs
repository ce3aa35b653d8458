//! Codes of the binding stage: how figures and text were found, or why they were not.

use super::Code;
use crate::finding::Severity::Error;

/// No form fits the document.
pub static FORM_NOT_RECOGNISED: Code = Code {
    id: "form-not-recognised",
    severity: Error,
    title: ("未识别出报告", "no report was recognised"),
    why: (
        "文件中没有找到任何一种已知表单的表格或标题。",
        "The document holds neither the tables nor the headings of any known form.",
    ),
    remedy: (
        "请确认文件是年度报告；表格是图片的，请索取可编辑的文件。",
        "Make sure that the file is an annual report; where its tables are pictures, ask for an editable file.",
    ),
};

/// All codes of this stage.
pub static CODES: &[&Code] = &[&FORM_NOT_RECOGNISED];
