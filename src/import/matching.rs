//! Which essay a thread belongs to. Knows the essays' names and addresses, not their texts.

use std::collections::{BTreeMap, BTreeSet};

use super::foreign::ForeignThread;
use crate::base::diagnostic::nearest;
use crate::base::slug::slug;

/// What is known of an essay when threads are matched.
#[derive(Clone, Debug, Default)]
pub struct Essay {
    /// Name of its file of replies, without the extension.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its slug.
    pub slug: String,
    /// Its address from the site's root, with slashes at both ends.
    pub route: String,
    /// Its old addresses.
    pub aliases: Vec<String>,
    /// Addresses of its copies and of its original.
    pub copies: Vec<String>,
    /// Its text, blocks separated by a line feed; for the passages that replies quote.
    pub text: String,
    /// Threads whose replies it has already: the word for the source, and what names the thread there.
    pub threads: Vec<(String, String)>,
}

/// What was found for a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// One essay, as an index, and by what.
    One(usize, &'static str),
    /// Several.
    Several(Vec<usize>),
    /// None, with the essay whose title is nearest.
    None(Option<usize>),
}

/// The essays of a book, by everything that names them.
pub struct Essays {
    list: Vec<Essay>,
    by_copy: BTreeMap<String, BTreeSet<usize>>,
    /// Parts of addresses of copies that hold an id of the source.
    by_id: BTreeMap<String, BTreeSet<usize>>,
    by_path: BTreeMap<String, BTreeSet<usize>>,
    by_slug: BTreeMap<String, BTreeSet<usize>>,
    by_title: BTreeMap<String, BTreeSet<usize>>,
    by_thread: BTreeMap<(String, String), usize>,
    /// Threads in files that belong to no essay, and the names of these files.
    orphans: BTreeMap<(String, String), String>,
}

impl Essays {
    /// Prepares the essays of a book.
    #[must_use]
    pub fn new(list: Vec<Essay>) -> Self {
        let mut essays = Self {
            list: Vec::new(),
            by_copy: BTreeMap::new(),
            by_id: BTreeMap::new(),
            by_path: BTreeMap::new(),
            by_slug: BTreeMap::new(),
            by_title: BTreeMap::new(),
            by_thread: BTreeMap::new(),
            orphans: BTreeMap::new(),
        };
        for (at, essay) in list.iter().enumerate() {
            for copy in &essay.copies {
                essays.by_copy.entry(normalised(copy)).or_default().insert(at);
                for id in ids(copy) {
                    essays.by_id.entry(id).or_default().insert(at);
                }
            }
            for path in essay.aliases.iter().chain([&essay.route]) {
                essays.by_path.entry(path_of(path)).or_default().insert(at);
                essays.by_slug.entry(slug(last(path))).or_default().insert(at);
            }
            essays.by_slug.entry(slug(&essay.slug)).or_default().insert(at);
            essays.by_slug.entry(slug(last(&essay.name))).or_default().insert(at);
            essays.by_title.entry(slug(&essay.title)).or_default().insert(at);
            essays.by_thread.extend(essay.threads.iter().map(|thread| (thread.clone(), at)));
        }
        essays.list = list;
        essays
    }

    /// The same essays and one more; its index is the last.
    #[must_use]
    pub fn with(mut self, essay: Essay) -> Self {
        let mut orphans = std::mem::take(&mut self.orphans);
        // A file that is called as this essay is belongs to it.
        orphans.retain(|_, file| *file != super::run::file_of(&essay.name));
        self.list.push(essay);
        Self::new(self.list).with_orphans(orphans)
    }

    /// The same essays, and threads in files that belong to none of them.
    #[must_use]
    pub fn with_orphans(mut self, orphans: BTreeMap<(String, String), String>) -> Self {
        self.orphans = orphans;
        self
    }

    /// The file that has replies of a thread and belongs to no essay.
    #[must_use]
    pub fn orphan(&self, source: &str, key: &str) -> Option<&str> {
        self.orphans.get(&(source.to_owned(), key.to_owned())).map(String::as_str)
    }

