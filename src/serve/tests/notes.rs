//! What the panel says of a page, and that a link it offers is right.
#![allow(clippy::disallowed_methods, reason = "the files of a book are what is tested")]

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{ESSAY, REPLIES, Shown, UNLINKED, VISION};

#[test]
fn other_words_for_a_concept_keep_standing() {
    let mut shown = Shown::essay(&format!("{UNLINKED}Some visions.\n"));
    shown.press(ESSAY, "Link it");
    assert_eq!(shown.read("essays/one.md"), format!("{UNLINKED}Some [[Vision|visions]].\n"));
    let mut shown = Shown::essay(&format!("{UNLINKED}Some Far Sight.\n"));
    shown.press(ESSAY, "Link it");
    assert_eq!(shown.read("essays/one.md"), format!("{UNLINKED}Some [[Far Sight]].\n"));
}

#[test]
fn a_name_of_two_pages_is_written_with_its_kind() {
    let mut shown = Shown::new(&[
        ("essays/one.md", &format!("{UNLINKED}Some vision.\n")),
        ("concepts/vision.md", VISION),
        ("pages/vision.md", "+++\ntitle = \"Vision\"\n+++\n"),
    ]);
    shown.press(ESSAY, "Link it");
    assert_eq!(shown.read("essays/one.md"), format!("{UNLINKED}Some [[concepts/vision|vision]].\n"));
    assert!(shown.notes(ESSAY, "Problems").is_empty());
}

#[test]
fn titles_of_other_essays_are_named_once() {
    let other = |title: &str| format!("+++\ntitle = \"{title}\"\ndate = 2020-01-01\nsummary = \"S.\"\n+++\n\nText.\n");
    let text = format!(
        "{UNLINKED}# The crew's way\n\n\
         See the crew's *way*. In The Crew's Way it stands, and in the crew's way again.\n\n\
         Drafted Words, [a link](linked-words.md) to Linked Words, Trust, Unknown Words, One. > Not Quoted.\n"
    );
    let mut shown = Shown::new(&[
        ("essays/one.md", &text),
        ("essays/way.md", &other("The crew's way")),
        ("essays/linked-words.md", &other("Linked Words")),
        ("essays/trust.md", &other("Trust")),
        ("essays/draft.md", &other("Drafted Words").replace("summary", "draft = true\nsummary")),
    ]);
    let [note] = shown.notes(ESSAY, "Mentions without a link").try_into().unwrap();
    assert_eq!(note["text"], "In The Crew’s Way it stands, and in the crew’s way again.");
    assert_eq!(note["actions"].as_array().unwrap().len(), 1);
    shown.press(ESSAY, "Link it");
    assert_eq!(shown.read("essays/one.md"), text.replace("In The Crew's Way", "In [[The crew's way|The Crew's Way]]"));
    assert!(shown.notes(ESSAY, "Problems").is_empty());
}

#[test]
fn a_link_is_right_or_not_offered() {
    let texts = [
        "A *vision* here.",
        "A **far sight** here.",
        "A far\nsight here.",
        "- A far\n  sight here.",
        "> [!NOTE]\n> A far\n> sight here.",
        "`vision` and ``a vision`` and vision.",
        "![vision](x.png) and <b title=\"vision\">vision</b>.",
        "[ref]: /vision \"vision\"\n\nA vision.",
        "Far \\\\ vision \\* vision",
        "| a | b |\n|---|---|\n| vision | far sights |",
        "Term\n: A vision.",
        "A note[^1] first.\n\n[^1]: A vision there.",
        "(vision) \"vision\" 'vision' --- vision...",
        "$vision$ and vision.",
        "vision&amp;vision &#118;ision",
        "<!-- vision --> vision",
        "https://vision.example/vision and vision",
        "A *far* sight, a far *sight*.",
        "## vision\n\nvision",
        "1. vision\n\n   vision again\n2. vision",
        "[vision",
        "vision]",
        "[[vision",
        "vision](x)",
        "[vision][none]",
        "![[vision",
        "*vision",
        "vision* and *vision*",
        "> [!pull]\n> A vision\n\nIt is a vision of sorts.",
        "```text\nvision\n```\n\nvision",
        "Far sight\u{a0}and far\u{a0}sight.",
    ];
    let mut offered = 0;
    for text in texts {
        for name in ["concepts/vision.md", "concepts/else.md"] {
            let source = format!("{UNLINKED}{text}\n");
            let mut shown = Shown::new(&[("essays/one.md", &source), (name, VISION)]);
            let before = Arc::clone(&shown.preview.shelf.edition().site.writings[1]);
            assert_eq!(before.path.as_str(), "content/essays/one.md");
            let Some(id) = shown.action(ESSAY, "Link it") else { continue };
            offered += 1;
            shown.edit(json!({ "at": ESSAY, "id": id })).unwrap();
            shown.look();
            let edition = shown.preview.shelf.edition();
            let after = &edition.site.writings[1];
            assert_eq!(before.prose().outline.text, after.prose().outline.text, "{text}");
            assert_eq!(before.facts.links.len() + 1, after.facts.links.len(), "{text}");
            assert!(shown.notes(ESSAY, "Mentions without a link").is_empty(), "{text}");
            shown.undo(ESSAY).unwrap();
            assert_eq!(shown.read("essays/one.md"), source);
            let Some(id) = shown.action(ESSAY, "Not here") else { continue };
            shown.edit(json!({ "at": ESSAY, "id": id })).unwrap();
            let now = shown.read("essays/one.md");
            assert_eq!(now.len(), source.len() + 1, "{text}");
            shown.look();
            assert_eq!(shown.preview.shelf.edition().site.mentions[1].escapes.len(), 1, "{text}");
        }
    }
    assert!(offered > 40, "{offered}");
}

