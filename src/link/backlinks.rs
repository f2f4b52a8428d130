//! Who points at a page: every inbound link of any style, once, with its sentence.

use std::collections::BTreeMap;

use super::{PageId, Site, Target, WritingId, index};
use crate::model::prose::{LinkRef, Range};
use crate::model::writing::Kind;

/// A link to a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlink {
    /// The writing in which it stands.
    pub from: WritingId,
    /// The sentence around it, as bytes of `Outline::text`; empty for a transclusion.
    pub sentence: Range,
    /// Its words.
    pub text: Range,
    /// Index in `Outline::blocks`; `u32::MAX` where it stands in none.
    pub block: u32,
    /// Index in `Facts::links`.
    pub link: u32,
}

/// Sentences, each with its block and the words in question.
pub(crate) type Sentences = BTreeMap<Range, (u32, Vec<Range>)>;

/// The sentences in which these links of one writing stand, in order, each with the words of all its links.
pub(crate) fn by_sentence(links: &[Backlink]) -> Sentences {
    let mut sentences = Sentences::new();
    for link in links.iter().filter(|link| link.sentence.0 < link.sentence.1) {
        sentences.entry(link.sentence).or_insert((link.block, Vec::new())).1.push(link.text);
    }
    sentences
}

/// Fills `Site::backlinks`: by page, essays first, oldest first.
pub(super) fn collect(site: &mut Site) {
    let is_essay = |id: &WritingId| site.writing(*id).kind == Kind::Essay;
    let others = (0..site.writings.len()).map(|at| WritingId(index(at))).filter(|id| !is_essay(id));
    let mut backlinks: BTreeMap<PageId, Vec<Backlink>> = BTreeMap::new();
    for from in site.essays.iter().copied().chain(others) {
        let facts = &site.writing(from).facts;
        if facts.links.is_empty() {
            continue;
        }
        let own_page = site.page_of(from);
        let links = facts.links.iter().zip(site.targets[from.0 as usize].iter());
        for (at, (link, target)) in links.enumerate() {
            let page: PageId = match target {
                Target::Page(page, _) => *page,
                Target::Passage(passage) => passage.page,
                _ => continue,
            };
            if page != own_page {
                let &LinkRef { sentence, text, block, .. } = link;
                backlinks.entry(page).or_default().push(Backlink { from, sentence, text, block, link: index(at) });
            }
        }
    }
    site.backlinks = backlinks;
}
