//! Movable Type and TypePad: the text file that Tools, Export writes, post by post, with comments and pings as parts of them.

use jiff::civil;

use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Kind, Unreadable, When};
use super::input::Input;

/// The word for the source.
pub const NAME: &str = "movabletype";

/// The line between parts of a post, and the one behind a post.
const PART: &str = "-----";
const POST: &str = "--------";

/// Parts of a post; each has a line of its own at its beginning.
const PARTS: [&str; 6] = ["BODY:", "EXTENDED BODY:", "EXCERPT:", "KEYWORDS:", "COMMENT:", "PING:"];

/// Whether this is text that begins with fields of a post and goes on with its body.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        let mut lines = sample.lines().map(str::trim_end).filter(|line| !line.is_empty());
        let is_field = |line: &str| {
            ["AUTHOR:", "TITLE:", "BASENAME:", "STATUS:", "DATE:", "UNIQUE URL:"]
                .iter()
                .any(|key| line.starts_with(key))
        };
        let begins = lines.next().is_some_and(is_field);
        begins && lines.any(|line| line == PART) && lines.next() == Some("BODY:")
    })
}

/// Reads it.
///
/// # Errors
/// The file is no text, or has no post.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let part = input.single().ok_or_else(|| Unreadable::new("a single text file is wanted"))?;
    let text = part.text()?;
    let mut post = Post::default();
    let mut is_export = false;
    let mut lines = text.lines().map(str::trim_end).enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        match line {
            POST => std::mem::take(&mut post).close(harvest),
            PART => {
                while lines.next_if(|(_, line)| line.is_empty()).is_some() {}
                let next = lines.next_if(|(_, line)| PARTS.contains(line));
                let is_end = lines.peek().is_none_or(|(_, line)| *line == POST);
                match next {
                    Some((at, kind)) => {
                        is_export = true;
                        post.begin(at + 1, kind, harvest);
                    }
                    None if is_end => post.end(harvest),
                    // A line of dashes that nothing follows which could follow it belongs to the words.
                    None => post.line(line),
                }
            }
            _ => post.line(line),
        }
        if at == 0 && line.starts_with(['{', '<', '[']) {
            break;
        }
    }
    if !is_export {
        return Err(Unreadable::new(
            "this is no export of Movable Type: no line `-----` is followed by a line `BODY:`",
        ));
    }
    if let Some(open) = post.open.take() {
        post.thread.gaps.push("the file ends inside this post".to_owned());
        harvest.left(
            format!("line {}", open.line),
            format!("the file ends inside this `{}`", open.kind.trim_end_matches(':')),
        );
    }
    post.close(harvest);
    Ok(())
}

/// A post while it is read.
#[derive(Default)]
struct Post<'a> {
    thread: ForeignThread,
    /// The part that is open; none among the fields at the beginning.
    open: Option<Part<'a>>,
}

/// A part of a post.
struct Part<'a> {
    kind: &'a str,
    /// Its first line, from 1.
    line: usize,
    lines: Vec<&'a str>,
}

impl<'a> Post<'a> {
    fn begin(&mut self, line: usize, kind: &'a str, harvest: &mut dyn Harvest) {
        self.end(harvest);
        self.open = Some(Part { kind, line, lines: Vec::new() });
    }

    fn line(&mut self, line: &'a str) {
        match &mut self.open {
            // The essay itself is not wanted.
            Some(open) if is_reply(open.kind) => open.lines.push(line),
            Some(_) => {}
            None => {
                let Some((key, value)) = line.split_once(':') else { return };
                let value = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
                match key {
                    "TITLE" => self.thread.key.title = value,
                    "BASENAME" => self.thread.key.path = value,
                    "UNIQUE URL" => self.thread.key.address = value,
                    _ => {}
                }
            }
        }
    }

    fn end(&mut self, harvest: &mut dyn Harvest) {
        if let Some(open) = self.open.take_if(|open| is_reply(open.kind)) {
            self.thread.replies.push(reply(&open, harvest));
        }
    }

    fn close(mut self, harvest: &mut dyn Harvest) {
        self.end(harvest);
        if self.thread != ForeignThread::default() {
            harvest.thread(self.thread);
        }
    }
}

fn is_reply(kind: &str) -> bool {
    matches!(kind, "COMMENT:" | "PING:")
}

/// Fields at the beginning of a comment or ping. Those of the sender's machine and mail are known only to be left out.
const FIELDS: [&str; 7] = ["AUTHOR", "EMAIL", "IP", "URL", "DATE", "TITLE", "BLOG NAME"];

fn reply(part: &Part<'_>, harvest: &mut dyn Harvest) -> ForeignReply {
    let mut found: Vec<(&str, &str)> = Vec::new();
    let mut lines = part.lines.iter().copied().peekable();
    // Each field stands there once, so that words which look like one are words.
    while let Some((key, value)) = lines.peek().and_then(|line| line.split_once(':')) {
        if !FIELDS.contains(&key) || found.iter().any(|(known, _)| *known == key) {
            break;
        }
        found.push((key, value.trim()));
        lines.next();
    }
    let field =
        |name: &str| found.iter().find(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| *value);
    let date = field("DATE").map(moment);
    if date == Some(None) {
        harvest.left(format!("line {}", part.line), "its date cannot be read, so it has none".to_owned());
    }
    let is_ping = part.kind == "PING:";
    ForeignReply {
        author: Author {
            name: field("AUTHOR").or_else(|| field("BLOG NAME")).map(str::to_owned),
            url: field("URL").map(str::to_owned),
            ..Author::default()
        },
        // The zone is that of the blog, which the file does not tell.
        date: date.flatten().map_or(When::Unknown, When::ZoneUnknown),
        body: Body { text: lines.collect::<Vec<_>>().join("\n").trim().to_owned(), format: Format::Html },
        kind: if is_ping { Kind::Ping } else { Kind::Reply },
        ..ForeignReply::default()
    }
}

