// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

#include <isa-l/igzip_lib.h>

/// The working memory of compression level 3; a macro that Swift cannot import.
static const uint32_t cisal_level3_buffer_bytes = ISAL_DEF_LVL3_DEFAULT;
