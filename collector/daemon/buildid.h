/* SPDX-License-Identifier: Apache-2.0 */
/* Which build of the program this is: the GNU build id that the linker wrote into it, by which packages, SBOM and debug symbols name it, too. */
#ifndef DAEMON_BUILDID_H
#define DAEMON_BUILDID_H

/* Lower-case hexadecimal digits of the running program, "" if it was linked without one. Lives as long as the program. */
const char *buildid_hex(void);
/* "indicia VERSION (BUILDID)", as HEADER keeps it; without a build id "indicia VERSION". Lives as long as the program. */
const char *buildid_text(void);

#endif
