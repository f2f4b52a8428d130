//! Reports and results for people and machines. The only place that prints.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use anstream::{AutoStream, ColorChoice};
use serde_json::{Value, json};

use crate::base::diagnostic::{Diagnostic, Fix, Report, Severity};
use crate::base::path::{SitePath, is_bidi};
use crate::base::span::{Span, line_and_column};
use crate::base::words::counted;

/// How reports are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0 (OASIS), for code hosts and editors.
    Sarif,
}

/// Findings beyond this are counted, not shown, to people.
const MOST_SHOWN: usize = 100;
/// How much of a line is shown on either side of the place.
const WINDOW: usize = 240;

/// Finds the text of a file that a report names.
pub type Sources<'a> = &'a dyn Fn(&SitePath) -> Option<Arc<str>>;

/// Where a command writes to.
pub struct Terminal {
    /// How reports are written.
    pub format: Format,
    /// Whether colours are used.
    pub color: ColorChoice,
    /// Whether results are kept to themselves.
    pub is_quiet: bool,
    /// Whether every file that is written is named.
    pub is_verbose: bool,
    /// Whether standard output has got something.
    is_written: AtomicBool,
    /// What failed, sentence by sentence.
    failures: Mutex<Vec<String>>,
}

impl Terminal {
    /// A terminal that nothing was written to.
    #[must_use]
    pub fn new(format: Format, color: ColorChoice, is_quiet: bool, is_verbose: bool) -> Self {
        let (is_written, failures) = (AtomicBool::new(false), Mutex::default());
        Self { format, color, is_quiet, is_verbose, is_written, failures }
    }

    /// Writes what failed for machines, where nothing else was written for them: whoever reads standard output finds one value
    /// there, whatever came of the command.
    pub fn finish(&self, code: u8) {
        if self.format == Format::Human || self.is_written.load(Ordering::Relaxed) {
            return;
        }
        let failures = self.failures.lock().map(|failures| failures.join("\n")).unwrap_or_default();
        self.write_out(&failed(self.format, &failures, code).to_string());
    }

    /// Whether somebody looks on who wants to see how far something has come.
    #[must_use]
    pub fn shows_progress(&self) -> bool {
        self.format == Format::Human && !self.is_quiet
    }

    /// Writes a result for people.
    pub fn say(&self, text: &str) {
        if !self.is_quiet && self.format == Format::Human {
            self.write_out(&visible(text));
        }
    }

    /// Writes text to standard output, whatever the format.
    pub fn write_out(&self, text: &str) {
        self.is_written.store(true, Ordering::Relaxed);
        let mut out = AutoStream::new(std::io::stdout(), self.color);
        // A reader that went away (a closed pipe) wants no more, and nobody is left to be told.
        drop(writeln!(out, "{text}").and_then(|()| out.flush()));
    }

