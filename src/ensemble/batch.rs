//! What befell cells and services in a few trials, before it is counted.
//!
//! In: figures, trial by trial. Out: the same figures, subject by subject. A subject's histograms take some kilobytes; counted trial
//! by trial, every one of them would be fetched from afar for a single figure. Not here: counting.

/// Figures of one subject that wait to be counted, on average. A subject's histograms have some hundred lines of memory; only where
/// several figures fall on each of them are they not fetched from afar for one figure each.
const EACH: usize = 768;
/// Bytes of figures that wait, of all subjects.
const MOST: usize = 8 << 20;

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

    /// Keeps figures of several trials of a subject.
    pub(super) fn push_all(&mut self, subject: u32, figures: &[T])
    where
        T: Copy,
    {
        let kept = &mut self.figures[subject as usize];
        if kept.is_empty() && !figures.is_empty() {
            self.touched.push(subject);
        }
        kept.extend_from_slice(figures);
        self.count += figures.len();
    }

    /// Whether it is time to count.
    pub(super) const fn is_full(&self) -> bool {
        self.count >= MOST / size_of::<T>() || self.count >= EACH * self.touched.len() && self.count > 0
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
