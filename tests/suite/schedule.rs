//! What is due, what was missed, and the workflow that publishes it.

use std::fs;
use std::process::Output;

use serde_json::Value;

use crate::support::Book;

fn essay(name: &str, lines: &str) -> String {
    format!("-- content/essays/{name}.md --\n+++\ntitle = \"{name}\"\n{lines}\n+++\nWords.\n")
}

/// What `status` says on the first day of March 2150, and its exit code.
fn status(book: &Book) -> (Value, Option<i32>) {
    let output = book.run(&["status", "--as-of", "2150-03-01", "--format", "json"]);
    let text = String::from_utf8(output.stdout).unwrap();
    let value = serde_json::from_str(&text)
        .unwrap_or_else(|error| panic!("{error}: {text}{}", String::from_utf8_lossy(&output.stderr)));
    (value, output.status.code())
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn titles(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|entry| entry["title"].as_str().unwrap()).collect()
}

/// A book with something of everything.
fn full() -> Book {
    let reply = |id: &str, state: &str| {
        format!("[[reply]]\nid = \"mine:{id}\"\nauthor = \"Bo\"\nstate = \"{state}\"\ntext = \"Yes.\"\n")
    };
    Book::new(&format!(
        "{}{}{}{}{}-- content/replies/shown.toml --\n{}{}{}",
        essay("draft", "date = 2150-01-01\ndraft = true"),
        essay("later", "date = 2150-03-05"),
        essay("next", "date = 2150-03-02\nexpires = 2150-04-01"),
        essay("gone", "date = 2020-01-02\nexpires = 2150-02-01"),
        essay("shown", "date = 2020-01-02"),
        reply("1", "held"),
        reply("2", "shown"),
        reply("3", "held"),
    ))
}

#[test]
fn a_status_names_what_waits_and_what_comes_next() {
    let book = full();
    let (value, code) = status(&book);
    assert_eq!(code, Some(0), "{value}");
    assert_eq!(titles(&value["drafts"]), ["draft"]);
    assert_eq!(titles(&value["scheduled"]), ["next", "later"]);
    assert_eq!(titles(&value["expiring"]), ["next"]);
    assert_eq!(titles(&value["expired"]), ["gone"]);
    assert_eq!((&value["held"][0]["title"], &value["held"][0]["count"]), (&"shown".into(), &2.into()));
    assert_eq!(value["next"], "2 March 2150: \"next\" appears");
    let notes = value["notes"].to_string();
    assert!(notes.contains("nothing was published yet") && notes.contains("no workflow publishes it"), "{notes}");
    let words = said(&book.run(&["status", "--as-of", "2150-03-01"]));
    assert!(words.contains("next: 2 March 2150: \"next\" appears"), "{words}");
    assert!(words.contains("  5 March 2150  later (content/essays/later.md)"), "{words}");
    assert!(words.contains("  2  shown (content/replies/shown.toml)"), "{words}");
}

