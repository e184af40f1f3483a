// SPDX-License-Identifier: Apache-2.0

import TestInputs
import Testing
import Web

@testable import Telemetry

@Suite("Trace context")
struct TraceContextTests {
    static let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test(
        "reads what the specification allows",
        arguments: [
            (parent, true), ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00", false),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-ff", true),
            ("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-02", false),
            ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", true),
            ("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what-the-future-brings", true),
            ("fe-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-", true),
        ])
    func valid(_ text: String, isSampled: Bool) throws {
        let context = try #require(TraceContext(traceparent: text))
        #expect(context.traceID.description == "0af7651916cd43dd8448eb211c80319c")
        #expect(context.spanID.description == "b7ad6b7169203331")
        #expect(context.isSampled == isSampled && context.isRemote)
        #expect(context.traceparent == Self.parent.dropLast() + (isSampled ? "1" : "0"))
    }

    @Test(
        "refuses everything else",
        arguments: [
            "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-what",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-011",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-B7AD6B7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0A",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319-cb7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333.-01",
            "00-0af7651916cd43dd8448eb211c80319c_b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ".0-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01.what",
            " 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\n",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0é",
            "cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-" + String(repeating: "x", count: 600),
        ])
    func invalid(_ text: String) { #expect(TraceContext(traceparent: text) == nil) }

    static let longValue = "a=" + String(repeating: "v", count: 256)
    @Test(
        "hands on a tracestate that follows the grammar",
        arguments: [
            ([], nil), ([""], nil), (["a=1"], "a=1"), (["a=1,b=2", "c=3"], "a=1,b=2,c=3"),
            ([" a=1 ,\tb=2\t,,"], "a=1,b=2"), (["a= x y"], "a= x y"),
            (["0t@sys=1,a-b_c*d/e=~!"], "0t@sys=1,a-b_c*d/e=~!"),
            ([longValue], longValue),
            ([(1...32).map { "k\($0)=v" }.joined(separator: ",")], (1...32).map { "k\($0)=v" }.joined(separator: ",")),
        ] as [([String], String?)])
    func state(_ fields: [String], _ expected: String?) throws {
        #expect(TraceContext(traceparent: Self.parent, tracestate: fields)?.tracestate == expected)
    }

    @Test(
        "drops a tracestate that does not, as a whole, and keeps the trace",
        arguments: [
            ["a"], ["a="], ["=1"], ["a=1,a=2"], ["A=1"], ["1a=1"], ["a b=1"], ["a=b=c"], ["a=é"], ["a=1\u{7F}"],
            ["a@b@c=1"], ["@a=1"], ["a@=1"], ["a@1=1"], ["a@bcdefghijklmnop=1"],
            ["a=" + String(repeating: "v", count: 257)],
            [String(repeating: "k", count: 257) + "=1"], [(1...33).map { "k\($0)=v" }.joined(separator: ",")],
            ["a=1", String(repeating: " ", count: 9000)], ["a=1\nb: 2"],
        ])
    func badState(_ fields: [String]) throws {
        let context = try #require(TraceContext(traceparent: Self.parent, tracestate: fields))
        #expect(context.tracestate == nil && context.traceparent == Self.parent)
    }

    @Test("sends no more of a tracestate than everybody takes: large members go first, then the last ones")
    func longState() throws {
        let small = (10...70).map { "k\($0)=\(String(repeating: "v", count: 20))" }.prefix(30)
        let large = "big=" + String(repeating: "v", count: 200)
        let context = TraceContext(
            traceparent: Self.parent, tracestate: [([large] + small).joined(separator: ",")])
        let text = try #require(context?.tracestate)
        #expect(text.utf8.count <= 512 && text.hasPrefix("k10=") && !text.contains("big="))
        #expect(text.split(separator: ",").map(String.init) == Array(small.prefix(text.split(separator: ",").count)))
    }

    @Test("reads the fields of a request, one traceparent only, and writes them in place of others")
    func headers() throws {
        let context = try #require(
            TraceContext(["Traceparent": Self.parent, "tracestate": "a=1", "TraceState": "b=2"] as HTTPHeaders))
        #expect(context.tracestate == "a=1,b=2")
        #expect(TraceContext(["traceparent": Self.parent, "Traceparent": Self.parent] as HTTPHeaders) == nil)
        #expect(TraceContext(["tracestate": "a=1"] as HTTPHeaders) == nil)
        var headers: HTTPHeaders = ["traceparent": "forged", "tracestate": "x=y", "Accept": "*/*"]
        TraceContext(traceparent: Self.parent)?.write(to: &headers)
        #expect(headers.values(for: "traceparent") == [Self.parent] && headers.values(for: "tracestate") == [])
    }

    @Test(
        "reads damaged fields without harm, and what it took is read again as the same", arguments: [1, 2] as [UInt64])
    func mutations(seed: UInt64) {
        var mutator = ByteMutator(
            samples: [Array(Self.parent.utf8), Array("cc\(Self.parent.dropFirst(2))-x".utf8), Array("a=1,b@c=2".utf8)],
            tokens: ["-", "00", "ff", ",", "=", "@"], seed: seed)
        var taken = 0
        for _ in 0..<20_000 {
            let text = String(decoding: mutator.next(), as: UTF8.self)
            let state = String(decoding: mutator.next(), as: UTF8.self)
            guard let context = TraceContext(traceparent: text, tracestate: [state]) else { continue }
            taken += 1
            let again = TraceContext(
                traceparent: context.traceparent, tracestate: context.tracestate.map { [$0] } ?? [])
            #expect(again?.traceparent == context.traceparent && again?.tracestate == context.tracestate)
            #expect((context.tracestate?.utf8.allSatisfy { (0x20...0x7E).contains($0) } ?? true))
        }
        #expect(taken > 1000)
    }
}
