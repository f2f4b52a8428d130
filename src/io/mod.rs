//! The only doors to the world: files, clock, environment, terminal.
#![allow(clippy::disallowed_methods, reason = "this is where the world is touched")]

pub mod archive;
pub mod clock;
pub mod disk;
pub mod error;
pub mod executable;
pub mod http;
pub mod keep;
pub mod leaves;
pub mod net;
pub mod output;
pub mod probe;
pub mod process;
pub mod progress;
pub mod repository;
pub mod scratch;
pub mod sealed;
pub mod stage;
pub mod stamps;
pub mod terminal;
pub mod texts;
pub mod transfer;
pub mod tree;
pub mod watch;
pub mod web;
