//! The files that a page asks for, from its HTML and its style sheets. Opens none of them.

use std::collections::BTreeSet;

use url::Url;

use crate::base::markup::candidates;
use crate::base::path::percent_decoded;
use crate::import::html::{Element, Html};
use crate::model::book::Book;
use crate::theme::styles::named;

/// The address that a site has while nobody asks for it; its own one may be unknown.
const HERE: &str = "https://here.invalid";
/// Endings of files that hold fonts.
const FONTS: [&str; 4] = [".woff2", ".woff", ".ttf", ".otf"];

/// The site as addresses see it.
pub struct Base {
    /// The path below which it stands.
    path: String,
    /// Its own host, which is no other server.
    host: Option<String>,
}

impl Base {
    /// The site of a book.
    #[must_use]
    pub fn new(book: &Book) -> Self {
        let url = book.base_url.as_ref().and_then(|base| Url::parse(base).ok());
        Self { path: book.base_path().to_owned(), host: url.and_then(|url| url.host_str().map(str::to_owned)) }
    }

    /// Where an address in a file of the site leads.
    #[must_use]
    pub fn resolve(&self, file: &str, address: &str) -> Place {
        let here = Url::parse(HERE).and_then(|here| here.join(&format!("{}{file}", self.path)));
        let Ok(url) = here.and_then(|here| here.join(address.trim())) else { return Place::Nowhere };
        let Some(host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else {
            return Place::Nowhere;
        };
        if host != "here.invalid" && self.host.as_deref() != Some(host) {
            return Place::Elsewhere(host.to_owned());
        }
        let path = percent_decoded(url.path());
        let name = path.strip_prefix(&self.path).unwrap_or(path.trim_start_matches('/'));
        let is_folder = name.is_empty() || name.ends_with('/');
        Place::File(if is_folder { format!("{name}index.html") } else { name.to_owned() })
    }
}

/// Where an address leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// To a file of the site.
    File(String),
    /// To another server, by its name.
    Elsewhere(String),
    /// To nothing that is fetched: `data:`, `mailto:` …
    Nowhere,
}

/// What a page asks for when it is opened, each file once.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// Style sheets.
    pub sheets: BTreeSet<String>,
    /// Scripts.
    pub scripts: BTreeSet<String>,
    /// Fonts.
    pub fonts: BTreeSet<String>,
    /// Pictures, sounds and films of the text.
    pub pictures: BTreeSet<String>,
    /// Everything else: icons, pictures of style sheets …
    pub others: BTreeSet<String>,
    /// How many fonts are loaded before anything names them.
    pub preloads: usize,
    /// Other servers.
    pub origins: BTreeSet<String>,
}

impl Asked {
    /// Takes in what something else asks for, such as a sheet of the page.
    pub fn take_in(&mut self, other: &Self) {
        for (own, more) in [
            (&mut self.sheets, &other.sheets),
            (&mut self.scripts, &other.scripts),
            (&mut self.fonts, &other.fonts),
            (&mut self.pictures, &other.pictures),
            (&mut self.others, &other.others),
            (&mut self.origins, &other.origins),
        ] {
            own.extend(more.iter().cloned());
        }
        self.preloads += other.preloads;
    }

    /// How many files these are, without pictures of the text.
    #[must_use]
    pub fn count(&self) -> usize {
        self.sheets.len() + self.scripts.len() + self.fonts.len() + self.others.len()
    }

    /// All files, sorted.
    #[must_use]
    pub fn files(&self) -> BTreeSet<&String> {
        [&self.sheets, &self.scripts, &self.fonts, &self.pictures, &self.others].into_iter().flatten().collect()
    }

