//! New records over files that hold some already.

use super::*;
use crate::import::record::words_id;

fn record(id: &str, author: &str, text: &str) -> Record {
    let fields = BTreeMap::from([("author", Value::from(author)), ("text", Value::from(text))]);
    Record { id: id.to_owned(), fields, passage: None }
}

fn head(is_whole: bool) -> Head {
    Head { source: "disqus".to_owned(), key: "t1".to_owned(), is_whole, ..Head::default() }
}

/// A file after an import, with what changed.
struct Done {
    text: String,
    merged: Merged,
}

impl std::ops::Deref for Done {
    type Target = Merged;

    fn deref(&self) -> &Merged {
        &self.merged
    }
}

fn done(before: Option<&str>, comment: &str, head: &Head, records: &[Record]) -> Done {
    let (text, merged) = merge(before, comment, head, records).expect("a good file");
    Done { text, merged }
}

fn put(before: Option<&str>, records: &[Record]) -> Done {
    done(before, "# Replies", &head(true), records)
}

#[test]
fn the_same_import_changes_no_byte() {
    let records = [record("disqus:1", "Ada", "One line."), record("disqus:2", "Bo", "Two\n\nparagraphs, it's \\ so.")];
    let first = put(None, &records);
    assert!(
        first.text.starts_with("# Replies\n\n[[thread]]\nsource = \"disqus\"\nkey = \"t1\"\n\n[[reply]]\n"),
        "{}",
        first.text
    );
    assert!(first.text.contains("text = '''\nTwo\n\nparagraphs, it's \\ so.'''\n"), "{}", first.text);
    let second = put(Some(&first.text), &records);
    assert_eq!((second.text.as_str(), second.added, second.updated, second.unchanged), (first.text.as_str(), 0, 0, 2));
}

#[test]
fn edits_at_the_source_come_in_and_edits_by_hand_stay() {
    let first = put(None, &[record("disqus:1", "Ada", "Old."), record("disqus:2", "Bo", "Mine.")]);
    let edited = first.text.replace("author = \"Bo\"", "# A comment.\nauthor = \"Bo Berg\"\nstate = \"held\"");
    let second = put(Some(&edited), &[record("disqus:1", "Ada", "New."), record("disqus:2", "Bo", "Mine.")]);
    for part in ["\"New.\"", "# A comment.\nauthor = \"Bo Berg\"\nstate = \"held\"\n"] {
        assert!(second.text.contains(part), "{part} is not in {}", second.text);
    }
    assert_eq!((second.updated, second.unchanged, second.kept.len()), (1, 1, 0));
    let third = put(Some(&second.text), &[record("disqus:1", "Ada", "New."), record("disqus:2", "Bob", "Mine.")]);
    assert!(third.text.contains("author = \"Bo Berg\""), "the author's word stays: {}", third.text);
    assert_eq!(third.kept, ["disqus:2"]);
    let fourth = put(Some(&third.text), &[record("disqus:1", "Ada", "New."), record("disqus:2", "Bob", "Mine.")]);
    assert_eq!((fourth.text.as_str(), fourth.kept.len()), (third.text.as_str(), 0));
}

#[test]
fn a_change_is_seen_however_alike_two_values_are() {
    // In sixteen bits of FNV-1a these two names are one.
    let first = put(None, &[record("disqus:1", "~~~ ~~🪨&", "Text")]);
    let second = put(Some(&first.text), &[record("disqus:1", "石", "Text")]);
    assert!(second.text.contains("author = \"石\""), "{}", second.text);
}

#[test]
fn a_remark_stays_when_its_field_goes() {
    let first = put(None, &[record("disqus:1", "Ada", "A.")]);
    let edited = first.text.replace("author = \"Ada\"", "# Above.\nauthor = \"Ada\" # Behind.");
    let mut nameless = record("disqus:1", "", "A.");
    nameless.fields.remove("author");
    let second = put(Some(&edited), &[nameless]);
    assert!(second.text.contains("id = \"disqus:1\"\n# Above.\n# Behind.\ntext = \"A.\"\n"), "{}", second.text);
}

#[test]
fn a_reply_that_is_gone_is_marked_and_one_that_comes_back_is_not() {
    let both = [record("disqus:1", "Ada", "A."), record("disqus:2", "Bo", "B.")];
    let first = put(None, &both);
    let second = put(Some(&first.text), &both[..1]);
    assert!(second.text.contains("at_source = \"gone\"") && second.gone == 1, "{}", second.text);
    let part = done(Some(&first.text), "", &head(false), &both[..1]);
    assert_eq!(part.text, first.text, "a part of a thread says nothing of the rest");
    let third = put(Some(&second.text), &both);
    assert!(!third.text.contains("gone"), "{}", third.text);
}

