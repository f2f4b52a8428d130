//! What a page may ask of its readers, and what the pages of a build ask. Weighs bytes; opens no browser and knows no file.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use rayon::prelude::*;
use serde::Serialize;

use super::page::{Asked, Base, asked, fonts_and_others};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::import::html::Html;
use crate::link::{PageId, Site, WritingId};
use crate::model::book::Book;
use crate::model::source::Artifact;

/// How an amount is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// 1,000 of them are a kB.
    Bytes,
    /// Things.
    Count,
}

/// What a page may have.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// The word for it.
    pub name: &'static str,
    /// What is weighed.
    pub what: &'static str,
    /// How it is counted.
    pub unit: Unit,
    /// The most that is allowed.
    pub most: u64,
    /// How much more is allowed for a hundred further words, for a further block (a paragraph, an entry of a list, a row of a table), a
    /// further reply, and a further page that links there.
    pub more: [u64; 4],
    /// What to do where it is more.
    pub help: &'static str,
}

const fn limit(name: &'static str, what: &'static str, unit: Unit, most: u64, help: &'static str) -> Limit {
    Limit { name, what, unit, most, more: [0; 4], help }
}

/// What is allowed to an essay of `WORDS` words in `BLOCKS` blocks, with `REPLIES` replies, to which `LINKS` pages link, and how much
/// more to a larger one. Compressed is what gzip makes of it at its highest level, 9.
pub const LIMITS: [Limit; 17] = [
    Limit { more: [1_000, 80, 1_000, 600], ..limit("html", "HTML", Unit::Bytes, 24_000, DIVIDE) },
    Limit { more: [350, 15, 200, 200], ..limit("html-gz", "HTML, compressed", Unit::Bytes, 8_000, DIVIDE) },
    limit("css", "style sheets", Unit::Bytes, 20_000, TRIM_CSS),
    limit("css-gz", "style sheets, compressed", Unit::Bytes, 6_000, TRIM_CSS),
    limit("css-files", "number of style sheets", Unit::Count, 1, "put the rules of the theme into one style sheet"),
    limit("js", "scripts", Unit::Bytes, 6_000, TRIM_JS),
    limit("js-gz", "scripts, compressed", Unit::Bytes, 2_500, TRIM_JS),
    limit("js-files", "number of scripts", Unit::Count, 1, "put what the theme needs into one script with `defer`"),
    Limit {
        more: [350, 15, 200, 200],
        ..limit("all-gz", "HTML, style sheets and scripts, compressed", Unit::Bytes, 14_000, TRIM)
    },
    limit(
        "fonts",
        "fonts",
        Unit::Bytes,
        110_000,
        "take letters out of the fonts that no page needs, or use those of the system",
    ),
    limit(
        "font-files",
        "number of fonts",
        Unit::Count,
        2,
        "keep an upright and an italic font, with all their weights in one file each",
    ),
    limit("preloads", "fonts loaded ahead", Unit::Count, 1, "preload the font of the text alone"),
    limit("requests", "files asked for, but for pictures", Unit::Count, 6, "take files out that the theme names"),
    limit("origins", "other servers asked", Unit::Count, 0, "keep a copy of the file in the book or the theme"),
    Limit { more: [20, 4, 16, 12], ..limit("elements", "elements", Unit::Count, 1_000, DIVIDE) },
    limit("map", "map of a concept", Unit::Bytes, 4_000, FEWER_ROWS),
    limit("map-rows", "rows of that map", Unit::Count, 9, FEWER_ROWS),
];
/// The essay that the limits are made for.
pub const WORDS: u64 = 1_000;
/// Its blocks.
pub const BLOCKS: u64 = 40;
/// Its replies.
pub const REPLIES: u64 = 3;
/// The pages that link to it.
pub const LINKS: u64 = 3;
/// The words of a reply that its own allowance covers.
const WORDS_OF_REPLY: usize = 100;

const DIVIDE: &str = "take out of the theme what readers do not need, or divide the essay";
const TRIM_CSS: &str = "take out the rules of the theme that no page needs";
const TRIM: &str = "look which of the three is the largest, and make that one smaller";
const FEWER_ROWS: &str = "draw no more than nine rows, this concept among them, and style them in the style sheet";
const TRIM_JS: &str = "take out of the script what readers can do without";

/// One line of the table: the page that comes nearest to a limit, or is furthest beyond it.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The word for what is weighed.
    pub name: &'static str,
    /// What is weighed.
    pub what: &'static str,
    /// How it is counted.
    pub unit: Unit,
    /// What is allowed to the page.
    pub limit: u64,
    /// What it has.
    pub worst: u64,
    /// The address of the page; empty where there is none to weigh.
    pub page: String,
    /// How many pages have too much.
    pub over: usize,
    #[serde(skip)]
    source: Option<SitePath>,
    #[serde(skip)]
    help: &'static str,
}

/// What one page has of one thing.
struct Weight<'a> {
    limit: u64,
    has: u64,
    page: &'a str,
    source: Option<&'a SitePath>,
}

