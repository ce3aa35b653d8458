//! Objects of a PDF file (ISO 32000-1, 7.3).

use std::collections::BTreeMap;
use std::rc::Rc;

/// An object.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) enum Object {
    #[default]
    Null,
    Bool(bool),
    Number(f64),
    Name(Rc<[u8]>),
    String(Rc<[u8]>),
    Array(Rc<[Object]>),
    Dict(Rc<Dict>),
    Stream(Rc<Stream>),
    /// A reference to an indirect object, by number.
    Reference(u32),
}

/// A dictionary.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Dict(pub(super) BTreeMap<Box<[u8]>, Object>);

/// A stream: its dictionary, and the range of its encoded bytes in the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Stream {
    pub(super) dict: Dict,
    pub(super) start: usize,
    pub(super) end: usize,
    /// Number and generation of its object, which determine its key.
    pub(super) id: (u32, u16),
}

impl Dict {
    /// The value of an entry, references unresolved; null if there is none.
    pub(super) fn raw(&self, name: &[u8]) -> &Object {
        const NULL: &Object = &Object::Null;
        self.0.get(name).unwrap_or(NULL)
    }
}

impl Object {
    pub(super) fn number(&self) -> Option<f64> {
        if let Self::Number(number) = self { Some(*number) } else { None }
    }

    /// A non-negative number up to `u32::MAX`, truncated to an integer.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
    pub(super) fn index(&self) -> Option<usize> {
        let number = self.number()?;
        (number >= 0.0 && number <= f64::from(u32::MAX)).then_some(number as usize)
    }

    pub(super) fn name(&self) -> Option<&[u8]> {
        if let Self::Name(name) = self { Some(name) } else { None }
    }

    pub(super) fn string(&self) -> Option<&[u8]> {
        if let Self::String(string) = self { Some(string) } else { None }
    }

    pub(super) fn array(&self) -> Option<Rc<[Object]>> {
        if let Self::Array(array) = self { Some(Rc::clone(array)) } else { None }
    }

    pub(super) fn stream(&self) -> Option<Rc<Stream>> {
        if let Self::Stream(stream) = self { Some(Rc::clone(stream)) } else { None }
    }

    /// Whether it is the given name.
    pub(super) fn is_name(&self, name: &[u8]) -> bool {
        self.name() == Some(name)
    }
}
