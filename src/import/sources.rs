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
    crate::import::disqus, "Disqus export", true;
    crate::import::wordpress, "WordPress export", true;
    crate::import::hackernews, "Hacker News thread", false;
    crate::import::mastodon, "Mastodon thread", false;
    crate::import::own_json, "Own JSON", false;
    crate::import::linkedin_paste, "LinkedIn, copied as text", false;
}

/// The sources that an input looks like; those with this name where one is given.
#[must_use]
pub fn of_input(input: &Input, name: Option<&str>) -> Vec<&'static Source> {
    let named = ALL.iter().filter(|source| name.is_none_or(|name| source.name == name));
    let fitting: Vec<&Source> = named.clone().filter(|source| (source.recognises)(input)).collect();
    // Who names a source has it read as that, recognised or not, if only one reader can be meant.
    let all: Vec<&Source> = named.collect();
    if fitting.is_empty() && name.is_some() && all.len() == 1 { all } else { fitting }
}
