//! What befell cells and services in a few trials, before it is counted.
//!
//! In: figures, trial by trial. Out: the same figures, subject by subject. A subject's histograms take some kilobytes; counted trial
//! by trial, every one of them would be fetched from afar for a single figure. Not here: counting.

use crate::engine::Figures;

/// Figures of one subject that wait to be counted, on average, and of all: fewer would fetch its histograms too often, more would
/// no longer stay near themselves.
const EACH: usize = 128;
const MOST: usize = 65_536;

/// Figures by subject.
#[derive(Debug)]
pub(super) struct Batch {
    figures: Vec<Vec<Figures>>,
    /// Subjects with figures.
    touched: Vec<u32>,
    count: usize,
    most: usize,
}

impl Batch {
    /// For subjects numbered from 0.
    pub(super) fn new(subjects: usize) -> Self {
        Self { figures: vec![Vec::new(); subjects], touched: Vec::new(), count: 0, most: (EACH * subjects).min(MOST) }
    }

    /// Keeps figures of a subject.
    pub(super) fn push(&mut self, subject: u32, figures: Figures) {
        let kept = &mut self.figures[subject as usize];
        if kept.is_empty() {
            self.touched.push(subject);
        }
        kept.push(figures);
        self.count += 1;
    }

    /// Whether it is time to count.
    pub(super) const fn is_full(&self) -> bool {
        self.count >= self.most
    }

    /// Hands everything over and is empty again.
    pub(super) fn drain(&mut self, mut count: impl FnMut(u32, &[Figures])) {
        for subject in self.touched.drain(..) {
            let kept = &mut self.figures[subject as usize];
            count(subject, kept);
            kept.clear();
        }
        self.count = 0;
    }
}
