//! Books of so many essays that pages by year name them and quote nothing.

use throughline::Snapshot;
use throughline::base::diagnostic::Diagnostics;
use throughline::build::build_one;
use throughline::link::{LinkInput, PageId, StretchId, link};
use throughline::parse::parse;
use throughline::view::{PageKey, Tables, Viewer};

const ESSAYS: usize = 4_001;

/// Essay 1 says the word twice, essay 2 a thousand times, essay 3 names it; all others say it once.
fn snapshot(first_title: &str) -> (Snapshot, Diagnostics) {
    let essay = |number: usize| {
        let title = if number == 0 { first_title.to_owned() } else { format!("Essay {number}") };
        let words = match number {
            1 => "Trust. Trust.".to_owned(),
            2 => "Trust. ".repeat(1_000),
            3 => "Words.".to_owned(),
            _ => "Trust.".to_owned(),
        };
        let named = if number == 3 { "\nconcepts = [\"trust\"]\nlang = \"de\"" } else { "" };
        let year = if number < 10 { 2021 } else { 2022 };
        let text = format!("+++\ntitle = \"{title}\"\ndate = {year}-03-02{named}\n+++\n{words}\n");
        (format!("content/essays/e{number:04}.md"), text)
    };
    let mut files: Vec<(String, String)> = (0..ESSAYS).map(essay).collect();
    files.push(("content/concepts/trust.md".to_owned(), "+++\ntitle = \"trust\"\n+++\n".to_owned()));
    let files = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    Snapshot::from_texts("title = \"T\"\nbase_url = \"https://me.example/\"", files, jiff::civil::date(2026, 1, 1))
}

#[test]
fn a_row_without_a_sentence_says_how_often_its_essay_uses_the_word() {
    let (snapshot, found) = snapshot("First & foremost");
    let (built, _) = build_one(&snapshot, found, "concepts/trust/2021/index.html");
    let page = built.artifacts.iter().find(|made| made.file == "concepts/trust/2021/index.html").expect("it is a page");
    let html = String::from_utf8_lossy(&page.bytes);
    let row = |rest: &str| assert!(html.contains(rest), "{rest}\n{html}");
    row(
        "<div><dt><a href=\"../../../essays/e0000/\">First &amp; foremost</a></dt>\n<dd class=\"meta\">1 mention</dd></div>\n",
    );
    row("Essay 1</a></dt>\n<dd class=\"meta\">2 mentions</dd></div>\n");
    row("Essay 2</a></dt>\n<dd class=\"meta\">1,000 mentions</dd></div>\n");
    row("<dt lang=\"de\" dir=\"auto\"><a href=\"../../../essays/e0003/\">Essay 3</a></dt>\n");
    row("Essay 3</a></dt>\n<dd class=\"meta\">Names it and does not use the word</dd></div>\n");
}

#[test]
fn a_page_that_was_planned_is_the_page_and_its_recipe_follows_the_names_on_it() {
    let recipes = |title: &str| -> Vec<String> {
        let (snapshot, _) = snapshot(title);
        let (parsed, _) = parse(&snapshot);
        let (site, _) = link(parsed, &LinkInput::of(&snapshot));
        let tables = Tables::of(&site);
        let viewer = Viewer::new(&site, &snapshot.book, snapshot.as_of, &tables);
        let keys = (0..).map(StretchId).take(site.stretches.len());
        let of_trust = keys.filter(|id| matches!(site.stretch(*id).of, PageId::Concept(_)));
        let recipe = |id: StretchId| {
            let key = PageKey::Page(PageId::Stretch(id));
            let planned = viewer.plan(key).expect("it has a recipe");
            let recipe = planned.recipe.to_string();
            assert_eq!(format!("{:?}", viewer.fill(key, planned, None)), format!("{:?}", viewer.page(key)));
            recipe
        };
        of_trust.map(recipe).collect()
    };
    let (before, after) = (recipes("Essay 0"), recipes("Another"));
    assert!(before.len() > 20, "a year of 3,991 essays has 20 pages");
    assert_eq!(before.len(), after.len());
    assert_ne!(before[0], after[0], "the first page names that essay");
    assert_eq!(before[1..], after[1..]);
}
