//! What the edits of the panel write, and when they write nothing.
#![allow(clippy::disallowed_methods, reason = "the files of a book are what is tested")]

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::desk::{Desk, Edit};
use super::{ESSAY, REPLIES, Shown, UNLINKED, VISION};
use crate::base::path::SitePath;

#[test]
fn an_edit_can_be_taken_back_after_the_author_wrote_on() {
    let text = format!("{UNLINKED}A vision.\n\nMore words.\n");
    let mut shown = Shown::essay(&text);
    shown.press(ESSAY, "Link it");
    let path = shown.path("essays/one.md");
    let on = fs::read_to_string(&path).unwrap().replace("More words", "Many more words");
    fs::write(&path, on).unwrap();
    shown.look();
    shown.undo(ESSAY).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text.replace("More words", "Many more words"));
}

#[test]
fn a_link_changes_one_line_of_one_file() {
    let mut shown = Shown::essay(&format!("{UNLINKED}A first line.\n\nThey had a vision, and `vision`.\n"));
    let before = shown.files();
    let [note] = shown.notes(ESSAY, "Mentions without a link").try_into().unwrap();
    assert_eq!(note["text"], "They had a vision, and vision.");
    assert_eq!((&note["mark"], &note["line"]), (&json!([11, 17]), &json!(10)));
    assert_eq!(shown.press(ESSAY, "Link it"), "Linked “vision” in content/essays/one.md, line 10");
    let after = shown.files();
    let changed: Vec<_> = before.iter().zip(&after).filter(|(a, b)| a != b).collect();
    assert_eq!((changed.len(), before.len()), (1, after.len()));
    assert_eq!(
        shown.read("essays/one.md"),
        format!("{UNLINKED}A first line.\n\nThey had a [[vision]], and `vision`.\n")
    );
    assert!(shown.notes(ESSAY, "Mentions without a link").is_empty());
}

#[test]
fn not_here_is_one_backslash() {
    let mut shown = Shown::essay(&format!("{UNLINKED}A *vision* or two visions.\n"));
    shown.press(ESSAY, "Not here");
    assert_eq!(shown.read("essays/one.md"), format!("{UNLINKED}A *\\vision* or two visions.\n"));
    let [note] = shown.notes(ESSAY, "Mentions without a link").try_into().unwrap();
    assert_eq!((&note["text"], &note["mark"]), (&json!("A vision or two visions."), &json!([16, 23])));
}

#[test]
fn never_is_one_line_of_the_concept() {
    let essay = format!("{UNLINKED}A vision.\n");
    for (before, after) in [
        (VISION, VISION.replace("seen.\"\n", "seen.\"\nlink = \"none\"\n")),
        (
            "---\ntitle: Vision # x\nsummary: 'S'\n---\nText\n",
            "---\ntitle: Vision # x\nsummary: 'S'\nlink: none\n---\nText\n".to_owned(),
        ),
    ] {
        let mut shown = Shown::new(&[("essays/one.md", &essay), ("concepts/vision.md", before)]);
        assert_eq!(shown.press(ESSAY, "Never"), "“Vision” is never a link now: content/concepts/vision.md");
        assert_eq!(shown.read("concepts/vision.md"), after);
        assert_eq!(shown.read("essays/one.md"), essay);
        assert!(shown.notes(ESSAY, "Mentions without a link").is_empty());
        shown.undo(ESSAY).unwrap();
        assert_eq!(shown.read("concepts/vision.md"), before);
    }
}

#[test]
fn an_edit_of_a_file_that_changed_is_refused() {
    let mut shown = Shown::essay(&format!("{UNLINKED}A vision.\n"));
    let id = shown.action(ESSAY, "Link it").unwrap();
    let other = format!("{UNLINKED}A vision, said otherwise.\n");
    fs::write(shown.path("essays/one.md"), &other).unwrap();
    let refused = shown.edit(json!({ "at": ESSAY, "id": id })).unwrap_err();
    assert_eq!(refused, "content/essays/one.md changed meanwhile; nothing was written.");
    assert_eq!(shown.read("essays/one.md"), other);
    assert_eq!(shown.about(ESSAY)["undo"], Value::Null);
    shown.look();
    assert!(shown.edit(json!({ "at": ESSAY, "id": id })).unwrap_err().contains("no longer"));
    fs::remove_file(shown.path("essays/one.md")).unwrap();
    let id = shown.action(ESSAY, "Link it").unwrap();
    assert!(shown.edit(json!({ "at": ESSAY, "id": id })).unwrap_err().contains("is gone"));
}

