//! Builds a part of a package from constant pieces and a report's text in between.

/// The constant pieces of a part.
#[derive(Debug)]
pub(in crate::write) struct Pieces(Vec<String>);

impl Pieces {
    /// The constant pieces of a part.
    pub(in crate::write) fn new(pieces: Vec<String>) -> Self {
        Self(pieces)
    }

    /// Total length of the pieces in bytes.
    pub(in crate::write) fn len(&self) -> usize {
        self.0.iter().map(String::len).sum()
    }
}

/// The text of a part being built.
#[derive(Debug)]
pub(in crate::write) struct Draft<'a> {
    pieces: &'a Pieces,
    text: String,
}

impl<'a> Draft<'a> {
    /// An empty part with a capacity in bytes.
    pub(in crate::write) fn new(pieces: &'a Pieces, capacity: usize) -> Self {
        Self { pieces, text: String::with_capacity(capacity) }
    }

    /// Appends a piece by its index.
    pub(in crate::write) fn piece(&mut self, number: usize) {
        self.text.push_str(&self.pieces.0[number]);
    }

    /// The text, to append to.
    pub(in crate::write) fn text(&mut self) -> &mut String {
        &mut self.text
    }

    /// The text so far.
    pub(in crate::write) fn as_bytes(&self) -> &[u8] {
        self.text.as_bytes()
    }
}
