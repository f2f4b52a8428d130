//! `theme.toml`: what a theme is called, what it stands on, and which settings it has. Knows no book.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::colour::Colour;
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostics, nearest};
use crate::base::path::SitePath;
use crate::model::source::Source;
use crate::model::writing::Placed;
use crate::parse::fields::Fields;
use crate::parse::values::{Field, Table, Text, Value, read_toml};

/// The words for kinds of settings.
const KINDS: [&str; 5] = ["text", "boolean", "number", "choice", "color"];

/// How much contrast a colour needs unless the theme says otherwise: what WCAG asks for text.
const CONTRAST: f64 = 4.5;

/// Settings by name.
pub(super) type Known = BTreeMap<String, Setting>;

/// What `theme.toml` says besides the settings.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest {
    /// What people call it.
    pub(crate) name: String,
    /// One sentence about it.
    pub(crate) summary: String,
    /// The built-in theme it stands on.
    pub(crate) extends: Option<Placed<String>>,
}

/// A setting that books may change.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) kind: Kind,
    /// Its value where the book says nothing; `None` for a colour that is made from another.
    pub(super) default: Option<Json>,
    pub(super) help: String,
    /// Files that go out only with one of the choices.
    pub(super) assets: BTreeMap<String, Vec<String>>,
}

/// What a setting may be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Text,
    Boolean,
    Number { min: f64, max: f64 },
    Choice(Vec<String>),
    Color { on: Vec<Colour>, contrast: f64, derive_from: Option<String> },
}

impl Kind {
    /// The word for it in `theme.toml`.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Number { .. } => "number",
            Self::Choice(_) => "choice",
            Self::Color { .. } => "color",
        }
    }
}

/// What a theme says of itself.
pub(crate) fn about(source: &Source) -> Manifest {
    read(source, &mut Known::new()).0
}

/// Reads `theme.toml` of the theme that stands on those whose settings are known already, and adds or changes its own.
pub(super) fn read(source: &Source, known: &mut Known) -> (Manifest, Diagnostics) {
    let (table, mut diagnostics) = read_toml(&Text { path: &source.path, text: source.held(), offset: 0 });
    let mut fields = Fields::new(&source.path, table);
    let mut manifest = Manifest::default();
    for (key, place) in [("name", &mut manifest.name), ("summary", &mut manifest.summary)] {
        *place = fields.text(key).map(|text| text.value).unwrap_or_default();
    }
    manifest.extends = fields.text("extends");
    let below = known.clone();
    for (name, field) in fields.table("settings").unwrap_or_default() {
        diagnostics.append(read_setting(&source.path, &name, field, known));
    }
    derive_anew(&below, known);
    diagnostics.append(fields.finish());
    (manifest, diagnostics)
}

/// A colour that is made from another one follows it when a theme changes the other one alone.
fn derive_anew(below: &Known, known: &mut Known) {
    let changed = |name: &str| known.get(name).map(|now| &now.default) != below.get(name).map(|then| &then.default);
    let follows = |name: &String, setting: &Setting| {
        let Kind::Color { derive_from: Some(from), .. } = &setting.kind else { return false };
        below.contains_key(name) && !changed(name) && changed(from)
    };
    let following: Vec<String> =
        known.iter().filter(|(name, setting)| follows(name, setting)).map(|(name, _)| name.clone()).collect();
    for name in following {
        known.get_mut(&name).expect("named a moment ago").default = None;
    }
}

fn read_setting(path: &SitePath, name: &Field, field: Field, known: &mut Known) -> Diagnostics {
    let key = name.text();
    let is_name = key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    let mut fields = Fields::new(path, Table::new());
    if !is_name || key == "name" {
        let message = format!("`{key}` cannot be the name of a setting");
        let help = "write small letters from a to z, digits and `_`, and not `name`, which is the theme's own";
        fields.refuse(Code::BadValue, name.range, message, help);
        return fields.finish();
    }
    let Value::Table(table) = field.value else {
        let help = format!("write `[settings.{key}]`, and below it `type = \"text\"`");
        fields.refuse(Code::BadValue, name.range, format!("the setting `{key}` must be a table"), help);
        return fields.finish();
    };
    let mut fields = Fields::new(path, table);
    let inherited = known.get(key);
    let word = fields.word("type", &KINDS).map(|word| word.value);
    let Some(word) = word.or_else(|| inherited.map(|setting| setting.kind.word().to_owned())) else {
        if fields.is_fine() {
            let help = format!("add a line `type` with one of {}", KINDS.join(", "));
            fields.refuse(Code::BadValue, name.range, format!("the setting `{key}` has no type"), help);
        }
        fields.forget();
        return fields.finish();
    };
    let inherited = inherited.filter(|setting| setting.kind.word() == word).cloned();
    if let Some(setting) = read_typed(path, name, &word, &mut fields, inherited)
        && is_made_of_colours(name, &setting.kind, &mut fields, known)
    {
        known.insert(key.to_owned(), setting);
    }
    fields.finish()
}

