//! The output folder: the next site grows in a spare tree beside it, from the site before, and takes its place in one step. So
//! whoever looks sees the old site or the new one, and a build writes what has changed. Knows nothing of what the files are.

mod lock;
mod noted;
mod place;
mod spare;
mod stamp;
pub(super) mod swap;
mod tree;

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

use lock::Lock;
use noted::{File, Folder, Texts};
use place::Place;
use spare::Spare;
use stamp::Stamp;
use tree::{NOTE, Tree, folder_of, note_of};

use super::error::Error;
use super::stage::MARK;
use crate::base::fingerprint::Fingerprint;
use crate::model::portions::Portions;
use crate::model::recipe::{Before, Recipe};

/// An output folder that is held against other builds until this is dropped. Dropped before its time, it leaves the folder as
/// it was.
///
/// Beside a folder `public` stands `.public.spare`, which git leaves out. It holds the spare tree, what was noted of both trees,
/// and the lock. A note tells for each file its size, time and number, and what it says of the bytes is believed only where those
/// still agree. Whatever of it is deleted, copied elsewhere or damaged costs time and nothing else.
#[derive(Debug)]
pub struct Output {
    place: Place,
    public: Tree,
    spare: Spare,
    book: Option<Fingerprint>,
    placed: Mutex<Vec<Placed>>,
    failure: Mutex<Option<Error>>,
    has_failed: AtomicBool,
    lock: Lock,
}

/// A file of the new site, for the mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// Its name below the output folder.
    pub file: String,
    /// Its size in bytes.
    pub size: u64,
    /// Fingerprint of its bytes.
    pub fingerprint: Fingerprint,
}

/// What a build did to the output folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files that were written, without the mark.
    pub written: usize,
    /// Bytes of those.
    pub bytes: u64,
    /// Files that stayed as they were.
    pub kept: usize,
    /// Files of the site before that are gone, as far as was noted.
    pub removed: usize,
}

/// A file that stands in the spare tree as the new site wants it.
#[derive(Debug)]
struct Placed {
    file: String,
    stamp: Stamp,
    fingerprint: Fingerprint,
    key: Option<Recipe>,
    texts: Option<Portions>,
    origin: Origin,
}

/// How a file came into the spare tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// It was there.
    Before,
    /// It is one of the public tree by a second name.
    Linked,
    /// It was written.
    New,
}

impl Output {
    /// Takes the folder for this build. Another build that holds it is waited for, ten seconds long. What a killed build left
    /// is mended.
    ///
    /// # Errors
    /// The folder is not ours, holds the book, is held by another build, is a mount point, or cannot be written.
    pub fn open(out: &Path, book: &Path) -> Result<Self, Error> {
        let place = Place::find(out, book)?;
        place.prepare()?;
        let lock = Lock::take(&place.hidden, &place.out, lock::PATIENCE, &lock::tell)?;
        place.recover()?;
        let read = |root| Tree::open(root, &place.hidden);
        let (public, spare) = rayon::join(|| read(place.out.clone()), || read(place.spare()));
        Ok(Self {
            place,
            public,
            spare: Spare::new(spare),
            book: None,
            placed: Mutex::default(),
            failure: Mutex::default(),
            has_failed: AtomicBool::new(false),
            lock,
        })
    }

    /// Whether the public tree was made of this, and every file of it is as it was left, with none added or gone.
    #[must_use]
    pub fn stands(&self, made_of: Fingerprint) -> bool {
        self.public.noted.made_of == Some(made_of) && self.public.is_whole()
    }

    /// Whether another build held the folder when this one came: what was read before it had the folder may be older than what
    /// that one wrote.
    #[must_use]
    pub fn has_waited(&self) -> bool {
        self.lock.has_waited
    }

    /// Says of which book this site is, so that the next build can tell whether it is one of the same book.
    pub fn is_of(&mut self, book: Fingerprint) {
        self.book = Some(book);
    }

    /// What the last build noted of a file, if it was one of the same book.
    #[must_use]
    pub fn before(&self, file: &str) -> Option<Before> {
        let noted = &self.public.noted;
        let found = noted.find(file).filter(|_| self.book.is_some() && noted.book == self.book)?;
        Some(Before { shown: found.key?.shown, texts: found.texts.map(|texts| texts.made_of) })
    }

    /// Looks at what is there of the last build but one, which takes a while in a large site: the first file would have to wait for it.
    /// What fails is told by `finish`.
    pub fn look_ahead(&self) {
        self.spare.look_ahead();
    }

    /// Whether a file was made from this key by the build before, or the one before that, and nobody's hand was on it since: then
    /// it is part of the new site as it is, and nobody needs its bytes. May be called from any thread.
    #[must_use]
    pub fn keep(&self, file: &str, key: Recipe) -> bool {
        let texts = |noted: &File<'_>| noted.texts.map(Texts::to_portions);
        self.has_failed.load(Ordering::Relaxed)
            || self.reuse(file, Some(key), &texts, &|noted| noted.key == Some(key)).unwrap_or_else(|error| {
                self.fail(error);
                true
            })
    }

