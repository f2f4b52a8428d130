//! A reader of replies on arbitrary bytes, and everything behind it up to the files of a book.

use std::collections::{BTreeMap, BTreeSet};

use throughline::import::foreign::{Basket, ForeignThread, Harvest};
use throughline::import::input::{Input, Part};
use throughline::import::matching::{Essay, Essays};
use throughline::import::merge::{Head, merge};
use throughline::import::record::{Circumstances, of_thread};
use throughline::import::run::{Desk, Importer, Wishes};
use throughline::import::sources::{self, Source};

use crate::replies;

/// Reads the bytes as this source, twice, and brings what is found into files, twice.
pub fn check(what: &str, bytes: &[u8]) {
    let source = sources::ALL.iter().find(|source| source.what == what).expect("a target names a source of the table");
    let input = input(bytes);
    // A person may name a source that does not recognise the input.
    let _ = (source.recognises)(&input);
    let mut basket = Basket::default();
    let outcome = (source.read)(&input, &mut basket);
    let mut again = Basket::default();
    assert_eq!(outcome, (source.read)(&input, &mut again), "an input is read in the same way each time");
    assert!(basket == again, "an input gives the same replies each time");
    for thread in &basket.threads {
        check_thread(source, thread);
    }
    check_import(source, &basket, bytes.len() % 2 == 0);
}

/// A single file; or, where the first line is `-- NAME --`, a folder whose files follow such lines.
fn input(bytes: &[u8]) -> Input {
    if !bytes.starts_with(b"-- ") {
        return Input::file(Part::from_bytes("file", bytes));
    }
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let name = line.trim_ascii_end().strip_prefix(b"-- ").and_then(|line| line.strip_suffix(b" --"));
        match (name, parts.last_mut()) {
            (Some(name), _) => parts.push((String::from_utf8_lossy(name).into_owned(), Vec::new())),
            (None, Some((_, content))) => content.extend_from_slice(line),
            (None, None) => {}
        }
    }
    // A folder has no two files of one name.
    let parts: BTreeMap<String, Vec<u8>> = parts.into_iter().collect();
    Input::folder(parts.into_iter().map(|(name, content)| Part::from_bytes(name, content)).collect())
}

fn given() -> Circumstances {
    Circumstances { captured: Some(jiff::civil::date(2026, 1, 1)), author: "Ada".to_owned() }
}

fn check_thread(source: &Source, thread: &ForeignThread) {
    let essay = Essay {
        text: thread.replies.first().map(|reply| reply.body.text.clone()).unwrap_or_default(),
        ..Essay::default()
    };
    let records = of_thread(source.name, thread, Some(&essay), &given()).list;
    let mut ids = BTreeSet::new();
    for record in &records {
        assert!(ids.insert(record.id.as_str()), "two records have the id {:?}", record.id);
        let parent = record.fields.get("parent").and_then(|parent| parent.as_str());
        assert_ne!(parent, Some(record.id.as_str()), "a reply answers itself");
        let author = record.fields.get("author").and_then(|author| author.as_str()).unwrap_or("");
        assert!(source.name != "mbox" || !author.contains('@'), "an address is a name: {author:?}");
    }
    let head =
        Head { source: source.name.to_owned(), key: "key".to_owned(), is_whole: source.is_whole, ..Head::default() };
    let (first, _) = merge(None, "# Replies", &head, &records).expect("a new file can be written");
    replies::check(&first);
    let (second, merged) = merge(Some(&first), "# Replies", &head, &records).expect("our own file can be read");
    assert_eq!(first, second, "a second merge changes nothing");
    assert_eq!((merged.added, merged.updated, merged.gone, merged.kept.len()), (0, 0, 0, 0));
}

/// Imports everything twice, as the program does.
fn check_import(source: &Source, basket: &Basket, is_named: bool) {
    let essay =
        Essay { name: "one".to_owned(), title: "One".to_owned(), route: "/one/".to_owned(), ..Essay::default() };
    let essays = Essays::new(vec![essay]);
    let mut desk = Memory::default();
    let mut import = || {
        let wishes = Wishes {
            holds: false,
            source: source.name.to_owned(),
            is_whole: source.is_whole,
            essay: is_named.then_some(0),
            given: given(),
            forgotten: BTreeSet::new(),
        };
        let mut importer = Importer::new(&mut desk, &essays, wishes);
        basket.threads.iter().for_each(|thread| importer.thread(thread.clone()));
        let (_, failure) = importer.finish();
        assert_eq!(failure, None, "nothing fails in memory");
        desk.0.clone()
    };
    let first = import();
    first.values().for_each(|text| replies::check(text));
    let second = import();
    assert_eq!(first, second, "a second import changes nothing");
}

/// Files in memory.
#[derive(Default)]
struct Memory(BTreeMap<String, String>);

impl Desk for Memory {
    fn read(&mut self, name: &str) -> Result<Option<String>, String> {
        Ok(self.0.get(name).cloned())
    }

    fn write(&mut self, name: &str, text: &str) -> Result<(), String> {
        self.0.insert(name.to_owned(), text.to_owned());
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), String> {
        self.0.remove(name);
        Ok(())
    }

    fn choose(&mut self, _thread: &str, _essays: &[&str]) -> Option<usize> {
        Some(0)
    }
}
