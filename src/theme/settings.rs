//! The settings of a theme: what the book says, checked, with what the theme says in its place. Knows no page.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde_json::{Map, Number, Value as Json};

use super::colour::Colour;
use super::manifest::{self, Kind, Known};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, nearest};
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::model::book::{ThemeChoice, ThemeSetting};
use crate::model::source::Layer;

/// The settings of a theme, every one with a value.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// For templates: `book.theme`.
    pub values: Map<String, Json>,
    /// For style sheets: `:root{--theme-accent:#1d5fbf}`; empty where the theme has no settings.
    pub(super) css: String,
    /// Style sheets of the choices that were made, which stand before the theme's own.
    pub(super) heads: Vec<String>,
    /// Files that only choices which were not made would use.
    pub(super) left_out: BTreeSet<String>,
}

/// A setting as people read of it.
#[derive(Clone, Debug)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// `text`, `boolean`, `number`, `choice` or `color`.
    pub kind: &'static str,
    /// What can be chosen; empty for other kinds.
    pub choices: Vec<String>,
    /// The bounds of a number, each where there is one.
    pub bounds: [Option<f64>; 2],
    /// Its value where the book says nothing; `null` for a colour that is made from another.
    pub default: Json,
    /// One sentence about it.
    pub help: String,
    /// Whether it brings style sheets, which stand at the head of `style.css`.
    pub has_sheets: bool,
}

/// Settles the settings of a theme that is made of these layers, the first before the others.
#[must_use]
pub fn settle(layers: &[Layer], choice: &ThemeChoice) -> (Settings, Diagnostics) {
    let (known, mut diagnostics) = known(layers);
    let is_known = layers.first().is_some_and(|layer| layer.is_own() || layer.name == choice.name);
    // Of a theme that does not exist, nobody knows the settings.
    let given: &[ThemeSetting] = if is_known { &choice.settings } else { &[] };
    let path = SitePath::new("book.toml").expect("clean");
    let mut set = Map::new();
    for ThemeSetting { key, value } in given {
        let place = |range: (u32, u32)| Span { path: path.clone(), range: Some(range) };
        let Some(setting) = known.get(&key.value) else {
            diagnostics.push(unknown(&key.value, place(key.range), &known, &choice.name));
            continue;
        };
        let checked = check(&setting.kind, &key.value, &value.value)
            .and_then(|good| filled(&key.value, good, setting.default.as_ref()));
        match checked {
            Ok(good) => drop(set.insert(key.value.clone(), good)),
            Err((message, help)) => {
                diagnostics.push(Diagnostic::new(Code::BadValue, place(value.range), message).help(help));
            }
        }
    }
    let mut settings = Settings { values: values(&known, &set), ..Settings::default() };
    settings.css = custom_properties(&known, &settings.values);
    choose_files(&known, &mut settings);
    (settings, diagnostics)
}

/// What can be set in a theme that is made of these layers.
#[must_use]
pub fn describe(layers: &[Layer]) -> Vec<Described> {
    let (known, _) = known(layers);
    let described = known.into_iter().map(|(name, setting)| Described {
        name,
        kind: setting.kind.word(),
        choices: if let Kind::Choice(choices) = &setting.kind { choices.clone() } else { Vec::new() },
        bounds: match setting.kind {
            Kind::Number { min, max } => {
                [Some(min).filter(|min| *min > f64::MIN), Some(max).filter(|max| *max < f64::MAX)]
            }
            _ => [None; 2],
        },
        has_sheets: setting.assets.values().flatten().any(|file| file.ends_with(".css")),
        default: setting.default.unwrap_or(Json::Null),
        help: setting.help,
    });
    described.collect()
}

fn known(layers: &[Layer]) -> (Known, Diagnostics) {
    let mut known = Known::new();
    let mut diagnostics = Diagnostics::default();
    for source in layers.iter().rev().filter_map(|layer| layer.manifest.as_ref()) {
        diagnostics.append(manifest::read(source, &mut known).1);
    }
    (known, diagnostics)
}

