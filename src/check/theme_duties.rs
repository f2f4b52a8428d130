//! What the page of an essay owes its readers whatever its theme, and settings that reach no page. Opens no file.

use std::collections::BTreeMap;

use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::import::html::{Element, Html};
use crate::model::book::ThemeSetting;
use crate::model::source::{Artifact, Layer, Snapshot};
use crate::model::writing::Kind;
use crate::promise::{Addresses, What};
use crate::theme::chain::{How, chain};
use crate::theme::{Described, describe};

/// What a page must have: its name, whether only books with an address need it, and how it is mended.
const DUTIES: [(&str, bool, &str); 7] = [
    ("language", false, "write `<html lang=\"{{ page.lang }}\">`"),
    ("encoding", false, "write `<meta charset=\"utf-8\">` as the first line of `<head>`"),
    ("title", false, "write `<title>{{ page.title }}</title>`"),
    ("viewport", false, "write `<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">`"),
    (
        "content security policy",
        false,
        "copy the line from the chapter on moving a theme, or extend `default/base.html`",
    ),
    (
        "canonical address",
        true,
        "write `{% if page.canonical %}<link rel=\"canonical\" href=\"{{ page.canonical }}\">{% endif %}`",
    ),
    ("links to the feeds", true, "copy the loop over `page.head.alternates` from the chapter on moving a theme"),
];

/// Looks at the first essay that readers see, and at the settings that the book makes; `sheets` are those that pages link.
pub(super) fn look(
    snapshot: &Snapshot,
    artifacts: &[Artifact],
    addresses: &Addresses,
    sheets: &BTreeMap<String, String>,
    found: &mut Diagnostics,
) {
    let is_essay = |what: What| matches!(what, What::Writing(Kind::Essay));
    let essay = addresses.iter().find(|address| is_essay(address.what) && address.why.is_none());
    let page = essay.and_then(|essay| artifacts.iter().find(|artifact| artifact.file == essay.file));
    if let (Some(page), Some(place)) = (page, head(&snapshot.layers)) {
        let text = String::from_utf8_lossy(&page.bytes);
        found.extend(lacks(&Html::new(&text), snapshot.book.base_url.is_some(), &place));
    }
    // Where no page was made, nobody can tell what reaches one.
    if page.is_some() {
        found.extend(idle_settings(snapshot, sheets));
    }
}

/// The template of the book's own that writes the head of an essay's page.
fn head(layers: &[Layer]) -> Option<SitePath> {
    let own = layers.first().filter(|layer| layer.is_own())?;
    let used = chain(layers, "essay.html");
    let written = used.iter().filter(|used| used.how != How::Included);
    let written: Vec<&SitePath> = written.map(|used| &used.path).collect();
    let templates = own.templates.iter().map(|(_, source)| source).filter(|source| written.contains(&&source.path));
    let is_whole = |text: &str| ["<head", "<html", "<!doctype"].iter().any(|tag| text.to_lowercase().contains(tag));
    templates.clone().find(|source| is_whole(source.held())).map(|source| source.path.clone())
}

fn lacks(html: &Html<'_>, has_address: bool, place: &SitePath) -> Vec<Diagnostic> {
    let elements = html.elements();
    let of = |name: &str, fits: &dyn Fn(&Element) -> bool| {
        elements.iter().any(|element| element.name == name && fits(element))
    };
    let is = |element: &Element, attribute: &str, word: &str| {
        let value = element.attribute(attribute).unwrap_or("");
        value.split_ascii_whitespace().any(|part| part.eq_ignore_ascii_case(word))
    };
    let is_filled =
        |element: &Element, attribute: &str| element.attribute(attribute).is_some_and(|value| !value.trim().is_empty());
    let is_feed = |element: &Element| {
        let kind = element.attribute("type").unwrap_or("");
        is(element, "rel", "alternate") && ["atom", "rss", "feed"].iter().any(|word| kind.contains(word))
    };
    let fulfilled = [
        of("html", &|html| is_filled(html, "lang")),
        of("meta", &|meta| is_filled(meta, "charset") || is(meta, "http-equiv", "content-type")),
        of("title", &|title| !html.words(title).is_empty()),
        of("meta", &|meta| is(meta, "name", "viewport")),
        of("meta", &|meta| is(meta, "http-equiv", "content-security-policy")),
        of("link", &|link| is(link, "rel", "canonical")),
        of("link", &is_feed),
    ];
    let missing = DUTIES
        .iter()
        .zip(fulfilled)
        .filter(|((_, is_of_address, _), is_fulfilled)| !is_fulfilled && (has_address || !is_of_address));
    let tell = |((what, _, help), _): (&(&str, bool, &str), bool)| {
        let message = format!("the page of an essay has no {what}");
        let mut diagnostic = Diagnostic::new(Code::TemplateError, Span::file(place), message).help(*help);
        diagnostic.severity = Severity::Warning;
        diagnostic
    };
    missing.map(tell).collect()
}

