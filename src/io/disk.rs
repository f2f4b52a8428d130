//! Reads the folders of a book: sorted, regular files only, nothing outside. Knows nothing of what files mean.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use walkdir::WalkDir;

use super::error::Error;
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::path::SitePath;
use crate::base::span::Span;

/// Larger texts are no essays, larger files no part of a website.
const LARGEST_TEXT: u64 = 64 << 20;
const LARGEST_FILE: u64 = 256 << 20;

/// A file of the book that was found and not yet read.
pub struct Found {
    /// Where it stands in the book.
    pub path: SitePath,
    /// Whether its name is a symbolic link: then it may change where nobody looks.
    pub is_link: bool,
    file: PathBuf,
}

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Stamp {
    size: u64,
    /// Nanoseconds since 1970: when its bytes, and when anything about it changed.
    written: u128,
    changed: u128,
    inode: u64,
}

/// The book's folder: the nearest one upward with a `book.toml`.
///
/// # Errors
/// There is none.
pub fn find_book(start: &Path) -> Result<PathBuf, Error> {
    let absolute = fs::canonicalize(start).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => Error::NoBook(start.to_owned()),
        _ => Error::Read { path: start.to_owned(), source },
    })?;
    let found = absolute.ancestors().find(|folder| folder.join("book.toml").is_file());
    found.map(Path::to_owned).ok_or_else(|| Error::NoBook(start.to_owned()))
}

/// Files with this extension below a folder, sorted; none where there is no folder. Links are not followed.
///
/// # Errors
/// The folder cannot be read.
pub fn files_below(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, Error> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry.map_err(|error| Error::Read { path: folder.to_owned(), source: error.into() })?;
        if entry.file_type().is_file() && entry.path().extension().is_some_and(|found| found == extension) {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// Whether a folder of the book exists.
#[must_use]
pub fn has_folder(root: &Path, folder: &str) -> bool {
    root.join(folder).is_dir()
}

/// The names of the folders in a folder of the book, sorted; none where it cannot be read.
#[must_use]
pub fn folders_in(root: &Path, folder: &str) -> Vec<String> {
    let Ok(entries) = fs::read_dir(root.join(folder)) else { return Vec::new() };
    let folders = entries.flatten().filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> = folders.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

/// Whether a file of the book exists.
#[must_use]
pub fn has_file(root: &Path, file: &str) -> bool {
    root.join(file).is_file()
}

/// Where a file of the book stands that may be written, be it there yet or not.
///
/// # Errors
/// It, or a folder above it, is a symbolic link, which may lead out of the book; or it is write-protected or no file.
pub fn writable(root: &Path, path: &SitePath) -> Result<PathBuf, Error> {
    let mut place = root.to_owned();
    for part in path.as_str().split('/') {
        place.push(part);
        match fs::symlink_metadata(&place) {
            Ok(found) if found.is_symlink() => {
                return Err(Error::Usage(format!("`{path}` is reached by a symbolic link; nothing was written")));
            }
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                return Err(Error::Read { path: place, source });
            }
            _ => {}
        }
    }
    match fs::symlink_metadata(&place) {
        Ok(found) if !found.is_file() => Err(Error::Usage(format!("`{path}` is no file; nothing was written"))),
        Ok(found) if found.permissions().readonly() => {
            Err(Error::Usage(format!("`{path}` is write-protected; nothing was written")))
        }
        _ => Ok(place),
    }
}

/// Reads a file that must be there.
///
/// # Errors
/// It cannot be read.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

/// Reads a text that must be there.
///
/// # Errors
/// It cannot be read.
pub fn read_text(path: &Path) -> Result<String, Error> {
    let bytes = fs::read(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    Ok(String::from_utf8_lossy(&bytes).trim_start_matches('\u{feff}').to_owned())
}

/// Reads a text that may be there.
///
/// # Errors
/// It is there and cannot be read, or is no UTF-8.
pub fn read_text_if_there(path: &Path) -> Result<Option<String>, Error> {
    match fs::read(path) {
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Error::Read { path: path.to_owned(), source }),
        Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(|_| {
            let source = std::io::Error::new(std::io::ErrorKind::InvalidData, "it is not UTF-8");
            Error::Read { path: path.to_owned(), source }
        }),
    }
}

/// Whether a file was written after another one; `None` where one of them is not there.
#[must_use]
pub fn is_newer(file: &Path, than: &Path) -> Option<bool> {
    let written = |path: &Path| fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    Some(written(file)? > written(than)?)
}

/// Reads standard input to its end.
///
/// # Errors
/// It cannot be read.
pub fn read_standard_input() -> Result<String, Error> {
    let mut bytes = Vec::new();
    let read = std::io::stdin().lock().read_to_end(&mut bytes);
    read.map_err(|source| Error::Read { path: PathBuf::from("standard input"), source })?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Finds every file below a folder of the book, sorted by path, without the files of one folder below it. What has no usable
/// name, and links that lead out of the book, are reported and left out.
pub fn list_folder(root: &Path, folder: &str, left: Option<&str>, diagnostics: &mut Diagnostics) -> Vec<Found> {
    let start = root.join(folder);
    let mut found = Vec::new();
    let mut walk = WalkDir::new(&start).follow_links(false).into_iter();
    while let Some(entry) = walk.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(&start).to_owned();
                let why = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                report(
                    root,
                    &path,
                    Code::UnreadableFile,
                    &format!("this cannot be read: {why}"),
                    "check its permissions",
                    diagnostics,
                );
                continue;
            }
        };
        let path = entry.path();
        let is_left = left.is_some_and(|left| path == root.join(left));
        if entry.depth() > 0 && (is_left || is_hidden(path, root)) {
            if entry.file_type().is_dir() {
                walk.skip_current_dir();
            }
            continue;
        }
        if entry.file_type().is_dir() || entry.file_type().is_symlink() && !is_good_link(root, path, diagnostics) {
            continue;
        }
        if let Some(path) = site_path(root, path, diagnostics) {
            found.push(Found { path, is_link: entry.file_type().is_symlink(), file: entry.into_path() });
        }
    }
    found.par_sort_unstable_by(|a, b| a.path.cmp(&b.path));
    found
}

