//! Fields of JSON records as services write them: keys in any letter case, numbers as text, dates in many forms. Knows no
//! service.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil};
use serde_json::Value;

use super::foreign::{ForeignThread, Harvest, Key, Unreadable, When};

/// Reads JSON. Of a file that is cut short, what stands before the end of its last whole record comes out: records lie below
/// so many open brackets. Says whether it is cut.
///
/// # Errors
/// It is none, or nested too deep; with line and column.
pub fn parse(text: &str, brackets: usize, harvest: &mut dyn Harvest) -> Result<(Value, bool), Unreadable> {
    let error = match serde_json::from_str(text) {
        Ok(value) => return Ok((value, false)),
        Err(error) => error,
    };
    let place = format!("line {}, column {}", error.line(), error.column());
    let mended = if error.is_eof() { closed(text, brackets) } else { None };
    if let Some(value) = mended.and_then(|text| serde_json::from_str(&text).ok()) {
        harvest.left(place, "the file ends in the middle of a record".to_owned());
        return Ok((value, true));
    }
    let why = if error.to_string().starts_with("recursion limit") {
        "it is nested deeper than can be read (more than 127 brackets)".to_owned()
    } else {
        without_place(&error)
    };
    Err(Unreadable::new(format!("{place}: {why}")))
}

/// The text up to the end of the last whole record, with the brackets closed that are open there.
fn closed(text: &str, brackets: usize) -> Option<String> {
    let mut open: Vec<u8> = Vec::new();
    let mut last: Option<(usize, Vec<u8>)> = None;
    let (mut is_text, mut is_escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            _ if is_text => {}
            b'{' => open.push(b'}'),
            b'[' => open.push(b']'),
            b'}' | b']' => {
                open.pop();
                if open.len() <= brackets {
                    last = Some((at + 1, open.clone()));
                }
            }
            _ => {}
        }
    }
    let (end, open) = last?;
    let mut whole = text.get(..end)?.to_owned();
    whole.extend(open.iter().rev().map(|bracket| char::from(*bracket)));
    Some(whole)
}

/// What is wrong, without the line and column that the message ends in.
#[must_use]
pub fn without_place(error: &serde_json::Error) -> String {
    let message = error.to_string();
    message.rsplit_once(" at line ").map_or(message.clone(), |(why, _)| why.to_owned())
}

/// A field, whatever the letter case of its key.
#[must_use]
pub fn field<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    let object = value.as_object()?;
    object
        .get(key)
        .or_else(|| object.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value))
        .filter(|value| !value.is_null())
}

/// A field as text without blanks around it; `None` where it is empty, or a list or table.
#[must_use]
pub fn text(value: &Value, key: &str) -> Option<String> {
    let text = match field(value, key)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Bool(is) => is.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// A name or address; the word `undefined` or `null`, which scripts write for nothing, is none.
#[must_use]
pub fn said(value: &Value, key: &str) -> Option<String> {
    text(value, key).filter(|text| !matches!(text.as_str(), "undefined" | "null"))
}

/// Whether a field says yes.
#[must_use]
pub fn is(value: &Value, key: &str) -> bool {
    text(value, key).is_some_and(|text| text.eq_ignore_ascii_case("true") || text == "1")
}

/// How many readers a field counts; `None` for none, and for a sum below zero.
#[must_use]
pub fn count(value: &Value, key: &str) -> Option<u64> {
    text(value, key)?.parse().ok().filter(|count| *count > 0)
}

/// The elements of a list; none where there is no list.
pub fn list<'a>(value: &'a Value, key: &str) -> impl DoubleEndedIterator<Item = &'a Value> {
    field(value, key).and_then(Value::as_array).into_iter().flatten()
}

/// The date in the first of these fields that has a value; one that cannot be read is reported.
pub fn date(value: &Value, keys: &[&str], place: &str, harvest: &mut dyn Harvest) -> When {
    let Some(written) = keys.iter().find_map(|key| text(value, key)) else { return When::Unknown };
    moment(&written).unwrap_or_else(|| {
        let shown: String = written.chars().take(40).collect();
        harvest.left(place.to_owned(), format!("`{shown}` is not a date, so it has none"));
        When::Unknown
    })
}

/// Numbers from here on count milliseconds: as seconds they would lie beyond the year 5000.
const FIRST_MILLISECONDS: i64 = 100_000_000_000;

/// A date as services write it: RFC 3339, `2021-10-26 21:00:38 +0800` (also with a zone's name behind it), without a zone,
/// a day, or seconds or milliseconds since 1970.
#[must_use]
pub fn moment(written: &str) -> Option<When> {
    let written = written.trim();
    if let Ok(moment) = written.parse::<Timestamp>() {
        return Some(When::Exact(moment));
    }
    if let Ok(number) = written.parse::<i64>() {
        let is_seconds = number.unsigned_abs() < FIRST_MILLISECONDS.unsigned_abs();
        let moment = if is_seconds { Timestamp::from_second(number) } else { Timestamp::from_millisecond(number) };
        return moment.ok().map(When::Exact);
    }
    let words: Vec<&str> = written.split_whitespace().take(4).collect();
    if let [day, time, zone, ..] = words.as_slice() {
        let zone = if matches!(*zone, "UTC" | "GMT" | "Z") { "Z" } else { zone };
        return format!("{day}T{time}{zone}").parse::<Timestamp>().ok().map(When::Exact);
    }
    // A day alone would be read as its midnight.
    if written.len() > 10 {
        return written.parse::<civil::DateTime>().ok().map(When::ZoneUnknown);
    }
    written.parse::<civil::Date>().ok().map(When::Day)
}

