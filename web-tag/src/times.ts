/** The tag's durations. An enum, since esbuild writes its values in place. */
export const enum Times {
  /** Single-page applications set the title only after they have changed the address. */
  SETTLE_MS = 100,
  RETRY_AFTER_MS = 1500,
  YEAR_S = 31536000,
}
