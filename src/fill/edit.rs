//! Replaces byte ranges of a part; everything else is copied.

/// Start and end in a part, in bytes.
pub(super) type Span = (usize, usize);

/// A byte range of the part and its replacement; an empty range is an insertion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) span: Span,
    pub(super) text: String,
}

impl Edit {
    /// An insertion before an offset.
    pub(super) fn insert(at: usize, text: String) -> Self {
        Self { span: (at, at), text }
    }

    /// A deletion of a range.
    pub(super) fn erase(span: Span) -> Self {
        Self { span, text: String::new() }
    }
}

/// Applies the edits from the left; of two that overlap, the second is left out.
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