/// Finds one file of the book that need not be there. A link that leads out of the book is reported and left out.
pub fn find_file(root: &Path, path: &SitePath, diagnostics: &mut Diagnostics) -> Option<Found> {
    let file = root.join(path.as_str());
    let is_link = fs::symlink_metadata(&file).ok()?.file_type().is_symlink();
    let is_good = !is_link || is_good_link(root, &file, diagnostics);
    is_good.then(|| Found { path: path.clone(), is_link, file })
}

/// Whether a symbolic link leads to a file of the book; reported where it does not.
fn is_good_link(root: &Path, path: &Path, diagnostics: &mut Diagnostics) -> bool {
    let real = fs::canonicalize(path).ok();
    let is_inside = real.as_ref().is_some_and(|real| fs::canonicalize(root).is_ok_and(|root| real.starts_with(root)));
    let problem = match &real {
        None => "this symbolic link leads nowhere or in a circle",
        Some(_) if !is_inside => "this symbolic link leads out of the book",
        Some(real) if real.is_dir() => "this symbolic link leads to a folder, and folders are not followed",
        Some(_) => return true,
    };
    report(root, path, Code::BadSymlink, problem, "put the file itself here, or take the link away", diagnostics);
    false
}

impl Found {
    /// What the file system says of the file; `None` where it is gone.
    #[must_use]
    pub fn stamp(&self) -> Option<Stamp> {
        fs::metadata(&self.file).ok().map(|metadata| Stamp::of(&metadata))
    }

    /// Reads the file. What cannot be read is reported.
    #[must_use]
    pub fn read(&self, root: &Path) -> (Option<Vec<u8>>, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let bytes = read_entry(root, &self.file, &mut diagnostics);
        (bytes, diagnostics)
    }
}