    /// Texts that stand in a file as the build before left it, or the one before that, if they were made of this. May be called
    /// from any thread.
    #[must_use]
    pub fn texts(&self, file: &str, made_of: Fingerprint) -> Option<Vec<String>> {
        let is_wanted = |noted: &File<'_>| noted.texts.is_some_and(|texts| texts.made_of == made_of);
        [&self.public, &self.spare.tree].into_iter().find_map(|tree| tree.texts(&find(tree, file, &is_wanted)?))
    }

    /// A file of the new site, with what it was made from where that is known, and texts in it that may be asked for later. Equal
    /// bytes are not written. May be called from any thread; what fails is returned by `finish`.
    pub fn put(&self, file: &str, key: Option<Recipe>, texts: Option<Portions>, bytes: &[u8]) {
        if self.has_failed.load(Ordering::Relaxed) {
            return;
        }
        let fingerprint = Fingerprint::of(bytes);
        let is_wanted = |noted: &File<'_>| noted.fingerprint == fingerprint;
        // Equal bytes may hold other texts, or none.
        let placed = self.reuse(file, key, &|_| texts.clone(), &is_wanted).and_then(|is_placed| {
            if !is_placed {
                let stamp = self.spare.write(file, bytes)?;
                let (file, texts) = (file.to_owned(), texts.clone());
                self.place(Placed { file, stamp, fingerprint, key, texts, origin: Origin::New });
            }
            Ok(())
        });
        if let Err(error) = placed {
            self.fail(error);
        }
    }

    /// Removes what is gone, writes the mark, notes what there is, brings it onto the disk and puts the new site in the place of
    /// the old one. `mark` makes the text of the mark from all files, which are sorted by name.
    ///
    /// # Errors
    /// Something could not be written; then the old site is as it was.
    pub fn finish(self, made_of: Fingerprint, mark: &(dyn Fn(&[Held]) -> String + Sync)) -> Result<Written, Error> {
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut placed = std::mem::take(&mut *self.placed.lock().unwrap_or_else(PoisonError::into_inner));
        // Of two files with one name the later one was written over the other.
        placed.par_sort_by(|a, b| a.file.cmp(&b.file));
        placed.dedup_by(|later, earlier| {
            let is_same = later.file == earlier.file;
            if is_same {
                std::mem::swap(later, earlier);
            }
            is_same
        });
        let done = failure.map_or(Ok(()), Err).and_then(|()| self.complete(&placed, made_of, mark));
        let new: Vec<&Placed> = placed.iter().filter(|placed| placed.origin == Origin::New).collect();
        if let Err(error) = done {
            self.spare.discard(&new.iter().map(|placed| placed.file.as_str()).collect::<Vec<_>>());
            return Err(error);
        }
        let mut names = placed.iter().map(|placed| placed.file.as_str()).peekable();
        let mut is_removed = |name: &str| {
            while names.next_if(|placed| *placed < name).is_some() {}
            name != MARK && names.peek().is_none_or(|placed| *placed != name)
        };
        Ok(Written {
            written: new.len(),
            bytes: new.iter().map(|placed| placed.stamp.size).sum(),
            kept: placed.len() - new.len(),
            removed: self.public.noted.files().filter(|file| is_removed(file.name)).count(),
        })
    }

    fn complete(
        &self,
        placed: &[Placed],
        made_of: Fingerprint,
        mark: &(dyn Fn(&[Held]) -> String + Sync),
    ) -> Result<(), Error> {
        self.spare.look()?;
        let stay: Vec<(&str, Stamp)> = placed.iter().map(|placed| (placed.file.as_str(), placed.stamp)).collect();
        let folders = folders_of(placed);
        let text = || mark(&placed.iter().map(Placed::to_held).collect::<Vec<_>>());
        let (text, removed) = rayon::join(text, || self.spare.remove_others(&stay, &folders));
        let removed = removed?;
        // Always a new file, so that its time is that of the build.
        let stamp = self.spare.write(MARK, text.as_bytes())?;
        let fingerprint = Fingerprint::of(text.as_bytes());
        let mark = Placed { file: MARK.to_owned(), stamp, fingerprint, key: None, texts: None, origin: Origin::New };
        let mut placed: Vec<&Placed> = placed.iter().collect();
        placed.insert(placed.partition_point(|placed| placed.file.as_str() < MARK), &mark);
        self.spare.take_after(&self.place.out)?;
        let are = |wanted: &dyn Fn(Origin) -> bool| -> Vec<&str> {
            placed.iter().filter(|placed| wanted(placed.origin)).map(|placed| placed.file.as_str()).collect()
        };
        self.spare.settle(&are(&|origin| origin == Origin::New))?;
        let stamps = self.spare.stamps(&folders, are(&|origin| origin != Origin::Before).into_iter().chain(removed))?;
        self.note(&placed, &folders, &stamps, made_of)?;
        self.place.swap()?;
        self.forget_others();
        Ok(())
    }

