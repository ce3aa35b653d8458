//! Office files encrypted with the default password (MS-OFFCRYPTO, MS-XLS 2.2.10).
//!
//! Excel encrypts a workbook with protected structure or sheets with a default password, and opens it without asking for one, so the
//! sender does not know that there is a password. Any other password has to be removed by the sender.

mod agile;
mod binary;
mod standard;

use aes::cipher::{BlockCipherDecrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use md5::Digest as _;
use sha2::Digest as _;

use super::cfb::{Compound, u16_at};
use crate::document::{Budget, Resource};
use crate::finding::Finding;
use crate::finding::code::read::DEFAULT_PASSWORD;
use crate::read::ReadError;

pub(in crate::read) use binary::workbook;

/// The default password of Excel (MS-OFFCRYPTO, MS-XLS 2.4.117).
const PASSWORD: &str = "VelvetSweatshop";

/// Number of bytes hashed or decrypted per step of the budget.
const BYTES_A_STEP: u64 = 64;

/// Hash algorithms of the formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    /// The hash of the concatenated pieces.
    fn digest(self, pieces: &[&[u8]]) -> Vec<u8> {
        macro_rules! hash {
            ($kind:ty) => {{
                let mut hash = <$kind>::new();
                for piece in pieces {
                    hash.update(piece);
                }
                hash.finalize().to_vec()
            }};
        }
        match self {
            Self::Md5 => hash!(md5::Md5),
            Self::Sha1 => hash!(sha1::Sha1),
            Self::Sha256 => hash!(sha2::Sha256),
            Self::Sha384 => hash!(sha2::Sha384),
            Self::Sha512 => hash!(sha2::Sha512),
        }
    }

    /// The hash of salt and password, iterated `turns` times, each time with the iteration counter prepended.
    fn iterated(self, salt: &[u8], turns: u32) -> Vec<u8> {
        let mut hash = self.digest(&[salt, &wide_password()]);
        for turn in 0..turns {
            hash = self.digest(&[&turn.to_le_bytes(), &hash]);
        }
        hash
    }
}

fn wide_password() -> Vec<u8> {
    PASSWORD.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// AES with its key.
enum Aes {
    Of128(Aes128),
    Of192(Aes192),
    Of256(Aes256),
}

impl Aes {
    fn new(key: &[u8]) -> Option<Self> {
        match key.len() {
            16 => Aes128::new_from_slice(key).ok().map(Self::Of128),
            24 => Aes192::new_from_slice(key).ok().map(Self::Of192),
            32 => Aes256::new_from_slice(key).ok().map(Self::Of256),
            _ => None,
        }
    }

    /// Decrypts whole blocks: in CBC mode with the initialisation vector `start`, or in ECB mode without. A partial block at the end is
    /// unchanged.
    fn decrypt(&self, bytes: &mut [u8], start: Option<&[u8]>) {
        let mut before: Option<[u8; 16]> = start.and_then(|start| start.get(..16)?.try_into().ok());
        for chunk in bytes.chunks_exact_mut(16) {
            let Ok(packed) = <[u8; 16]>::try_from(&*chunk) else { continue };
            let mut block = packed.into();
            match self {
                Self::Of128(aes) => aes.decrypt_block(&mut block),
                Self::Of192(aes) => aes.decrypt_block(&mut block),
                Self::Of256(aes) => aes.decrypt_block(&mut block),
            }
            chunk.copy_from_slice(&block);
            if let Some(before) = &mut before {
                chunk.iter_mut().zip(*before).for_each(|(byte, other)| *byte ^= other);
                *before = packed;
            }
        }
    }
}

/// The decrypted package of an encrypted compound file.
///
/// # Errors
/// [`ReadError::Encrypted`] if the default password does not match or the method is unknown; [`ReadError::OverLimit`] if reading exceeds
/// a limit.
pub(in crate::read) fn package(bytes: &[u8], budget: &mut Budget) -> Result<Vec<u8>, ReadError> {
    let mut file = Compound::open(bytes, budget)?;
    let info = file.stream("EncryptionInfo", budget)?.ok_or(ReadError::Encrypted)?;
    let packed = file.stream("EncryptedPackage", budget)?.ok_or(ReadError::Encrypted)?;
    let length = packed.get(..8).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes);
    let packed = packed.get(8..).ok_or(ReadError::Encrypted)?;
    budget.spend(Resource::InflatedBytes, packed.len() as u64)?;
    budget.spend(Resource::Steps, packed.len() as u64 / BYTES_A_STEP)?;
    let plain = match (u16_at(&info, 0), u16_at(&info, 2)) {
        (Some(4), Some(4)) => agile::decrypt(info.get(8..).unwrap_or_default(), packed, budget)?,
        (Some(2..=4), Some(2)) => standard::decrypt(&info, packed, budget)?,
        _ => None,
    };
    let mut plain = plain.ok_or(ReadError::Encrypted)?;
    plain.truncate(usize::try_from(length.unwrap_or(0)).unwrap_or(usize::MAX));
    Ok(plain)
}

/// The finding for a file that was opened with the default password.
pub(in crate::read) fn opened() -> Finding {
    Finding::new(&DEFAULT_PASSWORD, DEFAULT_PASSWORD.message())
}

/// The RC4 keystream.
struct Rc4 {
    state: [u8; 256],
    one: u8,
    other: u8,
}

impl Rc4 {
    fn new(key: &[u8]) -> Self {
        let mut state: [u8; 256] = std::array::from_fn(|index| index as u8);
        let mut other = 0_u8;
        for index in 0..256 {
            let key = key.get(index % key.len().max(1)).copied().unwrap_or(0);
            other = other.wrapping_add(state[index]).wrapping_add(key);
            state.swap(index, usize::from(other));
        }
        Self { state, one: 0, other: 0 }
    }

    fn next(&mut self) -> u8 {
        self.one = self.one.wrapping_add(1);
        let (one, state) = (usize::from(self.one), &mut self.state);
        self.other = self.other.wrapping_add(state[one]);
        let other = usize::from(self.other);
        state.swap(one, other);
        state[usize::from(state[one].wrapping_add(state[other]))]
    }

    fn take(&mut self, bytes: &[u8]) -> Vec<u8> {
        bytes.iter().map(|byte| byte ^ self.next()).collect()
    }
}

#[cfg(test)]
mod tests;
