//! Small random scenarios of every feature, as data that can be shrunk and printed as YAML.
//!
//! In: a seed and what may occur. Out: a [`Draft`], which is written as the text that a user would write and read back by the
//! reader that users have. Half of the worlds live on a grid of minutes, where everything ties.

#![allow(dead_code, unreachable_pub, reason = "shared by several tests, none of which uses all of it")]
#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test that cannot go on may panic")]

pub mod definitions;

use foreshock::ensemble::{self, Ensemble, Run};
use foreshock::luck::philox::PhiloxStream;
use foreshock::model::{Model, graph::Graph};
use foreshock::priors::Priors;
use foreshock::scenario::files::{Files, Memory};
use foreshock::scenario::plan::Size;
use foreshock::scenario::{self, FileError, ReadOptions, Scenario, Study};
use foreshock::summary::oracle::{Nested, prepare};
use rand::rand_core::TryRng;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

/// The YAML files of a folder, in order.
pub fn files_in(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.extension().is_some_and(|e| e == "yaml")).collect();
    files.sort();
    files
}

struct Disk;

impl Files for Disk {
    fn read(&self, path: &str) -> Result<String, FileError> {
        std::fs::read_to_string(path).map_err(|error| FileError::Unreadable(error.to_string()))
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, FileError> {
        let entries = std::fs::read_dir(folder).map_err(|error| FileError::Unreadable(error.to_string()))?;
        let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        Ok(names)
    }
}

/// The study in a file.
pub fn study_in(path: &Path) -> Study {
    let read = scenario::read(&Disk, path.to_str().unwrap(), &ReadOptions::default());
    read.study.unwrap_or_else(|| panic!("{}: {:#?}", path.display(), read.diagnostics))
}

/// The scenario in a text.
pub fn scenario_of(text: &str) -> Scenario {
    let files = Memory::new([("s.yaml", text)]);
    let read = scenario::read(&files, "s.yaml", &ReadOptions::default());
    let messages: Vec<String> = read.diagnostics.iter().map(|d| d.message.clone()).collect();
    read.study.unwrap_or_else(|| panic!("{text}\n{messages:#?}")).base
}

/// The model of a scenario, with the priors that ship.
pub fn compiled(scenario: &Scenario) -> Model {
    let priors = Priors::shipped();
    prepare(scenario, &Graph::new(&scenario.world), &priors, &Nested::new(&priors))
}

/// Tallies of some models.
pub fn ensemble_of(models: &[Model], trials: u64, threads: usize, has_customers: bool) -> Ensemble {
    let stop = AtomicBool::new(false);
    ensemble::run(
        models,
        &Run {
            engine: foreshock::engine::Choice::Auto,
            size: Size::Trials(trials),
            threads,
            has_customers,
            news: &|_| (),
            stop: &stop,
        },
    )
}

/// The seeds of a test: `FORESHOCK_SEED` alone if it is set, else `default` of them (or as many as `FORESHOCK_SWARM` says).
pub fn seeds(default: u64) -> Vec<u64> {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    match (number("FORESHOCK_SEED"), number("FORESHOCK_SWARM")) {
        (Some(seed), _) => vec![seed],
        (None, count) => (0..count.unwrap_or(default)).collect(),
    }
}

/// Dice.
pub struct Dice(PhiloxStream);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(PhiloxStream::new(seed ^ 0x5eed_0000))
    }

    pub fn below(&mut self, n: usize) -> usize {
        let Ok(word) = self.0.try_next_u32();
        word as usize % n.max(1)
    }

    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

/// What may occur in a world.
#[derive(Debug, Clone, Copy)]
pub struct Allowed {
    /// Needs that close rings.
    pub rings: bool,
    /// Traffic that moves, capacities and collapses.
    pub load: bool,
    /// Crews and herds.
    pub people: bool,
    /// Needs to start, to mend and to see.
    pub gates: bool,
    /// Settles, warm-ups and queues.
    pub tails: bool,
    /// Chances: failing steps, unusable copies, rollbacks that do not work.
    pub chances: bool,
    /// Every duration fixed.
    pub fixed: bool,
}

/// Everything.
pub const EVERYTHING: Allowed =
    Allowed { rings: true, load: true, people: true, gates: true, tails: true, chances: true, fixed: false };

