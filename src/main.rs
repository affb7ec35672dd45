//! The program `foreshock`: argv in, exit code out.

fn main() -> std::process::ExitCode {
    foreshock::cli::run(std::env::args_os())
}
