//! What stands in raw HTML: ids, remarks, addresses, and what does not work on the site. Knows no Markdown.

use std::ops::Range;

use html5gum::{DefaultEmitter, StartTag, State as Tokens, Token, Tokenizer};

use crate::base::codes::Code;
use crate::base::markup;

/// Elements that need a script, a style or a page of another origin.
const BLOCKED: [&str; 7] = ["script", "style", "iframe", "frame", "object", "embed", "form"];

/// Attributes that hold an address.
const ADDRESSES: [&str; 3] = ["href", "src", "poster"];

/// What one stretch of raw HTML leaves for the next: Markdown ends them at blank lines, and within a text behind each tag.
#[derive(Default)]
pub(super) struct State {
    /// How many drawings and formulas are open: `<![CDATA[` is no remark in them.
    foreign: usize,
    /// Whether a remark is open that its stretch did not end.
    pub(super) is_in_remark: bool,
}

impl State {
    /// Whether a piece of HTML within a text, which is one tag or the like, is a remark.
    pub(super) fn is_remark(&self, html: &str) -> bool {
        let is_drawn = self.foreign > 0 && html.starts_with("<![CDATA[");
        !self.is_in_remark && (html.starts_with("<!") || html.starts_with("<?")) && !is_drawn
    }
}

/// What was found, in order.
#[derive(Default)]
pub(super) struct Found {
    pub(super) ids: Vec<String>,
    /// What the content security policy of the built-in theme does not let work, and why.
    pub(super) blocked: Vec<(Code, String)>,
    pub(super) parts: Vec<Part>,
}

/// Bytes of HTML that do not stay as they are.
pub(super) struct Part {
    pub(super) range: Range<usize>,
    pub(super) what: What,
}

/// Why they do not.
pub(super) enum What {
    /// Nobody but the author reads it: a comment or the like.
    Remark,
    /// A comment that does not end.
    OpenRemark,
    /// An attribute with its value, an address on this site.
    Attribute { name: String, target: String },
    /// An address on this site among those of a `srcset`.
    Candidate { target: String },
}

/// Reads a stretch of HTML.
pub(super) fn scan(html: &str, state: &mut State) -> Found {
    let mut scan = Scan { html, state, found: Found::default(), sought: [true; 2] };
    let mut from = 0;
    while let Some(next) = scan.read(from) {
        from = next;
    }
    scan.found.parts.sort_by_key(|part| part.range.start);
    scan.found
}

struct Scan<'a> {
    html: &'a str,
    state: &'a mut State,
    found: Found,
    /// Whether `?>` and `]]>` may still follow: what was sought in vain is not there farther on either.
    sought: [bool; 2],
}

impl Scan<'_> {
    /// Reads on from a byte; where a remark reaches farther than browsers think, returns its end.
    fn read(&mut self, from: usize) -> Option<usize> {
        let emitter = DefaultEmitter::<usize>::new_with_span();
        let mut tokens = Tokenizer::new_with_emitter(self.html.get(from..)?, emitter);
        while let Some(Ok(token)) = tokens.next() {
            match token {
                Token::StartTag(tag) => {
                    let is_foreign = matches!(&**tag.name, b"svg" | b"math");
                    self.state.foreign += usize::from(is_foreign && !tag.self_closing);
                    if let Some(state) = inside(&tag.name).filter(|_| self.state.foreign == 0) {
                        tokens.set_state(state);
                    }
                    self.tag(&tag, from);
                }
                Token::EndTag(tag) if matches!(&**tag.name, b"svg" | b"math") => {
                    self.state.foreign = self.state.foreign.saturating_sub(1);
                }
                Token::Comment(comment) => {
                    let (start, end) = (from + comment.span.start, from + comment.span.end);
                    if let Some(end) = self.remark(start, end.min(self.html.len())) {
                        return Some(end);
                    }
                }
                _ => {}
            }
        }
        None
    }

    /// Notes a remark; returns its end where reading has to begin anew there.
    fn remark(&mut self, start: usize, end: usize) -> Option<usize> {
        let written = self.html.get(start..end)?;
        let mut put = |range, what| self.found.parts.push(Part { range, what });
        if written.starts_with("<!--") {
            let is_open = !written.ends_with("-->") && !written.ends_with("--!>");
            self.state.is_in_remark = is_open;
            put(start..end, if is_open { What::OpenRemark } else { What::Remark });
            return None;
        }
        // Browsers end these at the first `>`, Markdown and those who write them at their own mark.
        let kind = [("<?", "?>"), ("<![CDATA[", "]]>")]
            .into_iter()
            .enumerate()
            .find(|(_, (open, _))| written.starts_with(open));
        let mut whole = end;
        if let Some((at, (_, mark))) = kind.filter(|(at, _)| self.sought[*at]) {
            let close = self.html[start..].find(mark);
            self.sought[at] = close.is_some();
            whole = close.map_or(end, |close| start + close + mark.len());
        }
        let is_drawn = self.state.foreign > 0 && matches!(kind, Some((1, _)));
        if !is_drawn {
            put(start..whole, What::Remark);
        }
        (whole > end).then_some(whole)
    }

    fn tag(&mut self, tag: &StartTag<usize>, from: usize) {
        let element = String::from_utf8_lossy(&tag.name).into_owned();
        let found = &mut self.found;
        if BLOCKED.contains(&element.as_str()) {
            let message = format!("the site's content security policy does not let `<{element}>` work");
            found.blocked.push((Code::BlockedHtml, message));
        }
        for (name, value) in &tag.attributes {
            let text = String::from_utf8_lossy(value);
            let name = String::from_utf8_lossy(name);
            if name == "id" {
                found.ids.push(text.into_owned());
                continue;
            }
            if name == "style" || name.starts_with("on") {
                let message = format!("the site's content security policy does not let the attribute `{name}` work");
                found.blocked.push((Code::BlockedHtml, message));
                continue;
            }
            let span = from + value.span.start..from + value.span.end;
            // Only an address that stands in the source as it reads (no entities) can be replaced safely.
            let range = markup::value(self.html, span.clone()).filter(|range| self.html[range.clone()] == *text);
            if name == "srcset" {
                for candidate in markup::candidates(&text) {
                    let target = &text[candidate.clone()];
                    if !is_on_site(target) {
                        found.blocked.extend(fetched(&element, target));
                    } else if let Some(range) = &range {
                        let range = range.start + candidate.start..range.start + candidate.end;
                        let what = What::Candidate { target: target.to_owned() };
                        found.parts.push(Part { range, what });
                    }
                }
            } else if !ADDRESSES.contains(&name.as_ref()) {
            } else if !is_on_site(&text) {
                found.blocked.extend(fetched(&element, &text).filter(|_| name != "href"));
            } else if let Some(range) = range {
                let quote = self.html[..range.start].chars().next_back().filter(|c| matches!(c, '"' | '\''));
                let is_closed = quote.is_some_and(|quote| self.html[range.end..].starts_with(quote));
                let range = span.start..range.end + usize::from(is_closed);
                let what = What::Attribute { name: name.into_owned(), target: text.into_owned() };
                found.parts.push(Part { range, what });
            }
        }
    }
}

