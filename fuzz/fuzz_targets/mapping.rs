//! A mapping file.

#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    let _ = nianbao::form::Forms::default().add("fuzz.toml", text);
});
