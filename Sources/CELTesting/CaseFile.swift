// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import CEL
public import Documents

/// Expressions with what they are expected to yield.
///
/// Two forms are read, told apart by their content: the specification's conformance cases (`tests`, each with `expect`
/// in the JSON form of the specification's messages), and recorded behaviour (`cases` with shared `vars`, each with a
/// typed value, a type or an error).
public struct CaseFile: Sendable {
    /// What the file calls itself; else the name given.
    public let name: String
    /// The cases in their order.
    public let cases: [TestCase]

    /// Reads a document of either form.
    ///
    /// - Throws: `invalid` when it is of neither form, naming the case that is not as it should be.
    public init(_ document: JSON, name: String) throws(Fault) {
        let label = document["name"]?.string ?? name
        if let tests = document["tests"] {
            self.name = label
            guard tests != .null else {
                cases = []
                return
            }
            cases = try (tests.array ?? []).enumerated().map { (index, test) throws(Fault) in
                try TestCase(conformance: test, place: "\(name), test \(index + 1)")
            }
            return
        }
        if let recorded = document["cases"]?.array {
            self.name = label
            let setting = try RecordedSetting(document, name: name)
            cases = try recorded.enumerated().map { (index, test) throws(Fault) in
                try TestCase(recorded: test, in: setting, place: "\(name), case \(index + 1)")
            }
            return
        }
        throw Fault(
            .invalid, "\(name) holds no cases: neither 'tests' nor 'cases' is there",
            fix: "give a file of conformance cases or of recorded behaviour")
    }
}
