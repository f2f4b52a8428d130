//! Concepts: named in front matter, described by files, found in prose; their relations and where they appear.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use rayon::prelude::*;

use super::names::Hidden;
use super::routes::{route_of, route_without_file};
use super::{ConceptId, Conversation, LeftOut, Mention, PageId, Site, WritingId, index};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::base::path::Route;
use crate::base::slug::slug;
use crate::base::span::Span;
use crate::model::book::ConceptLinks;
use crate::model::writing::{Kind, Placed, Writing};

/// An idea the essays share.
#[derive(Clone, Debug)]
pub struct Concept {
    /// Its slug.
    pub slug: String,
    /// Its name.
    pub title: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Its address.
    pub route: Route,
    /// Its file, if it has one.
    pub writing: Option<WritingId>,
    /// Where an essay names it first, if it has no file.
    pub named_at: Option<Span>,
    /// Its own policy for links in prose.
    pub links: Option<ConceptLinks>,
    /// What it is related to, sorted.
    pub relations: Vec<(Relation, ConceptId)>,
    /// Essays whose front matter names it, oldest first.
    pub named_by: Vec<WritingId>,
    /// Essays that use it, oldest first.
    pub appearances: Vec<Appearance>,
    /// Replies that use it: the essay, and the index in its conversation; oldest essay first.
    pub replies: Vec<(WritingId, u32)>,
}

impl Concept {
    /// Its name and its other names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.title.as_str()).chain(self.aliases.iter().map(String::as_str))
    }
}

/// How one concept is related to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Relation {
    /// The other one is broader.
    Broader,
    /// The other one is narrower.
    Narrower,
    /// The author calls them related.
    Related,
    /// The author contrasts them.
    Contrasted,
}

/// An essay that uses a concept.
#[derive(Clone, Debug)]
pub struct Appearance {
    /// The essay.
    pub essay: WritingId,
    /// Whether its front matter names the concept.
    pub is_named: bool,
    /// How often its text does.
    pub mentions: u32,
}

/// Two concepts that are used together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tie {
    /// The one whose slug comes first.
    pub first: ConceptId,
    /// The other.
    pub second: ConceptId,
    /// In how many essays.
    pub count: u32,
}

/// Fills `Site::concepts`: those with a file and those that essays name.
pub(super) fn collect(site: &mut Site, hidden: &Hidden, diagnostics: &mut Diagnostics) {
    let mut by_slug: BTreeMap<String, Concept> = BTreeMap::new();
    // Every name, as a slug, to the slug of the concept that owns it and the place where it says so.
    let mut owners: BTreeMap<String, (String, Span)> = BTreeMap::new();
    for (at, writing) in site.writings.iter().enumerate().filter(|(_, writing)| writing.kind == Kind::Concept) {
        let own = super::routes::slug_of(writing);
        let meta = &writing.meta;
        let file = Span::file(&writing.path);
        let names = std::iter::once((meta.title.clone(), file.clone())).chain(
            meta.names
                .iter()
                .map(|name| (name.value.clone(), Span { path: writing.path.clone(), range: Some(name.range) })),
        );
        for (name, span) in names {
            claim(&mut owners, &own, &name, span, diagnostics);
        }
        by_slug.entry(own.clone()).or_insert_with(|| Concept {
            aliases: meta.names.iter().map(|name| name.value.clone()).collect(),
            writing: Some(WritingId(index(at))),
            links: meta.concept_links,
            ..new_concept(own, meta.title.clone(), route_of(writing, &site.urls))
        });
    }
    for (writing, name) in first_named(site) {
        let wanted = slug(&name.value);
        let own = owners.get(&wanted).map_or(wanted, |(own, _)| own.clone());
        let route = || route_without_file(Kind::Concept, &own, &site.urls);
        by_slug.entry(own.clone()).or_insert_with(|| Concept {
            named_at: Some(Span { path: writing.path.clone(), range: Some(name.range) }),
            ..new_concept(own.clone(), name.value.clone(), route())
        });
    }
    site.concepts = by_slug.into_values().collect();
    site.concept_names = owners.into_iter().map(|(name, (own, _))| (name, own)).collect();
    find_named(site);
    relate(site, hidden, diagnostics);
}

