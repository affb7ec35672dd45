//! Whether a condition can come out both ways.
//!
//! In: a condition and what is known of its atoms. Out: true or false if it always comes out so, whatever the rest
//! is. Atoms are taken as free of each other, so a `None` promises nothing. Bounded: with too many atoms nobody asks.

use super::{Expr, Node, Op, Path, Value};

/// With more distinct atoms than this nothing is said.
const MOST_ATOMS: usize = 10;

/// A part of a condition that is true or false by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Atom<'a> {
    /// A fact that is true or false.
    Fact(&'a Path),
    /// A comparison.
    Compare(&'a Path, Op, &'a Value),
    /// One of several values.
    In(&'a Path, &'a [Value]),
}

impl Expr {
    /// The answer, if it is always the same; `known` tells atoms that can only come out one way.
    #[must_use]
    pub fn constant(&self, known: &dyn Fn(Atom<'_>) -> Option<bool>) -> Option<bool> {
        if matches!(self.root, Node::Always) {
            return None;
        }
        let mut atoms = Vec::new();
        collect(&self.root, &mut atoms);
        let free: Vec<Atom<'_>> = atoms.iter().copied().filter(|&a| known(a).is_none()).collect();
        if free.len() > MOST_ATOMS {
            return None;
        }
        let holds = |bits: usize| {
            let of = |atom: Atom<'_>| {
                known(atom).unwrap_or_else(|| free.iter().position(|f| same(*f, atom)).is_some_and(|i| bits >> i & 1 == 1))
            };
            under(&self.root, &of)
        };
        let first = holds(0);
        (1..1_usize << free.len()).all(|bits| holds(bits) == first).then_some(first)
    }
}

fn atom(node: &Node) -> Option<Atom<'_>> {
    match node {
        Node::Fact(path) => Some(Atom::Fact(path)),
        Node::Compare(path, op, value) => Some(Atom::Compare(path, *op, value)),
        Node::In(path, values) => Some(Atom::In(path, values)),
        _ => None,
    }
}

fn collect<'a>(node: &'a Node, atoms: &mut Vec<Atom<'a>>) {
    match node {
        Node::Not(inner) => collect(inner, atoms),
        Node::And(parts) | Node::Or(parts) => parts.iter().for_each(|p| collect(p, atoms)),
        _ => {
            if let Some(atom) = atom(node).filter(|a| !atoms.iter().any(|b| same(*a, *b))) {
                atoms.push(atom);
            }
        }
    }
}

/// The same question, wherever it stands.
fn same(a: Atom<'_>, b: Atom<'_>) -> bool {
    match (a, b) {
        (Atom::Fact(a), Atom::Fact(b)) => a.name == b.name,
        (Atom::Compare(a, op, x), Atom::Compare(b, other, y)) => a.name == b.name && op == other && x == y,
        (Atom::In(a, x), Atom::In(b, y)) => a.name == b.name && x == y,
        _ => false,
    }
}

fn under(node: &Node, of: &dyn Fn(Atom<'_>) -> bool) -> bool {
    match node {
        Node::Always => true,
        Node::Not(inner) => !under(inner, of),
        Node::And(parts) => parts.iter().all(|p| under(p, of)),
        Node::Or(parts) => parts.iter().any(|p| under(p, of)),
        _ => atom(node).is_some_and(of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constant(text: &str) -> Option<bool> {
        let known = |atom: Atom<'_>| match atom {
            Atom::Compare(path, Op::Eq, Value::Word(word)) if path.name == "env" => (word == "nowhere").then_some(false),
            _ => None,
        };
        Expr::parse(text).expect("a condition").constant(&known)
    }

    #[test]
    fn what_cannot_change_is_found_and_nothing_else() {
        assert_eq!(constant("destructive"), None);
        assert_eq!(constant("any"), None);
        assert_eq!(constant("destructive and not destructive"), Some(false));
        assert_eq!(constant("destructive or not destructive"), Some(true));
        assert_eq!(constant("env == nowhere and destructive"), Some(false));
        assert_eq!(constant("env == nowhere or destructive"), None);
        assert_eq!(constant("not env == nowhere"), Some(true));
        assert_eq!(constant("false"), Some(false));
    }
}
