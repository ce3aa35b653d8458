//! Folding of text for comparison, and the numbering and numerals of Chinese documents. Knows no format and no form.

mod blank;
mod damaged;
mod date;
mod finder;
mod fold;
mod numbering;
mod traditional;
mod visible;

pub use blank::blank;
pub use damaged::{Damaged, damaged};
pub use date::{DateReading, read_date};
pub use finder::{Finder, Found};
pub use fold::{
    Folded, brackets, fold, fold_char, fold_into, fold_label, fold_or_same, fold_with_map, folds_to, reading,
    without_readings,
};
pub use numbering::{Numbering, chinese_number, numbering};
pub use traditional::simplified;
pub use visible::visible;
