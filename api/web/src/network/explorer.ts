// The explorer: keeps picture, lists, sentence and address in step. Every change is a link or form of the page itself.
import { announce } from "../frame/announce";
import { enableSuggestions } from "../frame/suggest";
import { addressOf, chosen, isView, passOn, samePage, sameView, startingAt, withChosen, withoutLastStep, withStep } from "./address";
import type { Canvas } from "./canvas";
import { readColours } from "./colours";
import { keysDialog, pressed, type Commands } from "./keys";
import { replaceParts } from "./parts";
import { copyLink, takePicture, toolBar } from "./tools";
import { enableYears } from "./years";
import { Walker, type ViewData, type ViewNode } from "./view";

const WAIT = 120;
// marks entries of the history that came about here: undoing never leads away from the page
const EXPLORED = "explored";

export class Explorer {
  private canvas: Canvas | undefined;
  private walker: Walker | undefined;
  private at: number | undefined;
  private trail: number[] = [];
  private url = new URL(location.href);
  private request: AbortController | undefined;
  private card: number | undefined;
  private undone = false;
  private tools: HTMLElement | undefined;
  private readonly place: HTMLElement;
  private readonly words: Readonly<Record<string, string>>;
  private readonly help: HTMLDialogElement;

  constructor(private readonly root: HTMLElement) {
    const place = root.querySelector<HTMLElement>("#nw-canvas");
    if (!place) throw new Error("there is no place for the picture");
    this.place = place;
    this.words = JSON.parse(place.dataset["labels"] ?? "{}") as Record<string, string>;
    this.help = keysDialog(this.words);
    root.append(this.help);
    root.addEventListener("click", (event) => this.click(event));
    root.addEventListener("submit", (event) => this.submit(event));
    window.addEventListener("popstate", () => this.returned());
    this.enable();
  }

  /** Back and forward lead to another view; a jump within the page, such as the skip link's, leaves all as it is. */
  private returned(): void {
    const there = new URL(location.href);
    if (samePage(there, this.url) && !this.root.hasAttribute("aria-busy")) return;
    void this.go(there, false);
  }

  /** Replaces the service's picture by the interactive one. */
  async begin(): Promise<void> {
    const { Canvas } = await import("./canvas");
    const data = await this.data(this.place.dataset["view"] ?? "");
    this.place.hidden = false;
    this.root.classList.add("nw-live");
    const slow = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 150;
    const open = (i: number): void => this.open(i);
    const choose = (i: number): void => this.choose(i);
    try {
      this.canvas = new Canvas(this.place, readColours(this.root), { choose, open }, slow);
    } catch {
      // no WebGL here: the service's picture stays
      this.place.hidden = true;
      this.root.classList.remove("nw-live");
      return;
    }
    this.tools = toolBar(this.words, {
      larger: () => this.canvas?.zoom(true),
      smaller: () => this.canvas?.zoom(false),
      fit: () => this.canvas?.fit(),
      keys: () => this.help.showModal(),
    });
    this.place.after(this.tools);
    this.place.tabIndex = 0;
    this.place.setAttribute("role", "application");
    this.place.setAttribute("aria-label", this.words["name"] ?? "");
    this.place.setAttribute("aria-describedby", "nw-answer");
    this.place.addEventListener("keydown", (event) => {
      if (event.target === this.place && pressed(event, this.commands)) event.preventDefault();
    });
    const recolour = (): void => this.canvas?.recolour(readColours(this.root));
    document.addEventListener("themechange", recolour);
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"])
      matchMedia(query).addEventListener("change", recolour);
    this.show(data);
    this.root.dataset["ready"] = "";
  }

  private show(view: ViewData): void {
    const [empty, focused] = [view.nodes.length === 0, document.activeElement === this.place];
    // where filters leave nothing there is no picture, but the ways out
    for (const part of [this.place, this.tools]) if (part) part.hidden = empty;
    if (empty && focused) this.root.querySelector<HTMLElement>("#nw-answer a")?.focus();
    const data = (empty ? undefined : this.canvas?.show(view)) ?? view;
    this.walker = new Walker(data);
    this.trail = [];
    const middle = data.nodes.flatMap((node, i) => (node.start ? [i] : []));
    this.at = this.walker.find(chosen(this.url)) ?? (middle.length === 1 ? middle[0] : undefined);
    this.canvas?.choose(this.at);
  }

