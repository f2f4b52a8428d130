//! Any table of replies as CSV, whatever made it: columns are known by their names. Files of sources that have readers of
//! their own are left to them.

use super::csv_rows::{Header, Row};
use super::foreign::{Author, Body, ForeignReply, Format, Harvest, Key, State, Unreadable};
use super::input::Input;
use super::matching::normalised;
use super::threads::ByName;
use super::{dates, ghost, linkedin_export};

/// The word for the source.
pub const NAME: &str = "csv";

/// The columns of a table by what they mean.
struct Columns {
    id: Option<usize>,
    parent: Option<usize>,
    essay: Option<usize>,
    author: Option<usize>,
    url: Option<usize>,
    date: Option<usize>,
    text: Option<usize>,
    format: Format,
    status: Option<usize>,
}

impl Columns {
    fn of(header: &Header) -> Self {
        let text = header.column(&["body", "text", "comment", "message", "content", "html"]);
        let is_html = text.and_then(|at| header.columns.get(at)).is_some_and(|name| name == "html");
        Self {
            id: header.column(&["id"]),
            parent: header.column(&["parent", "parent_id", "reply_to", "in_reply_to"]),
            essay: header.column(&["essay", "post", "page", "slug", "url"]),
            author: header.column(&["author", "name"]),
            url: header.column(&["author_url", "website"]),
            date: header.column(&["date", "created", "created_at"]),
            text,
            format: if is_html { Format::Html } else { Format::Plain },
            status: header.column(&["status", "approved"]),
        }
    }

    fn are_enough(&self) -> bool {
        self.text.is_some() && (self.author.is_some() || self.date.is_some())
    }
}

/// Whether this is a table with a column of words and one of names or dates, and of no other source.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        let is_other = sample.trim_start().starts_with(['{', '[', '<']) || sample.contains('\0');
        !is_other
            && Header::of(&sample).is_some_and(|header| Columns::of(&header).are_enough() && !is_elsewhere(&header))
    })
}

/// Whether another reader is meant, or, with letters from LinkedIn, none at all.
fn is_elsewhere(header: &Header) -> bool {
    let is_linkedin = header.columns.iter().map(String::as_str).eq(linkedin_export::COLUMNS);
    is_linkedin || ghost::is_header(header) || header.column(&["conversation_id"]).is_some()
}

/// Reads it; a row that is broken is left out, the rest comes in.
///
/// # Errors
/// The file is no text, or has no header with a column of words and one of names or dates.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let text = input.only("CSV file")?.text()?;
    let header = Header::of(&text).filter(|header| Columns::of(header).are_enough());
    let header = header.ok_or_else(|| {
        Unreadable::new("line 1: a header is wanted that names a column `text`, and one `author` or `date`; separate cells by commas, semicolons or tabs")
    })?;
    let columns = Columns::of(&header);
    let mut threads = ByName::default();
    header.each_row(&text, harvest, &mut |row, harvest| {
        let words = row.cell(columns.text);
        if words.is_none() && row.cell(columns.id).is_none() {
            harvest.left(format!("line {}", row.line), "it has neither words nor an id".to_owned());
            return;
        }
        let essay = row.cell(columns.essay);
        let name = essay.map(|essay| if is_web(essay) { normalised(essay) } else { essay.to_owned() });
        let thread = threads.thread(&name.unwrap_or_default(), || essay.map(key).unwrap_or_default());
        thread.replies.push(reply(&columns, &row, harvest));
    });
    threads.give(harvest);
    Ok(())
}

