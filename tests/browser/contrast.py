"""Text that stands out too little from what it stands on, as the browser has computed both."""

from playwright.sync_api import Page

LEAST = 4.5
"""WCAG 2.1, 1.4.3: text of the usual size."""

_FAINT_TEXTS = """
(least) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([red, green, blue]) => {
    const linear = (value) => (value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgba(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const text = [...element.childNodes].filter((node) => node.nodeType === 3).map((node) => node.data.trim()).join("");
    const read = !element.closest("script, style, svg, [aria-hidden=true], noscript") && element.checkVisibility();
    if (!text || !read) continue;
    const pair = [luminance(rgba(getComputedStyle(element).color)), luminance(ground(element))].sort((a, b) => a - b);
    const ratio = (pair[1] + 0.05) / (pair[0] + 0.05);
    if (ratio < least) found.push(`${ratio.toFixed(2)}: ${text.slice(0, 60)}`);
  }
  return found;
}
"""


def faint_texts(page: Page, least: float = LEAST) -> list[str]:
    """Visible texts with a lower contrast, each with its ratio."""
    found: list[str] = page.evaluate(_FAINT_TEXTS, least)
    return found
