//! Policies in Cedar: decisions are those of the crate called directly, and mistakes point into the policy.
//!
//! The direct call goes another way in: entities and context as JSON, policies one by one. Only with the feature `cedar`.

#![cfg(feature = "cedar")]
#![allow(clippy::unwrap_used, clippy::format_collect, reason = "a test that cannot go on may panic")]

mod world;

use cedar_policy::{Authorizer, Context, Decision, Entities, EntityUid, Policy, PolicyId, PolicySet, Schema};
use foreshock::diag::{Diagnostic, Findings, Severity, Source, Span, codes};
use foreshock::policy::entity::{Entity, Facts, Kind, Predicted, Request, Value};
use foreshock::policy::{Policies, Setting, Texts, schema};
use foreshock::report::diagnostics::{MOST, Style, render};
use foreshock::scenario::policies::{Acting, entities, verbs};
use foreshock::scenario::world::World;
use serde_json::{Map, json};
use std::sync::{Arc, LazyLock};
use world::Dice;

const WORLD: &str = "
world:
  regions: { eu: { jurisdiction: EU }, cn: { jurisdiction: CN }, us: {} }
  teams: { shop: { crew: 2, reviewers: 3 }, data: {} }
  roles: { operator: { may: all }, agent: { may: [inspect] } }
  services:
    front: { in: { eu: { customers: 5000 }, cn: {} }, env: production, tier: gold, team: shop, faces: customers, needs: [orders] }
    orders: { in: [eu, cn], env: production, team: data, kind: datastore, data: { size: 10GB }, needs: none }
    cache: { in: [eu, us], kind: cache, env: staging, needs: none }
    nobody-knows: { in: [us], needs: none }
plan: [{ do: inspect, target: all }]
";
const CELLS: [&str; 7] = ["front@eu", "front@cn", "orders@eu", "orders@cn", "cache@eu", "cache@us", "nobody-knows@us"];

fn source(name: &str, text: &str) -> Arc<Source> {
    Arc::new(Source { name: name.to_owned(), text: text.to_owned() })
}

fn span() -> Span {
    Span { source: source("s.yaml", "permissions: { cedar: policies/ }"), start: 23, end: 32 }
}

fn things(acting: Acting<'_>) -> Vec<Entity> {
    static SHOP: LazyLock<Arc<World>> = LazyLock::new(|| world::scenario_of(WORLD).world);
    entities(&SHOP, acting)
}

fn read(texts: &Texts, things: &[Entity]) -> (Option<Policies>, Vec<Diagnostic>) {
    let mut found = Findings::default();
    let verbs = verbs(&[]);
    let policies = Policies::read(texts, Setting { verbs: &verbs, entities: things }, &span(), &mut found);
    (policies, found.into_list())
}

fn texts(files: &[(&str, &str)]) -> Texts {
    let policies = files.iter().map(|(name, text)| source(&format!("policies/{name}"), text)).collect();
    Texts { policies, schema: None }
}

/// A condition that is true of some requests; the last kind cannot be evaluated where the reach is not 0 or 1.
fn condition(dice: &mut Dice, depth: usize) -> String {
    if depth > 0 && dice.percent(50) {
        let (a, b) = (condition(dice, depth - 1), condition(dice, depth - 1));
        return match dice.below(3) {
            0 => format!("({a} && {b})"),
            1 => format!("({a} || {b})"),
            _ => format!("!({a})"),
        };
    }
    let n = dice.below(10);
    match dice.below(12) {
        0 => format!("context.reach > {n}"),
        1 => "context.destructive".to_owned(),
        2 => format!("principal.kind == \"{}\"", dice.pick(&["agent", "human"])),
        3 => format!("(resource has env && resource.env == \"{}\")", dice.pick(&["production", "staging"])),
        4 => format!("resource in Service::\"{}\"", dice.pick(&["front", "orders", "cache"])),
        5 => format!("resource.region == Region::\"{}\"", dice.pick(&["eu", "cn", "us"])),
        6 => "(resource has jurisdiction && resource.jurisdiction like \"C*\")".to_owned(),
        7 => format!("(context has predicted && context.predicted.customers_outage_p95_s > {})", n * 600),
        8 => format!("(resource has team && resource.team has reviewers && resource.team.reviewers > {n})"),
        9 => format!("[\"datastore\", \"{}\"].contains(resource.kind)", dice.pick(&["cache", "service"])),
        10 => "(resource has customers && resource.customers > 100)".to_owned(),
        _ => format!("context.reach * 9223372036854775807 > {n}"),
    }
}

