//! nianbao reads piles of Chinese agencies' annual reports into one typed model, checks them, adds them up and writes them again.

pub mod document;
pub mod finding;
pub mod read;
