//! `import replies`: what stands elsewhere comes into files of the book.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::replies::forgotten;
use crate::cli;
use crate::import::count::KINDS;
use crate::import::input::{Input, Part};
use crate::import::linkedin_paste::ages::is_language;
use crate::import::matching::{Essay, Essays, Match};
use crate::import::merge::threads_in;
use crate::import::record::Circumstances;
use crate::import::relay::relay;
use crate::import::run::{Desk, FOLDER, Importer, Summary, ThreadReport, Wishes, file_of};
use crate::import::sources;
use crate::io::archive::{self, Contents};
use crate::io::error::Error;
use crate::io::terminal::{Format, Terminal, visible};
use crate::io::{disk, stage};
use crate::link::{LinkInput, link};
use crate::load::{Options, load};
use crate::model::book::Book;
use crate::model::thread::State;
use crate::parse::parse;

pub(super) fn replies(options: &cli::ImportReplies, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let is_input = options.file == Path::new("-");
    let contents = if is_input { archive::standard_input()? } else { archive::open(&options.file)? };
    let input = Input { language: language(options.language.as_deref())?, ..input_of(contents) };
    let source = source_of(&input, options)?;
    let (essays, book) = essays_of(&root)?;
    let essay = match &options.essay {
        Some(name) => Some(named(&essays, name)?),
        None => None,
    };
    let wishes = Wishes {
        source: source.name.to_owned(),
        is_whole: source.is_whole,
        essay,
        given: Circumstances { captured: options.captured, author: book.author.clone() },
        forgotten: forgotten(&root)?,
        holds: book.replies.import_as == State::Held,
    };
    stage::remove_unfinished(&root.join(FOLDER));
    let mut desk = BookDesk {
        root,
        is_dry: options.dry_run,
        asks: !is_input && terminal.format == Format::Human && std::io::stdin().is_terminal(),
        changed: BTreeMap::new(),
    };
    let mut importer = Importer::new(&mut desk, &essays, wishes);
    let read = relay(|harvest| (source.read)(&input, harvest), &mut importer);
    let (summary, failure) = importer.finish();
    if terminal.format == Format::Human {
        if options.dry_run {
            say_diffs(&desk, terminal)?;
        }
        let what =
            if is_input { source.what.to_owned() } else { format!("{} `{}`", source.what, options.file.display()) };
        // Where nothing could be read, the reason that follows says all there is.
        if summary.counts.records > 0 || read.is_ok() && failure.is_none() {
            say(&what, &summary, options.dry_run, terminal);
        }
    } else {
        let mut value = to_json(source.name, &summary);
        let read = read.as_ref().err().map(ToString::to_string);
        value["error"] = json!(failure.clone().or(read));
        terminal.write_out(&value.to_string());
    }
    if let Some(why) = failure {
        return Err(Error::Import(why));
    }
    match read {
        Ok(()) => Ok(u8::from(!summary.unread.is_empty())),
        Err(why) => Err(Error::Usage(format!("`{}`: {why}", options.file.display()))),
    }
}

pub(super) fn input_of(contents: Contents) -> Input {
    let part = |entry: archive::Entry| {
        let open = entry.open;
        Part::new(entry.name, entry.size, move || Ok(Box::new(open()?)))
    };
    let parts: Vec<Part> = contents.entries.into_iter().map(part).collect();
    Input { parts, is_folder: contents.is_folder, language: None }
}

/// The language of a copied page that somebody gives.
pub(super) fn language(given: Option<&str>) -> Result<Option<String>, Error> {
    match given.filter(|tag| !is_language(tag)) {
        Some(tag) => Err(Error::Usage(format!(
            "no ages are known in the language `{tag}`; write a short tag such as `de`, `es` or `zh`"
        ))),
        None => Ok(given.map(str::to_owned)),
    }
}

