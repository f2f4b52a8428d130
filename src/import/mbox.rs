//! Letters from readers: a mailbox (mbox), or one letter (`.eml`). They are private, so each waits for its writer's leave; names
//! are kept, addresses nowhere.

use std::borrow::Cow;
use std::collections::BTreeMap;

use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};

use super::dates;
use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, State, Unreadable};
use super::html::escaped;
use super::input::{Input, LARGEST_TEXT};
use super::letter::{of_html, of_plain, unflowed, without_addresses};
use super::mailbox::{LARGEST_LETTER, is_header, split};
use crate::base::fingerprint::Fingerprint;

/// The word for the source.
pub const NAME: &str = "mbox";

/// The most parts a letter may have.
const MOST_PARTS: usize = 500;

const LONGEST_SUBJECT: usize = 300;

/// Words before the colon of a subject that answers or passes on another letter.
const ANSWERS: [&str; 15] =
    ["re", "aw", "sv", "antw", "rif", "odp", "ynt", "res", "fwd", "fw", "wg", "tr", "rv", "vs", "enc"];

/// Whether this begins with the headers of a letter.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    input.single().is_some_and(|part| {
        let sample = part.sample();
        let mut lines = sample.trim_start().lines().peekable();
        let is_box = lines.next_if(|line| line.starts_with("From ")).is_some();
        let heads: Vec<&str> = lines.take_while(|line| !line.trim().is_empty()).collect();
        let is_head = |line: &&str| line.starts_with([' ', '\t', '>']) || is_header(line.as_bytes());
        let has = |name: &str| {
            heads.iter().any(|line| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name)))
        };
        let is_sent = ["date:", "message-id:", "received:"].into_iter().any(has);
        let is_letter = has("from:") && is_sent;
        let is_boxed = is_box && (has("subject:") || has("from:") || is_sent);
        heads.first().is_some_and(|line| is_header(line.as_bytes()))
            && heads.iter().all(is_head)
            && (is_letter || is_boxed)
    })
}

/// Reads it, one letter after the other.
///
/// # Errors
/// The file cannot be read, or holds no letter.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let part = input.single().ok_or_else(|| Unreadable::new("a single mailbox or letter is wanted"))?;
    let parser = MessageParser::default();
    let mut letters: Vec<Letter> = Vec::new();
    let mut kept = 0;
    let split = split(part.buffered()?, |raw| {
        let place = format!("line {}", raw.line);
        if raw.is_cut {
            let reason = format!("this letter is larger than {} MiB; only its beginning is read", LARGEST_LETTER >> 20);
            harvest.left(place.clone(), reason);
        }
        let read = letter(&parser, &raw.bytes).map_err(str::to_owned).and_then(|letter| {
            kept += letter.reply.body.text.len() as u64;
            let too_much = || format!("the letters hold more than {} MiB of words; split the file", LARGEST_TEXT >> 20);
            if kept > LARGEST_TEXT { Err(too_much()) } else { Ok(letter) }
        });
        match read {
            Err(reason) => harvest.left(place, reason),
            Ok(letter) => letters.push(letter),
        }
    });
    split.map_err(|error| Unreadable::new(format!("`{}` cannot be read: {error}", part.name)))?;
    if letters.is_empty() {
        return Err(Unreadable::new("this is no mailbox: it holds no letter with headers such as `From:` and `Date:`"));
    }
    threads(letters).into_iter().for_each(|thread| harvest.thread(thread));
    Ok(())
}

/// A letter and what ties it to others.
struct Letter {
    reply: ForeignReply,
    /// Ids of letters that it answers, the likeliest first.
    answers: Vec<String>,
    subject: String,
    is_answer: bool,
}

/// An id of a letter looks like an address and often names a person's computer, so that only its fingerprint is kept.
fn hashed(id: &str) -> String {
    let bare = id.trim().trim_matches(['<', '>']);
    format!("m{}", Fingerprint::of(bare.as_bytes()))
}

