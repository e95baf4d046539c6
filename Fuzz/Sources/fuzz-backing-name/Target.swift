// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import ChainCollapse
internal import FuzzSupport

/// Resolves a name that is no protocol's, byte by byte as the kernel sees paths; nil for others.
private func plainPath(_ name: String, _ overlayPath: String) -> [UInt8]? {
    let (name, overlay) = (Array(name.utf8), Array(overlayPath.utf8))
    let slash = UInt8(ascii: "/")
    guard !name.prefix(while: { $0 != slash }).contains(UInt8(ascii: ":")) else { return nil }
    guard name.first != slash, let last = overlay.lastIndex(of: slash) else { return name }
    return overlay[...last] + name
}

private func check(_ name: String, _ overlayPath: String) {
    let plain = plainPath(name, overlayPath)
    switch ResolvedName(name, overlayPath: overlayPath) {
    case .refused(let reason):
        require(plain == nil, "a plain path was refused: \(reason)")
    case .found(let path, let rawOffset, let rawBytes):
        require(!path.utf8.contains(0), "the kernel would see a shorter path")
        if let plain {
            require(Array(path.utf8) == plain, "a plain path leads elsewhere")
        } else if name.utf8.starts(with: "json:".utf8) {
            require(!path.isEmpty, "an object without a file name leads somewhere")
            require(rawOffset <= UInt64(Int64.max), "an offset that no file has")
            require((rawBytes ?? 0) % 512 == 0, "a raw disk that is no whole sectors")
        } else {
            let rest = name.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst()
            require(path.utf8.elementsEqual(rest), "a file: name leads elsewhere")
        }
    }
}

/// The path of an overlay, a line feed, and the name it records: the name leads to a file, as a
/// plain path to the one the kernel would take, or is refused.
///
/// An input of one line is a name alone. Both end at a NUL, as the header's names do.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    // SAFETY: libFuzzer's own pointer and length.
    var input = unsafe FuzzInput(start, count)
    let lines = input.takeAll().split(
        separator: UInt8(ascii: "\n"),
        maxSplits: 1,
        omittingEmptySubsequences: false
    ).map { line in String(decoding: line.prefix { $0 != 0 }, as: UTF8.self) }
    guard let name = lines.last else { return 0 }
    check(name, lines.count > 1 ? lines[0] : "images/top.qcow2")
    return 0
}
