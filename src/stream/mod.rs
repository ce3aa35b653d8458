//! A stream: a line in, a row out, for programs that drive many copies of this one, such as Spark, Hive or GNU parallel.
//!
//! A [`supervise()`]d child of the same program does the work in [`serve()`]. A file that kills or hangs the child, or makes it exceed
//! its memory, becomes an error row, and the stream continues. No state is kept between lines.

mod confine;
mod converter;
mod line;
mod row;
mod serve;
mod supervise;

use std::io;
use std::process::ExitStatus;

use thiserror::Error;

use crate::finding::{Bilingual, Message, system};

pub use confine::{allowed, ask_to_stop, confine, die_with_parent};
pub use converter::Converter;
pub use row::{Figure, ROW_VERSION, Row};
pub use serve::{answer, serve};
pub use supervise::{Supervisor, supervise};

/// Why a stream could not run or continue.
#[derive(Debug, Error)]
#[error("{}", self.message().en)]
pub enum StreamError {
    /// The lines cannot be read, or the rows cannot be written.
    Stream(#[from] io::Error),
    /// The child cannot be started.
    Start(io::Error),
    /// The child ended before it was ready; its standard error has the reason.
    NotReady(ExitStatus),
}

impl Bilingual for StreamError {
    fn message(&self) -> Message {
        let (zh, en) = match self {
            Self::Stream(error) => {
                let why = system(error);
                (format!("未能读取输入或写出结果：{}。", why.zh), why.en)
            }
            Self::Start(error) => {
                let why = system(error);
                (format!("处理进程未能启动：{}。", why.zh), format!("the converter cannot be started: {}", why.en))
            }
            Self::NotReady(status) => {
                ("处理进程未能启动，原因见上。".to_owned(), format!("the converter did not start: {status}"))
            }
        };
        Message::new(zh, en)
    }
}
