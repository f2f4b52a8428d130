//! Transclusions: circles are named and cut, and no page grows without measure by them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Passage, Site, Target, WritingId, index};
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, Diagnostics};
use crate::base::span::Span;
use crate::model::prose::{Piece, Range};

/// The most bytes of HTML that the transclusions of one page may add up to.
const LARGEST: u64 = 1 << 20;
/// The longest chain of passages within passages.
const DEEPEST: usize = 32;

type Key = (WritingId, Range);

struct Walk<'a> {
    site: &'a Site,
    sizes: BTreeMap<Key, u64>,
    open: Vec<Key>,
    /// Links that are cut, as writing and index of the link.
    cut: Vec<(WritingId, usize)>,
    diagnostics: Diagnostics,
}

/// Reports circles and pages that grow too large, and makes those links plain.
pub(super) fn check(site: &mut Site, diagnostics: &mut Diagnostics) {
    let mut walk =
        Walk { site, sizes: BTreeMap::new(), open: Vec::new(), cut: Vec::new(), diagnostics: Diagnostics::default() };
    for at in 0..walk.site.writings.len() {
        let writing = &walk.site.writings[at];
        if walk.site.targets[at].iter().any(|target| matches!(target, Target::Passage(_))) {
            let pieces = index(writing.prose().pieces.len());
            walk.size((WritingId(index(at)), (0, pieces)));
        }
    }
    let Walk { cut, diagnostics: found, .. } = walk;
    for (writing, link) in cut {
        Arc::make_mut(&mut site.targets[writing.0 as usize])[link] = Target::Plain;
    }
    diagnostics.append(found);
}

impl Walk<'_> {
    /// Bytes of a passage with everything it includes.
    fn size(&mut self, key: Key) -> u64 {
        if let Some(size) = self.sizes.get(&key) {
            return *size;
        }
        self.open.push(key);
        let (id, range) = key;
        let site = self.site;
        let prose = site.writing(id).prose();
        let mut size = 0;
        for piece in &prose.pieces[range.0 as usize..range.1 as usize] {
            match piece {
                Piece::Html((start, end)) | Piece::Own((start, end)) => size += u64::from(end - start),
                Piece::Text(run) => {
                    let run = prose.outline.runs[*run as usize].text;
                    size += u64::from(run.1 - run.0);
                }
                Piece::Embed(link) => {
                    if let Target::Passage(passage) = &site.targets[id.0 as usize][*link as usize] {
                        size += self.embed(id, *link as usize, passage, size);
                    }
                }
                Piece::Code(code) => size += prose.codes[*code as usize].code.len() as u64,
                _ => size += 64,
            }
        }
        self.open.pop();
        self.sizes.insert(key, size);
        size
    }

    fn embed(&mut self, from: WritingId, link: usize, passage: &Passage, so_far: u64) -> u64 {
        if self.cut.contains(&(from, link)) {
            return 0;
        }
        let key = (passage.writing, passage.pieces);
        let overlaps = |open: &Key| open.0 == key.0 && open.1.0 < key.1.1 && key.1.0 < open.1.1;
        if let Some(at) = self.open.iter().position(overlaps) {
            let chain: Vec<String> = self.open[at..]
                .iter()
                .map(|(id, _)| format!("`{}`", self.site.writing(*id).path))
                .chain([format!("`{}`", self.site.writing(passage.writing).path)])
                .collect();
            self.report(
                from,
                link,
                Code::IncludeCycle,
                format!("passages include each other in a circle: {}", chain.join(" → ")),
                "take one of these transclusions out, or link instead",
            );
            return 0;
        }
        if self.open.len() >= DEEPEST {
            self.report(
                from,
                link,
                Code::IncludeTooLarge,
                format!("passages within passages are more than {DEEPEST} deep"),
                "link to the passage instead",
            );
            return 0;
        }
        let size = self.size(key);
        if so_far + size > LARGEST {
            self.report(
                from,
                link,
                Code::IncludeTooLarge,
                "with this passage the page grows by more than a megabyte".to_owned(),
                "link to the passage instead",
            );
            return 0;
        }
        size
    }

    fn report(&mut self, from: WritingId, link: usize, code: Code, message: String, help: &str) {
        let writing = self.site.writing(from);
        let span = Span { path: writing.path.clone(), range: Some(writing.facts.links[link].source) };
        self.diagnostics.push(Diagnostic::new(code, span, message).help(help));
        self.cut.push((from, link));
    }
}
