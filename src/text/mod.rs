//! Text: folding for comparison, numbering, numerals and dates of Chinese documents. Independent of formats and forms.

mod blank;
pub(crate) mod code;
mod damaged;
mod date;
mod digit;
mod finder;
mod fold;
mod language;
mod lines;
mod numbering;
mod period;
mod traditional;
mod visible;

pub use blank::blank;
pub use damaged::{Damaged, damaged};
pub(crate) use date::dates_in_digits;
pub use date::{DateReading, read_date};
pub(crate) use digit::{ascii_digit, is_digit};
pub(crate) use finder::Finder;
pub use fold::fold;
pub(crate) use fold::{Folded, brackets, fold_label, fold_with_map, folds_to, reading, without_readings};
pub(crate) use language::{is_one, language};
pub(crate) use lines::balanced;
pub use numbering::{Numbering, numbering};
pub(crate) use numbering::{chinese_number, is_first_level};
pub use period::{Months, months_in};
pub(crate) use period::{part_to_fill, period_word, words_around};
pub(crate) use traditional::simplified;
pub use visible::{END_OF_DIRECTION, RIGHT_TO_LEFT, visible};
