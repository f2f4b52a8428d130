//! What one build leaves for the next, each in a file of the book's cache that is used whole or not at all. Knows nothing of what
//! it holds.

use std::fs;
use std::io::{self, BufReader, BufWriter, Read as _, Write};
use std::path::Path;

use super::error::Error;
use super::keep::{FOLDER, own_folder};
use super::{executable, leaves, net};
use crate::base::fingerprint::Fingerprinter;

const MAGIC: &[u8; 16] = b"throughline kept";
const HEAD: usize = 32;
const SEAL: usize = 16;
/// No file of ours is larger.
const LARGEST: u64 = 2 << 30;
/// How many bytes of one are in memory while it is looked through.
const AT_ONCE: usize = 256 << 10;

/// What is found under a name.
#[derive(Debug)]
pub enum Read<T> {
    /// What an earlier run of this executable kept there, as it wrote it.
    Kept(T),
    /// Nothing.
    Nothing,
    /// Something else, which is not used: it is damaged, or was written by another program.
    Refused,
}

impl<T> Read<T> {
    fn map<U>(self, function: impl FnOnce(T) -> U) -> Read<U> {
        match self {
            Self::Kept(kept) => Read::Kept(function(kept)),
            Self::Nothing => Read::Nothing,
            Self::Refused => Read::Refused,
        }
    }
}

/// What an earlier run of this executable kept under this name. Nobody is the worse for making it anew.
#[must_use]
pub fn read(book: &Path, name: &str) -> Read<Vec<u8>> {
    let whole = |content: &mut dyn io::BufRead, length: u64| {
        let mut bytes = Vec::with_capacity(usize::try_from(length).ok()?);
        content.read_to_end(&mut bytes).ok().map(|_| bytes)
    };
    look(book, name, &mut |content, length| whole(content, length)).map(|(bytes, _)| bytes)
}

/// The same for a content that is looked through once and held by nobody: what `see` makes of it and of its length, and the file, of
/// which parts can be read later on.
pub fn look<T>(
    book: &Path,
    name: &str,
    see: &mut dyn FnMut(&mut dyn io::BufRead, u64) -> Option<T>,
) -> Read<(T, Content)> {
    let path = book.join(FOLDER).join(leaves::CACHE).join(name);
    let Ok(found) = fs::metadata(&path) else { return Read::Nothing };
    look_at(&path, &found, see).map_or(Read::Refused, Read::Kept)
}

fn look_at<T>(
    path: &Path,
    found: &fs::Metadata,
    see: &mut dyn FnMut(&mut dyn io::BufRead, u64) -> Option<T>,
) -> Option<(T, Content)> {
    let executable = executable::fingerprint()?;
    // A pipe would never end.
    let mut file = found.is_file().then(|| fs::File::open(path).ok()).flatten()?;
    // Another build may have replaced it in between.
    let found = file.metadata().ok()?;
    let mut head = [0; HEAD];
    file.read_exact(&mut head).ok()?;
    let is_ours = head[..16] == *MAGIC && head[16..] == *executable.as_bytes();
    let length = found.len().checked_sub((HEAD + SEAL) as u64).filter(|_| is_ours && found.len() <= LARGEST)?;
    let mut seal = Fingerprinter::default();
    seal.add(&head);
    let mut content = Unsealing { file: file.take(length), seal };
    let mut buffered = BufReader::with_capacity(AT_ONCE, &mut content);
    let seen = see(&mut buffered, length)?;
    let is_whole = buffered.buffer().is_empty() && content.file.limit() == 0;
    let Unsealing { file, seal } = content;
    let (mut file, mut end) = (file.into_inner(), [0; SEAL]);
    file.read_exact(&mut end).ok()?;
    (is_whole && seal.finish().as_bytes() == &end).then_some((seen, Content(file)))
}

/// A file that was looked through, and in which nobody writes: it is replaced by another one.
#[derive(Debug)]
pub struct Content(fs::File);

impl Content {
    /// So many bytes of the content from this place on; `None` where they cannot be read.
    #[must_use]
    pub fn part(&self, from: u64, length: usize) -> Option<Vec<u8>> {
        let mut part = vec![0; length];
        read_exact_at(&self.0, &mut part, from + HEAD as u64).ok().map(|()| part)
    }
}

#[cfg(unix)]
fn read_exact_at(file: &fs::File, part: &mut [u8], from: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, part, from)
}

#[cfg(windows)]
fn read_exact_at(file: &fs::File, mut part: &mut [u8], mut from: u64) -> io::Result<()> {
    while !part.is_empty() {
        let read = std::os::windows::fs::FileExt::seek_read(file, part, from)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        part = &mut part[read..];
        from += read as u64;
    }
    Ok(())
}

/// Takes the fingerprint of what is read.
struct Unsealing {
    file: io::Take<fs::File>,
    seal: Fingerprinter,
}

impl io::Read for Unsealing {
    fn read(&mut self, part: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(part)?;
        self.seal.add(&part[..read]);
        Ok(read)
    }
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
    content: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>,
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
    write: &mut dyn FnMut(&mut BufWriter<fs::File>) -> io::Result<()>,
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
    fn write(&mut self, part: &[u8]) -> io::Result<usize> {
        self.file.write_all(part)?;
        self.seal.add(part);
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
