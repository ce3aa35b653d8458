//! Applies replacements of byte ranges to a part and copies everything else.

/// Start and end of something in a part, in bytes.
pub(super) type Span = (usize, usize);

/// A byte range of the part and its replacement; an empty range is an insertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) span: Span,
    pub(super) text: String,
}

impl Edit {
    /// Puts text before a byte.
    pub(super) fn insert(at: usize, text: String) -> Self {
        Self { span: (at, at), text }
    }

    /// Takes a range out.
    pub(super) fn erase(span: Span) -> Self {
        Self { span, text: String::new() }
    }
}

/// The part with the edits made, from the left; of two that overlap the second is left out.
pub(super) fn apply(source: &str, edits: &mut [Edit]) -> String {
    edits.sort_by_key(|edit| edit.span);
    let mut out = String::with_capacity(source.len() + edits.iter().map(|edit| edit.text.len()).sum::<usize>());
    let mut at = 0;
    for edit in edits.iter() {
        if let Some(constant) = source.get(at..edit.span.0) {
            out.push_str(constant);
            out.push_str(&edit.text);
            at = edit.span.1;
        }
    }
    out.push_str(source.get(at..).unwrap_or_default());
    out
}
