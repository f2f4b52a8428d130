//! What is looked up by name in a whole edition: pages by the names that links may use, essays by the titles that
//! stand in texts, files of replies by their essays. Made when it is first asked for, and kept
//! as long as front matter and the names of files stay what they are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::edition::Edition;
use crate::base::path::SitePath;
use crate::link::{Names, PageId, WholeWords, WritingId, forms, reason_not_public, threads};

/// A title of one word must be this long: shorter ones stand everywhere.
const LONG_WORD: usize = 12;

/// Names of an edition.
pub(super) struct Directory {
    names: Arc<Names>,
    titles: Option<WholeWords<WritingId>>,
    replies: BTreeMap<WritingId, SitePath>,
}

impl Directory {
    pub(super) fn of(edition: &Edition) -> Self {
        let site = &edition.site;
        let (mut patterns, mut owners, mut taken) = (Vec::new(), Vec::new(), BTreeSet::new());
        for id in &site.essays {
            let writing = site.writing(*id);
            let title = writing.meta.title.as_str();
            let is_telling = title.split_whitespace().count() >= 2 || title.chars().count() >= LONG_WORD;
            // A link to what readers do not see would be shown to them as plain text.
            if !is_telling || reason_not_public(writing, edition.snapshot.as_of).is_some() {
                continue;
            }
            let typographic = title.replace('\'', "\u{2019}");
            let own =
                [title.to_owned(), typographic.clone()].into_iter().chain(forms(title)).chain(forms(&typographic));
            for form in own.filter(|form| taken.insert(form.clone())).collect::<Vec<_>>() {
                patterns.push(form);
                owners.push(*id);
            }
        }
        let titles = WholeWords::new(&patterns, owners);
        let essays = threads::essays_by_name(site);
        let replies = edition
            .replies
            .iter()
            .filter_map(|file| Some((*essays.get(threads::name_of_replies(&file.path))?, file.path.clone())));
        Self {
            names: Arc::clone(&site.names),
            // More titles than the machine has room for: they are not looked for.
            titles: titles.ok().filter(|_| !patterns.is_empty()),
            replies: replies.collect(),
        }
    }

    /// The page that a wikilink with this target leads to, as a whole.
    pub(super) fn page(&self, target: &str) -> Option<PageId> {
        self.names.page(target)
    }

    /// The name that tells a page from those of other kinds.
    pub(super) fn label(&self, page: PageId) -> Option<&str> {
        self.names.label(page)
    }

    /// The file of replies to an essay.
    pub(super) fn replies(&self, essay: WritingId) -> Option<&SitePath> {
        self.replies.get(&essay)
    }

    /// Titles of essays in a text, whole words, the longest where several stand at one place, in the order of the text.
    pub(super) fn titles_in(&self, text: &str) -> Vec<(usize, usize, WritingId)> {
        self.titles.as_ref().map_or_else(Vec::new, |titles| titles.longest(text))
    }
}
