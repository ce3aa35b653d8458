//! Agile encryption, used by Office 2010 and later (MS-OFFCRYPTO 2.3.4.10 to 2.3.4.14).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Aes, BYTES_A_STEP, Hash};
use crate::document::{Budget, Resource};
use crate::read::ReadError;

/// Maximum spin count of the hash; Office uses 100,000.
const MOST_TURNS: u32 = 1_000_000;

/// Length of a segment of the package, each encrypted with CBC.
const SEGMENT: usize = 4096;

/// Block keys, one per use of a derived key (2.3.4.13).
const FOR_VERIFIER: [u8; 8] = [0xFE, 0xA7, 0xD2, 0x76, 0x3B, 0x4B, 0x9E, 0x79];
const FOR_ITS_HASH: [u8; 8] = [0xD7, 0xAA, 0x0F, 0x6D, 0x30, 0x61, 0x34, 0x4E];
const FOR_KEY: [u8; 8] = [0x14, 0x6E, 0x0B, 0xE7, 0xAB, 0xAC, 0xD0, 0xD6];

/// Padding byte for a key or an initialisation vector that is too short.
const FILLER: u8 = 0x36;

/// Cipher parameters of an element.
struct Method {
    hash: Hash,
    salt: Vec<u8>,
    /// Key length in bytes.
    key: usize,
}

/// The decrypted package; `None` if the default password does not match.
pub(super) fn decrypt(info: &[u8], packed: &[u8], budget: &mut Budget) -> Result<Option<Vec<u8>>, ReadError> {
    let Some((data, encryptor)) = elements(info, budget)? else { return Ok(None) };
    let (Some(data), Some(method)) = (method(&data), method(&encryptor)) else { return Ok(None) };
    let number = |name| attribute(&encryptor, name).and_then(|value| value.parse().ok());
    let turns: u32 = number("spinCount").unwrap_or(0);
    if turns > MOST_TURNS {
        return Ok(None);
    }
    budget.spend(Resource::Steps, u64::from(turns))?;
    let Some(key) = secret(&encryptor, &method, turns) else { return Ok(None) };
    let Some(aes) = key.get(..data.key).and_then(Aes::new) else { return Ok(None) };
    budget.spend(Resource::Steps, packed.len() as u64 / BYTES_A_STEP)?;
    let mut plain = packed.to_vec();
    for (number, segment) in (0_u32..).zip(plain.chunks_mut(SEGMENT)) {
        let start = fitted(data.hash.digest(&[&data.salt, &number.to_le_bytes()]), 16);
        aes.decrypt(segment, Some(&start));
    }
    Ok(Some(plain))
}

/// The key of the package; `None` if the default password does not match.
fn secret(encryptor: &BytesStart, method: &Method, turns: u32) -> Option<Vec<u8>> {
    let spun = method.hash.iterated(&method.salt, turns);
    let opened = |name: &str, with: &[u8]| {
        let key = fitted(method.hash.digest(&[&spun, with]), method.key);
        let mut bytes = STANDARD.decode(attribute(encryptor, name)?).ok()?;
        Aes::new(&key)?.decrypt(&mut bytes, Some(&fitted(method.salt.clone(), 16)));
        Some(bytes)
    };
    let verifier = opened("encryptedVerifierHashInput", &FOR_VERIFIER)?;
    let said = opened("encryptedVerifierHashValue", &FOR_ITS_HASH)?;
    let hash = method.hash.digest(&[verifier.get(..method.salt.len())?]);
    (said.get(..hash.len())? == hash).then(|| opened("encryptedKeyValue", &FOR_KEY))?
}

/// The elements with the parameters of data and key encryption.
fn elements(info: &[u8], budget: &mut Budget) -> Result<Option<(BytesStart<'static>, BytesStart<'static>)>, ReadError> {
    let mut reader = Reader::from_reader(info);
    let (mut data, mut encryptor) = (None, None);
    loop {
        budget.spend(Resource::Steps, 1)?;
        match reader.read_event() {
            Ok(Event::Start(tag) | Event::Empty(tag)) => match tag.local_name().as_ref() {
                "keyData" => data = Some(tag.into_owned()),
                // The key encryptor of a certificate has other attributes.
                "encryptedKey" if attribute(&tag, "encryptedVerifierHashInput").is_some() => {
                    encryptor = Some(tag.into_owned());
                }
                _ => {}
            },
            Ok(Event::Eof) | Err(_) => return Ok(data.zip(encryptor)),
            Ok(_) => {}
        }
    }
}

fn method(tag: &BytesStart) -> Option<Method> {
    if attribute(tag, "cipherAlgorithm")? != "AES" || attribute(tag, "cipherChaining")? != "ChainingModeCBC" {
        return None;
    }
    let hash = match attribute(tag, "hashAlgorithm")?.as_str() {
        "SHA1" | "SHA-1" => Hash::Sha1,
        "SHA256" | "SHA-256" => Hash::Sha256,
        "SHA384" | "SHA-384" => Hash::Sha384,
        "SHA512" | "SHA-512" => Hash::Sha512,
        _ => return None,
    };
    let key = attribute(tag, "keyBits")?.parse::<usize>().ok()? / 8;
    Some(Method { hash, salt: STANDARD.decode(attribute(tag, "saltValue")?).ok()?, key })
}

fn attribute(tag: &BytesStart, name: &str) -> Option<String> {
    let value = tag.attributes().flatten().find(|attribute| attribute.key.as_ref() == name)?.value;
    Some(value.into_owned())
}

fn fitted(mut bytes: Vec<u8>, length: usize) -> Vec<u8> {
    // The cipher refuses a key that is too long for it.
    bytes.resize(length.min(64), FILLER);
    bytes
}
