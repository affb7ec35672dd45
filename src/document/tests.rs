use super::*;

fn node(name: &str, text: &str) -> Node {
    let mut found = Findings::default();
    let source = Arc::new(Source { name: name.to_owned(), text: text.to_owned() });
    read(&source, &mut found).unwrap_or_else(|| panic!("{text}: {:?}", found.into_list()))
}

fn code_of(name: &str, text: &str) -> &'static str {
    let mut found = Findings::default();
    let source = Arc::new(Source { name: name.to_owned(), text: text.to_owned() });
    assert!(read(&source, &mut found).is_none(), "{text}");
    found.into_list()[0].code
}

#[test]
fn scalars_stay_as_they_were_written() {
    let tree = node("a.yaml", "a: 1.0\nb: 007\nc: 99.9% over 28d\nd: no\ne: ~\nf: 'x: y'\ng: 0x1F\n");
    let texts: Vec<_> = ["a", "b", "c", "d", "f", "g"].iter().map(|k| tree.get(k).map(Node::as_text)).collect();
    assert_eq!(texts, [Some("1.0"), Some("007"), Some("99.9% over 28d"), Some("no"), Some("x: y"), Some("0x1F")]);
    assert!(tree.get("e").is_none());
}

#[test]
fn nodes_know_where_they_stand() {
    let text = "\u{feff}ä: [ö, { k: \"v\\n\" }]\n";
    let tree = node("a.yaml", text);
    let place = |node: &Node| text[node.span().start..node.span().end].to_owned();
    let items = tree.get("ä").and_then(Node::items).expect("a list");
    assert_eq!(place(&items[0]), "ö");
    assert_eq!(place(items[1].get("k").expect("k")), "\"v\\n\"");
    assert_eq!(items[1].get("k").map(Node::as_text), Some("v\n"));
}

#[test]
fn json_reads_like_yaml_with_places_and_escapes() {
    let text = "{\"a\":\t[1e3, \"\\u00e9\\ud83d\\ude00\\/\", null, true]}";
    let tree = node("a.json", text);
    let items = tree.get("a").and_then(Node::items).expect("a list");
    assert_eq!(items[0].text(), Some("1e3"));
    assert_eq!(items[1].text(), Some("é😀/"));
    assert!(items[2].is_null());
    assert_eq!(&text[items[0].span().start..items[0].span().end], "1e3");
    for bad in ["", "{", "[1,]", "{\"a\" 1}", "[01x]", "\"\\q\"", "[NaN]", "{\"a\":1}}", "\"\\ud800\"", "'a'"] {
        assert_eq!(code_of("a.json", bad), codes::JSON, "{bad}");
    }
}

#[test]
fn a_flow_map_is_not_taken_for_json() {
    assert!(node("a.yaml", "{ down: vpn, for: 90m }").get("down").is_some());
}

#[test]
fn aliases_copy_within_bounds() {
    let tree = node("a.yaml", "a: &x { k: [1, 2] }\nb: *x\n");
    assert_eq!(tree.get("b").and_then(|b| b.get("k")).and_then(Node::items).map(<[Node]>::len), Some(2));
    assert_eq!(code_of("a.yaml", "a: *nobody\n"), codes::YAML);
    let chain = (1..100).map(|n| format!("a{n}: &a{n} [*a{}]\n", n - 1)).collect::<Vec<_>>().concat();
    assert_eq!(code_of("a.yaml", &format!("a0: &a0 [x]\n{chain}")), codes::TOO_DEEP);
}

#[test]
fn what_is_printed_reads_back() {
    for text in [
        "a: 1\nb: [x, y]\nc: {}\nd: []\n",
        "name: A shop\nservices:\n  a: { in: [eu, us], needs: [b, { need: c, share: 30% }] }\n  \"odd: name\": { note: \"line\\nline\" }\n",
        "- { do: restart, target: \"x, y\" }\n- [1, [2, 3]]\n- \"null\"\n- null\n- \"true\"\n- true\n- \"\"\n- \"- x\"\n- \"# x\"\n- \" x\"\n- 5m to 2h\n",
        "deep:\n  - { a: { b: { c: [1, { d: e, long: \"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\" }] } } }\n",
        "odd: [\"\\e[31m\", \"\\u202e\", \"tab\\t\", 'a \"quoted\" \\ word', \"@x\", \"%y\", \"*z\", \"a: b\", \"a #b\", \"[x\", \"{y\", \"~\", \"...\", \"---\", \"?\"]\n",
    ] {
        let tree = node("a.yaml", text);
        let printed = print::yaml(&tree);
        let again = node("b.yaml", &printed);
        assert_eq!(digest::of(&tree), digest::of(&again), "{text}\nprinted as\n{printed}");
        assert_eq!(print::yaml(&again), printed, "printing is stable");
    }
}

#[test]
fn merging_replaces_lists_and_removes_by_null() {
    let mut base = node("a.yaml", "a: { b: 1, c: [1, 2] }\nd: x\n");
    merge::over(&mut base, &node("b.yaml", "a: { b: null, c: [3], e: 4 }\nf: { g: null, h: 1 }\n"));
    assert_eq!(digest::of(&base), digest::of(&node("c.yaml", "a: { c: [3], e: 4 }\nd: x\nf: { h: 1 }\n")));
}

#[test]
fn defaults_lie_beneath() {
    let mut service = node("a.yaml", "env: staging\ndata: { size: 1GB }\nteam: null\n");
    merge::beneath(&mut service, &node("b.yaml", "env: production\ndata: { size: 2GB, copies: 3 }\nteam: x\ntier: 1\n"));
    assert_eq!(digest::of(&service), digest::of(&node("c.yaml", "env: staging\ndata: { size: 1GB, copies: 3 }\ntier: 1\n")));
}