fn letter(parser: &MessageParser, bytes: &[u8]) -> Result<Letter, &'static str> {
    let bytes = &flat(bytes).ok_or("this letter has more parts than any person's")?;
    let unread = "this letter has no headers that can be read";
    let message = parser.parse(bytes).filter(|message| !message.parts.is_empty()).ok_or(unread)?;
    if message.from().is_none()
        && message.date().is_none()
        && message.subject().is_none()
        && message.message_id().is_none()
    {
        return Err(unread);
    }
    let ids = |value: &mail_parser::HeaderValue<'_>| -> Vec<String> {
        value.as_text_list().unwrap_or_default().iter().map(|id| hashed(id)).collect()
    };
    let mut answers = ids(message.in_reply_to());
    answers.extend(ids(message.references()).into_iter().rev());
    let (subject, is_answer) = base_subject(message.subject().unwrap_or_default());
    let from = message.from().and_then(|from| from.first());
    // Who gave no name is called as programs for letters do: by the part of the address that names nobody's post-box.
    let local = || from.and_then(|from| from.address()?.split('@').next());
    let name = from.and_then(|from| from.name()).or_else(local);
    let moment = message.date().filter(|date| date.is_valid()).map(|date| date.to_timestamp());
    let reply = ForeignReply {
        id: message.message_id().map(hashed),
        author: Author { name: name.and_then(own_name), ..Author::default() },
        date: moment.and_then(|moment| dates::seconds(moment as f64).ok()).unwrap_or_default(),
        body: body(&message),
        state: State::Waiting,
        ..ForeignReply::default()
    };
    Ok(Letter { reply, answers, subject, is_answer })
}

/// Types of letters within letters, and what they are read as. Those are not the writer's words, and deep or broken ones are
/// more than the reader of parts can take.
const WITHIN: [(&str, &str); 3] =
    [("message/rfc822", "message/other"), ("message/global", "message/other"), ("multipart/digest", "multipart/mixed")];

/// A letter without letters within it; `None` where it has too many parts.
fn flat(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut flat = Vec::with_capacity(bytes.len());
    let (mut parts, mut is_type) = (0, false);
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let begins = line.trim_ascii_start().get(..12).is_some_and(|name| name.eq_ignore_ascii_case(b"content-type"));
        parts += usize::from(begins);
        is_type = begins || is_type && line.starts_with(b" ") || is_type && line.starts_with(b"\t");
        let lower = if is_type { String::from_utf8_lossy(line).to_ascii_lowercase() } else { String::new() };
        match WITHIN.iter().find(|(kind, _)| lower.contains(kind)) {
            Some((kind, other)) => flat.extend_from_slice(lower.replace(kind, other).as_bytes()),
            None => flat.extend_from_slice(line),
        }
    }
    (parts <= MOST_PARTS).then_some(flat)
}

/// A name without quotation marks; `None` for one that is or holds an address.
fn own_name(name: &str) -> Option<String> {
    let name = name.trim().trim_matches(['"', '\'']).trim();
    (!name.is_empty() && !name.contains('@')).then(|| name.to_owned())
}

/// A subject without `Re:` and its kin, and whether it had any.
fn base_subject(subject: &str) -> (String, bool) {
    let whole: Vec<&str> = subject.split_whitespace().collect();
    let whole = without_addresses(&whole.join(" "));
    let mut rest = whole.as_str();
    while let Some((word, behind)) = rest.split_once([':', '\u{ff1a}']) {
        let counted = word.trim_end_matches(|c: char| c.is_ascii_digit() || "[]()^ ".contains(c)).to_lowercase();
        if !ANSWERS.contains(&counted.as_str()) {
            break;
        }
        rest = behind.trim_start();
    }
    (rest.chars().take(LONGEST_SUBJECT).collect(), rest.len() < whole.len())
}

/// The words: plain ones where all of a letter has them, else HTML.
fn body(message: &Message<'_>) -> Body {
    let plain: Vec<&MessagePart<'_>> = message.text_bodies().collect();
    if !plain.is_empty() && plain.iter().all(|part| matches!(part.body, PartType::Text(_))) {
        let texts = plain
            .iter()
            .filter_map(|part| if let PartType::Text(text) = &part.body { Some(whole(part, text)) } else { None });
        return Body { text: of_plain(&texts.collect::<Vec<_>>().join("\n\n")), format: Format::Plain };
    }
    let html = message.html_bodies().filter_map(|part| match &part.body {
        PartType::Html(html) => Some(of_html(html)),
        PartType::Text(text) => Some(format!(
            "<p>{}</p>",
            escaped(&of_plain(&whole(part, text))).replace("\n\n", "</p><p>").replace('\n', "<br>")
        )),
        _ => None,
    });
    Body { text: html.collect::<Vec<_>>().join("\n"), format: Format::Html }
}

