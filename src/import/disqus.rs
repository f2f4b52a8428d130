//! Disqus: the XML that Admin, Setup, Export sends (schema 1.0, `http://disqus.com`). Read twice: once to learn which bytes
//! hold which post of which thread, then thread by thread, so that no more than one thread is held.

use std::collections::BTreeMap;
use std::io::{Read, Seek, SeekFrom};

use quick_xml::events::Event;
use rayon::prelude::*;

use super::foreign::{
    Author, Basket, Body, ForeignReply, ForeignThread, Format, Harvest, Key, Left, Partial, State, Unreadable,
};
use super::input::{Input, Part, ReadSeek};
use super::{dates, xml};

/// The word for the source.
pub const NAME: &str = "disqus";

/// A post beyond this is no reply.
const LARGEST_POST: u64 = 16 << 20;

/// Whether this is XML whose root is `disqus`.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        sample.trim_start().starts_with('<') && sample.contains("<disqus") && sample.contains("disqus.com")
    })
}

/// Reads it.
///
/// # Errors
/// The file has no element `disqus`.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let part = input.only("XML file")?;
    let Index { ids, mut heads, mut posts, is_whole } = Index::of(part, harvest)?;
    // Posts of all threads stand in one row, so that nobody knows whose are lost.
    let harvest = &mut Partial { harvest, gap: (!is_whole).then_some("the file is not whole; replies may be missing") };
    let mut file = part.open()?;
    posts.sort_by_key(|post| (post.thread, post.start));
    let groups: Vec<&[Post]> = posts.chunk_by(|a, b| a.thread == b.thread).collect();
    let mut rest = groups.as_slice();
    while !rest.is_empty() {
        let (batch, behind) = rest.split_at(batch_of(rest));
        let parts: Vec<Option<Vec<u8>>> =
            batch.iter().copied().flatten().map(|post| post_bytes(&mut file, post)).collect();
        let mut replies =
            parts.par_iter().map(|bytes| Some(reply(&xml::fields(bytes.as_deref()?)?))).collect::<Vec<_>>().into_iter();
        for group in batch {
            let at = group[0].thread as usize;
            let key = heads.get_mut(at).and_then(Option::take);
            let mut thread = ForeignThread { key: key.unwrap_or_default(), ..ForeignThread::default() };
            thread.key.id.get_or_insert_with(|| ids[at].clone());
            for (post, read) in group.iter().zip(replies.by_ref()) {
                match read {
                    Some((reply, left)) => {
                        thread.replies.push(reply);
                        left.into_iter().for_each(|left| harvest.left(left.place, left.reason));
                    }
                    None => {
                        harvest.left(format!("byte {}", post.start), "this post cannot be read".to_owned());
                        thread.gaps.push("a post cannot be read".to_owned());
                    }
                }
            }
            harvest.thread(thread);
        }
        rest = behind;
    }
    // Threads that nobody answered are told too: a second import finds them unchanged.
    heads.into_iter().flatten().for_each(|key| harvest.thread(ForeignThread { key, ..ForeignThread::default() }));
    Ok(())
}

/// How many bytes of posts are read at once, to be taken apart on all cores.
const BATCH: u64 = 2 << 20;

/// How many threads make a batch; at least one.
fn batch_of(groups: &[&[Post]]) -> usize {
    let mut size = 0;
    let count = groups
        .iter()
        .take_while(|group| {
            let is_room = size < BATCH;
            size += group.iter().map(|post| u64::from(post.length)).sum::<u64>();
            is_room
        })
        .count();
    count.max(1)
}

/// Where a post stands.
struct Post {
    thread: u32,
    start: u64,
    length: u32,
}

#[derive(Default)]
struct Index {
    /// Ids of threads, in the order in which they were met.
    ids: Vec<String>,
    /// What is said of each; `None` for threads that only posts name.
    heads: Vec<Option<Key>>,
    posts: Vec<Post>,
    /// Whether the file goes on to its end.
    is_whole: bool,
}

