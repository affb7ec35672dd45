//! Text that others wrote (names, titles, notes), made safe to show.
//!
//! In: any string of a report. Out: text that cannot move the cursor, change colours, reverse the line or
//! break a table: control, bidirectional and invisible characters are written as escapes. Markup of
//! Markdown and HTML is in `markdown`; strings inside JSON are escaped by `json`.

use std::borrow::Cow;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// What opens a command to GitHub and Azure Pipelines wherever it stands in a line of a log.
const COMMANDS: [&str; 2] = ["##[", "##vso["];

/// The text with every character that a terminal, or whoever reads the log of a pipeline, could obey written as `\u{1b}`.
pub fn clean(text: &str) -> Cow<'_, str> {
    if COMMANDS.iter().any(|open| text.contains(open)) {
        let idle = COMMANDS.iter().fold(text.to_owned(), |text, open| text.replace(open, &format!("\\u{{23}}{}", &open[1..])));
        return Cow::Owned(clean(&idle).into_owned());
    }
    if opens_line(text) {
        return Cow::Owned(clean(&idle_line(text)).into_owned());
    }
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push(' '),
            c if is_unsafe(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether a line would be a command to GitHub: `::error::…`, behind blanks or not.
pub fn opens_line(line: &str) -> bool {
    line.trim_start().starts_with("::")
}

/// Such a line as one that says the same and commands nothing.
pub fn idle_line(line: &str) -> String {
    line.replacen("::", "\\u{3a}:", 1)
}

/// Paragraphs keep their line ends; everything else is cleaned.
pub fn clean_lines(text: &str) -> Vec<Cow<'_, str>> {
    text.lines().map(clean).collect()
}

/// Control characters, and those that reorder, hide or join what the reader sees.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{061c}' | '\u{180e}' | '\u{e0000}'..='\u{e007f}')
}

/// The width on a terminal, in columns.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// At most `room` columns: the middle gives way, because the ends of names tell them apart.
pub fn shorten(text: &str, room: usize) -> Cow<'_, str> {
    if width(text) <= room {
        return Cow::Borrowed(text);
    }
    if room <= 1 {
        return Cow::Borrowed(if room == 0 { "" } else { "…" });
    }
    let head: String = fitting(text.chars(), room / 2);
    let tail: String = fitting(text.chars().rev(), room - 1 - width(&head));
    Cow::Owned(format!("{head}…{}", tail.chars().rev().collect::<String>()))
}

/// As many leading characters as fit.
pub(super) fn fitting(chars: impl Iterator<Item = char>, room: usize) -> String {
    let mut left = room;
    chars
        .take_while(|c| {
            let wide = c.width().unwrap_or(0);
            let fits = wide <= left;
            left = left.saturating_sub(wide);
            fits
        })
        .collect()
}

/// Breaks text into lines of at most `room` columns, at spaces; a longer word is cut.
pub fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(8);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let mut word = word.to_owned();
        if !line.is_empty() && width(&line) + 1 + width(&word) > room {
            lines.push(std::mem::take(&mut line));
        }
        while width(&word) > room {
            let head = fitting(word.chars(), room);
            word.drain(..head.len());
            lines.push(head);
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(&word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_show_instead_of_acting() {
        assert_eq!(clean("plain-name@eu"), "plain-name@eu");
        assert_eq!(clean("\u{1b}[31mred\u{7}"), "\\u{1b}[31mred\\u{7}");
        assert_eq!(clean("a\u{202e}b\u{9b}c"), "a\\u{202e}b\\u{9b}c");
        assert_eq!(clean("two\nlines"), "two\\nlines");
        assert_eq!(clean("e\u{301}料金"), "e\u{301}料金");
    }

    #[test]
    fn nobody_commands_a_pipeline() {
        assert_eq!(clean("::error::x"), "\\u{3a}:error::x");
        assert_eq!(clean(" ::add-mask::BLOCK\u{7}"), " \\u{3a}:add-mask::BLOCK\\u{7}");
        assert_eq!(clean("a ##[error]b ##vso[task.complete]c"), "a \\u{23}#[error]b \\u{23}#vso[task.complete]c");
        assert_eq!(clean("std::mem ## [x]"), "std::mem ## [x]");
    }

    #[test]
    fn the_middle_gives_way() {
        assert_eq!(shorten("short", 10), "short");
        assert_eq!(shorten("billing-console-frontend", 11), "billi…ntend");
        assert_eq!(shorten("料金計算サービス本番", 9), "料金…本番");
        assert_eq!(width(&shorten("料金計算サービス本番", 8)), 7);
        assert_eq!(shorten("ab", 1), "…");
    }

    #[test]
    fn lines_never_exceed_the_room() {
        let text = "a few words and averyveryverylongwordwithoutanyspace at the end";
        assert!(wrap(text, 20).iter().all(|line| width(line) <= 20));
        assert_eq!(wrap(text, 20).concat().replace(' ', ""), text.replace(' ', ""));
    }
}
