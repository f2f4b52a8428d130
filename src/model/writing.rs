//! One Markdown source understood: an essay, a concept's page, a series or a single page, with its front matter.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::book::ConceptLinks;
use super::prose::{Facts, Prose};
use super::published::Published;
use super::text::Text;
use super::thread::Replies;
use crate::base::date::Date;
use crate::base::diagnostic::Diagnostics;
use crate::base::path::SitePath;

/// Which folder of `content/` a writing stands in, and so what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
pub enum Kind {
    /// `content/essays/`
    Essay,
    /// `content/concepts/`
    Concept,
    /// `content/series/`
    Series,
    /// `content/pages/`
    Page,
}

impl Kind {
    /// Every kind, in the order in which they are read.
    pub const ALL: [Self; 4] = [Self::Essay, Self::Concept, Self::Series, Self::Page];

    /// The folder it stands in.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Essay => "content/essays",
            Self::Concept => "content/concepts",
            Self::Series => "content/series",
            Self::Page => "content/pages",
        }
    }

    /// The word for one of them.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Essay => "essay",
            Self::Concept => "concept",
            Self::Series => "series",
            Self::Page => "page",
        }
    }
}

impl Meta {
    /// When an essay last changed, as its author says: the later of its two dates.
    #[must_use]
    pub fn changed(&self) -> Option<Date> {
        let is_before = |date: &Date| self.updated.is_some_and(|updated| updated.to_timestamp() < date.to_timestamp());
        self.date.filter(is_before).or(self.updated).or(self.date)
    }
}

/// A value of the front matter with the bytes of the file it stands in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// First byte and the byte after the last, in the file.
    pub range: (u32, u32),
}

/// Front matter of any kind of writing; what a kind does not have stays empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Meta {
    /// `title`; filled from the file's name where it is missing.
    pub title: String,
    /// Where the front matter says `title`; `None` where it does not.
    pub title_at: Option<(u32, u32)>,
    /// `summary`: the dek of an essay, the definition of a concept.
    pub summary: String,
    /// `slug`, where the writer chose one.
    pub slug: Option<Placed<String>>,
    /// `aliases` of an essay, series or page and `redirect_from` of a concept: old addresses.
    pub old_addresses: Vec<Placed<String>>,
    /// `lang`: language tag where it differs from the book's.
    pub lang: Option<String>,
    /// `draft`.
    pub is_draft: bool,
    /// `[extra]`: free data for templates.
    #[serde(with = "as_json")]
    pub extra: Map<String, Value>,

    /// Essay: `date`.
    pub date: Option<Date>,
    /// Essay: `updated`.
    pub updated: Option<Date>,
    /// Essay: `expires`, the first day on which it is not shown.
    pub expires: Option<Date>,
    /// Essay: `concepts` or `tags`.
    pub concepts: Vec<Placed<String>>,
    /// Essay: `series`, by title or slug.
    pub series: Option<Placed<String>>,
    /// Essay: `part`, its place in the series.
    pub part: Option<Placed<i64>>,
    /// Essay: `canonical`, the address of the original where it is elsewhere.
    pub canonical: Option<String>,
    /// Essay: `syndication`, addresses of its copies.
    pub syndication: Vec<String>,
    /// Essay: `image` that stands for it, as written.
    pub image: Option<Placed<String>>,
    /// Essay: `answers`, the id of the reply it answers.
    pub answers: Option<String>,
    /// Essay: `start`, shown under Start here.
    pub is_start: bool,
    /// Essay, concept (`link`), page: which mentions become links, where it differs from the book.
    pub concept_links: Option<ConceptLinks>,
    /// Essay: `related`, pinned, and `unrelated`, excluded, as paths, slugs or titles.
    pub related_essays: Vec<Placed<String>>,
    /// Essay: essays never to suggest.
    pub unrelated_essays: Vec<Placed<String>>,

    /// Concept: `aliases`, other names of it.
    pub names: Vec<Placed<String>>,
    /// Concept: `broader` concepts.
    pub broader: Vec<Placed<String>>,
    /// Concept: `related` concepts.
    pub related: Vec<Placed<String>>,
    /// Concept: concepts it `contrasts` with.
    pub contrasts: Vec<Placed<String>>,
    /// Concept: `passage`, the chosen quotation.
    pub passage: Option<Placed<String>>,
}

/// One Markdown source understood.
#[derive(Clone, Debug)]
pub struct Writing {
    /// What it is.
    pub kind: Kind,
    /// The file.
    pub path: SitePath,
    /// Its front matter.
    pub meta: Meta,
    /// What is known of its text without reading it.
    pub facts: Facts,
    /// Its text.
    pub text: Text,
    /// What the link stage found in the same text the last time, as it wrote it; empty where there is none.
    pub found_before: Arc<[u8]>,
    /// What is wrong in its text; the link stage reports it where the writing is shown.
    pub findings: Diagnostics,
}

impl Writing {
    /// Its text, read now where it is not held. What is asked for again and again is better kept by the one who asks.
    #[must_use]
    pub fn prose(&self) -> Arc<Prose> {
        self.text.prose(self)
    }
}

/// What the source files say, before they are joined.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// Every writing, sorted by path.
    pub writings: Vec<Arc<Writing>>,
    /// The replies to each essay that has some, sorted by path.
    pub replies: Vec<Arc<Replies>>,
    /// The addresses that readers have been given.
    pub published: Arc<Published>,
}

/// Free data as a text of JSON: what it holds says of itself what it is, which other forms of writing do not.
mod as_json {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};
    use serde_json::{Map, Value};

    pub(super) fn serialize<S: Serializer>(extra: &Map<String, Value>, serializer: S) -> Result<S::Ok, S::Error> {
        let text = if extra.is_empty() { String::new() } else { serde_json::to_string(extra).unwrap_or_default() };
        text.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Map<String, Value>, D::Error> {
        let text = <&str>::deserialize(deserializer)?;
        if text.is_empty() { Ok(Map::new()) } else { serde_json::from_str(text).map_err(D::Error::custom) }
    }
}
