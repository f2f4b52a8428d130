//! Bytes of files, and all bytes of a book at one moment; knows nothing about what they mean.

use std::sync::Arc;

use jiff::civil;

use super::book::Book;
use crate::base::fingerprint::Fingerprint;
use crate::base::path::SitePath;

/// A text file of the book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where it stands in the book.
    pub path: SitePath,
    /// Its text, without a byte order mark.
    pub text: Arc<str>,
    /// The fingerprint of the text.
    pub fingerprint: Fingerprint,
}

impl Source {
    /// A text at a place.
    #[must_use]
    pub fn new(path: SitePath, text: impl Into<Arc<str>>) -> Self {
        let text = text.into();
        let fingerprint = Fingerprint::of(text.as_bytes());
        Self { path, text, fingerprint }
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
            return Some(Arc::clone(&source.text));
        }
        let name = path.below(&format!("{}/assets", self.folder))?;
        let (_, bytes) = self.assets.iter().find(|(asset, _)| asset == name)?;
        std::str::from_utf8(bytes).ok().map(Arc::from)
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
}

impl Snapshot {
    /// A text of the content, or the settings.
    #[must_use]
    pub fn source(&self, path: &SitePath) -> Option<&Source> {
        let at = self.sources.binary_search_by(|source| source.path.cmp(path)).ok()?;
        Some(&self.sources[at])
    }

    /// The text of a source or of a file of the theme, whatever a finding speaks of.
    #[must_use]
    pub fn text(&self, path: &SitePath) -> Option<Arc<str>> {
        let source = self.source(path).map(|source| Arc::clone(&source.text));
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
