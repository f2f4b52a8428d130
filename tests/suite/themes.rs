//! Themes: settings, fonts, layers, and the commands that look after them.

use std::fs;

use serde_json::Value;

use crate::support::preview::{Answer, Preview};
use crate::support::{Book, ESSAY, tree};

/// A book with these settings below its title.
fn book(settings: &str, files: &str) -> Book {
    Book::new(&format!(
        "-- book.toml --\ntitle = \"T\"\n{settings}\n{files}-- content/essays/one.md --\n{ESSAY}Text.\n"
    ))
}

/// The main style sheet of a built book.
fn style(book: &Book) -> String {
    let files = tree(&book.path().join("public/assets"));
    let (_, bytes) = files.iter().find(|(name, _)| name.starts_with("style.") && name.ends_with(".css")).unwrap();
    String::from_utf8(bytes.clone()).unwrap()
}

/// The names of the theme's files in a built book, without their digests.
fn assets(book: &Book) -> Vec<String> {
    let names = tree(&book.path().join("public/assets")).into_keys();
    names.map(|name| name.split('.').next().unwrap().to_owned() + "." + name.rsplit('.').next().unwrap()).collect()
}

/// The value of a custom property.
fn property(css: &str, name: &str) -> String {
    let rest = css.split(&format!("{name}:")).nth(1).unwrap_or_else(|| panic!("no {name} in {css}"));
    rest.split([';', '}']).next().unwrap().to_owned()
}

/// Contrast as WCAG counts it, written a second time on purpose.
fn contrast(a: &str, b: &str) -> f64 {
    let luminance = |colour: &str| {
        let part = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5) + 0.05
    };
    let (a, b) = (luminance(a), luminance(b));
    a.max(b) / a.min(b)
}

#[test]
fn settings_of_a_theme_are_checked_at_their_place() {
    for (settings, place, message, help) in [
        ("[theme]\nacent = \"#1d5fbf\"", "3:1", "the theme `default` has no setting `acent`", "did you mean `accent`?"),
        (
            "[theme]\naccent = 3",
            "3:10",
            "`accent` must be a colour, found a number",
            "write it as `accent = \"#1d5fbf\"`",
        ),
        ("[theme]\naccent = \"blue\"", "3:10", "`accent` must be a colour, found `blue`", "write it as"),
        ("[theme]\nfont = \"atkinsn\"", "3:8", "`font` cannot be `atkinsn`", "did you mean `atkinson`?"),
        ("[theme]\nfont = \"comic\"", "3:8", "`font` cannot be `comic`", "write `literata` or `atkinson` or `system`"),
        (
            "[theme]\nshow_dates = \"no\"",
            "3:14",
            "`show_dates` must be true or false, found text",
            "write `show_dates = true`",
        ),
        ("[theme]\nessay_word = 1", "3:14", "`essay_word` must be text, found a number", "between quotes"),
        (
            "[theme]\nname = \"manual\"\nfont = \"literata\"",
            "4:8",
            "`font` cannot be `literata`",
            "`system` or `atkinson`",
        ),
        ("[theme]\nname = 3", "3:8", "`theme` must be the name of a folder", "write it as"),
        ("theme = 3", "2:9", "`theme` must be a name or a table, found a number", "write `theme = \"default\"`"),
        ("theme = \"manaul\"", "2:9", "there is no theme `manaul`", "did you mean `manual`?"),
    ] {
        let report = book(settings, "").build();
        assert!(report.contains(&format!("book.toml:{place}\n")), "{settings}: {report}");
        assert!(report.contains(message) && report.contains(help), "{settings}: {report}");
    }
}

