//! HTML with holes, and its outline. Parsing needs one file only; what needs the whole book stays a hole.

use serde::{Deserialize, Serialize};

use crate::base::fingerprint::Fingerprint;

/// First index and the index after the last.
pub type Range = (u32, u32);

/// The text of one writing: HTML with holes, and what the rest of the book needs to know of it.
#[derive(Clone, Debug, Default)]
pub struct Prose {
    /// The HTML that `Piece`s point into.
    pub html: String,
    /// The text in order: HTML and holes.
    pub pieces: Vec<Piece>,
    /// Code to be highlighted, in order.
    pub codes: Vec<CodeBlock>,
    /// Footnotes, by number.
    pub notes: Vec<Note>,
    /// Pull quotes, as indexes into `pieces`: what they say stands in the text as well.
    pub pulls: Vec<Range>,
    /// What other stages may look at.
    pub outline: Outline,
}

impl Prose {
    /// About how many bytes of memory it takes.
    #[must_use]
    pub fn size(&self) -> usize {
        let list = |count: usize, each: usize| count * each;
        let outline = &self.outline;
        let texts: usize = outline.blocks.iter().map(|block| block.id.capacity()).sum::<usize>()
            + outline
                .links
                .iter()
                .map(|link| link.target.capacity() + link.title.capacity() + link.quote.capacity())
                .sum::<usize>()
            + outline.headings.iter().map(|heading| heading.id.capacity() + heading.text.capacity()).sum::<usize>()
            + self.codes.iter().map(|code| code.language.capacity() + code.code.capacity()).sum::<usize>();
        size_of::<Self>()
            + texts
            + self.html.capacity()
            + outline.text.capacity()
            + list(self.pieces.capacity(), size_of::<Piece>())
            + list(outline.blocks.capacity(), size_of::<Block>())
            + list(outline.runs.capacity(), size_of::<Run>())
            + list(outline.links.capacity(), size_of::<LinkRef>())
            + list(outline.headings.capacity(), size_of::<Heading>())
    }

    fn lead(&self) -> Vec<(u32, String)> {
        let (mut lead, mut left) = (Vec::new(), LEAD);
        for block in self.outline.blocks.iter().filter(|block| block.shape != Shape::Heading) {
            let text = &self.outline.text[block.text.0 as usize..block.text.1 as usize];
            let end = text.char_indices().nth(left).map_or(text.len(), |(end, _)| end);
            lead.push((block.text.0, text[..end].to_owned()));
            left -= text[..end].chars().count();
            if left == 0 {
                break;
            }
        }
        lead
    }

    /// What the rest of the book may know of the text without reading it.
    #[must_use]
    pub fn facts(&self) -> Facts {
        let outline = &self.outline;
        Facts {
            headings: outline.headings.clone(),
            links: outline.links.clone(),
            images: outline.images.clone(),
            other_ids: outline.other_ids.clone(),
            words: outline.words,
            has_math: outline.has_math,
            notes: self.notes.iter().map(|note| note.references.clone()).collect(),
            is_empty: self.pieces.is_empty(),
            code: self.codes.first().map(|code| code.language.clone()),
            lead: self.lead(),
            copied: Box::default(),
        }
    }
}

/// What the rest of the book knows of a text without reading it: small, and kept for every text.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Facts {
    /// Headings, in order.
    pub headings: Vec<Heading>,
    /// Links and transclusions, in order.
    pub links: Vec<LinkRef>,
    /// Pictures, in order.
    pub images: Vec<ImageRef>,
    /// Ids that the writer set on other elements than headings and paragraphs, sorted.
    pub other_ids: Vec<String>,
    /// How many words the text has.
    pub words: u32,
    /// Whether it holds a formula.
    pub has_math: bool,
    /// For each footnote, ids of the places that refer to it, in order.
    pub notes: Vec<Vec<String>>,
    /// Whether it says nothing.
    pub is_empty: bool,
    /// The language of its first code that is coloured.
    pub code: Option<String>,
    /// How its first blocks begin, headings apart, each with its place in `Outline::text`: enough for a description.
    pub lead: Vec<(u32, String)>,
    /// Where the copy of an essay shows something else than its source, as the parser wrote it for the one who makes that copy.
    pub copied: Box<[u8]>,
}

/// How many letters of a text are kept for its description.
const LEAD: usize = 240;

