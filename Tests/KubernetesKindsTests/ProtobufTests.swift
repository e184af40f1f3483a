// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import Kubernetes
import KubernetesKinds
import TestInputs
import Testing

@Suite("Objects in the protobuf form")
struct ProtobufTests {
    /// What kubectl 1.32.4 sends for `kubectl create …`, recorded, with what it prints of the same object as JSON.
    static let requests = Fixture.requests

    @Test("requests of kubectl become the JSON that it prints of the same objects", arguments: requests.map(\.name))
    func readsRequests(name: String) throws {
        let request = try #require(Self.requests.first { $0.name == name })
        let json = try ProtobufObject.decode(Fixture.bytes("\(name).pb"))
        #expect(json == request.json, "\(json.pretty())")
    }

    @Test("members stand in the order of the types")
    func keepsOrder() throws {
        let json = try ProtobufObject.decode(Fixture.bytes("deployment.pb"))
        #expect(json.object?.keys == ["kind", "apiVersion", "metadata", "spec", "status"])
        #expect(json["spec"]?.object?.keys == ["replicas", "selector", "template", "strategy"])
    }

    @Test("values of all simple types", arguments: values)
    func readsValues(kind: String, message: [UInt8], json: JSON) throws {
        let parts = kind.split(separator: ",").map(String.init)
        let found = try ProtobufObject.decode(Message.object(parts[0], parts[1], message))
        var expected = json
        expected["apiVersion"] = .string(parts[0])
        expected["kind"] = .string(parts[1])
        #expect(found == expected, "\(found.pretty())")
    }

