// SPDX-License-Identifier: Apache-2.0

import Basics
import CEL
import CELWorkbench
import Documents
import Testing

@Suite("Results as JSON") struct JSONResultTests {
    private func json(_ expression: String) throws -> String {
        let session = Session()
        guard case .value(let value) = try session.evaluate(session.compile(expression)) else { return "unknown" }
        return try value.json().text()
    }

    @Test(
        "values have a form in JSON",
        arguments: [
            ("1", "1"), ("18446744073709551615u", "18446744073709551615"), ("1.0", "1.0"), ("1e300", "1e+300"),
            ("'a'", "\"a\""), ("b'abc'", "\"YWJj\""), ("duration('90s')", "\"90s\""), ("null", "null"),
            ("timestamp('2020-01-01T00:00:00Z')", "\"2020-01-01T00:00:00Z\""), ("optional.none()", "null"),
            ("optional.of([1])", "[1]"), ("type(1)", "\"int\""),
            ("{1: 2, true: 3, 4u: 5}", "{\"1\":2,\"true\":3,\"4\":5}"),
            ("[1, 'a', [true]]", "[1,\"a\",[true]]"),
        ])
    func forms(expression: String, expected: String) throws { #expect(try json(expression) == expected) }

    @Test(
        "what JSON cannot hold is refused with its place",
        arguments: [
            ("double('NaN')", "the value"), ("{'a': [1.0, double('-Infinity')]}", "the value.a[1]"),
            ("{1: 1, '1': 2}", "“1”"),
        ])
    func refused(expression: String, place: String) {
        #expect {
            try json(expression)
        } throws: { error in
            (error as? Fault)?.code == .unsupported && "\(error)".contains(place)
        }
    }
}
