//! The fingerprint of things that are told part by part, as recipes are; knows nothing about what they are.

use super::fingerprint::{Fingerprint, Fingerprinter};

/// How many bytes are gathered before the fingerprint takes them.
const AT_ONCE: usize = 64 << 10;

/// Parts of one thing. Each stands behind its length, so that no two lists of parts have the same bytes.
#[derive(Default)]
pub struct Parts {
    before: Option<Box<Fingerprinter>>,
    last: Vec<u8>,
}

impl Parts {
    /// Room for so many bytes.
    #[must_use]
    pub fn with_capacity(bytes: usize) -> Self {
        Self { before: None, last: Vec::with_capacity(bytes) }
    }

    /// Adds a part.
    pub fn add(&mut self, part: &[u8]) {
        self.add_fixed(&(part.len() as u64).to_le_bytes());
        self.last.extend_from_slice(part);
    }

    /// Adds a part that has the same length wherever it stands, such as a number.
    pub fn add_fixed(&mut self, part: &[u8]) {
        if self.last.len() >= AT_ONCE {
            self.before.get_or_insert_default().add(&self.last);
            self.last.clear();
        }
        self.last.extend_from_slice(part);
    }

    /// Adds a list of numbers as one part.
    pub fn add_numbers(&mut self, numbers: &[u32]) {
        self.add_fixed(&(numbers.len() as u64).to_le_bytes());
        numbers.iter().for_each(|number| self.add_fixed(&number.to_le_bytes()));
    }

    /// The fingerprint of all of them.
    #[must_use]
    pub fn finish(self) -> Fingerprint {
        match self.before {
            None => Fingerprint::of(&self.last),
            Some(mut before) => {
                before.add(&self.last);
                before.finish()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn print(parts: &[&str]) -> Fingerprint {
        let mut all = Parts::default();
        parts.iter().for_each(|part| all.add(part.as_bytes()));
        all.finish()
    }

    #[test]
    fn where_a_part_ends_counts() {
        assert_ne!(print(&["ab", "c"]), print(&["a", "bc"]));
        assert_ne!(print(&["ab"]), print(&["ab", ""]));
        assert_eq!(print(&["ab", "c"]), print(&["ab", "c"]));
    }

    #[test]
    fn many_parts_are_as_good_as_few() {
        let part = "x".repeat(1_000);
        let many = vec![part.as_str(); 200];
        let mut whole = Vec::new();
        for _ in 0..200 {
            whole.extend_from_slice(&1_000_u64.to_le_bytes());
            whole.extend_from_slice(part.as_bytes());
        }
        assert_eq!(print(&many), Fingerprint::of(&whole));
    }
}