/// A text with its lines as the writer made them.
fn whole<'a>(part: &MessagePart<'_>, text: &'a str) -> Cow<'a, str> {
    let is = |name: &str, wanted: &str| {
        let said = part.content_type().and_then(|kind| kind.attribute(name));
        said.is_some_and(|said| said.eq_ignore_ascii_case(wanted))
    };
    if is("format", "flowed") { Cow::Owned(unflowed(text, is("delsp", "yes"))) } else { Cow::Borrowed(text) }
}

/// Letters by subject; a letter without one belongs to the letter that it answers.
fn threads(mut letters: Vec<Letter>) -> Vec<ForeignThread> {
    let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
    for (at, letter) in letters.iter().enumerate() {
        if let Some(id) = &letter.reply.id {
            by_id.entry(id.clone()).or_insert(at);
        }
    }
    let known = |at: usize, letter: &Letter| {
        letter.answers.iter().find_map(|id| by_id.get(id)).copied().filter(|parent| *parent != at)
    };
    let parents: Vec<Option<usize>> = letters.iter().enumerate().map(|(at, letter)| known(at, letter)).collect();
    for at in 0..letters.len() {
        let inherited = parents
            .get(at)
            .copied()
            .flatten()
            .and_then(|parent| letters.get(parent))
            .map(|parent| parent.subject.clone());
        if let Some(letter) = letters.get_mut(at).filter(|letter| letter.subject.is_empty()) {
            letter.subject = inherited.unwrap_or_default();
        }
    }
    let keys: Vec<String> = letters.iter().map(|letter| letter.subject.to_lowercase()).collect();
    let mut starters: BTreeMap<&str, Option<String>> = BTreeMap::new();
    for (letter, key) in letters.iter().zip(&keys).filter(|(letter, _)| !letter.is_answer) {
        starters.entry(key).or_insert_with(|| letter.reply.id.clone());
    }
    let mut threads: Vec<ForeignThread> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for ((letter, key), parent) in letters.into_iter().zip(&keys).zip(&parents) {
        let is_same = |id: &String| by_id.get(id).is_none_or(|at| keys.get(*at) == Some(key));
        let by_subject = || starters.get(key.as_str()).cloned().flatten().filter(|_| letter.is_answer);
        let answered = match parent {
            Some(_) => letter.answers.iter().find(|id| by_id.contains_key(*id)).filter(|id| is_same(id)).cloned(),
            None => by_subject().or_else(|| letter.answers.first().cloned()),
        };
        let place = *places.entry(key).or_insert_with(|| {
            threads.push(thread(&letter.subject));
            threads.len() - 1
        });
        if let Some(thread) = threads.get_mut(place) {
            let own = letter.reply.id.clone();
            thread
                .replies
                .push(ForeignReply { parent: answered.filter(|id| Some(id) != own.as_ref()), ..letter.reply });
        }
    }
    threads
}