/// Every name of a concept that essays give, with the first essay that does, in the order of essays: thousands name the same few
/// hundred.
fn first_named(site: &Site) -> Vec<(&Writing, &Placed<String>)> {
    let all = (0..site.essays.len()).into_par_iter();
    let first = all.fold(FirstNamed::new, |mut first, essay| {
        let names = 0..site.writing(site.essays[essay]).meta.concepts.len();
        names.for_each(|name| keep_first(&mut first, site, (essay, name)));
        first
    });
    let first = first.reduce(FirstNamed::new, |mut first, others| {
        others.into_values().for_each(|place| keep_first(&mut first, site, place));
        first
    });
    let mut places: Vec<(usize, usize)> = first.into_values().collect();
    places.sort_unstable();
    let named = |(essay, name): (usize, usize)| {
        let writing = site.writing(site.essays[essay]);
        (writing, &writing.meta.concepts[name])
    };
    places.into_iter().map(named).collect()
}

/// For each name the first essay that gives it, and its place among the names there.
type FirstNamed<'a> = HashMap<&'a str, (usize, usize)>;

fn keep_first<'a>(first: &mut FirstNamed<'a>, site: &'a Site, place: (usize, usize)) {
    let name = &site.writing(site.essays[place.0]).meta.concepts[place.1];
    let kept = first.entry(&name.value).or_insert(place);
    *kept = place.min(*kept);
}

fn new_concept(own: String, title: String, route: Route) -> Concept {
    Concept {
        slug: own,
        title,
        aliases: Vec::new(),
        route,
        writing: None,
        named_at: None,
        links: None,
        relations: Vec::new(),
        named_by: Vec::new(),
        appearances: Vec::new(),
        replies: Vec::new(),
    }
}

fn claim(
    owners: &mut BTreeMap<String, (String, Span)>,
    own: &str,
    name: &str,
    span: Span,
    diagnostics: &mut Diagnostics,
) {
    match owners.get(&slug(name)) {
        Some((owner, other)) if owner != own => diagnostics.push(
            Diagnostic::new(Code::DuplicateName, span, format!("the concept `{owner}` has the name `{name}` already"))
                .label(other.clone(), "here")
                .help("take the name out of one of them"),
        ),
        Some(_) => {}
        None => {
            owners.insert(slug(name), (own.to_owned(), span));
        }
    }
}

impl Site {
    /// The concept with this name, in any case, by title, alias or slug.
    #[must_use]
    pub fn find_concept(&self, name: &str) -> Option<ConceptId> {
        let wanted = slug(name);
        let own = self.concept_names.get(&wanted).unwrap_or(&wanted);
        self.concepts.binary_search_by(|concept| concept.slug.cmp(own)).ok().map(|at| ConceptId(index(at)))
    }
}

/// Finds the concepts that each essay names.
fn find_named(site: &mut Site) {
    let find = |name: &str| site.find_concept(name).expect("every named concept was collected");
    let named_by = |known: &mut HashMap<_, ConceptId>, essay: &WritingId| {
        let names = site.writing(*essay).meta.concepts.iter().map(|name| name.value.as_str());
        let mut found: Vec<ConceptId> = names.map(|name| *known.entry(name).or_insert_with(|| find(name))).collect();
        found.sort_unstable();
        found.dedup();
        found
    };
    // Each share of the essays looks a name up once.
    let of_essays: Vec<_> = site.essays.par_iter().with_min_len(1_024).map_init(HashMap::new, named_by).collect();
    let mut named: Vec<Vec<ConceptId>> = vec![Vec::new(); site.writings.len()];
    site.essays.iter().zip(of_essays).for_each(|(essay, found)| named[essay.0 as usize] = found);
    for essay in &site.essays {
        for concept in &named[essay.0 as usize] {
            site.concepts[concept.0 as usize].named_by.push(*essay);
        }
    }
    site.named = Arc::new(named);
}

