//! Days as moments, and moments as lines of cron in UTC. Knows no workflow and no clock.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{ToSpan, ZonedDateTime};

/// So many minutes after midnight: on the full hour, when everybody wants to run, hosts are late or leave runs out.
const MINUTES: i64 = 7;

/// The moment at which a day has begun in a time zone, in UTC.
fn moment(day: Date, zone: &TimeZone) -> ZonedDateTime {
    let begin = day.to_zoned_datetime(zone.clone()).expect("days of essays lie between the years 1000 and 9000");
    let after =
        begin.timestamp().checked_add(MINUTES.minutes()).expect("as far from the ends of time as the day itself");
    after.to_zoned_datetime(TimeZone::UTC)
}

/// The line that runs when this day begins in a time zone. It names no year: there is no place for one.
#[must_use]
pub fn line(day: Date, zone: &TimeZone) -> String {
    let moment = moment(day, zone);
    format!("{} {} {} {} *", moment.minute(), moment.hour(), moment.day(), moment.month())
}

/// The line that runs once on each day, early on each of these; summer time may make it an hour later on some.
#[must_use]
pub fn daily(days: &[Date], zone: &TimeZone) -> String {
    let since_midnight = |day: &Date| {
        let midnight =
            day.to_zoned_datetime(TimeZone::UTC).expect("days of essays lie between the years 1000 and 9000");
        moment(*day, zone).timestamp().as_second() - midnight.timestamp().as_second()
    };
    let latest = days.iter().map(since_midnight).max().unwrap_or(MINUTES * 60);
    let minute = latest.div_euclid(60).rem_euclid(24 * 60);
    format!("{} {} * * *", minute % 60, minute / 60)
}

/// Whether a line of cron in UTC runs while it is this day in a time zone. A line that cannot be read runs never.
#[must_use]
pub fn runs_on(line: &str, day: Date, zone: &TimeZone) -> bool {
    let fields: Vec<&str> = line.split_ascii_whitespace().collect();
    let [minute, hour, of_month, month, of_week] = fields.as_slice() else { return false };
    let (Ok(begin), Some(end)) = (
        day.to_zoned_datetime(zone.clone()),
        day.tomorrow().ok().and_then(|next| next.to_zoned_datetime(zone.clone()).ok()),
    ) else {
        return false;
    };
    // As cron has it: where both days are named, either will do.
    let names_both = !of_month.starts_with('*') && !of_week.starts_with('*');
    let is_day = |day: &Date| {
        let by_month = holds(of_month, i64::from(day.day()), 1);
        let week_day = i64::from(day.weekday().to_sunday_zero_offset());
        let by_week = holds(of_week, week_day, 0) || week_day == 0 && holds(of_week, 7, 0);
        holds(month, i64::from(day.month()), 1) && if names_both { by_month || by_week } else { by_month && by_week }
    };
    let runs = |day: Date| {
        let times = (0..24)
            .filter(|at| holds(hour, i64::from(*at), 0))
            .flat_map(|hour| (0..60).filter(|at| holds(minute, i64::from(*at), 0)).map(move |minute| (hour, minute)));
        times
            .filter_map(|(hour, minute)| day.at(hour, minute, 0, 0).to_zoned_datetime(TimeZone::UTC).ok())
            .any(|moment| (begin.timestamp()..end.timestamp()).contains(&moment.timestamp()))
    };
    // A day anywhere touches the day of the same name in UTC and its neighbours, and no other.
    let near = [day.yesterday().ok(), Some(day), day.tomorrow().ok()];
    near.into_iter().flatten().filter(is_day).any(runs)
}

