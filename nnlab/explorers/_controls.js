// The page's side of controls, wherever they stand: accessible names, and which keys are theirs. Joined in front of the
// modules that call `care`.

// ipywidgets' sliders have no accessible name, and say their position where they should say their value.
function nameControls(home, words) {
  for (const icon of home.querySelectorAll("button i")) setAttribute(icon, "aria-hidden", "true"); // a letter of no name
  for (const icon of home.querySelectorAll(".widget-play i")) { // its buttons have icons only
    const action = ["play", "pause", "stop", "retweet"].find((name) => icon.classList.contains(`fa-${name}`));
    setAttribute(icon.parentElement, "aria-label", words?.[action]);
  }
  for (const row of home.querySelectorAll(".widget-inline-hbox, .widget-radio, .widget-toggle-buttons")) {
    const label = row.querySelector(".widget-label")?.textContent.trim();
    const value = row.querySelector(".widget-readout")?.textContent.trim();
    for (const part of row.querySelectorAll("[role=slider], .widget-readout[contenteditable]")) {
      const readout = part.classList.contains("widget-readout");
      setAttribute(part, "aria-label", readout && label ? `${label}, value` : label);
      if (part.getAttribute("role") === "slider") setAttribute(part, "aria-valuetext", value);
    }
    if (row.classList.contains("widget-radio")) {
      setAttribute(row, "role", "radiogroup");
      setAttribute(row, "aria-label", label);
    }
    const buttons = row.querySelectorAll(".widget-toggle-button");
    if (buttons.length) {
      setAttribute(row, "role", "group");
      setAttribute(row, "aria-label", label);
      buttons.forEach((button) => {
        setAttribute(button, "aria-pressed", String(button.classList.contains("mod-active")));
      });
    }
  }
  // A tooltip says which one it is where several are labelled alike.
  for (const node of home.querySelectorAll("input[title], button[title]")) setAttribute(node, "aria-label", node.title);
  for (const row of home.querySelectorAll(".nnlab-presets")) {
    setAttribute(row, "role", "group");
    setAttribute(row, "aria-label", row.querySelector(".widget-label")?.textContent.trim());
  }
  for (const answer of home.querySelectorAll(".nnlab-said")) setAttribute(answer, "role", "status");
}

function setAttribute(node, name, value) {
  if (value && node.getAttribute(name) !== value) node.setAttribute(name, value);
}

// Keys that turn the slides of a lecture, as nnlab/commands/lecture.py has them.
const TURNS = ["PageUp", "PageDown", "Escape", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", " ", "r"];

// Whether such a key belongs to the control that has the focus.
function takes(target, key) {
  if (target.closest("textarea, [contenteditable=true], input:not([type=radio], [type=checkbox])")) return true;
  if (["PageUp", "PageDown", "Escape"].includes(key)) return false;
  if (target.closest("[role=slider], [role=application], select")) return true;
  return key === " " && Boolean(target.closest("button, input"));
}

// Names the controls in the nearest element around `el` that fits, now and whenever they change. Returns what ends that.
// `words` are those of buttons without any, by what they do.
function care(el, around, words) {
  let home = null, closed = false;
  const observer = new MutationObserver(() => nameControls(home, words));
  // JupyterLab looks for this attribute on the way up from the focus, and its own keys begin there: "dd" deletes a cell.
  const leaveKeys = (event) => event.target.setAttribute("data-lm-suppress-shortcuts", "true");
  // A presenter's remote turns the slides also after a click on an explorer: its keys go to the slide instead.
  function onKey(event) { // at the window: before the controls, which would take them
    if (!home?.contains(event.target) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (!TURNS.includes(event.key) || takes(event.target, event.key)) return;
    const slide = home.closest(".jp-Deck .jp-Cell");
    if (!slide) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    slide.focus({ preventScroll: true });
    slide.dispatchEvent(new KeyboardEvent("keydown", event));
  }
  (function find(tries) { // the home is in the page only after this view was made
    if (closed) return;
    home = el.closest(around);
    if (!home) return tries ? requestAnimationFrame(() => find(tries - 1)) : undefined;
    home.addEventListener("focusin", leaveKeys);
    nameControls(home, words);
    observer.observe(home, {
      childList: true, subtree: true, characterData: true,
      attributes: true, attributeFilter: ["aria-valuenow", "aria-valuetext", "class"],
    });
    window.addEventListener("keydown", onKey, true);
  })(120);
  return () => {
    closed = true;
    observer.disconnect();
    home?.removeEventListener("focusin", leaveKeys);
    window.removeEventListener("keydown", onKey, true);
  };
}