fn source_of(input: &Input, options: &cli::ImportReplies) -> Result<&'static sources::Source, Error> {
    let file = options.file.display();
    let names = || {
        let all: BTreeSet<&str> = sources::ALL.iter().map(|source| source.name).collect();
        all.into_iter().collect::<Vec<_>>().join(", ")
    };
    if let Some(from) = &options.from
        && !sources::ALL.iter().any(|source| source.name == *from)
    {
        return Err(Error::Usage(format!("there is no source `{from}`; write one of {}", names())));
    }
    match sources::of_input(input, options.from.as_deref()).as_slice() {
        [] => {
            if let Some(what) = input.single().and_then(no_text) {
                return Err(Error::Usage(format!("`{file}` {what}")));
            }
            let what = if input.is_folder {
                "holds no export that is read as a folder; import its files one by one".to_owned()
            } else {
                format!("is nothing that replies can be read from; if it is, say `--from` with one of {}", names())
            };
            Err(Error::Usage(format!("`{file}` {what}; the manual says under Replies what to save of each place")))
        }
        [source] => Ok(source),
        several => {
            let listed: Vec<&str> = several.iter().map(|source| source.name).collect();
            Err(Error::Usage(format!("`{file}` looks like {}; say which with `--from`", listed.join(" and "))))
        }
    }
}

/// What a file is that cannot be read as a text, with the remedy; `None` for what may be one.
pub(super) fn no_text(part: &Part) -> Option<&'static str> {
    let sample = part.sample();
    let starts = |start: &str| sample.starts_with(start);
    if sample.trim().is_empty() {
        return Some("is empty");
    }
    if starts("\u{fffd}PNG") || sample.contains("JFIF") || starts("GIF8") || starts("RIFF") && sample.contains("WEBP") {
        return Some("is a picture; select the text of the page in a browser and copy that instead");
    }
    if starts("%PDF") {
        return Some("is a PDF; open the page in a browser and copy its text, or save the page");
    }
    (starts("PK\u{3}\u{4}") || starts("\u{fffd}\u{fffd}\u{11}"))
        .then_some("is a document of a word processor; save it as plain text")
}

/// Every essay of the book, drafts too, as threads are matched with them.
pub(super) fn essays_of(root: &Path) -> Result<(Essays, Book), Error> {
    let (snapshot, _) = load(root, &Options { with_drafts: true, without_replies: true, ..Options::default() })?;
    let threads = threads_of(root)?;
    let (parsed, _) = parse(&snapshot);
    let (site, _) = link(parsed, &LinkInput::of(&snapshot));
    let essay = |id: &crate::link::WritingId| {
        let writing = site.writing(*id);
        Essay {
            name: site.replies_name(*id).to_owned(),
            title: writing.meta.title.clone(),
            slug: site.slug(*id),
            route: site.routes[id.0 as usize].as_str().to_owned(),
            aliases: writing.meta.old_addresses.iter().map(|old| old.value.clone()).collect(),
            copies: writing.meta.syndication.iter().chain(&writing.meta.canonical).cloned().collect(),
            text: writing.prose().outline.text.clone(),
            threads: threads.get(site.replies_name(*id)).cloned().unwrap_or_default(),
        }
    };
    let all: Vec<Essay> = site.essays.iter().map(essay).collect();
    let names: BTreeSet<&str> = all.iter().flat_map(|essay| [essay.name.as_str(), essay.slug.as_str()]).collect();
    let lost = threads.iter().filter(|(name, _)| !names.contains(name.as_str()) && !name.starts_with("unmatched/"));
    let orphans =
        lost.flat_map(|(name, threads)| threads.iter().map(move |thread| (thread.clone(), file_of(name)))).collect();
    Ok((Essays::new(all).with_orphans(orphans), snapshot.book))
}

