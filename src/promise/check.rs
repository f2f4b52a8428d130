//! Promises that the site as it is now would break, each with the line that mends it. Knows no page but by its address.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::successor::{Successor, Successors, headings};
use super::{Address, Addresses, State, What};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::link::Why;
use crate::model::published::{FILE, Promise, Published};
use crate::model::source::{Snapshot, Source};
use crate::model::writing::{Kind, Placed, Writing};
use crate::parse::amend;

/// Files of the content with errors: what they would promise and keep is not known before these are mended.
#[must_use]
pub fn spoiled(found: &Diagnostics, levels: &BTreeMap<Code, Severity>) -> BTreeSet<SitePath> {
    let is_error = |found: &&Diagnostic| *levels.get(&found.code).unwrap_or(&found.severity) == Severity::Error;
    let paths = found.iter().filter(is_error).filter_map(|found| Some(found.span.as_ref()?.path.clone()));
    paths.filter(|path| path.below("content").is_some()).collect()
}

/// Reports every promise that the site does not keep. `spoiled` are files of which nothing certain can be said.
#[must_use]
pub fn check(published: &Published, now: &Addresses, snapshot: &Snapshot, spoiled: &BTreeSet<SitePath>) -> Diagnostics {
    let desk = Desk { published, now, snapshot, file: SitePath::new(FILE).expect("clean") };
    let mut found = Diagnostics::default();
    let mut lost = Vec::new();
    let mut lacking = BTreeSet::new();
    let mut places: BTreeMap<&str, Place<'_>> = BTreeMap::new();
    for promise in &published.promises {
        match now.state(promise) {
            State::Ahead | State::Expired(_) => {}
            State::Hidden(path, _, _) if spoiled.contains(path) => {}
            State::Hidden(path, why, is_seen) => found.push(desk.hidden(promise, path, why, is_seen)),
            State::Lost => lost.push(promise),
            State::Kept(address) => {
                let page = address.to.as_ref().and_then(|to| now.find(to)).unwrap_or(address);
                let is_spoiled = page.writing.as_ref().is_some_and(|writing| spoiled.contains(&writing.path));
                if is_spoiled || !page.what.is_promised() || promise.headings.is_empty() {
                    continue;
                }
                if !promise.headings.iter().all(|id| page.has_place(&id.value)) {
                    lacking.insert(page.file.as_str());
                }
                let place = places.entry(&page.file).or_insert_with(|| Place { page, promises: Vec::new() });
                place.promises.push(promise);
            }
        }
    }
    desk.report_lost(&lost, spoiled, &mut found);
    let places = places.values().filter(|place| lacking.contains(place.page.file.as_str()));
    places.for_each(|place| desk.report_headings(place, &mut found));
    found
}

/// A page, and the promises of headings in it: its own, and those of addresses that lead to it.
struct Place<'a> {
    page: &'a Address,
    promises: Vec<&'a Promise>,
}

/// What all findings need.
struct Desk<'a> {
    published: &'a Published,
    now: &'a Addresses,
    snapshot: &'a Snapshot,
    file: SitePath,
}

