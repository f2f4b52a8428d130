//! Orders: essays by date, series by part. Knows nothing of links.

use std::collections::BTreeMap;

use super::routes::{route_of, route_without_file};
use super::{SeriesId, Site, WritingId, index};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::path::Route;
use crate::base::slug::slug;
use crate::base::span::Span;
use crate::model::writing::{Kind, Writing};

/// Essays meant to be read in order.
#[derive(Clone, Debug)]
pub struct Series {
    /// Its slug.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// Its address.
    pub route: Route,
    /// Its file, if it has one.
    pub writing: Option<WritingId>,
    /// Where an essay names it first, if it has no file.
    pub named_at: Option<Span>,
    /// Its essays, in order.
    pub essays: Vec<WritingId>,
}

impl Site {
    /// The series an essay belongs to, and its place there, from 0.
    #[must_use]
    pub fn place_in_series(&self, essay: WritingId) -> Option<(SeriesId, usize)> {
        self.series_of.get(&essay).copied()
    }
}

pub(super) fn sort_essays(site: &mut Site) {
    let ids_of = |kind: Kind| -> Vec<WritingId> {
        let of_kind =
            |(at, writing): (usize, &std::sync::Arc<Writing>)| (writing.kind == kind).then(|| WritingId(index(at)));
        site.writings.iter().enumerate().filter_map(of_kind).collect()
    };
    let (mut essays, mut pages) = (ids_of(Kind::Essay), ids_of(Kind::Page));
    essays.sort_by_cached_key(|id| (site.writing(*id).meta.date, *id));
    pages.sort_by(|a, b| site.writing(*a).meta.title.cmp(&site.writing(*b).meta.title).then(a.cmp(b)));
    let mut ages = vec![0; site.writings.len()];
    (0..).zip(&essays).for_each(|(age, id)| ages[id.0 as usize] = age);
    (site.essays, site.pages, site.ages) = (essays, pages, ages.into());
}

pub(super) fn collect_series(site: &mut Site, diagnostics: &mut Diagnostics) {
    let mut by_slug: BTreeMap<String, Series> = BTreeMap::new();
    let mut title_to_slug: BTreeMap<String, String> = BTreeMap::new();
    for (at, writing) in site.writings.iter().enumerate().filter(|(_, writing)| writing.kind == Kind::Series) {
        let own = super::routes::slug_of(writing);
        let other = title_to_slug.insert(slug(&writing.meta.title), own.clone()).filter(|other| *other != own);
        if let Some(other) = other.and_then(|other| by_slug.get(&other)?.writing) {
            diagnostics.push(
                Diagnostic::new(
                    Code::DuplicateName,
                    Span::file(&writing.path),
                    format!("another series has the title `{}` too", writing.meta.title),
                )
                .label(Span::file(&site.writing(other).path), "here")
                .help("give one of them another title"),
            );
        }
        by_slug.entry(own.clone()).or_insert_with(|| Series {
            writing: Some(WritingId(index(at))),
            ..new_series(own, writing.meta.title.clone(), route_of(writing, &site.urls))
        });
    }
    for id in &site.essays {
        let writing = site.writing(*id);
        let Some(named) = &writing.meta.series else { continue };
        let wanted = slug(&named.value);
        let own = title_to_slug.get(&wanted).cloned().unwrap_or(wanted);
        let span = Span { path: writing.path.clone(), range: Some(named.range) };
        let series = by_slug.entry(own).or_insert_with_key(|own| {
            let route = route_without_file(Kind::Series, own, &site.urls);
            Series { named_at: Some(span), ..new_series(own.clone(), named.value.clone(), route) }
        });
        series.essays.push(*id);
    }
    site.series = by_slug.into_values().collect();
    for series in &mut site.series {
        let part = |id: &WritingId| site.writings[id.0 as usize].meta.part.as_ref().map_or(i64::MAX, |part| part.value);
        series.essays.sort_by_key(|id| (part(id), site.writings[id.0 as usize].meta.date, *id));
        for pair in series.essays.windows(2) {
            let (first, second) = (&site.writings[pair[0].0 as usize], &site.writings[pair[1].0 as usize]);
            let (Some(a), Some(b)) = (&first.meta.part, &second.meta.part) else { continue };
            if a.value == b.value {
                let span = |writing: &Writing, range| Span { path: writing.path.clone(), range: Some(range) };
                diagnostics.push(
                    Diagnostic::new(
                        Code::DuplicatePart,
                        span(second, b.range),
                        format!("part {} of the series `{}` is taken already", b.value, series.title),
                    )
                    .label(span(first, a.range), "by this essay")
                    .help("give one of them another `part`"),
                );
            }
        }
    }
    for (at, series) in site.series.iter().enumerate() {
        for (place, essay) in series.essays.iter().enumerate() {
            site.series_of.insert(*essay, (SeriesId(index(at)), place));
        }
    }
}

fn new_series(own: String, title: String, route: Route) -> Series {
    Series { slug: own, title, route, writing: None, named_at: None, essays: Vec::new() }
}
