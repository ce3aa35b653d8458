//! Decodes stream filters (ISO 32000-1, 7.4), each within the size limit of a part.

use flate2::{Decompress, FlushDecompress, Status};

use crate::document::{Budget, Resource};
use crate::read::ReadError;
use crate::read::container::package::{allowance, exceeded};

/// Maximum number of filters of one stream.
pub(super) const MOST_FILTERS: usize = 4;

/// The result of decoding.
#[derive(Debug, Default)]
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    /// Whether the rest of the stream is damaged.
    pub(super) cut: bool,
}

/// Parameters of a filter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameters {
    pub(super) predictor: usize,
    pub(super) colours: usize,
    pub(super) bits: usize,
    pub(super) columns: usize,
    pub(super) early_change: bool,
}

impl Default for Parameters {
    fn default() -> Self {
        Self { predictor: 1, colours: 1, bits: 8, columns: 1, early_change: true }
    }
}

/// Undoes one filter; `None` if it is not supported, such as those of images.
///
/// # Errors
/// [`ReadError::OverLimit`] if the result exceeds the size limit of a part.
pub(super) fn undo(
    name: &[u8],
    parameters: Parameters,
    packed: &[u8],
    inflater: &mut Decompress,
    budget: &mut Budget,
) -> Result<Option<Decoded>, ReadError> {
    let (limit, scarce) = allowance(packed.len() as u64, budget);
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let decoded = match name {
        b"FlateDecode" | b"Fl" => inflate(inflater, packed, most),
        b"LZWDecode" | b"LZW" => lzw(packed, parameters.early_change, most),
        b"ASCIIHexDecode" | b"AHx" => hexadecimal(packed),
        b"ASCII85Decode" | b"A85" => base85(packed),
        b"RunLengthDecode" | b"RL" => run_length(packed, most),
        _ => return Ok(None),
    };
    if decoded.bytes.len() > most {
        return Err(exceeded(scarce, decoded.bytes.len() as u64, packed.len() as u64, budget).into());
    }
    budget.spend(Resource::InflatedBytes, decoded.bytes.len() as u64)?;
    let bytes = if parameters.predictor > 1 { unpredict(&decoded.bytes, parameters) } else { decoded.bytes };
    Ok(Some(Decoded { bytes, ..decoded }))
}

/// Inflates zlib data (RFC 1950) up to one byte over the limit. A missing checksum does not count as damage.
fn inflate(inflater: &mut Decompress, packed: &[u8], most: usize) -> Decoded {
    const LEAST: usize = 1 << 12;
    let header = packed.first().is_some_and(|first| first & 0x0F == 8) && packed.len() > 1;
    let packed = if header { &packed[2..] } else { packed };
    inflater.reset(false);
    let most = most.saturating_add(1);
    let mut bytes = Vec::with_capacity((packed.len() * 4).clamp(LEAST, most.max(LEAST)).min(1 << 20));
    loop {
        let read = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX);
        let rest = packed.get(read..).unwrap_or_default();
        match inflater.decompress_vec(rest, &mut bytes, FlushDecompress::Finish) {
            Ok(Status::StreamEnd) => {
                let read = usize::try_from(inflater.total_in()).unwrap_or(usize::MAX);
                let sum = packed.get(read..).and_then(<[u8]>::first_chunk).filter(|_| header);
                let cut = sum.is_some_and(|sum| u32::from_be_bytes(*sum) != adler32(&bytes));
                return Decoded { bytes, cut };
            }
            Err(_) => return Decoded { bytes, cut: true },
            Ok(_) if bytes.len() >= most => return Decoded { bytes, cut: true },
            Ok(_) if bytes.len() < bytes.capacity() => return Decoded { bytes, cut: true },
            Ok(_) => bytes.reserve_exact(bytes.len().max(LEAST).min(most - bytes.len())),
        }
    }
}

/// The checksum of RFC 1950. It is verified so that a corrupted byte cannot change a figure unnoticed.
fn adler32(bytes: &[u8]) -> u32 {
    /// Largest number of bytes whose sums fit in 32 bits.
    const AT_ONCE: usize = 5_552;
    const MODULUS: u32 = 65_521;
    let (mut one, mut other) = (1_u32, 0_u32);
    for chunk in bytes.chunks(AT_ONCE) {
        for &byte in chunk {
            one += u32::from(byte);
            other += one;
        }
        (one, other) = (one % MODULUS, other % MODULUS);
    }
    other << 16 | one
}