  private async data(address: string): Promise<ViewData> {
    const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: this.request?.signal ?? null });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return (await answer.json()) as ViewData;
  }

  /** Goes to another view: all parts change together, or none. */
  async go(url: URL, push: boolean): Promise<void> {
    this.request?.abort();
    const request = (this.request = new AbortController());
    this.root.setAttribute("aria-busy", "true");
    const late = window.setTimeout(() => announce(this.words["loading"] ?? ""), 1000);
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "view" }, signal: request.signal });
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const address = fresh.querySelector<HTMLElement>("#nw-picture")?.dataset["view"];
      const final = new URL(answer.url);
      if (!answer.ok || !address || !this.canvas) {
        location.assign(final);
        return;
      }
      // its slider is there before the old one goes, so that it can keep the focus
      enableYears(fresh, this.words["year"] ?? "");
      const data = sameView(final, this.url) ? undefined : await this.data(address);
      if (!replaceParts(this.root, fresh)) {
        location.assign(final);
        return;
      }
      if (push) history.pushState(EXPLORED, "", final);
      else history.replaceState(history.state, "", final);
      this.url = final;
      if (data) this.show(data);
      this.told();
      this.enable();
    } catch (error) {
      if (error instanceof DOMException && error.name === "AbortError") return;
      announce(this.words["failed"] ?? "");
    } finally {
      window.clearTimeout(late);
      if (this.request === request) this.root.removeAttribute("aria-busy");
    }
  }

  /** Title, heading and what screen readers are told follow the answer. */
  private told(): void {
    const answer = this.root.querySelector<HTMLElement>("#nw-answer");
    const title = answer?.dataset["title"] ?? "";
    const heading = document.querySelector("h1");
    if (heading) heading.textContent = title;
    document.title = `${title} · Bündniskompass`;
    const here = document.querySelector('.bk-crumbs [aria-current="page"]');
    if (here) here.textContent = title;
    const end = this.undone ? `${this.words["end"] ?? ""} ` : "";
    this.undone = false;
    announce(end + (answer?.dataset["announce"] ?? ""));
  }

  private enable(): void {
    enableSuggestions(this.root);
    enableYears(this.root, this.words["year"] ?? "");
    for (const hidden of this.root.querySelectorAll<HTMLElement>("[data-png], [data-copy]")) hidden.hidden = false;
  }

  private click(event: MouseEvent): void {
    const target = event.target as Element;
    if (target.closest("[data-copy]")) void copyLink(this.root);
    else if (target.closest("[data-png]")) void takePicture(this.root, this.words["failed"] ?? "");
    const link = target.closest<HTMLAnchorElement>("a[href]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    const url = new URL(link.href);
    if (!isView(url) || link.hasAttribute("download")) return;
    event.preventDefault();
    if (link.matches(".nw-undo")) return this.undo();
    const selected = link.dataset["select"];
    const index = selected === undefined ? undefined : this.walker?.find(selected);
    if (index !== undefined && this.canvas) this.choose(index);
    else void this.go(link.closest("#nw-tools") ? this.keeping(url) : url, true);
  }

  private submit(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    const url = addressOf(form);
    if (event.defaultPrevented || form.method !== "get" || !isView(url)) return;
    event.preventDefault();
    void this.go(form.closest("#nw-tools, #nw-filters") ? this.keeping(url) : url, true);
  }

  /** Whoever is chosen stays so where the picture is only filtered or arranged anew. */
  private keeping(url: URL): URL {
    const key = chosen(this.url);
    return key ? withChosen(url, key) : url;
  }

  /** Marks a node in picture and card; the address tells it, too. */
  choose(index: number, via?: number): void {
    const walker = this.walker;
    if (!walker || index >= walker.data.nodes.length || Number.isNaN(index)) return;
    if (this.at !== undefined && this.at !== index) this.trail.push(this.at);
    this.at = index;
    this.canvas?.choose(index);
    const node = walker.node(index);
    const said = (this.words[node.shown === 0 ? "alone" : node.shown === 1 ? "one" : "at"] ?? "")
      .replace("{name}", node.name)
      .replace("{word}", node.about ? `${node.word}, ${node.about}` : node.word)
      .replace("{n}", String(node.shown));
    const line = via === undefined ? undefined : walker.data.lines[via];
    announce(line ? `${said}; ${(this.words["via"] ?? "").replace("{relation}", line.says)}` : said);
    this.url = withChosen(this.url, node.key);
    history.replaceState(history.state, "", this.url);
    passOn(this.root, this.url);
    window.clearTimeout(this.card);
    this.card = window.setTimeout(() => void this.fetchCard(this.url), WAIT);
  }

  private async fetchCard(url: URL): Promise<void> {
    try {
      const answer = await fetch(url, { headers: { "HX-Request": "card" } });
      if (!answer.ok || url !== this.url) return;
      replaceParts(this.root, new DOMParser().parseFromString(await answer.text(), "text/html"));
      this.enable();
    } catch {
      announce(this.words["failed"] ?? "");
    }
  }

  private open(index: number): void {
    const node = this.walker?.data.nodes[index];
    if (!node) return;
    void this.expand(node);
  }

  /** Shows what a node or group holds; where that changes nothing it is said. */
  private async expand(node: ViewNode): Promise<void> {
    const before = this.walker?.data;
    this.url = withChosen(this.url, node.key);
    const fresh = withStep(this.url, "open", node.key);
    if (sameView(fresh, this.url)) return announce((this.words["more"] ?? "").replace("{name}", node.name));
    await this.go(fresh, true);
    const after = this.walker?.data;
    if (after !== before && after?.nodes.length === before?.nodes.length && after?.lines.length === before?.lines.length)
      announce((this.words["more"] ?? "").replace("{name}", node.name));
  }

  private undo(): void {
    // what was done here is taken back by going back, the steps of a link one by one: neither can itself be undone
    const step = this.url.searchParams.has("step");
    this.undone = history.state === EXPLORED || step;
    if (history.state === EXPLORED) history.back();
    else if (step) void this.go(withoutLastStep(this.url), false);
    else announce(this.words["nothing"] ?? "");
  }

  private readonly commands: Commands = {
    move: (direction) => {
      if (this.at === undefined) return this.commands.home();
      const found = this.walker?.towards(this.at, direction);
      if (found) this.choose(found.node, found.line);
      else announce(this.words["nowhere"] ?? "");
    },
    beside: (step) => {
      const found = this.walker?.beside(this.at, step);
      if (found !== undefined) this.choose(found);
    },
    home: () => {
      const found = this.walker?.beginning;
      if (found !== undefined) this.choose(found);
    },
    back: () => {
      const found = this.trail.pop();
      if (found === undefined) return;
      this.choose(found);
      this.trail.pop();
    },
    enter: () => {
      const node = this.at === undefined ? undefined : this.walker?.node(this.at);
      if (!node || this.at === undefined) return;
      if (node.kind === "group") this.open(this.at);
      else void this.openPage(node.key);
    },
    expand: () => {
      if (this.at !== undefined) this.open(this.at);
    },
    hide: () => {
      const node = this.at === undefined ? undefined : this.walker?.node(this.at);
      if (node && !node.start) void this.go(withStep(this.url, "hide", node.key), true);
    },
    middle: () => {
      const node = this.at === undefined ? undefined : this.walker?.node(this.at);
      if (node && node.kind !== "group") void this.go(startingAt(this.url, node.key), true);
    },
    undo: () => this.undo(),
    search: () => this.root.querySelector<HTMLElement>("#nw-start")?.focus(),
    zoom: (larger) => this.canvas?.zoom(larger),
    fit: () => this.canvas?.fit(),
    help: () => this.help.showModal(),
  };

  /** The page of a record; one that has none is put in the middle. */
  private async openPage(key: string): Promise<void> {
    window.clearTimeout(this.card);
    await this.fetchCard(this.url);
    const link = this.root.querySelector<HTMLAnchorElement>('#nw-card a[data-act="page"]');
    if (link) location.assign(link.href);
    else void this.go(startingAt(this.url, key), true);
  }
}
