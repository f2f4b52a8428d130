//! The command line of `import` and `replies`. Knows no behaviour.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::parse_past_day;

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
