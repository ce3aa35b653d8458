//! Folding of text for comparison, and the numbering and numerals of Chinese documents. Knows no format and no form.

mod fold;
mod numbering;
mod traditional;

pub use fold::{Folded, fold, fold_char, fold_into, fold_with_map};
pub use numbering::{Numbering, chinese_number, numbering};
