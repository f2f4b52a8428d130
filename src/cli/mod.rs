//! The command line as types. Knows no behaviour.

mod publish;
mod replies;
mod theme;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::io::terminal::Format;
pub use publish::{Publish, PublishHost, PublishInit, PublishInstead};
pub use replies::{Import, ImportPage, ImportReplies, Pull, Replies};
pub use theme::{Eject, Theme, ThemeCheck};

/// Turn a book of Markdown essays into a cross-linked website.
#[derive(Debug, Parser)]
#[command(
    name = "throughline",
    version,
    propagate_version = true,
    arg_required_else_help = true,
    after_help = "Examples:\n  throughline new my-book\n  throughline serve --open\n  throughline publish --dry-run"
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// The folder of the book [default: the nearest one upward with a `book.toml`]
    #[arg(short = 'C', long = "book", value_name = "DIR", global = true)]
    pub book: Option<PathBuf>,
    /// How reports are written
    #[arg(long, value_enum, default_value_t, global = true)]
    pub format: Format,
    /// Say nothing but errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Name every file of the site, and show lists whole
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value_t, global = true)]
    pub color: When,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a new book, essay or concept
    New(New),
    /// Build the site into a folder
    #[command(
        after_help = "Examples:\n  throughline build\n  throughline build --out /srv/www/book --deny warnings\n  throughline build --drafts --as-of 2027-01-01\n  throughline build --verify"
    )]
    Build(Build),
    /// Show the book in the browser while you write
    #[command(
        after_help = "Every change shows at once; what cannot be read is told where, and the last good page stays.\n\nExamples:\n  throughline serve --open\n  throughline serve --as-of 2027-01-01   # as readers will see it on that day\n  throughline serve --host 0.0.0.0       # for a phone in the same network, read-only"
    )]
    Serve(Serve),
    /// Put the site where readers find it
    #[command(
        after_help = "The targets stand in `book.toml`, each as `[publish.NAME]` with `to = \"git\"`, `s3`, `rsync`, `sftp`, `netlify`, `cloudflare` or `folder`. What changes is listed first, and you are asked once.\n\nExamples:\n  throughline publish --dry-run\n  throughline publish live --yes\n  throughline publish --rollback"
    )]
    Publish(Publish),
    /// Report everything that is wrong or could be better
    #[command(
        after_help = "Besides what a build reports, this looks after the vocabulary: concepts that are nearly the same, that nobody defines, names or mentions; essays that nothing links to; what is missing or long. Links to pages elsewhere are asked for with `--external` only; what is learned is kept in `.throughline/external.json`.\n\nExamples:\n  throughline check\n  throughline check --fix --dry-run   # show what would be mended\n  throughline check --fix\n  throughline check --external\n  throughline check --budget --deny warnings\n  throughline check --format sarif > report.sarif"
    )]
    Check(Check),
    /// Say more about a diagnostic code
    #[command(after_help = "Examples:\n  throughline explain\n  throughline explain broken-link")]
    Explain {
        /// The code, such as `broken-link`; without it, all codes are listed
        code: Option<String>,
    },
    /// List the addresses of the site and what was promised of each, or explain one
    #[command(
        after_help = "An address in `published.toml` that leads nowhere makes the exit code 1.\n\nExamples:\n  throughline urls\n  throughline urls /essays/trust/\n  throughline urls https://example.org/essays/trust/#the-first-month"
    )]
    Urls {
        /// The address, from the root of the site or in full, with a heading or without; all addresses if it is left out
        address: Option<String>,
    },
    /// Bring in what stands elsewhere
    #[command(
        subcommand,
        after_help = "Examples:\n  throughline import replies disqus.xml --dry-run\n  throughline import page copied.txt"
    )]
    Import(Import),
    /// Look after the replies of readers
    #[command(
        subcommand,
        after_help = "Examples:\n  throughline replies list --state held\n  throughline replies publish disqus:77"
    )]
    Replies(Replies),
    /// List themes, copy files of one into the book, or look a theme through
    #[command(
        subcommand,
        after_help = "Examples:\n  throughline theme list\n  throughline theme eject card.html\n  throughline theme check"
    )]
    Theme(Theme),
    /// Turn one Markdown text into an HTML fragment
    #[command(after_help = "Examples:\n  throughline markdown text.md\n  throughline markdown - --extensions none")]
    Markdown(Markdown),
    /// Tell where the book stands: drafts, what is due, what was missed, who waits
    #[command(
        after_help = "The exit code is 1 where something was missed or will be.\n\nExamples:\n  throughline status\n  throughline status --format json"
    )]
    Status(Status),
    /// Tell hubs, search engines and linked pages what was published
    #[command(
        after_help = "Who is told stands under `[tell]` in `book.toml`; without it, nobody is.\n\nExamples:\n  throughline tell --dry-run\n  throughline tell"
    )]
    Tell(Tell),
    /// Say what a page was made from, and what has changed in it since it was built and published
    #[command(
        after_help = "Examples:\n  throughline why /essays/trust/\n  throughline why public/essays/trust/index.html --out public"
    )]
    Why(Why),
    /// Write the completions for a shell
    #[command(
        after_help = "Examples:\n  throughline completions bash > ~/.local/share/bash-completion/completions/throughline\n  throughline completions zsh > ~/.zfunc/_throughline\n  throughline completions fish > ~/.config/fish/completions/throughline.fish\n  throughline completions powershell\n  throughline completions elvish"
    )]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Write the manual pages of the commands
    #[command(
        after_help = "Examples:\n  throughline man > throughline.1\n  throughline man --out ~/.local/share/man/man1"
    )]
    Man {
        /// Write one page for each command into this folder [default: that of `throughline` to standard output]
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// Options of `why`.
#[derive(Debug, Args)]
pub struct Why {
    /// The address, from the root of the site or in full, or the file in the output folder
    pub address: String,
    /// The output folder that is compared [default: `public` in the book]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Look at the site with drafts, scheduled and expired essays too
    #[arg(long)]
    pub drafts: bool,
    /// Look at the site as of this day instead of today
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub as_of: Option<jiff::civil::Date>,
}

/// Options of `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// Where it stands on this day instead of today
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub as_of: Option<jiff::civil::Date>,
}