fn policy(dice: &mut Dice, verbs: &[&str]) -> String {
    let effect = dice.pick(&["permit", "permit", "permit", "forbid"]);
    let principal = dice.pick(&["principal", "principal in Role::\"operator\"", "principal is Actor in Role::\"agent\""]);
    let action = match dice.below(4) {
        0 | 3 => "action".to_owned(),
        1 => format!("action == Action::\"{}\"", dice.pick(verbs)),
        _ => format!("action in [Action::\"{}\", Action::\"{}\"]", dice.pick(verbs), dice.pick(verbs)),
    };
    let resource =
        dice.pick(&["resource", "resource in Region::\"eu\"", "resource in Team::\"data\"", "resource == Cell::\"front@cn\""]);
    let clause = dice.pick(&["when", "unless"]);
    format!("{effect}({principal}, {action}, {resource}) {clause} {{ {} }};", condition(dice, 2))
}

fn facts(dice: &mut Dice) -> Facts {
    let count = |dice: &mut Dice| u32::try_from(dice.below(8)).unwrap();
    let seconds = |dice: &mut Dice| u64::try_from(dice.below(20) * 300).unwrap();
    let predicted = dice.percent(50).then(|| Predicted {
        customers_outage_p50_s: seconds(dice),
        customers_outage_p95_s: seconds(dice),
        customers_affected_ppm: seconds(dice),
        affected_cells_p50: seconds(dice),
        affected_cells_p90: seconds(dice),
        data_lost_for_good_ppm: seconds(dice),
    });
    Facts {
        step: "s".to_owned(),
        mutating: dice.percent(80),
        destructive: dice.percent(50),
        reversible: dice.percent(50),
        cells: count(dice),
        regions: count(dice),
        reach: count(dice),
        predicted,
    }
}

fn uid(kind: Kind, name: &str) -> serde_json::Value {
    json!({ "type": kind.name(), "id": name })
}

fn value(of: &Value) -> serde_json::Value {
    match of {
        Value::Bool(truth) => json!(truth),
        Value::Long(number) => json!(number),
        Value::Text(text) => json!(text),
        Value::Entity(kind, name) => json!({ "__entity": uid(*kind, name) }),
        Value::Record(fields) => record(fields),
    }
}