#[test]
fn notes_come_in_their_order_with_their_places() {
    let long = "Word ".repeat(36);
    let text = format!(
        "---\ntitle: One\ndate: 2021-01-01\nconcepts: [Grit]\nsumary: x\nconcept_links: none\n---\n\n\
         A vision and [[nowhere]]. {long}here.\n\n![](x.png)\n\n{}\n\n\
         > [!pull]\n> Said by nobody at all.\n",
        "Ten short words stand in this one, no more, ever. ".repeat(16)
    );
    let mut shown = Shown::new(&[
        ("essays/one.md", &text),
        ("concepts/vision.md", VISION),
        ("essays/x.png", "no picture"),
        ("replies/one.toml", REPLIES),
    ]);
    let about = shown.about(ESSAY);
    let page = &about["page"];
    let mut groups: Vec<&str> =
        page["notes"].as_array().unwrap().iter().map(|note| note["group"].as_str().unwrap()).collect();
    groups.dedup();
    assert_eq!(
        groups,
        [
            "Problems",
            "Mentions without a link",
            "Concepts without definition",
            "Summary",
            "Pictures without description",
            "Loose pull quotes",
            "Long sentences",
            "Long paragraphs",
            "Replies"
        ]
    );
    assert_eq!((&page["file"], &page["title"]), (&json!("content/essays/one.md"), &json!("One")));
    let words = page["facts"].as_str().unwrap();
    assert!(words.ends_with(" words · 1 min · 1 concept"), "{words}");
    assert_eq!(page["minutes"], 1);
    let [sentence] = shown.notes(ESSAY, "Long sentences").try_into().unwrap();
    assert_eq!((&sentence["help"], sentence["text"].as_str().unwrap().chars().count()), (&json!("37 words"), 121));
    assert_eq!(shown.notes(ESSAY, "Long paragraphs")[0]["help"], "160 words");
    assert_eq!(page["lines"]["p-a-vision-and-nowhere-word"], json!(["content/essays/one.md", 9]));
    assert_eq!(about["root"], json!(shown.preview.settings.root.to_str().unwrap()));
    assert_eq!((&about["token"], &about["editor"]), (&json!("token"), &json!("edit://{path}")));
    shown.press(ESSAY, "Apply: summary");
    assert_eq!(shown.read("essays/one.md"), text.replace("sumary", "summary"));
    assert!(shown.notes(ESSAY, "Summary").is_empty());
}

#[test]
fn a_concept_has_its_page_and_lists_have_none() {
    let shown = Shown::new(&[
        ("essays/one.md", UNLINKED),
        ("concepts/vision.md", "+++\ntitle = \"Vision\"\nbroader = [\"Nothing\"]\n+++\n"),
    ]);
    for at in ["/", "/concepts/", "/essays/", "/nowhere/", "/theme.css"] {
        assert_eq!(shown.about(at)["page"], Value::Null, "{at}");
    }
    let page = &shown.about("/concepts/vision/")["page"];
    assert_eq!((&page["minutes"], &page["facts"], &page["badges"]), (&Value::Null, &json!("0 words"), &json!([])));
    let notes = page["notes"].as_array().unwrap();
    let told: Vec<&str> = notes.iter().map(|note| note["text"].as_str().unwrap()).collect();
    assert_eq!(told, ["there is no concept `Nothing`", "this concept has no definition"]);
}

#[test]
fn drafts_and_essays_of_other_days_have_their_badges() {
    let essay = |line: &str| UNLINKED.replace("summary", &format!("{line}\nsummary"));
    for (line, badge) in
        [("draft = true", json!(["Draft"])), ("expires = 2022-01-01", json!(["Expired"])), ("lang = \"en\"", json!([]))]
    {
        assert_eq!(Shown::new(&[("essays/one.md", &essay(line))]).about(ESSAY)["page"]["badges"], badge);
    }
    let later = UNLINKED.replace("2021-01-01", "2025-01-01");
    assert_eq!(Shown::new(&[("essays/one.md", &later)]).about(ESSAY)["page"]["badges"], json!(["Scheduled"]));
}

#[test]
fn a_file_that_cannot_be_read_offers_nothing() {
    let mut shown =
        Shown::essay(&format!("{UNLINKED}{}\n\nA vision.\n\n```pythn\nx\n```\n", "Some words. ".repeat(40)));
    assert!(shown.action(ESSAY, "Apply: python").is_some() && shown.action(ESSAY, "Link it").is_some());
    fs::write(shown.path("essays/one.md"), "+++\ntitle = \"Öne").unwrap();
    shown.look();
    let about = shown.about(ESSAY);
    assert_eq!(about["troubles"].as_array().unwrap().len(), 1);
    // Places in the text that is shown are no places in the file: nothing is said of them, and nothing offered.
    assert_eq!(shown.notes(ESSAY, "Problems").len(), 1);
    assert_eq!(about["page"]["notes"].as_array().unwrap().len(), 1);
    assert_eq!(about["page"]["notes"][0]["actions"], json!([]));
}
