//! Moving here: what other programs write, in front matter, settings and texts, gets the word that stands for it here.

use std::fs;

use crate::slips::{assert_each, body, essay, file, findings};
use crate::support::{Book, ESSAY};

/// An essay in YAML with these lines.
fn yaml(lines: &str) -> String {
    essay(&format!("---\ntitle: One\ndate: 2020-01-02\n{lines}\n---\nText."))
}

#[test]
fn dates_of_other_programs_are_dates() {
    for date in [
        "2021-04-05 10:00:00 +0200",
        "2021-04-05 10:00:00 +02:00",
        "2021-04-05T10:00:00+02:00",
        "2021-04-05 10:00 UTC",
        "2021/04/05 10:00:00",
        "\"2021-04-05 10:00:00 -0700\"",
    ] {
        let book = Book::new(&essay(&format!("---\ntitle: One\ndate: {date}\n---\nText.")));
        book.build_clean();
        assert!(book.read("essays/one/index.html").contains("5 April 2021"), "{date}");
    }
}

#[test]
fn a_wrong_date_is_one_finding_under_a_pattern_with_dates_too() {
    let settings = file("book.toml", "title = \"T\"\n[urls]\nessay = \"/{year}/{slug}/\"");
    assert_each(&[
        (
            format!("{settings}{}", essay("---\ntitle: One\ndate: someday\n---\nText.")),
            "bad-date: `someday` is not a date",
        ),
        (
            format!("{settings}{}", essay("---\ntitle: One\n---\nText.")),
            "bad-address: `[urls]` makes the address of an essay from its date, and this essay has none | add a line such as `date: 2021-03-02`",
        ),
        (
            format!("{settings}{}", essay("+++\ntitle = \"One\"\n+++\nText.")),
            "this essay has none | add a line such as `date = 2021-03-02`",
        ),
    ]);
    let draft = format!("{settings}{}", essay("---\ntitle: One\ndraft: true\n---\nText."));
    assert_eq!(findings(&draft), [] as [&str; 0], "a draft has no address");
}

#[test]
fn keys_of_other_programs_get_the_word_that_stands_for_them_here() {
    let to = |key: &str, line: &str| (yaml(line), format!("| did you mean `{key}`?"));
    let mut cases = vec![
        to("aliases", "redirect_from: [/old/]"),
        to("slug", "permalink: one"),
        to("concepts", "categories: [trust]"),
        to("summary", "description: X"),
        to("summary", "subtitle: X"),
        to("summary", "excerpt: X"),
        to("updated", "lastmod: 2021-01-01"),
        to("updated", "modified: 2021-01-01"),
        to("updated", "last_modified_at: 2021-01-01"),
        to("image", "cover: a.png"),
        to("image", "featured_image: a.png"),
        to("image", "thumbnail: a.png"),
        (
            yaml("permalink: /2020/one/"),
            "let `[urls]` in `book.toml` make such addresses, or name it under `aliases`".to_owned(),
        ),
        (yaml("url: /2020/one/"), "or name it under `aliases`".to_owned()),
        (yaml("published: false"), "| write `draft: true`".to_owned()),
        (yaml("published: true"), "| take it out: what is no `draft` is published".to_owned()),
        (yaml("author: Ada"), "| write `author` in `book.toml`, for the whole book".to_owned()),
        (essay("---\ntitle: One\npublishDate: 2020-01-02\n---\nText."), "| did you mean `date`?".to_owned()),
        (
            essay("+++\ntitle = \"One\"\ndate = 2020-01-02\npublished = false\n+++\nText."),
            "| write `draft = true`".to_owned(),
        ),
    ];
    for key in ["layout: post", "weight: 3", "toc: true", "comments: false"] {
        cases.push((yaml(key), "| leave it out, or put it under `extra`".to_owned()));
    }
    let cases: Vec<(String, &str)> = cases.iter().map(|(files, wanted)| (files.clone(), wanted.as_str())).collect();
    assert_each(&cases);
}

#[test]
fn no_key_of_another_program_is_renamed_without_being_asked() {
    let book = Book::new(&yaml("redirect_from: [/old/]\npublished: false"));
    let before = fs::read_to_string(book.path().join("content/essays/one.md")).unwrap();
    assert!(!book.run(&["check", "--fix"]).status.success());
    assert_eq!(fs::read_to_string(book.path().join("content/essays/one.md")).unwrap(), before);
}

