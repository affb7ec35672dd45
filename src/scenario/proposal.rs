//! A plan that somebody proposes, with everything that a verdict on it is made of.
//!
//! In: documents: the plan, its world, guardrails, an appetite, OpenSLO objectives; each with the files that it may
//! refer to. Out: [`Proposal`], or every mistake of all of them. Strict about everything but targets: one
//! that nobody described is kept as unknown, since a plan that touches the unknown must get a verdict, too.

use super::appetite::{self, Appetite, Objective, Promised};
use super::files::{Files, Memory};
use super::load::Loader;
use super::policies;
use super::raw::fields::head;
use super::read::{as_document, known, scenario, set_aside_world};
use super::validate::Known;
use super::{ReadOptions, Scenario};
use crate::diag::{Diagnostic, Findings, Source, codes};
use crate::document::{self, Node, Value, digest};
use std::sync::Arc;

/// A document that the user named, and the files that it may refer to.
#[derive(Clone, Copy)]
pub struct Named<'a> {
    /// Where its text and what it refers to come from.
    pub files: &'a dyn Files,
    /// Its path, as the user gave it.
    pub path: &'a str,
}

/// The documents of a proposal.
#[derive(Clone, Default)]
pub struct Documents<'a> {
    /// In place of the world that the plan names.
    pub world: Option<Named<'a>>,
    /// In place of the guardrails that the plan names.
    pub guardrails: Option<Named<'a>>,
    /// In place of the shipped appetite.
    pub appetite: Option<Named<'a>>,
    /// OpenSLO documents.
    pub objectives: Vec<Named<'a>>,
}

/// What else is asked.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The profile of whoever acts.
    pub profile: Option<String>,
    /// The role that they act as.
    pub role: Option<String>,
    /// In place of the seed of the plan.
    pub seed: Option<u64>,
}

/// Everything that a verdict is made of.
#[derive(Debug)]
pub struct Proposal {
    /// The plan in its world.
    pub scenario: Scenario,
    /// How much harm is acceptable.
    pub appetite: Appetite,
    /// What was promised.
    pub promised: Promised,
    /// What of the controls those who judge have given.
    pub given: Given,
    /// Fingerprints of the parts.
    pub digests: Digests,
    /// To read changed plans over the same world.
    pub bench: Bench,
}

/// What of the controls comes from those who judge; the rest the plan brings along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Given {
    /// So many guardrails, the first ones.
    pub guardrails: usize,
    /// Who acts, as a whole.
    pub actor: bool,
    /// The profile of whoever acts.
    pub profile: bool,
    /// The role that they act as.
    pub role: bool,
}

/// Fingerprints of documents: SHA-256 in hex.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Digests {
    pub plan: String,
    pub world: String,
    pub guardrails: String,
    pub appetite: String,
    pub objectives: String,
}

/// The tree of the plan and the world that it is read in.
#[derive(Debug)]
pub struct Bench {
    known: Known,
    document: Node,
    /// The world as the plan names it, unless another one took its place.
    own_world: Option<Node>,
    /// The document whose folder policies are named from, and their texts: revising touches no file.
    beside: String,
    policies: Memory,
}

/// Reads a proposal.
pub fn proposal(plan: Named<'_>, with: &Documents<'_>, asked: &Asked) -> (Option<Proposal>, Vec<Diagnostic>) {
    let mut found = Findings::default();
    let proposal = read(plan, with, asked, &mut found);
    let errors = found.errors();
    (proposal.filter(|_| errors == 0), found.into_list())
}

fn read(plan: Named<'_>, with: &Documents<'_>, asked: &Asked, found: &mut Findings) -> Option<Proposal> {
    let loader = Loader::for_file(plan.files, plan.path);
    let node = loader.top(plan.path, found).and_then(|node| as_document(node, found));
    let Some(mut node) = node else {
        // The other documents are read as well: every mistake in one go.
        with.world.and_then(|w| world(w, found)).and_then(|tree| known(&tree, found));
        return None;
    };
    node.remove("variants");
    node.remove("expect");
    node.remove("observed");
    let own = set_aside_world(&mut node);
    let own_world = own.clone().filter(|_| with.world.is_none());
    let tree = match (with.world, own) {
        (Some(named), _) => world(named, found),
        (None, Some(own)) => loader.world(own, found),
        (None, None) => {
            let hint = "name one: `--world world.yaml`, or `world:` in the plan";
            found.error_hint(codes::MISSING_KEY, head(&node), "this plan does not say in which world it runs", hint);
            None
        }
    };
    node.put("world", node.with_value(Value::Plain("world".into())));
    let plan_digest = digest::of(&plan_alone(&node));
    let (guardrails, actor) = with.guardrails.map_or((false, false), |named| put_guardrails(&mut node, named, found));
    if asked.profile.is_some() || asked.role.is_some() {
        put_actor(&mut node, asked);
    }
    let tree = tree?;
    let known = known(&tree, found)?;
    let (promised, objectives) = promised(&known, &with.objectives, found);
    let appetite = read_appetite(&known, &promised.objectives, with.appetite, found);
    // Policies are named by the document of the guardrails, if there is one of its own.
    let named = with.guardrails.unwrap_or(plan);
    let mut bench = Bench { known, document: node, own_world, beside: named.path.to_owned(), policies: Memory::default() };
    let mut scenario = bench.scenario(named.files, &bench.document, found);
    if let Some(scenario) = &scenario {
        bench.policies = Memory::new(policies::sources_of(&scenario.controls).map(|s| (s.name.clone(), s.text.clone())));
    }
    if let (Some(scenario), Some(seed)) = (&mut scenario, asked.seed) {
        scenario.seed = seed;
    }
    let appetite = appetite?;
    let scenario = scenario?;
    let given = Given {
        guardrails: if guardrails { scenario.controls.guardrails.len() } else { 0 },
        actor,
        profile: actor || asked.profile.is_some(),
        role: actor || asked.role.is_some(),
    };
    let digests = Digests {
        plan: plan_digest,
        world: bench.known.digest.clone(),
        guardrails: digest::of(&controls(&bench.document)),
        appetite: appetite.digest.clone(),
        objectives,
    };
    Some(Proposal { scenario, appetite, promised, given, digests, bench })
}