/// A stretch of HTML or a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Bytes of `Prose::html`.
    Html(Range),
    /// Bytes of `Prose::html` that only the page itself shows, not a passage of it elsewhere: ids, note references.
    Own(Range),
    /// A text run, by its index in `Outline::runs`: concepts may be linked in it.
    Text(u32),
    /// The start of a link, by its index in `Outline::links`.
    LinkOpen(u32),
    /// The end of that link.
    LinkClose(u32),
    /// An attribute of raw HTML that holds an address: its name as bytes of `Prose::html`, and the index in `Outline::links`.
    Attribute {
        /// Its name.
        name: Range,
        /// The address.
        link: u32,
    },
    /// One address among others in an attribute of raw HTML, by its index in `Outline::links`.
    Address(u32),
    /// A picture, by its index in `Outline::images`.
    Image(u32),
    /// A passage of another writing, by its index in `Outline::links`.
    Embed(u32),
    /// Code that is highlighted when the page is made, by its index in `Prose::codes`: of all that is done to a text this takes
    /// the longest, and most pages are not looked at.
    Code(u32),
}

/// Code in a language that is known.
#[derive(Clone, Debug, Default)]
pub struct CodeBlock {
    /// The language as written.
    pub language: String,
    /// The code.
    pub code: String,
}

/// A footnote.
#[derive(Clone, Debug, Default)]
pub struct Note {
    /// Ids of the places that refer to it, in order.
    pub references: Vec<String>,
    /// Its text, as indexes into `Prose::pieces`.
    pub pieces: Range,
}

/// What the link stage sees of a text: never HTML.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// The plain text, blocks separated by a line feed, without pull quotes that repeat it.
    pub text: String,
    /// Paragraphs, list entries, headings and so on, in order.
    pub blocks: Vec<Block>,
    /// Headings, in order.
    pub headings: Vec<Heading>,
    /// Text in which concepts may be linked, and text elsewhere that holds a backslash before a word, in order.
    pub runs: Vec<Run>,
    /// Links and transclusions, in order.
    pub links: Vec<LinkRef>,
    /// Pictures, in order.
    pub images: Vec<ImageRef>,
    /// Ids that the writer set on other elements than headings and paragraphs, sorted.
    pub other_ids: Vec<String>,
    /// How many words the text has.
    pub words: u32,
    /// Whether it holds a formula.
    pub has_math: bool,
}

/// One block of text: what a passage can point at.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Its id on the page; empty where it has none.
    pub id: String,
    /// Its bytes in `Outline::text`.
    pub text: Range,
    /// Its indexes in `Prose::pieces`, with its own element.
    pub pieces: Range,
    /// How many headings stand before it.
    pub section: u32,
    /// The byte of the source file where it begins.
    pub source: u32,
    /// What it is.
    pub shape: Shape,
}

/// What a block is made of, for showing it alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Shape {
    /// An element of its own: its pieces stand for themselves.
    #[default]
    Whole,
    /// A heading.
    Heading,
    /// The content of a list entry, definition or table row, without the element around it.
    Bare,
}

/// A heading.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Heading {
    /// 1 to 6.
    pub level: u8,
    /// Its id on the page.
    pub id: String,
    /// Its text.
    pub text: String,
    /// Index of its first piece: a section reaches from here to the next heading of its level or above.
    pub piece: u32,
}

/// A text run: bytes of `Outline::text` and the block they stand in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Bytes of `Outline::text`.
    pub text: Range,
    /// Index in `Outline::blocks`.
    pub block: u32,
    /// Whether concepts may be linked in it: not in links, headings and quotations.
    pub is_open: bool,
}

/// How a link was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum LinkStyle {
    /// `[text](target)` and its kin.
    Markdown,
    /// `[[Target]]` or `[[target|text]]`.
    Wiki,
    /// `![[target]]`
    Embed,
    /// `href`, `src` or the like in raw HTML.
    Html,
}

/// A link as written.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct LinkRef {
    /// How it was written.
    pub style: LinkStyle,
    /// The target as written, with its fragment.
    pub target: String,
    /// Its title, as HTML attribute text; empty without one.
    pub title: String,
    /// Its bytes in the source file.
    pub source: Range,
    /// Its words in `Outline::text`.
    pub text: Range,
    /// Index in `Outline::blocks`.
    pub block: u32,
    /// The sentence around it, as bytes of `Outline::text`; empty for one that stands in no block, as transclusions do.
    pub sentence: Range,
    /// Index of its first piece in `Prose::pieces`.
    pub piece: u32,
    /// The id of its block; empty where that has none.
    pub anchor: String,
    /// That sentence: pages that this one leads to show it.
    pub quote: String,
    /// The fingerprint of all that those pages show of it, wherever the sentence stands.
    pub shown: Fingerprint,
}

/// A picture as written.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ImageRef {
    /// The target as written.
    pub target: String,
    /// Its description.
    pub alt: String,
    /// Its title; empty where it became the caption.
    pub title: String,
    /// Its bytes in the source file.
    pub source: Range,
}
