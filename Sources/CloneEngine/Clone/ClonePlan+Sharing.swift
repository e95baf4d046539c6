// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO

extension ClonePlan {
    /// Finds out which copies can share blocks with their chains.
    mutating func probeSharing() {
        for index in copies.indices { copies[index].probeSharing() }
    }
}

extension ClonePlan.Copy {
    /// Asks the file system about the volume below all others, which most bytes lie in as a rule.
    ///
    /// A file without a name, in the domain's directory, stands for the one that is not there yet.
    fileprivate mutating func probeSharing() {
        guard shape.allocation == .sparse, let bottom = chain.last,
            let target = try? TargetFile(unnamedIn: domain.path),
            let source = try? File(readingFrom: bottom.path)
        else { return }
        canShareBlocks = target.canShare(with: source)
    }
}
