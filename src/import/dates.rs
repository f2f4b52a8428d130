//! Dates as people and programs write them. Knows no source and guesses nothing: what can be read in two ways is refused.

use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil};

use super::foreign::{Harvest, When};

/// How long a day is, written as 2019-08-01.
const DAY: usize = "2019-08-01".len();

/// Seconds since 1970 have this many digits' worth at least (1973), and milliseconds begin where seconds end (5138).
const SECONDS: std::ops::Range<f64> = 1e8..1e11;
const MILLISECONDS: std::ops::Range<f64> = 1e11..1e14;

/// Fewer digits may be a day: 20190801.
const SHORTEST_NUMBER: usize = 9;

/// The date in a text as ISO 8601 writes it: an instant, a time without a zone, or a day. No text, no date.
///
/// # Errors
/// It is none of these; a reason, as a part of a sentence.
pub fn iso(written: &str) -> Result<When, String> {
    let written = written.trim();
    if written.is_empty() {
        return Ok(When::Unknown);
    }
    let instant = written.parse::<Timestamp>().ok().map(When::Exact);
    // A day alone would be read as its midnight.
    let day = || written.parse::<civil::Date>().ok().filter(|_| written.len() <= DAY).map(When::Day);
    let time = || written.parse::<civil::DateTime>().ok().map(When::ZoneUnknown);
    instant.or_else(day).or_else(time).ok_or_else(|| refusal(written))
}

/// The date in a text as anything writes it: also with a blank before the zone and its name behind it, in the way of letters
/// (RFC 2822), or as seconds or milliseconds since 1970.
///
/// # Errors
/// It is none of these; a reason, as a part of a sentence.
pub fn any(written: &str) -> Result<When, String> {
    let written = written.trim();
    if written.len() >= SHORTEST_NUMBER && written.bytes().all(|byte| byte.is_ascii_digit()) {
        return number(written.parse().unwrap_or(f64::NAN));
    }
    let of_letter = || rfc2822::parse(written).ok().map(|zoned| zoned.timestamp());
    match spaced(written).or_else(of_letter) {
        Some(moment) => Ok(When::Exact(moment)),
        None => iso(written),
    }
}

/// `2021-10-26 21:00:38 +0800 CST`: the zone stands apart, perhaps with its name behind it.
fn spaced(written: &str) -> Option<Timestamp> {
    let mut words = written.split_whitespace();
    let (day, time, zone) = (words.next()?, words.next()?, words.next()?);
    let zone = if matches!(zone, "UTC" | "GMT" | "Z") { "Z" } else { zone };
    format!("{day}T{time}{zone}").parse().ok()
}

/// The date in a text whose source means Greenwich where it names no zone.
///
/// # Errors
/// It is no date.
pub fn in_greenwich(written: &str) -> Result<When, String> {
    match iso(written)? {
        When::ZoneUnknown(time) => TimeZone::UTC.to_timestamp(time).map(When::Exact).map_err(|_| refusal(written)),
        other => Ok(other),
    }
}

/// Seconds or milliseconds since 1970, told apart by their size.
///
/// # Errors
/// It is neither.
pub fn number(count: f64) -> Result<When, String> {
    if SECONDS.contains(&count) {
        seconds(count)
    } else if MILLISECONDS.contains(&count) {
        milliseconds(count)
    } else {
        Err(format!("`{count}` is no date"))
    }
}

/// Seconds since 1970; of a fraction, thousandths are kept.
///
/// # Errors
/// They lie beyond every calendar.
pub fn seconds(count: f64) -> Result<When, String> {
    milliseconds(count * 1000.0).map_err(|_| format!("`{count}` is no date"))
}

/// Milliseconds since 1970.
///
/// # Errors
/// They lie beyond every calendar.
pub fn milliseconds(count: f64) -> Result<When, String> {
    // A number too large for a whole one becomes the largest, which is no date either.
    Timestamp::from_millisecond(count.floor() as i64).map(When::Exact).map_err(|_| format!("`{count}` is no date"))
}

/// The date that was found; one that cannot be read is told, and its reply has none.
pub fn or_left(found: Result<When, String>, place: &str, harvest: &mut dyn Harvest) -> When {
    found.unwrap_or_else(|why| {
        harvest.left(place.to_owned(), format!("{why}; the reply comes in without a date"));
        When::Unknown
    })
}

