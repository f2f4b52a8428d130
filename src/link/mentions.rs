//! Where concepts stand in the prose: one pass over the open text of each writing.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use rayon::prelude::*;

use super::whole_words::WholeWords;
use super::{ConceptId, Conversation, Site, index};
use crate::base::fingerprint::Fingerprint;
use crate::base::sentences;
use crate::base::shares::AT_A_TIME;
use crate::base::span::to_u32;
use crate::model::book::{Book, ConceptLinks};
use crate::model::prose::{Outline, Range};
use crate::model::writing::Writing;

/// A place where a concept's name, alias, plural or possessive stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Mention {
    /// The concept.
    pub concept: ConceptId,
    /// The words, as bytes of `Outline::text`.
    pub text: Range,
    /// Index in `Outline::blocks`.
    pub block: u32,
    /// Whether it becomes a link.
    pub is_linked: bool,
}

impl Mention {
    /// The sentence around the words, as bytes of `Outline::text`.
    #[must_use]
    pub fn sentence(&self, outline: &Outline) -> Range {
        sentences::of_block(&outline.text, outline.blocks[self.block as usize].text, self.text)
    }
}

/// The mentions of one writing.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Mentions {
    /// In the order of the text.
    pub list: Vec<Mention>,
    /// Each concept with the number of its mentions, sorted.
    pub counts: Vec<(ConceptId, u32)>,
    /// Backslashes that keep a word from being linked and are not shown, as bytes of `Outline::text`.
    pub escapes: Vec<u32>,
}

/// Remembers where concepts stand in what was looked at before.
#[derive(Default)]
pub(super) struct Memo {
    finder: Option<Finder>,
    /// Sorted by path.
    read: Vec<Read>,
    /// Conversations as they were arranged and with the mentions in them, by the place of the first in memory, which it keeps.
    said: BTreeMap<usize, (Arc<Conversation>, Arc<Conversation>)>,
}

struct Read {
    writing: Arc<Writing>,
    own: Option<ConceptId>,
    found: Arc<Mentions>,
    /// Whether that came with the writing.
    is_as_before: bool,
}

struct Finder {
    words: WholeWords<ConceptId>,
    looked_for: LookedFor,
    /// The fingerprint of what is looked for.
    print: Fingerprint,
}

/// What was found in a writing, as bytes for the next build: what was looked for, which concept it defines, and the mentions.
type Kept = ([u8; 16], Option<ConceptId>, Mentions);

/// Everything besides the text that decides what is found in it.
#[derive(PartialEq, Eq)]
struct LookedFor {
    patterns: Vec<String>,
    /// For each pattern, its concept.
    owners: Vec<ConceptId>,
    /// For each concept, its own policy, if it has one.
    policies: Vec<Option<ConceptLinks>>,
    /// The policy of the book.
    policy: ConceptLinks,
}

impl Memo {
    /// Whether what was found in a writing came with it.
    pub(super) fn is_as_before(&self, writing: &Arc<Writing>) -> bool {
        self.news_of(writing).is_none()
    }

    /// What was found in a writing, as bytes that may come with it the next time.
    pub(super) fn found<'a>(&'a self, writing: &'a Arc<Writing>) -> Cow<'a, [u8]> {
        let Some((finder, read)) = self.news_of(writing) else { return Cow::Borrowed(&*writing.found_before) };
        let kept = (finder.print.as_bytes(), read.own, &*read.found);
        // Six numbers for each mention, few of which take more than two bytes.
        let room = Vec::with_capacity(64 + 12 * read.found.list.len() + 4 * read.found.counts.len());
        Cow::Owned(postcard::to_extend(&kept, room).expect("numbers can always be written"))
    }

    /// What was found that did not come with the writing. Where nothing was looked for, or the writing is not shown, that of the
    /// last time may serve the next.
    fn news_of(&self, writing: &Arc<Writing>) -> Option<(&Finder, &Read)> {
        let at = self.read.binary_search_by(|read| read.writing.path.cmp(&writing.path)).ok()?;
        let read = self.read.get(at).filter(|read| Arc::ptr_eq(&read.writing, writing) && !read.is_as_before)?;
        Some((self.finder.as_ref()?, read))
    }
}

