//! What builds remember for the next one: opened before, kept after, and told of where that fails.

use std::path::Path;

use super::short;
use crate::io::leaves::{Leaves, Unused};
use crate::io::terminal::Terminal;

/// What earlier runs computed; nothing with `--no-cache`.
pub(super) fn open(no_cache: bool, root: &Path, terminal: &Terminal) -> Leaves {
    if no_cache {
        return Leaves::default();
    }
    let (leaves, unused) = Leaves::open(root);
    match unused {
        None => {}
        Some(Unused::Refused(path, why)) => {
            terminal.say(&format!("`{}` {}, so all is computed anew.", short(&path), why.to_words()));
        }
        Some(Unused::Unread(error)) => terminal.say(&format!("All is computed anew: {error}")),
    }
    leaves
}

/// Keeps what was computed for the next run, and tells whether that went well. That it cannot be kept costs time and nothing else;
/// it is told where there is somebody to tell.
pub(super) fn keep(leaves: &Leaves, terminal: Option<&Terminal>) -> bool {
    let kept = leaves.keep();
    if let (Err(error), Some(terminal)) = (&kept, terminal) {
        terminal.say(&format!("The next run computes all of this anew: {error}"));
    }
    kept.is_ok()
}
