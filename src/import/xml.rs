//! Elements of an XML export as flat fields. Declared entities are never expanded, and nothing is held but one element.

use std::collections::BTreeMap;
use std::io::BufRead;

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// A reader that forgives what exports get wrong.
pub fn reader<R: BufRead>(source: R) -> Reader<R> {
    let mut reader = Reader::from_reader(source);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    reader
}

/// The name of an element without its prefix.
#[must_use]
pub fn local(start: &BytesStart<'_>) -> String {
    start.local_name().as_ref().to_owned()
}

/// The value of an attribute, by its name without prefix; `None` where it is missing.
#[must_use]
pub fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start
        .attributes()
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() == name)?;
    let value = found.value.to_string();
    Some(quick_xml::escape::unescape(&value).map_or(value.clone(), |plain| plain.into_owned()))
}

/// What a reference such as `&amp;` or `&#39;` stands for; one that the export declares itself stays as it is written.
#[must_use]
pub fn reference(written: &BytesRef<'_>) -> String {
    if let Ok(Some(letter)) = written.resolve_char_ref() {
        return letter.to_string();
    }
    let name = written.to_string();
    match name.as_str() {
        "lt" => "<".to_owned(),
        "gt" => ">".to_owned(),
        "amp" => "&".to_owned(),
        "quot" => "\"".to_owned(),
        "apos" => "'".to_owned(),
        _ => format!("&{name};"),
    }
}

/// Elements nested deeper inside an element are left out of its fields.
const DEEPEST: usize = 8;

/// The texts of an element's descendants by their way from it (`author/name`), and attributes behind an `@` (`parent@id`).
/// Of elements with one way the first counts. `None` where the bytes are no whole element.
#[must_use]
pub fn fields(bytes: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut reader = reader(bytes);
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    let mut way = Way::default();
    let mut text: Vec<String> = Vec::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(start) => {
                way.enter(start.local_name().as_ref());
                text.push(String::new());
                note_attributes(&start, &way, &mut found);
            }
            Event::Empty(start) => {
                way.enter(start.local_name().as_ref());
                note_attributes(&start, &way, &mut found);
                way.leave();
            }
            Event::End(_) => {
                let words = text.pop()?;
                let depth = way.starts.len();
                if depth > 1 && depth <= DEEPEST && !found.contains_key(way.names.as_str()) {
                    found.insert(way.names.clone(), words);
                }
                way.leave();
                if way.starts.is_empty() {
                    return Some(found);
                }
            }
            Event::Text(words) => push(&mut text, &words),
            Event::CData(words) => push(&mut text, &words),
            Event::GeneralRef(written) => push(&mut text, &reference(&written)),
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// The elements that are open, as `author/name`; the outermost one is not named.
#[derive(Default)]
struct Way {
    names: String,
    /// How long `names` was before each of them.
    starts: Vec<usize>,
}

impl Way {
    fn enter(&mut self, name: &str) {
        self.starts.push(self.names.len());
        if self.starts.len() > 1 && self.starts.len() <= DEEPEST {
            if !self.names.is_empty() {
                self.names.push('/');
            }
            self.names.push_str(name);
        }
    }

    fn leave(&mut self) {
        self.names.truncate(self.starts.pop().unwrap_or(0));
    }
}

/// One of these texts without blanks around it; `None` where it is empty or missing.
#[must_use]
pub fn text(fields: &BTreeMap<String, String>, key: &str) -> Option<String> {
    fields.get(key).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

fn push(text: &mut [String], words: &str) {
    if let Some(last) = text.last_mut() {
        last.push_str(words);
    }
}

fn note_attributes(start: &BytesStart<'_>, way: &Way, found: &mut BTreeMap<String, String>) {
    if way.starts.len() > DEEPEST {
        return;
    }
    for attribute in start.attributes().with_checks(false).flatten() {
        let key = format!("{}@{}", way.names, attribute.key.local_name().as_ref());
        let value = attribute.value.to_string();
        let value = quick_xml::escape::unescape(&value).map_or(value.clone(), |plain| plain.into_owned());
        found.entry(key).or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_element_becomes_flat_fields() {
        let found = fields(b"<post x:id=\"4\"><m><![CDATA[<p>a &amp; b</p>]]></m><author><name> Ada &amp; Bo&#33;</name></author><parent x:id='3'/></post>").expect("whole");
        assert_eq!(found["@id"], "4");
        assert_eq!(found["m"], "<p>a &amp; b</p>");
        assert_eq!(found["author/name"], " Ada & Bo!");
        assert_eq!(found["parent@id"], "3");
    }

    #[test]
    fn entities_of_the_file_are_not_expanded_and_cut_elements_are_none() {
        let found = fields(b"<!DOCTYPE a [<!ENTITY x \"boom\">]><a><b>&x;</b></a>").expect("whole");
        assert_eq!(found["b"], "&x;");
        assert_eq!(fields(b"<a><b>text"), None);
        assert!(fields("<a>".repeat(100_000).as_bytes()).is_none());
    }
}
