//! Words everything may use; knows no stage.

pub mod codes;
pub mod date;
pub mod diagnostic;
pub(crate) mod each_thread;
pub mod fingerprint;
pub mod host;
pub mod language;
pub mod markup;
pub mod media;
pub mod parts;
pub mod path;
pub mod sentences;
pub(crate) mod shares;
pub mod slug;
pub mod span;
pub mod words;
