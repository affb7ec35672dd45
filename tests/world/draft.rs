//! A scenario before it is written: data that can be shrunk, and printed as the text that a user would write.
//!
//! In: what a [`Maker`] drew. Out: YAML, read back by the reader that users have.

use super::Dice;
use super::is_valid;
use super::maker::{Allowed, Maker};
use std::fmt::Write;

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

fn targets(act: &Act) -> String {
    let names = act.targets.iter().map(|(service, region)| match region {
        Some(region) => format!("s{service}@r{region}"),
        None => format!("s{service}"),
    });
    format!("[{}]", names.collect::<Vec<_>>().join(", "))
}
