//! How work on many texts or pages is shared by threads.

/// So many of them are taken by one thread at a time. Left to themselves, threads take thousands, and at the end one of them is
/// still at its last while the others have nothing left: that was an eighth of the time of a build on two cores.
pub(crate) const AT_A_TIME: usize = 16;
