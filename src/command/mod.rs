//! One verb a file: options in, library call, words out.

mod build;
mod check;
mod explain;
mod import;
mod import_page;
mod markdown;
mod new;
mod publish;
mod publish_init;
mod publish_target;
mod pull;
mod replies;
mod serve;
mod status;
mod tell;
mod texts;
mod urls;

use std::path::{Path, PathBuf};

use clap::Parser;

use crate::cli::{self, Cli, Command, Site, When};
use crate::io::process;
use crate::io::terminal::Terminal;
use crate::load::Options;

/// Runs the program with these arguments and returns its exit code.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> u8 {
    let arguments: Vec<std::ffi::OsString> = arguments.into_iter().collect();
    if let Some(answered) = process::answer(arguments.get(1).map(std::ffi::OsString::as_os_str)) {
        return u8::from(answered.is_err());
    }
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output and are no failure.
            drop(error.print());
            return if error.use_stderr() { 2 } else { 0 };
        }
    };
    let color = match cli.global.color {
        When::Auto => anstream::ColorChoice::Auto,
        When::Always => anstream::ColorChoice::Always,
        When::Never => anstream::ColorChoice::Never,
    };
    let terminal =
        Terminal { format: cli.global.format, color, is_quiet: cli.global.quiet, is_verbose: cli.global.verbose };
    let start = cli.global.book.clone().unwrap_or_else(|| PathBuf::from("."));
    let done = match cli.command {
        Command::New(new) => new::run(&new, &start, &terminal),
        Command::Build(options) => build::build(&options, &start, &terminal),
        Command::Check(options) => check::run(&options, &start, &terminal),
        Command::Serve(options) => serve::run(&options, &start, &terminal),
        Command::Explain { code } => explain::run(code.as_deref(), &terminal),
        Command::Urls { address } => urls::run(address.as_deref(), &start, &terminal),
        Command::Import(cli::Import::Replies(options)) => import::replies(&options, &start, &terminal),
        Command::Import(cli::Import::Page(options)) => import_page::run(&options, &start, &terminal),
        Command::Replies(what) => replies::run(&what, &start, &terminal),
        Command::Markdown(options) => markdown::run(&options, &terminal),
        Command::Publish(options) => match &options.instead {
            Some(cli::PublishInstead::Init(init)) => publish_init::run(init, &start, &terminal),
            None => publish::run(&options, &start, &terminal),
        },
        Command::Status(options) => status::run(&options, &start, &terminal),
        Command::Tell(options) => tell::run(&options, &start, &terminal),
    };
    done.unwrap_or_else(|error| {
        terminal.fail(&error.to_string());
        error.exit_code()
    })
}

fn options_of(site: &Site) -> Options {
    Options { with_drafts: site.drafts, as_of: site.as_of, base_url: site.base_url.clone(), ..Options::default() }
}

/// A path as a person would write it from here.
fn short(path: &Path) -> String {
    let here = crate::io::disk::current_folder();
    let relative = here.as_deref().and_then(|here| path.strip_prefix(here).ok());
    relative.filter(|relative| !relative.as_os_str().is_empty()).unwrap_or(path).display().to_string()
}
