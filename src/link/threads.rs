//! Replies under their essays: which file belongs to which, who answers whom, in which order, on which passage.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{ConceptId, Site, WritingId, index};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::base::fingerprint::Fingerprint;
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::base::words::plain;
use crate::model::prose::Range;
use crate::model::thread::{Replies, Reply, State, Thread, When};
use crate::model::writing::{Kind, Writing};

/// What readers said of one essay, as it is shown.
#[derive(Clone, Debug, Default)]
pub struct Conversation {
    /// The places elsewhere where it goes on.
    pub threads: Vec<Thread>,
    /// The replies: each thread's beginning before its answers, the oldest first.
    pub replies: Vec<Placed>,
    /// How many of them have words.
    pub count: usize,
}

/// A reply in its place.
#[derive(Clone, Debug)]
pub struct Placed {
    /// The reply; `None` for one that is not shown and has answers that are.
    pub reply: Option<Arc<Reply>>,
    /// Its id on the page.
    pub anchor: String,
    /// 1 for a reply to the essay, 2 for an answer to that, and so on.
    pub depth: u32,
    /// The reply it answers, as an index of the same list.
    pub answers: Option<u32>,
    /// The block of the essay that it speaks of, as an index of `Outline::blocks`.
    pub block: Option<u32>,
    /// Where its text names concepts: the words and the sentence, as bytes of `Reply::text`.
    pub mentions: Vec<(ConceptId, Range, Range)>,
}

/// Remembers conversations that were arranged before.
#[derive(Default)]
pub(super) struct Memo {
    /// Sorted by the path of the file.
    known: Vec<Known>,
}

struct Known {
    file: Arc<Replies>,
    essay: Arc<Writing>,
    conversation: Arc<Conversation>,
    diagnostics: Diagnostics,
}

/// Fills `Site::conversations`; true if each is what it was the last time.
pub(super) fn collect(site: &mut Site, all: Vec<Arc<Replies>>, memo: &mut Memo, diagnostics: &mut Diagnostics) -> bool {
    let before = std::mem::take(&mut memo.known);
    if all.is_empty() {
        return before.is_empty();
    }
    let essays = essays_by_name(site);
    let hidden: BTreeSet<String> = site
        .left_out
        .iter()
        .filter(|left| left.kind == Kind::Essay)
        .flat_map(|left| [name_of(&left.path).to_owned(), left.slug.clone()])
        .collect();
    let mut conversations = BTreeMap::new();
    for file in all {
        let name = name_of_replies(&file.path);
        let Some(essay) = essays.get(name) else {
            if !hidden.contains(name) {
                diagnostics.push(orphan(&file.path, name, &essays));
            }
            continue;
        };
        let known = arrange_again(&before, file, &site.writings[essay.0 as usize]);
        diagnostics.append(known.diagnostics.clone());
        conversations.insert(*essay, Arc::clone(&known.conversation));
        memo.known.push(known);
    }
    site.conversations = conversations;
    let same = |(old, new): (&Known, &Known)| Arc::ptr_eq(&old.conversation, &new.conversation);
    before.len() == memo.known.len() && before.iter().zip(&memo.known).all(same)
}

fn arrange_again(before: &[Known], file: Arc<Replies>, essay: &Arc<Writing>) -> Known {
    let at = before.binary_search_by(|known| known.file.path.cmp(&file.path)).ok();
    let same = |known: &&Known| Arc::ptr_eq(&known.file, &file) && Arc::ptr_eq(&known.essay, essay);
    let (conversation, diagnostics) = match at.map(|at| &before[at]).filter(same) {
        Some(known) => (Arc::clone(&known.conversation), known.diagnostics.clone()),
        None => {
            let mut found = Diagnostics::default();
            let conversation = arrange(&file, essay, &mut found);
            (Arc::new(conversation), found)
        }
    };
    Known { file, essay: Arc::clone(essay), conversation, diagnostics }
}

/// Every essay by the names that its file of replies may have.
pub(crate) fn essays_by_name(site: &Site) -> BTreeMap<String, WritingId> {
    let by_file = site.essays.iter().map(|id| (name_of(&site.writing(*id).path).to_owned(), *id));
    by_file.chain(site.essays.iter().map(|id| (super::routes::slug_of(site.writing(*id)), *id))).collect()
}

/// The name of a file of replies, without its folder and extension.
pub(crate) fn name_of_replies(path: &SitePath) -> &str {
    let below = path.below("content/replies").unwrap_or("");
    below.strip_suffix(".toml").unwrap_or(below)
}

/// The name of an essay's file of replies, without its extension: that of its own file, or of its folder.
pub(crate) fn name_of(path: &SitePath) -> &str {
    let below = path.below(Kind::Essay.folder()).unwrap_or(path.as_str());
    let stem = below.strip_suffix(".md").unwrap_or(below);
    stem.strip_suffix("/index").unwrap_or(stem)
}

fn orphan(path: &SitePath, name: &str, essays: &BTreeMap<String, WritingId>) -> Diagnostic {
    let help = nearest(name, essays.keys().map(String::as_str)).map_or_else(
        || "rename the file as the essay is called".to_owned(),
        |near| format!("did you mean `{near}.toml`?"),
    );
    Diagnostic::new(Code::OrphanReplies, Span::file(path), format!("there is no essay `{name}`")).help(help)
}