/// The threads that each file of replies has, by the name of the file; one file after the other, for they may be large.
fn threads_of(root: &Path) -> Result<BTreeMap<String, Vec<(String, String)>>, Error> {
    let folder = root.join(FOLDER);
    let mut threads = BTreeMap::new();
    for path in disk::files_below(&folder, "toml")? {
        let below = path.strip_prefix(&folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let text = disk::read_text_if_there(&path)?.unwrap_or_default();
        threads.insert(below.strip_suffix(".toml").unwrap_or(&below).to_owned(), threads_in(&text));
    }
    Ok(threads)
}

/// The essay that a person names.
pub(super) fn named(essays: &Essays, name: &str) -> Result<usize, Error> {
    match essays.find(name) {
        Match::One(at, _) => Ok(at),
        Match::Several(all) => {
            let names: Vec<&str> = all.iter().map(|at| essays.list()[*at].name.as_str()).collect();
            Err(Error::Usage(format!("`{name}` fits several essays: {}", names.join(", "))))
        }
        Match::None(near) => {
            let hint = near.map_or_else(String::new, |at| format!("; did you mean `{}`?", essays.list()[at].name));
            Err(Error::Usage(format!("there is no essay `{name}`{hint}")))
        }
    }
}

/// The files of the book. In a dry run changes are kept in memory, so that a later thread sees them.
pub(super) struct BookDesk {
    pub(super) root: PathBuf,
    pub(super) is_dry: bool,
    pub(super) asks: bool,
    /// For a dry run: each file as it would be; `None` for one that would be taken away.
    pub(super) changed: BTreeMap<String, Option<String>>,
}

impl Desk for BookDesk {
    fn read(&mut self, name: &str) -> Result<Option<String>, String> {
        if let Some(changed) = self.changed.get(name) {
            return Ok(changed.clone());
        }
        disk::read_text_if_there(&self.root.join(name)).map_err(|error| error.to_string())
    }

    fn write(&mut self, name: &str, text: &str) -> Result<(), String> {
        if self.is_dry {
            self.changed.insert(name.to_owned(), Some(text.to_owned()));
            return Ok(());
        }
        stage::write_file(&self.root.join(name), text).map_err(|error| error.to_string())
    }

    fn remove(&mut self, name: &str) -> Result<(), String> {
        if self.is_dry {
            self.changed.insert(name.to_owned(), None);
            return Ok(());
        }
        stage::remove_file(&self.root.join(name)).map_err(|error| error.to_string())
    }

    fn choose(&mut self, thread: &str, essays: &[&str]) -> Option<usize> {
        if !self.asks {
            return None;
        }
        let mut out = std::io::stderr().lock();
        let list: Vec<String> = essays.iter().enumerate().map(|(at, name)| format!("  {} {name}", at + 1)).collect();
        let thread = visible(thread);
        writeln!(
            out,
            "Which essay does \u{201c}{thread}\u{201d} belong to?\n{}\nNumber, or nothing to keep it aside:",
            list.join("\n")
        )
        .ok()?;
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer).ok()?;
        answer.trim().parse::<usize>().ok()?.checked_sub(1).filter(|at| *at < essays.len())
    }
}

pub(super) fn say_diffs(desk: &BookDesk, terminal: &Terminal) -> Result<(), Error> {
    for (name, after) in &desk.changed {
        let before = disk::read_text_if_there(&desk.root.join(name))?.unwrap_or_default();
        let after = after.as_deref().unwrap_or("");
        terminal.say(&super::diff(name, &before, after));
    }
    Ok(())
}

/// Threads beyond this number are listed only where something became of them.
const MOST_LISTED: usize = 30;

pub(super) fn say(what: &str, summary: &Summary, is_dry: bool, terminal: &Terminal) {
    let counts = &summary.counts;
    let mut lines = vec![format!(
        "{what}: {} in {}, {} of them public there; {} new, {} changed, {} as they were",
        counted(counts.records, "record"),
        counted(counts.threads, "thread"),
        counts.live,
        summary.sum(|thread| thread.added),
        summary.sum(|thread| thread.updated),
        summary.sum(|thread| thread.unchanged),
    )];
    let is_news = |thread: &&ThreadReport| thread.added + thread.updated + thread.gone > 0 || thread.essay.is_empty();
    let (news, rest): (Vec<&ThreadReport>, Vec<&ThreadReport>) = summary.threads.iter().partition(is_news);
    // What is as it was is listed only where it can be read at a glance.
    let listed = if summary.threads.len() > MOST_LISTED { &news } else { &summary.threads.iter().collect() };
    if listed.len() < summary.threads.len() {
        lines.push(format!("  {} as they were", counted(rest.len() as u64, "thread")));
    }
    let mut gaps: BTreeMap<&str, usize> = BTreeMap::new();
    summary.threads.iter().flat_map(|thread| &thread.gaps).for_each(|gap| *gaps.entry(gap).or_default() += 1);
    for thread in listed {
        lines.extend(thread_lines(thread, &gaps));
    }
    let common = gaps.iter().filter(|(_, count)| **count > 1);
    lines.extend(common.map(|(gap, count)| format!("  {count} threads: {gap}")));
    lines.extend(summary.left.iter().map(|(reason, count)| format!("  left out: {count}, {reason}")));
    lines.extend(summary.unread.iter().map(|left| format!("  {}: {}", left.place, left.reason)));
    let held = summary.sum(|thread| thread.held) + counts.waiting;
    if held > 0 {
        lines.push(format!(
            "  {held} wait for your word: `throughline replies list --state held`, then `throughline replies publish ID`"
        ));
    }
    if summary.threads.iter().any(|thread| thread.essay.is_empty() && !thread.file.is_empty()) {
        lines.push(
            "  For a thread without an essay, write `essay = \"NAME\"` under [[thread]] in its file and import again."
                .to_owned(),
        );
    }
    if is_dry {
        lines.push("Nothing was changed; leave `--dry-run` out to bring this in.".to_owned());
    }
    terminal.say(&lines.join("\n"));
}

