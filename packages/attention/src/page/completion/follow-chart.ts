/**
 * A chart that is pressed, and drawn along, to go to what stands there.
 *
 * @param go  told how many points from the left of the chart
 */
export function followChart(chart: HTMLElement, go: (place: number) => void): void {
  const at = ({ clientX }: PointerEvent): void => go(clientX - chart.getBoundingClientRect().left);
  chart.addEventListener('pointerdown', (event) => {
    if ((event.target as Element).closest('svg') === null) return;
    // The drawing is made anew under the finger, the place that holds it is not.
    chart.setPointerCapture(event.pointerId);
    at(event);
  });
  chart.addEventListener('pointermove', (event) => {
    if (chart.hasPointerCapture(event.pointerId)) at(event);
  });
}
