//! Middleware for every request: checks host, visitor, origin and CSRF token; sets response headers.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::assets;
use super::auth::{COOKIE, Visitor, equal_in_constant_time};
use super::connection::Peer;
use super::fault::Fault;
use super::hub::Hub;
use crate::finding::Message;

/// Request header with the CSRF token.
pub(super) const TOKEN: &str = "x-nianbao-token";

/// Headers of every response.
const HEADERS: &[(&str, &str)] = &[
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=()"),
    ("cache-control", "no-store"),
];

/// Passes a request on or answers it, and adds the response headers.
pub(super) async fn guard(State(hub): State<Arc<Hub>>, mut request: Request, next: Next) -> Response {
    let mut response = match admitted(&hub, &mut request) {
        Ok(()) => next.run(request).await,
        Err(response) => *response,
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(*name, HeaderValue::from_static(value));
    }
    response
}

fn admitted(hub: &Hub, request: &mut Request) -> Result<(), Box<Response>> {
    let headers = request.headers();
    let host = only(headers, header::HOST.as_str()).unwrap_or_default().to_owned();
    let path = request.uri().path().to_owned();
    let api = path.starts_with("/api/");
    let fail = |status, code, message: Message| Err(Box::new(refusal(api, Fault::new(status, code, message))));
    if !hub.access.is_host(&host) {
        let message = Message::new(
            "网址不对。本程序只认启动时显示的地址；用别的名字打开，可能是别的网页想冒用，已经拦下。",
            "This is not an address of the program. Open the one that it showed when it started.",
        );
        return fail(StatusCode::MISDIRECTED_REQUEST, "unknown-host", message);
    }
    let from = request.extensions().get::<Peer>().map_or(IpAddr::from([0, 0, 0, 0]), |peer| peer.0);
    let site = text(headers, "sec-fetch-site");
    if let Some(token) = start_token(request.uri().query()) {
        // The start token is accepted from an opened URL, not from a request that another site's page makes the browser send.
        if hub.access.is_start(token)
            && from.is_loopback()
            && request.method() == Method::GET
            && matches!(site, "" | "none" | "same-origin")
        {
            return Err(Box::new(entered(hub)));
        }
    }
    if assets::is_public(&path) {
        return Ok(());
    }
    let elsewhere =
        || Message::new("这个请求来自别的网站，已经拦下。", "This request comes from another site and was stopped.");
    let write = !matches!(*request.method(), Method::GET | Method::HEAD);
    if (api || write) && !matches!(site, "" | "same-origin" | "none") {
        return fail(StatusCode::FORBIDDEN, "other-site", elsewhere());
    }
    let bearer = text(headers, "authorization").strip_prefix("Bearer ").map(str::trim);
    let visitor = hub.access.visitor(&cookies(headers), bearer, from);
    if write {
        let origin = only(headers, "origin");
        let own = origin == Some(format!("http://{host}").as_str());
        // Programs send no Origin header; they authenticate with a bearer token, which a browser page cannot know.
        let program = bearer.is_some() && headers.get("origin").is_none();
        if !own && !program {
            return fail(StatusCode::FORBIDDEN, "other-site", elsewhere());
        }
        let entering = path == "/api/session" && *request.method() == Method::POST;
        let token = text(headers, TOKEN);
        let known = visitor.as_ref().is_some_and(|visitor| equal_in_constant_time(token, &visitor.token));
        if visitor.is_some() && !entering && bearer.is_none() && !known {
            let message = Message::new("页面已过期，请刷新后再试。", "The page is too old; load it again.");
            return fail(StatusCode::FORBIDDEN, "token", message);
        }
        if entering {
            return Ok(());
        }
    }
    match visitor {
        Some(visitor) => {
            request.extensions_mut().insert(visitor);
            Ok(())
        }
        None => Err(Box::new(stranger(hub, api, from))),
    }
}

/// The response to a request that is not authenticated.
fn stranger(hub: &Hub, api: bool, from: IpAddr) -> Response {
    if hub.lan && !from.is_loopback() && !api {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, "/login")]).into_response();
    }
    let message = Message::new(
        "请从“年报”图标打开，或打开程序启动时显示的网址。",
        "Open the page from the program's icon, or by the address that it showed when it started.",
    );
    refusal(api, Fault::new(StatusCode::UNAUTHORIZED, "token", message))
}

/// A refusal as JSON for the API, else as the error screen.
fn refusal(api: bool, fault: Fault) -> Response {
    if api { fault.into_response() } else { (fault.status, assets::error_page(fault.code)).into_response() }
}

/// Sets the cookie and redirects to the URL without the start token. The cookie has no `Secure`, because the server has no TLS.
fn entered(hub: &Hub) -> Response {
    let cookie = format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict; Max-Age=31536000", hub.access.own_cookie());
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, "/")]).into_response();
    if let Ok(cookie) = HeaderValue::from_str(&cookie) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

fn start_token(query: Option<&str>) -> Option<&str> {
    query?.split('&').find_map(|pair| pair.strip_prefix("token="))
}

/// All cookies of a request, joined by `;`.
pub(super) fn cookies(headers: &HeaderMap) -> String {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.collect::<Vec<_>>().join(";")
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> &'h str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The value of a header that occurs exactly once; `None` if it is repeated.
fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut all = headers.get_all(name).iter();
    let first = all.next()?.to_str().ok()?;
    all.next().is_none().then_some(first)
}

/// The name of the user as it is written into the log.
pub(super) fn name_of(hub: &Hub, visitor: &Visitor) -> String {
    visitor.name.clone().unwrap_or_else(|| hub.own_name())
}
