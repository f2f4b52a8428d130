//! Of what a page is made, without making it: the same views as for its template, in which the recipe of each text stands in the
//! place of the text. What a page shows is a function of its recipe, so that one whose recipe is that of the last build, and whose
//! theme and settings are, need not be made again. No text is read for it, and no template.

use std::fmt::Write;

use serde::Serialize;

use super::prose::Filler;
use super::views::PageView;
use super::{Page, PageKey, View, Viewer};
use crate::base::fingerprint::Fingerprint;
use crate::link::{PageId, Picture, Target, WritingId};

#[derive(Serialize)]
struct Recipe<'a> {
    page: &'a PageView,
    view: &'a View,
}

/// A page whose texts are not read yet, and the fingerprint of its recipe.
pub struct Planned {
    page: Page,
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
        let page = Self { is_recipe: true, ..*self }.page(key);
        let recipe = serde_json::to_vec(&Recipe { page: &page.page, view: &page.view });
        let recipe = Fingerprint::of(&recipe.expect("views are texts, numbers and lists"));
        Some(Planned { page, recipe })
    }

    /// The page, with its texts.
    #[must_use]
    pub fn fill(&self, key: PageKey, planned: Planned) -> Page {
        let Planned { mut page, .. } = planned;
        let root = page.page.root.clone();
        let filler = self.filler(&root);
        match (&mut page.view, key) {
            (View::Essay(view), PageKey::Page(PageId::Writing(id))) => {
                (view.body, view.notes, view.contents) = (filler.body(id), filler.notes(id), self.contents(id));
            }
            (View::Single(view), PageKey::Page(PageId::Writing(id))) => {
                (view.body, view.notes) = (filler.body(id), filler.notes(id));
            }
            // Texts of others stand all over such a page.
            _ => return self.page(key),
        }
        page
    }

    /// The fingerprint of the recipe of a feed; `None` where the book has none.
    #[must_use]
    pub fn recipe_of_feed(&self, feed: super::feeds::Feed) -> Option<Fingerprint> {
        let channel = Self { is_recipe: true, ..*self }.channel(feed)?;
        Some(Fingerprint::of(format!("{channel:?}").as_bytes()))
    }

    /// Of what the text of a writing is made, links and concepts apart.
    pub(super) fn text_recipe(&self, id: WritingId) -> String {
        let escapes = &self.site.mentions[id.0 as usize].escapes;
        format!("{} {escapes:?}", self.site.writing(id).text.fingerprint)
    }
}

impl Filler<'_> {
    /// Of what the body and the notes of a writing are made: its source, and all that the book adds to it.
    pub(super) fn recipe(&self, id: WritingId) -> String {
        let mut recipe = String::with_capacity(2048);
        self.write_recipe(&mut recipe, id, &mut Vec::new());
        Fingerprint::of(recipe.as_bytes()).to_string()
    }

    /// `open` are the writings around a passage, each of which stands in the recipe already.
    fn write_recipe(&self, recipe: &mut String, id: WritingId, open: &mut Vec<WritingId>) {
        let is_own = open.is_empty();
        open.push(id);
        let site = self.site;
        let at = id.0 as usize;
        let writing = site.writing(id);
        let mentions = &site.mentions[at];
        // Writing to a string cannot fail.
        let _ = write!(recipe, "{} {:?} {} {:?}", writing.text.fingerprint, self.place, self.root, mentions.escapes);
        for target in site.targets[at].iter() {
            let _ = match (self.address(target, id, is_own), target) {
                (Some(address), _) => write!(recipe, "\n{address}"),
                (None, target) => write!(recipe, "\n{target:?}"),
            };
            if let Target::Passage(passage) = target {
                let _ = write!(recipe, " {:?} {}", passage.pieces, passage.is_bare);
                recipe.push_str(&site.writing(passage.writing).meta.title);
                if !open.contains(&passage.writing) {
                    self.write_recipe(recipe, passage.writing, open);
                }
            }
        }
        for picture in &site.pictures[at] {
            let _ = match picture {
                Picture::File(route, size) => write!(recipe, "\n{route} {size:?}"),
                Picture::Missing => write!(recipe, "\n-"),
            };
        }
        for mention in mentions.list.iter().filter(|mention| is_own && mention.is_linked) {
            let concept = site.concept(mention.concept);
            let _ = write!(recipe, "\n{:?} {} {}", mention.text, concept.slug, concept.route);
        }
    }
}
