// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// What must be the same for a copy to go on where it was: this program, what the target is to be,
/// and every file of the chain.
struct Fingerprint {
    /// What each part is called when it is another than before.
    private var names: [String] = []
    private var hashes: [[UInt64]] = []

    /// The fingerprint of a copy.
    ///
    /// - Throws: `.invalidOptions` when a change of the chain would go unnoticed.
    init(
        _ chain: ImageChain,
        _ target: CollapseTarget,
        _ source: CollapseSource,
        _ policy: PlanPolicy
    ) throws(CollapseError) {
        guard !source.sharesWithWriters else {
            throw CollapseError(
                .invalidOptions,
                "--resume goes on with a chain that has not changed, and --force-share reads one that "
                    + "may"
            )
        }
        let program = try usingDisk { () throws(IOError) in
            try File(readingFrom: "/proc/self/exe").version()
        }
        add("this program", program)
        let policyText = """
            \(policy.grainBytes) \(policy.wantsZeros) \(policy.sharedLayers.sorted()) \
            \(String(describing: policy.sharedUnitBytes)) \(String(describing: policy.baseLayer)) \
            \(String(describing: policy.streams))
            """
        let base = policy.baseLayer.map { chain.backingName(of: $0, forTargetAt: target.path) }
        let state = String(describing: source.snapshot)
        add("an option", "\(target.format) \(policyText) \(String(describing: base)) \(state)")
        add("the number of layers", "\(chain.layers.count)")
        for layer in chain.layers {
            guard layer.files.allSatisfy({ $0.kind == .regular }) else {
                throw CollapseError(
                    .invalidOptions,
                    "\(layer.path): --resume is for chains of files: a device does not tell whether "
                        + "it has changed"
                )
            }
            let versions = try usingDisk { () throws(IOError) in
                try layer.files.map { (file) throws(IOError) in try file.version() }
            }
            var start: UInt64 = 0
            if case .raw(let offset) = layer.content { start = offset }
            add(layer.path, "\(layer.format) \(layer.diskBytes) \(start) \(versions)")
        }
    }

    private mutating func add(_ name: String, _ text: String) {
        names.append(name)
        hashes.append(bigEndianWords(SHA256Hash(of: Array(text.utf8)).bytes[...]))
    }

    /// As it stands in a journal.
    var words: [UInt64] { hashes.flatMap { $0 } }

    /// What is different from an earlier one; nil when nothing is.
    func difference(from earlier: [UInt64]) -> String? {
        guard words != earlier else { return nil }
        let index = hashes.indices.first { index in
            earlier.dropFirst(index * 4).prefix(4) != hashes[index][...]
        }
        return index.map { names[$0] } ?? "the chain"
    }
}
