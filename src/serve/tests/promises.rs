//! That the preview tells of promises that are broken, at once and with no rendering.
#![allow(clippy::disallowed_methods, reason = "the files of a book are what is tested")]

use std::fs;

use super::{Shown, UNLINKED};
use crate::base::codes::Code;

fn lost(shown: &Shown) -> Vec<(Code, String)> {
    let edition = shown.preview.shelf.edition();
    let promises = edition.report.diagnostics.iter().filter(|found| {
        let at = found.span.as_ref();
        at.is_some_and(|span| span.path.as_str() == "published.toml")
    });
    promises.map(|found| (found.code, found.help.clone().unwrap_or_default())).collect()
}

#[test]
fn a_promise_is_checked_when_the_list_or_the_book_changes() {
    let mut shown = Shown::essay(&format!("{UNLINKED}## Words\n\nText.\n"));
    assert_eq!(lost(&shown), []);
    let list = shown.folder.path().join("published.toml");
    fs::write(&list, "[pages]\n\"/essays/one/\" = { headings = [\"words\"] }\n\"/essays/old/\" = {}\n").unwrap();
    shown.look();
    assert_eq!(lost(&shown).iter().map(|(code, _)| *code).collect::<Vec<_>>(), [Code::LostAddress]);
    let essay = shown.folder.path().join("content/essays/one.md");
    let text = UNLINKED.replace("date", "aliases = [\"/essays/old/\"]\ndate");
    fs::write(&essay, format!("{text}## Other words\n\nText.\n")).unwrap();
    shown.look();
    let [(Code::LostHeading, help)] = &lost(&shown)[..] else { panic!("{:?}", lost(&shown)) };
    assert!(help.contains("`## Other words {#words}`"), "{help}");
    // While the essay cannot be read it is shown as it was, and so are its promises.
    fs::write(&essay, "+++\ntitle = \"\n+++\n").unwrap();
    shown.look();
    assert_eq!(lost(&shown), []);
    fs::write(&essay, format!("{text}## Other words {{#words}}\n\nText.\n")).unwrap();
    shown.look();
    assert_eq!(lost(&shown), []);
    fs::write(&list, "[pages\n").unwrap();
    shown.look();
    assert_eq!(lost(&shown)[0].0, Code::BadSyntax);
    fs::remove_file(&list).unwrap();
    shown.look();
    assert_eq!(lost(&shown), []);
}
