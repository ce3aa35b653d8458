//! Pictures contained in the page: `data:` URIs and files of the same archive. Nothing is fetched.

use crate::document::{Budget, Exceeded, Picture, Resource};
use crate::read::shared::base64;

/// A file of the same archive (RFC 2557).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::read) struct File {
    /// Address as written.
    pub(in crate::read) location: String,
    /// Id, without brackets.
    pub(in crate::read) id: String,
    /// Media type, in lower case.
    pub(in crate::read) media_type: String,
    pub(in crate::read) bytes: Vec<u8>,
}

/// The picture at a URL, if it is in the page or its archive.
pub(super) fn find(
    source: &str,
    files: &[File],
    number: usize,
    budget: &mut Budget,
) -> Result<Option<Picture>, Exceeded> {
    if let Some(data) = source.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:")).map(|_| &source[5..]) {
        return inline(data, number, budget);
    }
    let Some(file) = file(source, files, "image/") else { return Ok(None) };
    budget.spend(Resource::InflatedBytes, file.bytes.len() as u64)?;
    let name = file.location.rsplit(['/', '\\']).next().unwrap_or_default();
    let kind = file.media_type.strip_prefix("image/").unwrap_or("png");
    let name = if name.is_empty() { format!("picture{number}.{kind}") } else { name.to_owned() };
    Ok(Some(Picture { name, media_type: format!("image/{kind}"), bytes: file.bytes.as_slice().into() }))
}

/// The picture of a `data:` URI in base64 (RFC 2397).
fn inline(data: &str, number: usize, budget: &mut Budget) -> Result<Option<Picture>, Exceeded> {
    let Some((head, data)) = data.split_once(',') else { return Ok(None) };
    let head = head.trim().to_ascii_lowercase();
    let (Some(kind), true) = (head.strip_prefix("image/"), head.ends_with("base64")) else { return Ok(None) };
    let kind = kind.split(';').next().unwrap_or(kind).trim();
    if kind.is_empty()
        || kind.len() > 20
        || !kind.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    {
        return Ok(None);
    }
    let bytes = base64::decode(data.as_bytes(), budget)?.filter(|bytes| !bytes.is_empty());
    let suffix = kind.trim_start_matches("x-").split('+').next().unwrap_or(kind);
    Ok(bytes.map(|bytes| Picture {
        name: format!("picture{number}.{suffix}"),
        media_type: format!("image/{kind}"),
        bytes: bytes.into(),
    }))
}

/// The file of a media type with an address: by its id, the whole address, or the end of the address, because programs write relative and
/// absolute addresses.
pub(super) fn file<'f>(source: &str, files: &'f [File], kind: &str) -> Option<&'f File> {
    let of_kind = || files.iter().filter(|file| file.media_type.starts_with(kind));
    let source = source.trim();
    if let Some(id) = source.strip_prefix("cid:") {
        return of_kind().find(|file| file.id == id);
    }
    let wanted = source.split(['?', '#']).next().unwrap_or(source).trim_start_matches("./").replace('\\', "/");
    if wanted.is_empty() {
        return None;
    }
    let exact = of_kind().find(|file| file.location == source);
    exact.or_else(|| {
        of_kind().find(|file| {
            let location = file.location.replace('\\', "/");
            location.strip_suffix(&wanted).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        })
    })
}