#[test]
fn an_accent_that_is_hard_to_read_is_refused_with_its_ratio_and_the_nearest_that_is_not() {
    let report = book("[theme]\naccent = \"#e0a050\"", "").build();
    assert!(
        report.contains("error[bad-value]: `accent` has a contrast of 1.99 on the paper `#f4f1ea`, and text needs 4.5"),
        "{report}"
    );
    let near = report.split("write `accent = \"").nth(1).unwrap_or_else(|| panic!("{report}"));
    let near = &near[..7];
    let worst = ["#fcfbf8", "#f4f1ea"].map(|paper| contrast(near, paper)).into_iter().fold(21.0, f64::min);
    assert!((4.5..4.6).contains(&worst), "{near}: {worst}");
    assert_eq!(book(&format!("[theme]\naccent = \"{near}\""), "").build(), "");
    let report = book("[theme]\naccent_dark = \"#333333\"", "").build();
    assert!(report.contains("`accent_dark` has a contrast of") && report.contains("paper `#23211e`"), "{report}");
}

#[test]
fn one_accent_gives_links_that_can_be_read_on_light_and_on_dark_paper() {
    for (accent, theme, dark_papers) in [
        ("#1d5fbf", "default", ["#191816", "#23211e"]),
        ("#5b0ee5", "default", ["#191816", "#23211e"]),
        ("#00441b", "manual", ["#14171a", "#1e2327"]),
    ] {
        let book = book(&format!("[theme]\nname = \"{theme}\"\naccent = \"{accent}\""), "");
        let css = style(book.build_clean());
        assert_eq!(property(&css, "--theme-accent"), accent);
        let dark = property(&css, "--theme-accent-dark");
        for paper in dark_papers {
            assert!(contrast(&dark, paper) >= 4.5, "{dark} on {paper}");
        }
    }
    let both = book("[theme]\naccent = \"#1d5fbf\"\naccent_dark = \"#ffffff\"", "");
    assert_eq!(property(&style(both.build_clean()), "--theme-accent-dark"), "#ffffff");
    let neither = book("", "");
    assert_eq!(property(&style(neither.build_clean()), "--theme-accent-dark"), "#f0a27c");
}

#[test]
fn only_the_font_that_is_used_goes_out_with_its_licence_and_is_preloaded() {
    for (font, files) in [
        ("literata", &["OFL.txt", "favicon.svg", "literata-italic.woff2", "literata-roman.woff2"][..]),
        ("atkinson", &["OFL-Atkinson.txt", "atkinson-italic.woff2", "atkinson-roman.woff2", "favicon.svg"]),
        ("system", &["favicon.svg"]),
    ] {
        let book = book(&format!("[theme]\nfont = \"{font}\""), "");
        let html = book.build_clean().read("essays/one/index.html");
        let mut wanted: Vec<&str> = files.to_vec();
        wanted.extend(["feed.css", "missing.js", "print.css", "script.js", "style.css"]);
        wanted.sort_unstable();
        assert_eq!(assets(&book), wanted);
        assert_eq!(html.matches("rel=\"preload\"").count(), usize::from(font != "system"));
        assert_eq!(style(&book).matches("url(").count(), if font == "system" { 0 } else { 2 });
        let sizes = tree(&book.path().join("public/assets")).into_iter().filter(|(name, _)| name.ends_with("woff2"));
        assert!(sizes.map(|(_, bytes)| bytes.len()).sum::<usize>() <= 110 << 10);
    }
}

#[test]
fn templates_know_the_settings_and_style_sheets_have_them_as_properties() {
    let book = book(
        "[theme]\nname = \"mine\"\nwidth = 2.5\nlayout = \"grid\"\nmotto = \"Ahoy & hello\"",
        "-- themes/mine/theme.toml --\nname = \"Mine\"\n[settings.width]\ntype = \"number\"\ndefault = 2\nmin = 1\nmax = 4\n[settings.layout]\ntype = \"choice\"\nchoices = [\"list\", \"grid\"]\n[settings.motto]\ntype = \"text\"\n[settings.is_loud]\ntype = \"boolean\"\n[settings.paper]\ntype = \"color\"\ndefault = \"#ABC\"\n-- themes/mine/templates/missing.html --\n{{ book.theme.width }} {{ book.theme.layout }} {{ book.theme.motto }} {{ book.theme.is_loud }} {{ book.theme.paper }} {{ book.theme.font }}\n",
    );
    assert_eq!(book.build_clean().read("404.html"), "2.5 grid Ahoy &amp; hello false #aabbcc literata\n");
    let css = style(&book);
    let values = ["--theme-width", "--theme-layout", "--theme-paper"].map(|name| property(&css, name));
    assert_eq!(values, ["2.5", "grid", "#aabbcc"]);
    assert!(!css.contains("motto") && css.contains("--theme-accent:#8a3310"));
}

