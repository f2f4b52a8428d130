//! One verb a file: options in, library call, words out.

mod build;
mod check;
mod check_external;
mod check_fix;
mod check_more;
mod completions;
mod explain;
mod import;
mod import_page;
mod leaves;
mod man;
mod markdown;
mod new;
mod outcome;
mod publish;
mod publish_init;
mod publish_target;
mod pull;
mod replies;
mod serve;
mod status;
mod tell;
mod texts;
mod theme;
mod theme_check;
mod timings;
mod urls;
mod verify;
mod why;
mod why_change;
mod why_origins;
mod why_shown;

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use clap::{CommandFactory, FromArgMatches};

use crate::cli::{self, Cli, Command, Site, When};
use crate::io::error::Error;
use crate::io::process;
use crate::io::terminal::{Format, Terminal, failed};
use crate::load::Options;
use crate::model::source::Changed;

/// Runs the program with these arguments and returns its exit code.
#[must_use]
pub fn run(arguments: impl IntoIterator<Item = std::ffi::OsString>) -> u8 {
    let arguments: Vec<std::ffi::OsString> = arguments.into_iter().collect();
    if let Some(answered) = process::answer(arguments.get(1).map(std::ffi::OsString::as_os_str)) {
        return u8::from(answered.is_err());
    }
    let cli = match parse(&arguments) {
        Ok(cli) => cli,
        Err(error) => return misused(&error, &arguments),
    };
    let color = match cli.global.color {
        When::Auto => anstream::ColorChoice::Auto,
        When::Always => anstream::ColorChoice::Always,
        When::Never => anstream::ColorChoice::Never,
    };
    let terminal = Terminal::new(cli.global.format, color, cli.global.quiet, cli.global.verbose);
    let start = cli.global.book.clone().unwrap_or_else(|| PathBuf::from("."));
    let done = unwound(|| match cli.command {
        command if terminal.format == Format::Sarif && !makes_report(&command) => {
            let message = "this command makes no report that SARIF could hold: write `--format json`";
            Err(Error::Usage(message.to_owned()))
        }
        Command::New(new) => new::run(&new, &start, &terminal),
        Command::Build(options) => build::build(&options, &start, &terminal),
        Command::Check(options) => check::run(&options, &start, &terminal),
        Command::Serve(options) => serve::run(&options, &start, &terminal),
        Command::Explain { code } => explain::run(code.as_deref(), &terminal),
        Command::Urls { address } => urls::run(address.as_deref(), &start, &terminal),
        Command::Import(cli::Import::Replies(options)) => import::replies(&options, &start, &terminal),
        Command::Import(cli::Import::Page(options)) => import_page::run(&options, &start, &terminal),
        Command::Replies(what) => replies::run(&what, &start, &terminal),
        Command::Theme(cli::Theme::List) => theme::list(&start, &terminal),
        Command::Theme(cli::Theme::Eject(options)) => theme::eject(&options, &start, &terminal),
        Command::Theme(cli::Theme::Check(options)) => theme_check::run(&options, &start, &terminal),
        Command::Markdown(options) => markdown::run(&options, &terminal),
        Command::Publish(options) => match &options.instead {
            Some(cli::PublishInstead::Init(init)) => publish_init::run(init, &start, &terminal),
            None => publish::run(&options, &start, &terminal),
        },
        Command::Status(options) => status::run(&options, &start, &terminal),
        Command::Tell(options) => tell::run(&options, &start, &terminal),
        Command::Why(options) => why::run(&options, &start, &terminal),
        Command::Completions { shell } => completions::run(shell, &terminal),
        Command::Man { out } => man::run(out.as_deref(), &terminal),
    });
    let code = done.unwrap_or_else(|error| {
        terminal.fail(&error.to_string());
        error.exit_code()
    });
    terminal.finish(code);
    code
}

/// What a command came to, also where it unwound since a file of the book was changed under its hands.
fn unwound(command: impl FnOnce() -> Result<u8, Error>) -> Result<u8, Error> {
    // What it held is gone with it; nothing is looked at again.
    std::panic::catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|cause| match cause.downcast::<Changed>() {
        Ok(changed) => Err(Error::Changed(changed.0.to_string())),
        Err(cause) => std::panic::resume_unwind(cause),
    })
}

/// The command line as types. Its help, its version and what is wrong with it are coloured as it asks for, which they have to
/// be told before anything is read.
fn parse(arguments: &[std::ffi::OsString]) -> Result<Cli, clap::Error> {
    let words: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let asks = |when: &str| {
        words.contains(&format!("--color={when}").as_str()) || words.windows(2).any(|two| two == ["--color", when])
    };
    let color = match (asks("never"), asks("always")) {
        (true, _) => clap::ColorChoice::Never,
        (_, true) => clap::ColorChoice::Always,
        _ => clap::ColorChoice::Auto,
    };
    let mut command = Cli::command().color(color);
    let matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// Tells what is wrong with a command line; help and version go to standard output and are no failure.
fn misused(error: &clap::Error, arguments: &[std::ffi::OsString]) -> u8 {
    // There is nobody left to be told where this fails.
    drop(error.print());
    if !error.use_stderr() {
        return 0;
    }
    let words: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let wanted = |word: &str| {
        words.contains(&format!("--format={word}").as_str()) || words.windows(2).any(|two| two == ["--format", word])
    };
    let format = match (wanted("json"), wanted("sarif")) {
        (true, _) => Format::Json,
        (_, true) => Format::Sarif,
        _ => return 2,
    };
    let terminal = Terminal::new(format, anstream::ColorChoice::Never, false, false);
    let text = error.render().to_string();
    let message = text.trim_start_matches("error: ").split("\n\n").next().unwrap_or_default();
    terminal.write_out(&failed(format, message.trim(), 2).to_string());
    2
}

/// Whether a command makes a report, which is what SARIF is for.
fn makes_report(command: &Command) -> bool {
    match command {
        Command::Build(_) | Command::Check(_) | Command::Theme(cli::Theme::Check(_)) => true,
        Command::Publish(options) => options.instead.is_none(),
        Command::Urls { address } => address.is_none(),
        _ => false,
    }
}

fn options_of(site: &Site) -> Options {
    Options { with_drafts: site.drafts, as_of: site.as_of, base_url: site.base_url.clone(), ..Options::default() }
}

/// What changes in a file, line by line. A file without text is one that is not there.
fn diff(name: &str, before: &str, after: &str) -> String {
    let side = |text: &str| if text.is_empty() { "/dev/null" } else { name };
    let lines = similar::TextDiff::from_lines(before, after);
    lines.unified_diff().context_radius(2).header(side(before), side(after)).to_string().trim_end().to_owned()
}

/// A path as a person would write it from here.
fn short(path: &Path) -> String {
    let here = crate::io::disk::current_folder();
    let relative = here.as_deref().and_then(|here| path.strip_prefix(here).ok());
    relative.filter(|relative| !relative.as_os_str().is_empty()).unwrap_or(path).display().to_string()
}
