//! LinkedIn, copied from a browser as text: a page with its replies, in any language of the interface. The format is nobody's;
//! what it can hold was collected from copies that people made.

pub mod ages;
mod blocks;
pub(super) mod line;
mod table;
pub mod words;

use std::collections::BTreeMap;

use super::foreign::{Author, Body, ForeignReply, ForeignThread, Format, Harvest, Key, Unreadable, When};
use super::input::Input;
use super::record::made_id;
pub use blocks::Role;
use blocks::{Block, blocks, roles_of};
use line::{Line, lines};

/// The word for the source.
pub const NAME: &str = "linkedin";

/// Why an age becomes no date, and what to do.
pub const AMBIGUOUS: &str = "its age means different things in different languages, so it becomes no date; say with `--language` in which language the page was shown, such as `--language es`";

/// A copied page, taken apart: every line of the input has a role.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The essay's title; empty where the copy begins with replies.
    pub title: String,
    /// The essay's paragraphs.
    pub paragraphs: Vec<String>,
    /// How they are written.
    pub format: Format,
    /// What names the thread of its replies, where the page tells more than its title.
    pub key: Key,
    /// The address of the page, where it tells one.
    pub address: Option<String>,
    /// When it was written, where the page tells it.
    pub date: Option<jiff::civil::Date>,
    /// Lines that speak of copies elsewhere.
    pub cross_posts: Vec<String>,
    /// The role of each line, in order.
    pub roles: Vec<Role>,
    /// The replies.
    pub replies: Vec<ForeignReply>,
    /// What is known to be missing or uncertain.
    pub gaps: Vec<String>,
    /// Lines (from 1) with ages that two languages read differently.
    pub ambiguous: Vec<usize>,
    /// The language of the interface, where it shows.
    pub language: Option<String>,
}

/// Whether this is a text in which replies stand: a line that is an age, or begins with one, under a line of words.
#[must_use]
pub fn recognises(input: &Input) -> bool {
    let Some(part) = input.single() else { return false };
    let sample = part.sample();
    let start = sample.trim_start();
    let is_other = start.starts_with(['{', '[', '<']) && !start.starts_with("[")
        || start.starts_with("[{")
        || start.starts_with("From ");
    if is_other || sample.contains('\0') {
        return false;
    }
    !replies_of(&lines(&sample), input.language.as_deref()).0.is_empty()
}

/// Reads it; the essay above the replies, if it is there, gives the thread its title.
///
/// # Errors
/// The file is no text, or holds no reply.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let part = input.single().ok_or_else(|| Unreadable::new("a single text file is wanted"))?;
    let page = read_page_in(&part.text()?, input.language.as_deref());
    if page.replies.is_empty() {
        return Err(Unreadable::new("no reply is found in it: no line is an age such as `4y` or `2 Jahre`"));
    }
    for number in &page.ambiguous {
        harvest.left(format!("line {number}"), AMBIGUOUS.to_owned());
    }
    harvest.thread(ForeignThread {
        key: Key { title: Some(page.title).filter(|title| !title.is_empty()), ..Key::default() },
        replies: page.replies,
        gaps: page.gaps,
        ..ForeignThread::default()
    });
    Ok(())
}

/// Takes a copied page apart.
#[must_use]
pub fn read_page(text: &str) -> Page {
    read_page_in(text, None)
}

/// The replies of a page and the language of its interface: the one that is given, or else the one its words show. A page whose
/// ages are in another language than its words is read without one.
fn replies_of(lines: &[Line], given: Option<&str>) -> (Vec<Block>, Option<String>) {
    if given.is_some() {
        return (blocks(lines, given), given.map(str::to_owned));
    }
    let shown = words::language(lines.iter().map(|line| line.text.as_str()));
    let mut found = blocks(lines, shown);
    if found.is_empty() && shown.is_some() {
        found = blocks(lines, None);
    }
    (found, shown.map(str::to_owned))
}