#[test]
fn mistakes_in_theme_toml_are_told_in_that_file() {
    for (manifest, place, message, help) in [
        ("extends = \"manaul\"", "1:11", "there is no built-in theme `manaul`", "did you mean `manual`?"),
        ("sumary = \"x\"", "1:1", "there is no key `sumary` here", "did you mean `summary`?"),
        ("[settings.a]\ntype = \"colour\"", "2:8", "`type` cannot be `colour`", "`color`"),
        ("[settings.a]\nhelp = \"x\"", "1:11", "the setting `a` has no type", "add a line `type`"),
        ("[settings.a]\ntype = \"color\"", "1:11", "the colour `a` has no default", "derive_from"),
        (
            "[settings.a]\ntype = \"color\"\nderive_from = \"acent\"",
            "1:11",
            "which is no colour of this theme",
            "did you mean `accent`?",
        ),
        ("[settings.a]\ntype = \"choice\"", "1:11", "a choice needs words to choose from", "choices"),
        ("[settings.a]\ntype = \"number\"\nmax = 3\ndefault = 4", "4:11", "`default` cannot be 4", "up to 3"),
        ("[settings.accent]\ndefault = \"#e0a050\"", "2:11", "`default` has a contrast of 1.99", "the nearest colour"),
        (
            "[settings.font.assets]\nliterta = [\"x.css\"]",
            "2:1",
            "there is no choice `literta`",
            "did you mean `literata`?",
        ),
        ("[settings.accent]\non = [\"white\"]", "2:7", "`white` is no colour", "write it as"),
        ("[settings.Big]\ntype = \"text\"", "1:11", "`Big` cannot be the name of a setting", "small letters"),
        ("settings = 3", "1:12", "`settings` must be a table", ""),
        ("[settings]\na = 3", "2:1", "the setting `a` must be a table", "[settings.a]"),
    ] {
        let report = book("theme = \"mine\"", &format!("-- themes/mine/theme.toml --\n{manifest}\n")).build();
        assert!(report.contains(&format!("themes/mine/theme.toml:{place}\n")), "{manifest}: {report}");
        assert!(report.contains(message) && report.contains(help), "{manifest}: {report}");
    }
}

#[test]
fn a_theme_changes_the_defaults_of_the_one_it_stands_on_and_books_change_its() {
    let theme = "-- themes/mine/theme.toml --\nextends = \"manual\"\n[settings.accent]\ndefault = \"#00441b\"\n[settings.essays_word]\ndefault = \"letters\"\n";
    let quiet = book("theme = \"mine\"", theme);
    let html = quiet.build_clean().read("index.html");
    assert!(html.contains(">Letters</a>") && !assets(&quiet).iter().any(|name| name.ends_with("woff2")), "{html}");
    let css = style(&quiet);
    assert_eq!(property(&css, "--theme-accent"), "#00441b");
    let dark = property(&css, "--theme-accent-dark");
    assert!(dark != "#83bdff" && contrast(&dark, "#14171a") >= 4.5, "{dark} follows the accent");
    let loud = book("[theme]\nname = \"mine\"\nessays_word = \"posts\"\nfont = \"atkinson\"", theme);
    assert!(loud.build_clean().read("index.html").contains(">Posts</a>"));
    assert!(assets(&loud).contains(&"atkinson-roman.woff2".to_owned()));
}

