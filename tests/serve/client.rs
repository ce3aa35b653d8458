//! A server of the program in a folder of its own, and a small HTTP client without dependencies.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// Timeout for anything, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// A running server; killed when it is dropped.
pub(super) struct Server {
    child: Child,
    pub(super) port: u16,
    /// The token of the start address, which the office's own programs send.
    pub(super) token: String,
}

/// A response.
#[derive(Debug, Clone)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Server {
    pub(super) fn start(folder: &Path) -> Self {
        Self::start_with(folder, &[])
    }

    pub(super) fn start_with(folder: &Path, arguments: &[&str]) -> Self {
        Self::started(folder, arguments, &[]).unwrap_or_else(|why| panic!("no address: {why}"))
    }

    /// Starts it with environment variables; the error is its output if it does not start.
    pub(super) fn started(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Result<Self, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nianbao"));
        command.arg("serve").arg(folder).args(["--port", "0", "--no-open", "--name", "王敏"]).args(arguments);
        command.env("LANG", "C.UTF-8").envs(variables.iter().copied());
        let errors = tempfile::tempfile().expect("a file");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors.try_clone().expect("a file"));
        let mut child = command.spawn().expect("the program");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://127.0.0.1:").and_then(|rest| rest.split_once("/?token="));
        let Some((port, token)) = address else {
            child.kill().unwrap();
            child.wait().unwrap();
            return Err(said(errors));
        };
        Ok(Self { child, port: port.parse().unwrap(), token: token.to_owned() })
    }

    /// Kills it, as a power cut does.
    pub(super) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal, as in `reader("STOP")`, to the child process that reads files; the child of waiting users is another.
    pub(super) fn reader(&self, signal: &str) {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.process())).unwrap();
        let tasks = tasks.map(|task| task.unwrap().path());
        let text = |task: &Path, name: &str| std::fs::read_to_string(task.join(name)).unwrap_or_default();
        let children: String =
            tasks.filter(|task| text(task, "comm").trim() == "child-1").map(|task| text(&task, "children")).collect();
        let [child] = children.split_whitespace().collect::<Vec<_>>()[..] else { panic!("{children:?}") };
        assert!(Command::new("kill").args([&format!("-{signal}"), child]).status().unwrap().success());
    }

    /// Sends a request with exactly these headers besides `Connection` and `Content-Length`.
    pub(super) fn raw(&self, method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let mut stream = self.connect();
        let mut request =
            format!("{method} {target} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        // A server that refuses by the headers may close before it has read the body.
        let _ = stream.write_all(body);
        response(&mut stream)
    }

    pub(super) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the server");
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    pub(super) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Sends a request as a program of the office.
    pub(super) fn ask(&self, method: &str, target: &str, body: &[u8]) -> Response {
        let bearer = format!("Bearer {}", self.token);
        self.raw(method, target, &[("Host", &self.host()), ("Authorization", &bearer)], body)
    }

    pub(super) fn get(&self, target: &str) -> Value {
        self.ask("GET", target, b"").json(200)
    }

    pub(super) fn post(&self, target: &str, body: &Value) -> Response {
        self.ask("POST", target, body.to_string().as_bytes())
    }

    /// Uploads a file, and returns its number.
    pub(super) fn send(&self, name: &str, bytes: &[u8]) -> u64 {
        self.send_in(name, bytes, "")
    }

    /// Uploads a file as part of a delivery.
    pub(super) fn send_in(&self, name: &str, bytes: &[u8], delivery: &str) -> u64 {
        let target = format!("/api/files?name={}&drop={delivery}", encoded(name));
        self.ask("POST", &target, bytes).json(200)["file"].as_u64().unwrap()
    }

    /// Waits until nothing is being read, and returns the state.
    pub(super) fn settled(&self) -> Value {
        self.until(|_| true)
    }

    /// Waits until a report has been checked more often than this, and nothing is being read.
    pub(super) fn checked(&self, id: &str, checks: u64) -> Value {
        self.until(|server| server.report(id)["checks"].as_u64().unwrap() > checks)
    }

    fn until(&self, is: impl Fn(&Self) -> bool) -> Value {
        let started = Instant::now();
        loop {
            let state = self.get("/api/state");
            if state["files"].as_array().unwrap().is_empty() && state["again"]["left"] == 0 && is(self) {
                return state;
            }
            assert!(started.elapsed() < PATIENCE, "{}", state["files"]);
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// The row of an agency, after everything is read.
    pub(super) fn row(&self, agency: &str) -> Value {
        let state = self.settled();
        let row = state["rows"].as_array().unwrap().iter().find(|row| row["agency"] == agency).cloned();
        row.unwrap_or_else(|| panic!("no row of {agency}: {}", state["rows"]))
    }

    pub(super) fn report(&self, id: &str) -> Value {
        self.get(&format!("/api/reports/{id}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Response {
    /// The JSON body of a response; asserts its status.
    pub(super) fn json(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}{}", self.head, String::from_utf8_lossy(&self.body));
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let named = |line: &&str| line.split_once(':').is_some_and(|(found, _)| found.eq_ignore_ascii_case(name));
        Some(self.head.lines().find(named)?.split_once(':')?.1.trim())
    }
}

/// The output that a program wrote to a file.
fn said(mut file: File) -> String {
    let mut text = String::new();
    file.rewind().unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

/// Reads a response to its end.
pub(super) fn response(stream: &mut TcpStream) -> Response {
    let mut bytes = Vec::new();
    // If the connection is reset after the response, the response is still complete.
    let _ = stream.read_to_end(&mut bytes);
    let at = bytes.windows(4).position(|window| window == b"\r\n\r\n");
    let at = at.unwrap_or_else(|| panic!("no answer: {}", String::from_utf8_lossy(&bytes)));
    let head = String::from_utf8_lossy(&bytes[..at]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Response { status, head, body: bytes[at + 4..].to_vec() }
}

/// A text encoded for a URL.
pub(super) fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
