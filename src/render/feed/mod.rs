//! Feeds to bytes. Knows how Atom, RSS and JSON Feed are written, not what stands in them.

mod atom;
mod json;
mod rss;

use super::Input;
use crate::base::path::Route;
use crate::view::feeds::{Feed, Format};

/// A feed as it stands at an address. Without a `base_url` there is none.
pub(super) fn write(feed: Feed, route: &Route, input: &Input<'_>) -> Vec<u8> {
    let Some(channel) = input.viewer.channel(feed) else { return Vec::new() };
    // As seen from the feed, so that it is found wherever the site is looked at.
    let style = input.theme.asset("feed.css").map(|file| format!("{}{file}", route.to_root()));
    match feed.format {
        Format::Atom => atom::write(&channel, style.as_deref()).into_bytes(),
        Format::Rss => rss::write(&channel, style.as_deref()).into_bytes(),
        Format::Json => json::write(&channel),
    }
}