impl Desk<'_> {
    fn span(&self, range: (u32, u32)) -> Span {
        Span { path: self.file.clone(), range: Some(range) }
    }

    /// A page that its author hides again. Where the author sees it all the same, nothing is lost yet.
    fn hidden(&self, promise: &Promise, path: &SitePath, why: Why, is_seen: bool) -> Diagnostic {
        let verb = if is_seen { "would lead" } else { "leads" };
        let message = format!("`{}` is published and {verb} nowhere: `{path}` is {}", promise.route, why.to_words());
        let (key, remedy) = match why {
            Why::Draft => ("draft", "take `draft` out of that file"),
            Why::Scheduled(_) => ("date", "give that file a `date` that has come"),
            Why::Expired(_) => ("expires", "take `expires` out of that file"),
        };
        let mut found = Diagnostic::new(Code::LostAddress, self.span(promise.range), message)
            .help(format!("{remedy}, or take this line out if readers are to find nothing there"));
        if let Some(line) = self.text(path).and_then(|text| line_of_key(&text, key)) {
            found = found.label(Span::bytes(path, line), "because of this");
        }
        if is_seen {
            found.severity = Severity::Warning;
        }
        found
    }

    fn text(&self, path: &SitePath) -> Option<Arc<str>> {
        self.snapshot.source(path).map(Source::text)
    }

    fn report_lost(&self, lost: &[&Promise], spoiled: &BTreeSet<SitePath>, found: &mut Diagnostics) {
        if lost.is_empty() {
            return;
        }
        // What a file that cannot be read says of its address is not known, and it may be the successor of another.
        let is_certain = |promise: &&&Promise| match &promise.from {
            Some(from) => !spoiled.contains(from) && (spoiled.is_empty() || self.now.has_file(from)),
            None => spoiled.is_empty(),
        };
        let mut successors = Successors::new(self.published, self.now);
        let told: Vec<(&Promise, Option<Successor<'_>>)> =
            lost.iter().filter(is_certain).map(|promise| (*promise, successors.find(promise))).collect();
        // One line for all old addresses of a page: added one by one they would stand there twice.
        let mut by_page: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (promise, successor) in &told {
            if let Some(successor) = successor {
                by_page.entry(&successor.page.file).or_default().push(promise.route.as_str());
            }
        }
        for (promise, successor) in told {
            let message = format!("`{}` is published and leads nowhere now", promise.route);
            let finding = Diagnostic::new(Code::LostAddress, self.span(promise.range), message);
            found.push(match successor {
                Some(successor) => self.with_alias(finding, &successor, &by_page[successor.page.file.as_str()]),
                None => {
                    let is_concept = super::kind_of(promise, &self.now.urls) == Some(Kind::Concept);
                    let key = if is_concept { "redirect_from" } else { "aliases" };
                    let line = alias_line(key, " =", &[], &[promise.route.as_str()]);
                    finding.help(format!(
                        "take this line out if the page is gone for good, or add `{line}` to the file of the one that took its place"
                    ))
                }
            });
        }
    }

    /// A finding with the line that makes these addresses lead on to their successor.
    fn with_alias(&self, finding: Diagnostic, successor: &Successor<'_>, lost: &[&str]) -> Diagnostic {
        let doubt =
            if successor.is_certain { "" } else { " if that took its place, or take this line out if nothing did" };
        let page = successor.page;
        let Some(writing) = &page.writing else {
            let is_concept = page.what == What::Writing(Kind::Concept);
            let (folder, key) = if is_concept { (Kind::Concept, "redirect_from") } else { (Kind::Series, "aliases") };
            let file = format!("{}/{}.md", folder.folder(), super::last_part(&page.route));
            let line = alias_line(key, " =", &[], lost);
            let title = toml_edit::Value::from(page.title.as_str());
            return finding.help(format!("make a file `{file}` with `title = {title}` and `{line}`{doubt}"));
        };
        let path = &writing.path;
        let text = self.text(path).unwrap_or_default();
        let sign = if text.starts_with("---") { ":" } else { " =" };
        let key = if writing.kind == Kind::Concept { "redirect_from" } else { "aliases" };
        let known = &writing.meta.old_addresses;
        let line = alias_line(key, sign, known, lost);
        let change = amend::with_addresses(writing.kind, path, &text, lost).filter(|_| successor.is_certain);
        let finding = match change {
            Some((range, words)) => finding.fix(Span::bytes(path, range), words),
            None => finding,
        };
        if let (Some(first), Some(last)) = (known.first(), known.last()) {
            let span = Span { path: path.clone(), range: Some((first.range.0, last.range.1)) };
            return finding.label(span, "its old addresses").help(format!("make it `{line}` in `{path}`{doubt}"));
        }
        if !text.starts_with("---") && !text.starts_with("+++") {
            return finding.help(format!("put `{line}` between two lines of `+++` at the top of `{path}`{doubt}"));
        }
        let table = front_lines(&text).map(|(_, line)| line.trim_end()).find(|line| line.starts_with('['));
        let above = table.filter(|_| sign == " =").map_or_else(String::new, |table| format!(", above `{table}`"));
        finding.help(format!("add `{line}` to the front matter of `{path}`{above}{doubt}"))
    }

    fn report_headings(&self, place: &Place<'_>, found: &mut Diagnostics) {
        let page = place.page;
        // The line of the page itself first, then those of its old addresses.
        let mut promises = place.promises.clone();
        promises.sort_by_key(|promise| promise.route != page.route);
        let mut lost: BTreeMap<&str, Vec<(&Promise, &Placed<String>)>> = BTreeMap::new();
        for promise in &promises {
            for heading in promise.headings.iter().filter(|heading| !page.has_place(&heading.value)) {
                lost.entry(&heading.value).or_default().push((promise, heading));
            }
        }
        if lost.is_empty() {
            return;
        }
        let successors = page.writing.as_ref().map(|writing| headings(&writing.prose().outline, &promises));
        for (id, places) in lost {
            let Some(((promise, first), others)) = places.split_first() else { continue };
            let what = if promise.route == page.route {
                "which it has no more".to_owned()
            } else {
                format!("which `{}`, where it leads now, lacks", page.route)
            };
            let message = format!("`{}` was published with the heading `#{id}`, {what}", promise.route);
            let mut finding = Diagnostic::new(Code::LostHeading, self.span(first.range), message);
            for (_, other) in others {
                finding = finding.label(self.span(other.range), "promised here too");
            }
            let successor = successors.as_ref().and_then(|successors| successors.get(id).copied());
            found.push(match &page.writing {
                Some(writing) => self.with_id(finding, writing, id, successor),
                None => finding.help(format!("take `\"{id}\"` out of this line")),
            });
        }
    }

    /// A finding with the heading that is to have the old id.
    fn with_id(&self, finding: Diagnostic, writing: &Writing, id: &str, successor: Option<u32>) -> Diagnostic {
        let path = &writing.path;
        let line = successor.and_then(|start| {
            let text = self.text(path)?;
            let line = text.get(start as usize..)?.lines().next()?.trim_end();
            Some((start as usize..start as usize + line.len(), line.to_owned())).filter(|(range, _)| !range.is_empty())
        });
        match line {
            Some((range, line)) => finding.label(Span::bytes(path, range), "this may be the same one").help(format!(
                "write `{}` there if it took its place, or take `\"{id}\"` out of this line if nothing did",
                with_own_id(&line, id)
            )),
            None => finding.help(format!(
                "put `<a id=\"{id}\"></a>` into `{path}` where readers are to land, or take `\"{id}\"` out of this line"
            )),
        }
    }
}

