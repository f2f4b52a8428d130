//! What most probably took the place of a page or heading that is gone. Knows names, not texts.

use std::collections::{BTreeMap, BTreeSet};

use super::{Address, Addresses, What, kind_of, last_part};
use crate::base::diagnostic::nearest;
use crate::base::path::SitePath;
use crate::base::slug::slug;
use crate::model::prose::{Outline, Shape};
use crate::model::published::{Promise, Published};
use crate::model::urls::Urls;
use crate::model::writing::Kind;

/// Looking for the nearest name costs a look at every page; where hundreds are gone, they did not go by a slip of the pen.
const MOST_NEAREST: usize = 20;

/// The page that most probably took the place of another.
pub(super) struct Successor<'a> {
    pub(super) page: &'a Address,
    /// Whether it is made from the same file.
    pub(super) is_certain: bool,
}

/// The pages of a site, by what they may have in common with one that is gone.
pub(super) struct Successors<'a> {
    by_path: BTreeMap<&'a SitePath, &'a Address>,
    by_name: BTreeMap<(Kind, String), Vec<&'a Address>>,
    /// Pages that readers do not know yet, by their headings.
    by_heading: BTreeMap<(Kind, &'a str), Vec<&'a Address>>,
    /// Their slugs.
    by_slug: BTreeMap<(Kind, &'a str), &'a Address>,
    looked: usize,
    urls: &'a Urls,
}

impl<'a> Successors<'a> {
    pub(super) fn new(published: &Published, now: &'a Addresses) -> Self {
        let known: BTreeSet<&str> = published.promises.iter().map(|promise| promise.route.as_str()).collect();
        let mut found = Self {
            by_path: BTreeMap::new(),
            by_name: BTreeMap::new(),
            by_heading: BTreeMap::new(),
            by_slug: BTreeMap::new(),
            looked: 0,
            urls: &now.urls,
        };
        for page in now.iter().filter(|page| page.why.is_none()) {
            let What::Writing(kind) = page.what else { continue };
            let is_new = !known.contains(page.route.as_str());
            let names = page.writing.iter().flat_map(|writing| &writing.meta.names).map(|name| name.value.as_str());
            for name in std::iter::once(page.title.as_str()).chain(names) {
                let named = found.by_name.entry((kind, slug(name))).or_default();
                // New ones first: an address that readers know already had its own page all the time.
                named.insert(if is_new { 0 } else { named.len() }, page);
            }
            if let Some(writing) = &page.writing {
                found.by_path.insert(&writing.path, page);
            }
            if is_new {
                page.headings().for_each(|id| found.by_heading.entry((kind, id)).or_default().push(page));
                found.by_slug.insert((kind, last_part(&page.route)), page);
            }
        }
        found
    }

    /// The page that most probably took the place of the one that was promised.
    pub(super) fn find(&mut self, promise: &Promise) -> Option<Successor<'a>> {
        if let Some(page) = promise.from.as_ref().and_then(|from| self.by_path.get(from)) {
            return Some(Successor { page, is_certain: true });
        }
        let kind = kind_of(promise, self.urls)?;
        let names = [slug(&promise.title), last_part(&promise.route).to_owned()].into_iter();
        let named = names.filter(|name| !name.is_empty()).find_map(|name| self.by_name.get(&(kind, name))?.first());
        let page = named.copied().or_else(|| self.with_same_headings(kind, promise)).or_else(|| {
            self.looked += 1;
            let slugs = self.by_slug.keys().filter(|(other, _)| *other == kind).map(|(_, slug)| *slug);
            let near = nearest(last_part(&promise.route), slugs).filter(|_| self.looked <= MOST_NEAREST)?;
            self.by_slug.get(&(kind, near)).copied()
        })?;
        Some(Successor { page, is_certain: false })
    }

    /// The new page that has more than half of the headings, if there are several.
    fn with_same_headings(&self, kind: Kind, promise: &Promise) -> Option<&'a Address> {
        let mut shared: BTreeMap<&str, (usize, &Address)> = BTreeMap::new();
        for heading in &promise.headings {
            for page in self.by_heading.get(&(kind, heading.value.as_str())).into_iter().flatten() {
                shared.entry(&page.file).or_insert((0, page)).0 += 1;
            }
        }
        let (count, page) = shared.into_values().max_by_key(|(count, _)| *count)?;
        (count > 1 && count * 2 > promise.headings.len()).then_some(page)
    }
}

/// For each promised heading that a page lacks, where the one begins that most probably took its place: an unpromised one
/// between the same neighbours, otherwise one of a similar name.
pub(super) fn headings<'a>(outline: &Outline, promises: &[&'a Promise]) -> BTreeMap<&'a str, u32> {
    let promised: BTreeSet<&str> =
        promises.iter().flat_map(|promise| &promise.headings).map(|heading| heading.value.as_str()).collect();
    let blocks = outline.blocks.iter().filter(|block| block.shape == Shape::Heading);
    let starts: BTreeMap<&str, u32> = blocks.map(|block| (block.id.as_str(), block.source)).collect();
    let now: Vec<&str> = outline.headings.iter().map(|heading| heading.id.as_str()).collect();
    let place = |id: &str| now.iter().position(|other| *other == id);
    let mut free: BTreeSet<usize> = (0..now.len()).filter(|at| !promised.contains(now[*at])).collect();
    let mut found = BTreeMap::new();
    for promise in promises {
        let before: Vec<&'a str> = promise.headings.iter().map(|heading| heading.value.as_str()).collect();
        for run in before.chunk_by(|a, b| place(a).is_none() && place(b).is_none()) {
            let lost: Vec<&'a str> =
                run.iter().copied().filter(|id| place(id).is_none() && !found.contains_key(id)).collect();
            let (Some(first), Some(last)) = (lost.first(), lost.last()) else { continue };
            let order = |id: &str| before.iter().position(|other| *other == id).unwrap_or(0);
            let above = before[..order(first)].iter().rev().find_map(|id| place(id)).map_or(0, |above| above + 1);
            let below = before[order(last)..].iter().find_map(|id| place(id)).unwrap_or(now.len());
            let mut between: Vec<usize> = free.iter().copied().filter(|at| (above..below).contains(at)).collect();
            let is_paired = between.len() == lost.len();
            for id in lost {
                let chosen = if is_paired {
                    Some(between.remove(0))
                } else {
                    let chosen = most_alike(id, &between, &now).or_else(|| {
                        let near = nearest(id, free.iter().map(|at| now[*at]))?;
                        place(near)
                    });
                    between.retain(|at| Some(*at) != chosen);
                    chosen
                };
                let Some(chosen) = chosen else { continue };
                free.remove(&chosen);
                found.extend(starts.get(now[chosen]).map(|start| (id, *start)));
            }
        }
    }
    found
}

/// Of several headings the one most like this name; of those that are nothing alike the first.
fn most_alike(id: &str, places: &[usize], now: &[&str]) -> Option<usize> {
    let likeness = |at: &usize| strsim::normalized_damerau_levenshtein(id, now[*at]);
    places.iter().rev().copied().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
}