fn relate(site: &mut Site, hidden: &Hidden, diagnostics: &mut Diagnostics) {
    let mut edges: BTreeSet<(ConceptId, Relation, ConceptId)> = BTreeSet::new();
    for (at, concept) in site.concepts.iter().enumerate() {
        let Some(writing) = concept.writing.map(|id| site.writing(id)) else { continue };
        let here = ConceptId(index(at));
        let meta = &writing.meta;
        let lists: [(&[Placed<String>], Relation, Relation); 3] = [
            (&meta.broader, Relation::Broader, Relation::Narrower),
            (&meta.related, Relation::Related, Relation::Related),
            (&meta.contrasts, Relation::Contrasted, Relation::Contrasted),
        ];
        for (names, there, back) in lists {
            for name in names {
                match site.find_concept(&name.value) {
                    Some(other) if other != here => {
                        edges.insert((here, there, other));
                        edges.insert((other, back, here));
                    }
                    Some(_) if there == Relation::Broader => {
                        let span = Span { path: writing.path.clone(), range: Some(name.range) };
                        let message = format!("`{}` is broader than itself", concept.title);
                        diagnostics.push(Diagnostic::new(Code::ConceptCycle, span, message).help("take this name out"));
                    }
                    Some(_) => {}
                    None => {
                        let span = Span { path: writing.path.clone(), range: Some(name.range) };
                        if let Some(left) = hidden.namer(&name.value) {
                            diagnostics.push(only_named(span, &name.value, left));
                            continue;
                        }
                        let diagnostic = Diagnostic::new(
                            Code::UnknownConcept,
                            span,
                            format!("there is no concept `{}`", name.value),
                        );
                        let near = nearest(&name.value, site.concepts.iter().map(|known| known.title.as_str()));
                        diagnostics.push(diagnostic.help(near.map_or_else(
                            || "name it in an essay or give it a file in `content/concepts/`".to_owned(),
                            |near| format!("did you mean `{near}`?"),
                        )));
                    }
                }
            }
        }
    }
    report_cycles(site, &edges, diagnostics);
    for (here, relation, other) in edges {
        site.concepts[here.0 as usize].relations.push((relation, other));
    }
}

/// The finding that nothing but a writing that is not shown names this concept or series.
pub(super) fn only_named(span: Span, name: &str, left: &LeftOut) -> Diagnostic {
    let message = format!("only `{}` names `{}`, and that is {}", left.path, name.trim(), left.why.to_words());
    Diagnostic::new(Code::LinkToDraft, span, message).help("publish that essay first, or name it in another")
}

fn report_cycles(site: &Site, edges: &BTreeSet<(ConceptId, Relation, ConceptId)>, diagnostics: &mut Diagnostics) {
    let broader = |of: ConceptId| {
        edges
            .iter()
            .filter(move |(here, relation, _)| *here == of && *relation == Relation::Broader)
            .map(|(_, _, up)| *up)
    };
    for at in 0..site.concepts.len() {
        let start = ConceptId(index(at));
        let mut seen = BTreeSet::new();
        let mut open: Vec<ConceptId> = broader(start).collect();
        while let Some(next) = open.pop() {
            if next == start {
                let concept = site.concept(start);
                let Some(writing) = concept.writing.map(|id| site.writing(id)) else { break };
                diagnostics.push(
                    Diagnostic::new(
                        Code::ConceptCycle,
                        Span::file(&writing.path),
                        format!("`{}` is broader than itself", concept.title),
                    )
                    .help("take one `broader` out of the circle"),
                );
                break;
            }
            if seen.insert(next) {
                open.extend(broader(next));
            }
        }
    }
}

/// The most concepts of one essay that count as used together.
const MOST_TIED: usize = 12;

