//! Finds `nianbao.toml` upwards from the current folder and applies its options as defaults of the arguments.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{ArgMatches, Command};
use nianbao::batch::find_settings;
use nianbao::finding::{Bilingual, Message};
use nianbao::settings::Settings;

use super::failure::{of_file, of_system};

/// Options whose values are paths, resolved against the folder of the settings file.
const PATHS: &[&str] = &[
    "fonts",
    "mappings",
    "agencies",
    "template",
    "page-template",
    "corrections",
    "waivers",
    "previous",
    "out",
    "annotate",
    "letter",
    "revise",
    "propose",
];

/// Options that a settings file cannot set.
const TYPED_ONLY: &[&str] = &["config", "no-config", "help", "version", "child", "shard"];

/// Commands that do not search for a settings file, because copies of them run on many machines.
const ALONE: &[&str] = &["filter"];

/// The settings with the path of their file.
#[derive(Debug, Default, Clone)]
pub(crate) struct Found {
    pub(crate) path: Option<PathBuf>,
    pub(crate) settings: Settings,
}

/// The settings for these arguments: from the file that `--config` names, else from the nearest one upwards from the first input, else
/// upwards from the current folder.
pub(super) fn found(words: &[OsString], command: &Command) -> Result<Found> {
    let Some(matches) = relaxed(command).try_get_matches_from(words).ok() else { return Ok(Found::default()) };
    let Some((name, below)) = matches.subcommand() else { return Ok(Found::default()) };
    let named = below.get_one::<PathBuf>("config").cloned();
    let searched = !below.get_flag("no_config") && !ALONE.contains(&name);
    let path = named.or_else(|| searched.then(|| upwards(below)).flatten());
    let Some(path) = path else { return Ok(Found::default()) };
    let text = std::fs::read_to_string(&path).map_err(of_system(&path))?;
    let settings = Settings::read(&text).map_err(|error| of_file(&path, &error.message()))?;
    let known = |wanted: Option<&str>, option: &str| {
        let all = command.get_subcommands().filter(|below| wanted.is_none_or(|name| name == below.get_name()));
        let mut all = all.flat_map(Command::get_arguments).chain(command.get_arguments());
        all.any(|argument| argument.get_long() == Some(option) && !TYPED_ONLY.contains(&option))
    };
    if let Some(name) = settings.unknown(known) {
        let said = Message::new(
            format!("没有“{name}”这一项；可写的是各命令的选项，以及 codes 和 accept。"),
            format!("no option `{name}`: what can be set are the options of commands, `codes` and `accept`"),
        );
        return Err(of_file(&path, &said));
    }
    Ok(Found { path: Some(path), settings })
}

/// The same commands with no required arguments.
fn relaxed(command: &Command) -> Command {
    let free = |below: Command| below.mut_args(|argument| argument.required(false)).ignore_errors(true);
    command.clone().mut_subcommands(free).ignore_errors(true)
}

fn upwards(typed: &ArgMatches) -> Option<PathBuf> {
    let input = ["inputs", "file", "files"].into_iter().find_map(|id| {
        let values = typed.try_get_raw(id).ok().flatten()?;
        values.into_iter().next().map(PathBuf::from)
    });
    let near = input.filter(|input| input.exists()).and_then(|input| find_settings(&input));
    near.or_else(|| find_settings(Path::new(".")))
}

/// Sets the options of the settings as defaults of the arguments.
pub(super) fn set(found: &Found, command: Command) -> Command {
    let Some(path) = &found.path else { return command };
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    let settings = found.settings.clone();
    let placed = move |name: &str, argument: clap::Arg| {
        let Some(option) = argument.get_long().map(str::to_owned) else { return argument };
        let Some(values) = settings.values(name, &option).filter(|_| !TYPED_ONLY.contains(&option.as_str())) else {
            return argument;
        };
        let placed = values.iter().map(|value| {
            let path = PATHS.contains(&option.as_str()).then(|| folder.join(value).into_os_string());
            clap::builder::OsStr::from(path.unwrap_or_else(|| value.into()))
        });
        argument.required(false).hide_default_value(true).default_values(placed.collect::<Vec<_>>())
    };
    let all = placed.clone();
    let below = move |below: Command| {
        let name = below.get_name().to_owned();
        below.mut_args(|argument| placed(&name, argument))
    };
    // Global options are arguments of the top command.
    let takes_values = |argument: &clap::Arg| argument.get_action().takes_values();
    let above = |argument: clap::Arg| if takes_values(&argument) { all("", argument) } else { argument };
    command.mut_subcommands(below).mut_args(above)
}
