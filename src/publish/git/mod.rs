//! A branch of a git repository: one commit for each publish, pushed without force, so that readers see the one site or the other.

mod remote;
mod repository;
mod words;

use std::collections::BTreeSet;
use std::path::Path;

pub use remote::{Host, address_of, kind_of_remote};

use super::former;
use super::manifest::{MANIFEST, Manifest};
use super::plan::Plan;
use super::program;
use super::release::Release;
use super::target::{Failure, Progress, Target, There};
use crate::base::fingerprint::Fingerprint;
use crate::io::keep::own_folder;
use crate::io::process::Program;
use crate::io::tree::Tree;
use repository::{Change, Files, Repository};

/// How many commits are fetched while the release before the last one is looked for: at first, and at most.
const DEPTHS: [u32; 3] = [2, 20, 500];

/// Publishes into a branch.
pub struct Git {
    repository: Repository,
    overwrites: bool,
    there: Manifest,
    /// The commit that was looked at, with its files.
    tip: Option<String>,
    files: Files,
    /// The commit that is brought back.
    former: Option<String>,
}

impl Git {
    /// Publishes into this branch of this remote: an address, a path, or the name of a remote of the book's own repository.
    /// `name` is the name of the target; with `overwrites`, what others changed meanwhile is published over.
    ///
    /// # Errors
    /// git is not there, nobody knows the remote, or nothing can be written beside the book.
    pub fn new(book: &Path, name: &str, remote: &str, branch: &str, overwrites: bool) -> Result<Self, Failure> {
        // A sentence about git comes before all that git itself would say.
        program::follow(Program::new("git", ["--version"]), book, &mut |_| {})?;
        let folder = own_folder(book, "git").and_then(|folder| {
            std::path::absolute(&folder).map_err(|source| crate::io::error::Error::Read { path: folder, source })
        });
        let folder =
            folder.map_err(|error| Failure::new(error.to_string()).help("let the book's folder be written"))?;
        let address = address_of(book, remote)?;
        let repository = Repository {
            folder: folder.join(name),
            name: remote::shown(&address),
            host: remote::host_of(&address),
            address,
            branch: branch.to_owned(),
            settings: remote::settings(book)?,
            ssh: None,
        };
        let (there, files) = (Manifest::default(), Files::new());
        Ok(Self { repository, overwrites, there, tip: None, files, former: None })
    }

    fn hold(&self) -> Result<Tree, Failure> {
        let held = Tree::hold(&self.repository.folder);
        let held = held.map_err(|error| Failure::new(error.to_string()).help("let the book's folder be written"))?;
        held.ok_or_else(|| {
            let message =
                format!("another process of this machine publishes this book to {} at this moment", self.name());
            Failure::new(message).help("run this again when that has ended")
        })
    }

    /// Fetches what is there; once more from the beginning where what was fetched before is of no use.
    fn fetch(&mut self) -> Result<(), Failure> {
        self.repository.prepare()?;
        self.tip = self.repository.tip()?;
        let Some(tip) = self.tip.clone() else {
            self.files = Files::new();
            return Ok(());
        };
        let got = |repository: &Repository| {
            let tip = repository.fetch(&tip, 1)?;
            let files = repository.files(&tip)?;
            Ok((tip, files))
        };
        let (tip, files) = match got(&self.repository) {
            Err::<_, Failure>(failure) if self.repository.is_whole()? => return Err(failure),
            Err(_) => {
                self.repository.forget()?;
                self.repository.prepare()?;
                got(&self.repository)?
            }
            Ok(got) => got,
        };
        (self.tip, self.files) = (Some(tip), files);
        Ok(())
    }

    fn manifest_in(&self, blob: &str) -> Result<Manifest, Failure> {
        let mut manifest = None;
        self.repository.read(&[blob], &mut |_, bytes| manifest = Manifest::read(&String::from_utf8_lossy(bytes)))?;
        manifest.ok_or_else(|| {
            Failure::new(format!("`{MANIFEST}` in {} is not what Throughline wrote", self.name()))
                .help("look at it, and choose another `branch`")
        })
    }

    /// Fails where files that are about to be replaced or removed are not as they were left, or others stand in the way.
    fn check_untouched(&self, plan: &Plan, release: &Release) -> Result<(), Failure> {
        let ours = plan.touched().filter(|name| self.there.files.contains_key(*name));
        let (found, strange): (Vec<&str>, Vec<&str>) = ours.partition(|name| self.files.contains_key(*name));
        let mut strange: BTreeSet<&str> = strange.into_iter().collect();
        let added = plan.added.iter().map(String::as_str).filter(|name| self.files.contains_key(*name));
        let found: Vec<&str> = found.into_iter().chain(added).collect();
        let blobs: Vec<&str> = found.iter().filter_map(|name| self.files.get(*name).map(String::as_str)).collect();
        self.repository.read(&blobs, &mut |at, bytes| {
            let name = found[at];
            let known = self.there.files.get(name).or_else(|| release.manifest.files.get(name));
            if known.is_some_and(|entry| entry.fingerprint != Fingerprint::of(bytes)) {
                strange.insert(name);
            }
        })?;
        former::check(&self.name(), &strange, self.overwrites)
    }