/// The loss of a file that is cut short.
#[must_use]
pub fn loss(is_cut: bool) -> Option<&'static str> {
    is_cut.then_some("the file is cut short; replies behind its end are missing")
}

/// Threads under way, in the order in which they were met.
#[derive(Default)]
pub struct Threads {
    list: Vec<ForeignThread>,
    places: BTreeMap<String, usize>,
}

impl Threads {
    /// The thread with this name, made with this key where it is new.
    pub fn of(&mut self, name: &str, key: impl FnOnce() -> Key) -> &mut ForeignThread {
        let at = match self.places.get(name) {
            Some(at) => *at,
            None => {
                self.list.push(ForeignThread { key: key(), ..ForeignThread::default() });
                self.places.insert(name.to_owned(), self.list.len() - 1);
                self.list.len() - 1
            }
        };
        &mut self.list[at]
    }

    /// Hands all of them over; where a part of the file is lost, each says so, for nobody knows whose records they were.
    pub fn give(self, loss: Option<&str>, harvest: &mut dyn Harvest) {
        for mut thread in self.list {
            thread.gaps.extend(loss.map(str::to_owned));
            harvest.thread(thread);
        }
    }
}

/// An address of the web as such, everything else as a path.
#[must_use]
pub fn key_of(page: &str, title: Option<String>) -> Key {
    let page = Some(page.to_owned()).filter(|page| !page.is_empty());
    let is_web = page.as_ref().is_some_and(|page| page.contains("://"));
    let (address, path) = if is_web { (page, None) } else { (None, page) };
    Key { id: None, address, path, title }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::*;

    #[test]
    fn dates_are_read_in_many_forms() {
        let exact = |text: &str| Some(When::Exact(text.parse().expect("a moment")));
        for (written, wanted) in [
            ("2021-10-26T21:00:38.5+08:00", exact("2021-10-26T13:00:38.5Z")),
            ("2021-10-26 21:00:38 +0800", exact("2021-10-26T13:00:38Z")),
            ("2021-10-26 21:00:38 +0800 CST", exact("2021-10-26T13:00:38Z")),
            ("2021-10-26 13:00:38 +0000 UTC", exact("2021-10-26T13:00:38Z")),
            ("1635253238", exact("2021-10-26T13:00:38Z")),
            ("1635253238000", exact("2021-10-26T13:00:38Z")),
            ("2021-10-26 21:00:38", Some(When::ZoneUnknown(civil::date(2021, 10, 26).at(21, 0, 38, 0)))),
            ("2021-10-26", Some(When::Day(civil::date(2021, 10, 26)))),
            ("01/08/2019", None),
            ("99999999999999999999999", None),
            ("9223372036854775807", None),
        ] {
            assert_eq!(moment(written), wanted, "{written}");
        }
    }

    #[test]
    fn keys_are_found_in_any_letter_case_and_nothing_is_none() {
        let text_of = r#"{"ParentId": 7, "NAME": " undefined ", "score": -3, "Deleted": "true", "x": []}"#;
        let (value, is_cut) = parse(text_of, 1, &mut Basket::default()).expect("good");
        assert!(!is_cut);
        assert_eq!(text(&value, "parentId").as_deref(), Some("7"));
        assert_eq!((said(&value, "name"), count(&value, "score"), text(&value, "x")), (None, None, None));
        assert!(is(&value, "deleted") && !is(&value, "name"));
        let mut basket = Basket::default();
        assert_eq!(date(&value, &["missing", "name"], "comment 1", &mut basket), When::Unknown);
        assert_eq!(basket.left.len(), 1);
        let deep = parse(&"[".repeat(10_000), 1, &mut basket).expect_err("deep").message;
        assert!(deep.contains("nested") && deep.starts_with("line 1, column"), "{deep}");
    }

    #[test]
    fn a_text_that_is_cut_short_gives_its_whole_records() {
        let text = r#"{"comments": [{"id": 1, "by": {"a": "x]\"}"}}, {"id": 2, "by": {"a": 1}}]}"#;
        let mut counts = std::collections::BTreeSet::new();
        for end in 1..text.len() {
            let mut basket = Basket::default();
            if let Ok((value, is_cut)) = parse(&text[..end], 2, &mut basket) {
                assert!(is_cut && basket.left.len() == 1);
                assert!(list(&value, "comments").all(|comment| text_of_field(comment).is_some()), "{value}");
                counts.insert(list(&value, "comments").count());
            }
        }
        assert_eq!(counts.into_iter().collect::<Vec<_>>(), [1, 2]);
        assert!(parse("{\"a\": }", 2, &mut Basket::default()).is_err());
    }

    fn text_of_field(comment: &Value) -> Option<&Value> {
        field(field(comment, "by")?, "a")
    }
}