/// Fills `Site::mentions`.
pub(super) fn find(site: &mut Site, book: &Book, memo: &mut Memo) {
    let looked_for = LookedFor::of(site, book);
    if memo.finder.as_ref().is_none_or(|finder| finder.looked_for != looked_for) {
        *memo = Memo { finder: Finder::new(looked_for), ..Memo::default() };
    }
    let Some(finder) = &memo.finder else {
        site.mentions = vec![Arc::default(); site.writings.len()];
        return;
    };
    let listen = |arranged: &mut Arc<Conversation>| {
        let place = Arc::as_ptr(arranged).addr();
        let known = memo.said.get(&place).map(|(_, heard)| Arc::clone(heard));
        let heard = known.unwrap_or_else(|| Arc::new(finder.listen(arranged)));
        (place, (std::mem::replace(arranged, Arc::clone(&heard)), heard))
    };
    let said: Vec<_> = site.conversations.par_iter_mut().map(|(_, arranged)| listen(arranged)).collect();
    memo.said = said.into_iter().collect();
    let mut own: Vec<Option<ConceptId>> = vec![None; site.writings.len()];
    for (at, concept) in site.concepts.iter().enumerate() {
        if let Some(writing) = concept.writing {
            own[writing.0 as usize] = Some(ConceptId(index(at)));
        }
    }
    let read = |(at, (writing, own)): (usize, (&Arc<Writing>, &Option<ConceptId>))| {
        let is_known = |known: &&Read| Arc::ptr_eq(&known.writing, writing) && known.own == *own;
        let elsewhere = || {
            let at = memo.read.binary_search_by(|known| known.writing.path.cmp(&writing.path)).ok();
            at.map(|at| &memo.read[at]).filter(is_known)
        };
        let known = memo.read.get(at).filter(is_known).or_else(elsewhere);
        let before = || finder.found_before(writing, *own).map(Arc::new);
        let (found, is_as_before) = match known {
            Some(known) => (Arc::clone(&known.found), known.is_as_before),
            None => match before() {
                Some(found) => (found, true),
                None => (Arc::new(finder.read(writing, *own)), false),
            },
        };
        Read { writing: Arc::clone(writing), own: *own, found, is_as_before }
    };
    memo.read = site.writings.par_iter().with_max_len(AT_A_TIME).zip(&own).enumerate().map(read).collect();
    site.mentions = memo.read.iter().map(|read| Arc::clone(&read.found)).collect();
}

impl LookedFor {
    fn of(site: &Site, book: &Book) -> Self {
        let (patterns, owners) = patterns(site);
        let policies = site.concepts.iter().map(|concept| concept.links).collect();
        Self { patterns, owners, policies, policy: book.concept_links }
    }
}

impl Finder {
    fn new(looked_for: LookedFor) -> Option<Self> {
        let words = WholeWords::new(&looked_for.patterns, looked_for.owners.clone()).ok();
        let words = words.filter(|_| !looked_for.patterns.is_empty())?;
        let LookedFor { patterns, owners, policies, policy } = &looked_for;
        let print = Fingerprint::of(format!("{patterns:?} {owners:?} {policies:?} {policy:?}").as_bytes());
        Some(Self { words, looked_for, print })
    }

    /// What was found in the same text when the same was looked for.
    fn found_before(&self, writing: &Writing, own: Option<ConceptId>) -> Option<Mentions> {
        let (print, owner, found): Kept = postcard::from_bytes(&writing.found_before).ok()?;
        (print == *self.print.as_bytes() && owner == own).then_some(found)
    }

    fn read(&self, writing: &Writing, own: Option<ConceptId>) -> Mentions {
        let prose = writing.prose();
        let outline = &prose.outline;
        let mut found = Mentions::default();
        for run in &outline.runs {
            let text = &outline.text[run.text.0 as usize..run.text.1 as usize];
            for (start, end, concept) in self.words.longest(text) {
                let base = run.text.0 as usize;
                if text[..start].ends_with('\\') {
                    found.escapes.push(to_u32(base + start - 1));
                    continue;
                }
                if Some(concept) == own || !run.is_open {
                    continue;
                }
                let place = (to_u32(base + start), to_u32(base + end));
                found.list.push(Mention { concept, text: place, block: run.block, is_linked: false });
            }
        }
        let policy = writing.meta.concept_links.unwrap_or(self.looked_for.policy);
        self.choose_links(&mut found.list, outline, policy);
        let mut concepts: Vec<ConceptId> = found.list.iter().map(|mention| mention.concept).collect();
        concepts.sort_unstable();
        found.list.shrink_to_fit();
        found.counts = concepts.chunk_by(|a, b| a == b).map(|same| (same[0], index(same.len()))).collect();
        found
    }

