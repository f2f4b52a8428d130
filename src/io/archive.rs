//! A file, folder, zip or gzip as the parts of an import. Nothing outside is followed, nothing grows without measure.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use walkdir::WalkDir;
use zip::ZipArchive;

use super::error::Error;

/// The most bytes of a packed file; larger ones are to be unpacked first.
const LARGEST: u64 = 256 << 20;
/// The most entries of an archive or folder.
const MOST_ENTRIES: usize = 20_000;

/// Opens a file at its start, for a reader that reads it from any place.
pub type Opener = Box<dyn Fn() -> io::Result<Box<dyn Stream>> + Send + Sync>;

/// A file that can be read from any place.
pub trait Stream: Read + io::Seek {}

impl<T: Read + io::Seek> Stream for T {}

/// A part of what is imported.
pub struct Entry {
    /// Its path inside the archive or folder.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    /// How it is opened.
    pub open: Opener,
}

/// What a path holds: its entries, and whether it is an archive or folder.
pub struct Contents {
    /// The entries, sorted by name.
    pub entries: Vec<Entry>,
    /// Whether it is an archive or folder.
    pub is_folder: bool,
}

/// Opens a path for an import.
///
/// # Errors
/// It cannot be read, or is packed and too large.
pub fn open(path: &Path) -> Result<Contents, Error> {
    let failed = |source: io::Error| Error::Read { path: path.to_owned(), source };
    if path.is_dir() {
        return folder(path);
    }
    let mut file = File::open(path).map_err(failed)?;
    let mut start = [0; 4];
    let length = file.read(&mut start).map_err(failed)?;
    match &start[..length] {
        [b'P', b'K', 3 | 5, _] => zip(path),
        [0x1f, 0x8b, ..] => {
            let mut bytes = Vec::new();
            let opened = File::open(path).map_err(failed)?;
            match MultiGzDecoder::new(opened).take(LARGEST + 1).read_to_end(&mut bytes) {
                // What is whole of a file that is cut short is read; the reader says where it ends.
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof && !bytes.is_empty() => {}
                read => drop(read.map_err(failed)?),
            }
            if bytes.len() as u64 > LARGEST {
                return Err(too_large(path));
            }
            let name = file_name(path);
            Ok(single(memory(name.strip_suffix(".gz").unwrap_or(&name), bytes)))
        }
        _ => {
            let size = file.metadata().map_err(failed)?.len();
            let path = path.to_owned();
            let name = file_name(&path);
            let open: Opener = Box::new(move || Ok(Box::new(File::open(&path)?)));
            Ok(single(Entry { name, size, open }))
        }
    }
}

/// Standard input as a single entry.
///
/// # Errors
/// It cannot be read, or is too large.
pub fn standard_input() -> Result<Contents, Error> {
    let path = Path::new("standard input");
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|source| Error::Read { path: path.to_owned(), source })?;
    if bytes.len() as u64 > LARGEST {
        return Err(too_large(path));
    }
    Ok(single(memory("standard input", bytes)))
}

fn single(entry: Entry) -> Contents {
    Contents { entries: vec![entry], is_folder: false }
}

fn memory(name: &str, bytes: Vec<u8>) -> Entry {
    let bytes: Arc<[u8]> = bytes.into();
    let size = bytes.len() as u64;
    Entry { name: name.to_owned(), size, open: Box::new(move || Ok(Box::new(Cursor::new(Arc::clone(&bytes))))) }
}

fn file_name(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}

fn too_large(path: &Path) -> Error {
    Error::Usage(format!("`{}` holds more than {} MiB; unpack it first", path.display(), LARGEST >> 20))
}

fn folder(path: &Path) -> Result<Contents, Error> {
    let mut entries = Vec::new();
    for entry in WalkDir::new(path).follow_links(false).sort_by_file_name() {
        let entry = entry.map_err(|error| Error::Read { path: path.to_owned(), source: error.into() })?;
        if !entry.file_type().is_file() {
            continue;
        }
        let own: PathBuf = entry.path().to_owned();
        let below = own.strip_prefix(path).unwrap_or(&own);
        let name = below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        let size = entry.metadata().map_or(0, |metadata| metadata.len());
        entries.push(Entry { name, size, open: Box::new(move || Ok(Box::new(File::open(&own)?))) });
        if entries.len() > MOST_ENTRIES {
            return Err(Error::Usage(format!("`{}` holds more than {MOST_ENTRIES} files", path.display())));
        }
    }
    Ok(Contents { entries, is_folder: true })
}

fn zip(path: &Path) -> Result<Contents, Error> {
    let broken = |why: &dyn std::fmt::Display| {
        let source = io::Error::new(io::ErrorKind::InvalidData, format!("this zip archive is broken: {why}"));
        Error::Read { path: path.to_owned(), source }
    };
    let file = File::open(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
    let mut archive = ZipArchive::new(file).map_err(|error| broken(&error))?;
    if archive.len() > MOST_ENTRIES {
        return Err(Error::Usage(format!("`{}` holds more than {MOST_ENTRIES} files", path.display())));
    }
    let mut entries = Vec::new();
    for at in 0..archive.len() {
        let entry = archive.by_index_raw(at).map_err(|error| broken(&error))?;
        // A name that leads out of the archive is nobody's export.
        let Some(name) = entry.enclosed_name() else { continue };
        if !entry.is_file() {
            continue;
        }
        let name = name.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        let (own, size) = (path.to_owned(), entry.size());
        entries.push(Entry { name, size, open: Box::new(move || unpack(&own, at)) });
    }
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Contents { entries, is_folder: true })
}

/// One entry of a zip archive, unpacked into memory.
fn unpack(path: &Path, at: usize) -> io::Result<Box<dyn Stream>> {
    let mut archive = ZipArchive::new(File::open(path)?)?;
    let entry = archive.by_index(at)?;
    let mut bytes = Vec::new();
    entry.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "an entry holds too much"));
    }
    Ok(Box::new(Cursor::new(bytes)))
}