/// A thread with this subject. The words between quotation marks are likely the essay's title.
fn thread(subject: &str) -> ForeignThread {
    let marks = [('\u{201c}', '\u{201d}'), ('\u{201e}', '\u{201c}'), ('\u{ab}', '\u{bb}'), ('"', '"')];
    let quoted = marks.iter().find_map(|(open, close)| Some(subject.split_once(*open)?.1.split_once(*close)?.0.trim()));
    let title = quoted.filter(|title| !title.is_empty()).unwrap_or(subject);
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    ForeignThread { key: Key { id: some(subject), title: some(title), ..Key::default() }, ..ForeignThread::default() }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::{Basket, When};
    use super::*;

    fn file(text: &str) -> Input {
        Input::of(text)
    }

    fn basket(text: &str) -> Result<Basket, Unreadable> {
        let mut basket = Basket::default();
        read(&file(text), &mut basket).map(|()| basket)
    }

    fn one(id: &str, subject: &str, more: &str, words: &str) -> String {
        format!(
            "From MAILER Mon Jan  1 00:00:00 2024\nFrom: Ada Quill <ada@x.example>\nTo: me@x.example\nSubject: {subject}\nDate: Mon, 01 Jan 2024 10:00:00 +0100\nMessage-ID: <{id}@x.example>\n{more}\n{words}\n\n"
        )
    }

    /// Each reply as its words and those of the one it answers.
    fn tree(thread: &ForeignThread) -> Vec<(&str, Option<&str>)> {
        let words = |id: &str| {
            thread.replies.iter().find(|reply| reply.id.as_deref() == Some(id)).map(|reply| reply.body.text.as_str())
        };
        thread.replies.iter().map(|reply| (reply.body.text.as_str(), reply.parent.as_deref().and_then(words))).collect()
    }

    #[test]
    fn letters_hang_together_by_what_they_answer_and_by_subject() {
        let text = [
            one("a", "Your \u{201c}On Trust\u{201d}", "", "One.\n\n>From the start.\nFrom there on: more."),
            one("b", "RE: AW[2]: Your \u{201c}On Trust\u{201d}", "In-Reply-To: <a@x.example>\n", "Two.\n-- \nAda"),
            one(
                "c",
                "Re: your \u{201c}on trust\u{201d}",
                "References: <z@x.example> <b@x.example> <y@x.example>\n",
                "Three.",
            ),
            one("d", "Re: Your \u{201c}On Trust\u{201d}", "", "Four."),
            one("e", "", "In-Reply-To: <d@x.example>\n", "Five."),
            one("f", "Vision", "In-Reply-To: <a@x.example>\n", "Six."),
            one("g", "Re: Elsewhere", "In-Reply-To: <q@x.example>\n", "Seven, ask bo@x.example."),
        ]
        .concat();
        assert!(recognises(&file(&text)));
        let found = basket(&text).expect("good");
        let [trust, vision, elsewhere] = found.threads.as_slice() else { panic!("{found:#?}") };
        assert_eq!(trust.key.title.as_deref(), Some("On Trust"));
        let first = "One.\n\nFrom the start.\nFrom there on: more.";
        assert_eq!(
            tree(trust),
            [
                (first, None),
                ("Two.", Some(first)),
                ("Three.", Some("Two.")),
                ("Four.", Some(first)),
                ("Five.", Some("Four."))
            ]
        );
        assert_eq!((tree(vision), vision.replies[0].parent.as_ref()), (vec![("Six.", None)], None));
        assert!(elsewhere.replies[0].parent.is_some());
        let reply = &trust.replies[0];
        assert_eq!((reply.author.name.as_deref(), reply.state), (Some("Ada Quill"), State::Waiting));
        assert_eq!(reply.date, When::Exact("2024-01-01T09:00:00Z".parse().expect("a moment")));
        assert!(!format!("{found:?}").contains("x.example"), "{found:#?}");
    }

    #[test]
    fn one_letter_alone_may_be_html() {
        let text = "Received: by x\nDate: Mon, 01 Jan 2024 10:00:00 GMT\nFrom: \"ada@x.example\" <ada@x.example>\nSubject: T\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html; charset=utf-8\n\n<p>So <b>it</b> is.</p><div class=\"gmail_quote\">Old</div>\n--b--\n";
        assert!(recognises(&file(text)));
        let found = basket(text).expect("good");
        let reply = &found.threads[0].replies[0];
        assert_eq!((reply.body.format, reply.body.text.as_str()), (Format::Html, "<p>So <b>it</b> is.</p>"));
        assert_eq!((reply.id.as_ref(), reply.author.name.as_ref()), (None, None));
    }

    #[test]
    fn what_is_no_letter_is_refused_and_a_broken_one_named() {
        for bad in ["", "\n\n", "AUTHOR: admin\nTITLE: x\n-----\n", "From my view\nNote: this\n", "{\"a\": 1}"] {
            assert!(!recognises(&file(bad)), "{bad}");
            assert!(basket(bad).is_err(), "{bad}");
        }
        let many = format!(
            "{}{}",
            one("a", "T", "", "One."),
            one("b", "T", &"Content-Type: message/rfc822\n\n".repeat(600), "x")
        );
        let found = basket(&many).expect("good");
        assert_eq!((found.threads[0].replies.len(), found.left.len()), (1, 1));
        assert_eq!(found.left[0].place, "line 10");
    }
}
