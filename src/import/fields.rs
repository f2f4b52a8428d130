//! Fields of JSON values: texts, ids, names, addresses, counts, dates. Knows no service.

use serde_json::{Map, Value};

use super::dates;
use super::foreign::{Harvest, When};

/// The text of a field, trimmed; `None` where it is empty or something else.
#[must_use]
pub fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty())
}

/// The text of the first of these fields that has one.
#[must_use]
pub fn first_text<'a>(value: &'a Value, keys: &[&str]) -> Option<&'a str> {
    keys.iter().find_map(|key| text(value, key))
}

/// A field as text, be it written as a text, a number or a truth.
#[must_use]
pub fn scalar(value: &Value, key: &str) -> Option<String> {
    match value.get(key)? {
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(is.to_string()),
        _ => text(value, key).map(str::to_owned),
    }
}

/// The id in a field: a text or a whole number.
#[must_use]
pub fn id(value: &Value, key: &str) -> Option<String> {
    scalar(value, key).filter(|_| value.get(key).is_some_and(|id| id.is_string() || id.is_i64() || id.is_u64()))
}

/// A field as text; the word `undefined` or `null`, which scripts write for nothing, is none.
#[must_use]
pub fn said(value: &Value, key: &str) -> Option<String> {
    scalar(value, key).filter(|text| !matches!(text.as_str(), "undefined" | "null"))
}

/// A name in a field. Of an e-mail address in a name's place only the part before the sign is kept.
#[must_use]
pub fn name(value: &Value, key: &str) -> Option<String> {
    let shown = said(value, key)?;
    let ends = shown.split_once('@').filter(|_| !shown.contains(char::is_whitespace));
    let local = ends.filter(|(local, place)| !local.is_empty() && place.contains('.')).map(|(local, _)| local);
    Some(local.map_or(shown.clone(), str::to_owned))
}

/// The address of a page in a field; other addresses, those of e-mail among them, are none.
#[must_use]
pub fn address(value: &Value, key: &str) -> Option<String> {
    text(value, key)
        .filter(|address| address.starts_with("https://") || address.starts_with("http://"))
        .map(str::to_owned)
}

/// Whether a field says yes.
#[must_use]
pub fn is(value: &Value, key: &str) -> bool {
    scalar(value, key).is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1")
}

/// The whole number in a field.
#[must_use]
pub fn number(value: &Value, key: &str) -> Option<u64> {
    value.get(key)?.as_u64()
}

/// How many readers a field counts, be it written as a number or a text; `None` for none, and for a sum below nought.
#[must_use]
pub fn count(value: &Value, key: &str) -> Option<u64> {
    scalar(value, key)?.parse().ok().filter(|count| *count > 0)
}

/// The elements of a list in a field; none where there is no list.
pub fn list<'a>(value: &'a Value, key: &str) -> impl DoubleEndedIterator<Item = &'a Value> + use<'a> {
    value.get(key).and_then(Value::as_array).into_iter().flatten()
}

/// The date in the first of these fields that has a value; one that cannot be read is told.
pub fn date(value: &Value, keys: &[&str], place: &str, harvest: &mut dyn Harvest) -> When {
    let written = keys.iter().find_map(|key| Some((value.get(key)?, scalar(value, key)?)));
    let found = match written {
        Some((Value::Number(number), _)) => dates::number(number.as_f64().unwrap_or(f64::NAN)),
        Some((_, text)) => dates::any(&text),
        None => return When::Unknown,
    };
    dates::or_left(found, place, harvest)
}

/// A value with all keys in lower case, for services that changed their minds about it. Of two that are then the same the first
/// counts. Calls itself no deeper than the 128 levels of a text that is read.
#[must_use]
pub fn in_lower_case(value: &Value) -> Value {
    match value {
        Value::Array(list) => list.iter().map(in_lower_case).collect(),
        Value::Object(object) => {
            let mut lower = Map::with_capacity(object.len());
            for (key, value) in object {
                lower.entry(key.to_ascii_lowercase()).or_insert_with(|| in_lower_case(value));
            }
            Value::Object(lower)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_give_what_they_are_asked_for_and_nothing_else() {
        let value = json!({"a": " x ", "b": 7, "c": 1.5, "d": "", "e": "mailto:a@b.example", "f": "https://b.example",
            "g": "ada@b.example", "h": "Ada @ Home", "i": null, "j": " undefined ", "k": -3, "l": "True", "m": [], "n": "6"});
        assert_eq!((text(&value, "a"), text(&value, "b"), text(&value, "d")), (Some("x"), None, None));
        assert_eq!((first_text(&value, &["b", "i", "a"]), first_text(&value, &["m"])), (Some("x"), None));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(
            (id(&value, "a"), id(&value, "b"), id(&value, "c"), id(&value, "l")),
            (some("x"), some("7"), None, some("True"))
        );
        assert_eq!((scalar(&value, "c"), scalar(&value, "m"), scalar(&value, "i")), (some("1.5"), None, None));
        assert_eq!((said(&value, "j"), said(&value, "b"), name(&value, "j")), (None, some("7"), None));
        assert_eq!((name(&value, "g"), name(&value, "h")), (some("ada"), some("Ada @ Home")));
        assert_eq!((address(&value, "e"), address(&value, "f")), (None, some("https://b.example")));
        assert_eq!(
            (count(&value, "n"), count(&value, "k"), number(&value, "n"), number(&value, "b")),
            (Some(6), None, None, Some(7))
        );
        assert!(is(&value, "l") && !is(&value, "a") && !is(&value, "m"));
        assert_eq!((list(&value, "m").count(), list(&value, "a").count()), (0, 0));
    }

    #[test]
    fn a_date_that_cannot_be_read_is_told() {
        let value = json!({"none": null, "word": "soon", "number": 1_714_551_000, "far": 1e300, "text": "2021-03-02"});
        let mut basket = Basket::default();
        let mut of = |keys: &[&str]| date(&value, keys, "comment 1", &mut basket);
        assert_eq!(
            (of(&["missing", "none"]), of(&["none", "word"]), of(&["far"])),
            (When::Unknown, When::Unknown, When::Unknown)
        );
        assert_eq!(of(&["number"]), When::Exact("2024-05-01T08:10:00Z".parse().expect("a moment")));
        assert_eq!(of(&["text"]), When::Day(jiff::civil::date(2021, 3, 2)));
        assert_eq!(basket.left.len(), 2, "{:?}", basket.left);
    }

    #[test]
    fn keys_in_lower_case_stand_for_keys_in_any() {
        let value = in_lower_case(&json!({"ParentId": [{"Name": "Ada"}], "parentID": 8, "x": null}));
        assert_eq!(value, json!({"parentid": [{"name": "Ada"}], "x": null}));
    }
}
