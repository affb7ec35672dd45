//! A chart with two logarithmic axes, as SVG that reads on light and dark pages.

use std::fmt::Write as _;

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 170.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 48.0;
/// Blue, orange and grey that differ in lightness, too, and dashes for whoever sees no colours.
const STYLES: [(&str, &str); 3] = [("#1f6feb", ""), ("#c2410c", "6 3"), ("#6b7280", "2 3")];

/// Named points.
pub(crate) struct Line {
    name: &'static str,
    pub(crate) points: Vec<(f64, f64)>,
}

impl Line {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, points: Vec::new() }
    }
}

/// What is drawn.
pub(crate) struct Chart<'a> {
    pub(crate) title: &'a str,
    pub(crate) across: &'a str,
    pub(crate) up: &'a str,
    pub(crate) lines: &'a [Line],
}

/// From the decade below the least to the decade above the greatest value.
struct Axis {
    low: i32,
    high: i32,
    from: f64,
    to: f64,
}

impl Axis {
    #[expect(clippy::cast_possible_truncation, reason = "a few decades")]
    fn over(values: impl Iterator<Item = f64> + Clone, from: f64, to: f64) -> Self {
        let low = libm::log10(values.clone().fold(f64::MAX, f64::min)).floor() as i32;
        let high = libm::log10(values.fold(f64::MIN, f64::max)).ceil() as i32;
        Self { low, high: high.max(low + 1), from, to }
    }

    fn place(&self, value: f64) -> f64 {
        let part = (libm::log10(value) - f64::from(self.low)) / f64::from(self.high - self.low);
        self.from + part * (self.to - self.from)
    }

    fn decades(&self) -> impl Iterator<Item = f64> + '_ {
        (self.low..=self.high).map(|power| libm::pow(10.0, f64::from(power)))
    }
}

impl Chart<'_> {
    pub(crate) fn svg(&self) -> String {
        let all = self.lines.iter().flat_map(|line| line.points.iter().copied());
        let across = Axis::over(all.clone().map(|p| p.0), LEFT, WIDTH - RIGHT);
        let up = Axis::over(all.map(|p| p.1), HEIGHT - BOTTOM, TOP);
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n<text x=\"{LEFT}\" y=\"22\" font-size=\"15\">{}</text>\n",
            self.title, self.title
        );
        self.grid(&mut out, &across, &up);
        for (line, (colour, dashes)) in self.lines.iter().zip(STYLES) {
            let points: Vec<String> =
                line.points.iter().map(|&(x, y)| format!("{:.1},{:.1}", across.place(x), up.place(y))).collect();
            let _ = writeln!(
                out,
                "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" stroke-dasharray=\"{dashes}\"/>",
                points.join(" ")
            );
            for point in &points {
                let (x, y) = point.split_once(',').unwrap_or_default();
                let _ = writeln!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"3\" fill=\"{colour}\"/>");
            }
            if let Some(&(_, y)) = line.points.last() {
                let (x, y) = (WIDTH - RIGHT + 10.0, up.place(y) + 4.0);
                let _ = writeln!(out, "<text x=\"{x}\" y=\"{y:.1}\" fill=\"{colour}\">{}</text>", line.name);
            }
        }
        out + "</svg>\n"
    }

    fn grid(&self, out: &mut String, across: &Axis, up: &Axis) {
        for value in across.decades() {
            let x = across.place(value);
            let _ = writeln!(
                out,
                "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{TOP}\" y2=\"{}\" stroke=\"#e5e7eb\"/><text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{}</text>",
                HEIGHT - BOTTOM,
                HEIGHT - BOTTOM + 16.0,
                short(value)
            );
        }
        for value in up.decades() {
            let y = up.place(value);
            let _ = writeln!(
                out,
                "<line x1=\"{LEFT}\" x2=\"{}\" y1=\"{y:.1}\" y2=\"{y:.1}\" stroke=\"#e5e7eb\"/><text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
                WIDTH - RIGHT,
                LEFT - 6.0,
                y + 4.0,
                short(value)
            );
        }
        let (x, y) = ((LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 10.0);
        let _ = writeln!(out, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{}</text>", self.across);
        let _ = writeln!(
            out,
            "<text transform=\"translate(14 {}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            f64::midpoint(TOP, HEIGHT - BOTTOM),
            self.up
        );
    }
}

/// `1,000,000` as `1M`.
fn short(value: f64) -> String {
    if value >= 1e6 {
        format!("{}M", value / 1e6)
    } else if value >= 1e3 {
        format!("{}k", value / 1e3)
    } else {
        format!("{value}")
    }
}
