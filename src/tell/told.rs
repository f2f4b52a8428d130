//! What was told already, so that nobody hears the same twice. Knows its own form, not where it is kept.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Letter, News, Words};
use crate::base::fingerprint::Fingerprint;

/// What was told already.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The fingerprint with which each address of the site was told of.
    #[serde(default)]
    pages: BTreeMap<String, String>,
    /// For each page of the site, the pages elsewhere that heard of it, with the fingerprint of its text then.
    #[serde(default)]
    webmentions: BTreeMap<String, BTreeMap<String, String>>,
}

/// The fingerprint of some bytes, as it is noted.
#[must_use]
pub fn fingerprint(bytes: &[u8]) -> String {
    Fingerprint::of(bytes).to_string()
}

impl Told {
    /// Reads what was noted.
    ///
    /// # Errors
    /// It cannot be read; why.
    pub fn read(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// As it is noted.
    #[must_use]
    pub fn to_text(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("texts by texts are always JSON");
        format!("{text}\n")
    }

    /// What of a site was not told yet as it is now. `pages` are its published addresses with the fingerprints of their bytes.
    #[must_use]
    pub fn news(&self, pages: &BTreeMap<String, String>) -> News {
        let mut news = News::default();
        for (route, fingerprint) in pages {
            match self.pages.get(route) {
                None => news.added.push(route.clone()),
                Some(known) if known != fingerprint => news.changed.push(route.clone()),
                Some(_) => {}
            }
        }
        news.removed = self.pages.keys().filter(|route| !pages.contains_key(*route)).cloned().collect();
        news
    }

    /// The pages elsewhere that should hear of a page of the site: those that it links to and that have not heard of it as it is
    /// now, and those that it linked to before.
    #[must_use]
    pub fn targets(&self, route: &str, words: Option<&Words>) -> Vec<String> {
        let known = self.webmentions.get(route);
        let (links, now) = words.map_or((&[] as &[String], ""), |words| (&words.links, &words.fingerprint));
        let is_news = |target: &&String| known.and_then(|known| known.get(*target)).is_none_or(|then| then != now);
        let before = known.into_iter().flat_map(BTreeMap::keys).filter(|target| !links.contains(target));
        links.iter().filter(is_news).chain(before).cloned().collect()
    }

    /// Notes that a page elsewhere heard of a page of the site.
    pub fn note(&mut self, route: &str, target: &str, words: Option<&Words>) {
        let of_page = self.webmentions.entry(route.to_owned()).or_default();
        match words.filter(|words| words.links.iter().any(|link| link == target)) {
            Some(words) => of_page.insert(target.to_owned(), words.fingerprint.clone()),
            // It has heard that the link is gone, and need hear no more.
            None => of_page.remove(target),
        };
        if of_page.is_empty() {
            self.webmentions.remove(route);
        }
    }

    /// Notes that everybody heard of these news, but for addresses of which a letter failed.
    pub fn note_news(&mut self, news: &News, pages: &BTreeMap<String, String>, failed: &BTreeSet<String>) {
        for route in news.added.iter().chain(&news.changed).filter(|route| !failed.contains(*route)) {
            if let Some(fingerprint) = pages.get(route) {
                self.pages.insert(route.clone(), fingerprint.clone());
            }
        }
        for route in news.removed.iter().filter(|route| !failed.contains(*route)) {
            self.pages.remove(route);
        }
    }
}

impl Letter {
    /// The addresses on the site that a letter speaks of, given the site's own address.
    #[must_use]
    pub fn routes(&self, base_url: &str) -> Vec<String> {
        let base = base_url.trim_end_matches('/');
        let route =
            |address: &String| crate::base::path::percent_decoded(address.strip_prefix(base).unwrap_or(address));
        match self {
            Self::WebSub { feed, .. } => vec![route(feed)],
            Self::IndexNow { addresses, .. } => addresses.iter().map(route).collect(),
            Self::Webmention { route, .. } => vec![route.clone()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(fingerprint: &str, links: &[&str]) -> Words {
        Words { fingerprint: fingerprint.to_owned(), links: links.iter().map(|&link| link.to_owned()).collect() }
    }

    #[test]
    fn a_page_elsewhere_hears_again_only_when_the_text_changed() {
        let mut told = Told::default();
        let first = words("1", &["https://a.example/", "https://b.example/"]);
        assert_eq!(told.targets("/x/", Some(&first)), first.links);
        told.note("/x/", "https://a.example/", Some(&first));
        assert_eq!(told.targets("/x/", Some(&first)), ["https://b.example/"]);
        told.note("/x/", "https://b.example/", Some(&first));
        assert!(told.targets("/x/", Some(&first)).is_empty());
        let second = words("2", &["https://b.example/"]);
        assert_eq!(told.targets("/x/", Some(&second)), ["https://b.example/", "https://a.example/"]);
        told.note("/x/", "https://b.example/", Some(&second));
        told.note("/x/", "https://a.example/", Some(&second));
        assert!(told.targets("/x/", Some(&second)).is_empty());
        assert_eq!(told.targets("/x/", None), ["https://b.example/"]);
        told.note("/x/", "https://b.example/", None);
        assert_eq!(told, Told::default());
    }

    #[test]
    fn what_failed_is_news_again() {
        let mut told = Told::default();
        let pages: BTreeMap<String, String> =
            [("/a/", "1"), ("/b/", "2")].map(|(route, print)| (route.to_owned(), print.to_owned())).into();
        let news = told.news(&pages);
        assert_eq!(news.added, ["/a/", "/b/"]);
        told.note_news(&news, &pages, &BTreeSet::from(["/b/".to_owned()]));
        assert_eq!(told.news(&pages).added, ["/b/"]);
        let again = Told::read(&told.to_text());
        assert_eq!(again.as_ref(), Ok(&told));
        assert_eq!(told.news(&BTreeMap::new()).removed, ["/a/"]);
    }
}
