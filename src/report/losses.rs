//! The data that services lose in variants, where it is not what they lose in the base.
//!
//! In: a report with variants. Out: services that lose the same, with what that is, variant by variant.

use super::data::Report;

/// Percentiles of the data that is lost, by the name of the variant; the base first.
pub(super) type Losses<'a> = Vec<(&'a str, Option<[f64; 3]>)>;

/// What services lose in the base, and in each variant where they lose something else; those that lose the same stand together.
pub(super) fn losses(report: &Report) -> Vec<(Vec<&str>, Losses<'_>)> {
    let mut groups: Vec<(Vec<&str>, Losses<'_>)> = Vec::new();
    for service in losing_otherwise(report) {
        let losses = of(report, service);
        match groups.iter_mut().find(|(_, known)| *known == losses) {
            Some((services, _)) => services.push(service),
            None => groups.push((vec![service], losses)),
        }
    }
    groups
}

fn of<'a>(report: &'a Report, service: &str) -> Losses<'a> {
    let base = lost(report, service);
    let variants = report.variants.iter().map(|(name, variant)| (name.as_str(), lost(&variant.report, service)));
    std::iter::once(("base", base)).chain(variants.filter(|(_, lost)| *lost != base)).collect()
}

/// Median, 90th and 99th percentile of the data that a service lost.
pub(super) fn lost(report: &Report, service: &str) -> Option<[f64; 3]> {
    report.services.get(service)?.data_lost_min.map(|q| [q.p50, q.p90, q.p99])
}

/// Services that lose other data in a variant than in the base.
pub(super) fn losing_otherwise(report: &Report) -> Vec<&str> {
    let all = std::iter::once(report).chain(report.variants.values().map(|variant| &*variant.report));
    let mut services: Vec<&str> = Vec::new();
    for (name, _) in all.flat_map(|report| &report.services).filter(|(_, subject)| subject.data_lost_min.is_some()) {
        let base = lost(report, name);
        let differs = report.variants.values().any(|variant| lost(&variant.report, name) != base);
        if differs && !services.contains(&name.as_str()) {
            services.push(name);
        }
    }
    services
}