    /// Asks whether to go on; `None` where nobody is there to answer.
    #[must_use]
    pub fn agree(&self, question: &str) -> Option<bool> {
        let is_asked =
            self.format == Format::Human && std::io::stdin().is_terminal() && std::io::stderr().is_terminal();
        if !is_asked {
            return None;
        }
        let mut out = AutoStream::new(std::io::stderr(), self.color);
        drop(write!(out, "{} [y/N] ", visible(question)).and_then(|()| out.flush()));
        let mut answer = String::new();
        // An input that ends is no.
        std::io::stdin().read_line(&mut answer).ok()?;
        Some(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }

    /// Writes what failed.
    pub fn fail(&self, text: &str) {
        if let Ok(mut failures) = self.failures.lock() {
            failures.push(text.to_owned());
        }
        let mut out = AutoStream::new(std::io::stderr(), self.color);
        drop(writeln!(out, "error: {}", visible(text)));
    }

    /// Writes a report: for people to standard error, for machines to standard output.
    pub fn report(&self, report: &Report, sources: Sources<'_>) {
        match self.format {
            Format::Human => {
                let text = human(report, sources, self.is_quiet);
                let mut out = AutoStream::new(std::io::stderr(), self.color);
                drop(out.write_all(text.as_bytes()));
            }
            Format::Json => self.write_out(&to_json(report, sources).to_string()),
            Format::Sarif => self.write_out(&to_sarif(report, sources).to_string()),
        }
    }
}

/// A command without a result, for machines.
#[must_use]
pub fn failed(format: Format, error: &str, code: u8) -> Value {
    if format != Format::Sarif {
        let error = Some(error).filter(|error| !error.is_empty());
        return json!({ "error": error, "exit_code": code });
    }
    let mut log = to_sarif(&Report::default(), &|_| None);
    log["runs"][0]["invocations"] = json!([{ "executionSuccessful": code == 0, "exitCode": code,
        "toolExecutionNotifications": [{ "level": "error", "message": { "text": error } }] }]);
    log
}

/// The report for people, with colours.
#[must_use]
pub fn human(report: &Report, sources: Sources<'_>, errors_only: bool) -> String {
    let renderer = Renderer::styled();
    let mut text = String::new();
    let shown: Vec<&Diagnostic> =
        report.diagnostics.iter().filter(|found| !errors_only || found.severity == Severity::Error).collect();
    for diagnostic in shown.iter().take(MOST_SHOWN) {
        text.push_str(&one(diagnostic, sources, &renderer));
        text.push_str("\n\n");
    }
    if shown.len() > MOST_SHOWN {
        text.push_str(&format!("… and {} more; `--format json` lists all\n", shown.len() - MOST_SHOWN));
    }
    let counts: Vec<String> = [(Severity::Error, "error"), (Severity::Warning, "warning"), (Severity::Note, "note")]
        .into_iter()
        .map(|(severity, word)| (report.count(severity), word))
        .filter(|(count, word)| *count > 0 && (!errors_only || *word == "error"))
        .map(|(count, word)| counted(count, word))
        .collect();
    if !counts.is_empty() {
        text.push_str(&counts.join(", "));
        text.push('\n');
    }
    text
}

fn one(diagnostic: &Diagnostic, sources: Sources<'_>, renderer: &Renderer) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Note | Severity::Off => Level::NOTE,
    };
    let mut group = level
        .primary_title(visible(&diagnostic.message))
        .id(diagnostic.code.name())
        .elements(Vec::<Snippet<'_, annotate_snippets::Annotation<'_>>>::new());
    if let Some(span) = &diagnostic.span {
        group = excerpt(group, span, None, sources);
    }
    for label in &diagnostic.labels {
        group = excerpt(group, &label.span, Some(&label.message), sources);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(visible(help)));
    }
    renderer.render(&[group])
}

fn excerpt<'a>(group: Group<'a>, span: &Span, label: Option<&str>, sources: Sources<'_>) -> Group<'a> {
    let path = visible(span.path.as_str());
    let (Some(text), Some((start, end))) = (sources(&span.path), span.range) else {
        return group.element(annotate_snippets::Origin::path(path));
    };
    let (start, end) = (text.floor_char_boundary(start as usize), text.ceil_char_boundary(end as usize));
    let end = end.max(start);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let from = if start - line_start > WINDOW { text.floor_char_boundary(start - WINDOW) } else { line_start };
    let first_line_end = text[start..].find(['\r', '\n']).map_or(text.len(), |at| start + at);
    let last = end.min(first_line_end.max(start));
    let to = text.ceil_char_boundary((last + WINDOW).min(first_line_end).max(start));
    let window: String = text[from..to]
        .chars()
        .map(|c| if is_bidi(c) || c.is_control() && c != '\t' { '\u{fffd}' } else { c })
        .collect();
    // Characters that are replaced change the length, so the places are counted anew.
    let place = |at: usize| -> usize {
        text[from..at]
            .chars()
            .map(|c| if is_bidi(c) || c.is_control() && c != '\t' { '\u{fffd}'.len_utf8() } else { c.len_utf8() })
            .sum()
    };
    let (line, _) = line_and_column(&text, from);
    let annotation = AnnotationKind::Primary.span(place(start)..place(last.min(to)));
    let annotation = match label {
        Some(label) => annotation.label(visible(label)),
        None => annotation,
    };
    group.element(Snippet::source(window).path(path).line_start(line).annotation(annotation))
}

/// Text without characters that drive a terminal.
pub(crate) fn visible(text: &str) -> String {
    text.replace("\r\n", "\n")
        .chars()
        .map(|c| {
            if is_bidi(c) || c.is_control() && !matches!(c, '\n' | '\t') {
                c.escape_unicode().to_string()
            } else {
                c.to_string()
            }
        })
        .collect()
}

