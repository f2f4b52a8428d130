//! Lines of a copied page, detours of links undone. Knows one line at a time.

/// A line.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// Its words without blanks around them; links of clippers are Markdown.
    pub(super) text: String,
    /// The profile it links to, where it is nothing but a link to one.
    pub(super) profile: Option<String>,
    /// Whether it held Markdown links.
    pub(super) is_markdown: bool,
}

/// The lines of a text.
pub(super) fn lines(text: &str) -> Vec<Line> {
    text.lines().map(line).collect()
}

fn line(written: &str) -> Line {
    let text = written.trim_matches(|c: char| c.is_whitespace() || c == '\u{a0}' || c == '\u{feff}');
    if !text.contains("](http") {
        return Line { text: text.to_owned(), profile: None, is_markdown: false };
    }
    if let Some((name, address)) = only_link(text.trim_start_matches("- "))
        && address.contains("/in/")
    {
        let profile = address.split('?').next().unwrap_or(address).to_owned();
        return Line { text: name.to_owned(), profile: Some(profile), is_markdown: true };
    }
    let words = without_links(text);
    if super::words::is_action(words.trim_start_matches("- ")) || is_row_of_actions(text) {
        return Line { text: words, profile: None, is_markdown: true };
    }
    Line { text: direct(text), profile: None, is_markdown: true }
}

/// The words and the address of a line that is one link.
fn only_link(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.strip_prefix('[')?.split_once("](")?;
    let address = rest.strip_suffix(')')?;
    (!address.contains(')') && !name.contains('[')).then_some((name, address))
}

/// `[Like](…)[Reply](…)[1 Reaction](…) 2 Reactions`
fn is_row_of_actions(text: &str) -> bool {
    let mut rest = text;
    let mut count = 0;
    while let Some((name, behind)) = rest.strip_prefix('[').and_then(|rest| rest.split_once("](")) {
        let Some((_, next)) = behind.split_once(')') else { return false };
        if !super::words::is_action(name) {
            return false;
        }
        count += 1;
        rest = next.trim_start();
    }
    count > 0 && (rest.is_empty() || super::words::is_action(rest))
}

/// The words of Markdown links, a blank between them.
fn without_links(text: &str) -> String {
    let mut words = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('[') {
        let Some((name, address)) = behind.split_once("](") else { break };
        let Some((_, next)) = address.split_once(')') else { break };
        words.push_str(before);
        if !words.is_empty() && !words.ends_with(' ') {
            words.push(' ');
        }
        words.push_str(name);
        rest = next;
    }
    words.push_str(rest);
    words
}

/// Addresses without the detour by which LinkedIn counts clicks, and without its marks.
fn direct(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("](http") {
        let (before, behind) = rest.split_at(at + 2);
        plain.push_str(before);
        let end = behind.find(')').unwrap_or(behind.len());
        plain.push_str(&without_detour(&behind[..end]));
        rest = &behind[end..];
    }
    plain.push_str(rest);
    plain
}

/// The address that a link of LinkedIn leads on to; the address itself without `trk=` where it leads nowhere else.
pub(in crate::import) fn without_detour(address: &str) -> String {
    let (place, query) = address.split_once('?').unwrap_or((address, ""));
    if place.contains("linkedin.com/redir/") {
        let target = query.split('&').find_map(|part| part.strip_prefix("url="));
        let target = target.map(crate::base::path::percent_decoded).filter(|target| target.starts_with("http"));
        return target.filter(|target| !target.contains([' ', ')', '<', '>'])).unwrap_or_else(|| address.to_owned());
    }
    let kept: Vec<&str> = query.split('&').filter(|part| !part.is_empty() && !part.starts_with("trk=")).collect();
    if kept.is_empty() { place.to_owned() } else { format!("{place}?{}", kept.join("&")) }
}
