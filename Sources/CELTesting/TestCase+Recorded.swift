// SPDX-License-Identifier: Apache-2.0

internal import Basics
internal import CEL
internal import Chronology
internal import Documents

/// What the cases of a file of recorded behaviour share.
struct RecordedSetting {
    let setting: TestEnvironment.Setting
    let variables: [String: Value]

    init(_ document: JSON, name: String) throws(Fault) {
        let profile = document["profile"]?.string ?? ""
        setting = profile.hasPrefix("kro") ? .kro : .reference
        switch document["vars"] {
        case .object(let object): variables = Dictionary(uniqueKeysWithValues: object.map { ($0.key, Value($0.value)) })
        case .string(let text):
            var reader = CompactValues(text)
            variables = try reader.read(name)
        default: variables = [:]
        }
    }
}

extension TestCase {
    init(recorded test: JSON, in shared: RecordedSetting, place: String) throws(Fault) {
        guard let text = test["expr"]?.string else {
            throw Fault(.invalid, "\(place): 'expr' is missing", fix: "give the expression of the case")
        }
        (id, expression) = (text, text)
        mode = test["mode"]?.string == "parse" ? .unchecked : .checked
        var environment = TestEnvironment(setting: shared.setting)
        environment.variables = shared.variables.mapValues { _ in .dyn }
        self.environment = environment
        bindings = shared.variables.mapValues { .value($0) }
        if let value = test["value"] {
            guard let read = Value(recorded: value) else {
                throw Fault(.invalid, "\(place): 'value' is not of a form that is known", fix: "correct the case")
            }
            // An index of something optional is declared as anything by the reference, which loses nothing.
            expectation = .value(read, type: test["type"]?.string)
        } else if test["compile_error"] != nil {
            expectation = .compileError
        } else if let error = test["eval_error"]?.string {
            expectation = .error(containing: error)
        } else {
            expectation = .error(containing: "")
            skipReason = "nothing is expected: neither 'value' nor 'compile_error' nor 'eval_error' is given"
            return
        }
        skipReason = nil
    }
}

extension Value {
    /// A value of recorded behaviour: an object whose member names the type. Nil for anything else.
    init?(recorded json: JSON) {
        guard let object = json.object else { return nil }
        if let optional = object["optional"] {
            if optional == .null {
                self = .none
                return
            }
            guard let inner = Value(recorded: optional) else { return nil }
            self = .some(inner)
            return
        }
        guard let (kind, content) = object.first(where: { _ in true }) else { return nil }
        let text = content.string ?? content.numberText ?? ""
        switch kind {
        case "null": self = .null
        case "bool": self = .bool(content.bool ?? false)
        case "int": if let int = Int64(text) { self = .int(int) } else { return nil }
        case "uint": if let uint = UInt64(text) { self = .uint(uint) } else { return nil }
        case "double": if let double = Double(go: text) { self = .double(double) } else { return nil }
        case "string": self = .string(text)
        case "bytes": if let octets = [UInt8](base64: text) { self = .bytes(octets) } else { return nil }
        case "type": self = .type(text)
        case "google.protobuf.Duration":
            // The reference prints through a double, which rounds the longest span to one that is too long.
            guard text.hasSuffix("s"), let seconds = Double(go: String(text.dropLast())) else { return nil }
            self = .duration(TimeSpan(go: text) ?? TimeSpan(nanoseconds: seconds < 0 ? .min : .max))
        case "google.protobuf.Timestamp":
            if let moment = Moment(rfc3339: text) { self = .timestamp(moment) } else { return nil }
        case "list":
            let values = (content.array ?? []).compactMap { Value(recorded: $0) }
            guard values.count == content.array?.count else { return nil }
            self = .list(values)
        case "map":
            let entries = (content.array ?? []).compactMap { entry -> (Value, Value)? in
                guard let key = Value(recorded: entry[0] ?? .null), let value = Value(recorded: entry[1] ?? .null)
                else {
                    return nil
                }
                return (key, value)
            }
            guard entries.count == content.array?.count else { return nil }
            self = .map(MapValue(entries))
        default: return nil
        }
    }
}
