//! Binary encoding of figures and sums for records of `packed`.

use rust_decimal::Decimal;

use crate::report::Kind;

/// Flags of the first byte for the components that follow; its lowest four bits are the kind.
const NUMBER: u8 = 0x10;
const RAW: u8 = 0x20;
const PLACE: u8 = 0x40;

/// Tags of a sum: none, a value, or overflow.
const ABSENT: u8 = 0;
const PRESENT: u8 = 1;
const OVER: u8 = 2;

/// Payload bits per byte of a variable-length number.
const BITS: u32 = 7;

/// The kinds; the index is the code.
const KINDS: [Kind; 10] = [
    Kind::Absent,
    Kind::Number,
    Kind::Blank,
    Kind::Dash,
    Kind::Slash,
    Kind::None,
    Kind::Text,
    Kind::Choice,
    Kind::Date,
    Kind::Code,
];

/// A figure of a report.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Figure {
    /// The number in the form's unit, if there is one.
    pub number: Option<Decimal>,
    /// Kind of the text.
    pub kind: Kind,
    /// The text as written; empty for a number.
    pub raw: Box<str>,
    /// Its place in the file, in words; empty if unknown.
    pub place: Box<str>,
}

/// Sums of figures, field by field.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Sum {
    pub(super) figures: Vec<Option<Decimal>>,
    /// Whether a sum has too many digits; its value is then `None`.
    pub(super) over: Vec<bool>,
}

pub(super) fn put_length(out: &mut Vec<u8>, length: usize) {
    put_number(out, length as u128);
}

fn put_number(out: &mut Vec<u8>, mut number: u128) {
    while number >> BITS != 0 {
        out.push(number as u8 | 1 << BITS);
        number >>= BITS;
    }
    out.push(number as u8);
}

fn put_decimal(out: &mut Vec<u8>, number: Decimal) {
    // A scale is at most 28; the sign has a bit of its own, so that −0 is preserved.
    out.push(number.scale() as u8 | u8::from(number.is_sign_negative()) << BITS);
    put_number(out, number.mantissa().unsigned_abs());
}

pub(super) fn put_text(out: &mut Vec<u8>, text: &str) {
    put_length(out, text.len());
    out.extend_from_slice(text.as_bytes());
}

/// Appends figures.
pub(super) fn put_figures(out: &mut Vec<u8>, figures: &[Figure]) {
    put_length(out, figures.len());
    for figure in figures {
        let kind = KINDS.iter().position(|kind| *kind == figure.kind).unwrap_or_default();
        let flag = |there: bool, flag: u8| if there { flag } else { 0 };
        let parts = flag(figure.number.is_some(), NUMBER)
            | flag(!figure.raw.is_empty(), RAW)
            | flag(!figure.place.is_empty(), PLACE);
        out.push(kind as u8 | parts);
        figure.number.into_iter().for_each(|number| put_decimal(out, number));
        [&figure.raw, &figure.place].into_iter().filter(|text| !text.is_empty()).for_each(|text| put_text(out, text));
    }
}

/// Appends sums.
pub(super) fn put_sum(out: &mut Vec<u8>, sum: &Sum) {
    put_length(out, sum.figures.len());
    for (figure, over) in sum.figures.iter().zip(&sum.over) {
        match figure {
            Some(number) => {
                out.push(PRESENT);
                put_decimal(out, *number);
            }
            None => out.push(if *over { OVER } else { ABSENT }),
        }
    }
}

/// A cursor over a record. An unreadable value is `None`, never 0.
pub(super) struct Bytes<'r>(pub(super) &'r [u8]);

