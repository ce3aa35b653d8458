//! Pool of child processes, one thread each, with two queues: requests of waiting users have priority over background reading.

use std::collections::VecDeque;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use super::ServeError;
use super::work::{Answer, Request};
use crate::finding::{Bilingual, Message};
use crate::stream::Supervisor;

/// Factor of the time limit for a request about all files.
const ALL: u32 = 10;

/// Builds the command that starts a child.
pub(super) type Start = dyn Fn() -> Command + Send + Sync;

/// A queued request and the channel for its answer.
struct Job {
    request: Box<dyn FnOnce() -> Request + Send>,
    time: Duration,
    reply: oneshot::Sender<Answer>,
}

#[derive(Default)]
struct Queues {
    urgent: VecDeque<Job>,
    patient: VecDeque<Job>,
}

struct Shared {
    queues: Mutex<Queues>,
    more: Condvar,
}

/// Handle of the pool.
#[derive(Clone)]
pub(super) struct Pool {
    shared: Arc<Shared>,
    time: Duration,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("time", &self.time).finish_non_exhaustive()
    }
}

impl Pool {
    /// Starts `readers` threads and one more that serves urgent requests only; each starts its child with its first request.
    pub(super) fn start(readers: usize, time: Duration, start: &Arc<Start>) -> Result<Self, ServeError> {
        let shared = Arc::new(Shared { queues: Mutex::default(), more: Condvar::new() });
        for number in 0..=readers.max(1) {
            let (shared, start) = (Arc::clone(&shared), Arc::clone(start));
            let patient = number > 0;
            let thread = std::thread::Builder::new().name(format!("child-{number}"));
            thread.spawn(move || work(&shared, &*start, time, patient)).map_err(ServeError::Start)?;
        }
        Ok(Self { shared, time })
    }

    /// Sends an urgent request. It is built when a child is free, from the state at that time.
    pub(super) async fn ask(&self, request: impl FnOnce() -> Request + Send + 'static) -> Answer {
        self.queue(Box::new(request), self.time, true).await
    }

    /// Sends an urgent request about many files, with a longer time limit.
    pub(super) async fn ask_of_all(&self, request: impl FnOnce() -> Request + Send + 'static) -> Answer {
        self.queue(Box::new(request), self.time * ALL, true).await
    }

    /// Sends a request of background reading, which waits for urgent ones.
    pub(super) async fn ask_in_turn(&self, request: impl FnOnce() -> Request + Send + 'static) -> Answer {
        self.queue(Box::new(request), self.time, false).await
    }

    async fn queue(&self, request: Box<dyn FnOnce() -> Request + Send>, time: Duration, urgent: bool) -> Answer {
        let (reply, answer) = oneshot::channel();
        let job = Job { request, time, reply };
        {
            let mut queues = self.shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
            if urgent { queues.urgent.push_back(job) } else { queues.patient.push_back(job) }
        }
        self.shared.more.notify_all();
        answer.await.unwrap_or_else(|_| Answer::No(Message::new("程序正在关闭。", "the program is closing")))
    }
}

fn work(shared: &Shared, start: &Start, time: Duration, patient: bool) {
    let mut supervisor = Supervisor::new(start, time);
    loop {
        let job = {
            let mut queues = shared.queues.lock().unwrap_or_else(PoisonError::into_inner);
            loop {
                let job = queues.urgent.pop_front();
                let job = job.or_else(|| if patient { queues.patient.pop_front() } else { None });
                match job {
                    Some(job) => break job,
                    None => queues = shared.more.wait(queues).unwrap_or_else(PoisonError::into_inner),
                }
            }
        };
        // The client may have disconnected.
        if job.reply.is_closed() {
            continue;
        }
        let line = serde_json::to_vec(&(job.request)()).unwrap_or_default();
        let answer = match supervisor.ask(line, job.time) {
            Ok(Ok(row)) => serde_json::from_slice(&row)
                .unwrap_or_else(|error| Answer::No(Message::new("处理进程的回答有误。", error.to_string()))),
            Ok(Err(finding)) => Answer::Refused { finding: Box::new(finding), agency: None },
            Err(error) => Answer::No(error.message()),
        };
        let _ = job.reply.send(answer);
    }
}
