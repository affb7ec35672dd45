//! What befell cells and their only services in a few trials, figure by figure, before it is counted.
//!
//! In: figures of trials in which the two came to the same, but perhaps for the end of their last outage, and in which the cell was
//! well again then and nothing was lost that is counted. Most are like that, and each of their figures then lies beside those of other
//! trials, as it is counted. Not here: counting.

use super::batch::{Known, is_enough};
use super::hist::bounds;
use super::subject::STATES;
use crate::engine::{Figures, Several};
use crate::model::NONE;

/// The figures of one cell; [`NONE`] may stand among them for none.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// Outages of any length, and in how many trials there was one.
    pub(super) outages: Vec<u32>,
    pub(super) affected: u64,
    /// Trials, all of them with an impact.
    pub(super) impacts: u64,
    /// First impacts; where several in turn were the same instant, as fixed holds make them, that and how many.
    pub(super) firsts: Vec<u32>,
    pub(super) same_firsts: Vec<(u32, u64)>,
    /// Ends of the last outage; in trials among which that of the service was earlier, apart: first the cell's.
    pub(super) mains: Vec<u32>,
    pub(super) apart: [Vec<u32>; 2],
    /// Trials that ever had each state, and in which it had not recovered.
    pub(super) states: [u64; STATES],
    pub(super) open: u64,
}

impl Stream {
    /// Keeps first impacts of so many trials.
    fn push_firsts(&mut self, firsts: &[u32], count: u32) {
        let (_, first, last) = bounds(firsts);
        if first != last {
            return self.firsts.extend_from_slice(firsts);
        }
        match self.same_firsts.last_mut() {
            Some((known, counted)) if *known == first => *counted += u64::from(count),
            _ => self.same_firsts.push((first, count.into())),
        }
    }
}

/// Streams by cell.
#[derive(Debug)]
pub(super) struct Streams {
    of: Known<Stream>,
    /// Cells with figures.
    touched: Vec<u32>,
    /// Trials, summed over cells.
    count: usize,
}

impl Streams {
    /// For so many cells.
    pub(super) fn new(cells: usize) -> Self {
        Self { of: Known::none(cells), touched: Vec::new(), count: 0 }
    }

    /// Keeps what befell a cell and its service in one trial; false if that is not of this kind.
    pub(super) fn push(&mut self, cell: u32, figures: &Figures, of_service: &Figures) -> bool {
        let &Figures { ever, outage, first, main, full, open, lost, customer_time } = figures;
        let is_alike = Figures { main, ..*of_service } == *figures;
        let is_plain = full == main && lost == 0 && customer_time == 0 && figures.impacted();
        let times = [outage, first, main, of_service.main].map(|time| u32::try_from(time).ok().filter(|&time| time != NONE));
        let [Some(outage), Some(first), Some(main), Some(main_of_service)] = times else { return false };
        if !is_alike || !is_plain {
            return false;
        }
        let stream = self.open(cell, 1);
        stream.outages.extend((outage > 0).then_some(outage));
        stream.affected += u64::from(outage > 0);
        stream.firsts.push(first);
        if main == main_of_service {
            stream.mains.push(main);
        } else {
            stream.apart[0].push(main);
            stream.apart[1].push(main_of_service);
        }
        for (state, count) in stream.states.iter_mut().enumerate() {
            *count += u64::from(ever >> state & 1);
        }
        stream.open += u64::from(open);
        true
    }

    /// The same of several trials.
    pub(super) fn push_all(&mut self, several: &Several<'_>) {
        let stream = self.open(several.cell, several.count as usize);
        stream.outages.extend_from_slice(several.outages);
        stream.affected += u64::from(several.affected);
        stream.push_firsts(several.firsts, several.count);
        match several.mains_of_service {
            None => stream.mains.extend_from_slice(several.mains),
            Some(mains_of_service) => {
                stream.apart[0].extend_from_slice(several.mains);
                stream.apart[1].extend_from_slice(mains_of_service);
            }
        }
        for (state, count) in several.states {
            stream.states[state as usize] += u64::from(count);
        }
        stream.open += u64::from(several.open);
    }

    fn open(&mut self, cell: u32, more: usize) -> &mut Stream {
        let stream = self.of.of(cell);
        if stream.impacts == 0 && more > 0 {
            self.touched.push(cell);
        }
        stream.impacts += more as u64;
        self.count += more;
        stream
    }

    /// Whether it is time to count.
    pub(super) const fn is_full(&self) -> bool {
        is_enough(self.count, self.touched.len(), 3 * size_of::<u32>())
    }

    /// Hands everything over and is empty again.
    pub(super) fn drain(&mut self, mut count: impl FnMut(u32, &Stream)) {
        for cell in self.touched.drain(..) {
            let stream = self.of.of(cell);
            count(cell, stream);
            stream.outages.clear();
            stream.firsts.clear();
            stream.same_firsts.clear();
            stream.mains.clear();
            stream.apart.iter_mut().for_each(Vec::clear);
            (stream.states, stream.open, stream.impacts, stream.affected) = ([0; STATES], 0, 0, 0);
        }
        self.count = 0;
    }
}
