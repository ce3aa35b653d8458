//! Text operators: selects fonts and positions the glyphs of strings (ISO 32000-1, 9.4).

use std::rc::Rc;

use super::content::{Done, Frame, Painter};
use super::font::Font;
use super::object::Object;
use crate::read::paged::{Direction, Glyph, Matrix};

impl Painter<'_, '_, '_> {
    pub(super) fn font(&mut self, frame: &mut Frame, name: &Rc<[u8]>) -> Done<Option<Rc<Font>>> {
        if let Some(font) = frame.fonts.get(name) {
            return Ok(font.clone());
        }
        let fonts = self.file.dict(&frame.resources, b"Font", self.budget)?;
        let font = match fonts {
            Some(fonts) => self.font_of(fonts.raw(name))?,
            None => None,
        };
        frame.fonts.insert(Rc::clone(name), font.clone());
        Ok(font)
    }

    pub(super) fn font_of(&mut self, object: &Object) -> Done<Option<Rc<Font>>> {
        let number = if let Object::Reference(number) = object { Some(*number) } else { None };
        if let Some(known) = number.and_then(|number| self.shared.fonts.get(&number)) {
            return Ok(known.clone());
        }
        let font = match self.file.dict_of(object, self.budget)? {
            Some(dict) => Font::read(self.file, &mut self.shared.maps, &dict, self.budget)?.map(Rc::new),
            None => None,
        };
        if let Some(number) = number {
            self.shared.fonts.insert(number, font.clone());
        }
        Ok(font)
    }

    pub(super) fn text(&mut self, frame: &mut Frame, operator: &[u8], operands: &[Object]) -> Done {
        if matches!(operator, b"'" | b"\"") {
            if let ([word, character, ..], b"\"") = (operands, operator) {
                frame.state.word_space = word.number().unwrap_or_default();
                frame.state.character_space = character.number().unwrap_or_default();
            }
            frame.next_line(0.0, -frame.state.leading);
        }
        match operands.last() {
            Some(Object::String(string)) => self.show(frame, string),
            Some(Object::Array(items)) => {
                for item in items.iter() {
                    match item {
                        Object::String(string) => self.show(frame, string)?,
                        Object::Number(back) => {
                            let by = -back / 1000.0 * frame.state.size;
                            let vertical = frame.state.font.as_ref().is_some_and(|font| font.vertical);
                            let step = if vertical { (0.0, by) } else { (by * frame.state.stretch, 0.0) };
                            frame.text = Matrix::shift(step.0, step.1).then(frame.text);
                        }
                        _ => {}
                    }
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn show(&mut self, frame: &mut Frame, string: &[u8]) -> Done {
        let paint = frame.state.text_paint();
        let (hidden, mark) = (frame.hides(), frame.mark());
        let Some(font) = frame.state.font.clone() else {
            // Text without a font is unreadable.
            self.page.unknown += string.len();
            return Ok(());
        };
        let state = &frame.state;
        let mut rest = string;
        while !rest.is_empty() {
            let shown = font.next(rest);
            let length = shown.length.clamp(1, rest.len());
            rest = &rest[length..];
            let scale = Matrix([state.size * state.stretch, 0.0, 0.0, state.size, 0.0, state.rise]);
            let matrix = scale.then(frame.text).then(state.matrix);
            // Vertical text: the origin of a glyph is the middle of its upper edge.
            let (x, y) = if font.vertical { (-shown.width / 2.0, -0.88) } else { (0.0, 0.0) };
            let (origin, end, top) = (matrix.at(x, y), matrix.at(x + shown.width, y), matrix.at(x, y + 1.0));
            let (along, down) = (end.0 - origin.0, end.1 - origin.1);
            let unit = (matrix.at(1.0, 0.0), matrix.at(0.0, 0.0));
            if !hidden {
                self.page.unknown += usize::from(shown.text.is_none());
                let glyph = Glyph {
                    text: shown.text.unwrap_or_else(|| char::REPLACEMENT_CHARACTER.to_string()),
                    x: origin.0,
                    y: origin.1,
                    advance: along.hypot(down),
                    size: (top.0 - origin.0).hypot(top.1 - origin.1),
                    direction: Direction::from_vector(unit.0.0 - unit.1.0, unit.0.1 - unit.1.1),
                    paint,
                    mark,
                };
                self.page.glyph(glyph, self.budget)?;
            }
            let blank = if length == 1 && shown.code == 32 { state.word_space } else { 0.0 };
            let step = if font.vertical {
                (0.0, -state.size + state.character_space + blank)
            } else {
                ((shown.width * state.size + state.character_space + blank) * state.stretch, 0.0)
            };
            frame.text = Matrix::shift(step.0, step.1).then(frame.text);
        }
        Ok(())
    }
}
