// Letters on the canvas: names with air around them, and the name of what the pointer is on.
import type { Colours } from "./colours";

const FONT = '"Fira Sans", Arial, sans-serif';
/** So much of their height is free around letters, so that no line runs through them. */
const HALO = 0.4;
/** What is free around the name of what the pointer is on, and how far it stays from the frame. */
const POINTED = 6;
const RIM = 2;
const BASE = 0.85;

type Context = CanvasRenderingContext2D;

/** How wide a text is in letters of this height. */
export function widthOf(context: Context, text: string, letters: number): number {
  context.font = `${letters}px ${FONT}`;
  return context.measureText(text).width;
}

/** Writes a text that begins here, on the base line. */
export function write(context: Context, text: string, x: number, y: number, letters: number, colours: Colours): void {
  context.textAlign = "left";
  context.font = `${letters}px ${FONT}`;
  context.lineJoin = "round";
  context.lineWidth = HALO * letters;
  context.strokeStyle = colours.paper;
  context.strokeText(text, x, y);
  context.fillStyle = colours.text;
  context.fillText(text, x, y);
}

/** Writes a number in the middle of a circle. */
export function count(context: Context, text: string, x: number, y: number, letters: number, colours: Colours): void {
  context.textAlign = "center";
  context.font = `${letters}px ${FONT}`;
  context.fillStyle = colours.text;
  context.fillText(text, x, y);
}

export function ring(context: Context, { x, y, radius }: { x: number; y: number; radius: number }, wide: number, colour: string): void {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.strokeStyle = colour;
  context.lineWidth = wide;
  context.stroke();
}

/** The name of what the pointer is on, in full: above or below it, whatever stands there. */
export function pointOut(
  context: Context, text: string, node: { x: number; y: number; size: number }, width: number, letters: number, colours: Colours,
): void {
  const wide = widthOf(context, text, letters) + 2 * POINTED;
  const high = letters + 2 * POINTED;
  const left = Math.max(RIM, Math.min(node.x - wide / 2, width - wide - RIM));
  const above = node.y - node.size - POINTED - high;
  const top = above > RIM ? above : node.y + node.size + POINTED;
  context.fillStyle = colours.paper;
  context.fillRect(left, top, wide, high);
  context.strokeStyle = colours.text;
  context.lineWidth = 1;
  context.strokeRect(left, top, wide, high);
  write(context, text, left + POINTED, top + POINTED + BASE * letters, letters, colours);
}
