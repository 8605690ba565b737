/* SPDX-License-Identifier: Apache-2.0 */
#ifndef REPORT_ASSETS_H
#define REPORT_ASSETS_H

#include <stddef.h>

/* report.css and report.js as they are (CMakeLists.txt): constants, with a NUL behind them. */
extern const char asset_style[], asset_script[];
extern const size_t asset_style_bytes, asset_script_bytes;

#endif
