//! Pages to bytes. Knows no folder to put them in.

mod copy;
mod feed;
mod graph;
mod llms;
pub mod made;
mod opml;
mod recipe;
mod robots;
pub mod sink;
mod sitemap;
mod xml;

use std::collections::BTreeMap;
use std::time::Duration;

use rayon::prelude::*;

use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::language::is_right_to_left;
use crate::base::shares::AT_A_TIME;
use crate::base::span::Span;
use crate::link::{PageId, Site};
use crate::model::book::Book;
use crate::model::source::{Asset, Snapshot, Source};
use crate::theme::Theme;
use crate::view::prose::{escaped, escaped_attribute};
use crate::view::{PageKey, Viewer};
pub use made::Made;
pub use sink::{Bytes, Collected, Dropped, Sink, Tools};

/// What stands at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// A page.
    Page(PageKey),
    /// A page that leads on from an old address, as an index of `Site::redirects`.
    Redirect(usize),
    /// A file of the book, as an index of `Site::files`.
    File(usize),
    /// A file of the theme, as an index of `Theme::assets`.
    Asset(usize),
    /// A file that the book does not hold and no template makes: a feed, the sitemap …
    Made(Made),
    /// The file by which search engines know the site's owner.
    Key,
}

/// Everything that rendering looks at.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    /// The book, joined.
    pub site: &'a Site,
    /// The settings.
    pub book: &'a Book,
    /// Texts of the book, sorted by path.
    pub sources: &'a [Source],
    /// Files of the book, sorted by path.
    pub assets: &'a [Asset],
    /// Makes the pages.
    pub viewer: Viewer<'a>,
    /// Templates and files of the theme.
    pub theme: &'a Theme,
}

impl<'a> Input<'a> {
    /// What rendering looks at, of a snapshot that was joined to this site.
    #[must_use]
    pub fn new(snapshot: &'a Snapshot, site: &'a Site, viewer: Viewer<'a>, theme: &'a Theme) -> Self {
        let Snapshot { book, sources, assets, .. } = snapshot;
        Self { site, book, sources, assets, viewer, theme }
    }
}

/// What rendering did.
#[derive(Clone, Debug, Default)]
pub struct Rendered {
    /// How long each file took by the clock of the caller, in the order of names.
    pub times: Vec<Duration>,
    /// How many files were made; the others are there from the last build.
    pub made: usize,
}

/// What the site is made of: every file below its root, by name.
#[must_use]
pub fn outputs(input: &Input<'_>) -> (BTreeMap<String, Output>, Diagnostics) {
    let Input { site, viewer, theme, .. } = input;
    let mut diagnostics = Diagnostics::default();
    let page = |key: PageKey| (viewer.route(key).to_file(), Output::Page(key));
    let mut outputs = by_name(viewer.keys().into_par_iter().map(page).collect());
    let redirects = site.redirects.iter().enumerate();
    outputs.extend(redirects.map(|(at, redirect)| (redirect.from.to_file(), Output::Redirect(at))));
    outputs.extend(site.files.iter().enumerate().map(|(at, (route, _))| (route.to_file(), Output::File(at))));
    for (at, asset) in theme.assets.iter().enumerate() {
        let taken = site.files.iter().find(|(route, _)| route.to_file() == asset.file);
        if let Some((route, path)) = taken {
            let message = format!("`{path}` and the theme both want the address `{route}`");
            diagnostics.push(
                Diagnostic::new(Code::DuplicateRoute, Span::file(path), message).help("give the file another name"),
            );
        } else {
            outputs.insert(asset.file.clone(), Output::Asset(at));
        }
    }
    claim_made(input, &mut outputs, &mut diagnostics);
    claim_key(input, &mut outputs, &mut diagnostics);
    (outputs, diagnostics)
}

/// Of several with one name the last.
fn by_name(mut list: Vec<(String, Output)>) -> BTreeMap<String, Output> {
    // What is in order is put together at once, and all cores bring it into order.
    list.par_sort_by(|(a, _), (b, _)| a.cmp(b));
    list.into_iter().collect()
}

