//! What was noted of a tree when it was last written: its files, their stamps, what they hold and what they were made from. Kept in
//! a file of its own; a text that is not whole is none.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::ops::Range;
use std::sync::OnceLock;

use super::stamp::Stamp;
use crate::base::fingerprint::Fingerprint;
use crate::model::portions::Portions;
use crate::model::recipe::Recipe;

/// Another version of the program may note other things; what it cannot read it does without.
const FIRST_LINE: &[u8] = b"throughline tree 3\n";
const FINGERPRINT: usize = 16;

/// A file of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct File<'a> {
    pub(super) name: &'a str,
    pub(super) stamp: Stamp,
    pub(super) fingerprint: Fingerprint,
    /// What it was made from, where that was told.
    pub(super) key: Option<Recipe>,
    /// Texts that stand in it, where those were told.
    pub(super) texts: Option<Texts<'a>>,
}

/// `Portions` of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Texts<'a> {
    pub(super) made_of: Fingerprint,
    pub(super) places: &'a [(u32, u32)],
}

impl<'a> Texts<'a> {
    pub(super) fn of(portions: &'a Portions) -> Self {
        Self { made_of: portions.made_of, places: &portions.places }
    }

    pub(super) fn to_portions(self) -> Portions {
        Portions { made_of: self.made_of, places: self.places.to_vec() }
    }
}

/// A folder of a tree; the tree itself has no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Folder<'a> {
    pub(super) name: &'a str,
    pub(super) stamp: Stamp,
}

/// Where a name stands among all names: one text for all of them instead of one each.
#[derive(Debug)]
struct Name {
    at: usize,
    len: usize,
}

/// What texts were made of, and where their places stand among all.
type TextsAt = (Fingerprint, Range<usize>);

/// `File` without its name and the places of its texts.
#[derive(Debug)]
struct Entry {
    name: Name,
    stamp: Stamp,
    fingerprint: Fingerprint,
    key: Option<Recipe>,
    texts: Option<TextsAt>,
}

/// What was noted of a tree; of a tree that nobody noted, nothing.
#[derive(Debug, Default)]
pub(super) struct Noted {
    /// What the whole tree was made of.
    pub(super) made_of: Option<Fingerprint>,
    /// The book of which it was made, where that was told.
    pub(super) book: Option<Fingerprint>,
    /// When it was looked at, by the clock of its file system.
    pub(super) look: i64,
    names: String,
    /// The places of all texts.
    places: Vec<(u32, u32)>,
    files: Vec<Entry>,
    folders: Vec<(Name, Stamp)>,
    /// Where the file with a name of this hash stands, or one of several such files: made when a file is looked up first.
    by_hash: OnceLock<HashMap<u64, usize>>,
}

impl Noted {
    /// Every file, sorted by name.
    pub(super) fn files(&self) -> impl ExactSizeIterator<Item = File<'_>> {
        (0..self.files.len()).map(|at| self.file(at))
    }

    /// The file at a place among all files.
    pub(super) fn file(&self, at: usize) -> File<'_> {
        let Entry { name, stamp, fingerprint, key, texts } = &self.files[at];
        let texts = texts.as_ref();
        let texts = texts.map(|(made_of, at)| Texts { made_of: *made_of, places: &self.places[at.clone()] });
        File { name: self.name(name), stamp: *stamp, fingerprint: *fingerprint, key: *key, texts }
    }

    /// Every folder, sorted by name, so that each comes before those in it.
    pub(super) fn folders(&self) -> impl ExactSizeIterator<Item = Folder<'_>> {
        self.folders.iter().map(|(name, stamp)| Folder { name: self.name(name), stamp: *stamp })
    }

    /// The file of this name.
    pub(super) fn find(&self, name: &str) -> Option<File<'_>> {
        let hash = |name: &str| BuildHasherDefault::<DefaultHasher>::default().hash_one(name);
        let all = || self.files.iter().zip(0..).map(|(file, at)| (hash(self.name(&file.name)), at)).collect();
        let at = *self.by_hash.get_or_init(all).get(&hash(name))?;
        if self.name(&self.files[at].name) == name {
            return Some(self.file(at));
        }
        // Another name has this hash, too.
        self.files.binary_search_by(|found| self.name(&found.name).cmp(name)).ok().map(|at| self.file(at))
    }

    fn name(&self, name: &Name) -> &str {
        &self.names[name.at..name.at + name.len]
    }

    /// Reads what was noted; `None` where it is not whole, or of another version.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (body, sum) = bytes.split_at_checked(bytes.len().checked_sub(FINGERPRINT)?)?;
        if Fingerprint::of(body).to_bytes() != *sum {
            return None;
        }
        let mut rest = Rest(body.strip_prefix(FIRST_LINE)?);
        let (made_of, book) = (Some(rest.fingerprint()?), rest.if_any(Rest::fingerprint)?);
        let mut noted = Self { made_of, book, look: i64::from_le_bytes(rest.array()?), ..Self::default() };
        let (files, folders) = (rest.number()?, rest.number()?);
        for _ in 0..files {
            let name = rest.name(&mut noted.names)?;
            let (stamp, fingerprint) = (rest.stamp()?, rest.fingerprint()?);
            let key = rest.if_any(Rest::recipe)?;
            let texts = rest.if_any(|rest| rest.texts(&mut noted.places))?;
            noted.files.push(Entry { name, stamp, fingerprint, key, texts });
        }
        for _ in 0..folders {
            let name = rest.name(&mut noted.names)?;
            noted.folders.push((name, rest.stamp()?));
        }
        // What is looked up by halves must be in order.
        let is_sorted = noted.files.is_sorted_by(|a, b| noted.name(&a.name) < noted.name(&b.name))
            && noted.folders.is_sorted_by(|a, b| noted.name(&a.0) < noted.name(&b.0));
        (rest.0.is_empty() && is_sorted).then_some(noted)
    }
}

