//! Interpreter of content streams: text, ruled lines and pictures (ISO 32000-1, 8 and 9). Iterative; form `XObject`s are kept on a stack.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::file::File;
use super::font::{Font, Maps};
use super::lexer::{Lexer, Token};
use super::object::{Dict, Object, Stream};
use super::state::{Colour, Space, State};
use crate::document::{Budget, Resource};
use crate::read::ReadError;
use crate::read::paged::{Matrix, Page, Paint, Rect};

/// Maximum depth of nested forms.
const DEEPEST: usize = 12;

/// Maximum number of states saved by `q`, and of operands of one operator.
const MOST_SAVED: usize = 512;
const MOST_OPERANDS: usize = 64;

/// State shared by all pages of a file.
pub(super) struct Shared {
    pub(super) maps: Maps,
    /// Fonts by object number; `None` for an unusable font.
    pub(super) fonts: HashMap<u32, Option<Rc<Font>>>,
    /// Object numbers of layers that are switched off.
    pub(super) hidden: HashSet<u32>,
}

impl Shared {
    pub(super) fn new(hidden: HashSet<u32>) -> Self {
        Self { maps: Maps::default(), fonts: HashMap::new(), hidden }
    }
}

/// A content stream that is being interpreted.
pub(super) struct Frame {
    data: Rc<Vec<u8>>,
    at: usize,
    /// Offset of the form's data in the file; 0 for a page.
    start: usize,
    pub(super) resources: Rc<Dict>,
    pub(super) state: State,
    saved: Vec<State>,
    pub(super) text: Matrix,
    pub(super) line: Matrix,
    path: Vec<Vec<Point>>,
    pub(super) fonts: HashMap<Rc<[u8]>, Option<Rc<Font>>>,
    /// Open marked content, the innermost last: whether it hides its content, and its MCID.
    marks: Vec<(bool, Option<u32>)>,
}

/// A point of a path, and whether a curve leads to it.
#[derive(Debug, Clone, Copy)]
struct Point {
    at: (f64, f64),
    by_curve: bool,
}

impl Frame {
    fn new(data: Rc<Vec<u8>>, start: usize, resources: Rc<Dict>, state: State) -> Self {
        Self {
            data,
            at: 0,
            start,
            resources,
            state,
            saved: Vec::new(),
            text: Matrix::IDENTITY,
            line: Matrix::IDENTITY,
            path: Vec::new(),
            fonts: HashMap::new(),
            marks: Vec::new(),
        }
    }

    pub(super) fn hides(&self) -> bool {
        self.marks.iter().any(|(hides, _)| *hides)
    }

    /// The innermost MCID; `None` in a form, whose MCIDs are separate from the page's.
    pub(super) fn mark(&self) -> Option<u32> {
        if self.start > 0 { None } else { self.marks.iter().rev().find_map(|(_, mark)| *mark) }
    }

    pub(super) fn next_line(&mut self, x: f64, y: f64) {
        self.line = Matrix::shift(x, y).then(self.line);
        self.text = self.line;
    }

    fn point(&mut self, x: f64, y: f64, by_curve: bool) {
        let at = self.state.matrix.at(x, y);
        if let Some(part) = self.path.last_mut() {
            part.push(Point { at, by_curve });
        }
    }

    fn close_path(&mut self) {
        if let Some(part) = self.path.last_mut()
            && let Some(&first) = part.first()
        {
            part.push(Point { by_curve: false, ..first });
        }
    }
}

/// Interprets content streams and draws them onto a page.
pub(super) struct Painter<'p, 'a, 'b> {
    pub(super) file: &'p mut File<'a>,
    pub(super) shared: &'p mut Shared,
    pub(super) page: &'p mut Page,
    pub(super) budget: &'b mut Budget,
}

pub(super) type Done<T = ()> = Result<T, ReadError>;

