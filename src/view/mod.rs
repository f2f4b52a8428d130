//! Which pages exist, and what each may know.

pub mod views;
