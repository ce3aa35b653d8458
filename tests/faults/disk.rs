//! What a disk may contain after a power cut: only synced data is certain.
//!
//! Pessimistic model of a file system: the bytes of a file persist if the file was synced, its name if its folder was synced. Either only
//! unsynced bytes are lost, or unsynced names too.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What is lost besides unsynced bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Loses {
    /// Nothing else: names are the current ones.
    UnsyncedBytes,
    /// Unsynced names: names are those of the last sync of their folder.
    UnsyncedNames,
}

/// An operation on the output folder, as traced by the shim.
#[derive(Debug)]
pub(super) enum Operation {
    Create(u64, String),
    Empty(u64),
    Open(u64, String),
    Write(u64, usize, Vec<u8>),
    Sync(u64),
    Rename(String, String),
    Remove(String),
    Folder,
}

impl Operation {
    pub(super) fn is_write(&self) -> bool {
        matches!(self, Self::Write(..))
    }

    pub(super) fn is_sync(&self) -> bool {
        matches!(self, Self::Sync(_))
    }
}

/// Parses a trace written by the shim.
pub(super) fn operations(mut trace: &[u8]) -> Vec<Operation> {
    let mut operations = Vec::new();
    while let Some(end) = trace.iter().position(|&byte| byte == b'\n') {
        let line = std::str::from_utf8(&trace[..end]).expect("a line of the trace");
        trace = &trace[end + 1..];
        let (what, rest) = line.split_once(' ').expect("an operation");
        let file = || {
            let (id, path) = rest.split_once(' ').expect("a path");
            (id.parse().expect("a number"), path.to_owned())
        };
        operations.push(match what {
            "create" => Operation::Create(file().0, file().1),
            "open" => Operation::Open(file().0, file().1),
            "empty" => Operation::Empty(file().0),
            "fsync" => Operation::Sync(rest.parse().expect("a number")),
            "unlink" => Operation::Remove(rest.to_owned()),
            "mkdir" => Operation::Folder,
            "rename" => {
                let (from, to) = rest.split_once('\t').expect("two paths");
                Operation::Rename(from.to_owned(), to.to_owned())
            }
            "write" => {
                let numbers: Vec<usize> = rest.split(' ').map(|number| number.parse().expect("a number")).collect();
                let (bytes, more) = trace.split_at(numbers[2]);
                trace = more;
                Operation::Write(numbers[0] as u64, numbers[1], bytes.to_vec())
            }
            other => panic!("{other} is no operation"),
        });
    }
    operations
}

#[derive(Debug, Clone, Default)]
struct File {
    bytes: Vec<u8>,
    synced: Vec<u8>,
}

/// A simulated disk with the output folder.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    files: Vec<File>,
    /// For each inode number, the index of the file it currently refers to.
    numbers: BTreeMap<u64, usize>,
    folders: BTreeMap<u64, String>,
    names: BTreeMap<String, usize>,
    synced: BTreeMap<String, usize>,
}

impl Disk {
    /// A disk with these files, all of them synced.
    pub(super) fn new(files: BTreeMap<String, Vec<u8>>) -> Self {
        let mut disk = Self::default();
        for (name, bytes) in files {
            disk.names.insert(format!("out/{name}"), disk.files.len());
            disk.files.push(File { synced: bytes.clone(), bytes });
        }
        disk.synced.clone_from(&disk.names);
        disk
    }

    /// The disk after some operations.
    pub(super) fn after(mut self, operations: &[Operation]) -> Self {
        for operation in operations {
            self.act(operation);
        }
        self
    }

    fn act(&mut self, operation: &Operation) {
        match operation {
            Operation::Folder => {}
            Operation::Create(number, path) => {
                self.numbers.insert(*number, self.files.len());
                self.names.insert(path.clone(), self.files.len());
                self.files.push(File::default());
            }
            Operation::Open(number, path) => match self.names.get(path) {
                Some(&file) => {
                    self.numbers.insert(*number, file);
                }
                None => {
                    self.folders.insert(*number, path.clone());
                }
            },
            Operation::Empty(number) => self.file(*number).bytes.clear(),
            Operation::Write(number, at, bytes) => {
                let file = self.file(*number);
                let end = at + bytes.len();
                file.bytes.resize(file.bytes.len().max(end), 0);
                file.bytes[*at..end].copy_from_slice(bytes);
            }
            Operation::Sync(number) => {
                let Some(folder) = self.folders.get(number).cloned() else {
                    let file = self.file(*number);
                    file.synced.clone_from(&file.bytes);
                    return;
                };
                let within = |path: &String| path.rsplit_once('/').is_some_and(|(above, _)| above == folder);
                self.synced.retain(|path, _| !within(path));
                self.synced.extend(self.names.clone().into_iter().filter(|(path, _)| within(path)));
            }
            Operation::Rename(from, to) => {
                let file = self.names.remove(from).expect("a file that is renamed");
                self.names.insert(to.clone(), file);
            }
            Operation::Remove(path) => {
                self.names.remove(path);
            }
        }
    }

    fn file(&mut self, number: u64) -> &mut File {
        &mut self.files[self.numbers[&number]]
    }

    /// Writes what the disk may contain after a power cut into a folder; `root` is the name of the output folder in the trace.
    pub(super) fn restore(&self, folder: &Path, root: &str, loses: Loses) {
        if folder.exists() {
            fs::remove_dir_all(folder).expect("removed");
        }
        let names = if loses == Loses::UnsyncedNames { &self.synced } else { &self.names };
        for (path, &file) in names {
            let path = folder.join(path.strip_prefix(root).expect("below it").trim_start_matches('/'));
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, &self.files[file].synced).expect("written");
        }
    }
}
