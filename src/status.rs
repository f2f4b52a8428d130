//! Where a book stands on a day: drafts, what is due, what was missed, who waits. Knows no file and no command line.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil;
use serde::Serialize;

use crate::base::date::Date;
use crate::base::path::SitePath;
use crate::link::threads::{name_of, name_of_replies};
use crate::link::{Site, Why, reason_not_public};
use crate::model::published::Published;
use crate::model::thread::{Replies, State};
use crate::model::writing::{Kind, Writing};
use crate::schedule::workflow::Workflow;
use crate::schedule::{Change, Due, cron, due};

/// Everything that is looked at.
pub struct Input<'a> {
    /// Every writing of the book, shown or not.
    pub writings: &'a [Arc<Writing>],
    /// What the files of replies say.
    pub replies: &'a [Arc<Replies>],
    /// The book, joined, as readers see it on this day.
    pub site: &'a Site,
    /// The day.
    pub today: civil::Date,
    /// Addresses that were published; none where nothing was yet.
    pub published: &'a Published,
    /// Workflows of the repository that publish this book.
    pub workflows: &'a [Workflow],
    /// Paths of the writings whose text is another one than when it was published from this machine.
    pub changed: &'a BTreeSet<String>,
    /// How many errors a build of it would report.
    pub errors: usize,
}

/// An essay, in a list of those that share something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Entry {
    /// The day on which it changes or changed; empty without one.
    pub day: String,
    /// Its title.
    pub title: String,
    /// Its file.
    pub path: String,
}

/// The replies to an essay that wait for the author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// How many.
    pub count: usize,
    /// The title of the essay, or the name of the file where it belongs to none.
    pub title: String,
    /// The file.
    pub path: String,
}

/// Where a book stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Status {
    /// The day.
    pub today: String,
    /// Writings that nobody sees until their author says so.
    pub drafts: Vec<Entry>,
    /// Essays that appear by themselves, the next first.
    pub scheduled: Vec<Entry>,
    /// Essays that go by themselves, the next first.
    pub expiring: Vec<Entry>,
    /// Essays that have gone.
    pub expired: Vec<Entry>,
    /// Replies that wait.
    pub held: Vec<Waiting>,
    /// Essays that readers could see, if the book was published now.
    pub unpublished: Vec<Entry>,
    /// Essays and other pages whose text is another one than what readers see; told on the machine that published.
    pub changed: Vec<Entry>,
    /// The next moment at which something is due, in words; empty where nothing is.
    pub next: String,
    /// What was missed, or will be.
    pub problems: Vec<String>,
    /// What is worth knowing.
    pub notes: Vec<String>,
}

/// Where the book stands.
#[must_use]
pub fn status(input: &Input<'_>) -> Status {
    let ahead = due(input.writings, input.today);
    let mut status = Status { today: input.today.to_string(), held: held(input), ..Status::default() };
    for writing in input.writings {
        match reason_not_public(writing, input.today) {
            Some(Why::Draft) => status.drafts.push(entry(writing, None)),
            Some(Why::Expired(day)) => status.expired.push(entry(writing, Some(day))),
            Some(Why::Scheduled(_)) | None => {}
        }
    }
    let of = |change| ahead.iter().filter(move |due| due.change == change);
    status.scheduled = of(Change::Appears).map(entry_of).collect();
    status.expiring = of(Change::Goes).map(entry_of).collect();
    status.expired.sort();
    look_at_published(input, &mut status);
    let is_changed = |writing: &&Arc<Writing>| input.changed.contains(writing.path.as_str());
    status.changed = input.site.writings.iter().filter(is_changed).map(|writing| entry(writing, None)).collect();
    look_at_workflows(input, &ahead, &mut status);
    if input.errors > 0 {
        let (count, word) = (input.errors, if input.errors == 1 { "error" } else { "errors" });
        let what = "`throughline check` shows them, and nothing can be published before they are mended";
        status.problems.push(format!("the book has {count} {word}: {what}"));
    }
    if let Some(next) = ahead.first() {
        let all: Vec<String> = ahead.iter().filter(|due| due.day == next.day).map(Due::to_words).collect();
        status.next = format!("{}: {}", next.day_in_words(), all.join(", "));
    }
    status
}

fn entry(writing: &Writing, day: Option<civil::Date>) -> Entry {
    let day = day.map(|day| day.to_string()).unwrap_or_default();
    Entry { day, title: writing.meta.title.clone(), path: writing.path.to_string() }
}

fn entry_of(due: &Due) -> Entry {
    Entry { day: due.day.to_string(), title: due.title.clone(), path: due.path.to_string() }
}

