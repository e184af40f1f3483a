// SPDX-License-Identifier: Apache-2.0

import Basics
import Chronology
import Documents
import Kubernetes
import KubernetesSchemas
import Testing

@Suite("Paths and columns")
struct PathTests {
    private static let object = """
        kind: Book
        metadata: {name: b, creationTimestamp: "2026-01-01T00:00:00Z", labels: {a.b/c: label}}
        spec:
          replicas: 3
          price: 8.95
          isNew: true
          tags: [red, green, blue, cyan]
          nothing: null
          items:
          - {title: one, price: 10, color: red}
          - {title: two, price: 20.5}
          - {title: three, price: 30, color: blue}
        status:
          conditions:
          - {type: Ready, status: "True"}
          - {type: Stalled, status: "False"}
        """

    private static let texts: [(String, String)] = [
        ("{.kind}", "Book"), ("{.spec.replicas}", "3"), ("{.spec.price}", "8.95"), ("{.spec.isNew}", "true"),
        ("{$.kind}", "Book"), ("{@.kind}", "Book"), ("kind={.kind}!", "kind=Book!"), ("plain", "plain"), ("", ""),
        ("{.spec.tags}", #"["red","green","blue","cyan"]"#), ("{.spec.tags[0]}", "red"), ("{.spec.tags[-1]}", "cyan"),
        ("{.spec.tags[1:3]}", "green blue"), ("{.spec.tags[:2]}", "red green"), ("{.spec.tags[-2:]}", "blue cyan"),
        ("{.spec.tags[0:4:2]}", "red blue"), ("{.spec.tags[::3]}", "red cyan"),
        ("{.spec.tags[*]}", "red green blue cyan"),
        ("{.spec.tags[0,2]}", "red blue"), ("{.spec['replicas','price']}", "3 8.95"), ("{['kind']}", "Book"),
        (#"{.metadata.labels.a\.b/c}"#, "label"), (#"{.metadata.labels['a\.b/c']}"#, "label"),
        ("{.spec.items[*].title}", "one two three"), ("{.spec.items[?(@.price>15)].title}", "two three"),
        ("{.spec.items[?(@.price>=30)].title}", "three"), ("{.spec.items[?(@.price<15)].title}", "one"),
        ("{.spec.items[?(@.price<=20.5)].title}", "one two"), ("{.spec.items[?(@.color)].title}", "one three"),
        (#"{.spec.items[?(@.color=="red")].title}"#, "one"), ("{.spec.items[?(@.color!='red')].title}", "three"),
        (#"{.status.conditions[?(@.type=="Ready")].status}"#, "True"),
        (#"{.status.conditions[?(@.type == 'Stalled')].status}"#, "False"),
        ("{..title}", "one two three"), ("{.spec..price}", "8.95 10 20.5 30"), ("{.spec.items[0].*}", "one 10 red"),
        (#"{range .spec.items[*]}{.title}={.price}{"\n"}{end}"#, "one=10\ntwo=20.5\nthree=30\n"),
        (#"{range .spec.items[*]}[{.title}]{end} {.kind}"#, "[one][two][three] Book"),
        (#"{"tab\t\"quoted\""}"#, "tab\t\"quoted\""), ("{.spec.nothing}", "<no value>"), ("{5}{true}{1.5}", "5true1.5"),
        ("{ .kind }", "Book"),
    ]

    @Test("Paths yield what kubectl prints", arguments: texts)
    func prints(_ path: String, _ text: String) throws {
        #expect(try JSONPath(path).text(in: yaml(Self.object)) == text)
    }

    private static let failures: [(String, String)] = [
        ("{.missing}", "missing is not found"), ("{.spec.tags[9]}", "array index out of bounds: index 9, length 4"),
        ("{.kind[0]}", "a string is not array or slice"),
        ("{.spec[?(@.a)]}", "is not array or slice and cannot be filtered"),
        ("{.spec.items[?(@.title>1)]}", "incompatible types for comparison"),
        ("{.spec.tags[3:1]}", "starting index 3 is greater than ending index 1"),
        ("{.spec.tags[0:2:0]}", "step must be > 0"),
    ]

    @Test("Paths that lead nowhere fail in the words of kubectl", arguments: failures)
    func leadsNowhere(_ path: String, _ text: String) throws {
        let compiled = try JSONPath(path), object = try yaml(Self.object)
        let fault = #expect(throws: Fault.self) { try compiled.text(in: object, allowsMissing: false) }
        #expect(fault?.message.contains(text) == true)
    }

    private static let refused: [(String, String)] = [
        ("{.a", "unclosed action"), ("{", "unclosed action"), ("{.a[}", "unterminated array"),
        ("{.a[x]}", "invalid array index x"),
        ("{.a[?(@.b}", "unterminated filter"), ("{.a[?(@.b)}", "unclosed array expect ]"),
        ("{....a}", "invalid multiple recursive descent"),
        ("{\"a}", "unterminated quoted string"), ("{.a}{end}", "not in range, nothing to end"),
        ("{*}", "unrecognized character in action: U+002A '*'"),
        ("{word}", "unrecognized identifier word"), ("{.a[?(@.b=<1)]}", "unrecognized filter operator =<"),
        ("{.a[]}", "invalid array index "),
    ]

    @Test("What is no path is refused in the words of kubectl", arguments: refused)
    func isUnreadable(_ path: String, _ text: String) throws {
        let fault = #expect(throws: Fault.self) { try JSONPath(path) }
        #expect(fault?.message.contains(text) == true, "\(fault?.message ?? "")")
    }

    @Test("A path that multiplies what it finds is stopped")
    func limits() throws {
        var deep: JSON = ["a": 1]
        for _ in 0..<60 { deep = ["a": deep, "b": deep["a"] ?? .null] }
        let path = try JSONPath("{..a..a..a..a..a..a}")
        let fault = #expect(throws: Fault.self) { try path.values(in: deep) }
        #expect(fault?.code == .limitExceeded)
        #expect(throws: Fault.self) { try JSONPath(String(repeating: "{.a}", count: 2000)) }
        #expect(throws: Fault.self) { try JSONPath(String(repeating: "{range .a}", count: 50)) }
    }

    private static let cells: [(String, String, JSON)] = [
        ("string", ".kind", "Book"), ("string", ".spec.replicas", "3"),
        ("string", ".spec.tags", #"["red","green","blue","cyan"]"#),
        ("string", ".missing", nil), ("string", #".status.conditions[?(@.type=="Ready")].status"#, "True"),
        ("string", #".status.conditions[?(@.type=="Odd")].status"#, nil), ("string", ".spec.tags[9]", nil),
        ("string", ".kind[", nil), ("integer", ".spec.replicas", 3), ("integer", ".spec.price", 8),
        ("integer", ".kind", nil),
        ("number", ".spec.price", .number(JSONNumber(text: "8.95")!)), ("number", ".spec.replicas", 3),
        ("boolean", ".spec.isNew", true),
        ("boolean", ".kind", nil), ("date", ".metadata.creationTimestamp", "5m30s"), ("date", ".kind", "<invalid>"),
        ("date", ".missing", nil),
        ("string", ".spec.items[*].title", "one"),
    ]

    @Test("Cells are of their column's type", arguments: cells)
    func typed(_ type: String, _ path: String, _ cell: JSON) throws {
        let columns = PrinterColumns([["name": "C", "type": .string(type), "jsonPath": .string(path)]])
        let now = try #require(Moment(rfc3339: "2026-01-01T00:05:30Z"))
        #expect(columns.cells(of: try yaml(Self.object), now: now) == ["b", cell])
    }

    @Test("Tables of a kind without columns show the age")
    func age() throws {
        let columns = PrinterColumns([])
        let now = try #require(Moment(rfc3339: "2026-01-03T04:00:00Z"))
        #expect(columns.cells(of: try yaml(Self.object), now: now) == ["b", "2d4h"])
        #expect(columns.tableDefinitions.map { $0["name"] } == ["Name", "Age"])
        #expect(columns.tableDefinitions[0]["format"] == "name")
    }

    private static let ages: [(Int64, String)] = [
        (-5, "<invalid>"), (-1, "0s"), (0, "0s"), (1, "1s"), (119, "119s"), (120, "2m"), (150, "2m30s"), (599, "9m59s"),
        (600, "10m"), (10_799, "179m"), (10_800, "3h"), (11_520, "3h12m"), (28_799, "7h59m"), (28_800, "8h"),
        (172_799, "47h"),
        (172_800, "2d"), (187_200, "2d4h"), (691_199, "7d23h"), (691_200, "8d"), (63_071_999, "729d"),
        (63_072_000, "2y"),
        (63_158_400, "2y1d"), (252_288_000, "8y"),
    ]

    @Test("Ages are shown as kubectl shows them", arguments: ages)
    func shown(_ seconds: Int64, _ text: String) throws {
        #expect(TimeSpan(seconds: seconds)?.humanText == text)
    }
}
