//! Replies that readers left elsewhere, and the conversations they belong to. Plain data.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::writing::Placed;
use crate::base::date::Date;
use crate::base::path::SitePath;

/// One file of `content/replies/`: what readers said of one essay.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Replies {
    /// The file.
    pub path: SitePath,
    /// The places where the essay was answered.
    pub threads: Vec<Thread>,
    /// The replies, in the order of the file.
    pub replies: Vec<Arc<Reply>>,
}

/// A place elsewhere where an essay was answered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Thread {
    /// The word for the source: `linkedin`, `disqus`.
    pub source: String,
    /// Its address; empty if not known.
    pub address: String,
}

/// What readers may see of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub enum State {
    /// Everything.
    Shown,
    /// Nothing until the author decides.
    Held,
    /// Nothing.
    Hidden,
}

impl State {
    /// The words for them in files and settings.
    pub const WORDS: [&'static str; 3] = ["shown", "held", "hidden"];

    /// The state that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "shown" => Some(Self::Shown),
            "held" => Some(Self::Held),
            "hidden" => Some(Self::Hidden),
            _ => None,
        }
    }
}

/// When a reply was written, as precisely as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum When {
    /// A day, with its time where that is known.
    Day(Date),
    /// Some day between these two.
    Between(Date, Date),
    /// Not known.
    Unknown,
}

/// One reply.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Reply {
    /// Its id, `SOURCE:ID`, unique in its file.
    pub id: Placed<String>,
    /// The id of the reply it answers; empty for a reply to the essay.
    pub parent: String,
    /// The name to show; empty where there is none.
    pub name: String,
    /// The line below the name at its source; empty without one.
    pub headline: String,
    /// Web page of its writer; empty without one.
    pub url: String,
    /// When it was written.
    pub date: When,
    /// Whether it was edited at its source.
    pub is_edited: bool,
    /// Whether the author of the essay wrote it.
    pub is_author: bool,
    /// Its address at its source; empty if not known.
    pub address: String,
    /// A sentence of the essay that it speaks of.
    pub passage: Option<Placed<String>>,
    /// What readers may see of it.
    pub state: State,
    /// Its words as HTML that was cleaned; empty for a removed reply.
    pub html: String,
    /// Its words as plain text, blocks separated by a line feed.
    pub text: String,
}

impl Reply {
    /// The word for the source in its id.
    #[must_use]
    pub fn source(&self) -> &str {
        self.id.value.split(':').next().unwrap_or("")
    }
}

/// The names of sources as readers know them.
const SOURCES: [(&str, &str); 22] = [
    ("linkedin", "LinkedIn"),
    ("medium", "Medium"),
    ("disqus", "Disqus"),
    ("wordpress", "WordPress"),
    ("blogger", "Blogger"),
    ("github", "GitHub"),
    ("isso", "Isso"),
    ("remark42", "Remark42"),
    ("commento", "Commento"),
    ("comentario", "Comentario"),
    ("staticman", "Staticman"),
    ("webmention", "Webmention"),
    ("mastodon", "Mastodon"),
    ("bluesky", "Bluesky"),
    ("hackernews", "Hacker News"),
    ("reddit", "Reddit"),
    ("ghost", "Ghost"),
    ("substack", "Substack"),
    ("mbox", "e-mail"),
    ("csv", ""),
    ("json", ""),
    ("file", ""),
];

/// The name of a source as readers know it; empty where there is none to tell.
#[must_use]
pub fn source_name(word: &str) -> &str {
    SOURCES.iter().find(|(known, _)| *known == word).map_or(word, |(_, name)| name)
}
