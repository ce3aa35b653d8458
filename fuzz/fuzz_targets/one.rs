//! The fuzzer: `NIANBAO_FUZZ=TARGET one CORPUS…`. One program for all targets, because linking each takes a minute.

#![no_main]

use std::sync::LazyLock;

use nianbao_fuzz::targets::{TARGETS, Target};

/// The requested target.
static TARGET: LazyLock<&Target> = LazyLock::new(|| {
    let name = std::env::var("NIANBAO_FUZZ").unwrap_or_default();
    let found = TARGETS.iter().find(|target| target.name == name);
    found.unwrap_or_else(|| panic!("NIANBAO_FUZZ names no target: {:?}", TARGETS.map(|target| target.name)))
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| (TARGET.run)(bytes));
