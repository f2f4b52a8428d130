//! Dates as written and as shown; knows nothing about today.

use jiff::fmt::temporal::Pieces;
use jiff::tz::Offset;
use jiff::{Timestamp, civil};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A day, with the time of day where the writer gave one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    moment: civil::DateTime,
    has_time: bool,
    /// From universal time to that of the writer, in seconds; 0 where none is written.
    offset: i32,
}

/// Written as it is read: a day, its time, and the offset.
impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (day, time) = (self.moment.date(), self.moment.time());
        let time = (time.hour(), time.minute(), time.second(), time.subsec_nanosecond());
        ((day.year(), day.month(), day.day()), time, self.has_time, self.offset).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        type Written = ((i16, i8, i8), (i8, i8, i8, i32), bool, i32);
        let ((year, month, day), (hour, minute, second, nano), has_time, offset) = Written::deserialize(deserializer)?;
        let moment = civil::DateTime::new(year, month, day, hour, minute, second, nano);
        Ok(Self { moment: moment.map_err(serde::de::Error::custom)?, has_time, offset })
    }
}

/// Years that a book may speak of; anything else is a slip of the pen.
const YEARS: std::ops::RangeInclusive<i16> = 1000..=9000;

impl Date {
    /// Reads `2021-03-02`, `2021-03-02T07:00:00`, `2021-03-02 07:00`, each with or without `Z` or an offset
    /// (RFC 3339, ISO 8601 extended form), and the same as other programs write it: with blanks before the offset, `UTC`, or
    /// slashes, year first. The day is the one that is written, whatever the offset.
    ///
    /// # Errors
    /// A sentence that says why this is no date.
    pub fn parse(written: &str) -> Result<Self, String> {
        let written = written.trim();
        let usual = usual(written);
        let parsed = if usual.len() <= 10 {
            usual.parse::<civil::Date>().map(Self::day)
        } else {
            let local = usual.strip_suffix(['Z', 'z']).unwrap_or(&usual);
            let offset = Pieces::parse(&usual).ok().and_then(|pieces| pieces.to_numeric_offset());
            let offset = offset.map_or(0, Offset::seconds);
            local.parse::<civil::DateTime>().map(|moment| Self { moment, has_time: true, offset })
        };
        let date = parsed.map_err(|_| format!("`{written}` is not a date"))?;
        if YEARS.contains(&date.moment.year()) {
            Ok(date)
        } else {
            Err(format!("the year {} is out of range", date.moment.year()))
        }
    }

    /// A day without a time.
    #[must_use]
    pub fn day(day: civil::Date) -> Self {
        Self { moment: day.at(0, 0, 0, 0), has_time: false, offset: 0 }
    }

    /// The day, without its time.
    #[must_use]
    pub fn as_day(&self) -> civil::Date {
        self.moment.date()
    }

    /// The year.
    #[must_use]
    pub fn year(&self) -> i16 {
        self.moment.year()
    }

    /// `2021-03-02`: for machines, never more precise than a day.
    #[must_use]
    pub fn to_iso(&self) -> String {
        self.moment.date().to_string()
    }

    /// `2 March 2021`.
    #[must_use]
    pub fn to_words(&self) -> String {
        self.moment.strftime("%-d %B %Y").to_string()
    }

    /// The moment, in universal time: the first one of the day where no time of day is known. A time without an offset counts as
    /// universal time.
    #[must_use]
    pub fn to_timestamp(&self) -> Timestamp {
        let offset = Offset::from_seconds(self.offset).expect("an offset that was read is one");
        offset.to_timestamp(self.moment).expect("years that a book may speak of are far from the ends of time")
    }

    /// Whether the writer gave a time of day.
    #[must_use]
    pub fn has_time(&self) -> bool {
        self.has_time
    }
}

/// A date as the standards have it: no blank before an offset, no name of universal time, no slashes.
fn usual(written: &str) -> String {
    let mut parts: Vec<&str> = written.split_whitespace().collect();
    // A zone follows a time of day; behind a day alone it would make up a midnight.
    let is_behind_time = |parts: &Vec<&str>| parts.iter().rev().skip(1).any(|part| part.contains(':'));
    let is_named = is_behind_time(&parts) && matches!(parts.last(), Some(&"UTC" | &"GMT" | &"Z" | &"z"));
    if is_named {
        parts.pop();
    }
    let offset = if is_behind_time(&parts) { parts.pop_if(|part| part.starts_with(['+', '-'])) } else { None };
    let zone = offset.unwrap_or(if is_named { "Z" } else { "" });
    let local = parts.join(" ");
    let is_slashed = matches!(local.as_bytes(), [_, _, _, _, b'/', _, _, b'/', _, _, ..]);
    let local = if is_slashed { local.replacen('/', "-", 2) } else { local };
    format!("{local}{zone}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_as_written() {
        for written in ["2021-03-02", "2021-03-02T07:00:00Z", "2021-03-02 23:30:00+09:00", "2021-03-02T07:00:00"] {
            let date = Date::parse(written).expect(written);
            assert_eq!(
                (date.to_iso(), date.to_words()),
                ("2021-03-02".to_owned(), "2 March 2021".to_owned()),
                "{written}"
            );
        }
    }

    #[test]
    fn a_moment_is_told_in_universal_time() {
        for (written, moment) in [
            ("2021-03-02", "2021-03-02T00:00:00Z"),
            ("2021-03-02T07:00:00", "2021-03-02T07:00:00Z"),
            ("2021-03-02T07:00:00Z", "2021-03-02T07:00:00Z"),
            ("2021-03-02 23:30:00+09:00", "2021-03-02T14:30:00Z"),
            ("2021-03-02T23:30-05:30", "2021-03-03T05:00:00Z"),
            ("2021-03-02 10:00:00 +0200", "2021-03-02T08:00:00Z"),
            ("2021-03-02 10:00:00  -07:00", "2021-03-02T17:00:00Z"),
            ("2021-03-02 10:00 +02", "2021-03-02T08:00:00Z"),
            ("2021-03-02 10:00:00 UTC", "2021-03-02T10:00:00Z"),
            ("2021-03-02T10:00:00 +0200", "2021-03-02T08:00:00Z"),
            ("2021-03-02 10:00:00 +0000 UTC", "2021-03-02T10:00:00Z"),
            ("2021/03/02 10:00:00", "2021-03-02T10:00:00Z"),
            ("2021/03/02", "2021-03-02T00:00:00Z"),
        ] {
            assert_eq!(Date::parse(written).expect(written).to_timestamp().to_string(), moment, "{written}");
        }
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for written in [
            "2026-02-30",
            "0000-00-00",
            "yesterday",
            "1e999",
            "2026-01-02T25:61:61Z",
            "12/13/2026",
            "2021-03-02 UTC",
            "2021-03-02 +0200",
            "2021-03-02 10:00 CEST",
            "2021-03/02",
            "10000-01-01",
            "2026-01-02T00:00:00+99:99",
            "",
        ] {
            assert!(Date::parse(written).is_err(), "{written}");
        }
    }
}
