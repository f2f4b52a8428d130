//! `graph.json`: what refers to what, with the sentences that do. Its schema is `docs/content/static/graph.schema.json`.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use serde::Serialize;

use super::Input;
use crate::base::date::Date;
use crate::base::fingerprint::Fingerprint;
use crate::base::parts::Parts;
use crate::link::{
    Backlink, ConceptId, PageId, Relation, Sentences, SeriesId, Site, WritingId, by_sentence, concepts, index,
};
use crate::model::prose::Range;
use crate::model::writing::{Kind, Meta};
use crate::view::prose::plain_words;

/// Where the schema of the file is published.
const SCHEMA: &str = "https://throughline.example/manual/graph.schema.json";

/// Sentences that an edge quotes; it counts all of them.
const MOST_PASSAGES: usize = 3;

/// With more essays than this the sentences would make the file larger than some hosts take: links name their paragraphs alone,
/// then, and of the mentions, of which there are ten times as many, only those stay, without their sentences, whose essay names
/// the concept.
const MOST_QUOTED: usize = 4_000;

/// The most bytes of a passage; longer sentences are cut around the words in question.
const LONGEST_PASSAGE: usize = 280;

#[derive(Serialize)]
struct Node<'a> {
    id: String,
    kind: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated: Option<String>,
}

#[derive(Serialize)]
struct Edge<'a> {
    kind: &'static str,
    from: &'a str,
    to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    passages: Vec<Passage>,
}

/// A sentence; `marks` are pairs of places in it, in characters.
#[derive(Serialize)]
struct Passage {
    #[serde(skip_serializing_if = "String::is_empty")]
    block: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    marks: Vec<(usize, usize)>,
}

/// The file: a node and an edge a line, so that versions of it can be compared.
pub(super) fn write(input: &Input<'_>) -> Vec<u8> {
    let pages = pages(input);
    let Input { book, .. } = input;
    let mut lines = Lines::default();
    lines.text.extend_from_slice(
        format!(
            "{{\n\"$schema\": {},\n\"base\": {},\n\"title\": {},\n\"language\": {},\n\"nodes\": [",
            json(&SCHEMA),
            json(&book.base_url),
            json(&book.title),
            json(&book.language)
        )
        .as_bytes(),
    );
    pages.iter().for_each(|page| lines.push(&node(input, *page)));
    lines.text.extend_from_slice(b"\n],\n\"edges\": [");
    lines.count = 0;
    let shown = pages.par_iter().map(|page| (*page, input.site.route(*page).to_url())).collect();
    Graph { input, shown }.write_edges(&mut lines);
    lines.text.extend_from_slice(b"\n]\n}\n");
    lines.text
}

/// The fingerprint of all that the file says, which is made without writing it; `None` where it quotes texts, which may all have
/// changed.
pub(super) fn recipe(input: &Input<'_>) -> Option<Fingerprint> {
    let site = input.site;
    let pages = pages(input);
    let graph = Graph { input, shown: HashMap::new() };
    if graph.quotes() {
        return None;
    }
    let mut recipe = Parts::default();
    for page in &pages {
        let (kind, meta) = described(site, *page);
        let date = |date: Option<Date>| date.map(|date| date.to_iso()).unwrap_or_default();
        recipe.add_fixed(&number(*page));
        recipe.add(site.route(*page).as_str().as_bytes());
        recipe.add(kind.as_bytes());
        recipe.add(site.title(*page, input.book).as_bytes());
        recipe.add(date(meta.and_then(|meta| meta.date)).as_bytes());
        recipe.add(date(meta.and_then(|meta| meta.updated)).as_bytes());
    }
    for (page, links) in &site.backlinks {
        recipe.add_fixed(&number(*page));
        for links in links.chunk_by(|a, b| a.from == b.from) {
            let from = links[0].from;
            recipe.add_fixed(&from.0.to_le_bytes());
            if site.writing(from).kind != Kind::Essay {
                recipe.add_fixed(&number(site.page_of(from)));
            }
            // Where a sentence stands is not told, so that a word more before it is none of the graph's concern.
            let anchors = graph.anchors(from, links);
            recipe.add_fixed(&index(links.len()).to_le_bytes());
            recipe.add_fixed(&index(anchors.len()).to_le_bytes());
            anchors.iter().for_each(|anchor| recipe.add(anchor.as_bytes()));
        }
    }
    for concept in &site.concepts {
        // There are hundreds of thousands.
        let mut uses = Vec::with_capacity(concept.appearances.len() * 12);
        for found in &concept.appearances {
            uses.extend(found.essay.0.to_le_bytes());
            uses.extend((u64::from(found.mentions) << 1 | u64::from(found.is_named)).to_le_bytes());
        }
        recipe.add(&uses);
        recipe.add(format!("{:?}", concept.relations).as_bytes());
    }
    for series in &site.series {
        recipe.add(format!("{:?}", series.essays).as_bytes());
    }
    for (from, to, anchor) in answers(input) {
        recipe.add(format!("{from:?} {to:?} {anchor}").as_bytes());
    }
    Some(recipe.finish())
}

