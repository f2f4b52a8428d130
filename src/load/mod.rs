//! Reads `book.toml`, then what belongs to the book, into a `Snapshot`. Knows bytes, not what they mean.
//!
//! [`load()`] reads a folder; [`Snapshot::from_texts`] takes the same files from memory.

mod away;
mod memo;
mod memory;
mod themes;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use memo::Kept;
pub use memo::Memo;
pub use themes::{layers_of, own_themes};
use unicode_normalization::UnicodeNormalization;

use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::fingerprint::Fingerprint;
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::io::disk;
use crate::io::error::Error;
use crate::model::book::Book;
use crate::model::published;
use crate::model::source::{Holds, Snapshot, Source};
use crate::model::writing::Kind;
use crate::parse::{address, book};

/// What the command line adds to the settings.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Whether drafts are shown.
    pub with_drafts: bool,
    /// The day for which the site is made; today where it is `None`.
    pub as_of: Option<jiff::civil::Date>,
    /// The site's address, where it differs from `book.toml`.
    pub base_url: Option<String>,
    /// What is read in the place of `book.toml`.
    pub settings: Option<Arc<str>>,
    /// Whether the replies of readers are left unread: whoever brings in new ones looks at one file at a time.
    pub without_replies: bool,
    /// How much of the book is held in memory.
    pub holds: Holds,
}

/// Names of files in which programs keep passwords and keys.
const SECRET_NAMES: [&str; 10] = [
    ".git-credentials",
    ".htpasswd",
    ".netrc",
    ".npmrc",
    ".pgpass",
    ".pypirc",
    "id_dsa",
    "id_ecdsa",
    "id_ed25519",
    "id_rsa",
];

/// The settings of the book in this folder alone, for commands that want no more.
///
/// # Errors
/// `book.toml` cannot be read.
pub fn settings(root: &Path) -> Result<Book, Error> {
    let path = SitePath::new("book.toml").expect("clean");
    Ok(book::read(&path, &disk::read_text(&root.join("book.toml"))?).0)
}

/// Reads the book in this folder.
///
/// # Errors
/// `book.toml` cannot be read, or an option makes no sense.
pub fn load(root: &Path, options: &Options) -> Result<(Snapshot, Diagnostics), Error> {
    load_again(root, options, &mut Memo::of_one_load())
}

/// Reads the book in this folder; files that are as they were when `memo` saw them are not read again.
///
/// # Errors
/// As `load`.
pub fn load_again(root: &Path, options: &Options, memo: &mut Memo) -> Result<(Snapshot, Diagnostics), Error> {
    let settings_path = SitePath::new("book.toml").expect("clean");
    let bytes = disk::read_bytes(&root.join("book.toml"))?;
    let mut unreadable = Diagnostics::default();
    let settings: Arc<str> = text_of(&settings_path, &bytes, &mut unreadable)
        .unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned().into());
    let settings = match &options.settings {
        Some(given) => {
            unreadable = Diagnostics::default();
            Arc::clone(given)
        }
        None => settings,
    };
    let (mut book, mut diagnostics) = book::read(&settings_path, &settings);
    diagnostics.append(unreadable);
    if let Some(url) = &options.base_url {
        let checked = address::site(url);
        book.base_url = Some(checked.map_err(|refused| Error::Usage(refused.to_sentence("--base-url", url)))?);
    }
    let mut files = if disk::has_folder(root, "content") {
        let left = options.without_replies.then_some("content/replies");
        disk::list_folder(root, "content", left, &mut diagnostics)
    } else {
        Vec::new()
    };
    let holds = options.holds.of_book(files.len());
    report_similar_names(files.iter().map(|file| &file.path), &mut diagnostics);
    // Its name comes behind all of `content`, so the files stay sorted.
    files.extend(disk::find_file(root, &SitePath::new(published::FILE).expect("clean"), &mut diagnostics));
    let (mut sources, mut assets) = memo.read(&away::Away::new(root, holds), files, &mut diagnostics);
    let layers = themes::layers(root, &book.theme, &mut diagnostics);
    sources.push(Source::new(settings_path, settings));
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    assets.sort_by(|a, b| a.path.cmp(&b.path));
    let as_of = options.as_of.unwrap_or_else(crate::io::clock::today);
    Ok((Snapshot { book, sources, assets, layers, as_of, with_drafts: options.with_drafts, holds }, diagnostics))
}