impl<'r> Bytes<'r> {
    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    fn number(&mut self) -> u128 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            number |= u128::from(byte & !(1 << BITS)) << shift;
            shift += BITS;
            if byte >> BITS == 0 || shift >= u128::BITS {
                return number;
            }
        }
    }

    pub(super) fn length(&mut self) -> usize {
        self.number() as usize
    }

    fn decimal(&mut self) -> Option<Decimal> {
        let first = self.byte();
        // A mantissa has 96 bits.
        let (mantissa, scale) = (self.number().cast_signed(), u32::from(first & !(1 << BITS)));
        let mut number = Decimal::try_from_i128_with_scale(mantissa, scale).ok()?;
        number.set_sign_negative(first >> BITS != 0);
        Some(number)
    }

    pub(super) fn take(&mut self, length: usize) -> &'r [u8] {
        let (taken, rest) = self.0.split_at_checked(length).unwrap_or_default();
        self.0 = rest;
        taken
    }

    pub(super) fn text(&mut self) -> Box<str> {
        let length = self.length();
        std::str::from_utf8(self.take(length)).unwrap_or_default().into()
    }

    pub(super) fn figures(&mut self) -> Vec<Figure> {
        (0..self.length())
            .map(|_| {
                let parts = self.byte();
                let number = if parts & NUMBER != 0 { self.decimal() } else { None };
                let raw = if parts & RAW != 0 { self.text() } else { Box::default() };
                let place = if parts & PLACE != 0 { self.text() } else { Box::default() };
                let kind = KINDS.get(usize::from(parts & !(NUMBER | RAW | PLACE))).copied().unwrap_or_default();
                Figure { number, kind, raw, place }
            })
            .collect()
    }

    /// Reads figures and returns their numbers only.
    pub(super) fn numbers(&mut self) -> Vec<Option<Decimal>> {
        (0..self.length())
            .map(|_| {
                let parts = self.byte();
                let number = if parts & NUMBER != 0 { self.decimal() } else { None };
                for _ in 0..(parts & RAW).count_ones() + (parts & PLACE).count_ones() {
                    let length = self.length();
                    self.take(length);
                }
                number
            })
            .collect()
    }

    pub(super) fn sum(&mut self) -> Sum {
        let length = self.length();
        let mut sum = Sum { figures: Vec::with_capacity(length), over: Vec::with_capacity(length) };
        for _ in 0..length {
            let what = self.byte();
            sum.figures.push(if what == PRESENT { self.decimal() } else { None });
            sum.over.push(what == OVER);
        }
        sum
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn figures_and_sums_are_read_back_unchanged() {
        let numbers = ["0", "-0", "1", "0.50", "-12345678901234567.89", "79228162514264337593543950335", "128"];
        let mut figures: Vec<Figure> = KINDS
            .into_iter()
            .map(|kind| Figure { number: None, kind, raw: "若干".into(), place: Box::default() })
            .collect();
        figures.extend(numbers.map(|number| Figure {
            number: Some(number.parse().unwrap()),
            kind: Kind::Number,
            raw: Box::default(),
            place: "第3张表第5行".repeat(30).into(),
        }));
        let mut record = Vec::new();
        put_figures(&mut record, &figures);
        let mut read = Bytes(&record);
        let back = read.figures();
        assert_eq!(back, figures);
        assert!(read.0.is_empty());
        for (one, other) in back.iter().zip(&figures) {
            assert_eq!(one.number.map(|number| number.to_string()), other.number.map(|number| number.to_string()));
        }
        assert_eq!(Bytes(&record).numbers(), figures.iter().map(|figure| figure.number).collect::<Vec<_>>());
        let sum = Sum { figures: vec![None, Some("0.10".parse().unwrap()), None], over: vec![true, false, false] };
        let mut record = Vec::new();
        put_sum(&mut record, &sum);
        assert_eq!(Bytes(&record).sum(), sum);
    }

    #[test]
    fn every_kind_has_a_code() {
        for kind in KINDS {
            // Without a wildcard, so that a new kind must be added above.
            match kind {
                Kind::Absent
                | Kind::Number
                | Kind::Blank
                | Kind::Dash
                | Kind::Slash
                | Kind::None
                | Kind::Text
                | Kind::Choice
                | Kind::Date
                | Kind::Code => {}
            }
        }
        assert!(u8::try_from(KINDS.len()).unwrap() <= NUMBER);
    }
}
