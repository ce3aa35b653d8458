//! Each method decrypts a file encrypted as by other programs, with the default password only.

use std::io::{Cursor, Write};

use super::*;
use crate::document::Limits;

/// Encrypts whole blocks in ECB mode, as the standard method does.
fn encrypted(key: &[u8], bytes: &[u8]) -> Vec<u8> {
    use aes::cipher::BlockCipherEncrypt;
    let aes = Aes128::new_from_slice(key).unwrap();
    let mut bytes = bytes.to_vec();
    bytes.resize(bytes.len().next_multiple_of(16), 0);
    for chunk in bytes.chunks_exact_mut(16) {
        let mut block = <[u8; 16]>::try_from(&*chunk).unwrap().into();
        aes.encrypt_block(&mut block);
        chunk.copy_from_slice(&block);
    }
    bytes
}

/// A compound file encrypted by the standard method with a key from `password`.
fn standard_file(package: &[u8], password: &str) -> Vec<u8> {
    let salt = [7_u8; 16];
    let wide: Vec<u8> = password.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut hash = Hash::Sha1.digest(&[&salt, &wide]);
    for turn in 0..50_000_u32 {
        hash = Hash::Sha1.digest(&[&turn.to_le_bytes(), &hash]);
    }
    let hash = Hash::Sha1.digest(&[&hash, &[0; 4]]);
    let mut block = [0x36_u8; 64];
    block.iter_mut().zip(&hash).for_each(|(byte, other)| *byte ^= other);
    let key = Hash::Sha1.digest(&[&block])[..16].to_vec();
    let verifier = [9_u8; 16];
    let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    let header = words(&[0x24, 0, 0x660E, 0x8004, 128, 0x18, 0, 0, 0]);
    let info = [
        vec![3, 0, 2, 0],
        words(&[0x24, header.len() as u32]),
        header,
        words(&[16]),
        salt.to_vec(),
        encrypted(&key, &verifier),
        words(&[20]),
        encrypted(&key, &Hash::Sha1.digest(&[&verifier])),
    ]
    .concat();
    let packed = [(package.len() as u64).to_le_bytes().to_vec(), encrypted(&key, package)].concat();
    let mut file = ::cfb::CompoundFile::create_with_version(::cfb::Version::V3, Cursor::new(Vec::new())).unwrap();
    for (name, bytes) in [("EncryptionInfo", info), ("EncryptedPackage", packed)] {
        file.create_stream(name).unwrap().write_all(&bytes).unwrap();
    }
    file.into_inner().into_inner()
}

#[test]
fn the_standard_method_opens_with_the_default_password_only() {
    let package_bytes: Vec<u8> = (0..5000_u32).map(|number| (number % 251) as u8).collect();
    let opened = package(&standard_file(&package_bytes, PASSWORD), &mut Budget::default());
    assert_eq!(opened, Ok(package_bytes.clone()));
    let refused = package(&standard_file(&package_bytes, "another"), &mut Budget::default());
    assert_eq!(refused, Err(ReadError::Encrypted));
}

/// Records of a workbook, one of them long enough to span several blocks.
fn records() -> Vec<u8> {
    let record = |kind: u16, data: &[u8]| [&kind.to_le_bytes(), &(data.len() as u16).to_le_bytes(), data].concat();
    let long: Vec<u8> = (0..3000_u32).map(|number| (number % 253) as u8).collect();
    let texts = [record(0x0809, &[0, 6, 5, 0]), record(0x0085, b"offsetname"), record(0x00FC, &long)];
    [texts.concat(), record(0x0203, b"a figure"), record(0x000A, &[])].concat()
}

/// The records with a `FilePass` record after the first one, and all following data encrypted by `turn`, which is given a byte, its
/// offset in the stream, the offset of the data of its record, and the length of that data.
fn with_pass(pass: &[u8], mut turn: impl FnMut(u8, usize, usize, usize) -> u8) -> (Vec<u8>, Vec<u8>) {
    let plain = records();
    let pass = [&[0x2F, 0][..], &(pass.len() as u16).to_le_bytes(), pass].concat();
    let whole = [&plain[..8], &pass, &plain[8..]].concat();
    let mut turned = whole.clone();
    let mut at = 8 + pass.len();
    while let (Some(kind), Some(length)) = (u16_at(&whole, at), u16_at(&whole, at + 2)) {
        let (start, length) = (at + 4, usize::from(length));
        for place in start + if kind == 0x85 { 4 } else { 0 }..start + length {
            turned[place] = turn(whole[place], place, start, length);
        }
        at = start + length;
    }
    (whole, turned)
}

