//! What the pages of a theme of one's own show: addresses that lead nowhere, what every page owes, settings without effect. Opens no file.

use std::collections::{BTreeMap, BTreeSet};

use super::page::{Asked, Base, Place, asked, fonts_and_others};
use super::theme_duties;
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::base::span::Span;
use crate::import::html::{Element, Html};
use crate::model::source::{Artifact, Snapshot};
use crate::promise::Addresses;
use crate::theme::chain::chain;
use crate::theme::marks::{Mark, mark_of};

/// Pages that stand below the root of the site, by their templates.
const DEEPER: [&str; 9] = ["essay", "archive", "concept", "concepts", "series", "replies", "page", "print", "missing"];

/// Pages that not every book has, with what a template asks before it leads there.
const SOMETIMES: [(&str, &str); 2] = [("replies/", "book.has_replies"), ("print/", "book.has_print")];

/// What pages with marks tell about the theme that made them.
#[must_use]
pub fn look(snapshot: &Snapshot, artifacts: &[Artifact], addresses: &Addresses, marks: &[Mark]) -> Diagnostics {
    let mut pages = Pages::new(snapshot, artifacts, addresses, marks);
    for artifact in artifacts.iter().filter(|artifact| artifact.file.ends_with(".html")) {
        pages.read(&artifact.file, &String::from_utf8_lossy(&artifact.bytes));
    }
    let mut found = Diagnostics::default();
    found.extend(pages.dead.iter().map(|(at, dead)| pages.tell(&marks[*at], dead)));
    found.extend(marks.iter().enumerate().filter_map(|(at, mark)| pages.unseen(at, mark)));
    theme_duties::look(snapshot, artifacts, addresses, &pages.sheets(), &mut found);
    found
}

/// Takes out what was found in templates alone where the pages tell the same.
pub fn without_doubles(idle: &mut Diagnostics, seen: &Diagnostics) {
    let start = |found: &Diagnostic| found.span.clone().map(|span| (span.path, span.range.map(|(start, _)| start)));
    let places: BTreeSet<_> = seen.iter().filter_map(start).collect();
    idle.retain(|found| found.code != Code::TemplateError || start(found).is_none_or(|place| !places.contains(&place)));
}

/// An address that a template writes and that leads nowhere.
struct Dead {
    /// The first address of this kind.
    address: String,
    /// The file of the page that has it.
    page: String,
    /// How many further pages have one.
    others: usize,
    /// Whether all of them would lead somewhere from the front page.
    is_of_root: bool,
}

/// All pages that were made with marks.
struct Pages<'a> {
    snapshot: &'a Snapshot,
    artifacts: &'a [Artifact],
    base: Base,
    files: BTreeSet<&'a str>,
    marks: &'a [Mark],
    /// By the number of the mark.
    dead: BTreeMap<usize, Dead>,
    /// Marks that stand on some page.
    shown: BTreeSet<usize>,
    linked: Asked,
}

impl<'a> Pages<'a> {
    fn new(snapshot: &'a Snapshot, artifacts: &'a [Artifact], addresses: &'a Addresses, marks: &'a [Mark]) -> Self {
        // A page that could not be made has an address all the same.
        let known = addresses.iter().map(|address| address.file.as_str());
        let files = artifacts.iter().map(|artifact| artifact.file.as_str()).chain(known).collect();
        let (dead, shown) = (BTreeMap::new(), BTreeSet::new());
        let base = Base::new(&snapshot.book);
        Self { snapshot, artifacts, base, files, marks, dead, shown, linked: Asked::default() }
    }

    fn read(&mut self, file: &str, text: &str) {
        let html = Html::new(text);
        let linked = asked(&html, &self.base, file);
        self.linked.sheets.extend(linked.sheets);
        let start = html.elements().iter().find(|element| element.name == "base");
        let place = start.and_then(|base| base.attribute("href")).map(|href| self.base.resolve(file, href));
        let here = match &place {
            None => file,
            Some(Place::File(here)) => here,
            Some(_) => return,
        };
        for element in html.elements() {
            for attribute in ["href", "src", "srcset", "poster"] {
                self.follow(element, attribute, file, here);
            }
        }
    }

    /// Follows the addresses in an attribute of a page, which begin at `here`.
    fn follow(&mut self, element: &Element, attribute: &str, file: &str, here: &str) {
        let number = element.attribute(&mark_of(attribute)).and_then(|number| number.parse::<usize>().ok());
        let Some(at) = number.filter(|at| *at < self.marks.len()) else { return };
        self.shown.insert(at);
        let value = element.attribute(attribute).unwrap_or("").trim();
        let list = value.split(',').filter_map(|one| one.split_whitespace().next());
        let addresses: Vec<&str> = if attribute == "srcset" { list.collect() } else { vec![value] };
        let Some(address) = addresses.into_iter().find(|address| is_inner(address) && !self.is_there(here, address))
        else {
            return;
        };
        let is_of_root = self.is_there("index.html", address);
        let (address, page) = (address.to_owned(), file.to_owned());
        self.dead
            .entry(at)
            .and_modify(|dead| {
                dead.others += usize::from(dead.page != page);
                dead.is_of_root &= is_of_root;
            })
            .or_insert(Dead { address, page, others: 0, is_of_root });
    }

