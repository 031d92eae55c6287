/** Whole minutes a calm reader takes. */
export function minutes(text) {
  return Math.max(1, Math.round(text.trim().split(/\s+/).length / 180));
}
