// SPDX-License-Identifier: Apache-2.0

import CEL
import CELLibraries
import Testing

@Suite("Lists of Kubernetes")
struct KubernetesListsTests {
    @Test(
        "what k8s.io/apiserver documents",
        arguments: [
            ("[1, 2, 3].isSorted()", "true"), ("['a', 'b', 'b', 'c'].isSorted()", "true"),
            ("[2.0, 1.0].isSorted()", "false"), ("[].isSorted()", "true"), ("[false, true].isSorted()", "true"),
            ("[1, 3].sum()", "4"), ("[1.0, 3.0].sum()", "4.0"), ("[1u, 3u].sum()", "4u"), ("[].sum()", "0"),
            ("[duration('1m'), duration('1s')].sum()", "duration(\"61s\")"), ("dyn([1.5, 2.5]).sum()", "4.0"),
            ("[1.5].filter(x, false).sum()", "0.0"),
            ("[1, 3].min()", "1"), ("[1, 3].max()", "3"), ("['b', 'a'].min()", "\"a\""),
            ("[b'b', b'a'].max()", "b\"b\""),
            ("[1, dyn(1.5)].max()", "1.5"), ("[timestamp(0), timestamp(1)].max() == timestamp(1)", "true"),
            ("[1, 2, 2, 3].indexOf(2)", "1"), ("['a', 'b', 'b', 'c'].lastIndexOf('b')", "2"),
            ("[1.0].indexOf(1.1)", "-1"), ("[].lastIndexOf('string')", "-1"), ("[dyn(1.0)].indexOf(1)", "0"),
        ])
    func documented(expression: String, result: String) {
        #expect(evaluated(expression, in: .kubernetes) == result)
    }

    @Test(
        "what has no answer",
        arguments: [
            ("[].min()", "error: min called on empty list"), ("[].max()", "error: max called on empty list"),
            ("[9223372036854775807, 1].sum()", "error: integer overflow"),
            ("[18446744073709551615u, 1u].sum()", "error: unsigned integer overflow"),
            ("dyn(['a']).sum()", "error: no such overload: sum(list)"),
            ("[dyn(1), 'a'].max()", "error: no such overload: max(int, string)"),
            ("[dyn(null), null].isSorted()", "error: no such overload: isSorted(null_type, null_type)"),
            ("[1].includes(1)", "refused: undeclared reference to 'includes': there is no such function"),
        ])
    func failures(expression: String, result: String) { #expect(evaluated(expression, in: .kro) == result) }

    @Test(
        "includes is there from version 1",
        arguments: [
            ("[1, 2, 3].includes(2)", "true"), ("[1, 2, 3].includes(4)", "false"),
            ("'model-a'.includes('model-a')", "true"), ("'model-a'.includes('model-b')", "false"),
        ])
    func includes(expression: String, result: String) {
        let profile = Profile(
            name: "lists", summary: "", libraries: [.standard, .kubernetesLists(version: 1)])
        #expect(evaluated(expression, in: profile) == result)
    }
}
