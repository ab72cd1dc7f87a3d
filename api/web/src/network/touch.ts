// One finger belongs to the page: it scrolls, and a tap chooses; two fingers move the picture and make it larger.

/** Keeps the touch of a single finger from the picture; what the browser makes of a tap, a click, still comes to it. */
export function leaveOneFinger(place: HTMLElement): void {
  for (const layer of place.querySelectorAll("canvas")) layer.style.touchAction = "pan-y";
  for (const type of ["touchstart", "touchmove"])
    place.addEventListener(
      type,
      (event) => {
        if ((event as TouchEvent).touches.length < 2) event.stopPropagation();
      },
      { capture: true, passive: true },
    );
}
