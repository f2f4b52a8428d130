//! The concepts that an essay's front matter names, changed: one written anew, one more, or one less. Every other byte stays as it
//! is. Knows no concept.

use std::ops::Range;

use serde_json::Value as Json;

use super::frontmatter;
use super::values::{Field, Table, Value};
use crate::base::path::SitePath;

/// The two names of the key.
const KEYS: [&str; 2] = ["concepts", "tags"];

/// Bytes of a file, and what is to stand there.
pub(crate) type Change = (Range<usize>, String);

/// The change after which an essay names one more concept; `None` where its front matter has no list, or one to which
/// nothing can be added without changing what else it says.
pub(crate) fn add(path: &SitePath, text: &str, name: &str) -> Option<Change> {
    let (table, ..) = frontmatter::split(path, text);
    let (key, list) = named(&table)?;
    let Value::List(elements) = &list.value else { return None };
    let mut wanted = to_json(&table);
    let (_, names) = wanted.iter_mut().find(|(known, _)| known == key)?;
    names.as_array_mut()?.push(name.into());
    let changes = if text.starts_with("---") {
        more_yaml(text, list, elements, name)
    } else {
        vec![more_toml(text, list, elements, name)?]
    };
    changes.into_iter().find(|change| says(path, text, change, &wanted))
}

/// The change after which an essay names another concept where it names one at this byte; `None` where that cannot be
/// done without changing what else it says.
pub(crate) fn rename(path: &SitePath, text: &str, at: u32, name: &str) -> Option<Change> {
    let (table, ..) = frontmatter::split(path, text);
    let (key, list) = named(&table)?;
    let mut wanted = to_json(&table);
    let (_, names) = wanted.iter_mut().find(|(known, _)| known == key)?;
    let field = match &list.value {
        Value::List(elements) => {
            let nth = elements.iter().position(|element| element.range.0 == at)?;
            *names.as_array_mut()?.get_mut(nth)? = name.into();
            &elements[nth]
        }
        _ => {
            *names = name.into();
            Some(list).filter(|list| list.range.0 == at)?
        }
    };
    let written = written(text, field)?;
    let styles = styles(text, text.get(written.clone())?, name);
    styles.into_iter().map(|word| (written.clone(), word)).find(|change| says(path, text, change, &wanted))
}

/// The change after which an essay no longer names a concept where it names one at this byte; `None` where that cannot be
/// done without changing what else it says.
pub(crate) fn remove(path: &SitePath, text: &str, at: u32) -> Option<Change> {
    let (table, ..) = frontmatter::split(path, text);
    let (key, list) = named(&table)?;
    let Value::List(elements) = &list.value else { return None };
    let nth = elements.iter().position(|element| element.range.0 == at)?;
    let mut wanted = to_json(&table);
    let (_, names) = wanted.iter_mut().find(|(known, _)| known == key)?;
    names.as_array_mut()?.remove(nth);
    let change = (with_its_comma(text, written(text, &elements[nth])?)?, String::new());
    Some(change).filter(|change| says(path, text, change, &wanted))
}

/// The bytes of an element of a list with the comma that goes with it; the whole line where nothing else stands on it.
fn with_its_comma(text: &str, element: Range<usize>) -> Option<Range<usize>> {
    let (before, after) = (text.get(..element.start)?, text.get(element.end..)?);
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let rest = after.split_inclusive('\n').next()?;
    let behind = rest.trim_start().trim_start_matches(',').trim();
    if matches!(before[line..].trim(), "" | "-") && (behind.is_empty() || behind.starts_with('#')) {
        return Some(line..element.end + rest.len());
    }
    // The comma before it goes, so that the changes of neighbours do not touch; where a line begins with it, the one behind.
    let blanks = |c: char| c == ' ' || c == '\t';
    if let Some(left) = before.trim_end_matches(blanks).strip_suffix(',') {
        return Some(left.len()..element.end);
    }
    let comma = after.trim_start_matches(blanks).strip_prefix(',').map(|rest| rest.trim_start_matches(blanks));
    Some(element.start..text.len() - comma.unwrap_or(after).len())
}

/// The key under which concepts are named, and its value; `None` where both or neither is there.
fn named(table: &Table) -> Option<(&str, &Field)> {
    let mut found = table.iter().filter(|(key, _)| KEYS.contains(&key.text()));
    let (key, value) = found.next()?;
    found.next().is_none().then(|| (key.text(), value))
}

/// The bytes of a text, with its quotes.
fn written(text: &str, field: &Field) -> Option<Range<usize>> {
    let Value::Text(value) = &field.value else { return None };
    let (start, end) = (field.range.0 as usize, field.range.1 as usize);
    if !text.starts_with("---") {
        return Some(start..end);
    }
    // Where a value of YAML ends, its parser does not say.
    let rest = text.get(start..)?;
    let length = match rest.chars().next()? {
        quote @ ('"' | '\'') => rest[1..].find(quote)? + 2,
        _ => Some(value.len()).filter(|_| rest.starts_with(value.as_str()))?,
    };
    Some(start..start + length)
}

