//! What a page shows of other pages, each with its reason.

use serde::Serialize;

use crate::base::words;
use crate::view::views::{
    AppearanceView, BacklinkView, Card, ConceptView, EssayView, LinkView, RelatedConcept, YearCount,
};
use crate::view::{Page, View};

/// Something of another page.
#[derive(Serialize)]
pub(super) struct Entry {
    title: String,
    address: String,
    /// Why it is shown; empty where that goes without saying.
    reason: String,
}

impl Entry {
    fn new(title: &str, url: &str, reason: impl Into<String>) -> Self {
        Self { title: title.to_owned(), address: format!("/{url}"), reason: reason.into() }
    }

    pub(super) fn to_words(&self) -> String {
        let reason = if self.reason.is_empty() { String::new() } else { format!(": {}", self.reason) };
        let address = if self.address.is_empty() { String::new() } else { format!(" {}", self.address) };
        format!("{}{address}{reason}", self.title)
    }
}

type Lists = Vec<(&'static str, Vec<Entry>)>;

/// What a page shows, list by list; empty lists are left out.
pub(super) fn shown(page: &Page) -> Lists {
    let mut lists: Lists = match &page.view {
        View::Essay(essay) => of_essay(essay),
        View::Concept(concept) => of_concept(concept),
        View::Series(series) => {
            vec![("Essays", cards(&series.essays)), ("Pages that link here", backlinks(&series.backlinks))]
        }
        View::Single(single) => vec![("Pages that link here", backlinks(&single.backlinks))],
        View::Home(home) => vec![
            ("To begin with", cards(&home.start)),
            ("Newest essays", cards(&home.latest)),
            ("Concepts", home.concepts.iter().map(|concept| Entry::new(&concept.title, &concept.url, "")).collect()),
            ("Series", home.series.iter().map(|series| Entry::new(&series.title, &series.url, "")).collect()),
        ],
        View::Archive(archive) => vec![
            ("Essays", archive.years.iter().flat_map(|year| cards(&year.essays)).collect()),
            ("Years", years(&archive.all_years)),
        ],
        View::Year(year) => vec![
            ("Essays", cards(&year.essays)),
            (
                "Essays that use it",
                year.uses.iter().map(|one| Entry::new(&one.title, &one.url, "its first mention")).collect(),
            ),
        ],
        View::Concepts(concepts) => {
            let all = concepts.letters.iter().flat_map(|letter| &letter.concepts);
            vec![("Concepts", all.map(|concept| Entry::new(&concept.title, &concept.url, "")).collect())]
        }
        View::Replies(all) => vec![(
            "Essays with replies",
            all.essays.iter().map(|essay| Entry::new(&essay.title, &essay.url, counted(essay.count))).collect(),
        )],
        View::Print(print) => vec![
            ("Essays", print.parts.iter().flat_map(|part| &part.essays).map(|essay| card(&essay.card)).collect()),
            ("Concepts", print.glossary.iter().map(|term| Entry::new(&term.title, "", "")).collect()),
        ],
        View::Missing(missing) => vec![
            ("Essays", links(&missing.essays)),
            ("Concepts", missing.concepts.iter().map(|named| Entry::new(&named.title, &named.url, "")).collect()),
            ("Series", links(&missing.series)),
            ("Pages", links(&missing.pages)),
        ],
    };
    lists.retain(|(_, entries)| !entries.is_empty());
    lists
}

fn of_essay(essay: &EssayView) -> Lists {
    vec![
        ("Concepts in it", essay.concepts.iter().map(|term| Entry::new(&term.title, &term.url, "")).collect()),
        ("Pages that link here", backlinks(&essay.backlinks)),
        (
            "Related essays",
            essay
                .related
                .iter()
                .map(|related| Entry::new(&related.card.title, &related.card.url, related.reason.clone()))
                .collect(),
        ),
        (
            "Series",
            essay
                .series
                .iter()
                .map(|place| Entry::new(&place.title, &place.url, format!("{} of {}", place.position, place.count)))
                .collect(),
        ),
        ("Replies", replies(essay.replies.as_ref().map_or(0, |thread| thread.count))),
    ]
}

fn of_concept(concept: &ConceptView) -> Lists {
    vec![
        ("Essays that use it", {
            let of = |essay: &AppearanceView| {
                let count = essay.passages.len() + essay.more.len() + essay.unquoted;
                Entry::new(&essay.title, &essay.url, passages(count))
            };
            let further = concept.further.iter().map(|card| Entry::new(&card.title, &card.url, ""));
            concept.essays.iter().map(of).chain(further).collect()
        }),
        ("Years", years(&concept.years)),
        ("Related concepts", concept.related.iter().map(related).collect()),
        ("Pages that link here", backlinks(&concept.backlinks)),
        ("Replies", replies(concept.replies.len())),
    ]
}

fn cards(cards: &[Card]) -> Vec<Entry> {
    cards.iter().map(card).collect()
}

fn card(card: &Card) -> Entry {
    Entry::new(&card.title, &card.url, "")
}

fn years(years: &[YearCount]) -> Vec<Entry> {
    let name = |year: Option<i16>| year.map_or_else(|| "Undated".to_owned(), |year| year.to_string());
    let of = |year: &YearCount| Entry::new(&name(year.year), &year.url, words::counted(year.count, "essay"));
    years.iter().map(of).collect()
}

fn links(links: &[LinkView]) -> Vec<Entry> {
    links.iter().map(|link| Entry::new(&link.title, &link.url, "")).collect()
}

fn backlinks(backlinks: &[BacklinkView]) -> Vec<Entry> {
    let of = |link: &BacklinkView| Entry::new(&link.title, &link.url, passages(link.passages.len()));
    backlinks.iter().map(of).collect()
}

fn related(concept: &RelatedConcept) -> Entry {
    Entry::new(&concept.title, &concept.url, concept.reasons.join(", "))
}

fn passages(count: usize) -> String {
    words::counted(count, "sentence")
}

fn counted(count: usize) -> String {
    if count == 1 { "1 reply".to_owned() } else { format!("{count} replies") }
}

/// Replies have no page of their own.
fn replies(count: usize) -> Vec<Entry> {
    let entry = Entry { title: counted(count), address: String::new(), reason: String::new() };
    if count == 0 { Vec::new() } else { vec![entry] }
}
