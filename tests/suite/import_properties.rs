//! What holds of every import, whatever is said in a thread and however a file is cut: tried with random ones.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use proptest::sample::Index;
use throughline::import::input::{Input, Part};
use throughline::import::sources;
use throughline::io::archive;

use crate::support::exports::cases;
use crate::support::threads::{
    FILE, Files, Said, artrans, bring, bring_input, fields, own_json, replies, thread, word, words,
};
use crate::support::{Book, ESSAY, tree};

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Letters and digits alone.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

fn has_words(said: &Said) -> bool {
    matches!(said.state, "live" | "waiting" | "hidden")
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn each_reply_comes_in_once_and_the_second_import_changes_no_byte(thread in thread()) {
        let mut files = Files::default();
        let summary = bring(&mut files, "Own JSON", &own_json(&thread, 0));
        let text = files.0.get(FILE).cloned().unwrap_or_default();
        let replies = replies(&text);
        prop_assert_eq!(summary.sum(|thread| thread.added), replies.len() as u64);
        for (at, said) in thread.iter().enumerate() {
            let found = replies.get(&format!("json:{at}")).map(fields);
            let found_words = found.as_ref().and_then(|found| found.get("text")).cloned();
            prop_assert_eq!(found_words.is_some(), has_words(said));
            prop_assert_eq!(text.matches(&word(at, 0)).count(), usize::from(has_words(said)));
            if let Some(found) = found {
                let state = found.get("at_source").map_or("live", String::as_str);
                prop_assert_eq!(state, said.state);
                let name = if has_words(said) { letters(&said.versions[0].name) } else { String::new() };
                prop_assert_eq!(letters(found.get("author").map_or("", String::as_str)), name);
            }
        }
        let before = files.clone();
        let again = bring(&mut files, "Own JSON", &own_json(&thread, 0));
        prop_assert_eq!(files, before);
        prop_assert_eq!(again.sum(|thread| thread.added + thread.updated + thread.gone), 0);
        prop_assert_eq!(again.sum(|thread| thread.unchanged), summary.sum(|thread| thread.added));
    }

    #[test]
    fn an_edit_by_hand_stays_and_everything_else_is_renewed(
        thread in thread(), edit in edit(), place in any::<Index>(),
    ) {
        let mut files = Files::default();
        bring(&mut files, "Own JSON", &own_json(&thread, 0));
        let Some(text) = files.0.get(FILE).cloned() else { return Ok(()) };
        let with_words: Vec<usize> = (0..thread.len()).filter(|at| has_words(&thread[*at])).collect();
        let at = with_words[place.index(with_words.len())];
        let id = format!("json:{at}");
        let edited = edit.applied(&text, &id);
        files.0.insert(FILE.to_owned(), edited.clone());
        let unchanged = bring(&mut files, "Own JSON", &own_json(&thread, 0));
        prop_assert_eq!(&files.0[FILE], &edited);
        prop_assert_eq!(unchanged.sum(|thread| thread.updated), 0);
        let summary = bring(&mut files, "Own JSON", &own_json(&thread, 1));
        let mut fresh = Files::default();
        bring(&mut fresh, "Own JSON", &own_json(&thread, 1));
        let mut wanted: Vec<_> = replies(&fresh.0[FILE]).iter().map(|(id, table)| (id.clone(), fields(table))).collect();
        for (found, fields) in &mut wanted {
            if *found == id {
                fields.extend(edit.field().map(|(key, value)| (key.to_owned(), value.to_owned())));
            }
        }
        let after = &files.0[FILE];
        let found: Vec<_> = replies(after).iter().map(|(id, table)| (id.clone(), fields(table))).collect();
        prop_assert_eq!(found, wanted);
        prop_assert!(after.contains(edit.written()), "{}", after);
        let kept: Vec<String> = summary.threads.iter().flat_map(|thread| thread.kept.clone()).collect();
        prop_assert_eq!(kept, if matches!(edit, Edit::Text(_)) { vec![id] } else { Vec::new() });
        let before = files.clone();
        bring(&mut files, "Own JSON", &own_json(&thread, 1));
        prop_assert_eq!(files, before);
    }

    #[test]
    fn what_a_whole_source_no_longer_has_is_gone_until_it_comes_back(
        thread in thread(), removed in prop::collection::vec(any::<bool>(), 9), stays in any::<Index>(),
    ) {
        let is_left = |at: usize| !removed[at] || at == stays.index(thread.len());
        let mut files = Files::default();
        bring(&mut files, "Artalk export", &artrans(&thread, |_| true));
        let whole = files.clone();
        let summary = bring(&mut files, "Artalk export", &artrans(&thread, is_left));
        let missing = (0..thread.len()).filter(|at| !is_left(*at)).count();
        prop_assert_eq!(summary.sum(|thread| thread.gone), missing as u64);
        for (id, table) in replies(&files.0[FILE]) {
            let at: usize = id.trim_start_matches("artalk:c").parse().unwrap();
            let is_gone = table.get("at_source").and_then(|item| item.as_str()) == Some("gone");
            prop_assert_eq!(is_gone, !is_left(at), "{}", id);
        }
        let again = bring(&mut files, "Artalk export", &artrans(&thread, is_left));
        prop_assert_eq!(again.sum(|thread| thread.gone), 0);
        bring(&mut files, "Artalk export", &artrans(&thread, |_| true));
        prop_assert_eq!(files, whole);
    }
}

