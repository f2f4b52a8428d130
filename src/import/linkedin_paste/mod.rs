//! LinkedIn, copied from a browser as text: a page with its replies, in any language of the interface. The format is nobody's;
//! what it can hold was collected from copies that people made.

pub mod ages;
mod blocks;
pub(super) mod line;
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
    pub language: Option<&'static str>,
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
    !is_other && !sample.contains('\0') && !blocks(&lines(&sample)).is_empty()
}

/// Reads it; the essay above the replies, if it is there, gives the thread its title.
///
/// # Errors
/// The file is no text, or holds no reply.
pub fn read(input: &Input, harvest: &mut dyn Harvest) -> Result<(), Unreadable> {
    let part = input.single().ok_or_else(|| Unreadable::new("a single text file is wanted"))?;
    let page = read_page(&part.text()?);
    if page.replies.is_empty() {
        return Err(Unreadable::new("no reply is found in it: no line is an age such as `4y` or `2 Jahre`"));
    }
    for number in &page.ambiguous {
        let reason = "its age means different things in different languages, so it has no date";
        harvest.left(format!("line {number}"), reason.to_owned());
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
    let lines = lines(text);
    let blocks = blocks(&lines);
    let roles = roles_of(&lines, &blocks);
    let mut page = Page { language: words::language(lines.iter().map(|line| line.text.as_str())), ..Page::default() };
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
        if matches!(block.age, ages::Found::Ambiguous) {
            page.ambiguous.push(block.age_line + 1);
        }
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
            ages::Found::Ambiguous => When::Unknown,
        },
        is_edited: block.is_edited,
        body: Body {
            text: paragraphs(&body, has_blanks),
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
            by_name.insert(name.clone(), at);
        }
        let heading = block.actions.clone().filter_map(|line| words::answers_to(&lines[line].text)).next_back();
        if let Some((count, name)) = heading
            && let Some(parent) = by_name.get(&name)
        {
            open = Some((*parent, count));
        }
    }
    let has_answers = blocks.iter().any(|block| {
        block.actions.clone().any(|line| {
            lines[line].text.to_lowercase().contains("repl")
                && words::reactions(&lines[line].text).is_none()
                && lines[line].text.starts_with(|c: char| c.is_ascii_digit())
        })
    });
    if has_answers && page.replies.iter().all(|reply| reply.parent.is_none()) {
        page.gaps.push("the copy does not say which reply answers which; all stand on one level".to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Unit;
    use super::*;

    fn page(text: &str) -> Page {
        let page = read_page(text);
        assert_eq!(page.roles.len(), text.lines().count(), "every line has a role");
        page
    }

    #[test]
    fn a_reply_without_a_name_has_none_and_its_age_is_cut_off_its_words() {
        let page = page(
            "On Keels\nA keel is what you do not see.\nAlso on LinkedIn: go to my Medium page (link at top) to continue the conversation\nShipwright | #wood\n4 \u{5e74}But wait, is it not ballast?\nA second paragraph.\nRigger @ Yard\n2 \u{4e2a}\u{6708}The mast matters more.",
        );
        assert_eq!((page.title.as_str(), page.paragraphs.len(), page.cross_posts.len()), ("On Keels", 1, 1));
        let first = &page.replies[0];
        assert_eq!(
            (first.author.name.as_deref(), first.author.headline.as_deref()),
            (None, Some("Shipwright | #wood"))
        );
        assert_eq!(first.body.text, "But wait, is it not ballast?\n\nA second paragraph.");
        assert!(matches!(&first.date, When::Age(age) if age.count == 4 && age.unit == Unit::Year), "{:?}", first.date);
        assert_eq!(page.replies[1].author.headline.as_deref(), Some("Rigger @ Yard"));
        assert_eq!(page.replies[1].body.text, "The mast matters more.");
    }

    #[test]
    fn a_full_copy_gives_names_badges_reactions_and_answers() {
        let text = "View Ada Keel\u{2019}s  graphic link\nAda KeelAda Keel\n   \u{2022} 2ndPremium \u{2022} 2nd\nPilot at HarbourPilot at Harbour\n4y\n\nGood. 3y ago I would not have said so.\n\nMore.\n\nLike\nlikeinsightful\n3\nReply\n1 Reply on Ada Keel\u{2019}s comment\n\nView Bo Mast\u{2019}s  graphic link\nBo MastBo Mast\n   Author\n4y \u{2022} Edited \u{2022}\n\nReply\nhashtag#wood is how I read it.\n\nLike\n1\nReply\n";
        let page = page(text);
        let [ada, bo] = page.replies.as_slice() else { panic!("{:#?}", page.replies) };
        assert_eq!(
            (ada.author.name.as_deref(), ada.author.headline.as_deref()),
            (Some("Ada Keel"), Some("Pilot at Harbour"))
        );
        assert_eq!(
            (ada.body.text.as_str(), ada.reactions),
            ("Good. 3y ago I would not have said so.\n\nMore.", Some(3))
        );
        assert_eq!((bo.author.name.as_deref(), bo.author.headline.as_deref()), (Some("Bo Mast"), None));
        assert_eq!((bo.author.is_essay_author, bo.is_edited, bo.reactions), (true, true, Some(1)));
        assert_eq!(bo.body.text, "Reply\n#wood is how I read it.");
        assert_eq!(bo.parent, ada.id);
        assert!(ada.id.is_some());
    }

    #[test]
    fn other_languages_are_read_by_their_own_words() {
        let page = page(
            "Gita Reling\n\u{2022} 2.\nBootsbauerin\n2 Jahre\nBearbeitet\n\u{201e}Vor 3 Jahren\u{201c} war es anders.\nGef\u{e4}llt mir\nAntworten\n1 Reaktion\nHugo Mast\nAutor:in\n1 Woche\nDanke!\nGef\u{e4}llt mir\nAntworten",
        );
        let [gita, hugo] = page.replies.as_slice() else { panic!("{:#?}", page.replies) };
        assert_eq!(
            (gita.author.name.as_deref(), gita.author.headline.as_deref()),
            (Some("Gita Reling"), Some("Bootsbauerin"))
        );
        assert_eq!((gita.is_edited, gita.reactions), (true, Some(1)));
        assert!(gita.body.text.starts_with('\u{201e}'));
        assert_eq!((hugo.author.name.as_deref(), hugo.author.is_essay_author), (Some("Hugo Mast"), true));
        assert_eq!(page.language, Some("de"));
    }

    #[test]
    fn a_clip_in_markdown_gives_addresses_and_loses_detours() {
        let page = page(
            "[Lars Mast](https://www.linkedin.com/in/lars?trk=x)\n\nRigger\n\n6mo\n\n- [Report this comment](https://www.linkedin.com/uas/login)\n\nThe *mast*, [as here](https://www.linkedin.com/redir/redirect?url=https%3A%2F%2Fexample.org%2Fmast&urlhash=a&trk=b).\n\n[Like](https://x.example/1)[Reply](https://x.example/2)[1 Reaction](https://x.example/3) 2 Reactions\n",
        );
        let reply = &page.replies[0];
        assert_eq!(
            (reply.author.name.as_deref(), reply.author.url.as_deref()),
            (Some("Lars Mast"), Some("https://www.linkedin.com/in/lars"))
        );
        assert_eq!(reply.author.headline.as_deref(), Some("Rigger"));
        assert_eq!(reply.body.text, "The *mast*, [as here](https://example.org/mast).");
        assert_eq!((reply.body.format, reply.reactions), (Format::Markdown, Some(1)));
    }

    #[test]
    fn garbage_has_no_replies_and_does_no_harm() {
        for text in [
            "",
            "\n\n\n",
            "Just an essay.\nWith 3 days in it.",
            "4y",
            &"4y\n".repeat(3_000),
            &"\u{2022} ".repeat(5_000),
        ] {
            let page = read_page(text);
            assert_eq!(page.roles.len(), text.lines().count());
        }
        assert!(read_page("Just an essay.\nWith 3 days in it.").replies.is_empty());
    }
}
