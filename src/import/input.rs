//! What an import reads: one file, or the entries of an archive or folder. Knows bytes, not what they mean.

use std::io::{self, BufRead, BufReader, Cursor, Read, Seek};
use std::sync::Arc;

use super::foreign::Unreadable;

/// The most bytes that are read into memory at once; larger parts are for readers that stream.
pub const LARGEST_TEXT: u64 = 256 << 20;

/// How many bytes of a part are looked at to recognise its source.
pub const SAMPLE: usize = 64 << 10;

/// A file that can be read from any place.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

type Opener = Arc<dyn Fn() -> io::Result<Box<dyn ReadSeek>> + Send + Sync>;

/// One file of an input.
#[derive(Clone)]
pub struct Part {
    /// Its path inside the archive or folder, `/` between its parts; the file's name for a single file.
    pub name: String,
    /// Its length in bytes.
    pub size: u64,
    open: Opener,
}

impl Part {
    /// A part that is opened when it is read.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        size: u64,
        open: impl Fn() -> io::Result<Box<dyn ReadSeek>> + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), size, open: Arc::new(open) }
    }

    /// A part in memory.
    #[must_use]
    pub fn from_bytes(name: impl Into<String>, bytes: impl Into<Arc<[u8]>>) -> Self {
        let bytes: Arc<[u8]> = bytes.into();
        let size = bytes.len() as u64;
        Self::new(name, size, move || Ok(Box::new(Cursor::new(Arc::clone(&bytes)))))
    }

    /// Opens it at its start.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(&self) -> Result<Box<dyn ReadSeek>, Unreadable> {
        (self.open)().map_err(|error| self.failed(&error))
    }

    /// Opens it for reading line by line or event by event.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn buffered(&self) -> Result<impl BufRead + use<>, Unreadable> {
        Ok(BufReader::with_capacity(1 << 20, self.open()?))
    }

    /// All its bytes.
    ///
    /// # Errors
    /// It cannot be read, or is larger than `LARGEST_TEXT`.
    pub fn bytes(&self) -> Result<Vec<u8>, Unreadable> {
        if self.size > LARGEST_TEXT {
            let message = format!("`{}` is larger than {} MiB; split it", self.name, LARGEST_TEXT >> 20);
            return Err(Unreadable::new(message));
        }
        let mut bytes = Vec::new();
        let read = self.open()?.take(LARGEST_TEXT + 1).read_to_end(&mut bytes);
        read.map_err(|error| self.failed(&error))?;
        Ok(bytes)
    }

    /// All of it as text: UTF-8, or UTF-16 with a byte order mark; no byte order mark in the result.
    ///
    /// # Errors
    /// It cannot be read, is too large, or is no text.
    pub fn text(&self) -> Result<String, Unreadable> {
        decode(&self.bytes()?)
            .ok_or_else(|| Unreadable::new(format!("`{}` is no UTF-8 text; save it again as UTF-8", self.name)))
    }

    /// Its first `SAMPLE` bytes as text, broken characters replaced; empty where it cannot be read.
    #[must_use]
    pub fn sample(&self) -> String {
        let mut bytes = Vec::new();
        let read = self.open().map(|file| file.take(SAMPLE as u64).read_to_end(&mut bytes));
        if !matches!(read, Ok(Ok(_))) {
            return String::new();
        }
        decode(&bytes).unwrap_or_else(|| String::from_utf8_lossy(&bytes).into_owned())
    }

    fn failed(&self, error: &io::Error) -> Unreadable {
        Unreadable::new(format!("`{}` cannot be read: {error}", self.name))
    }
}

impl std::fmt::Debug for Part {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Part").field("name", &self.name).field("size", &self.size).finish_non_exhaustive()
    }
}

fn decode(bytes: &[u8]) -> Option<String> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16(&units).ok()
    };
    match bytes {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        _ => utf8(bytes),
    }
}

/// A text up to its end, or to the letter in whose middle it ends: a file that is cut short is still a text.
fn utf8(bytes: &[u8]) -> Option<String> {
    let whole = match std::str::from_utf8(bytes) {
        Err(error) if error.error_len().is_none() => bytes.get(..error.valid_up_to())?,
        _ => bytes,
    };
    String::from_utf8(whole.to_vec()).ok()
}

/// Everything one import reads.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its files, sorted by name; one for a single file.
    pub parts: Vec<Part>,
    /// Whether it is an archive or folder.
    pub is_folder: bool,
    /// The language of a copied page, where somebody says it: a tag such as `de`.
    pub language: Option<String>,
}

impl Input {
    /// A single file.
    #[must_use]
    pub fn file(part: Part) -> Self {
        Self { parts: vec![part], is_folder: false, language: None }
    }

    /// An archive or a folder.
    #[must_use]
    pub fn folder(mut parts: Vec<Part>) -> Self {
        parts.sort_by(|a, b| a.name.cmp(&b.name));
        Self { parts, is_folder: true, language: None }
    }

    /// The only file; `None` for archives and folders.
    #[must_use]
    pub fn single(&self) -> Option<&Part> {
        self.parts.first().filter(|_| !self.is_folder)
    }

    /// The only file, where nothing else can be read.
    ///
    /// # Errors
    /// It is an archive or folder; `what` is a word for what is wanted.
    pub fn only(&self, what: &str) -> Result<&Part, Unreadable> {
        self.single().ok_or_else(|| Unreadable::new(format!("a single {what} is wanted")))
    }
}

#[cfg(test)]
impl Input {
    /// A single file with this text.
    pub(crate) fn of(text: &str) -> Self {
        Self::file(Part::from_bytes("x", text.as_bytes()))
    }
}
