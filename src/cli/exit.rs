//! What the program says with its exit code.
//!
//! In: how a command ended. Out: a number. The same list is shown by every `--help` and by `explain exit-4`.

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; of a verdict: allow.
    Done,
    /// An `expect` was not met.
    NotMet,
    /// Of a verdict: block.
    Block,
    /// Of a verdict: review.
    Review,
    /// The input or the command line is wrong, or a file cannot be read or written.
    Input,
    /// Our own fault.
    Fault,
    /// Interrupted; what is known was printed, marked as partial.
    Interrupted,
}

impl Exit {
    /// The number.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::NotMet => 1,
            Exit::Block => 2,
            Exit::Review => 3,
            Exit::Input => 4,
            Exit::Fault => 5,
            Exit::Interrupted => 130,
        }
    }
}

/// One exit code: the number, one line, and a paragraph.
pub(super) const CODES: [(u8, &str, &str); 7] = [
    (0, "done", "The command did what it was asked to do. Of a verdict: allow."),
    (
        1,
        "an `expect` was not met",
        "The run is complete, and at least one line of `expect` in the scenario does not hold. The report lists those lines first.",
    ),
    (
        2,
        "block (of a verdict on a plan)",
        "Of a verdict: the plan breaks a limit under `block` in the appetite. Of `verify` and `audit verify`: the file is refused. A wrong command line never ends with this code.",
    ),
    (3, "review (of a verdict on a plan)", "Of a verdict: a person should look at the plan before it runs."),
    (
        4,
        "the input or the command line is wrong",
        "A file is missing or has mistakes, an option does not exist, or the result cannot be written. The message says which and where; nothing was decided about the plan.",
    ),
    (5, "our own fault", "foreshock itself failed. Please report it, with the command and the file if you may share it."),
    (
        130,
        "interrupted",
        "Ctrl-C: what was known is printed and marked as partial. A partial run says nothing about `expect`, so it never looks like success. A second Ctrl-C ends the program at once.",
    ),
];

/// The list for `--help`.
pub(super) fn help() -> String {
    let lines: Vec<String> = CODES.iter().map(|(code, line, _)| format!("  {code:>3}  {line}")).collect();
    format!("Exit codes:\n{}", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exit_is_listed() {
        for exit in [Exit::Done, Exit::NotMet, Exit::Block, Exit::Review, Exit::Input, Exit::Fault, Exit::Interrupted] {
            assert!(CODES.iter().any(|(code, ..)| *code == exit.code()));
        }
    }
}
