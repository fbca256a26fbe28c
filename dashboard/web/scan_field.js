// A scan replaces what a field for codes has. A scanner types the code, then Enter, and the field
// keeps the focus: without this, the next code would be added to the one before.

(() => {
  if (window.inventoryScans) return;
  window.inventoryScans = true;
  const FIELDS = ".st-key-sku input, .st-key-find input";
  let entered = null;
  // At once, not by a timer: the next character may be typed before it has run.
  const select = (target) => target.matches?.(FIELDS) && target.select();
  addEventListener("focusin", ({ target }) => select((entered = target)));
  addEventListener("click", ({ target }) => {
    // The press that gives the focus sets the cursor after it, and so drops the selection.
    if (target === entered) select(target);
    entered = null;
  });
  addEventListener("keydown", ({ key, target }) => key === "Enter" && select(target), true);
})();
