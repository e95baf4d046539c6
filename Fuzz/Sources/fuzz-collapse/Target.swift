// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import FuzzSupport

/// More windows, and more chunks that are read, show nothing more, but take time.
private let maximumWindows = 4096
private let maximumReadChunks = 6
private let maximumChunks = 512

private let garbage = [UInt8](repeating: 0xa5, count: 2 << 20)

/// Copies a chain as a worker would, comparing as it goes.
private func copy(_ layers: Layers, _ target: MemoryTarget, salvages: Bool) {
    var collapse = MemoryCollapse(layers.layers, for: target, salvage: salvages)
    guard collapse.windowCount <= maximumWindows else { return }
    var check = CopyCheck(layers.simple, target: target, salvages: salvages)
    var readChunks = 0
    do throws(CollapseError) {
        for _ in 0..<maximumChunks {
            guard let chunk = try collapse.next(over: garbage) else { return check.finish() }
            check.add(chunk)
            if !chunk.isZero { readChunks += 1 }
            if readChunks == maximumReadChunks { return }
        }
    } catch { check.checkFailure(error) }
}

/// A whole image, or two bytes of options and a chain of layers: what a collapse of the chain
/// copies is what it reads as, and what it leaves out reads the same in the target.
///
/// Of the first byte, bit 0 asks for salvage, bit 1 for zeros, bits 2 to 5 are the target's unit.
/// Of the second, bits 0 and 1 are the layer that the target keeps as its base; 0 is none.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // SAFETY: libFuzzer's own pointer and length.
    var input = unsafe FuzzInput(start, count)
    let (kind, base) = input.isWholeImage ? (0, 0) : (input.takeByte(), input.takeByte() & 3)
    let salvages = kind & 1 == 1
    let layers = Layers(&input, salvages: salvages)
    guard !layers.layers.isEmpty else { return 0 }
    let target = MemoryTarget(
        // 512 bytes to 2 MiB, as targets' clusters are.
        grainBytes: 512 << UInt64(min(kind >> 2 & 15, 12)),
        wantsZeros: kind & 2 != 0,
        baseLayer: base > 0 && base < layers.layers.count ? Int(base) : nil
    )
    copy(layers, target, salvages: salvages)
    return 0
}
