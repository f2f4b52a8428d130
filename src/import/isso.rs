//! Isso: its SQLite database `comments.db`. Of each comment only what was public is read: no address of a network or mailbox,
//! no votes, and nothing of the table `preferences`, which holds a key.

use std::collections::BTreeMap;

use super::dates;
use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, State, Unreadable, When};
use super::input::Input;
use super::sqlite::{Cell, Database, MAGIC};
use super::threads::ByName;

/// The word for the source.
pub const NAME: &str = "isso";

/// Whether this is a SQLite database with the tables of Isso.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        sample.starts_with(MAGIC) && ["threads", "comments", "tid", "uri"].iter().all(|word| sample.contains(word))
    })
}

/// Reads it.
///
/// # Errors
/// The file is no SQLite database, or has no table `comments` with threads.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let part = input.single().ok_or_else(|| Unreadable::new("a single file `comments.db` is wanted"))?;
    let database = Database::open(part.bytes()?)?;
    let mut losses = database.losses.clone();
    losses.iter().for_each(|loss| harvest.left(part.name.clone(), loss.clone()));
    let pages = database.rows("threads", &["uri", "title"])?;
    let comments = database
        .rows("comments", &["tid", "parent", "created", "modified", "mode", "text", "author", "website", "likes"])?;
    for (table, broken) in [("threads", pages.broken), ("comments", comments.broken)] {
        if let Some(why) = broken {
            losses.push(format!("rows of the table `{table}` are missing, {why}"));
            harvest.left(format!("table `{table}`"), format!("rows are missing, {why}"));
        }
    }
    let mut heads: BTreeMap<i64, Key> = pages.list.iter().map(|(id, cells)| (*id, key(cells))).collect();
    let mut threads = ByName::default();
    for (id, cells) in &comments.list {
        let number = whole(cells.first());
        let name = number.map(|number| number.to_string());
        let thread = threads.of(name.as_deref().unwrap_or_default(), || {
            let named = number.and_then(|number| heads.remove(&number));
            let key = named.unwrap_or_else(|| Key { id: name.clone(), ..Key::default() });
            ForeignThread { key, gaps: losses.clone(), ..ForeignThread::default() }
        });
        thread.replies.push(reply(*id, cells, harvest));
    }
    threads.give(harvest);
    Ok(())
}

fn key(cells: &[Cell]) -> Key {
    Key::of_page(&text(cells.first()).unwrap_or_default(), text(cells.get(1)))
}

fn whole(cell: Option<&Cell>) -> Option<i64> {
    match cell {
        Some(Cell::Integer(number)) => Some(*number),
        _ => None,
    }
}

fn text(cell: Option<&Cell>) -> Option<String> {
    match cell {
        Some(Cell::Text(text)) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        _ => None,
    }
}

fn reply(id: i64, cells: &[Cell], harvest: &mut dyn Harvest) -> ForeignReply {
    let [_, parent, created, modified, mode, words, author, website, likes] = cells else {
        return ForeignReply::default();
    };
    if *words == Cell::Unfit {
        harvest.left(format!("comment {id}"), "its text is no text, or longer than 1 MiB".to_owned());
    }
    let state = match mode {
        Cell::Integer(1) => State::Live,
        Cell::Integer(2) => State::Waiting,
        Cell::Integer(4) => State::Deleted,
        _ => State::Hidden,
    };
    ForeignReply {
        id: Some(id.to_string()),
        parent: whole(Some(parent)).filter(|parent| *parent != 0).map(|parent| parent.to_string()),
        author: Author { name: text(Some(author)), url: text(Some(website)), ..Author::default() },
        date: date(id, created, harvest),
        is_edited: matches!(modified, Cell::Integer(_) | Cell::Real(_)),
        body: Body { text: text(Some(words)).unwrap_or_default(), format: Format::Markdown },
        state,
        reactions: whole(Some(likes)).and_then(|likes| u64::try_from(likes).ok()).filter(|likes| *likes > 0),
        ..ForeignReply::default()
    }
}

