//! Where replies begin and end in a copied page. Each is known by the line with its age; its head is read upwards from there.

use std::ops::Range;

use super::ages::{self, Found};
use super::line::Line;
use super::words::{self, Word};

/// A reply has at most so many lines above its age: picture, name, badges, headline.
const HEAD: usize = 6;

/// So many lines that nobody knows may stand among words of the interface; more are words of somebody.
const STRAYS: usize = 2;

/// One reply of a copied page.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// Lines above the age that belong to it.
    pub(super) head: Range<usize>,
    /// The line with the age.
    pub(super) age_line: usize,
    pub(super) age: Found,
    /// Words behind the age on its line.
    pub(super) glued: String,
    /// Lines of its words.
    pub(super) body: Range<usize>,
    /// Lines of the interface below them.
    pub(super) actions: Range<usize>,
    /// Lines in its head or among its actions that belong to no reply, as far as is known.
    pub(super) strays: Vec<usize>,
    pub(super) name: Option<String>,
    pub(super) profile: Option<String>,
    pub(super) headline: String,
    pub(super) is_author: bool,
    pub(super) is_edited: bool,
    pub(super) is_markdown: bool,
    pub(super) reactions: Option<u64>,
}

/// What a line of a copied page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Nothing.
    Blank,
    /// The essay's title.
    Title,
    /// A paragraph of the essay.
    Paragraph,
    /// A line that speaks of the essay's copies elsewhere.
    CrossPost,
    /// Something of the interface around the essay.
    Furniture,
    /// Picture, name, badges and headline of somebody who replied.
    Head,
    /// The age of a reply, with words of it where they stand on the same line.
    Age,
    /// Words of a reply.
    Body,
    /// Something of the interface below a reply.
    Action,
    /// No part of a reply that is known.
    Unknown,
}

struct AgeLine {
    at: usize,
    found: Found,
    glued: String,
    is_edited: bool,
}

/// The replies of a page, in order.
pub(super) fn blocks(lines: &[Line], language: Option<&str>) -> Vec<Block> {
    let ages: Vec<AgeLine> =
        lines.iter().enumerate().filter_map(|(at, line)| age_line(at, &line.text, language)).collect();
    let mut blocks: Vec<Block> = Vec::new();
    let mut from = 0;
    for age in ages {
        let Some(head) = head(lines, from, &age, blocks.is_empty()) else { continue };
        if let Some(last) = blocks.last_mut() {
            end_block(last, lines, head.start);
        }
        from = age.at + 1;
        blocks.push(begin_block(lines, head, age));
    }
    if let Some(last) = blocks.last_mut() {
        end_block(last, lines, lines.len());
    }
    blocks
}

/// A line that is an age, or begins with one.
fn age_line(at: usize, text: &str, language: Option<&str>) -> Option<AgeLine> {
    if text.is_empty() || !text.starts_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    let mut is_edited = false;
    let mut whole = text.split('\u{2022}').next().unwrap_or(text).trim();
    is_edited |= text.split('\u{2022}').skip(1).any(|part| words::is(part, Word::Edited));
    if let Some((age, last)) = whole.rsplit_once(char::is_whitespace)
        && words::is(last, Word::Edited)
    {
        is_edited = true;
        whole = age.trim();
    }
    if let Some(found) = ages::age(whole, language) {
        return Some(AgeLine { at, found, glued: String::new(), is_edited });
    }
    let (found, rest) = ages::glued(text, language)?;
    Some(AgeLine { at, found, glued: rest.trim().to_owned(), is_edited: false })
}

/// The lines above an age that belong to it; `None` where nothing does, so that the age is words of somebody.
fn head(lines: &[Line], from: usize, age: &AgeLine, is_first: bool) -> Option<Range<usize>> {
    let filled: Vec<usize> = (from..age.at).rev().filter(|at| !lines[*at].text.is_empty()).collect();
    // What the interface puts below the reply before, or a line that only stands above a name, ends the search.
    let boundary = filled.iter().position(|at| {
        let text = &lines[*at].text;
        words::is_action(text) && !is_badge(text)
    });
    let is_start = is_first && from == 0 && filled.len() <= HEAD - 2;
    let above = &filled[..boundary.unwrap_or(filled.len())];
    let count = match (anchored(lines, above), boundary) {
        (Some(count), _) => count,
        (_, Some(boundary)) if boundary <= HEAD => plain_head(lines, above, age.at),
        _ if is_start && !age.glued.is_empty() => above.len().min(1),
        _ if is_start => plain_head(lines, above, age.at),
        _ => unbounded(lines, &filled, age),
    };
    (count > 0).then(|| filled[count - 1]..age.at)
}

