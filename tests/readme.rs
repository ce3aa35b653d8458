//! Runs the commands of the front pages, and compares their output. `BLESS=1 cargo test readme` writes outputs that are missing; a line
//! `...` in the page stands for any number of lines.

#![allow(clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::path::Path;

use crate::program::Folder;
use crate::sources;

const PAGES: [&str; 2] = ["README.md", "README.zh-CN.md"];

/// Maximum number of lines of a blessed output.
const MOST_LINES: usize = 12;

/// A command of the page and its output lines.
struct Example {
    command: String,
    output: Vec<String>,
}

/// Text of the page, or an example.
enum Piece {
    Text(String),
    Example(Example),
}

fn pieces(page: &str) -> Vec<Piece> {
    let (mut pieces, mut inside) = (Vec::new(), false);
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```console";
            pieces.push(Piece::Text(line.to_owned()));
        } else if let Some(command) = line.strip_prefix("$ ").filter(|_| inside) {
            pieces.push(Piece::Example(Example { command: command.to_owned(), output: Vec::new() }));
        } else if let Some(Piece::Example(example)) = pieces.last_mut().filter(|_| inside) {
            example.output.push(line.to_owned());
        } else {
            pieces.push(Piece::Text(line.to_owned()));
        }
    }
    pieces
}

/// The output of a command in a folder with the samples: standard output, then standard error.
fn printed(folder: &Folder, command: &str) -> Vec<String> {
    let args: Vec<&str> = command.split_whitespace().skip(1).collect();
    let ran = folder.run(&args);
    ran.out.lines().chain(ran.err.lines()).map(str::to_owned).collect()
}

/// Whether lines match, where `...` stands for any number of lines.
fn fits(found: &[String], wanted: &[String]) -> bool {
    match wanted.split_first() {
        None => found.is_empty(),
        Some((first, rest)) if first == "..." => (0..=found.len()).any(|skip| fits(&found[skip..], rest)),
        Some((first, rest)) => found.split_first().is_some_and(|(line, more)| line == first && fits(more, rest)),
    }
}

#[test]
fn every_command_prints_the_output_in_the_page() {
    let counts = PAGES.map(try_commands);
    assert!(counts[0] >= 8 && counts[1] >= 1, "{counts:?} commands");
}

/// Runs the commands of a page; returns their number.
fn try_commands(name: &str) -> usize {
    let page = sources::text(Path::new(name));
    let folder = Folder::new();
    let inputs = ["samples", "tests/damaged", "tests/texts", "docs"].map(sources::files);
    for path in inputs.iter().flatten() {
        folder.file(&path.to_string_lossy(), std::fs::read(sources::root().join(path)).expect("a sample"));
    }
    let (mut wrong, mut lines, mut count) = (Vec::new(), Vec::new(), 0);
    for piece in pieces(&page) {
        match piece {
            Piece::Text(line) => lines.push(line),
            Piece::Example(example) => {
                count += 1;
                let found = printed(&folder, &example.command);
                lines.push(format!("$ {}", example.command));
                if fits(&found, &example.output) {
                    lines.extend(example.output);
                    continue;
                }
                let cut = found.len() > MOST_LINES;
                lines.extend(found.iter().take(MOST_LINES).cloned());
                lines.extend(cut.then(|| "...".to_owned()));
                wrong.push(format!("$ {}\n{}", example.command, found.join("\n")));
            }
        }
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(sources::root().join(name), lines.join("\n") + "\n").expect("written");
        return count;
    }
    assert!(wrong.is_empty(), "{name} should say (BLESS=1 cargo test readme):\n{}", wrong.join("\n\n"));
    count
}

#[test]
fn the_page_agrees_with_the_help() {
    let page = sources::text(Path::new(PAGES[0]));
    let help = Folder::new().run(&["--help"]).out;
    let commands = help.split("Commands:").nth(1).and_then(|rest| rest.split("Options:").next()).expect("commands");
    // A command is indented by two blanks; deeper lines continue the line above.
    let names = commands.lines().filter_map(|line| line.strip_prefix("  ").filter(|rest| !rest.starts_with(' ')));
    for command in names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
        assert!(page.contains(&format!("**{command}** ")), "{command}");
    }
}
