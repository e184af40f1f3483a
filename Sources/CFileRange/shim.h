// SPDX-License-Identifier: Apache-2.0
#pragma once
// glibc's <fcntl.h> shows it only to sources that define _GNU_SOURCE before they include anything (sync_file_range(2)).
extern int sync_file_range(int file, long long offset, long long count, unsigned flags);
