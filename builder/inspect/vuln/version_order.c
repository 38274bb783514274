/* SPDX-License-Identifier: Apache-2.0 */
#include "inspect/vuln/version_order.h"

#include "format/debian/debversion.h"
#include "format/version/maven_version.h"
#include "format/version/pep440.h"
#include "format/version/semver.h"

enum version_order version_order_of(const char *purl_type)
{
	static const struct {
		const char *type;
		enum version_order order;
	} types[] = {
		{ "npm", VERSION_SEMVER },    { "cargo", VERSION_SEMVER },
		{ "golang", VERSION_SEMVER }, { "pypi", VERSION_PYPI },
		{ "maven", VERSION_MAVEN },
	};

	for (size_t i = 0; purl_type && i < ARRAY_SIZE(types); i++) {
		if (strcmp(types[i].type, purl_type) == 0)
			return types[i].order;
	}
	return VERSION_DEBIAN;
}

int version_compare(enum version_order order, struct str a, struct str b)
{
	switch (order) {
	case VERSION_SEMVER:
		return semver_compare(a, b);
	case VERSION_PYPI:
		return pep440_compare(a, b);
	case VERSION_MAVEN:
		return maven_version_compare(a, b);
	case VERSION_DEBIAN:
		break;
	}
	return debversion_compare(a, b);
}
