//! Tables in Markdown: words lean left, figures lean right.
//!
//! In: heads (`>` before the head of figures) and rows whose cells are Markdown already. Out: lines. Columns without anything are left out.

/// A table; empty without rows.
pub(super) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let says = |i: usize| i == 0 || rows.iter().any(|row| !row[i].is_empty());
    let keep: Vec<usize> = (0..heads.len()).filter(|&i| says(i)).collect();
    let line = |cells: Vec<&str>| format!("| {} |\n", cells.join(" | "));
    let mut out = line(keep.iter().map(|&i| heads[i].trim_start_matches('>')).collect());
    out += &line(keep.iter().map(|&i| if heads[i].starts_with('>') { "---:" } else { "---" }).collect());
    for row in rows {
        out += &line(keep.iter().map(|&i| row[i].as_str()).collect());
    }
    out + "\n"
}