fn record(fields: &[(&'static str, Value)]) -> serde_json::Value {
    serde_json::Value::Object(fields.iter().map(|(name, v)| ((*name).to_owned(), value(v))).collect::<Map<_, _>>())
}

/// Entities as JSON.
fn directly_read(things: &[Entity], schema: &Schema) -> Entities {
    let one = |e: &Entity| {
        let parents: Vec<_> = e.parents.iter().map(|(kind, name)| uid(*kind, name)).collect();
        json!({ "uid": uid(e.kind, &e.name), "attrs": record(&e.attributes), "parents": parents })
    };
    Entities::from_json_value(json!(things.iter().map(one).collect::<Vec<_>>()), Some(schema)).unwrap()
}

/// What the crate says when it is called directly: allowed, the policies that decided, and those that failed.
fn directly(set: &PolicySet, entities: &Entities, schema: &Schema, request: &Request<'_>) -> (bool, Vec<String>, Vec<String>) {
    let action: EntityUid = format!("Action::\"{}\"", request.verb).parse().unwrap();
    let context = Context::from_json_value(record(&request.facts.record()), Some((schema, &action))).unwrap();
    let principal = format!("Actor::\"{}\"", request.actor).parse().unwrap();
    let resource = format!("Cell::\"{}\"", request.cell).parse().unwrap();
    let asked = cedar_policy::Request::new(principal, action, resource, context, Some(schema)).unwrap();
    let response = Authorizer::new().is_authorized(&asked, set, entities);
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    let by = sorted(response.diagnostics().reason().map(ToString::to_string).collect());
    let failed = sorted(
        response
            .diagnostics()
            .errors()
            .map(|cedar_policy::AuthorizationError::PolicyEvaluationError(e)| e.policy_id().to_string())
            .collect(),
    );
    (response.decision() == Decision::Allow, by, failed)
}

#[test]
fn decisions_are_those_of_the_crate_called_directly() {
    let verbs = verbs(&[]);
    let (schema, _) = Schema::from_cedarschema_str(&schema::text(verbs.iter().copied())).unwrap();
    let (mut allowed, mut denied, mut failures) = (0, 0, 0);
    for seed in world::seeds(150) {
        let mut dice = Dice::new(seed);
        let acting = Acting {
            name: "somebody",
            kind: dice.pick(&["agent", "human"]),
            role: dice.pick(&[Some("operator"), Some("agent"), None]),
        };
        let things = things(acting);
        let written: Vec<String> = (0..=dice.below(5)).map(|_| policy(&mut dice, &verbs)).collect();
        let (first, second) = written.split_at(written.len() / 2);
        let files = [("a.cedar", first.join("\n")), ("b.cedar", second.join("\n"))];
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let (policies, found) = read(&texts(&files), &things);
        let policies = policies.unwrap_or_else(|| panic!("seed {seed}: {}", render(&found, Style::Plain, MOST)));
        let name = |file: &str, n: usize| format!("{file}.cedar#{}", n + 1);
        let named: Vec<(String, String)> = first
            .iter()
            .enumerate()
            .map(|(n, text)| (name("a", n), text.clone()))
            .chain(second.iter().enumerate().map(|(n, text)| (name("b", n), text.clone())))
            .collect();
        let set = named.iter().map(|(id, text)| Policy::parse(Some(PolicyId::new(id)), text).unwrap());
        let set = PolicySet::from_policies(set).unwrap();
        let direct = directly_read(&things, &schema);
        for _ in 0..20 {
            let facts = facts(&mut dice);
            let request = Request { actor: "somebody", verb: dice.pick(&verbs), cell: dice.pick(&CELLS), facts: &facts };
            let ours = policies.decide(&request);
            let (allow, by, failed) = directly(&set, &direct, &schema, &request);
            let mut names: Vec<String> = ours.by.iter().map(|d| d.name.clone()).collect();
            names.sort();
            assert_eq!(
                (ours.allowed, &names, ours.failed.len()),
                (allow, &by, failed.len()),
                "seed {seed}: {request:?}\n{files:?}"
            );
            *(if allow { &mut allowed } else { &mut denied }) += 1;
            failures += failed.len();
        }
    }
    // Else the test would prove nothing.
    assert!(
        std::env::var_os("FORESHOCK_SEED").is_some() || (allowed > 100 && denied > 100 && failures > 30),
        "{allowed} {denied} {failures}"
    );
}

#[test]
fn a_decision_names_the_policies_that_made_it() {
    let things = things(Acting { name: "coding-agent", kind: "agent", role: Some("operator") });
    let text = "@id(\"operators-may\")\npermit(principal in Role::\"operator\", action, resource);\n\n@id(\"no-agent-deletes\")\nforbid(principal, \
                action, resource)\nwhen { principal.kind == \"agent\" && context.destructive };\n";
    let (policies, found) = read(&texts(&[("agents.cedar", text)]), &things);
    assert!(found.is_empty());
    let policies = policies.unwrap();
    assert!(!policies.want_prediction());
    let ask = |verb, destructive| {
        let facts = Facts { destructive, ..Facts::default() };
        let decision = policies.decide(&Request { actor: "coding-agent", verb, cell: "orders@eu", facts: &facts });
        (decision.allowed, decision.to_string())
    };
    assert_eq!(ask("delete", true), (false, "policy no-agent-deletes (policies/agents.cedar:4)".to_owned()));
    assert_eq!(ask("deploy", false), (true, "policy operators-may (policies/agents.cedar:1)".to_owned()));
    let (nobody, _) = read(&texts(&[("a.cedar", "permit(principal in Role::\"agent\", action, resource);")]), &things);
    let facts = Facts::default();
    let nobody = nobody.unwrap().decide(&Request { actor: "coding-agent", verb: "deploy", cell: "orders@eu", facts: &facts });
    assert_eq!((nobody.allowed, nobody.to_string().as_str()), (false, "no policy permits it"));
}

#[test]
fn a_policy_that_fails_is_reported_and_not_just_passed_over() {
    let things = things(Acting { name: "a", kind: "human", role: None });
    let text = "permit(principal, action, resource);\nforbid(principal, action, resource) when { context.reach * 9223372036854775807 > 1 };";
    let (policies, _) = read(&texts(&[("a.cedar", text)]), &things);
    let facts = Facts { reach: 3, ..Facts::default() };
    let decision = policies.unwrap().decide(&Request { actor: "a", verb: "delete", cell: "orders@eu", facts: &facts });
    assert!(decision.allowed, "that is how Cedar decides");
    let failed: Vec<Diagnostic> = decision.failed.iter().map(|f| f.why.clone()).collect();
    assert_eq!((failed.len(), failed[0].code), (1, codes::POLICY_FAILED));
    insta::with_settings!({ snapshot_path => "policies/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("fails-when-asked", render(&failed, Style::Plain, MOST));
    });
}

/// Every file of `tests/policies/` is wrong in its own way; a schema of the same name stands beside it.
#[test]
fn every_mistake_has_its_message() {
    let things = things(Acting { name: "coding-agent", kind: "agent", role: Some("operator") });
    let mut seen: Vec<&str> = Vec::new();
    let mut files: Vec<_> = std::fs::read_dir("tests/policies").unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "cedar"));
    files.sort();
    for path in files {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let own = std::fs::read_to_string(path.with_extension("cedarschema")).ok();
        let schema = own.map(|text| source(&format!("policies/{name}.cedarschema"), &text));
        let (policies, found) = read(&Texts { schema, ..texts(&[(&format!("{name}.cedar"), &text)]) }, &things);
        assert_eq!(policies.is_none(), found.iter().any(|d| d.severity == Severity::Error), "{name}");
        assert!(!found.is_empty(), "{name} is taken for good");
        seen.extend(found.iter().map(|d| d.code));
        let drawn = render(&found, Style::Plain, MOST);
        assert!(!drawn.chars().any(|c| c.is_control() && c != '\n'), "{name} prints a control character: {drawn:?}");
        insta::with_settings!({ snapshot_path => "policies/snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, drawn);
        });
    }
    for code in [codes::POLICY, codes::POLICY_MISFIT, codes::POLICY_SCHEMA, codes::EMPTY] {
        assert!(seen.contains(&code), "no case triggers {code}");
    }
}

