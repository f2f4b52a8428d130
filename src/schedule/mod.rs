//! The days on which a site changes by itself: essays appear, and essays go. Knows no host and no file.

pub mod cron;
mod github;
mod gitlab;
pub mod workflow;

use std::sync::Arc;

use jiff::civil;

use crate::base::date::Date;
use crate::base::path::{SitePath, is_bidi};
use crate::model::writing::Writing;

/// What happens on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// An essay is shown from this day on.
    Appears,
    /// An essay is not shown any more from this day on.
    Goes,
}

/// An essay that changes the site by itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// The day.
    pub day: civil::Date,
    /// What happens.
    pub change: Change,
    /// The title of the essay.
    pub title: String,
    /// Its file.
    pub path: SitePath,
}

impl Due {
    /// `"Trust" appears`, `"Trust" goes`, on one line whatever the title holds.
    #[must_use]
    pub fn to_words(&self) -> String {
        let title: String = self.title.chars().map(|c| if breaks(c) { ' ' } else { c }).collect();
        let change = match self.change {
            Change::Appears => "appears",
            Change::Goes => "goes",
        };
        format!("\"{title}\" {change}")
    }

    /// `2 March 2027`.
    #[must_use]
    pub fn day_in_words(&self) -> String {
        Date::day(self.day).to_words()
    }
}

/// Whether a character ends a line somewhere, or turns the rest of it around.
fn breaks(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') || is_bidi(c)
}

/// What falls due after this day, the next first.
#[must_use]
pub fn due(writings: &[Arc<Writing>], today: civil::Date) -> Vec<Due> {
    let mut all = Vec::new();
    for writing in writings.iter().filter(|writing| !writing.meta.is_draft) {
        let (from, until) =
            (writing.meta.date.map(|date| date.as_day()), writing.meta.expires.map(|date| date.as_day()));
        // An essay that goes before it comes is never shown.
        if until.is_some_and(|until| from.is_some_and(|from| until <= from)) {
            continue;
        }
        for (day, change) in [(from, Change::Appears), (until, Change::Goes)] {
            let Some(day) = day.filter(|day| *day > today) else { continue };
            all.push(Due { day, change, title: writing.meta.title.clone(), path: writing.path.clone() });
        }
    }
    all.sort();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::diagnostic::Diagnostics;
    use crate::model::prose::Facts;
    use crate::model::text::Text;
    use crate::model::writing::{Kind, Meta};

    fn essay(title: &str, date: &str, expires: &str, is_draft: bool) -> Arc<Writing> {
        let day = |written: &str| Date::parse(written).ok();
        let meta =
            Meta { title: title.to_owned(), date: day(date), expires: day(expires), is_draft, ..Meta::default() };
        let path = SitePath::new(&format!("content/essays/{title}.md")).expect("clean");
        Arc::new(Writing {
            kind: Kind::Essay,
            path,
            meta,
            findings: Diagnostics::default(),
            facts: Facts::default(),
            text: Text::default(),
            found_before: Arc::default(),
        })
    }

    #[test]
    fn what_lies_ahead_is_due_in_order() {
        let writings = [
            essay("later", "2027-05-01", "2027-06-01", false),
            essay("sooner", "2027-03-02T23:30:00-08:00", "", false),
            essay("draft", "2027-03-02", "", true),
            essay("today", "2027-03-01", "2027-03-01", false),
            essay("old", "2020-01-01", "2027-04-01", false),
            essay("never", "2027-08-01", "2027-07-01", false),
            essay("undated", "", "", false),
        ];
        let today = civil::date(2027, 3, 1);
        let found: Vec<String> =
            due(&writings, today).iter().map(|due| format!("{}: {}", due.day_in_words(), due.to_words())).collect();
        let wanted = [
            "2 March 2027: \"sooner\" appears",
            "1 April 2027: \"old\" goes",
            "1 May 2027: \"later\" appears",
            "1 June 2027: \"later\" goes",
        ];
        assert_eq!(found, wanted);
    }
}
