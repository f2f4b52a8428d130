//! Front matter to `Meta`: which keys each kind of writing has. Knows nothing of the text below it.

use super::fields::Fields;
use super::values::{Table, Text, Value, read_toml, read_yaml};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::path::{Route, SitePath};
use crate::base::slug::{is_slug, slug};
use crate::base::span::Span;
use crate::model::book::ConceptLinks;
use crate::model::writing::{Kind, Meta, Placed};

/// What a file says above its text.
pub(crate) struct Front {
    pub(crate) meta: Meta,
    /// Where the text below begins.
    pub(crate) body_start: usize,
    /// Whether there is a title or a date, be it a wrong one or under a misspelt key.
    pub(crate) has_title: bool,
    pub(crate) has_date: bool,
    pub(crate) is_yaml: bool,
    pub(crate) diagnostics: Diagnostics,
}

/// Reads the front matter of a file.
pub(crate) fn read(kind: Kind, path: &SitePath, text: &str) -> Front {
    let (table, body_start, mut diagnostics) = split(path, text);
    let is_yaml = text.starts_with("---");
    let mut fields = if is_yaml { Fields::of_yaml(path, table) } else { Fields::new(path, table) };
    let (has_title, has_date) = (fields.has_like("title"), fields.has_like("date"));
    let mut meta = Meta::default();
    read_common(kind, &mut fields, &mut meta);
    match kind {
        Kind::Essay => read_essay(&mut fields, &mut meta),
        Kind::Concept => read_concept(&mut fields, &mut meta),
        Kind::Series => {}
        Kind::Page => {
            meta.is_draft = fields.boolean("draft").unwrap_or_default();
            meta.concept_links = read_concept_links(&mut fields, "concept_links");
        }
    }
    diagnostics.append(fields.finish());
    Front { meta, body_start, has_title, has_date, is_yaml, diagnostics }
}

/// Where the text below the front matter begins; 0 without any.
pub(crate) fn body_start(text: &str) -> usize {
    let fence = text.lines().next().unwrap_or("").trim_end();
    let start = text.find('\n').map_or(text.len(), |at| at + 1);
    let has_fence = fence == "+++" || fence == "---" && begins_with_key(&text[start..]);
    has_fence.then(|| closing(text, start, fence)).flatten().map_or(0, |(_, next)| next)
}

/// The table between the fences, and where the text below begins.
pub(super) fn split(path: &SitePath, text: &str) -> (Table, usize, Diagnostics) {
    let first = text.lines().next().unwrap_or("");
    let fence = first.trim_end();
    let mut diagnostics = Diagnostics::default();
    if fence != "+++" && fence != "---" {
        diagnostics.extend(misplaced(path, text));
        return (Table::new(), 0, diagnostics);
    }
    let start = text.find('\n').map_or(text.len(), |at| at + 1);
    if let Some((end, next)) = closing(text, start, fence) {
        let input = Text { path, text: &text[start..end], offset: start };
        let (table, found) = if fence == "+++" { read_toml(&input) } else { read_yaml(&input) };
        diagnostics.append(found);
        return (table, next, diagnostics);
    }
    let span = Span::bytes(path, 0..fence.len());
    diagnostics.push(
        Diagnostic::new(Code::BadSyntax, span, "the front matter that begins here has no end")
            .help(format!("close it with a line `{fence}`")),
    );
    (Table::new(), start, diagnostics)
}

/// The line that closes the front matter, and the one behind it.
pub(super) fn closing(text: &str, start: usize, fence: &str) -> Option<(usize, usize)> {
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        if line.trim_end() == fence || fence == "---" && line.trim_end() == "..." {
            return Some((at, at + line.len()));
        }
        at += line.len();
    }
    None
}

