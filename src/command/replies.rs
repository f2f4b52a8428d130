//! `replies`: list, show, hold, hide, publish and forget, on the files of `content/replies/`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use toml_edit::{Array, DocumentMut, Item, Table};

use super::import::{essays_of, named};
use super::short;
use crate::base::words::plain;
use crate::cli::Replies;
use crate::import::record::words_id;
use crate::import::run::{FOLDER, file_of, person};
use crate::io::error::Error;
use crate::io::terminal::{Format, Terminal};
use crate::io::{disk, stage};
use crate::model::thread::State;
use crate::parse::amend::{self, Refused};

/// The file that remembers ids of replies which were asked to be forgotten: ids only, no names and no words.
const FORGOTTEN: &str = "forgotten.toml";

pub(super) fn run(what: &Replies, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    match what {
        Replies::List { essay, state } => list(&root, essay.as_deref(), state.as_deref(), terminal),
        Replies::Show { id } => show(&root, id, terminal),
        Replies::Hold { ids } => set_states(&root, ids, "held", terminal),
        Replies::Hide { ids } => set_states(&root, ids, "hidden", terminal),
        Replies::Publish { ids } => set_states(&root, ids, "shown", terminal),
        Replies::Forget { who, dry_run, yes } => forget(&root, who, (*dry_run, *yes), terminal),
        Replies::Pull(options) => super::pull::run(options, start, terminal),
    }
}

/// Ids of replies that are never to be brought in again.
pub(super) fn forgotten(root: &Path) -> Result<BTreeSet<String>, Error> {
    let path = root.join(FOLDER).join(FORGOTTEN);
    let Some(text) = disk::read_text_if_there(&path)? else { return Ok(BTreeSet::new()) };
    let document = parsed(&path, &text)?;
    let ids = document.get("ids").and_then(Item::as_array);
    Ok(ids.into_iter().flatten().filter_map(|id| id.as_str().map(str::to_owned)).collect())
}

fn parsed(path: &Path, text: &str) -> Result<DocumentMut, Error> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let line = error.span().map_or(1, |span| text[..span.start].matches('\n').count() + 1);
        let why = error.message();
        Error::Import(format!("`{}`, line {line}: {why}; `throughline check` shows the place", short(path)))
    })
}

/// Every file of replies, those that belong to no essay yet too.
fn files(root: &Path) -> Result<Vec<(PathBuf, DocumentMut)>, Error> {
    let mut all = Vec::new();
    for path in disk::files_below(&root.join(FOLDER), "toml")? {
        if path.file_name().is_some_and(|name| name == FORGOTTEN) {
            continue;
        }
        let Some(text) = disk::read_text_if_there(&path)? else { continue };
        let document = parsed(&path, &text)?;
        all.push((path, document));
    }
    Ok(all)
}

fn tables(document: &DocumentMut) -> impl Iterator<Item = &Table> {
    document.get("reply").and_then(Item::as_array_of_tables).into_iter().flat_map(|list| list.iter())
}

fn text<'a>(table: &'a Table, key: &str) -> &'a str {
    table.get(key).and_then(Item::as_str).unwrap_or("")
}

fn to_json(name: &str, table: &Table) -> Value {
    let mut value = json!({ "file": name });
    for (key, item) in table {
        if key == "imported" {
            continue;
        }
        let shown = item.as_value().map(|value| match value {
            toml_edit::Value::String(text) => Value::from(text.value().clone()),
            toml_edit::Value::Boolean(bool) => Value::from(*bool.value()),
            toml_edit::Value::Integer(number) => Value::from(*number.value()),
            other => Value::from(other.to_string().trim()),
        });
        value[key] = shown.unwrap_or(Value::Null);
    }
    value
}

/// What readers see of a reply, and why where the reply itself does not say so.
fn effective(table: &Table, import_as: State) -> (&'static str, String) {
    let at_source = text(table, "at_source");
    let is_public = matches!(at_source, "" | "live" | "gone");
    match (at_source, State::from_word(text(table, "state"))) {
        ("private", _) => ("hidden", "private at its source".to_owned()),
        (_, Some(state)) => (State::WORDS[state as usize], String::new()),
        (_, None) if !is_public => ("hidden", format!("{at_source} at its source")),
        (_, None) => (State::WORDS[import_as as usize], String::new()),
    }
}

