//! Links as written to what they lead to, with the nearest match where they lead nowhere.

use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::names::{Found, Names};
use super::{LeftOut, PageId, Passage, Site, Target, WritingId, index};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::base::path::{Route, SitePath, percent_decoded};
use crate::base::shares::AT_A_TIME;
use crate::base::slug::slug;
use crate::base::span::Span;
use crate::model::book::Book;
use crate::model::prose::{Heading, LinkRef, LinkStyle, Note, Shape};
use crate::model::writing::Writing;

/// Suggestions cost a look at every name; a text full of broken links gets them for the first ones only.
const MOST_SUGGESTIONS: usize = 20;

/// Remembers where the links of writings led before.
#[derive(Default)]
pub(super) struct Memo {
    base_url: Option<String>,
    /// Sorted by path.
    known: Vec<Known>,
}

struct Known {
    writing: Arc<Writing>,
    targets: Arc<Vec<Target>>,
    diagnostics: Diagnostics,
    /// Writings in whose text a place was looked for.
    looked_into: Vec<Arc<Writing>>,
}

/// Fills `Site::targets`. `is_same_frame` says that every name, address and conversation is what it was the last time.
pub(super) fn links(
    site: &mut Site,
    names: &Names,
    book: &Book,
    (memo, is_same_frame): (&mut Memo, bool),
    diagnostics: &mut Diagnostics,
) {
    if !is_same_frame || memo.base_url != book.base_url {
        memo.known.clear();
        memo.base_url.clone_from(&book.base_url);
    }
    let files: BTreeMap<&SitePath, &Route> = site.files.iter().map(|(route, path)| (path, route)).collect();
    let addresses: std::collections::BTreeSet<&str> = site.files.iter().map(|(route, _)| route.as_str()).collect();
    let resolve = |at: usize| {
        let writing = &site.writings[at];
        // In the same frame every writing has the place it had.
        let is_same = |known: &&Known| {
            let stays = |looked_into: &Arc<Writing>| {
                let now = site.writings.binary_search_by(|writing| writing.path.cmp(&looked_into.path));
                now.is_ok_and(|now| Arc::ptr_eq(&site.writings[now], looked_into))
            };
            Arc::ptr_eq(&known.writing, writing) && known.looked_into.iter().all(stays)
        };
        if let Some(known) = memo.known.get(at).filter(is_same) {
            let (targets, diagnostics) = (Arc::clone(&known.targets), known.diagnostics.clone());
            return Known {
                writing: Arc::clone(writing),
                targets,
                diagnostics,
                looked_into: known.looked_into.clone(),
            };
        }
        let mut resolver = Resolver {
            site,
            names,
            base_url: book.base_url.as_deref(),
            files: &files,
            addresses: &addresses,
            writing,
            own: site.page_of(WritingId(index(at))),
            diagnostics: Diagnostics::default(),
            looked_into: Vec::new(),
            suggested: 0,
        };
        let targets = Arc::new(writing.facts.links.iter().map(|link| resolver.resolve(link)).collect());
        let Resolver { diagnostics, looked_into, .. } = resolver;
        Known { writing: Arc::clone(writing), targets, diagnostics, looked_into }
    };
    let known: Vec<Known> = (0..site.writings.len()).into_par_iter().with_max_len(AT_A_TIME).map(resolve).collect();
    known.iter().for_each(|known| diagnostics.append(known.diagnostics.clone()));
    site.targets = known.iter().map(|known| Arc::clone(&known.targets)).collect();
    memo.known = known;
}

struct Resolver<'a> {
    site: &'a Site,
    names: &'a Names,
    base_url: Option<&'a str>,
    files: &'a BTreeMap<&'a SitePath, &'a Route>,
    addresses: &'a std::collections::BTreeSet<&'a str>,
    writing: &'a Writing,
    own: PageId,
    diagnostics: Diagnostics,
    looked_into: Vec<Arc<Writing>>,
    suggested: usize,
}

