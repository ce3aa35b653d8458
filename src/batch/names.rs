//! Output names: valid on every system, unique, assigned in the order of the inputs.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use sha2::{Digest, Sha256};

/// Maximum length of a name without its suffix, in bytes; file systems allow 255 in total.
const MOST_BYTES: usize = 180;

/// Device names on Windows, with any suffix.
const DEVICES: &[&str] = &["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Names of the program's own files.
const OWN: &[&str] = &["index"];

/// A file name without suffix that is valid on every system, made from any text.
pub fn safe(text: &str) -> String {
    let replaced: String =
        text.chars().filter(|&c| !invisible(c)).map(|c| if separates(c) { '_' } else { c }).collect();
    let name = replaced.trim_start_matches(['.', ' ', '\u{3000}', '~']).trim();
    let mut name = trimmed_end(cut(name, MOST_BYTES)).to_owned();
    if name.is_empty() {
        return "report".to_owned();
    }
    if name.starts_with('-') || is_device(&name) || OWN.contains(&name.to_lowercase().as_str()) {
        name.insert(0, '_');
    }
    name
}

/// Whether a character is a separator or not allowed on some system.
fn separates(c: char) -> bool {
    c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|')
}

/// Whether a character is invisible or changes the direction of writing, so that the name would look different.
fn invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

fn is_device(name: &str) -> bool {
    let base = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    let numbered = base.strip_prefix("com").or_else(|| base.strip_prefix("lpt"));
    let digit =
        |rest: &str| matches!(rest, "¹" | "²" | "³") || (rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit());
    DEVICES.contains(&base.as_str()) || numbered.is_some_and(digit)
}

/// Cuts a text to at most this many bytes, at a character boundary.
fn cut(text: &str, bytes: usize) -> &str {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

fn trimmed_end(text: &str) -> &str {
    text.trim_end_matches(|c: char| c == '.' || c.is_whitespace())
}

/// A name that depends on the file alone: the preferred name, and the first 12 hexadecimal digits of the SHA-256 of the file name, a zero
/// byte, and the SHA-256 of the file's bytes in hexadecimal; for a further report of the file, another zero byte and its index follow.
/// For processes that see only a part of the inputs.
pub(crate) fn of_content(wanted: &str, file_name: &str, sha256: &str, report: usize) -> String {
    let further = if report == 0 { String::new() } else { format!("\0{report}") };
    let key = digest(format!("{file_name}\0{sha256}{further}").as_bytes()) >> 80;
    format!("{}-{key:012x}", trimmed_end(cut(wanted, MOST_BYTES - 13)))
}

/// Assigned names. Keeps digests, about 40 bytes per output.
#[derive(Debug, Default)]
pub(super) struct Names {
    taken: HashMap<u128, Owner>,
}

#[derive(Debug)]
struct Owner {
    /// Index of the input with this name.
    input: usize,
    /// The number to try next for this name.
    next: u32,
}

impl Names {
    /// Assigns an input the name `wanted` or, if it is taken, `wanted (2)` and so on. Returns the name, and the input that has `wanted`.
    pub(super) fn claim(&mut self, wanted: &str, input: usize) -> (String, Option<usize>) {
        let wanted_key = key(wanted);
        let Some(owner) = self.taken.get(&wanted_key) else {
            self.taken.insert(wanted_key, Owner { input, next: 2 });
            return (wanted.to_owned(), None);
        };
        let first = owner.input;
        let mut number = owner.next;
        loop {
            let tail = format!(" ({number})");
            let name = format!("{}{tail}", trimmed_end(cut(wanted, MOST_BYTES - tail.len())));
            number += 1;
            if let Entry::Vacant(free) = self.taken.entry(key(&name)) {
                free.insert(Owner { input, next: 2 });
                if let Some(owner) = self.taken.get_mut(&wanted_key) {
                    owner.next = number;
                }
                return (name, Some(first));
            }
        }
    }
}

/// A digest of the lower-case name, because many file systems ignore case.
fn key(name: &str) -> u128 {
    digest(name.to_lowercase().as_bytes())
}

/// The first half of a SHA-256.
pub(super) fn digest(bytes: &[u8]) -> u128 {
    let hash = Sha256::digest(bytes);
    hash.iter().take(16).fold(0, |number, &byte| (number << 8) | u128::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_safe_name_stays_in_its_folder_and_is_not_a_device() {
        for (text, name) in [
            ("甲县乙局2023年报告", "甲县乙局2023年报告"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("a/b\\c:d*e?f\"g<h>i|j\nk\0", "a_b_c_d_e_f_g_h_i_j_k_"),
            ("con", "_con"),
            ("NUL.2023", "_NUL.2023"),
            ("com1", "_com1"),
            ("company", "company"),
            ("Index", "_Index"),
            ("name. . ", "name"),
            ("...", "report"),
            ("", "report"),
            ("-rf", "_-rf"),
            ("a\u{202e}cod.exe", "acod.exe"),
        ] {
            assert_eq!(safe(text), name, "{text:?}");
        }
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let name = safe(&"机".repeat(200));
        assert_eq!(name, "机".repeat(60));
    }

    #[test]
    fn the_first_keeps_its_name_and_the_others_are_numbered() {
        let mut names = Names::default();
        assert_eq!(names.claim("甲", 0), ("甲".to_owned(), None));
        assert_eq!(names.claim("Ab (2)", 1), ("Ab (2)".to_owned(), None));
        assert_eq!(names.claim("ab", 2), ("ab".to_owned(), None));
        assert_eq!(names.claim("AB", 3), ("AB (3)".to_owned(), Some(2)));
        assert_eq!(names.claim("aB", 4), ("aB (4)".to_owned(), Some(2)));
    }

    #[test]
    fn a_name_of_content_differs_with_the_bytes_and_with_the_file_s_name() {
        // printf '1.html\0ab' | sha256sum
        assert_eq!(of_content("甲", "1.html", "ab", 0), "甲-593ba026fa61");
        assert_ne!(of_content("甲", "1.html", "ab", 0), of_content("甲", "2.html", "ab", 0));
        assert_ne!(of_content("甲", "1.html", "ab", 0), of_content("甲", "1.html", "ac", 0));
        assert_ne!(of_content("甲", "1.html", "ab", 0), of_content("甲", "1.html", "ab", 1));
        assert_eq!(of_content(&"x".repeat(180), "a", "b", 0).len(), 180);
    }

    #[test]
    fn a_long_name_has_room_for_its_number() {
        let (mut names, long) = (Names::default(), "x".repeat(180));
        names.claim(&long, 0);
        let (second, _) = names.claim(&long, 1);
        assert_eq!((second.len(), second.ends_with("x (2)")), (180, true));
    }
}