impl Index {
    fn of(part: &Part, harvest: &mut dyn Harvest) -> Result<Self, Unreadable> {
        let mut index = Self::default();
        let mut places: BTreeMap<String, u32> = BTreeMap::new();
        let mut reader = xml::reader(part.buffered()?);
        let mut file = part.open()?;
        let mut buffer = Vec::new();
        let mut depth = 0_usize;
        let mut is_disqus = false;
        let mut is_readable = true;
        // The element below the root that is open: its name, its first byte, and the thread it names.
        let mut open: Option<(String, u64, Option<String>)> = None;
        loop {
            buffer.clear();
            let before = reader.buffer_position();
            let event = match reader.read_event_into(&mut buffer) {
                Ok(event) => event,
                Err(error) => {
                    harvest.left(format!("byte {before}"), format!("the file is broken from here on: {error}"));
                    (open, is_readable) = (None, false);
                    break;
                }
            };
            match event {
                Event::Start(start) => {
                    let name = xml::local(&start);
                    is_disqus |= depth == 0 && name == "disqus";
                    match (depth, &mut open) {
                        (1, _) => open = Some((name, before, xml::attribute(&start, "id"))),
                        (2, Some((own, _, id))) if own == "post" && name == "thread" => {
                            *id = xml::attribute(&start, "id")
                        }
                        _ => {}
                    }
                    depth += 1;
                }
                Event::Empty(start) => {
                    if let (2, Some((own, _, id))) = (depth, &mut open)
                        && own == "post"
                        && xml::local(&start) == "thread"
                    {
                        *id = xml::attribute(&start, "id");
                    }
                }
                Event::End(_) => {
                    depth = depth.saturating_sub(1);
                    if depth == 1
                        && let Some((name, start, id)) = open.take()
                    {
                        let end = reader.buffer_position();
                        index.note(&name, id.unwrap_or_default(), start, end, &mut file, &mut places);
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        if !is_disqus {
            return Err(Unreadable::new("this is no export of Disqus: it has no element `disqus`"));
        }
        match open {
            Some((name, start, _)) => {
                harvest.left(format!("byte {start}"), format!("the file ends inside this `{name}`"));
            }
            None if depth > 0 && is_readable => {
                harvest.left("the end".to_owned(), "the file ends inside `disqus`".to_owned());
            }
            None => {}
        }
        index.is_whole = is_readable && depth == 0;
        Ok(index)
    }

    fn note(
        &mut self,
        name: &str,
        id: String,
        start: u64,
        end: u64,
        file: &mut Box<dyn ReadSeek>,
        places: &mut BTreeMap<String, u32>,
    ) {
        if !matches!(name, "thread" | "post") || end < start {
            return;
        }
        let thread = *places.entry(id.clone()).or_insert_with(|| {
            self.ids.push(id.clone());
            self.heads.push(None);
            crate::base::span::to_u32(self.ids.len() - 1)
        });
        let post = Post { thread, start, length: u32::try_from(end - start).unwrap_or(u32::MAX) };
        if name == "post" {
            self.posts.push(post);
        } else if let Some(fields) = post_bytes(file, &post).and_then(|bytes| xml::fields(&bytes)) {
            let text = |key: &str| xml::text(&fields, key);
            self.heads[thread as usize] = Some(Key {
                id: Some(id).filter(|id| !id.is_empty()),
                address: text("link"),
                path: text("id"),
                title: text("title"),
            });
        }
    }
}

fn post_bytes(file: &mut Box<dyn ReadSeek>, post: &Post) -> Option<Vec<u8>> {
    if u64::from(post.length) > LARGEST_POST {
        return None;
    }
    file.seek(SeekFrom::Start(post.start)).ok()?;
    let mut bytes = vec![0; post.length as usize];
    file.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

/// The reply of a post, and what of it could not be read.
fn reply(fields: &BTreeMap<String, String>) -> (ForeignReply, Vec<Left>) {
    let mut left = Basket::default();
    let text = |key: &str| xml::text(fields, key);
    let is = |key: &str, value: &str| text(key).is_some_and(|text| text.eq_ignore_ascii_case(value));
    let id = text("@id");
    let place = format!("post {}", id.as_deref().unwrap_or("without an id"));
    let date = dates::or_left(dates::iso(&text("createdAt").unwrap_or_default()), &place, &mut left);
    let state = if is("isSpam", "true") {
        State::Spam
    } else if is("isDeleted", "true") {
        State::Deleted
    } else if is("isApproved", "false") {
        State::Waiting
    } else {
        State::Live
    };
    let reply = ForeignReply {
        id,
        parent: text("parent@id"),
        author: Author { name: text("author/name"), handle: text("author/username"), ..Author::default() },
        date,
        body: Body { text: text("message").unwrap_or_default(), format: Format::Html },
        state,
        ..ForeignReply::default()
    };
    (reply, left.left)
}

#[cfg(test)]
mod tests {
    use super::super::foreign::When;
    use super::*;

    const HEAD: &str = "<?xml version=\"1.0\"?>\n<disqus xmlns=\"http://disqus.com\" xmlns:dsq=\"http://disqus.com/disqus-internals\">\n\
        <thread dsq:id=\"7\"><id>essays/trust</id><link>https://old.example/trust/</link><title>On Trust</title></thread>\n\
        <thread dsq:id=\"8\"><id/><link>https://old.example/none/</link></thread>\n";

    fn post(id: &str, more: &str) -> String {
        format!(
            "<post dsq:id=\"{id}\"><message><![CDATA[<p>Words of {id}.</p>]]></message><createdAt>2016-01-02T03:04:05Z</createdAt><author><email>a@example.org</email><name> Ada </name><username>ada</username></author><ipAddress>192.0.2.1</ipAddress><thread dsq:id=\"7\"/>{more}</post>\n"
        )
    }

    #[test]
    fn posts_go_to_their_threads_with_state_and_parent() {
        let text = format!(
            "{HEAD}{}{}{}<post dsq:id=\"9\"><message>plain</message><thread dsq:id=\"99\"/></post></disqus>",
            post("3", "<parent dsq:id=\"1\"/>"),
            post("1", "<isDeleted>true</isDeleted>"),
            post("2", "<isSpam>true</isSpam>")
        );
        assert!(recognises(&Input::of(&text)));
        let found = Basket::of(read, &text).expect("good");
        assert_eq!(found.left, []);
        let [trust, lost, empty] = found.threads.as_slice() else { panic!("{:#?}", found.threads) };
        assert_eq!((trust.key.path.as_deref(), trust.key.title.as_deref()), (Some("essays/trust"), Some("On Trust")));
        let states: Vec<_> = trust.replies.iter().map(|reply| (reply.id.as_deref(), reply.state)).collect();
        assert_eq!(states, [(Some("3"), State::Live), (Some("1"), State::Deleted), (Some("2"), State::Spam)]);
        let first = &trust.replies[0];
        assert_eq!((first.parent.as_deref(), first.author.name.as_deref()), (Some("1"), Some("Ada")));
        assert_eq!(first.body, Body { text: "<p>Words of 3.</p>".to_owned(), format: Format::Html });
        assert_eq!(first.date, When::Exact("2016-01-02T03:04:05Z".parse().expect("a moment")));
        assert!(!format!("{found:?}").contains("192.0.2.1") && !format!("{found:?}").contains("a@example.org"));
        assert_eq!((lost.key.id.as_deref(), lost.replies.len()), (Some("99"), 1));
        assert_eq!((empty.key.id.as_deref(), empty.replies.len()), (Some("8"), 0));
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole() {
        let whole = format!("{HEAD}{}{}", post("1", ""), post("2", ""));
        let found = Basket::of(read, &whole[..whole.len() - 40]).expect("a part");
        assert_eq!(found.threads[0].replies.len(), 1);
        assert_eq!(found.left.len(), 1, "{:?}", found.left);
        let gaps: Vec<usize> = found.threads.iter().map(|thread| thread.gaps.len()).collect();
        assert_eq!(gaps, [1, 0], "nobody knows what came behind, but where there is nothing, nothing can be marked");
        let broken = format!("{HEAD}{}<post dsq:id=\"2\"><!-- {}</disqus>", post("1", ""), post("2", ""));
        assert_eq!(Basket::of(read, &broken).expect("a part").threads[0].gaps.len(), 1);
        let whole = Basket::of(read, &format!("{HEAD}{}</disqus>", post("1", ""))).expect("whole");
        assert!(whole.left.is_empty() && whole.threads[0].gaps.is_empty());
    }

    #[test]
    fn every_beginning_of_a_file_says_that_replies_are_missing() {
        let whole = format!("{HEAD}{}{}{}</disqus>", post("1", ""), post("2", ""), post("3", ""));
        for at in (HEAD.len()..whole.len() - "</disqus>".len()).filter(|at| whole.is_char_boundary(*at)) {
            let found = Basket::of(read, &whole[..at]).expect("a part");
            assert!(found.threads.iter().all(|thread| thread.replies.is_empty() || !thread.gaps.is_empty()), "{at}");
            assert_eq!(found.left.len(), 1, "{at}");
        }
    }

    #[test]
    fn what_is_something_else_is_refused() {
        for bad in ["", "<rss/>", "{}", "<disqu", &"<a>".repeat(50_000)] {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
    }
}