/// A name as it may be written beside one that is written like this, the likeliest first.
fn styles(text: &str, like: &str, name: &str) -> Vec<String> {
    let double = Json::from(name).to_string();
    let is_simple = !name.contains(['\'', '\\']) && !name.contains(char::is_control);
    match like.chars().next() {
        Some('\'') if is_simple => vec![format!("'{name}'"), double],
        Some('"') => vec![double],
        _ if text.starts_with("---") => vec![name.to_owned(), double],
        _ => vec![double],
    }
}

fn more_toml(text: &str, list: &Field, elements: &[Field], name: &str) -> Option<Change> {
    let Some(last) = elements.last() else {
        let inside = list.range.0 as usize + 1;
        return Some((inside..inside, Json::from(name).to_string()));
    };
    let (start, end) = (last.range.0 as usize, last.range.1 as usize);
    let name = styles(text, text.get(start..end)?, name).swap_remove(0);
    let indent = text.get(..start)?.rsplit('\n').next()?;
    if !indent.trim().is_empty() {
        return Some((end..end, format!(", {name}")));
    }
    // Each stands on a line of its own, with what is said of it behind it.
    let rest = text[end..].split(['\r', '\n']).next()?;
    let new = format!("{}{indent}{name}", line_end(text));
    let line = end + rest.len();
    Some(match rest.trim_start().starts_with(',') {
        true => (line..line, format!("{new},")),
        false => (end..line, format!(",{rest}{new}")),
    })
}

fn more_yaml(text: &str, list: &Field, elements: &[Field], name: &str) -> Vec<Change> {
    let start = elements.last().unwrap_or(list).range.0 as usize;
    let Some((above, rest)) = text.split_at_checked(start) else { return Vec::new() };
    let like = if elements.is_empty() { "" } else { rest };
    let is_flow = text.get(list.range.0 as usize..).is_some_and(|list| list.starts_with('['));
    let place = |name: String| -> Option<Change> {
        if is_flow {
            let close = start + rest.find(']')?;
            let end = text[..close].trim_end().len();
            let comma = if text[..end].ends_with(['[', ',']) { "" } else { "," };
            let blank = if text[..end].ends_with('[') { "" } else { " " };
            return Some((end..end, format!("{comma}{blank}{name}")));
        }
        let dash = above.rsplit('\n').next()?;
        let end = start + rest.find('\n').map_or(rest.len(), |at| rest[..at].trim_end_matches('\r').len());
        dash.trim_start().starts_with('-').then(|| (end..end, format!("{}{dash}{name}", line_end(text))))
    };
    styles(text, like, name).into_iter().filter_map(place).collect()
}

/// How lines end in this text.
fn line_end(text: &str) -> &'static str {
    if text.lines().next().is_some_and(|line| text[line.len()..].starts_with("\r\n")) { "\r\n" } else { "\n" }
}

fn to_json(table: &Table) -> Vec<(String, Json)> {
    table.iter().map(|(key, field)| (key.text().to_owned(), field.value.to_json())).collect()
}

