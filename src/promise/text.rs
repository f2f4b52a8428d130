//! The text of `published.toml` after the site was published. Knows no folder to put it in.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil;
use toml_edit::{Array, Value};

use super::{Address, Addresses, What};
use crate::base::path::SitePath;
use crate::model::published::Published;

const HEADER: &str = "# Addresses that readers have been given, and the headings in them. Written by `throughline publish`; commit it.\n\
    # A build in which one of them would lead nowhere is an error; take out the lines of pages that are gone for good.\n";

/// A line of the file.
struct Line<'a> {
    title: &'a str,
    from: Option<&'a SitePath>,
    since: Option<civil::Date>,
    headings: Vec<&'a str>,
}

/// What `published.toml` says once this site is published: everything that it said, with the titles, files and headings of
/// now, and every address that is new.
#[must_use]
pub fn merged(old: &Published, current: &Addresses) -> String {
    let mut lines: BTreeMap<&str, Line<'_>> = BTreeMap::new();
    for promise in &old.promises {
        let address = promise.route.as_str();
        // The same address may stand there twice, once without the slash at its end.
        let twin = lines.remove(address).map_or_else(Vec::new, |line| line.headings);
        let promised = promise.headings.iter().map(|heading| heading.value.as_str());
        let (title, from) = (promise.title.as_str(), promise.from.as_ref());
        let kept = Line { title, from, since: promise.since, headings: twin.into_iter().chain(promised).collect() };
        let line = match current.find(&promise.route).filter(|address| is_published(address)) {
            Some(address) => renewed(kept, address),
            None => kept,
        };
        lines.insert(address, line);
    }
    for address in current.iter().filter(|address| is_published(address)) {
        lines.entry(address.route.as_str()).or_insert_with(|| {
            let new = Line { title: "", from: None, since: Some(current.day), headings: Vec::new() };
            renewed(new, address)
        });
    }
    let mut text = format!("{HEADER}[pages]\n");
    for (address, line) in lines {
        text.push_str(&format!("{} = {}\n", quoted(address), table(&line)));
    }
    text
}

/// Whether an address is one of those that readers are given.
fn is_published(address: &Address) -> bool {
    address.why.is_none() && address.what.is_promised()
}

/// A line with what stands at its address now. An old address promises the headings that it had as a page.
fn renewed<'a>(line: Line<'a>, address: &'a Address) -> Line<'a> {
    let own = address.headings().filter(|_| address.what != What::Redirect);
    let mut known = BTreeSet::new();
    let headings = own.chain(line.headings).filter(|id| known.insert(*id)).collect();
    Line { title: &address.title, from: address.from.as_ref(), since: line.since, headings }
}

fn table(line: &Line<'_>) -> String {
    let mut parts = Vec::new();
    if !line.title.is_empty() {
        parts.push(format!("title = {}", quoted(line.title)));
    }
    parts.extend(line.from.map(|from| format!("from = {}", quoted(from.as_str()))));
    parts.extend(line.since.map(|since| format!("since = {since}")));
    if !line.headings.is_empty() {
        parts.push(format!("headings = {}", line.headings.iter().copied().collect::<Array>()));
    }
    if parts.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", parts.join(", ")) }
}

/// A text of TOML. Addresses, titles and paths stand on one line.
fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
