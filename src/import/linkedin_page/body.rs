//! The words of a comment or post on a saved page of LinkedIn, with nothing but their links and line breaks. Knows one piece of
//! HTML at a time.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

use crate::base::path::percent_decoded;
use crate::import::html::{escaped, one_line};
use crate::import::linkedin_paste::line::without_detour;

/// Whether line feeds of the HTML are line breaks of the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feeds {
    /// They are, as the public page has it.
    Count,
    /// They are blanks; breaks are elements.
    Blank,
}

/// The words as HTML that holds nothing but links; line feeds are line breaks, two part paragraphs.
pub(super) fn body(piece: &str, feeds: Feeds) -> String {
    let mut body = String::with_capacity(piece.len());
    let mut in_link = false;
    let mut skipped: Option<Vec<u8>> = None;
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    for token in Tokenizer::new_with_emitter(piece, emitter).flatten() {
        match token {
            Token::String(words) if skipped.is_none() => push_words(&mut body, &String::from_utf8_lossy(&words), feeds),
            Token::StartTag(tag) if skipped.is_none() => match tag.name.as_slice() {
                b"br" => body.push('\n'),
                b"p" => body.push_str("\n\n"),
                // Buttons unfold the words; they say nothing themselves.
                name @ (b"button" | b"script" | b"style" | b"svg") => skipped = Some(name.to_vec()),
                b"a" if !in_link => {
                    if let Some(address) = target(&tag) {
                        body.push_str(&format!("<a href=\"{}\">", escaped(&address)));
                        in_link = true;
                    }
                }
                _ => {}
            },
            Token::EndTag(tag) => match tag.name.as_slice() {
                name if skipped.as_deref() == Some(name) => skipped = None,
                b"a" if in_link => {
                    body.push_str("</a>");
                    in_link = false;
                }
                b"p" if skipped.is_none() => body.push_str("\n\n"),
                _ => {}
            },
            _ => {}
        }
    }
    if in_link {
        body.push_str("</a>");
    }
    // Hashtags of a page that was saved signed in have a word for those who do not see the sign.
    let body = body.replace("hashtag#", "#");
    let line = |line: &str| match feeds {
        Feeds::Count => line.trim().to_owned(),
        Feeds::Blank => one_line(line),
    };
    body.lines().map(line).collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn push_words(body: &mut String, words: &str, feeds: Feeds) {
    match feeds {
        Feeds::Count => body.push_str(&escaped(words)),
        Feeds::Blank => body.push_str(&escaped(words).replace(['\n', '\r', '\t'], " ")),
    }
}

/// Where a link leads in the end; `None` where that is no page.
fn target(tag: &StartTag<()>) -> Option<String> {
    let written = tag.attributes.get(b"href".as_slice())?;
    address(&String::from_utf8_lossy(written))
}

/// An address of the page in full and without detours through counters and invitations to sign in.
pub(super) fn address(written: &str) -> Option<String> {
    let written = written.trim();
    let full = if written.starts_with('/') { format!("https://www.linkedin.com{written}") } else { written.to_owned() };
    let invited = full.split_once("session_redirect=").filter(|(place, _)| place.contains("linkedin.com/"));
    let full = match invited {
        Some((_, target)) => percent_decoded(target.split('&').next().unwrap_or(target)),
        None => full,
    };
    let is_web = full.starts_with("https://") || full.starts_with("http://");
    let is_whole = !full.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>'));
    (is_web && is_whole).then(|| without_detour(&full))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_keep_their_breaks_and_links_and_nothing_else() {
        let public = "A &lt;keel&gt; \n holds.\n\nSee <a class=link href=\"https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Fexample%2Eorg%2Fa%3Fb%3D1%26c&amp;urlhash=x&amp;trk=t\">this</a> by <a href=\"https://fr.linkedin.com/in/bo?trk=public_post_comment-text\">Bo</a> <a href=\"javascript:x\">no</a>";
        assert_eq!(
            body(public, Feeds::Count),
            "A &lt;keel&gt;\nholds.\n\nSee <a href=\"https://example.org/a?b=1&amp;c\">this</a> by <a href=\"https://fr.linkedin.com/in/bo\">Bo</a> no"
        );
        let signed_in = "<div>\n  <span>One<br><br>two\n <a href=\"/feed/hashtag/keel\"><span>hashtag</span><span>#</span>keel</a></span>\n <button>\u{2026}more <b>x</b></button> <a href=\"https://a.example/\">open";
        assert_eq!(
            body(signed_in, Feeds::Blank),
            "One\n\ntwo <a href=\"https://www.linkedin.com/feed/hashtag/keel\">#keel</a> <a href=\"https://a.example/\">open</a>"
        );
    }

    #[test]
    fn an_invitation_to_sign_in_is_undone() {
        assert_eq!(
            address("https://www.linkedin.com/signup/cold-join?session_redirect=https%3A%2F%2Fwww.linkedin.com%2Ffeed%2Fhashtag%2Fkeel&trk=public_post-text").as_deref(),
            Some("https://www.linkedin.com/feed/hashtag/keel")
        );
        for bad in ["", "mailto:a@example.org", "javascript:alert(1)", "https://a.example/ b", "#top"] {
            assert_eq!(address(bad), None, "{bad}");
        }
    }
}
