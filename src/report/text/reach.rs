//! Who depends on a target: a tree while it fits on a screen, then a table.

use super::columns::{Columns, Item, Lean, NOTHING, item, styled};
use super::page::{ASIDE, BAD, CARE, PLAIN, Page, STRONG};
use crate::report::View;
use crate::report::figures::{percent, whole};
use crate::report::reach::{Dependant, Reach, meaning};

const SHOWN: usize = 20;

/// Writes headline, dependants by tie, and what the target needs to come back.
pub(super) fn write(reach: &Reach, view: &View) -> String {
    let mut page = Page::new(view);
    let world = if reach.world.is_empty() { "the world" } else { &reach.world };
    page.para(STRONG, "", &reach.headline());
    let scope = format!(
        "{world} · {} cells · as declared, without trials; an edge that nobody declared is not seen",
        whole(reach.cells as u64)
    );
    page.para(ASIDE, "", &scope);
    let children = children(reach);
    for tie in reach.groups() {
        group(reach, tie, &children, &mut page);
    }
    recovery(reach, &mut page);
    page.finish()
}

/// The dependants that are reached through each, in order.
fn children(reach: &Reach) -> Vec<Vec<usize>> {
    let mut children = vec![Vec::new(); reach.reached.len()];
    for (i, cell) in reach.reached.iter().enumerate() {
        if let Some(through) = cell.through {
            children[through].push(i);
        }
    }
    children
}

fn group(reach: &Reach, tie: &str, children: &[Vec<usize>], page: &mut Page) {
    let of_tie = |i: usize| reach.reached[i].tie == tie;
    let total = reach.reached.iter().filter(|cell| cell.tie == tie).count();
    if total == 0 {
        return;
    }
    let cells = if total == 1 { "1 cell".to_owned() } else { format!("{} cells", whole(total as u64)) };
    page.heading(&capital(tie), &format!("{cells}: {}", meaning(tie)));
    let heads =
        [("", Lean::Name), ("needs it for", Lean::Name), ("after", Lean::Right), ("share", Lean::Right), ("", Lean::Left)];
    let mut table = Columns::new(&heads);
    let room = if page.all { usize::MAX } else { SHOWN };
    let mut shown = 0;
    // Those whose way comes from another group start a tree of their own.
    let roots = (0..reach.reached.len()).filter(|&i| of_tie(i) && reach.reached[i].through.is_none_or(|t| !of_tie(t)));
    for root in roots {
        let mut stack = vec![(root, 0_usize)];
        while let Some((i, indent)) = stack.pop() {
            if shown == room {
                break;
            }
            shown += 1;
            table.row(row(reach, i, indent));
            stack.extend(children[i].iter().rev().filter(|&&child| of_tie(child)).map(|&child| (child, indent + 1)));
        }
    }
    table.write(page);
    if total > shown {
        let line = page.paint(ASIDE, &format!("  and {} more (--all)", whole((total - shown) as u64)));
        page.line(&line);
    }
}

fn row(reach: &Reach, index: usize, indent: usize) -> Vec<Item> {
    let cell: &Dependant = &reach.reached[index];
    let lead = if indent == 0 { String::new() } else { format!("{}└ ", "  ".repeat((indent - 1).min(6))) };
    let style = if cell.tie == "hard" { BAD } else { PLAIN };
    let need = if indent > 0 || cell.need.is_empty() { String::new() } else { format!("through {}", cell.need) };
    let after = Some(cell.after()).filter(|after| !after.is_empty());
    vec![
        styled(style, format!("{lead}{}", cell.cell)),
        styled(ASIDE, need),
        item(after.unwrap_or_else(|| NOTHING.into())),
        item(cell.share.filter(|share| *share < 1.0).map_or(NOTHING.into(), percent)),
        styled(CARE, if cell.customers { "customers" } else { "" }),
    ]
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>()).unwrap_or_default() + chars.as_str()
}

fn recovery(reach: &Reach, page: &mut Page) {
    if reach.recovery.is_empty() {
        return;
    }
    page.heading("To come back, the target needs", "");
    let mut table = Columns::new(&[("", Lean::Name), ("to", Lean::Left), ("", Lean::Name), ("", Lean::Left)]);
    let shown = if page.all { reach.recovery.len() } else { SHOWN };
    for gate in reach.recovery.iter().take(shown) {
        let verb = match gate.tie {
            "start" => "start",
            "repair" => "be mended",
            "observe" => "be seen",
            _ => "be restored",
        };
        let ring = if gate.ring { styled(BAD, "RING: it hangs on the target") } else { item("") };
        table.row(vec![item(&gate.cell), item(verb), item(&gate.need), ring]);
    }
    table.write(page);
    if reach.recovery.len() > shown {
        let line = page.paint(ASIDE, &format!("  and {} more (--all)", reach.recovery.len() - shown));
        page.line(&line);
    }
}
