// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import Synchronization

extension FlatMap {
    /// The extents of some windows, which all processors flatten side by side.
    ///
    /// - Returns: for each window its extents, as a `WindowFlattener` finds them.
    func flatten(_ windows: [Range<UInt64>]) throws(CollapseError) -> [[Extent]] {
        typealias Flattened = Result<[Extent], CollapseError>
        let next = Atomic(0)
        let results = Mutex([Flattened](repeating: .success([]), count: windows.count))
        WorkerThreads.run(min(WorkerThreads.processorCount, windows.count)) { _ in
            var flattener = WindowFlattener(self)
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < windows.count else { return }
                let result = Result { () throws(CollapseError) in
                    try flattener.flatten(windows[index])
                }
                results.withLock { $0[index] = result }
            }
        }
        var flattened: [[Extent]] = []
        for result in results.withLock({ $0 }) { flattened.append(try result.get()) }
        return flattened
    }
}