/// A need or a gate: `at_least` of `members`, which are services with what stands behind their name.
#[derive(Debug, Clone)]
pub struct Link {
    pub members: Vec<(usize, String)>,
    pub at_least: usize,
    pub extra: Vec<String>,
}

/// A service.
#[derive(Debug, Clone, Default)]
pub struct Service {
    pub regions: Vec<usize>,
    pub lines: Vec<String>,
    pub needs: Vec<Link>,
    pub starts: Vec<Link>,
    pub mends: Vec<Link>,
    pub seen: Vec<Link>,
    pub data: Vec<String>,
    pub kept_in: Vec<usize>,
}

/// A step or a fault: on which services (in one region or in all).
#[derive(Debug, Clone)]
pub struct Act {
    pub verb: &'static str,
    pub targets: Vec<(usize, Option<usize>)>,
    pub lines: Vec<String>,
}

/// A scenario before it is written.
#[derive(Debug, Clone)]
pub struct Draft {
    pub seed: u64,
    pub regions: Vec<String>,
    pub teams: Vec<String>,
    /// By id; what was dropped is absent.
    pub services: Vec<Option<Service>>,
    pub steps: Vec<Act>,
    pub faults: Vec<Act>,
}

const VERBS: [&str; 20] = [
    "recreate",
    "recreate",
    "delete",
    "delete",
    "restart",
    "deploy",
    "configure",
    "scale",
    "drain",
    "failover",
    "replace",
    "restore",
    "rollback",
    "snapshot",
    "migrate",
    "rotate",
    "detach",
    "attach",
    "truncate",
    "shed",
];
const LEAVES: [&str; 6] = ["deleted", "data-lost", "capacity-removed", "defective", "misconfigured", "cut-off"];

struct Maker<'a> {
    dice: &'a mut Dice,
    allowed: Allowed,
    grid: bool,
}

impl Draft {
    /// The draft of a seed.
    pub fn random(seed: u64, allowed: Allowed) -> Self {
        let mut dice = Dice::new(seed);
        let grid = allowed.fixed || dice.percent(50);
        Maker { dice: &mut dice, allowed, grid }.draft(seed)
    }

    /// The same, with durations on a grid of minutes or off it.
    pub fn random_on(seed: u64, allowed: Allowed, grid: bool) -> Self {
        let mut dice = Dice::new(seed);
        Maker { dice: &mut dice, allowed, grid }.draft(seed)
    }

    /// The text that a user would write.
    pub fn yaml(&self) -> String {
        let order: Vec<usize> = (0..self.services.len()).collect();
        self.yaml_in(&order)
    }

    /// The same, with services declared in another order.
    pub fn yaml_in(&self, order: &[usize]) -> String {
        let mut text = String::from("title: A random scenario\nworld:\n  regions:\n");
        for (i, region) in self.regions.iter().enumerate() {
            let _ = writeln!(text, "    r{i}: {{ {region} }}");
        }
        text += "  teams:\n";
        for (i, team) in self.teams.iter().enumerate() {
            let _ = writeln!(text, "    t{i}: {{ {team} }}");
        }
        text += "  services:\n";
        for &i in order {
            if let Some(service) = &self.services[i] {
                let _ = writeln!(text, "    s{i}:");
                self.write_service(service, &mut text);
            }
        }
        if !self.steps.is_empty() {
            text += "plan:\n";
        }
        for step in &self.steps {
            let lines = std::iter::once(format!("do: {}", step.verb))
                .chain([format!("target: {}", targets(step))])
                .chain(step.lines.iter().cloned());
            let _ = writeln!(text, "  - {{ {} }}", lines.collect::<Vec<_>>().join(", "));
        }
        if !self.faults.is_empty() {
            text += "faults:\n";
        }
        for fault in &self.faults {
            let _ = writeln!(text, "  - {{ down: {}, {} }}", targets(fault), fault.lines.join(", "));
        }
        let _ = writeln!(text, "seed: {}\ntrials: 50\nhorizon: 2d", self.seed);
        text
    }

    fn present(&self) -> impl Iterator<Item = (usize, &Service)> {
        self.services.iter().enumerate().filter_map(|(i, service)| Some((i, service.as_ref()?)))
    }

