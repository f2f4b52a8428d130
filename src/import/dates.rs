//! Dates as people and programs write them. Knows no source and guesses nothing: what can be read in two ways is refused.

use jiff::fmt::{rfc2822, strtime};
use jiff::{Timestamp, civil};

use super::foreign::When;

/// Seconds since 1970 have this many digits' worth at least (1973), and milliseconds begin where seconds end (5138).
const SECONDS: std::ops::Range<i64> = 100_000_000..100_000_000_000;
const MILLISECONDS: std::ops::Range<i64> = 100_000_000_000..100_000_000_000_000;

/// The date in a text: ISO 8601 with or without zone or time, RFC 2822, seconds or milliseconds since 1970.
///
/// # Errors
/// It is none of these; a reason, as a part of a sentence.
pub fn when(written: &str) -> Result<When, String> {
    let written = written.trim();
    if written.is_empty() {
        return Ok(When::Unknown);
    }
    if let Some(moment) = since_1970(written).or_else(|| moment(written)) {
        return Ok(When::Exact(moment));
    }
    if let Ok(day) = written.parse::<civil::Date>()
        && written.len() <= "2019-08-01".len()
    {
        return Ok(When::Day(day));
    }
    if let Ok(time) = written.parse::<civil::DateTime>() {
        return Ok(When::ZoneUnknown(time));
    }
    let shown: String = written.chars().filter(|c| !c.is_control()).take(40).collect();
    if is_day_or_month_first(written) {
        return Err(format!("its date `{shown}` can be read in two ways; write it as 2019-08-01"));
    }
    Err(format!("`{shown}` is no date; write it as 2019-08-01 or 2019-08-01T10:30:00Z"))
}

fn since_1970(written: &str) -> Option<Timestamp> {
    if written.len() < 9 || !written.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count: i64 = written.parse().ok()?;
    if SECONDS.contains(&count) {
        return Timestamp::from_second(count).ok();
    }
    MILLISECONDS.contains(&count).then(|| Timestamp::from_millisecond(count).ok()).flatten()
}

fn moment(written: &str) -> Option<Timestamp> {
    let utc =
        written.strip_suffix(" UTC").or_else(|| written.strip_suffix(" GMT")).or_else(|| written.strip_suffix(" Z"));
    let spaced = || strtime::parse("%Y-%m-%d %H:%M:%S %z", written).and_then(|parts| parts.to_timestamp());
    written
        .parse::<Timestamp>()
        .ok()
        .or_else(|| format!("{}Z", utc?).parse::<Timestamp>().ok())
        .or_else(|| spaced().ok())
        .or_else(|| rfc2822::parse(written).ok().map(|zoned| zoned.timestamp()))
}

/// Whether this begins as `01/08/2019`, `1.8.19` or `01-08-2019`, which is a day in August or in January.
fn is_day_or_month_first(written: &str) -> bool {
    let day = written.split([' ', 'T', ',']).next().unwrap_or_default();
    let parts: Vec<&str> = day.split(['/', '.', '-']).collect();
    parts.len() == 3 && parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_as_precise_as_they_are_written() {
        let exact = |text: &str| When::Exact(text.parse().expect("a moment"));
        let day = civil::date(2019, 8, 2);
        for (written, wanted) in [
            ("2019-08-02T10:30:00+02:00", exact("2019-08-02T08:30:00Z")),
            (" 2019-08-02 10:30:00Z ", exact("2019-08-02T10:30:00Z")),
            ("2019-08-02 10:30:00 +0200", exact("2019-08-02T08:30:00Z")),
            ("2019-08-02 10:30:00 UTC", exact("2019-08-02T10:30:00Z")),
            ("Fri, 2 Aug 2019 10:30:00 +0200", exact("2019-08-02T08:30:00Z")),
            ("1564741800", exact("2019-08-02T10:30:00Z")),
            ("1564741800123", exact("2019-08-02T10:30:00.123Z")),
            ("2019-08-02 10:30", When::ZoneUnknown(day.at(10, 30, 0, 0))),
            ("2019-08-02T10:30:05", When::ZoneUnknown(day.at(10, 30, 5, 0))),
            ("2019-08-02", When::Day(day)),
            ("20190802", When::Day(day)),
            ("", When::Unknown),
        ] {
            assert_eq!(when(written), Ok(wanted), "{written}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for written in ["01/08/2019", "1.8.19", "01-08-2019 10:30", "13/08/2019"] {
            assert!(when(written).expect_err(written).contains("two ways"), "{written}");
        }
        for written in ["2019", "yesterday", "=1+1", "99999999999999999999", "123456", "2019-13-41", "-5", "\u{0}"] {
            assert!(when(written).is_err(), "{written}");
        }
    }
}
