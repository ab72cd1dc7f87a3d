// The interactive picture: the service's places drawn by sigma; nothing moves by itself.
import Graph from "graphology";
import Sigma from "sigma";
import { amountText } from "./amount";
import type { Colours } from "./colours";
import { drawLand, layLand } from "./land";
import { FEW, placeNames, type Spot, type Stroke } from "./names";
import { orderOf, type Order } from "./order";
import { ShapeProgram, shapeOf } from "./shapes";
import { leaveOneFinger } from "./touch";
import { packed, type Packed } from "./pack";
import { count, pointOut, ring, widthOf, write } from "./pen";
import { radiusOf, type ViewData, type ViewNode } from "./view";

export interface CanvasEvents {
  choose: (index: number) => void;
  open: (index: number) => void;
}

const LETTERS = { wide: 14, medium: 13, narrow: 12 };
const MOST_NAMES = 140;
const LEAST_RADIUS = 3.5;
const LEAST_GROUP = { wide: 11, narrow: 7 };
const NARROW = 480;
const MEDIUM = 800;
const SMALLER = 0.75;
const SEVERAL = 80;
const MANY = 600;
const MANY_LINES = 1500;
const REST = 150;
const PADDING = 12;
// so much of the plane is shown at least; beside the outermost nodes names stand, too, on so much of the screen
const FRAME = { width: 640, height: 420, narrow: { width: 380, height: 380 }, beside: { wide: 130, narrow: 36 }, above: 36 };
/** How far signs with tips and corners reach beyond their radius; names stay off these, too. */
const TIPS: Readonly<Record<string, number>> = { alliance: 1.2, offer: 1.1, request: 1.1, exchange: 1.1 };
const THICKNESS = [0, 1.7, 2.5, 4.2];

export class Canvas {
  private readonly sigma: Sigma;
  private data: Packed | undefined;
  private chosen: number | undefined;
  private order: Order = { nodes: [], pieces: [] };
  private widths: { full: number; brief: number }[] = [];
  private scale = 1;
  private late: number | undefined;
  /** The names that stand in the picture in full. */
  private told = new Set<string>();

  constructor(
    private readonly place: HTMLElement,
    private colours: Colours,
    events: CanvasEvents,
    private readonly duration: number,
  ) {
    this.sigma = new Sigma(new Graph({ type: "undirected", multi: true }), place, {
      renderLabels: false,
      itemSizesReference: "positions",
      zoomToSizeRatioFunction: (ratio) => ratio,
      minEdgeThickness: 1.7,
      nodeProgramClasses: { shape: ShapeProgram },
      nodeHoverProgramClasses: { shape: ShapeProgram },
      defaultNodeType: "shape",
      defaultDrawNodeHover: (context, data) => {
        if (data.label && !this.told.has(data.label)) pointOut(context, data.label, data, place.clientWidth, this.letters, this.colours);
      },
      // hidden where there is nothing to show
      allowInvalidContainer: true,
      enableCameraRotation: false,
      minCameraRatio: 0.02,
      maxCameraRatio: 3,
      zoomDuration: duration,
      inertiaDuration: duration,
      doubleClickZoomingDuration: duration,
      stagePadding: PADDING,
    });
    layLand(this.sigma);
    leaveOneFinger(place);
    this.sigma.on("clickNode", ({ node }) => events.choose(Number(node)));
    this.sigma.on("doubleClickNode", ({ node, preventSigmaDefault }) => {
      preventSigmaDefault();
      events.open(Number(node));
    });
    this.sigma.on("enterNode", () => place.classList.add("nw-hand"));
    this.sigma.on("leaveNode", () => place.classList.remove("nw-hand"));
    this.sigma.on("afterRender", () => {
      drawLand(this.sigma, this.data?.land ?? [], this.colours);
      this.drawNames();
    });
  }

  /** Shows another view, and returns it with the places that it has here; the camera goes back to all of it. */
  show(view: ViewData): ViewData {
    this.place.dataset["layout"] = view.layout;
    this.place.style.height = "";
    const [width, height] = [this.place.clientWidth - 2 * PADDING, this.place.clientHeight - 2 * PADDING];
    const data = (this.data = packed(view, width, height, (node) => this.widthOf(node.brief)));
    const lacking = (data.frame?.height ?? 0) + 2 * PADDING - this.place.clientHeight;
    if (lacking > 0) this.place.style.height = `${this.place.offsetHeight + lacking}px`;
    this.sigma.resize();
    this.chosen = undefined;
    this.build();
    this.sigma.getCamera().setState({ x: 0.5, y: 0.5, angle: 0, ratio: 1 });
    return data;
  }