fn thread_lines(thread: &ThreadReport, gaps: &BTreeMap<&str, usize>) -> Vec<String> {
    let of = thread.claimed.map_or_else(String::new, |claimed| format!(" of {claimed}"));
    let place = if thread.essay.is_empty() {
        let why = if thread.by.is_empty() { String::new() } else { format!(" ({})", thread.by) };
        format!("no essay for \u{201c}{}\u{201d}{why}", thread.title)
    } else {
        format!("\u{201c}{}\u{201d}{}", thread.essay, by_words(&thread.by))
    };
    let file = if thread.file.is_empty() { "nothing to keep".to_owned() } else { thread.file.clone() };
    let mut lines = vec![format!("  {place}: {}{of}, {} new -> {file}", thread.records, thread.added)];
    let own = thread.gaps.iter().filter(|gap| gaps.get(gap.as_str()) == Some(&1));
    lines.extend(own.map(|gap| format!("    {gap}")));
    lines.extend(thread.kept.iter().map(|id| format!("    {id} changed at its source; your edit stays")));
    if thread.gone > 0 {
        lines.push(format!("    {} no longer there, marked as gone", thread.gone));
    }
    lines
}

/// How the essay of a thread was found, in words; nothing where somebody named it.
fn by_words(by: &str) -> &'static str {
    match by {
        "known" => ", as before",
        "assigned" => ", as its file says",
        "chosen" => ", as you chose",
        "syndication" => ", by the address of a copy",
        "id" => ", by an id in the address of a copy",
        "address" => ", by its address",
        "slug" => ", by its slug",
        "title" => ", by its title",
        _ => "",
    }
}

fn counted(count: u64, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}

pub(super) fn to_json(source: &str, summary: &Summary) -> Value {
    let counts = &summary.counts;
    let threads: Vec<Value> = summary
        .threads
        .iter()
        .map(|thread| {
            json!({ "key": thread.key, "title": thread.title, "file": thread.file, "essay": thread.essay, "by": thread.by,
                "records": thread.records, "claimed": thread.claimed, "added": thread.added, "held": thread.held, "updated": thread.updated,
                "unchanged": thread.unchanged, "gone": thread.gone, "kept": thread.kept, "gaps": thread.gaps })
        })
        .collect();
    let left: Vec<Value> = summary
        .left
        .iter()
        .map(|(reason, count)| json!({ "reason": reason, "count": count }))
        .chain(summary.unread.iter().map(|left| json!({ "reason": left.reason, "place": left.place, "count": 1 })))
        .collect();
    let mut value = json!({
        "source": source, "records": counts.records, "live": counts.live, "deleted": counts.deleted, "spam": counts.spam,
        "waiting": counts.waiting, "trash": counts.trash, "private": counts.private, "hidden": counts.hidden,
        "threads": counts.threads, "threads_listed": counts.threads_listed, "depth": counts.depth, "authors": counts.authors(),
        "claimed": counts.claimed, "missing_parents": counts.missing_parents, "matched": summary.matched,
        "unmatched": summary.unmatched, "added": summary.sum(|thread| thread.added),
        "updated": summary.sum(|thread| thread.updated), "unchanged": summary.sum(|thread| thread.unchanged),
        "gone": summary.sum(|thread| thread.gone), "left": left, "per_thread": threads,
    });
    for ((_, word), count) in KINDS.iter().zip(counts.kinds) {
        value[*word] = Value::from(count);
    }
    value
}
