//! What one build leaves for the next, each in a file of the book's cache that is used whole or not at all. Knows nothing of what
//! it holds.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::error::Error;
use super::keep::{FOLDER, own_folder};
use super::{executable, leaves, net};
use crate::base::fingerprint::{Fingerprint, Fingerprinter};

const MAGIC: &[u8; 16] = b"throughline kept";
const HEAD: usize = 32;
const SEAL: usize = 16;

/// What an earlier run of this executable kept under this name; `None` where it kept nothing, or where the file is not as that
/// run wrote it: nobody is the worse for making it anew.
#[must_use]
pub fn read(book: &Path, name: &str) -> Option<Vec<u8>> {
    let executable = executable::fingerprint()?;
    let path = book.join(FOLDER).join(leaves::CACHE).join(name);
    // A pipe would never end.
    let is_file = fs::metadata(&path).is_ok_and(|found| found.is_file());
    let mut bytes = is_file.then(|| fs::read(path).ok()).flatten()?;
    let end = bytes.len().checked_sub(SEAL).filter(|end| *end >= HEAD)?;
    let is_ours = bytes[..16] == *MAGIC && bytes[16..HEAD] == *executable.as_bytes();
    if !is_ours || Fingerprint::of(&bytes[..end]).as_bytes() != &bytes[end..] {
        return None;
    }
    bytes.truncate(end);
    bytes.drain(..HEAD);
    Some(bytes)
}

/// Keeps bytes under a name for the next run. At every moment the file is the old one or the new one.
///
/// # Errors
/// They cannot be written.
pub fn write(book: &Path, name: &str, bytes: &[u8]) -> Result<(), Error> {
    write_with(book, name, &mut |out| out.write_all(bytes))
}

/// The same with bytes that are written part by part.
///
/// # Errors
/// They cannot be written.
pub fn write_with(
    book: &Path,
    name: &str,
    content: &mut dyn FnMut(&mut dyn Write) -> std::io::Result<()>,
) -> Result<(), Error> {
    let Some(executable) = executable::fingerprint() else { return Ok(()) };
    let folder = own_folder(book, leaves::CACHE)?;
    leaves::remove_unfinished(&folder);
    let path = folder.join(name);
    let temporary = folder.join(format!("{name}.new-{}-{}", std::process::id(), net::secret()?));
    let mut write = || {
        let mut out = Sealing {
            file: BufWriter::with_capacity(1 << 20, fs::File::create_new(&temporary)?),
            seal: Fingerprinter::default(),
        };
        out.write_all(MAGIC)?;
        out.write_all(executable.as_bytes())?;
        content(&mut out)?;
        let seal = out.seal.finish();
        out.file.write_all(seal.as_bytes())?;
        // A file that a power cut leaves unfinished is recognised when it is read.
        out.file.flush()?;
        fs::rename(&temporary, &path)
    };
    write().map_err(|source| {
        // The unfinished file is of no use; that it stays is no second failure.
        drop(fs::remove_file(&temporary));
        Error::Write { path: path.clone(), source }
    })
}

/// Takes a file away.
///
/// # Errors
/// It is there and cannot be taken away.
pub fn remove(book: &Path, name: &str) -> Result<(), Error> {
    super::stage::remove_file(&book.join(FOLDER).join(leaves::CACHE).join(name))
}

/// Takes the fingerprint of what is written.
struct Sealing {
    file: BufWriter<fs::File>,
    seal: Fingerprinter,
}

impl Write for Sealing {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        self.file.write_all(part)?;
        self.seal.add(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