proptest! {
    #![proptest_config(config(32))]

    #[test]
    fn the_words_of_plain_replies_stand_on_the_page_in_their_order(thread in thread()) {
        let mut files = Files::default();
        bring(&mut files, "Own JSON", &own_json(&thread, 0));
        let text = files.0.get(FILE).cloned().unwrap_or_default();
        let book = Book::new(&format!("-- content/essays/one.md --\n{ESSAY}Text.\n"));
        fs::create_dir_all(book.path().join("content/replies")).unwrap();
        fs::write(book.path().join(FILE), text).unwrap();
        let report = book.build();
        prop_assert!(!report.contains("error[") && !report.contains("warning["), "{}", report);
        let page = book.read("essays/one/index.html");
        let shown: Vec<String> = page.split("<div class=\"e-content\" dir=\"auto\">").skip(1).map(shown_letters).collect();
        let live: Vec<usize> = (0..thread.len()).filter(|at| thread[*at].state == "live").collect();
        prop_assert_eq!(shown.len(), live.len());
        for at in live {
            let own = word(at, 0);
            let found: Vec<&String> = shown.iter().filter(|letters| letters.starts_with(&own)).collect();
            prop_assert_eq!(found.len(), 1, "{}", own);
            if thread[at].versions[0].format == "plain" {
                prop_assert_eq!(found[0], &letters(&words(at, 0, &thread[at])));
            }
        }
        for (at, said) in thread.iter().enumerate().filter(|(_, said)| said.state != "live") {
            for (file, bytes) in tree(&book.path().join("public")) {
                let is_there = String::from_utf8_lossy(&bytes).contains(&word(at, 0));
                prop_assert!(!is_there, "a reply that is {} is in {}", said.state, file);
            }
        }
    }
}

/// The letters of a reply on a page.
fn shown_letters(from: &str) -> String {
    let body = from.split("<p class=\"meta\"><a class=\"u-url\"").next().unwrap();
    let words = html5gum::Tokenizer::new(body).flatten().filter_map(|token| match token {
        html5gum::Token::String(words) => Some(String::from_utf8_lossy(&words).into_owned()),
        _ => None,
    });
    letters(&words.collect::<String>())
}

/// What a person does to a reply in its file.
#[derive(Clone, Debug)]
enum Edit {
    Line(&'static str, &'static str),
    Text(&'static str),
    Comment(&'static str),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop::sample::select(vec![
        Edit::Line("state", "held"),
        Edit::Line("state", "shown"),
        Edit::Line("name", "A. \u{201c}Name\u{201d}"),
        Edit::Line("note", "Asked twice."),
        Edit::Text("My own words."),
        Edit::Comment("# A remark of mine."),
    ])
}