/// How many lines belong to an age where picture or badge shows it: the picture opens a head, a badge stands below the name.
/// `None` where there is neither.
fn anchored(lines: &[Line], above: &[usize]) -> Option<usize> {
    let is_picture = |at: usize| picture_of(&lines[at].text).is_some() || lines[at].profile.is_some();
    if let Some(opening) = above.iter().take(HEAD).position(|at| is_picture(*at)) {
        return Some(opening + 1);
    }
    let is_mark = |at: &usize| is_badge(&lines[*at].text) || words::is(&lines[*at].text, Word::Edited);
    let first = above.iter().take(HEAD).position(|at| is_badge(&lines[*at].text))?;
    // More lines between the badge and the age are a list in somebody's words.
    let mut below: Vec<String> = above[..first].iter().map(|at| once(&lines[*at].text)).collect();
    below.dedup();
    if below.len() > 1 + STRAYS {
        return None;
    }
    let name = first + above[first..].iter().take_while(|at| is_mark(at)).count();
    let twins = above.get(name).map_or(0, |at| twins(lines, &above[name..], *at));
    Some(name + twins)
}

/// How many lines, upwards, say the same as this one: some copies say names and headlines twice.
fn twins(lines: &[Line], above: &[usize], at: usize) -> usize {
    let text = once(&lines[at].text);
    above.iter().take(STRAYS).take_while(|other| once(&lines[**other].text) == text).count()
}

/// How many lines belong to an age where they have neither picture nor badge: a headline and a name, or a name alone. What
/// stands above belongs to something else.
fn plain_head(lines: &[Line], above: &[usize], age: usize) -> usize {
    let marks = above.iter().take_while(|at| words::is(&lines[**at].text, Word::Edited)).count();
    let Some(nearest) = above.get(marks).copied() else { return marks };
    let first = marks + twins(lines, &above[marks..], nearest);
    let Some(second) = above.get(first).copied() else { return first };
    // A name that stands at the age, parted by a blank line from words that are no name, stands alone.
    let is_alone = nearest + 1 == age
        && second + 1 < nearest
        && looks_like_name(&lines[nearest].text)
        && !looks_like_name(&lines[second].text);
    if is_alone { first } else { first + twins(lines, &above[first..], second) }
}

/// How many lines belong to an age where nothing stands between them and what is above: the headline alone, and a name above
/// it where the line looks like one.
fn unbounded(lines: &[Line], filled: &[usize], age: &AgeLine) -> usize {
    if !age.glued.is_empty() {
        return filled.len().min(1);
    }
    let is_name = |at: Option<&usize>| at.is_some_and(|at| looks_like_name(&lines[*at].text));
    if is_name(filled.get(1)) { 2 } else { filled.len().min(1) }
}