/// Values of a list, one a line. There may be half a million of them, so that they are written into one text and no other.
#[derive(Default)]
struct Lines {
    text: Vec<u8>,
    count: usize,
}

impl Lines {
    fn push(&mut self, value: &impl Serialize) {
        self.text.extend_from_slice(if self.count == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut self.text, value).expect("texts and numbers can always be written");
        self.count += 1;
    }

    fn append(&mut self, other: &Self) {
        if other.count > 0 {
            self.text.extend_from_slice(if self.count == 0 { b"" } else { b"," });
            self.text.extend_from_slice(&other.text);
            self.count += other.count;
        }
    }
}

fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("texts and numbers can always be written")
}

/// Essays by date, concepts and series by slug, single pages by title.
fn pages(input: &Input<'_>) -> Vec<PageId> {
    let site = input.site;
    let concepts = (0..site.concepts.len()).map(|at| PageId::Concept(ConceptId(index(at))));
    let series = (0..site.series.len()).map(|at| PageId::Series(SeriesId(index(at))));
    let singles = site.pages.iter().map(|id| PageId::Writing(*id)).filter(|page| input.viewer.is_public(*page));
    input.viewer.public_essays().map(PageId::Writing).chain(concepts).chain(series).chain(singles).collect()
}

fn node<'a>(input: &Input<'a>, page: PageId) -> Node<'a> {
    let site = input.site;
    let (kind, meta) = described(site, page);
    Node {
        id: site.route(page).to_url(),
        kind,
        title: site.title(page, input.book),
        date: meta.and_then(|meta| meta.date).map(|date| date.to_iso()),
        updated: meta.and_then(|meta| meta.updated).map(|date| date.to_iso()),
    }
}

/// What a page is, in a word, and its front matter where it has one that tells days.
fn described(site: &Site, page: PageId) -> (&'static str, Option<&Meta>) {
    match page {
        PageId::Writing(id) => (site.writing(id).kind.word(), Some(&site.writing(id).meta)),
        PageId::Concept(_) => (Kind::Concept.word(), None),
        _ => (Kind::Series.word(), None),
    }
}

/// A number for each page, always as long.
fn number(page: PageId) -> [u8; 5] {
    let (kind, id) = match page {
        PageId::Home => (0, 0),
        PageId::Archive => (1, 0),
        PageId::Concepts => (2, 0),
        PageId::Replies => (3, 0),
        PageId::Print => (4, 0),
        PageId::Writing(id) => (5, id.0),
        PageId::Concept(id) => (6, id.0),
        PageId::Series(id) => (7, id.0),
        PageId::Stretch(id) => (8, id.0),
    };
    let [a, b, c, d] = u32::to_le_bytes(id);
    [kind, a, b, c, d]
}

struct Graph<'a> {
    input: &'a Input<'a>,
    /// Pages that readers see, with their addresses.
    shown: HashMap<PageId, String>,
}

