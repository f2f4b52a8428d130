//! What the author should know of a page, as the panel in the browser shows it. Decides what stands there and in
//! which order.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::desk::Edit;
use super::edition::Edition;
use super::notes::{self, Lines, Note, Subject};
use super::trouble::one_line;
use super::{held, unlinked};
use crate::base::path::SitePath;
use crate::base::words::thousands;
use crate::link::reason_not_public;
use crate::model::thread::Replies;
use crate::model::writing::Kind;
use crate::view::cards::minutes;

/// The groups of notes, in their order.
const GROUPS: [&str; 9] = [
    "Problems",
    "Mentions without a link",
    "Concepts without definition",
    "Summary",
    "Pictures without description",
    "Loose pull quotes",
    "Long sentences",
    "Long paragraphs",
    "Replies",
];

/// A page with a file of its own.
pub(super) struct Panel {
    file: SitePath,
    title: String,
    badges: Vec<String>,
    minutes: Option<u32>,
    facts: String,
    /// For each id on the page, the file and the line where it stands.
    lines: BTreeMap<String, (SitePath, usize)>,
    notes: Vec<Note>,
}

impl Panel {
    /// The panel of the page in this file of the site; `None` for pages without a file of their own. What only its
    /// author may see is left out where others may look.
    pub(super) fn of(edition: &Edition, file: &str, is_read_only: bool) -> Option<Self> {
        let id = notes::writing_of(edition, file)?;
        let writing = edition.site.writing(id);
        let source = edition.source(&writing.path)?;
        let lines = Lines::new(&source.text());
        let is_editable = !is_read_only && !edition.kept.contains(&writing.path);
        let subject = Subject { edition, id, writing, source, lines, is_editable };
        let is_essay = writing.kind == Kind::Essay;
        let replies = edition.directory().replies(id).filter(|_| is_essay);
        let replies = replies.and_then(|path| edition.replies.iter().find(|file| file.path == *path));
        let waiting = replies.map_or(0, |file| held::waiting(file).len());
        let own = reason_not_public(writing, edition.snapshot.as_of).map(|why| why.badge().to_owned());
        Some(Self {
            file: writing.path.clone(),
            title: one_line(&writing.meta.title),
            badges: own.into_iter().chain((waiting > 0).then(|| format!("{waiting} held"))).collect(),
            minutes: is_essay.then(|| minutes(writing)),
            facts: facts(&subject),
            lines: places(&subject, replies.map(AsRef::as_ref)),
            notes: all_notes(&subject, replies.map(AsRef::as_ref)),
        })
    }

    /// The edit that is offered under this word.
    pub(super) fn find(&self, id: &str) -> Option<&Edit> {
        let mut edits = self.notes.iter().flat_map(|note| &note.offers).map(|offer| &offer.edit);
        edits.find(|edit| edit.id() == id)
    }

    pub(super) fn to_json(&self) -> Value {
        let lines: serde_json::Map<String, Value> =
            self.lines.iter().map(|(id, (path, line))| (id.clone(), json!([path.as_str(), line]))).collect();
        json!({
            "file": self.file.as_str(),
            "title": self.title,
            "badges": self.badges,
            "minutes": self.minutes,
            "facts": self.facts,
            "lines": lines,
            "notes": self.notes.iter().map(to_json).collect::<Vec<_>>(),
        })
    }
}

fn to_json(note: &Note) -> Value {
    let actions = note.offers.iter().map(|offer| json!({ "id": offer.edit.id(), "label": one_line(&offer.label) }));
    json!({
        "group": note.group,
        "text": note.text,
        "mark": note.mark,
        "help": note.help,
        "file": note.place.as_ref().map(|(path, _)| path.as_str()),
        "line": note.place.as_ref().map(|(_, line)| line),
        "actions": actions.collect::<Vec<_>>(),
    })
}

fn all_notes(subject: &Subject<'_>, replies: Option<&Replies>) -> Vec<Note> {
    let mut all = notes::found(subject, replies.map(|file| &file.path));
    let kept = &subject.edition.kept;
    if kept.contains(&subject.writing.path) {
        // What the page shows is no longer what the file says: its places are none of the file's.
        return all;
    }
    let replies = replies.filter(|file| !kept.contains(&file.path));
    all.extend(notes::summary(subject));
    all.extend(notes::long(subject));
    if subject.writing.kind == Kind::Essay {
        all.extend(unlinked::notes(subject));
        all.extend(notes::undefined(subject));
        // What is held is for nobody's eyes but the author's.
        let shown = replies.filter(|_| subject.is_editable);
        all.extend(shown.into_iter().flat_map(|file| held::notes(subject, file)));
    }
    all.sort_by_key(|note| GROUPS.iter().position(|group| *group == note.group));
    all
}

/// `1,234 words · 5 min · 7 concepts`
fn facts(subject: &Subject<'_>) -> String {
    let counted = |count: usize, one: &str, many: &str| {
        format!("{} {}", thousands(count as u64), if count == 1 { one } else { many })
    };
    let words = counted(subject.writing.facts.words as usize, "word", "words");
    if subject.writing.kind != Kind::Essay {
        return words;
    }
    let concepts = subject.edition.input().viewer.concepts_in(subject.id).len();
    format!("{words} · {} min · {}", minutes(subject.writing), counted(concepts, "concept", "concepts"))
}

/// Where what has an id on the page stands in its file: blocks, headings among them, and replies.
fn places(subject: &Subject<'_>, replies: Option<&Replies>) -> BTreeMap<String, (SitePath, usize)> {
    let prose = subject.writing.prose();
    let blocks = prose.outline.blocks.iter().filter(|block| !block.id.is_empty());
    let place = |byte: u32| (subject.writing.path.clone(), subject.lines.of(byte as usize));
    let mut all: BTreeMap<_, _> = blocks.map(|block| (block.id.clone(), place(block.source))).collect();
    let conversation = subject.edition.site.conversations.get(&subject.id);
    if let (Some(file), Some(conversation)) = (replies, conversation)
        && let Some(source) = subject.edition.source(&file.path)
    {
        let lines = Lines::new(&source.text());
        let placed = conversation.replies.iter();
        let shown = placed.filter_map(|placed| Some((placed.anchor.clone(), placed.reply.as_ref()?)));
        all.extend(shown.map(|(anchor, reply)| (anchor, (file.path.clone(), lines.of(reply.id.range.0 as usize)))));
    }
    all
}
