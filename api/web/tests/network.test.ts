import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  addressOf, chosen, isView, passOn, samePage, sameView, startingAt, viewOf, withChosen, withoutLastStep, withStep,
} from "../src/network/address";
import { amountText } from "../src/network/amount";
import { pressed, type Commands } from "../src/network/keys";
import { placeNames, type Spot } from "../src/network/names";
import { orderOf, type Ranked } from "../src/network/order";
import { packed } from "../src/network/pack";
import { replaceParts } from "../src/network/parts";
import type { Box } from "../src/network/taken";
import { leaveOneFinger } from "../src/network/touch";
import { enableYears } from "../src/network/years";
import { radiusOf, Walker, type ViewData, type ViewNode } from "../src/network/view";
import shared from "./names.json";

function node(key: string, x: number, y: number, more: Partial<ViewNode> = {}): ViewNode {
  return {
    key, name: key, short: key, brief: key, rank: 0, kind: "actor", word: "Akteur", about: "", count: 1, hops: 1, ties: 1, shown: 1, size: 0.5, x, y,
    start: false, opened: false, ...more,
  };
}

function data(nodes: ViewNode[], pairs: [number, number][]): ViewData {
  const lines = pairs.map(([source, target]) => ({ source, target, type: "", says: "", count: 1, strength: 2 }));
  return { revision: 1, title: "", sentence: "", layout: "force", nodes, lines, ground: [], land: [] };
}

const here = (query: string): URL => new URL(`/network${query}`, location.href);

describe("the address is the whole state", () => {
  test("a place within the page is no other page", () => {
    expect(samePage(here("?start=actor:a#content"), here("?start=actor:a"))).toBe(true);
    expect(samePage(here("?start=actor:b#content"), here("?start=actor:a"))).toBe(false);
  });

  test("the same view is the same whatever is chosen, sorted or turned over to", () => {
    expect(sameView(here("?start=actor:a&at=actor:b&sort=name&page=2"), here("?start=actor:a"))).toBe(true);
    expect(sameView(here("?start=actor:a&depth=2"), here("?depth=2&start=actor:a"))).toBe(true);
    expect(sameView(here("?start=actor:a"), here("?start=actor:b"))).toBe(false);
  });

  test("the order of steps is part of the view", () => {
    const one = here("?step=open:actor:a&step=hide:actor:b");
    expect(sameView(one, here("?step=hide:actor:b&step=open:actor:a"))).toBe(false);
    expect(viewOf(one)).toContain("step=open%3Aactor%3Aa");
  });

  test("only the explorer's own page is a view", () => {
    expect(isView(here(""))).toBe(true);
    expect(isView(new URL("/network/export/svg", location.href))).toBe(false);
    expect(isView(new URL("https://elsewhere.example/network"))).toBe(false);
  });

  test("choosing a node keeps the view", () => {
    const found = withChosen(here("?start=actor:a&step=open:actor:b"), "actor:b");
    expect(chosen(found)).toBe("actor:b");
    expect(sameView(found, here("?start=actor:a&step=open:actor:b"))).toBe(true);
  });

  test("opening a group adds a step, undoing takes the last one away", () => {
    const opened = withStep(here("?entry=communities"), "open", "group:community:3");
    expect(opened.searchParams.getAll("step")).toEqual(["open:group:community:3"]);
    expect(withStep(opened, "open", "group:community:3").href).toBe(opened.href);
    const more = withStep(opened, "hide", "actor:a");
    expect(more.searchParams.getAll("step")).toEqual(["open:group:community:3", "hide:actor:a"]);
    expect(withoutLastStep(more).href).toBe(opened.href);
    expect(withoutLastStep(here("?entry=communities")).href).toBe(here("?entry=communities").href);
  });

  test("another beginning keeps only how the picture looks", () => {
    const found = startingAt(here("?start=actor:a&layout=map&size=even&types=MEMBER_OF&step=open:actor:b"), "actor:c");
    expect([...found.searchParams]).toEqual([["layout", "map"], ["size", "even"], ["start", "actor:c"]]);
  });

  test("a form says what was chosen and leaves out what is empty", () => {
    document.body.innerHTML = `<form action="/network"><input name="start" value=" actor:a "><input name="year" value="">
      <input type="checkbox" name="types" value="MEMBER_OF" checked><input type="checkbox" name="types" value="SERVES" checked>
      <input type="checkbox" name="labels" value="Actor"></form>`;
    const url = addressOf(document.querySelector("form") as HTMLFormElement);
    expect([...url.searchParams]).toEqual([["start", "actor:a"], ["types", "MEMBER_OF,SERVES"]]);
  });
});

