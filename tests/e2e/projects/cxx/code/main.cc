/* SPDX-License-Identifier: Apache-2.0 */
/* Asks a database in memory: a program, a library of its own, a library of Debian's. */
#include <iostream>

#include "store.h"

int main(int argc, char **argv)
{
	try {
		std::cout << "answer " << ask(argc > 1 ? argv[1] : "select 6 * 7") << '\n';
		return 0;
	} catch (const std::exception &wrong) {
		std::cerr << wrong.what() << '\n';
		return 1;
	}
}
