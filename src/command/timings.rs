//! `build --timings`: where the time went, and how much was done.

use std::time::Duration;

use serde_json::{Value, json};

use super::outcome::Work;
use crate::base::diagnostic::Report;
use crate::base::words::counted;
use crate::io::terminal::{Sources, to_json};

/// A table.
pub(super) fn to_words(work: &Work) -> String {
    let timings = &work.timings;
    let mut lines = vec!["Stages".to_owned()];
    lines.extend(timings.stages.iter().map(|(stage, time)| row(*time, stage)));
    if !timings.kinds.is_empty() {
        lines.push("Pages by their templates, and other files: all cores together".to_owned());
        lines.extend(timings.kinds.iter().map(|(kind, count, time)| row(*time, &format!("{kind} ({count})"))));
        lines.push("Slowest files".to_owned());
        lines.extend(timings.slowest.iter().map(|(file, time)| row(*time, file)));
    }
    lines.push("Work".to_owned());
    lines.push(format!(
        "  {} files: {} made, {} written, {} kept, {} removed",
        work.files, work.made, work.written, work.kept, work.removed
    ));
    lines.push(format!("  {} parsed", counted(work.parsed, "text")));
    for (name, hits, computed) in &work.remembered {
        lines.push(format!("  {name}: {hits} remembered, {computed} computed"));
    }
    lines.join("\n")
}

/// The report for machines, with the same figures under `timings` and `work`. Times are in milliseconds.
pub(super) fn with(report: &Report, texts: Sources<'_>, work: &Work) -> Value {
    let timings = &work.timings;
    let stages = timings.stages.iter().map(|(stage, time)| json!({ "name": stage, "ms": millis(*time) }));
    let kinds =
        timings.kinds.iter().map(|(kind, count, time)| json!({ "name": kind, "files": count, "ms": millis(*time) }));
    let slowest = timings.slowest.iter().map(|(file, time)| json!({ "file": file, "ms": millis(*time) }));
    let remembered = work
        .remembered
        .iter()
        .map(|(name, hits, computed)| json!({ "name": name, "hits": hits, "computed": computed }));
    let mut value = to_json(report, texts);
    value["timings"] = json!({
        "stages": stages.collect::<Vec<_>>(),
        "kinds": kinds.collect::<Vec<_>>(),
        "slowest": slowest.collect::<Vec<_>>(),
    });
    value["work"] = json!({
        "parsed": work.parsed, "files": work.files, "made": work.made, "written": work.written, "bytes": work.bytes,
        "kept": work.kept, "removed": work.removed, "remembered": remembered.collect::<Vec<_>>(),
    });
    value
}

fn row(time: Duration, what: &str) -> String {
    format!("{:>9.1} ms  {what}", millis(time))
}

/// Milliseconds, to a tenth of a microsecond.
fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000_000.0).round() / 10_000.0
}
