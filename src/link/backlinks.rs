//! Who points at a page: every inbound link of any style, once, with its sentence.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::{PageId, Site, Target, WritingId, index};
use crate::base::fingerprint::Fingerprint;
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
    /// The fingerprint of all that the page shows of it.
    pub shown: Fingerprint,
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
    let order: Vec<WritingId> = site.essays.iter().copied().chain(others).collect();
    let mut links: Vec<(PageId, Backlink)> = order.par_iter().flat_map_iter(|from| links_of(site, *from)).collect();
    // Those of one page stay in their order.
    links.par_sort_by_key(|(page, _)| *page);
    let of_page = |links: &[(PageId, Backlink)]| (links[0].0, links.iter().map(|(_, link)| link.clone()).collect());
    site.backlinks = links.chunk_by(|a, b| a.0 == b.0).map(of_page).collect();
}

/// The links of a writing to other pages.
fn links_of(site: &Site, from: WritingId) -> impl Iterator<Item = (PageId, Backlink)> {
    let facts = &site.writing(from).facts;
    let own_page = (!facts.links.is_empty()).then(|| site.page_of(from));
    let links = facts.links.iter().zip(site.targets[from.0 as usize].iter());
    links.enumerate().filter_map(move |(at, (link, target))| {
        let page: PageId = match target {
            Target::Page(page, _) => *page,
            Target::Passage(passage) => passage.page,
            _ => return None,
        };
        let &LinkRef { sentence, text, block, shown, .. } = link;
        (Some(page) != own_page).then(|| (page, Backlink { from, sentence, text, block, link: index(at), shown }))
    })
}