/// How what stands within an element is read, where that is no HTML.
fn inside(element: &[u8]) -> Option<Tokens> {
    match element {
        b"script" => Some(Tokens::ScriptData),
        b"style" | b"iframe" | b"xmp" | b"noembed" | b"noframes" => Some(Tokens::RawText),
        b"textarea" | b"title" => Some(Tokens::RcData),
        _ => None,
    }
}

/// Says that an element asks another server for something.
fn fetched(element: &str, address: &str) -> Option<(Code, String)> {
    if address.is_empty() || BLOCKED.contains(&element) || address.starts_with("data:") {
        return None;
    }
    let (code, what) = match element {
        "img" => (Code::ExternalImage, "this image".to_owned()),
        other => (Code::BlockedHtml, format!("what this `<{other}>` names")),
    };
    Some((code, format!("{what} would be fetched from another server")))
}

/// Whether an address leads to this site: relative, from its root, or to a place on the page.
fn is_on_site(address: &str) -> bool {
    let scheme = address.split(['/', '?', '#']).next().unwrap_or("");
    !address.is_empty() && !address.starts_with("//") && !scheme.contains(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranges(html: &str) -> Vec<&str> {
        scan(html, &mut State::default()).parts.into_iter().map(|part| &html[part.range]).collect()
    }

    #[test]
    fn addresses_on_the_site_and_ids_are_found() {
        let html = "<p id=here><img src=\"a b.png\" alt='src=\"c.png\"'><a href='../x.md#y'>x</a><a href=\"https://e.org/\">e</a>\
                    <a href=\"href\">h</a><a href=é.md>u</a><img srcset='a.png 1x, //x.org/b.png 2x'>";
        assert_eq!(scan(html, &mut State::default()).ids, ["here"]);
        assert_eq!(ranges(html), ["src=\"a b.png\"", "href='../x.md#y'", "href=\"href\"", "href=é.md", "a.png"]);
    }

    #[test]
    fn remarks_are_those_of_browsers_and_end_where_their_authors_mean() {
        for (html, wanted) in [
            ("a<!-- b -->c<!---->d<!-->e", &["<!-- b -->", "<!---->", "<!-->"] as &[&str]),
            ("é<!-- <a href=x> > -->é<!-- é", &["<!-- <a href=x> > -->", "<!-- é"]),
            ("<?a > b?><a href=x>", &["<?a > b?>", "href=x"]),
            ("<?a > b<?c>", &["<?a >", "<?c>"]),
            ("<![CDATA[ a > b ]]>c", &["<![CDATA[ a > b ]]>"]),
            ("<svg><![CDATA[ a > <!-- b ]]></svg><![CDATA[c]]>", &["<![CDATA[c]]>"]),
            ("<script>'<!-- a'</script><style><!-- b --></style><textarea><!-- c --></textarea>", &[]),
            ("<b title=\"<!-- x\" data-a='<?y?>'>", &[]),
            ("<!DOCTYPE html><!x>", &["<!x>"]),
            ("<!", &["<!"]),
            ("<?", &["<?"]),
        ] {
            assert_eq!(ranges(html), wanted, "{html}");
        }
    }
}