fn arrange(file: &Replies, essay: &Writing, diagnostics: &mut Diagnostics) -> Conversation {
    let Replies { path, threads, replies } = file;
    let name = name_of(&essay.path).to_owned();
    let parents = parents(path, replies, diagnostics);
    let shown = shown(replies, &parents);
    let mut answers: Vec<Vec<usize>> = vec![Vec::new(); replies.len()];
    let mut roots = Vec::new();
    for at in (0..replies.len()).filter(|at| shown[*at]) {
        match parents[at] {
            Some(parent) => answers[parent].push(at),
            None => roots.push(at),
        }
    }
    let moments = moments(replies);
    let by_age = |list: &mut Vec<usize>| list.sort_by(|a, b| moments[*a].cmp(&moments[*b]).then(a.cmp(b)));
    by_age(&mut roots);
    answers.iter_mut().for_each(by_age);
    let mut passages = Passages::new(essay);
    let mut placed: Vec<Placed> = Vec::new();
    let mut open: Vec<(usize, u32, Option<u32>)> = roots.into_iter().rev().map(|at| (at, 1, None)).collect();
    while let Some((at, depth, answered)) = open.pop() {
        let here = index(placed.len());
        open.extend(answers[at].iter().rev().map(|answer| (*answer, depth + 1, Some(here))));
        let reply = &replies[at];
        let is_shown = reply.state == State::Shown && !reply.html.is_empty();
        let block = reply.passage.as_ref().filter(|_| is_shown).and_then(|passage| {
            let found = passages.find(&passage.value);
            if found.is_none() {
                diagnostics.push(lost_passage(path, passage.range));
            }
            found
        });
        placed.push(Placed {
            anchor: format!(
                "reply-{}",
                Fingerprint::of(format!("{name} {}", reply.id.value).as_bytes()).to_short_hex()
            ),
            reply: is_shown.then(|| Arc::clone(reply)),
            depth,
            answers: answered,
            block,
            mentions: Vec::new(),
        });
    }
    let count = placed.iter().filter(|placed| placed.reply.is_some()).count();
    Conversation { threads: threads.clone(), replies: placed, count }
}

fn lost_passage(path: &SitePath, range: (u32, u32)) -> Diagnostic {
    let span = Span { path: path.clone(), range: Some(range) };
    Diagnostic::new(Code::LostPassage, span, "the essay no longer says this, so the reply stands without it")
        .help("write the passage as it stands in the essay now, or take the line out")
}

/// For each reply, the one it answers. What is not there and circles are reported, and count as replies to the essay.
fn parents(path: &SitePath, replies: &[Arc<Reply>], diagnostics: &mut Diagnostics) -> Vec<Option<usize>> {
    let places: BTreeMap<&str, usize> =
        replies.iter().enumerate().map(|(at, reply)| (reply.id.value.as_str(), at)).collect();
    let mut parents: Vec<Option<usize>> = Vec::with_capacity(replies.len());
    for reply in replies {
        let parent = places.get(reply.parent.as_str()).copied();
        if parent.is_none() && !reply.parent.is_empty() {
            diagnostics.push(lost_parent(path, reply, format!("there is no reply `{}` in this file", reply.parent)));
        }
        parents.push(parent);
    }
    // 0: not looked at, 1: on the way up from the reply at hand, 2: known to lead to the essay.
    let mut marks = vec![0_u8; replies.len()];
    for start in 0..replies.len() {
        let (mut at, mut way) = (start, Vec::new());
        while marks[at] == 0 {
            marks[at] = 1;
            way.push(at);
            match parents[at] {
                Some(parent) if marks[parent] == 1 => {
                    parents[at] = None;
                    diagnostics.push(lost_parent(
                        path,
                        &replies[at],
                        "replies answer each other in a circle".to_owned(),
                    ));
                }
                Some(parent) => at = parent,
                None => {}
            }
        }
        way.into_iter().for_each(|at| marks[at] = 2);
    }
    parents
}

fn lost_parent(path: &SitePath, reply: &Reply, message: String) -> Diagnostic {
    let span = Span { path: path.clone(), range: Some(reply.id.range) };
    Diagnostic::new(Code::LostParent, span, message).help("it is shown as a reply to the essay")
}

/// Which replies have a place: those with words to show, and those that such a reply answers, however far up.
fn shown(replies: &[Arc<Reply>], parents: &[Option<usize>]) -> Vec<bool> {
    let mut shown = vec![false; replies.len()];
    for (at, reply) in replies.iter().enumerate() {
        if reply.state != State::Shown || reply.html.is_empty() {
            continue;
        }
        let mut next = Some(at);
        while let Some(here) = next.filter(|here| !shown[*here]) {
            shown[here] = true;
            next = parents[here];
        }
    }
    shown
}

/// When each reply was written, for sorting; one without a date stands where the one before it in the file does.
fn moments(replies: &[Arc<Reply>]) -> Vec<Option<crate::base::date::Date>> {
    let mut last = None;
    let mut moments = Vec::with_capacity(replies.len());
    for reply in replies {
        last = match reply.date {
            When::Day(day) | When::Between(day, _) => Some(day),
            When::Unknown => last,
        };
        moments.push(last);
    }
    moments
}

/// The blocks of an essay as comparable text, made when the first passage is looked for.
struct Passages<'a> {
    essay: &'a Writing,
    blocks: Option<Vec<String>>,
}

impl<'a> Passages<'a> {
    fn new(essay: &'a Writing) -> Self {
        Self { essay, blocks: None }
    }

    fn find(&mut self, passage: &str) -> Option<u32> {
        let blocks = self.blocks.get_or_insert_with(|| {
            let prose = self.essay.prose();
            let outline = &prose.outline;
            let text = |range: Range| plain(&outline.text[range.0 as usize..range.1 as usize]);
            outline.blocks.iter().map(|block| text(block.text)).collect()
        });
        let wanted = plain(passage);
        blocks.iter().position(|block| block.contains(&wanted)).map(index)
    }
}
