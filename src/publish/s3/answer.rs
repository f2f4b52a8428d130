//! The XML that stores answer with. Knows nothing of what was asked.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// No answer is nested deeper.
const DEEPEST: usize = 16;

/// An element with what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Element {
    /// Its name without a prefix.
    pub name: String,
    /// The text that stands in it itself.
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    /// The outermost element of a text; `None` for what is no whole XML.
    pub fn read(text: &str) -> Option<Self> {
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Self> = Vec::new();
        loop {
            let closed = match reader.read_event().ok()? {
                Event::Start(start) => {
                    open.push(Self::named(&start));
                    if open.len() > DEEPEST {
                        return None;
                    }
                    continue;
                }
                Event::Empty(start) => Self::named(&start),
                Event::End(_) => open.pop()?,
                Event::Text(words) => {
                    if let Some(last) = open.last_mut() {
                        last.text.push_str(&words);
                    }
                    continue;
                }
                Event::CData(words) => {
                    open.last_mut()?.text.push_str(&words);
                    continue;
                }
                Event::GeneralRef(written) => {
                    let letter = match written.resolve_char_ref().ok()? {
                        Some(letter) => letter,
                        None => match &*written {
                            "lt" => '<',
                            "gt" => '>',
                            "amp" => '&',
                            "quot" => '"',
                            "apos" => '\'',
                            _ => return None,
                        },
                    };
                    open.last_mut()?.text.push(letter);
                    continue;
                }
                Event::Eof => return None,
                _ => continue,
            };
            match open.last_mut() {
                Some(parent) => parent.children.push(closed),
                None => return Some(closed),
            }
        }
    }

    fn named(start: &BytesStart<'_>) -> Self {
        Self { name: start.local_name().as_ref().to_owned(), ..Self::default() }
    }

    /// The children of this name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Self> {
        self.children.iter().filter(move |child| child.name == name)
    }

    /// The text of the first child of this name without blanks around it; empty where there is none.
    pub fn text_of(&self, name: &str) -> &str {
        self.exact(name).trim()
    }

    /// The text of the first child of this name, as it is: names of files may begin or end with blanks.
    pub fn exact(&self, name: &str) -> &str {
        self.children.iter().find(|child| child.name == name).map_or("", |child| &child.text)
    }
}

/// A text inside an element.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            // A parser would turn these into plain line feeds and blanks.
            '\r' | '\n' | '\t' => escaped.push_str(&format!("&#{};", u32::from(letter))),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_with_its_references() {
        let text = "<?xml version=\"1.0\"?>\n<a:List xmlns:a='x'><Contents><Key> a&amp;b&#x20;&lt;<![CDATA[<]]></Key></Contents><Empty/></a:List>";
        let list = Element::read(text).unwrap();
        assert_eq!((list.name.as_str(), list.text_of("Empty"), list.text_of("None")), ("List", "", ""));
        assert_eq!(list.all("Contents").next().unwrap().exact("Key"), " a&b <<");
    }

    #[test]
    fn another_text_is_none() {
        for text in
            ["", "plain", "<html><p>Sign in<br></html>", "<a><b></a>", "<a>", "<a>&nbsp;</a>", &"<a>".repeat(99_999)]
        {
            assert_eq!(Element::read(text), None, "{text:.20}");
        }
    }

    #[test]
    fn what_is_escaped_is_read_as_it_was() {
        let name = " a<b>&amp;\"'\r\n\u{e9}";
        let text = format!("<r><Key>{}</Key></r>", escape(name));
        assert_eq!(Element::read(&text).unwrap().exact("Key"), name);
    }
}
