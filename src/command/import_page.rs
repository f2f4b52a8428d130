//! `import page`: a page copied from a browser becomes an essay and the replies under it.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Value, json};

use super::import::{BookDesk, essays_of, input_of, say, say_diffs, to_json};
use super::replies::forgotten;
use crate::base::path::slug;
use crate::cli;
use crate::import::foreign::{ForeignThread, Harvest, Key};
use crate::import::input::Part;
use crate::import::linkedin_paste::{self, Page, read_page};
use crate::import::matching::{Essay, Match};
use crate::import::page::{account, essay_file, role_word};
use crate::import::record::Circumstances;
use crate::import::run::{Desk, Importer, Wishes};
use crate::import::{linkedin_page, medium};
use crate::io::error::Error;
use crate::io::terminal::{Format, Terminal};
use crate::io::{archive, disk};

pub(super) fn run(options: &cli::ImportPage, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let contents =
        if options.file == Path::new("-") { archive::standard_input()? } else { archive::open(&options.file)? };
    let input = input_of(contents);
    let part = input.single().ok_or_else(|| usage(options, "is a folder; a single page is wanted"))?;
    let (page, source, what) = page_of(part, options)?;
    let name = slug(&page.title);
    if name.is_empty() {
        return Err(usage(options, "has no line that could be the title; for replies alone, use `import replies`"));
    }
    let (essays, book) = essays_of(&root)?;
    let (essays, at, is_new) = match essays.find(&page.title) {
        Match::One(at, _) => (essays, at, false),
        _ => {
            let at = essays.list().len();
            let text = page.paragraphs.join("\n");
            let essay =
                Essay { name: name.clone(), title: page.title.clone(), slug: name.clone(), text, ..Essay::default() };
            (essays.with(essay), at, true)
        }
    };
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
        ..Wishes::default()
    };
    let mut importer = Importer::new(&mut desk, &essays, wishes);
    importer.thread(ForeignThread {
        key: Key { title: Some(page.title.clone()), address: page.address.clone(), ..Key::default() },
        address: page.address.clone(),
        replies: page.replies.clone(),
        gaps: page.gaps.clone(),
        ..ForeignThread::default()
    });
    for number in &page.ambiguous {
        importer.left(format!("line {number}"), "its age means different things in different languages".to_owned());
    }
    let (summary, failure) = importer.finish();
    if terminal.format == Format::Human {
        if options.dry_run {
            say_diffs(&desk, terminal)?;
        }
        say_page(&page, &file, is_new, terminal);
        say(what, &summary, options.dry_run, terminal);
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
    let text = part.text().map_err(|why| usage(options, &why.to_string()))?;
    if text.trim_start().starts_with('<') {
        let what = "is a page of which neither title nor text is known; select all of it in a browser, copy it into a text file, and import that";
        return Err(usage(options, what));
    }
    Ok((read_page(&text), linkedin_paste::NAME, "LinkedIn, copied as text"))
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

fn say_page(page: &Page, file: &str, is_new: bool, terminal: &Terminal) {
    let mut lines = vec![if is_new {
        format!("\u{201c}{}\u{201d} -> {file}", page.title)
    } else {
        format!("\u{201c}{}\u{201d} exists already and is left alone", page.title)
    }];
    for (first, last, role) in account(&page.roles) {
        let place = if first == last { format!("line {first}") } else { format!("lines {first} to {last}") };
        lines.push(format!("  {place}: {}", role_word(role)));
    }
    let has_ages = page.replies.iter().any(|reply| matches!(reply.date, crate::import::foreign::When::Age(_)));
    if has_ages {
        lines.push("  Ages become dates when `--captured DATE` says on which day the page was copied.".to_owned());
    }
    terminal.say(&lines.join("\n"));
}
