//! Static files of the page: HTML, CSS and ES modules, compiled into the program without a build step of their own.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::fault::Fault;

/// The HTML page of all screens.
const PAGE: &str = include_str!("page/page.html");

/// Static files: path, content type, text.
const FILES: &[(&str, &str, &str)] = &[
    ("/nianbao.css", "text/css; charset=utf-8", include_str!("page/nianbao.css")),
    ("/openapi.json", "application/json; charset=utf-8", include_str!("page/openapi.json")),
    ("/js/app.js", "text/javascript; charset=utf-8", include_str!("page/js/app.js")),
    ("/js/api.js", "text/javascript; charset=utf-8", include_str!("page/js/api.js")),
    ("/js/theme.js", "text/javascript; charset=utf-8", include_str!("page/js/theme.js")),
    ("/js/ui.js", "text/javascript; charset=utf-8", include_str!("page/js/ui.js")),
    ("/js/icons.js", "text/javascript; charset=utf-8", include_str!("page/js/icons.js")),
    ("/js/states.js", "text/javascript; charset=utf-8", include_str!("page/js/states.js")),
    ("/js/inbox.js", "text/javascript; charset=utf-8", include_str!("page/js/inbox.js")),
    ("/js/upload.js", "text/javascript; charset=utf-8", include_str!("page/js/upload.js")),
    ("/js/review.js", "text/javascript; charset=utf-8", include_str!("page/js/review.js")),
    ("/js/tables.js", "text/javascript; charset=utf-8", include_str!("page/js/tables.js")),
    ("/js/dialogs.js", "text/javascript; charset=utf-8", include_str!("page/js/dialogs.js")),
    ("/js/typing.js", "text/javascript; charset=utf-8", include_str!("page/js/typing.js")),
    ("/js/panels.js", "text/javascript; charset=utf-8", include_str!("page/js/panels.js")),
    ("/js/rollup.js", "text/javascript; charset=utf-8", include_str!("page/js/rollup.js")),
    ("/js/log.js", "text/javascript; charset=utf-8", include_str!("page/js/log.js")),
    ("/js/settings.js", "text/javascript; charset=utf-8", include_str!("page/js/settings.js")),
    ("/js/login.js", "text/javascript; charset=utf-8", include_str!("page/js/login.js")),
    ("/js/errors.js", "text/javascript; charset=utf-8", include_str!("page/js/errors.js")),
];

/// Paths of the screens.
pub(super) const SCREENS: &[&str] = &["/", "/report", "/rollup", "/log", "/settings"];

/// Whether a path is public: static files and the login page.
pub(super) fn is_public(path: &str) -> bool {
    path == "/login" || FILES.iter().any(|(name, ..)| *name == path)
}

/// The response with the HTML page.
pub(super) fn page() -> Response {
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], PAGE).into_response()
}

/// The error screen; `code` selects its text.
pub(super) fn error_page(code: &str) -> Response {
    let page = PAGE.replace("data-screen=\"\"", &format!("data-screen=\"error\" data-kind=\"{code}\""));
    ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page).into_response()
}

/// A static file, or the 404 screen.
pub(super) fn file(path: &str, headers: &HeaderMap) -> Response {
    match FILES.iter().find(|(name, ..)| *name == path) {
        Some((_, kind, text)) => ([(header::CONTENT_TYPE, *kind)], *text).into_response(),
        None if path.starts_with("/api/") => Fault::not_found().into_response(),
        None => {
            let html = headers
                .get(header::ACCEPT)
                .and_then(|accept| accept.to_str().ok())
                .is_some_and(|accept| accept.contains("text/html"));
            let page = if html { error_page("not-found") } else { Fault::not_found().into_response() };
            (StatusCode::NOT_FOUND, page).into_response()
        }
    }
}
