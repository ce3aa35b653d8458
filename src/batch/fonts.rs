//! Finds fonts in a given folder and in the system's folders.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::write::pdf::{Candidate, Fonts, NoFonts, faces};

/// Maximum depth of font folders.
const DEEPEST: usize = 8;

/// Maximum number of files; systems with all fonts of a distribution have some thousands.
const MOST_FILES: usize = 20_000;

/// Maximum size of a font file; collections of all Chinese faces have 100 MB.
const MOST_BYTES: u64 = 256 << 20;

/// Suffixes of font files.
const SUFFIXES: &[&str] = &["ttf", "otf", "ttc", "otc"];

/// Font folders of systems and office programs, relative to the folder in an environment variable.
const FOLDERS: &[(&str, &str)] = &[
    ("", "/usr/share/fonts"),
    ("", "/usr/local/share/fonts"),
    ("XDG_DATA_HOME", "fonts"),
    ("HOME", ".local/share/fonts"),
    ("HOME", ".fonts"),
    ("HOME", "Library/Fonts"),
    ("", "/Library/Fonts"),
    ("", "/System/Library/Fonts"),
    ("", "/System/Library/AssetsV2/com_apple_MobileAsset_Font7"),
    ("", "/Applications/Microsoft Word.app/Contents/Resources/DFonts"),
    ("WINDIR", "Fonts"),
    ("LOCALAPPDATA", "Microsoft\\Windows\\Fonts"),
];

/// Chooses the fonts of the official look: from the folder, if given, before those of the system.
///
/// # Errors
/// [`NoFonts`] if no font has Chinese characters.
pub fn fonts(folder: Option<&Path>) -> Result<Fonts, NoFonts> {
    let mut candidates = Vec::new();
    for folder in folder.map(Path::to_path_buf).into_iter().chain(system()) {
        for path in files(&folder).take(MOST_FILES.saturating_sub(candidates.len())) {
            candidates.extend(of_file(&path));
        }
    }
    Fonts::choose(&candidates, &mut |path| std::fs::read(path))
}

fn system() -> impl Iterator<Item = PathBuf> {
    FOLDERS.iter().filter_map(|(variable, folder)| match *variable {
        "" => Some(PathBuf::from(folder)),
        variable => {
            std::env::var_os(variable).filter(|value| !value.is_empty()).map(|path| Path::new(&path).join(folder))
        }
    })
}

/// The font files of a folder, sorted by name.
fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let files = WalkDir::new(folder).follow_links(true).max_depth(DEEPEST).sort_by_file_name().into_iter();
    let files =
        files.filter_map(Result::ok).filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
    files.filter(|path| {
        let suffix = path.extension().and_then(|suffix| suffix.to_str()).unwrap_or_default();
        SUFFIXES.iter().any(|known| known.eq_ignore_ascii_case(suffix))
    })
}

/// The faces of a file; empty if it is not a font.
fn of_file(path: &Path) -> Vec<Candidate> {
    let read = || {
        let file = File::open(path)?;
        if file.metadata()?.len() > MOST_BYTES {
            return Ok(Vec::new());
        }
        faces(&mut BufReader::new(file))
    };
    let found: std::io::Result<Vec<_>> = read();
    found.unwrap_or_default().into_iter().map(|face| Candidate { path: path.to_path_buf(), face }).collect()
}
