//! Test hooks that crash or hang the converter, for tests of its supervisors. Release builds ignore them.

/// Prefix of a file that makes a debug build abort, hang, grow, wait or panic, depending on the word after it.
#[cfg(debug_assertions)]
const POISON: &[u8] = b"nianbao-poison:";

/// Acts on a file with the prefix.
#[cfg(debug_assertions)]
#[allow(clippy::panic, reason = "this is what it is for")]
pub(super) fn act(bytes: &[u8]) {
    match bytes.strip_prefix(POISON).map(<[u8]>::trim_ascii_end) {
        Some(b"abort") => std::process::abort(),
        Some(b"hang") => loop {
            std::thread::park();
        },
        Some(b"grow") => {
            let mut eaten: Vec<Vec<u8>> = Vec::new();
            loop {
                eaten.push(vec![1; 16 << 20]);
            }
        }
        // Waits until a file of this name exists.
        Some(b"wait") => {
            while !std::path::Path::new("go").exists() {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
        }
        Some(b"panic") => panic!("a poisonous file"),
        _ => {}
    }
}

/// Does nothing.
#[cfg(not(debug_assertions))]
pub(super) fn act(_bytes: &[u8]) {}