/// What `foreshock schema cedar` prints can be taken over as it is, and added to.
#[test]
fn the_printed_schema_is_taken_as_an_organisations_own() {
    let things = things(Acting { name: "coding-agent", kind: "agent", role: Some("operator") });
    let more = format!("{}\nentity Ticket = {{ approved: Bool }};\n", schema::text(verbs(&[])));
    let own = Texts {
        schema: Some(source("policies/own.cedarschema", &more)),
        ..texts(&[("a.cedar", "permit(principal, action, resource);")])
    };
    let (policies, found) = read(&own, &things);
    assert!(policies.is_some() && found.is_empty(), "{}", render(&found, Style::Plain, MOST));
}

/// What the program says about one trial of a scenario.
fn traced(file: &str, variant: &[&str]) -> String {
    let program = env!("CARGO_BIN_EXE_foreshock");
    let output = std::process::Command::new(program).args(["trace", file, "--trial", "3"]).args(variant).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    // Lines are broken where the columns end.
    String::from_utf8(output.stdout).unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_denied_step_never_begins_and_the_record_names_the_policy() {
    let said = traced("scenarios/least-privilege-cedar.yaml", &["--variant", "with-policies"]);
    assert!(said.contains("denied, policies agents-destroy-nothing-in-production (scenarios/policies/agents.cedar:"), "{said}");
    assert!(!said.contains("begins: recreate"), "{said}");
    let said = traced("scenarios/least-privilege-cedar.yaml", &["--variant", "person-does-it"]);
    assert!(said.contains("allowed, policy engineers-may"), "{said}");
    assert!(said.contains("begins: recreate"), "{said}");
}

/// Cedar passes over a policy that fails, so that a `forbid` would forbid nothing.
#[test]
fn a_step_about_which_a_policy_fails_is_denied() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(
        at("p.cedar"),
        "permit(principal, action, resource);\n@id(\"too-far\")\nforbid(principal, action, resource) when { context.reach * 9223372036854775807 > 1 };\n",
    )
    .unwrap();
    let scenario = "world: { services: { a: { faces: customers, needs: [b] }, b: { needs: none } } }\nplan: [{ do: restart, target: b }]\n\
                    guardrails: [permissions: { cedar: p.cedar }]\n";
    std::fs::write(at("s.yaml"), scenario).unwrap();
    let said = traced(at("s.yaml").to_str().unwrap(), &[]);
    assert!(said.contains("denied, policy too-far, which cannot be evaluated: integer overflow"), "{said}");
    assert!(!said.contains("begins:"), "{said}");
}

