//! Which settings face which plan alike.
//!
//! In: by plan, what each setting makes of it, as a fingerprint. Out: by setting and plan, the first setting that makes the same of it. Plans that the
//! settings divide in the same way share a column. A setting takes a bounded number of bytes however many plans there are: once there are too
//! many ways to divide the settings, further plans are taken as if only settings that are alike everywhere faced them alike. That costs trials
//! which could have been shared, and changes no figure.

use rustc_hash::FxHashMap;
use std::hash::Hash;

/// Columns that are kept, four bytes each for every setting.
const MOST_COLUMNS: usize = 256;

/// Settings by the first one that faces a plan as they do.
#[derive(Debug, Default)]
pub(super) struct Classes {
    /// The first that is alike everywhere.
    everywhere: Box<[u32]>,
    /// Each once: by setting, the first that is alike.
    columns: Vec<Box<[u32]>>,
    /// By plan; none for those that go by what is alike everywhere.
    of_plan: Vec<Option<u32>>,
}

/// Tells settings apart that were alike so far; each goes by the first that is still alike.
pub(super) fn refine<T: Eq + Hash>(alike: &mut [u32], of: impl Fn(usize) -> T) {
    let mut first: FxHashMap<(u32, T), u32> = FxHashMap::default();
    for (setting, alike) in alike.iter_mut().enumerate() {
        let number = u32::try_from(setting).expect("fewer than 2^32 settings");
        *alike = *first.entry((*alike, of(setting))).or_insert(number);
    }
}

impl Classes {
    /// No plans yet, and so many settings.
    pub(super) fn new(settings: usize) -> Self {
        Self { everywhere: vec![0; settings].into(), columns: Vec::new(), of_plan: Vec::new() }
    }

    /// Adds a plan, by the fingerprints of its settings.
    pub(super) fn add(&mut self, print: impl Fn(usize) -> u64) {
        let mut column = vec![0; self.everywhere.len()].into_boxed_slice();
        refine(&mut column, print);
        refine(&mut self.everywhere, |setting| column[setting]);
        let mut at = self.columns.iter().position(|known| *known == column);
        if at.is_none() && self.columns.len() < MOST_COLUMNS {
            at = Some(self.columns.len());
            self.columns.push(column);
        }
        self.of_plan.push(at.and_then(|at| u32::try_from(at).ok()));
    }

    /// The first setting that faces a plan as this one does.
    pub(super) fn of(&self, setting: usize, plan: usize) -> u32 {
        self.known(plan).unwrap_or(&self.everywhere)[setting]
    }

    /// By setting, the first that is alike: if that is known before all plans are.
    pub(super) fn known(&self, plan: usize) -> Option<&[u32]> {
        self.of_plan[plan].map(|at| &*self.columns[at as usize])
    }

    /// The same for a few of the settings, under their old numbers.
    pub(super) fn only(&self, settings: &[usize]) -> Self {
        let few = |column: &[u32]| settings.iter().map(|&s| column[s]).collect();
        let columns = self.columns.iter().map(|column| few(column)).collect();
        Self { everywhere: few(&self.everywhere), columns, of_plan: self.of_plan.clone() }
    }

    /// Bytes that a setting takes.
    pub(super) fn bytes(&self) -> usize {
        (self.columns.len() + 1) * size_of::<u32>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thousand_plans_that_settings_divide_in_three_ways_take_three_columns() {
        let mut classes = Classes::new(10);
        for plan in 0..1_000 {
            // Nothing tells settings apart, every second does, or each is alone; the fingerprints themselves are the plan's own.
            let divided = |setting: usize| match plan % 3 {
                0 => 0,
                1 => setting % 2,
                _ => setting,
            };
            classes.add(|setting| (plan << 8 | divided(setting)) as u64);
        }
        assert_eq!(classes.columns.len(), 3);
        assert_eq!([0, 1, 2].map(|plan| classes.of(7, plan)), [0, 1, 7]);
        assert_eq!([0, 1, 2].map(|plan| classes.only(&[7, 3]).of(1, plan)), [0, 1, 3]);
    }

    #[test]
    fn with_too_many_ways_to_divide_settings_only_those_that_are_alike_everywhere_stay_together() {
        let settings = 2_000;
        let mut classes = Classes::new(settings);
        let plans = MOST_COLUMNS + 10;
        // Every plan singles out two settings; those after them are alike everywhere.
        for plan in 0..plans {
            classes.add(|setting| u64::from(setting / 2 == plan));
        }
        assert_eq!(classes.bytes(), (MOST_COLUMNS + 1) * 4);
        for setting in [0, 1, 2, 3, 2 * plans, settings - 1] {
            let pair = u32::try_from(setting.min(2 * plans) / 2 * 2).expect("small");
            let in_time = if setting / 2 == 1 { 2 } else { 0 };
            assert_eq!(classes.of(setting, 1), in_time, "of setting {setting}, whose plan came in time");
            assert_eq!(classes.of(setting, plans - 1), pair, "of setting {setting}, whose plan came too late");
        }
    }
}
