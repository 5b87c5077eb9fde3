"use strict";
(() => {
  const ROW = 22, SPARE = 8, SPEEDS = [0.5, 1, 2, 4, 10, 30];
  const root = document.documentElement;
  const at = (id) => document.getElementById(id);
  const made = (tag, name, text) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    if (text !== undefined) element.textContent = text;
    return element;
  };

  // -- light and dark

  const dark = () => (root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches
    ? "dark" : "light")) === "dark";
  const nameTheme = () => { at("theme").textContent = dark() ? "Light" : "Dark"; };
  root.classList.add("script");
  nameTheme();
  at("theme").addEventListener("click", () => {
    root.dataset.theme = dark() ? "light" : "dark";
    nameTheme();
  });

  // -- data: columns at once, the events themselves by the hundred when they are looked at

  async function unpacked(element) {
    const bytes = Uint8Array.from(atob(element.textContent.trim()), (c) => c.charCodeAt(0));
    const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Response(plain).json();
  }
  const chunks = new Map();
  let size = 1;
  function chunk(number) {
    if (!chunks.has(number)) {
      const entry = { rows: null };
      entry.ready = unpacked(at("chunk-" + number)).then((rows) => { entry.rows = rows; });
      chunks.set(number, entry);
    }
    return chunks.get(number);
  }
  const held = (entry) => {
    const found = chunk(Math.floor(entry / size));
    return found.rows ? found.rows[entry % size] : null;
  };

  const seconds = (value) => value < 0.0995 ? (value * 1000).toFixed(0) + " ms"
    : value < 9.95 ? value.toFixed(value < 1 ? 2 : 1) + " s"
    : value < 59.5 ? value.toFixed(0) + " s"
    : Math.floor(value / 60) + " m " + String(Math.round(value) % 60).padStart(2, "0") + " s";
  const bytes = (value) => value < 1000 ? value + " B"
    : value < 1e6 ? (value / 1e3).toFixed(value < 1e4 ? 1 : 0) + " kB" : (value / 1e6).toFixed(1) + " MB";

  function start(data) {
    size = data.chunk;
    const count = data.kind.length;
    const times = new Float64Array(count);
    let total = 0;
    for (let entry = 0; entry < count; entry += 1) {
      total += data.timed ? data.step[entry] / 1e4 : 0.04;
      times[entry] = total;
    }
    const end = total || 1;
    const list = events(data, times, (entry) => player.seek(times[entry], entry));
    const player = replay(data, times, end, list);
    document.addEventListener("keydown", (event) => keys(event, player));
  }

  // -- the replay: texts cut off where they stood at a moment

  function replay(data, times, end, list) {
    const texts = [], lengths = new Array(data.parts.length).fill(0), wanted = lengths.slice();
    const steps = data.steps.length / 3;
    let built = false, playing = false, now = end, applied = 0, last = 0, speed = 1, entry = -1;

    function build() {
      built = true;
      let turn = 0;
      for (const part of data.parts) {
        if (part.turn !== turn && data.turns > 1) {
          at("stage").append(made("div", "turn-head", "turn " + part.turn + " of " + data.turns));
        }
        turn = part.turn;
        const box = made("div", "part " + part.kind), title = made("div", "title");
        title.append(made("b", "", part.title));
        if (part.name) title.append(made("code", "", part.name));
        const said = made("pre", "said"), text = document.createTextNode("");
        said.append(text);
        box.append(title, said);
        box.hidden = true;
        at("stage").append(box);
        texts.push([text, box]);
      }
    }
    function show(replaying) {
      if (replaying && !built) build();
      at("stage").hidden = !replaying;
      at("conversation").hidden = replaying;
      at("view-final").setAttribute("aria-pressed", String(!replaying));
      at("view-replay").setAttribute("aria-pressed", String(replaying));
    }
    const through = (time) => {
      let low = 0, high = times.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (times[middle] <= time) low = middle + 1; else high = middle;
      }
      return low - 1;
    };
    function apply(upTo) {
      if (upTo < entry) {
        applied = 0;
        wanted.fill(0);
      }
      entry = upTo;
      for (; applied < steps && data.steps[applied * 3] <= upTo; applied += 1) {
        wanted[data.steps[applied * 3 + 1]] = data.steps[applied * 3 + 2];
      }
      if (!built) return;
      const stage = at("stage");
      const atEnd = stage.scrollHeight - stage.scrollTop - stage.clientHeight < 40;
      for (let part = 0; part < wanted.length; part += 1) {
        if (wanted[part] === lengths[part]) continue;
        const [text, box] = texts[part], whole = data.parts[part].text;
        if (wanted[part] > lengths[part]) text.appendData(whole.slice(lengths[part], wanted[part]));
        else text.data = whole.slice(0, wanted[part]);
        box.hidden = wanted[part] === 0;
        lengths[part] = wanted[part];
      }
      if (atEnd) stage.scrollTop = stage.scrollHeight;
    }
    function draw() {
      const events = entry < 0 ? 0 : data.number[entry];
      at("clock").textContent = (data.timed ? seconds(now) + " / " + seconds(end) + " · " : "")
        + "event " + events + " of " + data.events;
      at("seek").value = String(Math.round(now / end * 1000));
      at("seek").setAttribute("aria-valuetext", at("clock").textContent);
      const head = document.querySelector(".strip .head");
      if (head) {
        const x = String(Math.min(now / end, 1) * 1000);
        head.setAttribute("x1", x);
        head.setAttribute("x2", x);
      }
    }
    function seek(time, exact) {
      now = Math.max(0, Math.min(time, end));
      show(true);
      apply(exact === undefined ? through(now) : exact);
      list.follow(entry);
      draw();
    }
    function silence() {
      const next = times[entry + 1];
      return at("skip").checked && next !== undefined && next - now > 1.5 ? next - 0.5 : now;
    }
    function tick(stamp) {
      if (!playing) return;
      now = Math.min(silence() + Math.min(stamp - last, 250) / 1000 * speed, end);
      last = stamp;
      apply(through(now));
      list.follow(entry);
      draw();
      if (now >= end) pause(); else requestAnimationFrame(tick);
    }
    function pause() {
      playing = false;
      at("play").textContent = "Play";
    }
    function play() {
      if (now >= end) seek(0);
      playing = true;
      show(true);
      document.querySelector(".time").scrollIntoView({ block: "start" });
      at("play").textContent = "Pause";
      last = performance.now();
      requestAnimationFrame(tick);
    }
    const toggle = () => (playing ? pause() : play());
    function faster(by) {
      const index = SPEEDS.indexOf(speed) + by;
      if (index >= 0 && index < SPEEDS.length) {
        speed = SPEEDS[index];
        at("speed").value = String(speed);
      }
    }
    at("play").addEventListener("click", toggle);
    at("seek").addEventListener("input", () => seek(at("seek").value / 1000 * end));
    at("speed").addEventListener("change", () => { speed = Number(at("speed").value); });
    at("view-final").addEventListener("click", () => { pause(); show(false); });
    at("view-replay").addEventListener("click", () => show(true));
    const strip = document.querySelector(".strip svg");
    if (strip) {
      strip.addEventListener("pointerdown", (event) => {
        const box = strip.getBoundingClientRect();
        const move = (to) => seek((to.clientX - box.left) / box.width * end);
        strip.setPointerCapture(event.pointerId);
        strip.addEventListener("pointermove", move);
        strip.addEventListener("pointerup", () => strip.removeEventListener("pointermove", move),
          { once: true });
        move(event);
      });
    }
    apply(times.length - 1);
    draw();
    const step = (by) => {
      pause();
      const to = Math.max(0, Math.min(entry + by, times.length - 1));
      seek(times[to], to);
    };
    return { seek, toggle, faster, step, by: (s) => seek(now + s), tenth: (n) => seek(end * n / 10) };
  }

  function keys(event, player) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|SELECT|TEXTAREA|BUTTON|SUMMARY|A)$/.test(event.target.tagName)) return;
    const inList = at("list").contains(event.target);
    const known = {
      " ": player.toggle, ".": () => player.step(1), ",": () => player.step(-1),
      ArrowRight: () => player.by(5), ArrowLeft: () => player.by(-5),
      "+": () => player.faster(1), "-": () => player.faster(-1), "/": () => at("types").focus(),
    };
    const act = /^[0-9]$/.test(event.key) ? () => player.tenth(Number(event.key)) : known[event.key];
    if (!act || (inList && event.key === " ")) return;
    event.preventDefault();
    act();
  }

  // -- the events: only the rows that can be seen are there

  function events(data, times, chosen) {
    const box = at("list"), grid = made("div", "grid");
    grid.setAttribute("role", "grid");
    grid.setAttribute("aria-label", "events");
    box.append(grid);
    let shown = null, selected = -1, search = 0;  // null: all of them
    const length = () => (shown ? shown.length : data.kind.length);
    const entryOf = (place) => (shown ? shown[place] : place);
    const placeOf = (entry) => {
      if (!shown) return entry;
      let low = 0, high = shown.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (shown[middle] < entry) low = middle + 1; else high = middle;
      }
      return low;
    };

    /* What has no number stands after an event: 120+1. Requests, heads and ends do not. */
    const unnumbered = (entry) =>
      !data.event[entry] && ["comment", "foreign", "empty"].includes(data.names[data.kind[entry]]);

    function numberOf(entry) {
      if (data.event[entry]) return String(data.number[entry]);
      if (!unnumbered(entry)) return "";
      let count = 0;
      for (let each = entry; each >= 0 && !data.event[each]; each--) count += unnumbered(each);
      return data.number[entry] + "+" + count;
    }

    function row(place) {
      const entry = entryOf(place), name = data.names[data.kind[entry]];
      const gap = entry ? times[entry] - times[entry - 1] : 0;
      const line = made("div", "row" + (data.timed && gap >= 2 ? " late" : ""));
      line.setAttribute("role", "row");
      line.setAttribute("aria-rowindex", String(place + 1));
      line.setAttribute("aria-selected", String(entry === selected));
      const row = held(entry), wrong = data.event[entry] && data.wrong[data.number[entry]];
      const cells = [
        ["num quiet", numberOf(entry)],
        ["num", data.timed ? times[entry].toFixed(3) : ""],
        ["num quiet gap", data.timed ? "+" + gap.toFixed(3) : ""],
        ["family " + data.families[data.kind[entry]], data.letters[data.kind[entry]]],
        ["", name.replace(/^response\./, "")],
        ["num quiet size", bytes(data.size[entry])],
        ["gist quiet", row ? row[0] : "…"],
      ];
      for (const [style, text] of cells) {
        const cell = made("span", style, text);
        cell.setAttribute("role", "gridcell");
        line.append(cell);
      }
      if (wrong) line.children[4].prepend(made("span", "flag " + wrong, "⚑ "));
      line.style.top = place * ROW + "px";
      line.addEventListener("click", () => { choose(entry); chosen(entry); });
      return line;
    }
    let waiting = false;
    function draw() {
      waiting = false;
      grid.style.height = length() * ROW + "px";
      const first = Math.max(0, Math.floor(box.scrollTop / ROW) - SPARE);
      const last = Math.min(length(), first + Math.ceil(box.clientHeight / ROW) + 2 * SPARE);
      const rows = [], missing = new Set();
      for (let place = first; place < last; place += 1) {
        if (!held(entryOf(place))) missing.add(Math.floor(entryOf(place) / size));
        rows.push(row(place));
      }
      grid.replaceChildren(...rows);
      for (const number of missing) chunk(number).ready.then(later);
    }
    function later() {
      if (!waiting) {
        waiting = true;
        requestAnimationFrame(draw);
      }
    }
    function bring(place) {
      const top = place * ROW;
      if (top < box.scrollTop) box.scrollTop = top;
      else if (top + ROW > box.scrollTop + box.clientHeight) {
        box.scrollTop = top + ROW - box.clientHeight;
      }
    }
    async function choose(entry) {
      selected = entry;
      bring(placeOf(entry));
      later();
      await chunk(Math.floor(entry / size)).ready;
      if (selected !== entry) return;
      at("detail").hidden = false;
      at("detail").firstElementChild.textContent = pretty(held(entry)[1]);
    }
    function follow(entry) {
      if (entry < 0 || entry === selected) return;
      selected = entry;
      at("detail").hidden = true;
      bring(Math.min(placeOf(entry), length() - 1));
      later();
    }
    async function filter() {
      const words = at("types").value.toLowerCase().split(/\s+/).filter(Boolean);
      const text = at("text").value.toLowerCase();
      const fits = data.names.map((name) => words.every((word) =>
        word.startsWith("!") ? !name.includes(word.slice(1)) : name.includes(word)));
      const mine = search += 1;
      if (!words.length && !text) shown = null;
      else {
        const found = [];
        for (let entry = 0; entry < data.kind.length; entry += 1) {
          if (!fits[data.kind[entry]]) continue;
          if (text) {
            const part = chunk(Math.floor(entry / size));
            if (!part.rows) await part.ready;
            if (mine !== search) return;
            if (!part.rows[entry % size][1].toLowerCase().includes(text)) continue;
          }
          found.push(entry);
        }
        shown = found;
      }
      at("count").textContent = length().toLocaleString("en") + " of "
        + data.kind.length.toLocaleString("en");
      box.scrollTop = 0;
      later();
    }
    let soon = 0;
    const soonFilter = () => { clearTimeout(soon); soon = setTimeout(filter, 150); };
    at("types").addEventListener("input", soonFilter);
    at("text").addEventListener("input", soonFilter);
    box.addEventListener("scroll", later, { passive: true });
    addEventListener("resize", later);
    box.addEventListener("keydown", (event) => {
      const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -1e9, End: 1e9 };
      if (!(event.key in steps)) return;
      event.preventDefault();
      event.stopPropagation();
      const from = selected < 0 ? -1 : placeOf(selected);
      const place = Math.max(0, Math.min(from + steps[event.key], length() - 1));
      if (length()) choose(entryOf(place));
    });
    filter();
    return { follow };
  }

  // Blanks between the tokens and nothing else: what stands there is what was sent.
  function pretty(text) {
    if (!/^\s*[{[]/.test(text)) return text;
    let depth = 0;
    const line = () => "\n" + "  ".repeat(depth);
    return text.replace(/"(?:[^"\\]|\\.)*"|[{}[\],:]|\s+/g, (token) => {
      if (token[0] === '"') return token;
      if (token === "{" || token === "[") { depth += 1; return token + line(); }
      if (token === "}" || token === "]") { depth -= 1; return line() + token; }
      if (token === ",") return token + line();
      return token === ":" ? ": " : "";
    }).replace(/([{[])\s+([}\]])/g, "$1$2");
  }

  if ("DecompressionStream" in window) unpacked(at("data")).then(start);
  else {
    root.classList.remove("script");
    at("old").hidden = false;
  }
})();
