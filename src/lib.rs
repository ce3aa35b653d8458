//! nianbao reads piles of Chinese agencies' annual reports into one typed model, checks them, adds them up and writes them again.

pub mod agencies;
pub mod annotate;
pub mod batch;
pub mod bind;
pub mod check;
pub mod corrections;
pub mod document;
pub mod draft;
pub mod fill;
pub mod finding;
pub mod form;
pub mod letter;
pub mod mend;
pub mod migrate;
pub mod read;
pub mod report;
pub mod rollup;
pub mod sampler;
pub mod selftest;
pub mod settings;
pub mod stream;
pub mod summary;
pub mod text;
pub mod waivers;
pub mod write;