/// Settings that the book makes and that neither a template nor a style sheet of a page takes up.
fn idle_settings(snapshot: &Snapshot, sheets: &BTreeMap<String, String>) -> Vec<Diagnostic> {
    let known = describe(&snapshot.layers);
    // `style.css` with its digest.
    let is_main = |name: &&String| {
        let digest = name.strip_prefix("assets/style.").and_then(|name| name.strip_suffix(".css"));
        digest.is_some_and(|digest| !digest.contains(['.', '/']))
    };
    let is_linked = sheets.keys().any(|name| is_main(&name));
    let idle = |setting: &ThemeSetting| -> Option<Diagnostic> {
        let described = known.iter().find(|known| known.name == setting.key.value)?;
        let is_for_sheets = matches!(described.kind, "color" | "choice" | "number");
        if !is_for_sheets || is_in_template(&snapshot.layers, &described.name) {
            return None;
        }
        let (name, property) = (&described.name, format!("--theme-{}", described.name.replace('_', "-")));
        let (message, help) = if !is_linked {
            let message =
                format!("`{name}` is set, but no page links `style.css`, which holds the settings of the theme");
            (
                message,
                "link it: `<link rel=\"stylesheet\" href=\"{{ page.root }}{{ asset(path=\"style.css\") }}\">`"
                    .to_owned(),
            )
        } else if is_in_sheet(described, &property, sheets) {
            return None;
        } else {
            let message =
                format!("`{name}` is set, but no style sheet uses `{property}` and no template `book.theme.{name}`");
            (message, format!("write `var({property})` in a style sheet, or take the setting out"))
        };
        let span = Span { path: SitePath::new("book.toml").expect("clean"), range: Some(setting.key.range) };
        let mut diagnostic = Diagnostic::new(Code::StyleError, span, message).help(help);
        diagnostic.severity = Severity::Note;
        Some(diagnostic)
    };
    snapshot.book.theme.settings.iter().filter_map(idle).collect()
}

/// Whether a template that a page may be made with shows a setting.
fn is_in_template(layers: &[Layer], name: &str) -> bool {
    let pages = layers.iter().filter(|layer| !layer.is_own()).flat_map(|layer| &layer.templates);
    let used: Vec<SitePath> = pages.flat_map(|(page, _)| chain(layers, page)).map(|used| used.path).collect();
    let all = layers.iter().flat_map(|layer| &layer.templates).map(|(_, source)| source);
    let ends = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    all.filter(|source| used.contains(&source.path)).any(|source| {
        let text = source.held();
        let by_dot = format!("theme.{name}");
        let is_named = text.match_indices(&by_dot).any(|(at, found)| ends(&text[at + found.len()..]));
        is_named || text.contains(&format!("theme[\"{name}\"]"))
    })
}

/// Whether a linked sheet takes a setting up, itself or by what is made from it.
fn is_in_sheet(described: &Described, property: &str, sheets: &BTreeMap<String, String>) -> bool {
    let is_used = |css: &String| css.split("var(").skip(1).any(|inside| inside.trim_start().starts_with(property));
    described.has_sheets || sheets.values().any(is_used)
}