const SHOP: &str = "
teams: { t: { detect: 5m, engage: 5m, diagnose: 10m } }
roles: { operator: { may: all }, agent: { may: all } }
services:
  shop: { faces: customers, team: t, needs: [db] }
  db: { env: production, team: t, needs: none, recreate: 3h }
";
const POLICY: &str = "permit(principal, action, resource);\n@id(\"operators-delete\")\n\
                      forbid(principal, action == Action::\"delete\", resource) unless { principal in Role::\"operator\" };\n";

/// A verdict on one plan in the shop, by the program itself: its exit code and its JSON.
fn judged(role: &str, guardrails: &str) -> (Option<i32>, serde_json::Value) {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::create_dir(at("policies")).unwrap();
    std::fs::write(at("policies/p.cedar"), POLICY).unwrap();
    std::fs::write(at("world.yaml"), SHOP).unwrap();
    std::fs::write(at("plan.yaml"), "[{ id: gone, do: delete, target: db }]").unwrap();
    std::fs::write(
        at("guardrails.yaml"),
        format!("actor: {{ profile: coding-agent, acts-as: {role} }}\nguardrails:\n{guardrails}"),
    )
    .unwrap();
    std::fs::write(at("appetite.yaml"), "block: [ customers.outage_min.p95 > 1h ]").unwrap();
    let args = ["score", "plan.yaml", "--world", "world.yaml", "--guardrails", "guardrails.yaml", "--appetite", "appetite.yaml"];
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_foreshock"));
    let output = program.args(args).args(["--format", "json"]).current_dir(folder.path()).output().unwrap();
    let report = serde_json::from_slice(&output.stdout);
    (output.status.code(), report.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))))
}

/// The deletion takes customers out for hours: blocked, unless the policies keep it from happening. A glass that is broken is acting as another role,
/// and the policies are asked again as that.
#[test]
fn a_verdict_knows_what_the_policies_forbid() {
    let policies = "  - permissions: { cedar: policies/ }\n";
    let (code, report) = judged("operator", policies);
    assert_eq!((code, report["verdict"]["decision"].as_str()), (Some(2), Some("block")), "{report}");
    let (code, report) = judged("agent", policies);
    assert_eq!((code, report["verdict"]["decision"].as_str()), (Some(0), Some("allow")), "{report}");
    let step = &report["controls"]["steps"][0];
    assert_eq!(step["permitted"], false);
    assert!(step["rule"].as_str().unwrap().contains("operators-delete"), "{step}");
    assert_eq!(report["affected_cells"]["mean"], 0.0);
    let glass = |role: &str| format!("{policies}  - break-glass: {{ id: glass, roles: agent, as: {role} }}\n");
    let (code, report) = judged("agent", &glass("operator"));
    assert_eq!((code, report["controls"]["steps"][0]["glass"].as_str()), (Some(2), Some("glass")), "{report}");
    let (code, _) = judged("agent", &glass("agent"));
    assert_eq!(code, Some(0), "a role that may not either is no way past");
}
