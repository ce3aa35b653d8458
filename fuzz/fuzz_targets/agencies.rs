//! An agencies file, as CSV and as TOML.

#![no_main]

use nianbao::agencies::Agencies;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for name in ["agencies.csv", "agencies.toml"] {
        if let Ok(agencies) = Agencies::read(name, bytes) {
            agencies.in_tree_order();
        }
    }
});
