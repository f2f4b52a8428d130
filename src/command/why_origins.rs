//! The files of a book that a page or another file of its site was made from. Opens none of them.

use std::collections::BTreeSet;
use std::path::Path;

use crate::build::Build;
use crate::io::disk;
use crate::io::stage::MARK;
use crate::link::{ConceptId, PageId, SeriesId, Site, Target, WritingId};
use crate::promise::{Address, What};
use crate::render::{Made, Output};
use crate::theme::chain::Used;
use crate::view::PageKey;

/// A file that something is made from.
pub(super) struct Origin {
    pub(super) path: String,
    /// What it has to do with it.
    pub(super) role: String,
    /// Whether it was written after the site was built; `None` where that cannot be told.
    pub(super) is_newer: Option<bool>,
}

impl Origin {
    pub(super) fn to_words(&self) -> String {
        let newer = if self.is_newer == Some(true) { ", written after the last build" } else { "" };
        format!("{} ({}{newer})", self.path, self.role)
    }
}

/// A file with its role.
type Named = (String, String);

/// Every file that something is made from, each once, the nearest first.
pub(super) fn origins(
    address: Option<&Address>,
    output: Option<Output>,
    templates: &[Used],
    made: &Build,
    (root, out): (&Path, &Path),
) -> Vec<Origin> {
    let from = address.and_then(|address| Some((address.from.as_ref()?.to_string(), role(address.what).to_owned())));
    let mut origins: Vec<Named> = from.into_iter().collect();
    origins.extend(of_output(output, &made.site));
    let own = templates.iter().map(|used| used.path.as_str()).filter(|path| path.starts_with("themes/"));
    origins.extend(own.map(|path| (path.to_owned(), "a template".to_owned())));
    if matches!(output, Some(Output::Page(_) | Output::Made(_) | Output::Key)) {
        origins.push(("book.toml".to_owned(), "the settings".to_owned()));
    }
    let mut seen = BTreeSet::new();
    origins.retain(|(path, _)| seen.insert(path.clone()));
    let mark = out.join(MARK);
    let origin = |(path, role): Named| Origin { is_newer: disk::is_newer(&root.join(&path), &mark), path, role };
    origins.into_iter().map(origin).collect()
}

fn role(what: What) -> &'static str {
    match what {
        What::Redirect => "it names this old address",
        What::File => "it goes out as it is",
        _ => "its text",
    }
}

fn of_output(output: Option<Output>, site: &Site) -> Vec<Named> {
    match output {
        Some(Output::Page(PageKey::Page(page))) => of_page(page, site),
        Some(Output::Page(PageKey::Missing)) => [essays(site), concepts(site)].concat(),
        Some(Output::Made(made)) => of_made(made, site),
        Some(Output::Redirect(_) | Output::File(_) | Output::Asset(_) | Output::Key) | None => Vec::new(),
    }
}

fn of_made(made: Made, site: &Site) -> Vec<Named> {
    match made {
        Made::Feed(feed) => of_feed(feed.page(), site),
        Made::OldFeed(at, feed) => {
            let redirect = &site.redirects[at];
            let namer = (redirect.span.path.to_string(), role(What::Redirect).to_owned());
            std::iter::once(namer).chain(of_feed(feed.page(), site)).collect()
        }
        Made::Sitemap | Made::SitemapPart(_) | Made::Llms | Made::Graph => {
            [essays(site), concepts(site), series(site), pages(site)].concat()
        }
        Made::Opml => [concepts(site), series(site)].concat(),
        Made::Copy(id) => vec![(site.writing(id).path.to_string(), "its text".to_owned())],
        Made::Robots => Vec::new(),
    }
}

/// What a feed follows: the essays of a page, without whoever links to that.
fn of_feed(page: PageId, site: &Site) -> Vec<Named> {
    match page {
        PageId::Home => essays(site),
        PageId::Concept(id) => {
            let own = site.concept(id).writing.map(|id| (site.writing(id).path.to_string(), "its concept".to_owned()));
            own.into_iter().chain(appearances(id, site)).collect()
        }
        PageId::Series(id) => {
            let own = site.series(id).writing.map(|id| (site.writing(id).path.to_string(), "its series".to_owned()));
            own.into_iter().chain(parts(id, site)).collect()
        }
        PageId::Replies => replies(site),
        PageId::Archive | PageId::Concepts | PageId::Print | PageId::Writing(_) | PageId::Stretch(_) => Vec::new(),
    }
}

