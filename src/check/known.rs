//! What is known of addresses elsewhere since they were asked last. Asks nobody and knows no file.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::answer::{Answer, Silence};

/// What did not answer well is asked again after so many days.
const SOON: i64 = 1;
/// So many days of failure are remembered.
const MOST_DAYS: usize = 8;
/// An address that nothing links to any more is forgotten after so many.
const FORGOTTEN_AFTER: i64 = 180;

/// How an address stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is there.
    Fine,
    /// It is there, and has moved for good.
    Moved,
    /// It is not there any more.
    Gone,
    /// Its host does not tell programs.
    Refused,
    /// It could not be reached.
    Unreachable,
    /// It stands where readers cannot go.
    Closed,
}

impl State {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Moved => "moved",
            Self::Gone => "gone",
            Self::Refused => "refused",
            Self::Unreachable => "unreachable",
            Self::Closed => "closed",
        }
    }
}

/// What is known of an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// The day on which it was asked last.
    #[serde(with = "day")]
    pub asked: Date,
    /// How it stands.
    pub state: State,
    /// The status that it answered with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Where it stands now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What went wrong, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The days on which it could not be reached, one after the other.
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "days")]
    pub failed: Vec<Date>,
}

impl Known {
    /// What an answer says; `before` is what was known until then. `None` where the host put us off.
    #[must_use]
    pub fn of(answer: &Answer, today: Date, before: Option<&Self>) -> Option<Self> {
        let new = |state| Self { asked: today, state, status: None, to: None, why: String::new(), failed: Vec::new() };
        let known = match answer {
            Answer::Later(_) => return None,
            Answer::Status { status: 500..=599, .. }
            | Answer::None(Silence::NoHost | Silence::Slow | Silence::Broken, _) => {
                let mut failed = before.map(|before| before.failed.clone()).unwrap_or_default();
                if failed.last() != Some(&today) {
                    failed.push(today);
                }
                // The first one tells since when, and the last ones that it went on.
                if failed.len() > MOST_DAYS {
                    failed.remove(1);
                }
                let (status, why) = match answer {
                    Answer::Status { status, .. } => {
                        (Some(*status), format!("it answers {status}: its host is not well"))
                    }
                    Answer::None(_, why) | Answer::Later(why) => (None, why.clone()),
                };
                Self { status, why, failed, ..new(State::Unreachable) }
            }
            Answer::None(Silence::Closed, why) => Self { why: why.clone(), ..new(State::Closed) },
            Answer::Status { status, moved } => {
                let state = match status {
                    200..=299 if moved.is_some() => State::Moved,
                    200..=299 => State::Fine,
                    404 | 410 => State::Gone,
                    _ => State::Refused,
                };
                Self { status: Some(*status), to: moved.as_ref().map(ToString::to_string), ..new(state) }
            }
        };
        Some(known)
    }

    /// Whether it has to be asked again.
    #[must_use]
    pub fn is_stale(&self, today: Date, max_age: i64) -> bool {
        let is_sure = matches!(self.state, State::Fine | State::Moved | State::Refused) && self.status != Some(429);
        let age = age(self.asked, today);
        // A day that lies ahead comes from a clock that went wrong.
        age < 0 || age >= if is_sure { max_age } else { SOON.min(max_age) }
    }
}

/// The days from one to the other.
fn age(then: Date, today: Date) -> i64 {
    then.until(today).map_or(i64::MAX, |span| i64::from(span.get_days()))
}

/// How long ago something was asked, in words.
#[must_use]
pub fn ago(then: Date, today: Date) -> String {
    match age(then, today) {
        ..=0 => "asked today".to_owned(),
        1 => "asked yesterday".to_owned(),
        days => format!("asked {days} days ago"),
    }
}

/// What is known of all addresses, by address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// By address, without the part behind `#`.
    pub addresses: BTreeMap<String, Known>,
}

impl Memory {
    /// Reads what was remembered.
    ///
    /// # Errors
    /// It is nothing that was written here; as a clause.
    pub fn read(text: &str) -> Result<Self, String> {
        serde_json::from_str(text).map_err(|error| error.to_string())
    }

    /// The same as text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let text =
            serde_json::to_string_pretty(self).expect("names are texts, and nothing in it is a map of something else");
        format!("{text}\n")
    }

    /// Forgets addresses that are no longer wanted and were not asked for long.
    pub fn tidy(&mut self, today: Date, is_wanted: impl Fn(&str) -> bool) {
        self.addresses.retain(|address, known| is_wanted(address) || age(known.asked, today) < FORGOTTEN_AFTER);
    }
}

/// A day as `2026-11-28`.
mod day {
    use jiff::civil::Date;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(day: &Date, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(day)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        String::deserialize(from)?.parse().map_err(de::Error::custom)
    }
}

/// Days as a list of such texts.
mod days {
    use jiff::civil::Date;
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(days: &[Date], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(days.iter().map(ToString::to_string))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Date>, D::Error> {
        let days = Vec::<String>::deserialize(from)?;
        days.iter().map(|day| day.parse().map_err(de::Error::custom)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn status(status: u16) -> Answer {
        Answer::Status { status, moved: None }
    }

    #[test]
    fn failures_are_counted_by_day_until_something_answers() {
        let slow = Answer::None(Silence::Slow, "a.example did not answer in time".to_owned());
        let (first, second) = (date(2026, 1, 1), date(2026, 1, 3));
        let once = Known::of(&slow, first, None).expect("an answer");
        let twice = Known::of(&slow, first, Some(&once)).expect("an answer");
        assert_eq!(twice.failed, [first]);
        let later = Known::of(&status(503), second, Some(&twice)).expect("an answer");
        assert_eq!((later.failed.as_slice(), later.status), (&[first, second][..], Some(503)));
        assert!(Known::of(&status(200), second, Some(&later)).is_some_and(|fine| fine.failed.is_empty()));
        assert_eq!(Known::of(&Answer::Later("x".to_owned()), second, None), None);
    }

    #[test]
    fn what_is_well_keeps_for_long_and_the_rest_for_a_day() {
        let today = date(2026, 2, 1);
        let known = |code, asked| Known::of(&status(code), asked, None).expect("an answer");
        assert!(!known(200, date(2026, 1, 3)).is_stale(today, 30) && known(200, date(2026, 1, 2)).is_stale(today, 30));
        assert!(
            !known(403, date(2026, 1, 31)).is_stale(today, 30) && known(429, date(2026, 1, 31)).is_stale(today, 30)
        );
        assert!(!known(404, today).is_stale(today, 30) && known(404, date(2026, 1, 31)).is_stale(today, 30));
        assert!(known(200, today).is_stale(today, 0) && known(200, date(2026, 2, 2)).is_stale(today, 30));
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let mut memory = Memory::default();
        let slow = Answer::None(Silence::Slow, "no".to_owned());
        for (at, answer) in [status(200), status(404), slow].iter().enumerate() {
            let known = Known::of(answer, date(2026, 1, 1), None).expect("an answer");
            memory.addresses.insert(format!("https://a.example/{at}"), known);
        }
        assert_eq!(Memory::read(&memory.to_text()), Ok(memory.clone()));
        assert!(Memory::read("{").is_err() && Memory::read("[]").is_err());
        memory.tidy(date(2026, 12, 1), |address| address.ends_with('0'));
        assert_eq!(memory.addresses.len(), 1);
    }
}