impl Bench {
    /// The document of the plan, its world aside.
    #[must_use]
    pub fn document(&self) -> &Node {
        &self.document
    }

    /// The world as the plan names it, if it is the one that is used.
    #[must_use]
    pub fn own_world(&self) -> Option<&Node> {
        self.own_world.as_ref()
    }

    /// A changed document over the same world, if it is valid.
    #[must_use]
    pub fn revised(&self, document: &Node, seed: u64) -> Option<Scenario> {
        let mut found = Findings::default();
        let revised = self.scenario(&self.policies, document, &mut found);
        revised.filter(|_| found.errors() == 0).map(|s| Scenario { seed, ..s })
    }

    fn scenario(&self, files: &dyn Files, document: &Node, found: &mut Findings) -> Option<Scenario> {
        let loader = Loader::for_file(files, &self.beside);
        let options = ReadOptions { unknown_targets: true, ..ReadOptions::default() };
        scenario(document, Some(&self.known), &loader, &options, found)
    }
}

fn world(named: Named<'_>, found: &mut Findings) -> Option<Node> {
    let loader = Loader::for_file(named.files, named.path);
    loader.top(named.path, found).and_then(|tree| loader.world(tree, found))
}

/// The guardrails of a file, and who acts, stand where those of the plan would; which of the two it has.
fn put_guardrails(node: &mut Node, named: Named<'_>, found: &mut Findings) -> (bool, bool) {
    let Some(tree) = Loader::for_file(named.files, named.path).top(named.path, found) else { return (false, false) };
    if tree.items().is_some() {
        node.put("guardrails", tree);
        return (true, false);
    }
    let mut any = false;
    for entry in tree.entries().unwrap_or_default() {
        match entry.key.as_text() {
            "guardrails" | "actor" => {
                node.put(entry.key.as_text(), entry.value.clone());
                any = true;
            }
            "title" | "about" => {}
            key => {
                let hint = "a file of guardrails has `guardrails:`, and `actor:` if it says who acts";
                let message = format!("guardrails have no key {}", crate::diag::tick(key));
                found.error_hint(codes::UNKNOWN_KEY, entry.key.span(), message, hint);
            }
        }
    }
    if !any {
        found.error_hint(codes::MISSING_KEY, head(&tree), "there are no guardrails in this file", "start with `guardrails:`");
    }
    (tree.get("guardrails").is_some(), tree.get("actor").is_some())
}

/// What the command line says of the actor wins over what the document says.
fn put_actor(node: &mut Node, asked: &Asked) {
    let said = |text: &str| {
        Node::new(
            Value::Plain(text.into()),
            &Arc::new(Source { name: "the command line".to_owned(), text: text.to_owned() }),
            0,
            text.len(),
        )
    };
    let mut actor = node.get("actor").cloned().unwrap_or_else(|| node.with_value(Value::map([])));
    for (key, value) in [("profile", &asked.profile), ("acts-as", &asked.role)] {
        if let Some(value) = value {
            actor.put(key, said(value));
        }
    }
    node.put("actor", actor);
}

/// Objectives of the world and of the documents, and their fingerprint.
fn promised(known: &Known, documents: &[Named<'_>], found: &mut Findings) -> (Promised, String) {
    let mut promised = Promised { objectives: appetite::of_world(&known.world), unjudged: Vec::new() };
    let mut digests = String::new();
    for named in documents {
        if let Some(tree) = Loader::for_file(named.files, named.path).top(named.path, found) {
            digests += &digest::of(&tree);
            appetite::add_objectives(known, &tree, &mut promised, found);
        }
    }
    (promised, digest::of(&Node::made(Value::Plain(digests.into()))))
}

fn read_appetite(known: &Known, objectives: &[Objective], named: Option<Named<'_>>, found: &mut Findings) -> Option<Appetite> {
    let (tree, name) = if let Some(named) = named {
        (Loader::for_file(named.files, named.path).top(named.path, found)?, named.path)
    } else {
        let source = Arc::new(Source { name: appetite::SHIPPED_NAME.to_owned(), text: appetite::SHIPPED.to_owned() });
        (document::read(&source, found)?, appetite::SHIPPED_NAME)
    };
    appetite::appetite(known, objectives, &tree, name, found)
}

/// The document without who acts, what controls them, and the world: those have fingerprints of their own.
fn plan_alone(node: &Node) -> Node {
    let mut plan = node.clone();
    for key in ["guardrails", "actor", "world"] {
        plan.remove(key);
    }
    plan
}

fn controls(node: &Node) -> Node {
    let mut all = Node::made(Value::map([]));
    for key in ["guardrails", "actor"] {
        if let Some(part) = node.get(key) {
            all.put(key, part.clone());
        }
    }
    all
}