fn list(root: &Path, essay: Option<&str>, state: Option<&str>, terminal: &Terminal) -> Result<u8, Error> {
    let wanted = match essay {
        Some(name) => {
            let (essays, _) = essays_of(root)?;
            let at = named(&essays, name)?;
            Some(root.join(file_of(&essays.list()[at].name)))
        }
        None => None,
    };
    let import_as = crate::load::settings(root)?.replies.import_as;
    let mut values = Vec::new();
    let mut lines = Vec::new();
    for (path, document) in files(root)? {
        if wanted.as_ref().is_some_and(|wanted| *wanted != path) {
            continue;
        }
        let name = path.strip_prefix(root.join(FOLDER)).unwrap_or(&path).display().to_string();
        let listed: Vec<(&Table, (&str, String))> = tables(&document)
            .map(|table| (table, effective(table, import_as)))
            .filter(|(table, (own, _))| state.is_none_or(|state| state == *own && !text(table, "text").is_empty()))
            .collect();
        if !listed.is_empty() {
            lines.push(name.clone());
        }
        for (table, (state, why)) in listed {
            let mut value = to_json(&name, table);
            value["shown_as"] = Value::from(state);
            values.push(value);
            let date =
                table.get("date").map_or_else(String::new, |date| date.to_string().trim().chars().take(10).collect());
            let beginning: String = plain(text(table, "text")).chars().take(60).collect();
            let who = if text(table, "author").is_empty() { "a reader" } else { text(table, "author") };
            let why = if why.is_empty() { String::new() } else { format!(" ({why})") };
            lines.push(format!("  {:<28} {state:<6}{why} {date:<10} {who}: {beginning}", text(table, "id")));
        }
    }
    if terminal.format != Format::Human {
        terminal.write_out(&Value::from(values).to_string());
    } else if values.is_empty() {
        terminal.say("No replies.");
    } else {
        terminal.say(&lines.join("\n"));
    }
    Ok(0)
}

fn no_reply(id: &str) -> Error {
    Error::Usage(format!("there is no reply `{id}`; `throughline replies list` shows the ids"))
}

fn show(root: &Path, id: &str, terminal: &Terminal) -> Result<u8, Error> {
    let all = files(root)?;
    let known = known(root, &all);
    let (file, id) = meant_by(&known, id)?;
    let of_file = all.iter().filter(|(path, _)| name_of(root, path) == *file);
    let mut found = of_file.flat_map(|(path, document)| tables(document).map(move |table| (path, table)));
    let Some((path, table)) = found.find(|(_, table)| text(table, "id") == id) else { return Err(no_reply(id)) };
    let name = short(path);
    if terminal.format == Format::Human {
        terminal.say(&format!("{name}\n{}", table.to_string().trim()));
    } else {
        terminal.write_out(&to_json(&name, table).to_string());
    }
    Ok(0)
}

/// What stands for a file of replies before an id.
fn name_of(root: &Path, path: &Path) -> String {
    let below = path.strip_prefix(root.join(FOLDER)).unwrap_or(path).display().to_string();
    below.strip_suffix(".toml").unwrap_or(&below).to_owned()
}

/// Every reply, by its file and id.
fn known(root: &Path, all: &[(PathBuf, DocumentMut)]) -> Vec<(String, String)> {
    let replies = all.iter().flat_map(|(path, document)| tables(document).map(move |table| (path, text(table, "id"))));
    replies.map(|(path, id)| (name_of(root, path), id.to_owned())).collect()
}

