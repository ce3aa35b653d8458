//! The parts of a .docx file.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    nianbao_fuzz::read_parts(nianbao::document::Format::Docx, bytes);
});
