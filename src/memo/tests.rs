//! A memo over functions of its own: what is kept, for how long, and what is made of bytes that are none.

use super::*;

struct Word<'a>(&'a str);

impl Arguments for Word<'_> {
    fn write(&self, key: &mut Key) {
        key.part(self.0.as_bytes());
    }
}

impl Word<'_> {
    const DOUBLED: Kind<Self, String> = Kind::new(Leaf::Highlight, |word| word.0.repeat(2));
    const READ: Kind<Self, Result<String, (Range<usize>, String)>> =
        Kind::new(
            Leaf::Math,
            |word| if word.0.is_empty() { Err((3..9, "empty".to_owned())) } else { Ok(word.0.to_owned()) },
        );
}

struct Pair<'a>(&'a str, &'a str);

impl Arguments for Pair<'_> {
    fn write(&self, key: &mut Key) {
        key.part(self.0.as_bytes());
        key.part(self.1.as_bytes());
    }
}

fn program() -> Fingerprint {
    Fingerprint::of(b"this program")
}

fn written(memo: &Memo, beside: Option<Vec<u8>>) -> Vec<u8> {
    let mut bytes = Vec::new();
    memo.write(program(), beside, &mut bytes).unwrap();
    bytes
}

fn again(bytes: &[u8], bound: usize) -> Memo {
    Memo::with(Store::read(bytes.to_vec(), program()).ok().unwrap(), bound)
}

fn count(memo: &Memo, leaf: Leaf) -> (usize, usize) {
    let count = memo.counts()[&leaf];
    (count.hits, count.computed)
}

/// Bytes with a seal that fits them.
fn sealed(mut content: Vec<u8>) -> Vec<u8> {
    let seal = Fingerprint::of(&content);
    content.extend(seal.as_bytes());
    content
}

#[test]
fn what_was_computed_is_not_computed_again_in_this_run_or_the_next() {
    let memo = Memo::default();
    let words = ["", "one", "two"];
    let ask = |memo: &Memo| {
        for word in words {
            assert_eq!(memo.get(&Word::DOUBLED, &Word(word)), word.repeat(2));
            let read = if word.is_empty() { Err((3..9, "empty".to_owned())) } else { Ok(word.to_owned()) };
            assert_eq!(memo.get(&Word::READ, &Word(word)), read);
        }
    };
    ask(&memo);
    assert_eq!([count(&memo, Leaf::Highlight), count(&memo, Leaf::Math)], [(0, 3), (0, 3)]);
    ask(&memo);
    assert_eq!([count(&memo, Leaf::Highlight), count(&memo, Leaf::Math)], [(3, 3), (3, 3)]);
    assert!(memo.has_news());
    let bytes = written(&memo, None);
    assert!(!memo.has_news());
    let next = again(&bytes, BOUND);
    ask(&next);
    assert_eq!([count(&next, Leaf::Highlight), count(&next, Leaf::Math)], [(3, 0), (3, 0)]);
    assert!(!next.has_news());
    assert_eq!(written(&next, None), bytes, "what is the same is written the same");
}

#[test]
fn no_two_calls_have_one_key() {
    let keys = [
        Key::of(Leaf::Highlight, &Pair("ab", "c")),
        Key::of(Leaf::Highlight, &Pair("a", "bc")),
        Key::of(Leaf::Highlight, &Pair("abc", "")),
        Key::of(Leaf::Highlight, &Pair("", "abc")),
        Key::of(Leaf::Highlight, &Word("abc")),
        Key::of(Leaf::Math, &Word("abc")),
    ];
    assert_eq!(keys.iter().collect::<std::collections::BTreeSet<_>>().len(), keys.len());
}

#[test]
fn any_number_of_threads_may_ask() {
    let memo = Memo::default();
    let words: Vec<String> = (0..500).map(|number| number.to_string()).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                words.iter().for_each(|word| assert_eq!(memo.get(&Word::DOUBLED, &Word(word)), word.repeat(2)))
            });
        }
    });
    assert_eq!(count(&memo, Leaf::Highlight), (1500, 500), "each is counted as computed once");
}

#[test]
fn another_run_that_wrote_meanwhile_loses_nothing() {
    let (mine, other) = (Memo::default(), Memo::default());
    mine.get(&Word::DOUBLED, &Word("mine"));
    other.get(&Word::DOUBLED, &Word("other"));
    let both = again(&written(&mine, Some(written(&other, None))), BOUND);
    both.get(&Word::DOUBLED, &Word("mine"));
    both.get(&Word::DOUBLED, &Word("other"));
    assert_eq!(count(&both, Leaf::Highlight), (2, 0));
    assert_eq!(written(&mine, Some(b"nonsense".to_vec())), written(&mine, None));
}

