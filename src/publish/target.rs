//! What every place can do, and how it fails. Knows no place.

use std::fmt;

use super::git::Host;
use super::manifest::Manifest;
use super::plan::Plan;
use super::release::Release;

/// A place that a book is published to.
pub trait Target {
    /// Where it is, in words for people, without any secret.
    fn name(&self) -> String;

    /// Who runs the remote of a branch.
    fn host(&self) -> Host {
        Host::Other
    }

    /// What is there, by one read.
    ///
    /// # Errors
    /// The place cannot be reached, or holds what is not ours.
    fn look(&mut self) -> Result<There, Failure>;

    /// Brings the place from what `look` saw to this release; `plan` is the difference. At every moment readers see the one or
    /// the other, or, where the host has no switch, pages whose assets exist.
    ///
    /// # Errors
    /// What was not done, with the reason. Nothing is lost: the next run sends what is missing.
    fn apply(&mut self, release: &Release, plan: &Plan, progress: &dyn Progress) -> Result<(), Failure>;

    /// The release before the last one. Its plan is made against what is there; places that switch need no files.
    ///
    /// # Errors
    /// There is none, or it cannot be had.
    fn former(&mut self) -> Result<Release, Failure>;

    /// Brings that release back.
    ///
    /// # Errors
    /// As with `apply`.
    fn roll_back(&mut self, former: &Release, progress: &dyn Progress) -> Result<(), Failure>;
}

/// What is at a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct There {
    /// The release that was published last; empty before the first.
    pub manifest: Manifest,
    /// What people should know of the place before they agree, a sentence each.
    pub notes: Vec<String>,
}

/// Is told how far a publish has come.
pub trait Progress: Sync {
    /// What is done from here on, and how many steps that has.
    fn begin(&self, what: &str, steps: usize);
    /// One more step is done.
    fn step(&self);
}

/// What a place could not do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// What failed and why, one sentence, without any secret.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// What was not done: names of files that were not sent or removed.
    pub undone: Vec<String>,
}

impl Failure {
    /// A failure with its reason.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// The same with a remedy.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// The same with what was not done.
    #[must_use]
    pub fn undone<'a>(mut self, names: impl IntoIterator<Item = &'a str>) -> Self {
        self.undone = names.into_iter().map(str::to_owned).collect();
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)?;
        if self.help.is_empty() { Ok(()) } else { write!(out, "; {}", self.help) }
    }
}

impl std::error::Error for Failure {}
