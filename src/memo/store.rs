//! Remembered results as the bytes of one file, looked up where they lie. Knows nothing of what they mean.
//!
//! All numbers are little-endian. A head of 64 bytes: magic (16), version (4), fingerprint of the executable (16), number of
//! entries (4), length of the whole (8), zeros (16). Then the entries, ascending by name, 32 bytes each: name (16), age (4), length (4), place
//! of the value (8). Then the values, one after the other without gaps, and the fingerprint of all that stands before it (16).

use std::io::{self, Write};

use crate::base::fingerprint::{Fingerprint, Fingerprinter};

const MAGIC: &[u8; 16] = b"throughline memo";
const VERSION: u32 = 1;
const HEAD: usize = 64;
const SEAL: usize = 16;
/// Bytes besides the entries and their values.
pub(super) const FRAME: usize = HEAD + SEAL;
/// Bytes of an entry besides its value.
pub(super) const ENTRY: usize = 32;

/// The fingerprint of a key.
pub(super) type Name = [u8; 16];

/// Why bytes are not taken for remembered results.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// They were written by something else.
    Foreign,
    /// They were written by another version of the program.
    OtherVersion,
    /// They are not as they were written.
    Damaged,
}

impl Refusal {
    /// What is wrong with the file.
    #[must_use]
    pub fn to_words(self) -> &'static str {
        match self {
            Self::Foreign => "was not written by Throughline",
            Self::OtherVersion => "was written by another copy of Throughline",
            Self::Damaged => "is damaged",
        }
    }
}

/// A result with its name.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub(super) name: Name,
    /// How often results were written since this one was last used.
    pub(super) age: u32,
    pub(super) value: &'a [u8],
}

impl Entry<'_> {
    pub(super) fn older(self) -> Self {
        Self { age: self.age.saturating_add(1), ..self }
    }
}

/// The bytes of a file, all of them checked.
#[derive(Default)]
pub(super) struct Store {
    bytes: Vec<u8>,
    count: usize,
}

impl Store {
    pub(super) fn read(bytes: Vec<u8>, executable: Fingerprint) -> Result<Self, Refusal> {
        let known = bytes.len().min(MAGIC.len());
        if bytes[..known] != MAGIC[..known] {
            return Err(Refusal::Foreign);
        }
        if bytes.len() < FRAME {
            return Err(Refusal::Damaged);
        }
        if number(&bytes, 16) != VERSION || bytes[20..36] != *executable.as_bytes() {
            return Err(Refusal::OtherVersion);
        }
        let (content, seal) = bytes.split_at(bytes.len() - SEAL);
        if wide(&bytes, 40) != bytes.len() as u64 || Fingerprint::of(content).as_bytes() != seal {
            return Err(Refusal::Damaged);
        }
        let count = number(&bytes, 36) as usize;
        let store = Self { bytes, count };
        if store.is_sound() { Ok(store) } else { Err(Refusal::Damaged) }
    }

    /// Whether names ascend and the values fill what lies between the entries and the seal.
    fn is_sound(&self) -> bool {
        let end = self.bytes.len() - SEAL;
        let Some(mut place) = self.count.checked_mul(ENTRY).and_then(|size| size.checked_add(HEAD)) else {
            return false;
        };
        if place > end {
            return false;
        }
        for at in 0..self.count {
            let entry = HEAD + at * ENTRY;
            let is_next = at == 0 || self.bytes[entry - ENTRY..entry - ENTRY + 16] < self.bytes[entry..entry + 16];
            let length = number(&self.bytes, entry + 20) as usize;
            if !is_next || wide(&self.bytes, entry + 24) != place as u64 || length > end - place {
                return false;
            }
            place += length;
        }
        place == end
    }

    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn find(&self, name: &Name) -> Option<usize> {
        let (mut low, mut high) = (0, self.count);
        while low < high {
            let middle = low + (high - low) / 2;
            match self.name(middle).cmp(name.as_slice()) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    pub(super) fn entry(&self, at: usize) -> Entry<'_> {
        let entry = HEAD + at * ENTRY;
        let mut name = Name::default();
        name.copy_from_slice(self.name(at));
        let length = number(&self.bytes, entry + 20) as usize;
        // Checked when it was read: every value lies within the bytes.
        let place = wide(&self.bytes, entry + 24) as usize;
        Entry { name, age: number(&self.bytes, entry + 16), value: &self.bytes[place..place + length] }
    }

    fn name(&self, at: usize) -> &[u8] {
        &self.bytes[HEAD + at * ENTRY..][..16]
    }
}

/// Writes entries that ascend by name.
pub(super) fn write(executable: Fingerprint, entries: &[Entry<'_>], out: &mut dyn Write) -> io::Result<()> {
    let too_many = |_| io::Error::other("there are too many results");
    let mut head = Vec::with_capacity(HEAD + entries.len() * ENTRY);
    let values: usize = entries.iter().map(|entry| entry.value.len()).sum();
    head.extend(MAGIC);
    head.extend(VERSION.to_le_bytes());
    head.extend(executable.as_bytes());
    head.extend(u32::try_from(entries.len()).map_err(too_many)?.to_le_bytes());
    head.extend(((FRAME + entries.len() * ENTRY + values) as u64).to_le_bytes());
    head.resize(HEAD, 0);
    let mut place = HEAD + entries.len() * ENTRY;
    for entry in entries {
        head.extend(entry.name);
        head.extend(entry.age.to_le_bytes());
        head.extend(u32::try_from(entry.value.len()).map_err(too_many)?.to_le_bytes());
        head.extend((place as u64).to_le_bytes());
        place += entry.value.len();
    }
    let mut seal = Fingerprinter::default();
    for part in std::iter::once(head.as_slice()).chain(entries.iter().map(|entry| entry.value)) {
        seal.add(part);
        out.write_all(part)?;
    }
    out.write_all(seal.finish().as_bytes())
}

/// The number of four bytes at this place.
fn number(bytes: &[u8], at: usize) -> u32 {
    let mut four = [0; 4];
    four.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(four)
}

/// The number of eight bytes at this place.
fn wide(bytes: &[u8], at: usize) -> u64 {
    let mut eight = [0; 8];
    eight.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(eight)
}