describe("what is passed on", () => {
  beforeEach(() => {
    document.body.innerHTML =
      '<input id="nw-link" value="old"><form action="/saved"><input name="address" value="old"></form>' +
      '<a data-keep href="/saved?address=%2Fnetwork&name=Netz">Merken</a>';
  });

  test("is the address at hand, whoever is chosen in it", () => {
    const url = withChosen(here("?start=actor:a&step=open:actor:b"), "actor:c");
    passOn(document, url);
    expect(document.querySelector<HTMLInputElement>("#nw-link")?.value).toBe(url.href);
    const address = `/network${url.search}`;
    expect(document.querySelector<HTMLInputElement>("input[name=address]")?.value).toBe(address);
    const keep = new URL(document.querySelector("a")?.getAttribute("href") ?? "", location.href);
    expect([keep.pathname, keep.searchParams.get("address"), keep.searchParams.get("name")]).toEqual(["/saved", address, "Netz"]);
  });

  test("does without a link or a form that is not there", () => {
    document.body.innerHTML = "";
    expect(() => passOn(document, here("?start=actor:a"))).not.toThrow();
  });
});

describe("filters", () => {
  const form = (inside: string): HTMLFormElement => {
    document.body.innerHTML = `<form action="/network">${inside}</form>`;
    const found = document.querySelector("form");
    if (!found) throw new Error("there is no form");
    return found;
  };

  test("come and go without touching what stands in hidden fields", () => {
    const kept = '<input type="hidden" name="start" value="actor:a"><input type="hidden" name="step" value="open:actor:b">';
    const filtered = addressOf(form(`${kept}<input type="checkbox" name="labels" value="Actor" checked><select name="field"><option value="school" selected></select>`));
    expect(viewOf(filtered)).toBe("field=school&labels=Actor&start=actor%3Aa&step=open%3Aactor%3Ab");
    const free = addressOf(form(`${kept}<input type="checkbox" name="labels" value="Actor"><select name="field"><option value="" selected></select>`));
    expect(viewOf(free)).toBe("start=actor%3Aa&step=open%3Aactor%3Ab");
    expect(sameView(filtered, free)).toBe(false);
  });

  test("stay when a step is taken back", () => {
    const opened = withStep(here("?start=actor:a&labels=Actor&year=2016"), "open", "actor:b");
    expect(viewOf(withoutLastStep(opened))).toBe("labels=Actor&start=actor%3Aa&year=2016");
    expect(withoutLastStep(here("?year=2016")).search).toBe("?year=2016");
  });
});

describe("moves by keyboard", () => {
  // a cross: 0 in the middle, 1 left, 2 right, 3 above, 4 below; 5 far to the right behind 2
  const cross = data(
    [node("0", 0, 0, { start: true, hops: 0, shown: 5 }), node("1", -10, 0), node("2", 10, 0), node("3", 0, -10), node("4", 0, 10), node("5", 90, 2)],
    [[0, 1], [2, 0], [0, 3], [0, 4], [0, 5]],
  );
  const walker = new Walker(cross);

  test.each([["left", 1], ["right", 2], ["up", 3], ["down", 4]] as const)("%s goes along a relation", (direction, to) => {
    expect(walker.towards(0, direction)?.node).toBe(to);
  });

  test("nothing lies where no relation leads", () => {
    expect(walker.towards(1, "left")).toBeUndefined();
    expect(walker.towards(3, "right")).toBeUndefined();
  });

  test("a relation is walked in both directions", () => {
    expect(walker.towards(2, "left")?.node).toBe(0);
  });

  test("every node is reached by going through the list, round and round", () => {
    const seen = new Set<number>();
    let at: number | undefined;
    for (let i = 0; i < cross.nodes.length; i++) {
      at = walker.beside(at, 1);
      if (at !== undefined) seen.add(at);
    }
    expect(seen.size).toBe(cross.nodes.length);
    expect(walker.beside(at, 1)).toBe(walker.beside(undefined, 1));
  });

  test("it begins in the middle, else with the first of the list", () => {
    expect(walker.beginning).toBe(0);
    expect(new Walker(data([node("a", 0, 0, { rank: 1 }), node("b", 1, 1, { rank: 0 })], [])).beginning).toBe(1);
    expect(new Walker(data([], [])).beginning).toBeUndefined();
  });

  test("keys do what the list of keys says, and nothing together with others", () => {
    const commands = Object.fromEntries(
      ["move", "beside", "home", "back", "enter", "expand", "hide", "middle", "undo", "search", "zoom", "fit", "help"].map((name) => [name, vi.fn()]),
    ) as unknown as Commands;
    const press = (key: string, more: KeyboardEventInit = {}): boolean => pressed(new KeyboardEvent("keydown", { key, ...more }), commands);
    expect(press("ArrowLeft")).toBe(true);
    expect(commands.move).toHaveBeenCalledWith("left");
    expect(press("+")).toBe(true);
    expect(commands.expand).toHaveBeenCalledOnce();
    expect(press("?")).toBe(true);
    expect(commands.help).toHaveBeenCalledOnce();
    expect(press("N", { shiftKey: true })).toBe(true);
    expect(commands.beside).toHaveBeenCalledWith(1);
    expect(press("+", { ctrlKey: true })).toBe(false);
    expect(press("Tab")).toBe(false);
    expect(commands.expand).toHaveBeenCalledOnce();
  });
});