impl Graph<'_> {
    fn write_edges(&self, lines: &mut Lines) {
        let site = self.input.site;
        let linked: Vec<_> = site.backlinks.iter().collect();
        let write = |(page, links): &(&PageId, &Vec<Backlink>)| {
            let mut lines = Lines::default();
            let of_one = links.chunk_by(|a, b| a.from == b.from);
            of_one.filter_map(|links| self.link(**page, links)).for_each(|edge| lines.push(&edge));
            lines
        };
        let linked: Vec<Lines> = linked.par_iter().map(write).collect();
        linked.iter().for_each(|linked| lines.append(linked));
        let concepts: Vec<ConceptId> = (0..site.concepts.len()).map(|at| ConceptId(index(at))).collect();
        let used: Vec<Lines> = concepts.par_iter().map(|id| self.uses(*id)).collect();
        used.iter().for_each(|used| lines.append(used));
        for id in &concepts {
            self.relations(*id).for_each(|edge| lines.push(&edge));
        }
        for (at, series) in site.series.iter().enumerate() {
            let to = PageId::Series(SeriesId(index(at)));
            let part = |(at, essay): (usize, &WritingId)| {
                Some(Edge { position: Some(at + 1), ..self.edge("part", PageId::Writing(*essay), to)? })
            };
            series.essays.iter().enumerate().filter_map(part).for_each(|edge| lines.push(&edge));
        }
        self.answers().for_each(|edge| lines.push(&edge));
    }

    fn quotes(&self) -> bool {
        self.input.site.essays.len() <= MOST_QUOTED
    }

    /// An edge between two pages, where readers see both.
    fn edge(&self, kind: &'static str, from: PageId, to: PageId) -> Option<Edge<'_>> {
        let (from, to) = (self.shown.get(&from)?, self.shown.get(&to)?);
        Some(Edge { kind, from, to, position: None, reply: None, count: None, passages: Vec::new() })
    }

    /// The links of one writing to a page.
    fn link(&self, page: PageId, links: &[Backlink]) -> Option<Edge<'_>> {
        let from = links[0].from;
        let edge = self.edge("link", self.input.site.page_of(from), page)?;
        let passages = if self.quotes() { self.passages(from, by_sentence(links)) } else { self.places(from, links) };
        Some(Edge { count: Some(links.len()), passages, ..edge })
    }

    /// The paragraphs of these links of one writing, without their sentences.
    fn places(&self, from: WritingId, links: &[Backlink]) -> Vec<Passage> {
        let passage = |block: &str| Passage { block: block.to_owned(), text: String::new(), marks: Vec::new() };
        self.anchors(from, links).into_iter().map(passage).collect()
    }

    /// The ids of the paragraphs in which these links of one writing stand, one for each sentence.
    fn anchors(&self, from: WritingId, links: &[Backlink]) -> Vec<&str> {
        let facts = &self.input.site.writing(from).facts;
        let mut found: Vec<(Range, u32)> = links
            .iter()
            .filter(|link| link.sentence.0 < link.sentence.1)
            .map(|link| (link.sentence, link.link))
            .collect();
        // The first link of each sentence, sentences in the order of the text.
        found.sort_by_key(|(sentence, _)| *sentence);
        found.dedup_by_key(|(sentence, _)| *sentence);
        found.into_iter().take(MOST_PASSAGES).map(|(_, link)| facts.links[link as usize].anchor.as_str()).collect()
    }

    /// The essays that name a concept in their front matter, and those that use its name.
    fn uses(&self, id: ConceptId) -> Lines {
        let site = self.input.site;
        let mut lines = Lines::default();
        for found in &site.concept(id).appearances {
            let (from, to) = (PageId::Writing(found.essay), PageId::Concept(id));
            if found.is_named {
                self.edge("names", from, to).iter().for_each(|edge| lines.push(edge));
            }
            // Of hundreds of thousands, most are none.
            if found.mentions == 0 || !(found.is_named || self.quotes()) {
                continue;
            }
            let Some(edge) = self.edge("mention", from, to) else { continue };
            let mut sentences = Sentences::new();
            let prose = self.quotes().then(|| site.writing(found.essay).prose());
            for mention in prose.iter().flat_map(|_| concepts::mentions(site, found.essay, id)) {
                let Some(prose) = &prose else { break };
                let sentence = mention.sentence(&prose.outline);
                if sentences.len() == MOST_PASSAGES && !sentences.contains_key(&sentence) {
                    break;
                }
                sentences.entry(sentence).or_insert((mention.block, Vec::new())).1.push(mention.text);
            }
            let passages = self.passages(found.essay, sentences);
            lines.push(&Edge { count: Some(found.mentions as usize), passages, ..edge });
        }
        lines
    }

    /// What the author says of two concepts. What holds both ways stands here once.
    fn relations(&self, id: ConceptId) -> impl Iterator<Item = Edge<'_>> {
        let relations = &self.input.site.concept(id).relations;
        relations.iter().filter_map(move |(relation, other)| {
            let kind = match relation {
                Relation::Broader => "broader",
                Relation::Narrower => "narrower",
                Relation::Related if id < *other => "related",
                Relation::Contrasted if id < *other => "contrasts",
                Relation::Related | Relation::Contrasted => return None,
            };
            self.edge(kind, PageId::Concept(id), PageId::Concept(*other))
        })
    }

    /// Essays that answer a reply to another one.
    fn answers(&self) -> impl Iterator<Item = Edge<'_>> {
        answers(self.input).into_iter().filter_map(move |(from, to, anchor)| {
            let edge = self.edge("answers", PageId::Writing(from), PageId::Writing(to))?;
            Some(Edge { reply: Some(anchor.to_owned()), ..edge })
        })
    }

    fn passages(&self, id: WritingId, sentences: Sentences) -> Vec<Passage> {
        let passage =
            |(sentence, (block, marks)): (Range, (u32, Vec<Range>))| self.passage(id, block, sentence, &marks);
        sentences.into_iter().take(MOST_PASSAGES).map(passage).collect()
    }

    fn passage(&self, id: WritingId, block: u32, sentence: Range, marks: &[Range]) -> Passage {
        let site = self.input.site;
        let prose = site.writing(id).prose();
        let outline = &prose.outline;
        let block = outline.blocks.get(block as usize).map(|block| block.id.clone()).unwrap_or_default();
        let escapes = &site.mentions[id.0 as usize].escapes;
        let first = marks.first().map_or(sentence.0, |mark| mark.0);
        let (start, end) = window(&outline.text, sentence, first);
        let mut text = String::from(if start > sentence.0 { "\u{2026}" } else { "" });
        let mut places = Vec::new();
        let mut from = start;
        for mark in marks.iter().filter(|mark| mark.0 < mark.1) {
            if mark.0 < from || mark.1 > end {
                continue;
            }
            text.push_str(&plain_words(&outline.text, (from, mark.0), escapes));
            let begin = text.chars().count();
            text.push_str(&plain_words(&outline.text, *mark, escapes));
            places.push((begin, text.chars().count()));
            from = mark.1;
        }
        text.push_str(&plain_words(&outline.text, (from, end), escapes));
        if end < sentence.1 {
            text.push('\u{2026}');
        }
        Passage { block, text, marks: places }
    }
}

