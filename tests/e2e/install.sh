#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What is installed can be used: a program of somebody else, built against the library through pkg-config and through CMake, reads a bundle.
. "$(dirname "$0")/lib.sh"
build=$(dirname "$indicia")
if [ ! -f "$build/cmake_install.cmake" ] || ! command -v cc > /dev/null; then echo "no build folder, or no compiler"; exit 77; fi
prefix=$work/prefix
run 0 cmake --install "$build" --prefix "$prefix"
same "executable" yes "$([ -x "$prefix/bin/indicia" ] && echo yes)"
libdir=$(dirname "$(find "$prefix" -name 'libindicia.so')")
sanitize=()
nm -D "$libdir/libindicia.so" | grep -q __asan_init && sanitize=(-fsanitize=address -fsanitize=undefined)
same "hidden symbols that are visible" "" "$(nm -D --defined-only "$libdir/libindicia.so" | awk '$3 !~ /^(ind_|__|_)/ { print $3 }')"

mkdir "$work/theirs"; cd "$work/theirs" || exit 1
cat > reader.c <<'C'
#include <indicia/bundle.h>
#include <stdio.h>
static enum ind_err read_at(void *ctx, uint64_t offset, void *bytes, size_t count, size_t *got)
{
	if (fseek(ctx, (long)offset, SEEK_SET) != 0)
		return IND_IO;
	*got = fread(bytes, 1, count, ctx);
	return ferror((FILE *)ctx) ? IND_IO : IND_OK;
}
int main(int argc, char **argv)
{
	FILE *file = argc > 1 ? fopen(argv[1], "rb") : NULL;
	struct ind_source source = { read_at, file };
	struct ind_reader *reader;
	const struct ind_record *record;
	unsigned flows = 0;
	if (!file || ind_reader_new(&source, IND_WANT(IND_REC_FLOW), &reader) != IND_OK)
		return 1;
	enum ind_err err;
	while ((err = ind_reader_next(reader, &record)) == IND_OK)
		flows += record->kind == IND_REC_FLOW;
	printf("%u flows: %s\n", flows, ind_strerror(err));
	ind_reader_free(reader);
	return fclose(file) != 0 || err != IND_END;
}
C
cat > CMakeLists.txt <<'C'
cmake_minimum_required(VERSION 3.25)
project(theirs C)
find_package(indicia 0.1 REQUIRED)
add_executable(reader reader.c)
target_link_libraries(reader PRIVATE indicia::indicia)
C
run 0 "$indicia" collect -q -r "$sample" -w ours.ieb
want="$("$indicia" flows -o ndjson ours.ieb | grep -c .) flows: no more input"
sed "s|^prefix=.*|prefix=$prefix|" "$(find "$prefix" -name indicia.pc)" > indicia.pc
read -ra flags <<< "$(PKG_CONFIG_PATH=. pkg-config --cflags --libs indicia)"
run 0 cc -Wall -Wextra -Werror "${sanitize[@]}" -o by-pkg-config reader.c "${flags[@]}"
run 0 env LD_LIBRARY_PATH="$libdir" ./by-pkg-config ours.ieb; same "flows read" "$want" "$(cat "$work/stdout")"
run 0 cmake -B build -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_C_FLAGS="${sanitize[*]}"
run 0 cmake --build build
run 0 env LD_LIBRARY_PATH="$libdir" build/reader ours.ieb; same "flows read" "$want" "$(cat "$work/stdout")"
finish