/// The line of front matter that names the addresses of before and these.
fn alias_line(key: &str, sign: &str, known: &[Placed<String>], lost: &[&str]) -> String {
    let mut all: Vec<&str> = known.iter().map(|old| old.value.as_str()).collect();
    for address in lost {
        if !all.contains(address) {
            all.push(address);
        }
    }
    let all: Vec<String> = all.iter().map(|address| format!("\"{address}\"")).collect();
    format!("{key}{sign} [{}]", all.join(", "))
}

/// A line of a heading in which its id is this one.
fn with_own_id(line: &str, id: &str) -> String {
    let is_closing = |end: &&str| end.bytes().all(|byte| byte == b'#');
    let words = match line.rsplit_once(' ').filter(|(_, end)| is_closing(end)) {
        Some((words, _)) if line.starts_with('#') => words.trim_end(),
        _ => line,
    };
    let words = match words.rfind(" {") {
        Some(at) if words.ends_with('}') => words[..at].trim_end(),
        _ => words,
    };
    format!("{words} {{#{id}}}")
}

/// The lines of the front matter, with the byte where each begins.
fn front_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let fence = text.lines().next().unwrap_or("").trim_end();
    let mut at = 0;
    let lines = text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    });
    lines.skip(1).take_while(move |(_, line)| line.trim_end() != fence)
}

/// The line of the front matter that begins with this key.
fn line_of_key(text: &str, key: &str) -> Option<std::ops::Range<usize>> {
    let is_it = |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(['=', ':']));
    let (start, line) = front_lines(text).find(|(_, line)| is_it(line))?;
    Some(start..start + line.trim_end().len())
}