fn unknown(key: &str, span: Span, known: &Known, theme: &str) -> Diagnostic {
    let message = format!("the theme `{theme}` has no setting `{key}`");
    let diagnostic = Diagnostic::new(Code::UnknownKey, span.clone(), message);
    let names = || known.keys().map(String::as_str).chain(["name"]);
    match nearest(key, names()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")).guess(span, near),
        None if known.is_empty() => diagnostic.help("take it out: this theme has no settings"),
        None => {
            diagnostic.help(format!("take it out, or set {}", known.keys().cloned().collect::<Vec<_>>().join(", ")))
        }
    }
}

/// Every setting with its value: the book's, that of the theme, or for some colours one that is made from another.
fn values(known: &Known, set: &Map<String, Json>) -> Map<String, Json> {
    let mut values = Map::new();
    let own = |name: &str| set.get(name).cloned();
    for (name, setting) in known {
        let value = match &setting.kind {
            Kind::Color { on, contrast, derive_from: Some(from) } => {
                let is_derived = set.contains_key(from) || setting.default.is_none();
                let source = own(from).or_else(|| known.get(from).and_then(|setting| setting.default.clone()));
                let derived = source.filter(|_| is_derived).and_then(|source| derive(&source, on, *contrast));
                own(name).or(derived).or_else(|| setting.default.clone())
            }
            _ => own(name).or_else(|| setting.default.clone()),
        };
        values.insert(name.clone(), value.unwrap_or(Json::Null));
    }
    values
}

fn derive(source: &Json, on: &[Colour], contrast: f64) -> Option<Json> {
    let colour = Colour::parse(source.as_str()?)?;
    // Where no lightness is enough on all papers, black or white comes nearest.
    let best = |papers: &[Colour]| {
        let ends = ["#000000", "#ffffff"].into_iter().filter_map(Colour::parse);
        ends.max_by(|a, b| {
            let worst = |end: &Colour| end.worst(papers).map_or(0.0, |(_, contrast)| contrast);
            worst(a).total_cmp(&worst(b))
        })
    };
    colour.readable(on, contrast).or_else(|| best(on)).map(|colour| colour.to_string().into())
}

/// The value as templates get it, or why it is refused and what to do.
pub(super) fn check(kind: &Kind, key: &str, value: &Json) -> Result<Json, (String, String)> {
    let wrong = |wanted: &str, help: String| Err((format!("`{key}` must be {wanted}, found {}", word(value)), help));
    match (kind, value) {
        (Kind::Text, Json::String(_)) | (Kind::Boolean, Json::Bool(_)) => Ok(value.clone()),
        (Kind::Text, _) => wrong("text", format!("put the value between quotes: `{key} = \"…\"`")),
        (Kind::Boolean, _) => wrong("true or false", format!("write `{key} = true` or `{key} = false`")),
        (Kind::Number { min, max }, Json::Number(given)) => {
            let given = given.as_f64().unwrap_or(f64::NAN);
            if (*min..=*max).contains(&given) {
                return Ok(number(given));
            }
            let limits = match (*min > f64::MIN, *max < f64::MAX) {
                (true, true) => format!("write a number from {} to {}", number(*min), number(*max)),
                (true, false) => format!("write a number from {} up", number(*min)),
                _ => format!("write a number up to {}", number(*max)),
            };
            Err((format!("`{key}` cannot be {value}"), limits))
        }
        (Kind::Number { .. }, _) => wrong("a number", format!("write `{key} = 1`")),
        (Kind::Choice(choices), Json::String(given)) if !choices.contains(given) => {
            let listed: Vec<String> = choices.iter().map(|choice| format!("`{choice}`")).collect();
            let near = nearest(given, choices.iter().map(String::as_str));
            let help =
                near.map_or_else(|| format!("write {}", listed.join(" or ")), |near| format!("did you mean `{near}`?"));
            Err((format!("`{key}` cannot be `{given}`"), help))
        }
        (Kind::Choice(_), Json::String(_)) => Ok(value.clone()),
        (Kind::Choice(choices), _) => {
            let example = choices.first().map_or("", String::as_str);
            wrong("text", format!("write `{key} = \"{example}\"`"))
        }
        (Kind::Color { on, contrast, .. }, Json::String(given)) => check_colour(key, given, on, *contrast),
        (Kind::Color { .. }, _) => wrong("a colour", format!("write it as `{key} = \"#1d5fbf\"`")),
    }
}