/// Seconds since 1970 with a fraction, of which thousandths are kept.
fn date(id: i64, created: &Cell, harvest: &mut dyn Harvest) -> When {
    let seconds = match created {
        Cell::Integer(seconds) => *seconds as f64,
        Cell::Real(seconds) => *seconds,
        _ => return When::Unknown,
    };
    dates::or_left(dates::seconds(seconds), &format!("comment {id}"), harvest)
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::super::input::Part;
    use super::super::sqlite::tests::made;
    use super::*;

    fn input(bytes: Vec<u8>) -> Input {
        Input::file(Part::from_bytes("comments.db", bytes))
    }

    fn basket(bytes: Vec<u8>) -> Result<Basket, Unreadable> {
        let mut basket = Basket::default();
        read(&input(bytes), &mut basket).map(|()| basket)
    }

    const TABLES: &str = "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256)); \
        CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER, created FLOAT NOT NULL, \
        modified FLOAT, mode INTEGER, remote_addr VARCHAR, text VARCHAR, author VARCHAR, email VARCHAR, website VARCHAR, \
        likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0, voters BLOB NOT NULL); \
        CREATE TABLE preferences (key VARCHAR PRIMARY KEY, value VARCHAR); \
        INSERT INTO preferences VALUES ('session-key', 'secret'); \
        INSERT INTO threads VALUES (1, '/trust/', 'On Trust'), (2, '/vision.html', '');";

    const COMMENTS: &str = "INSERT INTO comments VALUES \
        (1, 1, NULL, 1419063714.0086465, NULL, 1, '192.0.2.0', 'One *word*.', 'Ada', 'ada@example.org', 'https://example.org/ada', 3, 0, x'00'), \
        (2, 2, NULL, 1419063715, 1419063720.5, 2, '192.0.2.0', 'Two.', NULL, NULL, NULL, 0, 0, x'00'), \
        (1, 3, 1, 1419063716.5, NULL, 4, '192.0.2.0', '', NULL, NULL, NULL, 0, 0, x'00'), \
        (1, 4, 3, 1e300, NULL, 8, '192.0.2.0', x'ff', ' ', NULL, NULL, -2, 0, x'00'), \
        (9, 5, 0, 'soon', NULL, 1, '192.0.2.0', 'Five.', 7, NULL, NULL, 0, 0, x'00');";

    #[test]
    fn comments_go_to_their_threads_with_state_and_parent() {
        let bytes = made(&format!("{TABLES}{COMMENTS}"));
        assert!(recognises(&input(bytes.clone())));
        let found = basket(bytes).expect("good");
        let [trust, vision, lost] = found.threads.as_slice() else { panic!("{found:#?}") };
        assert_eq!((trust.key.path.as_deref(), trust.key.title.as_deref()), (Some("/trust/"), Some("On Trust")));
        assert_eq!((vision.key.path.as_deref(), vision.key.title.as_deref()), (Some("/vision.html"), None));
        assert_eq!((lost.key.id.as_deref(), &lost.replies[0].date), (Some("9"), &When::Unknown));
        let [first, third, fourth] = trust.replies.as_slice() else { panic!("{trust:#?}") };
        assert_eq!(first.date, When::Exact("2014-12-20T08:21:54.008Z".parse().expect("a moment")));
        assert_eq!(
            (first.author.name.as_deref(), first.author.url.as_deref()),
            (Some("Ada"), Some("https://example.org/ada"))
        );
        assert_eq!(
            (first.body.text.as_str(), first.body.format, first.reactions),
            ("One *word*.", Format::Markdown, Some(3))
        );
        assert_eq!((third.state, third.parent.as_deref(), fourth.state), (State::Deleted, Some("1"), State::Hidden));
        assert_eq!((fourth.date.clone(), fourth.author.name.as_deref(), fourth.reactions), (When::Unknown, None, None));
        assert_eq!((vision.replies[0].state, vision.replies[0].is_edited), (State::Waiting, true));
        assert_eq!(found.left.len(), 2, "{:?}", found.left);
        for private in ["192.0.2", "ada@example.org", "secret"] {
            assert!(!format!("{found:?}").contains(private), "{private}");
        }
    }

    #[test]
    fn a_database_that_is_cut_short_gives_what_is_whole() {
        let bytes = made(&format!(
            "{TABLES}{COMMENTS}{}",
            COMMENTS.replace("INSERT", "UPDATE comments SET id = id + 500; INSERT")
        ));
        let found = basket(bytes[..bytes.len() - 600].to_vec()).expect("a part");
        assert!(!found.left.is_empty());
        assert!(found.threads.iter().all(|thread| !thread.gaps.is_empty()));
    }

    #[test]
    fn what_is_something_else_is_refused() {
        let view = "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri, title); CREATE VIEW comments AS WITH RECURSIVE up(n) AS \
            (SELECT 1 UNION ALL SELECT n + 1 FROM up) SELECT n AS id, 1 AS tid FROM up;";
        let bytes =
            [made("CREATE TABLE x (y);"), made(view), Vec::new(), b"{}".to_vec(), MAGIC.repeat(50).into_bytes()];
        for bad in bytes {
            assert!(basket(bad).is_err());
        }
    }
}
