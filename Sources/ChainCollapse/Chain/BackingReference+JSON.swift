// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

extension BackingReference {
    /// Options that change how QEMU reads a file, but not what it reads.
    private static let harmlessOptions: Set<String> = [
        "aio", "auto-read-only", "cache.direct", "cache.no-flush", "detect-zeroes", "discard",
        "force-share", "locking", "node-name", "read-only",
    ]
    private static let fileDrivers: Set<String> = ["file", "host_device"]

    /// Resolves the object of a `json:` name: a qcow2 or raw driver over a file, or a file alone.
    init(json text: Substring) throws(Unusable) {
        let options: [String: JSONValue]
        do { options = try JSONValue.flattened(text) } catch {
            throw Unusable(reason: "its json: name is not a JSON object with values that are read")
        }
        var reader = OptionReader(options: options)
        let driver = reader.take("driver")
        if let driver, BackingReference.fileDrivers.contains(driver) {
            try self.init(filePrefix: "", &reader)
        } else {
            try self.init(filePrefix: "file.", &reader)
            try take(driver: driver, &reader)
        }
        endsChain = reader.takeNull("backing")
        if let unknown = reader.firstUnread(except: BackingReference.harmlessOptions) {
            throw Unusable(
                reason: "its json: name has the option '\(unknown)', which is not supported"
            )
        }
    }

    private init(filePrefix prefix: String, _ reader: inout OptionReader) throws(Unusable) {
        if !prefix.isEmpty, let driver = reader.take(prefix + "driver"),
            !BackingReference.fileDrivers.contains(driver)
        {
            throw Unusable(
                reason: "the protocol '\(driver)' is not supported, only local files are"
            )
        }
        guard let path = reader.take(prefix + "filename"), !path.isEmpty, !path.utf8.contains(0)
        else {
            throw Unusable(reason: "its json: name has no '\(prefix)filename' that can be opened")
        }
        self.init(path: path)
    }

    private mutating func take(driver: String?, _ reader: inout OptionReader) throws(Unusable) {
        guard let driver else { return }
        guard let format = ImageFormat(rawValue: driver) else {
            throw Unusable(
                reason: "its json: name asks for the driver '\(driver)', not raw or qcow2"
            )
        }
        self.format = format
        guard format == .raw else { return }
        rawOffset = try reader.takeNumber("offset") ?? 0
        rawBytes = try reader.takeNumber("size")
        guard (rawBytes ?? 0) % 512 == 0 else {
            throw Unusable(reason: "its json: name has a size that is not a multiple of 512")
        }
    }
}

/// Takes options one by one, so that what is left over is what nobody understood.
private struct OptionReader {
    var options: [String: JSONValue]

    mutating func take(_ name: String) -> String? { options.removeValue(forKey: name)?.text }

    mutating func takeNull(_ name: String) -> Bool {
        guard options[name] == .null else { return false }
        options[name] = nil
        return true
    }

    mutating func takeNumber(_ name: String) throws(BackingReference.Unusable) -> UInt64? {
        guard let text = take(name) else { return nil }
        guard let number = UInt64(text), number <= UInt64(Int64.max) else {
            throw BackingReference.Unusable(
                reason: "its json: name has the \(name) '\(text)': a number of bytes was expected"
            )
        }
        return number
    }

    func firstUnread(except harmless: Set<String>) -> String? {
        options.keys.sorted().first { name in
            !harmless.contains(name) && !harmless.contains { name == "file.\($0)" }
        }
    }
}
