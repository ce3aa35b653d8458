//! Standard encryption, used by Office 2007 (MS-OFFCRYPTO 2.3.4.5 to 2.3.4.9).

use super::{Aes, Hash};
use crate::document::{Budget, Resource};
use crate::read::ReadError;
use crate::read::container::cfb::u32_at;

/// Spin count of the hash.
const TURNS: u32 = 50_000;

/// Ciphers by their `ALG_ID` (2.3.2): AES with its three key lengths, and RC4.
const AES: std::ops::RangeInclusive<u32> = 0x660E..=0x6610;
const RC4: u32 = 0x6801;

/// Block length of SHA-1 in bytes.
const BLOCK: usize = 64;

/// Fields of the encryption header and verifier (2.3.2, 2.3.3).
pub(super) struct Header<'i> {
    /// Key length in bytes.
    pub(super) key: usize,
    cipher: u32,
    pub(super) salt: &'i [u8],
    pub(super) verifier: &'i [u8],
    /// All bytes after the length of the verifier hash.
    pub(super) hash: &'i [u8],
}

impl<'i> Header<'i> {
    /// Parses what follows the version.
    pub(super) fn read(info: &'i [u8]) -> Option<Self> {
        let length = u32_at(info, 8)? as usize;
        let header = info.get(12..12_usize.checked_add(length)?)?;
        let behind = info.get(12 + length..)?;
        let bits = u32_at(header, 16)? as usize;
        Some(Self {
            // A length of 0 means 40 bits (2.3.5.1).
            key: if bits == 0 { 5 } else { bits / 8 },
            cipher: u32_at(header, 8)?,
            salt: behind.get(4..20)?,
            verifier: behind.get(20..36)?,
            hash: behind.get(40..)?,
        })
    }

    pub(super) fn is_rc4(&self) -> bool {
        self.cipher == RC4
    }
}

/// The decrypted package; `None` if the default password does not match.
pub(super) fn decrypt(info: &[u8], packed: &[u8], budget: &mut Budget) -> Result<Option<Vec<u8>>, ReadError> {
    budget.spend(Resource::Steps, u64::from(TURNS))?;
    Ok(key(info).map(|aes| {
        let mut plain = packed.to_vec();
        aes.decrypt(&mut plain, None);
        plain
    }))
}

/// The cipher with its key; `None` if the default password does not match.
fn key(info: &[u8]) -> Option<Aes> {
    let header = Header::read(info).filter(|header| AES.contains(&header.cipher))?;
    let spun = Hash::Sha1.iterated(header.salt, TURNS);
    let hash = Hash::Sha1.digest(&[&spun, &0_u32.to_le_bytes()]);
    let turned = |filler: u8| {
        let mut block = [filler; BLOCK];
        block.iter_mut().zip(&hash).for_each(|(byte, other)| *byte ^= other);
        Hash::Sha1.digest(&[&block])
    };
    let aes = Aes::new([turned(0x36), turned(0x5C)].concat().get(..header.key)?)?;
    let (mut verifier, mut said) = (header.verifier.to_vec(), header.hash.get(..32)?.to_vec());
    aes.decrypt(&mut verifier, None);
    aes.decrypt(&mut said, None);
    (said[..20] == Hash::Sha1.digest(&[&verifier])).then_some(aes)
}
