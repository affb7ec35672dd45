use super::*;
use crate::quantity;
use crate::units::MINUTE;

#[test]
fn every_prior_has_a_name_of_its_own_a_grade_and_a_source() {
    let priors = Priors::shipped();
    assert_eq!(priors.all().len(), 61);
    for (n, prior) in priors.all().iter().enumerate() {
        assert!(!prior.source.is_empty() && !prior.when.is_empty(), "{}", prior.name);
        assert!(priors.all()[..n].iter().all(|p| p.name != prior.name), "{} stands twice", prior.name);
    }
}

#[test]
fn a_prior_can_be_held_at_a_quantile() {
    let priors = Priors::shipped().with_fixed("detect_hard", 0.95).with_fixed("p_monitor_gap", 0.5);
    let Dist::Fixed(ms) = priors.duration("detect_hard") else { panic!("held") };
    assert!((ms / 60_000.0 - 25.0).abs() < 1e-6, "{ms}");
    let Chance::Fixed(level) = priors.chance("p_monitor_gap") else { panic!("held") };
    assert!((level.fraction() - 0.17).abs() < 0.01);
    assert_eq!(Priors::shipped().duration("engage_paged"), priors.duration("engage_paged"));
}

#[test]
fn a_prior_can_be_shifted_to_a_quantile_and_scatters_as_before() {
    let (shipped, shifted) =
        (Priors::shipped(), Priors::shipped().with_shifted("detect_hard", 0.9).with_shifted("p_monitor_gap", 0.5));
    let (before, after) = (shipped.duration("detect_hard"), shifted.duration("detect_hard"));
    let at = |dist: &Dist, p: f64| quantile::of(dist, p, p);
    let same = |a: f64, b: f64| assert!((a / b - 1.0).abs() < 1e-12, "{a} is not {b}");
    same(at(after, 0.5), at(before, 0.9));
    same(at(after, 0.9) / at(after, 0.1), at(before, 0.9) / at(before, 0.1));
    // What comes of a chance scatters although the chance is held.
    assert_eq!(shifted.chance("p_monitor_gap"), Priors::shipped().with_fixed("p_monitor_gap", 0.5).chance("p_monitor_gap"));
    // Nothing else is shipped among durations and factors, so that nothing is left where it is.
    for prior in shipped.all() {
        if let PriorValue::Duration(dist) | PriorValue::Factor(dist) | PriorValue::Sometimes { then: dist, .. } = &prior.value {
            assert!(matches!(dist, Dist::LogNormal { .. } | Dist::Fixed(_)), "{}: {dist:?}", prior.name);
        }
    }
}

#[test]
fn the_file_is_read_in_no_time() {
    let started = std::time::Instant::now();
    load::shipped();
    // Generous for a loaded machine and a build without optimisation; a release build takes a tenth.
    assert!(started.elapsed().as_millis() < 100, "{:?}", started.elapsed());
}

/// The evidence folder lies beside the repository while it is developed, and is not shipped.
#[test]
fn the_numbers_are_those_of_the_evidence() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/evidence/priors.yaml");
    let Ok(text) = std::fs::read_to_string(&path) else {
        #[expect(clippy::print_stderr, reason = "a test that did not run should say so")]
        let () = eprintln!("skipped: {} is not there", path.display());
        return;
    };
    let priors = Priors::shipped();
    let mut compared = 0;
    for line in text.lines().filter(|l| l.starts_with("  ")) {
        let Some((name, rest)) = line.trim().split_once(':') else { continue };
        let figure = |key: &str| {
            let at = rest.find(&format!("{key}: "))? + key.len() + 2;
            let digits: String = rest[at..].trim_start().chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
            quantity::number(&digits)
        };
        compared += 1;
        let prior = priors.get(name).unwrap_or_else(|| panic!("`{name}` is missing"));
        let graded = rest.contains(&format!("support: {}", prior.support.word()));
        assert!(graded || name == "baseline_by_class", "{name}");
        check(name, &prior.value, &figure);
    }
    assert_eq!(compared, 52);
}

#[expect(clippy::cast_precision_loss, reason = "a minute in milliseconds")]
fn check(name: &str, value: &PriorValue, figure: &dyn Fn(&str) -> Option<f64>) {
    let close = |a: f64, b: Option<f64>| assert!(b.is_some_and(|b| (a - b).abs() < 1e-9), "{name}: {a} is not {b:?}");
    match value {
        PriorValue::Duration(Dist::LogNormal { median, p95 })
        | PriorValue::Sometimes { then: Dist::LogNormal { median, p95 }, .. } => {
            close(median / MINUTE as f64, figure("median"));
            close(p95 / MINUTE as f64, figure("p95"));
        }
        PriorValue::Factor(Dist::LogNormal { median, p95 }) => {
            close(*median, figure("median"));
            close(*p95, figure("p95"));
        }
        PriorValue::Factor(Dist::Fixed(number)) => close(*number, figure("value")),
        PriorValue::Chance(Chance::Beta { alpha, beta }) => {
            close(*alpha, figure("alpha"));
            close(*beta, figure(" beta"));
        }
        // The first of the three classes: the test finds the first figure of a line.
        PriorValue::Baselines(classes) => {
            assert_eq!(classes.len(), 3);
            close(quantile::of(&classes[0].1, 0.5, 0.5) / MINUTE as f64, figure("median"));
            let Dist::LogNormal { median, p95 } = classes[0].1 else { panic!("{name}") };
            close(quantile::log_sd(median, p95), figure("sigma"));
        }
        other => panic!("{name}: {other:?}"),
    }
}
