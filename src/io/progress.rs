//! How far something has come, as a bar on the terminal; nothing anywhere else, and nothing within the first second.

use std::io::{IsTerminal, Write, stderr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// What takes less is not worth a look.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the bar is drawn at most.
const PACE: Duration = Duration::from_millis(100);
const WIDTH: usize = 28;

/// A bar on standard error.
pub struct Bar {
    is_shown: bool,
    state: Mutex<State>,
}

struct State {
    what: String,
    steps: usize,
    done: usize,
    began: Instant,
    drawn: Option<Instant>,
}

impl Bar {
    /// A bar; it shows itself on a terminal only, and where `is_wanted`.
    #[must_use]
    pub fn new(is_wanted: bool) -> Self {
        let state = State { what: String::new(), steps: 0, done: 0, began: Instant::now(), drawn: None };
        Self { is_shown: is_wanted && stderr().is_terminal(), state: Mutex::new(state) }
    }

    /// What is done from here on, in how many steps.
    pub fn begin(&self, what: &str, steps: usize) {
        self.clear();
        if let Ok(mut state) = self.state.lock() {
            *state = State { what: what.to_owned(), steps, done: 0, began: Instant::now(), drawn: None };
        }
    }

    /// One more step is done.
    pub fn step(&self) {
        let Ok(mut state) = self.state.lock() else { return };
        state.done += 1;
        let is_due = state.drawn.is_none_or(|drawn| drawn.elapsed() > PACE);
        if self.is_shown && is_due && state.began.elapsed() > PATIENCE {
            state.drawn = Some(Instant::now());
            // A terminal that went away has no use for the bar.
            drop(write!(stderr(), "\r{}", state.line()));
        }
    }

    /// One more step is done of so many, which only shows now.
    pub fn step_of(&self, steps: usize) {
        if let Ok(mut state) = self.state.lock() {
            state.steps = steps;
        }
        self.step();
    }

    /// Takes the bar away, so that something else can be written.
    pub fn clear(&self) {
        let Ok(mut state) = self.state.lock() else { return };
        if state.drawn.take().is_some() {
            drop(write!(stderr(), "\r{}\r", " ".repeat(state.line().chars().count())));
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.clear();
    }
}

impl State {
    fn line(&self) -> String {
        let filled = self.done.min(self.steps) * WIDTH / self.steps.max(1);
        let bar = format!("{}{}", "━".repeat(filled), "┄".repeat(WIDTH - filled));
        format!("{} {bar} {} of {}", self.what, self.done.min(self.steps), self.steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_full_as_what_is_done() {
        let state = |done, steps| State { what: "Sending".to_owned(), steps, done, began: Instant::now(), drawn: None };
        assert!(state(0, 10).line().starts_with("Sending ┄"));
        assert!(state(5, 10).line().contains("━┄") && state(5, 10).line().ends_with(" 5 of 10"));
        assert!(!state(10, 10).line().contains('┄') && !state(3, 0).line().contains("NaN"));
    }
}
