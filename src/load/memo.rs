//! Files that were read before and are as they were. Knows the stamps of files, not what stands in them.

use std::sync::Arc;

use rayon::prelude::*;

use super::away::Away;
use super::understand;
use crate::base::diagnostic::Diagnostics;
use crate::base::fingerprint::Fingerprint;
use crate::base::path::SitePath;
use crate::base::shares::AT_A_TIME;
use crate::io::clock;
use crate::io::disk::{Found, Stamp};
use crate::io::stamps::Stamped;
use crate::model::source::{Asset, Fetch, Source};

/// Remembers the files of a book from one load to the next. Forgetting costs time and nothing else.
#[derive(Default)]
pub struct Memo {
    /// Sorted by path.
    files: Vec<Known>,
    has_links: bool,
    /// Whether nobody will load again, so that nothing need be remembered.
    is_for_once: bool,
}

/// What became of a file.
#[derive(Clone)]
pub(super) enum Kept {
    /// A text that will be parsed.
    Source(Arc<str>, Fingerprint),
    /// The same, for which there is room until it is parsed.
    Once(Arc<str>, Fingerprint),
    /// The same, for which there is none.
    Away(Fingerprint),
    /// A file that goes out as it is, with its width and height.
    Asset(Arc<[u8]>, Option<(u32, u32)>),
    /// Neither.
    Nothing,
}

struct Known {
    path: SitePath,
    /// `None` where the file changed too shortly before it was read to be sure of the next change.
    stamp: Option<Stamp>,
    kept: Kept,
    diagnostics: Diagnostics,
}

impl Memo {
    /// For a load after which there is none.
    #[must_use]
    pub(super) fn of_one_load() -> Self {
        Self { is_for_once: true, ..Self::default() }
    }

    /// For a load that finds texts of an earlier one as they were; they are read again where somebody asks for them.
    #[must_use]
    pub fn of_stamps(stamps: Vec<Stamped>) -> Self {
        let known = |Stamped { path, stamp, fingerprint }| {
            let (stamp, kept) = (Some(stamp), Kept::Away(fingerprint));
            Known { path, stamp, kept, diagnostics: Diagnostics::default() }
        };
        Self { files: stamps.into_iter().map(known).collect(), ..Self::default() }
    }

    /// The texts that were read and in which nothing was wrong as far as this was looked for, sorted by path.
    #[must_use]
    pub fn stamps(&self) -> Vec<Stamped> {
        let stamped = |known: &Known| {
            let (Kept::Source(_, fingerprint) | Kept::Once(_, fingerprint) | Kept::Away(fingerprint)) = known.kept
            else {
                return None;
            };
            let stamp = known.stamp.filter(|_| known.diagnostics.iter().next().is_none())?;
            Some(Stamped { path: known.path.clone(), stamp, fingerprint })
        };
        self.files.iter().filter_map(stamped).collect()
    }

    /// Whether any file that was read last is a symbolic link.
    #[must_use]
    pub fn has_links(&self) -> bool {
        self.has_links
    }

    /// Reads what is not known, and gives back all of it.
    pub(super) fn read(
        &mut self,
        disk: &Arc<Away>,
        found: Vec<Found>,
        diagnostics: &mut Diagnostics,
    ) -> (Vec<Source>, Vec<Asset>) {
        let (before, is_for_once) = (std::mem::take(&mut self.files), self.is_for_once);
        self.has_links = found.iter().any(|file| file.is_link);
        self.files = found
            .into_par_iter()
            .with_max_len(AT_A_TIME)
            .enumerate()
            .map(|(at, file)| look(disk, file, at, &before, is_for_once))
            .collect();
        let (mut sources, mut assets) = (Vec::with_capacity(self.files.len()), Vec::new());
        for known in &mut self.files {
            diagnostics.append(known.diagnostics.clone());
            let path = known.path.clone();
            match &known.kept {
                Kept::Once(text, fingerprint) => {
                    let (text, fingerprint) = (Arc::clone(text), *fingerprint);
                    known.kept = Kept::Away(fingerprint);
                    sources.push(Source::once(path, text, fingerprint, Arc::clone(disk) as Arc<dyn Fetch>));
                }
                Kept::Source(text, fingerprint) => {
                    sources.push(Source::known(path, Arc::clone(text), *fingerprint));
                }
                Kept::Away(fingerprint) => {
                    sources.push(Source::away(path, *fingerprint, Arc::clone(disk) as Arc<dyn Fetch>));
                }
                Kept::Asset(bytes, size) => assets.push(Asset { path, bytes: Arc::clone(bytes), size: *size }),
                Kept::Nothing => {}
            }
        }
        (sources, assets)
    }
}

/// Looks at one file, which stands at this place of the list and most likely stood there before.
fn look(disk: &Away, mut file: Found, at: usize, before: &[Known], is_for_once: bool) -> Known {
    let elsewhere = || {
        let at = before.binary_search_by(|known| known.path.cmp(&file.path)).ok()?;
        before.get(at)
    };
    let known = before.get(at).filter(|known| known.path == file.path).or_else(elsewhere);
    if let Some(known) = known {
        // One copy of a path for all stages: they compare it by its place in memory first.
        file.path = known.path.clone();
    }
    let stamp = if is_for_once { None } else { file.stamp() };
    if let Some(known) = known.filter(|known| known.stamp.is_some() && known.stamp == stamp) {
        return Known { path: file.path, stamp, kept: known.kept.clone(), diagnostics: known.diagnostics.clone() };
    }
    let stamp = stamp.filter(|stamp| stamp.is_settled(clock::now()));
    let (bytes, mut diagnostics) = file.read(&disk.root);
    let mut kept = Kept::Nothing;
    if let Some(bytes) = bytes {
        let (understood, found) = understand(&file.path, bytes);
        diagnostics.append(found);
        // The same bytes are held once.
        kept = match (known.map(|known| &known.kept), understood) {
            (Some(Kept::Source(old, print)), Kept::Source(new, _)) if *old == new => {
                Kept::Source(Arc::clone(old), *print)
            }
            (Some(Kept::Asset(old, size)), Kept::Asset(new, _)) if *old == new => Kept::Asset(Arc::clone(old), *size),
            (_, Kept::Source(text, print)) if !disk.has_room(text.len()) => {
                if disk.has_room_once(text.len()) {
                    Kept::Once(text, print)
                } else {
                    Kept::Away(print)
                }
            }
            (_, understood) => understood,
        };
    }
    Known { path: file.path, stamp, kept, diagnostics }
}