describe("names", () => {
  const bounds: Box = { x0: 0, y0: 0, x1: 400, y1: 300 };
  const spot = (x: number, y: number, more: Partial<Spot> = {}): Spot => ({ x, y, radius: 6, width: 80, brief: 80, piece: x, sure: false, ...more });
  const lies = (one: Box, other: Box): boolean => one.x0 < other.x1 && other.x0 < one.x1 && one.y0 < other.y1 && other.y0 < one.y1;
  const boxOf = (spots: Spot[], { index, x, y, brief }: { index: number; x: number; y: number; brief: boolean }): Box => {
    const width = (brief ? spots[index]?.brief : spots[index]?.width) ?? 0;
    return { x0: x, y0: y - 14 * 0.85, x1: x + width, y1: y + 14 * 0.23 };
  };

  /** Cases that the service's picture is held to, too. */
  test.each(shared.names)("as the service does: $says", (given) => {
    const spots = (given.spots as [number, number, number, number, number, number, boolean][]).map(
      ([x, y, radius, width, brief, piece, sure]) => ({ x, y, radius, width, brief, piece, sure }),
    );
    const box = ([x0 = 0, y0 = 0, x1 = 0, y1 = 0]: number[]): Box => ({ x0, y0, x1, y1 });
    const placed = placeNames(spots, given.lines.map(box), given.height, given.most, box(given.bounds));
    const round = (value: number): number => Math.round(value * 1000) / 1000;
    expect(placed.map(({ index, x, y, brief }) => [index, round(x), round(y), brief])).toEqual(given.names);
  });

  test.each(shared.order)("as the service does: $says", (given) => {
    const lines = given.lines.map(([source = 0, target = 0]) => ({ source, target }));
    const found = orderOf(given.nodes satisfies Ranked[], lines, given.chosen ?? undefined);
    expect(found.nodes).toEqual(given.order);
    expect(found.pieces).toEqual(given.pieces);
  });

  test("no name touches another or a node", () => {
    const spots = Array.from({ length: 60 }, (_, i) => spot(60 + (i % 10) * 38, 40 + Math.floor(i / 10) * 45, { width: 60, brief: 40 }));
    const placed = placeNames(spots, [], 14, 60, { x0: 0, y0: 0, x1: 500, y1: 340 }).map((each) => ({ index: each.index, ...boxOf(spots, each) }));
    expect(placed.length).toBeGreaterThan(10);
    for (const [i, one] of placed.entries()) {
      for (const other of placed.slice(i + 1))
        expect(one.x0 < other.x1 && other.x0 < one.x1 && one.y0 < other.y1 && other.y0 < one.y1).toBe(false);
      for (const [n, spot] of spots.entries())
        if (n !== one.index) expect(one.x0 < spot.x + 6 && spot.x - 6 < one.x1 && one.y0 < spot.y + 6 && spot.y - 6 < one.y1).toBe(false);
    }
  });

  test("the first has its name before all others, and none leaves the picture", () => {
    const spots = [spot(200, 100), spot(210, 100), spot(394, 200), spot(5, 250)];
    const placed = placeNames(spots, [], 14, 10, bounds);
    expect(placed[0]?.index).toBe(0);
    for (const { x } of placed) {
      expect(x).toBeGreaterThanOrEqual(6);
      expect(x + 80).toBeLessThanOrEqual(394);
    }
  });

  test("a name stays off lines where it can, and is written in brief where it finds no place in full", () => {
    const right = [{ x0: 200, y0: 150, x1: 400, y1: 150 }];
    const [found] = placeNames([spot(200, 150)], right, 14, 1, bounds);
    expect(found && boxOf([spot(200, 150)], found).x1).toBeLessThan(200);
    const spots = [spot(60, 150, { width: 390, brief: 90 })];
    expect(placeNames(spots, [], 14, 1, bounds)[0]?.brief).toBe(true);
  });

  test("whoever is chosen has a name though nodes stand all around, and nobody's name is covered by it", () => {
    const ring = Array.from({ length: 12 }, (_, i) => spot(200 + 30 * Math.cos(i / 1.91), 150 + 30 * Math.sin(i / 1.91), { radius: 9 }));
    const spots = [spot(200, 150, { radius: 16, width: 230, brief: 130, sure: true }), ...ring];
    const placed = placeNames(spots, [], 14, 20, bounds);
    expect(placed[0]?.index).toBe(0);
    const boxes = placed.map((each) => boxOf(spots, each));
    for (const [i, one] of boxes.entries()) for (const other of boxes.slice(i + 1)) expect(lies(one, other)).toBe(false);
    const unsure = [spot(200, 150, { radius: 16, width: 230, brief: 130 }), ...ring];
    const last = placeNames([...ring, ...unsure.slice(0, 1)], [], 14, 20, bounds);
    expect(last.some(({ index }) => index === ring.length)).toBe(false);
  });

  test("amounts fit into a circle", () => {
    expect([7, 999, 1500, 12_345].map(amountText)).toEqual(["7", "999", "1.5k", "12k"]);
  });
});

