//! The command line as types. Knows no behaviour.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::io::terminal::Format;

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
    /// Name every file that is written
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
        after_help = "Examples:\n  throughline build\n  throughline build --out /srv/www/book --deny warnings\n  throughline build --drafts --as-of 2027-01-01"
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

/// What `publish` does instead of publishing.
#[derive(Debug, Subcommand)]
pub enum PublishInstead {
    /// Write the workflow that publishes by itself, also when scheduled essays fall due
    #[command(
        after_help = "Run it again when you schedule an essay; `throughline status` says when that is needed.\n\nExamples:\n  throughline publish init github\n  throughline publish init gitlab --time-zone Europe/Berlin\n  throughline publish init netlify --target site --dry-run"
    )]
    Init(PublishInit),
}

/// Options of `publish init`.
#[derive(Debug, Args)]
pub struct PublishInit {
    /// Where the workflow runs, or the host that it publishes to
    #[arg(value_enum)]
    pub host: PublishHost,
    /// The target, by its name in `book.toml` [default: the one that goes to this host]
    #[arg(long, value_name = "TARGET")]
    pub target: Option<String>,
    /// The branch on which the book is written [default: the main one of the repository]
    #[arg(long, value_name = "BRANCH")]
    pub branch: Option<String>,
    /// The time zone in which days begin, such as `Europe/Berlin` [default: the one of this machine]
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Show the file, and write nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Hosts of code, and hosts of sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PublishHost {
    /// GitHub Actions, for any target
    #[value(name = "github")]
    GitHub,
    /// GitLab CI, for any target
    #[value(name = "gitlab")]
    GitLab,
    /// Netlify, from GitHub Actions or GitLab CI
    Netlify,
    /// Cloudflare Pages, from GitHub Actions or GitLab CI
    Cloudflare,
}

/// What to do with themes.
#[derive(Debug, Subcommand)]
pub enum Theme {
    /// List the themes, those that are built in and the book's own
    #[command(
        after_help = "With `--verbose` or `--format json` the settings of each theme are listed too.\n\nExamples:\n  throughline theme list\n  throughline theme list --verbose\n  throughline theme list --format json"
    )]
    List,
    /// Copy files of a built-in theme into the book, to be changed there
    #[command(
        after_help = "What is copied no longer changes when the program does: copy as little as you can, and where one block of a template is enough, extend the template instead. Nothing is overwritten.\n\nExamples:\n  throughline theme eject card.html\n  throughline theme eject style.css favicon.svg --into mine\n  throughline theme eject sidebar.html --theme manual"
    )]
    Eject(Eject),
    /// Look the book's theme through: templates, style sheets, settings and files that nobody uses
    #[command(
        after_help = "Every page is rendered, and nothing is written. The exit code is 1 where there are errors.\n\nExamples:\n  throughline theme check\n  throughline theme check --deny warnings"
    )]
    Check(ThemeCheck),
}

/// Options of `theme eject`.
#[derive(Debug, Args)]
pub struct Eject {
    /// Templates and assets by name, such as `essay.html` or `style.css`; all templates without it
    pub files: Vec<String>,
    /// The built-in theme that they are taken from [default: the one that the book uses]
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
    /// The folder below `themes/` that they go to [default: the theme that the book uses]
    #[arg(long, value_name = "NAME")]
    pub into: Option<String>,
}

/// Options of `theme check`.
#[derive(Debug, Args)]
pub struct ThemeCheck {
    /// Treat warnings as errors
    #[arg(long, value_enum, value_name = "WHAT")]
    pub deny: Option<Deny>,
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

/// What to bring in.
#[derive(Debug, Subcommand)]
pub enum Import {
    /// Bring in replies from an export, a saved page or a copied text
    #[command(
        after_help = "The source is recognised from the content.\n\nExamples:\n  throughline import replies disqus.xml --dry-run\n  throughline import replies thread.txt --essay trust --captured 2026-11-20"
    )]
    Replies(ImportReplies),
    /// Turn a copied page into an essay and the replies under it
    #[command(
        after_help = "An essay that exists already is left alone; the replies come in.\n\nExamples:\n  throughline import page copied.txt --captured 2026-11-20"
    )]
    Page(ImportPage),
}

