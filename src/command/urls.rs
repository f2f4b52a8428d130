//! `urls`: every address with what became of it, or all that is known of one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use crate::base::diagnostic::{Diagnostic, Report};
use crate::base::path::{Route, SitePath, percent_decoded};
use crate::build::{Build, build};
use crate::io::disk;
use crate::io::error::Error;
use crate::io::terminal::{Format, Terminal, to_json};
use crate::link::LeftOut;
use crate::load::{Options, load};
use crate::model::published::{FILE, Promise};
use crate::promise::{Address, State};

/// How many addresses are offered for one that does not exist, how alike they have to be, and how much less than the best.
const MOST_NEAR: usize = 3;
const LEAST_ALIKE: f64 = 0.5;
const NEARLY: f64 = 0.15;
/// Addresses longer than this are shown whole and push the rest of their line aside.
const WIDEST: usize = 48;

pub(super) fn run(address: Option<&str>, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let (snapshot, found) = load(&root, &Options::default())?;
    let wanted = address.map(|written| wanted(written, snapshot.book.base_url.as_deref())).transpose()?;
    let made = build(&snapshot, found);
    let rows = Row::all(&made);
    if let Some(wanted) = wanted {
        let code = explain(&rows, &wanted, &made.site.left_out, terminal);
        if terminal.format == Format::Human {
            let is_asked = |found: &Diagnostic| {
                let text = found.span.as_ref().filter(|span| span.path.as_str() == FILE).and_then(|span| {
                    let (start, end) = span.range?;
                    Some(snapshot.text(&span.path)?.get(start as usize..end as usize)?.trim_matches('"').to_owned())
                });
                text.as_deref() == Some(wanted.route.as_str())
            };
            let about = made.report.diagnostics.iter().filter(|found| is_asked(found)).cloned().collect();
            terminal.report(&Report { diagnostics: about }, &|path| snapshot.text(path));
        }
        return Ok(code);
    }
    let (own, others): (Vec<_>, Vec<_>) = made
        .report
        .diagnostics
        .iter()
        .cloned()
        .partition(|found| found.span.as_ref().is_some_and(|span| span.path.as_str() == FILE));
    let (own, others) = (Report { diagnostics: own }, Report { diagnostics: others });
    let text = |path: &_| snapshot.text(path);
    match terminal.format {
        Format::Human => {
            terminal.report(&own, &text);
            terminal.say(&list(&rows));
            if others.has_errors() {
                terminal.say("The book has other errors, which may cost addresses: `throughline check` shows them.");
            }
        }
        Format::Json => {
            let addresses: Vec<Value> = rows.iter().filter(|row| row.is_listed()).map(Row::to_json).collect();
            terminal.write_out(&json!({ "addresses": addresses, "report": to_json(&own, &text) }).to_string());
        }
        Format::Sarif => terminal.report(&own, &text),
    }
    Ok(u8::from(own.has_errors() || rows.iter().any(Row::is_lost)))
}

/// An address with what stands there, what was promised of it, or both.
struct Row<'a> {
    route: &'a Route,
    /// The file of the output folder that holds it.
    file: String,
    address: Option<&'a Address>,
    promise: Option<&'a Promise>,
    state: Option<State<'a>>,
    /// Old addresses that lead here.
    old: Vec<&'a Route>,
}

impl<'a> Row<'a> {
    /// Every address, sorted.
    fn all(made: &'a Build) -> Vec<Self> {
        let mut rows: BTreeMap<String, Self> = BTreeMap::new();
        let mut old: BTreeMap<&Route, Vec<&Route>> = BTreeMap::new();
        for address in made.addresses.iter() {
            if let Some(to) = &address.to {
                old.entry(to).or_default().push(&address.route);
            }
            let (route, file) = (&address.route, address.file.clone());
            let row = Self { route, file, address: Some(address), promise: None, state: None, old: Vec::new() };
            rows.insert(address.file.clone(), row);
        }
        for promise in &made.published.promises {
            let (route, file) = (&promise.route, promise.route.to_file());
            let new = Self { route, file: file.clone(), address: None, promise: None, state: None, old: Vec::new() };
            let row = rows.entry(file).or_insert(new);
            row.promise = Some(promise);
            row.state = Some(made.addresses.state(promise));
        }
        let mut rows: Vec<Self> = rows.into_values().collect();
        rows.iter_mut().for_each(|row| row.old = old.remove(row.route).unwrap_or_default());
        rows.sort_by_key(|row| row.route);
        rows
    }

    /// Files and feeds are looked up, not listed: nobody promises them.
    fn is_listed(&self) -> bool {
        self.promise.is_some() || self.address.is_none_or(|address| address.what.is_promised())
    }

    fn is_lost(&self) -> bool {
        matches!(self.state, Some(State::Lost | State::Hidden(..)))
    }

