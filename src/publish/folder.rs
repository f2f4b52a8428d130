//! A folder of this machine or of one that is mounted here: the whole site is swapped in at once.

use std::path::PathBuf;

use super::former;
use super::manifest::{MANIFEST, Manifest};
use super::plan::Plan;
use super::release::Release;
use super::target::{Failure, Progress, Target, There};
use crate::io::error::Error;
use crate::io::keep::Keep;
use crate::io::tree::{self, Tree};

/// Publishes into a folder.
pub struct Folder {
    folder: PathBuf,
    keep: Keep,
    overwrites: bool,
    there: Manifest,
}

impl Folder {
    /// Publishes into this folder. `keep` holds the former release; with `overwrites`, what others changed meanwhile is lost.
    #[must_use]
    pub fn new(folder: PathBuf, keep: Keep, overwrites: bool) -> Self {
        Self { folder, keep, overwrites, there: Manifest::default() }
    }
}

impl Target for Folder {
    fn name(&self) -> String {
        format!("the folder `{}`", self.folder.display())
    }

    fn look(&mut self) -> Result<There, Failure> {
        if !self.folder.parent().is_some_and(tree::is_folder) {
            return Err(Failure::new(format!("{} has no folder around it", self.name()))
                .help("make that folder, or look at how `path` is written"));
        }
        tree::tidy(&self.folder);
        self.there = match tree::read(&self.folder, MANIFEST).map_err(broken)? {
            Some(bytes) => Manifest::read(&String::from_utf8_lossy(&bytes)).ok_or_else(|| {
                Failure::new(format!("`{MANIFEST}` in {} is not what Throughline wrote", self.name()))
                    .help("look at it, and choose another folder or empty this one")
            })?,
            None if tree::is_empty(&self.folder) => Manifest::default(),
            None => {
                return Err(Failure::new(format!("{} holds files that Throughline did not make", self.name()))
                    .help("choose another folder, or empty this one"));
            }
        };
        Ok(There { manifest: self.there.clone(), notes: Vec::new() })
    }

    fn apply(&mut self, release: &Release, plan: &Plan, progress: &dyn Progress) -> Result<(), Failure> {
        let Some(tree) = Tree::hold(&self.folder).map_err(broken)? else {
            let message = format!("somebody else publishes into {} at this moment", self.name());
            return Err(Failure::new(message).help("run this again when that has ended"));
        };
        let seen = std::mem::take(&mut self.there);
        if self.look()?.manifest != seen {
            let message = format!("somebody else has published into {} since it was looked at", self.name());
            return Err(Failure::new(message).help("run this again"));
        }
        let fetch: former::Fetch<'_> = &|names, taken| {
            for name in names {
                if let Some(bytes) = tree.read(name).map_err(broken)? {
                    taken(name, &bytes)?;
                }
            }
            Ok(())
        };
        let mut strange = former::keep(&self.keep, &seen, plan, fetch)?;
        for name in &plan.added {
            let there = tree.read(name).map_err(broken)?;
            if there.is_some_and(|bytes| release.files.get(name).is_none_or(|file| *file.bytes != *bytes)) {
                strange.insert(name);
            }
        }
        former::check(&self.name(), &strange, self.overwrites)?;
        let sent: Vec<&str> = plan.all_sent().collect();
        progress.begin("Writing", sent.len());
        let text = release.manifest.to_text();
        let files = release.these(&sent).into_iter().map(|file| (file.name.as_str(), &*file.bytes));
        let mut files = files.chain([(MANIFEST, text.as_bytes())]);
        // What the former release had and the new one lacks goes; what others put there stays.
        let is_own = |name: &str| {
            let below = format!("{name}/");
            let next = seen.files.range(below.clone()..).next();
            seen.files.contains_key(name) || next.is_some_and(|(file, _)| file.starts_with(&below))
        };
        let stays = |name: &str| release.manifest.files.contains_key(name) || !is_own(name);
        // Noted before the swap: a run that is killed right behind it can be taken back too.
        let mark = release.manifest.mark().to_string();
        let ready = || self.keep.promote().and_then(|()| self.keep.finish(&mark));
        let done = tree.replace(&mut files, &stays, &|| progress.step(), &ready);
        done.map_err(|error| broken(error).undone(plan.touched()))
    }

    fn former(&mut self) -> Result<Release, Failure> {
        former::read(&self.keep, &self.there)
    }

    fn roll_back(&mut self, former: &Release, progress: &dyn Progress) -> Result<(), Failure> {
        let plan = Plan::of(&self.there, &former.manifest);
        self.apply(former, &plan, progress)
    }
}

fn broken(error: Error) -> Failure {
    Failure::new(error.to_string()).help("make room, or let the folder be written; what is published stays as it is")
}