#[test]
fn a_moment_that_was_missed_is_an_error() {
    let book = Book::new(&format!(
        "{}{}{}{}-- published.toml --\n[pages]\n\"/essays/out/\" = {{ title = \"out\", from = \"content/essays/out.md\", headings = [] }}\n",
        essay("out", "date = 2020-01-02"),
        essay("missed", "date = 2150-02-28"),
        essay("today", "date = 2150-03-01"),
        essay("undated", ""),
    ));
    let (value, code) = status(&book);
    assert_eq!(code, Some(1));
    let problems = value["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 1, "{value}");
    assert!(problems[0].as_str().unwrap().starts_with("\"missed\" was due on 28 February 2150 and is not published"));
    assert_eq!(titles(&value["unpublished"]), ["undated", "today"]);
    let output = book.run(&["status", "--as-of", "2150-02-28"]);
    assert_eq!(output.status.code(), Some(0), "on the day itself it may still come: {}", said(&output));
}

#[test]
fn a_list_of_addresses_that_cannot_be_read_is_told() {
    let book =
        Book::new(&format!("{}-- published.toml --\n[pages]\n\"/a/\" = {{\n[[[\n", essay("one", "date = 2020-01-02")));
    let output = book.run(&["status"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(said(&output).contains("`throughline check` shows them"), "{}", said(&output));
}

#[test]
fn a_book_with_errors_misses_its_moments() {
    let book = Book::new(&essay("one", "date = 2020-01-02\n[extra]\n+++\n[[nowhere]]\n"));
    let (value, code) = status(&book);
    assert_eq!(code, Some(1));
    assert!(value["problems"][0].as_str().unwrap().contains("`throughline check` shows"), "{value}");
}

#[test]
fn a_workflow_runs_on_the_days_that_are_due() {
    let book = full();
    fs::create_dir(book.path().join(".git")).unwrap();
    let output = book.run(&["publish", "init", "github", "--time-zone", "America/New_York"]);
    let words = said(&output);
    assert_eq!(output.status.code(), Some(0), "{words}");
    assert!(words.contains("next on 1 February 2150 (America/New_York), \"gone\" goes"), "{words}");
    assert!(words.contains("stops the schedules of public repositories"), "that day is far: {words}");
    let file = book.path().join(".github/workflows/publish.yml");
    let text = fs::read_to_string(&file).unwrap();
    for line in ["7 5 2 3 *", "7 5 5 3 *", "7 4 1 4 *"] {
        assert!(text.contains(&format!("- cron: \"{line}\"")), "{line} is not in {text}");
    }
    assert!(text.contains("gone") && text.contains("# 1 February 2150: \"gone\" goes"), "{text}");
    assert!(!text.contains("draft"), "{text}");
    let (value, code) = status(&book);
    assert_eq!((code, &value["problems"]), (Some(0), &serde_json::json!([])), "{value}");
    fs::write(book.path().join("content/essays/new.md"), "+++\ntitle = \"New\"\ndate = 2150-03-03\n+++\nWords.\n")
        .unwrap();
    let (value, code) = status(&book);
    assert_eq!(code, Some(1), "{value}");
    let wanted = "the workflow `.github/workflows/publish.yml` does not run on 3 March 2150; \
                  run `throughline publish init github --time-zone America/New_York` again";
    assert_eq!(value["problems"], serde_json::json!([wanted]));
    assert!(book.run(&["publish", "init", "github", "--time-zone", "America/New_York"]).status.success());
    assert_eq!(status(&book).1, Some(0), "ours is renewed");
    let again = said(&book.run(&["publish", "init", "github", "--time-zone", "America/New_York"]));
    assert!(again.contains("is as it should be"), "{again}");
    fs::write(&file, text.replace("on:\n", "on: [\n")).unwrap();
    let (value, _) = status(&book);
    assert!(value["problems"][0].as_str().unwrap().contains("cannot be read"), "{value}");
}

#[test]
fn a_file_of_somebody_else_is_left_alone() {
    let book =
        Book::new(&format!("{}-- .github/workflows/publish.yml --\nname: Mine\n", essay("one", "date = 2020-01-02")));
    let output = book.run(&["publish", "init", "github"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("publish.yml` was not written by `throughline publish init`"), "{}", said(&output));
    let shown = book.run(&["publish", "init", "github", "--dry-run"]);
    assert!(shown.status.success() && said(&shown).contains("name: Publish"), "{}", said(&shown));
    assert_eq!(fs::read_to_string(book.path().join(".github/workflows/publish.yml")).unwrap(), "name: Mine\n");
    let (_, code) = status(&book);
    assert_eq!(code, Some(0), "nothing is said of a workflow that is not ours");
}

#[test]
fn a_dry_run_shows_the_workflow_and_writes_nothing() {
    let book = full();
    let output = book.run(&["publish", "init", "cloudflare", "--dry-run", "--branch", "trunk"]);
    let words = said(&output);
    assert_eq!(output.status.code(), Some(0), "{words}");
    assert!(words.contains("${{ secrets.CLOUDFLARE_API_TOKEN }}") && words.contains("publish live --yes"), "{words}");
    assert!(words.contains("branches: [\"trunk\"]") && words.contains("gh secret set CLOUDFLARE_API_TOKEN"), "{words}");
    assert!(!book.path().join(".github").exists());
}

#[test]
fn a_workflow_stands_where_its_repository_looks_for_it() {
    let outer = Book::new(
        "-- .git/HEAD --\nref: refs/heads/topic\n-- .git/refs/remotes/origin/HEAD --\nref: refs/remotes/origin/trunk\n\
         -- .git/config --\n[core]\n\turl = x\n[remote \"origin\"]\n\turl = git@gitlab.example:ada/essays.git\n\
         -- docs/book.toml --\ntitle = \"Inner\"\n-- docs/content/essays/one.md --\n+++\ntitle = \"One\"\ndate = 2150-03-02\n+++\nWords.\n",
    );
    let github = outer.run(&["-C", "docs", "publish", "init", "github", "--time-zone", "UTC"]);
    assert_eq!(github.status.code(), Some(0), "{}", said(&github));
    let text = fs::read_to_string(outer.path().join(".github/workflows/publish-docs.yml")).unwrap();
    assert!(text.contains("working-directory: \"docs\"") && text.contains("branches: [\"trunk\"]"), "{text}");
    let netlify = outer.run(&["-C", "docs", "publish", "init", "netlify", "--time-zone", "Asia/Tokyo"]);
    let words = said(&netlify);
    assert!(words.contains("--cronTimeZone \"Asia/Tokyo\" --ref trunk"), "{words}");
    assert!(words.contains("https://gitlab.example/api/v4/projects/ada%2Fessays/pipeline_schedules"), "{words}");
    assert!(words.contains("Add NETLIFY_AUTH_TOKEN under Settings"), "{words}");
    let text = fs::read_to_string(outer.path().join(".gitlab-ci.yml")).unwrap();
    assert!(text.contains("- cd \"docs\""), "{text}");
    let output = outer.run(&["-C", "docs", "status", "--as-of", "2150-03-01", "--format", "json"]);
    assert!(said(&output).contains("runs by a schedule that GitLab keeps"), "{}", said(&output));
}

#[test]
fn a_workflow_is_not_written_for_what_it_cannot_hold() {
    let book = Book::new(&essay("one", "date = 2020-01-02"));
    for (arguments, wanted) in [
        (["--branch", "a\"; rm -rf /"], "the branch `a\"; rm -rf /` cannot stand in a workflow"),
        (["--target", "nowhere"], "there is no target `nowhere` in `book.toml`; it names none"),
        (["--time-zone", "Europe/Nowhere"], "there is no time zone `Europe/Nowhere`"),
    ] {
        let output = book.run(&[&["publish", "init", "github"], arguments.as_slice()].concat());
        assert_eq!(output.status.code(), Some(2), "{wanted}");
        assert!(said(&output).contains(wanted), "{}", said(&output));
    }
    let broken = Book::new(&essay("one", "date = 2020-02-30"));
    let output = broken.run(&["publish", "init", "github"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!broken.path().join(".github").exists());
}
