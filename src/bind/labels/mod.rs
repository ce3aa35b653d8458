//! The labels of the forms, ready to be looked up: names nothing else of binding.

pub(in crate::bind) mod index;
pub(in crate::bind) mod likeness;
pub(in crate::bind) mod shapes;
