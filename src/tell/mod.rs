//! What is told to whom after a publish: hubs, search engines, linked pages. Plans letters and remembers them; sends none.

pub mod endpoint;
pub mod told;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::json;
use url::Url;

use crate::base::host::is_public;
use crate::link::{PageId, Site, Target, WritingId, index};
use crate::model::book::TellSettings;
use crate::model::source::{Snapshot, Source};
use told::Told;

/// Where search engines are told; they tell each other (IndexNow).
pub const INDEXNOW: &str = "https://api.indexnow.org/indexnow";
/// More addresses than this do not go into one letter to them.
const MOST_ADDRESSES: usize = 10_000;

/// What a publish changed: addresses on the site, such as `/essays/trust/` or `/feed.xml`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// What readers did not find before.
    pub added: Vec<String>,
    /// What reads otherwise than before.
    pub changed: Vec<String>,
    /// What readers find no longer.
    pub removed: Vec<String>,
}

/// What a page says of others in its own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// The fingerprint of its text.
    pub fingerprint: String,
    /// Addresses elsewhere that its text links to, each once, in order.
    pub links: Vec<String>,
}

/// A letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Letter {
    /// To a hub: a feed has news.
    WebSub {
        /// The hub.
        hub: String,
        /// The address of the feed.
        feed: String,
    },
    /// To search engines: these addresses have changed.
    IndexNow {
        /// The key of the writer.
        key: String,
        /// Where that key stands on the site.
        key_location: String,
        /// The addresses.
        addresses: Vec<String>,
    },
    /// To a page: another one links to it, or did.
    Webmention {
        /// The page of ours.
        source: String,
        /// The page elsewhere.
        target: String,
        /// The address of our page on the site.
        #[serde(skip)]
        route: String,
    },
}

impl Letter {
    /// To whom it goes and what it says, in a few words.
    #[must_use]
    pub fn to_words(&self) -> String {
        match self {
            Self::WebSub { hub, feed } => format!("{hub}: {feed} has news (WebSub)"),
            Self::IndexNow { addresses, .. } => {
                let listed: String = addresses.iter().map(|address| format!("\n    {address}")).collect();
                let (count, word) = (addresses.len(), if addresses.len() == 1 { "address" } else { "addresses" });
                format!("{INDEXNOW}: {count} {word} changed (IndexNow){listed}")
            }
            Self::Webmention { source, target, .. } => format!("{target}: {source} links there (Webmention)"),
        }
    }

    /// What is sent, with its media type.
    #[must_use]
    pub fn body(&self) -> (&'static str, String) {
        const FORM: &str = "application/x-www-form-urlencoded";
        let form = |pairs: [(&str, &str); 2]| {
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
        };
        match self {
            Self::WebSub { feed, .. } => (FORM, form([("hub.mode", "publish"), ("hub.url", feed)])),
            Self::Webmention { source, target, .. } => (FORM, form([("source", source), ("target", target)])),
            Self::IndexNow { key, key_location, addresses } => {
                let host = addresses.first().and_then(|first| Url::parse(first).ok());
                let host = host.as_ref().and_then(Url::host_str).unwrap_or_default();
                let body = json!({ "host": host, "key": key, "keyLocation": key_location, "urlList": addresses });
                ("application/json; charset=utf-8", body.to_string())
            }
        }
    }
}

/// The letters that these news are worth. `words` are what the pages of the site say, by their addresses there.
#[must_use]
pub fn plan(
    settings: &TellSettings,
    base_url: &str,
    words: &BTreeMap<String, Words>,
    news: &News,
    told: &Told,
) -> Vec<Letter> {
    let whole = |route: &String| format!("{}{}", base_url.trim_end_matches('/'), url_of(route));
    let fresh: BTreeSet<&String> = news.added.iter().chain(&news.changed).collect();
    let mut letters = Vec::new();
    for hub in &settings.websub {
        let feeds = fresh.iter().filter(|route| is_feed(route));
        letters.extend(feeds.map(|route| Letter::WebSub { hub: hub.clone(), feed: whole(route) }));
    }
    if let Some(file) = settings.key_file() {
        let pages: BTreeSet<&String> =
            fresh.iter().copied().chain(&news.removed).filter(|route| is_page(route)).collect();
        let addresses: Vec<String> = pages.into_iter().map(whole).collect();
        letters.extend(addresses.chunks(MOST_ADDRESSES).map(|some| Letter::IndexNow {
            key: settings.indexnow.clone(),
            key_location: whole(&format!("/{file}")),
            addresses: some.to_vec(),
        }));
    }
    if settings.webmention {
        let gone: BTreeSet<&String> = news.removed.iter().collect();
        for route in fresh.into_iter().chain(gone) {
            let targets = told.targets(route, words.get(route));
            letters.extend(targets.into_iter().map(|target| Letter::Webmention {
                source: whole(route),
                target,
                route: route.clone(),
            }));
        }
    }
    letters
}

