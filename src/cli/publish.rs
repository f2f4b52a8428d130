//! The command line of `publish`. Knows no behaviour.

use clap::{Args, Subcommand, ValueEnum};

use super::Deny;

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
    /// Compute everything anew, and keep nothing of it for the next run
    #[arg(long)]
    pub no_cache: bool,
}