/// Whether a text says this after a change, no more and no less.
fn says(path: &SitePath, text: &str, (range, words): &Change, wanted: &[(String, Json)]) -> bool {
    let mut new = text.to_owned();
    new.replace_range(range.clone(), words);
    let (_, body, old_findings) = frontmatter::split(path, text);
    let (table, new_body, findings) = frontmatter::split(path, &new);
    to_json(&table) == wanted
        && text[body..] == new[new_body..]
        && old_findings.iter().count() == findings.iter().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path() -> SitePath {
        SitePath::new("content/essays/x.md").expect("clean")
    }

    fn changed(text: &str, change: Option<Change>) -> Option<String> {
        let (range, words) = change?;
        let mut new = text.to_owned();
        new.replace_range(range, &words);
        Some(new)
    }

    #[test]
    fn one_more_name_is_written_as_the_others_are() {
        for (text, wanted) in [
            ("+++\nconcepts = [\"a\"]\n+++\n", "+++\nconcepts = [\"a\", \"good faith\"]\n+++\n"),
            ("+++\ntags = ['a', 'b',] # mine\n+++\nT", "+++\ntags = ['a', 'b', 'good faith',] # mine\n+++\nT"),
            ("+++\nconcepts = []\n+++\n", "+++\nconcepts = [\"good faith\"]\n+++\n"),
            (
                "+++\r\nconcepts = [\r\n  \"a\", # first\r\n]\r\n+++\r\n",
                "+++\r\nconcepts = [\r\n  \"a\", # first\r\n  \"good faith\",\r\n]\r\n+++\r\n",
            ),
            ("+++\ntags = [\n  \"a\" # first\n]\n+++\n", "+++\ntags = [\n  \"a\", # first\n  \"good faith\"\n]\n+++\n"),
            ("---\ntags: [a, b]\ntitle: x\n---\n", "---\ntags: [a, b, good faith]\ntitle: x\n---\n"),
            ("---\ntags: [ \"a\" ] # mine\n---\n", "---\ntags: [ \"a\", \"good faith\" ] # mine\n---\n"),
            ("---\ntags: []\n---\n", "---\ntags: [good faith]\n---\n"),
            (
                "---\ntags:\n  - a\n  - b # why\n\ntitle: x\n---\n",
                "---\ntags:\n  - a\n  - b # why\n  - good faith\n\ntitle: x\n---\n",
            ),
            ("---\r\ntags:\r\n- 'a'\r\n---\r\n", "---\r\ntags:\r\n- 'a'\r\n- 'good faith'\r\n---\r\n"),
        ] {
            assert_eq!(changed(text, add(&path(), text, "good faith")).as_deref(), Some(wanted), "{text}");
        }
        let text = "---\ntags: [a]\n---\n";
        let odd = changed(text, add(&path(), text, "yes: no")).expect("quoted");
        assert_eq!(odd, "---\ntags: [a, \"yes: no\"]\n---\n");
    }

    #[test]
    fn a_name_is_written_anew_in_its_place() {
        for (text, at, wanted) in [
            ("+++\nconcepts = [\"a\", 'b'] # c\n+++\n", 21, "+++\nconcepts = [\"a\", 'trust'] # c\n+++\n"),
            ("+++\ntags = \"a\"\n+++\n", 11, "+++\ntags = \"trust\"\n+++\n"),
            ("---\ntags: [a, b]\n---\n", 11, "---\ntags: [trust, b]\n---\n"),
            ("---\ntags:\n  - 'a' # c\n  - b\n---\n", 14, "---\ntags:\n  - 'trust' # c\n  - b\n---\n"),
            ("---\ntags: a\n---\n", 10, "---\ntags: trust\n---\n"),
        ] {
            assert_eq!(changed(text, rename(&path(), text, at, "trust")).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn a_name_is_taken_out_with_its_comma_or_its_line() {
        for (text, name, wanted) in [
            ("+++\nconcepts = [\"a\", \"b\"] # c\n+++\n", "\"b\"", "+++\nconcepts = [\"a\"] # c\n+++\n"),
            ("+++\nconcepts = [\"a\", \"b\", \"c\"]\n+++\n", "\"b\"", "+++\nconcepts = [\"a\", \"c\"]\n+++\n"),
            ("+++\nconcepts = [ 'a' , 'b',]\n+++\n", "'a'", "+++\nconcepts = [ 'b',]\n+++\n"),
            ("+++\ntags = [\"a\", \"b\",]\n+++\n", "\"b\"", "+++\ntags = [\"a\",]\n+++\n"),
            (
                "+++\r\ntags = [\r\n  \"a\", # x\r\n  \"b\" # y\r\n]\r\n+++\r\n",
                "\"b\"",
                "+++\r\ntags = [\r\n  \"a\", # x\r\n]\r\n+++\r\n",
            ),
            (
                "+++\ntags = [\n  \"a\", \"b\",\n  \"c\", \"d\",\n]\n+++\n",
                "\"c\"",
                "+++\ntags = [\n  \"a\", \"b\",\n  \"d\",\n]\n+++\n",
            ),
            ("---\ntags: [a, b] # c\n---\n", "b]", "---\ntags: [a] # c\n---\n"),
            ("---\ntags:\n  - 'a' # c\n  - b\ntitle: x\n---\n", "'a'", "---\ntags:\n  - b\ntitle: x\n---\n"),
        ] {
            let at = u32::try_from(text.find(name).expect("it stands there")).expect("short");
            assert_eq!(changed(text, remove(&path(), text, at)).as_deref(), Some(wanted), "{text}");
        }
        for text in ["+++\ntags = \"a\"\n+++\n", "---\ntags: a\n---\n", "---\ntags:\n  - a\n---\n"] {
            let at = u32::try_from(text.find('a').map_or(0, |at| at + 6)).expect("short");
            assert_eq!(remove(&path(), text, at), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_list_or_not_there_is_left_alone() {
        for text in [
            "+++\nconcepts = \"a\"\n+++\n",
            "+++\ntitle = \"x\"\n+++\n",
            "+++\nconcepts = [\"a\"]\ntags = [\"b\"]\n+++\n",
            "---\ntags: a\n---\n",
            "---\ntags:\n---\n",
            "No front matter.\n",
        ] {
            assert_eq!(add(&path(), text, "trust"), None, "{text}");
        }
        assert_eq!(rename(&path(), "+++\nconcepts = [\"a\"]\n+++\n", 3, "trust"), None);
    }
}
