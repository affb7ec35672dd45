//! Ctrl-C, and being asked to end: once asks the work to stop, twice ends the program.
//!
//! In: the signal. Out: a flag that the ensemble looks at between blocks of trials; no half-written file stays behind.

use std::process;
use std::sync::atomic::{AtomicBool, Ordering};

static STOP: AtomicBool = AtomicBool::new(false);

/// The flag, set at the first signal from now on.
pub(super) fn watch() -> &'static AtomicBool {
    // Where the signal cannot be caught Ctrl-C ends the program at once, which is what it does elsewhere too.
    let _ = ctrlc::set_handler(|| {
        if STOP.swap(true, Ordering::SeqCst) {
            super::output::abandon();
            process::exit(i32::from(super::exit::Exit::Interrupted.code()));
        }
    });
    &STOP
}
