//! What became of pages from one edition to the next: which moved to another address, which were edited. Knows no browser.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::edition::Edition;
use crate::io::clock;
use crate::model::writing::{Kind, Writing};

/// A file that went away is taken for the one that comes under another name within this time: not every rename is seen as one.
const MEMORY: Duration = Duration::from_secs(3);

/// Compares editions, one after the other.
#[derive(Default)]
pub(super) struct Moves {
    gone: Vec<Gone>,
}

struct Gone {
    kind: Kind,
    title: String,
    text: Option<Arc<str>>,
    address: String,
    since: Instant,
}

impl Moves {
    /// Pages that moved, from their old address to the new one, and addresses of the pages whose files changed.
    pub(super) fn between(&mut self, before: &Edition, now: &Edition) -> (BTreeMap<String, String>, Vec<String>) {
        let (old, new) = (&before.site.writings, &now.site.writings);
        let (mut come, mut edited, mut moved) = (Vec::new(), Vec::new(), BTreeMap::new());
        self.gone.retain(|gone| clock::tick().duration_since(gone.since) < MEMORY);
        let (mut at, mut to) = (0, 0);
        while at < old.len() || to < new.len() {
            let order = match (old.get(at), new.get(to)) {
                (Some(old), Some(new)) if Arc::ptr_eq(old, new) => Ordering::Equal,
                (Some(old), Some(new)) => old.path.cmp(&new.path),
                (Some(_), None) => Ordering::Less,
                (None, _) => Ordering::Greater,
            };
            match order {
                Ordering::Less => self.gone.extend(Gone::of(&old[at], before)),
                Ordering::Greater => come.push(&new[to]),
                Ordering::Equal if Arc::ptr_eq(&old[at], &new[to]) => {}
                Ordering::Equal => {
                    let path = &new[to].path;
                    if let (Some(from), Some(to)) = (before.address(path), now.address(path)) {
                        edited.push(to.clone());
                        if from != to {
                            moved.insert(from, to);
                        }
                    }
                }
            }
            at += usize::from(order.is_le());
            to += usize::from(order.is_ge());
        }
        // A file that was saved and cannot be read was edited too, though its page is as it was.
        edited.extend(now.kept.difference(&before.kept).filter_map(|path| now.address(path)));
        for new in come {
            let Some(address) = now.address(&new.path) else { continue };
            edited.push(address.clone());
            let text = now.text(&new.path);
            let is_it = |gone: &Gone| {
                let says_the_same = || gone.text == text || resembles(gone.text.as_deref(), text.as_deref());
                gone.kind == new.kind && gone.address != address && (gone.title == new.meta.title || says_the_same())
            };
            if let Some(at) = self.gone.iter().position(is_it) {
                moved.insert(self.gone.swap_remove(at).address, address);
            }
        }
        (moved, edited)
    }
}

/// Whether most lines of a text stand in another one: a file that was renamed and edited in one go.
fn resembles(old: Option<&str>, new: Option<&str>) -> bool {
    let (Some(old), Some(new)) = (old, new) else { return false };
    let telling = |line: &&str| line.trim().len() > 20;
    let known: BTreeSet<&str> = old.lines().filter(telling).collect();
    let all = new.lines().filter(telling).count();
    all > 0 && new.lines().filter(telling).filter(|line| known.contains(line)).count() * 2 > all
}

impl Gone {
    fn of(writing: &Writing, before: &Edition) -> Option<Self> {
        let address = before.address(&writing.path)?;
        let text = before.text(&writing.path);
        Some(Self { kind: writing.kind, title: writing.meta.title.clone(), text, address, since: clock::tick() })
    }
}
