//! The spare tree, in which the next site grows where nobody looks. No file is ever changed in place: it may be one of the public
//! tree by a second name. Knows nothing of what the files are.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use rayon::prelude::*;

use super::noted::Folder;
use super::stamp::Stamp;
use super::tree::{Inside, Tree, folder_of};
use crate::io::error::Error;
use crate::io::stage::MARK;
use crate::io::tree::settle;

/// More files than this come onto the disk faster all at once than one by one.
const MANY: usize = 64;

/// The spare tree while it is brought up to the next site.
#[derive(Debug)]
pub(super) struct Spare {
    pub(super) tree: Tree,
    /// What was there before anything was changed.
    before: OnceLock<Result<Before, Mutex<Option<Error>>>>,
    /// Held while something is put out of the way of a name.
    way: Mutex<()>,
}

/// Names of the files and folders that were there; of folders that nobody touched since, with their stamps.
#[derive(Debug, Default)]
pub(super) struct Before {
    files: Vec<String>,
    folders: Vec<(String, Option<Stamp>)>,
}

impl Spare {
    pub(super) fn new(tree: Tree) -> Self {
        Self { tree, before: OnceLock::new(), way: Mutex::new(()) }
    }

    /// Looks at what is there, once, before anything is changed. What is neither file nor folder is taken away: a symbolic link
    /// would lead what is written elsewhere.
    pub(super) fn look(&self) -> Result<&Before, Error> {
        self.found().as_ref().map_err(|error| {
            let first = error.lock().unwrap_or_else(PoisonError::into_inner).take();
            first.unwrap_or_else(|| self.failed(&self.tree.root, ErrorKind::Other.into()))
        })
    }

    /// The same before anybody needs it, on all cores.
    pub(super) fn look_ahead(&self) {
        let noted = &self.tree.noted;
        let (folders, inside) = rayon::join(
            || {
                let places: Vec<_> = noted.folders().collect();
                let untouched = |folder: &Folder<'_>| self.tree.is_untouched(folder).then_some(folder.stamp);
                let stamps: Vec<Option<Stamp>> = places.par_iter().map(untouched).collect();
                places.iter().map(|folder| folder.name).zip(stamps).collect::<HashMap<_, _>>()
            },
            || self.tree.inside(),
        );
        self.find(|| (inside, |name: &str| folders.get(name).copied().flatten()));
    }

    /// On one thread: other threads may stand still until it has ended, and work for the next look would be given to them.
    fn found(&self) -> &Result<Before, Mutex<Option<Error>>> {
        self.find(|| {
            let noted: HashMap<&str, _> = self.tree.noted.folders().map(|folder| (folder.name, folder)).collect();
            let untouched = move |name: &str| {
                let noted = noted.get(name)?;
                self.tree.is_untouched(noted).then_some(noted.stamp)
            };
            (self.tree.inside(), untouched)
        })
    }

    fn find<'a, Untouched: Fn(&str) -> Option<Stamp>>(
        &self,
        known: impl FnOnce() -> (Inside<'a>, Untouched),
    ) -> &Result<Before, Mutex<Option<Error>>> {
        self.before.get_or_init(|| {
            let (inside, untouched) = known();
            self.survey(&inside, &untouched).map_err(|error| Mutex::new(Some(error)))
        })
    }

