//! A .pdf file.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    nianbao_fuzz::read(nianbao::document::Format::Pdf, bytes);
});
