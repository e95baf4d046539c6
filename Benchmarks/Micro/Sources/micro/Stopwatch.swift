// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The median of several runs' processor time, after one that does not count, in seconds.
func seconds(runs: Int = 5, _ body: () throws -> Void) rethrows -> Double {
    try body()
    let times = try (0..<runs).map { _ in
        let start = processorSeconds()
        try body()
        return processorSeconds() - start
    }
    return times.sorted()[runs / 2]
}

/// What this thread has used so far, in the program and in the kernel.
private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

extension Double {
    /// With so many digits behind the point.
    func digits(_ count: Int) -> String {
        let scale = (0..<count).reduce(1) { product, _ in product * 10 }
        let number = Int((self * Double(scale)).rounded())
        guard count > 0 else { return "\(number)" }
        let rest = String(number % scale)
        return "\(number / scale).\(String(repeating: "0", count: count - rest.count))\(rest)"
    }
}

/// Prints a line of a Markdown table.
func printRow(_ cells: String...) { print("| \(cells.joined(separator: " | ")) |") }
