//! The running program as a file. Knows nothing of what it does.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::base::fingerprint::Fingerprint;

/// What tells the running executable from every other one; `None` where the system does not say which file it is.
///
/// It is made of the version and of the size, the inode and the times of the file, which takes microseconds where its thirty
/// megabytes would take as long as a small build. A program that is built, installed or unpacked anew has another time of change,
/// which nobody can set; the worst that comes of copying one is a cold start. Nor can anyone else foretell it, so what is kept
/// under it was not brought along from another machine.
#[must_use]
pub fn fingerprint() -> Option<Fingerprint> {
    // The file that runs, even where another one has taken its place by now.
    let running = Path::new("/proc/self/exe");
    fingerprint_of(running).or_else(|| fingerprint_of(&std::env::current_exe().unwrap_or_else(|_| PathBuf::new())))
}

/// The same of the executable in this file.
#[must_use]
pub fn fingerprint_of(file: &Path) -> Option<Fingerprint> {
    let metadata = fs::metadata(file).ok().filter(fs::Metadata::is_file)?;
    let since = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_nanos());
    let written = metadata.modified().map_or(0, since);
    #[cfg(unix)]
    let identity = {
        use std::os::unix::fs::MetadataExt;
        format!("{} {} {}", metadata.ino(), metadata.ctime(), metadata.ctime_nsec())
    };
    #[cfg(not(unix))]
    let identity = format!("{} {}", file.display(), metadata.created().map_or(0, since));
    let whole = format!("{} {} {written} {identity}", env!("CARGO_PKG_VERSION"), metadata.len());
    Some(Fingerprint::of(whole.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_built_anew_is_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("program");
        fs::write(&file, "same").unwrap();
        let first = fingerprint_of(&file);
        assert_eq!(fingerprint_of(&file), first);
        let times = fs::metadata(&file).unwrap().modified().unwrap();
        fs::write(folder.path().join("new"), "same").unwrap();
        fs::rename(folder.path().join("new"), &file).unwrap();
        fs::File::options().write(true).open(&file).unwrap().set_modified(times).unwrap();
        assert!(first.is_some() && fingerprint_of(&file) != first, "the same bytes and the same time, written anew");
        assert_eq!((fingerprint_of(folder.path()), fingerprint().is_some()), (None, true));
    }
}
