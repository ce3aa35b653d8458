//! Encrypted records of .xls (MS-XLS 2.2.10): RC4 (MS-OFFCRYPTO 2.3.5.2), RC4 `CryptoAPI` (2.3.5.1), and XOR obfuscation (2.3.7).

use super::standard::Header;
use super::{BYTES_A_STEP, Hash, PASSWORD, Rc4, wide_password};
use crate::document::{Budget, Resource};
use crate::read::ReadError;
use crate::read::container::cfb::u16_at;

/// Number of bytes of the stream after which RC4 is rekeyed.
const BLOCK: usize = 1024;

/// Records whose data is not encrypted: BOF, `FilePass`, `UsrExcl`, `FileLock`, `InterfaceHdr`, `RRDInfo`, `RRDHead`.
const PLAIN: [u16; 7] = [0x0809, 0x002F, 0x0194, 0x0195, 0x00E1, 0x0196, 0x0138];

/// Record of a sheet's name, which begins with an offset that is not encrypted.
const BOUND_SHEET: u16 = 0x0085;

/// Padding of a short password (MS-OFFCRYPTO 2.3.7.2).
const PADDING: [u8; 15] = [0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80, 0x00, 0xBE, 0x0F, 0x00, 0xBF, 0x0F, 0x00];

/// The cipher of the record data.
enum Cipher {
    /// XOR obfuscation, with its array of 16 bytes.
    Turned([u8; 16]),
    /// RC4: 40 bits of the MD5 hash from which the key of each block is derived.
    Rc4(Vec<u8>),
    /// RC4 `CryptoAPI`: SHA-1 hash from which the key of each block is derived, and the key length in bytes.
    CryptoApi(Vec<u8>, usize),
}

/// The decrypted workbook stream. `pass` is the data of its `FilePass` record.
///
/// # Errors
/// [`ReadError::Encrypted`] if the default password does not match; [`ReadError::OverLimit`] if decrypting exceeds a limit.
pub(in crate::read) fn workbook(stream: &[u8], pass: &[u8], budget: &mut Budget) -> Result<Vec<u8>, ReadError> {
    let cipher = Cipher::new(pass).ok_or(ReadError::Encrypted)?;
    budget.spend(Resource::InflatedBytes, stream.len() as u64)?;
    budget.spend(Resource::Steps, stream.len() as u64 / BYTES_A_STEP)?;
    let mut plain = stream.to_vec();
    let mut keys = Keys { cipher: &cipher, block: None, at: 0 };
    let mut at = 0;
    while let (Some(kind), Some(length)) = (u16_at(stream, at), u16_at(stream, at + 2)) {
        budget.spend(Resource::Steps, 1)?;
        let start = at + 4;
        let end = (start + usize::from(length)).min(plain.len());
        let from = if kind == BOUND_SHEET { (start + 4).min(end) } else { start };
        if !PLAIN.contains(&kind) {
            // The index in the XOR array starts from the end of the record (2.3.7.3).
            keys.decrypt(&mut plain[from..end], from, from + usize::from(length));
        }
        at = start + usize::from(length);
    }
    Ok(plain)
}

impl Cipher {
    /// The cipher of the default password; `None` if the password does not match.
    fn new(pass: &[u8]) -> Option<Self> {
        match (u16_at(pass, 0)?, u16_at(pass, 2)?, u16_at(pass, 4)?) {
            (0, key, verifier) => (verifier == letters_verifier()).then(|| Self::Turned(letters(key))),
            (1, 1, 1) => {
                let short = Hash::Md5.digest(&[&wide_password()]);
                let salted = [&short[..5], pass.get(6..22)?].concat().repeat(16);
                let hash = Hash::Md5.digest(&[&salted])[..5].to_vec();
                Self::Rc4(hash).checked(Hash::Md5, pass.get(22..38)?, pass.get(38..54)?)
            }
            (1, 2..=4, 2) => {
                let header = Header::read(pass.get(2..)?).filter(Header::is_rc4)?;
                let hash = Hash::Sha1.digest(&[header.salt, &wide_password()]);
                Self::CryptoApi(hash, header.key).checked(Hash::Sha1, header.verifier, header.hash.get(..20)?)
            }
            _ => None,
        }
    }

    /// The cipher itself if its first block decrypts the verifier and the verifier's hash.
    fn checked(self, hash: Hash, verifier: &[u8], said: &[u8]) -> Option<Self> {
        let mut rc4 = self.of_block(0)?;
        let verifier = rc4.take(verifier);
        (rc4.take(said) == hash.digest(&[&verifier])).then_some(self)
    }

    /// The RC4 stream of a block.
    fn of_block(&self, block: u32) -> Option<Rc4> {
        match self {
            Self::Turned(_) => None,
            Self::Rc4(hash) => Some(Rc4::new(&Hash::Md5.digest(&[hash, &block.to_le_bytes()]))),
            Self::CryptoApi(hash, length) => {
                let mut key = Hash::Sha1.digest(&[hash, &block.to_le_bytes()]);
                key.truncate(*length);
                // A key of 40 bits is padded with zeros to 128 bits (2.3.5.2).
                key.resize(if *length == 5 { 16 } else { key.len() }, 0);
                Some(Rc4::new(&key))
            }
        }
    }
}

/// The keystream, positioned within the workbook stream.
struct Keys<'c> {
    cipher: &'c Cipher,
    /// Index and RC4 state of the current block.
    block: Option<(usize, Rc4)>,
    /// Current offset in the stream.
    at: usize,
}

impl Keys<'_> {
    /// Decrypts bytes at offset `from` of the stream; `first` is the index of the first byte in the XOR array.
    fn decrypt(&mut self, bytes: &mut [u8], from: usize, first: usize) {
        if let Cipher::Turned(letters) = self.cipher {
            for (index, byte) in (first..).zip(bytes) {
                *byte = byte.rotate_left(3) ^ letters[index % letters.len()];
            }
            return;
        }
        for (at, byte) in (from..).zip(bytes) {
            self.go_to(at);
            if let Some((_, rc4)) = &mut self.block {
                *byte ^= rc4.next();
                self.at += 1;
            }
        }
    }

    fn go_to(&mut self, at: usize) {
        let number = at / BLOCK;
        if self.block.as_ref().is_none_or(|(block, _)| *block != number) {
            self.block = self.cipher.of_block(number as u32).map(|rc4| (number, rc4));
            self.at = number * BLOCK;
        }
        if let Some((_, rc4)) = &mut self.block {
            while self.at < at {
                rc4.next();
                self.at += 1;
            }
        }
    }
}

/// The 16-bit password verifier (2.3.7.1).
fn letters_verifier() -> u16 {
    let length = PASSWORD.len() as u8;
    let turned = |verifier: u16| (verifier >> 14 & 1) | (verifier << 1 & 0x7FFF);
    let letters = PASSWORD.bytes().rev().chain([length]);
    letters.fold(0, |verifier, letter| turned(verifier) ^ u16::from(letter)) ^ 0xCE4B
}

/// The XOR array of a 16-bit key (2.3.7.2).
fn letters(key: u16) -> [u8; 16] {
    let filled: Vec<u8> = PASSWORD.bytes().chain(PADDING).take(16).collect();
    let key = key.to_le_bytes();
    std::array::from_fn(|index| (filled[index] ^ key[index % 2]).rotate_left(2))
}
