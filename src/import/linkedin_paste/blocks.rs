//! Where replies begin and end in a copied page. Each is known by the line with its age; its head is read upwards from there.

use std::ops::Range;

use super::ages::{self, Found};
use super::line::Line;
use super::words::{self, Word};

/// A reply has at most so many lines above its age: picture, name, badges, headline.
const HEAD: usize = 6;

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
}

struct AgeLine {
    at: usize,
    found: Found,
    glued: String,
    is_edited: bool,
}

/// The replies of a page, in order.
pub(super) fn blocks(lines: &[Line]) -> Vec<Block> {
    let language = words::language(lines.iter().map(|line| line.text.as_str()));
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
    let boundary = filled.iter().position(|at| words::is_action(&lines[*at].text));
    let is_picture = |at: usize| picture_of(&lines[at].text).is_some() || lines[at].profile.is_some();
    let opening = filled.iter().take(HEAD).position(|at| is_picture(*at));
    let is_start = is_first && from == 0 && filled.len() <= HEAD - 2;
    let count = match (opening, boundary) {
        (Some(opening), _) if boundary.is_none_or(|boundary| opening < boundary) => opening + 1,
        (_, Some(boundary)) if boundary <= HEAD => boundary,
        _ if is_start && !age.glued.is_empty() => filled.len().min(1),
        _ if is_start => filled.len(),
        _ => unbounded(lines, &filled, age),
    };
    let count = count.min(filled.len());
    (count > 0).then(|| filled[count - 1]..age.at)
}

/// How many lines belong to an age where nothing stands between them and what is above: from the badge on, the name above it;
/// else the headline alone, and a name above it where the line looks like one.
fn unbounded(lines: &[Line], filled: &[usize], age: &AgeLine) -> usize {
    let badge = filled.iter().take(HEAD).position(|at| is_badge(&lines[*at].text));
    if let Some(badge) = badge {
        return badge + 2;
    }
    if !age.glued.is_empty() {
        return 1;
    }
    let is_name = |at: Option<&usize>| at.is_some_and(|at| looks_like_name(&lines[*at].text));
    if is_name(filled.get(1)) { 2 } else { 1 }
}

fn begin_block(lines: &[Line], head: Range<usize>, age: AgeLine) -> Block {
    let filled: Vec<&Line> = lines[head.clone()].iter().filter(|line| !line.text.is_empty()).collect();
    let is_unnamed = !age.glued.is_empty() && filled.len() == 1;
    let mut block = Block {
        age_line: age.at,
        age: age.found,
        glued: age.glued,
        body: age.at + 1..age.at + 1,
        actions: age.at + 1..age.at + 1,
        name: filled.iter().find_map(|line| picture_of(&line.text)),
        profile: filled.iter().find_map(|line| line.profile.clone()),
        headline: String::new(),
        is_author: filled.iter().any(|line| words::is(&line.text, Word::Author)),
        is_edited: age.is_edited || filled.iter().any(|line| words::is(&line.text, Word::Edited)),
        is_markdown: filled.iter().any(|line| line.is_markdown),
        reactions: None,
        head,
    };
    let is_plain = |line: &&&Line| {
        picture_of(&line.text).is_none()
            && !is_badge(&line.text)
            && !words::is(&line.text, Word::Edited)
            && !words::is(&line.text, Word::Author)
    };
    let mut rest: Vec<String> = filled.iter().filter(is_plain).map(|line| once(&line.text)).collect();
    if is_unnamed {
        block.headline = rest.join(" ");
        return block;
    }
    // The name stands first, unless the picture has told it already and the line is the headline.
    let named = block.name.clone();
    if !rest.is_empty() && named.as_ref().is_none_or(|name| *name == rest[0]) {
        let name = without_badge(&rest.remove(0));
        block.name = Some(name).filter(|name| !name.is_empty());
    }
    block.headline = rest.join(" ");
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
    let mut last = end;
    while last > begin
        && (lines[last - 1].text.is_empty()
            || words::is_action(&lines[last - 1].text)
            || is_fold(&lines[last - 1].text)
            || is_row(&lines[last - 1]))
    {
        last -= 1;
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

fn reactions_of(text: &str) -> Option<u64> {
    words::reactions(text).or_else(|| {
        // A row of actions: `Like Reply 1 Reaction 2 Reactions`; the second number is a hidden twin.
        let at = text.find(|c: char| c.is_ascii_digit()).filter(|at| *at > 0)?;
        let rest: Vec<&str> = text[at..].split_whitespace().take(2).collect();
        words::reactions(&rest.join(" "))
    })
}

fn is_report(text: &str) -> bool {
    let text = text.to_lowercase();
    words::is(&text, Word::Action)
        && (text.contains("report")
            || text.contains("melden")
            || text.contains("denunciar")
            || text.contains("signaler"))
        || text.trim_start_matches("- ") == "report this comment"
}

fn is_fold(text: &str) -> bool {
    matches!(text, "\u{2026}more" | "...more" | "\u{2026}see more" | "...see more" | "\u{2026}mehr" | "\u{2026}plus")
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
    rest.starts_with(|c: char| c.is_ascii_digit()) && rest.len() < 60
        || ["You", "Verified", "Premium", "out of network", "Follow"].iter().any(|word| rest.starts_with(word))
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
            text if words::is(text, Word::Action) && text.chars().count() > 1 => Role::Furniture,
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
