//! Cross-reference tables and streams (ISO 32000-1, 7.5.4 and 7.5.8).

use std::collections::HashSet;
use std::rc::Rc;

use super::file::{Entry, File, HIGHEST};
use super::lexer::{Lexer, Token};
use super::object::{Dict, Object, Stream};
use crate::document::{Budget, Resource};
use crate::read::ReadError;

impl File<'_> {
    /// Reads all cross-reference tables, beginning with the last; damaged ones are left to recovery.
    pub(super) fn read_tables(&mut self, budget: &mut Budget) -> Result<(), ReadError> {
        let mut next = self.last_table();
        let mut seen = HashSet::new();
        while let Some(at) = next.filter(|at| seen.insert(*at)) {
            budget.spend(Resource::Steps, 1)?;
            let Some(trailer) = self.table(at, budget)? else { break };
            next = trailer.raw(b"Prev").index();
            if let Some(at) = trailer.raw(b"XRefStm").index().filter(|at| seen.insert(*at)) {
                self.table(at, budget)?;
            }
            for (name, value) in trailer.0 {
                self.trailer.0.entry(name).or_insert(value);
            }
        }
        Ok(())
    }

    /// Offset of the last cross-reference table, as the end of the file states it.
    pub(super) fn last_table(&self) -> Option<usize> {
        const TAIL: usize = 2_048;
        let tail = self.bytes.len().saturating_sub(TAIL);
        let at = memchr::memmem::rfind(&self.bytes[tail..], b"startxref").map(|at| tail + at + 9)?;
        match Lexer::new(self.bytes, at).token() {
            Some(Token::Object(number)) => number.index(),
            _ => None,
        }
    }

    /// Reads one table and returns its trailer; existing entries are kept.
    fn table(&mut self, at: usize, budget: &mut Budget) -> Result<Option<Dict>, ReadError> {
        let mut lexer = Lexer::new(self.bytes, at.min(self.bytes.len()));
        lexer.skip_blanks();
        if self.bytes.get(lexer.at..).is_some_and(|rest| rest.starts_with(b"xref")) {
            lexer.at += 4;
            return self.plain_table(&mut lexer, budget);
        }
        let Some(Object::Stream(stream)) = self.object_at(at, None, budget)? else { return Ok(None) };
        if !stream.dict.raw(b"Type").is_name(b"XRef") {
            return Ok(None);
        }
        self.stream_table(&stream, budget)?;
        Ok(Some(stream.dict.clone()))
    }

    fn plain_table(&mut self, lexer: &mut Lexer, budget: &mut Budget) -> Result<Option<Dict>, ReadError> {
        loop {
            let (first, count) = match lexer.token() {
                Some(Token::Word(b"trailer")) => {
                    let Object::Dict(trailer) = lexer.object(budget)? else { return Ok(None) };
                    return Ok(Some((*trailer).clone()));
                }
                Some(Token::Object(first)) => {
                    let Some(Token::Object(count)) = lexer.token() else { return Ok(None) };
                    let (Some(first), Some(count)) = (first.index(), count.index()) else { return Ok(None) };
                    (first, count)
                }
                _ => return Ok(None),
            };
            for number in first..first.saturating_add(count) {
                budget.spend(Resource::Steps, 1)?;
                let (Some(Token::Object(offset)), Some(Token::Object(_)), Some(Token::Word(kind))) =
                    (lexer.token(), lexer.token(), lexer.token())
                else {
                    return Ok(None);
                };
                if let (b"n", Some(offset), true) = (kind, offset.index(), number <= HIGHEST) {
                    self.entries.entry(number as u32).or_insert(Entry::At(offset));
                }
            }
        }
    }

    /// Reads the entries of a cross-reference stream (7.5.8).
    fn stream_table(&mut self, stream: &Rc<Stream>, budget: &mut Budget) -> Result<(), ReadError> {
        let data = self.data(stream, budget)?.bytes;
        let numbers = |object: &Object| -> Vec<usize> {
            object.array().map(|items| items.iter().filter_map(Object::index).collect()).unwrap_or_default()
        };
        let widths = numbers(stream.dict.raw(b"W"));
        let &[kind, second, third] = widths.as_slice() else { return Ok(()) };
        let row = kind.saturating_add(second).saturating_add(third);
        if row == 0 || [kind, second, third].iter().any(|&width| width > 8) {
            return Ok(());
        }
        let mut parts = numbers(stream.dict.raw(b"Index"));
        if parts.is_empty() {
            parts = vec![0, stream.dict.raw(b"Size").index().unwrap_or(usize::MAX)];
        }
        let numbers = parts.chunks_exact(2).flat_map(|part| part[0]..part[0].saturating_add(part[1]));
        for (number, row) in numbers.zip(data.chunks_exact(row)) {
            budget.spend(Resource::Steps, 1)?;
            let field = |from: usize, width: usize| {
                row[from..from + width].iter().fold(0_usize, |value, &byte| value << 8 | usize::from(byte))
            };
            let of_kind = if kind == 0 { 1 } else { field(0, kind) };
            let entry = match of_kind {
                1 => Entry::At(field(kind, second)),
                2 => Entry::Within(field(kind, second) as u32, field(kind + second, third)),
                _ => continue,
            };
            if number <= HIGHEST {
                self.entries.entry(number as u32).or_insert(entry);
            }
        }
        Ok(())
    }
}