#[test]
fn templates_stand_over_those_of_the_manual_and_these_over_the_default() {
    let series = "-- content/essays/two.md --\n+++\ntitle = \"Two\"\ndate = 2020-01-03\nseries = \"S\"\n+++\n## A\n\n## B\n\n## C\n\nText.\n-- content/essays/three.md --\n+++\ntitle = \"Three\"\ndate = 2020-01-04\nseries = \"S\"\n+++\nText.\n";
    let own = "-- themes/mine/theme.toml --\nextends = \"manual\"\n-- themes/mine/templates/base.html --\n{% extends \"manual/base.html\" %}{% block footer %}<footer>Mine</footer>{% endblock footer %}\n-- themes/mine/templates/missing.html --\n{% extends \"default/missing.html\" %}{% block title %}Lost{% endblock title %}\n";
    let book = book("theme = \"mine\"", &format!("{own}{series}"));
    let html = book.build_clean().read("essays/two/index.html");
    assert!(html.contains("<footer>Mine</footer>") && html.contains("<div class=\"side\">"), "{html}");
    let side = &html[html.find("<div class=\"side\">").unwrap()..html.find("<main").unwrap()];
    assert!(side.contains("<a dir=\"auto\" href=\"../../essays/two/\" aria-current=\"page\">Two</a>\n<ul>\n<li class=\"level-2\"><a href=\"#a\">A</a>"), "{side}");
    assert_eq!((side.matches("aria-current").count(), side.matches("<details>").count()), (1, 1));
    assert!(side.find("two/").unwrap() < side.find("three/").unwrap());
    assert!(html.contains("rel=\"next\" href=\"../../essays/three/\""), "{html}");
    assert!(!html.contains("3 January 2020") && !html.contains("minute"), "{html}");
    let missing = book.read("404.html");
    assert!(missing.contains("<title>Lost</title>") && missing.contains("<footer>Mine</footer>"), "{missing}");
    let archive = book.read("essays/index.html");
    assert!(archive.contains("<h1>Chapters</h1>") && archive.contains("<h2>In no series</h2>"), "{archive}");
    let (side, main) = archive.split_once("<main").unwrap();
    assert_eq!((side.matches("essays/one/").count(), main.matches("essays/one/").count()), (1, 1), "{archive}");
}

#[test]
fn a_book_lays_its_files_over_the_manual_under_the_same_name() {
    let book = book(
        "theme = \"manual\"",
        "-- themes/manual/templates/card.html --\nOWN CARD\n-- themes/manual/assets/style.css --\n@import \"more.css\";\n-- themes/manual/assets/more.css --\nbody{background:url(more.png)}\n-- themes/manual/assets/more.png --\npicture\n",
    );
    let html = book.build_clean().read("essays/index.html");
    assert!(html.contains("OWN CARD") && html.contains("<h1>Chapters</h1>"), "{html}");
    let css = style(&book);
    assert!(css.starts_with("@import \"more.") && css.contains(":root{--theme-accent:#0a5aa8;"), "{css}");
    let more = tree(&book.path().join("public/assets"));
    let (_, bytes) = more.iter().find(|(name, _)| name.starts_with("more.") && name.ends_with(".css")).unwrap();
    let picture = more.keys().find(|name| name.starts_with("more.") && name.ends_with(".png")).unwrap();
    assert_eq!(String::from_utf8_lossy(bytes), format!("body{{background:url(\"{picture}\")}}\n"));
}

#[test]
fn a_change_of_the_theme_in_the_settings_shows_at_once() {
    let book = book("", "");
    let mut preview = Preview::start(book.path(), &[]);
    assert!(preview.get("/essays/one/").text().contains("literata-roman"));
    let settings = book.path().join("book.toml");
    let write = |theme: &str| fs::write(&settings, format!("title = \"T\"\n{theme}\n")).unwrap();
    let sheet = |answer: &Answer| {
        let text = answer.text();
        let at = text.find("assets/style.").unwrap();
        format!("/{}", text[at..].split('"').next().unwrap())
    };
    write("[theme]\nname = \"manual\"\naccent = \"#00441b\"");
    let page = preview.wait_for("/essays/", "the other theme", |answer| answer.text().contains("<h1>Chapters</h1>"));
    let green = sheet(&page);
    assert!(preview.get(&green).text().starts_with(":root{--theme-accent:#00441b;"));
    write("[theme]\nname = \"manual\"\naccent = \"#00441b\"\nessays_word = \"pages\"");
    preview.wait_for("/essays/", "the other word", |answer| answer.text().contains("<h1>Pages</h1>"));
    // What cannot be read leaves the last good theme, and is told.
    write("[theme]\nname = \"manual\"\naccent = \"#ddeedd\"\nessays_word = \"sheets\"");
    let about = "/_throughline/page?at=/essays/";
    preview.wait_for(about, "the accent", |answer| answer.text().contains("has a contrast of"));
    let page = preview.get("/essays/");
    assert_eq!(sheet(&page), green);
    write("");
    preview.wait_for(about, "no trouble", |answer| answer.text().contains("\"troubles\":[]"));
    preview.wait_for("/essays/", "the first theme", |answer| answer.text().contains("literata-roman"));
}