/// A tree as it is noted. Files and folders are sorted by name.
pub(super) fn to_bytes(
    made_of: Fingerprint,
    book: Option<Fingerprint>,
    look: i64,
    files: &[File<'_>],
    folders: &[Folder<'_>],
) -> Vec<u8> {
    // Names, stamps and fingerprints: what a large site takes is known beforehand, nearly.
    let mut bytes = Vec::with_capacity(180 * files.len() + 120 * folders.len() + 256);
    bytes.extend_from_slice(FIRST_LINE);
    bytes.extend(made_of.to_bytes());
    bytes.push(u8::from(book.is_some()));
    bytes.extend(book.into_iter().flat_map(Fingerprint::to_bytes));
    bytes.extend(look.to_le_bytes());
    bytes.extend((files.len() as u64).to_le_bytes());
    bytes.extend((folders.len() as u64).to_le_bytes());
    for file in files {
        name_and_stamp(file.name, &file.stamp, &mut bytes);
        bytes.extend_from_slice(file.fingerprint.as_bytes());
        bytes.push(u8::from(file.key.is_some()));
        if let Some(key) = file.key {
            bytes.extend_from_slice(key.shown.as_bytes());
            bytes.extend_from_slice(key.whole.as_bytes());
        }
        bytes.push(u8::from(file.texts.is_some()));
        if let Some(texts) = file.texts {
            bytes.extend_from_slice(texts.made_of.as_bytes());
            bytes.extend((texts.places.len() as u64).to_le_bytes());
            bytes.extend(texts.places.iter().flat_map(|(from, to)| [from.to_le_bytes(), to.to_le_bytes()]).flatten());
        }
    }
    for folder in folders {
        name_and_stamp(folder.name, &folder.stamp, &mut bytes);
    }
    let sum = Fingerprint::of(&bytes);
    bytes.extend(sum.to_bytes());
    bytes
}

fn name_and_stamp(name: &str, stamp: &Stamp, bytes: &mut Vec<u8>) {
    bytes.extend((name.len() as u64).to_le_bytes());
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend(stamp.size.to_le_bytes());
    bytes.extend(stamp.written.to_le_bytes());
    bytes.extend(stamp.inode.to_le_bytes());
    bytes.extend(stamp.mode.to_le_bytes());
}

/// Bytes that are yet to be read.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn number(&mut self) -> Option<usize> {
        usize::try_from(u64::from_le_bytes(self.array()?)).ok()
    }

    fn fingerprint(&mut self) -> Option<Fingerprint> {
        self.array().map(Fingerprint::from_bytes)
    }

    fn recipe(&mut self) -> Option<Recipe> {
        Some(Recipe { shown: self.fingerprint()?, whole: self.fingerprint()? })
    }

    /// What is there or not, as a byte before it tells.
    fn if_any<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        if self.array::<1>()? == [0] { Some(None) } else { read(self).map(Some) }
    }

    fn texts(&mut self, places: &mut Vec<(u32, u32)>) -> Option<TextsAt> {
        let (made_of, count, start) = (self.fingerprint()?, self.number()?, places.len());
        for _ in 0..count {
            places.push((u32::from_le_bytes(self.array()?), u32::from_le_bytes(self.array()?)));
        }
        Some((made_of, start..places.len()))
    }

    fn name(&mut self, names: &mut String) -> Option<Name> {
        let len = self.number()?;
        let name = std::str::from_utf8(self.take(len)?).ok()?;
        // Whoever can write it must not lead us elsewhere.
        let is_below = name.is_empty() || name.split('/').all(stays);
        let at = names.len();
        names.push_str(name);
        is_below.then_some(Name { at, len })
    }

    fn stamp(&mut self) -> Option<Stamp> {
        Some(Stamp {
            size: u64::from_le_bytes(self.array()?),
            written: i64::from_le_bytes(self.array()?),
            inode: u64::from_le_bytes(self.array()?),
            mode: u32::from_le_bytes(self.array()?),
        })
    }
}

