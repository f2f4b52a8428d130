//! Exports of Disqus of any size: threads of one to twelve hundred posts, a tenth of them for no essay of the book.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::numbers::Numbers;
use super::words::sentence;

/// What was written.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Made {
    pub(crate) threads: usize,
    pub(crate) replies: usize,
    /// Bytes of the posts of the largest thread.
    pub(crate) largest_thread: usize,
}

/// How many posts each thread of an export of so many bytes has.
pub(crate) fn threads(bytes: usize) -> Vec<usize> {
    let mut numbers = Numbers::new(7);
    let mut posts: Vec<usize> = Vec::new();
    while posts.iter().sum::<usize>() * POST < bytes {
        posts.push(1 + numbers.skewed(1_200));
    }
    posts
}

/// Writes an export with so many posts in each thread.
pub(crate) fn write(path: &Path, posts: &[usize], essays: &[String]) -> Made {
    let mut numbers = Numbers::new(7);
    let mut out = BufWriter::new(File::create(path).expect("a file"));
    let head = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<disqus xmlns=\"http://disqus.com\" xmlns:dsq=\"http://disqus.com/disqus-internals\">\n";
    out.write_all(head.as_bytes()).expect("room");
    for (at, _) in posts.iter().enumerate() {
        let name = if at % 10 == 9 { format!("lost-{at}") } else { essays[at % essays.len()].clone() };
        writeln!(
            out,
            "<thread dsq:id=\"{at}\"><id>{name}</id><link>https://old.example/{name}/</link><title>{name}</title><createdAt>2016-01-01T00:00:00Z</createdAt></thread>"
        )
        .expect("room");
    }
    let mut made = Made { threads: posts.len(), ..Made::default() };
    // Posts of different threads stand among each other, as in a real export.
    let most = posts.iter().copied().max().unwrap_or(0);
    for round in 0..most {
        for (thread, _) in posts.iter().enumerate().filter(|(_, count)| **count > round) {
            let text = post(thread, round, &mut numbers);
            out.write_all(text.as_bytes()).expect("room");
            made.replies += 1;
        }
    }
    out.write_all(b"</disqus>\n").expect("room");
    out.flush().expect("room");
    made.largest_thread = most * POST;
    made
}

/// Bytes of a post, about.
const POST: usize = 700;

fn post(thread: usize, round: usize, numbers: &mut Numbers) -> String {
    let id = thread * 10_000 + round;
    let paragraphs: Vec<String> = (0..1 + numbers.below(4)).map(|_| format!("<p>{}</p>", sentence(numbers))).collect();
    let parent = if round % 3 == 2 { format!("<parent dsq:id=\"{}\" />", id - 1) } else { String::new() };
    let spam = numbers.below(70) == 0;
    format!(
        "<post dsq:id=\"{id}\">\n<id />\n<message><![CDATA[{}<p><a href=\"https://example.org/{id}\" rel=\"nofollow noopener\">This</a> &amp; <b>that</b>.</p>]]></message>\n<createdAt>2016-{:02}-{:02}T03:04:05Z</createdAt>\n<isDeleted>false</isDeleted>\n<isSpam>{spam}</isSpam>\n<author>\n<name>Reader {}</name>\n<isAnonymous>false</isAnonymous>\n<username>reader{}</username>\n</author>\n<thread dsq:id=\"{thread}\" />\n{parent}</post>\n",
        paragraphs.join(""),
        1 + round % 12,
        1 + thread % 28,
        numbers.below(9_000),
        numbers.below(9_000)
    )
}
