//! A folder that others serve, replaced whole: a new tree beside it, made of new files and of those that stay, swapped in.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use super::error::Error;
use super::output::swap::swap;
use super::stage::remove_stale;

/// A folder that is held against others until this is dropped.
pub struct Tree {
    folder: PathBuf,
    /// The file of the lock.
    path: PathBuf,
    _lock: fs::File,
}

impl Tree {
    /// Holds a folder; `None` where another process does.
    ///
    /// # Errors
    /// The folder beside which the lock stands cannot be written.
    pub fn hold(folder: &Path) -> Result<Option<Self>, Error> {
        let folder = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let (parent, name) = beside(&folder);
        let path = parent.join(format!(".{name}.lock"));
        let failed = |source| Error::Write { path: path.clone(), source };
        fs::create_dir_all(parent).map_err(failed)?;
        loop {
            let lock = fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(failed)?;
            match lock.try_lock() {
                // One that was removed since it was opened holds nobody off.
                Ok(()) if !is_at(&lock, &path) => {}
                Ok(()) => return Ok(Some(Self { folder, path, _lock: lock })),
                Err(fs::TryLockError::WouldBlock) => return Ok(None),
                Err(fs::TryLockError::Error(source)) => return Err(failed(source)),
            }
        }
    }

    /// The bytes of a file; `None` where there is none.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        read(&self.folder, name)
    }

    /// Puts these files in the place of the tree. Every other file of it for which `stays` is true goes along. `ready` is called
    /// when all is written, before the new tree takes its place.
    ///
    /// # Errors
    /// The new tree cannot be written; the old one is as it was.
    pub fn replace(
        &self,
        files: &mut dyn Iterator<Item = (&str, &[u8])>,
        stays: &dyn Fn(&str) -> bool,
        step: &dyn Fn(),
        ready: &dyn Fn() -> Result<(), Error>,
    ) -> Result<(), Error> {
        let (parent, name) = beside(&self.folder);
        let staging = parent.join(format!(".{name}.new-{}", std::process::id()));
        let done = self.write(&staging, files, stays, step);
        let swap = |staging: &Path| {
            let swapped = swap(staging, &self.folder, &staging.with_extension("old"));
            swapped.map_err(|source| Error::Write { path: self.folder.clone(), source })
        };
        let on_disk = || settle(&staging).map_err(|source| Error::Write { path: staging.clone(), source });
        let done = done.and_then(|()| on_disk()).and_then(|()| ready()).and_then(|()| swap(&staging));
        if staging.exists() {
            // After a swap this is the old tree, after a failure the unfinished new one.
            return done.and(discard(&staging));
        }
        done
    }

    fn write(
        &self,
        staging: &Path,
        files: &mut dyn Iterator<Item = (&str, &[u8])>,
        stays: &dyn Fn(&str) -> bool,
        step: &dyn Fn(),
    ) -> Result<(), Error> {
        let failed = |path: &Path, source| Error::Write { path: path.to_owned(), source };
        fs::create_dir_all(staging).map_err(|source| failed(staging, source))?;
        for (name, bytes) in files {
            let path = staging.join(name);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
            }
            fs::write(&path, bytes).map_err(|source| failed(&path, source))?;
            step();
        }
        if !self.folder.exists() {
            return Ok(());
        }
        if let Ok(old) = fs::metadata(&self.folder) {
            fs::set_permissions(staging, old.permissions()).map_err(|source| failed(staging, source))?;
        }
        let mut folders = Vec::new();
        for entry in WalkDir::new(&self.folder).min_depth(1) {
            let entry = entry.map_err(|error| {
                let path = error.path().unwrap_or(&self.folder).to_owned();
                Error::Read { path, source: error.into() }
            })?;
            let Ok(below) = entry.path().strip_prefix(&self.folder) else { continue };
            let is_kept = below.to_str().is_none_or(|name| stays(&name.replace(std::path::MAIN_SEPARATOR, "/")));
            let path = staging.join(below);
            if entry.file_type().is_dir() {
                // A folder of others stays as it is, empty or closed to some.
                if is_kept && !path.is_file() {
                    fs::create_dir_all(&path).map_err(|source| failed(&path, source))?;
                }
                if path.is_dir() {
                    folders.push((path, entry.metadata()));
                }
                continue;
            }
            if !is_kept || path.exists() {
                continue;
            }
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
            }
            // The old tree is removed once the new one stands in its place: a second name for a file costs nothing.
            let moved = fs::hard_link(entry.path(), &path).or_else(|_| fs::copy(entry.path(), &path).map(|_| ()));
            moved.map_err(|source| failed(&path, source))?;
        }
        // Last of all, since nothing can be put into a folder that is closed.
        for (path, old) in folders.into_iter().rev() {
            let set = old.map_err(Into::into).and_then(|old| fs::set_permissions(&path, old.permissions()));
            set.map_err(|source| failed(&path, source))?;
        }
        Ok(())
    }
}

