//! Words of readers to HTML and plain text. Nothing of theirs is trusted: no HTML, no pictures, few elements.

use std::collections::HashSet;
use std::sync::LazyLock;

use ammonia::Builder;
use pulldown_cmark::{CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, html};

/// The elements that may stand in a reply.
const ELEMENTS: [&str; 13] =
    ["a", "blockquote", "br", "code", "del", "em", "hr", "li", "ol", "p", "pre", "strong", "ul"];
/// Quotations and lists nested deeper are written without their own level.
const DEEPEST: usize = 24;

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = Builder::default();
    cleaner
        .tags(ELEMENTS.into_iter().collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .generic_attributes(HashSet::new())
        .tag_attributes(std::collections::HashMap::from([
            ("a", HashSet::from(["href"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("nofollow ugc noopener"));
    cleaner
});

/// A reply's Markdown as cleaned HTML and as plain text, blocks separated by a line feed.
pub(crate) fn read(markdown: &str) -> (String, String) {
    let options = Options::ENABLE_STRIKETHROUGH;
    let mut text = String::with_capacity(markdown.len());
    let mut depth = 0_usize;
    let events = Parser::new_ext(markdown, options).filter_map(|event| {
        let event = harmless(event, &mut depth)?;
        match &event {
            Event::Text(words) | Event::Code(words) => text.push_str(words),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::CodeBlock) if !text.ends_with('\n') => {
                text.push('\n')
            }
            _ => {}
        }
        Some(event)
    });
    let mut written = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut written, events);
    (CLEANER.clean(&written).to_string(), text.trim_end().to_owned())
}

/// The event without what a reply may not hold: raw HTML becomes text, headings paragraphs, pictures their description.
fn harmless<'a>(event: Event<'a>, depth: &mut usize) -> Option<Event<'a>> {
    Some(match event {
        Event::Html(raw) | Event::InlineHtml(raw) => Event::Text(raw),
        Event::Start(Tag::HtmlBlock) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::HtmlBlock) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Heading { .. }) => Event::Start(Tag::Paragraph),
        Event::End(TagEnd::Heading(_)) => Event::End(TagEnd::Paragraph),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => return None,
        Event::Start(Tag::Link { link_type: LinkType::Email, dest_url, .. }) => Event::Start(Tag::Link {
            link_type: LinkType::Inline,
            dest_url: CowStr::from(format!("mailto:{dest_url}")),
            title: CowStr::Borrowed(""),
            id: CowStr::Borrowed(""),
        }),
        Event::Start(Tag::BlockQuote(_) | Tag::List(_) | Tag::Item) if *depth >= DEEPEST => {
            *depth += 1;
            return None;
        }
        Event::End(TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item) if *depth > DEEPEST => {
            *depth -= 1;
            return None;
        }
        Event::Start(Tag::BlockQuote(_)) => {
            *depth += 1;
            Event::Start(Tag::BlockQuote(None))
        }
        Event::Start(tag @ (Tag::List(_) | Tag::Item)) => {
            *depth += 1;
            Event::Start(tag)
        }
        Event::End(tag @ (TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item)) => {
            *depth = depth.saturating_sub(1);
            Event::End(tag)
        }
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn words_keep_their_simple_markup() {
        let (html, text) = read("It *works*, see [this](https://example.org/a).\n\n> Quoted.\n\n- one\n- two");
        assert!(
            html.contains("<em>works</em>") && html.contains("<blockquote>") && html.contains("<li>one</li>"),
            "{html}"
        );
        assert!(html.contains("<a href=\"https://example.org/a\" rel=\"nofollow ugc noopener\">this</a>"), "{html}");
        assert_eq!(text, "It works, see this.\nQuoted.\none\ntwo");
    }

    #[test]
    fn nothing_that_acts_comes_through() {
        for bad in [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "![x](javascript:alert(1))",
            "[x](javascript:alert(1))",
            "[x](data:text/html,<script>)",
            "<svg><animate onbegin=alert(1)>",
            "<a href=\"https://e.org\" id=main onclick=x>y</a>",
            "[x](/essays/)",
        ] {
            let (html, _) = read(bad);
            for live in
                ["<script", "<img", "<svg", "href=\"javascript", "href=\"data", "<a ", " onclick=x\"", "<animate"]
            {
                assert!(!html.contains(live) || live == "<a " && html.contains("<a rel="), "{bad}: {html}");
            }
        }
    }

    #[test]
    fn deep_nesting_ends() {
        let (html, _) = read(&"> ".repeat(5_000));
        assert!(html.len() < 10_000);
        let (html, _) = read(&format!("{}deep", "- ".repeat(200)));
        assert!(html.contains("deep") && html.matches("<ul>").count() <= 13, "{html}");
    }
}