describe("pieces of the network", () => {
  const star = Array.from({ length: 11 }, (_, i) => node(`s${i}`, i === 0 ? 0 : 300 * Math.cos(i), i === 0 ? 0 : 160 * Math.sin(i)));
  const pairs = Array.from({ length: 43 }, (_, i) => [node(`a${i}`, 500 + i, 0, { size: 0.3 }), node(`b${i}`, 500 + i, 9, { size: 0.3 })]);
  const alone = Array.from({ length: 5 }, (_, i) => node(`c${i}`, 900, i));
  const lines: [number, number][] = [
    ...star.slice(1).map((_, i): [number, number] => [0, i + 1]),
    ...pairs.map((_, i): [number, number] => [star.length + 2 * i, star.length + 2 * i + 1]),
  ];
  const view = data([...star, ...pairs.flat(), ...alone], lines);

  test.each([
    [319, 392, 12, 112],
    [696, 696, 14, 130],
    [836, 696, 14, 130],
  ])("all lie apart within a frame of %i pixels, and each has a name", (width, height, letters, wide) => {
    const { nodes, frame } = packed(view, width, height, () => wide);
    const order = orderOf(nodes, view.lines, undefined);
    expect(frame?.width).toBe(width);
    for (const [i, one] of nodes.entries()) {
      expect(one.x >= 0 && one.x <= width && one.y >= 0 && one.y <= (frame?.height ?? 0)).toBe(true);
      for (const other of i >= star.length ? nodes.slice(i + 1) : [])
        expect(Math.hypot(one.x - other.x, one.y - other.y)).toBeGreaterThan(radiusOf(one) + radiusOf(other));
    }
    const spots = order.nodes.map((i) => {
      const { x, y } = nodes[i] as ViewNode;
      return { x, y, radius: 9, width: 2 * wide, brief: wide, sure: false, piece: order.pieces[i] ?? i };
    });
    const named = placeNames(spots, [], letters, 200, { x0: -12, y0: -12, x1: width + 12, y1: (frame?.height ?? 0) + 12 });
    expect(new Set(named.map(({ index }) => spots[index]?.piece)).size).toBe(1 + 43 + 5);
  });

  test("what hangs together as it is shown, and places that mean something, stay", () => {
    const one = data(star, lines.slice(0, 10));
    const map = { ...view, layout: "map" };
    expect(packed(one, 800, 600, () => 100)).toBe(one);
    expect(packed(map, 800, 600, () => 100)).toBe(map);
  });

  test("what would be cut off at the sides, or be far higher than its place, is shown as it is", () => {
    const broad = data([...star, node("far", 4000, 0), node("apart", 0, 900)], [...star.slice(1).keys()].map((i) => [0, i + 1]).concat([[0, star.length]]) as [number, number][]);
    const high = { ...broad, nodes: broad.nodes.map((each) => ({ ...each, x: each.y, y: each.x })) };
    expect(packed(broad, 319, 392, () => 100)).toBe(broad);
    expect(packed(broad, 836, 696, () => 100)).toBe(broad);
    expect(packed(high, 836, 696, () => 100)).toBe(high);
    expect(packed(high, 319, 392, () => 100).frame?.width).toBe(319);
  });

  test("neighbours stay in the same direction, whatever the width", () => {
    const { nodes } = packed(view, 319, 392, () => 100);
    const [middle, ...around] = nodes.slice(0, star.length);
    for (const [i, each] of around.entries()) expect(Math.sign(each.x - (middle?.x ?? 0))).toBe(Math.sign(star[i + 1]?.x ?? 0));
  });
});

