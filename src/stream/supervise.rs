//! Parent process of `filter`: sends lines to a child, and restarts it when it dies or hangs.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use super::StreamError;
use super::line;
use super::row::Row;
use super::serve::{READY, put, too_long};
use crate::finding::code::batch::{CONVERTER_DIED, CONVERTER_TIMED_OUT};
use crate::finding::{Code, Finding, Message};

/// Time for a child to start; it only reads forms.
const START: Duration = Duration::from_mins(2);

/// Time for a child to end after its input has ended.
const END: Duration = Duration::from_secs(10);

/// Answers every line of `input` with one row in `output`, in order, until the lines end. `command` starts a child that calls
/// [`super::serve()`]. When a child dies, another one is started and given the same line once more, since the first may have been killed
/// from outside. Only if that one dies, too, is the line blamed. A child that takes more than `time` for a line is killed.
///
/// # Errors
/// If lines cannot be read, rows cannot be written, or no child can be started.
pub fn supervise<R: Read>(
    command: impl FnMut() -> Command,
    time: Duration,
    input: R,
    mut output: impl Write,
) -> Result<(), StreamError> {
    let mut input = BufReader::with_capacity(1 << 16, input);
    let mut supervisor = Supervisor::new(command, time);
    supervisor.ready()?;
    let mut buffer = Vec::new();
    loop {
        // The caller may wait for these rows before it sends more lines.
        if input.buffer().is_empty() {
            output.flush()?;
        }
        let Some(whole) = line::next(&mut input, &mut buffer, line::most_bytes())? else { break };
        if !whole {
            put(&mut output, &too_long(&buffer))?;
            continue;
        }
        let line = Arc::new(std::mem::take(&mut buffer));
        match supervisor.answer(&line)? {
            Ok(row) => output.write_all(&row)?,
            Err(finding) => put(&mut output, &Row::failed(line::split(&line).shown(), finding))?,
        }
        buffer = Arc::try_unwrap(line).unwrap_or_default();
    }
    output.flush()?;
    supervisor.running.map(Running::finish).transpose()?;
    Ok(())
}

/// Starts children and asks them one line at a time, as [`supervise()`] does with the lines of a stream.
pub struct Supervisor<F> {
    command: F,
    time: Duration,
    running: Option<Running>,
}

impl<F> std::fmt::Debug for Supervisor<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Supervisor")
            .field("time", &self.time)
            .field("running", &self.running.is_some())
            .finish_non_exhaustive()
    }
}

impl<F: FnMut() -> Command> Supervisor<F> {
    /// A supervisor without a child yet; `command` starts one that calls [`super::answer()`], and `time` is the limit per line.
    pub fn new(command: F, time: Duration) -> Self {
        Self { command, time, running: None }
    }

    /// The answer of a child to a line (without its end) within `time`, or the finding how the child ended.
    ///
    /// # Errors
    /// If no child can be started.
    pub fn ask(&mut self, line: Vec<u8>, time: Duration) -> Result<Result<Vec<u8>, Finding>, StreamError> {
        self.time = time;
        self.answer(&Arc::new(line))
    }

    /// The running child, or a new one that is ready.
    fn ready(&mut self) -> Result<&mut Running, StreamError> {
        let running = match self.running.take() {
            Some(running) => running,
            None => Running::start((self.command)())?,
        };
        Ok(self.running.insert(running))
    }

    /// The answer of a child to a line, or the finding how the child ended.
    fn answer(&mut self, line: &Arc<Vec<u8>>) -> Result<Result<Vec<u8>, Finding>, StreamError> {
        let time = self.time;
        let mut again = true;
        loop {
            match self.ready()?.ask(line, time) {
                Ok(row) => return Ok(Ok(row)),
                Err(End::Hung) => {
                    self.running = None;
                    let seconds = time.as_secs_f64();
                    let detail = (format!("超过{seconds}秒"), format!("more than {seconds} seconds"));
                    return Ok(Err(finding(&CONVERTER_TIMED_OUT, &detail)));
                }
                Err(End::Died) => {
                    let status = self.running.take().map(Running::end).transpose()?;
                    if !std::mem::take(&mut again) {
                        let status = status.map(|status| status.to_string()).unwrap_or_default();
                        return Ok(Err(finding(&CONVERTER_DIED, &(status.clone(), status))));
                    }
                }
            }
        }
    }
}

