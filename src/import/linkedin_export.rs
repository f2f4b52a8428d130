//! LinkedIn, the export of a member's own data: `Comments.csv`, alone or in its folder or archive. It holds what the member
//! wrote under posts of anybody, and nothing that anybody else wrote.

use super::dates;
use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, Unreadable};
use super::input::{Input, Part};
use super::threads::ByName;
use crate::base::path::percent_decoded;

/// The word for the source.
pub const NAME: &str = "linkedin";

/// The columns of the file, in lower case.
pub const COLUMNS: [&str; 3] = ["date", "link", "message"];

const FILE: &str = "Comments.csv";

/// How a date is written; digits stand for any digit.
const DATE: &str = "0000-00-00 00:00:00";

/// Ids of LinkedIn are longer than any other number in an address.
const SHORTEST_ID: usize = 10;

/// Whether this is `Comments.csv`, or holds it.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    comments_of(input).is_some()
}

/// Reads it; posts and articles beside it are named and left out.
///
/// # Errors
/// There is no `Comments.csv` with the columns of LinkedIn, or it is no text.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let part = comments_of(input).ok_or_else(|| {
        Unreadable::new(format!(
            "there is no `{FILE}` whose first line is `Date,Link,Message`; it is in the export of LinkedIn"
        ))
    })?;
    let text = part.text()?.replace("\r\n", "\n").replace('\r', "\n");
    let before = if input.is_folder { format!("{}, ", part.name) } else { String::new() };
    read_comments(&text, &before, harvest);
    if input.is_folder {
        name_others(input, harvest);
    }
    Ok(())
}

fn comments_of(input: &Input) -> Option<&Part> {
    let is_named = |part: &&Part| !input.is_folder || last(&part.name) == FILE;
    input.parts.iter().filter(is_named).find(|part| is_header(part.sample().lines().next().unwrap_or_default()))
}

fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

fn is_header(line: &str) -> bool {
    line.split(',').map(|cell| cell.trim().trim_matches('"').to_lowercase()).eq(COLUMNS.map(str::to_owned))
}

/// Says what is not read of an export although a person might look for it.
fn name_others(input: &Input, harvest: &mut dyn Harvest) {
    input
        .parts
        .iter()
        .filter(|part| last(&part.name) == "Shares.csv")
        .for_each(|_| harvest.passed("a table of your own posts"));
    let is_article =
        |part: &&Part| part.name.split('/').any(|folder| folder == "Articles") && part.name.ends_with(".html");
    input.parts.iter().filter(is_article).for_each(|_| harvest.passed("an article of your own"));
}

/// Reads the rows. Messages of several lines are quoted in two ways or not at all, so a row is everything from one line that
/// begins with a date and an address to the next.
fn read_comments(text: &str, before: &str, harvest: &mut dyn Harvest) {
    let mut threads = ByName::default();
    let mut take = |line: usize, row: &str, harvest: &mut dyn Harvest| {
        let place = format!("{before}line {line}");
        if !is_start(row) {
            if !row.trim().is_empty() && !is_header(row) {
                harvest.left(place, "it stands before the first row".to_owned());
            }
            return;
        }
        let row = Row::of(row);
        let target = target(row.link);
        let name = target.key.id.as_ref().or(target.key.address.as_ref()).cloned().unwrap_or_default();
        threads.of(&name, || target).replies.push(reply(&row, place, harvest));
    };
    let (mut start, mut first_line) = (0, 1);
    let mut end = 0;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        if at == 1 || is_start(line) {
            take(first_line, text.get(start..end).unwrap_or_default(), harvest);
            (start, first_line) = (end, at + 1);
        }
        end += line.len();
    }
    take(first_line, text.get(start..).unwrap_or_default(), harvest);
    threads.give(harvest);
}

