//! HTML that needs no cleaning but for ids and notes: most texts are paragraphs, lists and links, and to build a tree of elements
//! to find that out costs twenty times as much as to look. Knows no feed.

use url::Url;

use super::elsewhere::{is_number, is_reference};

/// Elements deeper than this are left to the cleaner.
const DEEPEST: usize = 16;

/// What may stand where an element stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Blocks and words.
    All,
    /// Entries of a list.
    Entries,
    /// Words.
    Words,
}

/// What `cleaner(prefix, …)` in `elsewhere` makes of HTML; `None` for HTML that holds anything besides the plainest elements, each
/// with its end where it belongs, words, and whole addresses: that takes a cleaner.
pub(super) fn clean(html: &str, prefix: &str) -> Option<String> {
    let mut clean = String::with_capacity(html.len());
    let mut open: Vec<(&str, Holds)> = Vec::with_capacity(DEEPEST);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        push_words(&mut clean, &rest[..at])?;
        let tag = &rest[at + 1..];
        let name = &tag[..tag.find([' ', '>'])?];
        if let Some(name) = name.strip_prefix('/') {
            let (last, _) = open.pop()?;
            rest = tag.strip_prefix('/')?.strip_prefix(name)?.strip_prefix('>').filter(|_| name == last)?;
            clean.push_str("</");
            clean.push_str(name);
            clean.push('>');
            continue;
        }
        clean.push('<');
        clean.push_str(name);
        rest = push_attributes(&mut clean, name, &tag[name.len()..], prefix)?;
        clean.push('>');
        let around = open.last().map_or(Holds::All, |(_, holds)| *holds);
        let (fits, holds) = match name {
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => (around == Holds::All, Some(Holds::Words)),
            "blockquote" => (around == Holds::All, Some(Holds::All)),
            "ul" | "ol" => (around == Holds::All, Some(Holds::Entries)),
            "li" => (around == Holds::Entries, Some(Holds::All)),
            "hr" => (around == Holds::All, None),
            "br" => (around != Holds::Entries, None),
            "em" | "strong" | "del" | "sup" | "sub" | "code" => (around != Holds::Entries, Some(Holds::Words)),
            "a" => {
                let is_within = open.iter().any(|(other, _)| *other == "a");
                (around != Holds::Entries && !is_within, Some(Holds::Words))
            }
            _ => return None,
        };
        if let Some(holds) = holds {
            open.push((name, holds));
        }
        if !fits || open.len() > DEEPEST {
            return None;
        }
    }
    push_words(&mut clean, rest)?;
    open.is_empty().then_some(clean)
}

/// Words that are written the one way in which they can be.
fn push_words(clean: &mut String, words: &str) -> Option<()> {
    let mut from = 0;
    while let Some(at) = words[from..].find('&') {
        let reference = &words[from + at..];
        if !["&amp;", "&lt;", "&gt;"].iter().any(|known| reference.starts_with(known)) {
            return None;
        }
        from += at + 1;
    }
    let is_plain = |byte: u8| !matches!(byte, b'>' | b'\r' | b'\0');
    (words.bytes().all(is_plain) && !words.contains('\u{a0}')).then(|| clean.push_str(words))
}

