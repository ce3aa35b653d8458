//! Fingerprint of a conversion: a digest of everything besides the inputs that determines the outputs. A later run reuses outputs with the
//! same fingerprint.

use std::time::UNIX_EPOCH;

use anyhow::Result;
use nianbao::agencies::Agencies;
use nianbao::form::Forms;
use nianbao::migrate::Migrations;
use nianbao::settings::Policy;
use nianbao::write::Output;
use nianbao::write::pdf::PdfWriter;
use sha2::{Digest, Sha256};

use crate::cli::args::{Convert, Global, SiteOptions};
use crate::cli::mistakes;

/// Data loaded for a batch other than its inputs.
pub(super) struct Parts<'a> {
    pub(super) template: Option<&'a [u8]>,
    pub(super) page: Option<&'a str>,
    pub(super) agencies: Option<&'a Agencies>,
    pub(super) pdf: Option<&'a PdfWriter>,
}

/// The SHA-256 of this build of the program, the forms, the options and the data loaded for the batch.
pub(super) fn fingerprint(
    args: &Convert,
    global: &Global,
    to: &[Output],
    Parts { template, page, agencies, pdf }: Parts,
    policy: &Policy,
) -> Result<[u8; 32]> {
    let mut digest = Sha256::new();
    // Length-prefixed, so that different parts cannot give the same sequence.
    let mut add = |part: &str| {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    };
    add(env!("CARGO_PKG_VERSION"));
    add(&program().unwrap_or_default());
    let forms = Forms::sources().iter().chain(Forms::further_sources());
    for &(name, text) in forms.chain(Migrations::sources()) {
        add(name);
        add(text);
    }
    for (name, text) in mistakes::mapping_files(global)?.into_iter().chain(mistakes::migration_files(global)?) {
        add(&name);
        add(&text);
    }
    let kinds = (args.shard.is_some(), args.as_written, args.any);
    add(&format!("{:?} {:?} {to:?} {kinds:?}", args.form, args.to_form));
    add(&format!("{policy:?}"));
    if let Some(bytes) = template {
        add(&format!("{:?}", Sha256::digest(bytes)));
    }
    for font in pdf.into_iter().flat_map(|pdf| pdf.fonts().names()) {
        add(&font);
    }
    let SiteOptions { site_name, site_domain, site_id, column, .. } = &args.site;
    add(&format!("{site_name:?} {site_domain:?} {site_id:?} {column:?} {page:?}"));
    for agency in agencies.iter().flat_map(|agencies| agencies.list()).filter(|agency| agency.site.is_some()) {
        add(&format!("{} {:?} {:?}", agency.name, agency.aliases, agency.site));
    }
    Ok(digest.finalize().into())
}

/// Size and modification time of the program's executable, which identify a build.
pub(super) fn program() -> Option<String> {
    let path = crate::cli::program::own().ok()?;
    let metadata = std::fs::metadata(path).ok()?;
    let modified = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{} {}", metadata.len(), modified.as_nanos()))
}
