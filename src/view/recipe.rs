//! Of what a page is made, without making it: the same views as for its template, in which the recipe of each text stands in the
//! place of the text. What a page shows is a function of its recipe, so that one whose recipe is that of the last build, and whose
//! theme and settings are, need not be made again. No text is read for it, and no template.

use serde::Serialize;

use super::cards::minutes;
use super::entries::{ChannelView, EntryView};
use super::feeds::{Feed, Subject};
use super::prose::{Filler, Place, escapes_within};
use super::views::{BacklinkView, Card, NoteView, PageView, TermView};
use super::{Page, PageKey, View, Viewer};
use crate::base::fingerprint::Fingerprint;
use crate::base::parts::Parts;
use crate::link::{Backlink, PageId, Picture, Site, StretchId, Target, Why, WritingId, index};
use crate::model::prose::Range;
use crate::model::writing::Kind;

/// What every recipe begins with, and no page that was made holds.
pub(crate) const MARK: &str = "\u{1}recipe ";

#[derive(Serialize)]
struct Recipe<'a> {
    page: &'a PageView,
    view: &'a View,
}

/// The body of a writing and its notes, as its page shows them.
pub(super) type OwnText = (String, Vec<NoteView>);

/// A page whose texts are not read yet, and the fingerprint of its recipe.
pub struct Planned {
    page: Page,
    /// What the page shows is decided by this, its templates and the settings.
    pub recipe: Fingerprint,
}

impl Planned {
    /// What decides the text that is the page's own; `None` for a page that has none.
    #[must_use]
    pub fn recipe_of_text(&self) -> Option<&str> {
        if let View::Essay(view) = &self.page.view { Some(&view.body) } else { None }
    }
}

