//! What one build leaves for the next, each in a file of the book's cache that is used whole or not at all. Knows nothing of what
//! it holds.

use std::fs;
use std::io::{BufWriter, Read as _, Write};
use std::path::Path;

use super::error::Error;
use super::keep::{FOLDER, own_folder};
use super::{executable, leaves, net};
use crate::base::fingerprint::Fingerprinter;

const MAGIC: &[u8; 16] = b"throughline kept";
const HEAD: usize = 32;
const SEAL: usize = 16;
/// No file of ours is larger.
const LARGEST: usize = 2 << 30;

/// What is found under a name.
#[derive(Debug)]
pub enum Read {
    /// What an earlier run of this executable kept there, as it wrote it.
    Kept(Vec<u8>),
    /// Nothing.
    Nothing,
    /// Something else, which is not used: it is damaged, or was written by another program.
    Refused,
}

/// What an earlier run of this executable kept under this name. Nobody is the worse for making it anew.
#[must_use]
pub fn read(book: &Path, name: &str) -> Read {
    let path = book.join(FOLDER).join(leaves::CACHE).join(name);
    let Ok(found) = fs::metadata(&path) else { return Read::Nothing };
    let whole = read_whole(&path, &found);
    whole.map_or(Read::Refused, Read::Kept)
}

fn read_whole(path: &Path, found: &fs::Metadata) -> Option<Vec<u8>> {
    let executable = executable::fingerprint()?;
    // A pipe would never end.
    let mut file = found.is_file().then(|| fs::File::open(path).ok()).flatten()?;
    let mut head = [0; HEAD];
    file.read_exact(&mut head).ok()?;
    let is_ours = head[..16] == *MAGIC && head[16..] == *executable.as_bytes();
    let length = usize::try_from(found.len()).ok().filter(|length| is_ours && *length <= LARGEST)?;
    let mut bytes = Vec::with_capacity(length);
    file.take(LARGEST as u64).read_to_end(&mut bytes).ok()?;
    let end = bytes.len().checked_sub(SEAL)?;
    let mut seal = Fingerprinter::default();
    seal.add(&head);
    seal.add(&bytes[..end]);
    if seal.finish().as_bytes() != &bytes[end..] {
        return None;
    }
    bytes.truncate(end);
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
    replace(book, name, &mut |file| {
        let mut out = Sealing { file, seal: Fingerprinter::default() };
        out.write_all(MAGIC)?;
        out.write_all(executable.as_bytes())?;
        content(&mut out)?;
        let seal = out.seal.finish();
        out.file.write_all(seal.as_bytes())
    })
}

/// Writes a file of the cache. At every moment it is the old one or the new one; what killed programs left unfinished is taken away.
///
/// # Errors
/// It cannot be written.
pub(super) fn replace(
    book: &Path,
    name: &str,
    write: &mut dyn FnMut(&mut BufWriter<fs::File>) -> std::io::Result<()>,
) -> Result<(), Error> {
    let folder = own_folder(book, leaves::CACHE)?;
    leaves::remove_unfinished(&folder);
    let path = folder.join(name);
    let temporary = folder.join(format!("{name}.new-{}-{}", std::process::id(), net::secret()?));
    let written = fs::File::create_new(&temporary).and_then(|file| {
        let mut out = BufWriter::with_capacity(1 << 20, file);
        write(&mut out)?;
        // A file that a power cut leaves unfinished is recognised when it is read.
        out.flush()
    });
    written.and_then(|()| fs::rename(&temporary, &path)).map_err(|source| {
        // The unfinished file is of no use; that it stays is no second failure.
        drop(fs::remove_file(&temporary));
        Error::Write { path, source }
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
struct Sealing<'a> {
    file: &'a mut BufWriter<fs::File>,
    seal: Fingerprinter,
}

impl Write for Sealing<'_> {
    fn write(&mut self, part: &[u8]) -> std::io::Result<usize> {
        self.file.write_all(part)?;
        self.seal.add(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}