/// Options of `tell`.
#[derive(Debug, Args)]
pub struct Tell {
    /// Show what would be sent, and send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// How long to wait for a host
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..=600))]
    pub timeout: u64,
    /// Ask this server instead, the host's name being the first part of the path there
    #[arg(long, value_name = "URL", hide = true)]
    pub via: Option<String>,
}

/// What to make.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:\n  throughline new my-book\n  throughline new essay \"Trust arrives on foot\"\n  throughline new concept trust"
)]
pub struct New {
    /// The folder of the new book
    #[arg(required = true)]
    pub folder: Option<PathBuf>,
    /// An essay or a concept.
    #[command(subcommand)]
    pub entry: Option<NewEntry>,
}

/// What to add to a book.
#[derive(Debug, Subcommand)]
pub enum NewEntry {
    /// Add an essay, as a draft
    #[command(after_help = "Examples:\n  throughline new essay \"Trust arrives on foot\"")]
    Essay {
        /// Its title
        title: String,
    },
    /// Add a concept
    #[command(after_help = "Examples:\n  throughline new concept trust")]
    Concept {
        /// Its name
        name: String,
    },
}

/// Which site.
#[derive(Clone, Debug, Args)]
pub struct Site {
    /// Show drafts, scheduled and expired essays too
    #[arg(long)]
    pub drafts: bool,
    /// Make the site as of this day instead of today
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub as_of: Option<jiff::civil::Date>,
    /// The site's address, instead of the one in `book.toml`
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Treat warnings as errors
    #[arg(long, value_enum, value_name = "WHAT")]
    pub deny: Option<Deny>,
    /// Compute everything anew, and keep nothing of it for the next run
    #[arg(long)]
    pub no_cache: bool,
}

