//! The labels of the forms, and their index. Of the rest of binding they use only its limits.

pub(in crate::bind) mod index;
pub(in crate::bind) mod likeness;
pub(in crate::bind) mod numbers;
pub(in crate::bind) mod shapes;
