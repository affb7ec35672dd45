//! Did you mean: the nearest known word to one that is not known.
//!
//! In: a word and the known ones. Out: at most one suggestion. Only asked when there is a mistake, so
//! that big worlds pay nothing.

/// Most words to look at, so that a world of typos stays fast.
const MOST: usize = 20_000;

/// The known word that was probably meant.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let limit = (word.chars().count() / 3).clamp(1, 3);
    let mut best: Option<(usize, &str)> = None;
    for candidate in known.into_iter().take(MOST) {
        if candidate.len().abs_diff(word.len()) > limit * 2 {
            continue;
        }
        let distance = if candidate.eq_ignore_ascii_case(word) { 0 } else { distance(word, candidate, limit) };
        if distance <= limit && best.is_none_or(|(d, _)| distance < d) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, word)| word)
}

/// Keys as other tools call them, behind what they are called here.
const ELSEWHERE: [(&str, &[&str]); 14] = [
    ("needs", &["depends_on", "depends-on", "dependsOn", "dependencies", "requires", "uses"]),
    ("in", &["region", "regions", "zone", "zones", "location"]),
    ("plan", &["steps", "tasks", "actions"]),
    ("target", &["targets", "resource", "on"]),
    ("do", &["verb", "action", "operation"]),
    ("kind", &["type"]),
    ("team", &["owner"]),
    ("env", &["environment", "stage"]),
    ("any-of", &["any", "one-of", "oneOf"]),
    ("share", &["optional", "weight"]),
    ("hold", &["ttl", "cache"]),
    ("attempts", &["retries"]),
    ("takes", &["duration"]),
    ("when", &["where", "if", "condition"]),
];

/// The key that was probably meant: by another name, misspelt, or with more words behind it (`metastable-hold` for `metastable`).
pub(crate) fn meant<'a>(key: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let ours = ELSEWHERE.iter().find(|(_, others)| others.contains(&key)).map(|(ours, _)| *ours);
    let by_name = ours.and_then(|ours| known.clone().into_iter().find(|k| *k == ours));
    let begun = |known: &&str| key.strip_prefix(*known).is_some_and(|rest| rest.starts_with(['-', '_']));
    by_name.or_else(|| nearest(key, known.clone())).or_else(|| known.into_iter().filter(begun).max_by_key(|known| known.len()))
}

/// `did you mean ...`, or the list of what is known, if it is short.
pub(crate) fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone, what: &str) -> Option<String> {
    if let Some(near) = nearest(word, known.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let list: Vec<&str> = known.into_iter().take(26).collect();
    match list.len() {
        0 => Some(format!("no {what} is declared")),
        1..=25 => Some(format!("known: {}", list.join(", "))),
        _ => None,
    }
}

/// Edits from one word to the other: insert, delete, replace, swap neighbours (optimal string alignment).
///
/// Takes time of the product of the lengths; gives up (more than `limit`) where a row is beyond the limit.
fn distance(a: &str, b: &str, limit: usize) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let replaced = last[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            row[j] = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        if row.iter().all(|&d| d > limit) {
            return limit + 1;
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typos_find_their_word_and_strangers_find_none() {
        let known = ["needs", "starts-with", "settle", "delete", "deploy"];
        for (typo, word) in
            [("neds", "needs"), ("delte", "delete"), ("dleete", "delete"), ("Needs", "needs"), ("starts_with", "starts-with")]
        {
            assert_eq!(nearest(typo, known), Some(word), "{typo}");
        }
        assert_eq!(nearest("walrus", known), None);
        assert_eq!(
            (meant("depends_on", known), meant("neds", known), meant("owner", known)),
            (Some("needs"), Some("needs"), None)
        );
    }
}
