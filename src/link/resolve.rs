//! Links and pictures as written to what they lead to, with the nearest match where they lead nowhere.

use rayon::prelude::*;
use std::collections::BTreeMap;

use super::names::{Found, Names};
use super::{LeftOut, PageId, Passage, Picture, Site, Target, WritingId, index};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::base::path::{Route, SitePath, slug};
use crate::base::span::Span;
use crate::model::prose::{LinkRef, LinkStyle, Outline, Shape};
use crate::model::source::Asset;
use crate::model::writing::Writing;

/// Suggestions cost a look at every name; a text full of broken links gets them for the first ones only.
const MOST_SUGGESTIONS: usize = 20;

/// Fills `Site::targets`.
pub(super) fn links(site: &mut Site, names: &Names<'_>, diagnostics: &mut Diagnostics) {
    let files: BTreeMap<&SitePath, &Route> = site.files.iter().map(|(route, path)| (path, route)).collect();
    let addresses: std::collections::BTreeSet<&str> = site.files.iter().map(|(route, _)| route.as_str()).collect();
    let resolved: Vec<(Vec<Target>, Diagnostics)> = (0..site.writings.len())
        .into_par_iter()
        .map(|at| {
            let mut resolver = Resolver {
                site,
                names,
                files: &files,
                addresses: &addresses,
                writing: &site.writings[at],
                own: site.page_of(WritingId(index(at))),
                diagnostics: Diagnostics::default(),
                suggested: 0,
            };
            let targets = resolver.writing.prose.outline.links.iter().map(|link| resolver.resolve(link)).collect();
            (targets, resolver.diagnostics)
        })
        .collect();
    let (targets, found): (Vec<_>, Vec<_>) = resolved.into_iter().unzip();
    site.targets = targets;
    found.into_iter().for_each(|each| diagnostics.append(each));
}

