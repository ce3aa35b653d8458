//! Errors of commands in both languages.

use std::fmt;
use std::io;
use std::path::Path;

use nianbao::agencies::AgenciesError;
use nianbao::batch::BatchError;
use nianbao::fill::FillError;
use nianbao::finding::{Bilingual, Finding, Language, Message, system};
use nianbao::form::FormError;
use nianbao::stream::StreamError;
use nianbao::waivers::WaiverMistake;
use nianbao::write::WriteError;
use nianbao::write::html::TemplateError;

/// An error of the command line itself.
#[derive(Debug)]
pub(crate) struct Failure(pub(crate) Message);

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.en)
    }
}

impl std::error::Error for Failure {}

/// An error in both languages.
pub(crate) fn failure(zh: impl Into<String>, en: impl Into<String>) -> anyhow::Error {
    Failure(Message::new(zh, en)).into()
}

/// An error about a file: its path, then the message.
pub(crate) fn of_file(path: &Path, message: &Message) -> anyhow::Error {
    let path = path.display();
    failure(format!("“{path}”：{}", message.zh), format!("{path}: {}", message.en))
}

/// Converts a system error about a file.
pub(crate) fn of_system(path: &Path) -> impl Fn(io::Error) -> anyhow::Error {
    move |error| {
        let said = system(&error);
        of_file(path, &Message::new(format!("{}。", said.zh), said.en))
    }
}

/// A finding that stops the command.
pub(crate) fn of_finding(path: &str, finding: &Finding) -> anyhow::Error {
    of_file(Path::new(path), &finding.message)
}

/// The error in a language: the message of the first cause that has one in both languages. If none has, the English text of all
/// causes; in Chinese, a general message.
pub(crate) fn said(error: &anyhow::Error, language: Language) -> String {
    for cause in error.chain() {
        if let Some(message) = known(cause) {
            return message.get(language).to_owned();
        }
    }
    match language {
        Language::Zh => "命令未能执行（程序内部错误）。".to_owned(),
        Language::En => format!("{error:#}"),
    }
}

/// The bilingual message of an error, if its type has one.
fn known(cause: &(dyn std::error::Error + 'static)) -> Option<Message> {
    /// The message of an error of this type.
    fn message_of<E: Bilingual + 'static>(cause: &(dyn std::error::Error + 'static)) -> Option<Message> {
        cause.downcast_ref::<E>().map(Bilingual::message)
    }
    if let Some(Failure(message)) = cause.downcast_ref() {
        return Some(message.clone());
    }
    let known = message_of::<BatchError>(cause)
        .or_else(|| message_of::<StreamError>(cause))
        .or_else(|| message_of::<FormError>(cause))
        .or_else(|| message_of::<AgenciesError>(cause))
        .or_else(|| message_of::<WaiverMistake>(cause))
        .or_else(|| message_of::<FillError>(cause))
        .or_else(|| message_of::<WriteError>(cause))
        .or_else(|| message_of::<TemplateError>(cause));
    #[cfg(feature = "serve")]
    let known = known.or_else(|| message_of::<nianbao::serve::ServeError>(cause));
    known.or_else(|| {
        let said = system(cause.downcast_ref::<io::Error>()?);
        Some(Message::new(format!("{}。", said.zh), said.en))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_type_has_messages_in_both_languages() {
        let errors: Vec<anyhow::Error> = vec![
            failure("没有这个格式。", "no such form"),
            of_system(Path::new("a.docx"))(io::ErrorKind::NotFound.into()),
            BatchError::NoInput("a".into()).into(),
            BatchError::Locked("out".into()).into(),
            BatchError::Workers(io::ErrorKind::OutOfMemory.into()).into(),
            StreamError::Start(io::ErrorKind::NotFound.into()).into(),
            io::Error::from(io::ErrorKind::PermissionDenied).into(),
            anyhow::anyhow!("of a kind that nobody knows"),
        ];
        for error in errors {
            let (zh, en) = (said(&error, Language::Zh), said(&error, Language::En));
            assert!(zh.ends_with('。') && !zh.is_ascii(), "{zh}");
            assert!(en.is_ascii() && !en.is_empty(), "{en}");
        }
    }
}
