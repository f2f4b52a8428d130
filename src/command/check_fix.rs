//! `check --fix`: what has one certain remedy is shown and mended; the rest is reported. Decides nothing about remedies.

use std::path::Path;

use serde_json::{Value, json};

use super::check::Checked;
use super::diff;
use crate::base::diagnostic::Diagnostic;
use crate::base::words::counted;
use crate::check::fixes::{Plan, Rewrite, plan};
use crate::cli;
use crate::io::error::Error;
use crate::io::terminal::{Format, Sources, Terminal, fix_to_json, to_json};
use crate::io::{disk, stage};

pub(super) fn run(options: &cli::Check, root: &Path, terminal: &Terminal) -> Result<u8, Error> {
    let before = Checked::look(root, &options.site, options.budget, terminal)?;
    let old = |path: &crate::base::path::SitePath| before.snapshot.text(path);
    let plan = plan(before.report(), &old);
    for file in &plan.files {
        terminal.say(&diff(file.path.as_str(), &file.before, &file.after));
    }
    if options.dry_run {
        tell(&before, &Outcome::planned(&plan), &old, terminal);
        let (count, files) = (counted(plan.count(), "finding"), counted(plan.files.len(), "file"));
        terminal.say(&match plan.count() {
            0 => "Nothing has one certain remedy.".to_owned(),
            _ => format!("{count} in {files} would be mended; nothing was written."),
        });
        return Ok(before.conclude(terminal));
    }
    let outcome = apply(&plan, root);
    let after = if outcome.made.is_empty() {
        None
    } else {
        Some(Checked::look(root, &options.site, options.budget, terminal)?)
    };
    let after = after.as_ref().unwrap_or(&before);
    tell(after, &outcome, &old, terminal);
    let mended: usize = outcome.made.iter().map(|file| file.mended.len()).sum();
    terminal.say(&match mended {
        0 => "Nothing was mended.".to_owned(),
        _ => format!("Mended {} in {}.", counted(mended, "finding"), counted(outcome.made.len(), "file")),
    });
    for why in &outcome.left {
        terminal.fail(why);
    }
    if !outcome.waiting.is_empty() {
        let count = counted(outcome.waiting.len(), "more change");
        terminal.say(&format!("{count} would have touched one of these: run `throughline check --fix` again."));
    }
    let code = after.conclude(terminal);
    Ok(if outcome.left.is_empty() { code } else { 1 })
}

/// What became of a plan.
struct Outcome<'a> {
    /// Files that were changed, or would be.
    made: Vec<&'a Rewrite>,
    /// Why others were left alone.
    left: Vec<String>,
    waiting: &'a [Diagnostic],
    is_dry: bool,
}

impl<'a> Outcome<'a> {
    fn planned(plan: &'a Plan) -> Self {
        Self { made: plan.files.iter().collect(), left: Vec::new(), waiting: &plan.waiting, is_dry: true }
    }
}

/// Writes the files one by one, each whole or not at all; one that cannot be written stops no other.
fn apply<'a>(plan: &'a Plan, root: &Path) -> Outcome<'a> {
    let mut outcome = Outcome { made: Vec::new(), left: Vec::new(), waiting: &plan.waiting, is_dry: false };
    for file in &plan.files {
        let written =
            disk::writable(root, &file.path).and_then(|place| stage::replace_source(&place, &file.before, &file.after));
        match written {
            Ok(true) => outcome.made.push(file),
            Ok(false) => outcome.left.push(format!("`{}` changed meanwhile and was left alone", file.path)),
            Err(why) => outcome.left.push(why.to_string()),
        }
    }
    outcome
}

/// The report, for machines together with the changes.
fn tell(checked: &Checked, outcome: &Outcome<'_>, old: Sources<'_>, terminal: &Terminal) {
    let sources = |path: &crate::base::path::SitePath| checked.snapshot.text(path);
    if terminal.format != Format::Json {
        return terminal.report(checked.report(), &sources);
    }
    let change = |found: &Diagnostic| -> Value {
        let fix = found.fix.as_ref().map(|fix| fix_to_json(fix, old));
        json!({ "code": found.code.name(), "message": found.message, "fix": fix })
    };
    let file = |file: &&Rewrite| {
        let changes: Vec<Value> = file.mended.iter().map(change).collect();
        json!({ "path": file.path.as_str(), "changes": changes })
    };
    let mut value = to_json(checked.report(), &sources);
    value["fixed"] = json!({
        "is_dry_run": outcome.is_dry,
        "files": outcome.made.iter().map(file).collect::<Vec<_>>(),
        "waiting": outcome.waiting.iter().map(change).collect::<Vec<_>>(),
        "left": outcome.left,
    });
    terminal.write_out(&value.to_string());
}