impl Resolver<'_> {
    fn resolve(&mut self, link: &LinkRef) -> Target {
        match link.style {
            LinkStyle::Wiki | LinkStyle::Embed => self.resolve_wiki(link),
            LinkStyle::Markdown | LinkStyle::Html => self.resolve_markdown(link),
        }
    }

    fn resolve_wiki(&mut self, link: &LinkRef) -> Target {
        let (name, fragment) = link.target.split_once('#').unwrap_or((&link.target, ""));
        if name.trim().is_empty() {
            return self.land(link, self.own, fragment);
        }
        match self.names.find(name) {
            Found::Page(page) => self.land(link, page, fragment),
            Found::Hidden(left) => self.hidden(link, left),
            Found::OnlyNamed(left) => self.only_named(link, name, left),
            Found::Several(labels) => {
                let message = format!("`{}` fits several pages", name.trim());
                let links: Vec<String> = labels.iter().map(|label| format!("[[{label}]]")).collect();
                self.report(link, Code::AmbiguousLink, message, one_of(&links));
                Target::Plain
            }
            Found::Nothing => {
                let near = self.suggest(name, |names| nearest(name, names.titles()).map(str::to_owned));
                let help = near.map_or_else(
                    || "write the title or slug of an essay or concept of this book".to_owned(),
                    |title| format!("did you mean `[[{title}]]`?"),
                );
                self.report(link, Code::BrokenLink, format!("there is no page named `{}`", name.trim()), help);
                Target::Plain
            }
        }
    }

    fn resolve_markdown(&mut self, link: &LinkRef) -> Target {
        if link.target.is_empty() {
            let help = "write the address between the brackets".to_owned();
            self.report(link, Code::BrokenLink, "this link leads nowhere".to_owned(), help);
            return Target::Plain;
        }
        // The book's own address in full leads to its pages too; what the book does not have may be another part of the host.
        let own_address = self.base_url.and_then(|base| link.target.strip_prefix(base.trim_end_matches('/')));
        let own_address = own_address.filter(|rest| rest.is_empty() || rest.starts_with(['/', '#', '?']));
        let target = match own_address {
            Some(rest) if rest.starts_with('/') => rest.to_owned(),
            Some(rest) => format!("/{rest}"),
            None => link.target.clone(),
        };
        let (path, fragment) = target.split_once('#').unwrap_or((&target, ""));
        let first = path.split(['/', '?']).next().unwrap_or("");
        if first.contains(':') || path.starts_with("//") {
            return self.external(link, first);
        }
        let path = percent_decoded(path.split('?').next().unwrap_or(""));
        if path.is_empty() {
            return self.land(link, self.own, fragment);
        }
        if let Some(below) = path.strip_prefix('/') {
            match self.names.find_route(&path) {
                Found::Page(page) => return self.land(link, page, fragment),
                Found::Hidden(left) => return self.hidden(link, left),
                _ => {}
            }
            if self.addresses.contains(path.as_str()) {
                return Target::File(Route::of_file(below).expect("the address of a file"));
            }
            if own_address.is_some() {
                return Target::External;
            }
            return self.broken(link, &path);
        }
        let Some(file) = self.writing.path.resolve(&path) else { return self.broken(link, &path) };
        let longer = ["/index.md", ".md"].into_iter().filter_map(|end| SitePath::new(&format!("{file}{end}")));
        for candidate in std::iter::once(file.clone()).chain(longer) {
            match self.names.find_path(&candidate) {
                Found::Page(page) => return self.land(link, page, fragment),
                Found::Hidden(left) => return self.hidden(link, left),
                _ => {}
            }
            if let Some(route) = self.files.get(&candidate) {
                return Target::File((*route).clone());
            }
        }
        self.broken(link, &path)
    }

    /// An address that leaves the site: taken as it is, but for slips of the pen in its first part.
    fn external(&mut self, link: &LinkRef, scheme: &str) -> Target {
        let known = ["https", "http", "mailto", "tel", "sms", "ftp", "file", "data"];
        let name = scheme.split(':').next().unwrap_or("").to_ascii_lowercase();
        if known.contains(&name.as_str()) || name.is_empty() {
            let is_bare = matches!(link.target.as_str(), "http:" | "https:" | "http://" | "https://");
            if !is_bare {
                return Target::External;
            }
            let help = "write the whole address".to_owned();
            self.report(link, Code::BrokenLink, format!("`{}` is no address", link.target), help);
            return Target::Plain;
        }
        match nearest(&name, known) {
            Some(near) => {
                let message = format!("`{name}:` is not the beginning of an address");
                self.report(link, Code::BrokenLink, message, format!("did you mean `{near}:`?"));
                Target::Plain
            }
            None => Target::External,
        }
    }

    fn broken(&mut self, link: &LinkRef, path: &str) -> Target {
        let looks_like_host = path.starts_with("www.") || path.ends_with(".com") || path.ends_with(".org");
        let help = if looks_like_host {
            format!("write `https://{path}` if it is an address of the web")
        } else {
            self.suggest(path, |names| nearest_file(names, &self.writing.path, path)).map_or_else(
                || "link to a file of the book by its path from this one".to_owned(),
                |known| format!("did you mean `{known}`?"),
            )
        };
        self.report(link, Code::BrokenLink, format!("there is no `{path}` in this book"), help);
        Target::Plain
    }

    /// The page is found; what remains is the place on it.
    fn land(&mut self, link: &LinkRef, page: PageId, fragment: &str) -> Target {
        let fragment = percent_decoded(fragment);
        let writing = match page {
            PageId::Writing(id) => Some(id),
            PageId::Concept(id) => self.site.concept(id).writing,
            PageId::Series(id) => self.site.series(id).writing,
            PageId::Home
            | PageId::Archive
            | PageId::Concepts
            | PageId::Replies
            | PageId::Print
            | PageId::Stretch(_) => None,
        };
        let shown = writing.map(|id| self.site.writing(id));
        if let Some(id) = writing.filter(|_| !fragment.trim().is_empty() || link.style == LinkStyle::Embed) {
            self.looked_into.push(Arc::clone(&self.site.writings[id.0 as usize]));
        }
        let id = match (fragment.trim(), shown) {
            ("", _) => String::new(),
            ("main", None) => "main".to_owned(),
            (wanted, Some(_)) if self.is_reply(page, wanted) => wanted.to_owned(),
            (wanted, Some(shown)) => place(shown, wanted).unwrap_or_else(|| {
                self.broken_anchor(link, &shown.facts.headings, wanted);
                String::new()
            }),
            (wanted, None) => {
                self.broken_anchor(link, &[], wanted);
                String::new()
            }
        };
        if link.style == LinkStyle::Embed {
            return writing.map_or(Target::Plain, |id_of| Target::Passage(self.passage(id_of, page, id)));
        }
        if page == self.own && !id.is_empty() { Target::Here(id) } else { Target::Page(page, id) }
    }

    fn is_reply(&self, page: PageId, wanted: &str) -> bool {
        let PageId::Writing(id) = page else { return false };
        let conversation = self.site.conversations.get(&id);
        conversation.is_some_and(|found| found.replies.iter().any(|placed| placed.anchor == wanted))
    }

    fn passage(&self, writing: WritingId, page: PageId, fragment: String) -> Passage {
        let prose = self.site.writing(writing).prose();
        let outline = &prose.outline;
        let end = prose.notes.iter().map(|note| note.pieces.0).min().unwrap_or_else(|| index(prose.pieces.len()));
        let (pieces, is_bare) = if let Some(at) = outline.headings.iter().position(|heading| heading.id == fragment) {
            let heading = &outline.headings[at];
            let next = outline.headings[at + 1..].iter().find(|next| next.level <= heading.level);
            let own = outline.blocks.iter().find(|block| block.shape == Shape::Heading && block.id == fragment);
            ((own.map_or(heading.piece, |block| block.pieces.1), next.map_or(end, |next| next.piece)), false)
        } else if let Some(block) = outline.blocks.iter().find(|block| !fragment.is_empty() && block.id == fragment) {
            (block.pieces, block.shape == Shape::Bare)
        } else {
            ((0, end), false)
        };
        Passage { writing, page, fragment, pieces, is_bare }
    }

    fn broken_anchor(&mut self, link: &LinkRef, headings: &[Heading], wanted: &str) {
        let headings: Vec<&str> = headings.iter().map(|heading| heading.id.as_str()).collect();
        let near = nearest(&slug(wanted), headings.iter().copied());
        let help = match near {
            Some(id) => format!("did you mean `#{id}`?"),
            None if headings.is_empty() => "leave the `#` out: that page has no headings".to_owned(),
            None => format!(
                "write one of {}",
                headings.iter().take(8).map(|id| format!("`#{id}`")).collect::<Vec<_>>().join(", ")
            ),
        };
        self.report(
            link,
            Code::BrokenAnchor,
            format!("there is no heading or paragraph `{wanted}` on that page"),
            help,
        );
    }

    fn hidden(&mut self, link: &LinkRef, left: &LeftOut) -> Target {
        let message = format!("`{}` is {}, so this link is shown as plain text", left.path, left.why.to_words());
        self.report(link, Code::LinkToDraft, message, "take the link out, or publish that essay first".to_owned());
        Target::Plain
    }

    fn only_named(&mut self, link: &LinkRef, name: &str, left: &LeftOut) -> Target {
        let span = Span { path: self.writing.path.clone(), range: Some(link.source) };
        self.diagnostics.push(super::concepts::only_named(span, name, left));
        Target::Plain
    }

    fn suggest(&mut self, word: &str, find: impl Fn(&Names) -> Option<String>) -> Option<String> {
        self.suggested += 1;
        (word.len() <= 120 && self.suggested <= MOST_SUGGESTIONS).then(|| find(self.names)).flatten()
    }

    fn report(&mut self, link: &LinkRef, code: Code, message: String, help: String) {
        let span = Span { path: self.writing.path.clone(), range: Some(link.source) };
        let message =
            if message.len() > 300 { format!("{} …", &message[..message.floor_char_boundary(300)]) } else { message };
        self.diagnostics.push(Diagnostic::new(code, span, message).help(help));
    }
}