fn begin_block(lines: &[Line], head: Range<usize>, age: AgeLine) -> Block {
    let filled: Vec<&Line> = lines[head.clone()].iter().filter(|line| !line.text.is_empty()).collect();
    let mut block = Block {
        age_line: age.at,
        age: age.found,
        glued: age.glued,
        body: age.at + 1..age.at + 1,
        actions: age.at + 1..age.at + 1,
        strays: Vec::new(),
        name: filled.iter().find_map(|line| picture_of(&line.text)),
        profile: filled.iter().find_map(|line| line.profile.clone()),
        headline: String::new(),
        is_author: filled.iter().any(|line| words::is(&line.text, Word::Author)),
        is_edited: age.is_edited || filled.iter().any(|line| words::is(&line.text, Word::Edited)),
        is_markdown: filled.iter().any(|line| line.is_markdown),
        reactions: None,
        head,
    };
    let is_unnamed = !block.glued.is_empty() && filled.len() == 1
        || block.name.is_none() && filled.first().is_some_and(|line| is_badge(&line.text));
    let is_plain = |text: &str| {
        !text.is_empty()
            && picture_of(text).is_none()
            && !is_badge(text)
            && !words::is(text, Word::Edited)
            && !words::is(text, Word::Author)
    };
    let plain = block.head.clone().filter(|at| is_plain(&lines[*at].text));
    let mut rest: Vec<(usize, String)> = plain.map(|at| (at, once(&lines[at].text))).collect();
    rest.dedup_by(|next, last| next.1 == last.1);
    // The name stands first, unless the picture has told it already and the line is the headline.
    let named = block.name.as_ref();
    if !is_unnamed && rest.first().is_some_and(|(_, first)| named.is_none_or(|name| name == first)) {
        let name = without_badge(&rest.remove(0).1);
        block.name = Some(name).filter(|name| !name.is_empty());
    }
    let mut rest = rest.into_iter();
    block.headline = rest.next().map(|(_, headline)| headline).unwrap_or_default();
    block.strays = rest.map(|(at, _)| at).collect();
    block
}

/// Ends a block at a line: words first, then what the interface puts below them.
fn end_block(block: &mut Block, lines: &[Line], end: usize) {
    let start = block.age_line + 1;
    let mut begin = start;
    // Between age and words may stand the edited mark and the menu.
    while begin < end
        && (lines[begin].text.is_empty()
            || words::is(&lines[begin].text, Word::Edited)
            || is_report(&lines[begin].text))
    {
        block.is_edited |= words::is(&lines[begin].text, Word::Edited);
        begin += 1;
    }
    let mut last = above_actions(lines, begin, end);
    for _ in 0..STRAYS {
        let Some(strays) = strays(lines, begin, last, &block.glued) else { break };
        last = above_actions(lines, begin, strays[0]);
        block.strays.extend(strays);
    }
    // A copy that holds nothing but words of the interface below an age: they are what was said.
    if last == begin && block.glued.is_empty() && begin < end {
        last = begin + 1;
    }
    block.body = begin..last;
    block.actions = last..end;
    block.is_markdown |= lines[block.body.clone()].iter().any(|line| line.is_markdown);
    block.reactions = lines[block.actions.clone()].iter().find_map(|line| reactions_of(&line.text));
}

/// Where the words of the interface begin that end at a line.
fn above_actions(lines: &[Line], begin: usize, end: usize) -> usize {
    let is_below = |line: &Line| {
        line.text.is_empty() || words::is_action(&line.text) || words::is_fold(&line.text) || is_row(line)
    };
    let count = lines[begin..end].iter().rev().take_while(|line| is_below(line)).count();
    end - count
}

/// Lines that nobody knows at the end of a block, below words of the interface: a few lines, under at least two of the
/// interface, one of which is neither a number nor a count, under words of the reply. `None` where it is otherwise: then all
/// of it may be words of the reply.
fn strays(lines: &[Line], begin: usize, end: usize, glued: &str) -> Option<Vec<usize>> {
    let is_interface = |at: usize| words::is_action(&lines[at].text) || is_row(&lines[at]);
    let filled = || (begin..end).rev().filter(|at| !lines[*at].text.is_empty());
    let mut strays: Vec<usize> = filled().take_while(|at| !is_interface(*at)).take(STRAYS + 1).collect();
    let run: Vec<usize> = filled().skip(strays.len()).take_while(|at| is_interface(*at)).collect();
    let has_words = !glued.is_empty() || filled().nth(strays.len() + run.len()).is_some();
    let is_real = run.iter().any(|at| words::is(&lines[*at].text, Word::Action) || is_row(&lines[*at]));
    strays.reverse();
    (has_words && is_real && run.len() >= 2 && (1..=STRAYS).contains(&strays.len())).then_some(strays)
}

fn reactions_of(text: &str) -> Option<u64> {
    words::reactions(text).or_else(|| {
        // A row of actions: `Like Reply 1 Reaction 2 Reactions`; the second number is a hidden twin.
        let at = text.find(|c: char| c.is_ascii_digit()).filter(|at| *at > 0)?;
        let rest: Vec<&str> = text[at..].split_whitespace().take(2).collect();
        words::reactions(&rest.join(" "))
    })
}

