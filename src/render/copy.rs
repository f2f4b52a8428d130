//! The Markdown of an essay as a file of its own: the keys that readers see anyway, and the text with addresses that hold
//! wherever it is read.

use super::Input;
use crate::base::fingerprint::Fingerprint;
use crate::base::parts::Parts;
use crate::link::{PageId, Picture, Target, WritingId, index};
use crate::parse::copy::{Place, Places, copy};
use crate::view::recipe::{add_place, add_target};

/// The file.
pub(super) fn write(input: &Input<'_>, id: WritingId) -> String {
    let writing = input.site.writing(id);
    let text = writing.text.source.text();
    let start = writing.text.body_start;
    format!("{}\n{}", front(input, id), copy(&text[start..], start, &writing.facts.copied, &InBook::new(input, id)))
}

/// Of what the file is made: its source, and all that the book adds to it.
pub(super) fn recipe(input: &Input<'_>, id: WritingId) -> Fingerprint {
    let (site, at) = (input.site, id.0 as usize);
    let escapes = &site.mentions[at].escapes;
    let mut recipe = Parts::with_capacity(1024);
    recipe.add_fixed(site.writing(id).text.source.fingerprint.as_bytes());
    recipe.add(format!("{escapes:?}").as_bytes());
    // Of the front matter, what does not stand in the source or in the settings: a title may be that of the file.
    recipe.add(site.writing(id).meta.title.as_bytes());
    recipe.add_fixed(&index(site.named[at].len()).to_le_bytes());
    site.named[at].iter().for_each(|concept| recipe.add(site.concept(*concept).title.as_bytes()));
    let series = site.place_in_series(id).map(|(series, at)| (&site.series(series).title, at));
    recipe.add(format!("{series:?}").as_bytes());
    recipe.add(site.route(PageId::Writing(id)).as_str().as_bytes());
    for target in site.targets[at].iter() {
        add_target(&mut recipe, target, PageId::Writing(id), |recipe, page, fragment| {
            add_place(recipe, site, page, fragment);
        });
        if let Target::Passage(passage) = target {
            recipe.add(site.writing(passage.writing).meta.title.as_bytes());
        }
    }
    site.pictures[at].iter().for_each(|picture| recipe.add(format!("{picture:?}").as_bytes()));
    recipe.finish()
}

/// The front matter: none but these keys, so that what a writer keeps there for himself stays there.
fn front(input: &Input<'_>, id: WritingId) -> String {
    let Input { site, book, .. } = input;
    let meta = &site.writing(id).meta;
    let mut lines = String::from("+++\n");
    let mut add = |key: &str, value: toml_edit::Value| lines.push_str(&format!("{key} = {value}\n"));
    let text = |text: &str| toml_edit::Value::from(text);
    let texts = |texts: Vec<&str>| texts.into_iter().collect::<toml_edit::Value>();
    add("title", text(&meta.title));
    if !book.author.is_empty() {
        add("author", text(&book.author));
    }
    for (key, date) in [("date", meta.date), ("updated", meta.updated)] {
        if let Some(date) = date {
            // A day without quotation marks is a date of TOML.
            let day = date.to_iso().parse::<toml_edit::Datetime>();
            add(key, day.map_or_else(|_| text(&date.to_iso()), toml_edit::Value::from));
        }
    }
    if !meta.summary.is_empty() {
        add("summary", text(&meta.summary));
    }
    let concepts = site.named[id.0 as usize].iter().map(|concept| site.concept(*concept).title.as_str());
    let concepts: Vec<&str> = concepts.collect();
    if !concepts.is_empty() {
        add("concepts", texts(concepts));
    }
    if let Some((series, at)) = site.place_in_series(id) {
        add("series", text(&site.series(series).title));
        add("part", i64::try_from(at + 1).unwrap_or(i64::MAX).into());
    }
    let own = input.viewer.absolute(PageId::Writing(id));
    if let Some(canonical) = meta.canonical.as_ref().or(own.as_ref()) {
        add("canonical", text(canonical));
    }
    if !meta.syndication.is_empty() {
        add("syndication", texts(meta.syndication.iter().map(String::as_str).collect()));
    }
    add("lang", text(meta.lang.as_ref().unwrap_or(&book.language)));
    lines.push_str("+++\n");
    lines
}

