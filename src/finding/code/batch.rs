//! Codes of the batch stage: many files, their names and their outputs.

use super::Code;
use crate::finding::Severity::{Error, Info, Warning};

/// A stage failed with a bug.
pub(crate) static INTERNAL_ERROR: Code = Code {
    id: "internal-error",
    severity: Error,
    title: ("程序内部错误", "the program failed on this file"),
    why: (
        "处理该文件时程序自身出错，其余文件不受影响。",
        "The program itself failed while it worked on this file; the other files are done.",
    ),
    remedy: (
        "请将该文件和本条信息发给维护人员；可先在原程序中另存一份再试。",
        "Send the file and this message to the maintainers; a copy saved anew may work.",
    ),
};

/// The file changed while it was being read.
pub(crate) static FILE_CHANGED: Code = Code {
    id: "file-changed",
    severity: Error,
    title: ("文件在读取时被改动", "the file changed while it was read"),
    why: (
        "读取前后文件的大小或修改时间不同，内容不可靠。",
        "Its size or its time differed before and after reading, so its content is not certain.",
    ),
    remedy: ("请等文件保存完毕后重新运行。", "Wait until it is saved and run the command again."),
};

/// A report shows pictures more often than allowed.
pub(crate) static PICTURES_LEFT_OUT: Code = Code {
    id: "pictures-left-out",
    severity: Warning,
    title: ("图片过多，其余未保留", "too many pictures; the rest are left out"),
    why: (
        "同一张图片可以被引用成千上万次，使输出大到无法打开；正常报告不会有上千处图片。",
        "One picture can be referred to many thousand times, which makes outputs too large to open; no honest report has a thousand.",
    ),
    remedy: ("请核对文件来源。", "Check where the file comes from."),
};

/// An archive of submissions could not be opened, or an entry of it was not accepted.
pub(crate) static ARCHIVE_UNREADABLE: Code = Code {
    id: "archive-unreadable",
    severity: Error,
    title: ("压缩包无法读取", "the archive cannot be read"),
    why: (
        "压缩包损坏、嵌套超过一层，或文件数、解压后大小、处理时间超出限额。",
        "The archive is damaged, nested more than one level, or has more entries or bytes, or takes more time, than it may.",
    ),
    remedy: ("请解压到文件夹后再运行。", "Unpack it to a folder and run the command on that."),
};

/// Comments could not be added to a copy of the file.
pub(crate) static NOT_ANNOTATED: Code = Code {
    id: "not-annotated",
    severity: Info,
    title: ("未能在原文件中加批注", "the file could not be given comments"),
    why: (
        "只有 .docx、.xlsx 和 PDF 文件能加批注；该文件是其他格式，或已加密、已损坏。",
        "Only .docx, .xlsx and PDF files take comments; this one has another format, or is encrypted or damaged.",
    ),
    remedy: (
        "请在 Word、Excel 或 WPS 中另存为 .docx、.xlsx 或 PDF 后再运行；退回通知（--letter）不受影响。",
        "Save it as .docx, .xlsx or PDF and run the command again; the letter (--letter) does not need this.",
    ),
};

/// The name of an output belongs to an earlier report.
pub(crate) static OUTPUT_NAME_TAKEN: Code = Code {
    id: "output-name-taken",
    severity: Info,
    title: ("输出文件重名", "the output's name is taken"),
    why: (
        "另一份报告的标题相同（不分大小写），先处理的保留原名，其余加序号。",
        "Another report has the same title (letter case aside); the first keeps the name, the others get a number.",
    ),
    remedy: ("请核对是否重复报送。", "Check whether a report was sent twice."),
};

/// Two inputs are reports of the same agency and year.
pub(crate) static DUPLICATE_REPORT: Code = Code {
    id: "duplicate-report",
    severity: Warning,
    title: ("同一机关同一年度有两份报告", "two reports of one agency and year"),
    why: (
        "两个文件的机关和年度相同，两份都已输出，未作取舍。",
        "Two files are of the same agency and year; both are written, none is preferred.",
    ),
    remedy: ("请确认以哪一份为准，删去另一份。", "Decide which one counts and remove the other."),
};

/// No font has a character of the text.
pub(crate) static CHARACTERS_NOT_SHOWN: Code = Code {
    id: "characters-not-shown",
    severity: Warning,
    title: ("PDF 中有字不能显示", "the PDF cannot show some characters"),
    why: (
        "已安装的字体中没有这些字（生僻字或自造字），PDF 中以“〓”代替；其他格式的输出不受影响。",
        "No font that is installed has these characters (rare ones, or of private use); the sign U+3013 stands for them in the PDF, and in no other output.",
    ),
    remedy: (
        "请安装含有这些字的字体（如“宋体-ExtB”、思源字体），或用 --fonts 指定字体文件夹；自造字请改用规范字。",
        "Install a font that has them (such as SimSun-ExtB or Noto CJK) or name a folder with --fonts; replace characters of private use.",
    ),
};