    fn write_service(&self, service: &Service, text: &mut String) {
        let regions: Vec<String> = service.regions.iter().map(|r| format!("r{r}")).collect();
        let _ = writeln!(text, "      in: [{}]", regions.join(", "));
        for line in &service.lines {
            let _ = writeln!(text, "      {line}");
        }
        let needs = self.links(&service.needs);
        let _ = writeln!(text, "      needs: {}", if needs.is_empty() { "none".to_owned() } else { format!("[{needs}]") });
        for (key, links) in [("starts-with", &service.starts), ("mends-with", &service.mends), ("seen-through", &service.seen)] {
            let links = self.links(links);
            if !links.is_empty() {
                let _ = writeln!(text, "      {key}: [{links}]");
            }
        }
        if !service.data.is_empty() {
            let kept = service.kept_in.iter().filter(|k| self.services[**k].is_some()).map(|k| format!("s{k}@any"));
            let kept: Vec<String> = kept.collect();
            let kept = if kept.is_empty() { String::new() } else { format!(", kept-in: [{}]", kept.join(", ")) };
            let _ = writeln!(text, "      data: {{ {}{kept} }}", service.data.join(", "));
        }
    }

    fn links(&self, links: &[Link]) -> String {
        links.iter().filter_map(|link| self.link(link)).collect::<Vec<_>>().join(", ")
    }

    fn link(&self, link: &Link) -> Option<String> {
        let there = link.members.iter().filter(|m| self.services[m.0].is_some());
        let names: Vec<String> = there.map(|(service, at)| format!("s{service}{at}")).collect();
        let extra: String = link.extra.iter().map(|line| format!(", {line}")).collect();
        match names.as_slice() {
            [] => None,
            [one] => Some(format!("{{ need: {one}{extra} }}")),
            _ if link.at_least == 1 => Some(format!("{{ any-of: [{}]{extra} }}", names.join(", "))),
            _ => Some(format!("{{ at-least: {}, of: [{}]{extra} }}", link.at_least.min(names.len()), names.join(", "))),
        }
    }

    /// Drafts that are smaller by one thing.
    pub fn smaller(&self) -> Vec<Draft> {
        let mut found = Vec::new();
        let size = self.yaml().len();
        let mut add = |change: &dyn Fn(&mut Draft)| {
            let mut draft = self.clone();
            change(&mut draft);
            draft.tidy();
            // A change that changes nothing would be taken for progress for ever.
            if draft.steps.len() + draft.faults.len() > 0 && draft.yaml().len() < size {
                found.push(draft);
            }
        };
        for i in (0..self.services.len()).rev().filter(|i| self.services[*i].is_some()) {
            add(&|d| d.services[i] = None);
        }
        (0..self.steps.len()).for_each(|i| add(&|d| drop(d.steps.remove(i))));
        (0..self.faults.len()).for_each(|i| add(&|d| drop(d.faults.remove(i))));
        for (i, service) in self.present() {
            for n in 0..service.lines.len() {
                add(&|d| drop(d.services[i].as_mut().unwrap().lines.remove(n)));
            }
            for n in 0..service.needs.len() {
                add(&|d| drop(d.services[i].as_mut().unwrap().needs.remove(n)));
                for e in 0..service.needs[n].extra.len() {
                    add(&|d| drop(d.services[i].as_mut().unwrap().needs[n].extra.remove(e)));
                }
                if service.needs[n].members.len() > 1 {
                    add(&|d| d.services[i].as_mut().unwrap().needs[n].members.truncate(1));
                }
            }
            if service.starts.len() + service.mends.len() + service.seen.len() > 0 {
                add(&|d| d.services[i].as_mut().unwrap().starts.clear());
                add(&|d| d.services[i].as_mut().unwrap().mends.clear());
                add(&|d| d.services[i].as_mut().unwrap().seen.clear());
            }
            if service.regions.len() > 1 {
                add(&|d| d.services[i].as_mut().unwrap().regions.truncate(1));
            }
        }
        for (i, step) in self.steps.iter().enumerate() {
            (0..step.lines.len()).for_each(|n| add(&|d| drop(d.steps[i].lines.remove(n))));
            if step.targets.len() > 1 {
                (0..step.targets.len()).for_each(|n| {
                    add(&|d| {
                        d.steps[i].targets.remove(n);
                    });
                });
            }
        }
        found
    }

