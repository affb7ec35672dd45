//! How random scenarios are made.
//!
//! In: luck, and what may occur. Out: a [`Draft`]. Half of the worlds live on a grid of minutes, where everything ties.

use super::{Act, Dice, Draft, Link, Service};

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

/// Draws a scenario.
pub(super) struct Maker<'a> {
    pub(super) dice: &'a mut Dice,
    pub(super) allowed: Allowed,
    pub(super) grid: bool,
}

impl Maker<'_> {
    pub(super) fn draft(&mut self, seed: u64) -> Draft {
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
