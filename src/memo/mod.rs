//! Remembers what plain functions made of their arguments, while the program runs and from one run to the next. Knows no file and
//! none of the functions.
//!
//! A function that is remembered is a `fn`, which cannot capture: it sees its arguments and nothing else, and its arguments are
//! the key. So a result that is remembered is the one that would be computed, and forgetting costs time and nothing else.

mod store;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::base::fingerprint::Fingerprint;
use crate::base::parts::Parts;
pub use store::Refusal;
use store::{ENTRY, Entry, FRAME, Name, Store};

/// Bytes that are remembered, in memory and on disk.
const BOUND: usize = 64 << 20;
/// Unused results are kept as long as they take no more room than this and the used ones.
const ROOM_FOR_UNUSED: usize = 4 << 20;
/// Results are spread over so many locks, so that threads seldom wait for each other.
const SHARDS: usize = 16;

/// The functions whose results are remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Leaf {
    /// Code to HTML: 1.4 ms for a block of 20 lines.
    Highlight,
    /// A formula to MathML: 2 to 10 µs, and a fifth of that to look it up.
    Math,
}

impl Leaf {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Highlight, Self::Math];

    /// Its name, which is part of every key.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Highlight => "highlight",
            Self::Math => "math",
        }
    }
}

/// A function that is remembered.
pub struct Kind<Arguments, T> {
    leaf: Leaf,
    function: fn(&Arguments) -> T,
}

impl<Arguments, T> Kind<Arguments, T> {
    /// The function of a leaf.
    #[must_use]
    pub const fn new(leaf: Leaf, function: fn(&Arguments) -> T) -> Self {
        Self { leaf, function }
    }
}

/// Arguments of a function that is remembered.
pub trait Arguments {
    /// Writes all that the function looks at.
    fn write(&self, key: &mut Key);
}

/// What tells one call from another.
pub struct Key(Parts);

impl Key {
    /// Adds a part.
    pub fn part(&mut self, part: &[u8]) {
        self.0.add(part);
    }

    fn of(leaf: Leaf, arguments: &impl Arguments) -> Name {
        let mut key = Self(Parts::with_capacity(1024));
        key.part(leaf.name().as_bytes());
        arguments.write(&mut key);
        key.0.finish().to_bytes()
    }
}

/// A result that can be remembered.
pub trait Value: Sized {
    /// Writes it.
    fn write(&self, bytes: &mut Vec<u8>);
    /// Reads what `write` wrote; `None` for anything else.
    fn read(bytes: &[u8]) -> Option<Self>;
}

impl Value for String {
    fn write(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.as_bytes());
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        std::str::from_utf8(bytes).ok().map(str::to_owned)
    }
}

/// A text, or why there is none and for which bytes.
impl Value for Result<String, (Range<usize>, String)> {
    fn write(&self, bytes: &mut Vec<u8>) {
        match self {
            Ok(text) => {
                bytes.push(1);
                text.write(bytes);
            }
            Err((range, why)) => {
                bytes.push(0);
                bytes.extend((range.start as u64).to_le_bytes());
                bytes.extend((range.end as u64).to_le_bytes());
                why.write(bytes);
            }
        }
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let number = |bytes: &[u8; 8]| usize::try_from(u64::from_le_bytes(*bytes)).ok();
        match bytes.split_first()? {
            (1, text) => String::read(text).map(Ok),
            (0, rest) => {
                let (start, rest) = rest.split_first_chunk()?;
                let (end, why) = rest.split_first_chunk()?;
                Some(Err((number(start)?..number(end)?, String::read(why)?)))
            }
            _ => None,
        }
    }
}

/// How often a function was asked for a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Results that were remembered.
    pub hits: usize,
    /// Results that were not, each counted once.
    pub computed: usize,
}

/// Remembers results.
pub struct Memo {
    /// What earlier runs computed.
    kept: Store,
    /// Which of those were asked for.
    used: Vec<AtomicBool>,
    /// What this run computed.
    shards: [Mutex<BTreeMap<Name, Box<[u8]>>>; SHARDS],
    /// Bytes that `shards` hold.
    size: AtomicUsize,
    bound: usize,
    /// Whether something was computed since it was last written.
    has_news: AtomicBool,
    /// By `Leaf`: hits and computed.
    counts: [(AtomicUsize, AtomicUsize); Leaf::ALL.len()],
}

impl Default for Memo {
    fn default() -> Self {
        Self::with(Store::default(), BOUND)
    }
}

impl std::fmt::Debug for Memo {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Memo").field("counts", &self.counts()).finish_non_exhaustive()
    }
}

impl Memo {
    /// The results that an earlier run of this executable wrote.
    ///
    /// # Errors
    /// The bytes are something else, or not as they were written.
    pub fn of(bytes: Vec<u8>, executable: Fingerprint) -> Result<Self, Refusal> {
        Store::read(bytes, executable).map(|kept| Self::with(kept, BOUND))
    }

    fn with(kept: Store, bound: usize) -> Self {
        Self {
            used: (0..kept.len()).map(|_| AtomicBool::new(false)).collect(),
            kept,
            shards: Default::default(),
            size: AtomicUsize::new(0),
            bound,
            has_news: AtomicBool::new(false),
            counts: Default::default(),
        }
    }

