//! Names of a column cut to its width, so that those that differ still look different.
//!
//! In: names and their room. Out: what is shown of each. The middle gives way, as everywhere; where that makes two names the same,
//! what tells them apart stands in its place.

use crate::report::untrusted::{fitting, shorten, width};

/// With less room there is no place for a beginning and a difference.
const LEAST: usize = 6;

/// What is shown of each name.
pub(super) fn cut(names: &[&str], room: usize) -> Vec<String> {
    let shown: Vec<String> = names.iter().map(|name| shorten(name, room).into_owned()).collect();
    if room < LEAST {
        return shown;
    }
    let cut = shown.iter().map(String::as_str).zip(names.iter().copied());
    let mut sorted: Vec<(&str, &str)> = cut.clone().filter(|(cut, name)| cut != name).collect();
    sorted.sort_unstable();
    sorted.dedup();
    let told = |(cut, name): (&str, &str)| match difference(&sorted, cut, name) {
        Some(at) => around(name, at, room),
        None => cut.to_owned(),
    };
    cut.map(told).collect()
}

/// The character at which a name differs from the one that is most like it and cut to the same; none if there is no other. In order,
/// that one stands beside it.
fn difference(sorted: &[(&str, &str)], cut: &str, name: &str) -> Option<usize> {
    let at = sorted.binary_search(&(cut, name)).ok()?;
    let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().filter_map(|n| sorted.get(n));
    let same = |other: &str| name.chars().zip(other.chars()).take_while(|(a, b)| a == b).count();
    beside.filter(|(other, _)| *other == cut).map(|(_, other)| same(other)).max()
}

/// The beginning of a name, and what stands from a character on.
fn around(name: &str, at: usize, room: usize) -> String {
    let head = fitting(name.chars(), (room - 2) / 3);
    let left = room - width(&head) - 1;
    let rest: String = name.chars().skip(at).collect();
    if width(&rest) <= left {
        let tail: Vec<char> = fitting(name.chars().rev(), left).chars().collect();
        return format!("{head}…{}", tail.into_iter().rev().collect::<String>());
    }
    format!("{head}…{}…", fitting(rest.chars(), left - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_differ_look_different() {
        let long = |part: &str| format!("production-cluster-{part}-of-the-payments-platform");
        let names = [long("blue"), long("green"), long("blue-2"), "short".to_owned()];
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let shown = cut(&names, 20);
        assert_eq!(shown, ["produc…of-the-payme…", "produc…green-of-the…", "produc…2-of-the-pay…", "short"]);
        assert!((8..40).all(|room| cut(&names, room).iter().all(|name| width(name) <= room)));
        // The ends tell more where they suffice.
        assert_eq!(cut(&["billing-console-frontend", "billing-console-backends"], 11), ["billi…ntend", "billi…kends"]);
        assert_eq!(cut(&["the-same-long-name", "the-same-long-name"], 8), ["the-…ame", "the-…ame"]);
    }
}