#[test]
fn syntax_of_other_programs_is_not_published_without_a_word() {
    assert_each(&[
        (
            body("{% highlight ruby %}\nx = {{ y }}\n{% endhighlight %}"),
            "foreign-syntax: `{% highlight ruby %}` is written for another program, and would be shown as these words | write the code",
        ),
        (body("{{< figure src=\"a.png\" >}}"), "foreign-syntax: `{{< figure src=\"a.png\" >}}`"),
        (body("{{% note %}}\nText.\n{{% /note %}}"), "| write `> [!NOTE]`"),
        (body("About {{ site.title }}."), "| write what it stands for: texts are no templates here"),
        (body("Words.\n{:.lead}"), "foreign-syntax: `{:.lead}`"),
        (body("See [this]({% post_url 2020-01-02-x %})."), "| write a link to the file"),
        (body("- one\n\n  {% include a.html\n  b=\"c\" %}"), "foreign-syntax: `{% include a.html b=\"c\" %}`"),
    ]);
}

#[test]
fn code_formulas_and_braces_are_no_foreign_syntax() {
    for text in [
        "`{% include x %}` and ``{{ y }}``",
        "```text\n{{< figure >}}\n```",
        "    {% raw %}",
        "$\\frac{{a}}{{b}}$",
        "<!-- {% comment %} -->",
        "## Words {#id}",
        "A set {a, b}, {} and {{}} and {: } and {%}.",
    ] {
        assert_eq!(findings(&body(text)), [] as [&str; 0], "{text}");
    }
}

#[test]
fn a_pattern_is_corrected_to_that_of_its_own_kind() {
    let urls = |line: &str| file("book.toml", &format!("title = \"T\"\n[urls]\n{line}")) + &body("Text.");
    assert_each(&[
        (urls("concept = \"ideas\""), "| write it as `\"/concepts/{slug}/\"`"),
        (urls("series = \"ideas\""), "| write it as `\"/series/{slug}/\"`"),
        (urls("page = \"ideas\""), "| write it as `\"/{path}/\"`"),
        (urls("essay = \"ideas\""), "| write it as `\"/essays/{slug}/\"`"),
    ]);
}