impl Edit {
    /// The file with the edit in this reply.
    fn applied(&self, text: &str, id: &str) -> String {
        let head = format!("id = \"{id}\"\n");
        let line = match self {
            Self::Line(key, value) => format!("{key} = \"{value}\"\n"),
            Self::Comment(remark) => format!("{remark}\n"),
            Self::Text(words) => {
                let mut document: toml_edit::DocumentMut = text.parse().unwrap();
                let tables = document["reply"].as_array_of_tables_mut().unwrap();
                let table = tables.iter_mut().find(|table| table["id"].as_str() == Some(id)).unwrap();
                table["text"] = toml_edit::value(*words);
                return document.to_string();
            }
        };
        // The same words may stand in a text too, where nothing is edited; the id stands before any text.
        let (before, behind) = text.split_once(&format!("[[reply]]\n{head}")).unwrap();
        format!("{before}[[reply]]\n{head}{line}{behind}")
    }

    /// The field that it sets.
    fn field(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Line(key, value) => Some((key, value)),
            Self::Text(words) => Some(("text", words)),
            Self::Comment(_) => None,
        }
    }

    fn written(&self) -> &'static str {
        match self {
            Self::Line(_, written) | Self::Text(written) | Self::Comment(written) => written,
        }
    }
}

/// Whether nobody can know of a file which ends so that there was more: it is a list without an end, cut behind a record.
fn may_be_whole(export: &str, text: &str) -> bool {
    let end = text.trim_end();
    match export.rsplit_once('.').map(|(_, extension)| extension) {
        Some("jsonl") => end.ends_with('}'),
        Some("txt") => end.ends_with('-'),
        // A cell that is cut is a shorter cell.
        Some("csv") => true,
        _ => false,
    }
}

proptest! {
    #![proptest_config(config(128))]

    #[test]
    fn a_file_that_is_cut_loses_nothing_that_was_there(case in any::<Index>(), file in any::<Index>(), end in 0.0_f64..1.0) {
        let cases = cases();
        let case = case.get(&cases);
        let place = tempfile::tempdir().unwrap();
        let export = case.file(place.path());
        let source = sources::ALL.iter().find(|source| source.what == case.what).unwrap();
        let mut files = Files::default();
        bring_input(&mut files, source, &opened(&export).unwrap());
        let before = files.clone();
        let part = cut(&export, file, end, place.path());
        let is_endless = part.is_file() && may_be_whole(&case.path, &String::from_utf8_lossy(&fs::read(&part).unwrap()));
        let Some(input) = opened(&part) else { return Ok(()) };
        let mut readers = sources::of_input(&input, None);
        readers.push(source);
        for reader in readers {
            let mut files = before.clone();
            bring_input(&mut files, reader, &input);
            for (name, text) in &before.0 {
                prop_assert!(files.0.contains_key(name), "{} is lost", name);
                let now = replies(&files.0[name]);
                for (id, was) in replies(text) {
                    let Some(is) = now.get(&id) else { panic!("{id} is lost from {name}") };
                    let state = |table: &toml_edit::Table| fields(table).get("at_source").cloned();
                    let is_told_gone = state(is) != state(&was) && state(is).as_deref() == Some("gone");
                    prop_assert!(!is_told_gone || is_endless, "{} of {} is gone", id, case.path);
                }
            }
        }
    }
}

/// An export as the program opens it; `None` where it cannot.
fn opened(path: &Path) -> Option<Input> {
    let contents = archive::open(path).ok()?;
    let part = |entry: archive::Entry| {
        let open = entry.open;
        Part::new(entry.name, entry.size, move || Ok(Box::new(open()?)))
    };
    Some(Input {
        parts: contents.entries.into_iter().map(part).collect(),
        is_folder: contents.is_folder,
        language: None,
    })
}

/// A copy of an export in which one file is cut.
fn cut(export: &Path, file: Index, end: f64, place: &Path) -> PathBuf {
    let copy = place.join("cut").join(export.file_name().unwrap());
    let files: Vec<(PathBuf, Vec<u8>)> = if export.is_dir() {
        tree(export).into_iter().map(|(name, bytes)| (copy.join(name), bytes)).collect()
    } else {
        vec![(copy.clone(), fs::read(export).unwrap())]
    };
    let chosen = file.index(files.len());
    for (at, (path, bytes)) in files.iter().enumerate() {
        let length = if at == chosen { (bytes.len() as f64 * end) as usize } else { bytes.len() };
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, &bytes[..length]).unwrap();
    }
    copy
}
