//! Who is shown: drafts, schedule and expiry, as of a day. Knows nothing of addresses and links.

use std::sync::Arc;

use super::LinkInput;
use crate::base::diagnostic::Diagnostics;
use crate::base::path::{Route, SitePath};
use crate::base::slug::slug;
use crate::model::urls::Urls;
use crate::model::writing::{Kind, Writing};

/// Why a writing is not shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// `draft = true`
    Draft,
    /// Its date lies ahead.
    Scheduled(jiff::civil::Date),
    /// Its `expires` day has come.
    Expired(jiff::civil::Date),
}

impl Why {
    /// The badge on a page that is shown all the same.
    #[must_use]
    pub fn badge(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Scheduled(_) => "Scheduled",
            Self::Expired(_) => "Expired",
        }
    }

    /// The reason in words, to stand behind the file's name.
    #[must_use]
    pub fn to_words(self) -> String {
        match self {
            Self::Draft => "a draft".to_owned(),
            Self::Scheduled(day) => format!("scheduled for {day}"),
            Self::Expired(day) => format!("expired on {day}"),
        }
    }
}

/// A writing that is not shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// What it is.
    pub kind: Kind,
    /// The file.
    pub path: SitePath,
    /// Its title.
    pub title: String,
    /// Its slug, chosen or made.
    pub slug: String,
    /// Its address.
    pub route: Route,
    /// Slugs of the concepts and the series that it names.
    pub names: Vec<String>,
    /// Why.
    pub why: Why,
}

/// Why this writing is not public on the day; `None` for what readers see.
#[must_use]
pub fn reason(writing: &Writing, as_of: jiff::civil::Date) -> Option<Why> {
    let meta = &writing.meta;
    if meta.is_draft {
        return Some(Why::Draft);
    }
    if let Some(day) = meta.expires.map(|date| date.as_day()).filter(|day| *day <= as_of) {
        return Some(Why::Expired(day));
    }
    meta.date.map(|date| date.as_day()).filter(|day| *day > as_of).map(Why::Scheduled)
}

/// Parts those that are shown from those that are not. What is wrong in the text of a writing counts only where it is
/// shown: an unfinished draft stops nobody from publishing the rest.
pub(super) fn split(
    writings: Vec<Arc<Writing>>,
    input: &LinkInput<'_>,
    diagnostics: &mut Diagnostics,
) -> (Vec<Arc<Writing>>, Vec<LeftOut>) {
    let mut shown = Vec::with_capacity(writings.len());
    let mut left_out = Vec::new();
    for writing in writings {
        match reason(&writing, input.as_of) {
            Some(why) if !input.with_drafts => left_out.push(left_out_as(&writing, &input.book.urls, why)),
            _ => {
                diagnostics.append(writing.findings.clone());
                shown.push(writing);
            }
        }
    }
    (shown, left_out)
}

fn left_out_as(writing: &Writing, urls: &Urls, why: Why) -> LeftOut {
    LeftOut {
        kind: writing.kind,
        slug: super::routes::slug_of(writing),
        route: super::routes::route_of(writing, urls),
        names: writing.meta.concepts.iter().chain(&writing.meta.series).map(|name| slug(&name.value)).collect(),
        path: writing.path.clone(),
        title: writing.meta.title.clone(),
        why,
    }
}
