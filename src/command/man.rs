//! `man`: the manual pages of the commands, for `man`.

use std::path::Path;

use clap::{Command, CommandFactory};
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

fn page(command: &Command) -> Result<String, Error> {
    let mut page = Vec::new();
    let made = clap_mangen::Man::new(command.clone()).render(&mut page);
    made.map_err(|source| Error::Write { path: "the manual page".into(), source })?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
