//! One build at a time for each output folder; whoever comes second waits, and is told for whom. Knows nothing of the folder.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::io::clock::{pause, tick};
use crate::io::error::Error;
use crate::io::process::machine;
use crate::io::tree::is_at;

/// The file that is locked. The system forgets the lock when its process ends, however it ends; that the file stays says nothing.
pub(super) const LOCK: &str = "lock";
/// Who holds it. A file of its own, since some systems let nobody read one that is locked.
const HOLDER: &str = "holder";

/// How long the one before may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// Most builds are over before anybody would want to be told.
const SILENCE: Duration = Duration::from_millis(400);
const LOOK: Duration = Duration::from_millis(20);

/// Held against others until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    holder: PathBuf,
    /// Whether somebody else had it first.
    pub(super) has_waited: bool,
    _file: fs::File,
}

impl Lock {
    /// Takes the lock in a folder. Waits for another holder as long as `patience` lasts, and says so to `tell`.
    pub(super) fn take(folder: &Path, out: &Path, patience: Duration, tell: &dyn Fn(&str)) -> Result<Self, Error> {
        let start = tick();
        let (mut is_told, mut has_waited) = (false, false);
        loop {
            if let Some(file) = try_lock(folder)? {
                let holder = folder.join(HOLDER);
                // It serves those who wait; that they are told no number is no reason to end a build.
                drop(fs::remove_file(&holder));
                drop(fs::File::create_new(&holder).and_then(|mut file| file.write_all(own().as_bytes())));
                return Ok(Self { holder, has_waited, _file: file });
            }
            has_waited = true;
            let waited = start.elapsed();
            if waited >= patience {
                return Err(Error::Busy { path: out.to_owned(), holder: told(folder) });
            }
            if waited >= SILENCE && !is_told {
                is_told = true;
                tell(&format!("waiting: {} writes `{}`", told(folder), out.display()));
            }
            pause(LOOK.min(patience));
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // One that stays is written over by the next holder.
        drop(fs::remove_file(&self.holder));
    }
}

/// Writes to standard error, where a person may wonder why nothing happens.
pub(super) fn tell(text: &str) {
    // Nobody reads it: then nobody wonders.
    drop(writeln!(std::io::stderr(), "{text}"));
}

fn try_lock(folder: &Path) -> Result<Option<fs::File>, Error> {
    let path = folder.join(LOCK);
    let failed = |source| Error::Write { path: path.clone(), source };
    loop {
        let opened = fs::OpenOptions::new().create(true).truncate(false).write(true).open(&path);
        // The folder is ours: what somebody put in the place of the file serves nobody.
        let is_in_the_way = opened.is_err() && fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir());
        if is_in_the_way && fs::remove_dir_all(&path).is_ok() {
            continue;
        }
        let file = opened.map_err(failed)?;
        match file.try_lock() {
            // One that was removed since it was opened holds nobody off.
            Ok(()) if !is_at(&file, &path) => {}
            Ok(()) => return Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => return Ok(None),
            // Where nothing can be locked, one build at a time is what its owner sees to.
            Err(fs::TryLockError::Error(source)) if source.kind() == std::io::ErrorKind::Unsupported => {
                return Ok(Some(file));
            }
            Err(fs::TryLockError::Error(source)) => return Err(failed(source)),
        }
    }
}

/// This process, for others: its number, its machine, since when, and what it was started as.
fn own() -> String {
    let since = jiff::ZonedDateTime::now().strftime("%H:%M");
    let command: Vec<String> = std::env::args().map(|part| part.replace(char::is_control, " ")).collect();
    format!("{}\n{}\n{since}\n{}\n", std::process::id(), machine(), command.join(" "))
}

/// Who holds the lock, in words.
fn told(folder: &Path) -> String {
    let text =
        super::read_file(&folder.join(HOLDER)).and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let mut lines = text.lines();
    let (process, place, since) = (lines.next(), lines.next(), lines.next());
    match (process.and_then(|number| number.parse::<u32>().ok()), place, since) {
        (Some(process), Some(place), Some(since)) if place == machine() => {
            format!("another build (process {process}, since {since})")
        }
        (Some(process), Some(_), Some(since)) => {
            format!("a build on another machine (process {process} there, since {since})")
        }
        // It has only just begun, or is about to end.
        _ => "another build".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_told_who_holds_it() {
        let folder = tempfile::tempdir().unwrap();
        let take = || Lock::take(folder.path(), Path::new("public"), Duration::ZERO, &|_| ());
        let first = take().unwrap();
        let text = take().unwrap_err().to_string();
        let process = format!("another build (process {}, since ", std::process::id());
        assert!(text.contains("`public`") && text.contains(&process), "{text}");
        drop(first);
        take().unwrap();
    }

    #[test]
    fn what_a_killed_holder_left_holds_nobody_off() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(LOCK), "").unwrap();
        fs::write(folder.path().join(HOLDER), format!("{}\n{}\n14:02\nx\n", std::process::id(), machine())).unwrap();
        let held = Lock::take(folder.path(), Path::new("public"), Duration::ZERO, &|_| ()).unwrap();
        drop(held);
        assert!(!folder.path().join(HOLDER).exists());
    }

    #[test]
    fn a_folder_in_the_place_of_the_lock_holds_nobody_off() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join(LOCK).join("x")).unwrap();
        Lock::take(folder.path(), Path::new("public"), Duration::ZERO, &|_| ()).unwrap();
    }

    #[test]
    fn a_holder_elsewhere_or_without_a_note_is_named_as_such() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(told(folder.path()), "another build");
        fs::write(folder.path().join(HOLDER), "12\nffff\n14:02\nx\n").unwrap();
        assert_eq!(told(folder.path()), "a build on another machine (process 12 there, since 14:02)");
    }
}