impl Painter<'_, '_, '_> {
    /// Draws a content stream with its forms.
    pub(super) fn draw(&mut self, data: Vec<u8>, resources: Rc<Dict>, matrix: Matrix) -> Done {
        let mut frames = vec![Frame::new(Rc::new(data), 0, resources, State::new(matrix))];
        let mut operands: Vec<Object> = Vec::new();
        while let Some(frame) = frames.last_mut() {
            let data = Rc::clone(&frame.data);
            let mut lexer = Lexer::new(&data, frame.at);
            let Some(operator) = next_operator(&mut lexer, &mut operands, self.budget)? else {
                frames.pop();
                continue;
            };
            frame.at = lexer.at;
            if operator == b"Do" {
                if let Some(form) = self.object(frame, &operands)? {
                    let known = frames.iter().any(|frame| frame.start == form.start);
                    if frames.len() < DEEPEST && !known {
                        frames.push(form);
                    }
                }
            } else {
                self.operator(frame, operator, &operands)?;
            }
        }
        Ok(())
    }

    fn operator(&mut self, frame: &mut Frame, operator: &[u8], operands: &[Object]) -> Done {
        let n = |index: usize| operands.get(index).and_then(Object::number).unwrap_or_default();
        let matrix = || Matrix([n(0), n(1), n(2), n(3), n(4), n(5)]);
        match operator {
            b"q" if frame.saved.len() < MOST_SAVED => frame.saved.push(frame.state.clone()),
            b"Q" => frame.state = frame.saved.pop().unwrap_or_else(|| frame.state.clone()),
            b"cm" => frame.state.matrix = matrix().then(frame.state.matrix),
            b"BT" => (frame.text, frame.line) = (Matrix::IDENTITY, Matrix::IDENTITY),
            b"Tc" => frame.state.character_space = n(0),
            b"Tw" => frame.state.word_space = n(0),
            b"Tz" => frame.state.stretch = n(0) / 100.0,
            b"TL" => frame.state.leading = n(0),
            b"Ts" => frame.state.rise = n(0),
            b"Tr" => frame.state.mode = operands.first().and_then(Object::index).unwrap_or_default(),
            b"Tf" => {
                frame.state.size = n(1);
                if let Some(Object::Name(name)) = operands.first() {
                    frame.state.font = self.font(frame, name)?;
                }
            }
            b"Td" => frame.next_line(n(0), n(1)),
            b"TD" => {
                frame.state.leading = -n(1);
                frame.next_line(n(0), n(1));
            }
            b"Tm" => (frame.text, frame.line) = (matrix(), matrix()),
            b"T*" => frame.next_line(0.0, -frame.state.leading),
            b"Tj" | b"'" | b"\"" | b"TJ" => self.text(frame, operator, operands)?,
            b"gs" => self.graphics_state(frame, operands)?,
            b"BMC" | b"BDC" => {
                let (hides, mark) = (self.hides(frame, operands)?, self.mark_of(frame, operands)?);
                if frame.marks.len() < MOST_SAVED {
                    frame.marks.push((hides, mark));
                }
            }
            b"EMC" => drop(frame.marks.pop()),
            b"BI" => self.picture(frame),
            b"g" | b"rg" | b"k" | b"sc" | b"scn" | b"G" | b"RG" | b"K" | b"SC" | b"SCN" | b"cs" | b"CS" => {
                self.colour(frame, operator, operands)?;
            }
            _ => self.path(frame, operator, operands)?,
        }
        Ok(())
    }

    fn path(&mut self, frame: &mut Frame, operator: &[u8], operands: &[Object]) -> Done {
        let n = |index: usize| operands.get(index).and_then(Object::number).unwrap_or_default();
        match operator {
            b"m" => {
                frame.path.push(Vec::new());
                frame.point(n(0), n(1), false);
            }
            b"l" => frame.point(n(0), n(1), false),
            b"c" => frame.point(n(4), n(5), true),
            b"v" | b"y" => frame.point(n(2), n(3), true),
            b"h" => frame.close_path(),
            b"re" => {
                let (x, y, width, height) = (n(0), n(1), n(2), n(3));
                frame.path.push(Vec::new());
                for (x, y) in [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)] {
                    frame.point(x, y, false);
                }
            }
            b"S" | b"s" | b"f" | b"F" | b"f*" | b"B" | b"B*" | b"b" | b"b*" => {
                if matches!(operator, b"s" | b"b" | b"b*") {
                    frame.close_path();
                }
                let stroked = matches!(operator[0], b'S' | b's' | b'B' | b'b');
                let filled = matches!(operator[0], b'f' | b'F' | b'B' | b'b');
                self.paint(frame, stroked, filled)?;
            }
            b"n" => frame.path.clear(),
            _ => {}
        }
        Ok(())
    }

    /// Paints the path and clears it. White lines and areas are ignored.
    fn paint(&mut self, frame: &mut Frame, stroked: bool, filled: bool) -> Done {
        let stroke = frame.state.paint(frame.state.stroke);
        let fill = frame.state.paint(frame.state.fill);
        let hidden = frame.hides();
        for part in std::mem::take(&mut frame.path) {
            if hidden {
                continue;
            }
            if stroked && stroke != Paint::White {
                for pair in part.windows(2).filter(|pair| !pair[1].by_curve) {
                    self.page.line(pair[0].at, pair[1].at, self.budget)?;
                }
            }
            if filled
                && fill != Paint::White
                && part.len() > 1
                && let Some(area) = Rect::around(part.iter().map(|point| point.at))
            {
                self.page.filled(area, fill == Paint::Dark, self.budget)?;
            }
        }
        Ok(())
    }

    fn colour(&mut self, frame: &mut Frame, operator: &[u8], operands: &[Object]) -> Done {
        let numbers: Vec<f64> = operands.iter().filter_map(Object::number).collect();
        let strokes = operator[0].is_ascii_uppercase();
        let current = if strokes { frame.state.stroke } else { frame.state.fill };
        let colour = match operator {
            b"cs" | b"CS" => {
                let name = operands.first().and_then(Object::name).unwrap_or_default();
                Colour::of_space(self.space(frame, name)?)
            }
            b"sc" | b"scn" | b"SC" | b"SCN" => Colour::from_components(current.space, &numbers),
            _ => Colour::from_components(Space::Plain, &numbers),
        };
        *(if strokes { &mut frame.state.stroke } else { &mut frame.state.fill }) = colour;
        Ok(())
    }

    fn space(&mut self, frame: &Frame, name: &[u8]) -> Done<Space> {
        if matches!(name, b"DeviceGray" | b"DeviceRGB" | b"DeviceCMYK" | b"G" | b"RGB" | b"CMYK") {
            return Ok(Space::Plain);
        }
        let Some(spaces) = self.file.dict(&frame.resources, b"ColorSpace", self.budget)? else {
            return Ok(Space::Other);
        };
        let space = self.file.value(&spaces, name, self.budget)?;
        let kind = match space.array().and_then(|items| items.first().cloned()) {
            Some(first) => self.file.resolve(&first, self.budget)?,
            None => space,
        };
        Ok(match kind.name() {
            Some(b"ICCBased" | b"CalGray" | b"CalRGB" | b"DeviceGray" | b"DeviceRGB" | b"DeviceCMYK") => Space::Plain,
            Some(b"Separation") => Space::Ink,
            _ => Space::Other,
        })
    }

    fn graphics_state(&mut self, frame: &mut Frame, operands: &[Object]) -> Done {
        let Some(Object::Name(name)) = operands.first() else { return Ok(()) };
        let Some(states) = self.file.dict(&frame.resources, b"ExtGState", self.budget)? else { return Ok(()) };
        let Some(state) = self.file.dict(&states, name, self.budget)? else { return Ok(()) };
        if let Some(opacity) = self.file.value(&state, b"ca", self.budget)?.number() {
            frame.state.opacity = opacity.clamp(0.0, 1.0);
        }
        let Some(font) = self.file.value(&state, b"Font", self.budget)?.array() else { return Ok(()) };
        if let [font, size] = &*font {
            frame.state.font = self.font_of(font)?;
            frame.state.size = size.number().unwrap_or(1.0);
        }
        Ok(())
    }

    /// Whether marked content belongs to a layer that is switched off.
    fn hides(&mut self, frame: &Frame, operands: &[Object]) -> Done<bool> {
        let [Object::Name(tag), Object::Name(name)] = operands else { return Ok(false) };
        if &**tag != b"OC" {
            return Ok(false);
        }
        let properties = self.file.dict(&frame.resources, b"Properties", self.budget)?;
        Ok(properties.is_some_and(|properties| self.is_hidden(properties.raw(name))))
    }

    /// The MCID of marked content, from its property list or the one it names.
    fn mark_of(&mut self, frame: &Frame, operands: &[Object]) -> Done<Option<u32>> {
        let properties = match operands {
            [_, Object::Dict(properties)] => Some(Rc::clone(properties)),
            [_, Object::Name(name)] => match self.file.dict(&frame.resources, b"Properties", self.budget)? {
                Some(list) => self.file.dict(&list, name, self.budget)?,
                None => None,
            },
            _ => None,
        };
        let Some(properties) = properties else { return Ok(None) };
        let mark = self.file.value(&properties, b"MCID", self.budget)?.index();
        Ok(mark.and_then(|mark| u32::try_from(mark).ok()))
    }

    fn is_hidden(&self, layer: &Object) -> bool {
        matches!(layer, Object::Reference(number) if self.shared.hidden.contains(number))
    }

    /// Records the position of a picture.
    fn picture(&mut self, frame: &Frame) {
        let corners = [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)].map(|(x, y)| frame.state.matrix.at(x, y));
        if !frame.hides() {
            self.page.pictures.extend(Rect::around(corners));
        }
    }

    /// An object of the resources: a picture is recorded, a form is returned as a frame to be drawn.
    fn object(&mut self, frame: &Frame, operands: &[Object]) -> Done<Option<Frame>> {
        let Some(Object::Name(name)) = operands.first() else { return Ok(None) };
        let Some(objects) = self.file.dict(&frame.resources, b"XObject", self.budget)? else { return Ok(None) };
        let Object::Stream(stream) = self.file.value(&objects, name, self.budget)? else { return Ok(None) };
        if frame.hides() || self.is_hidden(stream.dict.raw(b"OC")) {
            return Ok(None);
        }
        if !self.file.value(&stream.dict, b"Subtype", self.budget)?.is_name(b"Form") {
            self.picture(frame);
            return Ok(None);
        }
        self.form(&stream, frame.state.clone(), &frame.resources).map(Some)
    }

    fn form(&mut self, stream: &Stream, mut state: State, outer: &Rc<Dict>) -> Done<Frame> {
        self.budget.spend(Resource::Steps, 50)?;
        let data = self.file.data(stream, self.budget)?;
        self.file.damaged |= data.cut;
        if let Ok(matrix) = <[f64; 6]>::try_from(self.file.numbers(&stream.dict, b"Matrix", self.budget)?) {
            state.matrix = Matrix(matrix).then(state.matrix);
        }
        let resources = self.file.dict(&stream.dict, b"Resources", self.budget)?;
        Ok(Frame::new(Rc::new(data.bytes), stream.start, resources.unwrap_or_else(|| Rc::clone(outer)), state))
    }

    /// Draws the appearance of an annotation into its rectangle (12.5.5).
    pub(super) fn appearance(&mut self, stream: &Stream, area: Rect, page: Matrix) -> Done {
        let bounds = self.file.numbers(&stream.dict, b"BBox", self.budget)?;
        let matrix = <[f64; 6]>::try_from(self.file.numbers(&stream.dict, b"Matrix", self.budget)?);
        let own = matrix.map_or(Matrix::IDENTITY, Matrix);
        let &[x0, y0, x1, y1] = bounds.as_slice() else { return Ok(()) };
        let corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)].map(|(x, y)| own.at(x, y));
        let Some(drawn) = Rect::around(corners) else { return Ok(()) };
        let part = |wanted: f64, there: f64| if there.abs() > 0.001 { wanted / there } else { 1.0 };
        let (sx, sy) = (part(area.width(), drawn.width()), part(area.height(), drawn.height()));
        let placed = Matrix([sx, 0.0, 0.0, sy, area.x0 - drawn.x0 * sx, area.y0 - drawn.y0 * sy]).then(page);
        let frame = self.form(stream, State::new(placed), &Rc::new(Dict::default()))?;
        let data = Rc::try_unwrap(frame.data).unwrap_or_default();
        self.draw(data, frame.resources, frame.state.matrix)
    }
}