fn is_web(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// What a cell says of an essay: an address, or an id, path, slug or title, which look alike.
fn key(essay: &str) -> Key {
    let own = essay.to_owned();
    if is_web(essay) {
        return Key { address: Some(own), ..Key::default() };
    }
    Key {
        id: Some(own.clone()),
        address: None,
        path: Some(own.clone()),
        title: Some(own).filter(|own| own.contains(' ')),
    }
}

fn reply(columns: &Columns, row: &Row, harvest: &mut dyn Harvest) -> ForeignReply {
    let cell = |column: Option<usize>| row.cell(column).map(str::to_owned);
    let place = || format!("line {}", row.line);
    let date = dates::or_left(dates::any(row.cell(columns.date).unwrap_or_default()), &place(), harvest);
    let state = row.cell(columns.status).map_or(Some(State::Live), state).unwrap_or_else(|| {
        let why =
            "its status is not known; write published, waiting, hidden, spam or deleted; the reply comes in as waiting";
        harvest.left(place(), why.to_owned());
        State::Waiting
    });
    ForeignReply {
        id: cell(columns.id),
        // Many tables write a nought where a reply answers the essay.
        parent: cell(columns.parent).filter(|parent| parent != "0"),
        author: Author {
            name: cell(columns.author).filter(|name| !ghost::is_mail(name)),
            url: cell(columns.url).filter(|url| is_web(url)),
            ..Author::default()
        },
        date,
        body: Body { text: cell(columns.text).unwrap_or_default(), format: columns.format },
        state,
        ..ForeignReply::default()
    }
}

fn state(word: &str) -> Option<State> {
    match word.to_lowercase().as_str() {
        "published" | "public" | "approved" | "approve" | "live" | "visible" | "1" | "true" | "yes" => {
            Some(State::Live)
        }
        "waiting" | "held" | "hold" | "pending" | "unapproved" | "draft" | "0" | "false" | "no" => Some(State::Waiting),
        "hidden" | "rejected" | "refused" => Some(State::Hidden),
        "spam" => Some(State::Spam),
        "trash" => Some(State::Trash),
        "deleted" | "removed" => Some(State::Deleted),
        "private" => Some(State::Private),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, When};
    use super::super::input::Part;
    use super::*;

    fn input(bytes: &[u8]) -> Input {
        Input::file(Part::from_bytes("x.csv", bytes))
    }

    fn basket(bytes: &[u8]) -> Result<Basket, Unreadable> {
        let mut basket = Basket::default();
        read(&input(bytes), &mut basket).map(|()| basket)
    }

    const TABLE: &str = "ID;Parent;Essay;Author;Author URL;Email;Date;Text;Status\n\
        1;;trust;Ada;https://example.org/ada;ada@mail.example;2019-07-01 10:30;\"One; two\";published\n\
        2;1;trust;bo@mail.example;javascript:x;;01/08/2019;=Words;held\n\
        3;0;https://example.org/vision/#c;;;;2019-08-02T10:30:00+02:00;<b>three</b>;odd\n\
        4;;https://www.example.org/vision;;;;;;spam\n;;;;;;;;x\n5;6\n6;;trust;Cy;;;;a;b;c\n";

    #[test]
    fn columns_are_known_by_their_names_and_rows_grouped_by_essay() {
        let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(TABLE.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let marked = format!("\u{feff}{TABLE}");
        for bytes in [TABLE.as_bytes(), marked.as_bytes(), &wide, TABLE.replace(';', "\t").as_bytes()] {
            assert!(recognises(&input(bytes)));
            let found = basket(bytes).expect("good");
            let [first, second, third] = found.threads.as_slice() else { panic!("{found:#?}") };
            assert_eq!((first.key.path.as_deref(), first.replies.len()), (Some("trust"), 2));
            assert_eq!(
                (second.key.address.as_deref(), second.replies.len()),
                (Some("https://example.org/vision/#c"), 2)
            );
            assert_eq!((third.key.clone(), third.replies.len()), (Key::default(), 1));
            let [one, two] = first.replies.as_slice() else { panic!("{first:#?}") };
            assert!(one.body.text.starts_with("One") && one.body.format == Format::Plain);
            assert!(matches!(one.date, When::ZoneUnknown(_)));
            assert_eq!(
                (two.date.clone(), two.state, two.body.text.as_str()),
                (When::Unknown, State::Waiting, "=Words")
            );
            assert_eq!((two.parent.as_deref(), two.author.clone()), (Some("1"), Author::default()));
            assert_eq!((second.replies[0].parent.clone(), second.replies[1].state), (None, State::Spam));
            let lines: Vec<&str> = found.left.iter().map(|left| left.place.as_str()).collect();
            assert_eq!(lines, ["line 3", "line 4", "line 6", "line 8"]);
            assert!(!format!("{found:?}").contains("mail.example"));
        }
    }

    #[test]
    fn tables_of_other_sources_and_other_texts_are_not_claimed() {
        for text in [
            "Date,Link,Message\n2020-01-01 10:00:00,https://x.example,Words\n",
            "id,name,email,created_at,html,reply_to,post_id,post_title,post_slug,post_url\n",
            "CONVERSATION ID,FROM,DATE,CONTENT\n1,Ada,2020-01-01,Words\n",
            "post_id,post_date,is_published\n",
            "name,age\nAda,7\n",
            "Words of somebody, and more.\n",
            "[\"author,text\"]",
            "",
        ] {
            assert!(!recognises(&input(text.as_bytes())), "{text}");
        }
        let found = basket(b"Name,Comment\nAda,Words\nBo,More\n").expect("short");
        assert_eq!((found.threads.len(), found.threads[0].replies.len()), (1, 2));
        assert!(basket(b"a,b\n1,2\n").is_err() && basket(b"").is_err() && basket(&[0xc3, 0x28]).is_err());
    }
}