    /// Takes away targets that are no longer there.
    fn tidy(&mut self) {
        let services = &self.services;
        for act in self.steps.iter_mut().chain(&mut self.faults) {
            act.targets.retain(|(service, region)| {
                services[*service].as_ref().is_some_and(|s| region.is_none_or(|r| s.regions.contains(&r)))
            });
        }
        self.steps.retain(|step| !step.targets.is_empty());
        self.faults.retain(|fault| !fault.targets.is_empty());
    }

    /// The smallest draft found that still fails; `fails` must be true of this one.
    pub fn shrink(self, fails: impl Fn(&Draft) -> bool) -> Draft {
        let (mut best, mut at, mut progress) = (self, 0, false);
        loop {
            match best.smaller().into_iter().nth(at) {
                Some(smaller) if is_valid(&smaller.yaml()) && fails(&smaller) => (best, progress) = (smaller, true),
                Some(_) => at += 1,
                None if progress => (at, progress) = (0, false),
                None => return best,
            }
        }
    }
}

/// Whether the reader takes the text.
pub fn is_valid(text: &str) -> bool {
    let files = Memory::new([("s.yaml", text)]);
    let read = scenario::read(&files, "s.yaml", &ReadOptions::default());
    if read.study.is_none() && std::env::var_os("FORESHOCK_WHY").is_some() {
        let messages: Vec<&str> = read.diagnostics.iter().map(|d| d.message.as_str()).collect();
        panic!("{text}\n{messages:#?}");
    }
    read.study.is_some()
}

fn targets(act: &Act) -> String {
    let names = act.targets.iter().map(|(service, region)| match region {
        Some(region) => format!("s{service}@r{region}"),
        None => format!("s{service}"),
    });
    format!("[{}]", names.collect::<Vec<_>>().join(", "))
}

