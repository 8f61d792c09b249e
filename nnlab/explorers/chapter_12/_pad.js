// The page's side of nnlab/explorers/chapter_12/pad.py. Ink is drawn here while the pointer moves; the drawing goes to Python one
// message at a time (the next only after the answer to the last, the latest wins), and the answer is shown as bars.

const SIDE = 112; // pixels that are sent; as in drawing.py
const PAPER = 300; // pixels of the page
const DENSE = 2; // pixels of the canvas for each of them
const PEN = 24; // width of the pen on the page: 9 of 112
const STEP = 10; // of an arrow key; with Shift 3

function make(tag, className, parent, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  parent.append(node);
  return node;
}

function percent(share, words) {
  if (share >= 0.995 && share < 0.999999) return words.over;
  if (share >= 0.005) return `${Math.round(100 * share)} %`;
  return words.under;
}

function render({ model, el }) {
  el.classList.add("nnlab-pad");
  const leave = care(el, ".nnlab-pad"); // arrow keys and Delete are the pen's, not the notebook's

  const words = model.get("words"); // in the learner's language
  const left = make("div", "", el);
  make("h4", "", left, words.title);
  const paper = make("div", "nnlab-paper", left);
  const ink = make("canvas", "nnlab-ink", paper);
  const invite = make("div", "nnlab-invite", paper, words.invite);
  const cursor = make("div", "nnlab-cursor", paper);
  ink.width = ink.height = PAPER * DENSE;
  ink.tabIndex = 0;
  ink.setAttribute("role", "application");
  ink.setAttribute("aria-roledescription", words.role);
  ink.setAttribute("aria-label", words.keys);
  const tools = make("div", "nnlab-tools", left);
  const clear = make("button", "", tools, words.clear);
  clear.type = "button";
  make("span", "", tools, words.short);

  const middle = make("div", "", el);
  make("h4", "", middle, words.sees);
  const seen = make("canvas", "nnlab-seen", middle);
  seen.width = seen.height = 28;
  seen.setAttribute("role", "img");
  seen.setAttribute("aria-label", words.seen);
  make("p", "nnlab-small", middle, words.scaled);

  const right = make("div", "", el);
  make("h4", "", right, words.says);
  const bars = make("div", "nnlab-bars", right);
  bars.setAttribute("role", "img");
  const rows = Array.from({ length: 10 }, (_, digit) => {
    const mark = make("span", "", bars);
    const name = make("span", "", bars, String(digit));
    const fill = make("div", "nnlab-fill", make("div", "nnlab-track", bars));
    return { mark, name, fill, share: make("span", "nnlab-share", bars) };
  });
  // The hidden layer, where there is one: two canvases, a color for each unit, with a line of words under each.
  const layer = ["hidden", "parts"].map((name) => {
    const home = make("div", "nnlab-layer", el);
    make("h4", "", home, words[name]);
    const canvas = make("canvas", "", home);
    canvas.setAttribute("role", "img");
    const line = make("p", "nnlab-line", home);
    make("p", "nnlab-small", home, words[`${name}Note`]);
    return { name, home, canvas, line };
  });
  const error = make("div", "nnlab-error", el);
  error.setAttribute("role", "alert");
  const spoken = make("div", "nnlab-hidden", el);
  spoken.setAttribute("aria-live", "polite");

  const pen = ink.getContext("2d", { willReadFrequently: true });
  const small = document.createElement("canvas");
  small.width = small.height = SIDE;
  const smallPen = small.getContext("2d", { willReadFrequently: true });
  smallPen.imageSmoothingQuality = "high";
  let empty = true;

  function wipe() {
    pen.fillStyle = "white";
    pen.fillRect(0, 0, ink.width, ink.height);
    empty = true;
    invite.style.display = "";
  }

  function stroke(from, to) {
    pen.strokeStyle = "black";
    pen.lineCap = pen.lineJoin = "round";
    // a soft edge: two passes, the wider one gray
    for (const [width, alpha] of [[PEN + 3, 0.35], [PEN - 1, 1]]) {
      pen.globalAlpha = alpha;
      pen.lineWidth = width * DENSE;
      pen.beginPath();
      pen.moveTo(from.x * DENSE, from.y * DENSE);
      pen.lineTo(to.x * DENSE + 0.01, to.y * DENSE);
      pen.stroke();
    }
    pen.globalAlpha = 1;
    empty = false;
    invite.style.display = "none";
  }

  // One message under way at a time; what was drawn meanwhile goes with the next.
  let number = 0, waiting = false, changed = false;
  function send() {
    changed = true;
    if (waiting) return;
    waiting = true;
    changed = false;
    smallPen.drawImage(ink, 0, 0, SIDE, SIDE);
    const rgba = smallPen.getImageData(0, 0, SIDE, SIDE).data;
    const gray = new Uint8Array(SIDE * SIDE);
    if (!empty) for (let i = 0; i < gray.length; i++) gray[i] = 255 - rgba[4 * i];
    number += 1;
    model.send({ drawing: number }, undefined, [gray.buffer]);
  }
  function answered() {
    if (model.get("answered") < number) return;
    waiting = false;
    if (changed) requestAnimationFrame(() => { if (changed && !waiting) send(); });
  }

  function drawnByPython() {
    const bytes = model.get("ink");
    wipe();
    if (!bytes || bytes.byteLength !== SIDE * SIDE) return;
    const gray = new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, SIDE * SIDE);
    const image = smallPen.createImageData(SIDE, SIDE);
    for (let i = 0; i < gray.length; i++) {
      image.data.fill(255 - gray[i], 4 * i, 4 * i + 3);
      image.data[4 * i + 3] = 255;
      if (gray[i]) empty = false;
    }
    smallPen.putImageData(image, 0, 0);
    pen.drawImage(small, 0, 0, ink.width, ink.height);
    invite.style.display = empty ? "" : "none";
  }

  function answer() {
    const p = model.get("bars");
    const best = p.length ? p.indexOf(Math.max(...p)) : -1;
    rows.forEach(({ mark, name, fill, share }, digit) => {
      mark.textContent = digit === best ? "▸" : "";
      share.textContent = p.length ? percent(p[digit], words) : "";
      fill.style.width = `${p.length ? 100 * p[digit] : 0}%`;
      for (const part of [mark, name, fill, share]) part.classList.toggle("nnlab-best", digit === best);
    });
    bars.setAttribute("aria-label", model.get("alt"));
    error.textContent = model.get("error");
    const see = seen.getContext("2d");
    see.fillStyle = "white";
    see.fillRect(0, 0, 28, 28);
    const bytes = model.get("seen");
    if (bytes && bytes.byteLength === 784) {
      const gray = new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, 784);
      const image = see.createImageData(28, 28);
      for (let i = 0; i < 784; i++) {
        image.data.fill(255 - gray[i], 4 * i, 4 * i + 3);
        image.data[4 * i + 3] = 255;
      }
      see.putImageData(image, 0, 0);
    }
  }
  function inside() {
    const told = model.get("inside");
    layer.forEach(({ name, home, canvas, line }, k) => {
      home.style.display = told.length ? "" : "none";
      line.textContent = told[k] ?? "";
      canvas.setAttribute("aria-label", line.textContent);
      const bytes = model.get(name);
      if (!bytes || !bytes.byteLength) {
        canvas.getContext("2d").clearRect(0, 0, canvas.width, canvas.height);
        return;
      }
      const rgb = new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength);
      const columns = told[2], rows = rgb.length / 3 / columns;
      if (canvas.width !== columns || canvas.height !== rows) {
        canvas.width = columns;
        canvas.height = rows;
      }
      const pen = canvas.getContext("2d"), image = pen.createImageData(columns, rows);
      for (let i = 0; i < columns * rows; i++) {
        image.data.set(rgb.subarray(3 * i, 3 * i + 3), 4 * i);
        image.data[4 * i + 3] = 255;
      }
      pen.putImageData(image, 0, 0);
    });
  }
  // Said only when the pen rests, or a screen reader would never end.
  let speaking = 0;
  function speak() {
    clearTimeout(speaking);
    speaking = setTimeout(() => { spoken.textContent = model.get("alt"); }, 500);
  }

  // Pointer: mouse, pen, touch.
  let last = null;
  const place = (event) => {
    const box = ink.getBoundingClientRect();
    return { x: (event.clientX - box.left) * PAPER / box.width, y: (event.clientY - box.top) * PAPER / box.height };
  };
  ink.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    ink.setPointerCapture(event.pointerId);
    cursor.style.display = "none";
    last = place(event);
    stroke(last, last);
    send();
  });
  ink.addEventListener("pointermove", (event) => {
    if (!last) return;
    for (const part of event.getCoalescedEvents?.() ?? [event]) {
      const next = place(part);
      stroke(last, next);
      last = next;
    }
    send();
  });
  const lift = () => { if (last) { last = null; send(); } };
  ink.addEventListener("pointerup", lift);
  ink.addEventListener("pointercancel", lift);

  // Keyboard: a cursor that shows only while keys are used.
  const at = { x: PAPER / 2, y: PAPER / 4 };
  let down = false;
  function showCursor() {
    cursor.style.display = "block";
    cursor.style.left = `${at.x}px`;
    cursor.style.top = `${at.y}px`;
    cursor.classList.toggle("nnlab-down", down);
  }
  function erase() {
    wipe();
    down = false;
    cursor.classList.remove("nnlab-down");
    send();
  }
  const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  ink.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) {
      const from = { ...at };
      const step = event.shiftKey ? 3 : STEP;
      at.x = Math.min(PAPER - 6, Math.max(6, at.x + moves[event.key][0] * step));
      at.y = Math.min(PAPER - 6, Math.max(6, at.y + moves[event.key][1] * step));
      if (down) { stroke(from, at); send(); }
    } else if (event.key === " ") {
      down = !down;
      if (down) { stroke(at, at); send(); }
    } else if (event.key === "Delete" || event.key === "Backspace") {
      erase();
    } else {
      return;
    }
    showCursor();
    event.preventDefault();
    event.stopPropagation();
  });
  ink.addEventListener("blur", () => { cursor.style.display = "none"; down = false; });
  clear.addEventListener("click", () => { erase(); ink.focus(); });

  const answers = "change:bars change:seen change:alt change:error";
  model.on("change:ink_number", drawnByPython);
  model.on("change:answered", answered);
  const insides = "change:hidden change:parts change:inside";
  model.on(answers, answer);
  model.on(insides, inside);
  model.on("change:alt", speak);
  number = model.get("answered");
  drawnByPython();
  answer();
  inside();

  return () => {
    leave();
    clearTimeout(speaking);
    model.off("change:ink_number", drawnByPython);
    model.off("change:answered", answered);
    model.off(answers, answer);
    model.off(insides, inside);
    model.off("change:alt", speak);
  };
}

export default { render };