/// A page to be weighed.
struct Page<'a> {
    route: String,
    source: Option<&'a SitePath>,
    /// Hundreds of words, blocks, replies and links beyond those that the limits are made for.
    beyond: [u64; 4],
    /// What it has, by the word for it.
    has: BTreeMap<&'static str, u64>,
}

/// A style sheet or a script, weighed once for all pages that ask for it.
struct Part {
    bytes: u64,
    compressed: u64,
    /// What it asks for in turn.
    asked: Asked,
}

/// Weighs the pages of a build.
#[must_use]
pub fn weigh(site: &Site, book: &Book, artifacts: &[Artifact]) -> Vec<Row> {
    let files: BTreeMap<&str, &Artifact> =
        artifacts.iter().map(|artifact| (artifact.file.as_str(), artifact)).collect();
    let base = Base::new(book);
    let opened: Vec<Opened<'_>> = site.essays.par_iter().filter_map(|id| open(*id, site, &files, &base)).collect();
    let parts = parts(&opened, &files, &base);
    let essays: Vec<Page<'_>> = opened.into_par_iter().map(|opened| essay(opened, site, &files, &parts)).collect();
    let concepts: Vec<Page<'_>> =
        (0..site.concepts.len()).into_par_iter().filter_map(|at| concept(at, site, &files)).collect();
    LIMITS.iter().map(|limit| row(limit, essays.iter().chain(&concepts))).collect()
}

/// The rows that are over their limit, as findings.
#[must_use]
pub fn findings(rows: &[Row]) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for row in rows.iter().filter(|row| row.over > 0) {
        let (has, limit) = (amount(row.unit, row.worst), amount(row.unit, row.limit));
        let others = match row.over {
            1 => String::new(),
            2 => ", and 1 more page has too much".to_owned(),
            over => format!(", and {} more pages have too much", over - 1),
        };
        let message = format!("{} of `{}`: {has}, where {limit} is the most{others}", row.what, row.page);
        let settings = SitePath::new("book.toml").expect("clean");
        let span = Span::file(row.source.as_ref().unwrap_or(&settings));
        diagnostics.push(Diagnostic::new(Code::OverBudget, span, message).help(row.help));
    }
    diagnostics
}

/// The table, for people.
#[must_use]
pub fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.what.len()).max().unwrap_or(0);
    let mut lines = vec![format!("{:<width$}  {:>9}  {:>9}", "budget", "limit", "worst")];
    for row in rows {
        let (limit, worst) = (amount(row.unit, row.limit), amount(row.unit, row.worst));
        let state = if row.over > 0 { "over" } else { "ok" };
        lines.push(
            format!("{:<width$}  {limit:>9}  {worst:>9}  {state:<4}  {}", row.what, row.page).trim_end().to_owned(),
        );
    }
    lines.push(format!(
        "The limits are for an essay of {WORDS} words with {REPLIES} replies and {LINKS} pages that link there; a larger one may have more.\nCompressed is by gzip at level 9."
    ));
    lines.join("\n")
}

fn amount(unit: Unit, amount: u64) -> String {
    match unit {
        Unit::Count => amount.to_string(),
        Unit::Bytes if amount < 1_000 => format!("{amount} B"),
        // Rounded up, so that nothing over a limit looks as if it met it.
        Unit::Bytes => {
            let tenths = amount.div_ceil(100);
            format!("{}.{} kB", tenths / 10, tenths % 10)
        }
    }
}

fn row<'a>(limit: &Limit, pages: impl Iterator<Item = &'a Page<'a>>) -> Row {
    let weights = pages.filter_map(|page| {
        let more: u64 = limit.more.iter().zip(page.beyond).map(|(more, beyond)| more * beyond).sum();
        let has = *page.has.get(limit.name)?;
        Some(Weight { limit: limit.most + more, has, page: &page.route, source: page.source })
    });
    let mut row = Row {
        name: limit.name,
        what: limit.what,
        unit: limit.unit,
        limit: limit.most,
        worst: 0,
        page: String::new(),
        over: 0,
        source: None,
        help: limit.help,
    };
    for weight in weights {
        row.over += usize::from(weight.has > weight.limit);
        // The larger share of what is allowed; as products, for a limit may be nothing.
        let is_worse = weight.has * row.limit.max(1) > row.worst * weight.limit.max(1) || row.page.is_empty();
        if is_worse {
            (row.limit, row.worst) = (weight.limit, weight.has);
            weight.page.clone_into(&mut row.page);
            row.source = weight.source.cloned();
        }
    }
    row
}

/// The page of an essay with what its HTML asks for.
struct Opened<'a> {
    id: WritingId,
    route: String,
    bytes: &'a [u8],
    asked: Asked,
    elements: u64,
}

