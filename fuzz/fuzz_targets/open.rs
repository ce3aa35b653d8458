//! A file of unknown content: sniffed, read, laid under the forms and checked.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| nianbao_fuzz::whole(bytes, Some("file.doc")));