/// LZW with codes of 9 to 12 bits (7.4.4).
fn lzw(packed: &[u8], early: bool, most: usize) -> Decoded {
    const CLEAR: usize = 256;
    const END: usize = 257;
    const CODES: usize = 4096;
    // Each code is the text of an earlier code plus one byte: start in the output, and length.
    let mut table: Vec<(usize, usize)> = Vec::with_capacity(CODES);
    let mut bytes: Vec<u8> = Vec::new();
    let (mut bits, mut held, mut width) = (0_u32, 0_u32, 9_u32);
    for &byte in packed {
        held = held << 8 | u32::from(byte);
        bits += 8;
        if bits < width {
            continue;
        }
        bits -= width;
        let code = (held >> bits) as usize & ((1 << width) - 1);
        held &= (1 << bits) - 1;
        if code == END || bytes.len() > most {
            return Decoded { bytes, cut: false };
        }
        if code == CLEAR {
            table.clear();
            width = 9;
            continue;
        }
        let start = bytes.len();
        match code.checked_sub(END + 1) {
            None => bytes.push(code as u8),
            Some(index) => {
                let Some(&(from, length)) = table.get(index) else { return Decoded { bytes, cut: true } };
                for offset in from..from + length {
                    // The text of the newest code ends with the byte being written.
                    let Some(&byte) = bytes.get(offset) else { return Decoded { bytes, cut: true } };
                    bytes.push(byte);
                }
            }
        }
        if END + 1 + table.len() < CODES {
            // Its text plus the first byte of the next text.
            table.push((start, bytes.len() - start + 1));
        }
        let next = END + 1 + table.len() + usize::from(early);
        width = match next {
            0..=512 => 9,
            513..=1024 => 10,
            1025..=2048 => 11,
            _ => 12,
        };
    }
    Decoded { bytes, cut: false }
}

fn hexadecimal(packed: &[u8]) -> Decoded {
    let digits = packed.iter().take_while(|&&byte| byte != b'>').filter_map(|&byte| char::from(byte).to_digit(16));
    let digits: Vec<u8> = digits.map(|digit| digit as u8).collect();
    let bytes = digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0)).collect();
    Decoded { bytes, cut: false }
}

fn base85(packed: &[u8]) -> Decoded {
    let mut bytes = Vec::with_capacity(packed.len());
    let mut group: Vec<u8> = Vec::with_capacity(5);
    let mut put = |group: &mut Vec<u8>| {
        let missing = 5 - group.len();
        group.resize(5, 84);
        let value = group.iter().fold(0_u32, |value, &digit| value.wrapping_mul(85).wrapping_add(u32::from(digit)));
        bytes.extend_from_slice(&value.to_be_bytes()[..4 - missing.min(4)]);
        group.clear();
    };
    for &byte in packed {
        match byte {
            b'z' if group.is_empty() => {
                group.resize(5, 0);
                put(&mut group);
            }
            b'!'..=b'u' => {
                group.push(byte - b'!');
                if group.len() == 5 {
                    put(&mut group);
                }
            }
            b'~' => break,
            _ => {}
        }
    }
    if group.len() > 1 {
        put(&mut group);
    }
    Decoded { bytes, cut: false }
}

fn run_length(packed: &[u8], most: usize) -> Decoded {
    let mut bytes = Vec::new();
    let mut rest = packed;
    while let Some((&length, after)) = rest.split_first() {
        if length == 128 || bytes.len() > most {
            break;
        }
        if length < 128 {
            let count = (usize::from(length) + 1).min(after.len());
            bytes.extend_from_slice(&after[..count]);
            rest = &after[count..];
        } else {
            let Some((&byte, after)) = after.split_first() else { break };
            bytes.extend(std::iter::repeat_n(byte, 257 - usize::from(length)));
            rest = after;
        }
    }
    Decoded { bytes, cut: false }
}

/// Undoes a predictor (7.4.4.4): 2 is TIFF, 10 and above are PNG.
fn unpredict(bytes: &[u8], parameters: Parameters) -> Vec<u8> {
    let pixel = (parameters.colours.clamp(1, 32) * parameters.bits.clamp(1, 16)).div_ceil(8);
    let row = (parameters.colours.clamp(1, 32) * parameters.bits.clamp(1, 16))
        .saturating_mul(parameters.columns.clamp(1, 1 << 20))
        .div_ceil(8);
    if parameters.predictor == 2 {
        let mut done = bytes.to_vec();
        if parameters.bits == 8 {
            for line in done.chunks_mut(row) {
                for index in pixel..line.len() {
                    line[index] = line[index].wrapping_add(line[index - pixel]);
                }
            }
        }
        return done;
    }
    let mut done: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut above = vec![0_u8; row];
    for line in bytes.chunks(row + 1) {
        let (kind, line) = (line[0], &line[1..]);
        let mut current = vec![0_u8; row];
        for (index, &byte) in line.iter().enumerate() {
            let left = if index >= pixel { current[index - pixel] } else { 0 };
            let corner = if index >= pixel { above[index - pixel] } else { 0 };
            let guess = match kind {
                1 => left,
                2 => above[index],
                3 => u16::midpoint(u16::from(left), u16::from(above[index])) as u8,
                4 => paeth(left, above[index], corner),
                _ => 0,
            };
            current[index] = byte.wrapping_add(guess);
        }
        done.extend_from_slice(&current[..line.len()]);
        above = current;
    }
    done
}

fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(above) - i16::from(corner);
    let distance = |byte: u8| (guess - i16::from(byte)).abs();
    if distance(left) <= distance(above) && distance(left) <= distance(corner) {
        left
    } else if distance(above) <= distance(corner) {
        above
    } else {
        corner
    }
}
