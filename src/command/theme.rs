//! `theme list` and `theme eject`: which themes there are, and their files copied into the book.

use std::path::Path;

use serde_json::{Value, json};

use super::short;
use crate::base::diagnostic::{Diagnostics, nearest};
use crate::base::slug::is_slug;
use crate::cli::Eject;
use crate::io::error::Error;
use crate::io::terminal::{Format, Terminal};
use crate::io::{disk, stage};
use crate::load::{layers_of, own_themes, settings};
use crate::model::source::Layer;
use crate::theme::{Described, about, builtin, describe};

/// A theme as it is listed.
struct Listed {
    name: String,
    layers: Vec<Layer>,
    is_used: bool,
}

pub(super) fn list(start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let used = settings(&root)?.theme.name;
    let mut names = own_themes(&root);
    names.extend(
        builtin::names()
            .into_iter()
            .filter(|name| !disk::has_folder(&root, &format!("themes/{name}")))
            .map(str::to_owned),
    );
    names.sort();
    // What is wrong with a theme is told by `theme check`.
    let layers = |name: &str| layers_of(&root, name, &mut Diagnostics::default());
    let themes: Vec<Listed> = names
        .into_iter()
        .filter_map(|name| Some(Listed { layers: layers(&name)?, is_used: name == used, name }))
        .collect();
    if terminal.format != Format::Human {
        let themes: Vec<Value> = themes.iter().map(to_json).collect();
        terminal.write_out(&json!({ "themes": themes }).to_string());
        return Ok(0);
    }
    let mut lines = Vec::new();
    for theme in &themes {
        let mark = if theme.is_used { "*" } else { " " };
        lines.push(format!("{mark} {:<14} {}", theme.name, sentence(theme)));
        if terminal.is_verbose {
            for setting in describe(&theme.layers) {
                lines.push(line(&setting));
            }
        }
    }
    terminal.write_out(&lines.join("\n"));
    Ok(0)
}

/// A setting in one line: name, type, what it does, what it may be, and its value where the book says nothing.
fn line(setting: &Described) -> String {
    let mut limits = String::new();
    if !setting.choices.is_empty() {
        limits = format!(" (choice: `{}`)", setting.choices.join("`, `"));
    } else if let [Some(min), Some(max)] = setting.bounds {
        limits = format!(" ({min} to {max})");
    } else if let [Some(min), _] = setting.bounds {
        limits = format!(" (from {min})");
    } else if let [_, Some(max)] = setting.bounds {
        limits = format!(" (up to {max})");
    }
    let default = if setting.default.is_null() { String::new() } else { format!(" [{}]", setting.default) };
    format!("    {:<14} {:<8} {}{limits}{default}", setting.name, setting.kind, setting.help)
}

fn summary(theme: &Listed) -> String {
    theme
        .layers
        .first()
        .and_then(|layer| layer.manifest.as_ref())
        .map(|source| about(source).summary)
        .unwrap_or_default()
}

/// Where it stands, and what it says of itself.
fn sentence(theme: &Listed) -> String {
    let own = theme.layers.first().filter(|layer| layer.is_own());
    let place = match (own, theme.layers.get(1)) {
        (Some(own), Some(below)) => format!("{}, over the built-in `{}`", own.folder, below.name),
        _ => "built in".to_owned(),
    };
    let summary = summary(theme);
    if summary.is_empty() { place } else { format!("{summary} ({place})") }
}

fn to_json(theme: &Listed) -> Value {
    let is_own = theme.layers.first().is_some_and(Layer::is_own);
    let below = theme.layers.get(1).map(|layer| layer.name.as_str());
    let settings: Vec<Value> = describe(&theme.layers)
        .into_iter()
        .map(|setting| {
            json!({
                "name": setting.name, "type": setting.kind, "choices": setting.choices,
                "default": setting.default, "help": setting.help,
            })
        })
        .collect();
    json!({
        "name": theme.name, "summary": summary(theme), "is_built_in": !is_own, "extends": below,
        "is_used": theme.is_used, "settings": settings,
    })
}

