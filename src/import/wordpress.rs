//! WordPress: the file that Tools, Export writes (WXR 1.0 to 1.2), item by item.

use std::collections::BTreeMap;
use std::io::{BufRead, Read, Seek, SeekFrom};

use quick_xml::Reader;
use quick_xml::events::Event;

use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, Kind, State, Unreadable, When};
use super::input::{Input, ReadSeek};
use super::normalise::words_of_html;
use super::{dates, xml};

/// The word for the source.
pub const NAME: &str = "wordpress";

/// A comment beyond this is no reply.
const LARGEST_COMMENT: u64 = 16 << 20;

/// Whether this is an RSS file with the namespace of WordPress's exports.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        sample.trim_start().starts_with('<') && sample.contains("<rss") && sample.contains("wordpress.org/export/")
    })
}

/// Reads it.
///
/// # Errors
/// The file has no `channel` with items.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let part = input.only("XML file")?;
    let mut walk = Walk { reader: xml::reader(part.buffered()?), file: part.open()?, logins: BTreeMap::new() };
    let has_channel = walk.run(harvest);
    if has_channel { Ok(()) } else { Err(Unreadable::new("this is no export of WordPress: it has no `channel`")) }
}

struct Walk<R> {
    reader: Reader<R>,
    /// The same file, for reading comments by their bytes.
    file: Box<dyn ReadSeek>,
    /// Names of accounts by their ids.
    logins: BTreeMap<String, String>,
}

/// A post while it is read.
#[derive(Default)]
struct Item {
    fields: BTreeMap<String, String>,
    comments: Vec<BTreeMap<String, String>>,
    /// Whether the file ends inside it, or a comment of it cannot be read. Comments stand with their post, so that no other
    /// one lacks any.
    is_part: bool,
}

impl<R: BufRead> Walk<R> {
    fn run(&mut self, harvest: &mut dyn Harvest) -> bool {
        let mut buffer = Vec::new();
        let mut way: Vec<String> = Vec::new();
        let mut item = Item::default();
        let mut text = String::new();
        let mut start_of = 0;
        let mut has_channel = false;
        loop {
            buffer.clear();
            let before = self.reader.buffer_position();
            let event = match self.reader.read_event_into(&mut buffer) {
                Ok(event) => event,
                Err(error) => {
                    harvest.left(format!("byte {before}"), format!("the file is broken from here on: {error}"));
                    self.emit(Item { is_part: true, ..item }, harvest);
                    return has_channel;
                }
            };
            match event {
                Event::Start(start) => {
                    way.push(xml::local(&start));
                    has_channel |= way.len() == 2 && way[0] == "rss" && way[1] == "channel";
                    if is_item(&way, 3) {
                        item = Item::default();
                    }
                    if is_part(&way) {
                        start_of = before;
                        text.clear();
                    }
                }
                Event::End(_) => {
                    let name = way.last().cloned().unwrap_or_default();
                    let end = self.reader.buffer_position();
                    if is_part(&way) {
                        self.part(&way, &name, start_of..end, &mut item, std::mem::take(&mut text), harvest);
                    } else if is_item(&way, 3) {
                        self.emit(std::mem::take(&mut item), harvest);
                    }
                    way.pop();
                }
                Event::Text(words) => text.push_str(&words),
                Event::CData(words) => text.push_str(&words),
                Event::GeneralRef(written) => text.push_str(&xml::reference(&written)),
                Event::Eof => break,
                _ => {}
            }
            // Only short fields are kept from the stream; comments are read by their bytes.
            if text.len() > 1 << 16 {
                text.clear();
            }
        }
        if !way.is_empty() {
            harvest.left("the end".to_owned(), format!("the file ends inside `{}`", way.join("/")));
            self.emit(Item { is_part: true, ..item }, harvest);
        }
        has_channel
    }

