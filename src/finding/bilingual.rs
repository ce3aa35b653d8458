//! Errors with messages in both languages, and translations of messages of the operating system.

use std::io::{Error, ErrorKind};

use super::Message;

/// An error that is shown to people. Its [`Display`](std::fmt::Display) is the English text of [`Bilingual::message`].
pub trait Bilingual: std::error::Error {
    /// What is wrong and, if known, what to do, in both languages.
    fn message(&self) -> Message;
}

/// Message for a file that another program holds open exclusively.
const HELD: (&str, &str) = ("正被其他程序使用", "another program is using it");

/// Whether an error is one of those by which Windows reports a file that is in use: `ERROR_SHARING_VIOLATION`, `ERROR_LOCK_VIOLATION`.
fn is_held(number: Option<i32>, windows: bool) -> bool {
    windows && matches!(number, Some(32 | 33))
}

/// The meaning of an error of the operating system; without its English text and number if its kind is known.
pub fn system(error: &Error) -> Message {
    if is_held(error.raw_os_error(), cfg!(windows)) {
        return Message::new(HELD.0, HELD.1);
    }
    let (zh, en) = match error.kind() {
        ErrorKind::NotFound => ("找不到该文件或文件夹", "no such file or folder"),
        ErrorKind::PermissionDenied => ("没有读写权限", "permission denied"),
        ErrorKind::AlreadyExists => ("同名的文件或文件夹已经存在", "a file or folder of this name exists already"),
        ErrorKind::NotADirectory => ("路径中有一段不是文件夹", "a part of the path is not a folder"),
        ErrorKind::IsADirectory => ("这是文件夹，不是文件", "it is a folder, not a file"),
        ErrorKind::StorageFull => ("磁盘已满", "no space is left on the disk"),
        ErrorKind::QuotaExceeded => ("超出磁盘配额", "the disk quota is exceeded"),
        ErrorKind::ReadOnlyFilesystem => ("磁盘是只读的", "the disk is read-only"),
        ErrorKind::FileTooLarge => ("文件过大", "the file is too large"),
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => HELD,
        ErrorKind::InvalidFilename => ("文件名过长或有不允许的字符", "the name is too long or not allowed"),
        ErrorKind::InvalidData => ("文件不是 UTF-8 编码的文本", "the file is not UTF-8 text"),
        ErrorKind::UnexpectedEof => ("数据提前结束", "the data ends early"),
        ErrorKind::TimedOut => ("等待超时", "timed out"),
        ErrorKind::BrokenPipe => ("接收方已关闭", "the receiver has closed"),
        ErrorKind::OutOfMemory => ("内存不足", "out of memory"),
        _ => return other(error),
    };
    Message::new(zh, en)
}

fn other(error: &Error) -> Message {
    match error.raw_os_error() {
        Some(number) => Message::new(format!("系统错误（编号{number}）"), error.to_string()),
        None => Message::new("读写出错", error.to_string()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Asserts that the Chinese message of an error has no English words besides these names, and the English one no Chinese.
    pub(crate) fn assert_bilingual(error: &impl Bilingual, names: &[&str]) {
        let Message { zh, en } = error.message();
        let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
        assert!(zh.contains(is_chinese), "{zh}");
        let rest = names.iter().fold(zh.clone(), |rest, name| rest.replace(name, ""));
        assert!(!rest.contains(|c: char| c.is_ascii_alphabetic()), "{zh}");
        assert!(!en.is_empty() && !en.contains(is_chinese), "{en}");
        assert_eq!(error.to_string(), en);
    }

    #[test]
    fn a_file_in_use_on_windows_is_reported_as_such() {
        assert!(is_held(Some(32), true) && is_held(Some(33), true));
        // On other systems these numbers have other meanings: EPIPE, EDOM.
        assert!(!is_held(Some(32), false) && !is_held(Some(2), true) && !is_held(None, true));
    }

    #[test]
    fn errors_of_the_system_are_translated() {
        let cases = [
            (Error::from(ErrorKind::NotFound), "找不到该文件或文件夹"),
            (Error::from_raw_os_error(13), "没有读写权限"),
            (Error::from_raw_os_error(28), "磁盘已满"),
            (Error::from_raw_os_error(5), "系统错误（编号5）"),
            (Error::other("pipes"), "读写出错"),
        ];
        for (error, zh) in cases {
            assert_eq!(system(&error).zh, zh, "{error}");
        }
    }
}
