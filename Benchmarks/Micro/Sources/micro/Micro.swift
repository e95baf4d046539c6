// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Glibc

let clusterBytes = 64 << 10

@main
enum Micro {
    /// Called by `Scripts/bench`, which knows the images.
    static func main() throws {
        let arguments = CommandLine.arguments
        switch arguments.dropFirst().first {
        case "inflate" where arguments.count == 3:
            try inflateAll(of: arguments[2])
        case "tables" where arguments.count == 5:
            let clusters = try sample(of: arguments[2])
            try printFunctions(clusters: clusters, fragmented: arguments[3], deep: arguments[4])
            print()
            printCodecs(clusters)
        default:
            print("usage: micro inflate IMAGE | tables FILES FRAGMENTED DEEP")
            exit(64)
        }
    }

    /// At most 512 clusters, evenly spread over a raw image.
    private static func sample(of path: String) throws -> [[UInt8]] {
        let file = try File(readingFrom: path)
        let count = Int(file.byteCount) / clusterBytes
        return try stride(from: 0, to: count, by: max(1, count / 512)).map { number in
            try file.bytes(at: UInt64(number * clusterBytes), count: clusterBytes)
        }
    }
}