fn place(span: &Span, sources: Sources<'_>) -> Value {
    let mut value = json!({ "path": span.path.as_str() });
    if let (Some((start, end)), Some(text)) = (span.range, sources(&span.path)) {
        let (line, column) = line_and_column(&text, start as usize);
        let (end_line, end_column) = line_and_column(&text, end as usize);
        value = json!({ "path": span.path.as_str(), "line": line, "column": column, "end_line": end_line,
            "end_column": end_column, "start": start, "end": end });
    }
    value
}

/// A change as JSON.
#[must_use]
pub fn fix_to_json(fix: &Fix, sources: Sources<'_>) -> Value {
    json!({ "place": place(&fix.span, sources), "text": fix.text, "is_certain": fix.is_certain })
}

/// The report as one JSON object.
#[must_use]
pub fn to_json(report: &Report, sources: Sources<'_>) -> Value {
    let one = |diagnostic: &Diagnostic| {
        let labels: Vec<Value> = diagnostic
            .labels
            .iter()
            .map(|label| json!({ "message": label.message, "place": place(&label.span, sources) }))
            .collect();
        json!({
            "code": diagnostic.code.name(),
            "severity": diagnostic.severity.word(),
            "message": diagnostic.message,
            "place": diagnostic.span.as_ref().map(|span| place(span, sources)),
            "help": diagnostic.help,
            "labels": labels,
            "fix": diagnostic.fix.as_ref().map(|fix| fix_to_json(fix, sources)),
        })
    };
    json!({
        "diagnostics": report.diagnostics.iter().map(one).collect::<Vec<_>>(),
        "errors": report.count(Severity::Error),
        "warnings": report.count(Severity::Warning),
        "notes": report.count(Severity::Note),
    })
}

/// The report as a SARIF 2.1.0 log.
#[must_use]
pub fn to_sarif(report: &Report, sources: Sources<'_>) -> Value {
    let rules: Vec<Value> = crate::base::codes::Code::ALL
        .iter()
        .map(|code| {
            json!({ "id": code.name(), "shortDescription": { "text": code.meaning() },
                "defaultConfiguration": { "level": code.level().word() } })
        })
        .collect();
    let results: Vec<Value> = report
        .diagnostics
        .iter()
        .map(|diagnostic| {
            let text = match &diagnostic.help {
                Some(help) => format!("{}; {help}", diagnostic.message),
                None => diagnostic.message.clone(),
            };
            let locations: Vec<Value> = diagnostic.span.iter().map(|span| sarif_location(span, sources)).collect();
            let mut result = json!({ "ruleId": diagnostic.code.name(), "level": diagnostic.severity.word(),
                "message": { "text": text }, "locations": locations });
            // What reads this may apply it without asking: only what is certain is a fix there.
            if let Some(fix) = diagnostic.fix.as_ref().filter(|fix| fix.is_certain) {
                result["fixes"] = json!([sarif_fix(fix, diagnostic, sources)]);
            }
            result
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{ "tool": { "driver": { "name": "Throughline", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "results": results }],
    })
}

fn sarif_location(span: &Span, sources: Sources<'_>) -> Value {
    let place = place(span, sources);
    let uri = crate::base::path::Route::of_file(span.path.as_str())
        .map_or_else(|| span.path.to_string(), |route| route.to_url());
    let mut physical = json!({ "artifactLocation": { "uri": uri } });
    if let Some(line) = place.get("line") {
        physical["region"] = json!({ "startLine": line, "startColumn": place["column"], "endLine": place["end_line"],
            "endColumn": place["end_column"] });
    }
    json!({ "physicalLocation": physical })
}

fn sarif_fix(fix: &Fix, diagnostic: &Diagnostic, sources: Sources<'_>) -> Value {
    let physical = &sarif_location(&fix.span, sources)["physicalLocation"];
    let replacement = json!({ "deletedRegion": physical["region"], "insertedContent": { "text": fix.text } });
    json!({ "description": { "text": diagnostic.help.as_deref().unwrap_or(&diagnostic.message) },
        "artifactChanges": [{ "artifactLocation": physical["artifactLocation"], "replacements": [replacement] }] })
}