    /// Commits and pushes.
    fn send(&mut self, changes: &[Change<'_>], message: &str, plan: &Plan, to: &Manifest) -> Result<(), Failure> {
        let commit = self.repository.commit(self.tip.as_deref(), changes, message)?;
        self.repository.push(&commit).map_err(|failure| failure.undone(plan.touched()))?;
        self.files = self.repository.files(&commit)?;
        self.there = to.clone();
        self.tip = Some(commit);
        Ok(())
    }
}

impl Target for Git {
    fn name(&self) -> String {
        format!("the branch `{}` of {}", self.repository.branch, self.repository.name)
    }

    fn host(&self) -> Host {
        kind_of_remote(&self.repository.address)
    }

    fn look(&mut self) -> Result<There, Failure> {
        let _held = self.hold()?;
        self.fetch()?;
        let mut notes = Vec::new();
        self.there = match self.files.get(MANIFEST).cloned() {
            Some(blob) => self.manifest_in(&blob)?,
            None if self.files.is_empty() => {
                let is_new = self.tip.is_none();
                notes.extend(
                    is_new.then(|| format!("The branch `{}` is not there yet; it is made.", self.repository.branch)),
                );
                Manifest::default()
            }
            None if self.overwrites => {
                notes.push(
                    "The branch holds files that Throughline did not make; those of other names stay.".to_owned(),
                );
                Manifest::default()
            }
            None => {
                let message = format!("{} holds files that Throughline did not make", self.name());
                let help = "choose another `branch`; `--overwrite` puts the site among those files";
                return Err(Failure::new(message).help(help));
            }
        };
        Ok(There { manifest: self.there.clone(), notes })
    }

    fn apply(&mut self, release: &Release, plan: &Plan, progress: &dyn Progress) -> Result<(), Failure> {
        let _held = self.hold()?;
        self.check_untouched(plan, release)?;
        let text = release.manifest.to_text();
        let sent: Vec<&str> = plan.all_sent().collect();
        let removed =
            plan.removed.iter().filter(|name| self.files.contains_key(*name)).map(|name| Change::Remove(name));
        let written = release.these(&sent).into_iter().map(|file| Change::Write(&file.name, &file.bytes));
        let beside = release.beside.iter().map(|file| Change::Write(&file.name, &file.bytes));
        let own = Change::Write(MANIFEST, text.as_bytes());
        let changes: Vec<Change<'_>> = removed.chain(written).chain(beside).chain([own]).collect();
        progress.begin("Pushing", 1);
        self.send(&changes, &format!("Publish: {}", counts(plan)), plan, &release.manifest)?;
        progress.step();
        Ok(())
    }

    fn former(&mut self) -> Result<Release, Failure> {
        let _held = self.hold()?;
        let none = |why: &str| {
            Failure::new(format!("there is no former release in {} that could be brought back: {why}", self.name()))
                .help("check out the state of the book that it was made from, and publish that")
        };
        let Some(tip) = self.tip.clone() else { return Err(none("nothing was published there yet")) };
        for depth in DEPTHS {
            if self.repository.fetch(&tip, depth)? != tip {
                return Err(words::pushed_meanwhile(&self.repository.place()).failure);
            }
            let line = self.repository.line_of(&tip)?;
            let blobs = self.repository.blobs_of(MANIFEST, &line)?;
            // What others pushed on top of a publish has its manifest too.
            let is_former = |blob: &Option<String>| *blob != blobs[0];
            if let Some(at) = blobs.iter().position(is_former) {
                let Some(blob) = &blobs[at] else { return Err(none("what is there was published first of all")) };
                self.former = Some(line[at].clone());
                return Ok(Release { manifest: self.manifest_in(blob)?, ..Release::default() });
            }
            if line.len() < usize::try_from(depth).unwrap_or(usize::MAX) {
                return Err(none("what is there was published first of all"));
            }
        }
        Err(none("too much else was pushed since"))
    }

    fn roll_back(&mut self, former: &Release, progress: &dyn Progress) -> Result<(), Failure> {
        if self.former.is_none() {
            self.former()?;
        }
        let _held = self.hold()?;
        let plan = Plan::of(&self.there, &former.manifest);
        self.check_untouched(&plan, former)?;
        let Some(commit) = self.former.take() else { return Ok(()) };
        let old = self.repository.files(&commit)?;
        let mut changes = Vec::new();
        for name in &plan.removed {
            changes.extend(self.files.contains_key(name).then_some(Change::Remove(name)));
        }
        for name in plan.all_sent().chain([MANIFEST]) {
            match old.get(name) {
                Some(blob) => changes.push(Change::Take(name, blob)),
                None => {
                    let message =
                        format!("the former release in {} is not whole: `{name}` was removed from it", self.name());
                    let help = "check out the state of the book that it was made from, and publish that";
                    return Err(Failure::new(message).help(help));
                }
            }
        }
        progress.begin("Pushing", 1);
        self.send(&changes, &format!("Bring the former release back: {}", counts(&plan)), &plan, &former.manifest)?;
        progress.step();
        Ok(())
    }
}

/// What a plan does, in a few words.
fn counts(plan: &Plan) -> String {
    let Plan { added, changed, removed, .. } = plan;
    format!("{} added, {} changed, {} removed", added.len(), changed.len(), removed.len())
}
