//! Text, read, laid under every form and checked.

#![no_main]

use nianbao::document::{Budget, Format};
use nianbao::read::{READERS, Reading};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let reader = READERS.iter().find(|reader| reader.format == Format::Text).expect("a reader");
    let mut findings = Vec::new();
    if let Ok(document) = (reader.read)(bytes, &mut Budget::default(), &mut findings) {
        nianbao_fuzz::bind(&Reading { format: Format::Text, document, findings });
    }
});
