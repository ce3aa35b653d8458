//! Sessions: current user, login, logout.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::json;

use super::Answered;
use crate::finding::Message;
use crate::serve::auth::{COOKIE, Refusal, Visitor};
use crate::serve::body;
use crate::serve::connection::Peer;
use crate::serve::fault::{Fault, answer};
use crate::serve::guard::{cookies, name_of};
use crate::serve::hub::Hub;

/// Maximum length of a user's name, in characters.
const NAME: usize = 30;

/// The current user, and the data that every screen needs.
pub(super) async fn who(State(hub): State<Arc<Hub>>, Extension(visitor): Extension<Visitor>) -> Answered {
    let settings = hub.settings();
    Ok(answer(&json!({
        "name": name_of(&hub, &visitor),
        "own": visitor.name.is_none(),
        "token": visitor.token,
        "lan": hub.lan,
        "office": settings.text("office"),
        "folder": hub.store.folder.display().to_string(),
        "limit": hub.limit(),
        "version": env!("CARGO_PKG_VERSION"),
    })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entering {
    name: String,
    password: String,
}

/// Logs a user in.
pub(super) async fn enter(State(hub): State<Arc<Hub>>, Extension(Peer(from)): Extension<Peer>, body: Body) -> Answered {
    let Entering { name, password } = body::json(body).await?;
    let name: String = name.trim().chars().filter(|c| !c.is_control()).collect();
    if name.is_empty() || name.chars().count() > NAME {
        return Err(Fault::bad("请写您的名字，写进记录。", "write your name; it goes into the log"));
    }
    let cookie = try_door(&hub, name, password, from).await?;
    let value = format!("{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Strict");
    let mut response = answer(&json!({ "entered": true }));
    if let Ok(value) = HeaderValue::from_str(&value) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}

async fn try_door(hub: &Arc<Hub>, name: String, password: String, from: IpAddr) -> Result<String, Fault> {
    let asked = Arc::clone(hub);
    // Password hashing is slow on purpose, so it runs on a blocking thread.
    let tried = body::on_disk(move || {
        asked.access.log_in(&name, &password, from).map_err(|error| std::io::Error::other(error.to_string()))
    });
    tried.await?.map_err(|refusal| {
        let (status, code, message) = match refusal {
            Refusal::Wrong(left) => (
                StatusCode::UNAUTHORIZED,
                "password",
                Message::new(
                    format!("口令不对。还可以试 {left} 次，之后要等 5 分钟。"),
                    format!("The password is wrong. {left} more tries, then a pause of five minutes."),
                ),
            ),
            Refusal::Pause(seconds) => (
                StatusCode::TOO_MANY_REQUESTS,
                "pause",
                Message::new(
                    format!("试得太多，请过 {} 分钟再试。", seconds.div_ceil(60)),
                    format!("Too many tries; wait {} minutes.", seconds.div_ceil(60)),
                ),
            ),
        };
        Fault::new(status, code, message)
    })
}

/// Logs a user out.
pub(super) async fn leave(State(hub): State<Arc<Hub>>, headers: HeaderMap) -> Answered {
    hub.access.log_out(&cookies(&headers));
    let gone = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let Ok(value) = HeaderValue::from_str(&gone) {
        response.headers_mut().insert(header::SET_COOKIE, value);
    }
    Ok(response)
}
