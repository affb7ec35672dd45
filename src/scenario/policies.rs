//! What an organisation's policies are asked about, and where their texts come from.
//!
//! In: `cedar: policies/` as written, a valid [`World`] and its actor. Out: [`Policies`]; the world and its
//! actor as entities, attribute by attribute as `policy::vocabulary` says. What the policies mean is not
//! known here, nor when anybody asks them (`guard`).

use super::controls::{Actor, Controls, Kind as Control};
use super::files::Memory;
use super::keys::world::KINDS;
use super::load::{Loader, unreadable};
use super::plan::Verb;
use super::validate::Known;
use super::world::{CellId, Kind as ServiceKind, Service, World};
use crate::diag::{Findings, Source, codes, tick};
use crate::document::Node;
use crate::policy::entity::{Entity, Kind, Value};
use crate::policy::{AVAILABLE, POLICY_FILE, Policies, SCHEMA_FILE, Setting, Texts};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::sync::Arc;

/// Who acts, for policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Acting<'a> {
    /// The name of the principal, such as its profile.
    pub name: &'a str,
    /// `agent`, `assistant`, `human` or `automation`.
    pub kind: &'a str,
    /// The role that it acts as.
    pub role: Option<&'a str>,
}

impl<'a> Acting<'a> {
    /// By the profile of an actor; a scenario without one is taken to be run by a program.
    fn of(actor: Option<&'a Actor>, world: &'a World) -> Self {
        let name = principal(actor);
        let role = actor.and_then(|actor| actor.role).map(|id| world.roles[id as usize].name.as_str());
        Self { name, kind: kind_of(name), role }
    }
}

/// The name of the principal in the requests of a scenario.
#[must_use]
pub fn principal(actor: Option<&Actor>) -> &'static str {
    actor.map_or("automation", |actor| actor.profile.name)
}

/// The kind of actor behind a profile.
fn kind_of(profile: &str) -> &str {
    match profile {
        "careful-human" | "hurried-human" => "human",
        "coding-agent" | "autonomous-agent" => "agent",
        other => other,
    }
}

/// What the policies of these controls were read from.
pub(crate) fn sources_of(controls: &Controls) -> impl Iterator<Item = &Arc<Source>> {
    let policies = controls.guardrails.iter().filter_map(|guardrail| match &guardrail.kind {
        Control::Permissions(policies) => Some(policies.texts()),
        _ => None,
    });
    policies.flat_map(|texts| texts.policies.iter().chain(&texts.schema))
}

/// What was read for one document.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    texts: RefCell<FxHashMap<String, Arc<Source>>>,
    policies: RefCell<Vec<(Asked, Option<Arc<Policies>>)>>,
}

/// What policies were read for: these texts, in this world, with this actor.
#[derive(Debug, Clone)]
struct Asked {
    texts: Texts,
    world: Arc<World>,
    actor: &'static str,
    role: Option<String>,
}

impl Asked {
    fn same(&self, other: &Self) -> bool {
        // Worlds are compared by place: variants that change nothing in it share it.
        Arc::ptr_eq(&self.world, &other.world)
            && (self.actor, &self.role, &self.texts) == (other.actor, &other.role, &other.texts)
    }
}

impl Loader<'_> {
    /// The policies that were read so far, as files: whoever makes scenarios later needs no others.
    pub(crate) fn policies_read(&self) -> Memory {
        let texts = self.policies.texts.borrow();
        let mut paths: Vec<&String> = texts.keys().collect();
        paths.sort_unstable();
        Memory::new(paths.into_iter().map(|path| (path.clone(), texts[path].text.clone())))
    }

    /// The policies in a folder, or in one file, checked against the requests that will be made of them.
    pub(crate) fn policies(
        &self,
        node: &Node,
        known: &Known,
        actor: Option<&Actor>,
        found: &mut Findings,
    ) -> Option<Arc<Policies>> {
        let texts = self.texts_in(node, found)?;
        let acting = Acting::of(actor, &known.world);
        let world = Arc::clone(&known.world);
        let asked = Asked { texts, world, actor: principal(actor), role: acting.role.map(str::to_owned) };
        if let Some((_, policies)) = self.policies.policies.borrow().iter().find(|(known, _)| known.same(&asked)) {
            return policies.clone();
        }
        let entities = entities(&known.world, acting);
        let verbs = verbs(&known.verbs);
        let setting = Setting { verbs: &verbs, entities: &entities };
        let policies = Policies::read(&asked.texts, setting, &node.span(), found).map(Arc::new);
        self.policies.policies.borrow_mut().push((asked, policies.clone()));
        policies
    }

    /// The texts of policies, and the schema beside them.
    fn texts_in(&self, node: &Node, found: &mut Findings) -> Option<Texts> {
        let Some(reference) = node.text() else {
            let message = format!("a folder of policies should stand here, not {}", node.kind());
            found.error_hint(codes::WRONG_TYPE, node.span(), message, "write `cedar: policies/`");
            return None;
        };
        if !AVAILABLE {
            // Whatever the folder holds: only one thing needs to be said, and `policy` says it.
            return Some(Texts::default());
        }
        let path = self.path(node, reference, found)?;
        if path.ends_with(POLICY_FILE) {
            return Some(Texts { policies: vec![self.text(&path, node, found)?], schema: None });
        }
        let names = match self.files.list(&path) {
            Ok(names) => names,
            Err(error) => {
                found.add(unreadable(&path, &error, Some(node.span())));
                return None;
            }
        };
        let mut read = |name: &String| self.text(&format!("{path}/{name}"), node, found);
        let policies: Vec<_> = names.iter().filter(|n| n.ends_with(POLICY_FILE)).map(&mut read).collect();
        let schemas: Vec<_> = names.iter().filter(|n| n.ends_with(SCHEMA_FILE)).map(&mut read).collect();
        let schemas: Vec<_> = schemas.into_iter().collect::<Option<_>>()?;
        if schemas.len() > 1 {
            let message = format!("{} holds {} schemas", tick(reference), schemas.len());
            found.error_hint(codes::DECLARED_TWICE, node.span(), message, "keep one file that ends in `.cedarschema`");
            return None;
        }
        Some(Texts { policies: policies.into_iter().collect::<Option<_>>()?, schema: schemas.into_iter().next() })
    }

    fn text(&self, path: &str, node: &Node, found: &mut Findings) -> Option<Arc<Source>> {
        if let Some(known) = self.policies.texts.borrow().get(path) {
            return Some(Arc::clone(known));
        }
        match self.files.read(path) {
            Ok(text) => {
                let source = Arc::new(Source { name: path.to_owned(), text });
                self.policies.texts.borrow_mut().insert(path.to_owned(), Arc::clone(&source));
                Some(source)
            }
            Err(error) => {
                found.add(unreadable(path, &error, Some(node.span())));
                None
            }
        }
    }
}

