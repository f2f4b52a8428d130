//! Reddit: the feed of a thread (its address with `.rss` behind it), which is flat and holds the newest comments only.

use super::atom::{self, Entry};
use super::dates;
use super::foreign::{Body, ForeignReply, ForeignThread, Format, Harvest, State, Unreadable};
use super::input::Input;
use super::reddit_comment::{SITE, author, bare, state};
use super::threads::ByName;

/// The word for the source.
pub const NAME: &str = super::reddit::NAME;

/// Whether this is an Atom feed with ids of Reddit.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        let is_feed = sample.trim_start().starts_with('<') && sample.contains("<feed");
        is_feed && ["<id>t1_", "<id>t3_", "<id>/r/"].iter().any(|id| sample.contains(id))
    })
}

/// Reads it.
///
/// # Errors
/// The file is no Atom feed, or no feed of Reddit.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let mut threads: ByName = ByName::default();
    let mut refused = Vec::new();
    atom::entries(input.only("Atom file")?, harvest, &mut |place, entry| {
        let id = entry.text("id").unwrap_or("");
        let page = entry.first_link().unwrap_or("").to_owned();
        let is_post = id.starts_with("t3_");
        if !is_post && !id.starts_with("t1_") {
            refused.push((place.start, "this entry is neither a post nor a comment"));
            return;
        }
        let name = if is_post { bare(id).to_owned() } else { thread_id(&page).unwrap_or_default().to_owned() };
        let thread = threads.of(&name, || opened(&name, &page));
        if is_post {
            thread.key.title = entry.text("title").map(str::to_owned);
            thread.key.address =
                entry.text("content").and_then(linked).filter(|url| !url.starts_with(SITE)).map(str::to_owned);
        } else {
            thread.key.title = thread.key.title.take().or_else(|| title(&entry));
            thread.replies.push(reply(&entry, &page));
        }
    })?;
    let threads = threads.into_list();
    if threads.is_empty() {
        return Err(Unreadable::new(
            "this is no feed of a thread of Reddit: it has no entry with an id `t3_` or `t1_`",
        ));
    }
    refused.into_iter().for_each(|(byte, reason)| harvest.left(format!("byte {byte}"), reason.to_owned()));
    threads.into_iter().for_each(|thread| harvest.thread(thread));
    Ok(())
}

fn opened(id: &str, page: &str) -> ForeignThread {
    // The page of a comment lies below that of its thread.
    let parts: Vec<&str> = page.split('/').take(8).collect();
    let mut thread = ForeignThread::default();
    thread.key.id = Some(id.to_owned()).filter(|id| !id.is_empty());
    thread.address = Some(format!("{}/", parts.join("/"))).filter(|_| parts.len() == 8);
    thread.gaps = vec![
        "a feed does not say which reply answers which".to_owned(),
        "a feed of Reddit holds the newest replies only".to_owned(),
    ];
    thread
}

/// The id of the thread that a page stands in: `https://www.reddit.com/r/NAME/comments/ID/WORDS/COMMENT/`.
fn thread_id(page: &str) -> Option<&str> {
    page.split_once("/comments/").and_then(|(_, rest)| rest.split('/').next()).filter(|id| !id.is_empty())
}

/// What a post links to; its entry ends with `<a href="…">[link]</a>`.
fn linked(content: &str) -> Option<&str> {
    let (before, _) = content.rsplit_once("\">[link]</a>")?;
    before.rsplit_once("href=\"").map(|(_, address)| address).filter(|address| !address.contains(['"', '<', '&']))
}

/// The title of the thread, behind the name of who wrote: `/u/ada on New stones`.
fn title(entry: &Entry) -> Option<String> {
    entry.text("title")?.split_once(" on ").map(|(_, title)| title.to_owned())
}