/// `11/13/2008 03:04:07 PM`: month first, always; without a half of the day the hours go to 23.
fn moment(written: &str) -> Option<civil::DateTime> {
    let mut words = written.split_ascii_whitespace();
    let mut day = words.next()?.split('/');
    let mut time = words.next()?.split(':');
    let half = words.next();
    let mut of_day = || day.next()?.parse::<i16>().ok();
    let (month, date, year) = (of_day()?, of_day()?, of_day()?);
    let mut of_time = || time.next()?.parse::<i8>().ok();
    let (hour, minute) = (of_time()?, of_time()?);
    let second = of_time().unwrap_or(0);
    let hour = match half {
        Some("AM") if hour == 12 => 0,
        Some("PM") if (1..12).contains(&hour) => hour + 12,
        _ => hour,
    };
    civil::DateTime::new(year, i8::try_from(month).ok()?, i8::try_from(date).ok()?, hour, minute, second, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::super::input::Part as File;
    use super::*;

    fn input(text: &str) -> Input {
        Input::file(File::from_bytes("x.txt", text.as_bytes()))
    }

    fn basket(text: &str) -> Result<Basket, Unreadable> {
        let mut basket = Basket::default();
        read(&input(text), &mut basket).map(|()| basket)
    }

    const EXPORT: &str = "AUTHOR: me\nTITLE: On Stones\nBASENAME: on_stones\nDATE: 11/13/2008 02:16:10 PM\n-----\nBODY:\nTITLE: not this\nCOMMENT:\n-----\nEXCERPT:\n\n-----\n\n\
        COMMENT: \nAUTHOR: Ada\nEMAIL: ada@example.org\nIP: 192.0.2.1\nURL: https://ada.example/\nDATE: 11/13/2008 03:04:07 PM\nOne.\n\n-----\nTwo, after dashes.\nURL: mine\n-----\n\n\
        PING:\nTITLE: Elsewhere\nURL: https://bo.example/\nIP: 192.0.2.2\nBLOG NAME: Bo's\nDATE: 01/02/2009 12:00:00 AM\nAn excerpt.\n-----\n\n--------\nTITLE: None\n-----\nBODY:\nx\n-----\n--------\n";

    #[test]
    fn comments_and_pings_stand_in_their_posts() {
        for text in [EXPORT.to_owned(), EXPORT.replace('\n', "\r\n")] {
            assert!(recognises(&input(&text)));
            let found = basket(&text).expect("good");
            let [stones, none] = found.threads.as_slice() else { panic!("{found:#?}") };
            assert_eq!(
                (stones.key.path.as_deref(), stones.key.title.as_deref()),
                (Some("on_stones"), Some("On Stones"))
            );
            let [first, second] = stones.replies.as_slice() else { panic!("{stones:#?}") };
            assert_eq!(
                (first.author.name.as_deref(), first.author.url.as_deref()),
                (Some("Ada"), Some("https://ada.example/"))
            );
            assert_eq!(first.body.text, "One.\n\n-----\nTwo, after dashes.\nURL: mine");
            assert_eq!(first.date, When::ZoneUnknown(civil::date(2008, 11, 13).at(15, 4, 7, 0)));
            assert_eq!((second.kind, second.author.name.as_deref()), (Kind::Ping, Some("Bo's")));
            assert_eq!(
                (second.date.clone(), none.replies.len()),
                (When::ZoneUnknown(civil::date(2009, 1, 2).at(0, 0, 0, 0)), 0)
            );
            assert!(
                found.left.is_empty()
                    && !format!("{found:?}").contains("192.0.2")
                    && !format!("{found:?}").contains("ada@")
            );
        }
    }

    #[test]
    fn a_file_that_is_cut_short_gives_what_is_whole_and_others_are_refused() {
        let cut = basket(&EXPORT[..EXPORT.find("An excerpt").expect("there")]).expect("a part");
        assert_eq!((cut.threads[0].replies.len(), cut.threads[0].gaps.len(), cut.left.len()), (1, 1, 1));
        for (at, _) in EXPORT.char_indices() {
            drop(basket(&EXPORT[..at]));
        }
        for date in ["", "x", "13/13/2008 01:00:00 PM", "1/2/3", "99999999/1/2008 1:1", "11/13/2008 99:00:00 PM"] {
            assert_eq!(moment(date), None, "{date}");
        }
        for bad in ["", "{}", "TITLE: x\n", "-----\n--------\n", "AUTHOR: x\n-----\nwords"] {
            assert!(basket(bad).is_err() && !recognises(&input(bad)), "{bad:.20}");
        }
    }
}
