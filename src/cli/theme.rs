//! The command line of `theme`. Knows no behaviour.

use clap::{Args, Subcommand};

use super::Deny;

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
        after_help = "What is copied no longer changes when the program does: copy as little as you can, and where one block of a template is enough, extend the template instead. Nothing is overwritten: files that are there already are left alone and named.\n\nExamples:\n  throughline theme eject card.html\n  throughline theme eject style.css favicon.svg --into mine\n  throughline theme eject sidebar.html --theme manual"
    )]
    Eject(Eject),
    /// Look the book's theme through: templates, style sheets, settings and files that nobody uses
    #[command(
        after_help = "Every page is rendered, and nothing is written. Each address in a template of the book is followed from each page, and the page of an essay is looked through for what every page owes its readers. The exit code is 1 where there are errors.\n\nExamples:\n  throughline theme check\n  throughline theme check --deny warnings"
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
