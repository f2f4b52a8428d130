//! Changes that mend findings, worked out for whole files and not yet made. Knows no disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::diagnostic::{Diagnostic, Report};
use crate::base::path::SitePath;

/// A file of the book that is to say something else.
#[derive(Clone, Debug)]
pub struct Rewrite {
    /// The file.
    pub path: SitePath,
    /// What it says, without a byte order mark.
    pub before: Arc<str>,
    /// What it says afterwards.
    pub after: String,
    /// The findings that are mended by it, in the order of the file.
    pub mended: Vec<Diagnostic>,
}

/// Everything that is mended in one go.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The files, sorted by path.
    pub files: Vec<Rewrite>,
    /// Findings whose change touches that of another one, which goes first.
    pub waiting: Vec<Diagnostic>,
}

impl Plan {
    /// How many findings are mended.
    #[must_use]
    pub fn count(&self) -> usize {
        self.files.iter().map(|file| file.mended.len()).sum()
    }
}

/// What mends the findings of a report with certainty, in the content and the settings. `text` finds the text of a file.
#[must_use]
pub fn plan(report: &Report, text: &dyn Fn(&SitePath) -> Option<Arc<str>>) -> Plan {
    let mut by_file: BTreeMap<&SitePath, Vec<(usize, usize, &Diagnostic)>> = BTreeMap::new();
    for finding in &report.diagnostics {
        let Some(fix) = finding.fix.as_ref().filter(|fix| fix.is_certain) else { continue };
        let path = &fix.span.path;
        let is_ours = path.as_str() == "book.toml" || path.below("content").is_some();
        if let Some((start, end)) = fix.span.range.filter(|_| is_ours) {
            by_file.entry(path).or_default().push((start as usize, end as usize, finding));
        }
    }
    let mut plan = Plan::default();
    for (path, mut changes) in by_file {
        let Some(before) = text(path) else { continue };
        changes.sort_by_key(|(start, end, _)| (*start, *end));
        let mut rewrite = Rewrite { path: path.clone(), after: String::new(), mended: Vec::new(), before };
        let mut done: Option<(usize, usize, &Diagnostic)> = None;
        for (start, end, finding) in changes {
            // One change may mend several findings, as one line of old addresses does.
            if done.is_some_and(|(.., other)| other.code == finding.code && other.fix == finding.fix) {
                rewrite.mended.push(finding.clone());
                continue;
            }
            let from = done.map_or(0, |(_, end, _)| end);
            // Two texts put in at one place would stand side by side as if they were one.
            let is_free = start >= from && done.is_none_or(|(other, until, _)| (other, until) != (start, end));
            let between = rewrite.before.get(from..start).filter(|_| is_free && rewrite.before.is_char_boundary(end));
            let (Some(between), Some(fix)) = (between, &finding.fix) else {
                plan.waiting.push(finding.clone());
                continue;
            };
            rewrite.after.push_str(between);
            rewrite.after.push_str(&fix.text);
            rewrite.mended.push(finding.clone());
            done = Some((start, end, finding));
        }
        let Some((_, end, _)) = done else { continue };
        rewrite.after.push_str(&rewrite.before[end..]);
        plan.files.push(rewrite);
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::codes::Code;
    use crate::base::diagnostic::Diagnostics;
    use crate::base::span::Span;

    fn planned(text: &str, changes: &[(&str, std::ops::Range<usize>, &str, bool)]) -> Plan {
        let mut found = Diagnostics::default();
        for (path, range, new, is_certain) in changes {
            let span = Span::bytes(&SitePath::new(path).expect("clean"), range.clone());
            let finding = Diagnostic::new(Code::AliasAsConcept, span.clone(), format!("{range:?} {new}"));
            found.push(if *is_certain { finding.fix(span, *new) } else { finding.guess(span, *new) });
        }
        let text: Arc<str> = text.into();
        plan(&found.into_report(&BTreeMap::new()), &|_| Some(Arc::clone(&text)))
    }

    #[test]
    fn changes_that_do_not_touch_are_made_together_and_the_others_wait() {
        const FILE: &str = "content/essays/x.md";
        let plan = planned(
            "abcdef",
            &[(FILE, 4..5, "E", true), (FILE, 1..3, "BC", true), (FILE, 2..4, "?", true), (FILE, 3..3, "+", true)],
        );
        assert_eq!((plan.files[0].after.as_str(), plan.count()), ("aBC+dEf", 3));
        assert_eq!(plan.waiting.len(), 1);
        let plan = planned("[]", &[(FILE, 1..1, "a", true), (FILE, 1..1, "b", true)]);
        assert_eq!((plan.files[0].after.as_str(), plan.waiting.len()), ("[a]", 1));
    }

    #[test]
    fn guesses_other_files_and_places_that_are_none_are_left_alone() {
        let plan = planned(
            "\u{e9}\u{e9}",
            &[
                ("content/essays/x.md", 0..2, "e", false),
                ("themes/mine/templates/essay.html", 0..2, "e", true),
                ("published.toml", 0..2, "e", true),
                ("content/essays/y.md", 1..2, "e", true),
                ("content/essays/z.md", 0..99, "e", true),
            ],
        );
        assert!(plan.files.is_empty());
        assert_eq!(plan.waiting.len(), 2);
    }
}