fn finding(code: &Code, detail: &(String, String)) -> Finding {
    Finding::new(
        code,
        Message::new(
            format!("{}（{}）。{}", code.title.0, detail.0, code.remedy.0),
            format!("{} ({}). {}", code.title.1, detail.1, code.remedy.1),
        ),
    )
}

/// Waits for the end of a child, and kills it if that takes too long: it may hang on exit, or be stopped from outside.
fn within(child: &mut Child, time: Duration) -> Result<ExitStatus, StreamError> {
    let since = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        if since.elapsed() > time {
            // The child may have ended meanwhile.
            let _ = child.kill();
            return Ok(child.wait()?);
        }
        thread::sleep((since.elapsed() / 10).clamp(Duration::from_millis(1), Duration::from_millis(50)));
    }
}

/// How a child failed to answer.
enum End {
    Died,
    Hung,
}

/// A running child, and the thread that talks to it.
struct Running {
    child: Option<Child>,
    lines: SyncSender<Arc<Vec<u8>>>,
    rows: Receiver<Vec<u8>>,
}

impl Running {
    fn start(mut command: Command) -> Result<Self, StreamError> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(StreamError::Start)?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (to_thread, lines) = sync_channel(0);
        let (from_thread, rows) = sync_channel(1);
        let running = Self { child: Some(child), lines: to_thread, rows };
        let (stdin, stdout) = pipes.ok_or_else(|| StreamError::Start(io::Error::other("no pipes")))?;
        let talking = thread::Builder::new().name("converter".to_owned());
        talking.spawn(move || exchange_lines(stdin, stdout, &lines, &from_thread)).map_err(StreamError::Start)?;
        match running.rows.recv_timeout(START) {
            Ok(_) => Ok(running),
            Err(RecvTimeoutError::Timeout) => Err(StreamError::Start(io::ErrorKind::TimedOut.into())),
            Err(RecvTimeoutError::Disconnected) => Err(StreamError::NotReady(running.end()?)),
        }
    }

    fn ask(&mut self, line: &Arc<Vec<u8>>, time: Duration) -> Result<Vec<u8>, End> {
        self.lines.send(Arc::clone(line)).map_err(|_| End::Died)?;
        self.rows.recv_timeout(time).map_err(|error| match error {
            RecvTimeoutError::Timeout => End::Hung,
            RecvTimeoutError::Disconnected => End::Died,
        })
    }

    /// Waits for the end of a child without a line in progress.
    fn finish(mut self) -> Result<ExitStatus, StreamError> {
        // Dropping the sender ends the thread and closes the child's input.
        self.lines = sync_channel(0).0;
        self.end()
    }

    /// The status of a child that closed its pipe.
    fn end(mut self) -> Result<ExitStatus, StreamError> {
        match self.child.take() {
            Some(mut child) => within(&mut child, END),
            None => Err(StreamError::Start(io::Error::other("no child"))),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let _ = child.kill();
        // A child stuck in a system call, for example on a network drive, is not waited for.
        let _ = thread::Builder::new().spawn(move || child.wait());
    }
}

/// Writes lines to a child and reads its rows, so that the parent never blocks on a pipe. Ends when either side does.
fn exchange_lines(
    mut stdin: ChildStdin,
    stdout: ChildStdout,
    lines: &Receiver<Arc<Vec<u8>>>,
    rows: &SyncSender<Vec<u8>>,
) {
    let mut stdout = BufReader::with_capacity(1 << 16, stdout);
    let mut read = || {
        let mut row = Vec::new();
        let read = stdout.read_until(b'\n', &mut row);
        read.ok().filter(|_| row.last() == Some(&b'\n')).map(|_| row)
    };
    let Some(ready) = read().filter(|ready| ready == READY) else { return };
    if rows.send(ready).is_err() {
        return;
    }
    for line in lines {
        let asked = stdin.write_all(&line).and_then(|()| stdin.write_all(b"\n"));
        drop(line);
        let Some(row) = asked.ok().and_then(|()| read()) else { return };
        if rows.send(row).is_err() {
            return;
        }
    }
}
