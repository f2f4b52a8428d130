//! Every source that replies can come from, and which of them an input is. Knows no record.

use super::foreign::{Harvest, Unreadable};
use super::input::Input;

/// A source.
pub struct Source {
    /// The word for it in files and on the command line.
    pub name: &'static str,
    /// What its file is, for people.
    pub what: &'static str,
    /// Whether its export holds every reply of a thread, so that one that is missing is gone.
    pub is_whole: bool,
    /// Whether an input looks like one.
    pub recognises: fn(&Input) -> bool,
    /// Reads one.
    pub read: fn(&Input, &mut dyn Harvest) -> Result<(), Unreadable>,
}

/// Declares the table of sources from their modules.
macro_rules! sources {
    ($($module:path, $what:literal, $is_whole:literal;)*) => {
        /// Every source, in the order in which they are tried.
        pub const ALL: &[Source] = &[$({
            use $module as module;
            Source {
                name: module::NAME,
                what: $what,
                is_whole: $is_whole,
                recognises: module::recognises,
                read: module::read,
            }
        }),*];
    };
}

sources! {
    crate::import::medium_export, "Medium export", true;
    crate::import::linkedin_export, "LinkedIn export, own comments", false;
    crate::import::isso, "Isso database", true;
    crate::import::substack, "Substack comments or export", false;
    crate::import::disqus, "Disqus export", true;
    crate::import::wordpress, "WordPress export", true;
    crate::import::blogger, "Blogger export", true;
    crate::import::linkedin_page, "LinkedIn page", false;
    crate::import::medium, "Medium responses", false;
    crate::import::mastodon, "Mastodon thread", true;
    crate::import::reddit, "Reddit thread", false;
    crate::import::reddit_feed, "Reddit feed", false;
    crate::import::bluesky, "Bluesky thread", true;
    crate::import::hackernews, "Hacker News thread", true;
    crate::import::webmention, "Webmentions of webmention.io", false;
    crate::import::github, "GitHub discussions or issues", true;
    crate::import::commento, "Commento export", true;
    crate::import::comentario, "Comentario export", true;
    crate::import::remark42, "Remark42 backup", true;
    crate::import::artalk, "Artalk export", true;
    crate::import::valine, "Valine or Waline export", true;
    crate::import::isso_json, "Isso generic JSON", true;
    crate::import::staticman, "Staticman comments", true;
    crate::import::ghost, "Ghost comments", false;
    crate::import::csv_table, "CSV table", false;
    crate::import::own_json, "Own JSON", false;
    crate::import::movabletype, "Movable Type export", true;
    crate::import::json_tree, "JSON of a website's own comments", true;
    crate::import::mbox, "Letters (mbox or eml)", false;
    crate::import::linkedin_paste, "LinkedIn, copied as text", false;
}

/// The sources that an input looks like; those with this name where one is given.
#[must_use]
pub fn of_input(input: &Input, name: Option<&str>) -> Vec<&'static Source> {
    let named = ALL.iter().filter(|source| name.is_none_or(|name| source.name == name));
    let fitting: Vec<&Source> = named.clone().filter(|source| (source.recognises)(input)).collect();
    if !fitting.is_empty() || name.is_none() {
        return fitting;
    }
    // Who names a source has it read as that, recognised or not; of several readers, the one for folders or the one for files
    // says what it misses.
    let all: Vec<&Source> = named.collect();
    let one = if input.is_folder { all.first() } else { all.last() };
    one.copied().into_iter().collect()
}