/// Front matter that does not begin on the first line, or without its fence, would be shown to readers, and `draft = true`
/// with it.
fn misplaced(path: &SitePath, text: &str) -> Option<Diagnostic> {
    let mut at = 0;
    let mut is_blank_above = true;
    let mut keys = 0;
    for line in text.split_inclusive('\n').take(12) {
        let fence = line.trim();
        let next = at + line.len();
        let is_fence = fence == "+++" || fence == "---" && is_blank_above;
        if is_fence && closing(text, next, fence).is_some_and(|(end, _)| begins_with_key(&text[next..end])) {
            let message = "this front matter does not begin on the first line, and would be shown as text";
            return Some(
                Diagnostic::new(Code::BadSyntax, Span::bytes(path, at..at + line.trim_end().len()), message)
                    .help("move it to the very top of the file, without a blank before it"),
            );
        }
        keys = if begins_with_key(line) { keys + 1 } else { 0 };
        if keys == 2 && text[..at].lines().filter(|line| !line.trim().is_empty()).count() == 1 {
            let message = "these look like settings, but no line of `---` or `+++` stands above them";
            return Some(
                Diagnostic::new(Code::BadSyntax, Span::bytes(path, at..at + line.trim_end().len()), message)
                    .help("put a line `---` above and below them, or `+++` where they are written with `=`"),
            );
        }
        is_blank_above &= fence.is_empty();
        at = next;
    }
    None
}

/// Whether a text begins with one of the keys that nearly every file has.
fn begins_with_key(text: &str) -> bool {
    let line = text.trim_start();
    let end = line.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(line.len());
    let is_key = matches!(
        &line[..end],
        "title" | "date" | "draft" | "summary" | "slug" | "tags" | "concepts" | "series" | "description" | "aliases"
    );
    is_key && line[end..].trim_start_matches(' ').starts_with([':', '='])
}

fn read_common(kind: Kind, fields: &mut Fields<'_>, meta: &mut Meta) {
    let value = |placed: Option<Placed<String>>| placed.map(|placed| placed.value).unwrap_or_default();
    let title = fields.text("title");
    meta.title_at = title.as_ref().map(|title| title.range);
    meta.title = value(title);
    meta.summary = value(fields.text("summary"));
    meta.slug = fields.text("slug").and_then(|chosen| check_slug(fields, chosen));
    meta.lang = fields.text("lang").and_then(|lang| check_language(fields, lang));
    let old = fields.texts(if kind == Kind::Concept { "redirect_from" } else { "aliases" });
    meta.old_addresses = old.into_iter().filter_map(|old| check_address(fields, old)).collect();
    meta.extra = fields.free("extra");
}

fn read_essay(fields: &mut Fields<'_>, meta: &mut Meta) {
    meta.date = fields.date("date");
    meta.updated = fields.later_date("updated", meta.date);
    meta.expires = fields.date("expires");
    let (concepts, tags) = (fields.texts("concepts"), fields.texts("tags"));
    if let (Some(_), Some(second)) = (concepts.first(), tags.first()) {
        fields.refuse(
            Code::BadValue,
            second.range,
            "`concepts` and `tags` are two names of one key",
            "keep `concepts`",
        );
    }
    meta.concepts = concepts.into_iter().chain(tags).filter_map(|name| check_name(fields, name)).collect();
    meta.series = fields.text("series").and_then(|name| check_name(fields, name));
    let (part, order) = (fields.number("part"), fields.number("series_order"));
    meta.part = part.or(order);
    meta.is_draft = fields.boolean("draft").unwrap_or_default();
    meta.canonical = fields.text("canonical").and_then(|url| check_url(fields, "canonical", url));
    let copies = fields.texts("syndication");
    meta.syndication = copies.into_iter().filter_map(|url| check_url(fields, "syndication", url)).collect();
    meta.image = fields.text("image");
    meta.answers = fields.text("answers").map(|id| id.value);
    meta.is_start = fields.boolean("start").unwrap_or_default();
    meta.concept_links = read_concept_links(fields, "concept_links");
    meta.related_essays = fields.texts("related");
    meta.unrelated_essays = fields.texts("unrelated");
}