#[test]
fn what_is_taken_back_is_the_last_edit_and_only_if_it_still_stands() {
    let text = format!("\u{feff}{UNLINKED}A vision. Courage.\n").replace('\n', "\r\n");
    let mut shown = Shown::new(&[
        ("essays/one.md", &text),
        ("concepts/vision.md", VISION),
        ("concepts/courage.md", "+++\ntitle = \"Courage\"\n+++\n"),
    ]);
    shown.press(ESSAY, "Link it");
    let once = shown.read("essays/one.md");
    assert_eq!(once, text.replace("A vision", "A [[vision]]"));
    assert_eq!(shown.about(ESSAY)["undo"]["what"], "Link “vision”");
    shown.press(ESSAY, "Link it");
    assert_eq!(shown.read("essays/one.md"), once.replace("Courage.\r", "[[Courage]].\r"));
    assert_eq!(shown.undo(ESSAY).unwrap(), "Taken back in content/essays/one.md: Link “Courage”");
    assert_eq!(shown.read("essays/one.md"), once);
    shown.undo("/").unwrap();
    assert_eq!(shown.read("essays/one.md"), text);
    assert_eq!(shown.about(ESSAY)["undo"], Value::Null);
    shown.press(ESSAY, "Link it");
    fs::write(shown.path("essays/one.md"), "other").unwrap();
    assert!(shown.undo(ESSAY).unwrap_err().contains("changed meanwhile"));
    assert_eq!((shown.read("essays/one.md").as_str(), &shown.about(ESSAY)["undo"]), ("other", &Value::Null));
}

#[test]
fn a_concept_is_made_and_taken_back() {
    let named = UNLINKED.replace("summary", "concepts = [\"Deep Work\", \"vision\"]\nsummary");
    let mut shown = Shown::essay(&format!("{named}A moral  compass\nis a vision.\n"));
    let before = shown.files();
    let [note] = shown.notes(ESSAY, "Concepts without definition").try_into().unwrap();
    assert_eq!((&note["text"], &note["line"]), (&json!("Deep Work"), &json!(4)));
    assert_eq!(shown.press(ESSAY, "Make it a concept"), "Made content/concepts/deep-work.md");
    let made = "+++\ntitle = \"Deep Work\"\n# summary = \"What it means, in one sentence.\"\n+++\n";
    assert_eq!(shown.read("concepts/deep-work.md"), made);
    assert_eq!(shown.notes(ESSAY, "Concepts without definition")[0]["help"], "its file has no `summary`");
    shown.undo(ESSAY).unwrap();
    assert_eq!(shown.files(), before);
    assert_eq!(
        shown.edit(json!({ "at": ESSAY, "concept": "Moral compass" })).unwrap(),
        "Made content/concepts/moral-compass.md"
    );
    assert_eq!(shown.read("concepts/moral-compass.md"), made.replace("Deep Work", "Moral compass"));
    assert!(shown.edit(json!({ "at": ESSAY, "concept": "Moral compass" })).unwrap_err().contains("exists already"));
    shown.look();
    let all = shown.files();
    for words in [
        "Moral compass",
        "vision",
        "Far sight",
        "not there",
        "a",
        "",
        "../x",
        "a moral compass is a vision",
        "moral\u{7}",
    ] {
        assert!(shown.edit(json!({ "at": ESSAY, "concept": words })).is_err(), "{words}");
    }
    assert!(shown.edit(json!({ "at": "/", "concept": "compass" })).is_err());
    assert_eq!(shown.files(), all);
}

#[test]
fn a_held_reply_is_shown_or_hidden() {
    let essay = format!("{UNLINKED}A text.\n");
    let mut shown = Shown::new(&[("essays/one.md", &essay), ("replies/one.toml", &REPLIES.replace('\n', "\r\n"))]);
    assert_eq!(shown.about(ESSAY)["page"]["badges"], json!(["1 held"]));
    let notes = shown.notes(ESSAY, "Replies");
    let told: Vec<_> = notes.iter().map(|note| (&note["text"], &note["file"], &note["line"])).collect();
    let file = json!("content/replies/one.toml");
    let (lost, held) =
        (json!("the essay no longer says this, so the reply stands without it"), json!("Ada Quill: I doubt it."));
    assert_eq!(told, [(&lost, &file, &json!(17)), (&held, &file, &json!(5))]);
    assert_eq!(shown.press(ESSAY, "Show"), "The reply of Ada Quill is shown now: content/replies/one.toml, line 5");
    assert_eq!(shown.read("replies/one.toml"), REPLIES.replace("\"held\"", "\"shown\"").replace('\n', "\r\n"));
    let about = shown.about(ESSAY);
    let lines = about["page"]["lines"].as_object().unwrap();
    let places: Vec<&Value> = lines.iter().filter(|(id, _)| id.starts_with("reply-")).map(|(_, place)| place).collect();
    assert_eq!(places.len(), 2);
    assert!(places.contains(&&json!(["content/replies/one.toml", 5])));
    shown.undo(ESSAY).unwrap();
    shown.press(ESSAY, "Hide");
    assert_eq!(shown.read("replies/one.toml"), REPLIES.replace("\"held\"", "\"hidden\"").replace('\n', "\r\n"));
    assert_eq!(shown.about(ESSAY)["page"]["badges"], json!([]));
}

#[test]
fn what_is_private_is_not_offered() {
    let private = REPLIES.replace("state = \"held\"\n", "state = \"held\"\nat_source = \"private\"\n");
    let essay = format!("{UNLINKED}A text.\n");
    let shown = Shown::new(&[("essays/one.md", &essay), ("replies/one.toml", &private)]);
    assert!(shown.action(ESSAY, "Show").is_none());
}

