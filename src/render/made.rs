//! Files that the book does not hold and no template makes: which there are, and who writes each.

use super::{Input, feed, robots, sitemap};
use crate::view::feeds::Feed;

/// A file that the book does not hold and no template makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// A feed.
    Feed(Feed),
    /// The same feed below an old address of its page, an index of `Site::redirects`: programs that follow feeds follow no page that
    /// leads on.
    OldFeed(usize, Feed),
    /// `/sitemap.xml`
    Sitemap,
    /// `/robots.txt`
    Robots,
}

impl Made {
    /// Every such file of a site. Those that need absolute addresses are left out where the book has no `base_url`.
    #[must_use]
    pub fn all(input: &Input<'_>) -> Vec<Self> {
        let mut all = vec![Self::Robots];
        if input.book.base_url.is_some() {
            all.push(Self::Sitemap);
            all.extend(Feed::all(input.site).into_iter().map(Self::Feed));
            let old = input.site.redirects.iter().enumerate().filter(|(_, redirect)| redirect.from.is_page());
            all.extend(old.flat_map(|(at, redirect)| Feed::of(redirect.to).map(move |feed| Self::OldFeed(at, feed))));
        }
        all
    }

    /// The file below the output folder.
    #[must_use]
    pub fn file(self, input: &Input<'_>) -> String {
        match self {
            Self::Feed(feed) => feed.route(input.site).to_file(),
            Self::OldFeed(at, feed) => feed.route_below(&input.site.redirects[at].from).to_file(),
            Self::Sitemap => "sitemap.xml".to_owned(),
            Self::Robots => "robots.txt".to_owned(),
        }
    }

    /// What it is, in words.
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Self::Feed(_) | Self::OldFeed(..) => "a feed",
            Self::Sitemap => "the sitemap",
            Self::Robots => "the file for search engines",
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(self, input: &Input<'_>) -> Vec<u8> {
        match self {
            Self::Feed(feed) | Self::OldFeed(_, feed) => feed::write(feed, input),
            Self::Sitemap => sitemap::write(input).into_bytes(),
            Self::Robots => robots::write(input.book).into_bytes(),
        }
    }
}