    fn kind(&self) -> &'static str {
        self.address.map_or("", |address| address.what.word())
    }

    /// One word for what became of it.
    fn word(&self) -> &'static str {
        match self.state {
            Some(State::Lost) => "lost",
            Some(State::Hidden(..)) => "hidden",
            Some(State::Expired(_)) => "expired",
            Some(State::Ahead) => "ahead",
            Some(State::Kept(_)) | None => match self.address {
                Some(Address { to: Some(_), .. }) => "moved",
                Some(address) if !address.what.is_promised() => address.what.word(),
                _ if self.promise.is_some() => "published",
                _ => "new",
            },
        }
    }

    /// The same in a few words.
    fn words(&self) -> String {
        let since = self.promise.and_then(|promise| promise.since);
        match (self.state, self.address) {
            (Some(State::Hidden(path, why, _)), _) => format!("lost: `{path}` is {}", why.to_words()),
            (Some(State::Expired(day)), _) => format!("expired on {day}"),
            (Some(State::Ahead), _) => since.map_or_else(String::new, |since| format!("published from {since} on")),
            (_, Some(Address { to: Some(to), .. })) if self.promise.is_none() => format!("moved to {to}, new"),
            (_, Some(Address { to: Some(to), .. })) => format!("moved to {to}"),
            _ => self.word().to_owned(),
        }
    }

    /// Its headings, each with whether it is promised and there. An old address has only those that it promises.
    fn headings(&self) -> Vec<(&'a str, &'static str)> {
        let promised: Vec<&str> =
            self.promise.iter().flat_map(|promise| &promise.headings).map(|heading| heading.value.as_str()).collect();
        let own = self.address.filter(|address| address.to.is_none());
        let there: Vec<&str> = own.iter().flat_map(|address| address.headings()).collect();
        let known: BTreeSet<&str> = there.iter().copied().collect();
        let state = |id: &str| match self.address.is_some_and(|address| address.has_place(id)) {
            false => "lost",
            true if promised.contains(&id) => "published",
            true => "new",
        };
        let gone = promised.iter().copied().filter(|id| !known.contains(id));
        there.iter().copied().chain(gone).map(|id| (id, state(id))).collect()
    }

    fn title(&self) -> &'a str {
        let promised = self.promise.map_or("", |promise| promise.title.as_str());
        self.address.map_or(promised, |address| &address.title)
    }

    /// The file behind it, now or when it was published.
    fn from(&self) -> Option<&'a str> {
        let now = self.address.and_then(|address| address.from.as_ref());
        now.or_else(|| self.promise.and_then(|promise| promise.from.as_ref())).map(SitePath::as_str)
    }

    fn to_json(&self) -> Value {
        let headings = self.headings().into_iter().map(|(id, state)| json!({ "id": id, "state": state }));
        json!({
            "address": self.route.as_str(),
            "kind": self.kind(),
            "state": self.word(),
            "title": self.title(),
            "file": self.from(),
            "since": self.promise.and_then(|promise| promise.since).map(|since| since.to_string()),
            "to": self.address.and_then(|address| address.to.as_ref()).map(Route::as_str),
            "redirects": self.old.iter().map(|old| old.as_str()).collect::<Vec<_>>(),
            "headings": headings.collect::<Vec<_>>(),
        })
    }
}

