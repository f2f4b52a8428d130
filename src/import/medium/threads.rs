//! Responses of Medium to threads: each essay with everything that answers it, and what is known to be missing. Knows no form
//! of file.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::fields::text;
use super::super::foreign::{ForeignThread, Harvest, Key};
use super::super::json;
use super::super::threads::ByName;
use super::post::{Beside, Essay, Response, short_address};

/// How many ids a sentence names.
const MOST_NAMED: usize = 5;

/// What a file says of posts, before threads are made of it.
#[derive(Default)]
pub struct Gathered {
    /// Every response, in the order of the file.
    pub responses: Vec<Response>,
    seen: BTreeSet<String>,
    /// What each post answers, by id.
    pub parents: BTreeMap<String, String>,
    /// What is known of the posts that may be answered, by id.
    pub essays: BTreeMap<String, Essay>,
    /// Essays whose list of responses goes on in another answer.
    pub unfinished: BTreeSet<String>,
}

impl Gathered {
    /// Takes a response; whether it was not taken before. Of one in whose middle the file ends only its place is taken.
    pub fn take(&mut self, beside: Beside, post: &Value, parent: Option<&str>) -> bool {
        let id = text(post, "id");
        if id.is_some_and(|id| !self.seen.insert(id.to_owned())) {
            return false;
        }
        let mut response = beside.response(post, id);
        response.reply.parent = parent.map(str::to_owned);
        if let (Some(id), Some(parent)) = (id, parent) {
            self.parents.entry(id.to_owned()).or_insert_with(|| parent.to_owned());
        }
        self.responses.extend((!json::is_cut(post)).then_some(response));
        true
    }

    /// Takes the responses that are listed below a post, in the order of the page; how deep they lie does not matter.
    pub fn take_listed<'a>(&mut self, beside: Beside<'a>, root: &'a Value, harvest: &mut dyn Harvest) {
        let top = text(root, "id");
        let mut open: Vec<(&'a Value, Option<&'a str>)> = Vec::new();
        open.extend(beside.answers(root).0.into_iter().rev().map(|answer| (answer, top)));
        while let Some((answer, parent)) = open.pop() {
            let post = beside.follow(answer);
            let id = text(post, "id");
            if !post.is_object() {
                harvest.left(
                    format!("response {}", self.responses.len() + 1),
                    "only its place is in this file".to_owned(),
                );
            } else if (id.is_none() || id != top)
                && self.take(beside, post, parent)
                // Posts of a page name one another; one without an id could do so in a circle.
                && (id.is_some() || beside.state.is_none())
            {
                let own = id.or(parent);
                open.extend(beside.answers(post).0.into_iter().rev().map(|answer| (answer, own)));
            }
        }
    }
}

/// Hands over the threads: each essay with everything that answers it, at whatever depth.
pub fn threads(gathered: Gathered, harvest: &mut dyn Harvest) {
    let Gathered { responses, parents, mut essays, unfinished, .. } = gathered;
    let mut roots = BTreeMap::new();
    let mut by_root: ByName<(String, Vec<Response>)> = ByName::default();
    for response in responses {
        let start = response.reply.parent.clone().unwrap_or_default();
        let root = root_of(&start, &parents, &mut roots);
        by_root.of(&root, || (root.clone(), Vec::new())).1.push(response);
    }
    let unfinished: BTreeSet<String> = unfinished.iter().map(|id| root_of(id, &parents, &mut roots)).collect();
    for (root, found) in by_root.into_list() {
        let essay = essays.remove(&root).unwrap_or_default();
        harvest.thread(thread(&root, essay, found, unfinished.contains(&root)));
    }
    for (id, essay) in essays.into_iter().filter(|(id, _)| !parents.contains_key(id)) {
        let Some(claimed) = essay.claimed.filter(|claimed| *claimed > 0) else { continue };
        let why = format!("none of its {claimed} responses is in this file; open them and scroll to the last");
        harvest.left(format!("essay {id}"), why);
        harvest.thread(thread(&id, essay, Vec::new(), false));
    }
}

