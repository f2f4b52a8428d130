//! A book whose files are in memory. Understands them as `load` does, and knows no disk and no clock.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil;

use super::memo::Kept;
use super::{report_similar_names, themes, understand};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::io::disk;
use crate::model::published;
use crate::model::source::{Asset, Holds, Layer, Snapshot, Source};
use crate::parse::book;

impl Snapshot {
    /// A book whose files are given as they would stand in its folder: the text of `book.toml`, then paths such as
    /// `content/essays/trust.md` with what the files hold, text or bytes. Of two files with one path the later counts.
    ///
    /// They mean what they mean to [`load`](crate::load::load()): what ends in `.md` is read, other files under `content/` go
    /// out as they are, `themes/NAME/` is looked at where the settings name that theme, and the built-in theme lies under it. No
    /// file and no clock is asked for anything; `as_of` is the day for which the site is made. Drafts are left out: set
    /// `with_drafts` to show them.
    #[must_use]
    pub fn from_texts<'a, T: AsRef<[u8]>>(
        settings: &str,
        files: impl IntoIterator<Item = (&'a str, T)>,
        as_of: civil::Date,
    ) -> (Self, Diagnostics) {
        let settings_path = SitePath::new("book.toml").expect("clean");
        let settings = settings.strip_prefix('\u{feff}').unwrap_or(settings);
        let (book, mut diagnostics) = book::read(&settings_path, settings);
        let files = named(files, &mut diagnostics);
        report_similar_names(files.keys().filter(|path| path.below("content").is_some()), &mut diagnostics);
        let folder = SitePath::new(&format!("themes/{}", book.theme.name)).expect("themes have names of folders");
        let mut own = None;
        let mut own_themes = BTreeSet::new();
        let mut sources = vec![Source::new(settings_path, settings)];
        let mut assets = Vec::new();
        for (path, bytes) in files {
            if let Some(below) = path.below("themes") {
                own_themes.extend(below.split_once('/').map(|(theme, _)| theme.to_owned()));
                if path.below(folder.as_str()).is_some() {
                    let layer = own.get_or_insert_with(|| Layer::new(Layer::OWN, &folder));
                    themes::add(layer, &folder, &path, bytes, &mut diagnostics);
                }
                continue;
            }
            let (kept, found) = understand(&path, bytes);
            diagnostics.append(found);
            match kept {
                Kept::Source(text, fingerprint) => sources.push(Source::known(path, text, fingerprint)),
                Kept::Asset(bytes, size) => assets.push(Asset { path, bytes, size }),
                // Whoever gives a text holds it.
                Kept::Once(..) | Kept::Away(_) | Kept::Nothing => {}
            }
        }
        sources.sort_by(|a, b| a.path.cmp(&b.path));
        let layers = themes::chosen(own, &book.theme, || own_themes.into_iter().collect(), &mut diagnostics);
        (Self { book, sources, assets, layers, as_of, with_drafts: false, holds: Holds::default() }, diagnostics)
    }
}

/// The files by their paths, without those of editors and systems. One that would never be read is reported: whoever gives it
/// means it to be.
fn named<'a, T: AsRef<[u8]>>(
    files: impl IntoIterator<Item = (&'a str, T)>,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<SitePath, Vec<u8>> {
    let mut by_path = BTreeMap::new();
    for (written, bytes) in files {
        let Some(path) = SitePath::of_file(written) else {
            let message = format!("`{}` cannot be the path of a file of the book", written.escape_debug());
            let place = SitePath::new("content").expect("clean");
            diagnostics.push(
                Diagnostic::new(Code::BadName, Span::file(&place), message)
                    .help("write it from the folder of the book, such as `content/essays/trust.md`"),
            );
            continue;
        };
        let is_hidden = |part: &Path| disk::is_hidden(part, Path::new(""));
        if Path::new(path.as_str()).ancestors().any(is_hidden) {
            continue;
        }
        let is_known = ["content", "themes"].iter().any(|folder| path.below(folder).is_some());
        if !is_known && path.as_str() != published::FILE {
            let message = "this file is not read: it stands outside the known folders";
            diagnostics.push(
                Diagnostic::new(Code::StrayFile, Span::file(&path), message)
                    .help("give it a path that begins with `content/` or `themes/`"),
            );
            continue;
        }
        by_path.insert(path, bytes.as_ref().to_vec());
    }
    by_path
}