fn list(rows: &[Row<'_>]) -> String {
    let listed: Vec<&Row<'_>> = rows.iter().filter(|row| row.is_listed()).collect();
    let width = listed.iter().map(|row| row.route.as_str().chars().count()).filter(|width| *width <= WIDEST).max();
    let width = width.unwrap_or(0);
    let line = |row: &&Row<'_>| format!("{:<width$}  {:<8}  {}", row.route.as_str(), row.kind(), row.words());
    let mut lines: Vec<String> = listed.iter().map(line).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &listed {
        *counts.entry(if row.is_lost() { "lost" } else { row.word() }).or_default() += 1;
    }
    let counts: Vec<String> = counts.into_iter().map(|(word, count)| format!("{count} {word}")).collect();
    lines.push(format!("{} in all: {}.", listed.len(), counts.join(", ")));
    if listed.iter().all(|row| row.promise.is_none()) {
        lines.push(format!("None is promised yet: `throughline publish` writes them into `{FILE}`."));
    }
    lines.join("\n")
}

/// What somebody asks for: an address, and a heading there, or nothing.
pub(super) struct Wanted {
    pub(super) route: Route,
    heading: String,
}

/// An address as people have it at hand: in full, with a heading, with or without the slashes around it.
pub(super) fn wanted(written: &str, base_url: Option<&str>) -> Result<Wanted, Error> {
    let without_scheme = |url: &str| url.split_once("://").map(|(_, rest)| rest.trim_end_matches('/').to_owned());
    let no_address = || Error::Usage(format!("`{written}` is not an address of this site"));
    let (path, heading) = written.split_once('#').unwrap_or((written, ""));
    let path = path.split('?').next().unwrap_or("");
    let path = match path.split_once("://") {
        None => path,
        Some((_, rest)) => {
            let base = base_url.and_then(without_scheme).ok_or_else(|| {
                Error::Usage("`book.toml` has no `base_url`; write the address from the root of the site".to_owned())
            })?;
            let below = rest.strip_prefix(&base).filter(|below| below.is_empty() || below.starts_with('/'));
            below.ok_or_else(no_address)?
        }
    };
    let path = percent_decoded(path);
    let path = format!("/{}", path.trim_start_matches('/'));
    let route = Route::of_address(&path).or_else(|| Route::of_file(&path[1..])).ok_or_else(no_address)?;
    Ok(Wanted { route, heading: percent_decoded(heading) })
}

fn explain(rows: &[Row<'_>], wanted: &Wanted, left_out: &[LeftOut], terminal: &Terminal) -> u8 {
    let file = wanted.route.to_file();
    let Some(row) = rows.iter().find(|row| row.file == file) else {
        let there = rows.iter().filter(|row| row.address.is_some());
        let near = near(wanted.route.as_str(), there.map(|row| row.route.as_str()));
        let left = left_out.iter().find(|left| left.route == wanted.route);
        let message = match left {
            Some(left) => {
                format!("readers find nothing at `{}`: `{}` is {}", wanted.route, left.path, left.why.to_words())
            }
            None => format!("there is no address `{}`", wanted.route),
        };
        return unknown(&message, if left.is_some() { &[] } else { &near }, &wanted.route, terminal);
    };
    let headings = row.headings();
    let id = wanted.heading.as_str();
    let is_there = |id: &str| {
        headings.iter().any(|(known, _)| *known == id) || row.address.is_some_and(|address| address.has_place(id))
    };
    if !id.is_empty() && !is_there(id) {
        let there = headings.iter().filter(|(_, state)| *state != "lost");
        let near = near(id, there.map(|(id, _)| *id));
        let near: Vec<String> = near.iter().map(|near| format!("{}#{near}", row.route)).collect();
        let near: Vec<&str> = near.iter().map(String::as_str).collect();
        return unknown(&format!("`{}` has no heading `#{id}`", row.route), &near, &wanted.route, terminal);
    }
    // Whoever asks for one heading wants to know of that one.
    let asked: Vec<(&str, &str)> = headings.into_iter().filter(|(known, _)| id.is_empty() || *known == id).collect();
    if terminal.format == Format::Human {
        terminal.say(&words(row, &asked));
    } else {
        terminal.write_out(&row.to_json().to_string());
    }
    u8::from(row.is_lost() || asked.iter().any(|(_, state)| *state == "lost"))
}

fn words(row: &Row<'_>, headings: &[(&str, &str)]) -> String {
    let mut lines = vec![row.route.to_string()];
    let title = match (row.kind(), row.title()) {
        (kind, "") => kind.to_owned(),
        ("", title) => format!("“{title}”"),
        (kind, title) => format!("{kind} “{title}”"),
    };
    let from = row.from().map(|from| format!("from {from}"));
    let first: Vec<String> = [Some(title), from].into_iter().flatten().filter(|part| !part.is_empty()).collect();
    lines.push(format!("  {}", first.join(", ")));
    let since = row.promise.and_then(|promise| promise.since).map_or_else(String::new, |day| format!(" since {day}"));
    let promised = match (row.promise, row.kind()) {
        (Some(_), _) => format!("promised{since}"),
        (None, "file") => "goes out as it is; not promised".to_owned(),
        (None, "made" | "feed") => "not promised: it comes and goes with what it is made of".to_owned(),
        (None, _) => "not promised: it has not been published yet".to_owned(),
    };
    lines.push(format!("  {promised}"));
    if matches!(row.word(), "lost" | "hidden" | "expired" | "moved") {
        lines.push(format!("  {}", row.words()));
    }
    if !row.old.is_empty() {
        let old: Vec<&str> = row.old.iter().map(|old| old.as_str()).collect();
        lines.push(format!("  old addresses that lead here: {}", old.join(", ")));
    }
    let width = headings.iter().map(|(id, _)| id.chars().count()).filter(|width| *width <= WIDEST).max().unwrap_or(0);
    lines.extend(headings.iter().map(|(id, state)| format!("  #{id:<width$}  {state}")));
    lines.join("\n")
}

fn unknown(what: &str, near: &[&str], route: &Route, terminal: &Terminal) -> u8 {
    if terminal.format != Format::Human {
        terminal.write_out(&json!({ "address": route.as_str(), "state": "unknown", "nearest": near }).to_string());
    } else if near.is_empty() {
        terminal.fail(&format!("{what}; `throughline urls` lists all"));
    } else {
        let near: Vec<String> = near.iter().map(|near| format!("`{near}`")).collect();
        terminal.fail(&format!("{what}; did you mean {}?", near.join(" or ")));
    }
    1
}

/// The names most like this one, the most alike first.
pub(super) fn near<'a>(name: &str, all: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let likeness = |other: &str| strsim::normalized_damerau_levenshtein(name, other);
    let mut alike: Vec<(f64, &str)> = all.map(|other| (likeness(other), other)).collect();
    alike.retain(|(likeness, _)| *likeness >= LEAST_ALIKE);
    alike.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    // What only shares the folder is like every address there.
    let best = alike.first().map_or(0.0, |(likeness, _)| *likeness);
    let alike = alike.into_iter().take_while(|(likeness, _)| *likeness >= best - NEARLY);
    alike.take(MOST_NEAR).map(|(_, other)| other).collect()
}
