//! What a build came to: kept for the next one, which may find that nothing has changed since.

use std::path::Path;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::build::left_out;
use crate::base::diagnostic::{Report, Severity};
use crate::base::fingerprint::Fingerprint;
use crate::build::Build;
use crate::io::error::Error;
use crate::io::output::Written;
use crate::io::sealed::{self, Read};
use crate::memo::Memo;
use crate::timings::Timings;

/// The name of the file in the cache.
const NAME: &str = "outcome";

/// What a build found and made.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Outcome {
    /// The fingerprint of all that decided it, in hexadecimal digits.
    made_of: String,
    /// What is wrong with the book, before warnings are taken for errors.
    pub(super) report: Report,
    pub(super) essays: usize,
    pub(super) concepts: usize,
    pub(super) files: usize,
    /// What readers do not see, a line each.
    pub(super) left_out: Vec<String>,
}

impl Outcome {
    pub(super) fn of(made: &Build, made_of: Fingerprint) -> Self {
        Self {
            made_of: made_of.to_string(),
            report: made.report.clone(),
            essays: made.site.essays.len(),
            concepts: made.site.concepts.len(),
            files: made.stats.files,
            left_out: left_out(made),
        }
    }

    /// That of the last build, if it was made of the same.
    pub(super) fn of_last_build(root: &Path, made_of: Fingerprint) -> Option<Self> {
        // One that cannot be used is written anew by the build that follows, which tells of its kin.
        let Read::Kept(bytes) = sealed::read(root, NAME) else { return None };
        let outcome: Self = postcard::from_bytes(&bytes).ok()?;
        (outcome.made_of == made_of.to_string()).then_some(outcome)
    }

    /// Keeps it for the next build.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn keep(&self, root: &Path) -> Result<(), Error> {
        sealed::write(root, NAME, &postcard::to_stdvec(self).expect("texts and numbers can always be written"))
    }

    pub(super) fn has_warnings(&self) -> bool {
        self.report.count(Severity::Warning) > 0
    }
}

/// What a build did.
pub(super) struct Work {
    pub(super) timings: Timings,
    /// Texts that were parsed.
    pub(super) parsed: usize,
    /// Files of the site.
    pub(super) files: usize,
    /// Files that were made: templates rendered, feeds written …
    pub(super) made: usize,
    /// Files that were written, since their bytes are new, and their bytes.
    pub(super) written: usize,
    pub(super) bytes: u64,
    /// Files that stayed as they were.
    pub(super) kept: usize,
    /// Files of the site before that are gone.
    pub(super) removed: usize,
    /// For each kind of result that is remembered: its name, how many were, and how many were computed.
    pub(super) remembered: Vec<(&'static str, usize, usize)>,
}

impl Work {
    pub(super) fn of(made: &Build, written: Written, memo: &Memo) -> Self {
        let count = |(leaf, count): (crate::memo::Leaf, crate::memo::Count)| (leaf.name(), count.hits, count.computed);
        Self {
            timings: made.timings.clone(),
            parsed: made.stats.parsed,
            files: made.stats.files,
            made: made.stats.made,
            written: written.written,
            bytes: written.bytes,
            kept: written.kept,
            removed: written.removed,
            remembered: memo.counts().into_iter().map(count).collect(),
        }
    }

    pub(super) fn of_nothing(stages: Vec<(&'static str, Duration)>) -> Self {
        Self {
            timings: Timings { stages, ..Timings::default() },
            parsed: 0,
            files: 0,
            made: 0,
            written: 0,
            bytes: 0,
            kept: 0,
            removed: 0,
            remembered: Vec::new(),
        }
    }
}
