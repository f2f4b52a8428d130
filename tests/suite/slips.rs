//! Slips of the pen: each gets the finding that names it, and no second one.

use crate::support::{Book, ESSAY};

/// The findings of a book as `code: message | help`, in order.
pub(crate) fn findings(files: &str) -> Vec<String> {
    let output = Book::new(files).run(&["build", "--as-of", "2026-01-01", "--format", "json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    let text = |found: &serde_json::Value, key: &str| found[key].as_str().unwrap_or("").to_owned();
    let line = |found: &serde_json::Value| {
        format!("{}: {} | {}", text(found, "code"), text(found, "message"), text(found, "help"))
    };
    value["diagnostics"].as_array().unwrap().iter().map(line).collect()
}

/// Each book has exactly this one finding.
pub(crate) fn assert_each(cases: &[(String, &str)]) {
    let mut wrong = String::new();
    for (files, wanted) in cases {
        let found = findings(files);
        if found.len() != 1 || !found[0].contains(wanted) {
            wrong.push_str(&format!("{files}\nwanted {wanted}\nfound {found:#?}\n\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

pub(crate) fn file(path: &str, text: &str) -> String {
    format!("-- {path} --\n{text}\n")
}

pub(crate) fn essay(text: &str) -> String {
    file("content/essays/one.md", text)
}

pub(crate) fn body(text: &str) -> String {
    essay(&format!("{ESSAY}{text}"))
}

#[test]
fn front_matter_in_the_wrong_place_is_never_shown_as_text() {
    assert_each(&[
        (
            essay("\n+++\ntitle = \"Secret\"\ndate = 2020-01-02\ndraft = true\n+++\nText."),
            "bad-syntax: this front matter does not begin on the first line",
        ),
        (essay("\n\n---\ntitle: Secret\ndraft: true\n---\nText."), "bad-syntax: this front matter does not begin"),
        (essay("By me\n+++\ntitle = \"Secret\"\n+++\nText."), "bad-syntax: this front matter does not begin"),
        (essay("title: Secret\ndraft: true\n\nText."), "bad-syntax: these look like settings"),
        (essay("+++\ntitle: One\ndate: 2020-01-02\n+++\nText."), "put YAML between lines of `---`"),
        (essay("---\ntitle = \"One\"\ndate = 2020-01-02\n---\nText."), "put TOML between lines of `+++`"),
    ]);
}

#[test]
fn text_that_only_resembles_front_matter_is_text() {
    for text in
        ["A line\n---\nNote: more.\n\n---\n", "* * *\n\nTitle: of a thing\n\nText.", "Date: yesterday.\n\nText."]
    {
        assert_eq!(findings(&body(text)), [""; 0], "{text}");
    }
}

#[test]
fn a_wrong_key_or_date_is_one_finding() {
    assert_each(&[
        (essay("+++\ntitle = \"One\"\ndate = 2025-13-01\n+++\n"), "bad-date: invalid date"),
        (essay("---\ntitle: One\ndate: 2025-13-01\n---\n"), "bad-date: `2025-13-01` is not a date"),
        (
            essay("---\ntitel: One\ndate: 2025-12-01\n---\n"),
            "unknown-key: there is no key `titel` here | did you mean `title`?",
        ),
        (essay("---\ntitle: One\ntitle: Two\ndate: 2025-12-01\n---\n"), "| keep one of them"),
        (essay("---\ntitle: One\n---\n"), "| add a line such as `date: 2021-03-02`"),
        (essay("---\ntitle: One\ndate: 2025-12-01\ndraft: maybe\n---\n"), "write `draft: true`"),
        (
            essay("---\ntitle: One\ndate: 2025-12-01\ntags: trust, direction\n---\n"),
            "write `tags: [\"trust\", \"direction\"]`",
        ),
        (essay("---\ntitle: One\ndate: 2025-12-01\nalias: /a/\n---\n"), "did you mean `aliases`?"),
        (essay("---\ntitle: One\ndate: 2025-12-01\ndescription: x\n---\n"), "did you mean `summary`?"),
        (essay("---\ntitle: One\ndate: 2025-12-01\nlang: english\n---\n"), "`english` is not a language tag"),
        (
            essay("---\ntitle: One\ndate: 2025-12-01\nimage: nope.png\n---\n"),
            "missing-image: there is no image `nope.png`",
        ),
    ]);
}

#[test]
fn files_that_look_like_essays_are_named_and_not_published() {
    for name in ["two.markdown", "one.md.orig", "one.md.bak", "two.mdx"] {
        let path = format!("content/essays/{name}");
        assert_each(&[(
            body("Text.") + &file(&path, "Secret."),
            "stray-file: this file is neither read nor published",
        )]);
    }
    let book = Book::new(&(body("Text.") + &file("content/essays/one.md.orig", "Secret.")));
    book.build();
    assert!(book.has("essays/one/index.html") && !book.has("essays/one.md.orig"));
}

#[test]
fn levels_that_would_lose_a_page_in_silence_cannot_be_changed() {
    for code in ["bad-syntax", "duplicate-route", "not-utf8"] {
        let settings = file("book.toml", &format!("title = \"T\"\n[check]\n{code} = \"off\""));
        assert_each(&[(settings, "cannot be changed")]);
    }
}

#[test]
fn two_sources_of_one_file_are_reported() {
    let theme = "-- book.toml --\ntitle = \"T\"\ntheme = \"default\"\n";
    assert_each(&[
        (
            body("Text.")
                + &file("content/static/about", "x")
                + &file("content/pages/about.md", "+++\ntitle = \"About\"\n+++\n"),
            "duplicate-route",
        ),
        (body("Text.") + &file("content/static/.throughline-output", "x"), "duplicate-route"),
        (
            theme.to_owned() + &file("content/static/assets/OFL.txt", "x"),
            "duplicate-route: `content/static/assets/OFL.txt` and the theme",
        ),
        (
            file("content/series/a.md", "+++\ntitle = \"Steps\"\n+++\n")
                + &file("content/series/b.md", "+++\ntitle = \"Steps\"\n+++\n"),
            "duplicate-name: another series",
        ),
        (file("book.toml (hex)", "7469746c65203d2022e922"), "not-utf8"),
    ]);
}

const HIDDEN: &str = "-- content/essays/hidden/index.md --\n+++\ntitle = \"Hidden one\"\ndate = 2020-01-01\ndraft = true\nconcepts = [\"grit\"]\nseries = \"Later\"\n+++\n$\\frac{1}$ [x](nowhere.md)\n-- content/essays/hidden/pay.svg --\n<svg width=\"1\" height=\"1\"/>\n";

#[test]
fn whatever_points_at_a_draft_is_a_warning() {
    for text in [
        "[x](/essays/hidden/)",
        "[[essays/hidden]]",
        "[[Hidden one]]",
        "[x](hidden/index.md)",
        "[x](hidden/pay.svg)",
        "![x](hidden/pay.svg)",
        "[[grit]]",
        "[[Later]]",
    ] {
        assert_each(&[(body(text) + HIDDEN, "link-to-draft")]);
    }
    let front = |line: &str| essay(&format!("+++\ntitle = \"One\"\ndate = 2020-01-02\n{line}\n+++\nText.")) + HIDDEN;
    let concept = file("content/concepts/calm.md", "+++\ntitle = \"calm\"\nrelated = [\"grit\"]\n+++\n");
    assert_each(&[(front("related = [\"Hidden one\"]"), "link-to-draft"), (concept + HIDDEN, "link-to-draft")]);
}

#[test]
fn a_draft_takes_its_pictures_with_it_and_stops_nobody() {
    let book = Book::new(&(body("Text.") + HIDDEN));
    book.build_clean();
    assert!(book.has("essays/one/index.html") && !book.has("essays/hidden/pay.svg"));
    let output = book.run(&["check", "--drafts"]);
    let report = String::from_utf8(output.stderr).unwrap();
    assert!(report.contains("bad-math") && report.contains("broken-link"), "{report}");
}

#[test]
fn a_link_that_cannot_work_gets_its_remedy() {
    let own = "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://me.example/b/\"\n";
    assert_each(&[
        (body("[w]()"), "broken-link: this link leads nowhere"),
        (body("[](one.md)"), "broken-link: this link has no words"),
        (body("[words][label]"), "broken-link: nothing defines the link `[label]`"),
        (body("[w](http://)"), "broken-link: `http://` is no address"),
        (body("[w](htps://example.org)"), "did you mean `https:`?"),
        (body("[w](www.example.com)"), "write `https://www.example.com`"),
        (body("[w](/essays/oen/)"), "did you mean `/essays/one/`?"),
        (body("[w](/essays/#nothing)"), "broken-anchor"),
        (own.to_owned() + &body("[w](https://me.example/b/essays/one/#nothing)"), "broken-anchor"),
        (body("![w](pic.svg)") + &file("content/essays/one/pic.svg", "<svg/>"), "did you mean `one/pic.svg`?"),
    ]);
    let fine = own.to_owned()
        + &body(
            "[w](https://me.example/b/essays/one/#main) [v](https://me.example/b/shop/) [x](https://me.example/blog/) [y](zotero://x)",
        );
    assert_eq!(findings(&fine), [""; 0]);
}

#[test]
fn a_name_of_an_essay_and_a_concept_means_the_essay_where_essays_are_meant() {
    let twin = file("content/essays/twin.md", "+++\ntitle = \"Twin\"\ndate = 2020-01-03\n+++\nText.")
        + &file("content/concepts/twin.md", "+++\ntitle = \"twin\"\n+++\n");
    let one = essay("+++\ntitle = \"One\"\ndate = 2020-01-02\nrelated = [\"Twin\"]\n+++\nText.");
    assert_eq!(findings(&(one + &twin)), [""; 0]);
}

#[test]
fn a_folder_that_is_not_there_is_wrong_usage() {
    assert_eq!(Book::new("").run(&["-C", "nowhere", "build"]).status.code(), Some(2));
}

#[test]
fn what_browsers_would_not_let_work_is_named() {
    assert_each(&[
        (body("<iframe src=\"https://example.org/\"></iframe>"), "blocked-html"),
        (
            body("<b style=\"color: red\">x</b>"),
            "blocked-html: the site's content security policy does not let the attribute `style` work",
        ),
        (body("<video src=\"https://example.org/a.mp4\"></video>"), "blocked-html"),
        (body("<img src=\"https://example.org/a.png\" alt=\"a\">"), "external-image"),
        (body("<a href=\"/essays/oen/\">x</a>"), "broken-link"),
        (body("<a href=\"#nothing\">x</a>"), "broken-anchor"),
        (body("$\\color{red}{x}$"), "bad-math"),
        (body("> [!WARNING] Mind\n> this."), "unknown-alert: `[!WARNING]` must stand alone"),
        (body("> [!IMPORTNAT]\n> this."), "did you mean `[!IMPORTANT]`?"),
    ]);
}