/// The names of all verbs that can be asked about: the catalogue's, then those of the world that are new.
#[must_use]
pub fn verbs<'a>(own: &'a [Verb]) -> Vec<&'a str> {
    let mut names: Vec<&'a str> = super::verbs::catalogue().iter().map(|verb| verb.name.as_str()).collect();
    for verb in own {
        if !names.contains(&verb.name.as_str()) {
            names.push(&verb.name);
        }
    }
    names
}

/// The world, its roles and who acts, as policies see them.
#[must_use]
pub fn entities(world: &World, acting: Acting<'_>) -> Vec<Entity> {
    let plain = |kind, name: &str| Entity { kind, name: name.to_owned(), attributes: Vec::new(), parents: Vec::new() };
    let mut all: Vec<Entity> = world.roles.iter().map(|role| plain(Kind::Role, &role.name)).collect();
    all.push(Entity {
        attributes: vec![("kind", Value::Text(acting.kind.to_owned()))],
        parents: acting.role.map(|role| (Kind::Role, role.to_owned())).into_iter().collect(),
        ..plain(Kind::Actor, acting.name)
    });
    for team in &world.teams {
        let mut attributes = Vec::new();
        attributes.extend(team.crew.map(|crew| ("crew", Value::Long(i64::from(crew)))));
        attributes.extend(team.reviewers.map(|people| ("reviewers", Value::Long(i64::from(people)))));
        all.push(Entity { attributes, ..plain(Kind::Team, &team.name) });
    }
    for region in &world.regions {
        let attributes = text("jurisdiction", region.jurisdiction.as_ref()).into_iter().collect();
        all.push(Entity { attributes, ..plain(Kind::Region, &region.name) });
    }
    for service in &world.services {
        let parents = team_of(world, service).map(|team| (Kind::Team, team.to_owned())).into_iter().collect();
        all.push(Entity { attributes: of_service(world, service), parents, ..plain(Kind::Service, &service.name) });
    }
    all.extend((0..).zip(&world.cells).map(|(id, _)| cell(world, id)));
    all
}

fn cell(world: &World, id: CellId) -> Entity {
    let cell = &world.cells[id as usize];
    let service = &world.services[cell.service as usize];
    let region = &world.regions[cell.region as usize];
    let mut attributes = vec![
        ("service", Value::Entity(Kind::Service, service.name.clone())),
        ("region", Value::Entity(Kind::Region, region.name.clone())),
    ];
    attributes.extend(of_service(world, service));
    attributes.extend(text("jurisdiction", region.jurisdiction.as_ref()));
    attributes.extend(cell.customers.map(|n| ("customers", Value::Long(i64::try_from(n).unwrap_or(i64::MAX)))));
    let mut parents = vec![(Kind::Service, service.name.clone()), (Kind::Region, region.name.clone())];
    parents.extend(team_of(world, service).map(|team| (Kind::Team, team.to_owned())));
    Entity { kind: Kind::Cell, name: world.cell_name(id), attributes, parents }
}

fn of_service(world: &World, service: &Service) -> Vec<(&'static str, Value)> {
    let mut attributes = vec![
        ("kind", Value::Text(KINDS[service.kind as usize].to_owned())),
        ("faces_customers", Value::Bool(service.faces_customers)),
        ("holds_data", Value::Bool(service.data.is_some() || service.kind == ServiceKind::Datastore)),
    ];
    attributes.extend(text("env", service.env.as_ref()));
    attributes.extend(text("tier", service.tier.as_ref()));
    attributes.extend(team_of(world, service).map(|team| ("team", Value::Entity(Kind::Team, team.to_owned()))));
    attributes
}

fn team_of<'a>(world: &'a World, service: &Service) -> Option<&'a str> {
    service.team.map(|team| world.teams[team as usize].name.as_str())
}

fn text(name: &'static str, value: Option<&String>) -> Option<(&'static str, Value)> {
    value.map(|text| (name, Value::Text(text.clone())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::schema;
    use std::path::Path;

    /// `UPDATE=1 cargo test` writes the file anew.
    #[test]
    fn the_committed_schema_is_that_of_the_catalogue() {
        let made = schema::text(verbs(&[]));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schemas/foreshock.cedarschema");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, &made).expect("written");
        }
        let committed = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(committed == made, "schemas/foreshock.cedarschema is out of date: run `UPDATE=1 cargo test schemas`");
    }
}
