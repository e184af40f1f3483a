// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import Documents

// The form of the specification's cases: cel-spec, proto/cel/expr/conformance/test/simple.proto, as JSON.
extension TestCase {
    init(conformance test: JSON, place: String) throws(Fault) {
        guard let text = test["expr"]?.string else {
            throw Fault(.invalid, "\(place): 'expr' is missing", fix: "give the expression of the case")
        }
        var parts = Parts()
        var reason = Self.mentionsMessages(test) ? "needs protobuf messages" : nil
        do { try parts.read(test) } catch let error as UnknownMessage {
            reason = "needs the protobuf message \(error.name)"
        } catch { throw Fault(wrapping: error).during(place) }
        self.init(
            id: test["id"]?.string ?? test["name"]?.string ?? place, expression: text,
            mode: test["check_only"]?.bool == true
                ? .checkOnly : test["disable_check"]?.bool == true ? .unchecked : .checked,
            environment: parts.environment, bindings: parts.bindings, expectation: parts.expectation,
            skipReason: reason)
    }

    /// What of a case may mention messages.
    private struct Parts {
        var environment = TestEnvironment(setting: .conformance)
        var bindings: [String: Binding] = [:]
        var expectation = Expectation.value(true, type: nil)

        mutating func read(_ test: JSON) throws {
            environment.container = test["container"]?.string ?? ""
            for declaration in test["type_env"]?.array ?? [] {
                let name = declaration["name"]?.string ?? ""
                if let type = declaration["ident"]?["type"] {
                    environment.variables[name] = try CELType(typed: type)
                } else if let function = declaration["function"] {
                    environment.functions.append(try Function(name, typed: function))
                }
            }
            for (name, bound) in test["bindings"]?.object ?? JSONObject() {
                if let value = bound["value"] {
                    bindings[name] = .value(try Value(typed: value))
                } else {
                    bindings[name] = .failure(bound["error"]?["errors"]?[0]?["message"]?.string ?? "an error")
                }
            }
            let expect = test["expect"] ?? [:]
            let type = try expect["type"].map { try CELType(typed: $0).description }
            if let value = expect["value"] {
                expectation = .value(try Value(typed: value), type: type)
            } else if expect["error"] != nil {
                expectation = .error(containing: "")
            } else if let type {
                expectation = .type(type)
            }
        }
    }

    /// Whether a case is about messages of protobuf beyond the well-known ones.
    private static func mentionsMessages(_ test: JSON) -> Bool {
        switch test {
        case .string(let text): text.contains("conformance.proto") || text.contains("TestAllTypes")
        case .array(let items): items.contains { mentionsMessages($0) }
        case .object(let object): object.contains { mentionsMessages(.string($0.key)) || mentionsMessages($0.value) }
        default: false
        }
    }
}

/// A case mentions a message that is not built in.
struct UnknownMessage: Error {
    let name: String
}
