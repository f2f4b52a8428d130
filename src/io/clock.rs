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
