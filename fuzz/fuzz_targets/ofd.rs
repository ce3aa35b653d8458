//! The parts of a .ofd file.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    nianbao_fuzz::read_parts(nianbao::document::Format::Ofd, bytes);
});
