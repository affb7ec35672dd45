//! Static reach as data: what `foreshock reach` shows, with names.
//!
//! In: a world and what `model::reach` found. Out: [`Reach`], which the formats draw. Times are minutes;
//! where `hold_min` is absent, the target's failure is masked for good.

use super::figures::duration;
use crate::model::reach::{Dependants, Reached, Tie};
use crate::scenario::world::{CellId, World};
use crate::units::{FOREVER, Millis};
use serde::Serialize;

/// Version of the layout; a change that breaks readers raises the number.
pub const SCHEMA: &str = "foreshock.reach/1";

/// Who depends on a target, and what the target needs to come back.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reach {
    /// [`SCHEMA`].
    pub schema: &'static str,
    /// The world's name; may be empty.
    pub world: String,
    /// The target, as the user wrote it.
    pub target: String,
    /// Cells of the world.
    pub cells: usize,
    /// How many hang on the target, the target left out, by tie.
    pub totals: Totals,
    /// The cells of the target first, those that customers use before the others; then the dependants in the order in which they would feel it.
    pub reached: Vec<Dependant>,
    /// What the target needs to start, be mended and be seen.
    pub recovery: Vec<Recovery>,
}

/// How many cells hang on the target, by tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[expect(missing_docs, reason = "the ties say it")]
pub struct Totals {
    pub hard: usize,
    pub soft: usize,
    pub redundant: usize,
    pub queue: usize,
    pub start: usize,
    pub repair: usize,
    pub observe: usize,
    pub copies: usize,
    /// Of all of them, how many customers use directly.
    pub customers: usize,
}

/// A cell that hangs on the target.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Dependant {
    /// `service@region`.
    pub cell: String,
    /// `target`, `hard`, `soft`, `redundant`, `queue`, `start`, `repair`, `observe` or `copies`.
    pub tie: &'static str,
    /// Index in `reached` of the cell through which it is reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub through: Option<usize>,
    /// The need on the last step.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub need: String,
    /// Steps from the target.
    pub depth: u32,
    /// Sum of the holds along the way; absent if something on it masks for good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold_min: Option<f64>,
    /// After how long it first loses any requests: sooner than `hold_min` where it needs the target by a softer way, too. Absent if it never does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub felt_min: Option<f64>,
    /// The part of its requests that would be lost; absent where no request is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub share: Option<f64>,
    /// Whether customers use it directly.
    pub customers: bool,
}

impl Dependant {
    /// After how long its tie is felt; and after how long anything is, where that is sooner. Empty if all of it is at once.
    pub(super) fn after(&self) -> String {
        let word = |minutes: f64| if minutes > 0.0 { format!("after {}", duration(minutes)) } else { "at once".to_owned() };
        let worst = match self.hold_min {
            None => "never".to_owned(),
            Some(0.0) => return String::new(),
            Some(minutes) => duration(minutes),
        };
        match self.felt_min {
            Some(felt) if self.hold_min.is_none_or(|hold| felt < hold) => format!("{worst}, felt {}", word(felt)),
            _ => worst,
        }
    }
}

/// Something that the target needs to come back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Recovery {
    /// The cell of the target.
    pub cell: String,
    /// `start`, `repair`, `observe` or `copies`.
    pub tie: &'static str,
    /// The need as named in the world.
    pub need: String,
    /// The cells that can fill it.
    pub members: Vec<String>,
    /// Whether all of them hang on the target themselves.
    pub ring: bool,
}

/// Puts the names to what was found.
#[must_use]
pub fn build(world: &World, target: &str, found: &Dependants) -> Reach {
    let mut place = vec![usize::MAX; world.cells.len()];
    for (i, reached) in found.reached.iter().enumerate() {
        place[reached.cell as usize] = i;
    }
    let mut totals = Totals::default();
    for reached in &found.reached {
        count(&mut totals, reached);
    }
    let name = |cell: CellId| world.cell_name(cell);
    let recovery = found.recovery.iter().map(|r| Recovery {
        cell: name(r.cell),
        tie: word(r.tie),
        need: r.need.clone(),
        members: r.members.iter().map(|&m| name(m)).collect(),
        ring: r.ring,
    });
    Reach {
        schema: SCHEMA,
        world: world.name.clone(),
        target: target.to_owned(),
        cells: world.cells.len(),
        totals,
        reached: found.reached.iter().map(|r| dependant(world, r, &place)).collect(),
        recovery: recovery.collect(),
    }
}

fn dependant(world: &World, reached: &Reached, place: &[usize]) -> Dependant {
    let loses = matches!(reached.tie, Tie::Hard | Tie::Soft);
    Dependant {
        cell: world.cell_name(reached.cell),
        tie: word(reached.tie),
        through: reached.through.map(|cell| place[cell as usize]),
        need: reached.need.clone(),
        depth: reached.depth,
        hold_min: (reached.hold < FOREVER).then(|| minutes(reached.hold)),
        felt_min: reached.felt.filter(|&felt| felt < FOREVER).map(minutes),
        share: loses.then(|| reached.share.fraction()),
        customers: reached.customers,
    }
}

