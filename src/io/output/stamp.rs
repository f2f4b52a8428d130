//! What tells one state of a file from another without reading it. Knows nothing of what is in it.

use std::fs::Metadata;

/// Clocks of file systems tick: a change within one tick of a look has the time that was seen. Systems of today tick every ten
/// milliseconds or faster.
const TICK: i64 = 20_000_000;
/// Those that know no parts of a second tick as slowly as every two.
const SLOW_TICK: i64 = 2_500_000_000;
const SECOND: i64 = 1_000_000_000;

/// What a file system says of a file or folder. Other names for the same file leave it as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    pub(super) size: u64,
    /// Nanoseconds since 1970.
    pub(super) written: i64,
    pub(super) inode: u64,
    /// Who may read and write it.
    pub(super) mode: u32,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;
            let written = metadata.mtime().wrapping_mul(SECOND).wrapping_add(metadata.mtime_nsec());
            Self { size: metadata.len(), written, inode: metadata.ino(), mode: metadata.mode() }
        }
        #[cfg(not(unix))]
        {
            let since = |time: std::io::Result<std::time::SystemTime>| {
                let since = time.ok().and_then(|time| time.duration_since(std::time::SystemTime::UNIX_EPOCH).ok());
                since.and_then(|since| i64::try_from(since.as_nanos()).ok()).unwrap_or(0)
            };
            // Where files have no number that can be asked for, the moment at which they were made tells them apart.
            let inode = since(metadata.created()).unsigned_abs();
            let mode = u32::from(metadata.permissions().readonly());
            Self { size: metadata.len(), written: since(metadata.modified()), inode, mode }
        }
    }

    /// Whether it was written so short a time before that look that a later change may not show (git calls such entries racy).
    pub(super) fn is_racy(&self, look: i64) -> bool {
        let tick = if self.written % SECOND == 0 { SLOW_TICK } else { TICK };
        self.written.saturating_add(tick) >= look
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_as_young_as_the_look_may_have_changed_since() {
        let at = |written| Stamp { size: 1, written, inode: 1, mode: 0 };
        let look = 50 * SECOND + 1;
        for (written, is_racy) in [
            (look, true),
            (look + SECOND, true),
            (look - TICK, true),
            (look - TICK - 1, false),
            // Written in whole seconds: the clock may be a slow one.
            (48 * SECOND, true),
            (47 * SECOND, false),
        ] {
            assert_eq!(at(written).is_racy(look), is_racy, "{written}");
        }
    }
}
