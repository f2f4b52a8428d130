//! A text of Markdown as readers may have it: addresses made good, and nothing in it that the page does not show. Knows where those
//! are from `spots`, and reads no Markdown.

use std::ops::Range;

use super::spots::{Bytes, Spot};

/// Where a link or picture of a copy leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// It stays as it is written.
    AsWritten,
    /// To this address.
    Address(String),
    /// To a passage that the page shows in place: its title and its address.
    Passage(String, String),
    /// Nowhere: the words stay.
    Nowhere,
}

/// What a copy needs to know of the book. Bytes are those of the source file.
pub trait Places {
    /// Where the link at these bytes leads; the second value is the target as written.
    fn link(&self, source: (usize, usize), target: &str) -> Place;
    /// Where the picture at these bytes stands.
    fn picture(&self, source: (usize, usize)) -> Place;
    /// Whether a backslash before these words only keeps the first of them from being linked.
    fn is_kept_from_linking(&self, words: &str) -> bool;
}

/// The Markdown of a text, which begins at this byte of its source; `spots` are what `spots::find` found in it. Left out are
/// comments, notes that nothing refers to, pull quotes (which repeat the text) and definitions of addresses, which go to where they
/// are used.
#[must_use]
pub fn copy(body: &str, start: usize, spots: &[u8], places: &dyn Places) -> String {
    let mut copier = Copier { body, start, places, edits: Vec::new() };
    let mut rest = spots;
    while !rest.is_empty() {
        let (spot, next) = postcard::take_from_bytes(rest).expect("what `find` wrote can be read");
        copier.read(&spot);
        rest = next;
    }
    copier.written()
}

struct Copier<'a> {
    body: &'a str,
    /// Where the body begins in the file.
    start: usize,
    places: &'a dyn Places,
    /// What takes the place of which bytes.
    edits: Vec<(Range<usize>, String)>,
}

impl Copier<'_> {
    fn read(&mut self, spot: &Spot<'_>) {
        match *spot {
            Spot::Unshown(at) => self.replace(at, ""),
            Spot::Backslash(at) => {
                if self.places.is_kept_from_linking(&self.body[at as usize + 1..]) {
                    self.replace((at, at + 1), "");
                }
            }
            Spot::Attribute { at, source, name, target } => match self.link(source, target) {
                Place::Address(address) => self.replace(at, format!("{name}=\"{}\"", in_attribute(&address))),
                Place::Nowhere => self.replace(at, ""),
                Place::AsWritten | Place::Passage(..) => {}
            },
            Spot::Candidate { at, source, target } => {
                if let Place::Address(address) = self.link(source, target) {
                    self.replace(at, in_attribute(&address));
                }
            }
            Spot::Piped { source, words, target } => self.piped(source, words, &self.link(source, target)),
            Spot::Whole { source, target, is_picture: false } => {
                self.replace_whole(source, target, &self.link(source, target), "");
            }
            Spot::Whole { source, target, is_picture: true } => {
                self.replace_whole(source, target, &self.picture(source), "!");
            }
            Spot::Bracketed { source, end, target, title, is_inline, is_picture } => {
                let place = if is_picture { self.picture(source) } else { self.link(source, target) };
                let open = source.0 + if is_picture { 2 } else { 1 };
                match place {
                    Place::AsWritten if is_inline => {}
                    Place::AsWritten => self.replace(end, ending(target, title)),
                    Place::Address(address) | Place::Passage(_, address) => self.replace(end, ending(&address, title)),
                    Place::Nowhere => {
                        self.replace((source.0, open), "");
                        self.replace(end, "");
                    }
                }
            }
        }
    }

    fn replace(&mut self, (start, end): Bytes, text: impl Into<String>) {
        self.edits.push((start as usize..end as usize, text.into()));
    }

    fn link(&self, source: Bytes, target: &str) -> Place {
        self.places.link(self.in_file(source), target)
    }

    fn picture(&self, source: Bytes) -> Place {
        self.places.picture(self.in_file(source))
    }

    fn in_file(&self, (start, end): Bytes) -> (usize, usize) {
        (start as usize + self.start, end as usize + self.start)
    }

    /// A link with a bar between its target and its words.
    fn piped(&mut self, source: Bytes, words: Bytes, place: &Place) {
        let (open, close) = match place {
            Place::Address(address) | Place::Passage(_, address) => ("[", ending(address, "")),
            Place::AsWritten | Place::Nowhere => ("", String::new()),
        };
        self.replace((source.0, words.0), open);
        self.replace((words.1, source.1), close);
    }

    /// A link whose words are its target.
    fn replace_whole(&mut self, source: Bytes, target: &str, place: &Place, mark: &str) {
        let target = target.strip_suffix('\\').unwrap_or(target);
        let (page, fragment) = target.split_once('#').unwrap_or((target, ""));
        let own = if page.trim().is_empty() { fragment } else { page }.trim();
        let text = match place {
            Place::Address(address) => format!("{mark}[{own}{}", ending(address, "")),
            Place::Passage(title, address) => {
                let title = title.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
                format!("[{title}{}", ending(address, ""))
            }
            Place::AsWritten | Place::Nowhere => own.to_owned(),
        };
        self.replace(source, text);
    }

    fn written(mut self) -> String {
        self.edits.sort_by_key(|(range, _)| (range.start, usize::MAX - range.end));
        let mut copy = String::with_capacity(self.body.len());
        let mut from = 0;
        for (range, text) in &self.edits {
            if range.start < from {
                // Within what was left out already; what is left out here may reach farther.
                if text.is_empty() {
                    from = from.max(range.end);
                }
                continue;
            }
            copy.push_str(&self.body[from..range.start]);
            copy.push_str(text);
            from = range.end;
        }
        copy.push_str(&self.body[from..]);
        format!("{}\n", copy.trim_matches('\n').trim_end())
    }
}