    static let values: [(String, [UInt8], JSON)] = [
        // Pointers keep zero; what is no pointer does not.
        ("apps/v1,Deployment", .message(2, .varint(1, 0)), ["spec": ["replicas": 0]]),
        ("apps/v1,Deployment", .message(2, .varint(5, 0)), ["spec": [:]]),
        // Negative numbers take ten bytes.
        ("scheduling.k8s.io/v1,PriorityClass", .varint(2, UInt64(bitPattern: -5)), ["value": -5]),
        ("v1,Secret", .message(2, .text(1, "k") + .field(2, [0xFF, 0x00])), ["data": ["k": "/wA="]]),
        // Entries of maps may lack key or value.
        ("v1,ConfigMap", .message(2, .text(1, "k")) + .message(2, []), ["data": ["": "", "k": ""]]),
        (
            "v1,ConfigMap", .message(1, .message(8, .varint(1, 1_700_000_000))),
            ["metadata": ["creationTimestamp": "2023-11-14T22:13:20Z"]]
        ),
        ("v1,ConfigMap", .message(1, .message(8, [])), ["metadata": [:]]),
        (
            "coordination.k8s.io/v1,Lease", .message(2, .message(3, .varint(1, 1) + .varint(2, 1_500))),
            ["spec": ["acquireTime": "1970-01-01T00:00:01.000001Z"]]
        ),
        // Choices of a number or a string, and inline messages: pods' probes.
        (
            "v1,Service", .message(2, .message(1, .varint(3, 80) + .message(4, .varint(1, 1) + .text(3, "http")))),
            ["spec": ["ports": [["port": 80, "targetPort": "http"]]]]
        ),
        ("v1,Service", .message(2, .message(1, .message(4, []))), ["spec": ["ports": [["targetPort": 0]]]]),
        (
            "v1,Pod", .message(2, .message(1, .text(1, "v") + .message(2, .message(2, .text(1, "Memory"))))),
            ["spec": ["volumes": [["name": "v", "emptyDir": ["medium": "Memory"]]]]]
        ),
        // Amounts are written as Kubernetes writes them.
        (
            "v1,ResourceQuota", .message(2, .message(1, .text(1, "cpu") + .message(2, .text(1, "1500m")))),
            ["spec": ["hard": ["cpu": "1500m"]]]
        ),
        (
            "v1,ResourceQuota", .message(2, .message(1, .text(1, "m") + .message(2, .text(1, "1024Ki")))),
            ["spec": ["hard": ["m": "1Mi"]]]
        ),
        // Lists of numbers, packed and not.
        (
            "v1,Pod", .message(2, .message(14, .varint(4, 7) + .field(4, [1, 0xAC, 0x02]))),
            ["spec": ["securityContext": ["supplementalGroups": [7, 1, 300]]]]
        ),
        // JSON inside: managed fields, revisions.
        (
            "v1,ConfigMap", .message(1, .message(17, .message(7, .text(1, #"{"f:data":{}}"#)))),
            ["metadata": ["managedFields": [["fieldsV1": ["f:data": [:]]]]]]
        ),
        (
            "apps/v1,ControllerRevision", .message(2, .text(1, #"{"a":1.0}"#)) + .varint(3, 0),
            ["data": ["a": .number(JSONNumber(text: "1.0")!)], "revision": 0]
        ),
        (
            "authentication.k8s.io/v1,TokenReview",
            .message(3, .message(2, .message(4, .text(1, "k") + .message(2, .text(1, "a") + .text(1, "b"))))),
            ["status": ["user": ["extra": ["k": ["a", "b"]]]]]
        ),
        // JSON schemas that are one of several things.
        (
            "apiextensions.k8s.io/v1,CustomResourceDefinition",
            .message(2, .message(7, .message(4, .message(1, .message(30, .varint(1, 1)))))),
            ["spec": ["versions": [["schema": ["openAPIV3Schema": ["additionalProperties": true]]]]]]
        ),
        (
            "v1,DeleteOptions", .varint(1, 0) + .text(4, "Background"),
            ["gracePeriodSeconds": 0, "propagationPolicy": "Background"]
        ),
        ("apps/v1,DeleteOptions", .text(4, "Orphan"), ["propagationPolicy": "Orphan"]),
        ("v1,CreateOptions", .text(3, "kubectl"), ["fieldManager": "kubectl"]),
        // Fields of later versions.
        ("v1,ConfigMap", .text(99, "?") + [0xFD, 0x3F, 1, 2, 3, 4], [:]),
    ]

    @Test("bytes that are no objects are refused", arguments: refused)
    func refuses(bytes: [UInt8], code: Fault.Code, part: String) throws {
        let fault = try #require(throws: Fault.self) { try ProtobufObject.decode(bytes) }
        #expect(fault.code == code)
        #expect(fault.message.contains(part), "\(fault.message)")
    }

    static let refused: [([UInt8], Fault.Code, String)] = [
        ([], .invalid, "k8s"),
        (Array("{}".utf8), .invalid, "k8s"),
        ([0x6B, 0x38, 0x73, 0], .unsupported, "not known"),
        (Message.object("v1", "Widget", []), .unsupported, "v1, Kind=Widget"),
        (Message.object("v1", "ConfigMap", [0x0A, 0x05, 1]), .invalid, "ends after"),
        (Message.object("v1", "ConfigMap", [0x0B]), .invalid, "wire type 3"),
        (Message.object("v1", "ConfigMap", [0x00, 0x00]), .invalid, "number 0"),
        (Message.object("v1", "ConfigMap", Array(repeating: 0xFF, count: 11)), .invalid, "64 bits"),
        (Message.object("v1", "ConfigMap", .varint(1, 1)), .invalid, "no message"),
        (Message.object("v1", "ConfigMap", .message(1, .field(1, [0xFF]))), .invalid, "UTF-8"),
        (Message.object("v1", "ConfigMap", .message(1, .message(8, .varint(1, .max >> 1)))), .invalid, "years"),
        (
            Message.object("v1", "ResourceQuota", .message(2, .message(1, .message(2, .text(1, "1 GB"))))), .invalid,
            "no quantity"
        ),
        (Message.object("apps/v1", "ControllerRevision", .message(2, .text(1, "{"))), .invalid, ""),
        (Message.object("v1", "ConfigMap", []) + .text(3, "gzip"), .unsupported, "another form"),
        (Message.object("v1", "ConfigMap", []) + .text(4, "application/json"), .unsupported, "another form"),
    ]

    @Test("messages nested without end, lists without end and bodies that are too large are refused")
    func limits() throws {
        var schema: [UInt8] = []
        for _ in 0..<200 { schema = .message(28, schema) }
        let nested = Message.object(
            "apiextensions.k8s.io/v1", "CustomResourceDefinition",
            .message(2, .message(7, .message(4, .message(1, schema)))))
        let depth = try #require(throws: Fault.self) { try ProtobufObject.decode(nested) }
        #expect(depth.code == .limitExceeded)
        var list: [UInt8] = []
        for _ in 0..<500_000 { list += [0x12, 0] }
        let many = try #require(throws: Fault.self) {
            try ProtobufObject.decode(Message.object("v1", "PodList", list))
        }
        #expect(many.code == .limitExceeded)
        let large = try #require(throws: Fault.self) {
            try ProtobufObject.decode(Array(repeating: 0, count: 3 << 20 + 1))
        }
        #expect(large.code == .limitExceeded)
    }

    @Test("an object without a kind is of the kind that is expected")
    func takesExpectedKind() throws {
        let bytes = Message.object("", "", .message(1, .text(1, "n")))
        let kind = GroupVersionKind(apiVersion: "v1", kind: "ConfigMap")
        #expect(try ProtobufObject.decode(bytes, expecting: kind)["metadata"]?["name"] == "n")
        #expect(throws: Fault.self) { try ProtobufObject.decode(bytes) }
    }

    @Test("damaged requests are read or refused, and never stop the program")
    func survivesDamage() throws {
        var mutator = ByteMutator(
            samples: try Self.requests.map { try Fixture.bytes("\($0.name).pb") },
            tokens: ["k8s\0", "\u{1}", "\u{7F}", "apps/v1", "Deployment", "\u{A}\u{0}"], seed: 32)
        var read = 0
        for _ in 0..<4_000 {
            let bytes = mutator.next()
            guard let json = try? ProtobufObject.decode(bytes) else { continue }
            read += 1
            let again = try JSON(parsing: json.encoded(), source: "the JSON of an object")
            #expect(again == json)
        }
        #expect(read > 400)
    }
}
