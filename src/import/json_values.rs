//! The values of a JSON text one after another: the elements of lists at its top, and documents that stand in a row, as
//! programs write them that ask for page after page. Knows no source, and holds one value at a time.

use serde_json::Value;

use super::foreign::Unreadable;

/// Where and why a text is no JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// `line 3, column 4`.
    pub place: String,
    /// What is wrong there.
    pub reason: String,
}

impl From<Broken> for Unreadable {
    fn from(broken: Broken) -> Self {
        Self::new(format!("{}: {}", broken.place, broken.reason))
    }
}

/// Reads values until the text ends or is broken.
pub struct Values<'a> {
    text: &'a str,
    at: usize,
    is_in_list: bool,
    has_ended: bool,
    /// Why the last value was not whole; told after it.
    cut: Option<Broken>,
}

impl<'a> Values<'a> {
    /// The values of this text.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, is_in_list: false, has_ended: false, cut: None }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn broken(&mut self, error: &serde_json::Error) -> Broken {
        self.has_ended = true;
        let before = self.text.get(..self.at).unwrap_or("");
        let line = before.matches('\n').count() + error.line().max(1);
        // The parser counts from where it began; only on its first line does something stand before that.
        let is_first = error.line() <= 1;
        let own = if is_first { before.len() - before.rfind('\n').map_or(0, |at| at + 1) } else { 0 };
        Broken { place: format!("line {line}, column {}", own + error.column()), reason: reason(error) }
    }
}

/// What the parser says, without the place, which it counts from where it began.
fn reason(error: &serde_json::Error) -> String {
    let said = error.to_string();
    let reason = said.split(" at line ").next().unwrap_or("").to_owned();
    if reason.contains("recursion limit") {
        return "the text is nested deeper than 127 levels and is not read on from here".to_owned();
    }
    reason
}

impl Iterator for Values<'_> {
    type Item = Result<Value, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(cut) = self.cut.take() {
            return Some(Err(cut));
        }
        while !self.has_ended {
            let trimmed = self.rest().trim_start_matches([' ', '\t', '\r', '\n']);
            self.at = self.text.len() - trimmed.len();
            match trimmed.as_bytes().first() {
                None if self.is_in_list => {
                    let Err(error) = serde_json::from_str::<Value>("[") else { return None };
                    return Some(Err(Broken {
                        reason: "the text ends inside a list".to_owned(),
                        ..self.broken(&error)
                    }));
                }
                None => return None,
                Some(b'[') if !self.is_in_list => self.is_in_list = true,
                Some(b']') if self.is_in_list => self.is_in_list = false,
                Some(b',') if self.is_in_list => {}
                Some(_) => return Some(self.value(trimmed)),
            }
            self.at += 1;
        }
        None
    }
}

impl Values<'_> {
    fn value(&mut self, rest: &str) -> Result<Value, Broken> {
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
        let error = match stream.next() {
            Some(Ok(value)) => {
                self.at += stream.byte_offset();
                return Ok(value);
            }
            Some(Err(error)) => error,
            // There is a first letter, so there is a value.
            None => return Err(Broken { place: "the end".to_owned(), reason: "nothing is there".to_owned() }),
        };
        let broken = self.broken(&error);
        let mended = error.is_eof().then(|| serde_json::from_str(&mended(rest)?).ok()).flatten();
        if mended.is_some() {
            self.cut = Some(broken.clone());
        }
        mended.ok_or(broken)
    }
}

/// A value that is cut short, up to the last object in it that is whole, and closed there.
fn mended(rest: &str) -> Option<String> {
    let mut open: Vec<char> = Vec::new();
    let mut end = None;
    let (mut is_text, mut is_escaped) = (false, false);
    for (at, letter) in rest.char_indices() {
        if is_text {
            is_text = letter != '"' || is_escaped;
            is_escaped = letter == '\\' && !is_escaped;
            continue;
        }
        match letter {
            '"' => is_text = true,
            '{' => open.push('}'),
            '[' => open.push(']'),
            ']' => drop(open.pop()),
            '}' => {
                open.pop();
                end = Some((at + 1, open.len()));
            }
            _ => {}
        }
        // What was open at the last whole object and is closed behind it can only be lists; their ends are kept.
        if letter == ']' && end.is_some_and(|(_, depth)| depth > open.len()) {
            end = Some((at + 1, open.len()));
        }
    }
    let (end, depth) = end?;
    let closing: String = open.get(..depth)?.iter().rev().collect();
    Some(format!("{}{closing}", rest.get(..end)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> (Vec<String>, Option<Broken>) {
        let mut values = Vec::new();
        for value in Values::new(text) {
            match value {
                Ok(value) => values.push(value.to_string()),
                Err(broken) => return (values, Some(broken)),
            }
        }
        (values, None)
    }

    #[test]
    fn lists_and_documents_in_a_row_give_their_values() {
        for text in ["[{\"a\":1},2][{\"b\":[3]}]", "[{\"a\":1}, 2]\n\n[\n{\"b\":[3]}]\n", "{\"a\":1} 2\n{\"b\":[3]}"] {
            assert_eq!(all(text), (vec!["{\"a\":1}".into(), "2".into(), "{\"b\":[3]}".into()], None), "{text}");
        }
        assert_eq!(all(""), (vec![], None));
        assert_eq!(all("[] []"), (vec![], None));
    }

    #[test]
    fn what_is_whole_comes_before_what_is_broken() {
        for (text, whole, place) in [
            ("[1,\n {\"a\": 2},\n {\"a\": ", 2, "line 3, column 7"),
            ("{\"a\": [{\"b\": \"}\\\\\"}, {\"c\": 1}], \"d\": [{\"e", 1, "line 1, column 41"),
            ("[1, \n", 1, "line 2, column 1"),
            ("[1, {\"a\" 2}]", 1, "line 1, column 10"),
            ("words", 0, "line 1, column 1"),
        ] {
            let (values, broken) = all(text);
            assert_eq!((values.len(), broken.map(|broken| broken.place).as_deref()), (whole, Some(place)), "{text}");
        }
        assert_eq!(all("{\"a\": [{\"b\": [1, {\"c\": 2}], \"d\": \"x").0, ["{\"a\":[{\"b\":[1,{\"c\":2}]}]}"]);
        let (_, broken) = all(&"[".repeat(100_000));
        assert!(broken.is_some_and(|broken| broken.reason.contains("deeper than 127")));
    }
}