impl Viewer<'_> {
    /// A page without its texts; `None` for a page that is always made.
    #[must_use]
    pub fn plan(&self, key: PageKey) -> Option<Planned> {
        if key == PageKey::Page(PageId::Print) {
            return None;
        }
        let page = Self { is_recipe: true, ..*self }.page(key);
        let recipe = Recipe { page: &page.page, view: &page.view };
        let recipe = postcard::to_extend(&recipe, Vec::with_capacity(4 << 10));
        let mut recipe = recipe.expect("views are texts, numbers and lists");
        if let PageKey::Page(PageId::Stretch(id)) = key {
            self.write_names(&mut recipe, id);
        }
        Some(Planned { page, recipe: Fingerprint::of(&recipe) })
    }

    /// The page, with its texts: those of its own that are known, as `Page::texts` told them, and all others. The same as
    /// `page_with_texts`, but of what was planned everything stays that holds no text: to make that twice takes a hundredth of a
    /// build.
    #[must_use]
    pub fn fill(&self, key: PageKey, planned: Planned, known: Option<Vec<String>>) -> Page {
        let PageKey::Page(own) = key else { return self.page(key) };
        let mut page = planned.page;
        let id = match (own, &mut page.view) {
            (PageId::Writing(id), _) => id,
            (PageId::Stretch(id), View::Year(view)) if let Some(concept) = self.named_concept(id) => {
                view.rows = self.rows(concept, id);
                return page;
            }
            // Texts of others stand all over every other page.
            _ => return self.page(key),
        };
        let root = page.page.root.clone();
        let filler = self.filler(&root);
        let known = known.and_then(|texts| self.own_text(id, texts));
        // Held here, its text is read once for all that the page shows of it, also where there is no room for it.
        let _text = known.is_none().then(|| self.site.writing(id).prose());
        page.page.description = self.description(own);
        if let Some(head) = &mut page.page.head {
            head.json_ld = self.json_ld(own, &page.page.description, head.share.image.as_ref());
        }
        match &mut page.view {
            View::Essay(view) => {
                (view.body, view.notes) = known.unwrap_or_else(|| (filler.body(id), filler.notes(id)));
                view.contents = self.contents(id);
                (view.card, view.related) = (self.card(id), self.related_views(id));
                (view.replies, view.concepts) = (self.thread_view(id), self.terms(id));
                (view.backlinks, view.more_backlinks) = self.backlinks(own, |_| true);
            }
            View::Single(view) => {
                (view.body, view.notes) = (filler.body(id), filler.notes(id));
                (view.backlinks, view.more_backlinks) = self.backlinks(own, |_| true);
            }
            _ => {}
        }
        page
    }

    /// The body of a writing and its notes, of texts that `Page::texts` told.
    pub(super) fn own_text(&self, id: WritingId, texts: Vec<String>) -> Option<OwnText> {
        let references = &self.site.writing(id).facts.notes;
        let mut texts = texts.into_iter();
        let body = texts.next().filter(|_| texts.len() == references.len())?;
        let note = |((html, references), number): ((String, &Vec<String>), usize)| NoteView {
            number,
            html,
            references: references.clone(),
        };
        Some((body, texts.zip(references).zip(1..).map(note).collect()))
    }

    /// What a page of a year says of essays that it names and does not quote: it is hashed once for all such pages, of which a
    /// large book has thousands.
    fn write_names(&self, recipe: &mut Vec<u8>, id: StretchId) {
        let Some(concept) = self.named_concept(id) else { return };
        for found in self.appearances(concept, id) {
            recipe.extend_from_slice(self.tables.names[found.essay.0 as usize].as_bytes());
            recipe.extend_from_slice(&found.mentions.to_le_bytes());
            recipe.extend_from_slice(&(self.links_to(concept, found.essay).len() as u64).to_le_bytes());
        }
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
        let ChannelView { title, summary, page, url: _, author, language, hubs, updated, entries } = &channel;
        let head = (title, summary, page, author, language, hubs, updated.as_second(), entries.len());
        let mut recipe = postcard::to_stdvec(&head).expect("views are texts, numbers and lists");
        for entry in entries.iter() {
            let EntryView { url, title, author, language, summary, html, .. } = entry;
            let EntryView { published, updated, concepts, canonical, answers, .. } = entry;
            let texts = (url, title, author, language, summary, &**html);
            let others = (published.map(|it| it.as_second()), updated.as_second(), concepts, canonical, answers);
            recipe = postcard::to_extend(&(texts, others), recipe).expect("views are texts, numbers and lists");
        }
        Some(Fingerprint::of(&recipe))
    }

    /// The concepts of an essay, each by the fingerprint of what is said of it, which is made once for all essays.
    pub(super) fn recipe_of_terms(&self, id: WritingId) -> TermView {
        let concepts = self.concepts_in(id);
        let mut prints = Vec::with_capacity(concepts.len() * 16);
        for concept in concepts {
            let made = || {
                let term = postcard::to_stdvec(&self.term(*concept)).expect("views are texts, numbers and lists");
                Fingerprint::of(&term)
            };
            prints.extend_from_slice(self.tables.terms[concept.0 as usize].get_or_init(made).as_bytes());
        }
        let title = format!("{MARK}{}", Fingerprint::of(&prints));
        TermView { title, url: String::new(), slug: String::new(), summary: String::new(), count: 0, is_many: false }
    }

    /// Of what the description of a page is made.
    pub(crate) fn recipe_of_description(&self, page: PageId) -> String {
        Self { is_recipe: true, ..*self }.description(page)
    }

    /// Of what the first sentences of a text are made.
    pub(super) fn recipe_of_opening(&self, id: WritingId) -> String {
        let escapes = &self.site.mentions[id.0 as usize].escapes;
        let mut recipe = Parts::with_capacity(1024);
        for (place, block) in &self.site.writing(id).facts.lead {
            let end = place + index(block.len());
            recipe.add(block.as_bytes());
            recipe.add_numbers(&escapes_within(escapes, (*place, end)));
        }
        format!("{MARK}{}", recipe.finish())
    }

    /// Of what the card of an essay is made: its fingerprint is made once for all pages that show it.
    pub(super) fn recipe_of_card(&self, id: WritingId) -> Card {
        let writing = self.site.writing(id);
        let made = || {
            let badge = crate::link::reason_not_public(writing, self.as_of).map(Why::badge);
            let (meta, route) = (&writing.meta, &self.site.routes[id.0 as usize]);
            let card =
                (&meta.title, route.as_str(), self.language_of(id), &meta.summary, meta.date, minutes(writing), badge);
            Fingerprint::of(&postcard::to_stdvec(&card).expect("texts and numbers can always be written"))
        };
        let title = format!("{MARK}{}", self.tables.cards[id.0 as usize].get_or_init(made));
        let nothing = String::new;
        Card {
            title,
            url: nothing(),
            lang: nothing(),
            summary: nothing(),
            date: None,
            minutes: 0,
            part: None,
            badge: None,
        }
    }

    /// Of what the links of one writing to a page are made, as that page shows them: who links, and what its facts quote.
    pub(super) fn recipe_of_backlink(&self, links: &[Backlink]) -> BacklinkView {
        let from = links[0].from;
        let mut recipe = Parts::with_capacity(1024);
        let kind = self.site.writing(from).kind;
        recipe.add(kind.word().as_bytes());
        recipe.add_fixed(self.tables.names[from.0 as usize].as_bytes());
        if !matches!(kind, Kind::Essay | Kind::Page) {
            // Two files of one concept or series share the page of the first.
            let page = self.site.page_of(from);
            recipe.add(self.site.title(page, self.book).as_bytes());
            recipe.add(self.site.route(page).as_str().as_bytes());
        }
        let escapes = &self.site.mentions[from.0 as usize].escapes;
        // A transclusion has no sentence, and nothing of it is shown.
        let shown = || links.iter().filter(|link| link.sentence.0 < link.sentence.1);
        // Most writings link once.
        let mut sentences: Vec<Range> =
            if links.len() > 1 { shown().map(|link| link.sentence).collect() } else { Vec::new() };
        sentences.sort_unstable();
        sentences.dedup();
        for link in shown() {
            // A sentence is told by its place among these, and words by theirs in it: what comes before may change.
            let place = sentences.partition_point(|other| *other < link.sentence);
            recipe.add_fixed(&index(place).to_le_bytes());
            recipe.add_fixed(link.shown.as_bytes());
            recipe.add_numbers(&escapes_within(escapes, link.sentence));
        }
        let title = format!("{MARK}{}", recipe.finish());
        let nothing = String::new;
        BacklinkView { title, url: nothing(), lang: nothing(), kind: nothing(), passages: Vec::new() }
    }

    /// Of what the text of a writing is made, links and concepts apart.
    pub(super) fn text_recipe(&self, id: WritingId) -> String {
        let escapes = &self.site.mentions[id.0 as usize].escapes;
        format!("{MARK}{} {escapes:?}", self.site.writing(id).text.source.fingerprint)
    }
}

