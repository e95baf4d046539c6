// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

/// What the LUKS header of an encrypted image says: the LUKS On-Disk Format Specification, version 1.
public struct LUKSHeader: Hashable, Sendable {
    /// One of the places for a key that opens the image.
    public struct Slot: Hashable, Sendable {
        /// True when a key is kept there.
        public let isActive: Bool
        /// How often the passphrase is hashed.
        public let iterations: UInt32
        /// Where the key material lies, in bytes from the LUKS header's beginning.
        public let keyOffset: UInt64
        /// Into how many pieces it is split.
        public let stripes: UInt32
    }

    /// The specification's size of the header, in bytes.
    static let byteCount = 592
    static let magic: [UInt8] = Array("LUKS".utf8) + [0xba, 0xbe]
    private static let slotOffset = 208
    private static let slotBytes = 48
    private static let slotCount = 8
    private static let activeSlot: UInt32 = 0x00ac_71f3
    private static let sectorBytes: UInt64 = 512

    /// The cipher and the bits of its key: `aes-256`.
    public let cipher: String
    /// How the cipher goes from block to block: `xts`.
    public let cipherMode: String
    /// How the first vector of a sector is made: `plain64`, `essiv`.
    public let ivGenerator: String
    /// The hash that it is made with, if it is made with one.
    public let ivHash: String?
    /// The hash that keys are made with.
    public let hash: String
    /// The header's unique name.
    public let uuid: String
    /// Where the data would begin, in bytes from the LUKS header's beginning.
    public let payloadOffset: UInt64
    /// How often the master key is hashed.
    public let masterKeyIterations: UInt32
    /// The places for keys.
    public let slots: [Slot]

    /// Takes the fields out of a header's bytes; nil when they are not one of version 1.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= LUKSHeader.byteCount, bytes.starts(with: LUKSHeader.magic),
            bytes.bigEndian(UInt16.self, at: 6) == 1
        else { return nil }
        let mode = bytes.text(40..<72).split(separator: "-", maxSplits: 1)
        let generator = (mode.dropFirst().first ?? "").split(separator: ":", maxSplits: 1)
        let keyBits = UInt64(bytes.bigEndian(UInt32.self, at: 108)) * 8
        cipherMode = mode.first.map(String.init) ?? ""
        ivGenerator = generator.first.map(String.init) ?? ""
        ivHash = generator.dropFirst().first.map(String.init)
        // XTS uses two keys of the cipher.
        cipher = "\(bytes.text(8..<40))-\(cipherMode == "xts" ? keyBits / 2 : keyBits)"
        hash = bytes.text(72..<104)
        payloadOffset = UInt64(bytes.bigEndian(UInt32.self, at: 104)) * LUKSHeader.sectorBytes
        masterKeyIterations = bytes.bigEndian(UInt32.self, at: 164)
        uuid = bytes.text(168..<208)
        slots = (0..<LUKSHeader.slotCount).map { number in
            let place = LUKSHeader.slotOffset + number * LUKSHeader.slotBytes
            return Slot(
                isActive: bytes.bigEndian(UInt32.self, at: place) == LUKSHeader.activeSlot,
                iterations: bytes.bigEndian(UInt32.self, at: place + 4),
                keyOffset: UInt64(bytes.bigEndian(UInt32.self, at: place + 40))
                    * LUKSHeader.sectorBytes,
                stripes: bytes.bigEndian(UInt32.self, at: place + 44)
            )
        }
    }
}
