//! The bytes of a file that the sheetxml reader is given.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    nianbao_fuzz::read(nianbao::document::Format::SheetXml, bytes);
});