impl Stamp {
    fn of(metadata: &fs::Metadata) -> Self {
        let since = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        let written = metadata.modified().map_or(0, since);
        #[cfg(unix)]
        let (changed, inode) = {
            use std::os::unix::fs::MetadataExt;
            let nanoseconds = i128::from(metadata.ctime()) * 1_000_000_000 + i128::from(metadata.ctime_nsec());
            (u128::try_from(nanoseconds).unwrap_or(0), metadata.ino())
        };
        #[cfg(not(unix))]
        let (changed, inode) = (written, 0);
        Self { size: metadata.len(), written, changed, inode }
    }

    /// Whether the file was left alone for so long before it was read that a later change would show in its stamp: clocks of
    /// file systems tick as slowly as every two seconds (git calls younger entries racy).
    #[must_use]
    pub fn is_settled(&self, read_at: SystemTime) -> bool {
        const TICK: u128 = 2_500_000_000;
        const SECOND: u128 = 1_000_000_000;
        // A file system that knows whole seconds and one time alone tells the time that whoever edits a file may set.
        if cfg!(unix) && self.changed == self.written && self.written.is_multiple_of(SECOND) {
            return false;
        }
        let read_at = read_at.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        self.written.max(self.changed) + TICK < read_at
    }
}

/// Files of editors and systems are no part of the book; `content/static/` may hold `.well-known` and its kin.
pub(crate) fn is_hidden(path: &Path, root: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let is_junk = matches!(&*name, ".git" | ".DS_Store" | "Thumbs.db" | "desktop.ini")
        || name.ends_with('~')
        || name.ends_with(".swp");
    is_junk || name.starts_with('.') && !path.starts_with(root.join("content/static"))
}

fn read_entry(root: &Path, path: &Path, diagnostics: &mut Diagnostics) -> Option<Vec<u8>> {
    let Ok(metadata) = fs::metadata(path) else {
        report(root, path, Code::UnreadableFile, "this file went away while it was read", "build again", diagnostics);
        return None;
    };
    if !metadata.is_file() {
        report(
            root,
            path,
            Code::NotAFile,
            "this is a pipe, socket or device, not a file",
            "take it out of the book",
            diagnostics,
        );
        return None;
    }
    let is_text = path.extension().is_some_and(|extension| extension == "md");
    let largest = if is_text { LARGEST_TEXT } else { LARGEST_FILE };
    let read = fs::File::open(path).and_then(|file| {
        // Room for all of it and the look behind its end: two calls of the system instead of many.
        let size = usize::try_from(metadata.len().min(largest)).unwrap_or(0);
        let mut bytes = Vec::with_capacity(size + 1);
        file.take(largest + 1).read_to_end(&mut bytes).map(|_| bytes)
    });
    match read {
        Ok(bytes) if bytes.len() as u64 > largest => {
            let message = format!("this file is larger than {} MiB", largest >> 20);
            report(
                root,
                path,
                Code::UnreadableFile,
                &message,
                "split it, or keep it elsewhere and link to it",
                diagnostics,
            );
            None
        }
        Ok(bytes) => Some(bytes),
        Err(error) => {
            report(
                root,
                path,
                Code::UnreadableFile,
                &format!("this file cannot be read: {error}"),
                "check its permissions",
                diagnostics,
            );
            None
        }
    }
}

/// The path inside the book; reported where it is not UTF-8 or holds characters that names of files cannot share.
fn site_path(root: &Path, path: &Path, diagnostics: &mut Diagnostics) -> Option<SitePath> {
    let below = path.strip_prefix(root).unwrap_or(path);
    let found = below.to_str().and_then(SitePath::of_file);
    if found.is_none() {
        let message = "this file name holds characters that cannot stand in a name";
        report(root, path, Code::BadName, message, "rename it; use letters, digits, hyphens and dots", diagnostics);
    }
    found
}

fn report(root: &Path, path: &Path, code: Code, message: &str, help: &str, diagnostics: &mut Diagnostics) {
    let below = path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned();
    let place = SitePath::new(&below).or_else(|| SitePath::new("content")).expect("a clean path");
    diagnostics.push(Diagnostic::new(code, Span::file(&place), message).help(help));
}

/// The folder this program was started in.
#[must_use]
pub fn current_folder() -> Option<PathBuf> {
    std::env::current_dir().ok()
}
