//! Blogger: the Atom file of Settings, Back up content, that of Google Takeout (`Blogger/Blogs/…/feed.atom`), and the feed of a
//! post's comments. Read twice, like a Disqus export, so that no more than one thread is held.

use super::atom::{self, Entry, Place};
use super::dates;
use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, Partial, State, Unreadable};
use super::input::Input;
use super::threads::ByName;

/// The word for the source.
pub const NAME: &str = "blogger";

/// Whether this is an Atom feed with ids or names of Blogger.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        let is_feed = sample.trim_start().starts_with('<') && (sample.contains("<feed") || sample.contains(":feed"));
        is_feed && (sample.contains("//schemas.google.com/blogger/") || sample.contains("tag:blogger.com,1999:"))
    })
}

/// Reads it.
///
/// # Errors
/// The file is no Atom feed.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let part = input.only("Atom file")?;
    let mut posts = ByName::default();
    let is_whole = atom::entries(part, harvest, &mut |place, entry| note(place, &entry, &mut posts))?;
    let mut file = part.open()?;
    // Without this, replies that stood behind the break would be taken for deleted ones.
    let harvest = &mut Partial { harvest, gap: (!is_whole).then_some("the file is not whole") };
    for post in posts.into_list() {
        let mut thread = ForeignThread { key: post.key, claimed: post.claimed, ..ForeignThread::default() };
        for place in post.comments {
            match place.entry(&mut file) {
                Some(entry) => thread.replies.push(reply(&entry, &thread.key, post.profile.as_deref(), harvest)),
                None => harvest.left(format!("byte {}", place.start), "this comment cannot be read".to_owned()),
            }
        }
        let found = thread.replies.len() as u64;
        if let Some(claimed) = thread.claimed.filter(|claimed| *claimed > found) {
            thread.gaps.push(format!("{found} of {claimed} replies are in this file"));
        }
        // Posts that nobody answered are told too: a second import finds them unchanged.
        if found > 0 || post.is_public {
            harvest.thread(thread);
        }
    }
    Ok(())
}

/// What the first reading finds of a post: a comment may stand before it.
#[derive(Default)]
struct Post {
    key: Key,
    claimed: Option<u64>,
    /// The profile of who wrote it.
    profile: Option<String>,
    /// Whether it is there and no draft.
    is_public: bool,
    /// Where its comments stand.
    comments: Vec<Place>,
}

fn note(place: Place, entry: &Entry, posts: &mut ByName<Post>) {
    let kind = kind(entry);
    let number = match kind.as_str() {
        "comment" => entry.text("in-reply-to@ref").or_else(|| entry.text("parent")).map_or("", number),
        "post" | "page" => entry.text("id").map_or("", number),
        // Templates and settings.
        _ => return,
    };
    let post = posts.of(number, || {
        let id = Some(number.to_owned()).filter(|id| !id.is_empty());
        Post { key: Key { id, ..Key::default() }, ..Post::default() }
    });
    let owned = |text: Option<&str>| text.map(str::to_owned);
    if kind == "comment" {
        post.key.address = post.key.address.take().or_else(|| owned(entry.text("in-reply-to@href")));
        post.comments.push(place);
        return;
    }
    let address = owned(entry.link("alternate")).or(post.key.address.take());
    let id = post.key.id.take();
    post.key = Key { id, address, path: owned(entry.text("filename")), title: owned(entry.text("title")) };
    post.claimed = entry.text("total").and_then(|total| total.parse().ok());
    post.profile = owned(entry.text("author/uri"));
    post.is_public = state(entry) == State::Live;
}

/// `post`, `page`, `comment`, `settings` or `template`.
fn kind(entry: &Entry) -> String {
    let term = entry.child("category", ("scheme", "#kind"), "term").and_then(|term| term.rsplit('#').next());
    if let Some(kind) = term.or_else(|| entry.text("type")) {
        return kind.to_ascii_lowercase();
    }
    // Feeds of comments do not say what they hold.
    if entry.text("in-reply-to@ref").is_some() { "comment".to_owned() } else { "post".to_owned() }
}

