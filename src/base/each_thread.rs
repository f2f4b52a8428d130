//! One of a thing for each thread. Knows no work.

/// One of a thing for each thread: threads that count the uses of the same one wait for each other.
#[derive(Debug)]
pub(crate) struct EachThread<T>(Vec<T>);

impl<T> EachThread<T> {
    /// One for each thread that works, and one for all others.
    pub(crate) fn new(make: impl Fn() -> T) -> Self {
        Self((0..=rayon::current_num_threads()).map(|_| make()).collect())
    }

    /// That of this thread.
    pub(crate) fn own(&self) -> &T {
        let at = rayon::current_thread_index().map_or(0, |at| at + 1);
        // A thread of another pool shares one.
        self.0.get(at).unwrap_or(&self.0[0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thread_meets_its_own_again_and_that_of_no_other() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        let each = pool.install(|| EachThread::new(|| 0_u8));
        let place = || std::ptr::from_ref(each.own()) as usize;
        let mut places = pool.broadcast(|_| place());
        assert_eq!(pool.broadcast(|_| place()), places);
        places.push(place());
        places.sort_unstable();
        places.dedup();
        assert_eq!(places.len(), 4);
        // A larger pool than the one it was made for.
        let larger = rayon::ThreadPoolBuilder::new().num_threads(9).build().unwrap();
        larger.broadcast(|_| assert_eq!(*each.own(), 0));
    }
}
