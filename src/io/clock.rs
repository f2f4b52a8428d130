//! Today. Knows nothing of what happens then.

/// The day it is where this machine stands.
#[must_use]
pub fn today() -> jiff::civil::Date {
    jiff::ZonedDateTime::now().date()
}

/// This moment, for comparing with the times of files.
#[must_use]
pub fn now() -> std::time::SystemTime {
    std::time::SystemTime::now()
}

/// This moment, for measuring how long ago something was.
#[must_use]
pub fn tick() -> std::time::Instant {
    std::time::Instant::now()
}

/// A clock that starts now.
pub fn watch() -> impl Fn() -> std::time::Duration + Sync {
    let start = tick();
    move || start.elapsed()
}

/// Lets this long pass.
pub fn pause(time: std::time::Duration) {
    std::thread::sleep(time);
}

/// A time zone by its name, such as `Europe/Berlin`; the one of this machine where none is given, and UTC where it knows none.
///
/// # Errors
/// This machine knows none of that name.
pub fn zone(name: Option<&str>) -> Result<(String, jiff::tz::TimeZone), super::error::Error> {
    let Some(name) = name else {
        let zone = jiff::tz::TimeZone::system();
        return Ok(match zone.iana_name() {
            Some(name) => (name.to_owned(), zone.clone()),
            None => ("UTC".to_owned(), jiff::tz::TimeZone::UTC),
        });
    };
    let found = jiff::tz::TimeZone::get(name).ok().and_then(|zone| Some((zone.iana_name()?.to_owned(), zone)));
    found.ok_or_else(|| {
        let message = format!("there is no time zone `{name}` on this machine; write it as `Europe/Berlin`");
        super::error::Error::Usage(message)
    })
}
