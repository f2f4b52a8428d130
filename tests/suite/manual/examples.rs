//! Examples that are parts of a book: put into the sample book, each in the place where it can stand.

use std::collections::{BTreeMap, BTreeSet};

use throughline::build::build;
use throughline::{Snapshot, theme};

use super::Outcome;
use crate::support::manual::{Block, root};
use crate::support::tree;

/// Files that take the place of those of the sample book.
type Files = BTreeMap<String, String>;

/// The essay of the sample book whose text an example takes the place of.
const ESSAY: &str = "content/essays/example.md";

/// Where whole files stand: nothing else in the sample book names this one, so it may be a draft.
const ANOTHER: &str = "content/essays/another.md";

/// Tries an example of this kind.
pub(crate) fn tried(kind: &str, block: &Block) -> Result<Outcome, String> {
    let candidates = match kind {
        "toml" => of_toml(block),
        "yaml" => of_yaml(block),
        "markdown" | "md" => of_markdown(block),
        "html" if is_template(&block.text) => of_template(block),
        "html" => {
            let problem = html_problem(&block.text);
            if let (Some(problem), None) = (&problem, block.mistake()) {
                return Err(problem.clone());
            }
            if block.mistake().is_none() {
                return Ok(Outcome::Good(1));
            }
            of_markdown(block)
        }
        "css" => {
            let style = ("themes/mine/assets/mine.css".to_owned(), block.text.clone());
            let mut files = Files::from([with_theme(""), style]);
            files.extend(fonts());
            vec![files]
        }
        "xml" => return xml_problem(&block.text).map_or(Ok(Outcome::Good(1)), Err),
        other => {
            return Err(format!(
                "nobody tries a block of the kind `{other}`: name another, or teach tests/suite/manual"
            ));
        }
    };
    if kind == "css" && block.text.matches('{').count() != block.text.matches('}').count() {
        return Err("its braces do not match".to_owned());
    }
    let mut nearest: Option<Vec<(String, String)>> = None;
    let mut is_good = false;
    for files in &candidates {
        let found = findings(files);
        let is_mistake = block.mistake().is_some_and(|code| found.iter().all(|(other, _)| other == code));
        if found.is_empty() {
            is_good = true;
            // Another reading of it may make the mistake that the page is about.
            if block.mistake().is_none() || is_setting_of_level(block) {
                return Ok(Outcome::Good(1));
            }
        } else if is_mistake {
            return Ok(Outcome::Mistake);
        }
        if nearest.as_ref().is_none_or(|nearest| found.len() < nearest.len()) {
            nearest = Some(found);
        }
    }
    if is_good {
        return Ok(Outcome::Good(1));
    }
    let found: Vec<String> =
        nearest.unwrap_or_default().into_iter().map(|(code, message)| format!("  {code}: {message}")).collect();
    Err(format!("it is no good in any place where it could stand; at best:\n{}", found.join("\n")))
}

fn is_setting_of_level(block: &Block) -> bool {
    block.text.starts_with("[check]")
}

/// What is found in the sample book with these files: codes with their messages.
pub(crate) fn findings(files: &Files) -> Vec<(String, String)> {
    let book = root().join("tests/books/manual");
    let mut all: BTreeMap<String, Vec<u8>> =
        tree(&book.join("content")).into_iter().map(|(name, bytes)| (format!("content/{name}"), bytes)).collect();
    let mut settings = std::fs::read_to_string(book.join("book.toml")).unwrap();
    for (path, text) in files {
        if path == "book.toml" {
            settings.clone_from(text);
        } else {
            all.insert(path.clone(), text.clone().into_bytes());
        }
    }
    let given = all.iter().map(|(path, bytes)| (path.as_str(), bytes));
    let (snapshot, found) = Snapshot::from_texts(&settings, given, jiff::civil::date(2027, 1, 1));
    let report = build(&snapshot, found).report;
    let name = |found: &throughline::base::diagnostic::Diagnostic| {
        let place = found.span.as_ref().map_or("", |span| span.path.as_str());
        (found.code.name().to_owned(), format!("{place}: {}", found.message))
    };
    report.diagnostics.iter().map(name).collect()
}

fn has_key(text: &str, key: &str) -> bool {
    text.lines().take_while(|line| !line.starts_with('[')).any(|line| line.starts_with(&format!("{key} =")))
}

/// What the file of an example needs besides it.
fn completed(text: &str, lines: &[(&str, &str)]) -> String {
    let missing: String =
        lines.iter().filter(|(key, _)| !has_key(text, key)).map(|(_, line)| format!("{line}\n")).collect();
    format!("{missing}{text}")
}