/// Fills in where each concept appears and which are used together.
pub(super) fn connect(site: &mut Site) {
    let mut linked: BTreeMap<WritingId, Vec<ConceptId>> = BTreeMap::new();
    for (page, links) in &site.backlinks {
        let PageId::Concept(concept) = page else { continue };
        links.iter().for_each(|link| linked.entry(link.from).or_default().push(*concept));
    }
    let linked = |essay: &WritingId| linked.get(essay).map_or(&[][..], Vec::as_slice);
    let used: Vec<Vec<(ConceptId, Appearance)>> =
        site.essays.par_iter().map(|essay| uses(site, *essay, linked(essay))).collect();
    let concepts = site.concepts.len();
    let count = || {
        let mut counts = vec![0; concepts];
        used.iter().flatten().for_each(|(concept, _)| counts[concept.0 as usize] += 1);
        counts
    };
    let (ties, counts) = rayon::join(|| ties(&used, concepts), count);
    site.ties = ties;
    site.concepts.iter_mut().zip(counts).for_each(|(concept, count)| concept.appearances.reserve_exact(count));
    for (concept, found) in used.into_iter().flatten() {
        site.concepts[concept.0 as usize].appearances.push(found);
    }
    for (essay, conversation) in in_order(site) {
        for (at, placed) in conversation.replies.iter().enumerate() {
            let used: BTreeSet<ConceptId> = placed.mentions.iter().map(|(concept, ..)| *concept).collect();
            for concept in used {
                site.concepts[concept.0 as usize].replies.push((essay, index(at)));
            }
        }
    }
}

/// The conversations in the order of their essays.
fn in_order(site: &Site) -> Vec<(WritingId, Arc<Conversation>)> {
    let held = |id: &WritingId| Some((*id, Arc::clone(site.conversations.get(id)?)));
    if site.conversations.is_empty() { Vec::new() } else { site.essays.iter().filter_map(held).collect() }
}

/// The concepts that an essay names, mentions or links to.
fn uses(site: &Site, essay: WritingId, linked: &[ConceptId]) -> Vec<(ConceptId, Appearance)> {
    let at = essay.0 as usize;
    let (named, counts) = (&site.named[at], &site.mentions[at].counts);
    let mut all: Vec<ConceptId> = counts.iter().map(|(id, _)| *id).chain(named.iter().chain(linked).copied()).collect();
    all.sort_unstable();
    all.dedup();
    let found = |id: ConceptId| {
        let mentions = counts.binary_search_by_key(&id, |(id, _)| *id).map_or(0, |at| counts[at].1);
        (id, Appearance { essay, is_named: named.binary_search(&id).is_ok(), mentions })
    };
    all.into_iter().map(found).collect()
}

/// Pairs of concepts that essays use together, counted over the most telling ones of each essay.
fn ties(used: &[Vec<(ConceptId, Appearance)>], concepts: usize) -> Vec<Tie> {
    let telling = |used: &Vec<(ConceptId, Appearance)>| {
        let key = |(id, found): &(ConceptId, Appearance)| (!found.is_named, u32::MAX - found.mentions, *id);
        let mut telling: Vec<_> = used.iter().map(key).collect();
        telling.sort_unstable();
        telling.truncate(MOST_TIED);
        let mut strong: Vec<ConceptId> = telling.into_iter().map(|(_, _, id)| id).collect();
        strong.sort_unstable();
        strong
    };
    let strong: Vec<Vec<ConceptId>> = used.par_iter().map(telling).collect();
    // For each concept, the others behind it in essays where both are strong.
    let mut behind: Vec<Vec<&[ConceptId]>> = vec![Vec::new(); concepts];
    for list in &strong {
        for (at, first) in list.iter().enumerate() {
            behind[first.0 as usize].push(&list[at + 1..]);
        }
    }
    let count = |(first, lists): (usize, &Vec<&[ConceptId]>)| {
        let mut counts = vec![0_u32; concepts];
        lists.iter().flat_map(|list| *list).for_each(|second| counts[second.0 as usize] += 1);
        let tied = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
        let tie = |(second, count)| Tie { first: ConceptId(index(first)), second: ConceptId(index(second)), count };
        tied.map(tie).collect::<Vec<_>>()
    };
    let mut ties: Vec<Tie> = behind.par_iter().enumerate().flat_map_iter(count).collect();
    ties.par_sort_unstable_by_key(|tie| (u32::MAX - tie.count, tie.first, tie.second));
    ties
}

/// The mentions of a concept in an essay.
pub fn mentions(site: &Site, essay: WritingId, concept: ConceptId) -> impl Iterator<Item = &Mention> {
    site.mentions[essay.0 as usize].list.iter().filter(move |mention| mention.concept == concept)
}
