//! What `check` looks at only when it is asked to: links to pages elsewhere, and the budget.

use std::path::Path;

use serde_json::json;

use super::check_external::{Looked, look};
use crate::base::diagnostic::{Diagnostics, Report};
use crate::build::Build;
use crate::check::budget::{self, Row};
use crate::cli;
use crate::io::error::Error;
use crate::io::terminal::{Format, Sources, Terminal, to_json};
use crate::model::source::Snapshot;

/// What was looked at.
pub(super) struct More {
    looked: Option<Looked>,
    rows: Option<Vec<Row>>,
    /// Why links could not be looked at.
    pub(super) error: Option<Error>,
}

impl More {
    /// Looks at what the options name.
    pub(super) fn of(
        options: &cli::Check,
        root: &Path,
        (made, snapshot): (&Build, &Snapshot),
        terminal: &Terminal,
    ) -> Self {
        let looked = options.external.then(|| look(options, root, (&made.site, snapshot), terminal)).transpose();
        let rows = options.budget.then(|| budget::weigh(&made.site, &snapshot.book, &made.artifacts));
        match looked {
            Ok(looked) => Self { looked, rows, error: None },
            Err(error) => Self { looked: None, rows, error: Some(error) },
        }
    }

    /// What there is to say of it.
    pub(super) fn findings(&self, snapshot: &Snapshot) -> Report {
        let mut found = Diagnostics::default();
        found.extend(self.looked.iter().flat_map(|looked| looked.findings.iter().cloned()));
        found.append(self.rows.as_deref().map(budget::findings).unwrap_or_default());
        found.into_report(&snapshot.book.levels)
    }

    /// Writes the report, and what belongs to it.
    pub(super) fn report(&self, report: &Report, sources: Sources<'_>, terminal: &Terminal) {
        if terminal.format != Format::Json {
            terminal.report(report, sources);
            self.rows.iter().for_each(|rows| terminal.say(&budget::table(rows)));
            self.looked.iter().for_each(|looked| terminal.say(&looked.to_words()));
            return;
        }
        let mut value = to_json(report, sources);
        if let Some(looked) = &self.looked {
            value["external"] = looked.to_json();
        }
        if let Some(rows) = &self.rows {
            value["budget"] = json!(rows);
        }
        if let Some(error) = &self.error {
            value["error"] = json!(error.to_string());
        }
        terminal.write_out(&value.to_string());
    }
}
