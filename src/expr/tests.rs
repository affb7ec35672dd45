use super::*;

fn facts(name: &str) -> Option<Value> {
    let word = |w: &str| Some(Value::Word(w.to_owned()));
    match name {
        "env" => word("production"),
        "kind" => word("datastore"),
        "tier" => word("1"),
        "destructive" => Some(Value::Bool(true)),
        "reach" => Some(Value::Number(21.0)),
        "regions" => Some(Value::Words(vec!["eu".to_owned(), "us".to_owned()])),
        "size" => Some(Value::Size(10e9)),
        "takes" => Some(Value::Duration(3_600_000.0)),
        "customers.outage_min.p95" => Some(Value::Number(61.0)),
        "services.my shop.outage_min.p90" => Some(Value::Number(10.0)),
        "data_lost_for_good" => Some(Value::Number(0.02)),
        "friction.hours.mean" => Some(Value::Number(3.0)),
        _ => None,
    }
}

fn holds(text: &str) -> bool {
    let expr = Expr::parse(text).unwrap_or_else(|m| panic!("{text}: {m:?}"));
    let again = Expr::parse(&expr.to_string()).unwrap_or_else(|m| panic!("{expr}: {m:?}"));
    let answer = expr.eval(&facts).unwrap_or_else(|m| panic!("{text}: {m}"));
    assert_eq!(again.eval(&facts), Ok(answer), "{text} printed as {expr}");
    answer
}

#[test]
fn conditions_of_the_documentation_hold() {
    for text in [
        "env == production and kind == datastore",
        "destructive and env == production",
        "reach > 20",
        "any",
        "not (env == staging)",
        "env in [staging, production]",
        "customers.outage_min.p95 > 1h",
        "services.\"my shop\".outage_min.p90 < 2h",
        "data_lost_for_good > 1%",
        "env != staging",
        "regions == eu and regions != ap",
        "friction.hours.mean > 120m",
        "size >= 10GB and takes == 1h",
        "tier == 1",
        "destructive == true",
        "env == \"production\"",
        "env == staging or env == production and reach > 3",
        "not not destructive",
    ] {
        assert!(holds(text), "{text}");
    }
    for text in ["env == staging", "env != production or not destructive", "reach <= 20", "regions == ap", "false"] {
        assert!(!holds(text), "{text}");
    }
}

#[test]
fn mistakes_have_a_place_and_advice() {
    for (text, start, message, hint) in [
        ("env = production", 4, "no meaning", "`==`"),
        ("env == production && destructive", 18, "no meaning", "`and`"),
        ("env ==", 6, "a value should stand here", "words"),
        ("(env == a", 9, "`)` should stand", ""),
        ("20 < reach", 0, "a name should stand here", "comes first"),
        ("env == a kind == b", 9, "should end here", "`and`"),
        ("env > a", 6, "only figures", "in [..]"),
        ("env == \"a", 7, "closing quote", ""),
        ("", 0, "empty", "any"),
        ("a > 5%%", 4, "not a figure", "20"),
        ("and", 0, "a name should stand here", ""),
    ] {
        let mistake = Expr::parse(text).expect_err(text);
        assert_eq!(mistake.start, start, "{text}: {mistake:?}");
        assert!(mistake.message.contains(message), "{text}: {mistake:?}");
        assert!(mistake.hint.contains(hint), "{text}: {mistake:?}");
    }
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!("{}a{}", "(".repeat(4000), ")".repeat(4000));
    assert!(Expr::parse(&deep).is_err());
    assert!(Expr::parse(&"not ".repeat(2000)).is_err());
}

#[test]
fn what_is_missing_is_named() {
    let missing = Expr::parse("nonsense == 1").expect("parses").eval(&facts).expect_err("missing");
    assert_eq!(missing.name, "nonsense");
    assert!(Expr::parse("reach").expect("parses").eval(&facts).is_err());
    assert!(Expr::parse("reach > 2h").expect("parses").eval(&facts).is_err());
}

#[test]
fn durations_print_as_people_write_them() {
    for duration in ["2h", "1h30m", "7d", "90s", "250ms", "1m0.5ms", "0s", "3d4h5m6s"] {
        let parsed = Expr::parse(&format!("a > {duration}")).expect("parses");
        let printed = parsed.to_string();
        assert_eq!(Expr::parse(&printed).expect("reads back"), parsed, "{printed}");
    }
    let printed = |text: &str| Expr::parse(text).expect("parses").to_string();
    assert_eq!(printed("a > 2h"), "a > 2h");
    assert_eq!(printed("a > 90m"), "a > 1h30m");
    assert_eq!(printed("a > 0.5s"), "a > 500ms");
}

#[test]
fn percents_print_as_they_were_written() {
    for percent in ["0.1%", "29%", "1%", "99.95%", "57%"] {
        let text = format!("a > {percent}");
        assert_eq!(Expr::parse(&text).expect("parses").to_string(), text);
    }
}

#[test]
fn what_is_not_known_stays_unknown_unless_the_rest_decides() {
    let judged = |text: &str, truths: &[Option<bool>]| Expr::parse(text).unwrap().judge(truths);
    let (yes, no, open) = (Some(true), Some(false), None);
    assert_eq!(judged("a > 1", &[open]), open);
    assert_eq!(judged("a > 1 and b > 1", &[open, no]), no);
    assert_eq!(judged("a > 1 and b > 1", &[open, yes]), open);
    assert_eq!(judged("a > 1 or b > 1", &[open, yes]), yes);
    assert_eq!(judged("a > 1 or b > 1", &[no, open]), open);
    assert_eq!(judged("not (a > 1 or b > 1) and c > 1", &[yes, open, open]), no);
    assert_eq!(judged("(a > 1 and b > 1) or (c > 1 and d > 1)", &[no, open, yes, yes]), yes);
}
