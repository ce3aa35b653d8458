//! Tables of the form that survive only as text.

pub(in crate::bind) mod beside;
pub(in crate::bind) mod cellorder;
pub(in crate::bind) mod counted;
pub(in crate::bind) mod flat;
pub(in crate::bind) mod flatrows;
pub(in crate::bind) mod glued;
pub(in crate::bind) mod headers;
pub(in crate::bind) mod lined;
pub(in crate::bind) mod order;
mod ordered;
pub(in crate::bind) mod parts;
pub(in crate::bind) mod piece;
pub(in crate::bind) mod pieces;
mod rival;
pub(in crate::bind) mod rowtext;
pub(in crate::bind) mod runs;
mod shifted;
pub(in crate::bind) mod solve;
pub(in crate::bind) mod stated;
#[cfg(test)]
mod tests;
mod under;
