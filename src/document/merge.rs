//! Merging trees: variants over a base, services over their defaults.
//!
//! In: two nodes. Out: one. Maps merge key by key, lists and scalars are replaced, null removes.

use super::{Entry, Node, Value};

/// Puts `change` over `base`: maps merge, lists replace, null removes.
pub fn over(base: &mut Node, change: &Node) {
    let (Value::Map(entries), Value::Map(changes)) = (&mut base.value, &change.value) else {
        *base = without_nulls(change);
        return;
    };
    for change in changes {
        let key = change.key.as_text();
        let place = entries.iter().position(|e| e.key.as_text() == key);
        match (place, change.value.is_null()) {
            (Some(place), true) => {
                entries.remove(place);
            }
            (Some(place), false) => over(&mut entries[place].value, &change.value),
            (None, true) => {}
            (None, false) => entries.push(Entry { key: change.key.clone(), value: without_nulls(&change.value) }),
        }
    }
}

/// Puts `defaults` beneath `node`: a key that is missing is taken over, maps merge, null in the node wins.
pub fn beneath(node: &mut Node, defaults: &Node) {
    if node.is_null() {
        *node = node.with_value(defaults.value_for_elsewhere());
        return;
    }
    let (Value::Map(entries), Value::Map(defaults)) = (&mut node.value, &defaults.value) else { return };
    for default in defaults {
        match entries.iter_mut().find(|e| e.key.as_text() == default.key.as_text()) {
            Some(entry) if entry.value.is_null() => {}
            Some(entry) => beneath(&mut entry.value, &default.value),
            None => entries.push(default.clone()),
        }
    }
}

/// A copy in which keys with null are gone: they have nothing to remove.
fn without_nulls(node: &Node) -> Node {
    let Value::Map(entries) = &node.value else { return node.clone() };
    let kept = entries.iter().filter(|e| !e.value.is_null());
    node.with_value(Value::map(kept.map(|e| Entry { key: e.key.clone(), value: without_nulls(&e.value) })))
}