fn is_report(text: &str) -> bool {
    words::is(text.trim_start_matches("- "), Word::Report)
}

fn is_row(line: &Line) -> bool {
    line.is_markdown && line.text.split_whitespace().next().is_some_and(|word| words::is(word, Word::Action))
}

/// `View Ada Quill's graphic link`, `View Ada Quill's profile`: whose picture it is.
fn picture_of(text: &str) -> Option<String> {
    let rest = text.strip_prefix("View ")?;
    let (name, behind) = rest.split_once("\u{2019}s ").or_else(|| rest.split_once("'s "))?;
    let behind = behind.trim();
    (behind.starts_with("graphic") || behind.starts_with("profile")).then(|| name.trim().to_owned())
}

/// Degree and badges: `• 2nd`, `• 3rd+ • 3rd+`, `• YouVerified • You`, `• 2.`, `• 1er`.
fn is_badge(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('\u{2022}') else { return words::is(text, Word::Author) };
    let rest = rest.trim();
    let is_count = words::is_action(rest) && rest.contains(char::is_alphabetic);
    rest.starts_with(|c: char| c.is_ascii_digit()) && rest.len() < 60 && !is_count
        || ["You", "Verified", "Premium", "out of network", "Follow"].iter().any(|word| rest.starts_with(word))
        || rest.split('\u{2022}').all(|part| words::is(part, Word::Badge))
}

/// A text that a copy doubled, once: `Ada QuillAda Quill`.
fn once(text: &str) -> String {
    let half = text.len() / 2;
    let is_doubled =
        text.len().is_multiple_of(2) && text.is_char_boundary(half) && half > 1 && text[..half] == text[half..];
    if is_doubled { text[..half].to_owned() } else { text.to_owned() }
}

fn without_badge(name: &str) -> String {
    name.split('\u{2022}').next().unwrap_or(name).trim().to_owned()
}

/// Two to five words that begin with capitals, and nothing that a headline or a sentence has.
fn looks_like_name(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    (2..=5).contains(&words.len())
        && text.len() <= 60
        && !text.contains(['|', '@', '#', '/', '&', ',', ':', '?', '!'])
        && !text.ends_with('.')
        && words.iter().all(|word| word.chars().next().is_some_and(|first| first.is_uppercase() || !first.is_ascii()))
}

/// The role of every line.
#[must_use]
pub(super) fn roles_of(lines: &[Line], blocks: &[Block]) -> Vec<Role> {
    let first = blocks.first().map_or(lines.len(), |block| block.head.start);
    let mut roles: Vec<Role> = Vec::with_capacity(lines.len());
    let mut has_title = false;
    for line in &lines[..first] {
        roles.push(match line.text.as_str() {
            "" => Role::Blank,
            text if words::is_action(text) && text.chars().any(char::is_alphabetic) => Role::Furniture,
            _ if !has_title => {
                has_title = true;
                Role::Title
            }
            text if is_cross_post(text) => Role::CrossPost,
            _ => Role::Paragraph,
        });
    }
    roles.resize(lines.len(), Role::Blank);
    for block in blocks {
        let mut mark = |range: Range<usize>, role: Role| {
            for at in range {
                roles[at] = if lines[at].text.is_empty() { Role::Blank } else { role };
            }
        };
        mark(block.head.clone(), Role::Head);
        mark(block.age_line..block.age_line + 1, Role::Age);
        mark(block.age_line + 1..block.body.start, Role::Action);
        mark(block.body.clone(), Role::Body);
        mark(block.actions.clone(), Role::Action);
        for at in &block.strays {
            mark(*at..at + 1, Role::Unknown);
        }
    }
    roles
}

/// Whether a line of the essay speaks of its copies elsewhere: it names a place and says so.
fn is_cross_post(text: &str) -> bool {
    let text = text.to_lowercase();
    let names_place = ["medium", "linkedin", "linked in", "substack"].iter().any(|place| text.contains(place));
    let says_so = [
        "cross-post",
        "cross post",
        "crosspost",
        "link at top",
        "continue the conversation",
        "also published",
        "originally published",
        "first published",
        "also posted",
    ];
    names_place && says_so.iter().any(|words| text.contains(words))
}
