//! A course as text, to go on from later.
//!
//! In: a course and what it belongs to. Out: JSON that reads back bit by bit; sums are written as their bits. Not here: the file, which
//! is moved into place whole, so that there is always a good one.

use super::race::{Course, Fate, Pending};
use super::record::Record;
use fixedbitset::FixedBitSet;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

const SCHEMA: &str = "foreshock.checkpoint/1";

#[derive(Serialize, Deserialize)]
struct Saved {
    schema: String,
    foreshock: String,
    belongs_to: String,
    round: u32,
    trials: u64,
    complete: bool,
    late: Option<Vec<usize>>,
    target: u64,
    sharp: bool,
    fates: Vec<Fate>,
    idle: Vec<bool>,
    spared: String,
    debts: String,
    first: String,
    records: Vec<SavedRecord>,
    pending: Option<SavedPending>,
}

#[derive(Serialize, Deserialize)]
struct SavedRecord {
    sweeps: u64,
    sums: String,
    bins: String,
}

#[derive(Serialize, Deserialize)]
struct SavedPending {
    next: usize,
    fresh: Vec<(usize, SavedRecord)>,
}

/// The text of a checkpoint. `belongs_to` tells experiments and options apart.
#[must_use]
pub fn write(course: &Course, belongs_to: &str) -> String {
    let saved = Saved {
        schema: SCHEMA.to_owned(),
        foreshock: env!("CARGO_PKG_VERSION").to_owned(),
        belongs_to: belongs_to.to_owned(),
        round: course.round,
        trials: course.trials,
        complete: course.complete,
        late: course.late.clone(),
        target: course.target,
        sharp: course.sharp,
        fates: course.fates.clone(),
        idle: course.idle.clone(),
        spared: hex(course.spared.as_slice().iter().flat_map(|block| (*block as u64).to_be_bytes())),
        debts: hex(course.debts.iter().flat_map(|v| v.to_bits().to_be_bytes())),
        first: hex(course.first.iter().flat_map(|v| v.to_bits().to_be_bytes())),
        records: course.records.iter().map(save).collect(),
        pending: course.pending.as_ref().map(|p| SavedPending {
            next: p.next,
            fresh: p.fresh.iter().map(|(setting, record)| (*setting, save(record))).collect(),
        }),
    };
    serde_json::to_string(&saved).unwrap_or_default() + "\n"
}

/// The course of a checkpoint, if it belongs to this search; `empty` is a course of it that has not begun.
///
/// # Errors
/// Why it cannot be gone on from.
pub fn read(text: &str, belongs_to: &str, empty: &Course) -> Result<Course, String> {
    let saved: Saved = serde_json::from_str(text).map_err(|e| format!("it is no checkpoint: {e}"))?;
    if saved.schema != SCHEMA || saved.foreshock != env!("CARGO_PKG_VERSION") {
        return Err(format!("it was written by foreshock {} as {}", saved.foreshock, saved.schema));
    }
    if saved.belongs_to != belongs_to {
        return Err("it belongs to another experiment, or to other options".to_owned());
    }
    let count = empty.fates.len();
    let broken = || "it is damaged".to_owned();
    let record = |r: &SavedRecord| load(r, &empty.records[0]).ok_or_else(broken);
    if count == 0 || saved.fates.len() != count || saved.idle.len() != count || saved.records.len() != count {
        return Err(broken());
    }
    let blocks = bytes(&saved.spared).ok_or_else(broken)?;
    let block = |b: &[u8]| usize::try_from(u64::from_be_bytes(b.try_into().unwrap_or_default())).unwrap_or(usize::MAX);
    let spared = FixedBitSet::with_capacity_and_blocks(count * count, blocks.chunks(8).map(block));
    let pending = match &saved.pending {
        None => None,
        Some(p) => {
            let fresh: Result<Vec<(usize, Record)>, String> =
                p.fresh.iter().map(|(s, r)| if *s < count { Ok((*s, record(r)?)) } else { Err(broken()) }).collect();
            Some(Pending { next: p.next, fresh: fresh? })
        }
    };
    Ok(Course {
        records: saved.records.iter().map(record).collect::<Result<_, _>>()?,
        fates: saved.fates,
        idle: saved.idle,
        spared,
        debts: floats(&saved.debts).filter(|d| d.len() == empty.debts.len()).ok_or_else(broken)?,
        first: floats(&saved.first).ok_or_else(broken)?,
        round: saved.round,
        trials: saved.trials,
        pending,
        complete: saved.complete,
        late: saved.late,
        target: saved.target,
        sharp: saved.sharp,
    })
}

fn save(record: &Record) -> SavedRecord {
    SavedRecord {
        sweeps: record.sweeps,
        sums: hex(record.sums.iter().flat_map(|v| v.to_bits().to_be_bytes())),
        bins: hex(record.bins.iter().flat_map(|v| v.to_bits().to_be_bytes())),
    }
}

fn load(saved: &SavedRecord, like: &Record) -> Option<Record> {
    let sums = floats(&saved.sums)?;
    let bins = bytes(&saved.bins)?
        .chunks(4)
        .map(|b| Some(f32::from_bits(u32::from_be_bytes(b.try_into().ok()?))))
        .collect::<Option<Vec<_>>>()?;
    let fits = sums.len() == like.sums.len() && bins.len() == like.bins.len();
    fits.then_some(Record { sweeps: saved.sweeps, sums, bins })
}

fn floats(hex: &str) -> Option<Vec<f64>> {
    bytes(hex)?.chunks(8).map(|b| Some(f64::from_bits(u64::from_be_bytes(b.try_into().ok()?)))).collect()
}

fn hex(bytes: impl Iterator<Item = u8>) -> String {
    bytes.fold(String::new(), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if !digits.len().is_multiple_of(2) || !hex.is_ascii() {
        return None;
    }
    (0..digits.len() / 2).map(|n| u8::from_str_radix(hex.get(2 * n..2 * n + 2)?, 16).ok()).collect()
}
