/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <string>

std::string ask(const std::string &sql);