/// Takes a copied page apart whose interface has this language; a tag such as `de`.
#[must_use]
pub fn read_page_in(text: &str, language: Option<&str>) -> Page {
    let lines = lines(text);
    let (blocks, language) = replies_of(&lines, language);
    let roles = roles_of(&lines, &blocks);
    let mut page = Page { language, ..Page::default() };
    for (line, role) in lines.iter().zip(&roles) {
        match role {
            Role::Title => page.title.clone_from(&line.text),
            Role::Paragraph => page.paragraphs.push(line.text.clone()),
            Role::CrossPost => page.cross_posts.push(line.text.clone()),
            _ => {}
        }
    }
    page.roles = roles;
    let first = blocks.first().map_or(0, |block| block.age_line);
    let has_blanks = lines[first..].iter().any(|line| line.text.is_empty());
    for block in &blocks {
        if matches!(block.age, ages::Found::Ambiguous(_)) {
            page.ambiguous.push(block.age_line + 1);
        }
        let unknown = |at: &usize| format!("line {} is no part of a reply that is known", at + 1);
        page.gaps.extend(block.strays.iter().map(unknown));
        page.replies.push(reply_of(block, &lines, has_blanks));
    }
    nest(&mut page, &blocks, &lines);
    page
}

fn reply_of(block: &Block, lines: &[Line], has_blanks: bool) -> ForeignReply {
    let headline = (!block.headline.is_empty()).then(|| block.headline.clone());
    let mut body: Vec<String> = Vec::new();
    if !block.glued.is_empty() {
        body.push(block.glued.clone());
    }
    body.extend(block.body.clone().map(|at| unfolded(&lines[at].text)));
    ForeignReply {
        author: Author {
            name: block.name.clone(),
            url: block.profile.clone(),
            headline,
            handle: None,
            is_essay_author: block.is_author,
        },
        date: match &block.age {
            ages::Found::One(age) => When::Age(age.clone()),
            ages::Found::Ambiguous(text) => When::AgeText(text.clone()),
        },
        is_edited: block.is_edited,
        body: Body {
            text: whole(paragraphs(&body, has_blanks)),
            format: if block.is_markdown { Format::Markdown } else { Format::Plain },
        },
        reactions: block.reactions,
        ..ForeignReply::default()
    }
}

/// Lines of a copy: where it keeps blank lines, they part paragraphs; where it has none, each line is one.
fn paragraphs(lines: &[String], has_blanks: bool) -> String {
    lines.join(if has_blanks { "\n" } else { "\n\n" }).trim().to_owned()
}

/// A text without the mark of a folded one, unless it is nothing else.
fn whole(text: String) -> String {
    let words = words::without_fold(&text);
    if words.is_empty() { text } else { words.to_owned() }
}

/// A line without what the interface puts into it.
fn unfolded(text: &str) -> String {
    text.replace("hashtag#", "#")
}

/// Answers: the next N blocks under a heading that names whom they answer.
fn nest(page: &mut Page, blocks: &[Block], lines: &[Line]) {
    let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
    let mut open: Option<(usize, usize)> = None;
    for (at, block) in blocks.iter().enumerate() {
        if let Some((parent, left)) = open {
            let id = made_id(&page.replies[parent]);
            page.replies[parent].id = Some(id.clone());
            page.replies[at].parent = Some(id);
            open = (left > 1).then_some((parent, left - 1));
        }
        if let Some(name) = &block.name {
            by_name.insert(words::folded(name), at);
        }
        let heading = block.actions.clone().filter_map(|line| words::answers_to(&lines[line].text)).next_back();
        if let Some((count, names)) = heading
            && let Some(parent) = names.iter().find_map(|name| by_name.get(name))
        {
            open = Some((*parent, count));
        }
    }
    let has_answers = blocks.iter().any(|block| block.actions.clone().any(|line| words::is_answers(&lines[line].text)));
    if has_answers && page.replies.iter().all(|reply| reply.parent.is_none()) {
        page.gaps.push("the copy does not say which reply answers which; all stand on one level".to_owned());
    }
}

#[cfg(test)]
mod tests;