  recolour(colours: Colours): void {
    this.colours = colours;
    if (this.data) this.build();
  }

  private build(): void {
    const data = this.data;
    if (!data) return;
    const box = this.frame(data);
    const scale = (this.scale = Math.max(
      (box.x[1] - box.x[0]) / this.place.clientWidth,
      (box.y[1] - box.y[0]) / this.place.clientHeight,
    ));
    const graph = new Graph({ type: "undirected", multi: true });
    for (const [i, [x, y]] of data.ground.entries())
      graph.addNode(`g${i}`, { x, y: -y, size: Math.max(2.5, 1.5 * scale), color: this.colours.ground, edge: this.colours.ground, shape: 0 });
    for (const [i, node] of data.nodes.entries())
      graph.addNode(String(i), {
        x: node.x,
        y: -node.y,
        size: this.radius(node, scale),
        color: node.kind === "group" ? this.colours.paper : this.colours.of(node.kind),
        edge: this.colours.text,
        shape: shapeOf(node.kind),
        label: node.name,
      });
    // of several relations between two the closest is drawn
    const closest = new Map<string, number>();
    for (const { source, target, strength } of data.lines) {
      const pair = source < target ? `${source}-${target}` : `${target}-${source}`;
      if (source !== target) closest.set(pair, Math.max(strength, closest.get(pair) ?? 0));
    }
    for (const [pair, strength] of closest) {
      const [source, target] = pair.split("-");
      graph.addEdge(source, target, {
        size: (THICKNESS[strength] ?? 1) * scale,
        color: strength === 1 ? this.colours.weak : this.colours.line,
      });
    }
    this.order = orderOf(data.nodes, data.lines, this.chosen);
    this.widths = [];
    this.sigma.setSetting("hideEdgesOnMove", closest.size > MANY_LINES);
    this.sigma.setCustomBBox(box);
    this.sigma.setGraph(graph);
    this.sigma.refresh();
  }

  /** In units of the plane: few nodes keep their size on the screen, of many each at least can be seen. */
  private radius(node: ViewNode, scale: number): number {
    const count = this.data?.nodes.length ?? 0;
    const narrow = this.place.clientWidth < NARROW;
    const least = narrow ? LEAST_GROUP.narrow : LEAST_GROUP.wide;
    const grown = Math.max(1, Math.min(scale, count <= SEVERAL ? 2.5 : 1.4)) * (narrow && node.kind !== "group" ? SMALLER : 1);
    return Math.max(radiusOf(node) * grown, (node.kind === "group" ? least : LEAST_RADIUS) * scale);
  }

  /** The part of the plane that is shown: all of it with room for names beside, but few nodes are not blown up. */
  private frame(data: Packed): { x: [number, number]; y: [number, number] } {
    if (data.frame) return { x: [0, data.frame.width], y: [-data.frame.height, 0] };
    const xs = [...data.nodes.map((node) => node.x), ...data.ground.map(([x]) => x)];
    const ys = [...data.nodes.map((node) => -node.y), ...data.ground.map(([, y]) => -y)];
    const { clientWidth, clientHeight } = this.place;
    const narrow = clientWidth < NARROW;
    const beside = narrow || data.nodes.length > FEW ? FRAME.beside.narrow : FRAME.beside.wide;
    const [x0, x1, y0, y1] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const scale = Math.max((x1 - x0) / (clientWidth - 2 * beside), (y1 - y0) / (clientHeight - 2 * FRAME.above));
    const stretch = (low: number, high: number, least: number, margin: number): [number, number] => {
      const more = Math.max(margin * scale, (least - (high - low)) / 2);
      return [low - more, high + more];
    };
    const { width, height } = narrow ? FRAME.narrow : FRAME;
    return { x: stretch(x0, x1, width, beside), y: stretch(y0, y1, height, FRAME.above) };
  }

  /** Marks a node, and brings it into the picture if it lies outside. */
  choose(index: number | undefined): void {
    this.chosen = index;
    if (this.data) this.order = orderOf(this.data.nodes, this.data.lines, index);
    if (index !== undefined) {
      const at = this.onScreen(index);
      const { width, height } = this.sigma.getDimensions();
      if (at && (at.x < 20 || at.y < 20 || at.x > width - 20 || at.y > height - 20)) {
        const place = this.sigma.getNodeDisplayData(String(index));
        if (place) void this.sigma.getCamera().animate({ x: place.x, y: place.y }, { duration: this.duration });
      }
    }
    this.sigma.scheduleRender();
  }

