//! What a check of files finds, for a comment on a change.

use super::escape::{code, escape, sentence};
use crate::report::checked::{Checked, CheckedFile, Mistake};

/// A list of mistakes under each file.
pub(super) fn write(checked: &Checked) -> String {
    checked.files.iter().map(file).collect::<Vec<_>>().concat()
}

fn file(file: &CheckedFile) -> String {
    let about = if file.ok { sentence(&file.about) } else { "cannot be used".to_owned() };
    let mut lines = vec![format!("**{}**: {about}\n\n", escape(&file.file))];
    lines.extend(file.mistakes.iter().map(line));
    if !file.mistakes.is_empty() {
        lines.push("\n".to_owned());
    }
    lines.concat()
}

fn line(mistake: &Mistake) -> String {
    let place = mistake.place.as_ref().map(|place| code(&format!("{}:{}:{}", place.file, place.line, place.column)));
    let place = place.map_or_else(String::new, |place| format!(" at {place}"));
    format!("- {} {}{place}: {}\n", mistake.severity, mistake.code, sentence(&mistake.told()))
}
