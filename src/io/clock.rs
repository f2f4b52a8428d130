//! Today. Knows nothing of what happens then.

/// The day it is where this machine stands.
#[must_use]
pub fn today() -> jiff::civil::Date {
    jiff::ZonedDateTime::now().date()
}
