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
        // Most of a text is copied in long stretches.
        let bytes = text.as_bytes();
        let (mut from, mut at) = (0, 0);
        while let Some(step) = bytes[at..].iter().position(|byte| SPECIAL[usize::from(*byte)]) {
            at += step;
            let (written, behind) = match bytes[at] {
                b'&' => ("&amp;", at + 1),
                b'<' => ("&lt;", at + 1),
                b'>' => ("&gt;", at + 1),
                b'"' => ("&quot;", at + 1),
                // A parser would make a line feed of it.
                b'\r' => ("&#13;", at + 1),
                _ => match text[at..].chars().next() {
                    Some(c) if is_of_xml(c) => {
                        at += c.len_utf8();
                        continue;
                    }
                    c => ("", at + c.map_or(1, char::len_utf8)),
                },
            };
            self.text.push_str(&text[from..at]);
            self.text.push_str(written);
            (from, at) = (behind, behind);
        }
        self.text.push_str(&text[from..]);
        self
    }
}

/// Bytes that XML wants written otherwise, or with which characters begin that it does not know: of those beyond ASCII, only
/// U+FFFE and U+FFFF.
const SPECIAL: [bool; 256] = {
    let mut special = [false; 256];
    let mut byte = 0;
    while byte < b' ' {
        special[byte as usize] = byte != b'\t' && byte != b'\n';
        byte += 1;
    }
    let (marks, mut at) = (b"&<>\"\xef", 0);
    while at < marks.len() {
        special[marks[at] as usize] = true;
        at += 1;
    }
    special
};

/// `Char` of XML 1.0.
fn is_of_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::Xml;

    fn escaped(text: &str) -> String {
        let mut xml = Xml { text: String::new() };
        xml.escape(text);
        xml.finish()
    }

    #[test]
    fn marks_are_written_otherwise_and_what_xml_does_not_know_is_left_out() {
        assert_eq!(escaped("a & b < c > \"d\"\r\n\te"), "a &amp; b &lt; c &gt; &quot;d&quot;&#13;\n\te");
        assert_eq!(escaped("\0a\u{1}b\u{1f}\u{7f}\u{fffe}c\u{ffff}"), "ab\u{7f}c");
        let all = (' '..=char::MAX).filter(|c| !"&<>\"\u{fffe}\u{ffff}".contains(*c)).collect::<String>();
        assert_eq!(escaped(&all), all);
    }
}
