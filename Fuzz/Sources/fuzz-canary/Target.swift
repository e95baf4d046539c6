// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import FuzzSupport

/// Must fail: it looks one byte behind an input, but only behind one that begins like an image.
///
/// Where this one survives, the others prove nothing: either nobody guides the inputs, or nobody
/// watches the memory.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // SAFETY: none; this is the planted bug.
    unsafe FuzzInput(start, count).isWholeImage && start[count] == 0 ? -1 : 0
}