/// Whether a part of a path leads no further than into its folder.
fn stays(part: &str) -> bool {
    !matches!(part, "" | "." | "..") && !part.contains('\0') && (cfg!(unix) || !part.contains(['\\', ':']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stamp(size: u64) -> Stamp {
        Stamp { size, written: -7, inode: 1 << 60, mode: 0o100_644 }
    }

    fn bytes_of(names: &[&str]) -> Vec<u8> {
        let of = |name: &str| Fingerprint::of(name.as_bytes());
        let files: Vec<File<'_>> = names
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let texts =
                    (at != 1).then(|| Texts { made_of: of("text"), places: &[(1, 2), (u32::MAX, 0)][at.min(2) / 2..] });
                File { name, stamp: stamp(9), fingerprint: of(name), key: (at == 0).then(|| recipe("key")), texts }
            })
            .collect();
        let folders = [Folder { name: "", stamp: stamp(1) }, Folder { name: "a", stamp: stamp(2) }];
        to_bytes(of("made"), Some(of("book")), 42, &files, &folders)
    }

    fn recipe(word: &str) -> Recipe {
        let of = |what: &str| Fingerprint::of(format!("{word} {what}").as_bytes());
        Recipe { shown: of("shown"), whole: of("whole") }
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let noted = Noted::read(&bytes_of(&["a/ü b.html", "a:b.html", "index.html"])).unwrap();
        let of = |word: &[u8]| Some(Fingerprint::of(word));
        assert_eq!((noted.made_of, noted.book, noted.look), (of(b"made"), of(b"book"), 42));
        assert_eq!(noted.files().map(|file| file.name).collect::<Vec<_>>(), ["a/ü b.html", "a:b.html", "index.html"]);
        assert_eq!(noted.folders().map(|folder| folder.name).collect::<Vec<_>>(), ["", "a"]);
        let found = noted.find("a/ü b.html").unwrap();
        assert_eq!((found.stamp, found.key), (stamp(9), Some(recipe("key"))));
        assert_eq!(noted.find("index.html").unwrap().key, None);
        let places = |name: &str| noted.find(name).unwrap().texts.map(|texts| texts.places.to_vec());
        assert_eq!(places("a/ü b.html"), Some(vec![(1, 2), (u32::MAX, 0)]));
        assert_eq!((places("a:b.html"), places("index.html")), (None, Some(vec![(u32::MAX, 0)])));
        assert!(noted.find("a").is_none());
    }

    #[test]
    fn what_is_not_whole_or_leads_elsewhere_is_none() {
        let whole = bytes_of(&["a", "b"]);
        for len in 0..whole.len() {
            assert!(Noted::read(&whole[..len]).is_none(), "{len}");
        }
        for at in 0..whole.len() {
            let mut other = whole.clone();
            other[at] ^= 1;
            assert!(Noted::read(&other).is_none(), "{at}");
        }
        for names in [["../a", "b"], ["/a", "b"], ["a/./b", "b"], ["b", "a"], ["a", "a"], ["a\0", "b"]] {
            assert!(Noted::read(&bytes_of(&names)).is_none(), "{names:?}");
        }
    }
}
