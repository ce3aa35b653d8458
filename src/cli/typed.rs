//! Chinese messages for argument errors; the English messages are clap's.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::values::ArgumentError;

/// The error in Chinese, with a reference to the help of the command.
pub(super) fn chinese(error: &Error, command: &str) -> String {
    let argument = text(error, ContextKind::InvalidArg);
    let value = text(error, ContextKind::InvalidValue);
    let said = match error.kind() {
        ErrorKind::MissingRequiredArgument => format!("缺少 {argument}"),
        ErrorKind::UnknownArgument if !argument.starts_with('-') => format!("多出了“{argument}”"),
        ErrorKind::UnknownArgument => {
            format!("没有“{argument}”这个选项{}", suggestions(error, ContextKind::SuggestedArg))
        }
        ErrorKind::InvalidSubcommand => format!(
            "没有“{}”这个命令{}",
            text(error, ContextKind::InvalidSubcommand),
            suggestions(error, ContextKind::SuggestedSubcommand)
        ),
        ErrorKind::MissingSubcommand => "缺少命令".to_owned(),
        ErrorKind::InvalidValue if value.is_empty() => format!("{argument} 后面缺少内容"),
        ErrorKind::InvalidValue => {
            format!("{argument} 不能是“{value}”，可以是：{}", text(error, ContextKind::ValidValue))
        }
        ErrorKind::ValueValidation => format!("{argument} 不能是“{value}”：{}", wanted(error)),
        ErrorKind::TooManyValues | ErrorKind::WrongNumberOfValues | ErrorKind::TooFewValues => {
            format!("{argument} 后面内容的个数不对")
        }
        ErrorKind::ArgumentConflict => {
            format!("{argument} 重复，或不能与 {} 同用", text(error, ContextKind::PriorArg))
        }
        ErrorKind::InvalidUtf8 => "参数中有不能识别的字符".to_owned(),
        _ => "参数有误".to_owned(),
    };
    format!("命令写错了：{said}。用法见：nianbao {command}--help")
}

fn text(error: &Error, kind: ContextKind) -> String {
    let text = match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(ContextValue::Strings(texts)) => texts.join("、"),
        _ => String::new(),
    };
    text.replace("...", "…")
}

/// Suggestions for a mistyped word.
fn suggestions(error: &Error, kind: ContextKind) -> String {
    let meant = text(error, kind);
    if meant.is_empty() { meant } else { format!("，是否要用 {meant}") }
}

/// The expected value according to our own parsers; clap's own parsers are used for positive integers only.
fn wanted(error: &Error) -> String {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<ArgumentError>());
    source.map_or_else(|| "应为大于0的整数".to_owned(), |wanted| wanted.0.zh.clone())
}