fn set_states(root: &Path, ids: &[String], state: &str, terminal: &Terminal) -> Result<u8, Error> {
    let all = files(root)?;
    let known = known(root, &all);
    let mut wanted = BTreeSet::new();
    for id in ids {
        wanted.insert(meant_by(&known, id)?.clone());
    }
    let mut changed = Vec::new();
    for (path, document) in all {
        let name = name_of(root, &path);
        let is_wanted = |id: &&str| wanted.contains(&(name.clone(), (*id).to_owned()));
        let here: BTreeSet<&str> = tables(&document).map(|table| text(table, "id")).filter(is_wanted).collect();
        if here.is_empty() {
            continue;
        }
        let Some(mut now) = disk::read_text_if_there(&path)? else { continue };
        for id in &here {
            now = amend::set_state(&now, id, state).map_err(|why| match why {
                Refused::Private => Error::Usage(format!("`{id}` was not written for the public and cannot be shown")),
                Refused::NoReply | Refused::Unreadable => no_reply(id),
            })?;
        }
        stage::write_file(&path, &now)?;
        let nowhere =
            if name.starts_with("unmatched/") { "; it belongs to no essay yet, so it is on no page" } else { "" };
        for id in here {
            terminal.say(&format!("{id} is {state} now, in {}{nowhere}", short(&path)));
            changed.push(json!({ "id": id, "file": format!("{name}.toml"), "state": state }));
        }
    }
    if terminal.format != Format::Human {
        terminal.write_out(&Value::from(changed).to_string());
    }
    Ok(0)
}

/// Whether a file and an id are those that somebody wrote.
type Way<'a> = &'a dyn Fn(&str, &str) -> bool;

/// The reply that is meant, by its file and id: by its id, or by what stands behind the colon, in any case; behind the name of
/// its file and a slash where two files have one id.
fn meant_by<'a>(known: &'a [(String, String)], written: &str) -> Result<&'a (String, String), Error> {
    let end = |id: &str| id.split_once(':').map_or_else(String::new, |(_, end)| end.to_owned());
    let ways: [Way<'_>; 4] = [
        &|file, id| format!("{file}/{id}") == written,
        &|_, id| id == written,
        &|_, id| id.eq_ignore_ascii_case(written),
        &|_, id| end(id).eq_ignore_ascii_case(written),
    ];
    for way in ways {
        let found: Vec<&(String, String)> = known.iter().filter(|(file, id)| way(file, id)).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(one),
            several => {
                let all: Vec<String> = several.iter().map(|(file, id)| format!("{file}/{id}")).collect();
                return Err(Error::Usage(format!("`{written}` fits {}; write one of these", all.join(", "))));
            }
        }
    }
    Err(no_reply(written))
}

