//! Arena tree of a page: nodes in one vector, linked by index, filled by html5ever's tree builder (HTML, 13.2.6).

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};
use std::sync::LazyLock;

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, QualName, expanded_name, local_name, ns};

/// Index of a node in its page.
pub(super) type Id = u32;

/// Index that means "no node".
const NONE: Id = Id::MAX;

/// The document itself.
pub(super) const ROOT: Id = 0;

/// The kind of a node.
#[derive(Debug)]
pub(super) enum NodeKind {
    Element(Element),
    Text(StrTendril),
    /// The document, comments, and the contents of templates: invisible.
    Other,
}

/// An element.
#[derive(Debug)]
pub(super) struct Element {
    name: QualName,
    attributes: Vec<Attribute>,
    /// Bloom filter of the names of its attributes: most look-ups are of names that an element does not have.
    filter: u64,
}

/// The bit of a name in the filter.
fn filter_bit(name: &str) -> u64 {
    let first = name.as_bytes().first().copied().unwrap_or_default();
    1 << ((name.len() * 11 + usize::from(first)) % 64)
}

fn filter(attributes: &[Attribute]) -> u64 {
    attributes.iter().fold(0, |filter, attribute| filter | filter_bit(&attribute.name.local))
}

impl Element {
    /// Its name in lower case, with the prefix that was written (`o:p`).
    pub(super) fn name(&self) -> &str {
        &self.name.local
    }

    /// An attribute's value.
    #[inline]
    pub(super) fn attr(&self, name: &str) -> Option<&str> {
        if self.filter & filter_bit(name) == 0 {
            return None;
        }
        self.attributes.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
    }

    /// The number in an attribute.
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        let value = self.attr(name)?.trim();
        let digits = value.bytes().take_while(u8::is_ascii_digit).count();
        // A number with too many digits is too large.
        (digits > 0).then(|| value[..digits].parse().unwrap_or(u32::MAX))
    }
}

#[derive(Debug)]
struct Node {
    kind: NodeKind,
    parent: Id,
    first: Id,
    last: Id,
    previous: Id,
    next: Id,
    /// Depth below the document when the node was inserted.
    depth: u32,
}

/// A page as a tree.
#[derive(Debug)]
pub(super) struct Page {
    nodes: Vec<Node>,
}

/// A step of a walk through a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Open(Id),
    Close(Id),
}

impl Page {
    fn new() -> Self {
        let mut page = Self { nodes: Vec::new() };
        page.create(NodeKind::Other);
        page
    }

    fn create(&mut self, kind: NodeKind) -> Id {
        let id = self.nodes.len() as Id;
        self.nodes.push(Node { kind, parent: NONE, first: NONE, last: NONE, previous: NONE, next: NONE, depth: 0 });
        id
    }

    fn node(&self, id: Id) -> &Node {
        &self.nodes[id as usize]
    }

    fn node_mut(&mut self, id: Id) -> &mut Node {
        &mut self.nodes[id as usize]
    }

    /// Number of nodes.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The kind of a node.
    pub(super) fn kind(&self, id: Id) -> &NodeKind {
        &self.node(id).kind
    }

    /// The element at a node, if it is one.
    pub(super) fn element(&self, id: Id) -> Option<&Element> {
        match self.kind(id) {
            NodeKind::Element(element) => Some(element),
            _ => None,
        }
    }

    /// The parent.
    pub(super) fn parent(&self, id: Id) -> Option<Id> {
        Some(self.node(id).parent).filter(|&parent| parent != NONE)
    }

    /// The children, in order.
    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> {
        let some = |id: Id| Some(id).filter(|&id| id != NONE);
        std::iter::successors(some(self.node(id).first), move |&child| some(self.node(child).next))
    }

    /// The siblings after a node, in order.
    pub(super) fn siblings_after(&self, id: Id) -> impl Iterator<Item = Id> {
        let some = |id: Id| Some(id).filter(|&id| id != NONE);
        std::iter::successors(some(self.node(id).next), move |&sibling| some(self.node(sibling).next))
    }

    /// Depth-first walk over the descendants of a node, with a step on entering and on leaving each.
    pub(super) fn walk(&self, from: Id) -> impl Iterator<Item = Step> {
        std::iter::successors(Some(Step::Open(from)), move |step| match *step {
            Step::Open(id) if self.node(id).first != NONE => Some(Step::Open(self.node(id).first)),
            Step::Open(id) => Some(Step::Close(id)),
            Step::Close(id) if id == from => None,
            Step::Close(id) if self.node(id).next != NONE => Some(Step::Open(self.node(id).next)),
            Step::Close(id) => Some(self.node(id).parent).filter(|&parent| parent != NONE).map(Step::Close),
        })
    }

    /// Detaches a node from its parent.
    pub(super) fn detach(&mut self, id: Id) {
        let &Node { parent, previous, next, .. } = self.node(id);
        if parent == NONE {
            return;
        }
        match previous {
            NONE => self.node_mut(parent).first = next,
            _ => self.node_mut(previous).next = next,
        }
        match next {
            NONE => self.node_mut(parent).last = previous,
            _ => self.node_mut(next).previous = previous,
        }
        let node = self.node_mut(id);
        (node.parent, node.previous, node.next) = (NONE, NONE, NONE);
    }

    /// Appends a node to the children of another.
    pub(super) fn append(&mut self, parent: Id, id: Id) {
        self.detach(id);
        let depth = self.node(parent).depth + 1;
        let last = self.node(parent).last;
        let node = self.node_mut(id);
        (node.parent, node.previous, node.depth) = (parent, last, depth);
        match last {
            NONE => self.node_mut(parent).first = id,
            _ => self.node_mut(last).next = id,
        }
        self.node_mut(parent).last = id;
    }