/// Of what a list of texts is made.
pub(super) fn recipe_of<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let mut recipe = Parts::with_capacity(1024);
    texts.for_each(|text| recipe.add(text.as_bytes()));
    format!("{MARK}{}", recipe.finish())
}

/// Of what a link of a writing is made: where it leads. `page` adds the address of a page and the place on it.
pub(crate) fn add_target(recipe: &mut Parts, target: &Target, own: PageId, page: impl Fn(&mut Parts, PageId, &str)) {
    let kind: u8 = match target {
        Target::Here(_) => 0,
        Target::Page(..) => 1,
        Target::Passage(_) => 2,
        Target::File(_) => 3,
        Target::External => 4,
        Target::Plain => 5,
    };
    recipe.add_fixed(&[kind]);
    match target {
        Target::Here(fragment) => page(recipe, own, fragment),
        Target::Page(other, fragment) => page(recipe, *other, fragment),
        Target::Passage(passage) => page(recipe, passage.page, &passage.fragment),
        Target::File(route) => recipe.add(route.as_str().as_bytes()),
        Target::External | Target::Plain => {}
    }
}

/// Of what the address of a page and a place on it are made.
pub(crate) fn add_place(recipe: &mut Parts, site: &Site, page: PageId, fragment: &str) {
    recipe.add(site.route(page).as_str().as_bytes());
    recipe.add(fragment.as_bytes());
}

impl Filler<'_> {
    /// Of what the body and the notes of a writing are made: its source, and all that the book adds to it.
    pub(super) fn recipe(&self, id: WritingId) -> String {
        let mut recipe = Parts::with_capacity(2048);
        self.write_recipe(&mut recipe, id, &mut Vec::new());
        format!("{MARK}{}", recipe.finish())
    }

    /// `around` is the passage of another writing that is shown, and the passages around that; none for a writing as a whole.
    fn write_recipe(&self, recipe: &mut Parts, id: WritingId, around: &mut Vec<(WritingId, Range)>) {
        let site = self.site;
        let is_own = around.is_empty();
        let shown = around.last().map(|(_, pieces)| *pieces);
        let at = id.0 as usize;
        let writing = site.writing(id);
        let mentions = &site.mentions[at];
        recipe.add(writing.text.source.fingerprint.as_bytes());
        recipe.add(format!("{:?} {} {is_own} {:?}", self.place, self.root, mentions.escapes).as_bytes());
        let own = site.page_of(id);
        for (target, link) in site.targets[at].iter().zip(&writing.facts.links) {
            add_target(recipe, target, own, |recipe, page, fragment| match self.place {
                Place::Book => recipe.add(self.page_address(page, fragment).as_bytes()),
                _ => add_place(recipe, site, page, fragment),
            });
            let Target::Passage(passage) = target else { continue };
            recipe.add(format!("{:?} {}", passage.pieces, passage.is_bare).as_bytes());
            recipe.add(site.writing(passage.writing).meta.title.as_bytes());
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
                Picture::File(route, size) => recipe.add(format!("{route} {size:?}").as_bytes()),
                Picture::Missing => recipe.add(b""),
            }
        }
        if !is_own || self.place != Place::Page {
            return;
        }
        for mention in mentions.list.iter().filter(|mention| mention.is_linked) {
            recipe.add_fixed(&mention.text.0.to_le_bytes());
            recipe.add_fixed(&mention.text.1.to_le_bytes());
            let concept = site.concept(mention.concept);
            recipe.add(concept.slug.as_bytes());
            recipe.add(concept.route.as_str().as_bytes());
        }
    }
}
