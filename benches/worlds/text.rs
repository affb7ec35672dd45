//! The worlds as a user would write them.
//!
//! In: a world of this family. Out: JSON on one line, YAML in blocks. Durations are rounded to seconds; a bench of reading does not mind.

use super::{REGION, hold_ms};
use foreshock::scenario::world::{Service, World};
use foreshock::units::Dist;
use std::fmt::Write as _;

/// The world as JSON.
pub(crate) fn json(world: &World) -> String {
    let mut text = format!(r#"{{"name":"{}","regions":{{"{REGION}":{{}}}},"services":{{"#, world.name);
    for (n, service) in world.services.iter().enumerate() {
        let comma = if n == 0 { "" } else { "," };
        let (median_s, p95_s) = settle_s(service);
        let settle = format!(r#"{{"lognormal":{{"median":"{median_s}s","p95":"{p95_s}s"}}}}"#);
        let _ = write!(text, r#"{comma}"{}":{{"in":["{REGION}"],"settle":{settle},"needs":["#, service.name);
        for (n, need) in service.needs.iter().enumerate() {
            let comma = if n == 0 { "" } else { "," };
            let _ = match hold_ms(need) / 60_000 {
                0 => write!(text, r#"{comma}"{}""#, need.name(world)),
                hold_min => write!(text, r#"{comma}{{"need":"{}","hold":"{hold_min}m"}}"#, need.name(world)),
            };
        }
        text.push_str("]}");
    }
    text.push_str("}}");
    text
}

/// The world as YAML.
pub(crate) fn yaml(world: &World) -> String {
    let mut text = format!("name: {}\nregions:\n  {REGION}: {{}}\nservices:\n", world.name);
    for service in &world.services {
        let (median_s, p95_s) = settle_s(service);
        let _ = writeln!(text, "  {}:\n    in: [{REGION}]", service.name);
        let _ = writeln!(text, "    settle: {{ lognormal: {{ median: {median_s}s, p95: {p95_s}s }} }}");
        text.push_str(if service.needs.is_empty() { "    needs: none\n" } else { "    needs:\n" });
        for need in &service.needs {
            let _ = match hold_ms(need) / 60_000 {
                0 => writeln!(text, "      - {}", need.name(world)),
                hold_min => writeln!(text, "      - {{ need: {}, hold: {hold_min}m }}", need.name(world)),
            };
        }
    }
    text
}

/// Median and 95th percentile of a settle, in whole seconds.
fn settle_s(service: &Service) -> (u64, u64) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "minutes, in milliseconds")]
    let seconds = |ms: f64| ms as u64 / 1_000;
    match service.settle {
        Some(Dist::LogNormal { median, p95 }) => (seconds(median), seconds(p95)),
        _ => unreachable!("settles are log-normal in this family of worlds"),
    }
}
