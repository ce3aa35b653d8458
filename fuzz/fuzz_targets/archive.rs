//! An archive of submissions: listed, and its entries unpacked.

#![no_main]

use nianbao::batch::{Loader, list};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let path = std::env::temp_dir().join(format!("nianbao-fuzz-{}.zip", std::process::id()));
    std::fs::write(&path, bytes).expect("a folder for temporary files");
    let inputs = list(&[path.to_string_lossy().into_owned()], None).expect("the file is there");
    let mut loader = Loader::default();
    for input in inputs.list.iter().take(50) {
        if let Ok(bytes) = loader.bytes(input) {
            let _ = nianbao::read::sniff(&bytes);
        }
    }
});
