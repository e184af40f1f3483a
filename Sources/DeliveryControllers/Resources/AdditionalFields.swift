// SPDX-License-Identifier: Apache-2.0

public import Basics
internal import CEL
public import CELLibraries
public import Documents

/// Evaluates `spec.additionalStatusFields`.
public enum AdditionalFields {
    /// The same objects with the values of their expressions.
    ///
    /// - Parameters:
    ///   - resource: what the variable `resource` is: the resource as its descriptor has it.
    ///   - location: where the component version is, for `toOCI()` of local blobs; nil for archives.
    /// - Throws: `.invalid`, naming the field, for an expression that is none or fails, and for a field that is neither an
    ///   expression nor an object; `.limitExceeded` for too many.
    public static func evaluate(
        _ fields: JSONObject, resource: JSON, location: ComponentLocation?
    ) throws(Fault) -> JSON? {
        guard !fields.isEmpty else { return nil }
        var evaluation = AdditionalEvaluation(resource, location)
        return .object(try evaluation.object(fields, "additionalStatusFields", depth: 0))
    }

    /// The most expressions.
    static let limit = 256
    /// How deep objects may be nested.
    static let depth = 16
}

private struct AdditionalEvaluation {
    private let environment: CEL.Environment
    private let variables: Variables
    /// All expressions of an object share it.
    private var budget = Budget()
    private var count = 0

    init(_ resource: JSON, _ location: ComponentLocation?) {
        environment = Profile.ocmResource(of: location).environment(variables: ["resource": .dyn])
        variables = ["resource": Value(resource, numbers: .doubles)]
    }

    mutating func object(_ fields: JSONObject, _ path: String, depth: Int) throws(Fault) -> JSONObject {
        guard depth < AdditionalFields.depth else {
            throw Fault(.limitExceeded, "\(path) is nested more than \(AdditionalFields.depth) deep")
        }
        var values = JSONObject()
        for (key, field) in fields {
            let place = "\(path).\(key)"
            switch field {
            case .object(let object): values[key] = .object(try self.object(object, place, depth: depth + 1))
            case .string(let text): values[key] = .some(try value(of: text, place))
            default:
                throw Fault(
                    .invalid, "\(place) is a \(field.kindName)", fix: "write an expression, or an object of expressions"
                )
            }
        }
        return values
    }

    private mutating func value(of text: String, _ place: String) throws(Fault) -> JSON {
        count += 1
        guard count <= AdditionalFields.limit else {
            throw Fault(.limitExceeded, "additionalStatusFields has more than \(AdditionalFields.limit) expressions")
        }
        let program: Program
        do throws(CompileError) { program = try environment.compile(text, name: place) } catch {
            throw Fault(.invalid, "\(error.problems.first.map { "\($0.location): \($0.message)" } ?? "\(error)")")
        }
        do throws(EvaluationError) {
            return try program.evaluate(variables, &budget).document(budget: &budget)
        } catch {
            throw Fault(.invalid, "\(place): \(error)", fix: "see what the resource has: ocm get resources -o yaml")
        }
    }
}