/// Where the links and pictures of an essay lead.
struct InBook<'a> {
    input: &'a Input<'a>,
    /// What stands before each address of the site.
    base: String,
    page: PageId,
    /// By their bytes in the source, and by what is written there: sorted.
    links: Vec<((usize, usize), &'a str, &'a Target)>,
    /// By their bytes in the source: sorted.
    pictures: Vec<((usize, usize), &'a Picture)>,
    /// The words behind backslashes that are not shown.
    kept: Vec<String>,
}

impl<'a> InBook<'a> {
    fn new(input: &'a Input<'a>, id: WritingId) -> Self {
        let (site, at) = (input.site, id.0 as usize);
        let facts = &site.writing(id).facts;
        let bytes = |range: (u32, u32)| (range.0 as usize, range.1 as usize);
        let links = facts.links.iter().zip(site.targets[at].iter());
        let mut links: Vec<_> =
            links.map(|(link, target)| (bytes(link.source), link.target.as_str(), target)).collect();
        links.sort_by_key(|(source, written, _)| (*source, *written));
        let pictures = facts.images.iter().zip(&site.pictures[at]);
        let mut pictures: Vec<_> = pictures.map(|(image, picture)| (bytes(image.source), picture)).collect();
        pictures.sort_by_key(|(source, _)| *source);
        let escapes = &site.mentions[at].escapes;
        let prose = (!escapes.is_empty()).then(|| site.writing(id).prose());
        let behind = |slash: &u32| {
            let rest = prose.as_ref().and_then(|prose| prose.outline.text.get(*slash as usize + 1..)).unwrap_or("");
            rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or("").to_owned()
        };
        let kept = escapes.iter().map(behind).filter(|word| !word.is_empty()).collect();
        let page = PageId::Writing(id);
        let base = input.book.base_url.clone().unwrap_or_else(|| site.route(page).to_root());
        Self { input, base, page, links, pictures, kept }
    }

    fn place(&self, target: &Target) -> Place {
        match target {
            Target::External => Place::AsWritten,
            Target::Here(fragment) => Place::Address(self.address(self.page, fragment)),
            Target::Page(page, fragment) => Place::Address(self.address(*page, fragment)),
            Target::File(route) => Place::Address(format!("{}{}", self.base, route.to_url())),
            Target::Passage(passage) => {
                let title = &self.input.site.writing(passage.writing).meta.title;
                Place::Passage(title.clone(), self.address(passage.page, &passage.fragment))
            }
            Target::Plain => Place::Nowhere,
        }
    }

    fn address(&self, page: PageId, fragment: &str) -> String {
        let url = self.input.site.route(page).to_url();
        let mark = if fragment.is_empty() { "" } else { "#" };
        format!("{}{url}{mark}{fragment}", self.base)
    }
}

impl Places for InBook<'_> {
    fn link(&self, source: (usize, usize), target: &str) -> Place {
        let key = (source, target);
        let behind = self.links.partition_point(|(source, written, _)| (*source, *written) <= key);
        let same = behind.checked_sub(1).map(|at| &self.links[at]).filter(|(at, written, _)| (*at, *written) == key);
        // A target may be written otherwise than it is read; then what stands at the same bytes is meant.
        let first = || self.links.get(self.links.partition_point(|(at, ..)| *at < source));
        let known = same.or_else(|| first().filter(|(at, ..)| *at == source));
        known.map_or(Place::AsWritten, |(.., target)| self.place(target))
    }

    fn picture(&self, source: (usize, usize)) -> Place {
        let behind = self.pictures.partition_point(|(at, _)| *at <= source);
        match behind.checked_sub(1).map(|at| self.pictures[at]).filter(|(at, _)| *at == source) {
            Some((_, Picture::File(route, _))) => Place::Address(format!("{}{}", self.base, route.to_url())),
            Some((_, Picture::Missing)) => Place::Nowhere,
            None => Place::AsWritten,
        }
    }

    fn is_kept_from_linking(&self, words: &str) -> bool {
        let is_it = |word: &str| words.strip_prefix(word).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric));
        self.kept.iter().any(|word| is_it(word))
    }
}
