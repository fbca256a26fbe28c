// A scan replaces what a field for codes has. A scanner types the code, then Enter, and the field
// keeps the focus: without this, the next code would be added to the one before.

(() => {
  if (window.inventoryScans) return;
  window.inventoryScans = true;
  const FIELDS = ".st-key-sku input, .st-key-find input";
  const select = ({ target }) => {
    if (target.matches?.(FIELDS)) setTimeout(() => target.select());
  };
  addEventListener("focusin", select);
  addEventListener("keydown", (event) => event.key === "Enter" && select(event), true);
})();
