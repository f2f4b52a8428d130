//! Files that are the old ones or the new ones at every moment, and where a site may stand. Knows nothing of what the files are.

use std::fs;
use std::path::{Path, PathBuf};

use super::error::Error;
use super::process::is_gone;

/// The file by which an output folder is known as ours; it tells what the folder holds.
pub const MARK: &str = ".throughline-output";

/// Writes new files below a folder; nothing is overwritten.
///
/// # Errors
/// One of them exists, or cannot be written.
pub fn create<Bytes: AsRef<[u8]>>(folder: &Path, files: &[(String, Bytes)]) -> Result<(), Error> {
    for (name, _) in files {
        let path = folder.join(name);
        if path.exists() {
            return Err(Error::Exists(path));
        }
    }
    for (name, text) in files {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| Error::Write { path: parent.to_owned(), source })?;
        }
        fs::write(&path, text).map_err(|source| Error::Write { path, source })?;
    }
    Ok(())
}

fn absolute(out: &Path) -> Result<PathBuf, Error> {
    let path = std::path::absolute(out).map_err(|source| Error::Write { path: out.to_owned(), source })?;
    let path = straight(&path);
    // A link to a folder is replaced behind the link, so that the link itself stays.
    match fs::canonicalize(&path) {
        Err(source) if path.is_symlink() => Err(Error::Read { path, source }),
        found => Ok(found.unwrap_or(path)),
    }
}

/// A path without `.` and `..`, as a person reads it; no folder needs to be there yet.
#[must_use]
pub fn straight(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut path, part| {
        if part == std::path::Component::ParentDir {
            path.pop();
        } else {
            path.push(part);
        }
        path
    })
}

/// The absolute path of a folder that a site may take the place of.
///
/// # Errors
/// It holds the book, or stands among its sources.
pub fn place_for_site(out: &Path, book: &Path) -> Result<PathBuf, Error> {
    let out = absolute(out)?;
    let sources = ["content", "themes", ".throughline", ".git"].map(|folder| book.join(folder));
    let is_in_the_way = book.starts_with(&out) || sources.iter().any(|folder| out.starts_with(folder));
    if is_in_the_way { Err(Error::HoldsBook(out)) } else { Ok(out) }
}

/// Trees that killed builds left behind.
pub(super) fn remove_stale(parent: &Path, name: &str) {
    // A run that was killed between putting the old tree aside and moving the new one there.
    let aside = parent.join(format!(".{name}.old"));
    if aside.join(MARK).is_file() {
        let target = parent.join(name);
        // What fails here fails again where the folder is written, and is told there.
        drop(if target.exists() { fs::remove_dir_all(&aside) } else { fs::rename(&aside, &target) });
    }
    let prefix = format!(".{name}.new-");
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        let file_name = entry.file_name().to_string_lossy().into_owned();
        let Some(process) = file_name.strip_prefix(&prefix).and_then(|id| id.parse::<u32>().ok()) else { continue };
        if is_gone(process) {
            // It costs room and nothing else: if it cannot be removed, the build goes on.
            drop(fs::remove_dir_all(entry.path()));
        }
    }
}

/// Writes one file of a book: at every moment it is the old one or the new one. Who may read and write it stays.
///
/// # Errors
/// It cannot be written.
pub fn write_file(path: &Path, text: &str) -> Result<(), Error> {
    write_if(path, text, &|| true).map(|_| ())
}

/// Writes a file in the place of one that holds this text, as `write_file` does; false, and nothing is changed, where it holds
/// another one by the time the new one is ready.
///
/// # Errors
/// It cannot be written.
pub fn replace_text(path: &Path, before: &str, after: &str) -> Result<bool, Error> {
    write_if(path, after, &|| fs::read(path).is_ok_and(|now| now == before.as_bytes()))
}

/// Writes a source of the book in the place of one that holds this text, as `replace_text` does; both texts are without a
/// byte order mark, and one that the file has stays.
///
/// # Errors
/// It is no text, or cannot be read or written.
pub fn replace_source(path: &Path, before: &str, after: &str) -> Result<bool, Error> {
    let Some(now) = super::disk::read_text_if_there(path)? else { return Ok(false) };
    let mark = if now.starts_with('\u{feff}') { "\u{feff}" } else { "" };
    replace_text(path, &format!("{mark}{before}"), &format!("{mark}{after}"))
}

/// Writes a file unless, at the last moment, it is no longer wanted.
fn write_if(path: &Path, text: &str, is_wanted: &dyn Fn() -> bool) -> Result<bool, Error> {
    let failed = |source: std::io::Error| Error::Write { path: path.to_owned(), source };
    let parent = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(failed)?;
    let name = path.file_name().map_or_else(|| "file".to_owned(), |name| name.to_string_lossy().into_owned());
    let temporary = parent.join(format!(".{name}.new-{}", std::process::id()));
    let written = fs::File::create(&temporary).and_then(|mut file| {
        if let Ok(old) = fs::metadata(path) {
            file.set_permissions(old.permissions())?;
        }
        std::io::Write::write_all(&mut file, text.as_bytes())?;
        // What is replaced may be somebody's writing and must be whole on the disk first; a new file can be made again.
        if path.exists() { file.sync_all() } else { Ok(()) }
    });
    let done = written.and_then(|()| if is_wanted() { fs::rename(&temporary, path).map(|()| true) } else { Ok(false) });
    if !matches!(done, Ok(true)) {
        // The unfinished file is of no use; that it stays is no second failure.
        drop(fs::remove_file(&temporary));
    }
    done.map_err(failed)
}

/// Takes away what killed programs left unfinished in a folder that `write_file` writes to, and in the folders below it.
pub fn remove_unfinished(folder: &Path) {
    for entry in walkdir::WalkDir::new(folder).max_depth(2).into_iter().flatten() {
        let name = entry.file_name().to_string_lossy();
        let process = name.strip_prefix('.').and_then(|name| name.rsplit_once(".new-")?.1.parse::<u32>().ok());
        if entry.file_type().is_file() && process.is_some_and(is_gone) {
            // It costs room and nothing else: if it cannot be removed, the import goes on.
            drop(fs::remove_file(entry.path()));
        }
    }
}

/// Takes a file away.
///
/// # Errors
/// It is there and cannot be taken away.
pub fn remove_file(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Write { path: path.to_owned(), source })
        }
        _ => Ok(()),
    }
}