/// Whether a row begins on this line: a date, then an address or nothing in its place.
fn is_start(line: &str) -> bool {
    let line = line.strip_prefix('"').unwrap_or(line).as_bytes();
    let fits =
        |(written, wanted): (&u8, u8)| if wanted == b'0' { written.is_ascii_digit() } else { *written == wanted };
    let is_date = line.len() > DATE.len() && line.iter().zip(DATE.bytes()).all(fits);
    let rest = line.get(DATE.len()..).unwrap_or_default();
    let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
    let Some(rest) = rest.strip_prefix(b",").filter(|_| is_date) else { return false };
    let address = rest.strip_prefix(b"\"").unwrap_or(rest);
    address.starts_with(b"https://") || address.starts_with(b"http://") || rest.starts_with(b",")
}

/// A row, cut at its commas.
struct Row<'a> {
    date: &'a str,
    link: &'a str,
    message: String,
    is_whole: bool,
}

impl<'a> Row<'a> {
    fn of(row: &'a str) -> Self {
        let row = row.trim_matches(['\n', ' ']);
        let (date, rest) = row.split_once(',').unwrap_or((row, ""));
        let quoted = rest.strip_prefix('"').and_then(|rest| rest.split_once("\","));
        let (link, message) = quoted.or_else(|| rest.split_once(',')).unwrap_or((rest, ""));
        let (message, is_whole) = unquoted(message);
        Self { date: date.trim_matches('"'), link: link.trim_matches(['"', ' ']), message, is_whole }
    }
}

/// A message without the quotation marks around it, and whether they are closed. One inside is written twice, or with a
/// backslash before it; a message may also begin with one of its own, and then nothing is done.
fn unquoted(written: &str) -> (String, bool) {
    let Some(inside) = written.strip_prefix('"') else { return (written.to_owned(), true) };
    let mut message = String::with_capacity(inside.len());
    let mut letters = inside.chars().peekable();
    while let Some(letter) = letters.next() {
        match (letter, letters.peek()) {
            // At the very end a backslash is the member's own, and the mark after it closes.
            ('\\', Some('"')) => {
                letters.next();
                if letters.peek().is_none() {
                    return (message + "\\", true);
                }
                message.push('"');
            }
            ('"', Some('"')) => {
                letters.next();
                message.push('"');
            }
            ('"', None) => return (message, true),
            ('"', Some(_)) => return (written.to_owned(), true),
            _ => message.push(letter),
        }
    }
    (message, false)
}

/// The conversation that a link leads to.
fn target(link: &str) -> ForeignThread {
    let address = percent_decoded(link.split(['?', '#']).next().unwrap_or_default());
    let id =
        address.split(|c: char| !c.is_ascii_digit()).rfind(|digits| digits.len() >= SHORTEST_ID).map(str::to_owned);
    let address = Some(address).filter(|address| !address.is_empty());
    ForeignThread {
        key: Key { id, address: address.clone(), ..Key::default() },
        address,
        gaps: vec!["the export holds your own comments only".to_owned()],
        ..ForeignThread::default()
    }
}

