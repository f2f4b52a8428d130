//! `completions`: what a shell has to know to complete a command line.

use clap::CommandFactory;
use serde_json::json;

use crate::cli::Cli;
use crate::io::error::Error;
use crate::io::terminal::{Format, Terminal};

pub(super) fn run(shell: clap_complete::Shell, terminal: &Terminal) -> Result<u8, Error> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "throughline", &mut script);
    let script = String::from_utf8_lossy(&script);
    if terminal.format == Format::Human {
        terminal.write_out(script.trim_end());
    } else {
        terminal.write_out(&json!({ "shell": shell.to_string(), "script": script }).to_string());
    }
    Ok(0)
}
