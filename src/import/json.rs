//! JSON texts of any source: one value, or several after another, on lines of their own or not. Of a text that is cut short or
//! broken what is whole comes out. Knows no source, and no field but the one that it adds.

use serde_json::{Deserializer, Error, Value};

use super::foreign::{Harvest, Left, Partial, Unreadable};
use super::input::{Input, Part};

/// The field that is added to every object in the middle of which a text ends. Such an object is no record: a reply made of
/// half of one would take away what is known of it already.
pub const CUT: &str = "<cut short>";

/// What is said of threads whose replies may have stood where a text cannot be read.
const GAP: &str = "a part of the file cannot be read, and replies in it are missing";

/// What is said of a text that nests too deep; texts of services nest deeper only where answers do.
const TOO_DEEP: &str = "the JSON is nested deeper than the 128 levels that are read";

/// What the reader of a source makes threads with.
pub type Take = fn(&Value, &mut dyn Harvest) -> Result<(), Unreadable>;

/// What is whole of a text.
#[derive(Debug)]
pub struct Json {
    /// Its value; several after another as a list.
    pub value: Value,
    broken: Vec<Left>,
}

/// Makes threads of the only file of an input.
///
/// # Errors
/// It is a folder, or no JSON that threads can be made of; with line and column.
pub fn read(input: &Input, take: Take, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    read_all(&[input.only("JSON file")?], take, harvest)
}

/// Makes threads of several files, as if they were one.
///
/// # Errors
/// One is no JSON, or no threads can be made of them; with line and column, and the name of the file where there are several.
pub fn read_all(parts: &[&Part], take: Take, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let (mut list, mut broken) = (Vec::new(), Vec::new());
    for part in parts {
        let before = if parts.len() > 1 { format!("{}: ", part.name) } else { String::new() };
        let found = values_of(&part.text()?, 0).map_err(|error| Unreadable::new(format!("{before}{error}")))?;
        list.extend(found.0);
        broken.extend(found.1.into_iter().map(|left| Left { place: format!("{before}{}", left.place), ..left }));
    }
    Json::of(list, broken).give(take, harvest)
}

/// All values of a text from a place on. Where each has a line of its own, those that are broken are left out; else nothing
/// behind a broken one is read.
///
/// # Errors
/// Nothing is whole of it, or it nests too deep; with line and column.
pub fn values(text: &str, start: usize) -> Result<Json, Unreadable> {
    values_of(text, start).map(|(list, broken)| Json::of(list, broken))
}

fn values_of(text: &str, start: usize) -> Result<(Vec<Value>, Vec<Left>), Unreadable> {
    let mut values = Values { text, at: 0, line: 1, list: Vec::new(), broken: Vec::new(), are_lines: true };
    values.skip(start);
    while values.step()? {}
    Ok((values.list, values.broken))
}

/// The first value of a text from a place on, whatever stands behind it.
///
/// # Errors
/// As for all of them.
pub fn first(text: &str, start: usize) -> Result<Json, Unreadable> {
    let rest = text.get(start..).unwrap_or_default();
    let found = Deserializer::from_str(rest).into_iter().next().unwrap_or_else(|| serde_json::from_str(rest));
    let error = match found {
        Ok(value) => return Ok(Json { value, broken: Vec::new() }),
        Err(error) => error,
    };
    let left = left(text, start, newlines(text.get(..start)) + 1, &error);
    let value = mended(rest, &error).ok_or_else(|| unreadable(&left))?;
    Ok(Json { value, broken: vec![left] })
}

/// The value of a text that must be whole and the only one.
///
/// # Errors
/// It is no JSON; with line and column.
pub fn whole(text: &str) -> Result<Value, Unreadable> {
    serde_json::from_str(text).map_err(|error| unreadable(&left(text, 0, 1, &error)))
}

/// Whether a text ends in the middle of this.
#[must_use]
pub fn is_cut(value: &Value) -> bool {
    value.get(CUT).is_some()
}

