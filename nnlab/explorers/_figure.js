// The page's side of nnlab/explorers/_figure.py: a picture that changes without flicker, a note under it, a line of
// code to copy, and accessible names for the sliders of the explorer that it stands in.

function make(tag, className, parent) {
  const node = document.createElement(tag);
  node.className = className;
  parent.append(node);
  return node;
}

// ipywidgets' sliders have no accessible name, and say their position where they should say their value.
function nameControls(explorer) {
  for (const row of explorer.querySelectorAll(".widget-inline-hbox, .widget-toggle-buttons")) {
    const label = row.querySelector(".widget-label")?.textContent.trim();
    const value = row.querySelector(".widget-readout")?.textContent.trim();
    for (const part of row.querySelectorAll("[role=slider], .widget-readout[contenteditable]")) {
      const readout = part.classList.contains("widget-readout");
      set(part, "aria-label", readout && label ? `${label}, value` : label);
      if (part.getAttribute("role") === "slider") set(part, "aria-valuetext", value);
    }
    const buttons = row.querySelectorAll(".widget-toggle-button");
    if (buttons.length) {
      set(row, "role", "group");
      set(row, "aria-label", label);
      buttons.forEach((button) => set(button, "aria-pressed", String(button.classList.contains("mod-active"))));
    }
  }
}

function set(node, name, value) {
  if (value && node.getAttribute(name) !== value) node.setAttribute(name, value);
}

// The explorer's container is in the page only after this view was made.
function watchControls(el, observer) {
  const explorer = el.closest(".nnlab-explorer");
  if (!explorer) return false;
  explorer.setAttribute("data-lm-suppress-shortcuts", "true"); // arrow keys move sliders, not cells
  nameControls(explorer);
  observer.observe(explorer, {
    childList: true, subtree: true, characterData: true,
    attributes: true, attributeFilter: ["aria-valuenow", "aria-valuetext", "class"],
  });
  return true;
}

async function copy(text, code) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    getSelection().selectAllChildren(code); // no permission, or no https
    document.execCommand("copy");
  }
}

function render({ model, el }) {
  el.classList.add("nnlab-figure");
  let image = make("img", "", el);
  const note = make("div", "nnlab-note", el);
  note.setAttribute("role", "status");
  note.setAttribute("aria-live", "polite");
  const line = make("div", "nnlab-code", el);
  const code = make("code", "", line);
  const button = make("button", "", line);
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy the line of Python that gives this state");

  let busy = false, shown = null, url = null, closed = false;
  async function show() {
    if (busy) return;
    busy = true;
    while (!closed && shown !== model.get("frame")) {
      const frame = model.get("frame");
      const png = model.get("png");
      if (png && png.byteLength) {
        const next = new Image(model.get("width"), model.get("height"));
        const nextUrl = URL.createObjectURL(new Blob([png], { type: "image/png" }));
        next.src = nextUrl;
        next.alt = model.get("alt");
        await next.decode().catch(() => {});
        image.replaceWith(next); // decoded before it is shown: no flicker
        image = next;
        if (url) URL.revokeObjectURL(url);
        url = nextUrl;
      }
      shown = frame;
      requestAnimationFrame(() => model.send({ shown: frame }));
    }
    busy = false;
  }
  function text() {
    const banner = model.get("banner");
    const words = banner || model.get("status");
    if (note.textContent !== words) note.textContent = words;
    note.classList.toggle("nnlab-loud", Boolean(banner));
    code.textContent = model.get("code");
    line.style.display = model.get("code") ? "" : "none";
    image.alt = model.get("alt");
  }
  image.width = model.get("width");
  image.height = model.get("height");
  note.style.width = `${model.get("width")}px`;
  note.style.maxWidth = "100%";
  model.on("change:frame", show);
  model.on("change:banner change:status change:code change:alt", text);
  button.addEventListener("click", async () => {
    await copy(model.get("code"), code);
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  text();
  show();

  const observer = new MutationObserver(() => nameControls(el.closest(".nnlab-explorer") ?? el));
  (function wait(tries) {
    if (!closed && !watchControls(el, observer) && tries) requestAnimationFrame(() => wait(tries - 1));
  })(120);

  return () => {
    closed = true;
    observer.disconnect();
    model.off("change:frame", show);
    model.off("change:banner change:status change:code change:alt", text);
    if (url) URL.revokeObjectURL(url);
  };
}

export default { render };
