//! What every source is brought to before it is matched with essays and merged. Knows no source and no file of ours.

use jiff::{Timestamp, civil};

/// A conversation as one source has it: the replies to one essay.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForeignThread {
    /// What the source says of the essay it belongs to.
    pub key: Key,
    /// Where the conversation can be read at its source (`https://…`), if that is known.
    pub address: Option<String>,
    /// How many replies the source says there are; `None` where it says nothing.
    pub claimed: Option<u64>,
    /// Every record, in the order of the source, whatever its state.
    pub replies: Vec<ForeignReply>,
    /// What is known to be missing, as sentences for the report: `answers to replies are not on this page`.
    pub gaps: Vec<String>,
}

impl ForeignThread {
    /// Whether there is anything to tell of it: replies, or that there are some which the source does not show.
    #[must_use]
    pub fn is_told(&self) -> bool {
        !self.replies.is_empty() || !self.gaps.is_empty() || self.claimed.is_some_and(|claimed| claimed > 0)
    }
}

/// Everything a source may say to name an essay; all as given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// The source's own id of the thread or post.
    pub id: Option<String>,
    /// The essay's address.
    pub address: Option<String>,
    /// A path or slug.
    pub path: Option<String>,
    /// The essay's title.
    pub title: Option<String>,
}

impl Key {
    /// What a source says of a page: an address of the web as such, everything else as a path.
    #[must_use]
    pub fn of_page(page: &str, title: Option<String>) -> Self {
        let page = Some(page.to_owned()).filter(|page| !page.is_empty());
        let is_web = page.as_ref().is_some_and(|page| page.contains("://"));
        let (address, path) = if is_web { (page, None) } else { (None, page) };
        Self { id: None, address, path, title }
    }
}

impl From<Key> for ForeignThread {
    fn from(key: Key) -> Self {
        Self { key, ..Self::default() }
    }
}

/// One record of a source.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ForeignReply {
    /// Its id at the source, stable from one export to the next; `None` where the source has none.
    pub id: Option<String>,
    /// The id of the reply it answers; `None` for a reply to the essay. It may name a record that is not there.
    pub parent: Option<String>,
    /// Who wrote it.
    pub author: Author,
    /// When.
    pub date: When,
    /// Whether the source says that it was edited.
    pub is_edited: bool,
    /// What it says; empty for removed records.
    pub body: Body,
    /// What the source says of it.
    pub state: State,
    /// What it is.
    pub kind: Kind,
    /// How many readers reacted; `None` where the source says nothing.
    pub reactions: Option<u64>,
    /// Its address at the source.
    pub permalink: Option<String>,
}

/// Who wrote a reply. E-mail and network addresses have no place here and are dropped while reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Author {
    /// The name that is shown; `None` where there is none. Nothing is invented.
    pub name: Option<String>,
    /// Web page or profile.
    pub url: Option<String>,
    /// The line below the name (LinkedIn).
    pub headline: Option<String>,
    /// The source's own name for the account, such as `@ada@example.social`.
    pub handle: Option<String>,
    /// Whether the source says that this is the author of the essay.
    pub is_essay_author: bool,
}

/// When a reply was written, as precisely as the source says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum When {
    /// An instant.
    Exact(Timestamp),
    /// A time of day without a zone.
    ZoneUnknown(civil::DateTime),
    /// A day.
    Day(civil::Date),
    /// An age on the unknown day on which the page was copied.
    Age(Age),
    /// An age as written, of which nobody can say what it means: its unit depends on a language that is not known.
    AgeText(String),
    /// Not said.
    #[default]
    Unknown,
}

/// A relative age: `4 年`, `6mo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Age {
    /// As written.
    pub text: String,
    /// How many of the unit.
    pub count: u32,
    /// The unit.
    pub unit: Unit,
}

/// Units of ages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Seconds, and "now".
    Second,
    /// Minutes.
    Minute,
    /// Hours.
    Hour,
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