/// Options of `import page`.
#[derive(Debug, Args)]
pub struct ImportPage {
    /// The text file; `-` for standard input
    pub file: PathBuf,
    /// The day on which it was copied; ages such as "4y" are counted from it
    #[arg(long, value_name = "DATE", value_parser = parse_past_day)]
    pub captured: Option<jiff::civil::Date>,
    /// The language in which the copied page was shown, such as `es`; some ages mean different things in different languages
    #[arg(long, value_name = "LANG")]
    pub language: Option<String>,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// Options of `import replies`.
#[derive(Debug, Args)]
pub struct ImportReplies {
    /// The file or folder; `-` for standard input
    pub file: PathBuf,
    /// The essay that everything belongs to, by file name, slug, title or address
    #[arg(long, value_name = "ESSAY")]
    pub essay: Option<String>,
    /// The source, where it is not recognised
    #[arg(long, value_name = "SOURCE")]
    pub from: Option<String>,
    /// The day on which a page was copied or saved; ages such as "4y" are counted from it
    #[arg(long, value_name = "DATE", value_parser = parse_past_day)]
    pub captured: Option<jiff::civil::Date>,
    /// The language in which the copied page was shown, such as `es`; some ages mean different things in different languages
    #[arg(long, value_name = "LANG")]
    pub language: Option<String>,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

/// What to do with replies.
#[derive(Debug, Subcommand)]
pub enum Replies {
    /// List the replies, those of one essay or all
    #[command(after_help = "Examples:\n  throughline replies list\n  throughline replies list trust --state held")]
    List {
        /// The essay, by file name, slug or title
        essay: Option<String>,
        /// Only those that readers see, that wait for you, or that are never shown
        #[arg(long, value_name = "STATE", value_parser = ["shown", "held", "hidden"])]
        state: Option<String>,
    },
    /// Show one reply with everything that is known of it
    #[command(after_help = "Examples:\n  throughline replies show disqus:77")]
    Show {
        /// Its id, such as `disqus:77`
        id: String,
    },
    /// Keep a reply back until you decide
    #[command(after_help = "Examples:\n  throughline replies hold disqus:77 78")]
    Hold {
        /// Their ids; what stands behind the colon is enough where it is unique
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Never show a reply
    #[command(after_help = "Examples:\n  throughline replies hide disqus:77")]
    Hide {
        /// Their ids; what stands behind the colon is enough where it is unique
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Show a reply to readers
    #[command(after_help = "Examples:\n  throughline replies publish disqus:77")]
    Publish {
        /// Their ids; what stands behind the colon is enough where it is unique
        #[arg(required = true)]
        ids: Vec<String>,
    },
    /// Take a person, by name or profile, or one reply out of every file, and never bring them in again
    #[command(
        after_help = "Examples:\n  throughline replies forget \"Ada Quill\" --dry-run\n  throughline replies forget disqus:77"
    )]
    Forget {
        /// The name or the address of the profile as it stands in the files, or the id of a reply
        who: String,
        /// Show what would be taken out, and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Take out several replies without asking
        #[arg(long)]
        yes: bool,
    },
    /// Fetch threads again from Mastodon, Bluesky, Hacker News, GitHub and webmention.io
    Pull(Pull),
}

/// Options of `replies pull`.
#[derive(Debug, Args)]
#[command(
    after_help = "What is asked is what `syndication` names: https://SERVER/@NAME/NUMBER, https://bsky.app/profile/NAME/post/KEY,\nhttps://news.ycombinator.com/item?id=NUMBER, https://github.com/OWNER/NAME/issues/NUMBER or …/discussions/NUMBER.\n\nExamples:\n  throughline replies pull\n  throughline replies pull trust --from mastodon --dry-run\n  GITHUB_TOKEN=… throughline replies pull --from github"
)]
pub struct Pull {
    /// The essay, by file name, slug, title or address; all of them without it
    pub essay: Option<String>,
    /// Only this source
    #[arg(long, value_name = "SOURCE", value_parser = ["mastodon", "bluesky", "hackernews", "github", "webmention"])]
    pub from: Option<String>,
    /// Show what would change, and change nothing
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
#[derive(Debug, Args)]
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
}

/// What is not let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Every warning.
    Warnings,
}

/// Options of `build`.
#[derive(Debug, Args)]
pub struct Build {
    /// The output folder [default: `public` in the book]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
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

/// Options of `publish`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Publish {
    /// What to do instead.
    #[command(subcommand)]
    pub instead: Option<PublishInstead>,
    /// The target, by its name in `book.toml`; not needed where there is one
    pub target: Option<String>,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
    /// Bring back the release before the last one
    #[arg(long)]
    pub rollback: bool,
    /// Send every file again, over whatever somebody else changed at the target
    #[arg(long)]
    pub overwrite: bool,
    /// Treat warnings as errors
    #[arg(long, value_enum, value_name = "WHAT")]
    pub deny: Option<Deny>,
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
