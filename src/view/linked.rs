//! A page as linked data: JSON-LD with the vocabulary of schema.org.

use serde_json::{Map, Value, json};

use super::Viewer;
use super::describe::headline;
use super::head::ShareImage;
use crate::link::{ConceptId, PageId, SeriesId, WritingId};
use crate::model::writing::Kind;

impl Viewer<'_> {
    /// A page as JSON-LD that can stand within a `<script>`; `None` where the book has no address.
    pub(super) fn json_ld(&self, page: PageId, description: &str, image: Option<&ShareImage>) -> Option<String> {
        let url = self.absolute(page)?;
        let about = Thing { page, url, description, image };
        let mut graph = match page {
            PageId::Home => self.home_things(&about),
            PageId::Archive | PageId::Replies | PageId::Print | PageId::Stretch(_) => {
                vec![self.plain_thing("CollectionPage", &about)]
            }
            PageId::Concepts => vec![self.term_set(&about)],
            PageId::Concept(id) => vec![self.term_thing(id, &about)],
            PageId::Series(id) => vec![self.series_thing(id, &about)],
            PageId::Writing(id) if self.site.writing(id).kind == Kind::Essay => vec![self.article(id, &about)],
            PageId::Writing(_) => vec![self.single_thing(&about)],
        };
        if page != PageId::Home {
            graph.push(self.breadcrumbs(page));
        }
        let json = json!({ "@context": "https://schema.org", "@graph": graph }).to_string();
        // A script ends at its end tag and nowhere else; old scripts take the two separators for ends of lines.
        let safe = json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
        Some(safe)
    }

    fn home_things(&self, about: &Thing<'_>) -> Vec<Value> {
        let mut site = self.plain_thing("WebSite", about);
        site["@id"] = self.id(PageId::Home, "website").into();
        let person = self.person(true);
        if let Some(person) = &person {
            site["author"] = json!({ "@id": person["@id"] });
        }
        std::iter::once(site).chain(person).collect()
    }

    /// What every page says of itself.
    fn plain_thing(&self, kind: &str, about: &Thing<'_>) -> Value {
        let mut thing = Map::new();
        thing.insert("@type".to_owned(), kind.into());
        thing.insert("name".to_owned(), self.site.title(about.page, self.book).into());
        if !about.description.is_empty() {
            thing.insert("description".to_owned(), about.description.into());
        }
        thing.insert("url".to_owned(), about.url.as_str().into());
        thing.insert("inLanguage".to_owned(), self.language(about.page).into());
        Value::Object(thing)
    }

    fn article(&self, id: WritingId, about: &Thing<'_>) -> Value {
        let writing = self.site.writing(id);
        let meta = &writing.meta;
        let headline = headline(&meta.title);
        let mut article = json!({ "@type": "Article", "@id": format!("{}#article", about.url), "headline": headline });
        if headline != meta.title {
            article["name"] = meta.title.as_str().into();
        }
        if !about.description.is_empty() {
            article["description"] = about.description.into();
        }
        if let Some(date) = meta.date {
            article["datePublished"] = date.to_iso().into();
        }
        if let Some(date) = meta.changed() {
            article["dateModified"] = date.to_iso().into();
        }
        if let Some(author) = self.person(false) {
            article["author"] = author;
        }
        if let Some(image) = about.image {
            let mut picture = json!({ "@type": "ImageObject", "url": image.url });
            if let (Some(width), Some(height)) = (image.width, image.height) {
                (picture["width"], picture["height"]) = (width.into(), height.into());
            }
            article["image"] = picture;
        }
        article["wordCount"] = writing.facts.words.into();
        article["inLanguage"] = self.language(about.page).into();
        article["url"] = about.url.as_str().into();
        article["mainEntityOfPage"] = meta.canonical.as_deref().unwrap_or(&about.url).into();
        if let Some((series, at)) = self.site.place_in_series(id) {
            article["isPartOf"] = self.reference("CreativeWorkSeries", PageId::Series(series), "series");
            article["position"] = (at + 1).into();
        }
        let named = &self.site.named[id.0 as usize];
        if !named.is_empty() {
            let terms = named.iter().map(|id| self.reference("DefinedTerm", PageId::Concept(*id), "term"));
            article["about"] = terms.collect();
        }
        if let Some(original) = meta.canonical.as_ref().filter(|original| **original != about.url) {
            article["isBasedOn"] = original.as_str().into();
        }
        if !meta.syndication.is_empty() {
            article["sameAs"] = meta.syndication.clone().into();
        }
        article
    }

    fn term_set(&self, about: &Thing<'_>) -> Value {
        let mut set = self.plain_thing("DefinedTermSet", about);
        set["@id"] = self.id(PageId::Concepts, "terms").into();
        set
    }

    fn term_thing(&self, id: ConceptId, about: &Thing<'_>) -> Value {
        let mut term = self.plain_thing("DefinedTerm", about);
        term["@id"] = self.id(about.page, "term").into();
        let aliases = &self.site.concept(id).aliases;
        if !aliases.is_empty() {
            term["alternateName"] = aliases.clone().into();
        }
        term["inDefinedTermSet"] = self.reference("DefinedTermSet", PageId::Concepts, "terms");
        term
    }

    fn series_thing(&self, id: SeriesId, about: &Thing<'_>) -> Value {
        let mut series = self.plain_thing("CreativeWorkSeries", about);
        series["@id"] = self.id(about.page, "series").into();
        if let Some(author) = self.person(false) {
            series["author"] = author;
        }
        // Those of this page: a list of hundreds helps nobody who reads linked data.
        let first = self.site.series(id).essays.iter().take(super::stretch::first_page(PageId::Series(id)).end);
        let essays = first.filter(|essay| self.is_public(PageId::Writing(**essay)));
        let part = |(at, essay): (usize, &WritingId)| {
            let url = self.absolute(PageId::Writing(*essay));
            json!({ "@type": "Article", "headline": headline(&self.site.writing(*essay).meta.title), "url": url, "position": at + 1 })
        };
        series["hasPart"] = essays.enumerate().map(part).collect();
        series
    }

    fn single_thing(&self, about: &Thing<'_>) -> Value {
        let is_about = self.is_about(about.page);
        let person = self.person(true).filter(|_| is_about);
        let kind = match (is_about, &person) {
            (true, Some(_)) => "ProfilePage",
            (true, None) => "AboutPage",
            (false, _) => "WebPage",
        };
        let mut thing = self.plain_thing(kind, about);
        if let Some(person) = person {
            thing["mainEntity"] = person;
        }
        thing
    }

    /// Who wrote the book; `None` if it does not say.
    fn person(&self, with_profiles: bool) -> Option<Value> {
        if self.book.author.is_empty() {
            return None;
        }
        let mut person = json!({ "@type": "Person", "@id": self.id(PageId::Home, "author"), "name": self.book.author });
        person["url"] = self.absolute(PageId::Home).into();
        if with_profiles && !self.book.profiles.is_empty() {
            person["sameAs"] = self.book.profiles.clone().into();
        }
        Some(person)
    }

    /// The way from the front page to this one.
    fn breadcrumbs(&self, page: PageId) -> Value {
        let above = match page {
            PageId::Writing(id) if self.site.writing(id).kind == Kind::Essay => vec![PageId::Archive],
            PageId::Concept(_) => vec![PageId::Concepts],
            PageId::Stretch(id) => match self.site.stretch(id).of {
                concept @ PageId::Concept(_) => vec![PageId::Concepts, concept],
                list => vec![list],
            },
            _ => Vec::new(),
        };
        let step = |(at, page): (usize, PageId)| {
            let name = self.site.title(page, self.book);
            json!({ "@type": "ListItem", "position": at + 1, "name": name, "item": self.absolute(page) })
        };
        let steps = [PageId::Home].into_iter().chain(above).chain([page]);
        json!({ "@type": "BreadcrumbList", "itemListElement": steps.enumerate().map(step).collect::<Vec<_>>() })
    }

    /// What is described on another page.
    fn reference(&self, kind: &str, page: PageId, name: &str) -> Value {
        let title = self.site.title(page, self.book);
        json!({ "@type": kind, "@id": self.id(page, name), "name": title })
    }

    fn id(&self, page: PageId, name: &str) -> String {
        format!("{}#{name}", self.absolute(page).unwrap_or_default())
    }

    /// The language of a page.
    pub(crate) fn language(&self, page: PageId) -> &str {
        match page {
            PageId::Writing(id) => self.language_of(id),
            _ => &self.book.language,
        }
    }
}

/// A page that is described.
struct Thing<'a> {
    page: PageId,
    /// Its absolute address.
    url: String,
    description: &'a str,
    image: Option<&'a ShareImage>,
}
