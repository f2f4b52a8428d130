//! What the template of the whole book may show: a part of the contract in `views`.

use serde::Serialize;

use super::views::{Card, NoteView};

/// `print`: the whole book on one page. Links in its text lead to places on the page, except those that leave the book; the ids
/// `essays` and `concepts` are those of the contents and the glossary; what stands in an essay has the essay's id, two hyphens and its
/// own id: `essays-trust--p-nobody-sees`.
#[derive(Clone, Debug, Serialize)]
pub struct PrintView {
    /// Every series with its essays, then the essays in no series.
    pub parts: Vec<PrintPart>,
    /// The concepts, by name.
    pub glossary: Vec<PrintTerm>,
}

/// A part of the book.
#[derive(Clone, Debug, Serialize)]
pub struct PrintPart {
    /// Its id on the page.
    pub id: String,
    /// Name of the series; empty for the essays in none.
    pub title: String,
    /// What the series is for; empty if not said.
    pub summary: String,
    /// HTML of the prose of the series; empty without a file.
    pub body: String,
    /// Footnotes of that prose; the note itself has the id of the part, `--n` and its number.
    pub notes: Vec<NoteView>,
    /// The essays, in reading order.
    pub essays: Vec<PrintEssay>,
}

/// An essay of the book.
#[derive(Clone, Debug, Serialize)]
pub struct PrintEssay {
    /// Its id on the page.
    pub id: String,
    /// The essay as it stands in lists.
    pub card: Card,
    /// Language tag.
    pub lang: String,
    /// `rtl` where that language runs from right to left, else `ltr`.
    pub dir: String,
    /// HTML of the text: without the pull quotes that repeat it, and with headings from level 4.
    pub body: String,
    /// Footnotes; the note itself has the id of the essay, `--n` and its number.
    pub notes: Vec<NoteView>,
}

/// A concept in the glossary.
#[derive(Clone, Debug, Serialize)]
pub struct PrintTerm {
    /// Its id on the page.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Other names of it.
    pub aliases: Vec<String>,
    /// Its definition; empty without one.
    pub summary: String,
    /// The essays that use it, oldest first.
    pub essays: Vec<PrintPlace>,
}

/// A place on the page.
#[derive(Clone, Debug, Serialize)]
pub struct PrintPlace {
    /// What stands there.
    pub title: String,
    /// Its id.
    pub id: String,
}
