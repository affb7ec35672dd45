//! The course of a trial: from the first event to the horizon.

use super::befallen::{Account, Figures, Loss, NEVER};
use super::calm::calm;
use super::course::{Course, RuleSums};
use super::frontier::Frontier;
use super::hearers::Hearers;
use super::outcome::Ring;
use super::queue::{Event, Queue, What};
use super::remedy::{Clock, Damage, Incident, Recovery, STAGES, Stages, Step};
use super::starve::Footing;
use super::state::{Backlog, Cell, Need, Root};
use super::states::{alone, floors};
use super::turns::Turns;
use super::watch::{Note, Watch};
use super::ways::Toll;
use super::window::Window;
use crate::luck::ahead::Ahead;
use crate::luck::{LogNormal, Luck, Purpose};
use crate::model::rare::Aim;
use crate::model::{Model, NONE, Odds};
use crate::units::{Dist, FOREVER, Millis};

/// More events than any sensible trial of this model has; a trial that reaches it is reported as truncated. What is
/// small and still goes on for ever should not take as long as what is large.
pub(super) fn most_events(model: &Model) -> u64 {
    let steps = model.steps.iter().map(|s| s.targets.len());
    let hits: usize = steps.chain(model.faults.iter().map(|f| f.targets.len())).sum();
    250_000 + 100 * (model.len() + model.needs.len() + hits) as u64
}

/// Rounds within one instant before it is taken for an endless exchange.
const MOST_ROUNDS: u32 = 10_000;

