// The outline of the country under a map, on a canvas below all others.
import type Sigma from "sigma";
import type { Colours } from "./colours";

const LAYER = "land";

/** Makes the canvas; once, before anything is drawn. */
export function layLand(sigma: Sigma): void {
  sigma.createCanvasContext(LAYER, { style: { pointerEvents: "none" } });
  const canvases = sigma.getCanvases();
  const [land, lines] = [canvases[LAYER], canvases["edges"]];
  if (land && lines) lines.before(land);
  // it comes too late to get its size with the others
  sigma.resize(true);
}

export function drawLand(sigma: Sigma, rings: readonly (readonly [number, number][])[], colours: Colours): void {
  const canvas = sigma.getCanvases()[LAYER];
  const context = canvas?.getContext("2d");
  if (!canvas || !context) return;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.beginPath();
  for (const ring of rings) {
    for (const [n, [x, y]] of ring.entries()) {
      const at = sigma.graphToViewport({ x, y: -y });
      if (n === 0) context.moveTo(at.x, at.y);
      else context.lineTo(at.x, at.y);
    }
    context.closePath();
  }
  context.fillStyle = colours.land;
  context.fill();
  context.strokeStyle = colours.rim;
  context.stroke();
}