    /// Inserts a node before a sibling.
    pub(super) fn insert_before(&mut self, sibling: Id, id: Id) {
        self.detach(id);
        let &Node { parent, previous, depth, .. } = self.node(sibling);
        if parent == NONE {
            return;
        }
        let node = self.node_mut(id);
        (node.parent, node.previous, node.next, node.depth) = (parent, previous, sibling, depth);
        match previous {
            NONE => self.node_mut(parent).first = id,
            _ => self.node_mut(previous).next = id,
        }
        self.node_mut(sibling).previous = id;
    }

    /// Appends text to a text node; `false` if the node is not one.
    fn extend(&mut self, id: Id, text: &StrTendril) -> bool {
        match self.nodes.get_mut(id as usize).map(|node| &mut node.kind) {
            Some(NodeKind::Text(known)) => {
                known.push_tendril(text);
                true
            }
            _ => false,
        }
    }
}

/// The sink of the tree builder, with counters of its cost.
#[derive(Debug)]
pub(super) struct Sink {
    page: RefCell<Page>,
    /// Greatest depth of an inserted element.
    deepest: Cell<u32>,
    /// Total depth of all inserted elements, and number of moved children: the tree builder walks over ancestors repeatedly.
    work: Cell<u64>,
}

impl Sink {
    /// A sink with an empty page.
    pub(super) fn new() -> Self {
        Self { page: RefCell::new(Page::new()), deepest: Cell::new(0), work: Cell::new(0) }
    }

    /// Number of nodes so far.
    pub(super) fn nodes(&self) -> usize {
        self.page.borrow().len()
    }

    /// Greatest depth so far.
    pub(super) fn deepest(&self) -> u32 {
        self.deepest.get()
    }

    /// Work so far.
    pub(super) fn work(&self) -> u64 {
        self.work.get()
    }

    fn placed(&self, page: &Page, id: Id) {
        let depth = page.node(id).depth;
        self.deepest.set(self.deepest.get().max(depth));
        self.work.set(self.work.get() + u64::from(depth));
    }
}

impl TreeSink for Sink {
    type Handle = Id;
    type Output = Page;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Page {
        self.page.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Id {
        ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a Id) -> Ref<'a, QualName> {
        // The tree builder asks for names of elements only; any other node has an empty name.
        static NO_NAME: LazyLock<QualName> = LazyLock::new(|| QualName::new(None, ns!(), local_name!("")));
        Ref::map(self.page.borrow(), |page| match page.kind(*target) {
            NodeKind::Element(element) => &element.name,
            _ => &NO_NAME,
        })
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Id {
        let template = name.expanded() == expanded_name!(html "template");
        let mut page = self.page.borrow_mut();
        let filter = filter(&attributes);
        let id = page.create(NodeKind::Element(Element { name, attributes, filter }));
        if template {
            let contents = page.create(NodeKind::Other);
            page.append(id, contents);
        }
        id
    }

    fn create_comment(&self, _: StrTendril) -> Id {
        self.page.borrow_mut().create(NodeKind::Other)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Id {
        self.page.borrow_mut().create(NodeKind::Other)
    }

    fn append(&self, parent: &Id, child: NodeOrText<Id>) {
        let mut page = self.page.borrow_mut();
        let id = match child {
            NodeOrText::AppendNode(id) => id,
            NodeOrText::AppendText(text) => {
                let last = page.node(*parent).last;
                if page.extend(last, &text) {
                    return;
                }
                page.create(NodeKind::Text(text))
            }
        };
        page.append(*parent, id);
        self.placed(&page, id);
    }

    fn append_before_sibling(&self, sibling: &Id, child: NodeOrText<Id>) {
        let mut page = self.page.borrow_mut();
        let id = match child {
            NodeOrText::AppendNode(id) => id,
            NodeOrText::AppendText(text) => {
                let previous = page.node(*sibling).previous;
                if page.extend(previous, &text) {
                    return;
                }
                page.create(NodeKind::Text(text))
            }
        };
        page.insert_before(*sibling, id);
        self.placed(&page, id);
    }

    fn append_based_on_parent_node(&self, element: &Id, previous: &Id, child: NodeOrText<Id>) {
        if self.page.borrow().parent(*element).is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Id) -> Id {
        let page = self.page.borrow();
        page.children(*target).next().unwrap_or(*target)
    }

    fn same_node(&self, one: &Id, other: &Id) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn add_attrs_if_missing(&self, target: &Id, attributes: Vec<Attribute>) {
        let mut page = self.page.borrow_mut();
        let NodeKind::Element(element) = &mut page.node_mut(*target).kind else { return };
        self.work.set(self.work.get() + (element.attributes.len() * attributes.len()) as u64);
        for attribute in attributes {
            if element.attributes.iter().all(|known| known.name != attribute.name) {
                element.attributes.push(attribute);
            }
        }
        element.filter = filter(&element.attributes);
    }

    fn remove_from_parent(&self, target: &Id) {
        self.page.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &Id, new_parent: &Id) {
        let mut page = self.page.borrow_mut();
        while let Some(child) = Some(page.node(*node).first).filter(|&child| child != NONE) {
            page.append(*new_parent, child);
            self.work.set(self.work.get() + 1);
        }
    }
}

#[cfg(test)]
impl Page {
    /// Names of all elements in order.
    pub(super) fn names(&self) -> Vec<&str> {
        let opened = self.walk(ROOT).filter_map(|step| match step {
            Step::Open(id) => self.element(id),
            Step::Close(_) => None,
        });
        opened.map(Element::name).collect()
    }
}
