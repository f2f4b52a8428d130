//! `book.toml`, understood; knows nothing about how it is written.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::base::codes::Code;
use crate::base::diagnostic::Severity;
use crate::base::path::Route;
use crate::model::publish::Target;
use crate::model::thread::State;
use crate::model::urls::Urls;
use crate::model::writing::Placed;

/// Which mentions of a concept become links.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Deserialize, Serialize)]
pub enum ConceptLinks {
    /// The first mention in each section.
    #[default]
    First,
    /// Every mention.
    Every,
    /// None: mentions are found and quoted, but not linked.
    None,
}

impl ConceptLinks {
    /// The words for them in settings and front matter.
    pub const WORDS: [&'static str; 3] = ["first", "every", "none"];

    /// The policy that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "first" => Some(Self::First),
            "every" => Some(Self::Every),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// How much of the names of people who replied is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Names {
    /// `Ada Quill`
    #[default]
    Full,
    /// `Ada`
    First,
    /// `A. Q.`
    Initials,
    /// Nothing.
    None,
}

impl Names {
    /// The words for them in settings.
    pub const WORDS: [&'static str; 4] = ["full", "first", "initials", "none"];

    /// The choice that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "full" => Some(Self::Full),
            "first" => Some(Self::First),
            "initials" => Some(Self::Initials),
            "none" => Some(Self::None),
            _ => None,
        }
    }

    /// As much of a name as may be shown.
    #[must_use]
    pub fn apply(self, name: &str) -> String {
        let initial = |word: &str| word.chars().next().map(|letter| format!("{letter}."));
        match self {
            Self::Full => name.to_owned(),
            Self::First => name.split_whitespace().next().unwrap_or("").to_owned(),
            Self::Initials => name.split_whitespace().filter_map(initial).collect::<Vec<_>>().join(" "),
            Self::None => String::new(),
        }
    }
}

/// `[replies]` of the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepliesSettings {
    /// What readers see of a reply that is public at its source, unless its file says otherwise.
    pub import_as: State,
    /// How much of names is shown.
    pub names: Names,
    /// Whether headlines are shown.
    pub headlines: bool,
    /// Where somebody asks for the removal of a reply: `mailto:…` or `https://…`; empty if not said.
    pub removal: String,
    /// Whether `replies pull` asks webmention.io for the mentions of each essay.
    pub webmentions: bool,
}

impl Default for RepliesSettings {
    fn default() -> Self {
        Self {
            import_as: State::Shown,
            names: Names::Full,
            headlines: false,
            removal: String::new(),
            webmentions: false,
        }
    }
}

/// Which feeds a site has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Feeds {
    /// One of the book, and one of each concept and series.
    #[default]
    All,
    /// One of the book.
    Book,
    /// None.
    None,
}

impl Feeds {
    /// The words for them in settings.
    pub const WORDS: [&'static str; 3] = ["all", "book", "none"];

    /// The choice that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "all" => Some(Self::All),
            "book" => Some(Self::Book),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// `[outputs]` of the settings: files for programs that a site may do without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputSettings {
    /// Which feeds there are.
    pub feeds: Feeds,
    /// Whether the Markdown of each essay stands beside its page.
    pub markdown: bool,
    /// Whether there is a `graph.json`.
    pub graph: bool,
}

impl Default for OutputSettings {
    fn default() -> Self {
        Self { feeds: Feeds::All, markdown: true, graph: true }
    }
}

/// `[print]` of the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrintSettings {
    /// Whether the replies to an essay are printed with it.
    pub replies: bool,
}

/// `[tell]` of the settings: who is told of what was published. Nobody, unless the writer says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TellSettings {
    /// Addresses of WebSub hubs, which pass news on to those who follow a feed.
    pub websub: Vec<String>,
    /// The key by which search engines know the writer (IndexNow); empty where they are not told.
    pub indexnow: String,
    /// Whether pages that an essay links to are told of it (Webmention).
    pub webmention: bool,
}

impl TellSettings {
    /// The file at the root of the site by which search engines know that a key is its owner's; it holds the key.
    #[must_use]
    pub fn key_file(&self) -> Option<String> {
        (!self.indexnow.is_empty()).then(|| format!("{}.txt", self.indexnow))
    }
}

/// `[external]` of the settings: how `check --external` asks for addresses elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalSettings {
    /// Addresses that are not asked; `*` stands for anything, and one without it for all that begin so.
    pub ignore: Vec<String>,
    /// After how many days an address that was well is asked again.
    pub max_age: i64,
    /// How many seconds an answer is waited for.
    pub timeout: u64,
}