#[test]
fn theme_list_names_the_themes_their_sentences_and_settings() {
    let book = book(
        "theme = \"mine\"",
        "-- themes/mine/theme.toml --\nsummary = \"My own.\"\nextends = \"manual\"\n-- themes/manual/templates/card.html --\nx\n",
    );
    let output = book.run(&["theme", "list"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("  default ") && lines[0].ends_with("(built in)"), "{text}");
    assert!(
        lines[1].starts_with("  manual ") && lines[1].contains("themes/manual, over the built-in `manual`"),
        "{text}"
    );
    assert_eq!(lines[2], "* mine           My own. (themes/mine, over the built-in `manual`)");
    let text = String::from_utf8(book.run(&["theme", "list", "--verbose"]).stdout).unwrap();
    assert!(text.contains("accent") && text.contains("[\"#0a5aa8\"]"), "{text}");
    assert!(text.contains("choice: `system`, `atkinson`") && text.contains(" boolean "), "{text}");
    let listed: Value = serde_json::from_slice(&book.run(&["theme", "list", "--format", "json"]).stdout).unwrap();
    let mine = &listed["themes"][2];
    assert_eq!((&mine["name"], &mine["is_used"], &mine["extends"]), (&"mine".into(), &true.into(), &"manual".into()));
    let font = mine["settings"].as_array().unwrap().iter().find(|setting| setting["name"] == "font").unwrap();
    assert_eq!((&font["type"], &font["choices"]), (&"choice".into(), &serde_json::json!(["system", "atkinson"])));
}

#[test]
fn theme_eject_copies_what_is_asked_for_and_overwrites_nothing() {
    let book = book("", "");
    let said = |arguments: &[&str]| {
        let output = book.run(&[&["theme", "eject"], arguments].concat());
        (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr))
    };
    let file = |name: &str| fs::read(book.path().join("themes").join(name));
    let built_in = |name: &str| fs::read(format!("{}/themes/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let (code, text) = said(&["card.html", "literata-roman.woff2"]);
    assert!(code == Some(0) && text.contains("  templates/card.html\n") && text.contains("delete again"), "{text}");
    for name in ["default/templates/card.html", "default/assets/literata-roman.woff2"] {
        assert_eq!(file(name).unwrap(), built_in(name));
    }
    fs::write(book.path().join("themes/default/templates/card.html"), "mine").unwrap();
    let (code, text) = said(&["essay.html", "templates/card.html"]);
    assert!(code == Some(0) && text.contains("  templates/essay.html\n"), "{text}");
    assert!(text.contains("Left alone what is there already:\n  templates/card.html\n"), "{text}");
    assert_eq!(file("default/templates/card.html").unwrap(), b"mine");
    assert_eq!(file("default/templates/essay.html").unwrap(), built_in("default/templates/essay.html"));
    let (code, text) = said(&["essay.html", "templates/card.html"]);
    assert!(code == Some(2) && text.contains("nothing was written") && text.contains("templates/card.html"), "{text}");
    let (code, text) = said(&[]);
    assert!(code == Some(0) && text.contains("  templates/base.html\n"), "{text}");
    assert_eq!(file("default/templates/card.html").unwrap(), b"mine");
    let json: Value = {
        let output = book.run(&["theme", "eject", "style.css", "card.html", "--format", "json"]);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    assert_eq!(
        (&json["made"], &json["left"]),
        (&serde_json::json!(["assets/style.css"]), &serde_json::json!(["templates/card.html"]))
    );
    let (code, text) = said(&["something-else-altogether"]);
    assert!(code == Some(2) && text.contains("there are:\n  archive.html\n"), "{text}");
    let (code, text) = said(&["esay.html"]);
    assert!(code == Some(2) && text.contains("did you mean `essay.html`?"), "{text}");
    let (code, text) = said(&["--theme", "nothing", "essay.html"]);
    assert!(code == Some(2) && text.contains("`default` and `manual`"), "{text}");
    let (_, text) = said(&["--theme", "manual", "--into", "mine", "sidebar.html", "reply.html"]);
    assert!(text.contains("Write `theme = \"mine\"` in `book.toml`"), "{text}");
    assert_eq!(file("mine/theme.toml").unwrap(), b"extends = \"manual\"\n");
    assert_eq!(file("mine/templates/reply.html").unwrap(), built_in("default/templates/reply.html"));
    let (code, _) = said(&["--theme", "manual"]);
    assert_eq!((code, file("manual/templates/base.html").unwrap()), (Some(0), built_in("manual/templates/base.html")));
    assert!(file("manual/assets/style.css").is_err() && file("manual/templates/concept.html").is_ok());
    assert_eq!(said(&["--into", "../out", "card.html"]).0, Some(2));
}

#[test]
fn what_is_ejected_builds_the_same_site() {
    let plain = book("theme = \"manual\"", "");
    let before = tree(&plain.build_clean().path().join("public"));
    assert!(plain.run(&["theme", "eject", "style.css"]).status.success());
    assert!(plain.run(&["theme", "eject"]).status.success());
    assert_eq!(before, tree(&plain.build_clean().path().join("public")));
}

#[test]
fn theme_check_tells_of_the_theme_and_of_nothing_else() {
    let broken_link = "-- content/essays/two.md --\n+++\ntitle = \"Two\"\ndate = 2020-01-03\n+++\n[x](nowhere.md)\n";
    let good = book(
        "theme = \"mine\"",
        &format!(
            "{broken_link}-- themes/mine/templates/card.html --\n<img src=\"{{{{ page.root }}}}{{{{ asset(path=\"dot.svg\") }}}}\">\n-- themes/mine/assets/dot.svg --\n<svg/>\n"
        ),
    );
    let output = good.run(&["theme", "check"]);
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && text.contains("The theme `mine` renders all ") && !text.contains("broken-link"),
        "{text}"
    );
    assert!(!good.has("index.html"), "nothing is written");

    let bad = book(
        "[theme]\nname = \"mine\"\naccent = \"#e0a050\"\nfnt = \"system\"",
        &format!(
            "{broken_link}-- themes/mine/theme.toml --\nsumary = \"x\"\n-- themes/mine/templates/essay.html --\n{{% extends \"default/essay.html\" %}}{{% block main %}}{{{{ essay.titel }}}}{{% endblock main %}}\n-- themes/mine/templates/idle.html --\nx\n-- themes/mine/templates/card.html --\n<img src=\"{{{{ asset(path=\"dot.svg\") }}}}\">\n-- themes/mine/assets/dot.svg --\n<svg/>\n-- themes/mine/assets/idle.png --\nx\n-- themes/mine/assets/LICENCE.txt --\nx\n-- themes/mine/assets/favicon.svg --\n<svg/>\n-- themes/mine/assets/more.css --\na{{b:url(dto.svg)}}\n"
        ),
    );
    let output = bad.run(&["theme", "check"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1));
    for part in [
        "book.toml:4:10",
        "has no setting `fnt`",
        "theme.toml:1:1",
        "templates/essay.html:1:",
        "no page uses this template",
        "templates/card.html:1:11",
        "assets/idle.png",
        "no template, style sheet or script names this file",
        "did you mean `dot.svg`?",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    for silent in ["broken-link", "LICENCE", "favicon"] {
        assert!(!text.contains(silent), "{silent} is in\n{text}");
    }
}

#[test]
fn warnings_of_a_theme_can_be_denied() {
    let book = book("theme = \"mine\"", "-- themes/mine/assets/idle.png --\nx\n");
    assert_eq!(book.run(&["theme", "check"]).status.code(), Some(0));
    assert_eq!(book.run(&["theme", "check", "--deny", "warnings"]).status.code(), Some(1));
}
