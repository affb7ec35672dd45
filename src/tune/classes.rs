//! Which settings face which plan alike.
//!
//! In: by plan, what each setting makes of it, as a fingerprint. Out: by setting and plan, the first setting that makes the same of it. Plans that the
//! settings divide in the same way share a column, so that a setting takes a few bytes however many plans there are.

use rustc_hash::FxHashMap;

/// Settings by the first one that faces a plan as they do.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// Each once: by setting, the first that is alike.
    columns: Vec<Box<[u32]>>,
    /// By plan.
    of_plan: Vec<usize>,
}

impl Classes {
    /// Adds a plan, by the fingerprints of its settings.
    pub(super) fn add(&mut self, prints: impl Iterator<Item = u64>) {
        let mut first: FxHashMap<u64, u32> = FxHashMap::default();
        let column: Box<[u32]> = (0..).zip(prints).map(|(setting, print)| *first.entry(print).or_insert(setting)).collect();
        self.put(column);
    }

    fn put(&mut self, column: Box<[u32]>) {
        let at = self.columns.iter().position(|known| *known == column).unwrap_or(self.columns.len());
        if at == self.columns.len() {
            self.columns.push(column);
        }
        self.of_plan.push(at);
    }

    /// The first setting that faces a plan as this one does.
    pub(super) fn of(&self, setting: usize, plan: usize) -> u32 {
        self.columns[self.of_plan[plan]][setting]
    }

    /// The same for a few of the settings, under their old numbers.
    pub(super) fn only(&self, settings: &[usize]) -> Self {
        let columns = self.columns.iter().map(|column| settings.iter().map(|&s| column[s]).collect()).collect();
        Self { columns, of_plan: self.of_plan.clone() }
    }

    /// Bytes that a setting takes.
    pub(super) fn bytes(&self) -> usize {
        self.columns.len() * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_plans_that_settings_divide_in_three_ways_take_three_columns() {
        let mut classes = Classes::default();
        for plan in 0..1_000_u64 {
            // Nothing tells settings apart, every second does, or each is alone; the fingerprints themselves are the plan's own.
            let divided = |setting: u64| match plan % 3 {
                0 => 0,
                1 => setting % 2,
                _ => setting,
            };
            classes.add((0..10).map(|setting| plan << 8 | divided(setting)));
        }
        assert_eq!(classes.bytes(), 12);
        assert_eq!([0, 1, 2].map(|plan| classes.of(7, plan)), [0, 1, 7]);
        assert_eq!([0, 1, 2].map(|plan| classes.only(&[7, 3]).of(1, plan)), [0, 1, 3]);
    }
}
