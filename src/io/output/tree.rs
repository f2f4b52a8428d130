//! A tree on disk beside what was noted of it: what of it still is as it was left. Changes nothing.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::noted::{File, Folder, Noted};
use super::stamp::Stamp;
use crate::base::fingerprint::Fingerprint;

/// What the names of all notes begin with; the number of the tree's folder follows, which stays when the folder is renamed.
pub(super) const NOTE: &str = "state-";

/// A tree and what was noted of it.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) root: PathBuf,
    pub(super) noted: Noted,
}

/// What is in a folder: names of files, of folders, and of what is neither.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub(super) files: Vec<String>,
    pub(super) folders: Vec<String>,
    pub(super) others: Vec<PathBuf>,
}

/// Files and folders by the folder they are in.
pub(super) type Inside<'a> = HashMap<&'a str, (Vec<&'a str>, Vec<&'a str>)>;

impl Tree {
    /// A tree with what was noted of it in the hidden folder. Where that cannot be read, nothing was noted: forgetting costs time
    /// and nothing else.
    pub(super) fn open(root: PathBuf, hidden: &Path) -> Self {
        let note = note_of(&root).and_then(|note| super::read_file(&hidden.join(note)));
        let noted = note.and_then(|bytes| Noted::read(&bytes)).unwrap_or_default();
        Self { root, noted }
    }

    /// Whether a file is still as it was noted.
    pub(super) fn has(&self, file: &File<'_>) -> bool {
        let path = self.root.join(file.name);
        let is_same =
            fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_file() && Stamp::of(&metadata) == file.stamp);
        is_same && (!file.stamp.is_racy(self.noted.look) || self.is_made_of(&path, file.fingerprint))
    }

    fn is_made_of(&self, path: &Path, fingerprint: Fingerprint) -> bool {
        fs::read(path).is_ok_and(|bytes| Fingerprint::of(&bytes) == fingerprint)
    }

    /// The texts that were noted to stand in a file; `None` where they do not.
    pub(super) fn texts(&self, file: &File<'_>) -> Option<Vec<String>> {
        let mut opened = fs::File::open(self.root.join(file.name)).ok()?;
        let text = |&(from, to): &(u32, u32)| {
            let length = u64::from(to.checked_sub(from)?);
            opened.seek(SeekFrom::Start(from.into())).ok()?;
            let mut bytes = Vec::new();
            bytes.try_reserve_exact(usize::try_from(length).ok()?).ok()?;
            let read = opened.by_ref().take(length).read_to_end(&mut bytes).ok()?;
            String::from_utf8(bytes).ok().filter(|_| read as u64 == length)
        };
        // No more is asked for than the file holds.
        let places = file.texts?.places;
        places.iter().all(|(_, to)| u64::from(*to) <= file.stamp.size).then(|| places.iter().map(text).collect())?
    }

    /// Whether every file and folder is as it was noted, and nothing else is there.
    pub(super) fn is_whole(&self) -> bool {
        let files = self.noted.files().len();
        if !(0..files).into_par_iter().all(|at| self.has(&self.noted.file(at))) {
            return false;
        }
        let folders: Vec<Folder<'_>> = self.noted.folders().collect();
        let in_doubt: Vec<&Folder<'_>> = folders.par_iter().filter(|folder| !self.is_untouched(folder)).collect();
        let inside = if in_doubt.is_empty() { Inside::default() } else { self.inside() };
        in_doubt.par_iter().all(|folder| {
            let (files, folders) = inside.get(folder.name).cloned().unwrap_or_default();
            let expected: BTreeSet<&str> = files.into_iter().chain(folders).collect();
            self.list(folder.name).is_ok_and(|now| {
                let names: BTreeSet<&str> = now.files.iter().chain(&now.folders).map(String::as_str).collect();
                now.others.is_empty() && names == expected
            })
        })
    }

    /// Whether nothing was put into a folder or taken out of it since it was noted.
    pub(super) fn is_untouched(&self, folder: &Folder<'_>) -> bool {
        let now = fs::symlink_metadata(self.root.join(folder.name));
        let is_same = now.is_ok_and(|now| now.is_dir() && Stamp::of(&now) == folder.stamp);
        is_same && !folder.stamp.is_racy(self.noted.look)
    }

    /// What was noted to be in each folder.
    pub(super) fn inside(&self) -> Inside<'_> {
        let mut inside = Inside::new();
        for file in self.noted.files() {
            inside.entry(folder_of(file.name)).or_default().0.push(file.name);
        }
        for folder in self.noted.folders().filter(|folder| !folder.name.is_empty()) {
            inside.entry(folder_of(folder.name)).or_default().1.push(folder.name);
        }
        inside
    }

    /// What is in a folder now, by names below the root. A name that is no text is none of ours and among the others.
    pub(super) fn list(&self, folder: &str) -> io::Result<Listing> {
        let mut listing = Listing::default();
        for entry in fs::read_dir(self.root.join(folder))? {
            let entry = entry?;
            let kind = entry.file_type()?;
            let name = entry.file_name().into_string().ok();
            let name = name.map(|name| if folder.is_empty() { name } else { format!("{folder}/{name}") });
            match name {
                Some(name) if kind.is_dir() => listing.folders.push(name),
                Some(name) if kind.is_file() => listing.files.push(name),
                _ => listing.others.push(entry.path()),
            }
        }
        Ok(listing)
    }
}

/// The name of the file in which a tree is noted; `None` where there is no tree.
pub(super) fn note_of(root: &Path) -> Option<String> {
    let metadata = fs::symlink_metadata(root).ok().filter(fs::Metadata::is_dir)?;
    Some(format!("{NOTE}{:x}", Stamp::of(&metadata).inode))
}

/// The folder that a file or folder is in; the root has no name.
pub(super) fn folder_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}
