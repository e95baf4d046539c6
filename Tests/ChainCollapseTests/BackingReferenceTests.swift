// Copyright the clone-image authors
// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import ChainCollapse

@Suite("Names of backing files")
struct BackingReferenceTests {
    @Test(
        "a name leads where QEMU finds it",
        arguments: [
            ("base.qcow2", "top.qcow2", "base.qcow2"),
            ("base.qcow2", "dir/top.qcow2", "dir/base.qcow2"),
            ("base.qcow2", "/a/b/top.qcow2", "/a/b/base.qcow2"),
            ("../base.qcow2", "/a/b/top.qcow2", "/a/b/../base.qcow2"),
            ("sub/base.qcow2", "/a/top.qcow2", "/a/sub/base.qcow2"),
            ("/x/base.qcow2", "/a/top.qcow2", "/x/base.qcow2"),
            ("./a:b", "/a/top.qcow2", "/a/./a:b"),
            ("dir/a:b", "/a/top.qcow2", "/a/dir/a:b"),
            ("file:base.qcow2", "/a/top.qcow2", "base.qcow2"),
            ("file:/x/base.qcow2", "/a/top.qcow2", "/x/base.qcow2"),
            ("host_device:/dev/x", "/a/top.qcow2", "/dev/x"),
            ("/\u{301}base.qcow2", "/a/top.qcow2", "/\u{301}base.qcow2"),
            ("\u{301}base.qcow2", "/a/\u{301}top.qcow2", "/a/\u{301}base.qcow2"),
            ("file:\u{301}base", "/a/top.qcow2", "\u{301}base"),
        ]
    )
    func paths(name: String, overlay: String, expected: String) throws {
        let reference = try BackingReference(name: name, overlayPath: overlay)
        #expect(reference == BackingReference(path: expected))
    }

    @Test(
        "a json: name is read nested or dotted",
        arguments: [
            (#"{"driver":"qcow2","file":{"driver":"file","filename":"b"}}"#, ImageFormat.qcow2),
            (#"{"driver":"qcow2","file.driver":"file","file.filename":"b"}"#, .qcow2),
            (#"{"driver":"raw","file":{"filename":"b"}}"#, .raw),
            (#"{"driver":"raw","file":{"driver":"host_device","filename":"b"}}"#, .raw),
            (#"{"file.filename":"b"}"#, nil),
            (#"{"driver":"file","filename":"b"}"#, nil),
            (#"{"driver":"file","filename":"b","locking":"off","cache":{"direct":true}}"#, nil),
            (
                #"{"driver":"qcow2","file":{"driver":"file","filename":"b","aio":"io_uring"}}"#,
                .qcow2
            ),
        ]
    )
    func json(text: String, format: ImageFormat?) throws {
        let reference = try BackingReference(name: "json:" + text, overlayPath: "/a/top.qcow2")
        #expect(reference == BackingReference(path: "b", format: format))
    }

    @Test("a json: name may cut a disk out of a raw file, and may end the chain")
    func window() throws {
        let text = #"{"driver":"raw","offset":1048576,"size":"65536","file.filename":"b"}"#
        let reference = try BackingReference(name: "json:" + text, overlayPath: "top")
        #expect(reference.rawOffset == 1_048_576)
        #expect(reference.rawBytes == 65_536)
        let last = #"{"driver":"qcow2","backing":null,"file.filename":"b"}"#
        #expect(try BackingReference(name: "json:" + last, overlayPath: "top").endsChain)
    }

    @Test(
        "a name that leads elsewhere is refused, and the reason says what it is",
        arguments: [
            ("nbd://host/disk", "'nbd'"), ("nbd+unix:///disk?socket=s", "'nbd+unix'"),
            ("rbd:pool/image", "'rbd'"), ("https://host/disk", "'https'"),
            ("fat:dir", "'fat'"), ("a:b", "'a'"), ("json:", "JSON object"),
            ("json:[]", "JSON object"), (#"json:{"driver":"qcow2""#, "JSON object"),
            (#"json:{"driver":"qcow2","file":["b"]}"#, "JSON object"),
            (#"json:{"driver":"qcow2"}"#, "'file.filename'"),
            (#"json:{"driver":"file"}"#, "'filename'"),
            (#"json:{"driver":"file","filename":"a\u0000b"}"#, "'filename'"),
            (#"json:{"file":{"filename":"a"},"file.filename":"b"}"#, "JSON object"),
            (#"json:{"driver":"file","filename":""}"#, "'filename'"),
            (#"json:{"driver":"vmdk","file.filename":"b"}"#, "'vmdk'"),
            (#"json:{"driver":"qcow2","file":{"driver":"nbd","host":"h"}}"#, "'nbd'"),
            (#"json:{"driver":"raw","offset":-1,"file.filename":"b"}"#, "offset '-1'"),
            (#"json:{"driver":"raw","size":1000,"file.filename":"b"}"#, "multiple of 512"),
            (#"json:{"driver":"qcow2","backing":"x","file.filename":"b"}"#, "'backing'"),
            (
                #"json:{"driver":"qcow2","data-file":{"filename":"x"},"file.filename":"b"}"#,
                "'data-file.filename'"
            ),
            (
                #"json:{"driver":"qcow2","encrypt":{"format":"luks"},"file.filename":"b"}"#,
                "'encrypt.format'"
            ),
        ]
    )
    func refused(name: String, reason: String) {
        let error = #expect(throws: BackingReference.Unusable.self) {
            try BackingReference(name: name, overlayPath: "/a/top.qcow2")
        }
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
    }

    @Test("json nested without end is refused and does not overflow the stack")
    func depth() {
        let text = String(repeating: #"{"a":"#, count: 5000)
        #expect(throws: BackingReference.Unusable.self) {
            try BackingReference(name: "json:" + text, overlayPath: "top")
        }
    }
}
