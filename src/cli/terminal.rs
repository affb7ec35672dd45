//! The terminal: the only place that prints.
//!
//! In: finished text. Out: bytes on standard output and error, coloured only where a terminal will
//! show it (`--color`, `NO_COLOR`). A reader that went away (`| head`) is not an error.

use crate::report::View;
use anstream::{AutoStream, ColorChoice};
use std::io::{self, BufWriter, ErrorKind, IsTerminal, Write};

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

/// How this run talks.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    colour: Colour,
    quiet: bool,
}

impl Terminal {
    /// Talks as the options say.
    #[must_use]
    pub fn new(colour: Colour, quiet: bool) -> Self {
        Terminal { colour, quiet }
    }

    /// How to draw what goes to standard output.
    #[must_use]
    pub fn view(self, all: bool) -> View {
        View { width: width(), colour: self.choice(&io::stdout()) != ColorChoice::Never, all }
    }

    /// How to draw what goes to a file.
    #[must_use]
    pub fn file_view(self, all: bool) -> View {
        View { width: PLAIN_WIDTH, colour: false, all }
    }

    /// Whether messages on standard error are coloured.
    #[must_use]
    pub fn colours_messages(self) -> bool {
        self.choice(&io::stderr()) != ColorChoice::Never
    }

    /// Whether a progress bar may be drawn.
    #[must_use]
    pub fn shows_progress(self) -> bool {
        !self.quiet && io::stderr().is_terminal()
    }

    /// Writes a result to standard output.
    ///
    /// # Errors
    /// Everything but a reader that went away.
    pub fn show(self, text: &str) -> io::Result<()> {
        // Only text with colours has to be looked through for them.
        let choice = if text.contains('\u{1b}') { self.choice(&io::stdout()) } else { ColorChoice::AlwaysAnsi };
        let mut out = AutoStream::new(io::stdout().lock(), choice);
        unless_gone(out.write_all(text.as_bytes()).and_then(|()| out.flush()))
    }

    /// Writes a result without colours to standard output, as it is made.
    ///
    /// # Errors
    /// Everything but a reader that went away.
    pub fn pour(self, make: &dyn Fn(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
        let mut out = BufWriter::new(io::stdout().lock());
        unless_gone(make(&mut out).and_then(|()| out.flush()))
    }

    /// Writes a message to standard error; if nobody can read it, nobody can be told.
    pub fn say(self, text: &str) {
        let mut err = AutoStream::new(io::stderr().lock(), self.choice(&io::stderr()));
        let _ = writeln!(err, "{}", text.trim_end());
    }

    /// Writes a remark to standard error, unless asked to be quiet.
    pub fn remark(self, text: &str) {
        if !self.quiet {
            self.say(text);
        }
    }

    fn choice(self, stream: &impl anstream::stream::RawStream) -> ColorChoice {
        match self.colour {
            Colour::Auto => AutoStream::choice(stream),
            Colour::Always => ColorChoice::Always,
            Colour::Never => ColorChoice::Never,
        }
    }
}

/// A reader that went away is not an error; of any other it must be said where.
fn unless_gone(written: io::Result<()>) -> io::Result<()> {
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(io::Error::new(error.kind(), format!("cannot write to standard output: {error}"))),
        Ok(()) => Ok(()),
    }
}

/// Lines in files and pipes.
const PLAIN_WIDTH: usize = 80;

/// A terminal's own width within what reads well; elsewhere 80, so that pasted text is always the same.
fn width() -> usize {
    if !io::stdout().is_terminal() {
        return PLAIN_WIDTH;
    }
    terminal_size::terminal_size().map_or(PLAIN_WIDTH, |(columns, _)| usize::from(columns.0).clamp(72, 120))
}
