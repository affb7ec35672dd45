//! What befell cells and services in a few trials, before it is counted.
//!
//! In: figures, trial by trial. Out: the same figures, subject by subject. A subject's histograms take some kilobytes; counted trial
//! by trial, every one of them would be fetched from afar for a single figure. Not here: counting.

/// Figures of one subject that wait to be counted, on average. A subject's histograms have some hundred lines of memory; only where
/// several figures fall on each of them are they not fetched from afar for one figure each.
const EACH: usize = 768;
/// Bytes of figures that wait, of all subjects.
const MOST: usize = 32 << 20;

/// Whether so many figures of so many bytes are enough for so many subjects.
pub(super) const fn is_enough(count: usize, subjects: usize, size: usize) -> bool {
    count >= MOST / size || count >= EACH * subjects && count > 0
}

/// Figures by subject.
#[derive(Debug)]
pub(super) struct Batch<T> {
    figures: Vec<Vec<T>>,
    /// Subjects with figures.
    touched: Vec<u32>,
    count: usize,
}

impl<T> Batch<T> {
    /// For subjects numbered from 0.
    pub(super) fn new(subjects: usize) -> Self {
        Self { figures: std::iter::repeat_with(Vec::new).take(subjects).collect(), touched: Vec::new(), count: 0 }
    }

    /// Keeps figures of a subject.
    #[expect(
        clippy::inline_always,
        reason = "written to the stack first, they would be fetched from there before they have arrived"
    )]
    #[inline(always)]
    pub(super) fn push(&mut self, subject: u32, figures: T) {
        let kept = &mut self.figures[subject as usize];
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
            let kept = &mut self.figures[subject as usize];
            count(subject, kept);
            kept.clear();
        }
        self.count = 0;
    }
}
