/* SPDX-License-Identifier: Apache-2.0 */
#include "store.h"

#include <sqlite3.h>
#include <stdexcept>

std::string ask(const std::string &sql)
{
	sqlite3 *db = nullptr;
	sqlite3_stmt *query = nullptr;
	std::string answer;

	if (sqlite3_open(":memory:", &db) != SQLITE_OK ||
	    sqlite3_prepare_v2(db, sql.c_str(), -1, &query, nullptr) != SQLITE_OK)
		throw std::runtime_error(sqlite3_errmsg(db));
	while (sqlite3_step(query) == SQLITE_ROW)
		answer += reinterpret_cast<const char *>(sqlite3_column_text(query, 0));
	sqlite3_finalize(query);
	sqlite3_close(db);
	return answer;
}
