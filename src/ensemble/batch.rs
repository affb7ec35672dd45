//! What befell cells and services in a few trials, before it is counted.
//!
//! In: figures, trial by trial. Out: the same figures, subject by subject. A subject's histograms take some kilobytes; counted trial
//! by trial, every one of them would be fetched from afar for a single figure. Not here: counting.

/// Figures of one subject that wait to be counted, on average: fewer would fetch its histograms too often, more would no longer stay near
/// themselves.
const EACH: usize = 128;
/// Figures that wait, of all subjects.
const MOST: usize = 131_072;

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
        self.count >= MOST || self.count >= EACH * self.touched.len() && self.count > 0
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
