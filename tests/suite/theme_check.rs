//! What writers of themes are told before readers meet it: dead addresses, lost duties, settings without effect.

use std::fs;
use std::process::Command;

use crate::support::{Book, ESSAY};

/// A book of two essays with the theme `mine`; `settings` stand at the end of `book.toml`.
fn book(settings: &str, files: &str) -> Book {
    Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\nbase_url = \"https://t.example/sub/\"\n{settings}\n{files}-- content/essays/one.md --\n{ESSAY}Text, <a href=\"nowhere/\">raw</a>.\n-- content/essays/two.md --\n+++\ntitle = \"Two\"\ndate = 2020-01-03\n+++\nSee [One](one.md).\n"
    ))
}

fn checked(book: &Book) -> (Option<i32>, String) {
    let output = book.run(&["theme", "check"]);
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(!text.contains("panicked"), "{text}");
    (output.status.code(), text)
}

const MINE: &str = "theme = \"mine\"";

#[test]
fn theme_check_follows_each_address_that_a_template_writes_from_each_page() {
    for (name, template, place, parts) in [
        (
            "card.html",
            "<a href=\"{{ card.url }}\">{{ card.title }}</a>",
            "templates/card.html:1:10",
            &["/` leads nowhere from `essays/`", "write `{{ page.root }}` before it"][..],
        ),
        (
            "base.html",
            "{% extends \"default/base.html\" %}\n{% block footer %}<a href='essays/'>All</a>{% endblock footer %}",
            "templates/base.html:2:28",
            &["`essays/` leads nowhere from", "write `{{ page.root }}` before it"],
        ),
        (
            "base.html",
            "{% extends \"default/base.html\" %}\n{% block footer %}<img src=assets/dot.svg>{% endblock footer %}",
            "templates/base.html:2:28",
            &["write `{{ page.root }}{{ asset(path=\"dot.svg\") }}`"],
        ),
        (
            "base.html",
            "{% extends \"default/base.html\" %}\n{% block footer %}<a href=\"{{ page.root }}replies/\">R</a>{% endblock footer %}",
            "templates/base.html:2:28",
            &["`{% if book.has_replies %}`"],
        ),
        (
            "essay.html",
            "{% extends \"default/essay.html\" %}{% block steps %}<img src=\"x\" srcset=\"{{ page.root }}y.png 2x\">{% endblock steps %}",
            "templates/essay.html:1:73",
            &["`../../y.png` leads nowhere from `essays/one/`", "and from 1 other page"],
        ),
        (
            "card.html",
            "<a href=\"{{ page.root }}{{ asset(path=\"dot.svg\") }}x\">x</a>",
            "templates/card.html:1:10",
            &["leads nowhere from"],
        ),
    ] {
        let dot = "-- themes/mine/assets/dot.svg --\n<svg/>\n";
        let book = book(MINE, &format!("{dot}-- themes/mine/templates/{name} --\n{template}\n"));
        let (code, text) = checked(&book);
        assert!(code == Some(1) && text.contains("error[template-error]"), "{template}: {text}");
        assert!(text.contains(&format!("themes/mine/{place}\n")), "{template}: {text}");
        for part in parts {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains("nowhere/`"), "what the essay says is no matter of the theme: {text}");
    }
}

#[test]
fn addresses_that_lead_somewhere_or_away_are_left_alone() {
    let template = "{% extends \"default/base.html\" %}\n{# <a href=\"gone/\"> #}{% block footer %}<!-- <a href=\"gone/\"> --><a href=\"{{ page.root }}\">a</a><a href=\"#main\">a</a><a href=\"mailto:a@b.example\">a</a><a href=\"https://x.example/gone\">a</a><a href=\"//x.example/y\">a</a><a {% if page.kind == \"home\" %}href=\"essays/\"{% else %}href=\"{{ page.root ~ \"essays/\" }}\"{% endif %}>a</a><a href=\"/sub/essays/one/?x=1#y\">a</a><a href=\"{{ page.canonical }}\">a</a><img alt=\"a > b\" src=\"data:image/png;base64,x\">{% endblock footer %}";
    let book = book(
        MINE,
        &format!(
            "-- themes/mine/templates/base.html --\n{template}\n-- themes/mine/templates/card.html --\n<a href=\"{{{{ page.root }}}}{{{{ card.url }}}}\">x</a>\n"
        ),
    );
    let (code, text) = checked(&book);
    assert!(code == Some(0) && text.contains("no errors") && !text.contains("template-error"), "{text}");
}

