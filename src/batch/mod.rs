//! Batches: many inputs through the library in parallel, with outputs and logs that are the same for any number of workers.
//!
//! Only this module, the stream and the command line touch files, threads and clocks. The way of one input:
//! [`inputs`] lists it, [`load`] reads its bytes, [`pipeline`] makes the report, [`names`] gives it a name in the order of
//! the inputs, [`files`] writes its outputs whole, [`log`] tells about it and [`cache`] remembers it.

mod archive;
mod cache;
mod convert;
mod files;
mod inputs;
mod load;
mod log;
mod make;
mod names;
mod notices;
mod order;
mod page;
mod pipeline;

use std::path::PathBuf;

use thiserror::Error;

pub use convert::{Summary, Task, convert};
pub use files::write_whole;
pub use inputs::{Input, Inputs, Shard, list, list_outside};
pub use load::Loader;
pub use log::{Entry, Status};
pub use make::{Maker, Product, Site, Written, unwritable};
pub use names::of_content as name_of_content;
pub use notices::{Given, Notice, Notices};
pub use order::{Stages, in_order};
pub use pipeline::{Content, Pipeline, guarded, keep_panics_quiet, sha256};

/// Why a batch could not run, or could not go on.
#[derive(Debug, Error)]
pub enum BatchError {
    /// An input names nothing.
    #[error("no such file or folder: {0}")]
    NoInput(String),
    /// A pattern is not a glob.
    #[error("{pattern}: {detail}")]
    Pattern {
        /// The pattern as typed.
        pattern: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The folder for outputs cannot be used, or the disk is full.
    #[error("{}: {source}", path.display())]
    Output {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Another run writes into the same folder.
    #[error("{}: another run is writing into this folder", .0.display())]
    Locked(PathBuf),
    /// Outputs would stand among the files that were sent.
    #[error("{}: this folder holds files that are read; name another one for the outputs", .0.display())]
    AmongInputs(PathBuf),
    /// The workers could not be started.
    #[error("the workers could not be started: {0}")]
    Workers(String),
}
