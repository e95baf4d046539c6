// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension TargetFile {
    /// A file's length and the bytes it occupies.
    package struct Size: Hashable, Sendable {
        package let byteCount: UInt64
        package let allocatedBytes: UInt64
    }

    /// The size that the target has now; a device's is fixed.
    package func size() throws(IOError) -> Size {
        guard let status = Syscalls.status(of: file.descriptor) else {
            throw .last("fstat", path)
        }
        return isBlockDevice
            ? Size(byteCount: file.byteCount, allocatedBytes: file.byteCount)
            : Size(
                byteCount: UInt64(status.st_size),
                allocatedBytes: UInt64(status.st_blocks) * 512
            )
    }

    package func setByteCount(_ byteCount: UInt64) throws(IOError) {
        guard !hasFixedSize else {
            // A sector that the end of a file cuts is a whole one of the disk.
            guard byteCount <= (file.byteCount + 511) & ~511 else {
                let cause = IOError.Cause.tooSmall(byteCount: file.byteCount, needed: byteCount)
                throw IOError(call: "write", path: path, cause: cause)
            }
            return
        }
        // ext4 takes a file that is cut to nothing for one that is replaced, even if it had nothing,
        // and sends all that is written to it then to the disk at its close.
        guard try size().byteCount != byteCount else { return }
        guard Syscalls.succeeds({ ftruncate(file.descriptor, Int(byteCount)) }) else {
            throw .last("ftruncate", path, at: byteCount)
        }
    }
}
