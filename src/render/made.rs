//! Files that the book does not hold and no template makes: which there are, and who writes each.

use super::{Input, copy, feed, graph, llms, opml, robots, sitemap};
use crate::link::WritingId;
use crate::model::book::{Feeds, OutputSettings};
use crate::view::feeds::Feed;
use crate::view::head::copy_route;

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
    /// `/sitemap-1.xml` …, where one file cannot hold all addresses.
    SitemapPart(usize),
    /// `/feeds.opml`: every feed.
    Opml,
    /// `/llms.txt`
    Llms,
    /// `/graph.json`
    Graph,
    /// The Markdown of an essay.
    Copy(WritingId),
    /// `/robots.txt`
    Robots,
}

impl Made {
    /// Every such file of a site that the settings want. Those that need absolute addresses are left out where the book has no
    /// `base_url`.
    #[must_use]
    pub fn all(input: &Input<'_>) -> Vec<Self> {
        let OutputSettings { feeds, markdown, graph } = input.book.outputs;
        let mut all = vec![Self::Robots, Self::Llms];
        all.extend(graph.then_some(Self::Graph));
        all.extend(input.viewer.public_essays().filter(|_| markdown).map(Self::Copy));
        if input.book.base_url.is_some() {
            all.push(Self::Sitemap);
            all.extend(sitemap::parts(input).map(Self::SitemapPart));
            all.extend((feeds != Feeds::None).then_some(Self::Opml));
            all.extend(Feed::all(input.site, feeds).into_iter().map(Self::Feed));
            let old = input.site.redirects.iter().enumerate().filter(|(_, redirect)| redirect.from.is_page());
            let of = |(at, to)| Feed::of(to, feeds).map(move |feed| Self::OldFeed(at, feed));
            all.extend(old.map(|(at, redirect)| (at, redirect.to)).flat_map(of));
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
            Self::SitemapPart(at) => format!("sitemap-{}.xml", at + 1),
            Self::Opml => "feeds.opml".to_owned(),
            Self::Llms => "llms.txt".to_owned(),
            Self::Graph => "graph.json".to_owned(),
            Self::Copy(id) => copy_route(input.site, id).to_file(),
            Self::Robots => "robots.txt".to_owned(),
        }
    }

    /// What it is, in words.
    #[must_use]
    pub fn what(self) -> &'static str {
        match self {
            Self::Feed(_) | Self::OldFeed(..) => "a feed",
            Self::Sitemap | Self::SitemapPart(_) => "the sitemap",
            Self::Opml => "the list of feeds",
            Self::Llms => "the guide for language models",
            Self::Graph => "the graph",
            Self::Copy(_) => "the Markdown of an essay",
            Self::Robots => "the file for search engines",
        }
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(self, input: &Input<'_>) -> Vec<u8> {
        match self {
            Self::Feed(feed) => feed::write(feed, &feed.route(input.site), input),
            Self::OldFeed(at, feed) => feed::write(feed, &feed.route_below(&input.site.redirects[at].from), input),
            Self::Sitemap => sitemap::write(input).into_bytes(),
            Self::SitemapPart(at) => sitemap::write_part(input, at).into_bytes(),
            Self::Opml => opml::write(input).into_bytes(),
            Self::Llms => llms::write(input).into_bytes(),
            Self::Graph => graph::write(input),
            Self::Copy(id) => copy::write(input, id).into_bytes(),
            Self::Robots => robots::write(input.book).into_bytes(),
        }
    }
}