/// The attributes that stay, and what follows the tag.
fn push_attributes<'a>(clean: &mut String, element: &str, attributes: &'a str, prefix: &str) -> Option<&'a str> {
    let mut rest = attributes;
    let mut seen: [&str; 4] = [""; 4];
    for at in 0..seen.len() {
        let Some(more) = rest.strip_prefix(' ') else { return rest.strip_prefix('>') };
        let (name, value) = more.split_once("=\"")?;
        let (value, behind) = value.split_once('"')?;
        if value.contains(['&', '<', '>', '\u{a0}', '\r', '\n', '\0']) {
            return None;
        }
        // Of two with one name the second is none.
        if seen[..at].contains(&name) {
            return None;
        }
        seen[at] = name;
        rest = behind;
        let is_note = || value.strip_prefix("#n").is_some_and(is_number);
        let is_whole = || Url::parse(value).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
        let own = match (element, name) {
            ("a", "href") if is_note() => format!("#{prefix}{}", &value[1..]),
            ("a", "href") if is_whole() => value.to_owned(),
            ("a", "id") if is_reference(value) => format!("{prefix}{value}"),
            (_, "id" | "class") => continue,
            _ => return None,
        };
        clean.push(' ');
        clean.push_str(name);
        clean.push_str("=\"");
        clean.push_str(&own);
        clean.push('"');
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::elsewhere::cleaner;
    use super::*;

    const PREFIX: &str = "e1-";

    fn cleaned(html: &str) -> String {
        cleaner(PREFIX, "https://me.example/essays/one/").clean(html).to_string()
    }

    #[test]
    fn the_text_of_an_essay_is_cleaned_as_the_cleaner_does() {
        let html = "<h2 id=\"a\">A &amp; b</h2>\n<p id=\"p-a\">Words <em>of <strong>mine</strong></em>, \u{201c}<code>&lt;x&gt;</code>\u{201d}\
             <sup class=\"note\"><a id=\"r1\" href=\"#n1\">1</a></sup>.<br>\n\
             <a href=\"https://me.example/essays/two/#p-b\">Two</a> <del>three</del></p>\n<ul>\n<li id=\"p-c\">One\n<ol>\n<li>Two</li>\n</ol>\n</li>\n\
             <li>\n<p>Three</p>\n</li>\n</ul>\n<hr>\n<blockquote>\n<p>H<sub>2</sub>O</p>\n</blockquote>\n";
        let clean = clean(html, PREFIX).unwrap();
        assert!(clean.contains("<a id=\"e1-r1\" href=\"#e1-n1\">1</a>") && !clean.contains("p-a"), "{clean}");
        assert_eq!(clean, cleaned(html));
    }

    #[test]
    fn whatever_else_there_is_takes_the_cleaner() {
        for html in [
            "<script>x</script>",
            "<p onclick=\"x\">a</p>",
            "<p>a",
            "<p>a</em></p>",
            "a</p>",
            "<p><p>a</p></p>",
            "<em><p>a</p></em>",
            "<ul>a<em>b</em></ul>",
            "<li>a</li>",
            "<a href=\"https://a.example\"><em><a href=\"https://b.example\">x</a></em></a>",
            "<a href=\"javascript:x\">a</a>",
            "<a href=\"two/\">a</a>",
            "<a href=https://a.example>a</a>",
            "<a href=\"https://a.example/?a&amp;b\">a</a>",
            "<a title=\"x\">a</a>",
            "<a id=\"r1\" id=\"r2\">a</a>",
            "<P>a</P>",
            "<p >a</p>",
            "<br/>",
            "<!-- a -->",
            "a & b",
            "a &nbsp; b",
            "a\u{a0}b",
            "a > b",
            "<p",
            "<",
            "<pre>\n\na</pre>",
        ] {
            assert_eq!(clean(html, PREFIX), None, "{html}");
        }
        assert_eq!(clean("", PREFIX).as_deref(), Some(""));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn what_is_cleaned_here_is_what_the_cleaner_makes_of_it(parts in prop::collection::vec(
            prop::sample::select(vec![
                "<p>", "</p>", "<p id=\"p-a\">", "<h2>", "</h2>", "<ul>", "</ul>", "<ol>", "</ol>", "<li>", "<li class=\"a\">", "</li>",
                "<blockquote>", "</blockquote>", "<em>", "</em>", "<strong>", "</strong>", "<del>", "</del>", "<sup>", "</sup>",
                "<code>", "</code>", "<sub>", "</sub>", "<hr>", "<br>", "</a>", "<a href=\"https://a.example/b?c=d#e\">",
                "<a id=\"r1\" href=\"#n1\">", "<a href=\"#r1\">", "<a id=\"r1-2\" class=\"b\">", "<a href=\"http://[b\">",
                "a", "\n", " ", "&amp;", "&lt;b", "&gt;", "\u{e9}\u{2019}\"'", "\t",
            ]),
            0..14,
        ), shut in any::<bool>()) {
            let mut html = parts.concat();
            if shut {
                // Most random texts have elements without an end: give them one.
                let mut open: Vec<&str> = Vec::new();
                for part in &parts {
                    let name = part.trim_start_matches(['<', '/']).split([' ', '>']).next().unwrap_or("");
                    if part.starts_with("</") {
                        if open.last() == Some(&name) {
                            open.pop();
                        }
                    } else if part.starts_with('<') && !matches!(name, "hr" | "br") {
                        open.push(name);
                    }
                }
                open.iter().rev().for_each(|name| html.push_str(&format!("</{name}>")));
            }
            if let Some(clean) = clean(&html, PREFIX) {
                prop_assert_eq!(clean, cleaned(&html), "{}", html);
            }
        }
    }
}
