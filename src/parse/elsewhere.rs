//! Keys of other programs, and what stands for them here. Knows no file.

use super::values::Value;

/// Keys of front matter elsewhere, and ours for the same thing; of several, the first one that the place has.
const SAME: [(&str, &[&str]); 38] = [
    ("alias", &["redirect_from", "aliases"]),
    ("redirect_from", &["aliases"]),
    ("redirects", &["redirect_from", "aliases"]),
    ("abstract", &["summary"]),
    ("dek", &["summary"]),
    ("description", &["summary"]),
    ("excerpt", &["summary"]),
    ("subtitle", &["summary"]),
    ("categories", &["concepts"]),
    ("category", &["concepts"]),
    ("keywords", &["concepts"]),
    ("topics", &["concepts"]),
    ("order", &["part"]),
    ("published", &["date"]),
    ("published_at", &["date"]),
    ("pubDate", &["date"]),
    ("pubdate", &["date"]),
    ("publishDate", &["date"]),
    ("publishdate", &["date"]),
    ("last_modified", &["updated"]),
    ("last_modified_at", &["updated"]),
    ("lastmod", &["updated"]),
    ("modified", &["updated"]),
    ("updated_at", &["updated"]),
    ("expirydate", &["expires"]),
    ("expiryDate", &["expires"]),
    ("canonical_url", &["canonical"]),
    ("canonicalURL", &["canonical"]),
    ("banner", &["image"]),
    ("cover", &["image"]),
    ("cover_image", &["image"]),
    ("featured_image", &["image"]),
    ("og_image", &["image"]),
    ("thumbnail", &["image"]),
    ("language", &["lang"]),
    ("locale", &["lang"]),
    ("site_url", &["base_url"]),
    ("baseURL", &["base_url"]),
];

/// Keys of front matter elsewhere that say how a page looks, which here the theme says.
const LOOKS: [&str; 11] =
    ["comments", "layout", "markup", "math", "mathjax", "pin", "sidebar", "template", "toc", "type", "weight"];

/// What to do about a key.
pub(super) enum Remedy {
    /// Write this key in its place.
    Key(&'static str),
    /// Write this key with this value.
    Line(&'static str, &'static str),
    /// Something that takes words.
    Words(&'static str),
}

/// What to do about a key of another program where these keys are known; `None` for one that no other program is known for.
pub(super) fn remedy(name: &str, value: &Value, known: &[&'static str]) -> Option<Remedy> {
    let is_writing = known.contains(&"slug");
    match (name, value) {
        ("published", Value::Bool(false)) if known.contains(&"draft") => return Some(Remedy::Line("draft", "true")),
        ("published", Value::Bool(true)) if known.contains(&"draft") => {
            return Some(Remedy::Words("take it out: what is no `draft` is published"));
        }
        ("permalink" | "url", Value::Text(address)) if is_writing => return Some(address_remedy(address, known)),
        ("author" | "authors", _) if is_writing => {
            return Some(Remedy::Words("write `author` in `book.toml`, for the whole book"));
        }
        _ if is_writing && LOOKS.contains(&name) => {
            return Some(Remedy::Words("leave it out, or put it under `extra` where a template of yours reads it"));
        }
        _ => {}
    }
    let (_, ours) = SAME.iter().find(|(other, _)| *other == name)?;
    ours.iter().find(|key| known.contains(key)).map(|key| Remedy::Key(key))
}

/// A part of an address is a slug; a whole one is made by a pattern, or is an old one.
fn address_remedy(address: &str, known: &[&'static str]) -> Remedy {
    if !address.contains('/') {
        return Remedy::Key("slug");
    }
    if known.contains(&"redirect_from") {
        return Remedy::Words(
            "write its last part as `slug`, let `[urls]` in `book.toml` make such addresses, or name it under `redirect_from`",
        );
    }
    Remedy::Words(
        "write its last part as `slug`, let `[urls]` in `book.toml` make such addresses, or name it under `aliases`",
    )
}

/// Whether a key with this value means one of ours elsewhere.
pub(super) fn means(name: &str, value: &Value, ours: &str) -> bool {
    let is_switch = matches!(value, Value::Bool(_));
    !is_switch && SAME.iter().any(|(other, keys)| *other == name && keys.contains(&ours))
}
