//! The standard security handler (ISO 32000-2, 7.6) with the empty user password.

use std::rc::Rc;

use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes256};
use md5::{Digest as _, Md5};
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use super::object::{Dict, Object};
use crate::document::{Budget, Resource};
use crate::read::ReadError;

/// Padding of short passwords (7.6.4.3.2).
const PADDING: [u8; 32] = [
    0x28, 0xBF, 0x4E, 0x5E, 0x4E, 0x75, 0x8A, 0x41, 0x64, 0x00, 0x4E, 0x56, 0xFF, 0xFA, 0x01, 0x08, 0x2E, 0x2E, 0x00,
    0xB6, 0xD0, 0x68, 0x3E, 0x80, 0x2F, 0x0C, 0xA9, 0xFE, 0x64, 0x53, 0x69, 0x7A,
];

/// Bytes decrypted per step of the budget.
const BYTES_A_STEP: u64 = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Identity,
    Rc4,
    Aes128,
    Aes256,
}

/// Kind of data to decrypt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DataKind {
    Stream,
    String,
}

/// Decrypts blocks, given the initialisation vector and the rest.
type Blocks<'k> = dyn Fn(&[u8], &[u8]) -> Option<Vec<u8>> + 'k;

/// The decryption of a file: key and methods.
#[derive(Debug)]
pub(super) struct Crypt {
    key: Vec<u8>,
    streams: Method,
    strings: Method,
    /// Object number of the encryption dictionary, whose strings are not encrypted.
    own: Option<u32>,
}

impl Crypt {
    /// The decryption of a file; `None` if the method is not supported or the empty password is wrong.
    pub(super) fn new(dict: &Dict, id: &[u8], own: Option<u32>) -> Option<Self> {
        if !dict.raw(b"Filter").is_name(b"Standard") {
            return None;
        }
        let version = dict.raw(b"V").index()?;
        let revision = dict.raw(b"R").index()?;
        let (streams, strings) = match version {
            1 | 2 => (Method::Rc4, Method::Rc4),
            4 | 5 => (method(dict, b"StmF")?, method(dict, b"StrF")?),
            _ => return None,
        };
        let key = match revision {
            2..=4 => old_key(dict, id, revision, version)?,
            5 | 6 => new_key(dict, revision)?,
            _ => return None,
        };
        Some(Self { key, streams, strings, own })
    }

    /// The key for one object, given by number and generation.
    fn key(&self, (number, generation): (u32, u16), method: Method) -> Vec<u8> {
        if method == Method::Aes256 {
            return self.key.clone();
        }
        let mut hash = Md5::new();
        hash.update(&self.key);
        hash.update(&number.to_le_bytes()[..3]);
        hash.update(generation.to_le_bytes());
        if method == Method::Aes128 {
            hash.update(b"sAlT");
        }
        hash.finalize()[..(self.key.len() + 5).min(16)].to_vec()
    }

    /// Decrypts data of the object with this number and generation.
    pub(super) fn decrypt(
        &self,
        bytes: &[u8],
        id: (u32, u16),
        kind: DataKind,
        budget: &mut Budget,
    ) -> Result<Vec<u8>, ReadError> {
        let method = if kind == DataKind::Stream { self.streams } else { self.strings };
        budget.spend(Resource::Steps, 1 + bytes.len() as u64 / BYTES_A_STEP)?;
        budget.spend(Resource::InflatedBytes, bytes.len() as u64)?;
        let key = self.key(id, method);
        let aes = |decrypt: &Blocks| {
            let (start, rest) = bytes.split_at_checked(16)?;
            let mut plain = decrypt(start, rest)?;
            let padding = plain.last().copied().map_or(0, usize::from);
            if (1..=16).contains(&padding) && padding <= plain.len() {
                plain.truncate(plain.len() - padding);
            }
            Some(plain)
        };
        Ok(match method {
            Method::Identity => bytes.to_vec(),
            Method::Rc4 => rc4(&key, bytes),
            Method::Aes128 => {
                aes(&|start, rest| cbc(&Aes128::new_from_slice(&key).ok()?, start, rest)).unwrap_or_default()
            }
            Method::Aes256 => {
                aes(&|start, rest| cbc(&Aes256::new_from_slice(&key).ok()?, start, rest)).unwrap_or_default()
            }
        })
    }

    /// Decrypts a string of an object.
    pub(super) fn string(&self, string: &[u8], id: (u32, u16), budget: &mut Budget) -> Result<Rc<[u8]>, ReadError> {
        if self.own == Some(id.0) {
            return Ok(string.into());
        }
        Ok(self.decrypt(string, id, DataKind::String, budget)?.into())
    }
}

/// The method of the crypt filter named by an entry.
fn method(dict: &Dict, which: &[u8]) -> Option<Method> {
    let name = dict.raw(which).name().unwrap_or(b"Identity");
    if name == b"Identity" {
        return Some(Method::Identity);
    }
    let Object::Dict(filters) = dict.raw(b"CF") else { return None };
    let Object::Dict(filter) = filters.raw(name) else { return None };
    match filter.raw(b"CFM").name()? {
        b"None" => Some(Method::Identity),
        b"V2" => Some(Method::Rc4),
        b"AESV2" => Some(Method::Aes128),
        b"AESV3" => Some(Method::Aes256),
        _ => None,
    }
}

