//! What befell cells and services in a few trials, before it is counted.
//!
//! In: figures, trial by trial. Out: the same figures, subject by subject. A subject's histograms take some kilobytes; counted trial
//! by trial, every one of them would be fetched from afar for a single figure. Not here: counting.

/// Figures of one subject that wait to be counted, on average. A subject's histograms have some hundred lines of memory; only where
/// many figures fall on each of them are they not fetched from afar for a figure or two.
const EACH: usize = 512;
/// Bytes of figures that wait, of all subjects.
const MOST: usize = 32 << 20;

/// Whether so many figures of so many bytes are enough for so many subjects.
pub(super) const fn is_enough(count: usize, subjects: usize, size: usize) -> bool {
    count >= MOST / size || count >= EACH * subjects && count > 0
}

/// Something by subject, of those that it was ever asked of: mostly a few of many.
#[derive(Debug)]
pub(super) struct Known<T> {
    /// By subject: one more than its place, or 0.
    place: Vec<u32>,
    of: Vec<T>,
}

impl<T: Default> Known<T> {
    /// For subjects numbered from 0.
    pub(super) fn none(subjects: usize) -> Self {
        Self { place: vec![0; subjects], of: Vec::new() }
    }

    /// That of a subject.
    #[inline]
    pub(super) fn of(&mut self, subject: u32) -> &mut T {
        let place = &mut self.place[subject as usize];
        if *place == 0 {
            self.of.push(T::default());
            *place = u32::try_from(self.of.len()).expect("fewer subjects than 2^32");
        }
        &mut self.of[*place as usize - 1]
    }
}

/// Figures by subject.
#[derive(Debug)]
pub(super) struct Batch<T> {
    figures: Known<Vec<T>>,
    /// Subjects with figures.
    touched: Vec<u32>,
    count: usize,
}

impl<T> Batch<T> {
    /// For subjects numbered from 0.
    pub(super) fn new(subjects: usize) -> Self {
        Self { figures: Known::none(subjects), touched: Vec::new(), count: 0 }
    }

    /// Keeps figures of a subject.
    #[expect(
        clippy::inline_always,
        reason = "written to the stack first, they would be fetched from there before they have arrived"
    )]
    #[inline(always)]
    pub(super) fn push(&mut self, subject: u32, figures: T) {
        let kept = self.figures.of(subject);
        if kept.is_empty() {
            self.touched.push(subject);
        }
        kept.push(figures);
        self.count += 1;
    }

    /// Whether it is time to count.
    pub(super) const fn is_full(&self) -> bool {
        is_enough(self.count, self.touched.len(), size_of::<T>())
    }

    /// Hands everything over and is empty again.
    pub(super) fn drain(&mut self, mut count: impl FnMut(u32, &[T])) {
        for subject in self.touched.drain(..) {
            let kept = self.figures.of(subject);
            count(subject, kept);
            kept.clear();
        }
        self.count = 0;
    }
}