/// What every page of the site says of others, by its address. Only the writer's own text counts, no navigation around it.
#[must_use]
pub fn words_of(site: &Site, snapshot: &Snapshot) -> BTreeMap<String, Words> {
    let mut all: BTreeMap<String, Words> = BTreeMap::new();
    for (at, writing) in site.writings.iter().enumerate() {
        let page: PageId = site.page_of(WritingId(index(at)));
        let route = site.route(page).as_str().to_owned();
        let text = snapshot.source(&writing.path).map(Source::text).unwrap_or_default();
        let links = writing.facts.links.iter().zip(site.targets[at].iter());
        let links = links.filter(|(_, target)| **target == Target::External);
        let mut words = Words { fingerprint: told::fingerprint(text.as_bytes()), links: Vec::new() };
        for (link, _) in links {
            let address = Url::parse(&link.target).ok().filter(|address| is_elsewhere(address, snapshot));
            words.links.extend(address.map(String::from).filter(|address| !words.links.contains(address)));
        }
        // Two files that want one address share the page of the first; that was reported where the book was linked.
        all.entry(route).or_insert(words);
    }
    all
}

/// Whether an address is on the web, on a host that can be asked, and not of this site.
fn is_elsewhere(address: &Url, snapshot: &Snapshot) -> bool {
    let is_own = snapshot.book.base_url.as_ref().is_some_and(|base| address.as_str().starts_with(base.as_str()));
    matches!(address.scheme(), "http" | "https") && !is_own && address.host_str().is_some_and(is_public)
}

/// An address of the site with percent signs where a link needs them.
fn url_of(route: &str) -> String {
    crate::base::path::Route::of_file(route.trim_start_matches('/'))
        .filter(|_| !route.ends_with('/'))
        .or_else(|| crate::base::path::Route::new(route))
        .map_or_else(|| route.to_owned(), |route| format!("/{}", route.to_url()))
}

/// Feeds by their names: Atom and RSS end in `.xml`, as the map of the site does; JSON Feed has one name.
#[must_use]
pub fn is_feed(route: &str) -> bool {
    let name = route.rsplit('/').next().unwrap_or(route);
    name.ends_with(".xml") && !name.starts_with("sitemap") || name == "feed.json"
}

/// Pages that readers look for.
fn is_page(route: &str) -> bool {
    route.ends_with('/') || route.ends_with(".html") && route != "/404.html"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn news(added: &[&str], changed: &[&str], removed: &[&str]) -> News {
        let all = |list: &[&str]| list.iter().map(|&route| route.to_owned()).collect();
        News { added: all(added), changed: all(changed), removed: all(removed) }
    }

    fn settings() -> TellSettings {
        TellSettings {
            websub: vec!["https://hub.example/".to_owned()],
            indexnow: "0123456789abcdef".to_owned(),
            webmention: true,
        }
    }

    fn words(links: &[&str]) -> Words {
        Words { fingerprint: "f".to_owned(), links: links.iter().map(|&link| link.to_owned()).collect() }
    }

    #[test]
    fn each_receiver_hears_what_concerns_it() {
        let pages = BTreeMap::from([("/essays/one/".to_owned(), words(&["https://other.example/a"]))]);
        let news = news(
            &["/essays/one/", "/style.css"],
            &["/", "/feed.xml", "/feed.json", "/sitemap.xml", "/404.html"],
            &["/essays/gone/"],
        );
        let letters = plan(&settings(), "https://me.example/book/", &pages, &news, &Told::default());
        let feeds = ["https://me.example/book/feed.json", "https://me.example/book/feed.xml"];
        let hub = |feed: &&str| Letter::WebSub { hub: "https://hub.example/".to_owned(), feed: (*feed).to_owned() };
        let addresses = ["/", "/essays/gone/", "/essays/one/"].map(|route| format!("https://me.example/book{route}"));
        let mut wanted: Vec<Letter> = feeds.iter().map(hub).collect();
        wanted.push(Letter::IndexNow {
            key: "0123456789abcdef".to_owned(),
            key_location: "https://me.example/book/0123456789abcdef.txt".to_owned(),
            addresses: addresses.to_vec(),
        });
        wanted.push(Letter::Webmention {
            source: "https://me.example/book/essays/one/".to_owned(),
            target: "https://other.example/a".to_owned(),
            route: "/essays/one/".to_owned(),
        });
        assert_eq!(letters, wanted);
        let body = &letters[0].body();
        assert_eq!(body.1, "hub.mode=publish&hub.url=https%3A%2F%2Fme.example%2Fbook%2Ffeed.json");
        let json: serde_json::Value = serde_json::from_str(&letters[2].body().1).expect("JSON");
        assert_eq!((json["host"].as_str(), json["urlList"].as_array().map(Vec::len)), (Some("me.example"), Some(3)));
    }

    #[test]
    fn nobody_is_told_unless_the_writer_says_so() {
        let pages = BTreeMap::from([("/essays/one/".to_owned(), words(&["https://other.example/a"]))]);
        let news = news(&["/essays/one/", "/feed.xml"], &[], &[]);
        assert_eq!(plan(&TellSettings::default(), "https://me.example/", &pages, &news, &Told::default()), []);
    }

    #[test]
    fn many_addresses_go_in_several_letters() {
        let routes: Vec<String> = (0..20_001).map(|at| format!("/essays/{at}/")).collect();
        let news = News { added: routes, ..News::default() };
        let settings = TellSettings { indexnow: "0123456789abcdef".to_owned(), ..TellSettings::default() };
        let letters = plan(&settings, "https://me.example/", &BTreeMap::new(), &news, &Told::default());
        let counts = letters.iter().map(|letter| match letter {
            Letter::IndexNow { addresses, .. } => addresses.len(),
            _ => 0,
        });
        assert_eq!(counts.collect::<Vec<_>>(), [10_000, 10_000, 1]);
    }
}
