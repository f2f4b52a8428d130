//! Ways through a joined book for those who walk it: names, links back and sentences. Adds nothing to what `link` found.

use super::{Backlink, ConceptId, PageId, Site, WritingId, concepts};
use crate::model::prose::Range;

impl Site {
    /// The page that `[[name]]` leads to: by title, slug, alias or file name.
    #[must_use]
    pub fn find_page(&self, name: &str) -> Option<PageId> {
        self.names.page(name)
    }

    /// Who links to a page, essays first, oldest first.
    #[must_use]
    pub fn backlinks_of(&self, page: PageId) -> &[Backlink] {
        self.backlinks.get(&page).map_or(&[], Vec::as_slice)
    }

    /// The sentence in which a link stands, as plain text; empty for a passage that is shown in place.
    #[must_use]
    pub fn sentence(&self, backlink: &Backlink) -> String {
        self.words(backlink.from, backlink.sentence)
    }

    /// Every sentence in which a concept stands, as plain text with the essay it is from, oldest essay first.
    pub fn passages_of(&self, concept: ConceptId) -> impl Iterator<Item = (WritingId, String)> {
        self.concept(concept).appearances.iter().flat_map(move |appearance| {
            let prose = self.writing(appearance.essay).prose();
            let mut sentences: Vec<Range> = concepts::mentions(self, appearance.essay, concept)
                .map(|mention| mention.sentence(&prose.outline))
                .collect();
            sentences.dedup();
            sentences.into_iter().map(move |sentence| (appearance.essay, self.words(appearance.essay, sentence)))
        })
    }

    /// A stretch of a writing's text, without the backslashes that keep words plain.
    fn words(&self, writing: WritingId, (start, end): Range) -> String {
        let prose = self.writing(writing).prose();
        let text = &prose.outline.text;
        let escapes = &self.mentions[writing.0 as usize].escapes;
        let stretch = text.get(start as usize..end as usize).unwrap_or_default();
        let is_shown = |at: usize| escapes.iter().all(|escape| *escape as usize != start as usize + at);
        stretch.char_indices().filter(|(at, _)| is_shown(*at)).map(|(_, letter)| letter).collect()
    }
}