/// A word that the theme shows leaves a hole where it is empty.
fn filled(key: &str, value: Json, default: Option<&Json>) -> Result<Json, (String, String)> {
    let is_empty = value.as_str().is_some_and(|text| text.trim().is_empty());
    match default.and_then(Json::as_str).filter(|default| is_empty && !default.is_empty()) {
        Some(default) => {
            let help = format!("write a word, or take the line out for `{default}`");
            Err((format!("`{key}` cannot be empty"), help))
        }
        None => Ok(value),
    }
}

fn check_colour(key: &str, given: &str, on: &[Colour], wanted: f64) -> Result<Json, (String, String)> {
    let Some(colour) = Colour::parse(given) else {
        return Err((
            format!("`{key}` must be a colour, found `{given}`"),
            format!("write it as `{key} = \"#1d5fbf\"`"),
        ));
    };
    let Some((paper, contrast)) = colour.worst(on).filter(|(_, contrast)| *contrast < wanted) else {
        return Ok(colour.to_string().into());
    };
    // Rounded down, so that what falls short never reads as if it did not.
    let shown = (contrast * 100.0).floor() / 100.0;
    let message = format!("`{key}` has a contrast of {shown:.2} on the paper `{paper}`, and text needs {wanted}");
    let help = match colour.readable(on, wanted) {
        Some(near) => format!("write `{key} = \"{near}\"`, the nearest colour of the same hue that can be read"),
        None => "choose a colour that is darker or lighter".to_owned(),
    };
    Err((message, help))
}

/// A number without a fraction that says nothing.
pub(super) fn number(value: f64) -> Json {
    #[expect(clippy::cast_possible_truncation, reason = "without a fraction, and far from the limits")]
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return Json::from(value as i64);
    }
    Number::from_f64(value).map_or(Json::Null, Json::Number)
}

fn word(value: &Json) -> &'static str {
    match value {
        Json::Null => "nothing that can be counted",
        Json::Bool(_) => "true or false",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::Array(_) => "a list",
        Json::Object(_) => "a table",
    }
}

/// Colours, numbers and choices for `var(--theme-…)`.
fn custom_properties(known: &Known, values: &Map<String, Json>) -> String {
    let mut css = String::new();
    for (name, setting) in known {
        let value = match (&setting.kind, &values[name]) {
            (Kind::Color { .. } | Kind::Choice(_), Json::String(value)) => value.clone(),
            (Kind::Number { .. }, Json::Number(value)) => value.to_string(),
            _ => continue,
        };
        let separator = if css.is_empty() { "" } else { ";" };
        write!(css, "{separator}--theme-{}:{value}", name.replace('_', "-")).expect("a string takes everything");
    }
    if css.is_empty() { css } else { format!(":root{{{css}}}\n") }
}

/// Which files the choices bring, and which they leave out.
fn choose_files(known: &Known, settings: &mut Settings) {
    let mut chosen = BTreeSet::new();
    for (name, setting) in known {
        let made = settings.values[name].as_str().unwrap_or("");
        for (choice, files) in &setting.assets {
            if choice == made {
                chosen.extend(files.iter().cloned());
                settings.heads.extend(files.iter().filter(|file| file.ends_with(".css")).cloned());
            } else {
                settings.left_out.extend(files.iter().cloned());
            }
        }
    }
    settings.left_out.retain(|file| !chosen.contains(file));
}