/// What a file of the book is, and what was found while it was read.
fn understand(path: &SitePath, bytes: Vec<u8>) -> (Kept, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let is_static = path.below("content/static").is_some();
    let source = |text: Option<Arc<str>>| {
        let known = |text: Arc<str>| {
            let fingerprint = Fingerprint::of(text.as_bytes());
            Kept::Source(text, fingerprint)
        };
        text.map_or(Kept::Nothing, known)
    };
    if let Some(below) = path.below("content/replies") {
        let is_read = belongs_to_replies(below, path, &mut diagnostics);
        let text = if is_read { text_of(path, &bytes, &mut diagnostics) } else { None };
        return (source(text), diagnostics);
    }
    if path.as_str() == published::FILE {
        return (source(text_of(path, &bytes, &mut diagnostics)), diagnostics);
    }
    if is_secret(path) {
        let message = "this file looks like one that holds a secret, and is not published";
        let help = "move it out of `content/`; if it holds none and readers want it, give it another name";
        diagnostics.push(Diagnostic::new(Code::StrayFile, Span::file(path), message).help(help));
        return (Kept::Nothing, diagnostics);
    }
    if !is_static && let Some(remedy) = stray(path) {
        let message = "this file is neither read nor published";
        diagnostics.push(Diagnostic::new(Code::StrayFile, Span::file(path), message).help(remedy));
        return (Kept::Nothing, diagnostics);
    }
    if is_static || path.extension() != "md" {
        let size = imagesize::blob_size(&bytes).ok();
        let size = size.and_then(|size| Some((u32::try_from(size.width).ok()?, u32::try_from(size.height).ok()?)));
        let size = if path.extension() == "svg" { svg_size(&bytes) } else { size };
        return (Kept::Asset(bytes.into(), size), diagnostics);
    }
    if !Kind::ALL.iter().any(|kind| path.below(kind.folder()).is_some()) {
        let message = "this file is not read: it stands outside the known folders";
        diagnostics.push(
            Diagnostic::new(Code::StrayFile, Span::file(path), message)
                .help("move it to `content/essays/`, `content/concepts/`, `content/series/` or `content/pages/`"),
        );
        return (Kept::Nothing, diagnostics);
    }
    let text = text_of(path, &bytes, &mut diagnostics);
    (source(text), diagnostics)
}

/// Replies stand in TOML files; those that belong to no essay yet are kept in a folder of their own and not read.
fn belongs_to_replies(below: &str, path: &SitePath, diagnostics: &mut Diagnostics) -> bool {
    if below.starts_with("unmatched/") || below == "forgotten.toml" {
        return false;
    }
    if path.extension() != "toml" {
        diagnostics.push(
            Diagnostic::new(Code::StrayFile, Span::file(path), "this file is neither read nor published")
                .help("bring it in with `throughline import replies`, and keep it outside the book: it may hold addresses of people"),
        );
        return false;
    }
    true
}

/// The bytes as text without a byte order mark; reported where they are no UTF-8.
fn text_of(path: &SitePath, bytes: &[u8], diagnostics: &mut Diagnostics) -> Option<Arc<str>> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.strip_prefix('\u{feff}').unwrap_or(text).into()),
        Err(error) => {
            let message = format!("this file is not UTF-8: byte {} cannot be read", error.valid_up_to());
            diagnostics.push(Diagnostic::new(Code::NotUtf8, Span::file(path), message).help("save it as UTF-8"));
            None
        }
    }
}

/// Whether programs keep passwords or keys in files of this name.
fn is_secret(path: &SitePath) -> bool {
    let name = path.file_name().to_lowercase();
    name.starts_with(".env")
        || SECRET_NAMES.contains(&name.as_str())
        || matches!(path.extension().as_str(), "pem" | "key" | "p12" | "pfx" | "kdbx" | "ppk")
}

/// Why a file that is no Markdown of ours does not go out either: it looks like one, and readers were never meant to see it.
fn stray(path: &SitePath) -> Option<&'static str> {
    let extension = path.extension();
    if matches!(extension.as_str(), "markdown" | "mdown" | "mkd" | "mkdn" | "mdx") {
        return Some("rename it to end in `.md`");
    }
    let is_copy = matches!(extension.as_str(), "orig" | "bak" | "rej" | "tmp" | "old")
        || path.file_name().to_lowercase().contains(".md.");
    is_copy.then_some("delete it, or move it out of `content/`")
}

/// `width` and `height` of an SVG's root element, where they are plain numbers.
fn svg_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let text = std::str::from_utf8(&bytes[..bytes.len().min(4096)]).ok()?;
    let tag = &text[text.find("<svg")?..];
    let tag = &tag[..tag.find('>')?];
    let number = |name: &str| -> Option<u32> {
        let at = tag.find(&format!(" {name}=\""))? + name.len() + 3;
        tag[at..].split('"').next()?.trim_end_matches("px").parse().ok()
    };
    Some((number("width")?, number("height")?))
}

fn report_similar_names<'a>(paths: impl Iterator<Item = &'a SitePath> + Clone, diagnostics: &mut Diagnostics) {
    // Names of small ASCII letters resemble no other of their kind.
    let is_plain = |path: &SitePath| path.as_str().bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase());
    if paths.clone().all(is_plain) {
        return;
    }
    let mut seen: BTreeMap<String, &SitePath> = BTreeMap::new();
    for path in paths {
        let key: String = path.as_str().nfc().collect::<String>().to_lowercase();
        if let Some(other) = seen.insert(key, path) {
            diagnostics.push(
                Diagnostic::new(
                    Code::SimilarNames,
                    Span::file(path),
                    "two files have names that differ only in case or accents, and are one file on other machines",
                )
                .label(Span::file(other), "the other one")
                .help("rename one of them"),
            );
        }
    }
}
