//! Where an output folder stands, and the hidden folder beside it in which the next site grows. Knows nothing of the files in them.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::lock::LOCK;
use super::swap;
use crate::base::fingerprint::Fingerprint;
use crate::io::error::Error;
use crate::io::stage::{MARK, place_for_site, remove_stale};

/// No name of a file is longer than this on the file systems of today.
const LONGEST_NAME: usize = 255;
const IGNORE: &str = ".gitignore";
const IGNORED: &str = "# Made by Throughline: what the next build reuses. It may be deleted.\n*\n";

/// An output folder and what stands beside it.
#[derive(Debug)]
pub(super) struct Place {
    /// The folder that others look at.
    pub(super) out: PathBuf,
    /// The hidden folder beside it, on the same file system.
    pub(super) hidden: PathBuf,
}

impl Place {
    /// Finds the place, and refuses one that is not ours to write.
    pub(super) fn find(out: &Path, book: &Path) -> Result<Self, Error> {
        let out = place_for_site(out, book)?;
        // What stands in a site is gone with its next build.
        let is_of_site = |folder: &&Path| folder.join(MARK).is_file() || is_spare(folder);
        if let Some(site) = out.ancestors().skip(1).find(is_of_site) {
            return Err(Error::InSite(out.clone(), site.to_owned()));
        }
        let place = Self { hidden: hidden_beside(&out), out };
        place.check()?;
        Ok(place)
    }

    /// Makes the hidden folder.
    pub(super) fn prepare(&self) -> Result<(), Error> {
        let failed = |source| Error::Write { path: self.hidden.clone(), source };
        fs::create_dir_all(&self.hidden).map_err(failed)?;
        let is_folder = fs::symlink_metadata(&self.hidden).is_ok_and(|found| found.is_dir());
        let mut entries = fs::read_dir(&self.hidden).map_err(failed)?;
        let is_ours = || self.hidden.join(LOCK).is_file() || self.is_ignored();
        if !is_folder || entries.next().is_some() && !is_ours() {
            return Err(Error::NotOurs(self.hidden.clone()));
        }
        Ok(())
    }

    /// Mends what a killed build left, of this version or a former one. Only who holds the lock may do that.
    pub(super) fn recover(&self) -> Result<(), Error> {
        let failed = |source| Error::Write { path: self.hidden.clone(), source };
        if !self.is_ignored() {
            clear(&self.hidden.join(IGNORE));
            fs::write(self.hidden.join(IGNORE), IGNORED).map_err(failed)?;
        }
        if let (Some(parent), Some(name)) = (self.out.parent(), self.out.file_name()) {
            remove_stale(parent, &name.to_string_lossy());
        }
        swap::recover(&self.spare(), &self.out, &self.aside()).map_err(failed)?;
        self.check()
    }

    fn is_ignored(&self) -> bool {
        super::read_file(&self.hidden.join(IGNORE)).is_some_and(|bytes| bytes == IGNORED.as_bytes())
    }

    /// The spare tree: the site before, and the next one.
    pub(super) fn spare(&self) -> PathBuf {
        self.hidden.join("tree")
    }

    fn aside(&self) -> PathBuf {
        self.hidden.join("old")
    }

    /// Puts the spare tree in the place of the public one, and that in its place.
    pub(super) fn swap(&self) -> Result<(), Error> {
        swap::swap(&self.spare(), &self.out, &self.aside()).map_err(|source| match source.kind() {
            io::ErrorKind::ResourceBusy | io::ErrorKind::CrossesDevices => Error::MountPoint(self.out.clone()),
            _ => Error::Write { path: self.out.clone(), source },
        })
    }

    fn check(&self) -> Result<(), Error> {
        let Ok(found) = fs::symlink_metadata(&self.out) else { return Ok(()) };
        let is_empty = fs::read_dir(&self.out).is_ok_and(|mut entries| entries.next().is_none());
        if !is_empty && !self.out.join(MARK).is_file() {
            return Err(Error::NotOurs(self.out.clone()));
        }
        if fs::symlink_metadata(self.out.join(".git")).is_ok() {
            return Err(Error::HoldsRepository(self.out.clone()));
        }
        let is_mounted = self.out.parent().and_then(|parent| fs::metadata(parent).ok()).is_some_and(|parent| {
            // Of the same device as the folder around it, it may be one that is mounted all the same; then the swap tells.
            device(&parent) != device(&found)
        });
        if is_mounted { Err(Error::MountPoint(self.out.clone())) } else { Ok(()) }
    }
}

#[cfg(unix)]
fn device(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::dev(metadata)
}

#[cfg(not(unix))]
fn device(_: &fs::Metadata) -> u64 {
    0
}

fn hidden_beside(out: &Path) -> PathBuf {
    let name = out.file_name().unwrap_or_default();
    let mut hidden = OsString::from(".");
    hidden.push(name);
    hidden.push(".spare");
    if hidden.len() > LONGEST_NAME {
        hidden = format!(".{}.spare", Fingerprint::of(name.as_encoded_bytes())).into();
    }
    out.with_file_name(hidden)
}

/// Whether a folder is one that a build keeps beside its output folder.
fn is_spare(folder: &Path) -> bool {
    let name = folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    name.starts_with('.') && name.ends_with(".spare") && folder.join(LOCK).is_file()
}

/// Takes away whatever stands in the place of a file of ours, if anything does. Where that fails, the file cannot be written, and
/// that is told.
pub(super) fn clear(path: &Path) {
    drop(match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => fs::remove_dir_all(path),
        _ => fs::remove_file(path),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hidden_folder_has_a_name_that_fits() {
        assert_eq!(hidden_beside(Path::new("/srv/public")), Path::new("/srv/.public.spare"));
        let long = Path::new("/srv").join("x".repeat(255));
        let hidden = hidden_beside(&long);
        assert_eq!(hidden.parent(), Some(Path::new("/srv")));
        assert!(hidden.file_name().unwrap().len() <= LONGEST_NAME);
    }
}