#[test]
fn addresses_that_no_page_of_the_book_shows_yet_are_looked_at_in_the_template() {
    let template = "{% extends \"default/base.html\" %}\n{% block footer %}{% if book.has_replies %}<a href=\"replies/\">R</a>{% endif %}{% endblock footer %}";
    let home = "{% extends \"default/home.html\" %}\n{% block footer %}{% if book.has_replies %}<a href=\"replies/\">R</a>{% endif %}{% endblock footer %}";
    let book = book(
        MINE,
        &format!("-- themes/mine/templates/base.html --\n{template}\n-- themes/mine/templates/home.html --\n{home}\n"),
    );
    let (code, text) = checked(&book);
    assert!(code == Some(0) && text.contains("warning[template-error]"), "{text}");
    assert!(text.contains("templates/base.html:2:53") && text.contains("right on the front page only"), "{text}");
    assert!(!text.contains("home.html"), "the front page is the front page: {text}");
}

#[test]
fn a_base_that_forgets_what_every_page_owes_its_readers_is_told_line_by_line() {
    let bare = "<html><head><title></title></head><body>{% block main %}{% endblock main %}</body></html>";
    let (code, text) = checked(&book(MINE, &format!("-- themes/mine/templates/base.html --\n{bare}\n")));
    assert_eq!(code, Some(0), "{text}");
    for lack in [
        "no language",
        "no encoding",
        "no title",
        "no viewport",
        "no content security policy",
        "no canonical address",
        "no links to the feeds",
    ] {
        assert!(text.contains(&format!("the page of an essay has {lack}")), "{lack} is not in {text}");
    }
    assert_eq!(text.matches("themes/mine/templates/base.html\n").count(), 7, "{text}");
    let block = "{% extends \"default/base.html\" %}{% block footer %}x{% endblock footer %}";
    let (_, text) = checked(&book(MINE, &format!("-- themes/mine/templates/base.html --\n{block}\n")));
    assert!(!text.contains("the page of an essay has"), "{text}");
}

#[test]
fn settings_that_reach_no_page_are_noted_at_their_place() {
    let settings = "[theme]\nname = \"mine\"\nfont = \"atkinson\"\naccent = \"#1d5fbf\"\nessay_word = \"letter\"\n";
    let unlinked = "<html><head></head><body>{{ book.theme.accent }}{% block main %}{% endblock main %}</body></html>";
    let (_, text) = checked(&book(settings, &format!("-- themes/mine/templates/base.html --\n{unlinked}\n")));
    assert!(text.contains("note[style-error]: `font` is set, but no page links `style.css`"), "{text}");
    assert!(text.contains("book.toml:5:1") && !text.contains("`accent` is set"), "a template shows it: {text}");
    let own = "-- themes/mine/assets/style.css --\nbody{color:red}\n";
    let (_, text) = checked(&book(settings, own));
    assert!(text.contains("note[style-error]: `accent` is set, but no style sheet uses `--theme-accent`"), "{text}");
    assert!(!text.contains("`font` is set"), "its files stand at the head of the sheet: {text}");
    let (_, text) = checked(&book("[theme]\naccent = \"#1d5fbf\"\nfont = \"system\"\n", ""));
    assert!(!text.contains("is set"), "{text}");
}

