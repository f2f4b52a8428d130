//! `import page`: a page copied from a browser becomes an essay and the replies under it.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::import::{BookDesk, essays_of, input_of, language, say, say_diffs, to_json};
use super::replies::forgotten;
use crate::base::slug::slug;
use crate::cli;
use crate::import::foreign::{ForeignThread, Harvest};
use crate::import::input::Part;
use crate::import::linkedin_paste::{self, Page, read_page_in};
use crate::import::matching::{Essay, Match};
use crate::import::page::{account, essay_file, role_word};
use crate::import::record::Circumstances;
use crate::import::run::{Desk, Importer, Wishes, key_of, refuse_orphan};
use crate::import::{linkedin_page, medium};
use crate::io::error::Error;
use crate::io::terminal::{Format, Terminal};
use crate::io::{archive, disk};
use crate::model::thread::State;

pub(super) fn run(options: &cli::ImportPage, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let contents =
        if options.file == Path::new("-") { archive::standard_input()? } else { archive::open(&options.file)? };
    let input = input_of(contents);
    let part = input.single().ok_or_else(|| usage(options, "is an archive or a folder; a single page is wanted"))?;
    let (page, source, what) = page_of(part, options)?;
    let name = slug(&page.title);
    if name.is_empty() {
        return Err(usage(options, "has no line that could be the title; for replies alone, use `import replies`"));
    }
    let (essays, book) = essays_of(&root)?;
    let thread = thread_of(&page);
    let key = key_of(&thread);
    let found = essays.having(source, &key).or_else(|| match essays.of_thread(&thread) {
        Match::One(at, _) => Some(at),
        _ => None,
    });
    let is_new = found.is_none();
    let essays = if is_new {
        let text = page.paragraphs.join("\n");
        essays.with(Essay {
            name: name.clone(),
            title: page.title.clone(),
            slug: name.clone(),
            text,
            ..Essay::default()
        })
    } else {
        essays
    };
    let at = found.unwrap_or(essays.list().len() - 1);
    // Before anything is written: an essay without its replies is not what was asked for.
    refuse_orphan(&essays, source, &key).map_err(Error::Import)?;
    let mut desk = BookDesk { root: root.clone(), is_dry: options.dry_run, asks: false, changed: BTreeMap::new() };
    let file = format!("content/essays/{name}.md");
    if is_new && desk.read(&file).map_err(Error::Import)?.is_some() {
        return Err(Error::Exists(root.join(file)));
    }
    if is_new {
        desk.write(&file, &essay_file(&page)).map_err(Error::Import)?;
    }
    let wishes = Wishes {
        source: source.to_owned(),
        essay: Some(at),
        given: Circumstances { captured: options.captured, author: book.author },
        forgotten: forgotten(&root)?,
        holds: book.replies.import_as == State::Held,
        ..Wishes::default()
    };
    let mut importer = Importer::new(&mut desk, &essays, wishes);
    importer.thread(thread);
    for number in &page.ambiguous {
        importer.left(format!("line {number}"), linkedin_paste::AMBIGUOUS.to_owned());
    }
    let (summary, failure) = importer.finish();
    if terminal.format == Format::Human {
        if options.dry_run {
            say_diffs(&desk, terminal)?;
        }
        let text = if page.roles.is_empty() { String::new() } else { part.text().unwrap_or_default() };
        say_page(&page, &text, options.captured.is_some(), terminal);
        if is_new {
            terminal.say(&format!("\u{201c}{}\u{201d} -> {file}", page.title));
        } else {
            let title = &essays.list()[at].title;
            terminal.say(&format!("\u{201c}{title}\u{201d} exists already and is left alone; its replies come in"));
        }
        say(what, &summary, options.dry_run, terminal);
        if is_new && !options.dry_run {
            terminal.say(&next_steps(&page, &file));
        }
    } else {
        let mut value = to_json(source, &summary);
        value["essay"] = if is_new { Value::from(file) } else { Value::Null };
        value["lines"] = lines_json(&page);
        terminal.write_out(&value.to_string());
    }
    match failure {
        Some(why) => Err(Error::Import(why)),
        None => Ok(0),
    }
}

