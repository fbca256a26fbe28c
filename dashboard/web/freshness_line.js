// Counts the age of the page from the server's newest stamp, by the browser's own clock.

(() => {
  if (window.drawFreshness) return;
  const LOST_AFTER = 4000; // milliseconds; the server sends a stamp every second
  const SLOW_AFTER = 8000; // of a server that answers: it may be busy
  const SLOW = "the dashboard is busy";
  const PROBE_AFTER = 2000; // so that the cause is known by then
  const ANSWER_WITHIN = 1200;
  const TICK = 250;
  const views = new WeakMap();

  window.drawFreshness = ({ data, parentElement }) => {
    let view = views.get(parentElement);
    if (!view) {
      view = { element: parentElement.querySelector(".inv-fresh"), cause: "" };
      views.set(parentElement, view);
    }
    if (data.stamp !== view.data?.stamp) {
      view.arrived = performance.now();
      view.lost = false;
      view.cause = "";
    }
    view.data = data;
    draw(view);
    clearInterval(view.timer);
    view.timer = setInterval(() => tick(view), TICK);
    return () => clearInterval(view.timer);
  };

  function tick(view) {
    const silence = performance.now() - view.arrived;
    view.lost = silence > (view.cause === SLOW ? SLOW_AFTER : LOST_AFTER);
    if (silence > PROBE_AFTER && !view.probing) probe(view);
    draw(view);
  }

  async function probe(view) {
    view.probing = true;
    const { stamp } = view.data;
    const cause = await reason();
    if (view.data.stamp === stamp) view.cause = cause;
    view.probing = false;
  }

  async function reason() {
    if (!navigator.onLine) return "this device is offline";
    try {
      const answer = await fetch(new URL("_stcore/health", location.href), {
        cache: "no-store",
        signal: AbortSignal.timeout(ANSWER_WITHIN),
      });
      return answer.ok ? SLOW : "the dashboard does not answer";
    } catch (error) {
      return error.name === "TimeoutError"
        ? "the dashboard does not answer"
        : "the dashboard has stopped, or the network is down";
    }
  }

  function draw({ element, data, lost, cause }) {
    document.documentElement.dataset.connection = lost ? "lost" : "kept";
    const text = lost
      ? `since ${clock(data)}${cause && `: ${cause}`}. These numbers are from then.`
      : data.text;
    set(element, "state", lost ? "lost" : data.state);
    element.style.setProperty("--tone", lost ? data.lost_tone : data.tone);
    element.setAttribute("role", lost ? "alert" : "status");
    element.setAttribute("aria-live", lost ? "assertive" : "off");
    write(element.querySelector("b"), lost ? "Connection lost" : data.heading);
    write(element.querySelector("span"), text);
  }

  function set(element, name, value) {
    if (element.dataset[name] !== value) element.dataset[name] = value;
  }

  function write(element, text) {
    if (element.textContent !== text) element.textContent = text;
  }

  function clock({ stamp, zone }) {
    const time = new Date(stamp);
    try {
      return `${time.toLocaleTimeString("en-GB", { timeZone: zone })} (${zone})`;
    } catch {
      return time.toLocaleTimeString("en-GB");
    }
  }
})();
