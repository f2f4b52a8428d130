//! The files of a site as they are sent: bytes, type, how long they may be kept. Knows no host and no plan.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::manifest::{Entry, Manifest};
use crate::base::fingerprint::Fingerprint;
use crate::model::source::Artifact;

/// A file as it is sent.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name below the root of the site, `/` between its parts.
    pub name: String,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
    /// Fingerprint of the bytes.
    pub fingerprint: Fingerprint,
}

impl File {
    /// A file of these bytes.
    #[must_use]
    pub fn new(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes = bytes.into();
        Self { name: name.into(), fingerprint: Fingerprint::of(&bytes), bytes }
    }
}

/// The files of a site. Of a release that is brought back, only those are at hand which differ from what is there.
#[derive(Clone, Debug, Default)]
pub struct Release {
    /// Names, sizes and fingerprints of all files.
    pub manifest: Manifest,
    /// The files at hand, by name.
    pub files: BTreeMap<String, File>,
    /// Files that the host wants beside the release and that stay when the next one comes.
    pub beside: Vec<File>,
}

impl Release {
    /// The release of these files; the manifest of the output folder is none of them.
    #[must_use]
    pub fn of(artifacts: &[Artifact]) -> Self {
        let files: Vec<File> = artifacts
            .par_iter()
            .map(|artifact| File::new(artifact.file.clone(), Arc::clone(&artifact.bytes)))
            .collect();
        let mut release = Self::default();
        files.into_iter().for_each(|file| release.insert(file));
        release
    }

    /// Adds a file, in the place of one of that name.
    pub fn insert(&mut self, file: File) {
        let entry = Entry { fingerprint: file.fingerprint, size: file.bytes.len() as u64 };
        self.manifest.files.insert(file.name.clone(), entry);
        self.files.insert(file.name.clone(), file);
    }

    /// Takes a file out.
    pub fn remove(&mut self, name: &str) {
        self.manifest.files.remove(name);
        self.files.remove(name);
    }

    /// The files of these names that are at hand.
    #[must_use]
    pub fn these<'a>(&'a self, names: &[&str]) -> Vec<&'a File> {
        names.iter().filter_map(|name| self.files.get(*name)).collect()
    }
}

/// What `Cache-Control` says of a file: one with a digest in its name never changes, all others are asked for again.
#[must_use]
pub fn cache_control(name: &str) -> &'static str {
    if has_digest(name) { "public, max-age=31536000, immutable" } else { "public, max-age=0, must-revalidate" }
}

/// Whether the name of an asset holds a digest of its bytes, as in `assets/style.1a2b3c4d.css`.
fn has_digest(name: &str) -> bool {
    let Some(path) = name.strip_prefix("assets/") else { return false };
    let parts: Vec<&str> = path.rsplit('/').next().unwrap_or(path).split('.').collect();
    let digest = match parts[..] {
        [_, digest] | [_, .., digest, _] => digest,
        _ => return false,
    };
    digest.len() == 8 && digest.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_digest_are_kept_for_ever() {
        for (name, is_kept) in [
            ("assets/style.1a2b3c4d.css", true),
            ("assets/LICENCE.1a2b3c4d", true),
            ("assets/OFL.txt", false),
            ("essays/a/pic.1a2b3c4d.png", false),
            ("index.html", false),
        ] {
            assert_eq!(cache_control(name).contains("immutable"), is_kept, "{name}");
        }
    }
}