/// The key of revisions 2 to 4, if the empty password is right (algorithms 2 and 6).
fn old_key(dict: &Dict, id: &[u8], revision: usize, version: usize) -> Option<Vec<u8>> {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "32 bits, signed or unsigned")]
    let permissions = (dict.raw(b"P").number()? as i64) as u32;
    let bits = dict.raw(b"Length").index().unwrap_or(if version == 4 { 128 } else { 40 });
    let length = if revision == 2 { 5 } else { (if bits < 40 { bits } else { bits / 8 }).clamp(5, 16) };
    let mut hash = Md5::new();
    hash.update(PADDING);
    hash.update(dict.raw(b"O").string()?.get(..32)?);
    hash.update(permissions.to_le_bytes());
    hash.update(id);
    if revision >= 4 && *dict.raw(b"EncryptMetadata") == Object::Bool(false) {
        hash.update([0xFF; 4]);
    }
    let mut key = hash.finalize().to_vec();
    if revision >= 3 {
        for _ in 0..50 {
            key = Md5::digest(&key[..length]).to_vec();
        }
    }
    key.truncate(length);
    let user = dict.raw(b"U").string()?;
    let right = if revision == 2 {
        user.get(..32)? == rc4(&key, &PADDING)
    } else {
        let mut hash = Md5::new();
        hash.update(PADDING);
        hash.update(id);
        let mut check = hash.finalize().to_vec();
        for round in 0..20_u8 {
            let turned: Vec<u8> = key.iter().map(|byte| byte ^ round).collect();
            check = rc4(&turned, &check);
        }
        user.get(..16)? == check
    };
    right.then_some(key)
}

/// The key of revisions 5 and 6, if the empty password is right (algorithm 2.A).
fn new_key(dict: &Dict, revision: usize) -> Option<Vec<u8>> {
    let user = dict.raw(b"U").string()?;
    let (check, validation, salt) = (user.get(..32)?, user.get(32..40)?, user.get(40..48)?);
    let hash = |salt: &[u8]| if revision == 5 { Some(Sha256::digest(salt).to_vec()) } else { hardened(salt) };
    if hash(validation)? != check {
        return None;
    }
    let packed = dict.raw(b"UE").string()?.get(..32)?;
    cbc(&Aes256::new_from_slice(&hash(salt)?).ok()?, &[0; 16], packed)
}

/// The hash of revision 6 for the empty password (algorithm 2.B).
fn hardened(salt: &[u8]) -> Option<Vec<u8>> {
    let mut key = Sha256::digest(salt).to_vec();
    let mut round = 0_u32;
    let mut last = 0_u32;
    while round < 64 || last + 32 > round {
        let mut text = key.repeat(64);
        encrypt_cbc(&Aes128::new_from_slice(key.get(..16)?).ok()?, key.get(16..32)?, &mut text);
        let remainder = text[..16].iter().map(|&byte| u32::from(byte)).sum::<u32>() % 3;
        key = match remainder {
            0 => Sha256::digest(&text).to_vec(),
            1 => Sha384::digest(&text).to_vec(),
            _ => Sha512::digest(&text).to_vec(),
        };
        last = u32::from(*text.last()?);
        round += 1;
    }
    key.truncate(32);
    Some(key)
}

/// Decrypts whole blocks in CBC mode.
fn cbc<C: BlockCipherDecrypt>(cipher: &C, start: &[u8], packed: &[u8]) -> Option<Vec<u8>> {
    let mut before = start;
    let mut plain = Vec::with_capacity(packed.len());
    for chunk in packed.chunks_exact(16) {
        let mut block = aes::cipher::Block::<C>::try_from(chunk).ok()?;
        cipher.decrypt_block(&mut block);
        plain.extend(block.iter().zip(before).map(|(one, other)| one ^ other));
        before = chunk;
    }
    Some(plain)
}

fn encrypt_cbc(cipher: &Aes128, start: &[u8], text: &mut [u8]) {
    let mut before: Vec<u8> = start.to_vec();
    for chunk in text.chunks_exact_mut(16) {
        for (byte, other) in chunk.iter_mut().zip(&before) {
            *byte ^= other;
        }
        if let Ok(mut block) = aes::Block::try_from(&*chunk) {
            cipher.encrypt_block(&mut block);
            chunk.copy_from_slice(&block);
        }
        before.copy_from_slice(chunk);
    }
}

fn rc4(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    let mut state: [u8; 256] = std::array::from_fn(|index| index as u8);
    let mut other = 0_u8;
    for index in 0..256 {
        other = other.wrapping_add(state[index]).wrapping_add(key.get(index % key.len().max(1)).copied().unwrap_or(0));
        state.swap(index, usize::from(other));
    }
    let (mut one, mut other) = (0_u8, 0_u8);
    let next = |byte: &u8| {
        one = one.wrapping_add(1);
        other = other.wrapping_add(state[usize::from(one)]);
        state.swap(usize::from(one), usize::from(other));
        byte ^ state[usize::from(state[usize::from(one)].wrapping_add(state[usize::from(other)]))]
    };
    bytes.iter().map(next).collect()
}
