// The data of the page, and words for figures. Nothing here writes markup: texts go in as textContent.

const data = JSON.parse(document.getElementById("data").textContent);

// As the report writes durations: 45s, 4m 30s, 45m, 1h 12m, 2.3d.
function duration(minutes) {
  const seconds = minutes * 60;
  const two = (amount, per, large, small) => {
    const whole = Math.floor(amount / per), rest = amount - whole * per;
    return rest === 0 ? `${whole}${large}` : `${whole}${large} ${rest}${small}`;
  };
  if (minutes < 0) return `-${duration(-minutes)}`;
  if (seconds === 0) return "0s";
  if (seconds < 1) return "<1s";
  if (seconds < 59.5) return `${Math.round(seconds)}s`;
  if (seconds < 595) return two(Math.round(seconds), 60, "m", "s");
  if (minutes < 59.5) return `${Math.round(minutes)}m`;
  if (minutes < 48 * 60 - 0.5) return two(Math.round(minutes), 60, "h", "m");
  return `${Math.round(minutes / 144) / 10}d`;
}

const whole = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, ",");

// What reorders, hides or controls text is shown as an escape.
function clean(text) {
  return text.replace(/[\p{Cc}\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`);
}

const all = (selector, root = document) => Array.from(root.querySelectorAll(selector));
