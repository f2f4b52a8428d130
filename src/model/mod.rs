//! What a book is made of: plain data, constructors keep the invariants. Knows no stage.

pub mod answer;
pub mod book;
pub mod kept;
pub mod portions;
pub mod prose;
pub mod publish;
pub mod published;
pub mod recipe;
pub mod source;
pub mod text;
pub mod thread;
pub mod urls;
pub mod writing;
