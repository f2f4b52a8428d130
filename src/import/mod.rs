//! Replies from elsewhere, brought into files of the book. Never part of a build.

pub mod count;
pub mod disqus;
pub mod foreign;
pub mod hackernews;
pub mod input;
pub mod linkedin_paste;
pub mod mastodon;
pub mod matching;
pub mod merge;
pub mod normalise;
pub mod own_json;
pub mod page;
pub mod record;
pub mod run;
pub mod sources;
pub mod wordpress;
pub mod xml;