/// Takes every reply of a person, named or by profile, or one by its id, out of all files; answers to it become replies to the
/// essay.
fn forget(root: &Path, who: &str, (is_dry, is_sure): (bool, bool), terminal: &Terminal) -> Result<u8, Error> {
    let wanted = plain(who).trim().to_lowercase();
    if wanted.is_empty() {
        return Err(Error::Usage(
            "nobody is named; write a name, the address of a profile, or the id of a reply".to_owned(),
        ));
    }
    let same = |name: &str| plain(name).to_lowercase() == wanted;
    let is_meant = |table: &Table| {
        text(table, "id") == who
            || text(table, "url") == who
            || same(text(table, "author"))
            || same(text(table, "name"))
    };
    let all = files(root)?;
    let meant = meant(&all, &is_meant);
    if meant.is_empty() {
        return Err(Error::Usage(format!(
            "nothing in the files of replies is from `{who}`; `throughline replies list` shows the names"
        )));
    }
    // Namesakes are told apart by nobody but the author.
    let is_agreed = is_sure || meant.len() == 1;
    if is_dry || !is_agreed {
        terminal.say(&format!("To be taken out for good:\n{}", meant.join("\n")));
        if is_dry {
            if terminal.format != Format::Human {
                terminal.write_out(&json!({ "forgotten": 0, "meant": ids_of(&all, &is_meant) }).to_string());
            }
            return Ok(0);
        }
        return Err(Error::Usage(format!("these are {} replies: say `--yes` if all of them are meant", meant.len())));
    }
    let mut ids = forgotten(root)?;
    // Remembered first: whoever is taken out by half comes in again with no import.
    for table in all.iter().flat_map(|(_, document)| tables(document)).filter(|table| is_meant(table)) {
        ids.extend(names_of(table));
        if same(text(table, "author")) {
            ids.insert(person(text(table, "author")));
        }
    }
    write_forgotten(root, &ids)?;
    let (mut count, mut spoken_of) = (0, Vec::new());
    for (path, mut document) in all {
        let Some(list) = document.get_mut("reply").and_then(Item::as_array_of_tables_mut) else { continue };
        let gone: BTreeSet<String> =
            list.iter().filter(|table| is_meant(table)).map(|table| text(table, "id").to_owned()).collect();
        let names = |table: &Table, key: &str| plain(text(table, key)).to_lowercase().contains(&wanted);
        let speaks = |table: &&Table| !is_meant(table) && (names(table, "text") || names(table, "author"));
        spoken_of.extend(list.iter().filter(speaks).map(|table| text(table, "id").to_owned()));
        if gone.is_empty() {
            continue;
        }
        list.retain(|table| !gone.contains(text(table, "id")));
        for table in list.iter_mut() {
            if gone.contains(text(table, "parent")) {
                table.remove("parent");
            }
        }
        let is_empty = list.is_empty();
        count += gone.len();
        if is_empty {
            stage::remove_file(&path)?;
        } else {
            stage::write_file(&path, &document.to_string())?;
        }
    }
    if terminal.format != Format::Human {
        terminal.write_out(&json!({ "forgotten": count, "spoken_of": spoken_of }).to_string());
    }
    terminal.say(&format!("Forgotten: {count} of `{who}`. Build and publish to take them off the site."));
    if !spoken_of.is_empty() {
        terminal.say(&format!("Replies of others that speak of them: {}", spoken_of.join(", ")));
    }
    Ok(0)
}

/// The ids of the replies that are meant.
fn ids_of<'a>(all: &'a [(PathBuf, DocumentMut)], is_meant: &dyn Fn(&Table) -> bool) -> Vec<&'a str> {
    let tables = all.iter().flat_map(|(_, document)| tables(document));
    tables.filter(|table| is_meant(table)).map(|table| text(table, "id")).collect()
}

/// A line for each reply that is meant.
fn meant(all: &[(PathBuf, DocumentMut)], is_meant: &dyn Fn(&Table) -> bool) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, document) in all {
        for table in tables(document).filter(|table| is_meant(table)) {
            let beginning: String = plain(text(table, "text")).chars().take(50).collect();
            let profile =
                if text(table, "url").is_empty() { String::new() } else { format!(" <{}>", text(table, "url")) };
            lines.push(format!(
                "  {} {}{profile}: {beginning} ({})",
                text(table, "id"),
                text(table, "author"),
                short(path)
            ));
        }
    }
    lines
}

/// Everything by which a reply could come in again: its ids, and the id that its words give where a source has none.
fn names_of(table: &Table) -> Vec<String> {
    let id = text(table, "id");
    let source = id.split(':').next().unwrap_or("");
    let made = words_id(text(table, "author"), text(table, "text"));
    let also = Some(text(table, "also")).filter(|also| !also.is_empty()).map(str::to_owned);
    also.into_iter().chain([id.to_owned(), format!("{source}:{made}")]).collect()
}

fn write_forgotten(root: &Path, ids: &BTreeSet<String>) -> Result<(), Error> {
    let mut document = DocumentMut::new();
    let mut list: Array = ids.iter().map(String::as_str).collect();
    list.iter_mut().for_each(|id| id.decor_mut().set_prefix("\n  "));
    list.set_trailing("\n");
    list.set_trailing_comma(true);
    document.insert("ids", toml_edit::value(list));
    let comment = "# Ids of replies that are not to be brought in again. Names and words are not kept.\n";
    stage::write_file(&root.join(FOLDER).join(FORGOTTEN), &format!("{comment}{document}"))
}
