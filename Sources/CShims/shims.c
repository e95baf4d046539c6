// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE
#include "CShims.h"

#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

int64_t cshims_block_device_size(int descriptor) {
    uint64_t bytes = 0;
    return ioctl(descriptor, BLKGETSIZE64, &bytes) == 0 ? (int64_t)bytes : -1;
}

int cshims_allocate(int descriptor, int64_t offset, int64_t length) {
    return fallocate(descriptor, 0, offset, length);
}

int cshims_punch_hole(int descriptor, int64_t offset, int64_t length) {
    return fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, length);
}

int cshims_zero_range(int descriptor, int64_t offset, int64_t length) {
    return fallocate(descriptor, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, offset, length);
}

int cshims_clone_range(
    int descriptor, int64_t offset, int source, int64_t source_offset, int64_t length) {
    struct file_clone_range range = {source, source_offset, length, offset};
    return ioctl(descriptor, FICLONERANGE, &range);
}

int cshims_rename_exclusively(const char *from, const char *to) {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);
}

int64_t cshims_seek_data(int descriptor, int64_t offset) {
    return lseek(descriptor, offset, SEEK_DATA);
}

int64_t cshims_seek_hole(int descriptor, int64_t offset) {
    return lseek(descriptor, offset, SEEK_HOLE);
}