/// A setting of this type; `None` where something about it was refused.
fn read_typed(
    path: &SitePath,
    name: &Field,
    word: &str,
    fields: &mut Fields<'_>,
    inherited: Option<Setting>,
) -> Option<Setting> {
    let (before, default, help, assets) = match inherited {
        Some(setting) => (Some(setting.kind), setting.default, setting.help, setting.assets),
        None => (None, None, String::new(), BTreeMap::new()),
    };
    let help = fields.text("help").map_or(help, |text| text.value);
    let kind = read_kind(word, fields, before.as_ref(), name.range);
    // Without words to choose from, or between bounds that leave nothing, no value would do.
    let is_whole = fields.is_fine();
    let default = match fields.take("default").filter(|_| is_whole) {
        Some(field) => match super::settings::check(&kind, "default", &field.value.to_json()) {
            Ok(value) => Some(value),
            Err((message, help)) => {
                fields.refuse(Code::BadValue, field.range, message, help);
                None
            }
        },
        // What was inherited may be no choice of this theme, or outside its bounds.
        None => default.filter(|value| super::settings::check(&kind, "default", value).is_ok()),
    };
    let default = default.or_else(|| first_of(&kind));
    if default.is_none() && fields.is_fine() {
        refuse_without_default(name, &kind, fields);
    }
    let assets = read_assets(path, &kind, fields, name.range).unwrap_or(assets);
    fields.is_fine().then_some(Setting { kind, default, help, assets })
}

/// No colour and no number suits every theme.
fn refuse_without_default(name: &Field, kind: &Kind, fields: &mut Fields<'_>) {
    let (what, help) = match kind {
        Kind::Number { min, max } => {
            ("number", format!("add `default = {}`", super::settings::number(0.0_f64.clamp(*min, *max))))
        }
        Kind::Color { derive_from: None, .. } => {
            ("colour", "add `default = \"#1d5fbf\"`, or `derive_from` with the name of another colour".to_owned())
        }
        _ => return,
    };
    fields.refuse(Code::BadValue, name.range, format!("the {what} `{}` has no default", name.text()), help);
}

/// Whether a colour that is made from another names one that is a colour by itself.
fn is_made_of_colours(name: &Field, kind: &Kind, fields: &mut Fields<'_>, known: &Known) -> bool {
    let Kind::Color { derive_from: Some(from), .. } = kind else { return true };
    let is_colour = |setting: &Setting| matches!(&setting.kind, Kind::Color { derive_from: None, .. });
    if known.get(from).is_some_and(is_colour) {
        return true;
    }
    let colours = known.iter().filter(|(_, setting)| is_colour(setting)).map(|(name, _)| name.as_str());
    let help = nearest(from, colours).map_or_else(
        || "name a colour that stands above and is made from no other".to_owned(),
        |near| format!("did you mean `{near}`?"),
    );
    let message = format!("`{}` is made from `{from}`, which is no colour of this theme", name.text());
    fields.refuse(Code::BadValue, name.range, message, help);
    false
}

/// The value of a setting for which the theme names none.
fn first_of(kind: &Kind) -> Option<Json> {
    match kind {
        Kind::Text => Some("".into()),
        Kind::Boolean => Some(false.into()),
        Kind::Choice(choices) => choices.first().map(|choice| choice.as_str().into()),
        Kind::Number { .. } | Kind::Color { .. } => None,
    }
}

fn read_kind(word: &str, fields: &mut Fields<'_>, inherited: Option<&Kind>, at: (u32, u32)) -> Kind {
    match word {
        "boolean" => Kind::Boolean,
        "number" => read_number(fields, inherited, at),
        "choice" => read_choices(fields, inherited, at),
        "color" => read_color(fields, inherited),
        _ => Kind::Text,
    }
}

