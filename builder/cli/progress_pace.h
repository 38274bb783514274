/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLI_PROGRESS_PACE_H
#define CLI_PROGRESS_PACE_H

/* How often progress is drawn without an event, in milliseconds. */
struct progress_pace {
	unsigned redraw_ms;  /* running lines of a terminal */
	unsigned silence_ms; /* after which a line says what still runs */
};

#endif
