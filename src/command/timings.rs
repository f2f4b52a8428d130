//! `build --timings`: where the time went, as a table.

use std::time::Duration;

use crate::timings::Timings;

/// The table.
pub(super) fn to_words(timings: &Timings) -> String {
    let mut lines = vec!["Stages".to_owned()];
    lines.extend(timings.stages.iter().map(|(stage, time)| row(*time, stage)));
    lines.push("Kinds of files, on all cores together".to_owned());
    lines.extend(timings.kinds.iter().map(|(kind, count, time)| row(*time, &format!("{kind} ({count})"))));
    lines.push("Slowest files".to_owned());
    lines.extend(timings.slowest.iter().map(|(file, time)| row(*time, file)));
    lines.join("\n")
}

fn row(time: Duration, what: &str) -> String {
    format!("{:>9.1} ms  {what}", time.as_secs_f64() * 1000.0)
}
