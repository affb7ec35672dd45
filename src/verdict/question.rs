//! From a comparison of the appetite to a question that trials can answer.
//!
//! In: [`Atom`]s, the model, what is known beforehand. Out: [`Question`]s. A quantile becomes a question about a
//! share: `p95 > 1h` is "more than 5 % of the trials are longer than 1h". What nothing can touch is answered at once.

use super::Known;
use crate::engine::{Outcome, State};
use crate::model::{Effect, Model, Step, Takes};
use crate::scenario::appetite::{Atom, Counts, Measure, Objective, Order, Stat, Subject};
use crate::scenario::plan::DamageKind;
use crate::scenario::world::Cell;
use crate::units::DAY;

/// A share below which a region does not count as hit, where one limits the number of regions.
const RARE_REGION: f64 = 0.01;

/// A question about trials.
#[derive(Debug, Clone)]
pub(super) enum Question {
    /// Answered without trials.
    Known(bool),
    /// Not to be answered by any number of trials, and why.
    Never(&'static str),
    /// Is the share of trials with this event more than `q`? The answer is turned round if `negated`.
    Share {
        /// What is looked at.
        probe: Probe,
        /// What counts as a hit.
        event: Event,
        /// The share.
        q: f64,
        /// Whether a share of at most `q` makes the comparison true.
        negated: bool,
    },
    /// Is the mean more than the bound, both over `scale`?
    Mean {
        /// What is looked at.
        probe: Probe,
        /// The greatest value there can be.
        scale: f64,
        /// The bound in the unit of the probe.
        bound: f64,
        /// Whether a mean of at most the bound makes the comparison true.
        negated: bool,
    },
    /// Are more regions hit, over all trials?
    Regions {
        /// What counts as too many.
        event: Event,
        /// Whether few regions make the comparison true.
        negated: bool,
    },
}

/// A value beyond a bound.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Event {
    pub(super) bound: f64,
    /// The bound itself counts as well.
    pub(super) inclusive: bool,
}

impl Event {
    pub(super) fn is_hit(self, value: f64) -> bool {
        if self.inclusive { value >= self.bound } else { value > self.bound }
    }
}

/// What is read off a trial.
#[derive(Debug, Clone)]
pub(super) struct Probe {
    subject: Where,
    measure: Measure,
    objectives: Vec<Burn>,
}

/// The subject in the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    Run,
    Customers,
    Region(usize),
    Service(u32),
    Cell(u32),
    Objectives,
}

/// How an objective's budget burns.
#[derive(Debug, Clone, Copy)]
struct Burn {
    service: u32,
    /// Per millisecond of outage, or per thousandth of a request.
    rate: f64,
    requests: bool,
}

/// Asks an atom of a model.
pub(super) fn question(atom: &Atom, model: &Model, known: &Known<'_>) -> Question {
    let output = atom.output;
    let negated = matches!(atom.order, Order::Below | Order::AtMost);
    // `a <= b` is "not a > b", `a < b` is "not a >= b".
    let inclusive = matches!(atom.order, Order::AtLeast | Order::Below);
    let decide = |value: f64| Question::Known(Event { bound: atom.bound, inclusive }.is_hit(value) != negated);
    match output.measure {
        Measure::Coverage => return decide(known.coverage),
        Measure::UnknownTargets => return decide(count(known.scenario.plan.unknown.len())),
        Measure::Findings(weight) => return decide(count(known.findings.iter().filter(|f| f.weight as u8 >= weight).count())),
        Measure::Regions => {
            let event = Event { bound: atom.bound, inclusive };
            let most = reachable_regions(model);
            return if event.is_hit(most) { Question::Regions { event, negated } } else { Question::Known(negated) };
        }
        _ => {}
    }
    if output.subject == Subject::Customers && !known.scenario.world.services.iter().any(|s| s.faces_customers) {
        return Question::Never("the world does not say which services customers use (`faces: customers`)");
    }
    if let Measure::Approvals | Measure::Hours | Measure::FalseStops = output.measure {
        // Where nothing stands in between, nothing is asked; where something does, also a plan that touches nothing has to pass it.
        if model.controls.is_empty() {
            return decide(0.0);
        }
    } else if model.is_empty() {
        // Nothing that the plan does can touch anything.
        return decide(0.0);
    }
    if output.measure == Measure::DataGone && !can_lose_data(model) {
        return decide_share(atom, negated);
    }
    if let Some(why) = uncounted(output.subject, output.measure, model, known) {
        return Question::Never(why);
    }
    let Some(probe) = probe(output.subject, output.measure, model, known) else { return decide(0.0) };
    let bound = atom.bound * unit(output.measure);
    match output.stat {
        Stat::Quantile(p) => Question::Share { probe, event: Event { bound, inclusive }, q: 1.0 - p, negated },
        Stat::Share => Question::Share { probe, event: Event { bound: 0.0, inclusive: false }, q: atom.bound, negated },
        Stat::Mean => Question::Mean { scale: scale(&probe, model, known), probe, bound, negated },
        Stat::Whole => Question::Never("this is known only after the last trial"),
    }
}

