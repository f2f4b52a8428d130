//! Throughline turns a book of Markdown essays into a cross-linked website.
//!
//! ```text
//!  book.toml   content/   themes/      today, flags
//!       \          |          |          /
//!  1  load     reads everything, once          -> Snapshot
//!  2  parse    one file at a time, parallel    -> Parsed
//!  3  link     the whole book, every time      -> Site
//!  4  view     what a template may know        -> pages
//!  5  render   one page at a time, parallel    -> Artifact
//!  6  write    the new site swapped in whole
//! ```

pub mod base;
pub mod link;
pub mod model;
pub mod parse;
pub mod view;
