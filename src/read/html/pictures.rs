//! Pictures that a page carries itself: `data:` addresses and the files that came with it. Nothing is ever fetched or opened.

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::document::{Budget, Exceeded, Picture, Resource};

/// A file that came with a page (RFC 2557).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::read) struct File {
    /// Its address as written.
    pub(in crate::read) location: String,
    /// Its id, without brackets.
    pub(in crate::read) id: String,
    /// Its media type, in lower case.
    pub(in crate::read) media_type: String,
    pub(in crate::read) bytes: Vec<u8>,
}

/// Decodes base64 as mail and pages have it (RFC 2045, 6.8): other characters passed over, padding or none, cut off or whole.
pub(in crate::read) fn base64(text: &[u8], budget: &mut Budget) -> Result<Option<Vec<u8>>, Exceeded> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    budget.spend(Resource::InflatedBytes, text.len() as u64)?;
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    let mut digits: Vec<u8> = text.iter().copied().take_while(|&byte| byte != b'=').filter(is_digit).collect();
    // The last digit of a text that is cut off there stands for no byte.
    if digits.len() % 4 == 1 {
        digits.pop();
    }
    Ok(GeneralPurpose::new(&STANDARD, LENIENT).decode(digits).ok())
}

/// The picture at an address, if the page carries it.
pub(super) fn find(
    source: &str,
    files: &[File],
    number: usize,
    budget: &mut Budget,
) -> Result<Option<Picture>, Exceeded> {
    if let Some(data) = source.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:")).map(|_| &source[5..]) {
        return inline(data, number, budget);
    }
    let Some(file) = file(source, files) else { return Ok(None) };
    budget.spend(Resource::InflatedBytes, file.bytes.len() as u64)?;
    let name = file.location.rsplit(['/', '\\']).next().unwrap_or_default();
    let kind = file.media_type.strip_prefix("image/").unwrap_or("png");
    let name = if name.is_empty() { format!("picture{number}.{kind}") } else { name.to_owned() };
    Ok(Some(Picture { name, media_type: format!("image/{kind}"), bytes: file.bytes.as_slice().into() }))
}

/// A `data:` address with a picture in base64 (RFC 2397).
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
    let bytes = base64(data.as_bytes(), budget)?.filter(|bytes| !bytes.is_empty());
    let suffix = kind.trim_start_matches("x-").split('+').next().unwrap_or(kind);
    Ok(bytes.map(|bytes| Picture {
        name: format!("picture{number}.{suffix}"),
        media_type: format!("image/{kind}"),
        bytes: bytes.into(),
    }))
}

/// The picture file with an address: its id, the whole address, or the end of it, for what programs write is relative or absolute as
/// they like.
fn file<'f>(source: &str, files: &'f [File]) -> Option<&'f File> {
    let pictures = || files.iter().filter(|file| file.media_type.starts_with("image/"));
    let source = source.trim();
    if let Some(id) = source.strip_prefix("cid:") {
        return pictures().find(|file| file.id == id);
    }
    let wanted = source.split(['?', '#']).next().unwrap_or(source).trim_start_matches("./").replace('\\', "/");
    if wanted.is_empty() {
        return None;
    }
    let exact = pictures().find(|file| file.location == source);
    exact.or_else(|| {
        pictures().find(|file| {
            let location = file.location.replace('\\', "/");
            location.strip_suffix(&wanted).is_some_and(|before| before.is_empty() || before.ends_with('/'))
        })
    })
}
