//! Batches: many inputs processed in parallel; outputs and logs do not depend on the number of workers.
//!
//! Only this module, `stream`, `serve` and `cli` touch files, threads and clocks. The path of one input: `inputs` lists it, `load` reads
//! its bytes, `pipeline` makes the report, `names` assigns an output name in input order, `files` writes the outputs atomically, `log`
//! records the result, and `cache` stores it for the next run.

mod archive;
mod bounds;
mod cache;
mod content;
mod convert;
mod expense;
mod files;
mod fonts;
mod group;
mod inputs;
mod json;
pub mod lastyear;
mod load;
mod log;
mod made;
mod make;
mod names;
mod notices;
mod order;
mod owned;
mod page;
mod pipeline;
mod places;
mod poison;
mod pool;
mod post;
mod preview;
mod refused;
mod stamp;
mod task;
pub mod worker;

use std::path::PathBuf;

use thiserror::Error;

use crate::finding::{Bilingual, Message, system};

pub use content::{Content, sha256};
pub use convert::{Summary, convert};
pub use expense::InHand;
pub(crate) use files::write_unsynced;
pub use files::{find_settings, write_whole};
pub use fonts::fonts;
pub use group::{GroupCause, GroupError, write_together};
pub use inputs::{Input, Inputs, Shard, list, list_outside, received};
pub use load::Loader;
pub use log::{Entry, Part, Status, line_of};
pub(crate) use make::not_taken;
pub use make::{Maker, Product, Site, Written, unwritable};
pub(crate) use names::of_content as name_of_content;
pub use names::safe as safe_name;
pub use notices::{AssignedNames, Copies, Folders, Notice, Notices};
pub use order::{Stages, in_order};
pub use owned::{Stale, note_copy};
pub use pipeline::{Pipeline, guarded, keep_panics_quiet};
pub use post::{Desk, Post, Posted, Received};
pub use preview::Preview;
pub use task::Task;

/// Why a batch could not run or continue.
#[derive(Debug, Error)]
#[error("{}", self.message().en)]
pub enum BatchError {
    /// An argument matches nothing.
    NoInput(String),
    /// A pattern is not a glob.
    Pattern {
        /// The pattern as typed.
        pattern: String,
        /// What is wrong with it, and where.
        source: glob::PatternError,
    },
    /// The output folder cannot be used, or the disk is full.
    Output {
        /// The folder or file.
        path: PathBuf,
        /// The error of the system.
        source: std::io::Error,
    },
    /// Another run writes into the same folder.
    Locked(PathBuf),
    /// The output folder contains inputs.
    AmongInputs(PathBuf),
    /// The workers could not be started.
    Workers(std::io::Error),
}

impl Bilingual for BatchError {
    fn message(&self) -> Message {
        let (zh, en) = match self {
            Self::NoInput(input) => {
                (format!("找不到“{input}”，请检查文件名或文件夹名。"), format!("no such file or folder: {input}"))
            }
            Self::Pattern { pattern, source } => {
                let place = pattern.chars().count().min(source.pos + 1);
                (format!("通配名“{pattern}”从第{place}个字符起写法有误。"), format!("{pattern}: {source}"))
            }
            Self::Output { path, source } => {
                let (path, why) = (path.display(), system(source));
                (format!("“{path}”未能写入：{}。", why.zh), format!("{path}: {}", why.en))
            }
            Self::Locked(path) => {
                let path = path.display();
                (
                    format!("另一次运行正在写入“{path}”，请等它结束后再试。"),
                    format!("{path}: another run is writing into this folder"),
                )
            }
            Self::AmongInputs(path) => {
                let path = path.display();
                (
                    format!("“{path}”里有要读取的报告，输出请放到另一个文件夹。"),
                    format!("{path}: this folder holds files that are read; name another one for the outputs"),
                )
            }
            Self::Workers(source) => (
                format!("未能启动并行处理（{}），请减少 -j 的数目后重试。", system(source).zh),
                format!("the workers could not be started: {source}"),
            ),
        };
        Message::new(zh, en)
    }
}
