//! Child process of `filter`: reads lines and writes rows until end of input.

use std::io::{self, BufRead, Write};
use std::thread;

use super::converter::Converter;
use super::line;
use super::row::Row;

/// Sent by the child when it is ready for lines.
pub(super) const READY: &[u8] = b"ready\n";

/// Stack size of the thread that converts. Nothing recurses over a document; the stack is for dependencies.
const STACK: usize = 16 << 20;

/// Signals readiness, and answers every line with its row.
///
/// # Errors
/// If the lines cannot be read or the rows cannot be written.
pub fn serve(converter: &Converter, input: impl BufRead + Send, output: impl Write + Send) -> io::Result<()> {
    answer(input, output, |line, whole, output| {
        let row = if whole { converter.row(line) } else { too_long(line) };
        put(output, &row)
    })
}

/// Signals readiness, and answers every line with what `work` writes, which must be one line. `work` is told whether the line is complete
/// or was cut at the maximum length.
///
/// # Errors
/// If the lines cannot be read or the answers cannot be written.
pub fn answer<W: Write + Send>(
    mut input: impl BufRead + Send,
    mut output: W,
    mut work: impl FnMut(&[u8], bool, &mut W) -> io::Result<()> + Send,
) -> io::Result<()> {
    thread::scope(|scope| {
        let work = || -> io::Result<()> {
            output.write_all(READY)?;
            output.flush()?;
            let mut buffer = Vec::new();
            while let Some(whole) = line::next(&mut input, &mut buffer, line::most_bytes())? {
                work(&buffer, whole, &mut output)?;
                output.flush()?;
            }
            Ok(())
        };
        let worker = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work)?;
        worker.join().unwrap_or_else(|_| Err(io::Error::other("the converter panicked")))
    })
}

/// The row of a line that was cut.
pub(super) fn too_long(start: &[u8]) -> Row {
    Row::failed(line::split(start).shown(), *line::too_long(line::most_bytes()))
}

/// Writes a row as one line.
pub(super) fn put(output: &mut impl Write, row: &Row) -> io::Result<()> {
    serde_json::to_writer(&mut *output, row)?;
    output.write_all(b"\n")
}