/// Runs trials of one model. Allocated once; a trial costs what it touches.
#[derive(Debug)]
pub struct Engine<'m, W: Watch = ()> {
    pub(super) model: &'m Model,
    pub(super) luck: Luck,
    ahead: Ahead,
    /// The part of all luck that this trial has to have.
    aim: Aim,
    /// Whether what the trial is aimed at came true.
    pub(super) came_true: bool,
    pub(super) now: Millis,
    /// Where the trial ends: first impact plus horizon, once there is an impact.
    pub(super) end: Millis,
    pub(super) queue: Queue,
    pub(super) cells: Vec<Cell>,
    /// By cell: how many of its feeders feed; one without feeders has work by itself, and this is never 0.
    pub(super) fed: Vec<u32>,
    pub(super) losses: Vec<Loss>,
    /// What befell each cell so far.
    pub(super) figures: Vec<Figures>,
    pub(super) needs: Vec<Need>,
    /// By cell; empty without rings of feeds.
    pub(super) footings: Vec<Footing>,
    pub(super) windows: Vec<Window>,
    pub(super) windows_used: u32,
    pub(super) damages: Vec<Damage>,
    /// By fault: the first of its damages, one for each target.
    pub(super) fault_damages: Vec<usize>,
    pub(super) recoveries: Vec<Recovery>,
    /// Numbers of care of cells to whose data anything happened.
    pub(super) fated: Vec<u32>,
    pub(super) steps: Vec<Step>,
    /// What the controls have done so far.
    pub(super) course: Course,
    /// The parts of each step's work, in order.
    pub(super) parts: Vec<Stages>,
    pub(super) plan_stopped: bool,
    /// A step failed, was skipped or was stopped.
    pub(super) plan_cut: bool,
    pub(super) plan_ends: Millis,
    pub(super) incident: Incident,
    pub(super) incident_opened: bool,
    pub(super) incident_clock: Clock,
    pub(super) busy: Vec<u32>,
    pub(super) starting: Vec<u32>,
    pub(super) mends_due: bool,
    /// Damage came or went: people may see more or less than before.
    pub(super) sight_due: bool,
    pub(super) waiting: Vec<u32>,
    /// Some cell can collapse: then what callers saw before an instant is kept.
    pub(super) collapsible: bool,
    /// Some need has members to spare.
    pub(super) redundant: bool,
    /// Some service moves traffic.
    pub(super) movable: bool,
    pub(super) backlogs: Vec<Backlog>,
    pub(super) services: Vec<Account>,
    /// By service: what it must serve at least.
    pub(super) floors: Vec<u64>,
    pub(super) regions: Vec<Account>,
    pub(super) customers: Account,
    pub(super) services_out: u32,
    /// Service, region, and whether customers use it, of cells booked at this instant.
    pub(super) unjudged: Vec<(u32, u32, bool)>,
    // Lists of an instant and of the trial.
    pub(super) frontier: Frontier,
    /// The cells that are computed together; those of them whose level is another one now, and who broke their promise.
    pub(super) wave: Vec<u32>,
    pub(super) changed: Vec<u32>,
    pub(super) broken: Vec<u32>,
    pub(super) stirred: Vec<u32>,
    pub(super) stirred_needs: Vec<u32>,
    pub(super) seeds: Vec<u32>,
    /// How often rings were looked at.
    pub(super) looks: u64,
    pub(super) held_back: Vec<u32>,
    /// Cells that fell, whose settle may not have been drawn yet.
    pub(super) fallen: Vec<u32>,
    /// By cell: whether nothing that follows from it is more than levels.
    pub(super) calm: Vec<bool>,
    pub(super) hearers: Hearers,
    /// Calm cells, and those of whom they hear, whose turn at this instant is to come.
    pub(super) awake: Turns,
    /// Needs of calm cells whose hold or release ends at this instant.
    pub(super) due_needs: Vec<u32>,
    /// Calm cells that were worked out at this instant, and those that may be in another state now.
    pub(super) worked: Vec<u32>,
    pub(super) turned: Vec<u32>,
    /// Cells whose last feeder stopped at this instant, or whose first began again.
    pub(super) crossed: Vec<u32>,
    /// Cells that may collapse once all levels are known.
    pub(super) pressed: Vec<u32>,
    /// Cells that came back as they had promised.
    pub(super) kept: Vec<u32>,
    pub(super) direction: super::levels::Direction,
    pub(super) rings: u32,
    pub(super) touched: Vec<u32>,
    pub(super) touched_needs: Vec<u32>,
    pub(super) touched_services: Vec<u32>,
    /// By cell: whether its service has no account as long as both come to the same.
    pub(super) is_alone: Vec<bool>,
    /// At the end of the trial: those cells to which something befell and for which that is so, and all others that were touched.
    pub(super) alone: Vec<u32>,
    pub(super) apart: Vec<u32>,
    pub(super) roots: Vec<Root>,
    /// Roots at which something else goes on than was told of last.
    pub(super) untold: Vec<u32>,
    /// By cell: what is owed there to the needs on its way; those who owe.
    pub(super) tolls: Vec<Toll>,
    pub(super) owing: Vec<u32>,
    /// Memory for walks over callers.
    pub(super) walk: Vec<u32>,
    pub(super) events: u64,
    most_events: u64,
    pub(super) truncated: bool,
    /// Starts and repairs that wait for each other at the end.
    pub(super) deadlocks: Vec<Ring>,
    pub(super) first_impact: Millis,
    // Sums over all trials since they were last taken.
    pub(super) minutes: Minutes,
    /// Which priors were drawn from.
    pub(super) drawn: Vec<bool>,
    pub(super) watch: W,
}

/// Time below objective, summed over cells, by what caused it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Minutes {
    /// By step, then by fault.
    pub sources: Vec<u64>,
    /// By [`Stage`](super::remedy::Stage).
    pub stages: Vec<u64>,
    /// By need on the path.
    pub needs: Vec<u64>,
    /// By need that the cell itself blamed.
    pub own_needs: Vec<u64>,
}

/// What an engine sums over its trials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sums {
    /// Whose minutes they were.
    pub minutes: Minutes,
    /// Which priors were drawn from.
    pub drawn: Vec<bool>,
    /// What each guardrail did.
    pub rules: Vec<RuleSums>,
}

impl Minutes {
    /// Nothing yet.
    #[must_use]
    pub fn none(model: &Model) -> Self {
        Self {
            sources: vec![0; model.steps.len() + model.faults.len()],
            stages: vec![0; STAGES.len()],
            needs: vec![0; model.needs.len()],
            own_needs: vec![0; model.needs.len()],
        }
    }
}

impl Minutes {
    /// Adds other sums over the same model.
    pub fn add(&mut self, other: &Minutes) {
        let sums = [
            (&mut self.sources, &other.sources),
            (&mut self.stages, &other.stages),
            (&mut self.needs, &other.needs),
            (&mut self.own_needs, &other.own_needs),
        ];
        for (mine, theirs) in sums {
            mine.iter_mut().zip(theirs).for_each(|(m, t)| *m += t);
        }
    }
}

