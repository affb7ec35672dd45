//! Which cells stand together where a map would else hold too many to be told apart.
//!
//! In: the cells of a map, what ties them, and how often each is hit. Out: groups with a name that people know: the team
//! that mends them, else the first word of their services, else how many needs lie between them and the plan. What the
//! plan touches and what customers use stand alone as long as they are few. Not here: where anything is drawn.

use crate::report::pictures::MapCell;
use indexmap::IndexMap;
use rustc_hash::{FxHashMap, FxHashSet};

/// More groups than this are no overview; those that are hit least are put together.
const MOST: usize = 56;
/// So many targets, and so many cells that customers use, stand alone however many others there are.
const ALONE: usize = 12;
/// Columns of a map of groups.
const COLUMNS: usize = 5;
/// What lies further from the plan stands together.
const FAR: usize = 12;

/// How the cells of a large map are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum By {
    /// The team that mends them.
    Team,
    /// The first word of their services.
    Word,
    /// How many needs lie between them and the plan.
    Distance,
}

impl By {
    /// What a group has in common, in words.
    pub(super) const fn words(self) -> &'static str {
        match self {
            By::Team => "the cells of one team in one region",
            By::Word => "the cells of one region whose services begin with the same word",
            By::Distance => "the cells of one region with as many needs between them and the plan",
        }
    }
}

/// Cells that stand together.
#[derive(Debug)]
pub(super) struct Group {
    /// What they have in common.
    pub(super) name: String,
    /// Where they run.
    pub(super) region: usize,
    /// The cells, in the order of the map.
    pub(super) cells: Vec<usize>,
}

/// What the groups are made of.
pub(super) struct Crowd<'a> {
    /// The cells.
    pub(super) cells: &'a [&'a MapCell],
    /// From the needed to the needing.
    pub(super) ties: &'a [(usize, usize)],
    /// How often each cell is hit, 0 to 1.
    pub(super) hit: &'a [f64],
}

impl Crowd<'_> {
    /// All cells in groups, and what the groups have in common.
    pub(super) fn groups(&self) -> (By, Vec<Group>) {
        let alone = self.alone();
        let (by, families) = self.families();
        let kept = self.kept(&families, &alone);
        let mut groups: IndexMap<(usize, &str, usize), Group> = IndexMap::new();
        for (id, cell) in self.cells.iter().enumerate() {
            let (name, own) = match (alone[id], kept.contains(&(cell.region, families[id].as_str()))) {
                (true, _) => (cell.service.as_str(), id + 1),
                (_, true) => (families[id].as_str(), 0),
                _ => ("all others", 0),
            };
            let fresh = || Group { name: name.to_owned(), region: cell.region, cells: Vec::new() };
            groups.entry((cell.region, name, own)).or_insert_with(fresh).cells.push(id);
        }
        (by, groups.into_values().collect())
    }

    fn alone(&self) -> Vec<bool> {
        let targets = self.cells.iter().filter(|c| c.target).count();
        let customers = self.cells.iter().filter(|c| c.customers).count();
        self.cells.iter().map(|c| c.target && targets <= ALONE || c.customers && customers <= ALONE).collect()
    }

    /// The family of each cell, by the first criterion that tells them apart.
    fn families(&self) -> (By, Vec<String>) {
        let with_team = self.cells.iter().filter(|c| c.team.is_some()).count();
        if with_team * 2 >= self.cells.len() {
            let team = |c: &&MapCell| c.team.clone().unwrap_or_else(|| "no team".to_owned());
            return (By::Team, self.cells.iter().map(team).collect());
        }
        let words: Vec<String> = self.cells.iter().map(|c| first_word(&c.service)).collect();
        if tells_apart(&words) {
            return (By::Word, words);
        }
        let name = |&away: &usize| match away {
            0 => "touched by the plan".to_owned(),
            1 => "1 need away".to_owned(),
            FAR => format!("{FAR} or more away"),
            n if n > FAR => "reached otherwise".to_owned(),
            n => format!("{n} needs away"),
        };
        (By::Distance, self.distances().iter().map(name).collect())
    }

    /// How many needs lie between each cell and what the plan touches, [`FAR`] at most; one more where no way leads.
    pub(super) fn distances(&self) -> Vec<usize> {
        let mut next: Vec<Vec<usize>> = vec![Vec::new(); self.cells.len()];
        self.ties.iter().for_each(|&(from, to)| next[from].push(to));
        let mut away = vec![usize::MAX; self.cells.len()];
        let mut front: Vec<usize> = (0..self.cells.len()).filter(|&id| self.cells[id].target).collect();
        let mut distance = 0;
        while !front.is_empty() {
            front.retain(|&id| {
                let fresh = away[id] > distance;
                away[id] = away[id].min(distance);
                fresh
            });
            front = front.iter().flat_map(|&id| next[id].iter().copied()).collect();
            distance += 1;
        }
        away.iter().map(|&away| if away == usize::MAX { FAR + 1 } else { away.min(FAR) }).collect()
    }

    /// The families of each region that keep a box: those that are hit most, then the largest.
    fn kept<'a>(&self, families: &'a [String], alone: &[bool]) -> FxHashSet<(usize, &'a str)> {
        let mut weights: IndexMap<(usize, &str), (f64, usize)> = IndexMap::new();
        for (id, cell) in self.cells.iter().enumerate().filter(|(id, _)| !alone[*id]) {
            let weight = weights.entry((cell.region, families[id].as_str())).or_default();
            *weight = (weight.0 + self.hit[id], weight.1 + 1);
        }
        let mut order: Vec<_> = weights.into_iter().collect();
        order.sort_by(|a, b| b.1.0.total_cmp(&a.1.0).then(b.1.1.cmp(&a.1.1)));
        order.into_iter().take(MOST).map(|(family, _)| family).collect()
    }
}