#[test]
fn it_stays_within_its_bound_and_what_was_unused_longest_goes_first() {
    let words: Vec<String> = (0..10).map(|number| number.to_string().repeat(100)).collect();
    let cost = 200 + ENTRY;
    let bound = FRAME + 10 * cost;
    let fill = |memo: &Memo, range: Range<usize>| {
        words[range].iter().for_each(|word| assert_eq!(memo.get(&Word::DOUBLED, &Word(word)), word.repeat(2)));
    };
    let first = Memo::with(Store::default(), bound);
    fill(&first, 0..8);
    let second = again(&written(&first, None), bound);
    fill(&second, 4..9);
    let bytes = written(&second, None);
    // Four are unused for one run; now five more are wanted, of which only two are known.
    let third = again(&bytes, FRAME + 6 * cost);
    fill(&third, 5..10);
    let bytes = written(&third, None);
    assert!(bytes.len() <= FRAME + 6 * cost && bytes.len() > FRAME + 5 * cost, "{}", bytes.len());
    let last = again(&bytes, bound);
    fill(&last, 4..10);
    assert_eq!(count(&last, Leaf::Highlight), (6, 0), "the one that was used the last time but one has stayed");
    fill(&last, 0..4);
    assert_eq!(count(&last, Leaf::Highlight), (6, 4));
}

#[test]
fn a_run_that_computes_more_than_there_is_room_for_forgets_some() {
    let memo = Memo::with(Store::default(), 5_000);
    for number in 0..1_000 {
        let word = format!("{number:0100}");
        assert_eq!(memo.get(&Word::DOUBLED, &Word(&word)), word.repeat(2));
        assert!(memo.size.load(Ordering::Relaxed) <= 5_000);
    }
    let large = "x".repeat(9_000);
    assert_eq!(memo.get(&Word::DOUBLED, &Word(&large)).len(), 18_000);
    let held: usize =
        memo.shards.iter().map(|shard| lock(shard).values().map(|value| value.len() + ENTRY).sum::<usize>()).sum();
    assert_eq!(held, memo.size.load(Ordering::Relaxed));
    assert!(written(&memo, None).len() <= 5_000);
}

#[test]
fn every_cut_and_every_flipped_byte_is_found() {
    let memo = Memo::default();
    ["one", "two", "three"].iter().for_each(|word| drop(memo.get(&Word::DOUBLED, &Word(word))));
    let bytes = written(&memo, None);
    for end in 0..bytes.len() {
        assert!(Memo::of(bytes[..end].to_vec(), program()).is_err(), "{end}");
        let mut flipped = bytes.clone();
        flipped[end] ^= 0x40;
        assert!(Memo::of(flipped, program()).is_err(), "{end}");
    }
    let more = [bytes.as_slice(), b"x"].concat();
    assert_eq!(Memo::of(more, program()).err(), Some(Refusal::Damaged));
    assert_eq!(Memo::of(b"# A text of somebody else".to_vec(), program()).err(), Some(Refusal::Foreign));
    assert_eq!(Memo::of(bytes.clone(), Fingerprint::of(b"another")).err(), Some(Refusal::OtherVersion));
    let mut later = bytes[..bytes.len() - 16].to_vec();
    later[16] = 2;
    assert_eq!(Memo::of(sealed(later), program()).err(), Some(Refusal::OtherVersion));
}

#[test]
fn bytes_of_chance_with_a_good_head_and_seal_are_read_or_refused() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let memo = Memo::default();
    ["one", "two", "three", "four"].iter().for_each(|word| drop(memo.get(&Word::DOUBLED, &Word(word))));
    let good = written(&memo, None);
    let (mut read, mut refused) = (0, 0);
    for round in 0..20_000 {
        let mut content = good[..good.len() - 16].to_vec();
        if round % 4 == 0 {
            content.truncate(40);
            content.extend((0..next() % 300).map(|_| next() as u8));
        }
        for _ in 0..next() % 4 {
            let at = (next() % content.len() as u64) as usize;
            content[at] = if round % 2 == 0 { next() as u8 } else { content[at].wrapping_add(1) };
        }
        if round % 3 == 0 && content.len() >= 48 {
            let length = (content.len() + 16) as u64;
            content[40..48].copy_from_slice(&length.to_le_bytes());
        }
        match Memo::of(sealed(content), program()) {
            Ok(memo) => {
                read += 1;
                memo.get(&Word::DOUBLED, &Word("two"));
                drop(memo.get(&Word::READ, &Word("two")));
                written(&memo, None);
            }
            Err(_) => refused += 1,
        }
    }
    assert!(read > 100 && refused > 1_000, "{read} {refused}");
}