    fn add(&mut self, base: &Base, file: &str, address: &str, kind: Kind) {
        match base.resolve(file, address) {
            Place::Nowhere => {}
            Place::Elsewhere(host) => {
                self.origins.insert(host);
            }
            Place::File(name) => {
                let is_font = FONTS.iter().any(|ending| name.ends_with(ending));
                match kind {
                    Kind::Sheet => &mut self.sheets,
                    Kind::Script => &mut self.scripts,
                    Kind::Other if is_font => &mut self.fonts,
                    Kind::Picture => &mut self.pictures,
                    Kind::Other => &mut self.others,
                }
                .insert(name);
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Sheet,
    Script,
    Picture,
    Other,
}

/// What the HTML of a page asks for.
#[must_use]
pub fn asked(html: &Html<'_>, base: &Base, file: &str) -> Asked {
    let mut asked = Asked::default();
    for element in html.elements() {
        let mut add = |attribute: &str, kind| {
            if let Some(address) = element.attribute(attribute) {
                asked.add(base, file, address, kind);
            }
        };
        match element.name.as_str() {
            "link" => add_link(element, base, file, &mut asked),
            "script" => add("src", Kind::Script),
            "img" | "source" | "video" | "audio" | "track" => {
                add("src", Kind::Picture);
                add("poster", Kind::Picture);
                let set = element.attribute("srcset").unwrap_or("");
                let addresses = candidates(set).into_iter().map(|range| &set[range]);
                addresses.for_each(|address| asked.add(base, file, address, Kind::Picture));
            }
            "iframe" | "embed" => add("src", Kind::Other),
            "object" => add("data", Kind::Other),
            _ => {}
        }
    }
    asked
}

fn add_link(element: &Element, base: &Base, file: &str, asked: &mut Asked) {
    let Some(address) = element.attribute("href") else { return };
    let relations: Vec<String> =
        element.attribute("rel").unwrap_or("").split_ascii_whitespace().map(str::to_ascii_lowercase).collect();
    let is = |word: &str| relations.iter().any(|relation| relation == word);
    if is("stylesheet") {
        asked.add(base, file, address, Kind::Sheet);
    } else if is("preload") || is("modulepreload") || is("icon") || is("manifest") || is("prefetch") {
        asked.preloads += usize::from(is("preload") && element.attribute("as") == Some("font"));
        asked.add(base, file, address, Kind::Other);
    } else if is("preconnect") || is("dns-prefetch") {
        // These speak to another server without fetching a file.
        if let Place::Elsewhere(host) = base.resolve(file, address) {
            asked.origins.insert(host);
        }
    }
}

/// What a style sheet asks for: fonts and pictures under `url()`, and other sheets.
pub fn fonts_and_others(css: &str, base: &Base, sheet: &str, asked: &mut Asked) {
    for address in named(css).into_iter().filter(|address| !address.starts_with('#')) {
        asked.add(base, sheet, address, Kind::Other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Base {
        let base_url = Some("https://me.example/book/".to_owned());
        Base::new(&Book { base_url, ..Book::default() })
    }

    #[test]
    fn addresses_lead_to_files_of_the_site_or_elsewhere() {
        let file = |name: &str| Place::File(name.to_owned());
        for (address, place) in [
            ("../../assets/a.css", file("assets/a.css")),
            ("/book/assets/a.css", file("assets/a.css")),
            ("https://me.example/book/essays/", file("essays/index.html")),
            ("../../", file("index.html")),
            ("a%20b.png", file("essays/one/a b.png")),
            ("//cdn.example/x.js", Place::Elsewhere("cdn.example".to_owned())),
            ("data:image/png;base64,x", Place::Nowhere),
            ("mailto:me@me.example", Place::Nowhere),
        ] {
            assert_eq!(site().resolve("essays/one/index.html", address), place, "{address}");
        }
    }

    #[test]
    fn every_file_is_asked_for_once() {
        let page = "<link rel=stylesheet href=a.css><link rel='preload' as=font href=f.woff2 crossorigin><script src=a.js defer>\
                    </script><script>1</script><img src=p.png srcset='q.png 2x, https://img.example/r.png 3x'><link rel=icon href=i.svg>\
                    <link rel=canonical href=https://other.example/><a href=https://away.example/>x</a><link rel=preconnect href=//c.example>";
        let base = site();
        let mut asked = asked(&Html::new(page), &base, "index.html");
        fonts_and_others(
            "@font-face{src:url(\"f.woff2\")} a{b:url(#x);c:url('g.woff2')} @import 'b.css';",
            &base,
            "a.css",
            &mut asked,
        );
        let origins: Vec<&str> = asked.origins.iter().map(String::as_str).collect();
        assert_eq!((asked.count(), asked.preloads, asked.pictures.len()), (6, 1, 2), "{asked:?}");
        assert_eq!(origins, ["c.example", "img.example"]);
    }

    #[test]
    fn what_a_sheet_says_in_comments_and_texts_is_asked_of_nobody() {
        let base = site();
        let mut asked = Asked::default();
        let css = "/* formerly url(https://cdn.example/x.png) @import 'https://a.example/b.css'; */\
                   a{content:\"url(https://b.example/x.png)\"} b{c:url( https://c.example/d.png )}";
        fonts_and_others(css, &base, "a.css", &mut asked);
        assert_eq!(asked.origins.iter().map(String::as_str).collect::<Vec<_>>(), ["c.example"]);
    }
}