#[test]
fn a_user_in_an_address_is_refused_and_shown_nowhere() {
    for line in
        ["base_url = \"https://user:secretpw@example.org\"", "profiles = [\"https://user:secretpw@example.org/\"]"]
    {
        let book = Book::new(&(file("book.toml", &format!("title = \"T\"\n{line}")) + &body("Text.")));
        for format in ["human", "json", "sarif"] {
            let output = book.run(&["build", "--format", format]);
            let said = [output.stdout, output.stderr].concat();
            let said = String::from_utf8(said).unwrap();
            assert!(!output.status.success() && !said.contains("secretpw"), "{said}");
            assert!(said.contains("holds a user name or a password, which every reader would see"), "{said}");
        }
    }
    let book = Book::new(&body("Text."));
    let output = book.run(&["build", "--base-url", "https://user:secretpw@example.org"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(!said.contains("secretpw") && said.contains("`--base-url` holds a user name or a password"), "{said}");
}

#[test]
fn an_address_of_the_site_is_told_as_browsers_send_it() {
    let at = |url: &str| file("book.toml", &format!("title = \"T\"\nbase_url = \"{url}\"")) + &body("Text.");
    assert_each(&[
        (at("https://b\u{fc}cher.example/"), "| write `https://xn--bcher-kva.example/`"),
        (
            at("https://e.org/a?b"),
            "`base_url` ends before `?` and `#`: the addresses of pages follow behind it | write `https://e.org/a/`",
        ),
        (at("https://e.org/#top"), "| write `https://e.org/`"),
    ]);
}

#[test]
fn a_picture_that_others_do_not_show_is_named_and_left_out() {
    let fake = file("content/static/fake.png", "no picture");
    let svg = file("content/static/a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>");
    let of_book = |name: &str| {
        file("book.toml", &format!("title = \"T\"\nbase_url = \"https://e.org\"\nimage = \"static/{name}\""))
    };
    let own = ESSAY.replacen("date", "image = \"/a.svg\"\ndate", 1) + "Text.";
    assert_each(&[
        (
            of_book("fake.png") + &fake + &body("Text."),
            "bad-image: `content/static/fake.png` is not an image that browsers know | save it as PNG, JPEG or WebP, and name that file",
        ),
        (
            of_book("a.svg") + &svg + &body("Text."),
            "bad-image: `content/static/a.svg` is not shown where the page is shared",
        ),
        (svg.clone() + &essay(&own), "bad-image: `content/static/a.svg` is not shown where the page is shared"),
        (fake.clone() + &body("![A ship](/fake.png)"), "| save it again as PNG, JPEG, WebP or SVG"),
    ]);
    let book = Book::new(&(of_book("fake.png") + &fake + &body("Text.")));
    book.build();
    assert!(!book.read("essays/one/index.html").contains("og:image"));
}

#[test]
fn an_alias_that_is_the_address_itself_is_a_warning() {
    let files = file("book.toml", "title = \"T\"\n[urls]\nessay = \"/{year}/{month}/{day}/{slug}.html\"")
        + &essay(
            "+++\ntitle = \"One\"\ndate = 2021-03-02\naliases = [\"/2021/03/02/one.html\", \"/old/\"]\n+++\nText.",
        );
    assert_each(&[(
        files.clone(),
        "duplicate-route: `/2021/03/02/one.html` is the address of this page already | take it out",
    )]);
    let book = Book::new(&files);
    assert!(book.run(&["build"]).status.success());
    assert!(book.has("old/index.html") && book.read("2021/03/02/one.html").contains("Text."));
}

#[test]
fn files_of_secrets_are_not_published() {
    for name in [".env", ".env.local", "id_rsa", "deep/server.pem", ".npmrc", ".htpasswd"] {
        let files = file(&format!("content/static/{name}"), "SECRET=1") + &body("Text.");
        assert_each(&[(
            files.clone(),
            "stray-file: this file looks like one that holds a secret, and is not published",
        )]);
        let book = Book::new(&files);
        book.build();
        assert!(!book.has(name), "{name}");
    }
    let files = file("content/static/.well-known/security.txt", "Contact: x")
        + &file("content/static/.nojekyll", "")
        + &body("Text.");
    let book = Book::new(&files);
    book.build_clean();
    assert!(book.has(".well-known/security.txt") && book.has(".nojekyll"));
}

#[test]
fn days_of_a_reply_need_no_quotes() {
    let replies = "[[reply]]\nid = \"own:1\"\nauthor = \"Ada\"\ntext = \"Yes.\"\nbetween = [2020-11-21, 2021-11-20]";
    let book = Book::new(&(body("Text.") + &file("content/replies/one.toml", replies)));
    book.build_clean();
    assert!(book.read("essays/one/index.html").contains("Yes."));
}

#[test]
fn one_run_of_the_fixer_keeps_every_address_after_a_change_of_the_pattern() {
    let files = essay("+++\ntitle = \"One\"\ndate = 2021-03-02\n\n[extra]\na = 1\n+++\nText.")
        + &file("content/essays/two.md", "---\ntitle: Two\ndate: 2021-03-02\naliases:\n  - /even-older/\n---\nText.")
        + &file(
            "content/essays/three.md",
            "+++\ntitle = \"Three\"\ndate = 2021-03-02\naliases = [\n  \"/3/\", # first\n]\n+++\nText.",
        )
        + "-- published.toml --\n[pages]\n\
           \"/essays/one/\" = { title = \"One\", from = \"content/essays/one.md\", since = 2021-03-03 }\n\
           \"/blog/one/\" = { title = \"One\", from = \"content/essays/one.md\", since = 2021-03-03 }\n\
           \"/essays/two/\" = { title = \"Two\", from = \"content/essays/two.md\", since = 2021-03-03 }\n\
           \"/essays/three/\" = { title = \"Three\", from = \"content/essays/three.md\", since = 2021-03-03 }\n\
           \"/essays/gone/\" = { title = \"Two\", since = 2021-03-03 }\n";
    let book = Book::new(&(file("book.toml", "title = \"T\"\n[urls]\nessay = \"/{year}/{slug}/\"") + &files));
    let output = book.run(&["check", "--fix", "--as-of", "2026-01-01"]);
    let said = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    assert!(said.contains("Mended 4 findings in 3 files."), "{said}");
    let read = |name: &str| fs::read_to_string(book.path().join(format!("content/essays/{name}.md"))).unwrap();
    let one = read("one");
    assert!(one.contains("date = 2021-03-02\naliases = [\"/essays/one/\", \"/blog/one/\"]\n\n[extra]"), "{one}");
    assert!(read("two").contains("  - /even-older/\n  - \"/essays/two/\"\n---"), "{}", read("two"));
    assert!(read("three").contains("\"/3/\", \"/essays/three/\", # first"), "{}", read("three"));
    let report = book.build();
    assert_eq!(report.matches("error[lost-address]").count(), 1, "a guess is left to its author:\n{report}");
    assert!(report.contains("/essays/gone/"), "{report}");
}
