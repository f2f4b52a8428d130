//! Who points at a page: every inbound link of any style, once, with its sentence.

use super::{PageId, Site, Target, WritingId, index, sentences};
use crate::model::prose::Range;

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
}

/// Fills `Site::backlinks`: by page, essays first, oldest first.
pub(super) fn collect(site: &mut Site) {
    let mut order: Vec<WritingId> = site.essays.clone();
    let others = (0..site.writings.len()).map(|at| WritingId(index(at)));
    let essays: std::collections::BTreeSet<WritingId> = site.essays.iter().copied().collect();
    order.extend(others.filter(|id| !essays.contains(id)));
    for from in order {
        let own_page = site.page_of(from);
        let outline = &site.writings[from.0 as usize].prose.outline;
        for (link, target) in outline.links.iter().zip(&site.targets[from.0 as usize]) {
            let page: PageId = match target {
                Target::Page(page, _) => *page,
                Target::Passage(passage) => passage.page,
                _ => continue,
            };
            if page == own_page {
                continue;
            }
            let sentence = match outline.blocks.get(link.block as usize) {
                Some(block) => sentences::of_block(&outline.text, block.text, link.text),
                _ => (0, 0),
            };
            site.backlinks.entry(page).or_default().push(Backlink {
                from,
                sentence,
                text: link.text,
                block: link.block,
            });
        }
    }
}
