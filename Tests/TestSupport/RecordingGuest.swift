// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

internal import Foundation

/// The program of a `LiveMachine`, and the proof that a copy of its disk is a moment of its life.
///
/// Record n is a block full of n. When it is written, block 0 is filled with n, on one disk after the
/// other where there are several, and a byte goes to a port. Records jump about the disk and never meet.
public enum RecordingGuest {
    public static let diskBytes = 256 << 20
    /// The first serial port.
    public static let serialPort = 0x3f8
    static let success = UInt8(ascii: ".")
    private static let blockBytes = 4096
    private static let blocks = diskBytes / blockBytes
    /// Has no divisor in common with the number of blocks after the first.
    private static let step = 7919

    /// A boot sector: BIOS writes (int 13h, function 43h) to the disks after the first, without end.
    private static func source(disks: Int, port: Int) -> String {
        """
            .code16
            .globl  _start
        _start:
            xorw    %ax, %ax
            movw    %ax, %ds
            movw    %ax, %es
            movw    %ax, %ss
            movw    $0x7c00, %sp
            sti
        record:
            incl    number
            movl    number, %eax
            movw    $0x8000, %di
            movw    $\(blockBytes / 4), %cx
            cld
            rep stosl
            movb    $0x81, drive
        disk:
            imull   $\(step), number, %eax
            xorl    %edx, %edx
            movl    $\(blocks - 1), %ecx
            divl    %ecx
            incl    %edx
            call    write
            xorl    %edx, %edx
            call    write
            incb    drive
            cmpb    $\(0x80 + disks), drive
            jbe     disk
            movb    $'.', %al
            movw    $\(port), %dx
            outb    %al, %dx
            jmp     record
        write:
            shll    $3, %edx
            movl    %edx, sector
            movw    $packet, %si
            movw    $0x4300, %ax
            movb    drive, %dl
            int     $0x13
            jc      failure
            ret
        failure:
            movb    $'!', %al
            movw    $\(port), %dx
            outb    %al, %dx
        halt:
            hlt
            jmp     halt
            .balign 4
        number:
            .long   0
        drive:
            .byte   0x81, 0, 0, 0
        packet:
            .byte   16, 0
            .word   \(blockBytes / 512), 0x8000, 0
        sector:
            .quad   0
            .org    510
            .word   0xaa55

        """
    }

    /// Makes the disk that the machine starts from.
    ///
    /// So many disks after it are written to, and a port is told of each record.
    public static func bootDisk(
        in directory: TemporaryDirectory,
        disks: Int = 1,
        port: Int = 0xe9
    ) throws -> String {
        let (assembly, object) = (directory.path("guest.s"), directory.path("guest.o"))
        let disk = directory.path("boot.raw")
        try Data(source(disks: disks, port: port).utf8).write(to: URL(fileURLWithPath: assembly))
        try Command.runSuccessfully("as", ["--32", "-o", object, assembly])
        try Command.runSuccessfully(
            "ld",
            ["-m", "elf_i386", "-Ttext=0x7c00", "--oformat=binary", "-o", disk, object]
        )
        try Command.runSuccessfully("truncate", ["--size=1M", disk])
        return disk
    }

    /// Reads the number of the last record in a raw copy of the disk, and requires every byte of the
    /// copy to be as the guest left it at one moment: all records up to the last are in place, and
    /// nothing else but what there may be of the next one.
    public static func lastRecord(in path: String) throws -> Int {
        let copy = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        let summary = try numbers(ofBlock: 0, copy)
        let last = summary[0]
        let next = try numbers(ofBlock: block(of: last + 1), copy)
        guard summary.allSatisfy({ $0 == last || $0 + 1 == last }),
            next.allSatisfy({ $0 == 0 || $0 == last + 1 })
        else { throw RefusedError(description: "\(path): a block after record \(last) is wrong") }

        let expected = path + ".expected"
        try Data().write(to: URL(fileURLWithPath: expected))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: expected))
        try file.truncate(atOffset: UInt64(diskBytes))
        for record in 1..<(last + 1) {
            try write(
                Array(repeating: record, count: blockBytes / 4),
                toBlock: block(of: record),
                file
            )
        }
        try write(summary, toBlock: 0, file)
        try write(next, toBlock: block(of: last + 1), file)
        try QemuImg.compare(expected, format: "raw", path, format: "raw")
        return last
    }

    private static func block(of record: Int) -> Int { 1 + record * step % (blocks - 1) }

    /// The number in the first block of a raw disk: that of the last record, while a guest writes.
    public static func summary(of path: String) throws -> Int {
        try numbers(ofBlock: 0, FileHandle(forReadingFrom: URL(fileURLWithPath: path)))[0]
    }

    private static func numbers(ofBlock block: Int, _ file: FileHandle) throws -> [Int] {
        try file.seek(toOffset: UInt64(block * blockBytes))
        let bytes = try [UInt8](file.read(upToCount: blockBytes) ?? Data())
        return bytes.indices.filter { $0 % 4 == 0 }.map { place in
            bytes[place..<(place + 4)].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
    }

    private static func write(_ numbers: [Int], toBlock block: Int, _ file: FileHandle) throws {
        let words = numbers.map { UInt32(truncatingIfNeeded: $0).littleEndian }
        // SAFETY: the bytes are copied.
        let bytes = unsafe words.withUnsafeBytes { unsafe Data($0) }
        try file.seek(toOffset: UInt64(block * blockBytes))
        try file.write(contentsOf: bytes)
    }
}
