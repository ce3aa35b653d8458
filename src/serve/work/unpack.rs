//! Unpacks an uploaded archive: stores every contained file under its digest.

use std::path::Path;

use crate::batch::{self, Loader, guarded, sha256, write_whole};
use crate::finding::{Bilingual, Message};
use crate::ledger::stored_name;

use super::{Answer, Member, SentFile};

/// Extracts an archive into a folder; an entry that cannot be stored is answered with a finding.
pub(super) fn unpack(file: &SentFile, into: &Path) -> Answer {
    let path = file.path.to_string_lossy().into_owned();
    let listed = match batch::list(&[path], None) {
        Ok(listed) => listed,
        Err(error) => return Answer::No(error.message()),
    };
    let mut loader = Loader::default();
    let mut members = Vec::new();
    for input in &listed.list {
        let name = input.file_name().to_owned();
        let stored = guarded(|| loader.bytes(input)).and_then(|bytes| {
            let digest = sha256(&bytes);
            let put = write_whole(into, &stored_name(&digest, &name), &bytes);
            put.map_err(|error| batch::not_taken(&name, &error))?;
            Ok((digest, bytes.len() as u64))
        });
        members.push(Member { name, stored });
    }
    if members.is_empty() {
        return Answer::No(Message::new("压缩包里没有可以读取的文件。", "the archive holds no file that can be read"));
    }
    Answer::Unpacked(members)
}