/// An error with advice for files that nest too deep.
#[must_use]
pub fn advised(error: Unreadable, advice: &str) -> Unreadable {
    if error.message.ends_with(TOO_DEEP) { Unreadable::new(format!("{error}; {advice}")) } else { error }
}

/// What is wrong with a text that is no JSON, without the line and column that the parser counts from where it began.
#[must_use]
pub fn reason(error: &Error) -> String {
    let said = error.to_string();
    let why = said.rsplit_once(" at line ").map_or(said.as_str(), |(why, _)| why);
    if is_too_deep(error) { TOO_DEEP.to_owned() } else { why.to_owned() }
}

fn is_too_deep(error: &Error) -> bool {
    error.to_string().starts_with("recursion limit exceeded")
}

impl Json {
    fn of(mut list: Vec<Value>, broken: Vec<Left>) -> Self {
        Self { value: if list.len() == 1 { list.remove(0) } else { Value::Array(list) }, broken }
    }

    /// Makes threads of the value. Where not all of the text could be read, that is told, and every thread with replies says
    /// so: nobody knows whose replies are lost.
    ///
    /// # Errors
    /// No threads can be made of it.
    pub fn give(self, take: Take, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
        let Some(refused) = self.broken.first().map(unreadable) else { return take(&self.value, harvest) };
        self.broken.into_iter().for_each(|left| harvest.left(left.place, left.reason));
        take(&self.value, &mut Partial { harvest, gap: Some(GAP) }).map_err(|_| refused)
    }
}

/// The values of a text while they are read.
struct Values<'a> {
    text: &'a str,
    at: usize,
    line: usize,
    list: Vec<Value>,
    broken: Vec<Left>,
    /// Whether each value up to here has a line of its own.
    are_lines: bool,
}

impl Values<'_> {
    /// Reads one value; whether there may be another.
    fn step(&mut self) -> Result<bool, Unreadable> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.skip(rest.len() - trimmed.len());
        if trimmed.is_empty() && !self.list.is_empty() {
            return Ok(false);
        }
        let mut stream = Deserializer::from_str(trimmed).into_iter::<Value>();
        match stream.next().unwrap_or_else(|| serde_json::from_str(trimmed)) {
            Ok(value) => {
                let (own, behind) = trimmed.split_at(stream.byte_offset());
                let behind = behind.trim_start_matches([' ', '\t', '\r']);
                self.are_lines &= !own.contains('\n') && (behind.is_empty() || behind.starts_with('\n'));
                self.list.push(value);
                self.skip(own.len());
                Ok(true)
            }
            Err(_) if self.are_lines && !self.list.is_empty() => {
                let own = trimmed.lines().next().unwrap_or_default();
                // Alone, the line ends where the parser would have gone on into the next.
                if let Err(error) = serde_json::from_str::<Value>(own) {
                    let why = format!("column {}: {}", error.column(), reason(&error));
                    self.broken.push(Left { place: format!("line {}", self.line), reason: why });
                    self.list.extend(mended(own, &error));
                }
                self.skip(own.len());
                Ok(true)
            }
            Err(error) => {
                let left = left(self.text, self.at, self.line, &error);
                match mended(trimmed, &error) {
                    None if self.list.is_empty() => return Err(unreadable(&left)),
                    found => self.list.extend(found),
                }
                self.broken.push(left);
                Ok(false)
            }
        }
    }

    fn skip(&mut self, length: usize) {
        self.line += newlines(self.text.get(self.at..self.at + length));
        self.at += length;
    }
}

fn newlines(text: Option<&str>) -> usize {
    text.map_or(0, |text| text.matches('\n').count())
}

fn unreadable(left: &Left) -> Unreadable {
    Unreadable::new(format!("{}: {}", left.place, left.reason))
}

