//! Plans as people and agents make them, over a given world.
//!
//! In: a world, how many, whose, a seed. Out: [`Draft`]s, documents that print as plan files. The mix follows what triggers
//! incidents (binary pushes 37 %, configuration pushes 31 %, everything else at most 9 % each: Site Reliability Workbook,
//! appendix C), which is the published figure nearest to what is done; how steps follow each other is our choice. Slips are not
//! drawn here: the plan is what was meant, and an actor with `errors: true` slips in each trial. Not here: whether a plan
//! does harm; that is found out by running it.

mod kinds;
mod world;

use crate::document::{Entry, Node, Value};
use crate::luck::{Luck, Purpose, entity};
use crate::scenario::world::World;
use kinds::{KINDS, Kind};
use world::Places;

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// How many plans.
    pub(super) count: u32,
    /// Who acts, if that is said.
    pub(super) profile: Option<&'static str>,
    /// Which plans come out.
    pub(super) seed: u64,
    /// How often a week each of them runs.
    pub(super) per_week: f64,
}

/// A plan as a document.
#[derive(Debug, Clone)]
pub struct Draft {
    /// `007-configure-checkout`: unique, and fit to be the name of a file.
    pub name: String,
    /// The document.
    pub node: Node,
}

/// As many plans as were asked for; none if the world has nothing to act on.
pub(super) fn plans(world: &World, wanted: &Wanted) -> Vec<Draft> {
    let places = Places::of(world);
    let possible: Vec<&Kind> = KINDS.iter().filter(|kind| (kind.possible)(&places)).collect();
    let whole: f64 = possible.iter().map(|k| k.weight).sum();
    if possible.is_empty() {
        return Vec::new();
    }
    let plan = |n: u32| {
        let mut dice = Dice { luck: Luck::new(wanted.seed, u64::from(n)), n: 0 };
        let mut left = dice.roll() * whole;
        let chosen = possible.iter().find(|kind| {
            left -= kind.weight;
            left < 0.0
        });
        let kind = chosen.or(possible.last())?;
        let made = (kind.make)(&places, &mut dice);
        Some(Draft { name: format!("{:04}-{}", n + 1, slug(&made.name)), node: document(&made, wanted) })
    };
    (0..wanted.count).filter_map(plan).collect()
}

/// A plan before it is a document.
#[derive(Debug)]
struct Made {
    name: String,
    title: String,
    steps: Vec<Vec<(&'static str, String)>>,
}

/// Luck of one plan, number after number.
struct Dice {
    luck: Luck,
    n: u32,
}

impl Dice {
    /// A number between 0 and 1.
    fn roll(&mut self) -> f64 {
        self.n += 1;
        self.luck.uniform(entity("experiment", "generate"), Purpose::Chance, self.n)
    }

    /// Whether something of this chance happens.
    fn is(&mut self, chance: f64) -> bool {
        self.roll() < chance
    }

    /// One of them; there must be one.
    fn one_of<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index")]
        let place = (self.roll() * of.len() as f64) as usize;
        &of[place.min(of.len() - 1)]
    }
}

fn document(made: &Made, wanted: &Wanted) -> Node {
    let plain = |text: &str| Node::made(Value::Plain(text.into()));
    let entry = |key: &str, value: Node| Entry { key: plain(key), value };
    let step = |fields: &Vec<(&'static str, String)>| {
        let value = |text: &String| match text.strip_prefix('[').and_then(|t| t.strip_suffix(']')) {
            Some("") => Node::made(Value::list([])),
            Some(list) => Node::made(Value::list(list.split(", ").map(plain))),
            None => plain(text),
        };
        Node::made(Value::map(fields.iter().map(|(key, text)| entry(key, value(text)))))
    };
    let mut entries = vec![
        entry("title", Node::made(Value::Quoted(made.title.as_str().into()))),
        entry("per-week", plain(&crate::scenario::experiment::corpus::often(wanted.per_week))),
    ];
    if let Some(profile) = wanted.profile {
        let actor = vec![entry("profile", plain(profile)), entry("errors", plain("true"))];
        entries.push(entry("actor", Node::made(Value::map(actor))));
    }
    entries.push(entry("plan", Node::made(Value::list(made.steps.iter().map(step)))));
    Node::made(Value::map(entries))
}

/// Letters, digits and hyphens.
fn slug(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' };
    let text: String = text.chars().map(plain).take(60).collect();
    text.trim_matches('-').to_owned()
}