/// PDF does not show a picture.
pub(crate) static PICTURES_NOT_SHOWN: Code = Code {
    id: "pictures-not-shown",
    severity: Warning,
    title: ("PDF 中有图片不能显示", "the PDF cannot show some pictures"),
    why: (
        "PDF 只能放 PNG、JPEG、GIF 图片；其他图片（如 EMF、WMF、BMP）或损坏的图片以文字注明。",
        "A PDF takes PNG, JPEG and GIF; a line of text stands for pictures of other kinds (such as EMF, WMF, BMP) and damaged ones.",
    ),
    remedy: (
        "请在原文件中把图片另存为 PNG 或 JPEG 后重新插入。",
        "Save the picture as PNG or JPEG and put it in again.",
    ),
};

/// An output could not be made or written.
pub(crate) static OUTPUT_UNWRITABLE: Code = Code {
    id: "output-unwritable",
    severity: Error,
    title: ("输出文件无法写出", "an output could not be written"),
    why: ("写出文件时出错，该文件没有生成。", "Writing failed, so this file was not made."),
    remedy: (
        "请检查磁盘空间、权限，以及同名文件是否被打开。",
        "Check space and rights, and whether a file of that name is open.",
    ),
};

/// A line of a stream names no file.
pub(crate) static LINE_UNREADABLE: Code = Code {
    id: "line-unreadable",
    severity: Error,
    title: ("输入行无法使用", "the line cannot be used"),
    why: (
        "输入行没有路径、太长，或所带内容不是Base64。",
        "The line has no path, is too long, or what it holds is not Base64.",
    ),
    remedy: (
        "每行写一个路径，或路径、制表符（或^A）和不换行的Base64。",
        "A line is a path, or a path, a TAB or ^A, and Base64 without line breaks.",
    ),
};

/// The process that converted a file died.
pub(crate) static CONVERTER_DIED: Code = Code {
    id: "converter-died",
    severity: Error,
    title: ("转换进程因该文件终止", "the converter died of this file"),
    why: (
        "处理该文件的进程两次异常终止（如内存超限），其余文件不受影响。",
        "The process that worked on this file ended twice, as it does when it runs out of its memory; the other files are done.",
    ),
    remedy: (
        "请用原程序打开检查后另存；仍失败的，请将文件发给维护人员。",
        "Open it in its own program, save it anew, and send it to the maintainers where that does not help.",
    ),
};

/// A file exceeded its time limit.
pub(crate) static CONVERTER_TIMED_OUT: Code = Code {
    id: "converter-timed-out",
    severity: Error,
    title: ("处理该文件超时", "the file took too long"),
    why: (
        "处理该文件的时间超过限额，进程已被终止，其余文件不受影响。",
        "It took more than its time, so the process was ended; the other files are done.",
    ),
    remedy: (
        "请检查文件所在的磁盘或网络，必要时用`--time`放宽限额。",
        "Check the disk or network that it lies on; `--time` gives it more.",
    ),
};

/// A file in the program's own JSON is not a report of an available form.
pub(crate) static JSON_UNREADABLE: Code = Code {
    id: "json-unreadable",
    severity: Error,
    title: ("数据文件不能作为报告读取", "the JSON cannot be read as a report"),
    why: (
        "文件是本程序的数据格式，但内容与格式说明或格式不符。",
        "The file is in the program's own JSON, and not as its schema or the form says.",
    ),
    remedy: (
        "请用本程序重新生成该文件。",
        "Make the file again with this program, or correct it by `schemas/report.schema.json`.",
    ),
};

/// All codes of this stage.
pub static CODES: &[&Code] = &[
    &INTERNAL_ERROR,
    &PICTURES_LEFT_OUT,
    &FILE_CHANGED,
    &ARCHIVE_UNREADABLE,
    &OUTPUT_NAME_TAKEN,
    &DUPLICATE_REPORT,
    &CHARACTERS_NOT_SHOWN,
    &PICTURES_NOT_SHOWN,
    &OUTPUT_UNWRITABLE,
    &LINE_UNREADABLE,
    &JSON_UNREADABLE,
    &CONVERTER_DIED,
    &CONVERTER_TIMED_OUT,
    &NOT_ANNOTATED,
];