/// Gives the files that nobody writes by hand their names. A file of the book under such a name takes its place: its author
/// knows better. A page or an old address there is a mistake.
fn claim_made(input: &Input<'_>, outputs: &mut BTreeMap<String, Output>, diagnostics: &mut Diagnostics) {
    let owner = |file: &String| {
        let folder = format!("{file}/");
        let below = || outputs.range(folder.clone()..).next().filter(|(other, _)| other.starts_with(&folder));
        outputs.get(file).or_else(|| below().map(|(_, output)| output)).copied()
    };
    let named = |made: Made| {
        let file = made.file(input);
        let owner = owner(&file);
        (made, file, owner)
    };
    let all: Vec<(Made, String, Option<Output>)> = Made::all(input).into_par_iter().map(named).collect();
    let mut free = Vec::with_capacity(all.len());
    for (made, file, owner) in all {
        let Some(owner) = owner else {
            free.push((file, Output::Made(made)));
            continue;
        };
        let span = match owner {
            Output::File(_) => continue,
            // What stands there now goes before what stood there once.
            _ if matches!(made, Made::OldFeed(..)) => continue,
            Output::Redirect(at) => input.site.redirects[at].span.clone(),
            Output::Page(PageKey::Page(PageId::Writing(id))) => Span::file(&input.site.writing(id).path),
            _ => Span::file(&crate::base::path::SitePath::new("book.toml").expect("clean")),
        };
        let message = format!("a page and {} both want the address `/{file}`", made.what());
        diagnostics.push(Diagnostic::new(Code::DuplicateRoute, span, message).help("give the page another address"));
    }
    // The first has the name. Two essays that want one address are reported with the routes.
    free.reverse();
    outputs.append(&mut by_name(free));
}

/// Gives the key of the settings its file, unless the writer made that file by hand.
fn claim_key(input: &Input<'_>, outputs: &mut BTreeMap<String, Output>, diagnostics: &mut Diagnostics) {
    let Some(file) = input.book.tell.key_file() else { return };
    let Some(other) = outputs.get(&file).copied() else {
        outputs.insert(file, Output::Key);
        return;
    };
    let is_the_same = bytes(other, input).is_ok_and(|bytes| bytes.trim_ascii() == input.book.tell.indexnow.as_bytes());
    if !is_the_same {
        let settings = crate::base::path::SitePath::new("book.toml").expect("clean");
        let message = format!("the key of `[tell]` and another file both want the address `/{file}`");
        let diagnostic = Diagnostic::new(Code::DuplicateRoute, Span::file(&settings), message);
        diagnostics.push(diagnostic.help("choose another key for `indexnow`"));
    }
}

/// The bytes of one file.
///
/// # Errors
/// What is wrong with the template of a page.
pub fn bytes(output: Output, input: &Input<'_>) -> Result<Bytes, Box<Diagnostic>> {
    Ok(match output {
        Output::Page(key) => input.theme.render(&input.viewer.page(key))?.into(),
        Output::Redirect(at) => redirect_page(input, &input.site.redirects[at]).into_bytes().into(),
        Output::File(at) => {
            let (_, path) = &input.site.files[at];
            let place = input.assets.binary_search_by(|asset| asset.path.cmp(path));
            (&input.assets[place.expect("every file of the site is an asset of the book")].bytes).into()
        }
        Output::Asset(at) => (&input.theme.assets[at].bytes).into(),
        Output::Made(made) => made.bytes(input).into(),
        Output::Key => input.book.tell.indexnow.clone().into_bytes().into(),
    })
}