/// The keystream of a block.
fn keys(key: &[u8]) -> Vec<u8> {
    Rc4::new(key).take(&[0; 1024])
}

#[test]
fn records_are_decrypted_by_each_of_the_three_methods() {
    let wide = wide_password();
    // RC4 with 40 bits.
    let (salt, verifier) = ([5_u8; 16], [6_u8; 16]);
    let short = Hash::Md5.digest(&[&wide])[..5].to_vec();
    let hash = Hash::Md5.digest(&[&[&short[..], &salt].concat().repeat(16)])[..5].to_vec();
    let key = |block: u32| Hash::Md5.digest(&[&hash, &block.to_le_bytes()]);
    let said = Rc4::new(&key(0)).take(&[&verifier[..], &Hash::Md5.digest(&[&verifier])].concat());
    let pass = [&[1, 0, 1, 0, 1, 0][..], &salt, &said].concat();
    let (plain, turned) = with_pass(&pass, |byte, at, _, _| byte ^ keys(&key((at / 1024) as u32))[at % 1024]);
    assert_eq!(workbook(&turned, &pass, &mut Budget::default()), Ok(plain));
    let mut wrong = pass.clone();
    wrong[30] ^= 1;
    assert_eq!(workbook(&turned, &wrong, &mut Budget::default()), Err(ReadError::Encrypted));

    // RC4 CryptoAPI with keys of 40 and 128 bits.
    for bits in [40_u32, 128] {
        let hash = Hash::Sha1.digest(&[&salt, &wide]);
        let key = |block: u32| {
            let mut key = Hash::Sha1.digest(&[&hash, &block.to_le_bytes()])[..bits as usize / 8].to_vec();
            key.resize(16, 0);
            key
        };
        let said = Rc4::new(&key(0)).take(&[&verifier[..], &Hash::Sha1.digest(&[&verifier])].concat());
        let words = |words: &[u32]| words.iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
        let header = words(&[4, 0, 0x6801, 0x8004, bits, 1, 0, 0, 0]);
        let parts = [words(&[4, header.len() as u32]), header, words(&[16]), salt.to_vec(), said[..16].to_vec()];
        let pass = [vec![1, 0, 4, 0, 2, 0], parts.concat(), words(&[20]), said[16..].to_vec()].concat();
        let (plain, turned) = with_pass(&pass, |byte, at, _, _| byte ^ keys(&key((at / 1024) as u32))[at % 1024]);
        assert_eq!(workbook(&turned, &pass, &mut Budget::default()), Ok(plain), "{bits} bits");
    }

    // XOR obfuscation with the key of the default password.
    let key = 0xB359_u16;
    let pad = [&b"VelvetSweatshop"[..], &[0xBB]].concat();
    let letter = |at: usize| (pad[at % 16] ^ key.to_le_bytes()[at % 2]).rotate_left(2);
    let pass = [[0, 0], key.to_le_bytes(), 0x9A0A_u16.to_le_bytes()].concat();
    let (plain, turned) =
        with_pass(&pass, |byte, at, start, length| (byte ^ letter((start + length + at - start) % 16)).rotate_right(3));
    assert_eq!(workbook(&turned, &pass, &mut Budget::default()), Ok(plain));
}

#[test]
fn turns_of_the_hash_cost_and_are_bounded() {
    let info = |turns: &str| {
        format!(
            "<encryption><keyData cipherAlgorithm='AES' cipherChaining='ChainingModeCBC' hashAlgorithm='SHA512' \
             keyBits='256' saltValue='AAAA'/><p:encryptedKey spinCount='{turns}' cipherAlgorithm='AES' \
             cipherChaining='ChainingModeCBC' hashAlgorithm='SHA512' keyBits='256' saltValue='AAAA' \
             encryptedVerifierHashInput='AAAA'/></encryption>"
        )
    };
    assert_eq!(agile::decrypt(info("4000000000").as_bytes(), &[], &mut Budget::default()), Ok(None));
    let small = &mut Budget::new(Limits { steps: 1000, ..Limits::default() });
    assert!(matches!(agile::decrypt(info("100000").as_bytes(), &[], small), Err(ReadError::OverLimit(_))));
}
