// SPDX-License-Identifier: Apache-2.0

import Basics
import Documents
import TestInputs
import Testing

@testable import OCI

@Suite("What registries answer is read for what it is") struct RegistryAnswerTests {
    @Test(
        "the next page",
        arguments: [
            ([], nil), (["</v2/a/tags/list?last=b>; rel=\"next\""], "/v2/a/tags/list?last=b"),
            (["<a>; rel=prev, <b>; REL = next"], "b"), (["<a>; title=\"x, y\"; rel=next"], "a"),
            (["<a>; rel=\"prev\"", "<b>; rel=\"next\""], "b"), (["<a>; rel=nextish"], "a"), (["<a>"], nil),
            (["<"], nil), (["<>; rel=next"], ""), (["a; rel=next"], nil), ([">; rel=next <"], nil),
        ] as [([String], String?)])
    func links(fields: [String], target: String?) { #expect(PageLink.next(fields) == target) }

    @Test(
        "errors, without what could steer a terminal",
        arguments: [
            (#"{"errors":[{"code":"DENIED","message":"not you"},{"code":"X"}]}"#, "DENIED: not you; X"),
            (#"{"errors":[{"code":"A\u001b[2J\u0007","message":"b\r\nc"}]}"#, "A[2J: bc"),
            (#"{"errors":[{"code":7},"x",null,{"code":"LATE"}]}"#, ""), (#"{"errors":{}}"#, ""), ("[", ""), ("", ""),
            ("<html>", ""), ("\u{FF}", ""),
        ])
    func errors(body: String, text: String) { #expect(RegistryError.text(Array(body.utf8)) == text) }

    @Test(
        "pages of lists",
        arguments: [
            (#"{"name":"a","tags":["v1",7]}"#, 2), (#"{"name":"a","tags":null}"#, 0), (#"{"tags":null}"#, 0),
            (#"{"name":"a"}"#, 0), (#"{"tags":[]}"#, 0), (#"{"hello":1}"#, nil), (#"{"tags":{"v1":1}}"#, nil),
            ("7", nil), ("[]", nil), (#"{"errors":[]}"#, nil), ("", nil), ("<html>", nil),
        ])
    func pages(body: String, count: Int?) {
        #expect((try? ListPage.entries("tags", Array(body.utf8), of: "the tags"))?.count == count)
    }

    @Test("damaged answers stop nothing", arguments: [21, 22, 23] as [UInt64]) func damaged(seed: UInt64) {
        let samples = [
            #"{"errors":[{"code":"DENIED","message":"not you","detail":{"a":[1]}}]}"#,
            #"{"name":"a","tags":["v1","v2"]}"#,
            "</v2/a/tags/list?n=3&last=v3>; rel=\"next\", <x>; rel=prev",
        ]
        let tokens = ["errors", "tags", "null", "\\u001b", "<", ">", "; rel=next", "[", "{", "\u{1b}[2J", "\u{301}"]
        var mutator = ByteMutator(samples: samples.map { Array($0.utf8) }, tokens: tokens, seed: seed)
        var (said, listed, linked) = (0, 0, 0)
        for _ in 0..<4000 {
            let bytes = mutator.next()
            let text = RegistryError.text(bytes)
            #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
            #expect(text.unicodeScalars.count <= 3 * 270)
            if !text.isEmpty { said += 1 }
            if (try? ListPage.entries("tags", bytes, of: "a page")) != nil { listed += 1 }
            if PageLink.next([String(decoding: bytes, as: UTF8.self)]) != nil { linked += 1 }
        }
        // Some damage is harmless; if none were, nothing would have been tested.
        #expect(said > 10 && listed > 10 && linked > 10, "\(said) \(listed) \(linked)")
    }
}
