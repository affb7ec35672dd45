//! Something by number, of which there is little: only of those numbers that were ever asked for.
//!
//! In: numbers below a bound. Out: what is kept of them. A table of all would be written from end to end before the first trial, which
//! takes longer than many a trial does.

/// What is kept by number.
#[derive(Debug)]
pub(super) struct Sparse<T> {
    /// By number: one more than its place, or 0: memory that is all zeros is there once it is touched.
    place: Vec<u32>,
    kept: Vec<T>,
}

impl<T> Sparse<T> {
    /// Nothing of any number below a bound.
    pub(super) fn none(bound: usize) -> Self {
        Self { place: vec![0; bound], kept: Vec::new() }
    }

    /// That of a number, if it was ever asked for.
    #[inline]
    pub(super) fn find(&self, number: u32) -> Option<&T> {
        self.kept.get((self.place[number as usize] as usize).wrapping_sub(1))
    }

    /// That of a number; `new` at first.
    #[inline]
    pub(super) fn of(&mut self, number: u32, new: impl FnOnce() -> T) -> &mut T {
        let place = &mut self.place[number as usize];
        if *place == 0 {
            self.kept.push(new());
            *place = u32::try_from(self.kept.len()).expect("fewer numbers than 2^32");
        }
        &mut self.kept[*place as usize - 1]
    }
}

/// Something by number: all of it, or little.
#[derive(Debug)]
pub(super) enum Table<'e, T> {
    /// Of every number.
    Of(&'e [T]),
    /// Of some.
    OfSome(&'e Sparse<T>),
}

impl<T> Clone for Table<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Table<'_, T> {}

impl<'e, T> Table<'e, T> {
    /// That of a number, if anything is kept of it.
    #[inline]
    pub(super) fn of(self, number: u32) -> Option<&'e T> {
        match self {
            Table::Of(all) => all.get(number as usize),
            Table::OfSome(some) => some.find(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Sparse, Table};

    #[test]
    fn what_was_never_asked_for_is_not_there() {
        let mut some = Sparse::none(10);
        *some.of(7, || 1) += 1;
        *some.of(3, || 5) += 1;
        *some.of(7, || 1) += 1;
        let told = |table: Table<'_, i32>| [3, 4, 7].map(|number| table.of(number).copied());
        assert_eq!(told(Table::OfSome(&some)), [Some(6), None, Some(3)]);
        assert_eq!(told(Table::Of(&[0, 1, 2, 3, 4])), [Some(3), Some(4), None]);
    }
}