    /// An element below an item or below the channel has ended.
    fn part(
        &mut self,
        way: &[String],
        name: &str,
        range: std::ops::Range<u64>,
        item: &mut Item,
        text: String,
        harvest: &mut dyn Harvest,
    ) {
        let is_account = way.len() == 3 && name == "author";
        if !is_account && name != "comment" {
            if way.len() == 4 {
                item.fields.entry(name.to_owned()).or_insert_with(|| text.trim().to_owned());
            }
            return;
        }
        let fields = self.bytes(&range).and_then(|bytes| xml::fields(&bytes));
        match fields {
            None => {
                harvest.left(format!("byte {}", range.start), format!("this `{name}` cannot be read"));
                item.is_part |= !is_account;
            }
            Some(fields) if is_account => {
                if let (Some(id), Some(login)) = (fields.get("author_id"), fields.get("author_login")) {
                    self.logins.insert(id.trim().to_owned(), login.trim().to_owned());
                }
            }
            Some(fields) => item.comments.push(fields),
        }
    }

    fn bytes(&mut self, range: &std::ops::Range<u64>) -> Option<Vec<u8>> {
        let length = range.end.checked_sub(range.start).filter(|length| *length <= LARGEST_COMMENT)?;
        self.file.seek(SeekFrom::Start(range.start)).ok()?;
        let mut bytes = vec![0; usize::try_from(length).ok()?];
        self.file.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    fn emit(&self, item: Item, harvest: &mut dyn Harvest) {
        if item.comments.is_empty() {
            return;
        }
        let text = |key: &str| xml::text(&item.fields, key);
        let creator = text("creator").unwrap_or_default();
        let replies = item.comments.iter().map(|fields| reply(fields, &creator, &self.logins)).collect();
        harvest.thread(ForeignThread {
            key: Key { id: text("post_id"), address: text("link"), path: text("post_name"), title: text("title") },
            replies,
            gaps: item
                .is_part
                .then(|| "a part of it cannot be read; replies may be missing".to_owned())
                .into_iter()
                .collect(),
            ..ForeignThread::default()
        });
    }
}

/// Whether this is the way to an item, or to something `depth` levels down that stands in one.
fn is_item(way: &[String], depth: usize) -> bool {
    way.len() == depth && way[0] == "rss" && way[1] == "channel" && way[2] == "item"
}

/// Whether this is the way to a field or comment of an item, or to an account of the channel.
fn is_part(way: &[String]) -> bool {
    is_item(way, 4) || way.len() == 3 && way[0] == "rss" && way[1] == "channel" && way[2] == "author"
}

fn reply(fields: &BTreeMap<String, String>, creator: &str, logins: &BTreeMap<String, String>) -> ForeignReply {
    let text = |key: &str| xml::text(fields, key);
    let is_zero = |text: &String| text == "0";
    let account = text("comment_user_id").filter(|id| !is_zero(id)).and_then(|id| logins.get(&id));
    let state = match text("comment_approved").as_deref() {
        Some("0" | "hold") => State::Waiting,
        Some("spam") => State::Spam,
        Some("trash" | "post-trashed") => State::Trash,
        _ => State::Live,
    };
    let kind = match text("comment_type").as_deref() {
        Some("pingback" | "trackback") => Kind::Ping,
        Some("webmention") => Kind::Mention,
        _ => Kind::Reply,
    };
    ForeignReply {
        id: text("comment_id"),
        parent: text("comment_parent").filter(|parent| !is_zero(parent)),
        author: Author {
            name: text("comment_author")
                .map(|name| words_of_html(&name).trim().to_owned())
                .filter(|name| !name.is_empty()),
            url: text("comment_author_url"),
            is_essay_author: account.is_some_and(|login| !creator.is_empty() && login == creator),
            ..Author::default()
        },
        date: date(text("comment_date_gmt"), text("comment_date")),
        body: Body { text: text("comment_content").unwrap_or_default(), format: Format::Html },
        state,
        kind,
        ..ForeignReply::default()
    }
}

/// The time in Greenwich where it is known, else the one of the site, whose zone nobody tells.
fn date(greenwich: Option<String>, local: Option<String>) -> When {
    let known = greenwich.and_then(|written| dates::in_greenwich(&written).ok());
    known.or_else(|| dates::iso(&local?).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::*;
    use jiff::civil;

    fn comment(id: &str, more: &str) -> String {
        format!(
            "<wp:comment><wp:comment_id>{id}</wp:comment_id><wp:comment_author><![CDATA[Ada O&#039;Keel]]></wp:comment_author><wp:comment_author_email>a@example.org</wp:comment_author_email><wp:comment_author_IP>192.0.2.1</wp:comment_author_IP><wp:comment_date>2016-01-02 04:04:05</wp:comment_date><wp:comment_content><![CDATA[One.\n\nTwo &amp; <b>three</b>.]]></wp:comment_content>{more}</wp:comment>"
        )
    }

    fn file(comments: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><rss xmlns:wp=\"http://wordpress.org/export/1.2/\"><channel><title>Blog</title><wp:author><wp:author_id>3</wp:author_id><wp:author_login>bo</wp:author_login></wp:author><item><title>On Trust</title><link>https://old.example/trust/</link><dc:creator>bo</dc:creator><wp:post_id>7</wp:post_id><wp:post_name>trust</wp:post_name>{comments}</item><item><title>None</title></item></channel></rss>"
        )
    }

    #[test]
    fn comments_go_to_their_posts_with_state_kind_and_author() {
        let comments = [
            comment("1", "<wp:comment_date_gmt>2016-01-02 03:04:05</wp:comment_date_gmt><wp:comment_approved>1</wp:comment_approved><wp:comment_user_id>3</wp:comment_user_id>"),
            comment("2", "<wp:comment_date_gmt>0000-00-00 00:00:00</wp:comment_date_gmt><wp:comment_approved>0</wp:comment_approved><wp:comment_parent>1</wp:comment_parent>"),
            comment("3", "<wp:comment_approved>trash</wp:comment_approved><wp:comment_type>pingback</wp:comment_type><wp:comment_parent>0</wp:comment_parent>"),
        ]
        .concat();
        let text = file(&comments);
        assert!(recognises(&Input::of(&text)));
        let found = Basket::of(read, &text).expect("good");
        assert_eq!((found.left.as_slice(), found.threads.len()), (&[][..], 1));
        let thread = &found.threads[0];
        assert_eq!(
            (thread.key.path.as_deref(), thread.key.title.as_deref(), thread.key.id.as_deref()),
            (Some("trust"), Some("On Trust"), Some("7"))
        );
        let [first, second, third] = thread.replies.as_slice() else { panic!("{thread:#?}") };
        assert_eq!((first.author.name.as_deref(), first.author.is_essay_author), (Some("Ada O'Keel"), true));
        assert_eq!(first.date, When::Exact("2016-01-02T03:04:05Z".parse().expect("a moment")));
        assert_eq!(first.body.text, "One.\n\nTwo &amp; <b>three</b>.");
        assert_eq!((second.state, second.parent.as_deref()), (State::Waiting, Some("1")));
        assert_eq!(second.date, When::ZoneUnknown(civil::date(2016, 1, 2).at(4, 4, 5, 0)));
        assert_eq!((third.state, third.kind, third.parent.as_deref()), (State::Trash, Kind::Ping, None));
        assert!(!format!("{found:?}").contains("192.0.2.1") && !format!("{found:?}").contains("a@example.org"));
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole_and_others_are_refused() {
        let text = file(&[comment("1", ""), comment("2", "")].concat());
        let cut = text.find("<wp:comment_id>2").expect("there") + 30;
        let found = Basket::of(read, &text[..cut]).expect("a part");
        assert_eq!((found.threads[0].replies.len(), found.threads[0].gaps.len(), found.left.len()), (1, 1, 1));
        let broken = text.replace("<wp:comment><wp:comment_id>2", "<wp:comment><!-- <wp:comment_id>2");
        let found = Basket::of(read, &broken).expect("a part");
        assert_eq!((found.threads[0].replies.len(), found.threads[0].gaps.len(), found.left.len()), (1, 1, 1));
        assert!(Basket::of(read, &text).expect("whole").threads[0].gaps.is_empty());
        for bad in ["", "<disqus/>", "{}", &"<rss>".repeat(50_000)] {
            assert!(Basket::of(read, bad).is_err(), "{bad:.20}");
        }
    }
}