#[cfg(unix)]
impl Drop for Tree {
    /// The file of the lock goes while the lock is held: whoever opened it meanwhile sees that it is no longer there.
    fn drop(&mut self) {
        // One that stays is taken by the next run.
        drop(fs::remove_file(&self.path));
    }
}

/// Brings everything that was written to a file system onto the disk, where the system can do that at once.
pub(super) fn settle(folder: &Path) -> std::io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        rustix::fs::syncfs(fs::File::open(folder)?)?;
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = folder;
    }
    Ok(())
}

/// The bytes of a file below a folder; `None` where there is none.
///
/// # Errors
/// It is there and cannot be read.
pub fn read(folder: &Path, name: &str) -> Result<Option<Vec<u8>>, Error> {
    let path = folder.join(name);
    match fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Read { path, source }),
    }
}

/// Every file below a folder by its name there, `/` between its parts; none where there is no folder.
///
/// # Errors
/// A folder cannot be read.
pub fn names(folder: &Path) -> Result<BTreeSet<String>, Error> {
    let mut names = BTreeSet::new();
    if fs::symlink_metadata(folder).is_err() {
        return Ok(names);
    }
    // A link to the folder itself is followed, as the builds do.
    for entry in WalkDir::new(fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())).min_depth(1) {
        let entry = entry.map_err(|error| {
            let path = error.path().unwrap_or(folder).to_owned();
            Error::Read { path, source: error.into() }
        })?;
        if !entry.file_type().is_dir() {
            let parts = entry.path().components().rev().take(entry.depth()).collect::<Vec<_>>();
            let parts: Vec<_> = parts.iter().rev().map(|part| part.as_os_str().to_string_lossy()).collect();
            names.insert(parts.join("/"));
        }
    }
    Ok(names)
}

/// Whether an open file is the one that stands there.
pub(super) fn is_at(file: &fs::File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let id = |found: std::io::Result<fs::Metadata>| found.map(|found| (found.dev(), found.ino())).ok();
        id(file.metadata()).is_some_and(|own| id(fs::metadata(path)) == Some(own))
    }
    #[cfg(not(unix))]
    {
        let _ = (file, path);
        true
    }
}

/// Takes away what killed runs left beside a folder.
pub fn tidy(folder: &Path) {
    let (parent, name) = beside(folder);
    remove_stale(parent, &name);
}

/// Takes a folder away with everything in it.
///
/// # Errors
/// It is there and cannot be removed.
pub fn remove(folder: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Write { path: folder.to_owned(), source })
        }
        _ => Ok(()),
    }
}

/// Takes a tree away that is ours to remove, with folders in it that were closed like those of others.
fn discard(folder: &Path) -> Result<(), Error> {
    #[cfg(unix)]
    for entry in WalkDir::new(folder).into_iter().flatten().filter(|entry| entry.file_type().is_dir()) {
        use std::os::unix::fs::PermissionsExt;
        // What cannot be opened cannot be removed, and that is told below.
        drop(fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o700)));
    }
    remove(folder)
}

/// Takes away the files below a folder whose names end so.
///
/// # Errors
/// One of them cannot be removed.
pub fn remove_ending(folder: &Path, ending: &str) -> Result<(), Error> {
    for entry in WalkDir::new(folder).into_iter().flatten() {
        if entry.file_type().is_file() && entry.file_name().to_string_lossy().ends_with(ending) {
            super::stage::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// Whether a folder is there.
#[must_use]
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// Whether a folder holds nothing.
#[must_use]
pub fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

/// The folder that a folder stands in, and its name there.
fn beside(folder: &Path) -> (&Path, String) {
    let name = folder.file_name().map_or_else(|| "site".to_owned(), |name| name.to_string_lossy().into_owned());
    (folder.parent().unwrap_or(Path::new("/")), name)
}
