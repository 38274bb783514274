/* SPDX-License-Identifier: Apache-2.0 */
/* The program of recipes/hello.json: says hello, so that the shortest recipe has something to
 * compile and to run. */

#include <stdio.h>

int main(void)
{
	return puts("Hello from an image without a shell.") < 0 || fflush(stdout) != 0;
}
