// One press of Back undoes one choice, or leads to the page before.
//
// Streamlit replaces the address when a person changes a field, so that Back would leave the page;
// then it pushes the same choices in another order, so that Back would need two presses; and when
// a person goes to another page, it pushes the former page without its choices in between. A link
// that is followed while a page begins lacks the store: after a reload, the page would show all.

(() => {
  if (window.inventoryHistory) return;
  window.inventoryHistory = true;
  const push = history.pushState.bind(history);
  const replace = history.replaceState.bind(history);
  const IN_BETWEEN = 2000; // milliseconds from a page without its choices to the next page
  let chosen = false; // a person has done something since the newest Back
  let before = { href: "", at: -Infinity };

  history.replaceState = (state, title, url) => {
    const isChoice = chosen && isSamePage(url) && !isSame(url);
    (isChoice ? push : replace)(state, title, url);
  };
  history.pushState = (state, title, url) => {
    if (!isSamePage(url)) {
      if (performance.now() - before.at < IN_BETWEEN) replace(history.state, "", before.href);
      push(state, title, withStore(url));
      return;
    }
    if (!isSame(url)) before = { href: location.href, at: performance.now() };
    replace(state, title, url);
  };
  for (const event of ["pointerdown", "keydown", "input"]) {
    addEventListener(event, () => (chosen = true), true);
  }
  addEventListener("popstate", () => (chosen = false), true);

  function withStore(url) {
    const next = new URL(url, location.href);
    const store = new URL(location.href).searchParams.get("store");
    const hasStore = next.searchParams.has("store") || next.pathname.endsWith("/pipeline");
    if (store && !hasStore) next.searchParams.set("store", store);
    return next.href;
  }

  function isSamePage(url) {
    return new URL(url, location.href).pathname === location.pathname;
  }

  function isSame(url) {
    return choices(new URL(url, location.href)) === choices(location);
  }

  function choices({ search }) {
    const sorted = new URLSearchParams(search);
    sorted.sort();
    return sorted.toString();
  }
})();
