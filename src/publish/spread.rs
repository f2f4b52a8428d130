//! Work on many things by several threads; no more is begun once something has failed. Knows nothing of the work.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::target::Failure;

/// Does the work on each of these, in their order, on so many at one time.
///
/// # Errors
/// What failed first in that order. What was begun by then is ended, and nothing more is begun.
pub(super) fn spread<T: Sync>(
    all: &[T],
    threads: usize,
    work: &(dyn Fn(&T) -> Result<(), Failure> + Sync),
) -> Result<(), Failure> {
    let next = AtomicUsize::new(0);
    let failed: Mutex<Option<(usize, Failure)>> = Mutex::new(None);
    let run = || {
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = all.get(at) else { return };
            let Err(failure) = work(one) else { continue };
            next.store(all.len(), Ordering::Relaxed);
            if let Ok(mut failed) = failed.lock()
                && failed.as_ref().is_none_or(|(former, _)| at < *former)
            {
                *failed = Some((at, failure));
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..threads.min(all.len()) {
            // A system that allows no more threads has the work done by those that there are.
            if thread::Builder::new().spawn_scoped(scope, run).is_err() {
                break;
            }
        }
        run();
    });
    failed.into_inner().ok().flatten().map_or(Ok(()), |(_, failure)| Err(failure))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_done_once() {
        let all: Vec<usize> = (0..1000).collect();
        let done = Mutex::new(Vec::new());
        let work = |one: &usize| {
            done.lock().map_err(|_| Failure::new("poisoned"))?.push(*one);
            Ok(())
        };
        assert_eq!(spread(&all, 8, &work), Ok(()));
        let mut done = done.into_inner().unwrap();
        done.sort_unstable();
        assert_eq!(done, all);
    }

    #[test]
    fn nothing_more_is_begun_after_a_failure() {
        let all: Vec<usize> = (0..100_000).collect();
        let begun = AtomicUsize::new(0);
        let work = |one: &usize| {
            begun.fetch_add(1, Ordering::Relaxed);
            if *one == 3 { Err(Failure::new("the third")) } else { Ok(()) }
        };
        assert_eq!(spread(&all, 1, &work), Err(Failure::new("the third")));
        assert_eq!(begun.load(Ordering::Relaxed), 4);
        assert_eq!(spread(&all, 4, &work), Err(Failure::new("the third")));
        assert_eq!(spread(&[] as &[usize], 4, &work), Ok(()));
    }
}
