// Draws nodes with WebGL: one point each, cut into the shape of its kind, with an edge in the colour of the text.
import { NodeProgram, type ProgramInfo } from "sigma/rendering";
import type { NodeDisplayData, RenderParams } from "sigma/types";
import { floatColor } from "sigma/utils";

const SHAPES = ["municipality", "actor", "alliance", "practice", "offer", "request", "exchange", "challenge", "group", "unproven"];

export function shapeOf(kind: string): number {
  const found = SHAPES.indexOf(kind);
  return found >= 0 ? found : SHAPES.indexOf("challenge");
}

const VERTEX = /* glsl */ `
attribute vec4 a_id;
attribute vec4 a_color;
attribute vec4 a_edge;
attribute vec2 a_position;
attribute float a_size;
attribute float a_shape;
uniform float u_sizeRatio;
uniform float u_pixelRatio;
uniform mat3 u_matrix;
varying vec4 v_color;
varying vec4 v_edge;
varying float v_shape;
varying float v_radius;
const float bias = 255.0 / 254.0;
void main() {
  gl_Position = vec4((u_matrix * vec3(a_position, 1)).xy, 0, 1);
  v_radius = a_size / u_sizeRatio * u_pixelRatio;
  gl_PointSize = 2.6 * v_radius + 2.0;
  #ifdef PICKING_MODE
  v_color = a_id;
  #else
  v_color = a_color;
  #endif
  v_edge = a_edge;
  v_color.a *= bias;
  v_edge.a *= bias;
  v_shape = a_shape;
}`;

// distances to the shapes, below 0 inside, in units of the radius; y goes down
const FRAGMENT = /* glsl */ `
precision highp float;
varying vec4 v_color;
varying vec4 v_edge;
varying float v_shape;
varying float v_radius;
float polygon(vec2 p, float sides, float reach) {
  float sector = 6.2831853 / sides;
  float angle = atan(p.x, -p.y);
  return cos(floor(0.5 + angle / sector) * sector - angle) * length(p) - reach;
}
float shape(vec2 p) {
  if (v_shape < 0.5 || (v_shape > 7.5 && v_shape < 8.5)) return length(p) - 1.0;
  if (v_shape < 1.5) return max(abs(p.x), abs(p.y)) - 0.89;
  if (v_shape < 2.5) return (abs(p.x) + abs(p.y) - 1.2) * 0.7071;
  if (v_shape < 3.5 || v_shape > 8.5) return max(p.y - 0.85, abs(p.x) * 0.876 - (p.y + 1.15) * 0.4818);
  if (v_shape < 4.5) return polygon(-p, 5.0, 0.9);
  if (v_shape < 5.5) return max(min(abs(p.x), abs(p.y)) - 0.38, max(abs(p.x), abs(p.y)) - 1.1);
  if (v_shape < 6.5) return max(abs(p.x) - 1.1, abs(p.y) - 0.6);
  return max(length(p) - 1.0, 0.5 - length(p));
}
void main() {
  vec2 p = (gl_PointCoord * 2.0 - 1.0) * (1.3 + 1.0 / v_radius);
  #ifdef PICKING_MODE
  if (length(p) > 1.2) discard;
  gl_FragColor = v_color;
  #else
  float d = shape(p) * v_radius;
  if (d > 0.75) discard;
  float wide = v_shape > 8.5 ? min(2.0, 0.2 * v_radius) : v_shape > 7.5 ? 3.0 : min(1.25, 0.2 * v_radius);
  vec4 inner = mix(v_color, v_edge, smoothstep(-wide - 0.75, -wide + 0.25, d));
  gl_FragColor = inner * (1.0 - smoothstep(-0.5, 0.75, d));
  #endif
}`;

const UNIFORMS = ["u_sizeRatio", "u_pixelRatio", "u_matrix"] as const;

export interface Drawn extends NodeDisplayData {
  shape: number;
  edge: string;
}

/** Sigma's way to draw a kind of node. */
export class ShapeProgram extends NodeProgram<(typeof UNIFORMS)[number]> {
  override getDefinition() {
    const { UNSIGNED_BYTE, FLOAT, POINTS } = WebGLRenderingContext;
    return {
      VERTICES: 1,
      VERTEX_SHADER_SOURCE: VERTEX,
      FRAGMENT_SHADER_SOURCE: FRAGMENT,
      METHOD: POINTS,
      UNIFORMS,
      ATTRIBUTES: [
        { name: "a_position", size: 2, type: FLOAT },
        { name: "a_size", size: 1, type: FLOAT },
        { name: "a_shape", size: 1, type: FLOAT },
        { name: "a_color", size: 4, type: UNSIGNED_BYTE, normalized: true },
        { name: "a_edge", size: 4, type: UNSIGNED_BYTE, normalized: true },
        { name: "a_id", size: 4, type: UNSIGNED_BYTE, normalized: true },
      ],
    };
  }

  override processVisibleItem(index: number, at: number, data: NodeDisplayData): void {
    const { shape, edge } = data as Drawn;
    const array = this.array;
    array[at++] = data.x;
    array[at++] = data.y;
    array[at++] = data.size;
    array[at++] = shape;
    array[at++] = floatColor(data.color);
    array[at++] = floatColor(edge);
    array[at++] = index;
  }

  override setUniforms(params: RenderParams, { gl, uniformLocations }: ProgramInfo): void {
    gl.uniform1f(uniformLocations["u_pixelRatio"] ?? null, params.pixelRatio);
    gl.uniform1f(uniformLocations["u_sizeRatio"] ?? null, params.sizeRatio);
    gl.uniformMatrix3fv(uniformLocations["u_matrix"] ?? null, false, params.matrix);
  }
}
