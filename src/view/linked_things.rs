//! The things of JSON-LD: which words each has, in the order in which they are written. Knows no page.

use serde::{Serialize, Serializer};

use crate::base::path::Route;

/// All that a page says.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    #[serde(rename = "@context")]
    pub(super) context: &'static str,
    #[serde(rename = "@graph")]
    pub(super) graph: Vec<Thing<'a>>,
}

/// What a page says something of.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Thing<'a> {
    Plain(Box<Plain<'a>>),
    Article(Box<Article<'a>>),
    Person(Person<'a>),
    Crumbs(Crumbs<'a>),
}

/// An absolute address, and a place there unless that is empty.
#[derive(Clone)]
pub(super) struct Address<'a> {
    pub(super) base: &'a str,
    pub(super) route: &'a Route,
    pub(super) place: &'static str,
}

impl Address<'_> {
    pub(super) fn to_text(&self) -> String {
        let route = self.route.as_url();
        let mark = if self.place.is_empty() { "" } else { "#" };
        [self.base, &route, mark, self.place].concat()
    }
}

impl Serialize for Address<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Dozens on each page: to gather one is faster than to write it piece by piece.
        serializer.serialize_str(&self.to_text())
    }
}

/// A page of any kind but that of an essay.
#[derive(Serialize)]
pub(super) struct Plain<'a> {
    #[serde(rename = "@type")]
    pub(super) kind: &'static str,
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) description: &'a str,
    pub(super) url: Address<'a>,
    #[serde(rename = "inLanguage")]
    pub(super) language: &'a str,
    #[serde(rename = "@id", skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<Address<'a>>,
    #[serde(rename = "alternateName", skip_serializing_if = "<[String]>::is_empty")]
    pub(super) alternate_name: &'a [String],
    #[serde(rename = "inDefinedTermSet", skip_serializing_if = "Option::is_none")]
    pub(super) terms: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) author: Option<Known<'a>>,
    #[serde(rename = "hasPart", skip_serializing_if = "Option::is_none")]
    pub(super) parts: Option<Vec<Part<'a>>>,
    #[serde(rename = "mainEntity", skip_serializing_if = "Option::is_none")]
    pub(super) entity: Option<Person<'a>>,
}

/// An essay.
#[derive(Serialize)]
pub(super) struct Article<'a> {
    #[serde(rename = "@type")]
    pub(super) kind: &'static str,
    #[serde(rename = "@id")]
    pub(super) id: Address<'a>,
    pub(super) headline: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) description: &'a str,
    #[serde(rename = "datePublished", skip_serializing_if = "Option::is_none")]
    pub(super) published: Option<String>,
    #[serde(rename = "dateModified", skip_serializing_if = "Option::is_none")]
    pub(super) modified: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) author: Option<Person<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) image: Option<Image<'a>>,
    #[serde(rename = "wordCount")]
    pub(super) words: u32,
    #[serde(rename = "inLanguage")]
    pub(super) language: &'a str,
    pub(super) url: Address<'a>,
    #[serde(rename = "mainEntityOfPage")]
    pub(super) original: String,
    #[serde(rename = "isPartOf", skip_serializing_if = "Option::is_none")]
    pub(super) part_of: Option<Reference<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) position: Option<usize>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) about: Vec<Reference<'a>>,
    #[serde(rename = "isBasedOn", skip_serializing_if = "Option::is_none")]
    pub(super) based_on: Option<&'a str>,
    #[serde(rename = "sameAs", skip_serializing_if = "<[String]>::is_empty")]
    pub(super) same_as: &'a [String],
}

/// A person who is described here, or elsewhere on the page.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Known<'a> {
    Described(Person<'a>),
    Named {
        #[serde(rename = "@id")]
        id: Address<'a>,
    },
}

/// Who wrote the book.
#[derive(Serialize)]
pub(super) struct Person<'a> {
    #[serde(rename = "@type")]
    pub(super) kind: &'static str,
    #[serde(rename = "@id")]
    pub(super) id: Address<'a>,
    pub(super) name: &'a str,
    pub(super) url: Address<'a>,
    #[serde(rename = "sameAs", skip_serializing_if = "<[String]>::is_empty")]
    pub(super) same_as: &'a [String],
}

/// The picture of an essay.
#[derive(Serialize)]
pub(super) struct Image<'a> {
    #[serde(rename = "@type")]
    pub(super) kind: &'static str,
    pub(super) url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) height: Option<u32>,
}

/// What is described on another page.
#[derive(Serialize)]
pub(super) struct Reference<'a> {
    #[serde(rename = "@type")]
    pub(super) kind: &'static str,
    #[serde(rename = "@id")]
    pub(super) id: Address<'a>,
    pub(super) name: &'a str,
}

/// An essay of a series.
#[derive(Serialize)]
pub(super) struct Part<'a> {
    #[serde(rename = "@type")]
    pub(super) kind: &'static str,
    pub(super) headline: String,
    pub(super) url: Address<'a>,
    pub(super) position: usize,
}

/// The way from the front page to a page.
#[derive(Serialize)]
pub(super) struct Crumbs<'a> {
    #[serde(rename = "@type")]
    pub(super) kind: &'static str,
    #[serde(rename = "itemListElement")]
    pub(super) steps: Vec<Step<'a>>,
}

/// A page on that way.
#[derive(Serialize)]
pub(super) struct Step<'a> {
    #[serde(rename = "@type")]
    pub(super) kind: &'static str,
    pub(super) position: usize,
    pub(super) name: &'a str,
    pub(super) item: Address<'a>,
}
