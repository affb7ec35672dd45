//! Bars and scales made of characters.
//!
//! In: shares and positions. Out: short strings of exactly the width asked for.

/// A bar for a share of `columns`, in eighths of a column; something is always seen of what is not zero.
pub(super) fn bar(share: f64, columns: usize) -> String {
    const EIGHTHS: [char; 8] = ['█', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let eighths = cells(share.clamp(0.0, 1.0) * 8.0, columns);
    let eighths = if share > 0.0 { eighths.max(1) } else { eighths };
    let mut out = "█".repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        out.push(EIGHTHS[eighths % 8]);
    }
    out
}

/// A scale from `least` to `greatest` with a span from `low` to `high` and a mark at `mark`.
pub(super) fn span(least: f64, greatest: f64, low: f64, high: f64, mark: f64, columns: usize) -> String {
    let range = greatest - least;
    let at = |value: f64| if range > 0.0 { cells((value - least) / range, columns - 1).min(columns - 1) } else { 0 };
    let (from, to, mark) = (at(low.min(high)), at(low.max(high)), at(mark));
    let glyph = |i: usize| match i {
        i if i == mark => '┃',
        i if (from..=to).contains(&i) => '━',
        _ => '·',
    };
    (0..columns).map(glyph).collect()
}

fn cells(share: f64, columns: usize) -> usize {
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few columns")]
    let cells = libm::round(share.max(0.0) * columns as f64) as usize;
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn something_is_seen_of_what_is_not_zero() {
        assert_eq!(bar(0.0, 10), "");
        assert_eq!(bar(0.0001, 10), "▏");
        assert_eq!(bar(0.55, 10), "█████▌");
        assert_eq!(bar(1.0, 10), "██████████");
    }

    #[test]
    fn a_span_has_the_width_asked_for() {
        assert_eq!(span(0.0, 10.0, 2.0, 6.0, 5.0, 11), "··━━━┃━····");
        assert_eq!(span(5.0, 5.0, 5.0, 5.0, 5.0, 3), "┃··");
    }
}
