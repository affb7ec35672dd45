//! Temporary stand-in until the evidence file lands.
use crate::units::{Chance, Dist, Level, MINUTE};
/// The default distributions.
#[derive(Debug, Clone)]
pub struct Priors {}
impl Priors {
    /// The shipped ones.
    pub fn shipped() -> Self {
        Self {}
    }
    /// A distribution.
    pub fn dist(&self, name: &str) -> Dist {
        let (m, p) = match name {
            "detect_hard" => (3., 25.),
            "detect_partial" => (45., 300.),
            "detect_own_action" => (1., 10.),
            "engage_paged" => (5., 30.),
            "engage_vendor" => (60., 360.),
            "diagnose_self_evident" => (3., 20.),
            "diagnose_recent_change" => (35., 180.),
            "diagnose_hidden" => (120., 960.),
            "blind_multiplier" => return Dist::LogNormal { median: 2., p95: 6. },
            "rollback_fast" => (8., 45.),
            "fix_forward" => (180., 1200.),
            "restart_fleet" => (440., 2700.),
            "restore_locate_decide" => (60., 480.),
            "restore_throughput" => return Dist::LogNormal { median: 40e6, p95: 300e6 },
            "restore_fallback" => (1070., 12700.),
            "recreate_drift" => (240., 1440.),
            "warmup_cache" => (45., 240.),
            "metastable_hold" => (360., 2400.),
            "lockout_physical" => (240., 900.),
            "recreate_managed_db" => (15., 45.),
            "recreate_k8s_control_plane" => (13., 25.),
            "recreate_cdn" => (8., 25.),
            _ => (2., 10.),
        };
        #[expect(clippy::cast_precision_loss, reason = "small")]
        Dist::LogNormal { median: m * MINUTE as f64, p95: p * MINUTE as f64 }
    }
    /// A chance.
    pub fn chance(&self, name: &str) -> Chance {
        match name {
            "p_monitor_gap" => Chance::Beta { alpha: 17., beta: 83. },
            "p_rollback_works_config" => Chance::Beta { alpha: 47., beta: 53. },
            "p_rollback_works_delete" => Chance::Beta { alpha: 1., beta: 19. },
            "p_backup_usable_tested" => Chance::Beta { alpha: 19., beta: 1. },
            "p_backup_usable_untested" => Chance::Beta { alpha: 6., beta: 4. },
            "recreate_drift" => Chance::Fixed(Level::from_ppb(300_000_000)),
            _ => Chance::Beta { alpha: 2., beta: 16. },
        }
    }
}
