//! Attacks by a page of another site, a stranger on the network and a hostile file, and their outcome.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::client::{Server, encoded, response};
use super::office::{docx, right};

/// The cookie of a user who opened the start address.
fn cookie(server: &Server) -> String {
    let entered = server.raw("GET", &format!("/?token={}", server.token), &[("Host", &server.host())], b"");
    assert_eq!(entered.status, 303, "{}", entered.head);
    let set = entered.header("set-cookie").unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Strict") && set.contains("Path=/"), "{set}");
    assert_eq!(entered.header("location"), Some("/"));
    set.split(';').next().unwrap().to_owned()
}

fn session(server: &Server, cookie: &str) -> Value {
    server.raw("GET", "/api/session", &[("Host", &server.host()), ("Cookie", cookie)], b"").json(200)
}

#[test]
fn a_name_turned_to_this_machine_reads_nothing_even_with_the_cookie() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let cookie = cookie(&server);
    for target in ["/", "/api/state", "/api/session", "/js/app.js"] {
        for host in ["evil.example", &format!("evil.example:{}", server.port), "127.0.0.1.evil.example"] {
            let answer = server.raw("GET", target, &[("Host", host), ("Cookie", &cookie)], b"");
            assert_eq!(answer.status, 421, "{target} as {host}");
            assert!(!String::from_utf8_lossy(&answer.body).contains("rows"));
        }
    }
    // Two Host headers are invalid.
    let host = server.host();
    assert_eq!(
        server.raw("GET", "/api/state", &[("Host", &host), ("Host", "evil.example"), ("Cookie", &cookie)], b"").status
            / 100,
        4
    );
}

#[test]
fn no_write_without_cookie_origin_and_token() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let cookie = cookie(&server);
    let token = session(&server, &cookie)["token"].as_str().unwrap().to_owned();
    let host = server.host();
    let own = format!("http://{host}");
    let write = |headers: &[(&str, &str)]| {
        let mut all = vec![("Host", host.as_str())];
        all.extend_from_slice(headers);
        server.raw("POST", "/api/files?name=a.txt", &all, "x".as_bytes()).status
    };
    let (cookie_header, token_header) = (("Cookie", cookie.as_str()), ("X-Nianbao-Token", token.as_str()));
    assert_eq!(write(&[]), 403);
    assert_eq!(write(&[("Origin", &own)]), 401);
    assert_eq!(write(&[cookie_header]), 403);
    assert_eq!(write(&[cookie_header, ("Origin", &own)]), 403);
    assert_eq!(write(&[cookie_header, token_header]), 403);
    assert_eq!(write(&[cookie_header, token_header, ("Origin", "http://evil.example")]), 403);
    assert_eq!(write(&[cookie_header, token_header, ("Origin", "null")]), 403);
    assert_eq!(write(&[cookie_header, token_header, ("Origin", &own), ("Sec-Fetch-Site", "cross-site")]), 403);
    assert_eq!(write(&[cookie_header, ("X-Nianbao-Token", "wrong"), ("Origin", &own)]), 403);
    assert_eq!(write(&[("Authorization", "Bearer wrong")]), 401);
    // A page of another site that knew the bearer token would still send its origin.
    let bearer = format!("Bearer {}", server.token);
    assert_eq!(write(&[("Authorization", &bearer), ("Origin", "http://evil.example")]), 403);
    assert_eq!(write(&[cookie_header, token_header, ("Origin", &own)]), 200);
    // Refused requests are not in the log.
    let log = std::fs::read_to_string(folder.path().join("记录.jsonl")).unwrap();
    assert_eq!(log.lines().count(), 1, "{log}");
}

#[test]
fn a_stranger_sees_how_to_come_in_and_every_answer_has_its_headers() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let host = server.host();
    let page = server.raw("GET", "/", &[("Host", &host)], b"");
    assert_eq!(page.status, 401);
    assert!(String::from_utf8_lossy(&page.body).contains("data-kind=\"token\""));
    let api = server.raw("GET", "/api/state", &[("Host", &host)], b"").json(401);
    assert!(api["message"]["zh"].as_str().unwrap().contains("图标"), "{api}");
    for target in ["/", "/js/app.js", "/api/state", "/no/such/page", "/openapi.json"] {
        let answer = server.ask("GET", target, b"");
        let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("{target}: {}", answer.head));
        assert!(policy.starts_with("default-src 'none'; script-src 'self'") && !policy.contains("unsafe"), "{policy}");
        for (name, value) in
            [("x-content-type-options", "nosniff"), ("cache-control", "no-store"), ("referrer-policy", "no-referrer")]
        {
            assert_eq!(answer.header(name), Some(value), "{target}");
        }
    }
    // There is no inline script or style in the page.
    let page = String::from_utf8(server.ask("GET", "/", b"").body).unwrap();
    assert!(!page.contains("<script>") && !page.contains("<style") && !page.contains("onclick"));
}