fn read_concept(fields: &mut Fields<'_>, meta: &mut Meta) {
    let mut names = |key| {
        let texts = fields.texts(key);
        texts.into_iter().filter_map(|name| check_name(fields, name)).collect()
    };
    meta.names = names("aliases");
    meta.broader = names("broader");
    meta.related = names("related");
    meta.contrasts = names("contrasts");
    meta.concept_links = read_concept_links(fields, "link");
    meta.passage = fields.text("passage");
}

fn read_concept_links(fields: &mut Fields<'_>, key: &'static str) -> Option<ConceptLinks> {
    let field = fields.take(key)?;
    let links = match &field.value {
        Value::Bool(true) => Some(ConceptLinks::First),
        Value::Bool(false) => Some(ConceptLinks::None),
        Value::Text(word) => ConceptLinks::from_word(word),
        _ => None,
    };
    if links.is_none() {
        let message = format!("`{key}` does not say which mentions become links");
        fields.refuse(Code::BadValue, field.range, message, "write `first`, `every` or `none`");
    }
    links
}

fn check_slug(fields: &mut Fields<'_>, chosen: Placed<String>) -> Option<Placed<String>> {
    if is_slug(&chosen.value) {
        return Some(chosen);
    }
    let made = slug(&chosen.value);
    let help = if made.is_empty() {
        "use lower-case letters, digits and hyphens".to_owned()
    } else {
        format!("write `{made}`")
    };
    fields.refuse(
        Code::BadAddress,
        chosen.range,
        format!("`{}` cannot be part of an address", shorten(&chosen.value)),
        help,
    );
    None
}

fn check_address(fields: &mut Fields<'_>, old: Placed<String>) -> Option<Placed<String>> {
    if Route::new(&old.value).is_some() && old.value.len() > 1 {
        return Some(old);
    }
    let message = format!("`{}` is not an address of this site", shorten(&old.value));
    fields.refuse(
        Code::BadAddress,
        old.range,
        message,
        "write it from the root of the site, such as `/2019/my-essay/`",
    );
    None
}

fn check_name(fields: &mut Fields<'_>, name: Placed<String>) -> Option<Placed<String>> {
    if !slug(&name.value).is_empty() {
        return Some(name);
    }
    let message = format!("`{}` has no letter or digit", shorten(&name.value));
    fields.refuse(Code::BadValue, name.range, message, "write a name that can be spelled");
    None
}

fn check_url(fields: &mut Fields<'_>, key: &str, url: Placed<String>) -> Option<String> {
    let host = url.value.strip_prefix("https://").or_else(|| url.value.strip_prefix("http://"));
    if host.is_some_and(|host| !host.is_empty() && !host.starts_with('/')) && !url.value.contains([' ', '"', '<', '>'])
    {
        return Some(url.value);
    }
    let message = format!("`{key}` must be a web address, found `{}`", shorten(&url.value));
    fields.refuse(Code::BadValue, url.range, message, "write it with `https://`");
    None
}

fn check_language(fields: &mut Fields<'_>, lang: Placed<String>) -> Option<String> {
    let is_tag =
        (2..=35).contains(&lang.value.len()) && lang.value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    // A language has two or three letters (BCP 47); what follows narrows it down.
    let is_tag = is_tag && lang.value.split('-').next().is_some_and(|first| matches!(first.len(), 2 | 3));
    if is_tag {
        return Some(lang.value);
    }
    let message = format!("`{}` is not a language tag", shorten(&lang.value));
    fields.refuse(Code::BadValue, lang.range, message, "write a tag such as `en`, `de` or `zh-Hans`");
    None
}

/// The beginning of a value, for messages.
fn shorten(value: &str) -> String {
    if value.chars().count() <= 60 {
        value.to_owned()
    } else {
        format!("{}…", value.chars().take(60).collect::<String>())
    }
}