fn refusal(written: &str) -> String {
    let shown: String = written.chars().filter(|c| !c.is_control()).take(40).collect();
    if is_day_or_month_first(written) {
        return format!("its date `{shown}` can be read in two ways; write it as 2019-08-01");
    }
    format!("`{shown}` is no date; write it as 2019-08-01 or 2019-08-01T10:30:00Z")
}

/// Whether this begins as `01/08/2019`, `1.8.19` or `01-08-2019`, which is a day in August or in January.
fn is_day_or_month_first(written: &str) -> bool {
    let day = written.split([' ', 'T', ',']).next().unwrap_or_default();
    let parts: Vec<Option<u32>> = day.split(['/', '.', '-']).map(|part| part.parse().ok()).collect();
    matches!(parts.as_slice(), [Some(1..=12), Some(1..=12), Some(_)])
}

#[cfg(test)]
mod tests {
    use super::super::foreign::Basket;
    use super::*;

    fn exact(text: &str) -> When {
        When::Exact(text.parse().expect("a moment"))
    }

    #[test]
    fn dates_are_as_precise_as_they_are_written() {
        let day = civil::date(2019, 8, 2);
        for (written, wanted) in [
            ("2019-08-02T10:30:00+02:00", exact("2019-08-02T08:30:00Z")),
            ("2019-08-02T10:30:00.5+08:00", exact("2019-08-02T02:30:00.5Z")),
            (" 2019-08-02 10:30:00Z ", exact("2019-08-02T10:30:00Z")),
            ("2019-08-02 10:30", When::ZoneUnknown(day.at(10, 30, 0, 0))),
            ("2019-08-02T10:30:05", When::ZoneUnknown(day.at(10, 30, 5, 0))),
            ("2019-08-02", When::Day(day)),
            ("20190802", When::Day(day)),
            ("", When::Unknown),
        ] {
            assert_eq!((iso(written), any(written)), (Ok(wanted.clone()), Ok(wanted)), "{written}");
        }
        assert_eq!(in_greenwich("2019-08-02 10:30:05"), Ok(exact("2019-08-02T10:30:05Z")));
        assert_eq!(in_greenwich("2019-08-02"), Ok(When::Day(day)));
    }

    #[test]
    fn what_programs_write_is_read_where_it_is_asked_for() {
        for (written, wanted) in [
            ("2019-08-02 10:30:00 +0200", "2019-08-02T08:30:00Z"),
            ("2021-10-26 21:00:38 +0800 CST", "2021-10-26T13:00:38Z"),
            ("2021-10-26 13:00:38 +0000 UTC", "2021-10-26T13:00:38Z"),
            ("2021-10-28 20:50:15 +0800 +0800", "2021-10-28T12:50:15Z"),
            ("2019-08-02 10:30:00 UTC", "2019-08-02T10:30:00Z"),
            ("Fri, 2 Aug 2019 10:30:00 +0200", "2019-08-02T08:30:00Z"),
            ("1564741800", "2019-08-02T10:30:00Z"),
            ("1564741800123", "2019-08-02T10:30:00.123Z"),
        ] {
            assert_eq!(any(written), Ok(exact(wanted)), "{written}");
            assert!(iso(written).is_err(), "{written}");
        }
        assert_eq!(number(1_564_741_800.25), Ok(exact("2019-08-02T10:30:00.25Z")));
        assert_eq!(
            (seconds(5.0), milliseconds(5.0)),
            (Ok(exact("1970-01-01T00:00:05Z")), Ok(exact("1970-01-01T00:00:00.005Z")))
        );
        assert!(seconds(1e300).is_err() && milliseconds(i64::MAX as f64).is_err() && number(5.0).is_err());
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_refused() {
        for written in ["01/08/2019", "1.8.19", "01-08-2019 10:30"] {
            assert!(any(written).expect_err(written).contains("two ways"), "{written}");
            assert!(iso(written).expect_err(written).contains("two ways"), "{written}");
        }
        for written in [
            "2019",
            "yesterday",
            "=1+1",
            "99999999999999999999",
            "9223372036854775807",
            "123456",
            "2019-13-41",
            "-5",
            "\u{0}",
            "2021-03-02T99:00:00",
        ] {
            assert!(any(written).is_err() && iso(written).is_err(), "{written}");
        }
        let mut basket = Basket::default();
        assert_eq!(or_left(any("soon"), "line 3", &mut basket), When::Unknown);
        assert_eq!((basket.left.len(), basket.left[0].place.as_str()), (1, "line 3"));
    }
}
