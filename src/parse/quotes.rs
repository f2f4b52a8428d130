//! Quotations and alerts. Knows no text inside them.

use pulldown_cmark::BlockQuoteKind;

use super::markdown::Writer;
use crate::base::codes::Code;
use crate::base::diagnostic::{Diagnostic, nearest};

impl Writer<'_> {
    pub(super) fn start_quote(&mut self, at: usize, kind: Option<BlockQuoteKind>) -> usize {
        if let Some(waiting) = self.waiting.last_mut() {
            *waiting = None;
        }
        self.fresh_line();
        if let Some(kind) = kind {
            let (class, title) = alert(kind);
            self.write(&format!(
                "<div class=\"alert alert-{class}\" role=\"note\">\n<p class=\"alert-title\">{title}</p>\n"
            ));
            return at + 1;
        }
        if let Some(content) = self.pull_quote_content(at) {
            return self.write_pull_quote(at, content);
        }
        self.report_unknown_alert(at);
        self.closed_to_terms += 1;
        self.write("<blockquote>\n");
        at + 1
    }

    /// `> [!NOET]` and `> [!NOTE] with words behind it` are plain quotations to every parser, and never meant as such.
    fn report_unknown_alert(&mut self, at: usize) {
        let Some((_, source)) = self.events.get(at + 2).filter(|_| self.input.settings.extensions) else { return };
        let line = self.input.text[self.input.body_start..][source.start..].lines().next().unwrap_or("");
        let Some((word, behind)) = line.strip_prefix("[!").and_then(|rest| rest.split_once(']')) else { return };
        if word.is_empty() || !word.chars().all(|c| c.is_ascii_alphabetic()) || behind.starts_with(['(', '[']) {
            return;
        }
        let span = self.span(source.start..source.start + word.len() + 3);
        let is_known = ALERTS.iter().any(|known| known.eq_ignore_ascii_case(word));
        let (message, help) = if is_known {
            let message = format!("`[!{word}]` must stand alone on its line");
            (message, "put the words on the next line, behind `>`".to_owned())
        } else {
            let help = match nearest(word, ALERTS) {
                Some(near) => format!("did you mean `[!{near}]`?"),
                None => format!("write one of `[!{}]`", ALERTS.join("]`, `[!")),
            };
            (format!("there is no alert `[!{word}]`"), help)
        };
        self.diagnostics.push(Diagnostic::new(Code::UnknownAlert, span, message).help(help));
    }

    pub(super) fn end_quote(&mut self, kind: Option<BlockQuoteKind>) {
        if kind.is_some() {
            self.write_line("</div>\n");
        } else {
            self.closed_to_terms -= 1;
            self.write_line("</blockquote>\n");
        }
    }
}

const ALERTS: [&str; 6] = ["NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION", "pull"];

fn alert(kind: BlockQuoteKind) -> (&'static str, &'static str) {
    match kind {
        BlockQuoteKind::Note => ("note", "Note"),
        BlockQuoteKind::Tip => ("tip", "Tip"),
        BlockQuoteKind::Important => ("important", "Important"),
        BlockQuoteKind::Warning => ("warning", "Warning"),
        BlockQuoteKind::Caution => ("caution", "Caution"),
    }
}
