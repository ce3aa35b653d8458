//! A small XML tree for post-processing the blank forms once. Never used on input files.

use quick_xml::Reader;
use quick_xml::events::Event;

/// A node of the tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// An element.
    Element(Element),
    /// Text, unescaped.
    Text(String),
}

/// An element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Element {
    /// Name with its prefix.
    pub(super) name: String,
    /// Attributes in order, values unescaped.
    pub(super) attributes: Vec<(String, String)>,
    /// Children.
    pub(super) children: Vec<Node>,
}

impl Element {
    /// An element without content.
    pub(super) fn new(name: &str, attributes: &[(&str, &str)]) -> Self {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { name: name.to_owned(), attributes, children: Vec::new() }
    }

    /// Parses a part. `None` if it is not one well-formed element.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
        let mut open: Vec<Element> = vec![Element::default()];
        loop {
            match reader.read_event().ok()? {
                Event::Start(start) => open.push(tag(&start)?),
                Event::Empty(start) => open.last_mut()?.children.push(Node::Element(tag(&start)?)),
                Event::End(_) => {
                    let done = open.pop()?;
                    open.last_mut()?.children.push(Node::Element(done));
                }
                Event::Text(text) => open.last_mut()?.text(&text.xml10_content()),
                Event::CData(text) => open.last_mut()?.text(&text.xml10_content()),
                Event::GeneralRef(name) => {
                    let character = match name.xml10_content().as_ref() {
                        "lt" => '<',
                        "gt" => '>',
                        "amp" => '&',
                        "quot" => '"',
                        "apos" => '\'',
                        _ => name.resolve_char_ref().ok()??,
                    };
                    open.last_mut()?.text(character.encode_utf8(&mut [0; 4]));
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let root = open.pop().filter(|_| open.is_empty())?;
        root.children.into_iter().find_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    fn text(&mut self, text: &str) {
        match self.children.last_mut() {
            Some(Node::Text(known)) => known.push_str(text),
            _ => self.children.push(Node::Text(text.to_owned())),
        }
    }

    /// The first child element of this name.
    pub(super) fn child_mut(&mut self, name: &str) -> Option<&mut Element> {
        self.elements_mut().find(|element| element.name == name)
    }

    /// The child elements.
    pub(super) fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The child elements, mutable.
    pub(super) fn elements_mut(&mut self) -> impl Iterator<Item = &mut Element> {
        self.children.iter_mut().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// Applies a change to this element and all its descendants, deepest first.
    pub(super) fn visit(&mut self, change: &mut dyn FnMut(&mut Element)) {
        for element in self.elements_mut() {
            element.visit(change);
        }
        change(self);
    }

    /// Sorts the children into the order of a schema's sequence; children that it does not name come last, in their order.
    pub(super) fn sort(&mut self, sequence: &[&str]) {
        let rank = |node: &Node| match node {
            Node::Element(element) => sequence.iter().position(|name| *name == element.name).unwrap_or(sequence.len()),
            Node::Text(_) => sequence.len(),
        };
        self.children.sort_by_key(rank);
    }

    /// The element as text.
    pub(super) fn write(&self, out: &mut String) {
        out.push('<');
        out.push_str(&self.name);
        for (name, value) in &self.attributes {
            out.push(' ');
            out.push_str(name);
            out.push_str("=\"");
            escape(value, out);
            out.push('"');
        }
        if self.children.is_empty() {
            out.push_str("/>");
            return;
        }
        out.push('>');
        for node in &self.children {
            match node {
                Node::Element(element) => element.write(out),
                Node::Text(text) => escape(text, out),
            }
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
    }
}

fn tag(start: &quick_xml::events::BytesStart) -> Option<Element> {
    let mut element = Element { name: start.name().as_ref().to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.ok()?;
        let value = quick_xml::escape::unescape(&attribute.value).ok()?.into_owned();
        element.attributes.push((attribute.key.as_ref().to_owned(), value));
    }
    Some(element)
}

/// Appends text escaped for XML, without characters that XML 1.0 does not allow.
pub(crate) fn escape(text: &str, out: &mut String) {
    escape_clean(&super::plan::clean(text), out);
}

/// Appends text escaped for XML. The text must not contain characters that XML 1.0 does not allow.
pub(crate) fn escape_clean(text: &str, out: &mut String) {
    // Nearly every text has none. A loop without an early exit can be vectorised.
    let reserved = |byte: u8| matches!(byte, b'<' | b'>' | b'&' | b'"');
    if !text.bytes().fold(false, |found, byte| found | reserved(byte)) {
        return out.push_str(text);
    }
    let mut rest = text;
    while let Some(at) = rest.bytes().position(reserved) {
        out.push_str(&rest[..at]);
        out.push_str(match rest.as_bytes()[at] {
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'&' => "&amp;",
            _ => "&quot;",
        });
        rest = &rest[at + 1..];
    }
    out.push_str(rest);
}