/// Why nobody can count what is lost there: of all that the plan can touch, nothing says how much it is. What is lost where only some say it is
/// the loss of those.
fn uncounted(subject: Subject, measure: Measure, model: &Model, known: &Known<'_>) -> Option<&'static str> {
    let (declares, why): (fn(&Cell) -> bool, _) = match measure {
        Measure::RequestsLost => (|cell| cell.traffic.is_some(), "nothing that the plan can touch there says its `traffic`"),
        Measure::MinutesLost => (|cell| cell.customers.is_some(), "nothing that the plan can touch there says its `customers`"),
        _ => return None,
    };
    let world = &known.scenario.world;
    let faces = |cell: &Cell| world.services[cell.service as usize].faces_customers;
    // What lies behind them has traffic of its own only where it says so.
    let in_front = world.services.iter().any(|s| s.faces_customers);
    let ours = |id: u32, cell: &Cell| match subject {
        Subject::Customers => faces(cell),
        Subject::Region(region) => cell.region == region && (!in_front || faces(cell) || declares(cell)),
        Subject::Service(service) => cell.service == service,
        Subject::Cell(wanted) => id == wanted,
        Subject::Run | Subject::Objective(_) => false,
    };
    let touched = model.origin.iter().take(model.len()).filter_map(|&id| Some((id, world.cells.get(id as usize)?)));
    let mut touched = touched.filter(|(id, cell)| ours(*id, cell)).map(|(_, cell)| cell).peekable();
    touched.peek()?;
    (!touched.any(declares)).then_some(why)
}

/// The answer about a share that is certainly zero.
fn decide_share(atom: &Atom, negated: bool) -> Question {
    Question::Known((0.0 > atom.bound) != negated)
}

#[expect(clippy::cast_precision_loss, reason = "a count")]
fn count(n: usize) -> f64 {
    n as f64
}

/// Regions with a cell that the plan can reach.
fn reachable_regions(model: &Model) -> f64 {
    let mut hit = vec![false; model.regions.len()];
    model.cells.iter().take(model.len()).for_each(|c| hit[c.region as usize] = true);
    count(hit.into_iter().filter(|h| *h).count())
}

/// Whether any step, in any form, takes data away or brings it back: nothing else can lose it for good.
fn can_lose_data(model: &Model) -> bool {
    let takes = |kind| matches!(kind, DamageKind::Deleted | DamageKind::DataLost);
    let moves_data = |step: &Step| match step.effect {
        Effect::Leaves(kind, _) | Effect::Interrupts(kind, _) | Effect::Risks(kind, _) if takes(kind) => true,
        _ => step.takes.iter().any(|t| matches!(t, Takes::Recreate(_) | Takes::Restore(_))),
    };
    let holds_data = |&cell: &u32| model.care.get(model.cells[cell as usize].care as usize).is_some_and(|c| c.datastore);
    let forms = model.controls.forms.iter().flat_map(|form| form.stages.iter().map(|stage| &*stage.step).chain([&*form.step]));
    model.steps.iter().chain(forms).any(|step| moves_data(step) && step.targets.iter().any(holds_data))
}

/// What a value of 1 in the report is in the engine.
fn unit(measure: Measure) -> f64 {
    match measure {
        Measure::Outage | Measure::First | Measure::Main | Measure::Full | Measure::DataLost | Measure::Plan => 60_000.0,
        Measure::RequestsLost | Measure::MinutesLost => 1_000.0,
        Measure::Hours => 3_600_000.0,
        _ => 1.0,
    }
}

/// The probe; `None` for what no trial can touch.
fn probe(subject: Subject, measure: Measure, model: &Model, known: &Known<'_>) -> Option<Probe> {
    let service = |id: u32| model.services.iter().position(|s| s.origin == id).and_then(|n| u32::try_from(n).ok());
    let mut objectives = Vec::new();
    let subject = match subject {
        Subject::Run => Where::Run,
        Subject::Customers => Where::Customers,
        Subject::Region(id) => Where::Region(id as usize),
        Subject::Service(id) => Where::Service(service(id)?),
        Subject::Cell(id) => Where::Cell(u32::try_from(model.origin.iter().position(|&c| c == id)?).ok()?),
        Subject::Objective(which) => {
            let all = known.promised.objectives.iter().enumerate().filter(|(n, _)| which.is_none_or(|w| w as usize == *n));
            objectives = all.filter_map(|(_, o)| burn(o, service(o.service)?, known)).collect();
            Where::Objectives
        }
    };
    (subject != Where::Objectives || !objectives.is_empty()).then_some(Probe { subject, measure, objectives })
}

fn burn(objective: &Objective, service: u32, known: &Known<'_>) -> Option<Burn> {
    let budget = objective.budget_ms();
    if budget <= 0.0 {
        return None;
    }
    let normal = known.requests_per_ms(objective);
    match objective.counts {
        // Thousandths of requests; the budget is a part of the requests of the window.
        Counts::Requests if normal > 0.0 => Some(Burn { service, rate: 1.0 / (1_000.0 * normal * budget), requests: true }),
        _ => Some(Burn { service, rate: 1.0 / budget, requests: false }),
    }
}

/// A bound on the values, for tests of means.
#[expect(clippy::cast_precision_loss, reason = "bounds are far below 2^53")]
fn scale(probe: &Probe, model: &Model, known: &Known<'_>) -> f64 {
    let horizon = model.horizon as f64;
    // Demand weighs a time by less than a day more than it lasts: whole days weigh what they are.
    let weighed = horizon + if model.weighings.is_empty() { 0.0 } else { DAY as f64 };
    let minutes = weighed / 60_000.0;
    match probe.measure {
        Measure::AffectedCells => model.len().max(1) as f64,
        Measure::FalseStops => model.steps.len().max(1) as f64,
        Measure::Approvals => model.controls.most_asked().max(1) as f64,
        Measure::RequestsLost => 1_000.0 * minutes * known.total_traffic().max(1e-6),
        Measure::MinutesLost => 1_000.0 * minutes * known.total_customers().max(1.0),
        Measure::Burnt => probe
            .objectives
            .iter()
            .map(|b| b.rate * weighed)
            .fold(1e-9, f64::max)
            .max(if probe.objectives.iter().any(|b| b.requests) { 1_000.0 } else { 0.0 }),
        _ => horizon.max(1.0),
    }
}

impl Probe {
    /// The value in a trial; `None` if the figure does not speak of this trial.
    #[expect(clippy::cast_precision_loss, reason = "milliseconds and thousandths are far below 2^53")]
    pub(super) fn read(&self, outcome: &Outcome<'_>, trial: &Whole) -> Option<f64> {
        let figures = match self.subject {
            Where::Run => return Some(self.of_run(outcome, trial)),
            Where::Objectives => return Some(self.objectives.iter().map(|b| burnt(b, outcome)).fold(0.0, f64::max)),
            Where::Customers => outcome.customers(),
            Where::Region(region) => outcome.region(region),
            Where::Service(service) => outcome.service(service),
            Where::Cell(cell) => outcome.cell(cell),
        };
        let since = |at: u64| figures.impacted().then(|| at.saturating_sub(trial.origin) as f64);
        let yes = |truth: bool| Some(f64::from(u8::from(truth)));
        match self.measure {
            Measure::Outage => Some(figures.outage as f64),
            Measure::Affected => yes(figures.outage > 0),
            Measure::State(bit) => yes(figures.ever >> bit & 1 == 1),
            Measure::First => since(figures.first),
            Measure::Main => since(figures.main),
            Measure::Full => since(figures.full),
            Measure::RequestsLost => Some(figures.lost as f64),
            Measure::MinutesLost => Some(figures.customer_time as f64),
            Measure::NeverRecovered => yes(figures.open),
            Measure::DataLost => self.data(outcome).0.map(|ms| ms as f64),
            Measure::DataGone => yes(self.data(outcome).1),
            _ => Some(0.0),
        }
    }

    /// Data lost at the subject: the greatest loss window, and whether something is gone for good.
    fn data(&self, outcome: &Outcome<'_>) -> (Option<u64>, bool) {
        let model = outcome.model();
        let ours = |cell: u32| match self.subject {
            Where::Cell(c) => c == cell,
            Where::Service(s) => model.cells[cell as usize].service == s,
            Where::Region(r) => model.cells[cell as usize].region as usize == r,
            _ => true,
        };
        let cells = outcome.cells().map(|(cell, _)| cell).filter(|&c| ours(c));
        cells.map(|cell| outcome.data(cell)).fold((None, false), |(most, gone), (window, lost)| (most.max(window), gone | lost))
    }

    #[expect(clippy::cast_precision_loss, reason = "milliseconds are far below 2^53")]
    fn of_run(&self, outcome: &Outcome<'_>, trial: &Whole) -> f64 {
        let yes = |truth: bool| f64::from(u8::from(truth));
        match self.measure {
            Measure::AffectedCells => trial.affected as f64,
            Measure::Plan => outcome.plan_ends() as f64,
            Measure::DataGone => yes(trial.gone),
            Measure::NeverRecovered => yes(trial.open),
            Measure::Incident => yes(outcome.incident()),
            Measure::PlanStopped => yes(outcome.plan_cut()),
            Measure::PlanUnfinished => yes(outcome.plan_open()),
            Measure::Truncated => yes(outcome.truncated()),
            Measure::Approvals => outcome.friction().asked as f64,
            Measure::Hours => outcome.friction().waited as f64,
            Measure::FalseStops => outcome.friction().false_stops as f64,
            _ => 0.0,
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds are far below 2^53")]
fn burnt(burn: &Burn, outcome: &Outcome<'_>) -> f64 {
    let figures = outcome.service(burn.service);
    burn.rate * if burn.requests { figures.lost as f64 } else { figures.outage as f64 }
}

/// What a trial came to as a whole.
#[derive(Debug, Clone, Default)]
pub(super) struct Whole {
    /// The first impact; instants count from here.
    pub(super) origin: u64,
    /// Cells that anything befell.
    pub(super) touched: u64,
    /// Affected cells.
    pub(super) affected: u64,
    /// Time below objective, summed over cells, milliseconds.
    pub(super) minutes: u64,
    /// Something is not back at the horizon.
    pub(super) open: bool,
    /// Data is lost for good.
    pub(super) gone: bool,
    /// Regions with an affected cell, by their place.
    pub(super) regions: Vec<u32>,
}

impl Whole {
    /// Reads it off a trial.
    pub(super) fn of(outcome: &Outcome<'_>) -> Self {
        let model = outcome.model();
        let mut whole = Whole { origin: outcome.first_impact().unwrap_or(0), ..Whole::default() };
        for (cell, figures) in outcome.cells() {
            whole.touched += 1;
            whole.open |= figures.open;
            whole.gone |= figures.was(State::Down) && outcome.data(cell).1;
            if figures.outage > 0 {
                whole.affected += 1;
                whole.minutes += figures.outage;
                let region = model.cells[cell as usize].region;
                if !whole.regions.contains(&region) {
                    whole.regions.push(region);
                }
            }
        }
        whole
    }
}

/// The share that stands for "practically never" where regions are counted.
pub(super) const fn rare_region() -> f64 {
    RARE_REGION
}

/// Probes of the objectives: the worst of each trial first, then one by one.
pub(super) fn burn_probes(known: &Known<'_>, model: &Model) -> Vec<Probe> {
    let one = |which| {
        probe(Subject::Objective(which), Measure::Burnt, model, known).unwrap_or(Probe {
            subject: Where::Objectives,
            measure: Measure::Burnt,
            objectives: Vec::new(),
        })
    };
    if known.promised.objectives.is_empty() {
        return Vec::new();
    }
    let each = (0_u32..).zip(&known.promised.objectives).map(|(n, _)| one(Some(n)));
    std::iter::once(one(None)).chain(each).collect()
}