    /// The essays.
    #[must_use]
    pub fn list(&self) -> &[Essay] {
        &self.list
    }

    /// The essay that has replies of a thread already.
    #[must_use]
    pub fn having(&self, source: &str, key: &str) -> Option<usize> {
        self.by_thread.get(&(source.to_owned(), key.to_owned())).copied()
    }

    /// The essay that a person names: by file, slug, title or address.
    #[must_use]
    pub fn find(&self, name: &str) -> Match {
        let direct = self.list.iter().position(|essay| essay.name == name);
        if let Some(at) = direct {
            return Match::One(at, "name");
        }
        let found = [
            self.by_path.get(&path_of(name)),
            self.by_slug.get(&slug(last(name))),
            self.by_title.get(&slug(name)),
            self.by_copy.get(&normalised(name)),
        ];
        found.into_iter().flatten().find_map(|set| of_set(set, "name")).unwrap_or_else(|| Match::None(self.near(name)))
    }

    /// The essay a thread belongs to: by the addresses and ids of copies, by address, alias, slug, title, in this order; the
    /// first that gives exactly one essay counts.
    #[must_use]
    pub fn of_thread(&self, thread: &ForeignThread) -> Match {
        let key = &thread.key;
        let addresses = || [&thread.address, &key.address].into_iter().flatten();
        let mut several = None;
        let mut tries: Vec<(&'static str, Option<&BTreeSet<usize>>)> = Vec::new();
        tries.extend(addresses().map(|address| ("syndication", self.by_copy.get(&normalised(address)))));
        tries.extend(key.id.iter().map(|id| ("id", self.by_id.get(id))));
        tries.extend(addresses().flat_map(|address| ids(address)).map(|id| ("id", self.by_id.get(&id))));
        tries.extend(addresses().map(|address| ("address", self.by_path.get(&path_of(address)))));
        tries.extend(key.path.iter().map(|path| ("address", self.by_path.get(&path_of(path)))));
        tries.extend(key.path.iter().chain(addresses()).map(|path| ("slug", self.by_slug.get(&slug(last(path))))));
        tries.extend(key.id.iter().map(|id| ("slug", self.by_slug.get(&slug(last(id))))));
        tries.extend(key.title.iter().map(|title| ("title", self.by_title.get(&slug(title)))));
        for (by, set) in tries {
            match set.and_then(|set| of_set(set, by)) {
                Some(found @ Match::One(..)) => return found,
                Some(found) => several = several.or(Some(found)),
                None => {}
            }
        }
        several.unwrap_or_else(|| Match::None(key.title.as_deref().and_then(|title| self.near(title))))
    }

    fn near(&self, title: &str) -> Option<usize> {
        let found = nearest(title, self.list.iter().map(|essay| essay.title.as_str()))?;
        self.list.iter().position(|essay| essay.title == found)
    }
}

fn of_set(set: &BTreeSet<usize>, by: &'static str) -> Option<Match> {
    match set.len() {
        0 => None,
        1 => set.first().map(|at| Match::One(*at, by)),
        _ => Some(Match::Several(set.iter().copied().collect())),
    }
}

/// An address for comparison: without scheme, `www.`, port, fragment, query (but for the ids of old blogs), `index.html`,
/// extension and slash at its end; in lower case, percent signs undone once.
#[must_use]
pub fn normalised(address: &str) -> String {
    let rest = address.trim().split_once("://").map_or(address.trim(), |(_, rest)| rest);
    let rest = rest.split('#').next().unwrap_or("");
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let kept: Vec<&str> =
        query.split('&').filter(|part| ["p=", "id=", "page_id="].iter().any(|key| part.starts_with(key))).collect();
    let (host, path) = place.split_once('/').unwrap_or((place, ""));
    let host = host.split(':').next().unwrap_or("").trim_start_matches("www.");
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix("index.html").unwrap_or(path).trim_end_matches('/');
    let path = path.strip_suffix(".html").unwrap_or(path);
    let joined = format!("{host}/{path}{}{}", if kept.is_empty() { "" } else { "?" }, kept.join("&"));
    crate::base::path::percent_decoded(&joined).to_lowercase()
}

/// The path of an address or path, normalised in the same way, with a slash at its start.
fn path_of(address: &str) -> String {
    let with_host = if address.contains("://") {
        normalised(address)
    } else {
        normalised(&format!("x/{}", address.trim_start_matches('/')))
    };
    with_host.find('/').map_or_else(String::new, |at| with_host[at..].to_owned())
}

/// The last part of a path, without an extension of a page.
fn last(path: &str) -> &str {
    let path = path.split(['?', '#']).next().unwrap_or("").trim_end_matches('/');
    let path = path.strip_suffix("/index.html").unwrap_or(path);
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".html").or_else(|| name.strip_suffix(".md")).unwrap_or(name)
}

