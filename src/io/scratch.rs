//! A folder for a moment: files on their way to a program or back from it, gone when it is dropped. Knows nothing of the programs.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::Error;
use super::keep::own_folder;
use super::process::is_gone;
use super::{net, tree};

/// A folder that nobody else uses.
pub struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    /// A new one, among what git leaves out of the book. Those that killed programs left there are taken away.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new(book: &Path) -> Result<Self, Error> {
        let parent = own_folder(book, "scratch")?;
        for entry in fs::read_dir(&parent).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let process = name.split_once('-').and_then(|(process, _)| process.parse().ok());
            if process.is_some_and(is_gone) {
                // It costs room and nothing else: if it cannot be removed, the publish goes on.
                drop(fs::remove_dir_all(entry.path()));
            }
        }
        let folder = parent.join(format!("{}-{}", std::process::id(), net::secret()?));
        fs::create_dir(&folder).map_err(|source| Error::Write { path: folder.clone(), source })?;
        Ok(Self { folder })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Writes a file. Everybody may read it, as programs hand its permissions on to where it is served.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let path = self.folder.join(name);
        let failed = |source| Error::Write { path: path.clone(), source };
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        fs::write(&path, bytes).map_err(failed)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).map_err(failed)?;
        }
        Ok(())
    }

    /// The bytes of a file; `None` where there is none.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        tree::read(&self.folder, name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // It costs room and nothing else, and the next one takes it away.
        drop(fs::remove_dir_all(&self.folder));
    }
}