    fn is_there(&self, here: &str, address: &str) -> bool {
        let Place::File(file) = self.base.resolve(here, address) else { return true };
        self.files.contains(file.as_str()) || self.files.contains(format!("{file}/index.html").as_str())
    }

    fn tell(&self, mark: &Mark, dead: &Dead) -> Diagnostic {
        let page = dead.page.strip_suffix("index.html").unwrap_or(&dead.page);
        let page = if page.is_empty() { "the front page".to_owned() } else { format!("`{page}`") };
        let others = match dead.others {
            0 => String::new(),
            1 => ", and from 1 other page".to_owned(),
            more => format!(", and from {more} other pages"),
        };
        let span = Span::bytes(&mark.path, mark.range.clone());
        let message = format!("`{}` leads nowhere from {page}{others}", dead.address);
        let diagnostic = Diagnostic::new(Code::TemplateError, span.clone(), message);
        if dead.is_of_root && !mark.text.contains("page.root") {
            let diagnostic = diagnostic.help("write `{{ page.root }}` before it");
            let start = Span::bytes(&mark.path, mark.range.start..mark.range.start);
            return if mark.attribute == "srcset" { diagnostic } else { diagnostic.fix(start, "{{ page.root }}") };
        }
        let below = dead.address.split("assets/").nth(1);
        let assets = || self.snapshot.layers.iter().flat_map(|layer| &layer.assets);
        if let Some((name, _)) = below.and_then(|name| assets().find(|(known, _)| known == name)) {
            let text = format!("{{{{ page.root }}}}{{{{ asset(path=\"{name}\") }}}}");
            return diagnostic.help(format!("write `{text}`")).guess(span, text);
        }
        let wanted = SOMETIMES.into_iter().find(|(folder, _)| dead.address.ends_with(folder));
        diagnostic.help(wanted.map_or_else(
            || "lead it to a page or file of the site, and show it only where that is there".to_owned(),
            |(_, condition)| format!("put it between `{{% if {condition} %}}` and `{{% endif %}}`"),
        ))
    }

    /// An address that no page shows yet and that is sure to lead nowhere from all pages but one.
    fn unseen(&self, at: usize, mark: &Mark) -> Option<Diagnostic> {
        let text = mark.text.trim();
        let is_plain = is_inner(text) && !text.is_empty() && !text.contains("{{") && !text.contains("{%");
        let is_from_here = is_plain && !text.starts_with(['/', '#', '?']) && mark.attribute != "srcset";
        if !is_from_here || self.shown.contains(&at) || !self.is_deeper(&mark.template) {
            return None;
        }
        let message = "this address is right on the front page only";
        let span = Span::bytes(&mark.path, mark.range.clone());
        let mut diagnostic =
            Diagnostic::new(Code::TemplateError, span, message).help("write `{{ page.root }}` before it");
        diagnostic.severity = Severity::Warning;
        let start = Span::bytes(&mark.path, mark.range.start..mark.range.start);
        Some(diagnostic.guess(start, "{{ page.root }}"))
    }

    /// Whether pages below the root of the site are made with this template.
    fn is_deeper(&self, template: &str) -> bool {
        let own = self.snapshot.layers.first().map_or("", |layer| layer.name.as_str());
        let name = format!("{own}/{template}");
        let is_used =
            |page: &&str| chain(&self.snapshot.layers, &format!("{page}.html")).iter().any(|used| used.name == name);
        DEEPER.iter().any(is_used)
    }

    /// The style sheets that pages link, and those that these import, with their text.
    fn sheets(&self) -> BTreeMap<String, String> {
        let mut sheets = BTreeMap::new();
        let mut open: Vec<String> = self.linked.sheets.iter().cloned().collect();
        while let Some(name) = open.pop() {
            let Some(sheet) = self.artifacts.iter().find(|artifact| artifact.file == name) else { continue };
            if sheets.contains_key(&name) {
                continue;
            }
            let css = String::from_utf8_lossy(&sheet.bytes).into_owned();
            let mut named = Asked::default();
            fonts_and_others(&css, &self.base, &name, &mut named);
            open.extend(named.others.into_iter().filter(|other| other.ends_with(".css")));
            sheets.insert(name, css);
        }
        sheets
    }
}

/// Whether an address is one within the site as a browser reads it, without a scheme and a server.
fn is_inner(address: &str) -> bool {
    let first = address.split(['/', '?', '#']).next().unwrap_or("");
    !first.contains(':') && !address.starts_with("//")
}