    /// The conversation with the concepts in its replies.
    fn listen(&self, conversation: &Conversation) -> Conversation {
        let mut heard = conversation.clone();
        for placed in &mut heard.replies {
            placed.mentions = placed.reply.as_ref().map(|reply| self.in_text(&reply.text)).unwrap_or_default();
        }
        heard
    }

    /// Concepts in a plain text, with the words and the sentence around them.
    fn in_text(&self, text: &str) -> Vec<(ConceptId, Range, Range)> {
        let all = sentences::all(text);
        let place = |(start, end, concept): (usize, usize, ConceptId)| {
            let at = all.partition_point(|(_, to)| *to < end).min(all.len().saturating_sub(1));
            let (from, to) = all.get(at).copied().unwrap_or((start, end));
            (concept, (to_u32(start), to_u32(end)), (to_u32(from.min(start)), to_u32(to.max(end))))
        };
        self.words.longest(text).into_iter().map(place).collect()
    }

    fn choose_links(&self, list: &mut [Mention], outline: &Outline, policy: ConceptLinks) {
        if policy == ConceptLinks::None {
            return;
        }
        let mut seen = HashSet::with_capacity(list.len());
        for mention in list {
            let section = outline.blocks[mention.block as usize].section;
            let is_first = seen.insert((section, mention.concept));
            mention.is_linked = match self.looked_for.policies[mention.concept.0 as usize].unwrap_or(policy) {
                ConceptLinks::First => is_first,
                ConceptLinks::Every => true,
                ConceptLinks::None => false,
            };
        }
    }
}

/// What is looked for in a text, and the concept that each of it names.
pub(crate) fn patterns(site: &Site) -> (Vec<String>, Vec<ConceptId>) {
    let (mut patterns, mut owners) = (Vec::new(), Vec::new());
    let mut taken = BTreeSet::new();
    // What a concept is called goes before what is only the plural of another one's name.
    for make in [spellings as fn(&str) -> Vec<String>, plurals] {
        for (at, concept) in site.concepts.iter().enumerate() {
            for form in concept.names().flat_map(make) {
                if taken.insert(form.clone()) {
                    patterns.push(form);
                    owners.push(ConceptId(index(at)));
                }
            }
        }
    }
    (patterns, owners)
}

/// A name in lower case; where it is not all ASCII, with a capital and in capitals too.
pub(crate) fn names(name: &str) -> Vec<String> {
    let lower = name.to_lowercase();
    if lower.is_ascii() {
        return vec![lower];
    }
    let mut letters = lower.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    vec![capital, lower.to_uppercase(), lower]
}

/// The same as it stands in texts: who writes a name with a hyphen writes it with a blank elsewhere, and the other way round.
fn spellings(name: &str) -> Vec<String> {
    let joined = |from: char, to: char| -> String {
        let letters: Vec<char> = name.chars().collect();
        let is_word = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(|c| c.is_alphanumeric());
        let one = |(at, c): (usize, &char)| {
            if *c == from && is_word(at.checked_sub(1)) && is_word(Some(at + 1)) { to } else { *c }
        };
        letters.iter().enumerate().map(one).collect()
    };
    let mut all = names(name);
    for other in [joined('-', ' '), joined(' ', '-')] {
        if other != name {
            all.extend(names(&other));
        }
    }
    all
}

/// The plurals of these forms.
fn plurals(name: &str) -> Vec<String> {
    spellings(name).iter().map(|form| plural(form)).collect()
}

/// The English plural of a term: that of its last word.
pub(crate) fn plural(term: &str) -> String {
    let ends_with = |ends: &[&str]| ends.iter().any(|end| term.ends_with(end));
    match term.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if ends_with(&["s", "x", "z", "ch", "sh"]) => format!("{term}es"),
        _ => format!("{term}s"),
    }
}