    /// Takes a file of one of the two trees into the new site, if it is one that is wanted. `texts` says which texts stand in it.
    fn reuse(
        &self,
        name: &str,
        key: Option<Recipe>,
        texts: &dyn Fn(&File<'_>) -> Option<Portions>,
        is_wanted: &dyn Fn(&File<'_>) -> bool,
    ) -> Result<bool, Error> {
        self.spare.look()?;
        let placed = |noted: &File<'_>, stamp, origin| {
            let texts = texts(noted);
            self.place(Placed { file: name.to_owned(), stamp, fingerprint: noted.fingerprint, key, texts, origin });
            Ok(true)
        };
        if let Some(noted) = find(&self.spare.tree, name, is_wanted) {
            return placed(&noted, noted.stamp, Origin::Before);
        }
        let Some(noted) = find(&self.public, name, is_wanted) else { return Ok(false) };
        // The tree before that may hold the same bytes, made from something else.
        if let Some(same) = find(&self.spare.tree, name, &|other| other.fingerprint == noted.fingerprint) {
            return placed(&noted, same.stamp, Origin::Before);
        }
        let from = self.public.root.join(name);
        if self.spare.link(name, &from).is_ok() {
            return placed(&noted, noted.stamp, Origin::Linked);
        }
        // Some file systems know no second names, and some users may not give one to a file of others.
        match fs::read(&from) {
            Ok(bytes) if Fingerprint::of(&bytes) == noted.fingerprint => {
                placed(&noted, self.spare.write(name, &bytes)?, Origin::New)
            }
            _ => Ok(false),
        }
    }

    fn place(&self, placed: Placed) {
        self.placed.lock().unwrap_or_else(PoisonError::into_inner).push(placed);
    }

    fn fail(&self, error: Error) {
        self.has_failed.store(true, Ordering::Relaxed);
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// Notes the spare tree as it is now. Its time is asked of the file system itself, whose clock may be another one.
    fn note(&self, placed: &[&Placed], folders: &[&str], stamps: &[Stamp], made_of: Fingerprint) -> Result<(), Error> {
        let files: Vec<File<'_>> = placed.iter().map(|placed| placed.to_noted()).collect();
        let folders = folders.iter().zip(stamps);
        let folders: Vec<Folder<'_>> = folders.map(|(name, stamp)| Folder { name, stamp: *stamp }).collect();
        let new = self.place.hidden.join("state.new");
        let failed = |source| Error::Write { path: new.clone(), source };
        // Whatever stands there is none of a build that goes on: this one holds the lock.
        place::clear(&new);
        let mut file = fs::File::create_new(&new).map_err(failed)?;
        let look = file.metadata().map(|metadata| Stamp::of(&metadata).written).map_err(failed)?;
        let bytes = noted::to_bytes(made_of, self.book, look, &files, &folders);
        std::io::Write::write_all(&mut file, &bytes).map_err(failed)?;
        let Some(name) = note_of(&self.spare.tree.root) else { return Ok(()) };
        let note = self.place.hidden.join(name);
        if note.is_dir() {
            place::clear(&note);
        }
        fs::rename(&new, note).map_err(failed)
    }

    /// Takes away what was noted of trees that are no more.
    fn forget_others(&self) {
        let stay = [note_of(&self.place.out), note_of(&self.place.spare())];
        for entry in fs::read_dir(&self.place.hidden).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(NOTE) && !stay.iter().flatten().any(|stays| *stays == name) {
                // It costs room and nothing else.
                drop(fs::remove_file(entry.path()));
            }
        }
    }
}

/// The bytes of a file of ours; `None` for anything else: a pipe would never end.
fn read_file(path: &Path) -> Option<Vec<u8>> {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_file()).then(|| fs::read(path).ok()).flatten()
}

impl Placed {
    fn to_held(&self) -> Held {
        Held { file: self.file.clone(), size: self.stamp.size, fingerprint: self.fingerprint }
    }

    fn to_noted(&self) -> File<'_> {
        let texts = self.texts.as_ref().map(Texts::of);
        File { name: &self.file, stamp: self.stamp, fingerprint: self.fingerprint, key: self.key, texts }
    }
}

/// A file that was noted of a tree, if it is one that is wanted and is there as it was noted.
fn find<'a>(tree: &'a Tree, name: &str, is_wanted: &dyn Fn(&File<'_>) -> bool) -> Option<File<'a>> {
    tree.noted.find(name).filter(|noted| is_wanted(noted) && tree.has(noted))
}

/// Every folder that a file is in, however far above it, sorted; the root has no name. Files are sorted by name.
fn folders_of(placed: &[Placed]) -> Vec<&str> {
    let mut folders = vec![""];
    let mut last = "";
    // Of files that stand beside each other only the first need tell their folders; what is told twice all the same goes below.
    let is_in_last = |folder: &str, last: &str| {
        last.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    for placed in placed {
        let own = folder_of(&placed.file);
        let mut folder = own;
        while !folder.is_empty() && !is_in_last(folder, last) {
            folders.push(folder);
            folder = folder_of(folder);
        }
        last = own;
    }
    folders.sort_unstable();
    folders.dedup();
    folders
}