/// Which priors were drawn from; none are from now on.
pub(super) fn taken(drawn: &mut [bool]) -> Vec<bool> {
    let taken = drawn.to_vec();
    drawn.fill(false);
    taken
}

impl<'m> Engine<'m, ()> {
    /// An engine that nobody watches.
    #[must_use]
    pub fn new(model: &'m Model) -> Self {
        Self::watched(model, ())
    }
}

impl<'m, W: Watch> Engine<'m, W> {
    /// An engine that tells `watch` what happens.
    #[must_use]
    pub fn watched(model: &'m Model, watch: W) -> Self {
        // Who watches is told of services.
        let is_alone = if W::AWAKE || W::TAKES_FACTS { vec![false; model.len()] } else { alone(model) };
        let cells = model.cells.iter().zip(&is_alone);
        let fed = model.cells.iter().take(model.len()).map(|c| if c.feeders == 0 { u32::MAX } else { c.feeders });
        // Who watches is told of every cell in one order, calm or not.
        let calm = if W::AWAKE || W::TAKES_FACTS { vec![false; model.len()] } else { calm(model) };
        Self {
            model,
            luck: Luck::new(model.seed, 0),
            ahead: Ahead::default(),
            aim: Aim::Free,
            came_true: false,
            now: 0,
            end: NEVER,
            queue: Queue::default(),
            cells: cells.map(|(c, &alone)| Cell::normal(c, alone)).collect(),
            fed: fed.collect(),
            losses: vec![Loss::default(); model.len()],
            figures: vec![Figures::NONE; model.len()],
            needs: vec![Need::NORMAL; model.needs.len()],
            footings: vec![Footing::NORMAL; model.feed_order.position.len()],
            windows: Vec::new(),
            windows_used: 0,
            damages: Vec::new(),
            fault_damages: vec![0; model.faults.len()],
            recoveries: vec![Recovery::default(); model.care.len()],
            fated: Vec::new(),
            steps: vec![Step::IDLE; model.steps.len()],
            course: Course::new(model),
            parts: vec![Stages::new(); model.steps.len()],
            plan_stopped: false,
            plan_cut: false,
            plan_ends: 0,
            incident: Incident::None,
            incident_opened: false,
            incident_clock: Clock::default(),
            busy: vec![0; model.teams.len()],
            starting: vec![0; model.regions.len()],
            mends_due: false,
            sight_due: false,
            waiting: Vec::new(),
            collapsible: model.cells.iter().any(|c| c.collapses),
            redundant: model.needs.iter().any(|n| n.redundant),
            movable: model.services.iter().any(|s| s.failover != NONE),
            backlogs: vec![Backlog::NONE; model.queues.len()],
            services: model.services.iter().map(|s| Account::normal(s.load)).collect(),
            floors: floors(model),
            regions: model.regions.iter().map(|r| Account::normal(r.load)).collect(),
            customers: Account::normal(0),
            services_out: 0,
            unjudged: Vec::new(),
            frontier: Frontier::new(model.len(), model.cells.iter().map(|c| c.depth as usize + 1).max().unwrap_or(0)),
            wave: Vec::new(),
            changed: Vec::new(),
            broken: Vec::new(),
            stirred: Vec::new(),
            stirred_needs: Vec::new(),
            seeds: Vec::new(),
            looks: 0,
            held_back: Vec::new(),
            fallen: Vec::new(),
            hearers: Hearers::new(model, &calm),
            calm,
            awake: Turns::new(model.len()),
            due_needs: Vec::new(),
            worked: Vec::new(),
            turned: Vec::new(),
            crossed: Vec::new(),
            pressed: Vec::new(),
            kept: Vec::new(),
            direction: super::levels::Direction::Down,
            rings: 0,
            touched: Vec::new(),
            touched_needs: Vec::new(),
            touched_services: Vec::new(),
            is_alone,
            alone: Vec::new(),
            apart: Vec::new(),
            roots: vec![Root::NONE; model.len()],
            untold: Vec::new(),
            tolls: vec![Toll::NONE; model.len()],
            owing: Vec::new(),
            walk: Vec::new(),
            events: 0,
            most_events: most_events(model),
            truncated: false,
            deadlocks: Vec::new(),
            first_impact: NEVER,
            minutes: Minutes::none(model),
            drawn: vec![false; model.priors.len()],
            watch,
        }
    }