pub(super) fn eject(options: &Eject, start: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let root = disk::find_book(start)?;
    let used = settings(&root)?.theme.name;
    let below = below(&root, &used)?;
    let source = options.theme.clone().unwrap_or_else(|| below.clone());
    // Files of another theme than the one the book stands on would be of no use to it.
    let place = if source == below { &used } else { &source };
    let into = options.into.as_deref().unwrap_or(place);
    if !is_slug(into) {
        return Err(Error::Usage(format!("`{into}` cannot be the name of a folder below `themes/`")));
    }
    let layers = builtin::layers(&source).ok_or_else(|| no_theme(&source))?;
    let mut files = chosen(&layers, &options.files)?;
    let folder = format!("themes/{into}");
    // A theme of another name says by itself what it stands on.
    if source != into && source != builtin::NAME && !disk::has_file(&root, &format!("{folder}/theme.toml")) {
        let text = format!("extends = \"{source}\"\n");
        files.push(("theme.toml".to_owned(), text.into_bytes()));
    }
    let (left, files): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|(name, _)| disk::has_file(&root, &format!("{folder}/{name}")));
    let left: Vec<&str> = left.iter().map(|(name, _)| name.as_str()).collect();
    let place = short(&root.join(&folder));
    if files.iter().all(|(name, _)| name == "theme.toml") {
        let listed = left.join("\n  ");
        return Err(Error::Usage(format!("nothing was written, for {place} has these files already:\n  {listed}")));
    }
    stage::create(&root.join(&folder), &files)?;
    if terminal.format != Format::Human {
        let made: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
        terminal.write_out(&json!({ "folder": folder, "made": made, "left": left }).to_string());
        return Ok(0);
    }
    let mut said = format!("Wrote into {place}:\n");
    for (name, _) in &files {
        said.push_str(&format!("  {name}\n"));
    }
    if !left.is_empty() {
        said.push_str(&format!("Left alone what is there already:\n  {}\n", left.join("\n  ")));
    }
    said.push_str("These files are yours now: delete again what you leave as it was, so that it goes on changing with the program.");
    if into != used {
        said.push_str(&format!("\nWrite `theme = \"{into}\"` in `book.toml` to use them."));
    }
    terminal.say(&said);
    Ok(0)
}

/// The built-in theme on which that of the book stands.
fn below(root: &Path, used: &str) -> Result<String, Error> {
    let layers = layers_of(root, used, &mut Diagnostics::default())
        .ok_or_else(|| Error::Usage(format!("there is no theme `{used}`, which `book.toml` names")))?;
    let built_in = layers.into_iter().find(|layer| !layer.is_own());
    Ok(built_in.map_or_else(|| builtin::NAME.to_owned(), |layer| layer.name))
}

fn no_theme(name: &str) -> Error {
    let built_in: Vec<String> = builtin::names().iter().map(|name| format!("`{name}`")).collect();
    Error::Usage(format!("there is no built-in theme `{name}`; there are {}", built_in.join(" and ")))
}

/// The files that are asked for, by their names below the folder of a theme.
fn chosen(layers: &[Layer], wanted: &[String]) -> Result<Vec<(String, Vec<u8>)>, Error> {
    let mut all: Vec<(String, Vec<u8>)> = Vec::new();
    for layer in layers {
        let templates = layer.templates.iter();
        let templates =
            templates.map(|(name, source)| (format!("templates/{name}"), source.text().as_bytes().to_vec()));
        let assets = layer.assets.iter().map(|(name, bytes)| (format!("assets/{name}"), bytes.to_vec()));
        for file in templates.chain(assets) {
            if all.iter().all(|(name, _)| *name != file.0) {
                all.push(file);
            }
        }
    }
    all.sort();
    if wanted.is_empty() {
        all.retain(|(name, _)| name.starts_with("templates/"));
        return Ok(all);
    }
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for name in wanted {
        let short = |full: &str| full.split_once('/').map_or(full, |(_, short)| short).to_owned();
        let is_it = |full: &str| full == name || short(full) == *name;
        let Some(file) = all.iter().find(|(full, _)| is_it(full)) else {
            let (templates, assets): (Vec<_>, Vec<_>) =
                all.iter().partition(|(full, _)| full.starts_with("templates/"));
            let names: Vec<String> = templates.into_iter().chain(assets).map(|(full, _)| short(full)).collect();
            let near = nearest(name, names.iter().map(String::as_str));
            let hint = near.map_or_else(
                || format!("there are:\n  {}", names.join("\n  ")),
                |near| format!("did you mean `{near}`?"),
            );
            return Err(Error::Usage(format!("the theme has no file `{name}`; {hint}")));
        };
        if !files.contains(file) {
            files.push(file.clone());
        }
    }
    Ok(files)
}