/// The column of each group: how deep its cells lie on average, what others need on the left.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few columns")]
pub(super) fn columns(groups: &[Group], depth: &[usize]) -> Vec<usize> {
    let mean = |g: &Group| g.cells.iter().map(|&c| depth[c] as f64).sum::<f64>() / g.cells.len().max(1) as f64;
    let means: Vec<f64> = groups.iter().map(mean).collect();
    let least = means.iter().copied().fold(f64::INFINITY, f64::min);
    let wide = (means.iter().copied().fold(0.0, f64::max) - least).max(1.0);
    let last = (COLUMNS - 1) as f64;
    let wished: Vec<usize> = means.iter().map(|m| ((m - least) / wide * last).round() as usize).collect();
    let mut used = wished.clone();
    used.sort_unstable();
    used.dedup();
    wished.iter().map(|w| used.iter().position(|u| u == w).unwrap_or(0)).collect()
}

/// The first word of a name, without the number at its end.
fn first_word(service: &str) -> String {
    let word = service.split(['-', '_', '.', '/', ' ']).next().unwrap_or_default();
    word.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned()
}

/// Whether names make an overview: neither nearly all in one, nor nearly all by themselves.
fn tells_apart(names: &[String]) -> bool {
    let mut sizes: FxHashMap<&str, usize> = FxHashMap::default();
    names.iter().for_each(|name| *sizes.entry(name).or_default() += 1);
    let mut sizes: Vec<usize> = sizes.into_values().collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    let most: usize = sizes.iter().take(MOST / 2).sum();
    sizes.len() >= 3 && sizes[0] * 10 < names.len() * 6 && most * 2 > names.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cells(name: impl Fn(usize) -> (String, Option<String>)) -> Vec<MapCell> {
        let cell = |i: usize| {
            let (service, team) = name(i);
            MapCell { name: format!("{service}@r"), service, region: 0, team, customers: i >= 998, target: i == 0 }
        };
        (0..1_000).map(cell).collect()
    }

    fn grouped(cells: &[MapCell], hit: &[f64]) -> (By, Vec<Group>) {
        let ties: Vec<(usize, usize)> = (1..cells.len()).map(|i| (i / 3, i)).collect();
        let cells: Vec<&MapCell> = cells.iter().collect();
        Crowd { cells: &cells, ties: &ties, hit }.groups()
    }

    fn names(groups: &[Group]) -> Vec<&str> {
        groups.iter().map(|g| g.name.as_str()).collect()
    }

    #[test]
    fn a_team_names_a_group_and_what_matters_stands_alone() {
        let cells = cells(|i| (format!("s{i}"), Some(format!("team-{}", i % 3))));
        let (by, groups) = grouped(&cells, &vec![0.5; 1_000]);
        assert_eq!(by, By::Team);
        assert_eq!(names(&groups), ["s0", "team-1", "team-2", "team-0", "s998", "s999"]);
        assert_eq!(groups.iter().map(|g| g.cells.len()).sum::<usize>(), 1_000);
    }

    #[test]
    fn without_teams_the_first_word_names_it_if_that_says_anything() {
        let (by, groups) =
            grouped(&cells(|i| (format!("{}-api-{i}", ["pay", "ship", "find", "sell"][i % 4]), None)), &vec![0.0; 1_000]);
        assert_eq!((by, names(&groups)[1]), (By::Word, "ship"));
        let (by, groups) = grouped(&cells(|i| (format!("c{i}"), None)), &vec![0.0; 1_000]);
        assert_eq!(by, By::Distance);
        assert_eq!(names(&groups)[..3], ["c0", "1 need away", "2 needs away"]);
    }

    #[test]
    fn of_too_many_teams_those_that_are_hit_keep_their_box() {
        let cells = cells(|i| (format!("s{i}"), Some(format!("team-{}", i % 200))));
        let hit: Vec<f64> = (0..1_000).map(|i| if i % 200 >= 190 { 1.0 } else { 0.0 }).collect();
        let (_, groups) = grouped(&cells, &hit);
        assert!(groups.len() <= MOST + 4, "{}", groups.len());
        assert!((190..200).all(|n| names(&groups).contains(&format!("team-{n}").as_str())));
        assert_eq!(groups.iter().map(|g| g.cells.len()).sum::<usize>(), 1_000);
        assert!(names(&groups).contains(&"all others"));
    }
}
