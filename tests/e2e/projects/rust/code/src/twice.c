/* SPDX-License-Identifier: Apache-2.0 */
unsigned twice(unsigned n);

unsigned twice(unsigned n)
{
	return 2 * n;
}
