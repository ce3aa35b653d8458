//! Content controls of a Word document whose markers must be removed when text is filled in: placeholders, and bindings to external data
//! (17.5.2).

use crate::document::{Budget, Resource};
use crate::fill::edit::Span;
use crate::read::ReadError;
use crate::read::xml::{Event, Events};

/// A content control with markers that must be removed when text is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Control {
    pub(super) span: Span,
    pub(super) marks: Vec<Span>,
    pub(super) shows_placeholder: bool,
}

impl Control {
    /// Whether a span is inside the control.
    pub(super) fn holds(&self, span: Span) -> bool {
        self.span.0 <= span.0 && span.1 <= self.span.1
    }
}

/// The content controls with such markers, inner ones first.
///
/// # Errors
/// [`ReadError`] if the part is not well-formed, or exceeds a limit.
pub(super) fn controls(source: &str, prefix: &str, budget: &mut Budget) -> Result<Vec<Control>, ReadError> {
    let mut found = Vec::new();
    if !source.contains("showingPlcHdr") && !source.contains("dataBinding") {
        return Ok(found);
    }
    let mark = source.len() - source.trim_start_matches('\u{feff}').len();
    let mut events = Events::new(&source[mark..], mark, &[]);
    let mut open: Vec<(u32, Control)> = Vec::new();
    loop {
        match events.next(budget)? {
            Event::Open(tag) => {
                let name = source.get(tag.start + 1..).and_then(|rest| rest.strip_prefix(prefix)).unwrap_or_default();
                let depth = events.depth();
                if name.starts_with("sdt") && tag.local == "sdt" {
                    let span = (tag.start, tag.start);
                    open.push((depth, Control { span, marks: Vec::new(), shows_placeholder: false }));
                } else if let Some((outside, control)) = open.last_mut()
                    && *outside + 2 == depth
                    && matches!(tag.local, "showingPlcHdr" | "dataBinding")
                {
                    control.shows_placeholder |= tag.local == "showingPlcHdr";
                    control.marks.push((tag.start, events.skip(budget)?));
                }
            }
            Event::Close(end) => {
                if open.last().is_some_and(|(depth, _)| *depth == events.depth() + 1)
                    && let Some((_, mut control)) = open.pop().filter(|(_, control)| !control.marks.is_empty())
                {
                    budget.spend(Resource::Blocks, 1)?;
                    control.span.1 = end;
                    found.push(control);
                }
            }
            Event::End => return Ok(found),
            _ => {}
        }
    }
}
