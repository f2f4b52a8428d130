//! Feeds to bytes. Knows how Atom, RSS and JSON Feed are written, not what stands in them.

mod atom;
mod json;
mod rss;
mod xml;

use super::Input;
use crate::view::feeds::{Feed, Format};

/// A feed. Without a `base_url` there is none.
pub(super) fn write(feed: Feed, input: &Input<'_>) -> Vec<u8> {
    let Some(channel) = input.viewer.channel(feed) else { return Vec::new() };
    let style = input.theme.asset("feed.css").map(|file| format!("{}{file}", input.book.base_path()));
    match feed.format {
        Format::Atom => atom::write(&channel, style.as_deref()).into_bytes(),
        Format::Rss => rss::write(&channel, style.as_deref()).into_bytes(),
        Format::Json => json::write(&channel),
    }
}