impl Maker<'_> {
    fn draft(&mut self, seed: u64) -> Draft {
        let regions = 1 + self.dice.below(3);
        let count = 3 + self.dice.below(9);
        let mut draft = Draft {
            seed,
            regions: (0..regions).map(|_| self.region()).collect(),
            teams: (0..2).map(|_| self.team()).collect(),
            services: Vec::new(),
            steps: Vec::new(),
            faults: Vec::new(),
        };
        for _ in 0..count {
            let mut homes: Vec<usize> = (0..regions).filter(|_| self.dice.percent(60)).collect();
            if homes.is_empty() {
                homes.push(self.dice.below(regions));
            }
            draft.services.push(Some(Service { regions: homes, ..Service::default() }));
        }
        for i in 0..count {
            let service = self.service(i, &draft);
            draft.services[i] = Some(service);
        }
        for _ in 0..=self.dice.below(4) {
            let step = self.step(&draft);
            draft.steps.push(step);
        }
        for _ in 0..self.dice.below(3) {
            let targets = self.targets(&draft, 2);
            let lines = vec![format!("from: {}", self.duration(0, 90)), format!("for: {}", self.duration(1, 60))];
            draft.faults.push(Act { verb: "", targets, lines });
        }
        draft
    }

    fn duration(&mut self, low: usize, high: usize) -> String {
        let mut minutes = || low + self.dice.below(high - low + 1);
        let (a, b, c) = (minutes(), minutes(), minutes());
        let samples = self.dice.percent(50);
        match (self.allowed.fixed, self.grid, samples) {
            (true, ..) | (_, true, false) => format!("{a}m"),
            (_, true, true) => format!("{{ samples: [{a}m, {b}m, {c}m] }}"),
            _ => format!("{}s to {}s", 60 * a.min(b) + 7, 60 * a.max(b) + 61),
        }
    }

    fn region(&mut self) -> String {
        let mut parts = Vec::new();
        if self.dice.percent(30) {
            parts.push(format!("people: {}", self.dice.pick(&["1.5", "2", "3"])));
        }
        if self.allowed.people && self.dice.percent(30) {
            parts.push(format!("herd: {}%", self.dice.pick(&[10, 50, 100])));
        }
        parts.join(", ")
    }

    fn team(&mut self) -> String {
        let mut parts = vec![
            format!("detect: {}", self.duration(1, 10)),
            format!("engage: {}", self.duration(1, 10)),
            format!("diagnose: {}", self.duration(1, 15)),
        ];
        if self.allowed.people && self.dice.percent(50) {
            parts.push(format!("crew: {}", 1 + self.dice.below(2)));
        }
        if self.allowed.fixed || self.dice.percent(50) {
            parts.push(format!("blind: {}", self.dice.pick(&["2", "3"])));
        }
        parts.join(", ")
    }

    fn link(&mut self, i: usize, draft: &Draft, serve: bool) -> Option<Link> {
        let count = draft.services.len();
        let regions = |s: usize| &draft.services[s].as_ref().unwrap().regions;
        let back = if serve { self.allowed.rings && self.dice.percent(25) } else { self.dice.percent(40) };
        let wanted = self.dice.pick(&[1, 1, 1, 2, 3]);
        let mut members: Vec<(usize, String)> = Vec::new();
        for _ in 0..wanted {
            let other = if back { self.dice.below(count) } else { self.dice.below(i) };
            if other == i || (!back && i == 0) || members.iter().any(|m| m.0 == other) {
                continue;
            }
            let shared = regions(i).iter().all(|r| regions(other).contains(r)) || regions(other).len() == 1;
            let at = match self.dice.below(6) {
                0 if regions(other).len() > 1 => "@any".to_owned(),
                1 => format!("@r{}", regions(other)[self.dice.below(regions(other).len())]),
                _ if shared => String::new(),
                _ => format!("@r{}", regions(other)[0]),
            };
            members.push((other, at));
        }
        if members.is_empty() {
            return None;
        }
        let at_least = 1 + self.dice.below(members.len());
        Some(Link { members, at_least, extra: Vec::new() })
    }

    fn service(&mut self, i: usize, draft: &Draft) -> Service {
        let mut service = draft.services[i].clone().unwrap();
        service.lines.push(format!("team: t{}", self.dice.below(2)));
        if self.dice.percent(40) {
            service.lines.push("faces: customers".to_owned());
        }
        if self.dice.percent(20) {
            service.lines.push("customers: 1000".to_owned());
        }
        if self.dice.percent(30) {
            service.lines.push(format!("traffic: {}/min", self.dice.pick(&[1, 100, 600])));
        }
        if self.dice.percent(15) {
            service.lines.push(format!("impaired-below: {}%", self.dice.pick(&[40, 80, 100])));
        }
        if self.allowed.load {
            if self.dice.percent(40) {
                service.lines.push(format!("capacity: {}%", self.dice.pick(&[100, 120, 150, 200, 400])));
                if self.dice.percent(40) {
                    service.lines.push("collapses: true".to_owned());
                }
            }
            if service.regions.len() > 1 && self.dice.percent(50) {
                let after = if self.dice.percent(50) { "0m".to_owned() } else { self.duration(0, 10) };
                service.lines.push(format!("failover: {{ after: {after} }}"));
            }
        }
        if self.allowed.tails && self.dice.percent(40) {
            service.lines.push(format!("settle: {}", self.duration(0, 8)));
        }
        if self.allowed.tails && self.dice.percent(25) {
            let level = self.dice.pick(&[0, 30, 50, 99, 100]);
            service.lines.push(format!("warm-up: {{ for: {}, level: {level}% }}", self.duration(1, 10)));
        }
        self.figures(&mut service);
        for _ in 0..self.dice.below(4) {
            if let Some(mut link) = self.link(i, draft, true) {
                self.dress(&mut link);
                service.needs.push(link);
            }
        }
        if self.allowed.gates {
            for kind in 0..3 {
                if self.dice.percent(25)
                    && let Some(mut link) = self.link(i, draft, false)
                {
                    if kind == 1 && self.dice.percent(40) {
                        link.extra.push(format!("alternate: {}", self.duration(0, 40)));
                    }
                    [&mut service.starts, &mut service.mends, &mut service.seen][kind].push(link);
                }
            }
        }
        if self.dice.percent(25) {
            self.data(&mut service, draft.services.len());
        }
        service
    }

    fn dress(&mut self, link: &mut Link) {
        if self.dice.percent(35) {
            link.extra.push(format!("share: {}%", self.dice.pick(&[10, 30, 50, 90])));
        }
        if self.dice.percent(35) {
            link.extra.push(format!("hold: {}", self.duration(0, 30)));
        }
        if self.dice.percent(30) {
            link.extra.push(format!("release: {}", self.duration(0, 12)));
        }
        if self.dice.percent(25) {
            link.extra.push(format!("attempts: {}", self.dice.pick(&[2, 3, 5])));
        }
        if self.allowed.tails && link.members.len() == 1 && self.dice.percent(12) {
            link.extra.retain(|line| line.starts_with("hold") || line.starts_with("release"));
            link.extra.push(format!("queue: {{ arrivals: 100/min, capacity: {}/min }}", self.dice.pick(&[110, 150, 400])));
        }
    }

    /// Figures for what the plan and the incident may do, so that little is left to the evidence.
    fn figures(&mut self, service: &mut Service) {
        for verb in ["recreate", "restart", "revert", "rollback", "fix-forward", "shed"] {
            if self.allowed.fixed || self.dice.percent(80) {
                service.lines.push(format!("{verb}: {}", self.duration(1, 30)));
            }
        }
        if self.dice.percent(10) {
            service.lines.push("mended-by: vendor".to_owned());
            service.lines.push(format!("vendor: {}", self.duration(1, 30)));
        }
        let chance = if self.allowed.chances { self.dice.pick(&[0, 50, 100]) } else { 100 };
        service.lines.push(format!("rollback-works: {chance}%"));
    }

    fn data(&mut self, service: &mut Service, count: usize) {
        service.lines.push("kind: datastore".to_owned());
        let usable = if self.allowed.chances { self.dice.pick(&[0, 50, 100]) } else { 100 };
        service.data = vec![
            "size: 6GB".to_owned(),
            "restore: 10MB/s".to_owned(),
            format!("locate: {}", self.duration(1, 10)),
            format!("usable: {usable}%"),
            format!("copies: {}", 1 + self.dice.below(2)),
        ];
        if self.dice.percent(50) {
            service.data.push("backup-every: 6h".to_owned());
        }
        if self.dice.percent(60) {
            service.kept_in.push(self.dice.below(count));
        }
    }

    fn targets(&mut self, draft: &Draft, most: usize) -> Vec<(usize, Option<usize>)> {
        let mut found: Vec<(usize, Option<usize>)> = Vec::new();
        for _ in 0..=self.dice.below(most) {
            let service = self.dice.below(draft.services.len());
            if found.iter().any(|t| t.0 == service) {
                continue;
            }
            let regions = &draft.services[service].as_ref().unwrap().regions;
            let region = self.dice.percent(60).then(|| regions[self.dice.below(regions.len())]);
            found.push((service, region));
        }
        found
    }

    fn step(&mut self, draft: &Draft) -> Act {
        let verb = self.dice.pick(&VERBS);
        let mut step = Act { verb, targets: self.targets(draft, 3), lines: Vec::new() };
        step.lines.push(format!("takes: {}", self.duration(1, 60)));
        let fails = if self.allowed.chances { self.dice.pick(&[0, 0, 50, 100]) } else { 0 };
        step.lines.push(format!("fails: {fails}%"));
        if self.dice.percent(40) {
            step.lines.push("after: []".to_owned());
        }
        if self.dice.percent(20) {
            step.lines.push(format!("verify: {}", self.duration(1, 10)));
        }
        if self.dice.percent(25) {
            step.lines.push(format!("bake: {}", self.duration(1, 30)));
        }
        if self.dice.percent(40) {
            step.lines.push(format!("on-failure: {}", self.dice.pick(&["stop", "rollback", "continue", "retry"])));
        }
        if self.dice.percent(30) {
            step.lines.push(format!("each: {}", self.dice.pick(&["together", "one-by-one"])));
        }
        if matches!(verb, "delete" | "deploy" | "configure" | "scale" | "detach" | "truncate" | "migrate")
            && self.dice.percent(50)
        {
            step.lines.push(format!("leaves: {}", self.dice.pick(&LEAVES)));
            if self.dice.percent(40) {
                step.lines.push(format!("keeps: {}%", self.dice.pick(&[0, 30, 60])));
            }
        }
        step
    }
}
