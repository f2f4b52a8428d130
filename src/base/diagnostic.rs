//! What is wrong, where, how bad, and how to mend it; knows nothing about how it is shown.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use super::codes::Code;
use super::span::Span;

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub enum Severity {
    /// The book cannot be published like this.
    Error,
    /// Something readers may stumble over.
    Warning,
    /// Worth knowing.
    Note,
    /// Not reported.
    Off,
}

impl Severity {
    /// The word for it in settings and in reports.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
            Self::Off => "off",
        }
    }

    /// The severity that a word in `[check]` names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Error, Self::Warning, Self::Note, Self::Off].into_iter().find(|level| level.word() == word)
    }
}

/// A second place that belongs to the finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What is to be seen there.
    pub message: String,
}

/// A change of the source that mends the finding: these bytes become this text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Fix {
    /// The bytes to replace.
    pub span: Span,
    /// What stands there afterwards.
    pub text: String,
    /// Whether nothing else can be meant. What is only likely is offered and never made without the writer's word.
    pub is_certain: bool,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Diagnostic {
    /// Its stable name.
    pub code: Code,
    /// How much it matters; the code's own level until `[check]` changes it.
    pub severity: Severity,
    /// One sentence of cause.
    pub message: String,
    /// Where; `None` only where no file can be named.
    pub span: Option<Span>,
    /// Further places.
    pub labels: Vec<Label>,
    /// One sentence of remedy.
    pub help: Option<String>,
    /// The remedy as a change of the source, where there is one that may be meant.
    pub fix: Option<Fix>,
}

impl Diagnostic {
    /// A finding at a place.
    #[must_use]
    pub fn new(code: Code, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: code.level(),
            message: message.into(),
            span: Some(span),
            labels: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// Adds the sentence that says how to mend it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Adds the change that mends it, where nothing else can be meant.
    #[must_use]
    pub fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, text: text.into(), is_certain: true });
        self
    }

    /// Adds a change that is likely to mend it.
    #[must_use]
    pub fn guess(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, text: text.into(), is_certain: false });
        self
    }
}

/// The findings of a stage, in the order they were made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// Adds one finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.0.push(diagnostic);
    }

    /// The findings, in the order they were made.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    /// Adds some findings.
    pub fn extend(&mut self, found: impl IntoIterator<Item = Diagnostic>) {
        self.0.extend(found);
    }

    /// Keeps the findings of which this is true.
    pub fn retain(&mut self, is_kept: impl FnMut(&Diagnostic) -> bool) {
        self.0.retain(is_kept);
    }

    /// Whether something was found under this code.
    #[must_use]
    pub fn has(&self, code: Code) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.code == code)
    }

    /// Adds the findings of another stage or file.
    pub fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// The final report: levels of `[check]` applied, what is off taken out, sorted by file, place and code, doubles dropped.
    #[must_use]
    pub fn into_report(self, levels: &BTreeMap<Code, Severity>) -> Report {
        let mut found = self.0;
        for diagnostic in &mut found {
            if let Some(level) = levels.get(&diagnostic.code) {
                diagnostic.severity = *level;
            }
        }
        found.retain(|diagnostic| diagnostic.severity != Severity::Off);
        Report::sorted(found)
    }
}

/// All findings of a run, sorted, without doubles.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Report {
    /// The findings.
    pub diagnostics: Vec<Diagnostic>,
}

impl Report {
    fn sorted(mut found: Vec<Diagnostic>) -> Self {
        found.sort_by(|a, b| {
            (&a.span, a.code, &a.message, &a.help, &a.labels).cmp(&(&b.span, b.code, &b.message, &b.help, &b.labels))
        });
        found.dedup();
        Self { diagnostics: found }
    }

    /// How many findings have this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }

    /// Adds the findings of another report.
    pub fn join(&mut self, other: Self) {
        let all = std::mem::take(&mut self.diagnostics).into_iter().chain(other.diagnostics);
        *self = Self::sorted(all.collect());
    }

    /// Whether the book has errors.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// Every warning becomes an error.
    pub fn deny_warnings(&mut self) {
        for diagnostic in &mut self.diagnostics {
            if diagnostic.severity == Severity::Warning {
                diagnostic.severity = Severity::Error;
            }
        }
    }
}

/// The candidate nearest to a word, if one is near enough that the word may be a slip of it.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let allowed = (word.chars().count() / 3).clamp(1, 4);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&word, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::path::SitePath;

    fn finding(file: &str, at: usize) -> Diagnostic {
        Diagnostic::new(Code::BrokenLink, Span::bytes(&SitePath::new(file).expect("clean"), at..at + 1), "x")
    }

    #[test]
    fn a_report_is_sorted_and_has_no_doubles() {
        let mut found = Diagnostics::default();
        for (file, at) in [("b.md", 2), ("a.md", 9), ("b.md", 1), ("a.md", 9)] {
            found.push(finding(file, at));
        }
        let report = found.into_report(&BTreeMap::new());
        assert_eq!(report.diagnostics, [finding("a.md", 9), finding("b.md", 1), finding("b.md", 2)]);
    }

    #[test]
    fn levels_of_the_book_are_applied() {
        let mut found = Diagnostics::default();
        found.push(finding("a.md", 1));
        assert!(found.clone().into_report(&BTreeMap::new()).has_errors());
        assert!(found.into_report(&BTreeMap::from([(Code::BrokenLink, Severity::Off)])).diagnostics.is_empty());
    }

    #[test]
    fn the_nearest_word_is_a_likely_slip_only() {
        assert_eq!(nearest("tilte", ["title", "date"]), Some("title"));
        assert_eq!(nearest("weather", ["title", "date"]), None);
    }
}