/// The words of a reply, as the source has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// The text.
    pub text: String,
    /// How it is written.
    pub format: Format,
}

/// How a text is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Plain text; line breaks count.
    #[default]
    Plain,
    /// Markdown of any dialect.
    Markdown,
    /// HTML, untrusted.
    Html,
}

/// What a source says of a record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Public and approved.
    #[default]
    Live,
    /// Waiting for approval.
    Waiting,
    /// Called spam.
    Spam,
    /// In the trash.
    Trash,
    /// Removed by its writer or a moderator; its place in the tree may still hold living answers.
    Deleted,
    /// Hidden, minimised, flagged or dead.
    Hidden,
    /// Written for less than the public; never to be shown.
    Private,
}

/// What a record is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Somebody's words on the essay.
    #[default]
    Reply,
    /// A page elsewhere that mentions the essay.
    Mention,
    /// A like, favourite or clap without words.
    Like,
    /// A repost, boost or share without words.
    Repost,
    /// A bookmark.
    Bookmark,
    /// An answer to an invitation.
    Rsvp,
    /// A pingback or trackback.
    Ping,
}

/// Something of the source that did not become a reply, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Where: `line 12`, `comment 55`, `posts/a.html`.
    pub place: String,
    /// Why, as a sentence part: `its date 01/08/2019 can be read in two ways`.
    pub reason: String,
}

/// Why an input cannot be read at all, or from some place on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unreadable {
    /// What is wrong, with line or byte where they are known, and what to do.
    pub message: String,
}

impl Unreadable {
    /// An error with this message.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// Takes what a reader finds, thread by thread, so that no reader has to hold a whole export.
pub trait Harvest {
    /// A thread, complete.
    fn thread(&mut self, thread: ForeignThread);
    /// Something that could not be read, or not in full.
    fn left(&mut self, place: String, reason: String);
    /// Something that is no reply and is left out as it should be: an essay among responses, say.
    fn passed(&mut self, reason: &'static str);
}

/// A harvest in memory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Basket {
    /// The threads.
    pub threads: Vec<ForeignThread>,
    /// What could not be read.
    pub left: Vec<Left>,
    /// Why things that are no replies were left out.
    pub passed: Vec<&'static str>,
}

impl Harvest for Basket {
    fn thread(&mut self, thread: ForeignThread) {
        self.threads.push(thread);
    }

    fn left(&mut self, place: String, reason: String) {
        self.left.push(Left { place, reason });
    }

    fn passed(&mut self, reason: &'static str) {
        self.passed.push(reason);
    }
}

/// Hands everything on, and says of each thread with replies that others may be missing where a part of the source cannot be
/// read: nobody knows whose replies stand in it.
pub struct Partial<'a> {
    /// Where everything goes.
    pub harvest: &'a mut dyn Harvest,
    /// What is missing, as a sentence; `None` where the source is whole.
    pub gap: Option<&'a str>,
}

impl Harvest for Partial<'_> {
    fn thread(&mut self, mut thread: ForeignThread) {
        // Threads of which nothing is told change no file.
        if let Some(gap) = self.gap.filter(|_| thread.is_told()) {
            thread.gaps.push(gap.to_owned());
        }
        self.harvest.thread(thread);
    }

    fn left(&mut self, place: String, reason: String) {
        self.harvest.left(place, reason);
    }

    fn passed(&mut self, reason: &'static str) {
        self.harvest.passed(reason);
    }
}

#[cfg(test)]
impl Basket {
    /// What a reader makes of a text.
    pub(crate) fn of(
        read: fn(&super::input::Input, &mut dyn Harvest) -> Result<(), Unreadable>,
        text: &str,
    ) -> Result<Self, Unreadable> {
        let mut basket = Self::default();
        read(&super::input::Input::of(text), &mut basket).map(|()| basket)
    }
}