fn reply(row: &Row, place: String, harvest: &mut dyn Harvest) -> ForeignReply {
    // The file names no zone. It is that of Greenwich: in the list of a member's posts, which the same export writes in the
    // same way, each date is, to the second, the time that the id of the post holds.
    let date = dates::or_left(dates::in_greenwich(row.date), &place, harvest);
    if !row.is_whole {
        harvest.left(
            place,
            "its quotation mark is not closed; perhaps the file is cut short, and the comment with it".to_owned(),
        );
    }
    ForeignReply {
        author: Author { is_essay_author: true, ..Author::default() },
        date,
        body: Body { text: row.message.clone(), format: Format::Plain },
        ..ForeignReply::default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, When};
    use super::super::record::{Circumstances, of_thread};
    use super::*;

    fn basket(text: &str) -> Basket {
        let input = Input::of(text);
        assert!(recognises(&input));
        let mut basket = Basket::default();
        read(&input, &mut basket).expect("good");
        basket
    }

    const LINK: &str = "https://www.linkedin.com/feed/update/urn%3Ali%3Aactivity%3A7190000000000000001";

    #[test]
    fn all_ways_to_quote_are_read() {
        for (written, wanted) in [
            ("Plain, with a comma", "Plain, with a comma"),
            ("\"Two\n\nlines, \\\"so\\\" to say\"", "Two\n\nlines, \"so\" to say"),
            ("\"She said \"\"no\"\", twice\"", "She said \"no\", twice"),
            ("Not quoted\n\nat all, \"here\"\n2020 was odd", "Not quoted\n\nat all, \"here\"\n2020 was odd"),
            ("\"Well\" is a word", "\"Well\" is a word"),
            ("\"It is in C:\\\"", "It is in C:\\"),
            ("", ""),
        ] {
            for end in ["\n", "\r\n"] {
                let text = format!(
                    "Date,Link,Message\n2025-07-13 08:15:21,{LINK},{written}\n2020-01-01 00:00:00,{LINK},Last\n"
                );
                let found = basket(&text.replace('\n', end));
                let messages: Vec<&str> =
                    found.threads[0].replies.iter().map(|reply| reply.body.text.as_str()).collect();
                assert_eq!(messages, [wanted, "Last"]);
                assert!(found.left.is_empty(), "{found:#?}");
            }
        }
    }

    #[test]
    fn rows_are_grouped_by_what_they_stand_under() {
        let text = format!(
            "\u{feff}Date,Link,Message\nlost\n2025-07-13 08:15:21,{LINK},Same\n2025-07-12 08:15:21,{LINK}?commentUrn=x,Same\n\
             2025-13-41 08:15:21,https://www.linkedin.com/feed/update/urn%3Ali%3Aarticle%3A8028424817265046041,\"Cut"
        );
        let found = basket(&text);
        let [first, second] = found.threads.as_slice() else { panic!("{found:#?}") };
        assert_eq!(first.key.id.as_deref(), Some("7190000000000000001"));
        assert_eq!(
            first.key.address.as_deref(),
            Some("https://www.linkedin.com/feed/update/urn:li:activity:7190000000000000001")
        );
        assert_eq!(first.replies[0].date, When::Exact("2025-07-13T08:15:21Z".parse().expect("a moment")));
        assert!(first.replies[0].author.is_essay_author && first.replies[0].author.name.is_none());
        assert_eq!((second.replies[0].body.text.as_str(), second.replies[0].date.clone()), ("Cut", When::Unknown));
        assert_eq!(
            found.left.iter().map(|left| left.place.as_str()).collect::<Vec<_>>(),
            ["line 2", "line 5", "line 5"]
        );
        let ids: Vec<String> =
            of_thread(NAME, first, None, &Circumstances::default()).list.into_iter().map(|record| record.id).collect();
        assert_eq!(ids[1], format!("{}-2", ids[0]));
    }

    #[test]
    fn an_export_is_recognised_by_its_comments_and_the_rest_named() {
        let part = |name: &str, text: &str| Part::from_bytes(name, text.as_bytes());
        let comments = format!("Date,Link,Message\n2025-07-13 08:15:21,{LINK},Words\nmore\n");
        let parts = vec![
            part("export/Comments.csv", &comments),
            part("export/Shares.csv", "Date,ShareLink\n"),
            part("export/Articles/a.html", "<p>"),
            part("export/messages.csv", "CONVERSATION ID\n"),
        ];
        let input = Input::folder(parts);
        assert!(recognises(&input));
        let mut found = Basket::default();
        read(&input, &mut found).expect("good");
        assert_eq!(found.threads[0].replies[0].body.text, "Words\nmore");
        assert_eq!(
            (found.passed.as_slice(), found.left.as_slice()),
            (&["a table of your own posts", "an article of your own"][..], &[][..])
        );
        for bad in
            [Input::folder(vec![part("Comments.csv", "a,b\n")]), Input::file(part("x", "")), Input::folder(Vec::new())]
        {
            assert!(!recognises(&bad) && read(&bad, &mut Basket::default()).is_err());
        }
    }
}
