//! Containers that hold the parts of a document: zip packages and compound files, and the cache of recurring parts.

pub(in crate::read) mod cache;
pub(in crate::read) mod cfb;
pub(super) mod offcrypto;
pub(crate) mod package;
mod relationships;

pub(crate) use relationships::{Relationship, Relationships};
