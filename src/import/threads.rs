//! Things that are gathered by what names them, in the order in which they were met. Knows no source.

use std::collections::BTreeMap;

use super::foreign::{ForeignThread, Harvest, Key};

/// Threads, or what will become threads, by name.
#[derive(Debug)]
pub struct ByName<T = ForeignThread> {
    list: Vec<T>,
    places: BTreeMap<String, usize>,
}

impl<T> Default for ByName<T> {
    fn default() -> Self {
        Self { list: Vec::new(), places: BTreeMap::new() }
    }
}

impl<T> ByName<T> {
    /// The one with this name, made where it is new.
    pub fn of(&mut self, name: &str, new: impl FnOnce() -> T) -> &mut T {
        let at = match self.places.get(name) {
            Some(at) => *at,
            None => {
                self.places.insert(name.to_owned(), self.list.len());
                self.list.push(new());
                self.list.len() - 1
            }
        };
        &mut self.list[at]
    }

    /// All of them.
    #[must_use]
    pub fn into_list(self) -> Vec<T> {
        self.list
    }
}

impl ByName {
    /// The thread with this name, made with this key where it is new.
    pub fn thread(&mut self, name: &str, key: impl FnOnce() -> Key) -> &mut ForeignThread {
        self.of(name, || key().into())
    }

    /// Hands all of them over.
    pub fn give(self, harvest: &mut dyn Harvest) {
        self.list.into_iter().for_each(|thread| harvest.thread(thread));
    }
}
