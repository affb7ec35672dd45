//! Text in columns: right-aligned figures, names that give way in the middle, no borders.
//!
//! In: rows of styled cells. Out: lines on a page, none wider than the page. Columns in which no row
//! has anything to say are left out, so that what matters keeps its room.

use super::apart;
use super::page::{ASIDE, PLAIN, Page};
use crate::report::untrusted::{clean, shorten, width};
use anstyle::Style;

/// Which side the text leans on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lean {
    /// Names: lean left, and may be shortened when the page is full.
    Name,
    /// Words: lean left, at full length.
    Left,
    /// Figures: lean right.
    Right,
}

/// One cell.
#[derive(Debug, Clone)]
pub(super) struct Item {
    text: String,
    style: Style,
}

/// An item in plain style.
pub(super) fn item(text: impl Into<String>) -> Item {
    styled(PLAIN, text)
}

/// An item in a style.
pub(super) fn styled(style: Style, text: impl Into<String>) -> Item {
    Item { text: clean(&text.into()).into_owned(), style }
}

/// Rows under heads.
pub(super) struct Columns {
    heads: Vec<(String, Lean)>,
    rows: Vec<Vec<Item>>,
}

/// What a cell says when it has nothing to say.
pub(super) const NOTHING: &str = "-";
const INDENT: usize = 2;
const BETWEEN: usize = 2;

impl Columns {
    /// No rows yet.
    pub(super) fn new(heads: &[(&str, Lean)]) -> Self {
        let heads = heads.iter().map(|(head, lean)| (clean(head).into_owned(), *lean)).collect();
        Columns { heads, rows: Vec::new() }
    }

    /// One more row; as many items as heads.
    pub(super) fn row(&mut self, items: Vec<Item>) {
        debug_assert_eq!(items.len(), self.heads.len(), "a row has as many items as the table has heads");
        self.rows.push(items);
    }

    /// Writes heads (unless all are empty) and rows.
    pub(super) fn write(mut self, page: &mut Page) {
        if self.rows.is_empty() {
            return;
        }
        self.drop_silent();
        let (widths, between) = self.widths(page.width);
        self.cut_names(&widths);
        if self.heads.iter().any(|(head, _)| !head.is_empty()) {
            let heads: Vec<Item> = self.heads.iter().map(|(head, _)| styled(ASIDE, head.as_str())).collect();
            page.line(&self.laid_out(&heads, &widths, between, page));
        }
        for row in &self.rows {
            page.line(&self.laid_out(row, &widths, between, page));
        }
    }

    fn drop_silent(&mut self) {
        let says = |i: usize| self.rows.iter().any(|row| !matches!(row[i].text.as_str(), "" | NOTHING));
        let keep: Vec<bool> = (0..self.heads.len()).map(says).collect();
        let mut flags = keep.iter();
        self.heads.retain(|_| *flags.next().unwrap_or(&true));
        for row in &mut self.rows {
            let mut flags = keep.iter();
            row.retain(|_| *flags.next().unwrap_or(&true));
        }
    }

    /// The width of each column, and the space between two. Long names give way first, then space, then all names.
    fn widths(&self, page: usize) -> (Vec<usize>, usize) {
        let natural =
            |i: usize| self.rows.iter().map(|row| width(&row[i].text)).chain([width(&self.heads[i].0)]).max().unwrap_or(0);
        let mut widths: Vec<usize> = (0..self.heads.len()).map(natural).collect();
        let over = |widths: &[usize], between: usize| {
            (INDENT + widths.iter().sum::<usize>() + between * widths.len().saturating_sub(1)).saturating_sub(page)
        };
        let full = widths.clone();
        let excess = over(&widths, BETWEEN);
        self.narrow(&mut widths, excess, 22);
        let mut between = BETWEEN;
        if over(&widths, BETWEEN) > 0 {
            (widths, between) = (full, 1);
        }
        let excess = over(&widths, between);
        self.narrow(&mut widths, excess, 8);
        (widths, between)
    }

    /// Takes up to `excess` columns from names, the widest first, so that several names end up about as wide.
    fn narrow(&self, widths: &mut [usize], excess: usize, least: usize) {
        for _ in 0..excess {
            let names = (0..widths.len()).filter(|&i| self.heads[i].1 == Lean::Name && widths[i] > least);
            let Some(widest) = names.max_by_key(|&i| widths[i]) else { break };
            widths[widest] -= 1;
        }
    }

    /// Cuts the names of each column together: rows that differ stay different.
    fn cut_names(&mut self, widths: &[usize]) {
        for (i, &room) in widths.iter().enumerate().filter(|(i, _)| self.heads[*i].1 == Lean::Name) {
            let names: Vec<&str> = self.rows.iter().map(|row| row[i].text.as_str()).collect();
            let cut = apart::cut(&names, room);
            self.rows.iter_mut().zip(cut).for_each(|(row, name)| row[i].text = name);
        }
    }

    fn laid_out(&self, row: &[Item], widths: &[usize], between: usize, page: &Page) -> String {
        let mut line = " ".repeat(INDENT);
        for (i, (item, &room)) in row.iter().zip(widths).enumerate() {
            if i > 0 {
                line.push_str(&" ".repeat(between));
            }
            let text = shorten(&item.text, room);
            let pad = " ".repeat(room - width(&text));
            let text = page.paint(item.style, &text);
            let leans_right = self.heads[i].1 == Lean::Right;
            let (first, second) = if leans_right { (&pad, &text) } else { (&text, &pad) };
            line.push_str(first);
            line.push_str(second);
        }
        line
    }
}
