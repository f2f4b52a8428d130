//! JSON of any source: read from a file, and asked for texts, ids, addresses and dates. Knows no source.

use jiff::{Timestamp, civil};
use serde_json::Value;

use super::foreign::{Unreadable, When};
use super::input::Input;

/// The only file of an input as JSON.
///
/// # Errors
/// It is a folder, no JSON, or nests deeper than the 128 levels that are read; with line and column.
pub fn of_input(input: &Input) -> Result<Value, Unreadable> {
    let part = input.single().ok_or_else(|| Unreadable::new("a single JSON file is wanted"))?;
    of_text(&part.text()?)
}

/// A text as JSON.
///
/// # Errors
/// It is no JSON, or nests deeper than the 128 levels that are read; with line and column.
pub fn of_text(text: &str) -> Result<Value, Unreadable> {
    serde_json::from_str(text).map_err(|error| unreadable(&error))
}

/// What is wrong with a text that is no JSON.
#[must_use]
pub fn unreadable(error: &serde_json::Error) -> Unreadable {
    let said = error.to_string();
    let why = said.split(" at line ").next().unwrap_or(&said);
    let why = if is_too_deep(error) { "the JSON nests deeper than the 128 levels that are read" } else { why };
    Unreadable::new(format!("line {}, column {}: {why}", error.line(), error.column()))
}

/// Whether a text is no JSON only because of its depth.
#[must_use]
pub fn is_too_deep(error: &serde_json::Error) -> bool {
    error.to_string().starts_with("recursion limit exceeded")
}

/// The text of a field, trimmed; `None` where it is empty or something else.
#[must_use]
pub fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// The id in a field: a text or a whole number.
#[must_use]
pub fn id(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::Number(number) if number.is_i64() || number.is_u64() => Some(number.to_string()),
        _ => text(value, key).map(str::to_owned),
    }
}

/// The address of a page in a field; other addresses, those of e-mail among them, are none.
#[must_use]
pub fn address(value: &Value, key: &str) -> Option<String> {
    text(value, key)
        .filter(|address| address.starts_with("https://") || address.starts_with("http://"))
        .map(str::to_owned)
}

/// A name in a field. Of an e-mail address in a name's place only the part before the sign is kept.
#[must_use]
pub fn name(value: &Value, key: &str) -> Option<String> {
    let shown = text(value, key)?;
    let ends = shown.split_once('@').filter(|_| !shown.contains(char::is_whitespace));
    let local = ends.filter(|(local, place)| !local.is_empty() && place.contains('.')).map(|(local, _)| local);
    Some(local.unwrap_or(shown).to_owned())
}

/// The truth in a field; false where it says nothing.
#[must_use]
pub fn is(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// The elements of a list in a field; none where there is no list.
pub fn list<'a>(value: &'a Value, key: &str) -> impl DoubleEndedIterator<Item = &'a Value> + use<'a> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// A date as ISO 8601 writes it: an instant, a time without a zone, or a day; `None` for everything else.
#[must_use]
pub fn when(written: &str) -> Option<When> {
    let written = written.trim();
    if let Ok(moment) = written.parse::<Timestamp>() {
        return Some(When::Exact(moment));
    }
    // A day alone would be read as its midnight.
    if written.len() > 10 {
        return written.parse::<civil::DateTime>().ok().map(When::ZoneUnknown);
    }
    written.parse::<civil::Date>().ok().map(When::Day)
}

/// Plain words as HTML.
#[must_use]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_give_what_they_are_asked_for_and_nothing_else() {
        let value = of_text(
            r#"{"a": " x ", "b": 7, "c": 1.5, "d": "", "e": "mailto:a@b.example", "f": "https://b.example", "g": "ada@b.example", "h": "Ada @ Home"}"#,
        )
        .expect("good");
        assert_eq!((text(&value, "a"), text(&value, "b"), text(&value, "d")), (Some("x"), None, None));
        assert_eq!(
            (id(&value, "a"), id(&value, "b"), id(&value, "c")),
            (Some("x".to_owned()), Some("7".to_owned()), None)
        );
        assert_eq!((address(&value, "e"), address(&value, "f")), (None, Some("https://b.example".to_owned())));
        assert_eq!((name(&value, "g"), name(&value, "h")), (Some("ada".to_owned()), Some("Ada @ Home".to_owned())));
    }

    #[test]
    fn dates_are_as_exact_as_they_are_written() {
        let day = civil::date(2021, 3, 2);
        assert_eq!(when("2021-03-02"), Some(When::Day(day)));
        assert_eq!(when("2021-03-02T07:00:00"), Some(When::ZoneUnknown(day.at(7, 0, 0, 0))));
        assert_eq!(when("2021-03-02T07:00:00+00:00"), "2021-03-02T07:00:00Z".parse().ok().map(When::Exact));
        for bad in ["", "01/08/2019", "yesterday", "2021-13-40", "2021-03-02T99:00:00"] {
            assert_eq!(when(bad), None, "{bad}");
        }
    }

    #[test]
    fn what_is_too_deep_or_broken_is_named_with_its_place() {
        let deep = of_text(&"[".repeat(10_000)).expect_err("deep").message;
        assert_eq!(deep, "line 1, column 128: the JSON nests deeper than the 128 levels that are read");
        let broken = of_text("{\n\"a\": ]").expect_err("broken").message;
        assert_eq!(broken, "line 2, column 6: expected value");
    }
}