/// The page, the word for its source, and what it is, for people.
fn page_of(part: &Part, options: &cli::ImportPage) -> Result<(Page, &'static str, &'static str), Error> {
    if let Some(page) = linkedin_page::page(part) {
        return Ok((page, linkedin_page::NAME, "LinkedIn page"));
    }
    if let Some(page) = medium::essay_page(part) {
        return Ok((page, medium::NAME, "Medium page"));
    }
    if let Some(what) = super::import::no_text(part) {
        return Err(usage(options, what));
    }
    let text = part.text().map_err(|why| usage(options, &why.to_string()))?;
    if text.trim_start().starts_with(['{', '[']) {
        return Err(usage(options, "is JSON and no page; for replies alone, use `import replies`"));
    }
    if text.trim_start().starts_with('<') {
        let what = "is a page of which neither title nor text is known; select all of it in a browser, copy it into a text file, and import that";
        return Err(usage(options, what));
    }
    let language = language(options.language.as_deref())?;
    Ok((read_page_in(&text, language.as_deref()), linkedin_paste::NAME, "LinkedIn, copied as text"))
}

fn usage(options: &cli::ImportPage, what: &str) -> Error {
    Error::Usage(format!("`{}` {what}", options.file.display()))
}

fn lines_json(page: &Page) -> Value {
    account(&page.roles)
        .into_iter()
        .map(|(first, last, role)| json!({ "first": first, "last": last, "role": role_word(role) }))
        .collect()
}

/// What became of each line, with its beginning.
fn say_page(page: &Page, text: &str, has_day: bool, terminal: &Terminal) {
    let written: Vec<&str> = text.lines().collect();
    let mut lines = Vec::new();
    for (first, last, role) in account(&page.roles) {
        let place = if first == last { format!("line {first}") } else { format!("lines {first} to {last}") };
        let whole = written.get(first - 1).unwrap_or(&"").trim();
        let beginning: String = whole.chars().take(BEGINNING).collect();
        let shown = match (beginning.len(), beginning.len() < whole.len() || last > first) {
            (0, _) => String::new(),
            (_, true) => format!(" \u{201c}{beginning}\u{2026}\u{201d}"),
            (_, false) => format!(" \u{201c}{beginning}\u{201d}"),
        };
        lines.push(format!("  {place}{shown}: {}", role_word(role)));
    }
    let has_ages = page.replies.iter().any(|reply| matches!(reply.date, crate::import::foreign::When::Age(_)));
    if has_ages && !has_day {
        lines.push("  Ages become dates when `--captured DATE` says on which day the page was copied.".to_owned());
    }
    if !lines.is_empty() {
        terminal.say(&lines.join("\n"));
    }
}

/// How many letters of a line a report shows.
const BEGINNING: usize = 40;

/// What the page could not tell, and what comes next.
fn next_steps(page: &Page, file: &str) -> String {
    let mut steps = Vec::new();
    if page.replies.is_empty() {
        steps.push("no reply was found on the page; if it has some, copy it again with the replies open".to_owned());
    }
    let unnamed = page.replies.iter().filter(|reply| reply.author.name.is_none()).count();
    if unnamed > 0 {
        steps.push(format!(
            "{unnamed} of the replies lost the name: write `name = \"\u{2026}\"` into their file if you know it"
        ));
    }
    if page.date.is_none() {
        steps.push(format!("write the date into `{file}`"));
    }
    if !page.cross_posts.is_empty() {
        steps
            .push("lines about copies elsewhere stand as a comment above the text: readers do not see them".to_owned());
        steps.push("write the addresses of the copies into `syndication`".to_owned());
    }
    steps.push("then `throughline build`".to_owned());
    format!("Next:\n{}", steps.iter().map(|step| format!("  {step}")).collect::<Vec<_>>().join("\n"))
}

/// The replies of a page as a thread.
fn thread_of(page: &Page) -> ForeignThread {
    let mut key = page.key.clone();
    key.title.get_or_insert_with(|| page.title.clone());
    key.address = key.address.or_else(|| page.address.clone());
    ForeignThread {
        key,
        address: page.address.clone(),
        replies: page.replies.clone(),
        gaps: page.gaps.clone(),
        ..ForeignThread::default()
    }
}
