//! What an import found, counted over every record of the source. Knows threads, no files.

use std::collections::{BTreeMap, BTreeSet};

use super::foreign::{ForeignThread, Kind, State};

/// Counts over all threads of an import.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    /// Every record, whatever its state.
    pub records: u64,
    /// Records that are public.
    pub live: u64,
    /// Records removed at the source.
    pub deleted: u64,
    /// Records that the source calls spam.
    pub spam: u64,
    /// Threads with at least one record, or of which the source says so.
    pub threads: u64,
    /// The deepest answer; a reply to the essay, or to a record that is not there, has depth 1.
    pub depth: u64,
    /// What the sources say the totals are, where they say it.
    pub claimed: Option<u64>,
    /// Records that answer a record that is not there.
    pub missing_parents: u64,
    /// Records that wait for approval.
    pub waiting: u64,
    /// Records in the trash of the source.
    pub trash: u64,
    /// Records written for less than the public.
    pub private: u64,
    /// Records that the source hides, calls dead or minimises.
    pub hidden: u64,
    /// Threads that the source names, with or without records.
    pub threads_listed: u64,
    /// Records by what they are, in the order of `KINDS`.
    pub kinds: [u64; 7],
    authors: BTreeSet<String>,
}

/// What records are, with the words for them in a report.
pub const KINDS: [(Kind, &str); 7] = [
    (Kind::Reply, "replies"),
    (Kind::Mention, "mentions"),
    (Kind::Like, "likes"),
    (Kind::Repost, "reposts"),
    (Kind::Bookmark, "bookmarks"),
    (Kind::Rsvp, "rsvps"),
    (Kind::Ping, "pings"),
];

impl Counts {
    /// How many different names there are.
    #[must_use]
    pub fn authors(&self) -> u64 {
        self.authors.len() as u64
    }

    /// Counts a thread.
    pub fn add(&mut self, thread: &ForeignThread) {
        if let Some(claimed) = thread.claimed {
            self.claimed = Some(self.claimed.unwrap_or(0).saturating_add(claimed));
        }
        self.threads_listed += 1;
        // A page that shows none of the replies it speaks of is a thread all the same.
        self.threads += u64::from(thread.is_told());
        let places: BTreeMap<&str, usize> =
            thread.replies.iter().enumerate().filter_map(|(at, reply)| Some((reply.id.as_deref()?, at))).collect();
        let mut parents: Vec<Option<usize>> = Vec::with_capacity(thread.replies.len());
        for (at, reply) in thread.replies.iter().enumerate() {
            self.records += 1;
            let counter = match reply.state {
                State::Live => &mut self.live,
                State::Deleted => &mut self.deleted,
                State::Spam => &mut self.spam,
                State::Waiting => &mut self.waiting,
                State::Trash => &mut self.trash,
                State::Private => &mut self.private,
                State::Hidden => &mut self.hidden,
            };
            *counter += 1;
            for ((kind, _), count) in KINDS.iter().zip(&mut self.kinds) {
                *count += u64::from(*kind == reply.kind);
            }
            if let Some(name) = reply.author.name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
                self.authors.insert(name.to_owned());
            }
            let parent = reply.parent.as_deref().map(|parent| places.get(parent).copied());
            self.missing_parents += u64::from(parent == Some(None));
            parents.push(parent.flatten().filter(|parent| *parent != at));
        }
        self.depth = self.depth.max(deepest(&parents));
    }
}

/// The depth of the deepest record; circles end where they close.
fn deepest(parents: &[Option<usize>]) -> u64 {
    let mut depths = vec![0_u64; parents.len()];
    let mut deepest = 0;
    for start in 0..parents.len() {
        let mut way = Vec::new();
        let mut on_way = BTreeSet::new();
        let mut at = start;
        while depths[at] == 0 && on_way.insert(at) {
            way.push(at);
            match parents[at] {
                Some(parent) => at = parent,
                None => break,
            }
        }
        for here in way.into_iter().rev() {
            depths[here] = 1 + parents[here].map_or(0, |parent| depths[parent]);
            deepest = deepest.max(depths[here]);
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::super::foreign::ForeignReply;
    use super::*;

    #[test]
    fn records_are_counted_by_state_and_depth() {
        let reply = |id: &str, parent: Option<&str>, state| ForeignReply {
            id: Some(id.to_owned()),
            parent: parent.map(str::to_owned),
            state,
            author: super::super::foreign::Author { name: Some(" Ada ".to_owned()), ..Default::default() },
            ..ForeignReply::default()
        };
        let thread = ForeignThread {
            claimed: Some(9),
            replies: vec![
                reply("3", Some("2"), State::Live),
                reply("2", Some("1"), State::Deleted),
                reply("1", None, State::Live),
                reply("4", Some("77"), State::Spam),
                reply("5", Some("6"), State::Live),
                reply("6", Some("5"), State::Live),
            ],
            ..ForeignThread::default()
        };
        let mut counts = Counts::default();
        counts.add(&thread);
        counts.add(&ForeignThread::default());
        assert_eq!(
            (counts.records, counts.live, counts.deleted, counts.spam, counts.threads, counts.depth),
            (6, 4, 1, 1, 1, 3)
        );
        assert_eq!((counts.authors(), counts.claimed, counts.missing_parents), (1, Some(9), 1));
    }
}