fn minutes(ms: Millis) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53")]
    let ms = ms as f64;
    ms / 60_000.0
}

fn count(totals: &mut Totals, reached: &Reached) {
    let slot = match reached.tie {
        Tie::Target => return,
        Tie::Hard => &mut totals.hard,
        Tie::Soft => &mut totals.soft,
        Tie::Redundant => &mut totals.redundant,
        Tie::Queue => &mut totals.queue,
        Tie::Start => &mut totals.start,
        Tie::Repair => &mut totals.repair,
        Tie::Observe => &mut totals.observe,
        Tie::Copies => &mut totals.copies,
    };
    *slot += 1;
    totals.customers += usize::from(reached.customers);
}

fn word(tie: Tie) -> &'static str {
    match tie {
        Tie::Target => "target",
        Tie::Hard => "hard",
        Tie::Soft => "soft",
        Tie::Redundant => "redundant",
        Tie::Queue => "queue",
        Tie::Start => "start",
        Tie::Repair => "repair",
        Tie::Observe => "observe",
        Tie::Copies => "copies",
    }
}

/// What a tie means, for people.
pub(super) fn meaning(tie: &str) -> &'static str {
    match tie {
        "hard" => "fails with it",
        "soft" => "loses a share of its requests",
        "redundant" => "keeps serving; redundancy is used",
        "queue" => "has no work meanwhile",
        "start" => "cannot start or be re-created meanwhile",
        "repair" => "cannot be mended meanwhile",
        "observe" => "is noticed and diagnosed later meanwhile",
        "copies" => "keeps its backups there",
        _ => "the target itself",
    }
}

/// The ties in the order in which they are shown, the target left out.
const TIES: [&str; 8] = ["hard", "soft", "redundant", "queue", "start", "repair", "observe", "copies"];

impl Reach {
    /// One sentence that answers the question.
    #[must_use]
    pub fn headline(&self) -> String {
        let hit = self.totals.hard + self.totals.soft;
        let target = &self.target;
        let own = self.own();
        let others = self.reached.iter().filter(|r| r.tie != "target").count();
        if self.reached.len() - others == self.cells {
            let own = own.map_or_else(String::new, |own| own + ". ");
            return format!("{own}Every cell is the target; there is nothing else to reach.");
        }
        if others == 0 {
            return own.map_or_else(
                || format!("Nothing that is declared depends on {target}."),
                |own| format!("{own}; nothing else that is declared depends on {target}."),
            );
        }
        let other = if own.is_some() { "other " } else { "" };
        let own = own.map_or_else(String::new, |own| own + ". ");
        let cells = |n: usize| format!("{n} {other}cell{}", if n == 1 { "" } else { "s" });
        if hit == 0 {
            let hang = if others == 1 { "hangs" } else { "hang" };
            return format!(
                "{own}No {other}cell serves worse without {target}, but {} {hang} on it in other ways.",
                cells(others)
            );
        }
        let fail = |n: usize| format!("{} {}", cells(n), if n == 1 { "fails" } else { "fail" });
        let lose = |n: usize| format!("{} {} a share of the requests", cells(n), if n == 1 { "loses" } else { "lose" });
        let what = match (self.totals.hard, self.totals.soft) {
            (hard, 0) => fail(hard),
            (0, soft) => lose(soft),
            (hard, soft) => format!("{} and {}", fail(hard), lose(soft)),
        };
        let facing = match self.reached.iter().filter(|r| r.customers && matches!(r.tie, "hard" | "soft")).count() {
            0 => "customers use none of them directly".to_owned(),
            n => format!("customers use {n} of them directly"),
        };
        format!("{own}Without {target}, {what}; {facing}.")
    }

    /// What goes down with the target itself, where that says more than its name: in a region, or if customers use it.
    fn own(&self) -> Option<String> {
        let target = &self.target;
        let own = || self.reached.iter().filter(|r| r.tie == "target");
        let (cells, facing) = (own().count(), own().filter(|r| r.customers).count());
        let region = own().all(|r| r.cell.split_once('@').is_some_and(|(_, region)| region == target));
        if !region && (facing == 0 || cells == self.cells) {
            return None;
        }
        if own().all(|r| r.cell == *target) {
            return Some(format!("Customers use {target} directly"));
        }
        let plural = if cells == 1 { "" } else { "s" };
        let run = match (region, cells) {
            (true, 1) => format!("1 cell runs in {target}"),
            (true, _) => format!("{cells} cells run in {target}"),
            (false, _) => format!("{target} is {cells} cell{plural}"),
        };
        let used = match (cells, facing) {
            (1, 0) => "customers do not use it directly".to_owned(),
            (1, _) => "customers use it directly".to_owned(),
            (_, 0) => "customers use none of them directly".to_owned(),
            (_, n) => format!("customers use {n} of them directly"),
        };
        Some(format!("{run}, {used}"))
    }

    /// The groups that are shown: the cells of the target where there are several, then the ties.
    pub(super) fn groups(&self) -> impl Iterator<Item = &'static str> {
        let several = self.reached.iter().filter(|r| r.tie == "target").count() > 1;
        several.then_some("target").into_iter().chain(TIES)
    }
}
