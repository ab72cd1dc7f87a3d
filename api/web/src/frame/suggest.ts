// Type-ahead for search fields: a combobox with a list that the server renders; without script the form just submits.

const WAIT = 120;

let lists = 0;

export class Suggestions {
  private readonly list: HTMLElement;
  private request: AbortController | undefined;
  private timer: number | undefined;
  private active = -1;

  constructor(private readonly input: HTMLInputElement) {
    this.list = document.createElement("div");
    this.list.id = `suggestions-${++lists}`;
    this.list.className = "bk-suggestions";
    this.list.hidden = true;
    input.parentElement?.append(this.list);
    input.setAttribute("role", "combobox");
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-expanded", "false");
    input.setAttribute("aria-controls", this.list.id);
    input.autocomplete = "off";
    input.addEventListener("input", () => this.ask());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => window.setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.click(event));
  }

  private get options(): HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>('[role="option"]')];
  }

  private ask(): void {
    window.clearTimeout(this.timer);
    this.request?.abort();
    const text = this.input.value.trim();
    if (text.length < 2) {
      this.close();
      return;
    }
    this.timer = window.setTimeout(() => void this.fetch(text), WAIT);
  }

  private async fetch(text: string): Promise<void> {
    const url = new URL(this.input.dataset.suggest ?? "", location.href);
    url.searchParams.set("q", text);
    this.request = new AbortController();
    try {
      const answer = await fetch(url, { signal: this.request.signal, headers: { Accept: "text/html" } });
      if (answer.ok) this.show(await answer.text());
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) this.close();
    }
  }

  /** Shows a list that the server rendered; the trusted markup of our own origin. */
  show(html: string): void {
    this.list.innerHTML = html;
    this.options.forEach((option, i) => (option.id = `${this.list.id}-${i}`));
    this.choose(-1);
    const label = this.list.firstElementChild?.getAttribute("data-label");
    if (this.options.length > 0) {
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", label ?? "");
    } else this.list.removeAttribute("role");
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", String(this.options.length > 0));
    const status = document.getElementById("status");
    if (status) status.textContent = this.list.querySelector("[data-announce]")?.getAttribute("data-announce") ?? "";
  }

  close(): void {
    // what is still on its way would open the list again after somebody has gone on
    window.clearTimeout(this.timer);
    this.request?.abort();
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.choose(-1);
  }

  private choose(index: number): void {
    const options = this.options;
    this.active = index;
    options.forEach((option, i) => option.setAttribute("aria-selected", String(i === index)));
    const chosen = options[index];
    if (chosen) {
      this.input.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  private key(event: KeyboardEvent): void {
    const count = this.options.length;
    if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.close();
    } else if (this.list.hidden || count === 0) {
      return;
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // one place more than there are options: the field itself
      this.choose(((this.active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Enter" && this.active >= 0) {
      event.preventDefault();
      this.open(this.options[this.active]);
    }
  }

  private click(event: MouseEvent): void {
    const option = (event.target as Element).closest<HTMLElement>('[role="option"]');
    if (!option || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.open(option);
  }

  private open(option: HTMLElement | undefined): void {
    if (!option) return;
    if (this.input.dataset.fill !== undefined) {
      this.input.value = option.dataset.value ?? "";
      this.close();
      if (this.input.dataset.fill === "submit") this.input.form?.requestSubmit();
      return;
    }
    if (option.dataset.url) location.assign(option.dataset.url);
    else {
      this.input.value = option.dataset.label ?? option.textContent?.trim() ?? "";
      this.input.form?.requestSubmit();
    }
  }
}

export function enableSuggestions(root: ParentNode = document): void {
  for (const input of root.querySelectorAll<HTMLInputElement>("input[data-suggest]:not([role])")) new Suggestions(input);
}
