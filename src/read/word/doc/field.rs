//! Fields (MS-DOC 2.8.25): their instruction is not text, unless the field has no result; drop-down lists (MS-DOC 2.9.78).

use super::text::{Field, Walk};
use crate::document::{Exceeded, Resource};
use crate::read::container::cfb::{u16_at, u32_at};
use crate::read::shared::equation::{self, EquationPart, MOST_CODE};

/// Maximum number of entries of a drop-down list, set by the format.
const MOST_CHOICES: u32 = 25;

impl Walk<'_, '_> {
    pub(super) fn begin_field(&mut self) -> Result<(), Exceeded> {
        self.budget.spend(Resource::Depth, self.fields.len() as u64 + 1)?;
        self.fields.push(Field { instruction: true, shown_before: self.shown, ..Field::default() });
        self.instructions += 1;
        Ok(())
    }

    /// Begins the result of the innermost field.
    pub(super) fn begin_result(&mut self) {
        if let Some(field) = self.fields.last_mut()
            && std::mem::take(&mut field.instruction)
        {
            self.instructions -= 1;
        }
    }

    /// Adds a character to the instruction of the innermost field.
    pub(super) fn instruct(&mut self, unit: u16) {
        self.swallowing += 1;
        if let Some(field) = self.fields.last_mut().filter(|field| field.instruction && field.code.len() < MOST_CODE) {
            field.code.extend(char::from_u32(u32::from(unit)));
        }
    }

    /// Reads the data of a form field, which are within its instruction.
    pub(super) fn form_data(&mut self) {
        let choice = self.props.picture.and_then(|offset| choice(self.source.data, offset));
        if let Some(field) = self.fields.last_mut() {
            field.choice = choice;
        }
    }

    /// Ends the innermost field. A field that has displayed nothing displays the chosen list entry, or the text in its instruction.
    pub(super) fn end_field(&mut self) {
        let Some(field) = self.fields.pop() else { return };
        if field.instruction {
            self.instructions -= 1;
        }
        if self.instructions > 0 || self.shown != field.shown_before || self.props.deleted {
            return;
        }
        let face = self.props.face;
        if let Some(choice) = field.choice {
            self.para.text.push(&choice, face);
        } else {
            self.uncalculated += u32::from(equation::is_formula(&field.code));
            for piece in equation::shown(&field.code) {
                match piece {
                    EquationPart::Text(text, shift) => {
                        self.props.face.shift = shift;
                        self.para.text.push(&text, self.props.face);
                        self.props.face = face;
                    }
                    EquationPart::Reading(text) => self.para.text.marks.reading(&text),
                }
            }
        }
    }

    /// Discards open fields at the end of a cell or text, which a field cannot span.
    pub(super) fn clear_fields(&mut self) {
        self.fields.clear();
        self.instructions = 0;
        self.swallowed += std::mem::take(&mut self.swallowing);
    }
}

/// The chosen entry of the drop-down list whose data are at an offset of the stream `Data`.
fn choice(data: &[u8], offset: u32) -> Option<String> {
    let bytes = data.get(offset as usize..)?;
    let bytes = bytes.get(..(u32_at(bytes, 0)? as usize).min(bytes.len()))?;
    let form = bytes.get(usize::from(u16_at(bytes, 4)?)..)?;
    // The flags hold the type of the field (2: drop-down list) and the index of the chosen entry.
    let flags = u16_at(form, 4)?;
    let (kind, result) = (flags & 3, u32::from(flags >> 2 & 31));
    if u32_at(form, 0)? != u32::MAX || kind != 2 {
        return None;
    }
    let after = |at: usize| Some(at + 4 + usize::from(u16_at(form, at)?) * 2);
    let at = after(10)?;
    let default = u32::from(u16_at(form, at)?);
    let mut at = at + 2;
    for _ in 0..5 {
        at = after(at)?;
    }
    let list = form.get(at..).filter(|list| u16_at(list, 0) == Some(0xFFFF))?;
    // The count has four bytes or two, followed by two zero bytes.
    let wide = choices(list, 8, u32_at(list, 2)?).filter(|_| u16_at(list, 6) == Some(0));
    let choices = wide.or_else(|| choices(list, 6, u32::from(u16_at(list, 2)?)))?;
    let chosen = if result < MOST_CHOICES { result } else { default };
    choices.into_iter().nth(chosen as usize)
}

/// The entries of a list, the first at the byte `at`; `None` if they are truncated or too many.
fn choices(list: &[u8], mut at: usize, count: u32) -> Option<Vec<String>> {
    let mut texts = Vec::new();
    for _ in 0..Some(count).filter(|count| *count <= MOST_CHOICES)? {
        let end = at + 2 + usize::from(u16_at(list, at)?) * 2;
        let units = list.get(at + 2..end)?.chunks_exact(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
        texts.push(char::decode_utf16(units).map(|sign| sign.unwrap_or('\u{FFFD}')).collect());
        at = end;
    }
    Some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(flags: u16, wide: bool, choices: &[&str]) -> Vec<u8> {
        let mut form = vec![0xFF; 4];
        form.extend(flags.to_le_bytes());
        form.extend([0; 4]);
        let text = |text: &str| {
            let units: Vec<u16> = text.encode_utf16().collect();
            let length = u16::try_from(units.len()).unwrap();
            [length].into_iter().chain(units).flat_map(u16::to_le_bytes).collect::<Vec<u8>>()
        };
        form.extend([text("名"), vec![0; 2], vec![1, 0]].concat());
        form.extend([0; 20]);
        form.extend([0xFF, 0xFF, u8::try_from(choices.len()).unwrap(), 0]);
        form.extend(vec![0; if wide { 4 } else { 2 }]);
        form.extend(choices.iter().flat_map(|choice| text(choice)));
        let length = u32::try_from(6 + form.len()).unwrap();
        [&length.to_le_bytes()[..], &[6, 0], &form].concat()
    }

    #[test]
    fn the_choice_of_a_list() {
        for wide in [true, false] {
            let at = |flags: u16| choice(&data(flags, wide, &["0", "188"]), 0);
            assert_eq!(at(2).as_deref(), Some("0"));
            assert_eq!(at(2 | 1 << 2).as_deref(), Some("188"));
            // 25 means that no entry is chosen: the default applies.
            assert_eq!(at(2 | 25 << 2).as_deref(), Some("188"));
            assert_eq!(at(2 | 7 << 2), None);
            assert_eq!(at(1), None);
        }
        let whole = data(2, true, &["0", "188"]);
        for end in 0..whole.len() {
            assert!(choice(&whole[..end], 0).is_none_or(|choice| choice.is_empty()));
        }
        assert_eq!(choice(&whole, 9_999), None);
    }
}
