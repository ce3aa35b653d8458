//! Page tree, inherited attributes, and the content of each page (ISO 32000-1, 7.7.3).

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::content::{Painter, Shared};
use super::file::File;
use super::object::{Dict, Object};
use crate::document::{Budget, Resource};
use crate::read::ReadError;
use crate::read::paged::{Matrix, Page, Rect, Remark};

/// Attributes that pages inherit from the nodes above them.
#[derive(Debug, Clone, Default)]
struct Inherited {
    resources: Option<Rc<Dict>>,
    media: Option<Rect>,
    crop: Option<Rect>,
    rotate: f64,
}

/// Size of a page that does not state one: A4.
const A4: Rect = Rect { x0: 0.0, y0: 0.0, x1: 595.28, y1: 841.89 };

/// Maximum width and height of a page, in points (annex C.2).
const LARGEST: f64 = 14_400.0;

/// The pages, remarks by page index, and the page index of each page object.
#[derive(Default)]
pub(super) struct Found {
    pub(super) pages: Vec<Page>,
    pub(super) remarks: Vec<(usize, Remark)>,
    pub(super) numbers: HashMap<u32, usize>,
}

/// A page of the page tree.
pub(super) struct PageNode {
    /// Number of its object; `None` if the page is not an object of its own.
    pub(super) number: Option<u32>,
    dict: Rc<Dict>,
    inherited: Inherited,
}

impl PageNode {
    /// The transformation from the page's own coordinates to points from the upper left corner of the page as displayed.
    pub(super) fn matrix(&self) -> Matrix {
        self.inherited.placed().2
    }
}

/// Reads all pages.
pub(super) fn read(file: &mut File, budget: &mut Budget) -> Result<Found, ReadError> {
    let Some(root) = file.root(budget)? else { return Ok(Found::default()) };
    let mut shared = Shared::new(hidden_layers(file, &root, budget)?);
    let Found { mut pages, mut remarks, mut numbers } = Found::default();
    for node in nodes(file, &root, budget)? {
        let (page, damaged) = draw_page(file, &mut shared, &node, budget)?;
        if damaged {
            remarks.push((pages.len(), Remark::Damaged));
        }
        numbers.extend(node.number.map(|number| (number, pages.len())));
        pages.push(page);
    }
    Ok(Found { pages, remarks, numbers })
}

/// The pages below a catalogue, in order.
pub(super) fn nodes(file: &mut File, root: &Dict, budget: &mut Budget) -> Result<Vec<PageNode>, ReadError> {
    let mut nodes = Vec::new();
    let mut seen = HashSet::new();
    let mut open = vec![(root.raw(b"Pages").clone(), Inherited::default())];
    while let Some((node, mut inherited)) = open.pop() {
        budget.spend(Resource::Steps, 1)?;
        // A node that refers to itself is ignored.
        if let Object::Reference(number) = node
            && !seen.insert(number)
        {
            continue;
        }
        let number = if let Object::Reference(number) = node { Some(number) } else { None };
        let Some(dict) = file.dict_of(&node, budget)? else { continue };
        inherited.take(file, &dict, budget)?;
        if let Some(kids) = file.value(&dict, b"Kids", budget)?.array() {
            budget.spend(Resource::Steps, kids.len() as u64)?;
            open.extend(kids.iter().rev().map(|kid| (kid.clone(), inherited.clone())));
            continue;
        }
        budget.spend(Resource::Pages, nodes.len() as u64 + 1)?;
        nodes.push(PageNode { number, dict, inherited });
    }
    Ok(nodes)
}

impl Inherited {
    fn take(&mut self, file: &mut File, node: &Dict, budget: &mut Budget) -> Result<(), ReadError> {
        if let Some(resources) = file.dict(node, b"Resources", budget)? {
            self.resources = Some(resources);
        }
        let area = |numbers: &[f64]| {
            let &[x0, y0, x1, y1] = numbers else { return None };
            Rect::around([(x0, y0), (x1, y1)])
        };
        self.media = area(&file.numbers(node, b"MediaBox", budget)?).or(self.media);
        self.crop = area(&file.numbers(node, b"CropBox", budget)?).or(self.crop);
        if let Some(rotate) = file.value(node, b"Rotate", budget)?.number() {
            self.rotate = rotate;
        }
        Ok(())
    }

    /// The visible area of the page.
    fn area(&self) -> Rect {
        let usable = |area: &Rect| (1.0..=LARGEST).contains(&area.width()) && (1.0..=LARGEST).contains(&area.height());
        let media = self.media.filter(usable).unwrap_or(A4);
        let crop = self.crop.map(|crop| crop.within(&media));
        crop.filter(usable).unwrap_or(media)
    }

    /// Width and height of the page as displayed, and the transformation that puts its upper left corner at the origin.
    #[allow(clippy::cast_possible_truncation, reason = "the number of quarter turns is small")]
    fn placed(&self) -> (f64, f64, Matrix) {
        let area = self.area();
        let (width, height) = (area.width(), area.height());
        match ((self.rotate / 90.0).round() as i64).rem_euclid(4) {
            0 => (width, height, Matrix([1.0, 0.0, 0.0, -1.0, -area.x0, area.y1])),
            1 => (height, width, Matrix([0.0, 1.0, 1.0, 0.0, -area.y0, -area.x0])),
            2 => (width, height, Matrix([-1.0, 0.0, 0.0, 1.0, area.x1, -area.y0])),
            _ => (height, width, Matrix([0.0, -1.0, -1.0, 0.0, area.y1, area.x1])),
        }
    }
}

