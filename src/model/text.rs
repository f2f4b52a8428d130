//! The text of a writing: held while there is room for it, and read again from its source where there is none. A book of any size
//! is made in the same memory then, as far as its texts go.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::prose::Prose;
use super::source::Source;
use super::writing::Writing;
use crate::base::path::SitePath;

/// Reads the text of a writing from its source.
pub trait Reads: Send + Sync {
    /// The text; the same whenever it is asked for.
    fn prose(&self, writing: &Writing, text: &Text) -> Prose;
}

/// How many bytes of texts may be held at the same time.
pub struct Room {
    left: AtomicUsize,
}

impl Room {
    /// Room for so many bytes.
    #[must_use]
    pub fn new(bytes: usize) -> Arc<Self> {
        Arc::new(Self { left: AtomicUsize::new(bytes) })
    }

    fn take(&self, bytes: usize) -> bool {
        let fits = |left: usize| left.checked_sub(bytes);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fits).is_ok()
    }
}

struct Held {
    prose: Arc<Prose>,
    size: usize,
    room: Arc<Room>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.room.left.fetch_add(self.size, Ordering::Relaxed);
    }
}

/// The text of one writing.
pub struct Text {
    /// The whole file.
    pub source: Source,
    /// Where the Markdown begins, behind the front matter.
    pub body_start: usize,
    /// Whether the front matter has a title; a text that begins with the same one does not show it twice.
    pub has_title: bool,
    reader: Arc<dyn Reads>,
    room: Arc<Room>,
    held: Mutex<Slot>,
}

/// A text that is held, or one that somebody still reads.
#[derive(Default)]
struct Slot {
    held: Option<Held>,
    read: Weak<Prose>,
}

impl Text {
    /// A text that nobody has asked for yet.
    #[must_use]
    pub fn new(
        source: &Source,
        (body_start, has_title): (usize, bool),
        reader: &Arc<dyn Reads>,
        room: &Arc<Room>,
    ) -> Self {
        Self {
            source: source.clone(),
            body_start,
            has_title,
            reader: Arc::clone(reader),
            room: Arc::clone(room),
            held: Mutex::default(),
        }
    }

    /// Holds what was read of it just now, if there is room.
    pub(crate) fn hold(&self, prose: &Arc<Prose>) {
        let size = prose.size();
        let mut slot = self.slot();
        if slot.held.is_none() && self.room.take(size) {
            slot.held = Some(Held { prose: Arc::clone(prose), size, room: Arc::clone(&self.room) });
        } else {
            slot.read = Arc::downgrade(prose);
        }
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The text of this writing, whose text this is.
    pub(super) fn prose(&self, writing: &Writing) -> Arc<Prose> {
        let slot = self.slot();
        if let Some(prose) = slot.held.as_ref().map(|held| Arc::clone(&held.prose)).or_else(|| slot.read.upgrade()) {
            return prose;
        }
        drop(slot);
        let prose = Arc::new(self.reader.prose(writing, self));
        self.hold(&prose);
        prose
    }
}

impl Clone for Text {
    fn clone(&self) -> Self {
        Self::new(&self.source, (self.body_start, self.has_title), &self.reader, &self.room)
    }
}

/// Reads nothing out of anything.
struct Silence;

impl Reads for Silence {
    fn prose(&self, _: &Writing, _: &Text) -> Prose {
        Prose::default()
    }
}

impl Default for Text {
    /// The text of a writing that says nothing.
    fn default() -> Self {
        let reader: Arc<dyn Reads> = Arc::new(Silence);
        Self::new(&Source::new(SitePath::new("nothing").expect("clean"), ""), (0, false), &reader, &Room::new(0))
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Text").field("source", &self.source.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::Room;

    #[test]
    fn there_is_room_until_there_is_none() {
        let room = Room::new(10);
        assert!(room.take(6) && !room.take(5) && room.take(4) && !room.take(1));
        assert_eq!(Arc::strong_count(&room), 1);
    }
}