/// Renders every file in the order of names, each of which goes to its sink as soon as it is made and is held by nobody else.
#[must_use]
pub fn render(input: &Input<'_>, outputs: &BTreeMap<String, Output>, tools: &Tools<'_>) -> (Rendered, Diagnostics) {
    let all = outputs.len();
    let base = tools.engine.map(|engine| recipe::base(input, engine));
    let make = |(file, output): (&String, &Output)| {
        let start = (tools.clock)();
        let made = match base {
            Some(base) => recipe::make(file, *output, input, base, tools.sink),
            None => bytes(*output, input).map(|bytes| {
                tools.sink.put(file, None, bytes);
                true
            }),
        };
        (tools.step)(all);
        ((tools.clock)().saturating_sub(start), made)
    };
    // Files that are made of the whole book take as long as hundreds of others: where one came last, all cores but one would wait.
    let list: Vec<(&String, &Output)> = outputs.iter().collect();
    let (whole, mut single): (Vec<usize>, Vec<usize>) = (0..all).partition(|at| is_of_whole_book(*list[*at].1));
    // Pages of one year name the same essays, whatever list they belong to: together, they find what is said of those at hand. So do
    // texts with code in one language, of which a thread remembers the lines.
    single.sort_by_cached_key(|at| (year_of(*list[*at].1, input.site), code_of(*list[*at].1, input.site)));
    let order: Vec<usize> = whole.into_iter().chain(single).collect();
    let mut rendered: Vec<_> = order.par_iter().with_max_len(AT_A_TIME).map(|at| (*at, make(list[*at]))).collect();
    rendered.sort_unstable_by_key(|(at, _)| *at);
    let mut diagnostics = Diagnostics::default();
    let mut done = Rendered { times: Vec::with_capacity(all), made: 0 };
    for (_, (time, made)) in rendered {
        done.times.push(time);
        match made {
            Ok(is_made) => done.made += usize::from(is_made),
            Err(diagnostic) => diagnostics.push(*diagnostic),
        }
    }
    (done, diagnostics)
}

/// The year of a page by year; `None` for all other files.
fn year_of(output: Output, site: &Site) -> Option<Option<i16>> {
    match output {
        Output::Page(PageKey::Page(PageId::Stretch(id))) => Some(site.stretch(id).year),
        _ => None,
    }
}

/// The language of the first code on a page.
fn code_of(output: Output, site: &Site) -> Option<&str> {
    match output {
        Output::Page(PageKey::Page(PageId::Writing(id))) => site.writing(id).facts.code.as_deref(),
        _ => None,
    }
}

fn is_of_whole_book(output: Output) -> bool {
    use PageId::{Archive, Concepts, Home, Print, Replies};
    match output {
        Output::Page(PageKey::Missing | PageKey::Page(Home | Archive | Concepts | Print | Replies)) => true,
        Output::Made(made) => {
            matches!(made, Made::Graph | Made::Llms | Made::Sitemap | Made::SitemapPart(_) | Made::Opml)
        }
        _ => false,
    }
}

/// A page at an old address that leads on to the new one, without a script.
fn redirect_page(input: &Input<'_>, redirect: &crate::link::Redirect) -> String {
    let Input { site, book, viewer, .. } = input;
    let url = site.route(redirect.to).to_url();
    let title = escaped(site.title(redirect.to, book));
    let target = format!("{}{url}", redirect.from.to_root());
    let canonical = escaped_attribute(&viewer.absolute(redirect.to).unwrap_or_else(|| target.clone()));
    let target = escaped_attribute(&target);
    let language = viewer.language(redirect.to);
    let direction = if is_right_to_left(language) { " dir=\"rtl\"" } else { "" };
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\"{direction}>\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; base-uri 'none'; form-action 'none'\">\n<title>{title}</title>\n\
         <link rel=\"canonical\" href=\"{canonical}\">\n<meta http-equiv=\"refresh\" content=\"0; url={target}\">\n\
         <meta name=\"robots\" content=\"noindex\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         </head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>This page has moved to <a href=\"{target}\">{title}</a>.</p>\n</main>\n</body>\n</html>\n",
        lang = escaped_attribute(language)
    )
}