fn reply(entry: &Entry, page: &str) -> ForeignReply {
    let content = entry.text("content").unwrap_or("");
    let words = content.trim_start_matches("<!-- SC_OFF -->").trim_end_matches("<!-- SC_ON -->").trim();
    let name = entry.text("author/name").map(|name| name.trim_start_matches("/u/"));
    let inner = words.trim_start_matches("<div class=\"md\">").trim_end_matches("</div>").trim();
    let state = state(name, inner.trim_start_matches("<p>").trim_end_matches("</p>"), false);
    let written = entry.text("published").or_else(|| entry.text("updated"));
    // Links of Reddit may begin at its root.
    let text =
        if state == State::Deleted { String::new() } else { words.replace("href=\"/", &format!("href=\"{SITE}/")) };
    ForeignReply {
        id: entry.text("id").map(|id| bare(id).to_owned()),
        author: author(name),
        date: dates::iso(written.unwrap_or_default()).unwrap_or_default(),
        body: Body { text, format: Format::Html },
        state,
        permalink: Some(page.to_owned()).filter(|page| !page.is_empty()),
        ..ForeignReply::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::*;

    fn basket(text: &str) -> Result<Basket, Unreadable> {
        let mut basket = Basket::default();
        read(&Input::of(text), &mut basket).map(|()| basket)
    }

    fn entry(id: &str, author: &str, page: &str, title: &str, words: &str) -> String {
        let author =
            if author.is_empty() { String::new() } else { format!("<author><name>/u/{author}</name></author>") };
        format!(
            "<entry>{author}<content type=\"html\">{words}</content><id>{id}</id><link href=\"https://www.reddit.com/r/essays/comments/p/on/{page}\"/><updated>2026-01-14T20:34:48+00:00</updated><title>{title}</title></entry>"
        )
    }

    fn md(words: &str) -> String {
        format!(
            "&lt;!-- SC_OFF --&gt;&lt;div class=&quot;md&quot;&gt;&lt;p&gt;{words}&lt;/p&gt; &lt;/div&gt;&lt;!-- SC_ON --&gt;"
        )
    }

    #[test]
    fn the_post_names_the_essay_and_the_rest_are_replies() {
        let link = "&lt;a href=&quot;https://www.reddit.com/user/me&quot;&gt;me&lt;/a&gt; &lt;span&gt;&lt;a href=&quot;https://example.org/t/&quot;&gt;[link]&lt;/a&gt;&lt;/span&gt;";
        let text = format!(
            "<?xml version=\"1.0\"?><feed><id>/r/essays/comments/p/on/.rss</id>{}{}{}{}{}</feed>",
            entry("t3_p", "me", "", "On stones", link),
            entry("t1_a", "ada", "a/", "/u/ada on On stones", &md("One &lt;a href=&quot;/r/x&quot;&gt;x&lt;/a&gt;.")),
            entry("t1_b", "", "b/", "/u/[deleted] on On stones", &md("Two.")),
            entry("t1_c", "bo", "c/", "/u/bo on On stones", &md("[removed]")),
            entry("x", "bo", "d/", "other", "")
        );
        assert!(recognises(&Input::of(&text)));
        let found = basket(&text).expect("good");
        let [thread] = found.threads.as_slice() else { panic!("{found:#?}") };
        assert_eq!(
            (thread.key.id.as_deref(), thread.key.title.as_deref(), thread.key.address.as_deref()),
            (Some("p"), Some("On stones"), Some("https://example.org/t/"))
        );
        assert_eq!(
            (thread.address.as_deref(), thread.claimed),
            (Some("https://www.reddit.com/r/essays/comments/p/on/"), None)
        );
        let states: Vec<_> = thread.replies.iter().map(|reply| (reply.id.as_deref(), reply.state)).collect();
        assert_eq!(states, [(Some("a"), State::Live), (Some("b"), State::Deleted), (Some("c"), State::Deleted)]);
        let first = &thread.replies[0];
        assert_eq!(
            first.body.text,
            "<div class=\"md\"><p>One <a href=\"https://www.reddit.com/r/x\">x</a>.</p> </div>"
        );
        assert_eq!(first.permalink.as_deref(), Some("https://www.reddit.com/r/essays/comments/p/on/a/"));
        assert_eq!((first.author.name.as_deref(), found.left.len(), thread.gaps.len()), (Some("ada"), 1, 2));
    }

    #[test]
    fn a_feed_without_the_post_is_read_and_others_are_refused() {
        let text = format!(
            "<feed>{}{}",
            entry("t1_a", "ada", "a/", "/u/ada on Stones", &md("One.")),
            entry("t1_b", "bo", "b/", "", "").trim_end_matches("</entry>")
        );
        let found = basket(&text).expect("a part");
        assert_eq!(
            (found.threads[0].key.title.as_deref(), found.threads[0].replies.len(), found.left.len()),
            (Some("Stones"), 1, 1)
        );
        assert_eq!(found.threads[0].address.as_deref(), Some("https://www.reddit.com/r/essays/comments/p/on/"));
        for bad in ["", "<rss/>", "<feed><entry><id>1</id></entry></feed>", &"<a>".repeat(50_000)] {
            assert!(basket(bad).is_err(), "{bad:.20}");
        }
    }
}