test("the wheel belongs to the page where the picture leaves no place beside it, but not with the key for larger and smaller", () => {
  const place = document.createElement("div");
  const layer = place.appendChild(document.createElement("canvas"));
  leaveOneFinger(place);
  const turned = vi.fn();
  layer.addEventListener("wheel", turned);
  const turn = (height: number, ctrlKey = false): void => {
    Object.defineProperty(place, "clientHeight", { value: height, configurable: true });
    layer.dispatchEvent(Object.assign(new Event("wheel", { bubbles: true }), { ctrlKey }));
  };
  turn(window.innerHeight);
  expect(turned).toHaveBeenCalledTimes(0);
  turn(window.innerHeight, true);
  turn(window.innerHeight / 2);
  expect(turned).toHaveBeenCalledTimes(2);
});

describe("parts of the page", () => {
  let root: HTMLElement;
  beforeEach(() => {
    document.body.innerHTML = `<div id="explorer"><div id="a" data-part><a href="/network?x" data-act="open">old</a></div>
      <div id="nw-canvas" tabindex="0"></div><div id="b" data-part>old</div></div>`;
    root = document.getElementById("explorer") as HTMLElement;
  });

  function fresh(html: string): Document {
    return new DOMParser().parseFromString(html, "text/html");
  }

  test("all change together, what is no part stays, and focus finds its place again", () => {
    root.querySelector<HTMLElement>("[data-act]")?.focus();
    const canvas = root.querySelector("#nw-canvas");
    expect(replaceParts(root, fresh('<div id="a" data-part><a href="/network?y" data-act="open">new</a></div><div id="b" data-part>new</div>'))).toBe(true);
    expect(root.querySelector("#b")?.textContent).toBe("new");
    expect(root.querySelector("#nw-canvas")).toBe(canvas);
    expect(document.activeElement?.textContent).toBe("new");
  });

  test("focus goes to the picture where its place is gone", () => {
    root.querySelector<HTMLElement>("[data-act]")?.focus();
    replaceParts(root, fresh('<div id="a" data-part>nothing to press</div>'));
    expect(document.activeElement?.id).toBe("nw-canvas");
  });

  test("nothing changes where a part has no place", () => {
    expect(replaceParts(root, fresh('<div id="a" data-part>new</div><div id="c" data-part>new</div>'))).toBe(false);
    expect(root.querySelector("#a")?.textContent).toBe("old");
  });
});

test("the slider of years says the year of the field, once", () => {
  document.body.innerHTML = `<form data-years="2009-2015"><input type="number" name="year" min="2009" max="2015" value="2012"></form>`;
  const form = document.querySelector("form") as HTMLFormElement;
  form.requestSubmit = vi.fn();
  enableYears(document, "year");
  enableYears(document, "year");
  const sliders = form.querySelectorAll<HTMLInputElement>("input[type=range]");
  expect(sliders.length).toBe(1);
  expect(sliders[0]?.value).toBe("2012");
  if (sliders[0]) sliders[0].value = "2014";
  sliders[0]?.dispatchEvent(new Event("input"));
  expect(form.querySelector<HTMLInputElement>("[name=year]")?.value).toBe("2014");
  sliders[0]?.dispatchEvent(new Event("change"));
  expect(form.requestSubmit).toHaveBeenCalledOnce();
});

test("the slider of years says all of them behind the last, so that the last can be chosen as well", () => {
  document.body.innerHTML = `<form data-years="2009-2015"><input type="number" name="year" min="2009" max="2015" placeholder="alle"></form>`;
  enableYears(document, "year");
  const slider = document.querySelector("input[type=range]") as HTMLInputElement;
  const field = document.querySelector("[name=year]") as HTMLInputElement;
  expect([slider.value, slider.getAttribute("aria-valuetext")]).toEqual(["2016", "alle"]);
  slider.value = "2015";
  slider.dispatchEvent(new Event("input"));
  expect([field.value, slider.getAttribute("aria-valuetext")]).toEqual(["2015", "2015"]);
  slider.value = "2016";
  slider.dispatchEvent(new Event("input"));
  expect([field.value, slider.getAttribute("aria-valuetext")]).toEqual(["", "alle"]);
});
