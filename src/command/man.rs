//! `man`: the manual pages of the commands, for `man`.

use std::path::Path;

use clap::{Arg, ArgAction, Command, CommandFactory};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, italic, roman};
use serde_json::json;

use super::short;
use crate::cli::Cli;
use crate::io::error::Error;
use crate::io::stage;
use crate::io::terminal::{Format, Terminal};

pub(super) fn run(out: Option<&Path>, terminal: &Terminal) -> Result<u8, Error> {
    let mut main = Cli::command().disable_help_subcommand(true);
    main.build();
    let Some(folder) = out else {
        let page = page(&main)?;
        if terminal.format == Format::Human {
            terminal.write_out(page.trim_end());
        } else {
            terminal.write_out(&json!({ "page": page }).to_string());
        }
        return Ok(0);
    };
    let mut pages = Vec::new();
    collect(&main, &mut pages)?;
    for (name, page) in &pages {
        stage::write_file(&folder.join(name), page)?;
    }
    if terminal.format == Format::Human {
        terminal.say(&format!("Wrote {} manual pages into {}", pages.len(), short(folder)));
    } else {
        let files: Vec<&String> = pages.iter().map(|(name, _)| name).collect();
        terminal.write_out(&json!({ "folder": folder.display().to_string(), "files": files }).to_string());
    }
    Ok(0)
}

/// The page of a command and those of the commands below it, each with the name of its file.
fn collect(command: &Command, pages: &mut Vec<(String, String)>) -> Result<(), Error> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    pages.push((format!("{name}.1"), page(command)?));
    let below = command.get_subcommands().filter(|below| !below.is_hide_set());
    below.into_iter().try_for_each(|below| collect(below, pages))
}

/// A manual page, from its parts: those of the crate, and our own where it leaves out what readers look for.
fn page(command: &Command) -> Result<String, Error> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let program = format!("throughline {}", command.get_version().unwrap_or(env!("CARGO_PKG_VERSION")));
    // A date that is empty would be left out, and what follows would take its place.
    let man = |command: Command| {
        Man::new(command).title(name.clone()).source(program.clone()).manual("Throughline manual".to_owned()).date(" ")
    };
    let is_shown = |arg: &&Arg| !arg.is_hide_set();
    let (whole, options) =
        (man(command.clone()), man(command.clone().mut_args(|arg| hidden_if(arg, Arg::is_positional))));
    let mut page = Vec::new();
    let made = (|| -> std::io::Result<()> {
        whole.render_title(&mut page)?;
        whole.render_name_section(&mut page)?;
        synopsis(command).to_writer(&mut page)?;
        whole.render_description_section(&mut page)?;
        let (notes, examples) = after_help(command);
        lines(&notes).to_writer(&mut page)?;
        if command.get_positionals().any(|arg| is_shown(&arg)) {
            man(command.clone().mut_args(as_argument)).render_options_section(&mut page)?;
        }
        options.render_options_section(&mut page)?;
        if command.get_subcommands().any(|below| !below.is_hide_set()) {
            whole.render_subcommands_section(&mut page)?;
        }
        examples_section(&examples).to_writer(&mut page)
    })();
    made.map_err(|source| Error::Write { path: "the manual page".into(), source })?;
    Ok(without_preambles(&String::from_utf8_lossy(&page)))
}

fn hidden_if(arg: Arg, is_hidden: impl Fn(&Arg) -> bool) -> Arg {
    let is_hidden = arg.is_hide_set() || is_hidden(&arg);
    arg.hide(is_hidden)
}

/// An argument under a heading of its own; whatever is none is hidden.
fn as_argument(arg: Arg) -> Arg {
    hidden_if(arg, |arg| !arg.is_positional()).help_heading("Arguments")
}

/// How a command is written, with the names of values, and with arguments behind the options.
fn synopsis(command: &Command) -> Roff {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name());
    let mut line = vec![bold(name)];
    let (arguments, options): (Vec<&Arg>, Vec<&Arg>) =
        command.get_arguments().filter(|arg| !arg.is_hide_set()).partition(|arg| arg.is_positional());
    for option in options {
        line.push(roman(" ["));
        let names = [option.get_short().map(|c| format!("-{c}")), option.get_long().map(|long| format!("--{long}"))];
        for (at, name) in names.into_iter().flatten().enumerate() {
            line.extend((at > 0).then(|| roman("|")));
            line.push(bold(name));
        }
        if option.get_action().takes_values() {
            line.extend([roman(" "), italic(value_of(option))]);
        }
        line.push(roman("]"));
    }
    for argument in arguments {
        let (before, after) = if argument.is_required_set() { (" ", "") } else { (" [", "]") };
        line.extend([roman(before), italic(value_of(argument)), roman(after)]);
        let is_many = argument.get_num_args().is_some_and(|range| range.max_values() > 1)
            || matches!(argument.get_action(), ArgAction::Append);
        line.extend(is_many.then(|| roman(" ...")));
    }
    if command.has_subcommands() {
        let (before, after) = if command.is_subcommand_required_set() { (" ", "") } else { (" [", "]") };
        line.extend([roman(before), italic("COMMAND"), roman(after)]);
    }
    let mut roff = Roff::default();
    roff.control("SH", ["SYNOPSIS"]).text(line);
    roff
}

/// The name of what is written behind an option, or of an argument.
fn value_of(arg: &Arg) -> String {
    let names = arg.get_value_names().map(|names| names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "));
    names.unwrap_or_else(|| arg.get_id().as_str().to_uppercase())
}

/// What stands below the help: remarks, and examples.
fn after_help(command: &Command) -> (String, String) {
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    match text.split_once("Examples:\n") {
        Some((notes, examples)) => (notes.trim().to_owned(), examples.to_owned()),
        None => (text.trim().to_owned(), String::new()),
    }
}

fn lines(notes: &str) -> Roff {
    let mut roff = Roff::default();
    for note in notes.lines().filter(|note| !note.trim().is_empty()) {
        roff.control("PP", []).text([roman(note)]);
    }
    roff
}

fn examples_section(examples: &str) -> Roff {
    let mut roff = Roff::default();
    if !examples.trim().is_empty() {
        roff.control("SH", ["EXAMPLES"]).control("nf", []);
        examples.lines().for_each(|line| {
            roff.text([roman(line.trim())]);
        });
        roff.control("fi", []);
    }
    roff
}

/// Every part begins with the same definitions, which a page needs once.
fn without_preambles(page: &str) -> String {
    let is_preamble = |line: &str| line.starts_with(".ie \\n(.g .ds Aq") || line.starts_with(".el .ds Aq");
    let (first, rest) = page.split_at(page.find(".TH ").unwrap_or(0));
    let rest: Vec<&str> = rest.lines().filter(|line| !is_preamble(line)).collect();
    format!("{first}{}\n", rest.join("\n"))
}