struct Resolver<'a> {
    site: &'a Site,
    names: &'a Names<'a>,
    files: &'a BTreeMap<&'a SitePath, &'a Route>,
    addresses: &'a std::collections::BTreeSet<&'a str>,
    writing: &'a Writing,
    own: PageId,
    diagnostics: Diagnostics,
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
            Found::Several(labels) => {
                let message = format!("`{}` fits several pages", name.trim());
                let listed: Vec<String> = labels.iter().map(|label| format!("`[[{label}]]`")).collect();
                self.report(link, Code::AmbiguousLink, message, format!("write {}", listed.join(" or ")));
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
        let (path, fragment) = link.target.split_once('#').unwrap_or((&link.target, ""));
        let first = path.split(['/', '?']).next().unwrap_or("");
        if first.contains(':') || path.starts_with("//") {
            return Target::External;
        }
        let path = decode(path.split('?').next().unwrap_or(""));
        if path.is_empty() {
            return self.land(link, self.own, fragment);
        }
        if let Some(below) = path.strip_prefix('/') {
            if let Some(page) = self.names.find_route(&path) {
                return self.land(link, page, fragment);
            }
            if self.addresses.contains(path.as_str()) {
                return Target::File(Route::of_file(below).expect("the address of a file"));
            }
            return self.broken(link, &path);
        }
        let Some(file) = self.writing.path.resolve(&path) else { return self.broken(link, &path) };
        let candidates =
            [Some(file.clone()), SitePath::new(&format!("{file}/index.md")), SitePath::new(&format!("{file}.md"))];
        for candidate in candidates.into_iter().flatten() {
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

    fn broken(&mut self, link: &LinkRef, path: &str) -> Target {
        let stem = path.rsplit('/').next().unwrap_or(path);
        let near = self.suggest(stem, |names| {
            let last = |known: &&str| known.rsplit('/').next().unwrap_or(known).to_owned();
            let files: Vec<(String, &str)> = names.paths().map(|known| (last(&known), known)).collect();
            let found = nearest(stem, files.iter().map(|(name, _)| name.as_str()))?;
            files.iter().find(|(name, _)| name == found).map(|(_, known)| (*known).to_owned())
        });
        let help = near.map_or_else(
            || "link to a file of the book by its path from this one".to_owned(),
            |known| format!("did you mean `{}`?", relative(&self.writing.path, &known)),
        );
        self.report(link, Code::BrokenLink, format!("there is no `{path}` in this book"), help);
        Target::Plain
    }

    /// The page is found; what remains is the place on it.
    fn land(&mut self, link: &LinkRef, page: PageId, fragment: &str) -> Target {
        let fragment = decode(fragment);
        let writing = match page {
            PageId::Writing(id) => Some(id),
            PageId::Concept(id) => self.site.concept(id).writing,
            PageId::Series(id) => self.site.series(id).writing,
            PageId::Home | PageId::Archive | PageId::Concepts => None,
        };
        let outline = writing.map(|id| &self.site.writing(id).prose.outline);
        let id = match (fragment.trim(), outline) {
            ("", _) => String::new(),
            (wanted, Some(outline)) => match place(outline, wanted) {
                Some(id) => id,
                None => {
                    self.broken_anchor(link, outline, wanted);
                    String::new()
                }
            },
            (wanted, None) => wanted.to_owned(),
        };
        if link.style == LinkStyle::Embed {
            return writing.map_or(Target::Plain, |id_of| Target::Passage(self.passage(id_of, page, id)));
        }
        if page == self.own && !id.is_empty() { Target::Here(id) } else { Target::Page(page, id) }
    }

    fn passage(&self, writing: WritingId, page: PageId, fragment: String) -> Passage {
        let prose = &self.site.writing(writing).prose;
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

    fn broken_anchor(&mut self, link: &LinkRef, outline: &Outline, wanted: &str) {
        let headings: Vec<&str> = outline.headings.iter().map(|heading| heading.id.as_str()).collect();
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

    fn suggest(&mut self, word: &str, find: impl Fn(&Names<'_>) -> Option<String>) -> Option<String> {
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

/// The id that a fragment names: an id as it is, or the words of a heading.
fn place(outline: &Outline, wanted: &str) -> Option<String> {
    let is_id =
        outline.blocks.iter().any(|block| block.id == wanted) || outline.other_ids.iter().any(|id| id == wanted);
    if is_id {
        return Some(wanted.to_owned());
    }
    let made = slug(wanted);
    outline
        .headings
        .iter()
        .find(|heading| heading.id == made || slug(&heading.text) == made)
        .map(|heading| heading.id.clone())
}

/// `known`, a path inside the book, as it is written in `from`.
fn relative(from: &SitePath, known: &str) -> String {
    let here: Vec<&str> = from.folder().split('/').collect();
    let there: Vec<&str> = known.split('/').collect();
    let shared = here.iter().zip(&there).take_while(|(a, b)| a == b).count();
    let mut parts = vec![".."; here.len() - shared];
    parts.extend(&there[shared..]);
    parts.join("/")
}

/// Percent signs undone; what is no UTF-8 afterwards stays as it is written.
fn decode(written: &str) -> String {
    let mut bytes = Vec::with_capacity(written.len());
    let mut rest = written.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.filter(|_| *first == b'%').and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| written.to_owned())
}

/// Fills `Site::pictures`.
pub(super) fn pictures(site: &mut Site, assets: &[Asset], diagnostics: &mut Diagnostics) {
    let by_path: BTreeMap<&SitePath, &Asset> = assets.iter().map(|asset| (&asset.path, asset)).collect();
    let routes: BTreeMap<&SitePath, &Route> = site.files.iter().map(|(route, path)| (path, route)).collect();
    let statics: BTreeMap<&str, &SitePath> = site.files.iter().map(|(route, path)| (route.as_str(), path)).collect();
    let mut all = Vec::with_capacity(site.writings.len());
    for writing in &site.writings {
        let mut own = Vec::with_capacity(writing.prose.outline.images.len());
        for image in &writing.prose.outline.images {
            let span = || Span { path: writing.path.clone(), range: Some(image.source) };
            if image.alt.trim().is_empty() {
                diagnostics.push(
                    Diagnostic::new(Code::MissingAlt, span(), "this image has no description")
                        .help("describe it between the square brackets, for readers who cannot see it"),
                );
            }
            let first = image.target.split('/').next().unwrap_or("");
            if first.contains(':') || image.target.starts_with("//") {
                diagnostics.push(
                    Diagnostic::new(Code::ExternalImage, span(), "this image would be fetched from another server")
                        .help("copy it beside the essay and name the copy"),
                );
                own.push(Picture::Missing);
                continue;
            }
            let target = decode(image.target.split(['?', '#']).next().unwrap_or(""));
            let path = match statics.get(target.as_str()) {
                Some(path) => Some((*path).clone()),
                None => writing.path.resolve(&target),
            };
            let found = path.as_ref().and_then(|path| Some((*by_path.get(path)?, *routes.get(path)?)));
            let Some((asset, route)) = found else {
                let name = target.rsplit('/').next().unwrap_or(&target);
                let near = nearest(name, by_path.keys().map(|path| path.file_name()));
                let help = near.map_or_else(
                    || "put the file beside the essay".to_owned(),
                    |near| format!("did you mean `{near}`?"),
                );
                diagnostics.push(
                    Diagnostic::new(Code::MissingImage, span(), format!("there is no image `{target}`")).help(help),
                );
                own.push(Picture::Missing);
                continue;
            };
            if asset.size.is_none() && asset.path.extension() != "svg" {
                diagnostics.push(
                    Diagnostic::new(
                        Code::BadImage,
                        span(),
                        format!("`{}` is not an image that browsers know", asset.path),
                    )
                    .help("save it again as PNG, JPEG, WebP or SVG"),
                );
            }
            own.push(Picture::File(route.clone(), asset.size));
        }
        all.push(own);
    }
    site.pictures = all;
}