/// Parts of an address that look like ids of posts: long numbers, and the hexadecimal ids of Medium.
fn ids(address: &str) -> Vec<String> {
    let place = address.split(['?', '#']).next().unwrap_or("");
    let is_id = |part: &&str| {
        (part.len() >= 7 && part.chars().all(|c| c.is_ascii_digit()))
            || (part.len() >= 10 && part.chars().all(|c| c.is_ascii_hexdigit()))
    };
    place.split(['/', '-', ':', ',', '(', ')']).filter(is_id).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Key;
    use super::*;

    fn essays() -> Essays {
        let essay = |name: &str, title: &str, copy: &str, alias: &str| Essay {
            name: name.to_owned(),
            title: title.to_owned(),
            slug: name.to_owned(),
            route: format!("/essays/{name}/"),
            aliases: vec![alias.to_owned()],
            copies: vec![copy.to_owned()],
            ..Essay::default()
        };
        Essays::new(vec![
            essay(
                "trust",
                "On Trust",
                "https://www.linkedin.com/posts/ada_on-trust-activity-7190000000000000001-AbCd",
                "/2019/05/trust.html",
            ),
            essay("vision", "On Vision", "https://medium.com/@ada/on-vision-5d1c0a7e42b9", "/old/"),
            essay("vision-2", "On Vision", "https://example.net/v2", "/older/"),
        ])
    }

    fn thread(address: &str, id: &str, path: &str, title: &str) -> ForeignThread {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let key = Key { id: some(id), address: some(address), path: some(path), title: some(title) };
        ForeignThread { key, ..ForeignThread::default() }
    }

    #[test]
    fn a_thread_finds_its_essay_by_what_it_says() {
        let essays = essays();
        for (given, wanted) in [
            (
                thread("http://linkedin.com/posts/ada_on-trust-activity-7190000000000000001-AbCd/?utm=1", "", "", ""),
                Match::One(0, "syndication"),
            ),
            (
                thread("https://www.linkedin.com/feed/update/urn:li:activity:7190000000000000001", "", "", ""),
                Match::One(0, "id"),
            ),
            (thread("", "5d1c0a7e42b9", "", ""), Match::One(1, "id")),
            (thread("https://old.example/2019/05/Trust.html#c1", "", "", ""), Match::One(0, "address")),
            (thread("https://elsewhere.example/blog/vision-2/", "", "", ""), Match::One(2, "slug")),
            (thread("", "", "", "on trust!"), Match::One(0, "title")),
            (thread("", "", "", "On Vision"), Match::Several(vec![1, 2])),
            (thread("", "", "", "On Vison"), Match::None(Some(1))),
            (thread("", "", "", "Nothing alike"), Match::None(None)),
        ] {
            assert_eq!(essays.of_thread(&given), wanted, "{:?}", given.key);
        }
        assert_eq!(essays.find("/essays/trust/"), Match::One(0, "name"));
    }
}
