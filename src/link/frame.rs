//! What follows from front matter and the names of files alone: which order, which address, which names everything has. While
//! somebody writes, texts change all the time and this hardly ever.

use std::sync::Arc;

use super::names::{Hidden, Names};
use super::{LeftOut, LinkInput, Site, collections, concepts, related, routes};
use crate::base::diagnostic::Diagnostics;
use crate::base::path::SitePath;
use crate::model::source::Asset;
use crate::model::writing::Writing;

/// A site as far as front matter decides it.
pub(super) struct Frame {
    /// Everything but what depends on texts: writings, conversations, mentions, targets, pictures, backlinks, appearances, ties.
    site: Site,
    pub(super) diagnostics: Diagnostics,
    writings: Vec<Arc<Writing>>,
    /// Files that go out as they are.
    assets: Vec<SitePath>,
    has_replies: bool,
}

/// A frame of which concepts and series are there: all that is needed to look for concepts in texts.
pub(super) struct Begun {
    pub(super) site: Site,
    hidden: Hidden,
    diagnostics: Diagnostics,
}

impl Begun {
    /// The beginning of the frame of a site whose writings and conversations are there.
    pub(super) fn of(site: &Site) -> Self {
        let mut diagnostics = Diagnostics::default();
        let mut site = site.clone();
        let hidden = Hidden::new(&site.left_out);
        concepts::collect(&mut site, &hidden, &mut diagnostics);
        collections::collect_series(&mut site, &mut diagnostics);
        Self { site, hidden, diagnostics }
    }

    /// Addresses and names.
    pub(super) fn finish(self, assets: &[Asset]) -> Frame {
        let Self { mut site, hidden, mut diagnostics } = self;
        routes::assign(&mut site, &hidden, assets, &mut diagnostics);
        site.names = Arc::new(Names::new(&site, hidden));
        let names = Arc::clone(&site.names);
        related::find_wishes(&mut site, &names, &mut diagnostics);
        let has_replies = site.has_replies();
        site.conversations.clear();
        let writings = std::mem::take(&mut site.writings);
        let assets = assets.iter().map(|asset| asset.path.clone()).collect();
        Frame { site, diagnostics, writings, assets, has_replies }
    }
}

impl Frame {
    /// Whether these writings have the front matter, and these files the names, from which this frame was made.
    pub(super) fn fits(&self, writings: &[Arc<Writing>], left_out: &[LeftOut], input: &LinkInput<'_>) -> bool {
        let same = |(old, new): (&Arc<Writing>, &Arc<Writing>)| {
            Arc::ptr_eq(old, new) || old.kind == new.kind && old.path == new.path && old.meta == new.meta
        };
        let assets = input.assets;
        self.site.urls == input.book.urls
            && self.writings.len() == writings.len()
            && self.assets.len() == assets.len()
            && self.writings.iter().zip(writings).all(same)
            && self.assets.iter().zip(assets).all(|(old, new)| *old == new.path)
            && self.site.left_out == left_out
    }

    /// Whether the site has a page of replies exactly where this frame has one.
    pub(super) fn fits_replies(&self, site: &Site) -> bool {
        self.has_replies == site.has_replies()
    }

    /// The order of essays.
    pub(super) fn order(&self, site: &mut Site) {
        site.essays.clone_from(&self.site.essays);
        site.ages.clone_from(&self.site.ages);
        site.pages.clone_from(&self.site.pages);
    }

    /// Puts into a site what this frame says of it.
    pub(super) fn fill(&mut self, site: &mut Site) {
        // The texts may be newer than the frame: older ones are not kept.
        self.writings.clone_from(&site.writings);
        let (writings, conversations) = (std::mem::take(&mut site.writings), std::mem::take(&mut site.conversations));
        *site = Site { writings, conversations, ..self.site.clone() };
    }
}
