// The page's side of nnlab/explorers/_page.py: nothing to be seen, but the controls around it have names and keys.

function render({ el }) {
  el.style.display = "none";
  return care(el, ".nnlab-prediction, .nnlab-recall");
}

export default { render };