    /// What is there: what was noted to be in a folder that is untouched, which has a stamp, and what is in any other.
    fn survey(&self, inside: &Inside<'_>, untouched: &dyn Fn(&str) -> Option<Stamp>) -> Result<Before, Error> {
        let root = &self.tree.root;
        let mut before = Before::default();
        match fs::symlink_metadata(root) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => {
                let removed = fs::remove_file(root).map(|()| before);
                return removed.map_err(|source| self.failed(root, source));
            }
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(before),
            Err(source) => return Err(self.failed(root, source)),
        }
        let mut open = vec![String::new()];
        while let Some(folder) = open.pop() {
            // From the root downwards: below a folder that was changed, a name may lead elsewhere.
            let stamp = untouched(&folder);
            if stamp.is_some() {
                let (files, folders) = inside.get(&*folder).cloned().unwrap_or_default();
                before.files.extend(files.into_iter().map(str::to_owned));
                open.extend(folders.into_iter().map(str::to_owned));
            } else {
                let listing = self.tree.list(&folder).map_err(|source| self.failed(&root.join(&folder), source))?;
                for other in listing.others {
                    fs::remove_file(&other).map_err(|source| self.failed(&other, source))?;
                }
                before.files.extend(listing.files);
                open.extend(listing.folders);
            }
            if !folder.is_empty() {
                before.folders.push((folder, stamp));
            }
        }
        Ok(before)
    }

    /// Writes a new file in the place of whatever has its name.
    pub(super) fn write(&self, name: &str, bytes: &[u8]) -> Result<Stamp, Error> {
        if self.tree.noted.find(name).is_some() {
            // Most likely it has the name. What fails here is told below.
            drop(fs::remove_file(self.tree.root.join(name)));
        }
        self.put(name, &|path| {
            let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
            let written = file.write_all(bytes).and_then(|()| file.metadata());
            if written.is_err() {
                // Half a file would only take the room of others.
                drop(fs::remove_file(path));
            }
            written.map(|metadata| Stamp::of(&metadata))
        })
    }

    /// Gives a file of another tree a second name in this one; where the file system knows no second names, it is an error.
    pub(super) fn link(&self, name: &str, from: &Path) -> Result<(), Error> {
        self.put(name, &|path| fs::hard_link(from, path))
    }

    /// Makes something under a name that must be free for it, and makes it free.
    fn put<T>(&self, name: &str, make: &dyn Fn(&Path) -> io::Result<T>) -> Result<T, Error> {
        let path = self.tree.root.join(name);
        let mut made = make(&path);
        // The first file of a new folder is the common case.
        let is_folder_missing = made.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound);
        if is_folder_missing && path.parent().is_some_and(|parent| fs::create_dir(parent).is_ok()) {
            made = make(&path);
        }
        if made.as_ref().is_err_and(|error| is_in_the_way(error.kind())) {
            made = self.clear_way(name).and_then(|()| make(&path));
        }
        made.map_err(|source| self.failed(&path, source))
    }

    /// Takes away what has the name, and makes the folders above it.
    fn clear_way(&self, name: &str) -> io::Result<()> {
        let path = self.tree.root.join(name);
        if fs::remove_file(&path).is_ok() {
            return Ok(());
        }
        let parent = path.parent().unwrap_or(&self.tree.root);
        // Two files of one new folder may meet the file that had its name.
        let _held = self.way.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, _) in name.match_indices('/') {
            let above = self.tree.root.join(&name[..at]);
            match fs::symlink_metadata(&above) {
                Ok(found) if !found.is_dir() => fs::remove_file(&above)?,
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => break,
                Err(error) => return Err(error),
            }
        }
        fs::create_dir_all(parent)?;
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_dir() => fs::remove_dir_all(&path),
            Ok(_) => fs::remove_file(&path),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Removes what was there and is no part of the new site, whose files are told with their stamps. Gives the names of all that.
    pub(super) fn remove_others(&self, stay: &[(&str, Stamp)], folders: &[&str]) -> Result<Vec<&str>, Error> {
        let before = self.look()?;
        let is_wanted = |name: &str| stay.binary_search_by(|(file, _)| (*file).cmp(name)).is_ok();
        let files = before.files.par_iter().map(String::as_str);
        let mut gone: Vec<&str> = files.filter(|name| !is_wanted(name) && *name != MARK).collect();
        // Where a file system takes two spellings for one name, a file that stays may still be found by its old one.
        let numbers: HashSet<u64> =
            if gone.is_empty() { HashSet::new() } else { stay.iter().map(|(_, stamp)| stamp.inode).collect() };
        gone.par_iter().try_for_each(|name| {
            let path = self.tree.root.join(name);
            match fs::symlink_metadata(&path) {
                Ok(found) if found.is_dir() || numbers.contains(&Stamp::of(&found).inode) => Ok(()),
                _ => unless_gone(fs::remove_file(&path)),
            }
            .map_err(|source| self.failed(&path, source))
        })?;
        let before = before.folders.par_iter().map(|(name, _)| name.as_str());
        let mut left: Vec<&str> = before.filter(|name| folders.binary_search(name).is_err()).collect();
        // Those further down first.
        left.sort_unstable_by(|a, b| b.cmp(a));
        for name in left.iter().filter(|name| !is_wanted(name)) {
            let path = self.tree.root.join(name);
            match fs::remove_dir(&path) {
                // Another spelling of a folder that stays.
                Err(error) if error.kind() == ErrorKind::DirectoryNotEmpty => {}
                removed => unless_gone(removed).map_err(|source| self.failed(&path, source))?,
            }
        }
        gone.append(&mut left);
        Ok(gone)
    }

    /// Makes the tree look from outside as the one whose place it takes.
    pub(super) fn take_after(&self, public: &Path) -> Result<(), Error> {
        let (Ok(wanted), Ok(own)) = (fs::metadata(public), fs::metadata(&self.tree.root)) else { return Ok(()) };
        if wanted.permissions() == own.permissions() {
            return Ok(());
        }
        let set = fs::set_permissions(&self.tree.root, wanted.permissions());
        set.map_err(|source| self.failed(&self.tree.root, source))
    }

    /// Brings these files onto the disk, so that what is noted of them holds after a loss of power, too.
    pub(super) fn settle(&self, written: &[&str]) -> Result<(), Error> {
        if written.len() > MANY {
            return settle(&self.tree.root).map_err(|source| self.failed(&self.tree.root, source));
        }
        written.par_iter().try_for_each(|name| {
            let path = self.tree.root.join(name);
            let synced = open_to_settle(&path).and_then(|file| file.sync_all());
            synced.map_err(|source| self.failed(&path, source))
        })
    }

    /// The stamps of folders, as they are after files and folders of these names were made or taken away.
    pub(super) fn stamps<'a>(
        &self,
        folders: &[&str],
        changed: impl Iterator<Item = &'a str>,
    ) -> Result<Vec<Stamp>, Error> {
        let untouched = self.look()?.folders.iter().filter_map(|(name, stamp)| Some((name.as_str(), (*stamp)?)));
        let mut untouched: HashMap<&str, Stamp> = untouched.collect();
        let mut touched: HashSet<&str> = HashSet::new();
        for name in changed {
            let mut folder = folder_of(name);
            // A folder that was made for it is in another one, and so on up to the root.
            while touched.insert(folder) {
                untouched.remove(folder);
                folder = folder_of(folder);
            }
        }
        let stamp = |name: &&str| {
            // What somebody else does to it meanwhile shows the next time.
            if let Some(stamp) = untouched.get(name) {
                return Ok(*stamp);
            }
            let path = self.tree.root.join(name);
            let found = fs::symlink_metadata(&path).map(|found| Stamp::of(&found));
            found.map_err(|source| self.failed(&path, source))
        };
        folders.par_iter().map(stamp).collect()
    }

    /// Gives back the room of files that are of no use.
    pub(super) fn discard(&self, written: &[&str]) {
        written.par_iter().for_each(|name| {
            // The failure that made them useless has been told; the next build takes away what is left.
            drop(fs::remove_file(self.tree.root.join(name)));
        });
    }

    fn failed(&self, path: &Path, source: io::Error) -> Error {
        Error::Write { path: PathBuf::from(path), source }
    }
}

/// Some systems bring a file onto the disk only for those who may write it; others let nobody write what is write-protected.
fn open_to_settle(path: &Path) -> io::Result<fs::File> {
    fs::OpenOptions::new().read(true).write(!cfg!(unix)).open(path)
}

/// Whether a name could not be taken because something else has it, or the folder for it is missing.
fn is_in_the_way(kind: ErrorKind) -> bool {
    use ErrorKind::{AlreadyExists, IsADirectory, NotADirectory, NotFound};
    matches!(kind, AlreadyExists | IsADirectory | NotADirectory | NotFound)
}

fn unless_gone(done: io::Result<()>) -> io::Result<()> {
    done.or_else(|error| match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => Ok(()),
        _ => Err(error),
    })
}