    /// The same, for which another bound on events holds.
    pub(super) fn bounded(self, most_events: u64) -> Self {
        Self { most_events, ..self }
    }

    /// Runs one trial; its outcome is read from the engine until the next.
    pub fn run(&mut self, trial: u64) {
        self.reset();
        self.luck = Luck::new(self.model.seed, trial);
        self.aim = self.model.rare.as_ref().map_or(Aim::Free, |rare| rare.aim(&self.luck, trial));
        self.begin();
        while let Some(time) = self.queue.next_time() {
            if time > self.end || time >= FOREVER {
                break;
            }
            self.now = time;
            self.instant();
            if self.truncated {
                break;
            }
        }
        self.close();
    }

    /// All that happens at `now`, until nothing more does; then the record of it.
    fn instant(&mut self) {
        if self.pass_calmly() {
            return;
        }
        for _ in 0..MOST_ROUNDS {
            while let Some(event) = self.queue.pop_at(self.now) {
                self.events += 1;
                if !self.begin_calmly(event) {
                    self.apply(event);
                }
            }
            self.sweep();
            if self.is_endless() {
                break;
            }
            if self.release_rings() || self.shift_load() {
                continue;
            }
            self.react();
            if self.frontier.is_empty() && self.queue.next_time() != Some(self.now) && !self.pass_empty_settles() {
                self.commit();
                return;
            }
        }
        self.commit();
        self.truncated = true;
    }

    /// Whether the trial has used up its events. One instant can do that alone: on a ring of shares close to
    /// the whole, levels creep towards each other by parts per billion.
    pub(super) const fn is_endless(&self) -> bool {
        self.events > self.most_events
    }

    fn apply(&mut self, event: Event) {
        let Event { what, subject, version } = event;
        match what {
            What::Settled => self.settled(subject),
            What::Window => self.window_moves(subject),
            // Only calm cells hear of others in this way.
            What::Hold => {}
            What::Failover => self.failover_due(subject, version),
            What::Warm => self.warm(subject, version),
            What::Metastable => self.overload_ends(subject, version),
            What::Drained => self.drained(subject, version),
            What::FaultBegins => self.fault_begins(subject),
            What::FaultEnds => self.fault_ends(subject),
            What::StepPart => self.next_part(subject, version),
            What::StepHits => self.step_hits(subject, version),
            What::StepReturns => self.step_returns(subject, version),
            What::StepFails => self.step_fails(subject, version),
            What::StepWorked => self.step_worked(subject, version),
            What::StepRolledBack => self.step_rolled_back(subject, version),
            What::StepEnds => self.step_ends(subject, version),
            What::Detected => self.detected(subject, version),
            What::Engaged => self.engaged(),
            What::Diagnosed => self.diagnosed(version),
            What::MendStage => self.mend_stage_ends(subject, version),
            What::Alternate => self.mends_due = true,
            What::GateOpens => self.gate_opens(subject, version),
            What::StageBaked => self.stage_baked(subject, version),
            What::StageCaught => self.stage_caught(subject, version),
            What::GuardReverted => self.guard_reverted(subject, version),
            What::Purged => self.purged(subject),
        }
    }

    /// What the new levels set off at the same instant: blind people, gates that open, mends and steps that can begin.
    fn react(&mut self) {
        self.look_at_gates();
        if self.mends_due {
            self.mends_due = false;
            self.begin_mends();
            self.begin_waiting_steps();
        }
    }

    /// The sums since they were last taken.
    pub fn take_sums(&mut self) -> Sums {
        let minutes = std::mem::replace(&mut self.minutes, Minutes::none(self.model));
        Sums { minutes, drawn: taken(&mut self.drawn), rules: self.take_rules() }
    }

    /// What of these minutes a step or fault was given.
    #[must_use]
    pub fn given_to(&self, source: usize) -> u64 {
        self.minutes.sources[source]
    }

