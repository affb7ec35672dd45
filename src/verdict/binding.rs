//! What a verdict holds for: fingerprints of everything that it was made of, and a seal over the whole.
//!
//! In: a proposal, its report, times as text. Out: [`Binding`]. The seal without a key tells damage and careless edits; whoever can
//! write the file can seal it anew. With a key they cannot. Not here: a verdict that comes back (`returned`).

use crate::diag::{Findings, Source};
use crate::document::{self, Node, digest};
use crate::report::data::Report;
use crate::report::figures::duration;
use crate::report::untrusted::clean;
use crate::report::verdict::Binding;
use crate::scenario::controls::Kind;
use crate::scenario::proposal::Proposal;
use crate::scenario::verbs;
use crate::summary::timeline::minutes;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::sync::Arc;

/// Why a verdict depends on when the plan starts: a window is closed at times, or a limit is on what varying traffic weighs.
#[must_use]
pub fn hangs_on_the_hour(proposal: &Proposal) -> Option<String> {
    let scenario = &proposal.scenario;
    if scenario.controls.guardrails.iter().any(|g| matches!(g.kind, Kind::FreezeWindow { .. })) {
        return Some("a freeze window stands before the plan".to_owned());
    }
    let varies = scenario.world.cells.iter().any(|c| c.by_hour.is_some());
    let weighed = proposal.appetite.limits().filter(|_| varies).flat_map(|(_, limit)| &limit.atoms);
    let atom = weighed.into_iter().find(|atom| atom.output.measure.hangs_on_demand())?;
    Some(format!("traffic varies and `{}` counts it", clean(&atom.path)))
}

/// When the plan is to start, as it says.
#[must_use]
pub fn start(proposal: &Proposal) -> Option<String> {
    proposal.scenario.controls.starts?;
    proposal.bench.document().get("starts").and_then(Node::text).map(|text| clean(text).into_owned())
}

/// For which hour a verdict is, in a sentence; empty where it is for any.
fn hour(proposal: &Proposal) -> String {
    let Some(why) = hangs_on_the_hour(proposal) else { return String::new() };
    match start(proposal) {
        Some(start) => {
            let near = duration(minutes(proposal.appetite.valid_for));
            format!("It hangs on the hour, since {why}: it is for a start at {start}, or within {near} of it.")
        }
        None => format!("It hangs on the hour, since {why}: without `starts` it is for the average of all hours."),
    }
}

/// Fingerprints of a proposal, times and seal still empty.
#[must_use]
pub fn binding(proposal: &Proposal, issued: String, expires: String) -> Binding {
    let digests = proposal.digests.clone();
    Binding {
        plan: digests.plan,
        targets: targets(proposal),
        world: digests.world,
        guardrails: digests.guardrails,
        appetite: digests.appetite,
        objectives: digests.objectives,
        engine: format!("{} {}", env!("CARGO_PKG_VERSION"), defaults()),
        issued,
        expires,
        hour: hour(proposal),
        seal: String::new(),
    }
}

/// The cells that the steps mean, in order, and the names that mean none.
fn targets(proposal: &Proposal) -> String {
    let scenario = &proposal.scenario;
    let mut hash = Sha256::new();
    let mut feed = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    for step in &scenario.plan.steps {
        feed(&step.id);
        step.targets.iter().for_each(|&c| feed(&scenario.world.cell_name(c)));
    }
    scenario.plan.unknown.iter().for_each(|u| feed(&u.name));
    hex(&hash.finalize())
}

/// The defaults that are built in: verbs and priors.
fn defaults() -> String {
    let mut hash = Sha256::new();
    hash.update(format!("{:?}", verbs::catalogue()).as_bytes());
    hash.update(crate::priors::TEXT.as_bytes());
    hex(&hash.finalize())[..16].to_owned()
}

/// The seal of a verdict as JSON text, over everything but the seal itself; `None` if it is not JSON.
#[must_use]
pub fn seal(json: &str, key: Option<&[u8]>) -> Option<String> {
    let mut node = read(json)?;
    if let Some(binding) = part(&mut node, "verdict").and_then(|v| part(v, "binding")) {
        binding.remove("seal");
    }
    Some(sealed(&digest::of(&node), key))
}

/// The seal that the report will have as JSON.
#[must_use]
pub fn seal_of(report: &Report, key: Option<&[u8]>) -> Option<String> {
    let mut value = serde_json::to_value(report).ok()?;
    value.pointer_mut("/verdict/binding").and_then(|binding| binding.as_object_mut()?.remove("seal"));
    Some(sealed(&digest::of_json(&value), key))
}

fn sealed(fingerprint: &str, key: Option<&[u8]>) -> String {
    match key {
        None => format!("sha256:{fingerprint}"),
        Some(key) => format!("hmac-sha256:{}", hmac(key, fingerprint.as_bytes())),
    }
}

pub(super) fn read(json: &str) -> Option<Node> {
    let source = Arc::new(Source { name: "verdict.json".to_owned(), text: json.to_owned() });
    let mut found = Findings::default();
    document::read(&source, &mut found).filter(|_| found.errors() == 0)
}

fn part<'a>(node: &'a mut Node, key: &str) -> Option<&'a mut Node> {
    let document::Value::Map(entries) = &mut node.value else { return None };
    entries.iter_mut().find(|e| e.key.as_text() == key).map(|e| &mut e.value)
}

/// HMAC (RFC 2104) with SHA-256.
fn hmac(key: &[u8], message: &[u8]) -> String {
    let mut block = [0_u8; 64];
    if key.len() > block.len() {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let keyed = |pad: u8, message: &[u8]| {
        let mut hash = Sha256::new();
        hash.update(block.map(|b| b ^ pad));
        hash.update(message);
        hash.finalize()
    };
    hex(&keyed(0x5c, &keyed(0x36, message)))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_matches_rfc_4231() {
        assert_eq!(
            hmac(b"Jefe", b"what do ya want for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        assert_eq!(
            hmac(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First"),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
        );
    }

    #[test]
    fn a_report_has_the_seal_of_its_text() {
        let json = serde_json::json!({
            "verdict": { "numbers": [1.0, 0, -1, 1e-7, 1e21, 0.1, u64::MAX, f64::MIN_POSITIVE], "none": null },
            "\u{1b}[2J\u{202e}": { "text": "a\"\\\n\u{1b}\u{e0041}ü", "yes": true, "no": false, "empty": [[], {}, ""] },
        });
        let text = serde_json::to_string_pretty(&json).unwrap();
        assert_eq!(sealed(&digest::of_json(&json), None), seal(&text, None).unwrap());
    }

    #[test]
    fn the_seal_covers_everything_but_itself_and_blanks() {
        let text = r#"{"schema":"x","verdict":{"decision":"block","binding":{"plan":"a","seal":""}}}"#;
        let sealed = seal(text, None).unwrap();
        assert_eq!(seal(&text.replace(r#""seal":"""#, r#""seal":"sha256:1""#), None).unwrap(), sealed);
        assert_eq!(seal(&text.replace(',', " ,\n "), None).unwrap(), sealed);
        assert_ne!(seal(&text.replace("block", "allow"), None).unwrap(), sealed);
        assert_ne!(seal(&text.replace(r#""plan":"a""#, r#""plan":"b""#), None).unwrap(), sealed);
        assert_ne!(seal(text, Some(b"k")).unwrap(), seal(text, Some(b"l")).unwrap());
    }
}
