//! What a run did to a folder, as the file system tells it: it asks no program what it did.

use std::collections::{BTreeMap, BTreeSet};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use walkdir::WalkDir;

/// A file that stayed the same has the same of these: its number and the time of its last writing.
type Identity = (u64, i64, i64);

/// A site, and all files that stand beside it.
#[derive(Debug, Default)]
pub(crate) struct Look {
    /// The files of the site with their sizes. What the program keeps for itself is no part of it.
    pub(crate) site: BTreeMap<String, (Identity, u64)>,
    /// A build may take a file of the generation before, which stands beside the site.
    around: BTreeSet<Identity>,
}

/// What became of the files of a site.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Work {
    pub(crate) written: usize,
    pub(crate) kept: usize,
    pub(crate) removed: usize,
}

impl Look {
    /// Looks at a site and at everything beside it.
    pub(crate) fn at(site: &Path) -> Self {
        let mut look = Self::default();
        let around = site.parent().expect("a site has a folder of its own");
        // A folder that is not there yet holds nothing.
        for entry in WalkDir::new(around).into_iter().filter_map(Result::ok).filter(|entry| entry.file_type().is_file())
        {
            let meta = entry.metadata().expect("a file that nobody removes");
            let identity = (meta.ino(), meta.mtime(), meta.mtime_nsec());
            look.around.insert(identity);
            let Ok(name) = entry.path().strip_prefix(site) else { continue };
            let name = name.to_string_lossy().into_owned();
            if !name.starts_with(".throughline") {
                look.site.insert(name, (identity, meta.len()));
            }
        }
        look
    }

    /// What a run did after the look `before`.
    pub(crate) fn since(&self, before: &Self) -> Work {
        let is_new = |(identity, _): &&(Identity, u64)| !before.around.contains(identity);
        let written = self.site.values().filter(is_new).count();
        let removed = before.site.keys().filter(|name| !self.site.contains_key(*name)).count();
        Work { written, kept: self.site.len() - written, removed }
    }

    pub(crate) fn megabytes(&self) -> f64 {
        self.site.values().map(|(_, size)| *size).sum::<u64>() as f64 / 1e6
    }
}