/// Whether a field of a line holds a value: `*`, `5`, `1-5`, `*/15`, `1-30/2`, several of them between commas. `least` is
/// where the field counts from.
fn holds(field: &str, value: i64, least: i64) -> bool {
    field.split(',').any(|part| {
        let (range, step) = part.split_once('/').unwrap_or((part, "1"));
        let (first, last) = match range.split_once('-') {
            Some((first, last)) => (first.parse().ok(), last.parse().ok()),
            None if range == "*" => (Some(least), Some(i64::MAX)),
            None if part.contains('/') => (range.parse().ok(), Some(i64::MAX)),
            None => (range.parse().ok(), range.parse().ok()),
        };
        let (Some::<i64>(first), Some(last), Ok(step)) = (first, last, step.parse::<i64>()) else { return false };
        step > 0 && (first..=last).contains(&value) && (value - first) % step == 0
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).expect(name)
    }

    #[test]
    fn a_line_runs_when_the_day_has_begun_where_the_writer_is() {
        for (name, day, wanted) in [
            ("UTC", date(2027, 3, 2), "7 0 2 3 *"),
            ("Europe/Berlin", date(2027, 3, 2), "7 23 1 3 *"),
            ("Europe/Berlin", date(2027, 7, 2), "7 22 1 7 *"),
            ("America/Los_Angeles", date(2027, 3, 2), "7 8 2 3 *"),
            ("Asia/Kolkata", date(2027, 1, 1), "37 18 31 12 *"),
            ("Asia/Kathmandu", date(2027, 3, 2), "22 18 1 3 *"),
            ("Pacific/Kiritimati", date(2027, 3, 2), "7 10 1 3 *"),
            ("Pacific/Pago_Pago", date(2027, 3, 2), "7 11 2 3 *"),
            ("Europe/Berlin", date(2028, 3, 1), "7 23 29 2 *"),
            ("Europe/Berlin", date(2027, 3, 1), "7 23 28 2 *"),
            ("UTC", date(2028, 2, 29), "7 0 29 2 *"),
            // Summer time begins at midnight there, which does not exist on that day.
            ("America/Santiago", date(2027, 9, 5), "7 4 5 9 *"),
            ("Africa/Cairo", date(2027, 4, 30), "7 22 29 4 *"),
        ] {
            assert_eq!(line(day, &zone(name)), wanted, "{name} {day}");
        }
    }

    #[test]
    fn a_line_runs_on_its_day_in_every_zone() {
        let zones =
            ["UTC", "Europe/Berlin", "America/St_Johns", "America/Santiago", "Australia/Lord_Howe", "Asia/Gaza"];
        for zone in zones.map(zone).into_iter().chain([zone("Pacific/Kiritimati"), zone("Pacific/Marquesas")]) {
            for offset in (0..1500).step_by(11) {
                let day = date(2027, 1, 1).checked_add(i64::from(offset).days()).expect("near");
                let line = line(day, &zone);
                assert!(runs_on(&line, day, &zone), "{line} {day} {zone:?}");
                let next = day.tomorrow().expect("near");
                assert!(!runs_on(&line, next, &zone), "{line} {next} {zone:?}");
            }
        }
    }

    #[test]
    fn one_line_can_stand_for_every_day() {
        for name in ["UTC", "Europe/Berlin", "America/Los_Angeles", "Australia/Lord_Howe", "Asia/Kolkata"] {
            let zone = zone(name);
            let all = (0..800).map(|offset: i32| date(2027, 1, 1).checked_add(i64::from(offset).days()).expect("near"));
            let days: Vec<Date> = all.collect();
            let line = daily(&days, &zone);
            assert!(days.iter().all(|day| runs_on(&line, *day, &zone)), "{name}: {line}");
        }
        assert_eq!(daily(&[date(2027, 1, 1), date(2027, 7, 1)], &zone("Europe/Berlin")), "7 23 * * *");
        assert_eq!(daily(&[], &zone("Europe/Berlin")), "7 0 * * *");
    }

    #[test]
    fn lines_that_a_writer_changed_are_understood() {
        let day = date(2027, 3, 2);
        for line in [
            "0 6 2 3 *",
            "*/30 * * * *",
            "0 6 1-5 1,3 *",
            "0 0 * * 2",
            "15 5 * * 1-5",
            "0 6 1 3 2",
            "0 6 2-28/5 * *",
            "0 6 */1 */2 *",
        ] {
            assert!(runs_on(line, day, &TimeZone::UTC), "{line}");
        }
        for line in [
            "0 6 3 3 *",
            "0 6 2 4 *",
            "0 0 * * 1",
            "",
            "0 6 2 3",
            "a b c d e",
            "0 24 * * *",
            "@daily",
            "0 6 */0 * *",
            "0 6 */2 * *",
        ] {
            assert!(!runs_on(line, day, &TimeZone::UTC), "{line}");
        }
    }
}
