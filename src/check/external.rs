//! Links to pages elsewhere: which there are, which of them have to be asked for, and what is said of them afterwards. Asks
//! nobody.

use std::collections::BTreeMap;

use jiff::civil::Date;
use url::Url;

use super::known::{Known, Memory, State, ago};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::host::is_public;
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::import::html::Html;
use crate::link::{Site, Target};
use crate::model::source::{Snapshot, Source};

/// An address that could not be reached is held to be dead after failures on so many days.
const DEAD_AFTER: usize = 2;

/// Where an address is written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The link, or the value in the front matter.
    pub span: Span,
    /// The bytes of the address alone, where they are found in it once and as they are.
    pub address: Option<Span>,
    /// The address as written.
    pub written: String,
}

/// An address elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The address, without the part behind `#`.
    pub url: Url,
    /// Where it is written, in order.
    pub places: Vec<Place>,
}

impl Wanted {
    /// The host that is asked.
    #[must_use]
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }
}

/// Every address elsewhere that the book's own texts lead to. Those in replies are left out: their writers answer for them.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Sorted by host and address.
    pub wanted: Vec<Wanted>,
    /// What is written as an address elsewhere and can be none, with the reason.
    pub malformed: Vec<(Place, String)>,
    /// How many others the settings leave out.
    pub ignored: usize,
}

impl Plan {
    /// The plan of a book.
    #[must_use]
    pub fn of(site: &Site, snapshot: &Snapshot) -> Self {
        let mut found: BTreeMap<(String, String), Wanted> = BTreeMap::new();
        let mut ignored = std::collections::BTreeSet::new();
        let mut malformed = Vec::new();
        let is_ignored = |address: &str| snapshot.book.external.ignore.iter().any(|pattern| fits(pattern, address));
        for (written, place) in places(site, snapshot) {
            let url = match elsewhere(&written, snapshot) {
                Ok(Some(url)) => url,
                Ok(None) => continue,
                Err(why) => {
                    if is_ignored(&written) {
                        ignored.insert(written);
                    } else {
                        malformed.push((place, why));
                    }
                    continue;
                }
            };
            if is_ignored(url.as_str()) {
                ignored.insert(url.into());
                continue;
            }
            let key = (url.host_str().unwrap_or_default().to_owned(), url.to_string());
            found.entry(key).or_insert_with(|| Wanted { url, places: Vec::new() }).places.push(place);
        }
        let mut wanted: Vec<Wanted> = found.into_values().collect();
        for one in &mut wanted {
            one.places.sort();
            one.places.dedup();
        }
        malformed.sort();
        malformed.dedup();
        Self { wanted, malformed, ignored: ignored.len() }
    }

    /// Those that have to be asked for, by host: what is known of the others is fresh enough.
    #[must_use]
    pub fn stale(&self, memory: &Memory, today: Date, max_age: i64) -> Vec<Vec<&Wanted>> {
        let is_stale = |wanted: &&Wanted| {
            memory.addresses.get(wanted.url.as_str()).is_none_or(|known| known.is_stale(today, max_age))
        };
        let stale: Vec<&Wanted> = self.wanted.iter().filter(is_stale).collect();
        stale.chunk_by(|a, b| a.host() == b.host()).map(<[&Wanted]>::to_vec).collect()
    }

    /// What there is to say of the addresses that are known.
    #[must_use]
    pub fn findings(&self, memory: &Memory, today: Date) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        for (place, why) in &self.malformed {
            let message = format!("`{}` leads nowhere: it cannot be an address: {why}", place.written);
            let finding = Diagnostic::new(Code::DeadLink, place.span.clone(), message);
            diagnostics.push(finding.help("write the address as a browser shows it, or take the link out"));
        }
        for wanted in &self.wanted {
            let Some(known) = memory.addresses.get(wanted.url.as_str()) else { continue };
            diagnostics.extend(wanted.places.iter().filter_map(|place| finding(wanted, place, known, today)));
        }
        diagnostics
    }
}

/// Every address elsewhere, with its place.
fn places(site: &Site, snapshot: &Snapshot) -> Vec<(String, Place)> {
    let mut all = Vec::new();
    for (at, writing) in site.writings.iter().enumerate() {
        let text = snapshot.source(&writing.path).map(Source::text).unwrap_or_default();
        let links = writing.facts.links.iter().zip(site.targets[at].iter());
        for (link, _) in links.filter(|(_, target)| **target == Target::External) {
            let (start, end) = link.source;
            let span = Span { path: writing.path.clone(), range: Some((start, end)) };
            let address = find(&text, (start as usize, end as usize), &link.target, &writing.path);
            all.push((link.target.clone(), Place { span, address, written: link.target.clone() }));
        }
        let named = writing.meta.canonical.iter().chain(&writing.meta.syndication).cloned();
        for written in named.chain(in_raw_html(&writing.prose().html)) {
            let address = find_first(&text, &written, &writing.path);
            let span = address.clone().unwrap_or_else(|| Span::file(&writing.path));
            all.push((written.clone(), Place { span, address, written }));
        }
    }
    all
}

/// The addresses of links that the writer made in HTML: those of all other links are holes in it.
fn in_raw_html(html: &str) -> Vec<String> {
    if !html.contains("://") {
        return Vec::new();
    }
    let html = Html::new(html);
    let links = html.elements().iter().filter(|element| element.name == "a");
    links.filter_map(|link| link.attribute("href")).map(str::to_owned).collect()
}

