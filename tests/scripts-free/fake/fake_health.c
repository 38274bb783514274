/* SPDX-License-Identifier: Apache-2.0 */
/* Stands for a health server with a fault: $FAKE health-dies (a moment after it is ready),
 * health-mute (never ready), health-noisy (its lines have levels), else it just stays. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	const char *fake = getenv("FAKE");

	if (fake != NULL && strstr(fake, "health-mute") != NULL)
		return 7;
	printf("listening\n");
	if (fake != NULL && strstr(fake, "health-noisy") != NULL)
		printf("[ERROR] an error\n[WARNING] a warning\nplain\n");
	fflush(stdout);
	if (fake != NULL && strstr(fake, "health-dies") != NULL) {
		usleep(100000);
		return 9;
	}
	for (;;)
		pause();
}