/// Whatever stands around the words: what is offered makes the page say the same, with one link more.
#[test]
fn only_what_is_offered_is_done() {
    let shown = Shown::essay(&format!("{UNLINKED}A vision.\n"));
    let before = shown.files();
    let id = shown.action(ESSAY, "Link it").unwrap();
    for wish in [
        json!({ "at": ESSAY, "id": "00000000" }),
        json!({ "at": ESSAY, "id": "" }),
        json!({ "at": ESSAY, "id": "content/essays/one.md" }),
        json!({ "at": "/", "id": id }),
        json!({ "at": "/../../etc/passwd", "id": id }),
        json!({ "at": ESSAY, "id": id, "concept": "A vision" }),
        json!({ "at": ESSAY }),
        json!({ "id": id }),
        json!([]),
    ] {
        assert!(shown.edit(wish.clone()).is_err(), "{wish}");
    }
    assert_eq!(shown.files(), before);
}

#[test]
fn nothing_is_edited_where_others_may_look() {
    let essay = format!("{UNLINKED}A vision.\n");
    let mut shown =
        Shown::new(&[("essays/one.md", &essay), ("concepts/vision.md", VISION), ("replies/one.toml", REPLIES)]);
    let id = shown.action(ESSAY, "Link it").unwrap();
    shown.preview.settings.is_read_only = true;
    let before = shown.files();
    assert!(shown.edit(json!({ "at": ESSAY, "id": id })).unwrap_err().contains("read-only"));
    assert!(shown.edit(json!({ "at": ESSAY, "concept": "A vision" })).unwrap_err().contains("read-only"));
    assert_eq!(shown.files(), before);
    let about = shown.about(ESSAY);
    for key in ["token", "editor", "root", "undo"] {
        assert_eq!(about[key], Value::Null, "{key}");
    }
    assert!(!about.to_string().contains("doubt") && !about.to_string().contains("\"Link it\""));
}

#[cfg(unix)]
#[test]
fn links_of_the_file_system_are_not_followed_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let elsewhere = TempDir::new().unwrap();
    let text = format!("{UNLINKED}A vision.\n");
    let mut shown = Shown::essay(&text);
    let id = shown.action(ESSAY, "Link it").unwrap();
    let outside = elsewhere.path().join("one.md");
    fs::write(&outside, &text).unwrap();
    fs::remove_file(shown.path("essays/one.md")).unwrap();
    symlink(&outside, shown.path("essays/one.md")).unwrap();
    assert!(shown.edit(json!({ "at": ESSAY, "id": id })).unwrap_err().contains("symbolic link"));
    fs::remove_file(shown.path("essays/one.md")).unwrap();
    fs::remove_dir(shown.path("essays")).unwrap();
    symlink(elsewhere.path(), shown.path("essays")).unwrap();
    assert!(shown.edit(json!({ "at": ESSAY, "id": id })).unwrap_err().contains("symbolic link"));
    assert_eq!(fs::read_to_string(&outside).unwrap(), text);
    symlink(elsewhere.path().join("new.md"), shown.path("concepts/a-vision.md")).unwrap();
    assert!(shown.edit(json!({ "at": ESSAY, "concept": "A vision" })).unwrap_err().contains("symbolic link"));
    assert!(!elsewhere.path().join("new.md").exists());
    fs::remove_file(shown.path("essays")).unwrap();
    fs::create_dir(shown.path("essays")).unwrap();
    fs::write(shown.path("essays/one.md"), &text).unwrap();
    let mode = |shown: &Shown| fs::metadata(shown.path("essays/one.md")).unwrap().permissions().mode() & 0o777;
    fs::set_permissions(shown.path("essays/one.md"), fs::Permissions::from_mode(0o640)).unwrap();
    shown.press(ESSAY, "Link it");
    assert_eq!((mode(&shown), shown.read("essays/one.md").contains("[[vision]]")), (0o640, true));
    fs::set_permissions(shown.path("essays/one.md"), fs::Permissions::from_mode(0o440)).unwrap();
    assert!(shown.undo(ESSAY).unwrap_err().contains("write-protected"));
}

#[test]
fn only_the_last_edits_can_be_taken_back() {
    let folder = TempDir::new().unwrap();
    let path = SitePath::new("one.md").expect("clean");
    fs::write(folder.path().join("one.md"), "0").unwrap();
    let desk = Desk::default();
    for number in 0..25 {
        let (before, after): (Arc<str>, String) = (number.to_string().into(), (number + 1).to_string());
        let edit = Edit { path: path.clone(), before: Some(before), after, what: "w".to_owned(), done: "d".to_owned() };
        assert_eq!(desk.make(folder.path(), &edit), Ok("d".to_owned()));
    }
    let mut count = 0;
    while let Some((id, _)) = desk.last() {
        desk.take_back(folder.path(), &id).unwrap().unwrap();
        assert!(desk.take_back(folder.path(), &id).is_none());
        count += 1;
    }
    assert_eq!((count, fs::read_to_string(folder.path().join("one.md")).unwrap().as_str()), (20, "5"));
}
