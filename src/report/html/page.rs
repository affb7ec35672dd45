//! The page around the reports: head, styles, scripts, data, and a policy that lets nothing else in.
//!
//! In: a title, a body and data. Out: one file that needs nothing from anywhere. The policy names the digests of our
//! one style sheet and our scripts, so that even markup that slipped in could not run.

use super::markup::Html;
use sha2::{Digest, Sha256};

const STYLE: &str = include_str!("../assets/report.css");
const SCRIPT: &str = concat!(
    "(() => {\n\"use strict\";\n",
    include_str!("../assets/data.js"),
    include_str!("../assets/theme.js"),
    include_str!("../assets/theatre.js"),
    include_str!("../assets/members.js"),
    include_str!("../assets/map.js"),
    include_str!("../assets/frontier.js"),
    include_str!("../assets/start.js"),
    "})();\n"
);

/// A whole page. `data` is JSON that `embed` made.
pub(super) fn page(title: &str, body: Html, data: &str) -> String {
    let mut html = Html::default();
    html.trusted("<!doctype html>\n").open("html", &[("lang", "en")]).open("head", &[]);
    html.open("meta", &[("charset", "utf-8")])
        .open("meta", &[("name", "viewport"), ("content", "width=device-width, initial-scale=1")]);
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        digest(STYLE),
        digest(SCRIPT)
    );
    html.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)]);
    html.open("meta", &[("name", "color-scheme"), ("content", "light dark")])
        .open("meta", &[("name", "generator"), ("content", concat!("foreshock ", env!("CARGO_PKG_VERSION")))]);
    html.element("title", &[], title).open("style", &[]).trusted(STYLE).close().close();
    html.open("body", &[]);
    super::map::patterns(&mut html);
    html.trusted(&body.finish());
    html.open("script", &[("type", "application/json"), ("id", "data")]).trusted(data).close();
    html.open("script", &[]).trusted(SCRIPT).close();
    html.finish() + "\n"
}

/// SHA-256 in base64, as the policy wants it.
fn digest(text: &str) -> String {
    base64(&Sha256::digest(text.as_bytes()))
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let group = chunk.iter().fold(0_u32, |sum, &b| sum << 8 | u32::from(b)) << (8 * (3 - chunk.len()));
        for i in 0..4 {
            let letter = LETTERS[(group >> (18 - 6 * i) & 63) as usize];
            out.push(if i <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_in_its_specification() {
        for (bytes, text) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
