//! Ghost: the comments of a site as a table, `id,name,email,created_at,html,reply_to,post_id,…`, which its command-line tools
//! write. It does not say which comments are hidden.

use super::csv_rows::{Header, Row};
use super::dates;
use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, Unreadable};
use super::input::Input;
use super::threads::ByName;

/// The word for the source.
pub const NAME: &str = "ghost";

/// Whether this is a table with the columns of Ghost.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| Header::of(&part.sample()).is_some_and(|header| is_header(&header)))
}

/// Whether the columns are those of Ghost.
#[must_use]
pub fn is_header(header: &Header) -> bool {
    ["id", "created_at", "html", "reply_to", "post_id", "post_slug"].iter().all(|name| header.column(&[name]).is_some())
}

/// Reads it; a row that is broken is left out, the rest comes in.
///
/// # Errors
/// The file is no text, or lacks one of the columns.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let text = input.only("CSV file")?.text()?;
    let header = Header::of(&text).filter(is_header);
    let header = header.ok_or_else(|| {
        Unreadable::new(
            "line 1: these are no comments of Ghost: id, created_at, html, reply_to, post_id or post_slug is missing",
        )
    })?;
    let mut threads = ByName::default();
    header.each_row(&text, harvest, &mut |row, harvest| {
        let cell = |name: &str| row.cell(header.column(&[name]));
        if cell("id").is_none() || cell("html").is_none() && cell("created_at").is_none() {
            harvest.left(format!("line {}", row.line), "it has no id, or neither words nor a date".to_owned());
            return;
        }
        let post = cell("post_id").or_else(|| cell("post_slug")).or_else(|| cell("post_url")).unwrap_or_default();
        threads.of(post, || thread(&header, &row)).replies.push(reply(&header, &row, harvest));
    });
    threads.give(harvest);
    Ok(())
}

fn thread(header: &Header, row: &Row) -> ForeignThread {
    let cell = |name: &str| row.cell(header.column(&[name])).map(str::to_owned);
    ForeignThread {
        key: Key { id: cell("post_id"), address: cell("post_url"), path: cell("post_slug"), title: cell("post_title") },
        address: cell("post_url"),
        ..ForeignThread::default()
    }
}

fn reply(header: &Header, row: &Row, harvest: &mut dyn Harvest) -> ForeignReply {
    let cell = |name: &str| row.cell(header.column(&[name]));
    let place = format!("line {}", row.line);
    let date = dates::or_left(dates::any(cell("created_at").unwrap_or_default()), &place, harvest);
    ForeignReply {
        id: cell("id").map(str::to_owned),
        parent: cell("reply_to").map(str::to_owned),
        author: Author { name: cell("name").filter(|name| !is_mail(name)).map(str::to_owned), ..Author::default() },
        date,
        body: Body { text: cell("html").unwrap_or_default().to_owned(), format: Format::Html },
        ..ForeignReply::default()
    }
}

/// Whether a name is the address of a letter box, which is nobody's business.
#[must_use]
pub fn is_mail(name: &str) -> bool {
    let parts = name.split_once('@');
    parts.is_some_and(|(box_name, host)| !box_name.is_empty() && host.contains('.'))
        && !name.contains(char::is_whitespace)
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, When};
    use super::*;

    const HEADER: &str = "id,name,email,created_at,html,reply_to,post_id,post_title,post_slug,post_url\n";

    #[test]
    fn comments_are_grouped_by_their_post() {
        let text = format!(
            "{HEADER}c1,Ada,ada@mail.example,2024-02-01T09:00:00.000Z,\"<p>Well, \"\"yes\"\".</p>\",,p1,On Trust,trust,https://example.org/trust/\n\
             c2,bo@mail.example,,2024-02-01T10:00:00.000Z,<p>And,c1,p2,=Sum,vision,\nc3,,,01/02/2024,<p>No</p>,c1,p1,On Trust,trust,\nc4,x\n"
        );
        let input = Input::of(&text);
        assert!(recognises(&input));
        let mut found = Basket::default();
        read(&input, &mut found).expect("good");
        let [first, second] = found.threads.as_slice() else { panic!("{found:#?}") };
        assert_eq!((first.key.path.as_deref(), first.replies.len()), (Some("trust"), 2));
        assert_eq!((second.key.title.as_deref(), second.replies[0].parent.as_deref()), (Some("=Sum"), Some("c1")));
        assert_eq!(first.replies[0].body.text, "<p>Well, \"yes\".</p>");
        assert_eq!((first.replies[1].date.clone(), second.replies[0].author.name.as_deref()), (When::Unknown, None));
        assert_eq!(found.left.iter().map(|left| left.place.as_str()).collect::<Vec<_>>(), ["line 4", "line 5"]);
        assert!(!format!("{found:?}").contains("mail.example"));
        for bad in ["", "id,name\n1,2\n", "{}"] {
            let input = Input::of(bad);
            assert!(!recognises(&input) && read(&input, &mut Basket::default()).is_err(), "{bad}");
        }
    }
}