/// An address as the value of an attribute.
fn in_attribute(address: &str) -> String {
    address.replace('&', "&amp;").replace('"', "%22").replace('\'', "%27")
}

/// The end of a link with its address.
fn ending(address: &str, title: &str) -> String {
    let is_plain = !address.is_empty() && !address.contains(|c: char| c.is_whitespace() || "()<>".contains(c));
    let address = if is_plain { address.to_owned() } else { format!("<{}>", address.replace(['<', '>', '\n'], "")) };
    if title.is_empty() {
        return format!("]({address})");
    }
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ").replace('\\', "\\\\").replace('"', "\\\"");
    format!("]({address} \"{title}\")")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::book::MarkdownSettings;
    use crate::parse::{frontmatter, markdown, spots};

    struct Everywhere;

    impl Places for Everywhere {
        fn link(&self, _: (usize, usize), target: &str) -> Place {
            match target {
                "gone" => Place::Nowhere,
                _ if target.contains("://") => Place::AsWritten,
                "passage" => Place::Passage("A [title]".to_owned(), "https://e.org/p/#p2".to_owned()),
                _ => Place::Address("https://e.org/x/".to_owned()),
            }
        }
        fn picture(&self, _: (usize, usize)) -> Place {
            Place::Address("https://e.org/a(1).png".to_owned())
        }
        fn is_kept_from_linking(&self, words: &str) -> bool {
            words.starts_with("trust")
        }
    }

    fn copied(text: &str) -> String {
        copied_with(text, &MarkdownSettings::default())
    }

    fn copied_with(text: &str, settings: &MarkdownSettings) -> String {
        let start = frontmatter::body_start(text);
        let path = crate::base::path::SitePath::new("one.md").expect("clean");
        let math = crate::parse::math::Converter::new(&[], &std::sync::Arc::default()).expect("no macros");
        let input = markdown::Input { path: &path, text, body_start: start, title: "", settings, math: &math };
        let mut spots = Vec::new();
        markdown::read_seen_by(&input, |events| spots = spots::find(&text[start..], events, settings));
        copy(&text[start..], start, &spots, &Everywhere)
    }

    #[test]
    fn addresses_are_made_good_and_words_stay() {
        for (written, wanted) in [
            ("[a *b*](../x.md \"T\") and [[x]]", "[a *b*](https://e.org/x/ \"T\") and [x](https://e.org/x/)"),
            ("[[x|the *words*]], [[gone|no]], [[gone]]", "[the *words*](https://e.org/x/), no, gone"),
            ("[out](https://o.org/?a=b) <https://o.org>", "[out](https://o.org/?a=b) <https://o.org>"),
            (
                "[one][1] [two][] ![p][1]\n\n[1]: x.md 'T'\n[two]: https://o.org\n",
                "[one](https://e.org/x/ \"T\") [two](https://o.org) ![p](<https://e.org/a(1).png> \"T\")",
            ),
            (
                "![a\\]b](p.png) [![i](p.png)](gone)",
                "![a\\]b](<https://e.org/a(1).png>) ![i](<https://e.org/a(1).png>)",
            ),
            ("![[passage]]\n", "[A \\[title\\]](https://e.org/p/#p2)"),
            ("Some \\trust, C:\\temp and `\\trust`", "Some trust, C:\\temp and `\\trust`"),
            ("<a href=\"../x.md\">x</a>", "<a href=\"https://e.org/x/\">x</a>"),
        ] {
            assert_eq!(copied(written).trim_end(), wanted, "{written}");
        }
    }

    #[test]
    fn what_the_page_does_not_show_is_left_out() {
        for (written, wanted) in [
            ("a\n\n<!-- secret\n\nmore -->\n\nb", "a\n\nb"),
            ("a <!-- secret --> b<!--secret-->", "a  b"),
            ("<!--secret--><!--\n<!--secret--> b <!--secret--> c", " b  c"),
            ("<div>\n<!-- secret\n\nmore secret --> c\n</div>", "<div>\n c\n</div>"),
            ("a\n\n<!-- secret to the end\n\nmore", "a"),
            ("a\n\n[//]: # (secret)\n[//]: # (secret too)\n\nb", "a\n\n\nb"),
            ("> a\n>\n> [//]: # (secret)\n> [//]: # (secret)\n\nb", "> a\n>\n\nb"),
            ("a[^1]\n\n[^1]: one[^3]\n[^2]: secret\n[^3]: three", "a[^1]\n\n[^1]: one[^3]\n[^3]: three"),
            ("a b c.\n\n> [!pull]\n> a b c\n\nd", "a b c.\n\nd"),
            ("+++\n# secret\nsecret = 1\n+++\na", "a"),
            ("```\n<!-- shown -->\n\n\n[x]: y\n```", "```\n<!-- shown -->\n\n\n[x]: y\n```"),
        ] {
            assert_eq!(copied(written).trim_end(), wanted, "{written}");
        }
    }

    fn straight() -> MarkdownSettings {
        MarkdownSettings { smart_punctuation: false, ..MarkdownSettings::default() }
    }

    /// Whether a page shows these words, in whatever place.
    fn is_shown(text: &str, words: &str) -> bool {
        let path = crate::base::path::SitePath::new("one.md").expect("clean");
        let (prose, _) = crate::parse::parse_text(&path, text, &straight());
        let outline = &prose.outline;
        let escaped = words.replace('<', "&lt;").replace('>', "&gt;");
        let bare = words.trim_matches(['<', '>']);
        // In a drawing, this is text.
        let mut drawn = prose.html.split("<![CDATA[").skip(1).filter_map(|rest| rest.split("]]>").next());
        // What stands behind the language of a code block is no remark.
        text.contains("```")
            || outline.text.contains(words)
            || prose.html.contains(&escaped)
            || drawn.any(|drawn| drawn.contains(words))
            || prose.codes.iter().any(|block| block.code.contains(words))
            || outline.images.iter().any(|image| image.alt.contains(words) || image.target.contains(bare))
            || outline.links.iter().any(|link| link.target.contains(bare))
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]
        #[test]
        fn no_text_stops_the_copy_or_brings_a_comment_into_it(
            parts in proptest::collection::vec(proptest::sample::select(PARTS.to_vec()), 0..24)
        ) {
            let text = parts.concat();
            let copied = copied_with(&text, &straight());
            proptest::prop_assert!(copied.ends_with('\n'));
            let has_secret = copied.contains("<!--secret-->");
            proptest::prop_assert!(!has_secret || is_shown(&text, "<!--secret-->"), "{text:?} to {copied:?}");
        }
    }

    /// What texts are made of.
    const PARTS: [&str; 42] = [
        "a",
        "\u{e9} ",
        " ",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "1. ",
        "[",
        "]",
        "(",
        ")",
        "![",
        "[[",
        "]]",
        "|",
        "\\",
        "\\trust ",
        "<!--secret-->",
        "<!--",
        "-->",
        "<a href=\"x.md\">",
        "<div>\n",
        "<?",
        "<?b > c?>",
        "<![CDATA[",
        "]]>",
        "<svg>",
        "</svg>",
        "\0",
        "\t",
        "\r\n",
        "[^1]",
        "[^1]: ",
        "[x]: y\n",
        "[x]",
        "[]",
        "`",
        "```\n",
        "    ",
        "[!pull]\n",
        "***",
    ];
}
