//! `why`: what a page was made from, and what has changed in it since it was built and published.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::urls::{near, wanted};
use super::why_change::{Change, Compared};
use super::why_origins::{Origin, origins};
use super::why_shown::{Entry, shown};
use crate::base::path::Route;
use crate::build::{Build, build_one};
use crate::check::page::{Base, asked, fonts_and_others};
use crate::cli;
use crate::import::html::Html;
use crate::io::error::Error;
use crate::io::stage::MARK;
use crate::io::terminal::{Format, Terminal};
use crate::io::{disk, tree};
use crate::link::PageId;
use crate::load::{Options, load};
use crate::model::publish::Place;
use crate::model::source::{Artifact, Snapshot};
use crate::publish::Manifest;
use crate::render::Output;
use crate::theme::chain::{Used, chain};
use crate::view::{PageKey, Tables, Viewer};

/// Entries of a list that are shown to people; `-v` shows all.
const MOST_SHOWN: usize = 8;

/// All that is known of a page.
struct Sheet<'a> {
    route: Route,
    artifact: &'a Artifact,
    what: &'static str,
    title: String,
    to: Option<Route>,
    origins: Vec<Origin>,
    templates: Vec<Used>,
    assets: Vec<String>,
    shown: Vec<(&'static str, Vec<Entry>)>,
    settings: Vec<(&'static str, String)>,
    compared: Vec<Compared>,
}

pub(super) fn run(options: &cli::Why, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let load_options = Options { with_drafts: options.drafts, as_of: options.as_of, ..Options::default() };
    let (snapshot, diagnostics) = load(&root, &load_options)?;
    let out = options.out.clone().unwrap_or_else(|| root.join("public"));
    let route = route_of(&options.address, &out, &snapshot)?;
    let file = route.to_file();
    let (made, output) = build_one(&snapshot, diagnostics, &file);
    let Some(artifact) = made.artifacts.iter().find(|artifact| artifact.file == file) else {
        return Err(Error::Usage(missing(&route, &made)));
    };
    let sheet = Sheet::of(route, artifact, (&made, output), &snapshot, (&root, &out))?;
    if terminal.format == Format::Human {
        terminal.say(&sheet.to_words(terminal.is_verbose));
        if made.report.has_errors() {
            terminal.say("The book has errors, so this is not what readers get: `throughline check` shows them.");
        }
    } else {
        terminal.write_out(&sheet.to_json().to_string());
    }
    Ok(0)
}

/// The address that is meant: written as one, or as a file of the output folder.
fn route_of(written: &str, out: &Path, snapshot: &Snapshot) -> Result<Route, Error> {
    let name = out.file_name().map_or_else(PathBuf::new, PathBuf::from);
    let below = [out, &name].into_iter().filter(|folder| !folder.as_os_str().is_empty());
    let below = below.into_iter().find_map(|folder| Path::new(written).strip_prefix(folder).ok());
    let written = below.map_or_else(|| written.to_owned(), |below| below.to_string_lossy().replace('\\', "/"));
    let folder = written.strip_suffix("index.html").filter(|folder| folder.is_empty() || folder.ends_with('/'));
    let written = folder.map_or(written.clone(), |folder| format!("/{}", folder.trim_start_matches('/')));
    wanted(&written, snapshot.book.base_url.as_deref()).map(|wanted| wanted.route)
}

fn missing(route: &Route, made: &Build) -> String {
    if let Some(left) = made.site.left_out.iter().find(|left| left.route == *route) {
        return format!(
            "readers find nothing at `{route}`: `{}` is {}; see it with `--drafts`",
            left.path,
            left.why.to_words()
        );
    }
    let all: Vec<&str> = made.addresses.iter().map(|address| address.route.as_str()).collect();
    let near: Vec<String> = near(route.as_str(), all.into_iter()).iter().map(|near| format!("`{near}`")).collect();
    let errors = if made.report.has_errors() { "; the book has errors, which may cost pages" } else { "" };
    match near.as_slice() {
        [] => format!("there is no page or file at `{route}`; `throughline urls` lists all{errors}"),
        near => format!("there is no page or file at `{route}`; did you mean {}?{errors}", near.join(" or ")),
    }
}

impl<'a> Sheet<'a> {
    fn of(
        route: Route,
        artifact: &'a Artifact,
        (made, output): (&Build, Option<Output>),
        snapshot: &Snapshot,
        (root, out): (&Path, &Path),
    ) -> Result<Self, Error> {
        let tables = Tables::of(&made.site);
        let viewer = Viewer::new(&made.site, &snapshot.book, snapshot.as_of, &tables);
        let key = viewer.keys().into_iter().find(|key| viewer.route(*key) == route);
        let page = key.map(|key| viewer.page(key));
        let address = made.addresses.find(&route);
        let templates = page.as_ref().map(|page| chain(&snapshot.layers, &format!("{}.html", page.page.kind)));
        let templates = templates.unwrap_or_default();
        Ok(Self {
            artifact,
            what: if key == Some(PageKey::Missing) {
                "page for addresses that do not exist"
            } else {
                address.map_or("file", |address| address.what.word())
            },
            title: match (address.map(|address| address.title.as_str()), &page) {
                (Some(title), _) if !title.is_empty() => title.to_owned(),
                (_, page) => page.as_ref().map_or_else(String::new, |page| page.page.title.clone()),
            },
            to: address.and_then(|address| address.to.clone()),
            origins: origins(address, output, &templates, made, (root, out)),
            templates,
            assets: if page.is_some() { assets(artifact, made, snapshot) } else { Vec::new() },
            shown: page.as_ref().map(shown).unwrap_or_default(),
            settings: settings(snapshot, page.is_some(), key.is_some_and(|key| has_replies(key, made))),
            compared: compare(artifact, snapshot, root, out)?,
            route,
        })
    }

    fn to_words(&self, is_verbose: bool) -> String {
        let title = if self.title.is_empty() { String::new() } else { format!(" \u{201c}{}\u{201d}", self.title) };
        let mut lines = vec![self.route.to_string(), format!("  {}{title}", self.what)];
        lines.extend(self.to.iter().map(|to| format!("  leads on to {to}")));
        let mut section = |name: &str, entries: Vec<String>| {
            if entries.is_empty() {
                return;
            }
            lines.push(format!("\n{name}"));
            let most = if is_verbose { entries.len() } else { MOST_SHOWN };
            lines.extend(entries.iter().take(most).map(|entry| format!("  {entry}")));
            if entries.len() > most {
                lines.push(format!("  … and {} more; `-v` names all", entries.len() - most));
            }
        };
        section("Made from", self.origins.iter().map(Origin::to_words).collect());
        let template = |used: &Used| format!("{} ({})", used.path, used.how.word());
        section("Templates", self.templates.iter().map(template).collect());
        section("Files that it names", self.assets.clone());
        for (name, entries) in &self.shown {
            section(name, entries.iter().map(Entry::to_words).collect());
        }
        section("Settings", self.settings.iter().map(|(key, value)| format!("{key} = {value}")).collect());
        let size = self.artifact.bytes.len();
        let mut output = vec![format!("{}, {size} bytes, {}", self.artifact.file, self.artifact.fingerprint())];
        output.extend(self.compared.iter().map(Compared::to_words));
        section("Output", output);
        lines.join("\n")
    }

    fn to_json(&self) -> Value {
        let origins = self
            .origins
            .iter()
            .map(|origin| json!({ "file": origin.path, "role": &origin.role, "is_newer": origin.is_newer }));
        let templates = self
            .templates
            .iter()
            .map(|used| json!({ "name": used.name, "file": used.path.as_str(), "how": used.how.word() }));
        let shown: serde_json::Map<String, Value> =
            self.shown.iter().map(|(name, entries)| ((*name).to_owned(), json!(entries))).collect();
        let settings: serde_json::Map<String, Value> =
            self.settings.iter().map(|(key, value)| ((*key).to_owned(), json!(value))).collect();
        json!({
            "address": self.route.as_str(), "kind": self.what, "title": self.title,
            "to": self.to.as_ref().map(Route::as_str),
            "sources": origins.collect::<Vec<_>>(), "templates": templates.collect::<Vec<_>>(), "files": self.assets,
            "shows": shown, "settings": settings,
            "output": { "file": self.artifact.file, "size": self.artifact.bytes.len(), "fingerprint": self.artifact.fingerprint().to_string() },
            "compared": self.compared.iter().map(Compared::to_json).collect::<Vec<_>>(),
        })
    }
}

fn has_replies(key: PageKey, made: &Build) -> bool {
    match key {
        PageKey::Page(PageId::Writing(id)) => made.site.conversations.contains_key(&id),
        PageKey::Page(PageId::Replies) => true,
        _ => false,
    }
}

/// The files that a page names, those of the theme and of the book.
fn assets(artifact: &Artifact, made: &Build, snapshot: &Snapshot) -> Vec<String> {
    let text = String::from_utf8_lossy(&artifact.bytes);
    let base = Base::new(&snapshot.book);
    let mut asked = asked(&Html::new(&text), &base, &artifact.file);
    for sheet in asked.sheets.clone() {
        let css = made.artifacts.iter().find(|artifact| artifact.file == sheet);
        let css = css.map(|artifact| String::from_utf8_lossy(&artifact.bytes)).unwrap_or_default();
        fonts_and_others(&css, &base, &sheet, &mut asked);
    }
    asked.files().into_iter().cloned().collect()
}

/// The settings that a page depends on.
fn settings(snapshot: &Snapshot, is_page: bool, has_replies: bool) -> Vec<(&'static str, String)> {
    let book = &snapshot.book;
    let text = |text: &str| format!("{text:?}");
    if !is_page {
        return Vec::new();
    }
    let mut all = vec![
        ("title", text(&book.title)),
        ("author", text(&book.author)),
        ("language", text(&book.language)),
        ("base_url", text(book.base_url.as_deref().unwrap_or_default())),
        ("theme", text(&book.theme.name)),
        ("concepts.links", text(&format!("{:?}", book.concept_links).to_lowercase())),
        ("markdown.smart_punctuation", book.markdown.smart_punctuation.to_string()),
    ];
    if has_replies {
        all.push(("replies.names", text(&format!("{:?}", book.replies.names).to_lowercase())));
        all.push(("replies.headlines", book.replies.headlines.to_string()));
    }
    all
}

/// The page as it is against what was built, and what was published where that stands on this machine.
fn compare(artifact: &Artifact, snapshot: &Snapshot, root: &Path, out: &Path) -> Result<Vec<Compared>, Error> {
    let mut all = Vec::new();
    let folders = snapshot.book.targets.iter().filter_map(|target| match &target.to {
        Place::Folder { path } => Some((format!("published to `{}`", target.name), root.join(path))),
        _ => None,
    });
    for (place, folder) in std::iter::once((format!("built in {}", super::short(out)), out.to_owned())).chain(folders) {
        let manifest = tree::read(&folder, MARK)?;
        let Some(manifest) = manifest.and_then(|bytes| Manifest::read(&String::from_utf8_lossy(&bytes))) else {
            all.push(Compared { place, change: Change::Nothing });
            continue;
        };
        let change = match manifest.files.get(&artifact.file) {
            None => Change::New,
            Some(entry) if entry.fingerprint == artifact.fingerprint() => Change::Same,
            Some(entry) => Change::of(tree::read(&folder, &artifact.file)?.as_deref(), &artifact.bytes, entry.size),
        };
        all.push(Compared { place, change });
    }
    for target in &snapshot.book.targets {
        let former = crate::io::keep::Keep::open(root, &target.name).manifest();
        let Some(manifest) = former.as_deref().and_then(Manifest::read) else { continue };
        let change = match manifest.files.get(&artifact.file) {
            None => Change::New,
            Some(entry) if entry.fingerprint == artifact.fingerprint() => Change::Same,
            Some(entry) => Change::Size(entry.size, artifact.bytes.len() as u64),
        };
        all.push(Compared { place: format!("before the last publish to `{}`", target.name), change });
    }
    Ok(all)
}
