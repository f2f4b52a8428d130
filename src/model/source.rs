//! Bytes of files, and all bytes of a book at one moment; knows nothing about what they mean.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::civil;
use rayon::prelude::*;

use super::book::Book;
use crate::base::fingerprint::Fingerprint;
use crate::base::parts::Parts;
use crate::base::path::SitePath;

/// A text file of the book.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where it stands in the book.
    pub path: SitePath,
    /// Its text, without a byte order mark.
    body: Body,
    /// The fingerprint of the text.
    pub fingerprint: Fingerprint,
}

/// Where the text of a file is.
#[derive(Clone)]
enum Body {
    Held(Arc<str>),
    /// With what was read already and is held until it is asked for.
    Away(Arc<dyn Fetch>, Option<Once>),
}

/// A text that whoever asks for it first takes with him.
type Once = Arc<Mutex<Option<Arc<str>>>>;

/// What a thread unwinds with where a file of the book was changed since it was first read.
#[derive(Debug)]
pub struct Changed(pub SitePath);

/// Reads texts again that are not held: a book may be larger than memory.
pub trait Fetch: Send + Sync {
    /// The text of this file. Where it is no longer the one of this fingerprint, the thread unwinds with `Changed`: all that is
    /// known of the text is wrong then, and nothing that is made of the book would be worth anything.
    fn fetch(&self, path: &SitePath, fingerprint: Fingerprint) -> Arc<str>;
}

impl std::fmt::Debug for Body {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Held(text) => text.fmt(out),
            Self::Away(..) => out.write_str("Away"),
        }
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.fingerprint == other.fingerprint
    }
}

impl Eq for Source {}

impl Source {
    /// A text of this fingerprint that is read when it is asked for.
    #[must_use]
    pub fn away(path: SitePath, fingerprint: Fingerprint, from: Arc<dyn Fetch>) -> Self {
        Self { path, body: Body::Away(from, None), fingerprint }
    }

    /// The same, of which the text is at hand for whoever asks for it first.
    #[must_use]
    pub fn once(path: SitePath, text: Arc<str>, fingerprint: Fingerprint, from: Arc<dyn Fetch>) -> Self {
        Self { path, body: Body::Away(from, Some(Arc::new(Mutex::new(Some(text))))), fingerprint }
    }

    /// A text whose fingerprint is known.
    #[must_use]
    pub fn known(path: SitePath, text: Arc<str>, fingerprint: Fingerprint) -> Self {
        Self { path, body: Body::Held(text), fingerprint }
    }

    /// The text of one that is always held, as templates are; empty for one that is not.
    #[must_use]
    pub fn held(&self) -> &str {
        match &self.body {
            Body::Held(text) => text,
            Body::Away(..) => "",
        }
    }

    /// Its text.
    ///
    /// # Panics
    /// It is not held, and its file was changed meanwhile: see `Fetch`.
    #[must_use]
    pub fn text(&self) -> Arc<str> {
        match &self.body {
            Body::Held(text) => Arc::clone(text),
            Body::Away(from, once) => {
                let at_hand = once.as_ref().and_then(|once| once.lock().unwrap_or_else(PoisonError::into_inner).take());
                at_hand.unwrap_or_else(|| from.fetch(&self.path, self.fingerprint))
            }
        }
    }

    /// A text at a place.
    #[must_use]
    pub fn new(path: SitePath, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let fingerprint = Fingerprint::of(text.as_bytes());
        Self { path, body: Body::Held(text), fingerprint }
    }
}

/// A file of the book that goes out as it is.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Where it stands in the book.
    pub path: SitePath,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// Width and height in pixels, where it is a picture that tells.
    pub size: Option<(u32, u32)>,
}

/// The files of one theme folder: a theme of the book, or a built-in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The word before the slash in `{% extends "NAME/essay.html" %}`.
    pub name: String,
    /// Where its files stand, as reports name it: `themes/mine`, or the name of a built-in theme.
    pub folder: SitePath,
    /// Its `theme.toml`, if it has one.
    pub manifest: Option<Source>,
    /// Templates by their name without the layer, with the path shown in reports.
    pub templates: Vec<(String, Source)>,
    /// Assets by their name below `assets/`.
    pub assets: Vec<(String, Arc<[u8]>)>,
}

impl Layer {
    /// The name of the layer that is the book's own theme.
    pub const OWN: &'static str = "book";

    /// A theme without files.
    #[must_use]
    pub fn new(name: &str, folder: &SitePath) -> Self {
        Self {
            name: name.to_owned(),
            folder: folder.clone(),
            manifest: None,
            templates: Vec::new(),
            assets: Vec::new(),
        }
    }

    /// Whether it is the book's own theme, and none that is built in.
    #[must_use]
    pub fn is_own(&self) -> bool {
        self.name == Self::OWN
    }