  zoom(larger: boolean): void {
    const camera = this.sigma.getCamera();
    if (larger) void camera.animatedZoom({ duration: this.duration, factor: 1.5 });
    else void camera.animatedUnzoom({ duration: this.duration, factor: 1.5 });
  }

  fit(): void {
    void this.sigma.getCamera().animatedReset({ duration: this.duration });
  }

  /** Where a node is on the screen, within the canvas. */
  onScreen(index: number): { x: number; y: number } | undefined {
    const node = this.data?.nodes[index];
    return node && this.sigma.graphToViewport({ x: node.x, y: -node.y });
  }

  /** Whether the picture is being dragged or zoomed. */
  private get moving(): boolean {
    const mouse = this.sigma.getMouseCaptor();
    return this.sigma.getCamera().isAnimated() || mouse.isMoving || mouse.draggedEvents > 0 || mouse.currentWheelDirection !== 0;
  }

  private drawNames(): void {
    window.clearTimeout(this.late);
    // of many nodes names wait until the picture rests, so that it follows the hand
    if ((this.data?.nodes.length ?? 0) > MANY && this.moving) {
      this.late = window.setTimeout(() => this.sigma.scheduleRender(), REST);
      return;
    }
    const context = this.sigma.getCanvases()["labels"]?.getContext("2d");
    const data = this.data;
    if (!context || !data) return;
    const { width, height } = this.sigma.getDimensions();
    const scaled = this.sigma.scaleSize(1);
    const letters = this.letters;
    const { nodes: order, pieces } = this.order;
    const shown: number[] = [];
    const spots: Spot[] = [];
    for (const i of order) {
      const node = data.nodes[i];
      const at = this.onScreen(i);
      if (!node || !at || at.x < -40 || at.y < -40 || at.x > width + 40 || at.y > height + 40) continue;
      const wide = (this.widths[i] ??= { full: this.widthOf(node.short), brief: this.widthOf(node.brief) });
      shown.push(i);
      const marked = i === this.chosen ? 8 : node.start ? 5 : 0;
      const radius = this.radius(node, this.scale) * scaled * (TIPS[node.kind] ?? 1) + marked;
      const sure = node.start || i === this.chosen;
      spots.push({ ...at, radius, width: wide.full, brief: wide.brief, sure, piece: pieces[i] ?? i });
    }
    for (const [n, i] of shown.entries()) {
      const [node, spot] = [data.nodes[i], spots[n]];
      if (!node || !spot) continue;
      if (node.kind === "group" && spot.radius > 9.5) count(context, amountText(node.count), spot.x, spot.y + 4, LETTERS.narrow, this.colours);
      if (i === this.chosen) ring(context, { ...spot, radius: spot.radius - 2 }, 4, this.colours.focus);
      else if (node.start) ring(context, { ...spot, radius: spot.radius - 1 }, 1.5, this.colours.text);
    }
    this.told = new Set();
    const bounds = { x0: 0, y0: 0, x1: width, y1: height };
    for (const placed of placeNames(spots, this.strokes(data), letters, MOST_NAMES, bounds)) {
      const node = data.nodes[shown[placed.index] ?? -1];
      const text = placed.brief ? node?.brief : node?.short;
      if (!text) continue;
      write(context, text, placed.x, placed.y, letters, this.colours);
      this.told.add(text);
    }
  }

  /** How wide a text is as it is written here. */
  private widthOf(text: string): number {
    const context = this.sigma.getCanvases()["labels"]?.getContext("2d");
    return context ? widthOf(context, text, this.letters) : 0;
  }

  private get letters(): number {
    const { clientWidth } = this.place;
    return clientWidth < NARROW ? LETTERS.narrow : clientWidth < MEDIUM ? LETTERS.medium : LETTERS.wide;
  }

  /** The lines on the screen, where there are so few nodes that names can stay off them. */
  private strokes(data: ViewData): Stroke[] {
    if (data.nodes.length > FEW) return [];
    return data.lines.flatMap(({ source, target }) => {
      const [one, other] = [this.onScreen(source), this.onScreen(target)];
      return one && other ? [{ x0: one.x, y0: one.y, x1: other.x, y1: other.y }] : [];
    });
  }

  end(): void {
    this.sigma.kill();
  }
}
