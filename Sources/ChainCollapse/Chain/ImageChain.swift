// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import DiskIO
internal import QCow2

/// A chain of images, top first, each layer opened once and for reading only.
package struct ImageChain: Sendable {
    /// More layers than any real chain has; a limit, so that a hostile one ends.
    package static let maximumLayers = 4096

    /// The layers, the top first.
    package let layers: [Layer]
    /// What a user should know about the images, one sentence each.
    package let warnings: [String]
    /// Why there are no more layers, by a policy that keeps those that are open.
    package let failure: CollapseError?
    /// How much of each layer can be seen: no more than any layer above it has.
    let visibleBytes: [UInt64]

    /// The size of the top layer's disk, in bytes: the size of the result.
    package var diskBytes: UInt64 { layers[0].diskBytes }
    package var top: Layer { layers[0] }

    /// Opens a chain from its top.
    ///
    /// - Parameters:
    ///   - path: the top layer's file.
    ///   - format: the top's format; guessed from its first bytes when nil.
    ///   - snapshot: id or name of an internal snapshot of the top, instead of its present state.
    ///   - policy: what may be opened, and how.
    ///   - cancellation: ends waiting for a lock.
    /// - Throws: `CollapseError`; when a lower layer fails, the sentence names the path there.
    package init(
        top path: String,
        format: ImageFormat? = nil,
        snapshot: String? = nil,
        policy: ChainPolicy = ChainPolicy(),
        cancellation: Cancellation = Cancellation()
    ) throws(CollapseError) {
        raiseOpenFileLimit()
        var opener = try LayerOpener(policy, cancellation)
        let reference = BackingReference(path: path, format: format)
        let top: Layer
        do throws(CollapseError) {
            top = try opener.open(reference, isTop: true, snapshot: snapshot)
        } catch { throw LayerLock.advised(error, reference, policy) }
        var layers = [top]
        var failure: CollapseError?
        do throws(CollapseError) { try ImageChain.openLower(&layers, &opener, policy) } catch {
            guard policy.keepsOpenLayers else { throw error }
            failure = error
        }
        self.init(layers: layers, warnings: opener.warnings, failure: failure)
        try FlatMap.checkSize(of: self)
    }

    /// Opens all layers below the top, which is open.
    private static func openLower(
        _ layers: inout [Layer],
        _ opener: inout LayerOpener,
        _ policy: ChainPolicy
    ) throws(CollapseError) {
        var seen = Set(layers[0].identities)
        var endsHere = false
        while !endsHere, let reference = try next(below: layers) {
            let layer: Layer
            do throws(CollapseError) {
                layer = try opener.open(reference, isTop: false, snapshot: nil)
            } catch {
                guard !isOne(of: seen, reference.path) else {
                    throw cycle(layers, reference.path)
                }
                let error = LayerLock.advised(error, reference, policy)
                throw CollapseError(
                    [.inputOutput, .notFound].contains(error.code) ? .brokenChain : error.code,
                    "\(trail(of: layers)): \(error.message)"
                )
            }
            guard seen.isDisjoint(with: layer.identities) else { throw cycle(layers, layer.path) }
            seen.formUnion(layer.identities)
            layers.append(layer)
            endsHere = reference.endsChain
        }
    }

    /// Whether a path names a file that a chain has already, which nobody may be able to open twice.
    private static func isOne(of seen: Set<File.Identity>, _ path: String) -> Bool {
        switch Directory.kind(of: path) {
        case .regular(let identity), .blockDevice(let identity): seen.contains(identity)
        case .other, nil: false
        }
    }

    private static func cycle(_ layers: [Layer], _ path: String) -> CollapseError {
        CollapseError(
            .brokenChain,
            "\(trail(of: layers)) -> \(path): the chain comes back to a file it already has"
        )
    }

    /// A chain of layers that are open already, the top first.
    init(layers: [Layer], warnings: [String] = [], failure: CollapseError? = nil) {
        self.layers = layers
        self.warnings = warnings
        self.failure = failure
        visibleBytes = layers.reduce(into: []) { sizes, layer in
            sizes.append(min(sizes.last ?? layer.diskBytes, layer.diskBytes))
        }
    }

    /// The reference below the last layer; nil at the chain's end.
    private static func next(below layers: [Layer]) throws(CollapseError) -> BackingReference? {
        guard let image = layers.last?.image, let name = image.header.backingName else {
            return nil
        }
        guard layers.count < maximumLayers else {
            throw CollapseError(.brokenChain, "the chain has more than \(maximumLayers) layers")
        }
        do throws(BackingReference.Unusable) {
            let format = image.header.extensions.backingFormat
            return try BackingReference(name: name, format: format, overlayPath: image.path)
        } catch {
            throw CollapseError(
                .brokenChain,
                "\(trail(of: layers)): the backing file '\(name)' cannot be used: \(error.reason)"
            )
        }
    }

    /// `top -> middle -> base`, shortened in the middle of long chains.
    private static func trail(of layers: [Layer]) -> String {
        let paths = layers.map(\.path)
        guard paths.count > 12 else { return paths.joined(separator: " -> ") }
        let dropped = "(\(paths.count - 10) more)"
        return (paths.prefix(5) + [dropped] + paths.suffix(5)).joined(separator: " -> ")
    }

    /// Why a layer's damaged entry cannot be followed.
    func error(for entry: DamagedEntry, of layer: Int) -> CollapseError {
        guard let image = layers[layer].image else {
            preconditionFailure("only images have entries")
        }
        return CollapseError(.format(image.error(for: entry)))
    }

    /// Guest bytes whose L2 tables are missing, by salvage, and all that joined disks have lost.
    var lostTableBytes: UInt64 {
        layers.reduce(0) { sum, layer in
            if let disks = layer.data as? JoinedDisks { return sum + disks.lostBytes }
            guard case .qcow2(_, let table) = layer.content else { return sum }
            return sum + table.lostBytes
        }
    }

    /// The index of the layer that is to stay below a target; not the top itself.
    func baseIndex(of name: String) throws(CollapseError) -> Int {
        let index = try index(of: name)
        guard index > 0 else {
            throw CollapseError(
                .invalidOptions,
                "\(name) is the source itself: --base names a layer below it"
            )
        }
        return index
    }

    /// How an image at `target` names a layer as its backing file: by its bare name when both are in
    /// one directory, so that they can be moved together, else by its absolute path.
    func backingName(of index: Int, forTargetAt target: String) -> CreationOptions.BackingName {
        let layer = layers[index]
        let path = Directory.resolved(layer.path)
        let directory = Directory.resolved(Directory.parent(of: target))
        let isBeside = Directory.parent(of: path) == directory
        let name = isBeside ? Directory.name(of: path) : path
        // A colon would be taken for a protocol's.
        let escaped = isBeside && name.utf8.contains(UInt8(ascii: ":")) ? "./" + name : name
        return CreationOptions.BackingName(name: escaped, format: layer.format.rawValue)
    }

    /// The index of the layer that a user names by its path or by the last part of it.
    private func index(of name: String) throws(CollapseError) -> Int {
        let exact = layers.firstIndex { $0.path == name }
        let loose = layers.indices.filter {
            Directory.name(of: layers[$0].path) == name
        }
        if let exact { return exact }
        if loose.count == 1 { return loose[0] }
        switch Directory.kind(of: name) {
        case .regular(let identity), .blockDevice(let identity):
            let same = layers.firstIndex { $0.identities.first == identity }
            if let same { return same }
        case .other, nil: break
        }
        throw CollapseError(
            .notFound,
            "\(name) is not a layer of the chain "
                + ImageChain.trail(of: layers)
        )
    }
}
