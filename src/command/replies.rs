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
use crate::import::run::FOLDER;
use crate::io::error::Error;
use crate::io::terminal::{Format, Terminal};
use crate::io::{disk, stage};

/// The file that remembers ids of replies which were asked to be forgotten: ids only, no names and no words.
const FORGOTTEN: &str = "forgotten.toml";

pub(super) fn run(what: &Replies, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    match what {
        Replies::List { essay } => list(&root, essay.as_deref(), terminal),
        Replies::Show { id } => show(&root, id, terminal),
        Replies::Hold { id } => set_state(&root, id, "held", terminal),
        Replies::Hide { id } => set_state(&root, id, "hidden", terminal),
        Replies::Publish { id } => set_state(&root, id, "shown", terminal),
        Replies::Forget { who } => forget(&root, who, terminal),
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
        Error::Import(format!("`{}` cannot be read: {}", short(path), error.message()))
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

fn list(root: &Path, essay: Option<&str>, terminal: &Terminal) -> Result<u8, Error> {
    let wanted = match essay {
        Some(name) => {
            let (essays, _) = essays_of(root)?;
            let at = named(&essays, name)?;
            Some(root.join(FOLDER).join(format!("{}.toml", essays.list()[at].name)))
        }
        None => None,
    };
    let mut values = Vec::new();
    for (path, document) in files(root)? {
        if wanted.as_ref().is_some_and(|wanted| *wanted != path) {
            continue;
        }
        let name = path.strip_prefix(root.join(FOLDER)).unwrap_or(&path).display().to_string();
        if terminal.format == Format::Human {
            terminal.say(&name);
        }
        for table in tables(&document) {
            if terminal.format != Format::Human {
                values.push(to_json(&name, table));
                continue;
            }
            let beginning: String = plain(text(table, "text")).chars().take(60).collect();
            let state = [text(table, "state"), text(table, "at_source")].into_iter().find(|word| !word.is_empty());
            let who = if text(table, "author").is_empty() { "a reader" } else { text(table, "author") };
            terminal.say(&format!("  {:<28} {:<8} {who}: {beginning}", text(table, "id"), state.unwrap_or("")));
        }
    }
    if terminal.format != Format::Human {
        terminal.write_out(&Value::from(values).to_string());
    }
    Ok(0)
}

fn no_reply(id: &str) -> Error {
    Error::Usage(format!("there is no reply `{id}`; `throughline replies list` shows the ids"))
}

fn show(root: &Path, id: &str, terminal: &Terminal) -> Result<u8, Error> {
    for (path, document) in files(root)? {
        let Some(table) = tables(&document).find(|table| text(table, "id") == id) else { continue };
        let name = short(&path);
        if terminal.format == Format::Human {
            terminal.say(&format!("{name}\n{}", table.to_string().trim()));
        } else {
            terminal.write_out(&to_json(&name, table).to_string());
        }
        return Ok(0);
    }
    Err(no_reply(id))
}

fn set_state(root: &Path, id: &str, state: &str, terminal: &Terminal) -> Result<u8, Error> {
    for (path, mut document) in files(root)? {
        let list = document.get_mut("reply").and_then(Item::as_array_of_tables_mut);
        let Some(table) = list.into_iter().flat_map(|list| list.iter_mut()).find(|table| text(table, "id") == id)
        else {
            continue;
        };
        if state == "shown" && text(table, "at_source") == "private" {
            return Err(Error::Usage(format!("`{id}` was not written for the public and cannot be shown")));
        }
        table.insert("state", toml_edit::value(state));
        stage::write_file(&path, &document.to_string())?;
        terminal.say(&format!("{id} is {state} now, in {}", short(&path)));
        return Ok(0);
    }
    Err(no_reply(id))
}

/// Takes every reply of a person, named or by profile, or one by its id, out of all files; answers to it become replies to the
/// essay.
fn forget(root: &Path, who: &str, terminal: &Terminal) -> Result<u8, Error> {
    let wanted = plain(who).to_lowercase();
    let same = |name: &str| !name.is_empty() && plain(name).to_lowercase() == wanted;
    let is_meant = |table: &Table| {
        text(table, "id") == who
            || text(table, "url") == who
            || same(text(table, "author"))
            || same(text(table, "name"))
    };
    let mut ids = forgotten(root)?;
    let (mut count, mut spoken_of) = (0, Vec::new());
    for (path, mut document) in files(root)? {
        let Some(list) = document.get_mut("reply").and_then(Item::as_array_of_tables_mut) else { continue };
        let gone: BTreeSet<String> =
            list.iter().filter(|table| is_meant(table)).map(|table| text(table, "id").to_owned()).collect();
        let speaks = |table: &&Table| !is_meant(table) && plain(text(table, "text")).to_lowercase().contains(&wanted);
        spoken_of.extend(list.iter().filter(speaks).map(|table| text(table, "id").to_owned()));
        if gone.is_empty() {
            continue;
        }
        list.iter().filter(|table| is_meant(table)).for_each(|table| ids.extend(names_of(table)));
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
    if count == 0 {
        return Err(Error::Usage(format!(
            "nothing in the files of replies is from `{who}`; write the name as it stands there"
        )));
    }
    write_forgotten(root, &ids)?;
    terminal.say(&format!("Forgotten: {count} of `{who}`. Build and publish to take them off the site."));
    if !spoken_of.is_empty() {
        terminal.say(&format!("Replies of others that speak of them: {}", spoken_of.join(", ")));
    }
    Ok(0)
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
