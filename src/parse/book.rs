//! `book.toml` to `Book`. Knows nothing of the rest of the book.

use url::Url;

use super::address;
use super::fields::Fields;
use super::values::{Text, Value, read_toml};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics, Severity, nearest};
use crate::base::path::SitePath;
use crate::base::span::Span;
use crate::model::book::{
    Book, ConceptLinks, ExternalSettings, Feeds, Names, OutputSettings, RepliesSettings, TellSettings,
};
use crate::model::thread::State;
use crate::model::urls::Pattern;
use crate::model::writing::Kind;

/// Reads the settings; what is wrong is reported and left at its default.
pub(crate) fn read(path: &SitePath, text: &str) -> (Book, Diagnostics) {
    let (table, mut diagnostics) = read_toml(&Text { path, text, offset: 0 });
    let mut fields = Fields::new(path, table);
    let mut book = Book::default();
    match fields.text("title") {
        Some(title) => book.title = title.value,
        None => diagnostics.push(
            Diagnostic::new(Code::MissingTitle, Span::file(path), "the book has no title")
                .help("add a line `title = \"…\"`"),
        ),
    }
    for (key, place) in [("author", &mut book.author), ("summary", &mut book.summary), ("language", &mut book.language)]
    {
        if let Some(text) = fields.text(key) {
            *place = text.value;
        }
    }
    read_addresses(&mut fields, &mut book);
    book.image = fields.text("image");
    super::theme::read(path, &mut fields, &mut book.theme);
    let mut below = |key, read: fn(&mut Fields<'_>, &mut Book)| {
        if let Some(table) = fields.table(key) {
            let mut inner = Fields::new(path, table);
            read(&mut inner, &mut book);
            diagnostics.append(inner.finish());
        }
    };
    below("urls", read_urls);
    below("concepts", read_concepts);
    below("markdown", read_markdown);
    below("replies", |fields, book| read_replies(fields, &mut book.replies));
    below("outputs", |fields, book| read_outputs(fields, &mut book.outputs));
    below("print", |fields, book| book.print.replies = fields.boolean("replies").unwrap_or_default());
    below("tell", |fields, book| read_tell(fields, &mut book.tell));
    below("external", |fields, book| read_external(fields, &mut book.external));
    for (name, value) in fields.table("publish").unwrap_or_default() {
        let (target, found) = super::publish::read(path, &name, value);
        book.targets.extend(target);
        diagnostics.append(found);
    }
    read_levels(path, &mut fields, &mut book, &mut diagnostics);
    book.extra = fields.free("extra");
    diagnostics.append(fields.finish());
    (book, diagnostics)
}

/// Where the book is read, and where its author is.
fn read_addresses(fields: &mut Fields<'_>, book: &mut Book) {
    if let Some(url) = fields.text("base_url") {
        match address::site(&url.value) {
            Ok(good) => book.base_url = Some(good),
            Err(refused) => refused.report("base_url", url.range, fields),
        }
    }
    for profile in fields.texts("profiles") {
        match address::page(&profile.value) {
            Ok(()) => book.profiles.push(profile.value),
            Err(refused) => refused.report("profiles", profile.range, fields),
        }
    }
}

fn read_urls(fields: &mut Fields<'_>, book: &mut Book) {
    for kind in Kind::ALL {
        let Some(written) = fields.text(kind.word()) else { continue };
        match Pattern::parse(&written.value, kind) {
            Ok(pattern) => *book.urls.of_mut(kind) = pattern,
            Err(why) => {
                let message = format!("`{}` is no pattern for addresses: {why}", written.value);
                let help = format!("write it as `\"{}\"`", Pattern::standard(kind));
                fields.refuse(Code::BadValue, written.range, message, help);
            }
        }
    }
}

fn read_concepts(fields: &mut Fields<'_>, book: &mut Book) {
    if let Some(word) = fields.word("links", &ConceptLinks::WORDS) {
        book.concept_links = ConceptLinks::from_word(&word.value).expect("one of the words");
    }
}

fn read_markdown(fields: &mut Fields<'_>, book: &mut Book) {
    book.markdown.smart_punctuation = fields.boolean("smart_punctuation").unwrap_or(true);
    for (name, value) in fields.table("math_macros").unwrap_or_default() {
        match value.value {
            Value::Text(meaning) => book.markdown.math_macros.push((name.text().to_owned(), meaning)),
            _ => fields.refuse(Code::BadValue, value.range, "a macro stands for text", "put it between quotes"),
        }
    }
}

