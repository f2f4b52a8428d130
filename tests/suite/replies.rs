//! Replies of readers on the pages of the site.

use crate::support::{Book, ESSAY};

fn book(replies: &str) -> Book {
    Book::new(&format!(
        "-- content/essays/one.md --\n{ESSAY}Trust arrives on foot. It leaves on horseback.\n\nMore.\n-- content/concepts/trust.md --\n+++\ntitle = \"trust\"\n+++\n-- content/replies/one.toml --\n{replies}\n"
    ))
}

fn reply(id: &str, more: &str) -> String {
    format!("[[reply]]\nid = \"disqus:{id}\"\ntext = \"Words of {id}.\"\n{more}\n")
}

#[test]
fn a_reply_says_who_where_and_when_as_precisely_as_known() {
    let html = book(concat!(
        "[[thread]]\nsource = \"linkedin\"\naddress = \"https://example.org/post\"\n",
        "[[reply]]\nid = \"linkedin:1\"\nauthor = \"Ada Quill\"\nheadline = \"Pilot\"\ndate = 2021-03-02T07:00:00Z\nby_author = true\n",
        "edited = true\naddress = \"https://example.org/post#1\"\ntext = \"I *agree*.\"\npassage = \"It leaves on horseback.\"\n",
        "[[reply]]\nid = \"linkedin:2\"\nage = \"4 y\"\nbetween = [\"2020-03-02\", \"2021-03-01\"]\ntext = \"Perhaps.\"\n",
        "[[reply]]\nid = \"linkedin:3\"\nage = \"4 y\"\ntext = \"No.\"\n",
    ))
    .build_clean()
    .read("essays/one/index.html");
    for part in [
        "<span class=\"p-name\">Ada Quill</span>",
        "<span class=\"badge\">author</span>",
        " · via LinkedIn",
        "<time class=\"dt-published\" datetime=\"2021-03-02\">2 March 2021</time>",
        " · edited",
        "<p>I <em>agree</em>.</p>",
        "<a href=\"../../essays/one/#p-trust-arrives-on-foot-it\">It leaves on horseback.</a>",
        "<span class=\"p-name\">A reader</span>",
        "about 2020",
        "Continue on <a href=\"https://example.org/post\">LinkedIn</a>",
        "../../replies/#removal\">Ask for removal</a>",
    ] {
        assert!(html.contains(part), "{part} is not in\n{html}");
    }
    assert!(!html.contains("Pilot") && !html.contains("4 y"), "no headline and no age unless asked for: {html}");
}

#[test]
fn answers_stand_under_what_they_answer_and_deep_ones_say_whom() {
    let answer = |id: &str, parent: &str, day: &str| {
        reply(id, &format!("author = \"Name {id}\"\nparent = \"disqus:{parent}\"\ndate = {day}"))
    };
    let html = book(&format!(
        "{}{}{}{}{}",
        reply("late", "date = 2022-01-01"),
        answer("d", "c", "2021-01-04"),
        answer("c", "b", "2021-01-03"),
        answer("b", "early", "2021-01-02"),
        reply("early", "date = 2021-01-01")
    ))
    .build_clean()
    .read("essays/one/index.html");
    let place = |id: &str| html.find(&format!("Words of {id}.")).unwrap_or_else(|| panic!("{id}"));
    let order = ["early", "b", "c", "d", "late"].map(place);
    assert!(order.is_sorted(), "{order:?}");
    assert_eq!((html.matches("depth-2").count(), html.matches("depth-3").count()), (1, 2));
    assert!(html.contains(" · to <a href=\"../../essays/one/#reply-") && html.contains(">Name c</a>"), "{html}");
}

#[test]
fn words_that_are_not_to_be_shown_are_in_no_file_of_the_site() {
    let book = book(&format!(
        "{}{}{}{}{}",
        reply("held", "state = \"held\""),
        reply("spam", "at_source = \"spam\""),
        reply("private", "at_source = \"private\"\nstate = \"shown\""),
        reply("gap", "state = \"hidden\""),
        reply("answer", "parent = \"disqus:gap\"")
    ));
    book.build_clean();
    for (file, bytes) in crate::support::tree(&book.path().join("public")) {
        let text = String::from_utf8_lossy(&bytes);
        for word in ["held", "spam", "private", "gap"] {
            assert!(!text.contains(&format!("Words of {word}")), "{word} is in {file}");
        }
    }
    let html = book.read("essays/one/index.html");
    assert!(html.contains("A reply that is not shown") && html.contains("Words of answer"), "{html}");
}

#[test]
fn settings_decide_what_is_shown_of_names_and_what_waits() {
    let text = "[[reply]]\nid = \"disqus:1\"\nauthor = \"Ada Quill\"\nheadline = \"Pilot\"\ntext = \"Yes.\"\n";
    for (settings, wanted) in [
        ("names = \"initials\"\nheadlines = true", Some("A. Q.</span></span>, Pilot")),
        ("names = \"first\"", Some(">Ada<")),
        ("names = \"none\"", Some(">A reader<")),
        ("import_as = \"held\"", None),
    ] {
        let book = Book::new(&format!(
            "-- book.toml --\ntitle = \"T\"\n[replies]\n{settings}\n-- content/essays/one.md --\n{ESSAY}Text.\n-- content/replies/one.toml --\n{text}"
        ));
        let html = book.build_clean().read("essays/one/index.html");
        match wanted {
            Some(part) => assert!(html.contains(part), "{settings}: {html}"),
            None => assert!(!html.contains("Yes.") && !book.has("replies/index.html"), "{settings}"),
        }
    }
}

#[test]
fn more_than_eight_fold_at_the_beginning_of_a_thread() {
    let many: String = (0..12)
        .map(|at| match at {
            8 => reply("8", "parent = \"disqus:7\"\ndate = 2021-01-09"),
            _ => reply(&at.to_string(), &format!("date = 2021-01-{:02}", at + 1)),
        })
        .collect();
    let html = book(&many).build_clean().read("essays/one/index.html");
    let fold = html.find("<summary>3 more</summary>").expect("a fold");
    assert!(html.find("Words of 8.").unwrap() < fold && fold < html.find("Words of 9.").unwrap());
}

#[test]
fn replies_have_a_page_of_their_own_and_stand_on_the_pages_of_concepts() {
    let book = book("[[reply]]\nid = \"disqus:1\"\nauthor = \"Ada\"\ntext = \"So little trust here. None.\"\n");
    let page = book.build_clean().read("replies/index.html");
    assert!(page.contains("So little trust here.") && page.contains("id=\"removal\""), "{page}");
    let concept = book.read("concepts/trust/index.html");
    assert!(concept.contains("In replies") && concept.contains("So little <mark>trust</mark> here."), "{concept}");
    assert!(book.read("index.html").contains("href=\"./replies/\""));
}

#[test]
fn circles_and_lost_passages_are_named_and_lose_nothing() {
    let book = book(&format!(
        "{}{}{}",
        reply("a", "parent = \"disqus:b\""),
        reply("b", "parent = \"disqus:a\""),
        reply("c", "passage = \"The essay never said this.\"")
    ));
    let report = book.build();
    assert!(report.contains("note[lost-parent]") && report.contains("warning[lost-passage]"), "{report}");
    let html = book.read("essays/one/index.html");
    assert!(["a", "b", "c"].iter().all(|id| html.contains(&format!("Words of {id}."))), "{html}");
}
