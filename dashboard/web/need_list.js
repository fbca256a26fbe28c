// The list of needs. It keeps its rows where they are while a hand, a finger or the keyboard is on
// them: a new order then waits for a click. Every text is set as text, never as HTML.
const HELD_MILLISECONDS = 4000;

function element(tag, name, text) {
  const made = document.createElement(tag);
  if (name) made.className = name;
  if (text !== undefined) made.textContent = text;
  return made;
}

function makeRow(list, row) {
  const item = element("li", "row");
  const link = element("a", "product");
  link.append(element("span", "sign"), element("span", "name"), element("span", "reason"));
  const seen = element("button", "", "Seen");
  const later = element("button", "", "Later");
  seen.onclick = () => list.choose("seen", row.sku);
  later.onclick = () => list.choose("later", row.sku);
  item.append(link, seen, later);
  return item;
}

function fill(item, row) {
  const set = (name, text) => {
    const place = item.querySelector(name);
    if (place.textContent !== text) place.textContent = text;
  };
  set(".sign", `${row.sign} ${row.word}`);
  set(".name", row.name);
  set(".reason", row.reason);
  item.dataset.need = row.need;
  item.dataset.sku = row.sku;
  item.querySelector("a").href = row.address;
  const [seen, later] = item.querySelectorAll("button");
  seen.setAttribute("aria-label", `Seen: ${row.name}. Hide it until something changes`);
  later.setAttribute("aria-label", `Later: ${row.name}. Hide it for 4 hours`);
}

function draw(list) {
  const rows = new Map(list.rows.map((row) => [row.sku, row]));
  const shown = [...list.root.children].map((item) => item.dataset.sku);
  let order = list.rows.map((row) => row.sku);
  if (list.isHeld()) {
    // A row that is needed no more keeps its place, too: the hand would hit the next one.
    const kept = shown.filter((sku) => rows.has(sku) || !list.chosen.has(sku));
    order = [...kept, ...order.filter((sku) => !shown.includes(sku))];
  }
  const moved = order.filter((sku, place) => sku !== list.rows[place]?.sku).length;
  list.note.hidden = moved === 0;
  list.note.textContent = `${moved} rows have moved: sort again`;
  for (const item of [...list.root.children]) {
    if (!order.includes(item.dataset.sku)) item.remove();
  }
  const items = new Map([...list.root.children].map((item) => [item.dataset.sku, item]));
  order.forEach((sku, place) => {
    const row = rows.get(sku);
    const item = items.get(sku) ?? makeRow(list, row);
    item.classList.toggle("gone", !row);
    if (row) fill(item, row);
    if (list.root.children[place] !== item) {
      list.root.insertBefore(item, list.root.children[place] ?? null);
    }
  });
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".needs");
  const note = parentElement.querySelector(".moved");
  const list = root.list ?? { root, note, touchedAt: 0, chosen: new Set() };
  if (!root.list) {
    root.list = list;
    list.isHeld = () =>
      root.matches(":hover") || root.contains(root.getRootNode().activeElement) ||
      Date.now() - list.touchedAt < HELD_MILLISECONDS;
    const touched = () => { list.touchedAt = Date.now(); };
    for (const name of ["touchstart", "touchmove", "wheel"]) {
      root.addEventListener(name, touched, { passive: true });
    }
    window.addEventListener("scroll", touched, { passive: true, capture: true });
    list.note.onclick = () => {
      root.getRootNode().activeElement?.blur();
      const held = list.isHeld;
      list.isHeld = () => false;
      draw(list);
      list.isHeld = held;
    };
  }
  list.choose = (name, sku) => {
    list.chosen.add(sku);
    setTriggerValue(name, sku);
  };
  list.rows = data.rows;
  draw(list);
}
