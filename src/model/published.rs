//! Addresses that readers have been given, and the headings in them. Plain data.

use jiff::civil;

use super::writing::Placed;
use crate::base::path::{Route, SitePath};

/// The file at the book's root in which they stand.
pub const FILE: &str = "published.toml";

/// Every address that readers have been given.
#[derive(Clone, Debug, Default)]
pub struct Published {
    /// In the order of the file.
    pub promises: Vec<Promise>,
}

/// An address that readers have been given: it is to lead somewhere as long as its line stands in the file.
#[derive(Clone, Debug)]
pub struct Promise {
    /// The address.
    pub route: Route,
    /// The title of the page when it was last published; empty if not said.
    pub title: String,
    /// The file that stood behind it.
    pub from: Option<SitePath>,
    /// The day on which it was first published.
    pub since: Option<civil::Date>,
    /// Ids of its headings.
    pub headings: Vec<Placed<String>>,
    /// First byte of the address in the file and the byte behind it.
    pub range: (u32, u32),
}
