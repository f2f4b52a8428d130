//! Of what a page is made, without making it: the same views as for its template, in which the recipe of each text stands in the
//! place of the text. What a page shows is a function of its recipe, so that one whose recipe is that of the last build, and whose
//! theme and settings are, need not be made again. No text is read for it, and no template.

use serde::Serialize;

use super::entries::ChannelView;
use super::feeds::{Feed, Subject};
use super::prose::{Filler, Place};
use super::views::{PageView, TermView};
use super::{Page, PageKey, View, Viewer};
use crate::base::fingerprint::Fingerprint;
use crate::link::{PageId, Picture, StretchId, Target, WritingId};
use crate::model::prose::Range;

/// What every recipe begins with, and no page that was made holds.
pub(crate) const MARK: &str = "\u{1}recipe ";

#[derive(Serialize)]
struct Recipe<'a> {
    page: &'a PageView,
    view: &'a View,
}

/// A page whose texts are not read yet, and the fingerprint of its recipe.
pub struct Planned {
    /// `None` where the recipe is known without the page.
    page: Option<Page>,
    /// What the page shows is decided by this, the theme and the settings.
    pub recipe: Fingerprint,
}

impl Viewer<'_> {
    /// A page without its texts; `None` for a page that is always made.
    #[must_use]
    pub fn plan(&self, key: PageKey) -> Option<Planned> {
        if matches!(key, PageKey::Missing | PageKey::Page(PageId::Print)) {
            return None;
        }
        if let PageKey::Page(PageId::Stretch(id)) = key
            && let Some(recipe) = self.recipe_of_stretch(id)
        {
            return Some(Planned { page: None, recipe });
        }
        let page = Self { is_recipe: true, ..*self }.page(key);
        let recipe = postcard::to_stdvec(&Recipe { page: &page.page, view: &page.view });
        let recipe = Fingerprint::of(&recipe.expect("views are texts, numbers and lists"));
        Some(Planned { page: Some(page), recipe })
    }

    /// The page, with its texts.
    #[must_use]
    pub fn fill(&self, key: PageKey, planned: Planned) -> Page {
        // Texts of others stand all over every other page.
        let has_own_text = |page: &Page| matches!(page.view, View::Essay(_) | View::Single(_));
        let (Some(mut page), PageKey::Page(own)) = (planned.page.filter(has_own_text), key) else {
            return self.page(key);
        };
        let PageId::Writing(id) = own else { return self.page(key) };
        let root = page.page.root.clone();
        // Held here, its text is read once for all that the page shows of it, also where there is no room for it.
        let _text = self.site.writing(id).prose();
        let filler = self.filler(&root);
        page.page.description = self.description(own);
        if let Some(head) = &mut page.page.head {
            head.json_ld = self.json_ld(own, &page.page.description, head.share.image.as_ref());
        }
        match &mut page.view {
            View::Essay(view) => {
                (view.body, view.notes, view.contents) = (filler.body(id), filler.notes(id), self.contents(id));
                view.replies = self.thread_view(id);
                view.concepts = self.terms(id);
            }
            View::Single(view) => (view.body, view.notes) = (filler.body(id), filler.notes(id)),
            _ => {}
        }
        page
    }

    /// The recipe of a page of a year that names essays and quotes nothing: what it says of each essay is hashed once for all such
    /// pages, of which a large book has thousands.
    fn recipe_of_stretch(&self, id: StretchId) -> Option<Fingerprint> {
        let stretch = self.site.stretch(id);
        let PageId::Concept(concept) = stretch.of else { return None };
        if self.quotes_all() {
            return None;
        }
        let page = PageId::Stretch(id);
        let description = self.description(page);
        let view = self.page_view("year", &stretch.route, &stretch.title, &description, None);
        let head = self.head(page, &description);
        let (above, steps) = (self.link(stretch.of), self.steps(page));
        let head = postcard::to_stdvec(&(&view, &head, &above, &steps, stretch.year, stretch.count, stretch.number));
        let mut recipe = head.expect("views are texts, numbers and lists");
        for found in &self.site.concept(concept).appearances[stretch.entries.clone()] {
            let links = self.tables.links_to_concepts.get(&(stretch.of, found.essay)).map_or(0, Vec::len);
            recipe.extend_from_slice(self.tables.names[found.essay.0 as usize].as_bytes());
            recipe.extend_from_slice(&found.mentions.to_le_bytes());
            recipe.extend_from_slice(&(links as u64).to_le_bytes());
        }
        Some(Fingerprint::of(&recipe))
    }

    /// The fingerprint of the recipe of a feed; `None` where the book has none. It is made once for all formats of a feed.
    #[must_use]
    pub fn recipe_of_feed(&self, feed: Feed) -> Option<Fingerprint> {
        let made = match feed.subject {
            Subject::Concept(id) => {
                self.tables.feeds_of_concepts[id.0 as usize].get_or_init(|| self.channel_recipe(feed))
            }
            Subject::Series(id) => self.tables.feeds_of_series[id.0 as usize].get_or_init(|| self.channel_recipe(feed)),
            Subject::Book | Subject::Replies => &self.channel_recipe(feed),
        };
        made.map(|recipe| Fingerprint::of(format!("{recipe} {:?} {}", feed.format, feed.route(self.site)).as_bytes()))
    }

    fn channel_recipe(&self, feed: Feed) -> Option<Fingerprint> {
        let channel = Self { is_recipe: true, ..*self }.channel(feed)?;
        // Its address is that of the format.
        let channel = ChannelView { url: String::new(), ..channel };
        Some(Fingerprint::of(format!("{channel:?}").as_bytes()))
    }

    /// The concepts of an essay, each by the fingerprint of what is said of it, which is made once for all essays.
    pub(super) fn recipe_of_terms(&self, id: WritingId) -> TermView {
        let mut prints = Vec::new();
        for concept in self.concepts_in(id) {
            let made = || {
                let term = postcard::to_stdvec(&self.term(concept)).expect("views are texts, numbers and lists");
                Fingerprint::of(&term)
            };
            prints.extend_from_slice(self.tables.terms[concept.0 as usize].get_or_init(made).as_bytes());
        }
        let title = format!("{MARK}{}", Fingerprint::of(&prints));
        TermView { title, url: String::new(), slug: String::new(), summary: String::new(), count: 0, is_many: false }
    }

    /// Of what the text of a writing is made, links and concepts apart.
    pub(super) fn text_recipe(&self, id: WritingId) -> String {
        let escapes = &self.site.mentions[id.0 as usize].escapes;
        format!("{MARK}{} {escapes:?}", self.site.writing(id).text.source.fingerprint)
    }
}

