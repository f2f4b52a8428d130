//! XML in the making: every text is escaped, and characters that XML 1.0 does not know are left out. Knows no format.

/// A text that leads somewhere.
pub(super) struct Linked<'a> {
    pub(super) text: &'a str,
    pub(super) url: &'a str,
    pub(super) is_right_to_left: bool,
}

/// Writes XML.
pub(super) struct Xml {
    text: String,
}

impl Xml {
    /// A document; `style` is the address of a style sheet, for readers who open it in a browser.
    pub(super) fn new(style: Option<&str>) -> Self {
        let mut xml = Self { text: String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n") };
        if let Some(style) = style {
            xml.text.push_str("<?xml-stylesheet type=\"text/css\" href=\"");
            xml.escape(style);
            xml.text.push_str("\"?>\n");
        }
        xml
    }

    /// The start of an element that holds others.
    pub(super) fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.start(name, attributes, ">\n")
    }

    /// The end of an element.
    pub(super) fn close(&mut self, name: &str) -> &mut Self {
        self.end(name);
        self.text.push('\n');
        self
    }

    /// An element that holds nothing.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> &mut Self {
        self.start(name, attributes, "/>\n")
    }

    /// An element that holds a text.
    pub(super) fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> &mut Self {
        self.start(name, attributes, ">").escape(text);
        self.close(name)
    }

    /// An element on one line, of others that hold a text each.
    pub(super) fn record(&mut self, name: &str, parts: &[(&str, &str)]) -> &mut Self {
        self.start(name, &[], ">");
        for (part, text) in parts {
            self.start(part, &[], ">").escape(text).end(part);
        }
        self.close(name)
    }

    /// A text of Atom that is a link: browsers follow it where they show the feed itself.
    pub(super) fn linked(&mut self, name: &str, linked: &Linked<'_>) -> &mut Self {
        let direction: &[(&str, &str)] = if linked.is_right_to_left { &[("dir", "rtl")] } else { &[] };
        self.start(name, &[("type", "xhtml")], ">");
        self.start("div", &[&[("xmlns", "http://www.w3.org/1999/xhtml")], direction].concat(), ">");
        self.start("a", &[("href", linked.url)], ">").escape(linked.text);
        self.text.push_str("</a></div>");
        self.close(name)
    }

    /// The document.
    pub(super) fn finish(self) -> String {
        self.text
    }

    fn end(&mut self, name: &str) {
        self.text.push_str("</");
        self.text.push_str(name);
        self.text.push('>');
    }

    fn start(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) -> &mut Self {
        self.text.push('<');
        self.text.push_str(name);
        for (name, value) in attributes {
            self.text.push(' ');
            self.text.push_str(name);
            self.text.push_str("=\"");
            self.escape(value);
            self.text.push('"');
        }
        self.text.push_str(end);
        self
    }

    fn escape(&mut self, text: &str) -> &mut Self {
        // Of the letters of ASCII, only a few are any of those below: most of a text is copied in long stretches.
        let is_special = |byte: &u8| !(b' '..=b'~').contains(byte) || matches!(byte, b'&' | b'<' | b'>' | b'"');
        let (mut from, mut at) = (0, 0);
        while let Some(step) = text.as_bytes()[at..].iter().position(is_special) {
            at += step;
            let Some(c) = text[at..].chars().next() else { break };
            let behind = at + c.len_utf8();
            let written = match c {
                '&' => Some("&amp;"),
                '<' => Some("&lt;"),
                '>' => Some("&gt;"),
                '"' => Some("&quot;"),
                // A parser would make a line feed of it.
                '\r' => Some("&#13;"),
                _ if is_of_xml(c) => None,
                _ => Some(""),
            };
            if let Some(written) = written {
                self.text.push_str(&text[from..at]);
                self.text.push_str(written);
                from = behind;
            }
            at = behind;
        }
        self.text.push_str(&text[from..]);
        self
    }
}

/// `Char` of XML 1.0.
fn is_of_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}