impl Default for ExternalSettings {
    fn default() -> Self {
        Self { ignore: Vec::new(), max_age: 30, timeout: 20 }
    }
}

/// Which theme the book has, and how it sets it up.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeChoice {
    /// Its name.
    pub name: String,
    /// Where the settings name it, as bytes; `None` where they do not.
    pub range: Option<(u32, u32)>,
    /// What stands under `[theme]` besides the name. Only the theme knows what it means.
    pub settings: Vec<ThemeSetting>,
}

/// A setting of the theme as the book writes it.
#[derive(Clone, Debug, PartialEq)]
pub struct ThemeSetting {
    /// Its name.
    pub key: Placed<String>,
    /// Its value.
    pub value: Placed<Value>,
}

impl Default for ThemeChoice {
    fn default() -> Self {
        Self { name: "default".to_owned(), range: None, settings: Vec::new() }
    }
}

/// The settings of a book.
#[derive(Clone, Debug)]
pub struct Book {
    /// Its name.
    pub title: String,
    /// Who wrote it; empty if not said.
    pub author: String,
    /// One sentence about it; empty if not said.
    pub summary: String,
    /// Where it is published, `https://…/`, with a slash at the end; `None` until the writer knows.
    pub base_url: Option<String>,
    /// Language tag (BCP 47).
    pub language: String,
    /// Addresses of the author's pages elsewhere.
    pub profiles: Vec<String>,
    /// The picture that stands for every page without one of its own, as written.
    pub image: Option<Placed<String>>,
    /// The theme.
    pub theme: ThemeChoice,
    /// How the addresses of pages are made.
    pub urls: Urls,
    /// Which mentions of concepts become links.
    pub concept_links: ConceptLinks,
    /// How Markdown is read.
    pub markdown: MarkdownSettings,
    /// How replies are shown.
    pub replies: RepliesSettings,
    /// Which files for programs there are.
    pub outputs: OutputSettings,
    /// How pages look on paper.
    pub print: PrintSettings,
    /// Who is told of what was published.
    pub tell: TellSettings,
    /// How addresses elsewhere are asked for.
    pub external: ExternalSettings,
    /// Levels of diagnostic codes that differ from their own.
    pub levels: BTreeMap<Code, Severity>,
    /// Where it is published to, in the order of the file.
    pub targets: Vec<Target>,
    /// Free data for templates.
    pub extra: Map<String, Value>,
}

impl Book {
    /// The address of a page or file from anywhere; `None` where the book does not know its own.
    #[must_use]
    pub fn absolute(&self, route: &Route) -> Option<String> {
        self.whole_address(&route.to_url())
    }

    /// The same for an address as seen from the site's root, which may name a place on its page.
    #[must_use]
    pub fn whole_address(&self, url: &str) -> Option<String> {
        self.base_url.as_ref().map(|base| format!("{base}{url}"))
    }

    /// The path under which the site is served: `/`, or `/essays/` for `https://name.github.io/essays/`.
    #[must_use]
    pub fn base_path(&self) -> &str {
        let Some(url) = &self.base_url else { return "/" };
        let after_scheme = url.find("://").map_or(0, |at| at + 3);
        url[after_scheme..].find('/').map_or("/", |at| &url[after_scheme + at..])
    }
}

impl Default for Book {
    fn default() -> Self {
        Self {
            title: "Untitled book".to_owned(),
            author: String::new(),
            summary: String::new(),
            base_url: None,
            language: "en".to_owned(),
            profiles: Vec::new(),
            image: None,
            theme: ThemeChoice::default(),
            urls: Urls::default(),
            concept_links: ConceptLinks::First,
            markdown: MarkdownSettings::default(),
            replies: RepliesSettings::default(),
            outputs: OutputSettings::default(),
            print: PrintSettings::default(),
            tell: TellSettings::default(),
            external: ExternalSettings::default(),
            levels: BTreeMap::new(),
            targets: Vec::new(),
            extra: Map::new(),
        }
    }
}

/// How Markdown is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MarkdownSettings {
    /// Whether anything beyond CommonMark is read: tables, footnotes, wikilinks, ids and all the rest.
    pub extensions: bool,
    /// Whether straight quotes, dashes and dots become typographic ones.
    pub smart_punctuation: bool,
    /// Macros for formulas: name with its backslash, and what it stands for.
    pub math_macros: Vec<(String, String)>,
}

impl Default for MarkdownSettings {
    fn default() -> Self {
        Self { extensions: true, smart_punctuation: true, math_macros: Vec::new() }
    }
}