/// The next operator of a content stream; its operands are put into `operands`.
fn next_operator<'d>(lexer: &mut Lexer<'d>, operands: &mut Vec<Object>, budget: &mut Budget) -> Done<Option<&'d [u8]>> {
    operands.clear();
    loop {
        budget.spend(Resource::Steps, 1)?;
        let before = lexer.at;
        let operand = match lexer.token() {
            None => return Ok(None),
            Some(Token::Word(b"BI")) => {
                skip_picture(lexer, budget)?;
                return Ok(Some(b"BI"));
            }
            Some(Token::Word(word)) => return Ok(Some(word)),
            Some(Token::ArrayStart | Token::DictStart) => {
                lexer.at = before;
                let object = lexer.object(budget)?;
                // A keyword inside ends a damaged object and is read again as an operator.
                lexer.at = lexer.at.max(before + 1);
                object
            }
            Some(Token::ArrayEnd | Token::DictEnd) => continue,
            Some(Token::Object(object)) => object,
        };
        if operands.len() < MOST_OPERANDS {
            operands.push(operand);
        }
    }
}

/// Skips an inline image.
fn skip_picture(lexer: &mut Lexer, budget: &mut Budget) -> Done {
    loop {
        budget.spend(Resource::Steps, 1)?;
        match lexer.token() {
            Some(Token::Word(b"ID")) => {
                lexer.skip_inline_picture();
                return Ok(());
            }
            None => return Ok(()),
            _ => {}
        }
    }
}