/// Draws one page; the second value is whether part of it is damaged.
fn draw_page(
    file: &mut File,
    shared: &mut Shared,
    node: &PageNode,
    budget: &mut Budget,
) -> Result<(Page, bool), ReadError> {
    let PageNode { dict: node, inherited, .. } = node;
    let (width, height, matrix) = inherited.placed();
    let mut page = Page { width, height, ..Page::default() };
    let before = std::mem::take(&mut file.damaged);
    let content = content(file, node, budget)?;
    let resources = inherited.resources.clone().unwrap_or_default();
    let annotations = annotations(file, node, budget)?;
    let mut painter = Painter { file: &mut *file, shared, page: &mut page, budget: &mut *budget };
    painter.draw(content, resources, matrix)?;
    for (stream, area) in annotations {
        painter.appearance(&stream, area, matrix)?;
    }
    let damaged = std::mem::replace(&mut file.damaged, before);
    Ok((page, damaged))
}

/// The content of a page; several streams are joined.
fn content(file: &mut File, node: &Dict, budget: &mut Budget) -> Result<Vec<u8>, ReadError> {
    let contents = file.value(node, b"Contents", budget)?;
    let list = match &contents {
        Object::Array(items) => items.to_vec(),
        other => vec![other.clone()],
    };
    let mut content = Vec::new();
    for item in list {
        budget.spend(Resource::Steps, 1)?;
        match file.resolve(&item, budget)? {
            Object::Stream(stream) => {
                let data = file.data(&stream, budget)?;
                file.damaged |= data.cut;
                budget.spend(Resource::PartBytes, (content.len() + data.bytes.len()) as u64)?;
                if content.is_empty() {
                    content = data.bytes;
                } else {
                    content.push(b'\n');
                    content.extend_from_slice(&data.bytes);
                }
            }
            // A page without content is blank; a reference to missing content is damage.
            _ => file.damaged |= item != Object::Null,
        }
    }
    Ok(content)
}

/// The appearances of form fields, free text and stamps on a page, with their rectangles. Signatures are skipped as pictures.
fn annotations(
    file: &mut File,
    node: &Dict,
    budget: &mut Budget,
) -> Result<Vec<(Rc<super::object::Stream>, Rect)>, ReadError> {
    /// Bits of the flags: invisible, hidden, no view.
    const UNSEEN: usize = 1 | 2 | 32;
    let mut found = Vec::new();
    let Some(list) = file.value(node, b"Annots", budget)?.array() else { return Ok(found) };
    for item in list.iter() {
        budget.spend(Resource::Steps, 10)?;
        let Some(dict) = file.dict_of(item, budget)? else { continue };
        let subtype = file.value(&dict, b"Subtype", budget)?;
        let flags = file.value(&dict, b"F", budget)?.index().unwrap_or_default();
        let signature = file.value(&dict, b"FT", budget)?.is_name(b"Sig");
        if !matches!(subtype.name(), Some(b"Widget" | b"FreeText" | b"Stamp")) || flags & UNSEEN != 0 || signature {
            continue;
        }
        let area = file.numbers(&dict, b"Rect", budget)?;
        let &[x0, y0, x1, y1] = area.as_slice() else { continue };
        let Some(appearances) = file.dict(&dict, b"AP", budget)? else { continue };
        let normal = match file.value(&appearances, b"N", budget)? {
            Object::Dict(states) => match file.value(&dict, b"AS", budget)? {
                Object::Name(state) => file.value(&states, &state, budget)?,
                _ => Object::Null,
            },
            other => other,
        };
        if let (Some(stream), Some(area)) = (normal.stream(), Rect::around([(x0, y0), (x1, y1)])) {
            found.push((stream, area));
        }
    }
    Ok(found)
}

/// Object numbers of the layers that are switched off by default (8.11.4).
fn hidden_layers(file: &mut File, root: &Dict, budget: &mut Budget) -> Result<HashSet<u32>, ReadError> {
    let mut hidden = HashSet::new();
    let Some(properties) = file.dict(root, b"OCProperties", budget)? else { return Ok(hidden) };
    let Some(usual) = file.dict(&properties, b"D", budget)? else { return Ok(hidden) };
    let numbers = |list: Object| -> Vec<u32> {
        let items = list.array();
        let number = |item: &Object| if let Object::Reference(number) = item { Some(*number) } else { None };
        items.map(|items| items.iter().filter_map(number).collect()).unwrap_or_default()
    };
    if file.value(&usual, b"BaseState", budget)?.is_name(b"OFF") {
        hidden.extend(numbers(file.value(&properties, b"OCGs", budget)?));
        for on in numbers(file.value(&usual, b"ON", budget)?) {
            hidden.remove(&on);
        }
    }
    hidden.extend(numbers(file.value(&usual, b"OFF", budget)?));
    Ok(hidden)
}