    /// What the function makes of these arguments. Two threads that ask for the same at one time may both compute it.
    pub fn get<A: Arguments, T: Value>(&self, kind: &Kind<A, T>, arguments: &A) -> T {
        let name = Key::of(kind.leaf, arguments);
        let (hits, computed) = &self.counts[kind.leaf as usize];
        if let Some(value) = self.recall(&name) {
            hits.fetch_add(1, Ordering::Relaxed);
            return value;
        }
        let value = (kind.function)(arguments);
        let is_new = self.remember(name, &value);
        (if is_new { computed } else { hits }).fetch_add(1, Ordering::Relaxed);
        value
    }

    /// For each function, how often it was asked.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Leaf, Count> {
        let count = |leaf: Leaf| {
            let (hits, computed) = &self.counts[leaf as usize];
            (leaf, Count { hits: hits.load(Ordering::Relaxed), computed: computed.load(Ordering::Relaxed) })
        };
        Leaf::ALL.into_iter().map(count).collect()
    }

    /// Whether something was computed since the results were last written.
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.has_news.load(Ordering::Relaxed)
    }

    /// Writes the results for later runs of this executable, with those of `beside`, which another run has written meanwhile.
    /// Where there is no room for all, those go first that were not used for the longest time.
    ///
    /// # Errors
    /// They cannot be written.
    pub fn write(&self, executable: Fingerprint, beside: Option<Vec<u8>>, out: &mut dyn Write) -> io::Result<()> {
        // What comes while this goes on is news again.
        self.has_news.store(false, Ordering::Relaxed);
        // Whatever else stands there is what this file takes the place of.
        let beside = beside.and_then(|bytes| Store::read(bytes, executable).ok()).unwrap_or_default();
        let shards: Vec<_> = self.shards.iter().map(lock).collect();
        let fresh = shards.iter().flat_map(|shard| shard.iter());
        let fresh = fresh.map(|(name, value)| Entry { name: *name, age: 0, value });
        let is_used = |at: &usize| self.used[*at].load(Ordering::Relaxed);
        let used = (0..self.kept.len()).filter(is_used).map(|at| Entry { age: 0, ..self.kept.entry(at) });
        let rest = (0..self.kept.len()).filter(|at| !is_used(at)).map(|at| self.kept.entry(at).older());
        let others = (0..beside.len()).map(|at| beside.entry(at).older());
        let entries = chosen(used, fresh, rest.chain(others), self.bound);
        store::write(executable, &entries, out)
    }

    fn recall<T: Value>(&self, name: &Name) -> Option<T> {
        if let Some(at) = self.kept.find(name)
            && let Some(value) = T::read(self.kept.entry(at).value)
        {
            self.used[at].store(true, Ordering::Relaxed);
            return Some(value);
        }
        let shard = lock(self.shard(name));
        shard.get(name).and_then(|value| T::read(value))
    }

    /// Whether it was not known before.
    fn remember(&self, name: Name, value: &impl Value) -> bool {
        let mut bytes = Vec::new();
        value.write(&mut bytes);
        let cost = bytes.len() + ENTRY;
        let mut shard = lock(self.shard(&name));
        if shard.contains_key(&name) {
            return false;
        }
        if self.size.load(Ordering::Relaxed) + cost > self.bound {
            // A preview that runs for days: what is still shown comes back at once.
            let gone: usize = shard.values().map(|value| value.len() + ENTRY).sum();
            shard.clear();
            if self.size.fetch_sub(gone, Ordering::Relaxed) - gone + cost > self.bound {
                return true;
            }
        }
        self.size.fetch_add(cost, Ordering::Relaxed);
        shard.insert(name, bytes.into_boxed_slice());
        self.has_news.store(true, Ordering::Relaxed);
        true
    }

    fn shard(&self, name: &Name) -> &Mutex<BTreeMap<Name, Box<[u8]>>> {
        &self.shards[usize::from(name[0]) % SHARDS]
    }
}

/// A shard is whole whenever nobody holds it, also where a thread ended early.
fn lock(shard: &Mutex<BTreeMap<Name, Box<[u8]>>>) -> MutexGuard<'_, BTreeMap<Name, Box<[u8]>>> {
    shard.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is written, sorted by name: the used results as far as there is room, then unused ones, the latest first.
fn chosen<'a>(
    used: impl Iterator<Item = Entry<'a>>,
    fresh: impl Iterator<Item = Entry<'a>>,
    unused: impl Iterator<Item = Entry<'a>>,
    bound: usize,
) -> Vec<Entry<'a>> {
    let mut chosen: BTreeMap<Name, Entry<'a>> = BTreeMap::new();
    let mut size = FRAME;
    let mut take = |entry: Entry<'a>, bound: usize| {
        let cost = entry.value.len() + ENTRY;
        if size + cost <= bound && !chosen.contains_key(&entry.name) {
            size += cost;
            chosen.insert(entry.name, entry);
        }
        size
    };
    let taken = used.chain(fresh).fold(FRAME, |_, entry| take(entry, bound));
    let mut unused: Vec<Entry<'_>> = unused.collect();
    unused.sort_by_key(|entry| (entry.age, entry.name));
    let bound = bound.min(taken.saturating_mul(2).saturating_add(ROOM_FOR_UNUSED));
    for entry in unused {
        take(entry, bound);
    }
    chosen.into_values().collect()
}