#[test]
fn a_file_that_is_too_large_is_refused_in_words_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    server.ask("PUT", "/api/settings", json!({ "limit": "1" }).to_string().as_bytes()).json(200);
    let body = vec![b'x'; (1 << 20) + 1];
    let told = server.ask("POST", &format!("/api/files?name={}", encoded("自然资源局.docx")), &body).json(413);
    let said = told["message"]["zh"].as_str().unwrap();
    assert!(said.contains("自然资源局.docx") && said.contains("1 MB"), "{said}");
    // A body without a declared size is cut off at the limit.
    let mut stream = server.connect();
    let head = format!(
        "POST /api/files?name=a.docx HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        server.host(),
        server.token
    );
    stream.write_all(head.as_bytes()).unwrap();
    for _ in 0..20 {
        let chunk = [format!("{:x}\r\n", 64 << 10).into_bytes(), vec![b'x'; 64 << 10], b"\r\n".to_vec()].concat();
        if stream.write_all(&chunk).is_err() {
            break;
        }
    }
    assert_eq!(response(&mut stream).status, 413);
    std::thread::sleep(Duration::from_millis(200));
    let left: Vec<_> = std::fs::read_dir(folder.path().join("收件")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(server.ask("POST", "/api/files?name=a.docx", b"").json(422)["code"], "refused");
    assert_eq!(server.ask("POST", "/api/bundle", &vec![b' '; 2 << 20]).status, 413);
}

#[test]
fn names_do_not_become_paths() {
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().join("work");
    let server = Server::start(&work);
    let bytes = docx(&right(2, "青岚县统计局"));
    for (number, name) in
        ["../../../outside.docx", "/etc/outside.docx", "..\\..\\outside.docx", "a\u{0}.docx", "....//outside.docx"]
            .iter()
            .enumerate()
    {
        let mut bytes = bytes.clone();
        bytes.push(number as u8);
        server.send(name, &bytes);
    }
    for path in ["..%2F..%2Fetc%2Fpasswd", "%2e%2e%2f%2e%2e%2fnianbao.toml", "..", "nianbao.toml", "shown.json"] {
        assert!(matches!(server.ask("GET", &format!("/api/rollup/{path}"), b"").status, 404 | 422), "{path}");
        assert_eq!(server.ask("GET", &format!("/js/{path}"), b"").status, 404, "{path}");
        assert_eq!(server.ask("GET", &format!("/api/reports/{path}"), b"").status, 404, "{path}");
        assert!(matches!(server.ask("PUT", &format!("/api/settings/{path}?name=x"), b"x").status, 404 | 405), "{path}");
    }
    let mapping =
        server.ask("PUT", &format!("/api/settings/mappings?name={}", encoded("../../evil.toml")), b"id = \"../x\"");
    assert_eq!(mapping.status, 422);
    server.settled();
    let outside: Vec<_> = walkdir::WalkDir::new(folder.path())
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_name().to_string_lossy().contains("outside"))
        .collect();
    assert!(outside.is_empty(), "{outside:?}");
    let names: Vec<String> = std::fs::read_dir(work.join("收件"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        names.len() == 5
            && names.iter().all(|name| name.len() >= 68 && name.as_bytes()[..64].iter().all(u8::is_ascii_hexdigit)),
        "{names:?}"
    );
}