/// Replies that wait, by their files.
fn held(input: &Input<'_>) -> Vec<Waiting> {
    let site = input.site;
    let shown = site.essays.iter().map(|id| (&site.writing(*id).path, site.slug(*id), &site.writing(*id).meta.title));
    let hidden = site.left_out.iter().filter(|left| left.kind == Kind::Essay);
    let hidden = hidden.map(|left| (&left.path, left.slug.clone(), &left.title));
    let mut titles: BTreeMap<String, &String> = BTreeMap::new();
    for (path, slug, title) in shown.chain(hidden) {
        titles.insert(slug, title);
        titles.insert(name_of(path).to_owned(), title);
    }
    let waiting = |replies: &Arc<Replies>| {
        let count = replies.replies.iter().filter(|reply| reply.state == State::Held).count();
        let name = name_of_replies(&replies.path);
        let title = titles.get(name).map_or_else(|| name.to_owned(), |title| (*title).clone());
        (count > 0).then(|| Waiting { count, title, path: replies.path.to_string() })
    };
    input.replies.iter().filter_map(waiting).collect()
}

/// Essays that readers should see and cannot: those whose day has passed were missed.
fn look_at_published(input: &Input<'_>, status: &mut Status) {
    let published = input.published;
    if published.promises.is_empty() {
        status.notes.push("nothing was published yet".to_owned());
        return;
    }
    let routes: BTreeSet<&str> = published.promises.iter().map(|promise| promise.route.as_str()).collect();
    let files: BTreeSet<&SitePath> = published.promises.iter().filter_map(|promise| promise.from.as_ref()).collect();
    for id in &input.site.essays {
        let writing = input.site.writing(*id);
        let route = &input.site.routes[id.0 as usize];
        // One that is published under another address is lost there, which is told as an error of the book.
        let mut old = writing.meta.old_addresses.iter().map(|old| old.value.as_str());
        if routes.contains(route.as_str()) || files.contains(&writing.path) || old.any(|old| routes.contains(old)) {
            continue;
        }
        let day = writing.meta.date.map(|date| date.as_day());
        match day.filter(|day| *day < input.today) {
            Some(day) => status.problems.push(format!(
                "\"{}\" was due on {} and is not published: run `throughline publish` (`{}`)",
                writing.meta.title,
                Date::day(day).to_words(),
                writing.path
            )),
            None => status.unpublished.push(entry(writing, day)),
        }
    }
}

/// Days on which something is due and no workflow runs.
fn look_at_workflows(input: &Input<'_>, ahead: &[Due], status: &mut Status) {
    if ahead.is_empty() {
        return;
    }
    let Some(first) = input.workflows.first() else {
        let what = "no workflow publishes it by itself: run `throughline publish` on that day, or let \
                    `throughline publish init github` write one";
        status.notes.push(what.to_owned());
        return;
    };
    if let Some(outside) = input.workflows.iter().find(|workflow| workflow.lines.is_none()) {
        let what = "runs by a schedule that GitLab keeps; whether it has one cannot be seen from here";
        status.notes.push(format!("`{}` {what}", outside.path));
        return;
    }
    let mut days: Vec<civil::Date> = ahead.iter().map(|due| due.day).collect();
    days.dedup();
    for day in days {
        let runs =
            |workflow: &Workflow| workflow.lines.iter().flatten().any(|line| cron::runs_on(line, day, &workflow.zone));
        if !input.workflows.iter().any(runs) {
            status.problems.push(format!(
                "the workflow `{}` does not run on {}; run `{}` again",
                first.path,
                Date::day(day).to_words(),
                first.command
            ));
        }
    }
}

impl Status {
    /// What a person reads.
    #[must_use]
    pub fn to_words(&self) -> String {
        let mut text = String::new();
        for (name, entries) in [
            ("Drafts", &self.drafts),
            ("Scheduled", &self.scheduled),
            ("Going", &self.expiring),
            ("Expired", &self.expired),
            ("Not published yet", &self.unpublished),
            ("Changed since published", &self.changed),
        ] {
            if entries.is_empty() {
                continue;
            }
            text.push_str(&format!("{name} ({})\n", entries.len()));
            for entry in entries {
                let day = Date::parse(&entry.day).map(|date| format!("{}  ", date.to_words())).unwrap_or_default();
                text.push_str(&format!("  {day}{} ({})\n", entry.title, entry.path));
            }
        }
        if !self.held.is_empty() {
            text.push_str(&format!("Replies that wait ({})\n", self.held.iter().map(|held| held.count).sum::<usize>()));
            for held in &self.held {
                text.push_str(&format!("  {}  {} ({})\n", held.count, held.title, held.path));
            }
        }
        if !self.next.is_empty() {
            text.push_str(&format!("next: {}\n", self.next));
        }
        for note in &self.notes {
            text.push_str(&format!("note: {note}\n"));
        }
        if text.is_empty() {
            text.push_str("nothing waits and nothing is due\n");
        }
        text.truncate(text.trim_end().len());
        text
    }
}