/// An error of a value that begins at a place on a line. The parser counts from there.
fn left(text: &str, start: usize, line: usize, error: &Error) -> Left {
    let before = text.get(..start).unwrap_or_default();
    let indent = if error.line() > 1 { 0 } else { before.len() - before.rfind('\n').map_or(0, |at| at + 1) };
    let (line, column) = (line + error.line().max(1) - 1, indent + error.column());
    Left { place: format!("line {line}, column {column}"), reason: reason(error) }
}

/// A value up to what is wrong with it, if an object in it is whole.
fn mended(text: &str, error: &Error) -> Option<Value> {
    let before: usize = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let end = if error.is_eof() { text.len() } else { before + error.column().saturating_sub(1) };
    if is_too_deep(error) { None } else { serde_json::from_str(&closed(text.get(..end)?)?).ok() }
}

/// A text up to the last comma or bracket, with everything closed that is open there, and objects among it marked. `None`
/// where no object of it is whole.
fn closed(text: &str) -> Option<String> {
    let (mut open, mut end, mut has_object) = (Vec::new(), 0, false);
    let (mut is_text, mut is_escaped) = (false, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            _ if is_text => {}
            b'{' | b'[' => {
                open.push(byte);
                end = at + 1;
            }
            b'}' | b']' => {
                open.pop();
                end = at + 1;
                has_object |= byte == b'}';
            }
            b',' => end = at,
            _ => {}
        }
    }
    let mut whole = text.get(..end).filter(|_| has_object)?.to_owned();
    for bracket in open.iter().rev() {
        match bracket {
            b'[' => whole.push(']'),
            _ if whole.ends_with('{') => whole.push_str(&format!("\"{CUT}\": true}}")),
            _ => whole.push_str(&format!(", \"{CUT}\": true}}")),
        }
    }
    Some(whole)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::foreign::{Basket, ForeignReply};
    use super::*;

    type Read = fn(&Input, &mut dyn Harvest) -> Result<(), Unreadable>;

    fn replies(found: &Basket) -> Vec<&ForeignReply> {
        found.threads.iter().flat_map(|thread| &thread.replies).collect()
    }

    /// Reads every beginning of a text: it is refused, or gives whole replies only, one sentence about where it ends, and a gap
    /// in every thread with replies. How many replies the first half gives.
    pub(crate) fn first_half(read: Read, text: &str) -> usize {
        let whole = Basket::of(read, text).expect("the whole text");
        assert!(whole.left.is_empty() && whole.threads.iter().all(|thread| !thread.gaps.contains(&GAP.to_owned())));
        let mut last = 0;
        for (end, _) in text.char_indices().skip(1) {
            let Ok(found) = Basket::of(read, &text[..end]) else { continue };
            let is_cut = !text[..end].ends_with('\n') && !text[end..].starts_with('\n');
            assert!(found.left.len() == 1 || !is_cut && found.left.is_empty(), "{end}: {:?}", found.left);
            assert!(found.left.iter().all(|left| left.place.starts_with("line ")), "{end}: {:?}", found.left);
            let mut told = found.threads.iter().filter(|thread| !thread.replies.is_empty());
            assert!(
                found.left.is_empty() || told.all(|thread| thread.gaps.contains(&GAP.to_owned())),
                "{end}: {found:#?}"
            );
            let known = replies(&whole);
            replies(&found).into_iter().for_each(|reply| assert!(known.contains(&reply), "{end}: {reply:#?}"));
            assert!(replies(&found).len() >= last, "{end}");
            last = replies(&found).len();
        }
        assert!(last + 1 >= replies(&whole).len(), "what is missing at the end takes at most the last reply away");
        Basket::of(read, &text[..text.floor_char_boundary(text.len() / 2)]).map_or(0, |found| replies(&found).len())
    }

    /// The values and what is broken, as texts.
    fn all(text: &str) -> Result<(String, Vec<String>), String> {
        let found = values(text, 0).map_err(|error| error.message)?;
        Ok((
            found.value.to_string(),
            found.broken.iter().map(|left| format!("{}: {}", left.place, left.reason)).collect(),
        ))
    }

    #[test]
    fn values_may_stand_one_after_another() {
        for text in ["{\"a\":1}[2]{\"b\":3}", "{\"a\":1}\n[2]\r\n\n {\"b\":3}\n", "{\"a\":1}\n[\n2]{\n\"b\":3}"] {
            assert_eq!(all(text), Ok(("[{\"a\":1},[2],{\"b\":3}]".to_owned(), Vec::new())), "{text}");
        }
        assert_eq!(all(" [{\"a\":1}] "), Ok(("[{\"a\":1}]".to_owned(), Vec::new())));
        assert_eq!(first("x = {\"a\":1}; y", 4).expect("good").value.to_string(), "{\"a\":1}");
    }

    #[test]
    fn broken_lines_are_left_out() {
        let text = "{\"a\":1}\n{broken\n{\"b\":\n{\"c\":2}\n{\"d\":{\"e\":3},\n";
        let (values, broken) = all(text).expect("a part");
        assert_eq!(values, "[{\"a\":1},{\"c\":2},{\"d\":{\"e\":3},\"<cut short>\":true}]");
        assert_eq!(
            broken,
            [
                "line 2: column 2: key must be a string",
                "line 3: column 5: EOF while parsing a value",
                "line 5: column 13: EOF while parsing a value"
            ]
        );
    }

    #[test]
    fn what_is_whole_comes_out_of_what_is_cut_short_or_broken() {
        for (text, whole, broken) in [
            (
                "[{\"a\": 1},\n {\"a\": 2},\n {\"b\": 3, \"a\": ",
                "[{\"a\":1},{\"a\":2},{\"b\":3,\"<cut short>\":true}]",
                "line 3, column 15: EOF while parsing a value",
            ),
            (
                "{\"a\": [{\"b\": \"}\\\\\\\"\"}, {\"c\": 1}], \"d\": [{\"e",
                "{\"a\":[{\"b\":\"}\\\\\\\"\"},{\"c\":1}],\"d\":[{\"<cut short>\":true}],\"<cut short>\":true}",
                "line 1, column 43: EOF while parsing a string",
            ),
            ("[{\"a\": 1}, {\"a\" 2}]", "[{\"a\":1},{\"<cut short>\":true}]", "line 1, column 17: expected `:`"),
            ("{\"a\": 1} words", "{\"a\":1}", "line 1, column 10: expected value"),
        ] {
            assert_eq!(all(text), Ok((whole.to_owned(), vec![broken.to_owned()])), "{text}");
        }
        let page = first("<p>\nx = {\"a\": {\"b\": 1}, \"c\": [", 8).expect("a part");
        assert_eq!(
            (page.value.to_string().as_str(), is_cut(&page.value)),
            ("{\"a\":{\"b\":1},\"c\":[],\"<cut short>\":true}", true)
        );
        assert_eq!(page.broken[0].place, "line 2, column 26");
    }

    #[test]
    fn what_is_too_deep_or_has_nothing_whole_is_refused_with_its_place() {
        for (text, wanted) in [
            ("", "line 1, column 0: EOF while parsing a value"),
            ("{\n\"a\": ]", "line 2, column 6: expected value"),
            ("{\"threads\": [", "line 1, column 13: EOF while parsing a list"),
            ("[{\"id\": 1e400}]", "line 1, column 13: number out of range"),
        ] {
            assert_eq!(all(text), Err(wanted.to_owned()), "{text}");
        }
        let deep = values(&"[".repeat(10_000), 0).expect_err("deep");
        assert_eq!(deep.message, format!("line 1, column 128: {TOO_DEEP}"));
        assert!(advised(deep, "do this").message.ends_with("; do this"));
        assert_eq!(advised(Unreadable::new("x"), "do this").message, "x");
        assert!(whole("{} {}").is_err() && whole("{}").is_ok());
    }
}
