//! Long work without Python's lock that Ctrl-C stops.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;

/// How often signals are looked for: soon enough for a person, too rarely to cost anything.
const LOOK: Duration = Duration::from_millis(100);

/// The stack of the working thread, as a main thread has it.
const STACK: usize = 8 << 20;

/// Runs `work` on a thread of its own while this one, without Python's lock, looks for signals. After a signal whose handler raises,
/// `stop` is set, the work is waited for, and the exception is raised.
pub(crate) fn interruptible<T: Send>(py: Python<'_>, work: impl FnOnce(&AtomicBool) -> T + Send) -> PyResult<T> {
    let stop = AtomicBool::new(false);
    let (done, wait) = mpsc::channel();
    let mut raised = None;
    let outcome = thread::scope(|scope| {
        let stop = &stop;
        thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, move || {
                // Nobody is left to hear of it where this fails.
                let _ = done.send(work(stop));
            })
            .map_err(PyErr::from)?;
        let wait = std::sync::Mutex::new(wait);
        loop {
            let next = py.detach(|| match wait.lock() {
                Ok(wait) => wait.recv_timeout(LOOK),
                Err(_) => Err(RecvTimeoutError::Disconnected),
            });
            match next {
                Ok(outcome) => return Ok(outcome),
                Err(RecvTimeoutError::Timeout) => {
                    if let Err(error) = py.check_signals() {
                        stop.store(true, Ordering::Relaxed);
                        raised.get_or_insert(error);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(pyo3::exceptions::PyRuntimeError::new_err("a worker ended unexpectedly"));
                }
            }
        }
    });
    match raised {
        Some(error) => Err(error),
        None => outcome,
    }
}