/// The bytes of an address in a part of a text, where they stand there once.
fn find(text: &str, (start, end): (usize, usize), address: &str, path: &SitePath) -> Option<Span> {
    let part = text.get(start..end)?;
    let mut found = part.match_indices(address);
    let (at, _) = found.next()?;
    found.next().is_none().then(|| Span::bytes(path, start + at..start + at + address.len()))
}

/// The bytes of an address, where it comes first.
fn find_first(text: &str, address: &str, path: &SitePath) -> Option<Span> {
    let is_whole = |at: usize| {
        let next = text[at + address.len()..].chars().next();
        next.is_none_or(|next| next.is_whitespace() || "\"',]".contains(next))
    };
    let (at, _) = text.match_indices(address).find(|(at, _)| is_whole(*at))?;
    Some(Span::bytes(path, at..at + address.len()))
}

/// An address on the web that is none of the site itself, without the part behind `#`. What is written as one and can be
/// none is an error, in words.
fn elsewhere(written: &str, snapshot: &Snapshot) -> Result<Option<Url>, String> {
    let whole = if written.starts_with("//") { format!("https:{written}") } else { written.to_owned() };
    let scheme = whole.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    if !matches!(scheme.as_deref(), Some("http" | "https")) {
        return Ok(None);
    }
    let mut url = Url::parse(&whole).map_err(|why| why.to_string())?;
    let is_own = snapshot.book.base_url.as_ref().is_some_and(|base| url.as_str().starts_with(base.as_str()));
    url.set_fragment(None);
    Ok((!is_own).then_some(url))
}

/// Whether an address fits a pattern: `*` stands for anything, and a pattern without it for all that begins so.
fn fits(pattern: &str, address: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return address.starts_with(pattern) };
    let Some(mut left) = address.strip_prefix(first) else { return false };
    let parts: Vec<&str> = rest.split('*').collect();
    let Some((last, inner)) = parts.split_last() else { return true };
    for part in inner {
        let Some(at) = left.find(part) else { return false };
        left = &left[at + part.len()..];
    }
    left.ends_with(last)
}

fn finding(wanted: &Wanted, place: &Place, known: &Known, today: Date) -> Option<Diagnostic> {
    let (written, host, ago) = (&place.written, wanted.host(), ago(known.asked, today));
    let status = known.status.map_or_else(String::new, |status| status.to_string());
    let new = |code, message: String| Diagnostic::new(code, place.span.clone(), message);
    Some(match known.state {
        State::Fine => return None,
        State::Moved => moved(place, known, &ago)?,
        State::Gone => new(Code::DeadLink, format!("`{written}` leads nowhere: {host} answers {status} ({ago})"))
            .help("write its new address, link to a copy in an archive, or take the link out"),
        State::Refused => new(
            Code::UnsureLink,
            format!("nobody can say whether `{written}` is there: {host} answers programs with {status} ({ago})"),
        )
        .help("open it in a browser, or put it under `ignore` in `[external]`"),
        State::Closed => {
            new(Code::UnsureLink, format!("readers may not get to `{written}`: {}", closed(wanted, known)))
                .help("write an address that everybody can reach, or take the link out")
        }
        State::Unreachable if known.failed.len() < DEAD_AFTER => {
            new(Code::UnsureLink, format!("`{written}` could not be reached: {} ({ago})", known.why))
                .help("check again on another day: once it fails then, too, it is a `dead-link`")
        }
        State::Unreachable => {
            let since = known.failed.first().map_or_else(String::new, |day| format!(" since {day}"));
            new(Code::DeadLink, format!("`{written}` cannot be reached{since}: {} ({ago})", known.why))
                .help("write its new address, link to a copy in an archive, or take the link out")
        }
    })
}

fn closed(wanted: &Wanted, known: &Known) -> String {
    if is_public(wanted.host()) {
        known.why.clone()
    } else {
        format!("`{}` is no host of the open network", wanted.host())
    }
}

/// What to say of an address that has moved. One that leads to the front page is more likely gone: that is no remedy.
fn moved(place: &Place, known: &Known, ago: &str) -> Option<Diagnostic> {
    let mut to = Url::parse(known.to.as_ref()?).ok()?;
    let from = Url::parse(&place.written).ok();
    let is_deep = |url: &Url| url.path() != "/" || url.query().is_some();
    if from.as_ref().is_some_and(is_deep) && !is_deep(&to) {
        let message = format!("`{}` leads to the front page of `{to}` now, so it may be gone ({ago})", place.written);
        let diagnostic = Diagnostic::new(Code::MovedLink, place.span.clone(), message);
        return Some(diagnostic.help("look whether what you linked to still stands there"));
    }
    if let (Some(fragment), None) = (from.as_ref().and_then(Url::fragment), to.fragment()) {
        to.set_fragment(Some(fragment));
    }
    let message = format!("`{}` has moved to `{to}` for good ({ago})", place.written);
    let diagnostic = Diagnostic::new(Code::MovedLink, place.span.clone(), message).help(format!("write `{to}`"));
    Some(match &place.address {
        Some(span) => diagnostic.guess(span.clone(), to.to_string()),
        None => diagnostic,
    })
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_anything() {
        let address = "https://www.linkedin.com/in/ada?x=1";
        for pattern in [
            "https://www.linkedin.com/*",
            "https://www.linkedin.com/",
            "https://*.linkedin.com/*",
            "*linkedin*ada*",
            "https://www.linkedin.com/in/*?x=1",
            "*",
        ] {
            assert!(fits(pattern, address), "{pattern}");
        }
        for pattern in ["https://linkedin.com/*", "http://www.linkedin.com/", "*.linkedin.com/", "*ada*ada*", ""] {
            assert!(!fits(pattern, address) || pattern.is_empty(), "{pattern}");
        }
    }
}
