//! Hugo, where it is installed, on the same essays with a theme that shows what `themes/lean` shows.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::measure::{Figure, run_any};
use super::speed::copy;

pub(crate) struct Hugo {
    /// Its name and version, for the table.
    pub(crate) name: String,
}

impl Hugo {
    /// Looks whether there is one.
    pub(crate) fn find() -> Option<Self> {
        let output = Command::new("hugo").arg("version").output().ok()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // hugo v0.123.4-0123abc+extended linux/amd64 …
        let version = text.split_whitespace().nth(1)?.split(['-', '+']).next()?.trim_start_matches('v').to_owned();
        Some(Self { name: format!("Hugo {version}, cold") })
    }

    /// Puts its theme and settings beside the essays.
    pub(crate) fn prepare(&self, book: &Path) {
        copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/hugo"), book);
    }

    /// Where the site of a book goes.
    pub(crate) fn out(book: &Path) -> PathBuf {
        book.join("out/public")
    }

    /// Builds without anything of the run before.
    pub(crate) fn build(&self, book: &Path) -> Figure {
        let (out, cache) = (Self::out(book), book.join("cache"));
        for folder in [&out, &cache] {
            if folder.exists() {
                fs::remove_dir_all(folder).expect("a folder of ours");
            }
        }
        let arguments: Vec<&OsStr> = vec![
            OsStr::new("--quiet"),
            OsStr::new("--noBuildLock"),
            OsStr::new("--source"),
            book.as_os_str(),
            OsStr::new("--destination"),
            out.as_os_str(),
            OsStr::new("--cacheDir"),
            cache.as_os_str(),
        ];
        run_any(Path::new("hugo"), &arguments, None)
    }
}