#[test]
fn the_settings_of_the_manual_can_be_put_below_those_of_a_new_book() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_throughline"))
            .args(arguments)
            .current_dir(folder.path())
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(run(&["new", "b"]).0, Some(0));
    let path = folder.path().join("b/book.toml");
    let skeleton = fs::read_to_string(&path).unwrap();
    assert_eq!(skeleton.lines().filter(|line| line.contains("  # ") || line.contains(" # ")).count(), 6, "{skeleton}");
    assert!(skeleton.contains("name = \"default\""), "{skeleton}");
    let pasted = format!("{skeleton}\n[theme]\naccent = \"#1d5fbf\"\n");
    let uncommented = skeleton.replace("# [theme]", "[theme]").replace("# base_url", "base_url");
    for settings in [pasted, uncommented] {
        fs::write(&path, &settings).unwrap();
        let (code, text) = run(&["-C", "b", "check"]);
        assert!(code == Some(0) && !text.contains("error"), "{settings}\n{text}");
    }
}

#[test]
fn a_key_that_stands_twice_is_reported_with_the_place_of_the_other() {
    let theme = Book::new(
        "-- book.toml --\ntitle = \"T\"\ntheme = \"manual\"\n\n[theme]\naccent = \"#1d5fbf\"\n-- content/essays/a.md --\nx\n",
    )
    .build();
    for part in
        ["duplicate key", "book.toml:4:2", "2 | theme = \"manual\"", "`theme` stands here already", "below `[theme]`"]
    {
        assert!(theme.contains(part), "{part} is not in {theme}");
    }
    let inner = Book::new("-- book.toml --\ntitle = \"T\"\n[theme]\nfont = \"system\"\nfont = \"literata\"\n").build();
    assert!(inner.contains("3 | font = \"system\"") && inner.contains("keep one of them"), "{inner}");
}

#[test]
fn a_slip_in_the_name_of_a_setting_is_never_mended_without_a_word() {
    let book = Book::new("-- book.toml --\ntitle = \"T\"\n[theme]\nacent = \"#1d5fbf\"\n");
    let output = book.run(&["check", "--fix"]);
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("did you mean `accent`?"), "{text}");
    assert!(fs::read_to_string(book.path().join("book.toml")).unwrap().contains("acent = \"#1d5fbf\"\n"));
    assert!(!fs::read_to_string(book.path().join("book.toml")).unwrap().contains("accent"));
}

#[test]
fn bounds_defaults_and_choices_of_a_theme_must_be_whole() {
    for (manifest, place, message, help) in [
        (
            "[settings.a]\ntype = \"number\"\nmin = 5\nmax = 4\ndefault = 5",
            "4:7",
            "`max` is 4, less than `min`, which is 5",
            "write a number from 5 up",
        ),
        ("[settings.a]\ntype = \"number\"\nmin = 2", "1:11", "the number `a` has no default", "add `default = 2`"),
        ("[settings.a]\ntype = \"number\"", "1:11", "the number `a` has no default", "add `default = 0`"),
        (
            "[settings.a]\ntype = \"choice\"\ndefault = \"x\"",
            "1:11",
            "a choice needs words to choose from",
            "add `choices = [\"one\", \"other\"]`",
        ),
    ] {
        let report = book(MINE, &format!("-- themes/mine/theme.toml --\n{manifest}\n")).build();
        assert!(report.contains(&format!("themes/mine/theme.toml:{place}\n")), "{manifest}: {report}");
        assert!(report.contains(message) && report.contains(help), "{manifest}: {report}");
        assert!(!report.contains("help: write \n"), "{report}");
    }
}

#[test]
fn a_word_that_the_theme_shows_cannot_be_empty() {
    let report = book("[theme]\nessays_word = \" \"\n", "").build();
    assert!(report.contains("error[bad-value]: `essays_word` cannot be empty"), "{report}");
    assert!(report.contains("write a word, or take the line out for `essays`"), "{report}");
    let own = "-- themes/mine/theme.toml --\n[settings.motto]\ntype = \"text\"\n";
    let report = book("[theme]\nname = \"mine\"\nmotto = \"\"\n", own).build();
    assert!(!report.contains("bad-value"), "{report}");
}
