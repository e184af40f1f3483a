// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <spawn.h>
// glibc's <spawn.h> shows this only to sources that define _GNU_SOURCE before they include anything (glibc 2.34).
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);