impl Filler<'_> {
    /// Of what the body and the notes of a writing are made: its source, and all that the book adds to it.
    pub(super) fn recipe(&self, id: WritingId) -> String {
        let mut recipe = Vec::with_capacity(2048);
        self.write_recipe(&mut recipe, id, &mut Vec::new());
        format!("{MARK}{}", Fingerprint::of(&recipe))
    }

    /// `around` is the passage of another writing that is shown, and the passages around that; none for a writing as a whole.
    fn write_recipe(&self, recipe: &mut Vec<u8>, id: WritingId, around: &mut Vec<(WritingId, Range)>) {
        let site = self.site;
        let is_own = around.is_empty();
        let shown = around.last().map(|(_, pieces)| *pieces);
        let at = id.0 as usize;
        let writing = site.writing(id);
        let mentions = &site.mentions[at];
        let part = |recipe: &mut Vec<u8>, part: &[u8]| {
            recipe.extend_from_slice(&(part.len() as u64).to_le_bytes());
            recipe.extend_from_slice(part);
        };
        part(recipe, writing.text.source.fingerprint.as_bytes());
        part(recipe, format!("{:?} {} {:?}", self.place, self.root, mentions.escapes).as_bytes());
        for (target, link) in site.targets[at].iter().zip(&writing.facts.links) {
            match (self.address(target, id, is_own), target) {
                (Some(address), _) => part(recipe, address.as_bytes()),
                (None, target) => part(recipe, format!("{target:?}").as_bytes()),
            }
            let Target::Passage(passage) = target else { continue };
            part(recipe, format!("{:?} {}", passage.pieces, passage.is_bare).as_bytes());
            part(recipe, site.writing(passage.writing).meta.title.as_bytes());
            // Only what is shown of a passage shows others in it; circles among those were cut when they were linked.
            let is_shown = shown.is_none_or(|(from, to)| (from..to).contains(&link.piece));
            let inside = (passage.writing, passage.pieces);
            if is_shown && !around.contains(&inside) {
                around.push(inside);
                self.write_recipe(recipe, passage.writing, around);
                around.pop();
            }
        }
        for picture in &site.pictures[at] {
            match picture {
                Picture::File(route, size) => part(recipe, format!("{route} {size:?}").as_bytes()),
                Picture::Missing => part(recipe, b""),
            }
        }
        if !is_own || self.place != Place::Page {
            return;
        }
        for mention in mentions.list.iter().filter(|mention| mention.is_linked) {
            recipe.extend_from_slice(&mention.text.0.to_le_bytes());
            recipe.extend_from_slice(&mention.text.1.to_le_bytes());
            let concept = site.concept(mention.concept);
            part(recipe, concept.slug.as_bytes());
            part(recipe, concept.route.as_str().as_bytes());
        }
    }
}