/// The post at the top of what a post answers; a circle ends where it closes. What was found is kept for all on the way.
fn root_of(start: &str, parents: &BTreeMap<String, String>, roots: &mut BTreeMap<String, String>) -> String {
    let mut way: BTreeSet<&str> = BTreeSet::new();
    let mut at = start;
    let root = loop {
        if let Some(root) = roots.get(at) {
            break root.clone();
        }
        match parents.get(at) {
            Some(parent) if way.insert(at) => at = parent,
            _ => break at.to_owned(),
        }
    };
    roots.extend(way.into_iter().map(|post| (post.to_owned(), root.clone())));
    root
}

fn thread(root: &str, essay: Essay, mut found: Vec<Response>, goes_on: bool) -> ForeignThread {
    for response in &mut found {
        response.reply.parent.take_if(|parent| parent == root);
        response.reply.author.is_essay_author = essay.writer.is_some() && response.writer == essay.writer;
    }
    let id = Some(root.to_owned()).filter(|root| !root.is_empty());
    ForeignThread {
        gaps: gaps(&found, essay.claimed, goes_on),
        address: essay.address.clone().or_else(|| id.as_deref().map(short_address)),
        key: Key { id, address: essay.original.or(essay.address), path: None, title: essay.title },
        claimed: essay.claimed,
        replies: found.into_iter().map(|response| response.reply).collect(),
    }
}

fn gaps(found: &[Response], claimed: Option<u64>, goes_on: bool) -> Vec<String> {
    let mut gaps = Vec::new();
    if let Some(claimed) = claimed.filter(|claimed| *claimed > found.len() as u64) {
        gaps.push(format!("{} of {claimed} responses are in this file", found.len()));
    }
    if goes_on {
        gaps.push("more responses follow on the next page, which is not in this file".to_owned());
    }
    let id = |response: &Response| response.reply.id.clone().unwrap_or_else(|| "without id".to_owned());
    let below = below(found);
    let short = found.iter().zip(below).filter(|(response, below)| response.counted > *below);
    let short: Vec<String> = short.map(|(response, _)| id(response)).collect();
    if !short.is_empty() {
        gaps.push(format!("not all answers to {} are in this file", listed(&short)));
    }
    let cut: Vec<String> = found.iter().filter(|response| response.is_cut).map(id).collect();
    if !cut.is_empty() {
        gaps.push(format!("this file holds only the beginning of {}", listed(&cut)));
    }
    gaps
}

/// How many responses of the file stand below each; whether Medium counts answers to answers is not known, so the larger
/// number is taken.
fn below(found: &[Response]) -> Vec<u64> {
    let places: BTreeMap<&str, usize> =
        found.iter().enumerate().filter_map(|(at, response)| Some((response.reply.id.as_deref()?, at))).collect();
    let parent = |at: usize| found.get(at).and_then(|one| places.get(one.reply.parent.as_deref()?).copied());
    let mut waiting = vec![0_usize; found.len()];
    let mut below = vec![0_u64; found.len()];
    for waits in (0..found.len()).filter_map(parent) {
        if let Some(count) = waiting.get_mut(waits) {
            *count += 1;
        }
    }
    // From the last answers upwards; posts in a circle never come to an end, and count nothing.
    let mut ready: Vec<usize> = (0..found.len()).filter(|at| waiting.get(*at) == Some(&0)).collect();
    while let Some(at) = ready.pop() {
        let Some(up) = parent(at) else { continue };
        let own = below.get(at).copied().unwrap_or_default();
        if let (Some(sum), Some(count)) = (below.get_mut(up), waiting.get_mut(up)) {
            *sum += own + 1;
            *count = count.saturating_sub(1);
            ready.extend((*count == 0).then_some(up));
        }
    }
    below
}

fn listed(ids: &[String]) -> String {
    let named = ids.iter().take(MOST_NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match ids.len().saturating_sub(MOST_NAMED) {
        0 => format!("response {named}"),
        more => format!("response {named} and {more} more"),
    }
}
