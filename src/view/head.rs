//! `page.head`: what other programs are told of a page. Knows no template.

use serde::Serialize;

use super::Viewer;
use super::feeds::{Feed, Format, Subject};
use super::views::LinkView;
use crate::base::path::Route;
use crate::link::{PageId, Picture, Site, WritingId, is_shared};
use crate::model::book::{Feeds, OutputSettings};
use crate::model::writing::Kind;

/// A picture narrower than this, or higher than wide, is shown small.
const LEAST_LARGE: u32 = 300;

/// `page.head`: what other programs are told of a page.
#[derive(Clone, Debug, Serialize)]
pub struct HeadView {
    /// The same in other forms, for `<link rel="alternate">`: feeds, the Markdown of an essay, on the front page the graph.
    pub alternates: Vec<AlternateView>,
    /// The author's pages elsewhere, for `<link rel="me">`; empty on all pages but home and about.
    pub profiles: Vec<LinkView>,
    /// How the page is shown where somebody shares it.
    pub share: ShareView,
    /// JSON-LD (schema.org), safe within a `<script>`; `null` where the book has no `base_url`.
    pub json_ld: Option<String>,
}

/// What a page shows, in another form.
#[derive(Clone, Debug, Serialize)]
pub struct AlternateView {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Its media type: `application/atom+xml`, `text/markdown` …
    pub media_type: String,
}

/// How a page is shown where somebody shares it: Open Graph, and the cards of X.
#[derive(Clone, Debug, Serialize)]
pub struct ShareView {
    /// `article`, `profile` or `website`.
    pub kind: String,
    /// Name of the page, without that of the book.
    pub title: String,
    /// Absolute address; `null` where the book has no `base_url`.
    pub url: Option<String>,
    /// Language and country, as in `pt_BR`; `null` where the language tag has no country.
    pub locale: Option<String>,
    /// The picture: that of the essay, else that of the book; `null` without one or without a `base_url`.
    pub image: Option<ShareImage>,
    /// `summary_large_image` or `summary`.
    pub card: String,
    /// The day of an essay, `2021-03-02`; `null` without one and on other pages.
    pub published: Option<String>,
    /// The day of its last change; `null` without one.
    pub updated: Option<String>,
    /// Names of the concepts of an essay.
    pub tags: Vec<String>,
}

/// A picture that stands for a page.
#[derive(Clone, Debug, Serialize)]
pub struct ShareImage {
    /// Absolute address.
    pub url: String,
    /// Width in pixels; `null` if not known.
    pub width: Option<u32>,
    /// Height in pixels; `null` if not known.
    pub height: Option<u32>,
    /// Its description; empty if not known.
    pub alt: String,
}

/// The address of the Markdown of an essay.
#[must_use]
pub fn copy_route(site: &Site, id: WritingId) -> Route {
    let route = site.route(PageId::Writing(id));
    let address = match route.as_str().strip_suffix(".html") {
        Some(stem) => format!("{stem}.md"),
        None => format!("{route}index.md"),
    };
    Route::new(&address).expect("a clean address and a clean name")
}