/// What is not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Every warning.
    Warnings,
}

/// Options of `build`.
#[derive(Clone, Debug, Args)]
pub struct Build {
    /// The output folder [default: `public` in the book]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Tell how long each stage took, which pages and templates took longest, and what was remembered
    #[arg(long)]
    pub timings: bool,
    /// Build once more with nothing remembered, and compare every file and finding
    #[arg(long)]
    pub verify: bool,
    /// Which site.
    #[command(flatten)]
    pub site: Site,
}

/// Options of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Mend what has one certain remedy, show the changes and report what remains
    #[arg(long, conflicts_with_all = ["external", "budget"])]
    pub fix: bool,
    /// Show what `--fix` would change, and change nothing
    #[arg(long, requires = "fix")]
    pub dry_run: bool,
    /// Which site.
    #[command(flatten)]
    pub site: Site,
    /// Ask for the addresses elsewhere that the book links to, as far as they were not asked for lately
    #[arg(long)]
    pub external: bool,
    /// Ask for all of them again, with `--external`
    #[arg(long, requires = "external")]
    pub refresh: bool,
    /// Weigh the pages, and report what is over the budget
    #[arg(long)]
    pub budget: bool,
    /// Ask this server instead, without pauses, the host's name being the first part of the path there
    #[arg(long, value_name = "URL", requires = "external", hide = true)]
    pub via: Option<String>,
}

/// Options of `serve`.
#[derive(Debug, Args)]
pub struct Serve {
    /// The port; the next free one where it is taken
    #[arg(long, value_name = "PORT", default_value_t = 4747)]
    pub port: u16,
    /// Let others in your network read it too, at this address of yours; `0.0.0.0` for all of them
    #[arg(long, value_name = "ADDRESS")]
    pub host: Option<std::net::IpAddr>,
    /// Open the browser
    #[arg(long)]
    pub open: bool,
    /// Go to the page of the essay that is being edited
    #[arg(long)]
    pub follow: bool,
    /// Look for changes twice a second instead of waiting for notices, as some network folders and containers need
    #[arg(long)]
    pub poll: bool,
    /// Show the site as readers see it on this day
    #[arg(long, value_name = "DATE", value_parser = parse_day)]
    pub as_of: Option<jiff::civil::Date>,
    /// Show drafts, scheduled and expired essays too, as is done anyway without `--as-of`
    #[arg(long)]
    pub drafts: bool,
    /// What opens a file from the browser: vscode, vscodium, cursor, zed, idea, textmate, or an address with {path}, {line} and {column}
    #[arg(long, value_name = "EDITOR", default_value = "vscode")]
    pub editor: String,
    /// Compute everything anew, and keep nothing of it for the next run
    #[arg(long)]
    pub no_cache: bool,
}

/// Options of `markdown`.
#[derive(Debug, Args)]
pub struct Markdown {
    /// The file; `-` or nothing for standard input
    pub file: Option<PathBuf>,
    /// Which extensions of CommonMark are read
    #[arg(long, value_enum, default_value_t)]
    pub extensions: Extensions,
}

/// Which extensions of CommonMark are read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Extensions {
    /// All of them.
    #[default]
    All,
    /// None: plain CommonMark.
    None,
}

/// A day on which something can have been copied; a day off is left for those who live east of here.
fn parse_past_day(written: &str) -> Result<jiff::civil::Date, String> {
    let day = parse_day(written)?;
    let latest = crate::io::clock::today().tomorrow().map_err(|error| error.to_string())?;
    if day > latest { Err(format!("{day} lies ahead")) } else { Ok(day) }
}

fn parse_day(written: &str) -> Result<jiff::civil::Date, String> {
    crate::base::date::Date::parse(written)
        .map(|date| date.as_day())
        .map_err(|why| format!("{why}; write it as 2021-03-02"))
}