fn of_toml(block: &Block) -> Vec<Files> {
    let text = &block.text;
    let file = |path: &str, text: String| Files::from([(path.to_owned(), text)]);
    if text.contains("[[reply]]") || text.contains("[[thread]]") {
        return vec![file("content/replies/trust.toml", text.clone())];
    }
    if text.contains("[pages]") || text.starts_with("\"/") {
        let head = if text.contains("[pages]") { "" } else { "[pages]\n" };
        return vec![file("published.toml", format!("{head}{text}"))];
    }
    let is_theme = text.contains("[settings.") || text.contains("extends = ");
    if is_theme {
        let mut files = Files::from([with_theme(""), ("themes/mine/theme.toml".to_owned(), text.clone())]);
        files.extend(fonts());
        return vec![files];
    }
    let settings = || {
        let mut files = file("book.toml", completed(text, &[("title", "title = \"On Watch\"")]));
        if block.mistake().is_none() {
            files.insert("themes/mine/assets/mine.css".to_owned(), String::new());
        }
        files
    };
    // Front matter has no other table than `[extra]`.
    let has_table = text.lines().any(|line| line.starts_with('[') && line != "[extra]");
    if has_table || block.before.contains("`book.toml`") || text.starts_with("# book.toml") {
        return vec![settings()];
    }
    let mut all = vec![settings()];
    let title = ("title", "title = \"Another\"");
    let date = ("date", "date = 2022-01-01");
    let mut fronts = vec![
        (ANOTHER, completed(text, &[title, date])),
        ("content/concepts/trust.md", completed(text, &[("title", "title = \"trust\"")])),
        ("content/series/example.md", completed(text, &[title])),
        ("content/pages/example.md", completed(text, &[title])),
    ];
    if block.mistake().is_some() {
        fronts.push((ANOTHER, text.clone()));
    }
    all.extend(fronts.into_iter().map(|(path, front)| file(path, format!("+++\n{front}+++\n\nText.\n"))));
    all.push(file("content/replies/trust.toml", format!("[[reply]]\nid = \"json:1\"\ntext = \"Yes.\"\n{text}")));
    all
}

/// The files of a font that an example brings along.
fn fonts() -> impl Iterator<Item = (String, String)> {
    ["plex.css", "plex-roman.woff2"].into_iter().map(|name| (format!("themes/mine/assets/{name}"), String::new()))
}

fn of_yaml(block: &Block) -> Vec<Files> {
    let text = block.text.trim_start_matches("---\n").trim_end_matches("---\n");
    let has = |key: &str| text.lines().any(|line| line.starts_with(&format!("{key}:")));
    let title = if has("title") { "" } else { "title: Another\n" };
    let date = if has("date") { "" } else { "date: 2022-01-01\n" };
    let file =
        |path: &str, date: &str| Files::from([(path.to_owned(), format!("---\n{title}{date}{text}---\n\nText.\n"))]);
    vec![file(ANOTHER, date), file("content/concepts/example.md", ""), file("content/pages/example.md", "")]
}

fn of_markdown(block: &Block) -> Vec<Files> {
    let text = &block.text;
    let named = block.before.split('`').skip(1).step_by(2).find(|name| name.starts_with("content/"));
    if text.starts_with("+++") || text.starts_with("---\n") {
        let folders = ["essays", "concepts", "series", "pages"];
        let all = folders.map(|folder| format!("content/{folder}/another.md"));
        let paths = named.map_or_else(|| all.to_vec(), |path| vec![path.to_owned()]);
        return paths.into_iter().map(|path| Files::from([(path, text.clone())])).collect();
    }
    let whole = format!("+++\ntitle = \"Example\"\ndate = 2022-01-01\n+++\n\n{text}");
    vec![Files::from([(ESSAY.to_owned(), whole)])]
}

fn is_template(text: &str) -> bool {
    text.contains("{%") || text.contains("{{")
}

/// The settings of the sample book with a theme of its own, whose other template is this one.
fn with_theme(table: &str) -> (String, String) {
    let book = std::fs::read_to_string(root().join("tests/books/manual/book.toml")).unwrap();
    ("book.toml".to_owned(), format!("theme = \"mine\"\n{book}{table}"))
}

fn of_template(block: &Block) -> Vec<Files> {
    let text = &block.text;
    let files = theme::builtin::names().into_iter().flat_map(theme::builtin::files);
    let known: BTreeSet<String> =
        files.filter_map(|(name, _)| name.strip_prefix("templates/")).map(str::to_owned).collect();
    let style = || ("themes/mine/assets/mine.css".to_owned(), String::new());
    let file = |name: &str, text: String| {
        Files::from([with_theme(""), style(), (format!("themes/mine/templates/{name}"), text)])
    };
    let extended = text.split("extends \"").nth(1).and_then(|rest| rest.split('"').next());
    let extended = extended.map(|name| name.rsplit('/').next().unwrap_or(name));
    let named = |words: &str| {
        let words = words.split(|c: char| !(c.is_ascii_lowercase() || matches!(c, '.' | '-')));
        words.filter(|word| known.contains(*word)).map(str::to_owned).next()
    };
    let first = text.lines().next().filter(|line| line.starts_with("{#")).and_then(named);
    if let Some(name) = first.or_else(|| named(&block.before)) {
        return vec![file(&name, text.clone())];
    }
    if let Some(name) = extended {
        let is_page = known.contains(name) && name != "base.html";
        let names = if is_page { vec![name.to_owned()] } else { page_templates(&known) };
        return names.iter().map(|name| file(name, text.clone())).collect();
    }
    let whole =
        |name: &String| format!("{{% extends \"default/{name}\" %}}{{% block main %}}{text}{{% endblock main %}}");
    page_templates(&known).iter().map(|name| file(name, whole(name))).collect()
}

/// Templates of pages, the page of an essay first, because most examples speak of it.
fn page_templates(known: &BTreeSet<String>) -> Vec<String> {
    let pages = ["essay", "home", "concept", "concepts", "archive", "series", "page", "replies", "missing"];
    let names: Vec<String> = pages.iter().map(|page| format!("{page}.html")).collect();
    assert!(names.iter().all(|name| known.contains(name)), "{names:?}");
    names
}

fn html_problem(text: &str) -> Option<String> {
    html5gum::Tokenizer::new(text).flatten().find_map(|token| match token {
        html5gum::Token::Error(error) => Some(format!("this is no good HTML: {}", error.value)),
        _ => None,
    })
}

fn xml_problem(text: &str) -> Option<String> {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return None,
            Ok(_) => {}
            Err(error) => return Some(format!("this is no XML: {error}")),
        }
    }
}