fn read_outputs(fields: &mut Fields<'_>, outputs: &mut OutputSettings) {
    if let Some(word) = fields.word("feeds", &Feeds::WORDS) {
        outputs.feeds = Feeds::from_word(&word.value).expect("one of the words");
    }
    outputs.markdown = fields.boolean("markdown").unwrap_or(true);
    outputs.graph = fields.boolean("graph").unwrap_or(true);
}

fn read_replies(fields: &mut Fields<'_>, replies: &mut RepliesSettings) {
    if let Some(word) = fields.word("import_as", &["shown", "held"]) {
        replies.import_as = State::from_word(&word.value).expect("one of the words");
    }
    if let Some(word) = fields.word("names", &Names::WORDS) {
        replies.names = Names::from_word(&word.value).expect("one of the words");
    }
    replies.headlines = fields.boolean("headlines").unwrap_or_default();
    replies.webmentions = fields.boolean("webmentions").unwrap_or_default();
    if let Some(removal) = fields.text("removal") {
        let is_good = ["mailto:", "https://", "http://"].iter().any(|start| removal.value.starts_with(start));
        if is_good && !removal.value.contains(char::is_whitespace) {
            replies.removal = removal.value;
        } else {
            let help = "write it as `mailto:me@example.org` or `https://example.org/contact`";
            fields.refuse(Code::BadValue, removal.range, "`removal` must be an address", help);
        }
    }
}

fn read_tell(fields: &mut Fields<'_>, tell: &mut TellSettings) {
    for hub in fields.texts("websub") {
        let is_good = Url::parse(&hub.value).is_ok_and(|url| url.scheme() == "https" && url.host_str().is_some());
        if is_good {
            tell.websub.push(hub.value);
        } else {
            let help = "write it as `websub = [\"https://hub.example/\"]`";
            fields.refuse(Code::BadValue, hub.range, "`websub` must hold addresses that begin with `https://`", help);
        }
    }
    if let Some(key) = fields.text("indexnow") {
        let is_good =
            (8..=128).contains(&key.value.len()) && key.value.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        if is_good {
            tell.indexnow = key.value;
        } else {
            let help = "make one up, such as the 32 digits that `uuidgen | tr -d -` prints";
            let message = "`indexnow` must be a key of 8 to 128 letters from a to z, digits and hyphens";
            fields.refuse(Code::BadValue, key.range, message, help);
        }
    }
    tell.webmention = fields.boolean("webmention").unwrap_or_default();
}

fn read_external(fields: &mut Fields<'_>, external: &mut ExternalSettings) {
    for pattern in fields.texts("ignore") {
        let is_good = ["http://", "https://", "*"].iter().any(|start| pattern.value.starts_with(start));
        if is_good {
            external.ignore.push(pattern.value);
        } else {
            let help = "write them as `ignore = [\"https://www.example.org/*\"]`";
            fields.refuse(
                Code::BadValue,
                pattern.range,
                "`ignore` must hold addresses that begin with `https://`",
                help,
            );
        }
    }
    let mut within = |key, most, place: &mut i64| {
        let Some(number) = fields.whole(key, *place) else { return };
        if (1..=most).contains(&number.value) {
            *place = number.value;
        } else {
            let message = format!("`{key}` must lie between 1 and {most}");
            fields.refuse(Code::BadValue, number.range, message, format!("write `{key} = {place}`"));
        }
    };
    within("max_age", 3650, &mut external.max_age);
    let mut timeout = external.timeout.cast_signed();
    within("timeout", 600, &mut timeout);
    external.timeout = timeout.unsigned_abs();
}

fn read_levels(path: &SitePath, fields: &mut Fields<'_>, book: &mut Book, diagnostics: &mut Diagnostics) {
    for (key, value) in fields.table("check").unwrap_or_default() {
        let span = Span { path: path.clone(), range: Some(key.range) };
        let Some(code) = Code::from_name(key.text()) else {
            let diagnostic =
                Diagnostic::new(Code::UnknownKey, span.clone(), format!("there is no check `{}`", key.text()));
            let near = nearest(key.text(), Code::ALL.iter().map(|code| code.name()));
            diagnostics.push(match near {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")).guess(span, near),
                None => diagnostic.help("the manual lists all checks under Diagnostics"),
            });
            continue;
        };
        match Some(&value.value).and_then(|value| match value {
            Value::Text(word) => Severity::from_word(word),
            _ => None,
        }) {
            Some(_) if !code.is_adjustable() => fields.refuse(
                Code::BadValue,
                key.range,
                format!("the level of `{}` cannot be changed: a page would be lost in silence", code.name()),
                "take the line out",
            ),
            Some(level) => {
                book.levels.insert(code, level);
            }
            None => fields.refuse(
                Code::BadValue,
                value.range,
                format!("`{}` must be a level", code.name()),
                "write `error`, `warning`, `note` or `off`",
            ),
        }
    }
}