    /// Whoever watches.
    pub const fn watch(&self) -> &W {
        &self.watch
    }

    /// The same, to be emptied between trials.
    pub(super) const fn watch_mut(&mut self) -> &mut W {
        &mut self.watch
    }

    pub(super) fn at(&mut self, time: Millis, what: What, subject: u32, version: u32) {
        self.queue.push(time, Event { what, subject, version });
    }

    pub(super) fn note(&mut self, note: Note) {
        self.watch.note(self.now, note);
    }

    /// A duration from the model's distributions.
    pub(super) fn draw(&mut self, dist: u32, entity: u64, purpose: Purpose, n: u32) -> Millis {
        self.mark(self.model.prior_of[dist as usize]);
        let Dist::LogNormal { median, .. } = self.model.dists[dist as usize] else {
            return self.drawn_from(dist, entity, purpose, n);
        };
        let draw = LogNormal { median, spread: self.model.spreads[dist as usize], entity, n };
        self.ahead.log_normal(&self.luck, draw, purpose)
    }

    /// The same, of what every trial draws of other cells, or before it is known whether it will be needed.
    pub(super) fn drawn_from(&self, dist: u32, entity: u64, purpose: Purpose, n: u32) -> Millis {
        let (law, spread) = (&self.model.dists[dist as usize], self.model.spreads[dist as usize]);
        self.luck.duration_with(law, spread, entity, purpose, n)
    }

    /// A plain factor from the model's distributions.
    pub(super) fn draw_factor(&mut self, dist: u32, entity: u64, purpose: Purpose, n: u32) -> f64 {
        self.mark(self.model.prior_of[dist as usize]);
        self.luck.factor(&self.model.dists[dist as usize], entity, purpose, n)
    }

    /// Whether something of these odds happens.
    pub(super) fn chance(&mut self, odds: Odds, entity: u64, purpose: Purpose, n: u32) -> bool {
        self.mark(odds.prior);
        let luck = self.luck;
        self.happens(entity, purpose, n, |word| luck.chances(word, odds.chance, 1.0, odds.entity))
    }

    /// Whether something happens at its word, in a trial that may be aimed.
    pub(super) fn happens(&mut self, entity: u64, purpose: Purpose, n: u32, at: impl Fn(u64) -> bool) -> bool {
        let word = self.luck.word(entity, purpose, n);
        let Some(rare) = self.model.rare.as_ref().filter(|_| self.aim != Aim::Free) else {
            return at(word);
        };
        let happens = at(rare.bend(self.aim, entity, purpose, n, word));
        self.came_true |= happens && rare.is_aim(self.aim, entity, purpose, n);
        happens
    }

    pub(super) fn mark(&mut self, prior: u32) {
        if prior != NONE {
            self.drawn[prior as usize] = true;
        }
    }

    /// Whether a cell serves its objective, for gates.
    pub(super) fn is_up(&self, cell: u32) -> bool {
        self.cells[cell as usize].level >= self.model.cells[cell as usize].impaired_below
    }

    pub(super) fn touch(&mut self, cell: u32) {
        let state = &mut self.cells[cell as usize];
        if !state.touched {
            state.touched = true;
            self.touched.push(cell);
        }
    }

    /// The cell is looked at again when the instant is recorded.
    pub(super) fn stir(&mut self, cell: u32) {
        if !self.cells[cell as usize].stirred {
            self.look_at_work(cell);
        }
        self.cells[cell as usize].turns = true;
    }

    /// The same, for a cell that only gets work or loses it: what it points to stays.
    pub(super) fn look_at_work(&mut self, cell: u32) {
        let state = &mut self.cells[cell as usize];
        if !state.stirred {
            (state.stirred, state.turns) = (true, false);
            self.stirred.push(cell);
            self.touch(cell);
        }
    }

    /// Closes what is still open at the end of the trial.
    fn close(&mut self) {
        let end = if self.end == NEVER { self.now } else { self.end };
        self.now = if self.truncated || self.queue.next_time().is_some() { end } else { end.max(self.now) };
        self.close_figures();
        self.close_blame();
        self.close_controls();
        self.deadlocks = self.find_deadlocks();
    }
}
