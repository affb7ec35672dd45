//! How long a large world takes to read, from YAML and from JSON, beside what `serde_json` alone needs for the same text.
//!
//! `cargo run --release --example load_time -- 500000` (services, each in two regions; 10,000 unless said; YAML only up to that).

use foreshock::document::{Entry, Node, Value, print};
use foreshock::scenario::files::Memory;
use foreshock::scenario::{ReadOptions, read};
use std::io::{self, Write as _};
use std::time::Instant;

/// Services unless said otherwise; beyond that only JSON, which large generated worlds are.
const SERVICES: usize = 10_000;

fn text(text: &str) -> Node {
    Node::made(Value::Plain(text.into()))
}

fn list(items: impl IntoIterator<Item = Node>) -> Node {
    Node::made(Value::list(items))
}

fn map<K: AsRef<str>>(entries: impl IntoIterator<Item = (K, Node)>) -> Node {
    let entry = |(key, value): (K, Node)| Entry { key: text(key.as_ref()), value };
    Node::made(Value::map(entries.into_iter().map(entry)))
}

fn service(n: usize) -> Node {
    let other = |k: usize| format!("s{}", n / 2 + k);
    let plain = (0..4).filter(|k| n / 2 + k < n).map(|k| text(&other(k)));
    let either = map([("any-of", list([text("s0"), text("s1")])), ("hold", text("5m")), ("share", text("30%"))]);
    let needs = if n < 8 { text("none") } else { list(plain.chain([either])) };
    map([("in", list([text("eu"), text("us")])), ("traffic", text("60/min")), ("settle", text("5s to 5m")), ("needs", needs)])
}

fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Plain(_) | Value::Quoted(_) => node.as_text().into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => entries.iter().map(|e| (e.key.as_text().to_owned(), json(&e.value))).collect(),
    }
}

fn main() -> io::Result<()> {
    let count = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(SERVICES);
    let services = map((0..count).map(|n| (format!("s{n}"), service(n))));
    let defaults = map([("service", map([("env", text("production")), ("team", text("t"))]))]);
    let world = map([
        ("regions", list([text("eu"), text("us")])),
        ("teams", map([("t", map([("crew", text("3"))]))])),
        ("defaults", defaults),
        ("services", services),
    ]);
    let plan = list([map([("do", text("restart")), ("target", text("s9"))])]);
    let document = map([("world", world), ("plan", plan)]);
    let mut texts = vec![("a.json", json(&document).to_string())];
    if count <= SERVICES {
        texts.push(("a.yaml", print::yaml(&document)));
    }
    drop(document);
    for (name, text) in texts {
        let size = text.len() / 1000;
        let started = Instant::now();
        let parsed = serde_json::from_str::<serde_json::Value>(&text).is_ok();
        let alone = started.elapsed();
        let files = Memory::new([(name, text)]);
        let started = Instant::now();
        let read = read(&files, name, &ReadOptions::default());
        let took = started.elapsed();
        let first = read.diagnostics.first().map(|d| d.message.as_str()).unwrap_or_default();
        writeln!(io::stdout(), "{name}: {size} kB in {took:.2?}, good: {} {first}", read.study.is_some())?;
        if parsed {
            writeln!(io::stdout(), "  serde_json alone {alone:.2?}: {:.2}x", took.as_secs_f64() / alone.as_secs_f64())?;
        }
    }
    Ok(())
}