/// Essays that answer a reply, each with the essay that was replied to and the anchor of the reply there.
fn answers<'a>(input: &Input<'a>) -> Vec<(WritingId, WritingId, &'a str)> {
    let site = input.site;
    let essays = input.viewer.public_essays();
    let answering: Vec<(WritingId, &str)> =
        essays.filter_map(|id| Some((id, site.writing(id).meta.answers.as_deref()?))).collect();
    let mut replies: BTreeMap<&str, (WritingId, &str)> = BTreeMap::new();
    if !answering.is_empty() {
        for (essay, conversation) in &site.conversations {
            for placed in &conversation.replies {
                let Some(reply) = &placed.reply else { continue };
                replies.insert(reply.id.value.as_str(), (*essay, placed.anchor.as_str()));
            }
        }
    }
    let answer = |(from, id)| replies.get(id).map(|(to, anchor)| (from, *to, *anchor));
    answering.into_iter().filter_map(answer).collect()
}

/// The part of a sentence that is quoted, around the words in question.
fn window(text: &str, sentence: Range, first: u32) -> Range {
    let (start, end, first) = (sentence.0 as usize, sentence.1 as usize, first as usize);
    if end - start <= LONGEST_PASSAGE {
        return sentence;
    }
    let from = text.floor_char_boundary(first.saturating_sub(LONGEST_PASSAGE / 2).max(start));
    let from =
        if from > start { text[from..].find(' ').map_or(from, |blank| (from + blank + 1).min(first)) } else { from };
    let to = text.floor_char_boundary(end.min(from + LONGEST_PASSAGE));
    let to = if to < end { text[from..to].rfind(' ').map_or(to, |blank| from + blank).max(first) } else { to };
    (index(from), index(to))
}