    /// The path that reports give to an asset.
    #[must_use]
    pub fn path_of(&self, asset: &str) -> SitePath {
        SitePath::new(&format!("{}/assets/{asset}", self.folder)).unwrap_or_else(|| self.folder.clone())
    }

    /// The text of a template, an asset or `theme.toml`, by the path that reports give to it.
    fn text(&self, path: &SitePath) -> Option<Arc<str>> {
        let templates = self.templates.iter().map(|(_, source)| source);
        if let Some(source) = self.manifest.iter().chain(templates).find(|source| source.path == *path) {
            return Some(source.text());
        }
        let name = path.below(&format!("{}/assets", self.folder))?;
        let (_, bytes) = self.assets.iter().find(|(asset, _)| asset == name)?;
        std::str::from_utf8(bytes).ok().map(Arc::from)
    }
}

/// How many bytes of the book a build holds at the same time. What is beyond is read again where it is needed, which takes time
/// and changes nothing else: a book of any size is made in about the same memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holds {
    /// Of sources: those of some two thousand essays. To read one again takes a hundredth of a millisecond, and texts that have not
    /// changed since the last build are not needed at all.
    pub sources: usize,
    /// Of further sources, until they are asked for: most are parsed at once.
    pub once: usize,
    /// Of texts as they were understood: those of some ten thousand essays. To understand one again takes a tenth of a millisecond.
    pub texts: usize,
}

impl Default for Holds {
    fn default() -> Self {
        Self { sources: 16 << 20, once: 96 << 20, texts: 256 << 20 }
    }
}

impl Holds {
    /// What a build of so many files holds. In a book that is far too large to be held, a part of it is of little use.
    #[must_use]
    pub fn of_book(self, files: usize) -> Self {
        if files > 30_000 { Self { texts: self.texts / 8, ..self } } else { self }
    }
}

/// Everything a build depends on, besides the executable.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The settings.
    pub book: Book,
    /// Texts under `content/`, sorted by path.
    pub sources: Vec<Source>,
    /// Other files under `content/`, sorted by path.
    pub assets: Vec<Asset>,
    /// Theme folders; the first that has a file wins.
    pub layers: Vec<Layer>,
    /// The day for which the site is made.
    pub as_of: civil::Date,
    /// Whether drafts are shown.
    pub with_drafts: bool,
    /// How much of it is held in memory.
    pub holds: Holds,
}

impl Snapshot {
    /// The fingerprint of the book: of all but the theme.
    #[must_use]
    pub fn fingerprint_of_book(&self) -> Fingerprint {
        let mut all = Parts::default();
        all.add(format!("{:?} {:?} {}", self.book, self.as_of, self.with_drafts).as_bytes());
        for source in &self.sources {
            all.add(source.path.as_str().as_bytes());
            all.add_fixed(source.fingerprint.as_bytes());
        }
        let assets: Vec<Fingerprint> = self.assets.par_iter().map(|asset| Fingerprint::of(&asset.bytes)).collect();
        for (asset, print) in self.assets.iter().zip(assets) {
            all.add(format!("{} {print} {:?}", asset.path, asset.size).as_bytes());
        }
        all.finish()
    }

    /// The fingerprint of the theme.
    #[must_use]
    pub fn fingerprint_of_theme(&self) -> Fingerprint {
        let mut all = Parts::default();
        for layer in &self.layers {
            let texts = layer.manifest.iter().chain(layer.templates.iter().map(|(_, source)| source));
            let texts: Vec<_> = texts.map(|source| (source.path.as_str(), source.fingerprint)).collect();
            let assets: Vec<_> = layer.assets.iter().map(|(name, bytes)| (name, Fingerprint::of(bytes))).collect();
            all.add(format!("{} {} {texts:?} {assets:?}", layer.name, layer.folder).as_bytes());
        }
        all.finish()
    }

    /// A text of the content, or the settings.
    #[must_use]
    pub fn source(&self, path: &SitePath) -> Option<&Source> {
        let at = self.sources.binary_search_by(|source| source.path.cmp(path)).ok()?;
        Some(&self.sources[at])
    }

    /// The text of a source or of a file of the theme, whatever a finding speaks of.
    #[must_use]
    pub fn text(&self, path: &SitePath) -> Option<Arc<str>> {
        let source = self.source(path).map(Source::text);
        source.or_else(|| self.layers.iter().find_map(|layer| layer.text(path)))
    }
}

/// An output file: where it goes on the site, and its bytes.
#[derive(Clone, Debug)]
pub struct Artifact {
    /// Path below the output folder, `/` between its parts.
    pub file: String,
    /// What is written there.
    pub bytes: Arc<[u8]>,
}

impl Artifact {
    /// Fingerprint of the bytes.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.bytes)
    }
}
