//! Throughline turns a book of Markdown essays into a cross-linked website in which every idea has a page of its own.
//!
//! Most people use the command, `throughline`; its manual is the book in `docs/`. This crate is what the command is made of. Use
//! it to ask a book questions that the command does not answer, to build sites within another program, or to test a theme
//! without a folder on disk.
//!
//! # A book in memory
//!
//! A book is a text of settings and files with paths. [`Snapshot::from_texts`] takes both, and a day, because what readers see
//! depends on it; [`build()`](build::build()) makes the whole site. Nothing here touches a file, a clock or a network.
//!
//! ```
//! use throughline::Snapshot;
//! use throughline::build::build;
//! use throughline::link::PageId;
//!
//! let files = [
//!     ("content/essays/on-foot.md", "+++\ntitle = \"Trust arrives on foot\"\ndate = 2021-03-02\nseries = \"Crossings\"\npart = 1\n+++\nIt leaves on horseback.\n"),
//!     ("content/essays/the-ferry.md", "+++\ntitle = \"The ferry\"\ndate = 2022-05-09\nseries = \"Crossings\"\npart = 2\n+++\nNobody swims. Trust is what [[Trust arrives on foot]] is about.\n"),
//!     ("content/concepts/trust.md", "+++\ntitle = \"trust\"\nsummary = \"Relying on somebody before the result is known.\"\n+++\n"),
//! ];
//! let (snapshot, found) = Snapshot::from_texts("title = \"Crossings\"", files, jiff::civil::date(2026, 1, 1));
//! let built = build(&snapshot, found);
//! assert!(built.report.diagnostics.is_empty(), "{:?}", built.report);
//!
//! // Essays, oldest first.
//! let site = &built.site;
//! let titles: Vec<&str> = site.essays.iter().map(|essay| site.writing(*essay).meta.title.as_str()).collect();
//! assert_eq!(titles, ["Trust arrives on foot", "The ferry"]);
//!
//! // Who links to the first one, with the sentence.
//! let on_foot = site.find_page("Trust arrives on foot").expect("this is its title");
//! let backlinks = site.backlinks_of(on_foot);
//! assert_eq!(site.slug(backlinks[0].from), "the-ferry");
//! assert_eq!(site.sentence(&backlinks[0]), "Trust is what Trust arrives on foot is about.");
//!
//! // An idea, and each sentence in which it stands. The words of a link belong to the page that it leads to.
//! let trust = site.find_concept("Trust").expect("it has a file");
//! let passages: Vec<String> = site.passages_of(trust).map(|(_, sentence)| sentence).collect();
//! assert_eq!(passages, ["Trust is what Trust arrives on foot is about."]);
//! assert_eq!(site.route(PageId::Concept(trust)).as_str(), "/concepts/trust/");
//!
//! // A series, in order.
//! let (series, place) = site.place_in_series(site.essays[1]).expect("it names one");
//! assert_eq!((site.series(series).title.as_str(), place), ("Crossings", 1));
//!
//! // The site: every file with its bytes.
//! let page = built.artifacts.iter().find(|artifact| artifact.file == "essays/the-ferry/index.html").expect("it is shown");
//! assert!(String::from_utf8_lossy(&page.bytes).contains("Nobody swims."));
//! ```
//!
//! # A book on disk
//!
//! [`load()`](load::load()) reads the folder that holds `book.toml` into the same value, with today as the day unless
//! [`Options`](load::Options) say otherwise. From there on all is as above.
//!
//! ```no_run
//! use std::path::Path;
//! use throughline::{build::build, load::{Options, load}};
//!
//! let (snapshot, found) = load(Path::new("my-book"), &Options::default())?;
//! let built = build(&snapshot, found);
//! println!("{} essays, {} concepts", built.site.essays.len(), built.site.concepts.len());
//! # Ok::<(), throughline::io::error::Error>(())
//! ```
//!
//! # What is wrong
//!
//! A writer's mistake never ends a build: it is a [`Diagnostic`](base::diagnostic::Diagnostic) with a [`Code`](base::codes::Code),
//! a place, a sentence of cause and one of remedy, and the rest goes on. An [`Error`](io::error::Error) is for a world that fails:
//! a folder that is not there, a disk that is full.
//!
//! ```
//! use throughline::{Snapshot, build::build, base::codes::Code};
//!
//! let files = [("content/essays/a.md", "+++\ntitle = \"A\"\ndate = 2021-03-02\n+++\nSee [B](b.md).\n")];
//! let (snapshot, found) = Snapshot::from_texts("title = \"T\"", files, jiff::civil::date(2026, 1, 1));
//! let built = build(&snapshot, found);
//! let finding = &built.report.diagnostics[0];
//! assert_eq!((finding.code, finding.message.as_str()), (Code::BrokenLink, "there is no `b.md` in this book"));
//! assert!(built.report.has_errors() && !built.artifacts.is_empty());
//! ```
//!
//! # The six stages
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
//!
//! Each is a function that takes the value of the one before and returns a new one with its findings; [`build`] is where two to
//! five meet. To stop after one of them, call it by itself:
//!
//! | stage | function | what it gives |
//! |---|---|---|
//! | load | [`load::load()`], [`Snapshot::from_texts`] | [`Snapshot`]: all bytes of the book, and the day |
//! | parse | [`parse::parse()`] | [`Parsed`](model::writing::Parsed): front matter, HTML with holes, an outline of each text |
//! | link | [`link::link()`] | [`Site`]: who is shown, where, who points at whom, which ideas stand where |
//! | view | [`view::Viewer`] | [`Page`](view::Page): all that a template may show, in the [views](view::views) of the manual |
//! | render | [`render::outputs()`], [`render::render()`] | [`Artifact`](model::source::Artifact): a file of the site with its bytes |
//! | write | [`io::output`] | a folder that is the old site or the new one, never a mix |
//!
//! The same input gives the same bytes and the same report, in the same order, on every machine.
//!
//! # Which modules are for you
//!
//! [`build`], [`load`], [`link`], [`model`], [`view`], [`render`], [`theme`], [`check`], [`memo`] and [`base`] are what this guide is about.
//! The others serve the command and are public so that its tests, fuzzers and benches reach them: [`import`] brings in replies,
//! [`publish`], [`schedule`], [`status`], [`tell`] and [`promise`] bring the site to its readers and keep its addresses,
//! [`serve`] is the preview, [`cli`] the command line and [`io`] the only door to files, clock, environment, network and
//! processes. Before version 1.0 any of them may change with a minor version; `CHANGELOG.md` tells what a writer notices.

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
pub mod memo;
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
pub mod timings;
pub mod view;

pub use build::Build;
pub use command::run;
pub use link::Site;
pub use model::source::Snapshot;

/// One Markdown text as an HTML fragment, read as essays are, its footnotes in a list at the end; links and pictures stay
/// as they are written. Front matter is left out.
///
/// ```
/// use throughline::{base::path::SitePath, markdown_to_html, model::book::MarkdownSettings};
///
/// let path = SitePath::new("note.md").expect("a clean path");
/// let (html, found) = markdown_to_html(&path, "It *leaves* on horseback.", &MarkdownSettings::default());
/// assert!(html.contains("It <em>leaves</em> on horseback.") && found.iter().next().is_none());
/// ```
#[must_use]
pub fn markdown_to_html(
    path: &base::path::SitePath,
    text: &str,
    settings: &model::book::MarkdownSettings,
) -> (String, base::diagnostic::Diagnostics) {
    let (prose, diagnostics) = parse::parse_text(path, text, settings);
    (view::prose::standalone(&prose), diagnostics)
}