/// The number at the end of an id or address: `tag:blogger.com,1999:blog-1.post-2` is 2.
fn number(id: &str) -> &str {
    id.trim_end_matches('/').rsplit(['-', '/']).next().unwrap_or(id)
}

fn state(entry: &Entry) -> State {
    let status = entry.text("status").unwrap_or("LIVE").to_ascii_uppercase();
    let is_removed = entry.child("extendedProperty", ("name", "blogger.contentRemoved"), "value") == Some("true");
    let is_draft = entry.text("control/draft").is_some_and(|draft| draft.eq_ignore_ascii_case("yes"));
    if is_removed || status.contains("DELETED") || status.contains("EMPTIED") {
        State::Deleted
    } else if status.contains("TRASH") || entry.text("trashed").is_some_and(|trashed| trashed != "false") {
        State::Trash
    } else if status.contains("SPAM") {
        State::Spam
    } else if is_draft || status != "LIVE" {
        // What Blogger does not show and gives no other reason for is held.
        State::Waiting
    } else {
        State::Live
    }
}

fn reply(entry: &Entry, post: &Key, profile: Option<&str>, harvest: &mut dyn Harvest) -> ForeignReply {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let id = owned(entry.text("id").map(number));
    let answered = entry.text("inReplyTo").or_else(|| entry.link("related")).map(number);
    let written = entry.text("published").or_else(|| entry.text("created")).or_else(|| entry.text("updated"));
    let place = format!("comment {}", id.as_deref().unwrap_or("without an id"));
    let date = dates::or_left(dates::iso(written.unwrap_or_default()), &place, harvest);
    let state = state(entry);
    let format = if entry.text("content@type") == Some("text") { Format::Plain } else { Format::Html };
    // Removed comments say so in the place of their words.
    let words = entry.text("content").filter(|_| state != State::Deleted).unwrap_or("");
    ForeignReply {
        parent: owned(answered.filter(|parent| post.id.as_deref() != Some(parent))),
        author: Author {
            name: owned(entry.text("author/name")),
            url: owned(entry.text("author/uri")),
            is_essay_author: profile.is_some() && entry.text("author/uri") == profile,
            ..Author::default()
        },
        date,
        body: Body { text: words.to_owned(), format },
        state,
        permalink: owned(entry.link("alternate").filter(|address| address.contains("#c"))),
        id,
        ..ForeignReply::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, When};
    use super::*;

    fn old(kind: &str, id: &str, more: &str) -> String {
        format!(
            "<ns0:entry><ns0:id>tag:blogger.com,1999:blog-1.post-{id}</ns0:id><ns0:published>2011-01-02T03:04:05.000-08:00</ns0:published>\
             <category scheme='http://www.blogger.com/atom/ns#' term='stones'/><category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#{kind}'/>\
             <title>T {id}</title><content type='html'>Words of &lt;b&gt;{id}&lt;/b&gt;.\n</content><author><name>Ada</name><uri>https://www.blogger.com/profile/1</uri><email>ada@example.org</email></author>{more}</ns0:entry>"
        )
    }

    fn reply_to(post: &str) -> String {
        format!("<thr:in-reply-to ref='tag:blogger.com,1999:blog-1.post-{post}' href='http://b.example/{post}.html'/>")
    }

    #[test]
    fn comments_of_a_backup_find_their_posts_and_each_other() {
        let text = [
            "<?xml version='1.0'?><ns0:feed xmlns:ns0='http://www.w3.org/2005/Atom'><id>tag:blogger.com,1999:blog-1.archive</id>",
            &old("comment", "11", &format!("{}<link rel='related' href='http://www.blogger.com/feeds/1/7/comments/default/10'/>", reply_to("7"))),
            &old("template", "0", ""),
            &old("post", "7", "<link rel='alternate' href='http://b.example/2011/01/t.html'/><thr:total>3</thr:total>"),
            &old("comment", "10", &format!("{}<app:control><app:draft>yes</app:draft></app:control><link rel='alternate' href='http://b.example/2011/01/t.html?x=1#c10'/>", reply_to("7"))),
            &old("comment", "12", &format!("{}<gd:extendedProperty name='blogger.itemClass' value='p'/><gd:extendedProperty name='blogger.contentRemoved' value='true'/>", reply_to("9"))),
            &old("page", "8", "<app:control><app:draft>yes</app:draft></app:control>"),
            "</ns0:feed>",
        ]
        .concat();
        assert!(recognises(&Input::of(&text)));
        let found = Basket::of(read, &text).expect("good");
        let [thread, lost] = found.threads.as_slice() else { panic!("{found:#?}") };
        assert_eq!(
            (thread.key.id.as_deref(), thread.key.address.as_deref()),
            (Some("7"), Some("http://b.example/2011/01/t.html"))
        );
        assert_eq!(
            (thread.claimed, thread.gaps.as_slice()),
            (Some(3), &["2 of 3 replies are in this file".to_owned()][..])
        );
        let [first, second] = thread.replies.as_slice() else { panic!("{thread:#?}") };
        assert_eq!((first.id.as_deref(), first.parent.as_deref(), first.state), (Some("11"), Some("10"), State::Live));
        assert_eq!(
            (second.state, second.parent.as_deref(), second.author.is_essay_author),
            (State::Waiting, None, true)
        );
        assert_eq!((second.body.text.as_str(), second.permalink.is_some()), ("Words of <b>10</b>.", true));
        assert_eq!(first.date, When::Exact("2011-01-02T11:04:05Z".parse().expect("a moment")));
        assert_eq!(
            (lost.key.address.as_deref(), lost.replies[0].state),
            (Some("http://b.example/9.html"), State::Deleted)
        );
        assert_eq!((found.left.len(), format!("{found:?}").contains("ada@example.org")), (0, false));
        let cut = Basket::of(read, &text[..text.len() - 300]).expect("a part");
        assert_eq!((cut.threads.len(), cut.threads[1].gaps.len(), cut.left.len()), (2, 1, 1));
    }

    #[test]
    fn the_feed_of_a_takeout_says_more_in_other_words() {
        let entry = |id: &str, kind: &str, status: &str, more: &str| {
            format!(
                "<entry><id>tag:blogger.com,1999:blog-1.post-{id}</id><blogger:type>{kind}</blogger:type><blogger:status>{status}</blogger:status><author><name>Bo</name><uri></uri><blogger:type>ANONYMOUS</blogger:type></author><published>soon</published>{more}</entry>"
            )
        };
        let parent = "<blogger:parent>tag:blogger.com,1999:blog-1.post-7</blogger:parent>";
        let text = format!(
            "<feed xmlns:blogger='http://schemas.google.com/blogger/2018'>{}{}{}{}</feed>",
            entry("7", "POST", "LIVE", "<title>T</title><blogger:filename>/2011/05/t.html</blogger:filename>"),
            entry("1", "COMMENT", "SPAM_COMMENT", &format!("{parent}<blogger:inReplyTo/><blogger:trashed/>")),
            entry(
                "2",
                "COMMENT",
                "LIVE",
                &format!("{parent}<blogger:inReplyTo>tag:blogger.com,1999:blog-1.post-1</blogger:inReplyTo>")
            ),
            entry("3", "COMMENT", "PENDING", parent)
        );
        assert!(recognises(&Input::of(&text)));
        let found = Basket::of(read, &text).expect("good");
        let thread = &found.threads[0];
        assert_eq!((found.threads.len(), thread.key.path.as_deref()), (1, Some("/2011/05/t.html")));
        let states: Vec<_> = thread.replies.iter().map(|reply| (reply.state, reply.parent.as_deref())).collect();
        assert_eq!(states, [(State::Spam, None), (State::Live, Some("1")), (State::Waiting, None)]);
        assert_eq!((thread.replies[0].author.url.as_deref(), found.left.len()), (None, 3));
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for bad in ["", "<rss/>", "{}", "<fee", &"<a>".repeat(50_000)] {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
    }
}
