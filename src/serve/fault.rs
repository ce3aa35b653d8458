//! Error responses as JSON in both languages.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::journal::Written;
use crate::finding::{Message, system};

/// An error response.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) status: StatusCode,
    /// Stable identifier of the error.
    pub(super) code: &'static str,
    pub(super) message: Message,
    /// Further keys of the JSON object.
    pub(super) more: Value,
}

impl Fault {
    pub(super) fn new(status: StatusCode, code: &'static str, message: Message) -> Self {
        Self { status, code, message, more: Value::Null }
    }

    /// 404: there is no such report, file or entry.
    pub(super) fn not_found() -> Self {
        let message = Message::new(
            "没有这一项。可能已被删除，或网址不对。",
            "There is no such thing here. It may have been taken out, or the address is wrong.",
        );
        Self::new(StatusCode::NOT_FOUND, "not-found", message)
    }

    /// 400: the request is invalid.
    pub(super) fn bad(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", Message::new(zh, en))
    }

    /// 422: the request cannot be carried out, with the reason.
    pub(super) fn refused(message: Message) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "refused", message)
    }

    /// 409: somebody else changed the report first; `theirs` is that change.
    #[allow(clippy::needless_pass_by_value, reason = "`theirs` becomes part of the response")]
    pub(super) fn conflict(theirs: Value) -> Self {
        let message = Message::new(
            "您打开以后，别人先改了这份报告。您的改动没有保存，也没有盖掉别人的。",
            "Somebody else changed this report first. Your change was not saved, and theirs was not overwritten.",
        );
        Self { more: json!({ "theirs": theirs }), ..Self::new(StatusCode::CONFLICT, "conflict", message) }
    }

    /// 507: a write to the disk failed.
    pub(super) fn disk(error: &std::io::Error) -> Self {
        let said = system(error);
        let message = Message::new(
            format!("没有存下来：{}。请检查磁盘后再试，原有的内容没有受影响。", said.zh),
            format!("Not saved: {}. Nothing that was there before has changed.", said.en),
        );
        Self::new(StatusCode::INSUFFICIENT_STORAGE, "not-saved", message)
    }

    /// Converts the outcome of a write: the number that it returned, or an error response.
    pub(super) fn of_written(written: Written) -> Result<u64, Self> {
        match written {
            Written::Done(number) | Written::Received(number) | Written::Known(number) => Ok(number),
            Written::Conflict => Err(Self::conflict(Value::Null)),
            Written::Failed(error) => Err(Self::disk(&error)),
        }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let mut body = json!({ "code": self.code, "message": self.message });
        if let (Value::Object(body), Value::Object(more)) = (&mut body, self.more) {
            body.extend(more);
        }
        let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
        (self.status, kind, body.to_string()).into_response()
    }
}

/// A JSON response.
pub(super) fn answer(body: &Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json; charset=utf-8")];
    (kind, body.to_string()).into_response()
}
