//! Where the passages stand that authors chose for their concepts.

use rayon::prelude::*;

use super::{Site, WritingId, index};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::span::Span;
use crate::base::words::plain;

/// Words with fewer letters stand in nearly every text.
const SHORTEST: usize = 4;

struct Wanted {
    /// The file of the concept.
    concept: WritingId,
    /// The passage as comparable text.
    text: String,
    /// Those of its words that typography and markup hardly ever divide.
    words: Vec<String>,
}

/// Fills `Site::passages`, and reports passages that stand in no essay.
pub(super) fn find(site: &mut Site, diagnostics: &mut Diagnostics) {
    let wanted: Vec<Wanted> =
        (0..site.writings.len()).map(|at| WritingId(index(at))).filter_map(|id| wanted(site, id)).collect();
    if wanted.is_empty() {
        return;
    }
    // Each source is read once for all passages: those whose words it has may stand in it.
    let may_hold = |id: &WritingId| -> Vec<bool> {
        let source = site.writing(*id).text.source.text();
        wanted.iter().map(|wanted| wanted.words.iter().all(|word| source.contains(word.as_str()))).collect()
    };
    let may_hold: Vec<Vec<bool>> = site.essays.par_iter().map(may_hold).collect();
    let look = |(at, wanted): (usize, &Wanted)| {
        let (likely, other): (Vec<_>, Vec<_>) = site.essays.iter().zip(&may_hold).partition(|(_, may)| may[at]);
        // Where no source has all the words, one of them may be divided by markup.
        let found = likely.into_iter().chain(other).find_map(|(id, _)| Some((*id, block_of(site, *id, &wanted.text)?)));
        (wanted.concept, found)
    };
    let found: Vec<_> = wanted.par_iter().enumerate().map(look).collect();
    for (concept, place) in found {
        match place {
            Some(place) => {
                site.passages.insert(concept, place);
            }
            None => report(site, concept, diagnostics),
        }
    }
}

fn wanted(site: &Site, concept: WritingId) -> Option<Wanted> {
    let text = plain(&site.writing(concept).meta.passage.as_ref()?.value);
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| word.len() >= SHORTEST);
    let words = words.map(str::to_owned).collect();
    Some(Wanted { concept, text, words })
}

fn block_of(site: &Site, essay: WritingId, wanted: &str) -> Option<u32> {
    let prose = site.writing(essay).prose();
    let outline = &prose.outline;
    let block = |(from, to): (u32, u32)| plain(&outline.text[from as usize..to as usize]);
    outline.blocks.iter().position(|found| block(found.text).contains(wanted)).map(index)
}

fn report(site: &Site, concept: WritingId, diagnostics: &mut Diagnostics) {
    let writing = site.writing(concept);
    let range = writing.meta.passage.as_ref().map(|passage| passage.range);
    let span = Span { path: writing.path.clone(), range };
    let diagnostic = Diagnostic::new(Code::LostPassage, span, "this passage stands in no essay");
    diagnostics.push(diagnostic.help("quote a sentence word for word from an essay"));
}
