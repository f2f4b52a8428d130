//! What a theme of the book holds in vain or writes half: files that nothing names, addresses without the way to the root.
//! Knows no page.

use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::base::span::Span;
use crate::model::source::{Layer, Source};

/// What is certain to be idle or half; looked for when the writer asks.
#[must_use]
pub fn idle(layers: &[Layer]) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    for own in layers.iter().filter(|layer| layer.is_own()) {
        // A theme with a `base` of its own may have its addresses begin wherever it likes.
        if !own.templates.iter().any(|(_, source)| source.held().contains("<base")) {
            diagnostics.extend(own.templates.iter().flat_map(|(_, source)| rootless(source)));
        }
        for name in unnamed(own, layers) {
            let span = Span::file(&own.path_of(name));
            let message = "no template, style sheet or script names this file";
            diagnostics.push(warning(Code::StyleError, span, message, "delete it, or name it in a template"));
        }
    }
    diagnostics
}

fn warning(code: Code, span: Span, message: &str, help: &str) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(code, span, message).help(help);
    diagnostic.severity = Severity::Warning;
    diagnostic
}

/// The assets of a theme that neither stand in the place of another nor are named anywhere.
fn unnamed<'a>(own: &'a Layer, layers: &'a [Layer]) -> Vec<&'a str> {
    let is_text =
        |name: &str| [".css", ".js", ".mjs", ".svg", ".json", ".webmanifest"].iter().any(|end| name.ends_with(end));
    let assets = || layers.iter().flat_map(|layer| &layer.assets).filter(|(name, _)| is_text(name));
    let templates = || layers.iter().flat_map(|layer| &layer.templates).map(|(_, source)| source);
    let manifests = layers.iter().filter_map(|layer| layer.manifest.as_ref());
    let mut texts: Vec<(&str, String)> =
        templates().chain(manifests).map(|source| ("", source.held().to_string())).collect();
    texts.extend(assets().map(|(name, bytes)| (name.as_str(), String::from_utf8_lossy(bytes).into_owned())));
    // The end of a name that a template puts together while it runs, as in `asset(path=book.theme.font ~ "-roman.woff2")`.
    let ends: Vec<&str> = templates().flat_map(|source| composed(source.held())).collect();
    let below =
        |name: &str| layers.iter().any(|layer| !layer.is_own() && layer.assets.iter().any(|(other, _)| other == name));
    let is_named = |name: &str| {
        let last = name.rsplit('/').next().unwrap_or(name);
        texts.iter().any(|(of, text)| *of != name && text.contains(last)) || ends.iter().any(|end| name.ends_with(end))
    };
    let names = own.assets.iter().map(|(name, _)| name.as_str());
    // A licence is there to be there.
    names.filter(|name| !name.ends_with(".txt") && !below(name) && !is_named(name)).collect()
}

/// What the names of assets end with that are put together; the empty end, which fits all, where that cannot be told.
fn composed(template: &str) -> Vec<&str> {
    let calls = template.match_indices("asset(path=").map(|(at, call)| &template[at + call.len()..]);
    let arguments = calls.map(|rest| rest.split(')').next().unwrap_or("").trim());
    let is_literal = |argument: &&str| argument.starts_with('"') && argument.matches('"').count() == 2;
    let composed = arguments.filter(|argument| !is_literal(argument));
    composed.map(|argument| argument.strip_suffix('"').and_then(|rest| rest.rsplit('"').next()).unwrap_or("")).collect()
}

/// Addresses of assets that are written without `page.root`: right on the front page and nowhere else.
fn rootless(source: &Source) -> Vec<Diagnostic> {
    let text = source.held();
    let starts = text.match_indices("{{").filter(|(at, _)| {
        let is_call = text[at + 2..].trim_start_matches('-').trim_start().starts_with("asset(");
        is_call && text[..*at].ends_with(['"', '\'', '='])
    });
    starts
        .map(|(at, _)| {
            let end = text[at..].find("}}").map_or(text.len(), |end| at + end + 2);
            let message =
                "this address is right on the front page only: `asset` gives the way from the root of the site";
            let help = "write `{{ page.root }}` before it";
            // Behind `data-` and its kin a script may look for an address from the root.
            warning(Code::TemplateError, Span::bytes(&source.path, at..end), message, help)
                .guess(Span::bytes(&source.path, at..at), "{{ page.root }}")
        })
        .collect()
}