/// Files other than its own text that a page shows something of.
fn of_page(page: PageId, site: &Site) -> Vec<Named> {
    let mut all = match page {
        PageId::Home => [essays(site), concepts(site), series(site)].concat(),
        PageId::Archive => essays(site),
        PageId::Concepts => [concepts(site), named_only(site)].concat(),
        PageId::Replies => replies(site),
        PageId::Print => [essays(site), concepts(site), pages(site)].concat(),
        PageId::Stretch(id) => match site.stretch(id).of {
            PageId::Concepts => [concepts(site), named_only(site)].concat(),
            PageId::Replies => replies(site),
            _ => paths(site.essays_on(id), site).into_iter().map(|path| (path, "it is listed".to_owned())).collect(),
        },
        PageId::Writing(id) => around(id, site),
        PageId::Concept(id) => {
            let own = site.concept(id).writing.map(|id| around(id, site)).unwrap_or_default();
            own.into_iter().chain(appearances(id, site)).collect()
        }
        PageId::Series(id) => {
            let own = site.series(id).writing.map(|id| around(id, site)).unwrap_or_default();
            own.into_iter().chain(parts(id, site)).collect()
        }
    };
    let links = site.backlinks.get(&page).into_iter().flatten();
    all.extend(links.map(|link| (site.writing(link.from).path.to_string(), "it links here".to_owned())));
    all
}

/// What stands on the page of a writing beside its own text.
fn around(id: WritingId, site: &Site) -> Vec<Named> {
    let replies = site.conversations.contains_key(&id).then(|| (replies_of(id, site), "its replies".to_owned()));
    let passages = site.targets[id.0 as usize].iter().filter_map(|target| match target {
        Target::Passage(passage) => {
            Some((site.writing(passage.writing).path.to_string(), "a passage of it is included".to_owned()))
        }
        _ => None,
    });
    replies.into_iter().chain(passages).collect()
}

fn replies_of(id: WritingId, site: &Site) -> String {
    format!("content/replies/{}.toml", site.replies_name(id))
}

/// Files of one kind, each with the number of all.
fn counted(files: Vec<String>, one: &str, several: &str) -> Vec<Named> {
    let role = if files.len() == 1 { format!("the only {one}") } else { format!("one of {} {several}", files.len()) };
    files.into_iter().map(|path| (path, role.clone())).collect()
}

fn paths(ids: impl Iterator<Item = WritingId>, site: &Site) -> Vec<String> {
    ids.map(|id| site.writing(id).path.to_string()).collect()
}

/// All essays, the newest first, as readers find them.
fn essays(site: &Site) -> Vec<Named> {
    counted(paths(site.essays.iter().rev().copied(), site), "essay", "essays")
}

fn concepts(site: &Site) -> Vec<Named> {
    counted(
        paths(site.concepts.iter().filter_map(|concept| concept.writing), site),
        "concept with a file",
        "concepts with a file",
    )
}

fn series(site: &Site) -> Vec<Named> {
    counted(
        paths(site.series.iter().filter_map(|series| series.writing), site),
        "series with a file",
        "series with a file",
    )
}

fn pages(site: &Site) -> Vec<Named> {
    counted(paths(site.pages.iter().copied(), site), "page", "pages")
}

fn replies(site: &Site) -> Vec<Named> {
    let files = site.conversations.keys().map(|id| replies_of(*id, site)).collect();
    counted(files, "file of replies", "files of replies")
}

/// Essays that name concepts without a file.
fn named_only(site: &Site) -> Vec<Named> {
    let namers: BTreeSet<WritingId> = site
        .concepts
        .iter()
        .filter(|concept| concept.writing.is_none())
        .flat_map(|concept| concept.named_by.iter().copied())
        .collect();
    let role = |path| (path, "it names a concept without a file".to_owned());
    paths(namers.into_iter(), site).into_iter().map(role).collect()
}

fn appearances(id: ConceptId, site: &Site) -> Vec<Named> {
    let all = paths(site.concept(id).appearances.iter().map(|appearance| appearance.essay), site);
    all.into_iter().map(|path| (path, "it uses the concept".to_owned())).collect()
}

fn parts(id: SeriesId, site: &Site) -> Vec<Named> {
    let all = paths(site.series(id).essays.iter().copied(), site);
    all.into_iter().map(|path| (path, "an essay of it".to_owned())).collect()
}