fn read_number(fields: &mut Fields<'_>, inherited: Option<&Kind>, at: (u32, u32)) -> Kind {
    let (low, high) = match inherited {
        Some(Kind::Number { min, max }) => (*min, *max),
        _ => (f64::MIN, f64::MAX),
    };
    let (min, max) = (decimal(fields, "min"), decimal(fields, "max"));
    let at = max.or(min).map_or(at, |(_, range)| range);
    let (min, max) = (min.map_or(low, |(min, _)| min), max.map_or(high, |(max, _)| max));
    if min > max {
        let [low, high] = [min, max].map(super::settings::number);
        let message = format!("`max` is {high}, less than `min`, which is {low}");
        fields.refuse(Code::BadValue, at, message, format!("write a number from {low} up"));
    }
    Kind::Number { min, max: max.max(min) }
}

fn read_choices(fields: &mut Fields<'_>, inherited: Option<&Kind>, at: (u32, u32)) -> Kind {
    let given = fields.texts("choices");
    if given.is_empty() {
        if let Some(Kind::Choice(choices)) = inherited {
            return Kind::Choice(choices.clone());
        }
        let help = "add `choices = [\"one\", \"other\"]`";
        fields.refuse(Code::BadValue, at, "a choice needs words to choose from", help);
    }
    for choice in &given {
        if !choice.value.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            let message = format!("`{}` cannot be a choice", choice.value);
            fields.refuse(Code::BadValue, choice.range, message, "write small letters from a to z, digits and hyphens");
        }
    }
    Kind::Choice(given.into_iter().map(|choice| choice.value).collect())
}

fn read_color(fields: &mut Fields<'_>, inherited: Option<&Kind>) -> Kind {
    let (mut on, mut contrast, mut derive_from) = match inherited {
        Some(Kind::Color { on, contrast, derive_from }) => (on.clone(), *contrast, derive_from.clone()),
        _ => (Vec::new(), CONTRAST, None),
    };
    let papers = fields.texts("on");
    if !papers.is_empty() {
        on.clear();
    }
    for paper in papers {
        match Colour::parse(&paper.value) {
            Some(colour) => on.push(colour),
            None => {
                let message = format!("`{}` is no colour", paper.value);
                fields.refuse(Code::BadValue, paper.range, message, "write it as `#fcfbf8`");
            }
        }
    }
    if let Some((given, _)) = decimal(fields, "contrast") {
        contrast = given.clamp(1.0, 21.0);
    }
    if let Some(from) = fields.text("derive_from") {
        derive_from = Some(from.value);
    }
    Kind::Color { on, contrast, derive_from }
}

/// A number with its place.
fn decimal(fields: &mut Fields<'_>, key: &'static str) -> Option<(f64, (u32, u32))> {
    let field = fields.take(key)?;
    let number = field.value.to_json().as_f64();
    if number.is_none() {
        let message = format!("`{key}` must be a number, found {}", field.value.kind());
        fields.refuse(Code::BadValue, field.range, message, format!("write `{key} = 1`"));
    }
    number.map(|number| (number, field.range))
}

fn read_assets(
    path: &SitePath,
    kind: &Kind,
    fields: &mut Fields<'_>,
    at: (u32, u32),
) -> Option<BTreeMap<String, Vec<String>>> {
    let table = fields.table("assets")?;
    let Kind::Choice(choices) = kind else {
        let help = "take `assets` out, or write `type = \"choice\"`";
        fields.refuse(Code::BadValue, at, "only a choice has `assets`", help);
        return None;
    };
    let mut assets = BTreeMap::new();
    for (choice, list) in table {
        let name = choice.text().to_owned();
        if !choices.contains(&name) {
            let near = nearest(&name, choices.iter().map(String::as_str));
            let help = near.map_or_else(
                || format!("write one of {}", choices.join(", ")),
                |near| format!("did you mean `{near}`?"),
            );
            fields.refuse(Code::BadValue, choice.range, format!("there is no choice `{name}`"), help);
            continue;
        }
        let key = Field { value: Value::Text("files".to_owned()), range: choice.range };
        let mut inner = Fields::new(path, vec![(key, list)]);
        let files = inner.texts("files").into_iter().map(|file| file.value).collect();
        fields.diagnostics.append(inner.finish());
        assets.insert(name, files);
    }
    Some(assets)
}
