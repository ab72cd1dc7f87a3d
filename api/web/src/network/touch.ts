// One finger belongs to the page: it scrolls, and a tap chooses; two fingers move the picture and make it larger. So does
// the wheel over a picture that leaves no place beside it.

/** A picture that takes so much of the window's height must not hold the page. */
const TALL = 0.9;

/** Keeps the touch of a single finger, and of a tall picture the wheel, from it; what the browser makes of a tap still comes to it. */
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
  place.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && place.clientHeight > TALL * window.innerHeight) event.stopPropagation();
    },
    { capture: true, passive: true },
  );
}
