//! Where concepts stand in the prose: one Aho-Corasick pass over the open text of each writing.

use std::collections::BTreeSet;

use aho_corasick::{AhoCorasick, MatchKind};
use rayon::prelude::*;

use super::{ConceptId, Site, index, sentences};
use crate::base::span::to_u32;
use crate::model::book::{Book, ConceptLinks};
use crate::model::prose::{Outline, Range};
use crate::model::writing::Writing;

/// A place where a concept's name, alias, plural or possessive stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The concept.
    pub concept: ConceptId,
    /// The words, as bytes of `Outline::text`.
    pub text: Range,
    /// The sentence around them.
    pub sentence: Range,
    /// Index in `Outline::blocks`.
    pub block: u32,
    /// Whether it becomes a link.
    pub is_linked: bool,
}

/// The mentions of one writing.
#[derive(Clone, Debug, Default)]
pub struct Mentions {
    /// In the order of the text.
    pub list: Vec<Mention>,
    /// Backslashes that keep a word from being linked and are not shown, as bytes of `Outline::text`.
    pub escapes: Vec<u32>,
}

struct Finder {
    words: AhoCorasick,
    /// For each pattern, its concept.
    owners: Vec<ConceptId>,
    /// For each concept, its own policy, if it has one.
    policies: Vec<Option<ConceptLinks>>,
}

/// Fills `Site::mentions`.
pub(super) fn find(site: &mut Site, book: &Book) {
    let Some(finder) = Finder::new(site) else {
        site.mentions = vec![Mentions::default(); site.writings.len()];
        return;
    };
    let own: Vec<Option<ConceptId>> = {
        let mut own = vec![None; site.writings.len()];
        for (at, concept) in site.concepts.iter().enumerate() {
            if let Some(writing) = concept.writing {
                own[writing.0 as usize] = Some(ConceptId(index(at)));
            }
        }
        own
    };
    site.conversations.par_iter_mut().flat_map(|(_, conversation)| conversation.replies.par_iter_mut()).for_each(
        |placed| placed.mentions = placed.reply.as_ref().map(|reply| finder.in_text(&reply.text)).unwrap_or_default(),
    );
    site.mentions = site.writings.par_iter().zip(&own).map(|(writing, own)| finder.read(writing, *own, book)).collect();
}

impl Finder {
    fn new(site: &Site) -> Option<Self> {
        let (mut patterns, mut owners) = (Vec::new(), Vec::new());
        let mut taken = BTreeSet::new();
        // What a concept is called goes before what is only the plural of another one's name.
        for make in [names as fn(&str) -> Vec<String>, plurals] {
            for (at, concept) in site.concepts.iter().enumerate() {
                for form in concept.names().flat_map(make) {
                    if taken.insert(form.clone()) {
                        patterns.push(form);
                        owners.push(ConceptId(index(at)));
                    }
                }
            }
        }
        let words = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(&patterns)
            .ok()
            .filter(|_| !patterns.is_empty())?;
        let policies = site.concepts.iter().map(|concept| concept.links).collect();
        Some(Self { words, owners, policies })
    }

    fn read(&self, writing: &Writing, own: Option<ConceptId>, book: &Book) -> Mentions {
        let outline = &writing.prose.outline;
        let mut found = Mentions::default();
        for run in &outline.runs {
            let text = &outline.text[run.text.0 as usize..run.text.1 as usize];
            for (start, end, concept) in self.longest(text) {
                let base = run.text.0 as usize;
                if text[..start].ends_with('\\') {
                    found.escapes.push(to_u32(base + start - 1));
                    continue;
                }
                if Some(concept) == own || !run.is_open {
                    continue;
                }
                let place = (to_u32(base + start), to_u32(base + end));
                let block = outline.blocks[run.block as usize].text;
                let sentence = sentences::of_block(&outline.text, block, place);
                found.list.push(Mention { concept, text: place, sentence, block: run.block, is_linked: false });
            }
        }
        let policy = writing.meta.concept_links.unwrap_or(book.concept_links);
        self.choose_links(&mut found.list, outline, policy);
        found
    }

    /// Concepts in a plain text, with the words and the sentence around them.
    fn in_text(&self, text: &str) -> Vec<(ConceptId, Range, Range)> {
        let all = sentences::all(text);
        let place = |(start, end, concept): (usize, usize, ConceptId)| {
            let at = all.partition_point(|(_, to)| *to < end).min(all.len().saturating_sub(1));
            let (from, to) = all.get(at).copied().unwrap_or((start, end));
            (concept, (to_u32(start), to_u32(end)), (to_u32(from.min(start)), to_u32(to.max(end))))
        };
        self.longest(text).into_iter().map(place).collect()
    }

    /// The longest words that stand alone, from left to right, without overlap.
    fn longest(&self, text: &str) -> Vec<(usize, usize, ConceptId)> {
        let mut all: Vec<(usize, usize, ConceptId)> = self
            .words
            .find_overlapping_iter(text)
            .filter(|found| stands_alone(text, found.start(), found.end()))
            .map(|found| (found.start(), found.end(), self.owners[found.pattern().as_usize()]))
            .collect();
        all.sort_by_key(|(start, end, _)| (*start, usize::MAX - end));
        let mut last_end = 0;
        all.retain(|(start, end, _)| {
            let is_free = *start >= last_end;
            if is_free {
                last_end = *end;
            }
            is_free
        });
        all
    }

    fn choose_links(&self, list: &mut [Mention], outline: &Outline, policy: ConceptLinks) {
        if policy == ConceptLinks::None {
            return;
        }
        let mut seen = BTreeSet::new();
        for mention in list {
            let section = outline.blocks[mention.block as usize].section;
            let is_first = seen.insert((section, mention.concept));
            mention.is_linked = match self.policies[mention.concept.0 as usize].unwrap_or(policy) {
                ConceptLinks::First => is_first,
                ConceptLinks::Every => true,
                ConceptLinks::None => false,
            };
        }
    }
}

/// A name in lower case; where it is not all ASCII, with a capital and in capitals too.
fn names(name: &str) -> Vec<String> {
    let lower = name.to_lowercase();
    if lower.is_ascii() {
        return vec![lower];
    }
    let mut letters = lower.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    vec![capital, lower.to_uppercase(), lower]
}

/// The plurals of these forms.
fn plurals(name: &str) -> Vec<String> {
    names(name).iter().map(|form| plural(form)).collect()
}

/// The English plural of a term: that of its last word.
fn plural(term: &str) -> String {
    let ends_with = |ends: &[&str]| ends.iter().any(|end| term.ends_with(end));
    match term.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ if ends_with(&["s", "x", "z", "ch", "sh"]) => format!("{term}es"),
        _ => format!("{term}s"),
    }
}

fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let joins = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
    !text[..start].chars().next_back().is_some_and(joins) && !text[end..].chars().next().is_some_and(joins)
}