impl Viewer<'_> {
    /// What other programs are told of a page; `None` for what readers do not see.
    pub(super) fn head(&self, page: PageId, description: &str) -> Option<HeadView> {
        if !self.is_public(page) {
            return None;
        }
        let share = self.share(page);
        let is_own = matches!(page, PageId::Home) || self.is_about(page);
        Some(HeadView {
            alternates: self.alternates(page),
            profiles: if is_own { self.profiles() } else { Vec::new() },
            // What is said of an essay there stands in its view as well, which is its recipe.
            json_ld: if self.is_recipe
                && matches!(page, PageId::Writing(id) if self.site.writing(id).kind == Kind::Essay)
            {
                None
            } else {
                self.json_ld(page, description, share.image.as_ref())
            },
            share,
        })
    }

    /// The author's pages elsewhere, by the names of the places.
    pub(super) fn profiles(&self) -> Vec<LinkView> {
        self.book.profiles.iter().map(|url| super::essay::place_name(url)).collect()
    }

    /// Whether a page tells who wrote the book: the single page `about`.
    pub(super) fn is_about(&self, page: PageId) -> bool {
        let PageId::Writing(id) = page else { return false };
        self.site.writing(id).kind == Kind::Page && self.site.slug(id) == "about"
    }

    /// The absolute address of a page.
    pub(crate) fn absolute(&self, page: PageId) -> Option<String> {
        self.book.absolute(self.site.route(page))
    }

    fn alternates(&self, page: PageId) -> Vec<AlternateView> {
        let mut alternates = Vec::new();
        let mut add = |title: String, url: String, media_type: &str| {
            alternates.push(AlternateView { title, url, media_type: media_type.to_owned() });
        };
        let OutputSettings { feeds, markdown, graph } = self.book.outputs;
        if self.book.base_url.is_some() {
            let book = Feed { subject: Subject::Book, format: Format::Atom };
            let others = (page != PageId::Home && feeds != Feeds::None).then_some(book);
            for feed in Feed::of(page, feeds).chain(others) {
                add(feed.title(self.site, self.book), feed.route(self.site).to_url(), feed.format.media_type());
            }
        }
        match page {
            PageId::Writing(id) if markdown && self.site.writing(id).kind == Kind::Essay => {
                add("Markdown".to_owned(), copy_route(self.site, id).to_url(), "text/markdown");
            }
            PageId::Home => {
                if self.book.base_url.is_some() && feeds != Feeds::None {
                    add("All feeds".to_owned(), "feeds.opml".to_owned(), "text/x-opml");
                }
                if graph {
                    add("Graph".to_owned(), "graph.json".to_owned(), "application/json");
                }
            }
            _ => {}
        }
        alternates
    }

    fn share(&self, page: PageId) -> ShareView {
        let essay = match page {
            PageId::Writing(id) if self.site.writing(id).kind == Kind::Essay => Some(id),
            _ => None,
        };
        let kind = match essay {
            Some(_) => "article",
            None if self.is_about(page) && !self.book.author.is_empty() => "profile",
            None => "website",
        };
        let meta = essay.map(|id| &self.site.writing(id).meta);
        let language = essay.map_or(&self.book.language, |id| self.language_of(id));
        let image = self.share_image(essay);
        let is_large = image.as_ref().is_some_and(|image| {
            matches!((image.width, image.height), (Some(width), Some(height)) if width >= LEAST_LARGE && width >= height)
        });
        let named = essay.map_or(&[][..], |id| self.site.named[id.0 as usize].as_slice());
        ShareView {
            kind: kind.to_owned(),
            title: self.site.title(page, self.book).to_owned(),
            url: meta.and_then(|meta| meta.canonical.clone()).or_else(|| self.absolute(page)),
            locale: locale(language),
            image,
            card: if is_large { "summary_large_image" } else { "summary" }.to_owned(),
            published: meta.and_then(|meta| meta.date).map(|date| date.to_iso()),
            updated: meta.and_then(|meta| meta.updated).map(|date| date.to_iso()),
            tags: named.iter().map(|id| self.site.concept(*id).title.clone()).collect(),
        }
    }

    /// The picture of an essay that other sites show, else that of the book.
    fn share_image(&self, essay: Option<WritingId>) -> Option<ShareImage> {
        let is_shown = |picture: &&Picture| is_shared(picture);
        let own = essay.and_then(|id| self.site.covers.get(&id)).filter(is_shown);
        let Picture::File(route, size) = own.or(self.site.cover.as_ref().filter(is_shown))? else { return None };
        let in_text = essay.and_then(|id| {
            let pictures = self.site.pictures[id.0 as usize].iter();
            let images = &self.site.writing(id).facts.images;
            let is_it = |picture: &Picture| matches!(picture, Picture::File(other, _) if other == route);
            images.iter().zip(pictures).find(|(_, picture)| is_it(picture)).map(|(image, _)| image.alt.clone())
        });
        Some(ShareImage {
            url: self.book.absolute(route)?,
            width: size.map(|(width, _)| width),
            height: size.map(|(_, height)| height),
            alt: in_text.unwrap_or_default(),
        })
    }
}

/// `pt_BR` for `pt-BR`: Open Graph knows languages of countries only.
fn locale(tag: &str) -> Option<String> {
    let mut parts = tag.split('-');
    let language = parts.next().filter(|language| language.len() == 2)?;
    let country = parts.find(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic()))?;
    Some(format!("{}_{}", language.to_ascii_lowercase(), country.to_ascii_uppercase()))
}

#[cfg(test)]
mod tests {
    use super::locale;

    #[test]
    fn a_language_without_a_country_is_no_locale() {
        assert_eq!(locale("pt-BR"), Some("pt_BR".to_owned()));
        assert_eq!(locale("zh-Hant-TW"), Some("zh_TW".to_owned()));
        assert_eq!([locale("en"), locale(""), locale("x-y")], [None, None, None]);
    }
}
