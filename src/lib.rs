//! Throughline turns a book of Markdown essays into a cross-linked website.
//!
//! ```text
//!  book.toml   content/   themes/      today, flags
//!       \          |          |          /
//!  1  load     reads everything, once          -> Snapshot
//!  2  parse    one file at a time, parallel    -> Parsed
//!  3  link     the whole book, every time      -> Site
//!  4  view     what a template may know        -> pages
//!  5  render   one page at a time, parallel    -> Artifact
//!  6  write    the new site swapped in whole
//! ```

pub mod base;
pub mod build;
pub mod check;
pub mod cli;
mod command;
mod highlight;
pub mod import;
pub mod io;
pub mod link;
pub mod load;
pub mod model;
pub mod parse;
pub mod promise;
pub mod publish;
pub mod render;
pub mod schedule;
pub mod serve;
pub mod status;
pub mod tell;
pub mod theme;
pub mod view;

pub use command::run;

/// One Markdown text as an HTML fragment, read as essays are, its footnotes in a list at the end; links and pictures stay
/// as they are written. Front matter is left out.
#[must_use]
pub fn markdown_to_html(
    path: &base::path::SitePath,
    text: &str,
    settings: &model::book::MarkdownSettings,
) -> (String, base::diagnostic::Diagnostics) {
    let (prose, diagnostics) = parse::parse_text(path, text, settings);
    (view::prose::standalone(&prose), diagnostics)
}
