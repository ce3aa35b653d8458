"use strict";
(function () {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const at = (id) => document.getElementById(id);
  const about = read("about"), rows = read("data");
  const SHOWN = 200;
  const make = (name, text, kind) => {
    const element = document.createElement(name);
    if (text !== undefined) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };
  const link = (name, words) => {
    const anchor = make("a", words);
    // Each part of the path by itself: a name may hold # or %.
    anchor.href = name.split("/").map(encodeURIComponent).join("/");
    anchor.title = name;
    return anchor;
  };
  const option = (select, value, text) => {
    const choice = make("option", text);
    choice.value = value;
    select.append(choice);
  };

  at("title").textContent = document.title = about.title;
  at("summary").textContent = about.summary;
  about.links.forEach((name) => at("links").append(link(name, name)));
  const counts = about.states.map((state, index) => rows.filter((row) => row.s === index).length);
  about.states.forEach((state, index) => {
    if (counts[index] === 0) return;
    // The number leads to the rows that it counts.
    const tile = make("li"), show = make("button", state.name + " ", state.kind);
    show.type = "button";
    show.append(make("b", counts[index].toLocaleString("zh-CN")));
    show.addEventListener("click", () => {
      ["words", "year", "code"].forEach((name) => at(name).value = "");
      at("state").value = index;
      find();
      at("list").scrollIntoView();
    });
    tile.append(show);
    at("tiles").append(tile);
    option(at("state"), index, state.name);
  });
  [...new Set(rows.map((row) => row.y).filter((year) => year !== null))].sort().forEach((year) => option(at("year"), year, year));
  const codes = new Map();
  rows.forEach((row) => new Set(row.f.map((finding) => finding.c)).forEach((code) => codes.set(code, (codes.get(code) || 0) + 1)));
  [...codes].sort((one, other) => other[1] - one[1]).forEach(([code, count]) => {
    option(at("code"), code, (about.codes[code] || code) + "（" + count + "）");
  });

  const severities = [["bad", "错误"], ["look", "提示"], ["", "说明"]];
  function findings(row) {
    const cell = make("td");
    if (row.f.length === 0) return cell;
    const details = make("details"), list = make("ul");
    const said = severities.map(([, name], index) => [row.f.filter((finding) => finding.v === index).length, name]);
    details.append(make("summary", said.filter(([count]) => count > 0).map(([count, name]) => name + " " + count).join("，")));
    row.f.forEach((finding) => {
      const item = make("li");
      item.append(make("span", severities[finding.v][1] + " ", severities[finding.v][0]), finding.m);
      list.append(item);
    });
    if (row.r > 0) list.append(make("li", "另有" + row.r + "条，见 findings.jsonl"));
    details.append(list);
    cell.append(details);
    return cell;
  }
  function line(row) {
    const tr = make("tr"), name = make("th", row.a === null ? "（不知道单位）" : row.a), state = about.states[row.s];
    name.scope = "row";
    name.style.paddingLeft = (0.5 + row.d) + "em";
    const outputs = make("td", undefined, "outputs");
    row.o.forEach((output) => outputs.append(link(output, output.slice(output.lastIndexOf(".") + 1).toUpperCase())));
    tr.append(name, make("td", row.y === null ? "" : row.y), make("td", state.name, state.kind), findings(row), outputs, make("td", row.p));
    return tr;
  }

  let found = [], shown = 0;
  function more() {
    const part = document.createDocumentFragment();
    found.slice(shown, shown + SHOWN).forEach((row) => part.append(line(row)));
    at("rows").append(part);
    shown = Math.min(shown + SHOWN, found.length);
    at("more").hidden = shown >= found.length;
    at("count").textContent = "共" + rows.length + "行，符合条件" + found.length + "行，显示" + shown + "行";
  }
  function find() {
    const words = at("words").value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    const state = at("state").value, year = at("year").value, code = at("code").value;
    const text = (row) => [row.a, row.p, ...row.o, ...row.f.map((finding) => finding.m)].join("\n").toLowerCase();
    found = rows.filter((row) =>
      (state === "" || row.s === Number(state)) && (year === "" || String(row.y) === year) &&
      (code === "" || row.f.some((finding) => finding.c === code)) &&
      (words.length === 0 || words.every((word) => text(row).includes(word))));
    shown = 0;
    at("rows").replaceChildren();
    more();
  }
  at("filters").addEventListener("input", find);
  at("filters").addEventListener("submit", (event) => event.preventDefault());
  at("more").addEventListener("click", more);
  find();

  about.missing.forEach((name) => at("missing-list").append(make("li", name)));
  at("missing").hidden = about.missing.length === 0;
  about.charts.forEach((chart) => {
    const figure = make("div", undefined, "chart"), most = Math.max(...chart.bars.map((bar) => bar[1]), 0);
    const sum = chart.bars.reduce((all, bar) => all + bar[1], 0);
    figure.append(make("h3", chart.title));
    chart.bars.forEach(([name, value]) => {
      const bar = make("div", undefined, "bar"), right = make("div"), drawn = make("i");
      drawn.style.width = (most > 0 ? Math.max(value, 0) / most * 70 : 0) + "%";
      const share = chart.shares && sum > 0 ? "（" + (value / sum * 100).toFixed(1) + "%）" : "";
      right.append(drawn, make("span", value.toLocaleString("zh-CN") + share));
      bar.append(make("span", name), right);
      figure.append(bar);
    });
    at("charts").append(figure);
  });
  at("charts").hidden = about.charts.length === 0;
})();
