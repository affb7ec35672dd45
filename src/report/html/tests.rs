//! Pages as files: the same every time, small, closed to the outside, and harmless whatever the names.

use super::*;
use crate::report::sample;

const VIEW: View = View { width: 80, colour: false, all: false };

fn page(report: &Report) -> String {
    Html.reports(std::slice::from_ref(report), &VIEW).unwrap()
}

/// The page without styles, scripts and data, which have tests of their own.
fn body(page: &str) -> &str {
    let begin = page.find("<main>").unwrap();
    let end = page.find("</main>").unwrap();
    &page[begin..end]
}

#[test]
fn a_run_as_a_page() {
    insta::assert_snapshot!(body(&page(&sample::report())));
}

#[test]
fn variants_as_a_page() {
    let page = page(&sample::with_variants());
    let begin = page.find("<section class=\"variants\"").unwrap();
    let end = page[begin..].find("</section>").unwrap() + begin;
    insta::assert_snapshot!(&page[begin..end]);
}

#[test]
fn what_seldom_goes_wrong_is_told_with_its_chances() {
    let page = page(&Report { rare: Some(sample::rare()), ..sample::report() });
    for told in ["What seldom goes wrong", "in 1 in 3,300 runs", "escalate", "--trial 4294967311"] {
        assert!(body(&page).contains(told), "{told}");
    }
    assert!(!body(&self::page(&sample::report())).contains("What seldom goes wrong"));
}

#[test]
fn hostile_names_are_only_text() {
    let page = page(&sample::hostile());
    assert!(!page.contains("<script>alert"), "markup of a name got in");
    assert_eq!(page.matches("<script").count(), 2, "data and our own script, nothing else");
    assert_eq!(page.matches("</script>").count(), 2);
    let unsafe_ones: Vec<char> = page.chars().filter(|c| *c != '\n' && crate::report::untrusted::is_unsafe(*c)).collect();
    assert!(unsafe_ones.is_empty(), "{unsafe_ones:?}");
    // No name can open a tag or an attribute: every tag in the body is one of ours.
    for tag in body(&page).split('<').skip(1) {
        let name: String = tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        assert!(!name.is_empty() && name != "img" && name != "script", "<{tag}");
    }
}

#[test]
fn a_page_needs_nothing_from_outside_and_allows_nothing_in() {
    let page = page(&sample::with_variants());
    let head = &page[..page.find("<style>").unwrap()];
    assert!(head.contains("default-src &#39;none&#39;; style-src &#39;sha256-"), "{head}");
    let code = format!("{}{}", head, &page[page.rfind("<script>").unwrap()..]);
    for word in ["http:", "https:", "src=", "@import", "fetch(", "innerHTML", "eval(", "document.write"] {
        assert!(!code.contains(word), "{word}");
    }
    assert!(!body(&page).contains("style="), "the policy forbids styles in attributes");
}

#[test]
fn a_page_is_small_without_its_data() {
    let page = page(&sample::with_variants());
    let begin = page.find("id=\"data\">").unwrap();
    let end = begin + page[begin..].find("</script>").unwrap();
    let without = page.len() - (end - begin);
    assert!(without < 400_000, "{without} bytes");
}

#[test]
fn the_data_is_the_report() {
    let report = sample::with_variants();
    let page = page(&report);
    let begin = page.find("id=\"data\">").unwrap() + "id=\"data\">".len();
    let end = begin + page[begin..].find("</script>").unwrap();
    let data: serde_json::Value = serde_json::from_str(&page[begin..end]).unwrap();
    let whole = serde_json::to_value(&report).unwrap();
    assert_eq!(data["reports"][0]["headline"], whole["headline"]);
    assert_eq!(data["pictures"]["0"], whole["pictures"]);
    let variant = whole["variants"].as_object().unwrap().values().nth(1).unwrap();
    assert_eq!(data["pictures"]["0.1"], variant["report"]["pictures"]);
}

#[test]
fn waterfalls_add_up_to_the_whole_width() {
    let page = page(&sample::report());
    let why = &page[page.find("<table class=\"chart waterfall\">").unwrap()..];
    let table = &why[..why.find("</table>").unwrap()];
    let number = |rect: &str, name: &str| -> f64 {
        let rest = &rect[rect.find(&format!(" {name}=\"")).unwrap() + name.len() + 3..];
        rest[..rest.find('%').unwrap()].parse().unwrap()
    };
    let mut at = 0.0;
    for rect in table.split("<rect").skip(1).filter(|rect| !rect.starts_with(" class=\"part sum\"")) {
        assert!((number(rect, "x") - at).abs() < 0.02, "{rect}");
        at += number(rect, "width");
    }
    assert!((at - 100.0).abs() < 0.1, "{at}");
}
