//! A reader and what takes its threads, each at its own pace: while threads are merged, the next ones are read.

use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use super::foreign::{ForeignThread, Harvest, Unreadable};

/// How many threads may wait between the two; a large export is never held as a whole.
const WAITING: usize = 4;

/// What a reader finds, on its way.
enum Find {
    Thread(Box<ForeignThread>),
    Left(String, String),
    Passed(&'static str),
}

struct Sender(SyncSender<Find>);

impl Sender {
    fn send(&self, find: Find) {
        // Nobody takes any more only where the other side has panicked, and that ends the reader too.
        drop(self.0.send(find));
    }
}

impl Harvest for Sender {
    fn thread(&mut self, thread: ForeignThread) {
        self.send(Find::Thread(Box::new(thread)));
    }

    fn left(&mut self, place: String, reason: String) {
        self.send(Find::Left(place, reason));
    }

    fn passed(&mut self, reason: &'static str) {
        self.send(Find::Passed(reason));
    }
}

/// Runs a reader beside the one that takes what it finds, in the order in which it is found.
///
/// # Errors
/// What the reader says.
pub fn relay(
    read: impl FnOnce(&mut dyn Harvest) -> Result<(), Unreadable> + Send,
    taker: &mut dyn Harvest,
) -> Result<(), Unreadable> {
    let (sender, finds) = sync_channel(WAITING);
    thread::scope(|scope| {
        let reader = scope.spawn(move || read(&mut Sender(sender)));
        for find in finds {
            match find {
                Find::Thread(thread) => taker.thread(*thread),
                Find::Left(place, reason) => taker.left(place, reason),
                Find::Passed(reason) => taker.passed(reason),
            }
        }
        reader.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, Key};
    use super::*;

    #[test]
    fn finds_arrive_in_their_order_and_so_does_the_error() {
        let read = |harvest: &mut dyn Harvest| {
            for at in 0..100 {
                harvest.thread(Key { id: Some(at.to_string()), ..Key::default() }.into());
                harvest.left(at.to_string(), "odd".to_owned());
            }
            harvest.passed("an essay");
            Err(Unreadable::new("cut"))
        };
        let mut basket = Basket::default();
        assert_eq!(relay(read, &mut basket), Err(Unreadable::new("cut")));
        let mut direct = Basket::default();
        assert_eq!(read(&mut direct), Err(Unreadable::new("cut")));
        assert_eq!(basket, direct);
    }
}