#[test]
fn hostile_files_are_refused_and_the_others_are_read() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder.path(), &["--time", "5", "--memory", "600"]);
    let hostile = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile");
    let (mut sent, mut refused) = (0, 0);
    for entry in std::fs::read_dir(hostile).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        server.send(&name, &std::fs::read(&path).unwrap());
        sent += 1;
        refused += u64::from(name.starts_with("refused-"));
    }
    assert!(refused > 20 && sent > refused + 20, "{refused} of {sent}");
    // Files that kill, hang or exhaust a child of a test build.
    for poison in ["abort", "hang", "grow", "panic"] {
        server.send(&format!("{poison}.txt"), format!("nianbao-poison:{poison}").as_bytes());
    }
    server.send("财政局.docx", &docx(&right(6, "青岚县财政局")));
    let state = server.settled();
    assert_eq!(server.row("青岚县财政局")["state"], "clean");
    // Refused files are named; readable ones become a report, or a row with the reason.
    let failed = state["counts"]["failed"].as_u64().unwrap();
    assert!(failed >= refused + 4, "{failed}: {}", state["rows"]);
    let rows = state["rows"].as_array().unwrap();
    assert_eq!(rows.len() as u64, sent + 4 + 1, "{rows:?}");
    assert!(
        rows.iter().all(|row| row["state"] != "working" && (row["state"] == "clean") == row["first"].is_null()),
        "{rows:?}"
    );
    // Each child that died was replaced: what is sent now is read.
    server.send("统计局.docx", &docx(&right(7, "青岚县统计局")));
    assert_eq!(server.row("青岚县统计局")["state"], "clean");
    // Settings are tried in a child, too: a template without end, a form path outside of its folder.
    let deep = format!("{{{{ {}1 }}}}{{{{ body }}}}", "-".repeat(200_000));
    let tried = server.ask("PUT", "/api/settings/page-template?name=a.html", deep.as_bytes());
    assert!(matches!(tried.status, 200 | 422), "{}", tried.head);
    let form = include_str!("../../mappings/gkbg-2021.toml").replacen("id = \"gkbg-2021\"", "id = \"../../evil\"", 1);
    assert_eq!(server.ask("PUT", "/api/settings/mappings?name=a.toml", form.as_bytes()).status, 422);
    // The server still answers quickly.
    let started = Instant::now();
    server.get("/api/state");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn slow_clients_are_cut_off_and_hold_up_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path());
    let mut slow: Vec<_> = (0..40).map(|_| server.connect()).collect();
    for stream in &mut slow {
        stream.write_all(b"GET /api/state HTTP/1.1\r\nX-Slow: ").unwrap();
    }
    let started = Instant::now();
    server.send("a.docx", &docx(&right(2, "青岚县统计局")));
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    // The headers never end: the connection is closed.
    let mut rest = Vec::new();
    std::io::Read::read_to_end(&mut slow[0], &mut rest).ok();
    assert!(started.elapsed() < Duration::from_mins(1), "{:?}", started.elapsed());
}

#[test]
fn other_machines_come_in_by_password_and_name_and_five_guesses_are_all() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start_with(folder.path(), &["--lan", "--address", "127.0.0.1"]);
    let host = server.host();
    let own = format!("http://{host}");
    server.post("/api/password", &json!({ "password": "correct horse" })).json(200);
    assert_eq!(server.post("/api/password", &json!({ "password": "short" })).status, 422);
    let enter = |name: &str, password: &str| {
        let body = json!({ "name": name, "password": password }).to_string();
        server.raw("POST", "/api/session", &[("Host", &host), ("Origin", &own)], body.as_bytes())
    };
    let entered = enter("李娜", "correct horse");
    assert_eq!(entered.status, 200);
    let cookie = entered.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let who = session(&server, &cookie);
    assert_eq!((&who["name"], &who["own"]), (&json!("李娜"), &json!(false)));
    let headers = [
        ("Host", host.as_str()),
        ("Cookie", cookie.as_str()),
        ("Origin", own.as_str()),
        ("X-Nianbao-Token", who["token"].as_str().unwrap()),
    ];
    assert_eq!(server.raw("POST", "/api/files?name=a.docx", &headers, &docx(&right(2, "青岚县统计局"))).status, 200);
    assert_eq!(server.get("/api/log?kind=received")["lines"][0]["who"], "李娜");
    // They cannot change the password, and it appears nowhere.
    assert_eq!(
        server
            .raw("POST", "/api/password", &headers, json!({ "password": "another one" }).to_string().as_bytes())
            .status,
        422
    );
    for entry in
        walkdir::WalkDir::new(folder.path()).into_iter().map(Result::unwrap).filter(|entry| entry.file_type().is_file())
    {
        let bytes = std::fs::read(entry.path()).unwrap();
        assert!(!bytes.windows(13).any(|window| window == b"correct horse"), "{}", entry.path().display());
    }
    for left in (0..5).rev() {
        let told = enter("李娜", "guess").json(401);
        assert!(told["message"]["en"].as_str().unwrap().contains(&left.to_string()), "{told}");
    }
    assert_eq!(enter("李娜", "correct horse").status, 429);
    assert_eq!(server.raw("DELETE", "/api/session", &headers, b"").status, 204);
    assert_eq!(server.raw("GET", "/api/session", &[("Host", &host), ("Cookie", &cookie)], b"").status, 401);
    let elsewhere = json!({ "name": "x", "password": "correct horse" }).to_string();
    assert_eq!(
        server
            .raw("POST", "/api/session", &[("Host", &host), ("Origin", "http://evil.example")], elsewhere.as_bytes())
            .status,
        403
    );
}