fn open<'a>(id: WritingId, site: &Site, files: &BTreeMap<&str, &'a Artifact>, base: &Base) -> Option<Opened<'a>> {
    let route = site.route(PageId::Writing(id));
    let file = route.to_file();
    let bytes: &[u8] = &files.get(file.as_str())?.bytes;
    let text = String::from_utf8_lossy(bytes);
    let html = Html::new(&text);
    let elements = html.elements().len() as u64;
    Some(Opened { id, route: route.as_str().to_owned(), bytes, asked: asked(&html, base, &file), elements })
}

/// The style sheets and scripts that pages ask for, by name.
fn parts(opened: &[Opened<'_>], files: &BTreeMap<&str, &Artifact>, base: &Base) -> BTreeMap<String, Part> {
    let sheets: BTreeSet<&String> = opened.iter().flat_map(|page| &page.asked.sheets).collect();
    let all: BTreeSet<&String> = opened.iter().flat_map(|page| &page.asked.scripts).chain(sheets.clone()).collect();
    let weigh = |name: &&String| {
        let bytes = &*files.get(name.as_str())?.bytes;
        let mut asked = Asked::default();
        if sheets.contains(*name) {
            fonts_and_others(&String::from_utf8_lossy(bytes), base, name, &mut asked);
        }
        Some(((*name).clone(), Part { bytes: bytes.len() as u64, compressed: compressed(bytes), asked }))
    };
    all.par_iter().filter_map(weigh).collect()
}

fn essay<'a>(
    opened: Opened<'_>,
    site: &'a Site,
    files: &BTreeMap<&str, &Artifact>,
    parts: &BTreeMap<String, Part>,
) -> Page<'a> {
    let Opened { id, route, bytes, mut asked, elements } = opened;
    for sheet in asked.sheets.clone() {
        parts.get(&sheet).iter().for_each(|part| asked.take_in(&part.asked));
    }
    let of = |names: &BTreeSet<String>| -> (u64, u64) {
        let own = names.iter().filter_map(|name| parts.get(name));
        own.fold((0, 0), |(all, packed), part| (all + part.bytes, packed + part.compressed))
    };
    let (html_gz, (css, css_gz), (js, js_gz)) = (compressed(bytes), of(&asked.sheets), of(&asked.scripts));
    let fonts = asked.fonts.iter().filter_map(|name| files.get(name.as_str()));
    let has = BTreeMap::from([
        ("html", bytes.len() as u64),
        ("html-gz", html_gz),
        ("css", css),
        ("css-gz", css_gz),
        ("css-files", asked.sheets.len() as u64),
        ("js", js),
        ("js-gz", js_gz),
        ("js-files", asked.scripts.len() as u64),
        ("all-gz", html_gz + css_gz + js_gz),
        ("fonts", fonts.map(|font| font.bytes.len() as u64).sum()),
        ("font-files", asked.fonts.len() as u64),
        ("preloads", asked.preloads as u64),
        ("requests", 1 + asked.count() as u64),
        ("origins", asked.origins.len() as u64),
        ("elements", elements),
    ]);
    Page { route, source: Some(&site.writing(id).path), beyond: beyond(id, site), has }
}

/// How much larger an essay is than the one that the limits are made for.
fn beyond(id: WritingId, site: &Site) -> [u64; 4] {
    let replies: Vec<usize> = site
        .conversations
        .get(&id)
        .into_iter()
        .flat_map(|conversation| &conversation.replies)
        .filter_map(|placed| placed.reply.as_ref())
        .map(|reply| reply.text.split_whitespace().count())
        .collect();
    let long: usize = replies.iter().map(|words| words.saturating_sub(WORDS_OF_REPLY)).sum();
    let words = u64::from(site.writing(id).facts.words) + long as u64;
    let blocks = site.writing(id).prose().outline.blocks.len() as u64;
    let links = site.backlinks.get(&PageId::Writing(id)).map_or(0, Vec::len) as u64;
    [
        words.saturating_sub(WORDS).div_ceil(100),
        blocks.saturating_sub(BLOCKS),
        (replies.len() as u64).saturating_sub(REPLIES),
        links.saturating_sub(LINKS),
    ]
}

/// The map of a concept: drawings in its page, and the names in them.
fn concept<'a>(at: usize, site: &'a Site, files: &BTreeMap<&str, &Artifact>) -> Option<Page<'a>> {
    let concept = &site.concepts[at];
    let artifact = files.get(concept.route.to_file().as_str())?;
    let text = String::from_utf8_lossy(&artifact.bytes);
    let html = Html::new(&text);
    let map = html.elements().iter().filter(|element| element.name == "svg").max_by_key(|svg| svg.outer.len())?;
    let rows = html.within(&map.inner).iter().filter(|element| element.name == "text").count();
    let source = concept.writing.map(|id| &site.writing(id).path);
    let has = BTreeMap::from([("map", map.outer.len() as u64), ("map-rows", rows as u64)]);
    Some(Page { route: concept.route.as_str().to_owned(), source, beyond: [0; 4], has })
}

/// How many bytes gzip makes of these, at its highest level.
fn compressed(bytes: &[u8]) -> u64 {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("memory takes whatever is written").len() as u64
}
