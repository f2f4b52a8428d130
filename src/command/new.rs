//! `new`: a book, an essay, a concept. Overwrites nothing and asks nothing.

use std::path::Path;

use serde_json::json;

use super::short;
use crate::base::slug::slug;
use crate::cli::{New, NewEntry};
use crate::io::error::Error;
use crate::io::terminal::{Format, Terminal};
use crate::io::{clock, disk, stage};
use crate::parse::amend::new_concept;

pub(super) fn run(new: &New, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    match (&new.entry, &new.folder) {
        (Some(NewEntry::Essay { title }), _) => entry(start, terminal, "essays", title, &essay(title)),
        (Some(NewEntry::Concept { name }), _) => entry(start, terminal, "concepts", name, &new_concept(name)),
        (None, Some(folder)) => book(folder, terminal),
        (None, None) => Err(Error::Usage("say which folder the new book goes to".to_owned())),
    }
}

fn entry(start: &Path, terminal: &Terminal, folder: &str, name: &str, text: &str) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let made = slug(name);
    if made.is_empty() {
        return Err(Error::Usage(format!("`{name}` has no letter or digit to make a file name of")));
    }
    let file = format!("content/{folder}/{made}.md");
    stage::create(&root, &[(file.clone(), text.to_owned())])?;
    if terminal.format != Format::Human {
        terminal.write_out(&json!({ "made": [file] }).to_string());
    }
    terminal.say(&format!("Made {}", short(&root.join(file))));
    Ok(0)
}

fn book(folder: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let name =
        folder.file_name().map_or_else(|| "My book".to_owned(), |name| name.to_string_lossy().replace(['-', '_'], " "));
    let mut letters = name.chars();
    let title: String = letters.next().map(char::to_uppercase).into_iter().flatten().chain(letters).collect();
    let files = [
        ("book.toml", settings(&title)),
        (".gitignore", "public/\n.throughline/\n".to_owned()),
        ("content/essays/welcome.md", welcome()),
        ("content/concepts/direction.md", sample("direction", "Where a group is going, said so plainly that everybody can tell a step towards it from a step away.", "trust")),
        ("content/concepts/trust.md", sample("trust", "The readiness to rely on somebody before the result is known.", "direction")),
        ("content/series/first-steps.md", "+++\ntitle = \"First steps\"\nsummary = \"Essays to be read in order. This one shows how a series looks.\"\n+++\n\nAn essay joins a series by naming it in its front matter.\n".to_owned()),
        ("content/pages/about.md", "+++\ntitle = \"About\"\nsummary = \"Who writes here, and why.\"\n+++\n\nSay who you are and what these essays are about.\n".to_owned()),
    ];
    let files = files.map(|(name, text)| (name.to_owned(), text));
    stage::create(folder, &files)?;
    if terminal.format != Format::Human {
        let made: Vec<&String> = files.iter().map(|(name, _)| name).collect();
        terminal.write_out(&json!({ "folder": folder.display().to_string(), "made": made }).to_string());
    }
    let place = short(folder);
    // What is printed can be copied into a shell.
    let is_plain = |c: char| c.is_alphanumeric() || "-_./~".contains(c);
    let named = if place.chars().all(is_plain) { place.clone() } else { format!("'{}'", place.replace('\'', "'\\''")) };
    terminal.say(&format!(
        "Made a book in {place}\n  throughline -C {named} serve --open\n  throughline -C {named} new essay \"My first essay\""
    ));
    Ok(0)
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn settings(title: &str) -> String {
    format!(
        "title = {}            # the name of the book\nauthor = \"\"                 # who writes it\n\
         summary = \"Essays on leading and managing.\"  # one sentence for the front page\n\
         language = \"en\"             # language of the essays\n\
         # base_url = \"https://example.org/\"  # where the site will be published\n\
         # [theme]                   # its look; below this, lines such as name = \"default\" and accent = \"#1d5fbf\"\n",
        quoted(title)
    )
    .replace("author = \"\"                 # who writes it", "author = \"A writer\"         # who writes it")
}

fn essay(title: &str) -> String {
    format!(
        "+++\ntitle = {}\ndate = {}\nsummary = \"\"\nconcepts = []\ndraft = true\n+++\n\n",
        quoted(title),
        clock::today()
    )
    .replace("summary = \"\"\n", "")
}

fn sample(title: &str, summary: &str, related: &str) -> String {
    format!("+++\ntitle = \"{title}\"\nsummary = \"{summary}\"\nrelated = [\"{related}\"]\n+++\n")
}

fn welcome() -> String {
    format!(
        "+++\ntitle = \"Welcome\"\ndate = {}\nsummary = \"What a book of essays can do, shown in one of them.\"\n\
         concepts = [\"direction\", \"trust\"]\nseries = \"First steps\"\npart = 1\nstart = true\n+++\n\n\
         This is an essay. It is a Markdown file with a few lines of settings above it, and it stands in `content/essays/`.\n\n\
         A group that knows its direction needs fewer orders. The word *direction* is a concept of this book: it has a page of its\n\
         own that quotes each sentence in which it stands, and the first use in each section leads there. So does trust, which\n\
         grows wherever direction is kept.\n\n## What to do next\n\n\
         Write `throughline new essay \"My first essay\"`, open the new file and write. When you no longer need this\n\
         page, delete it. Trust that nothing else depends on it.\n",
        clock::today()
    )
}
