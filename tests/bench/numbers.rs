//! Numbers that look random and are the same in every run, on every machine.

/// A stream of numbers (SplitMix64).
pub(crate) struct Numbers(u64);

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream that belongs to one thing: the same whether others were asked for before or not.
    pub(crate) fn of(seed: u64, what: u64, at: usize) -> Self {
        let mut mixed = Self(seed ^ what.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        mixed.0 = mixed.next().wrapping_add(at as u64);
        Self(mixed.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        let wide = u128::from(self.next()) * end as u128;
        usize::try_from(wide >> 64).expect("less than `end`")
    }

    /// A number from `first` to `last`.
    pub(crate) fn between(&mut self, first: usize, last: usize) -> usize {
        first + self.below(last - first + 1)
    }

    /// A number below `end`, small ones more often.
    pub(crate) fn skewed(&mut self, end: usize) -> usize {
        let bound = 1 + self.below(end);
        self.below(bound)
    }

    /// True so many times in a thousand.
    pub(crate) fn is_in(&mut self, thousandths: usize) -> bool {
        self.below(1_000) < thousandths
    }

    /// One of these.
    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}