#[test]
fn a_second_thread_of_one_source_is_told_apart() {
    let first = put(None, &[record("disqus:1", "Ada", "A.")]);
    let other = Head { key: "t2".to_owned(), ..head(true) };
    let second = done(Some(&first.text), "", &other, &[record("disqus:9", "Cy", "C.")]);
    assert!(second.text.contains("id = \"disqus:9\"\nthread = \"t2\"\n") && second.gone == 0, "{}", second.text);
    let third = put(Some(&second.text), &[record("disqus:1", "Ada", "A.")]);
    assert_eq!((third.text.as_str(), third.gone), (second.text.as_str(), 0));
}

#[test]
fn words_that_came_without_an_id_are_not_brought_in_twice() {
    let here = |records: &[Record], before: Option<&str>| {
        done(before, "# Replies", &Head { source: "linkedin".to_owned(), ..head(false) }, records)
    };
    let words = "See [Bo](https://example.org/bo),\\\nall of you.";
    let copied = record(&format!("linkedin:{}", words_id("", words)), "", "See Bo, all of you.");
    let answer = |id: &str, parent: &str| {
        let mut answer = record(id, "Bo", "So I do.");
        answer.fields.insert("parent", Value::from(parent));
        answer
    };
    let saved = record("linkedin:7190", "Ada", words);
    let first = here(std::slice::from_ref(&copied), None);
    let second = here(&[saved.clone(), answer("linkedin:7191", "linkedin:7190")], Some(&first.text));
    assert_eq!((second.added, second.updated), (1, 1), "{}", second.text);
    assert!(second.text.contains(&format!("parent = \"{}\"", copied.id)), "{}", second.text);
    assert!(second.text.contains("author = \"Ada\"") && second.text.contains("also = \"linkedin:7190\""));
    let third = here(&[saved, answer("linkedin:7191", "linkedin:7190")], Some(&second.text));
    assert_eq!((third.text.as_str(), third.unchanged), (second.text.as_str(), 2));
    let fourth = here(&[copied], Some(&third.text));
    assert_eq!((fourth.text.as_str(), fourth.unchanged), (third.text.as_str(), 1));
    let twice = here(&[record("linkedin:8000", "Ada", words)], Some(&third.text));
    assert_eq!(twice.added, 1, "the same words with another id are said twice: {}", twice.text);
}

#[test]
fn a_broken_file_is_refused_with_its_line() {
    let refused = merge(Some("[[reply]]\nid = \n"), "", &head(true), &[]).expect_err("broken");
    assert!(refused.starts_with("line 2"), "{refused}");
    assert!(merge(Some("reply = 3\n"), "", &head(true), &[record("disqus:1", "Ada", "A.")]).is_err());
}

#[test]
fn threads_of_one_file_go_in_one_after_the_other() {
    let other = Head { key: "t2".to_owned(), ..head(true) };
    let mut sheet = Sheet::open(None).expect("new");
    let first = sheet.put(&head(true), &[record("disqus:1", "Ada", "A.")]).expect("good");
    let second = sheet.put(&other, &[record("disqus:9", "Cy", "C."), record("disqus:1", "Ada", "A.")]).expect("good");
    assert_eq!((first.added, second.added, second.unchanged, second.gone), (1, 1, 1, 0));
    let text = sheet.into_text("# Replies");
    assert_eq!(text.matches("id = \"disqus:1\"").count(), 1, "{text}");
    let mut again = Sheet::open(Some(&text)).expect("good");
    again.put(&head(true), &[record("disqus:1", "Ada", "A.")]).expect("good");
    again.put(&other, &[record("disqus:9", "Cy", "C."), record("disqus:1", "Ada", "A.")]).expect("good");
    assert_eq!(again.into_text(""), text);
}

#[test]
fn replies_that_waited_for_their_essay_bring_along_what_was_written_into_them() {
    let waiting =
        "[[thread]]\nsource = \"disqus\"\nkey = \"t2\"\n\n[[reply]]\nid = \"disqus:9\"\n# Mine.\nstate = \"held\"\n";
    let here = put(None, &[record("disqus:1", "Ada", "A.")]).text;
    let mut sheet = Sheet::open(Some(&here)).expect("good");
    sheet.adopt(waiting, &Head { key: "t2".to_owned(), ..head(true) }).expect("good");
    let text = sheet.into_text("");
    assert!(text.starts_with(&here[..here.find("\n[[reply]]").expect("there")]), "{text}");
    for part in ["id = \"disqus:9\"\n# Mine.\nstate = \"held\"\nthread = \"t2\"", "key = \"t2\"", "id = \"disqus:1\""] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}