/// The address or file nearest to what a link names, as it would be written in this file.
fn nearest_file(names: &Names, from: &SitePath, path: &str) -> Option<String> {
    if path.starts_with('/') {
        return nearest(path, names.routes()).map(str::to_owned);
    }
    let stem = path.rsplit('/').next().unwrap_or(path);
    let last = |known: &&str| known.rsplit('/').next().unwrap_or(known).to_owned();
    let files: Vec<(String, &str)> = names.paths().map(|known| (last(&known), known)).collect();
    let found = nearest(stem, files.iter().map(|(name, _)| name.as_str()))?;
    files.iter().find(|(name, _)| name == found).map(|(_, known)| relative(from, known))
}

/// ``write `a` or `b` ``
pub(super) fn one_of(choices: &[String]) -> String {
    let mut listed: Vec<String> = choices.iter().map(|choice| format!("`{choice}`")).collect();
    listed.dedup();
    if let [only] = listed.as_slice() {
        return format!("give one of them another title or slug; both are {only} now");
    }
    format!("write {}", listed.join(" or "))
}

/// The id that a fragment names: an id as it is, that of a note or its reference, or the words of a heading.
fn place(writing: &Writing, wanted: &str) -> Option<String> {
    let facts = &writing.facts;
    let is_known = wanted == "main"
        || facts.headings.iter().any(|heading| heading.id == wanted)
        || facts.other_ids.iter().any(|id| id == wanted);
    if is_known {
        return Some(wanted.to_owned());
    }
    let prose = writing.prose();
    let is_note = |(at, note): (usize, &Note)| {
        wanted.strip_prefix('n') == Some((at + 1).to_string().as_str()) || note.references.iter().any(|id| id == wanted)
    };
    if prose.notes.iter().enumerate().any(is_note) || prose.outline.blocks.iter().any(|block| block.id == wanted) {
        return Some(wanted.to_owned());
    }
    let made = slug(wanted);
    facts
        .headings
        .iter()
        .find(|heading| heading.id == made || slug(&heading.text) == made)
        .map(|heading| heading.id.clone())
}

/// `known`, a path inside the book, as it is written in `from`.
pub(super) fn relative(from: &SitePath, known: &str) -> String {
    let here: Vec<&str> = from.folder().split('/').collect();
    let there: Vec<&str> = known.split('/').collect();
    let shared = here.iter().zip(&there).take_while(|(a, b)| a == b).count();
    let mut parts = vec![".."; here.len() - shared];
    parts.extend(&there[shared..]);
    parts.join("/")
}
